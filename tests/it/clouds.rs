//! AWS and Google Cloud in one manifest, in one run: each resource goes through its own door.

use crate::neon::says;
use crate::support::google::{Object, State};
use crate::support::{Account, Google, Proxy, S3setup, Server};

const PROJECT: &str = "acme-backups";

/// A bundle of either.
const BOTH: &str = r"
name: both
bucket:
  name: BUCKET
users:
  events-writer: {}
grants:
  - {to: user.events-writer, allow: [write]}
google:
  bucket: {name: acme-both, location: EU}
  service_accounts: {events-writer: {}}
  grants:
    - {to: service_account.events-writer, allow: [write]}
";

fn ground() -> (Account, Google, S3setup) {
    let account = Server::ministack().account();
    let google = Google::start(State::of_project(PROJECT, "123456789012"));
    let mut tool = S3setup::new(&account);
    tool.env("S3SETUP_GOOGLE_ENDPOINT", google.endpoint());
    tool.file(
        "both.yaml",
        &BOTH.replace("BUCKET", &account.bucket("both")),
    );
    (account, google, tool)
}

fn buckets(account: &Account) -> Vec<String> {
    let names = account.python("[it['Name'] for it in s3.list_buckets()['Buckets']]");
    serde_json::from_value(names).expect("they are names")
}

const APPLY: &[&str] = &["apply", "both.yaml", "--yes", "--project", PROJECT];
const PLAN: &[&str] = &[
    "plan",
    "both.yaml",
    "--detailed-exitcode",
    "--project",
    PROJECT,
];

#[test]
fn one_manifest_may_have_a_part_for_each_and_both_live_together() {
    let (account, google, tool) = ground();
    let bucket = account.bucket("both");
    let place = format!(
        "both in account {}, us-east-1 and project {PROJECT} of Google\n  Cloud",
        account.account_id
    );
    tool.run(APPLY).expect_code(0).expect_stderr(&place);
    assert!(buckets(&account).contains(&bucket));
    assert!(google.state().buckets.contains_key("acme-both"));
    tool.run(PLAN).expect_code(0);

    // Somebody changes something at Google: it is drift, and AWS is as it was.
    google.change(|state| state.bind("acme-both", "roles/storage.admin", "user:eve@example.com"));
    tool.run(PLAN).expect_code(0);
    let member = "serviceAccount:events-writer@acme-backups.iam.gserviceaccount.com";
    google.change(|state| state.bind("acme-both", "roles/storage.admin", member));
    let drift = tool.run(&["drift", "both.yaml", "--project", PROJECT]);
    drift
        .expect_code(2)
        .expect_stdout("bindings.bucket/acme-both")
        .expect_nowhere(&format!("bucket.{bucket}\n"));
    tool.run(APPLY).expect_code(0);
    let policy = google.state().buckets["acme-both"].policy.clone();
    let admins: Vec<_> = policy
        .bindings
        .iter()
        .filter(|it| it.role == "roles/storage.admin")
        .flat_map(|it| &it.members)
        .collect();
    assert_eq!(admins, ["user:eve@example.com"], "what is others' stays");

    let destroy = [
        "destroy",
        "both.yaml",
        "--confirm",
        "both",
        "--project",
        PROJECT,
    ];
    tool.run(&destroy).expect_code(0);
    assert!(!buckets(&account).contains(&bucket));
    assert!(google.state().buckets.is_empty());
    assert!(google.state().accounts.is_empty());
}

#[test]
fn of_two_buckets_of_one_name_it_is_said_which_one_is_emptied() {
    let (account, google, tool) = ground();
    let bucket = account.bucket("both");
    let text = BOTH
        .replace("BUCKET", &bucket)
        .replace("acme-both", &bucket);
    tool.file("both.yaml", &text);
    tool.run(APPLY).expect_code(0);
    account.python_with(
        "s3.put_object(Bucket=bucket, Key='k', Body=b'')",
        &serde_json::json!({"bucket": bucket}),
    );
    google.change(|state| {
        let there = state.buckets.get_mut(&bucket).expect("it is there");
        there.objects.insert("k".into(), Object::default());
    });
    let destroy = |emptied: &str| {
        let words = ["destroy", "both.yaml", "--confirm", "both"];
        let more = ["--delete-objects", emptied, "--project", PROJECT];
        tool.run(&[&words[..], &more].concat())
    };
    let both = destroy(&bucket);
    both.expect_code(1);
    says(&both, "are both called so");
    let other = destroy("another");
    other.expect_code(1);
    says(&other, "the manifests name no bucket another");
    assert!(buckets(&account).contains(&bucket));
    // Something stays: the other bucket.
    destroy(&format!("google_bucket.{bucket}")).expect_code(2);
    assert!(google.state().buckets.is_empty());
    assert!(buckets(&account).contains(&bucket));
    destroy(&format!("bucket.{bucket}")).expect_code(0);
    assert!(!buckets(&account).contains(&bucket));
}

