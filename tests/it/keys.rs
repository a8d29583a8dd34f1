//! Access keys: handed over to their sinks, and found again.

mod faults;
mod github;
pub mod ground;
mod rotate;
mod sinks;

use serde_json::json;

use crate::keys::ground::{APPLY, Ground, PLAN};
use crate::neon::flat;

const FILE: &str = "file: {path: backup.env, format: dotenv}";

#[test]
fn a_key_is_made_once_works_and_is_for_its_owner_alone() {
    let ground = Ground::new("file: {path: keys/backup.env, format: dotenv}");
    let outcome = ground.tool.run(APPLY);
    outcome.expect_code(0);
    let key = ground.dotenv("keys/backup.env");
    ground.works(&key);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let file = ground.tool.folder().join("keys/backup.env");
        let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&file), mode(file.parent().unwrap())), (0o600, 0o700));
    }
    let before = ground.tool.read("keys/backup.env");
    let plan = ground.tool.run(PLAN);
    plan.expect_code(0).expect_stdout("No changes.");
    ground.tool.run(APPLY).expect_code(0);
    assert_eq!(ground.tool.read("keys/backup.env"), before);
    assert_eq!(
        ground.tags(),
        json!({key.0.clone(): "s3setup: file keys/backup.env dotenv"})
    );
    assert_eq!(ground.keys(), json!([[key.0, "Active"]]));
}

#[test]
fn a_key_that_nobody_has_a_record_of_is_only_deleted_by_name() {
    let ground = Ground::new(FILE);
    ground.tool.run(APPLY).expect_code(0);
    let ours = ground.dotenv("backup.env");
    let theirs = ground.by_hand();
    let plan = ground.tool.run(PLAN);
    plan.expect_code(2)
        .expect_stdout("adopt: exists, unmarked")
        .expect_stdout(&theirs);
    let refused = ground.tool.run(APPLY);
    refused
        .expect_code(1)
        .expect_stderr("--adopt access_key.backup");
    let all = ground.tool.run(&[APPLY, &["--adopt", "all"]].concat());
    all.expect_code(1);
    assert_eq!(ground.keys().as_array().unwrap().len(), 2);
    let agreed = [APPLY, &["--adopt", "access_key.backup"]].concat();
    ground.tool.run(&agreed).expect_code(0);
    assert_eq!(ground.keys(), json!([[ours.0, "Active"]]));
    ground.is_settled("theirs is gone");
}

#[test]
fn a_key_that_was_made_inactive_is_drift_and_one_that_is_gone_is_made_anew() {
    let ground = Ground::new(FILE);
    ground.tool.run(APPLY).expect_code(0);
    let key = ground.dotenv("backup.env");
    let id = json!({"id": key.0});
    ground.account().python_with(
        "iam.update_access_key(UserName='backup', AccessKeyId=id, Status='Inactive')",
        &id,
    );
    ground.tool.run(PLAN).expect_code(2).expect_stdout("status");
    ground.tool.run(APPLY).expect_code(0);
    ground.works(&key);
    ground.account().python_with(
        "iam.delete_access_key(UserName='backup', AccessKeyId=id)",
        &id,
    );
    ground
        .tool
        .run(PLAN)
        .expect_code(2)
        .expect_stdout("1 to create");
    ground.tool.run(APPLY).expect_code(0);
    let new = ground.dotenv("backup.env");
    assert_ne!(new.0, key.0);
    ground.works(&new);
    assert_eq!(
        ground.tags(),
        json!({new.0: "s3setup: file backup.env dotenv"}),
        "the record of the key that is gone went with it"
    );
    ground.is_settled("made anew");
}

#[test]
fn a_key_whose_file_is_not_here_is_no_drift() {
    let ground = Ground::new(FILE);
    ground.tool.run(APPLY).expect_code(0);
    std::fs::remove_file(ground.tool.folder().join("backup.env")).unwrap();
    let plan = ground.tool.run(PLAN);
    plan.expect_code(0).expect_stdout("No changes.");
    assert!(
        flat(&plan.stdout).contains("does not hold it here"),
        "{plan}"
    );
    assert!(flat(&plan.stdout).contains("`s3setup rotate`"), "{plan}");
    ground.tool.run(APPLY).expect_code(0);
    assert_eq!(ground.keys().as_array().unwrap().len(), 1);
}

#[test]
fn another_sink_in_the_manifest_takes_a_rotation() {
    let ground = Ground::new(FILE);
    ground.tool.run(APPLY).expect_code(0);
    ground.manifest("file: {path: other.env, format: dotenv}", "");
    let plan = ground.tool.run(PLAN);
    assert!(
        flat(&plan.stdout).contains("`s3setup rotate` makes another one"),
        "{plan}"
    );
    plan.expect_code(1);
    ground.tool.run(APPLY).expect_code(1);
    assert!(!ground.tool.folder().join("other.env").exists());
}

#[test]
fn a_sink_that_cannot_be_written_to_is_found_before_there_is_a_key() {
    let ground = Ground::new("file: {path: there/backup.env, format: dotenv}");
    ground.tool.file("there", "a file in the place of a folder");
    let outcome = ground.tool.run(APPLY);
    outcome.expect_code(1);
    assert!(
        !ground
            .proxy
            .operations()
            .contains(&"iam:CreateAccessKey".to_owned())
    );
    assert_eq!((ground.keys(), ground.tags()), (json!([]), json!({})));
    std::fs::remove_file(ground.tool.folder().join("there")).unwrap();
    ground.tool.run(APPLY).expect_code(0);
    ground.works(&ground.dotenv("there/backup.env"));
}

#[test]
fn a_key_that_cannot_be_handed_over_is_deleted_at_once() {
    let ground = Ground::new("file: {path: keys/backup.env, format: dotenv}");
    let folder = ground.tool.folder().join("keys");
    // In the moment between the proof and the hand-over.
    ground.proxy.rule(move |call| {
        if call.operation == "CreateAccessKey" {
            std::fs::remove_dir_all(&folder).unwrap();
            std::fs::write(&folder, "in the way").unwrap();
        }
        None
    });
    let outcome = ground.tool.run(APPLY);
    outcome.expect_code(1);
    assert!(
        flat(&outcome.stderr).contains("could not be handed over and was deleted"),
        "{outcome}"
    );
    assert_eq!((ground.keys(), ground.tags()), (json!([]), json!({})));
}

#[test]
fn a_secret_is_in_its_sink_and_nowhere_else() {
    let ground = Ground::new(FILE);
    let said: Vec<String> = [
        &["plan", "keys.yaml", "--verbose"][..],
        &["apply", "keys.yaml", "--yes", "--verbose"],
        &["plan", "keys.yaml", "--verbose", "--output", "json"],
        &["drift", "keys.yaml", "--verbose"],
        &["record", "keys.yaml", "--out", "account.json"],
    ]
    .iter()
    .map(|arguments| {
        let outcome = ground.tool.run(arguments);
        outcome.expect_code(0);
        format!("{}{}", outcome.stdout, outcome.stderr)
    })
    .collect();
    let (id, secret) = ground.dotenv("backup.env");
    let saved = ground.tool.read(".s3setup/plan.json") + &ground.tool.read("account.json");
    assert!(saved.contains(&id), "an id is no secret");
    for text in said.iter().chain([&saved, &ground.tags().to_string()]) {
        assert!(!text.contains(&secret), "{text}");
    }
}
