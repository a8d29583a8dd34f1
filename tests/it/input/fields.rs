//! Fields that there are not, and values that a field cannot have.

use super::{BUCKET, ROLE, table};

fn below(more: &str) -> String {
    format!("{BUCKET}{more}")
}

#[test]
fn a_field_that_is_not_known_is_told_with_the_nearest() {
    table(&[
        (
            "name: m\nbukcet:\n  name: b-backups\n",
            "2:1",
            "unknown field `bukcet`",
            "did you mean `bucket`?",
            "two letters swapped",
        ),
        (
            "name: m\nBucket:\n  name: b-backups\n",
            "2:1",
            "unknown field `Bucket`",
            "did you mean `bucket`?",
            "a capital",
        ),
        (
            &below("  versoning: true\n"),
            "4:3",
            "unknown field `versoning`",
            "did you mean `versioning`?",
            "a letter left out",
        ),
        (
            &below("  acl: private\n"),
            "4:3",
            "unknown field `acl`",
            "the fields here are",
            "nothing is near",
        ),
        (
            &below("roles:\n  r:\n    trust: {github: {}}\n"),
            "6:13",
            "`trust` cannot be `github`",
            "did you mean `github_actions`?",
            "a kind of trust",
        ),
        (
            &below("roles:\n  r:\n    trust: {service: a.b, account: {id: '123456789012'}}\n"),
            "6:27",
            "",
            "",
            "two kinds of trust in one",
        ),
        (
            &below("roles:\n  r: {}\n"),
            "5:3",
            "`r` needs the field `trust`",
            "`github_actions`, `oidc`",
            "no trust",
        ),
        (
            "bucket:\n  name: b-backups\n",
            "1:1",
            "the field `name` is missing",
            "add `name:`",
            "no name",
        ),
        (
            "name:\nbucket:\n  name: b-backups\n",
            "1:1",
            "`name` has no value",
            "write text",
            "an empty name",
        ),
        (
            "name: m\n",
            "",
            "there is nothing in this manifest",
            "declare a bucket",
            "a name and nothing else",
        ),
        (
            "name: m\nbucket: {}\n",
            "2:1",
            "`bucket` needs the field `name`",
            "add `name:`",
            "a bucket without a name",
        ),
        (
            &format!("{ROLE}grants:\n  - {{to: role.r}}\n"),
            "9:6",
            "needs the field `allow`",
            "add `allow:`",
            "a grant of nothing",
        ),
        (
            &below("  policy:\n    - {Version: '2012-10-17', Effect: Deny}\n"),
            "5:8",
            "unknown field `Version`",
            "`Action`, `Condition`",
            "a document where a statement belongs",
        ),
    ]);
}

#[test]
fn a_value_of_another_type_is_told_with_the_one_that_is_meant() {
    let rule = |rule: &str| below(&format!("  lifecycle:\n    r: {{{rule}}}\n"));
    table(&[
        (
            &below("  versioning: perhaps\n"),
            "4:15",
            "must be true or false",
            "`true` or `false`",
            "a word",
        ),
        (
            &below("  versioning: yes\n"),
            "4:15",
            "is the text `yes`",
            "write `true`",
            "YAML 1.1 knew yes",
        ),
        (
            &below("  versioning: on\n"),
            "4:15",
            "is the text `on`",
            "write `true`",
            "YAML 1.1 knew on",
        ),
        (
            &below("  versioning: 1\n"),
            "4:15",
            "must be true or false",
            "`true`",
            "a number",
        ),
        (
            &below("  versioning: \"true\"\n"),
            "4:15",
            "must be true or false",
            "true",
            "in quotes it is a text",
        ),
        (
            &below("grants: none\n"),
            "4:9",
            "must be a list",
            "[none]",
            "a word for a list",
        ),
        (
            &below("roles: []\n"),
            "4:1",
            "must be a map, and is a list",
            "remove the `-`",
            "a list for a map",
        ),
        (
            "name: m\nbucket: b-backups\n",
            "2:9",
            "must be a map",
            "on the lines below",
            "a word for a map",
        ),
        (
            "name: [m]\nbucket:\n  name: b-backups\n",
            "1:",
            "must be text",
            "",
            "a list for a word",
        ),
        (
            &below("tags: {a: null}\n"),
            "4:11",
            "cannot be null",
            "write \"null\" in quotes",
            "null",
        ),
        (
            &rule("expire_days: 1e3"),
            "5:22",
            "must be a whole number, and is the text `1e3`",
            "`1000`",
            "an exponent",
        ),
        (
            &rule("expire_days: 1.0"),
            "5:22",
            "must be a whole number",
            "`1`",
            "a fraction",
        ),
        (
            &rule("expire_days: 010"),
            "5:22",
            "must be a whole number",
            "`10`",
            "octal, once",
        ),
        (
            &rule("expire_days: 0x10"),
            "5:22",
            "must be a whole number",
            "`16`",
            "hexadecimal",
        ),
        (
            &rule("expire_days: 1_000"),
            "5:22",
            "must be a whole number",
            "`1000`",
            "an underscore",
        ),
        (
            &rule("expire_days: -1"),
            "5:22",
            "must be 1 or more",
            "1 or more",
            "below zero",
        ),
        (
            &rule("expire_days: 99999999999999999999"),
            "5:22",
            "",
            "",
            "too many digits for any integer",
        ),
        (
            &rule("expire_days: 36501"),
            "5:22",
            "36500",
            "",
            "more than AWS takes",
        ),
        (
            &rule(""),
            "5:5",
            "this rule does nothing",
            "expire_days",
            "an empty rule",
        ),
        (
            &rule("transitions: [{days: 1, storage_class: GLACIAR}]"),
            "5:48",
            "cannot be `GLACIAR`",
            "`GLACIER`",
            "a class of another name",
        ),
        (
            &below("  encryption: aes\n"),
            "4:15",
            "cannot be `aes`",
            "`sse_s3`",
            "an encryption of another name",
        ),
        (
            &below("  encryption: {sse_kms: {}}\n"),
            "4:16",
            "needs the field `key`",
            "add `key:`",
            "a key is needed",
        ),
        (
            &below("  object_ownership: bucketOwnerEnforced\n"),
            "4:21",
            "cannot be `bucketOwnerEnforced`",
            "`BucketOwnerEnforced`",
            "one letter",
        ),
        (
            &format!("{ROLE}    max_session_duration: 60\n"),
            "8:27",
            "must be 3600 or more",
            "3600",
            "a minute",
        ),
        (
            &format!("{ROLE}    max_session_duration: 43201\n"),
            "8:27",
            "43200",
            "43200",
            "more than half a day",
        ),
    ]);
}
