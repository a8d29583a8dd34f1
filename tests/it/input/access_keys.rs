//! Access keys: where they may go, and under which names.

use super::{table, validate};

/// A user whose key has these lines below `access_key:`.
fn key(lines: &[&str]) -> String {
    let mut text = "name: keys\nusers:\n  backup:\n    access_key:\n".to_owned();
    for line in lines {
        text.push_str(&format!("      {line}\n"));
    }
    text
}

#[test]
fn a_key_goes_to_one_place_that_can_be() {
    let file = |fields: &str| key(&["sink:", &format!("  file: {{{fields}}}")]);
    let github = |fields: &str| key(&["sink:", &format!("  github_actions: {{{fields}}}")]);
    let parameter = |name: &str| key(&["sink:", &format!("  parameter_store: {{name: {name}}}")]);
    let secret = |fields: &str| key(&["sink:", &format!("  secrets_manager: {{{fields}}}")]);
    let long = format!("path: {}, format: dotenv", "a".repeat(240));
    table(&[
        (
            &key(&["sink: {stdout: {}, file: {path: a, format: json}}"]),
            "5:26",
            "exactly one key",
            "keep one",
            "two sinks",
        ),
        (
            &file("path: ~/a.env, format: dotenv"),
            "6:22",
            "\"~\" means nothing",
            "the whole path",
            "a path of a shell's",
        ),
        (
            &file("path: keys/, format: dotenv"),
            "6:22",
            "this is a folder",
            "such as backup.env",
            "a folder",
        ),
        (
            &file("path: ./a//b, format: dotenv"),
            "6:22",
            "says nothing",
            "write it without",
            "a path that is written in another way",
        ),
        (
            &file("path: a b, format: dotenv"),
            "6:22",
            "no spaces",
            "another path",
            "a path with a space",
        ),
        (
            &file("path: 'a,b', format: dotenv"),
            "6:22",
            "cannot stand in the tag",
            "letters, digits",
            "a path that the record cannot hold",
        ),
        (
            &file(&long),
            "6:22",
            "characters of 240",
            "shorter",
            "a path that is too long for the record",
        ),
        (
            &file("path: a, format: aws_profile"),
            "6:9",
            "needs the profile's name",
            "profile: NAME",
            "a profile without a name",
        ),
        (
            &file("path: a, format: rclone, remote: 'a]'"),
            "6:49",
            "']'",
            "another name",
            "a remote that would end its section",
        ),
        (
            &file("path: a, format: json, remote: a"),
            "6:47",
            "has no remote",
            "leave it out",
            "a name of another form",
        ),
        (
            &github("repository: acme"),
            "6:38",
            "no repository of GitHub",
            "owner/name",
            "half a repository",
        ),
        (
            &github("repository: acme/.."),
            "6:38",
            "no repository of GitHub",
            "owner/name",
            "a way out of the path",
        ),
        (
            &parameter("aws-backup"),
            "6:33",
            "AWS's own",
            "another name",
            "a parameter of AWS",
        ),
        (
            &parameter("backup/s3"),
            "6:33",
            "begins with \"/\"",
            "write /backup/s3",
            "a parameter in a folder",
        ),
        (
            &secret("name: 'backup s3'"),
            "6:33",
            "' '",
            "another name",
            "a secret with a space",
        ),
        (
            &secret("name: backup, kms_key: ''"),
            "6:50",
            "no key of KMS",
            "alias/NAME",
            "an empty key",
        ),
    ]);
}

#[test]
fn the_names_of_a_key_are_those_of_variables() {
    let names = |sink: &str, id: &str, secret: &str| {
        key(&[
            &format!("sink: {sink}"),
            &format!("names: {{access_key_id: {id}, secret_access_key: {secret}}}"),
        ])
    };
    table(&[
        (
            &names("{stdout: {}}", "1A", "B"),
            "6:30",
            "no name of a variable",
            "not a digit first",
            "a digit in front",
        ),
        (
            &names("{github_actions: {repository: a/b}}", "GITHUB_ID", "KEY"),
            "6:30",
            "GitHub's own",
            "another name",
            "a name of GitHub's",
        ),
        (
            &names("{stdout: {}}", "KEY", "key"),
            "6:7",
            "one name",
            "two",
            "both parts under one name",
        ),
        (
            &names("{file: {path: a, format: rclone, remote: r}}", "A", "B"),
            "6:7",
            "names of its own",
            "leave them out",
            "names that rclone has",
        ),
    ]);
}

#[test]
fn two_keys_cannot_go_to_one_place() {
    let two = |one: &str, other: &str| {
        validate(
            format!(
                "name: keys\nusers:\n  one: {{access_key: {{sink: {one}}}}}\n  \
                 two: {{access_key: {{sink: {other}}}}}\n"
            ),
            &[],
        )
    };
    let profile =
        |name: &str| format!("{{file: {{path: a, format: aws_profile, profile: {name}}}}}");
    two(&profile("x"), &profile("y")).expect_code(0);
    two("{stdout: {}}", "{stdout: {}}").expect_code(0);
    two(&profile("x"), &profile("x"))
        .expect_code(1)
        .expect_stderr("one would replace the other");
}

#[test]
fn tags_leave_room_for_the_records_of_keys() {
    let with = |count: usize, more: &str| {
        let tags: String = (0..count).map(|at| format!("t{at}: x, ")).collect();
        let text = format!(
            "name: keys\nusers:\n  backup:\n    tags: {{{tags}{more}}}\n    access_key: {{sink: {{stdout: {{}}}}}}\n"
        );
        validate(text, &[])
    };
    with(45, "").expect_code(0);
    with(46, "").expect_code(1).expect_stderr("45 are the most");
    with(0, "'s3setup:access-key': x")
        .expect_code(1)
        .expect_stderr("s3setup's own");
}