#[test]
fn a_run_is_undone_at_both() {
    let (account, google, tool) = ground();
    tool.run(APPLY).expect_code(0);
    tool.run(&["undo"]).expect_code(0);
    tool.run(&["apply", "--yes"]).expect_code(0);
    assert!(!buckets(&account).contains(&account.bucket("both")));
    assert!(google.state().buckets.is_empty());
    assert!(google.state().accounts.is_empty());
}

#[test]
fn a_saved_plan_knows_its_project() {
    let (_account, google, tool) = ground();
    tool.run(&[
        "plan",
        "both.yaml",
        "--out",
        "plan.json",
        "--project",
        PROJECT,
    ])
    .expect_code(0);
    tool.run(&["apply", "plan.json", "--yes"]).expect_code(0);
    assert!(google.state().buckets.contains_key("acme-both"));
    // Planned when there was nothing.
    tool.run(&["apply", "plan.json", "--yes"])
        .expect_code(1)
        .expect_stderr("the plan no longer fits");
}

#[test]
fn who_uses_only_aws_is_asked_for_nothing_of_google() {
    let (account, google, mut tool) = ground();
    let proxy = Proxy::before_google(&google);
    tool.env("S3SETUP_GOOGLE_ENDPOINT", proxy.endpoint());
    tool.env("GOOGLE_APPLICATION_CREDENTIALS", "/nowhere/key.json");
    let text = BOTH.split("google:").next().expect("it is the first part");
    tool.file(
        "both.yaml",
        &text.replace("BUCKET", &account.bucket("both")),
    );
    tool.run(APPLY).expect_code(0);
    tool.run(PLAN).expect_code(0);
    assert_eq!(proxy.operations(), Vec::<String>::new());
}

#[test]
fn who_uses_only_google_is_asked_for_nothing_of_aws() {
    let (account, _google, mut tool) = ground();
    let proxy = Proxy::before(&account);
    tool.env("AWS_ENDPOINT_URL", proxy.endpoint());
    let text = BOTH.split("google:").nth(1).expect("it is the second part");
    tool.file("both.yaml", &format!("name: both\ngoogle:{text}"));
    tool.run(APPLY)
        .expect_code(0)
        .expect_stderr("both in project acme-backups of Google Cloud");
    tool.run(PLAN).expect_code(0);
    assert_eq!(proxy.operations(), Vec::<String>::new());
}

/// A key of either provider.
const KEYS: &str = r"
name: both
users:
  backup-writer: {access_key: {sink: {file: {path: aws.env, format: dotenv}}}}
google:
  service_accounts:
    backup-writer: {key: {sink: {file: {path: google.json}}}}
    backup-reader: {key: {sink: {file: {path: reader.json}}}}
";

#[test]
fn keys_of_both_are_rotated_in_one_run() {
    let (account, google, tool) = ground();
    tool.file("both.yaml", KEYS);
    tool.run(APPLY).expect_code(0);
    let files = || ["aws.env", "google.json", "reader.json"].map(|file| tool.read(file));
    let before = files();
    let rotate = ["rotate", "both.yaml", "--project", PROJECT];
    let asked = tool.run_with_input(&rotate, "no\n");
    asked.expect_code(1);
    let place = format!(
        "Do this in account {} and project {PROJECT} of Google Cloud?",
        account.account_id
    );
    assert_eq!(asked.stderr.matches(&place).count(), 1, "{asked}");
    assert_eq!(files(), before, "nobody agreed");

    tool.run(&[&rotate[..], &["--yes"]].concat()).expect_code(0);
    let after = files();
    for (old, new) in before.iter().zip(&after) {
        assert_ne!(old, new);
    }
    let runs = tool.run(&["undo", "--list", "--output", "json"]).json();
    let run = &runs["journals"][0];
    assert_eq!(
        (&run["command"], &run["done"]),
        (&"rotate".into(), &3.into())
    );
    tool.run(PLAN).expect_code(0);

    // One name, of a user and of a service account; and what waited goes.
    let one = [&rotate[..], &["--yes", "--now", "--user", "backup-writer"]].concat();
    tool.run(&one).expect_code(0);
    assert_eq!(files(), after, "no other key was made");
    let state = google.state();
    let mut keys: Vec<usize> = state.accounts.values().map(|it| it.keys.len()).collect();
    keys.sort_unstable();
    assert_eq!(keys, [1, 2]);
    let left =
        account.python("len(iam.list_access_keys(UserName='backup-writer')['AccessKeyMetadata'])");
    assert_eq!(left, 1);
}
