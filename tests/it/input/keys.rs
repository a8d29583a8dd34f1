//! Keys that AWS would refuse, that nobody could mend, or that everybody could use.

use super::{BUCKET, ROLE, table, validate};

fn key(fields: &str) -> String {
    format!("name: m\nkms_keys:\n  k:\n    rotation: true\n{fields}")
}

fn encrypted(with: &str) -> String {
    format!("{BUCKET}  encryption: {{sse_kms: {{key: {with}}}}}\nkms_keys: {{backups: {{}}}}\n")
}

#[test]
fn what_is_no_key_is_told_with_what_is_one() {
    table(&[
        (
            "name: m\nkms_keys:\n  a.b: {}\n",
            "3:",
            "aliases of keys consist of",
            "choose another name",
            "a dot",
        ),
        (
            "name: m\nkms_keys:\n  aws/s3: {}\n",
            "3:",
            "AWS's own",
            "choose another name",
            "AWS's own key",
        ),
        (
            "name: m\nkms_keys:\n  alias/a: {}\n",
            "3:",
            "without \"alias/\"",
            "write a",
            "the whole alias",
        ),
        (
            &key("    deletion_window_days: 3\n"),
            "5:",
            "must be 7 or more",
            "7",
            "KMS waits for a week at least",
        ),
        (
            &key("    deletion_window_days: 31\n"),
            "5:",
            "30",
            "30",
            "KMS waits for 30 days at the most",
        ),
        (
            &key("    tags: {\"s3setup:alias\": x}\n"),
            "5:",
            "s3setup's own",
            "leave it out",
            "by this tag the key is found again",
        ),
        (
            &encrypted("kms_key.bakups"),
            "4:",
            "there is no key \"bakups\" in this manifest",
            "backups",
            "a typing error",
        ),
        (
            &encrypted("alias/backups"),
            "4:",
            "is a key of this manifest",
            "write kms_key.backups",
            "the grants would not reach the key",
        ),
        (
            &encrypted("backups"),
            "4:",
            "is no KMS key",
            "write kms_key.NAME",
            "a name without its kind",
        ),
        (
            &format!("{BUCKET}  encryption: {{sse_kms: {{key: kms_key.k}}}}\n"),
            "4:",
            "there is no key \"k\"",
            "declare it under kms_keys:",
            "there is none at all",
        ),
    ]);
}

#[test]
fn what_would_lock_everybody_out_or_let_everybody_in_is_refused() {
    let statement = |text: &str| key(&format!("    policy:\n      - {{{text}, Resource: '*'}}\n"));
    table(&[
        (
            &key("    administrators: []\n"),
            "5:",
            "nobody may change this policy again",
            "leave administrators out",
            "AWS refuses such a key",
        ),
        (
            &key("    administrators: [role.r]\n"),
            "5:",
            "there is no role \"r\"",
            "declare it",
            "a role of nobody",
        ),
        (
            &key("    users: ['*']\n"),
            "5:",
            "everybody on the internet",
            "name a role",
            "the world",
        ),
        (
            &statement("Effect: Allow, Principal: '*', Action: 'kms:Decrypt'"),
            "6:",
            "this lets everybody in the world use the key",
            "kms:CallerAccount",
            "the world, in AWS's own words",
        ),
        (
            &statement("Effect: Deny, Principal: '*', Action: 'kms:*'"),
            "6:",
            "this denies everybody, you too",
            "deny what is meant",
            "only AWS's support could mend it",
        ),
        (
            &statement("Effect: Allow, Principal: {AWS: '123456789012'}, Action: 'kms:Decript'"),
            "6:",
            "kms:Decript",
            "kms:Decrypt",
            "a typing error",
        ),
    ]);
}

#[test]
fn what_somebody_can_mend_and_what_is_meant_for_one_account_is_fine() {
    let policy = |text: &str| {
        key(&format!(
            "    administrators: []\n    policy: [{{{text}}}]\n"
        ))
    };
    let root = "Principal: {AWS: 'arn:aws:iam::123456789012:root'}, Resource: '*'";
    for text in [
        policy(&format!("Effect: Allow, Action: 'kms:*', {root}")),
        policy(&format!("Effect: Allow, NotAction: 'kms:Decrypt', {root}")),
        key(
            "    policy: [{Effect: Allow, Principal: '*', Action: 'kms:Decrypt', Resource: '*', \
             Condition: {StringEquals: {'kms:CallerAccount': '123456789012'}}}]\n",
        ),
        key(
            "    policy: [{Effect: Deny, Principal: '*', Action: 'kms:ScheduleKeyDeletion', \
             Resource: '*'}]\n",
        ),
        format!("{ROLE}kms_keys: {{k: {{administrators: [role.r], users: [role.r]}}}}\n"),
    ] {
        validate(&text, &[]).expect_code(0);
    }
}
