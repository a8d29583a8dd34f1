//! Rotations: at every moment the key in the sink works.

use std::{thread, time::Duration};

use serde_json::{Value, json};

use super::ground::{APPLY, Ground, PLAN};
use crate::{
    faults::in_parallel,
    neon::flat,
    support::{Answer, Point},
};

const FILE: &str = "file: {path: backup.env, format: dotenv}";
const ROTATE: &[&str] = &["rotate", "keys.yaml", "--yes"];

/// A ground with a key, and that key.
fn with_key(sink: &str) -> (Ground, (String, String)) {
    let ground = Ground::new(sink);
    ground.tool.run(APPLY).expect_code(0);
    let key = ground.held();
    ground.proxy.forget();
    (ground, key)
}

#[test]
fn a_rotation_replaces_the_key_and_later_deletes_the_old_one() {
    let (ground, old) = with_key(FILE);
    let asked = ground.tool.run_with_input(&["rotate", "keys.yaml"], "no\n");
    asked.expect_code(1);
    assert!(
        asked.stderr.contains(&format!("make {} inactive", old.0)),
        "{asked}"
    );
    assert_eq!(ground.held(), old, "nobody agreed");

    let rotated = ground.tool.run(ROTATE);
    rotated.expect_code(0);
    assert!(
        rotated
            .stderr
            .lines()
            .all(|line| line.chars().count() <= 80),
        "{rotated}"
    );
    let new = ground.held();
    assert_ne!(new, old);
    ground.works(&new);
    let mut expected = [[&old.0, "Inactive"], [&new.0, "Active"]];
    expected.sort();
    assert_eq!(ground.keys(), json!(expected));
    ground.is_settled("the old key waits");
    let waits = ground.tool.run(ROTATE);
    waits
        .expect_code(0)
        .expect_stderr("Nothing to be done yet.");
    assert_eq!(ground.held(), new);

    thread::sleep(Duration::from_millis(1100));
    let later = [ROTATE, &["--delete-after", "1s"]].concat();
    ground.tool.run(&later).expect_code(0);
    assert_eq!(ground.keys(), json!([[new.0.clone(), "Active"]]));
    assert_eq!(
        ground.tags(),
        json!({new.0.clone(): "s3setup: file backup.env dotenv"})
    );
    ground.works(&ground.held());
    ground.is_settled("the old key is deleted");
}

#[test]
fn now_means_that_the_old_key_is_gone() {
    let (ground, old) = with_key(FILE);
    ground
        .tool
        .run(&[ROTATE, &["--now"]].concat())
        .expect_code(0);
    let new = ground.held();
    assert_ne!(new, old);
    assert_eq!(ground.keys(), json!([[new.0, "Active"]]));
}

#[test]
fn a_rotation_moves_a_key_to_another_sink() {
    let (ground, old) = with_key(
        "file: {path: first.env, format: dotenv}"
            .replace("first", "backup")
            .as_str(),
    );
    ground.manifest("secrets_manager: {name: backup/s3}", "");
    ground.tool.run(PLAN).expect_code(1);
    ground.tool.run(ROTATE).expect_code(0);
    let new = ground.held();
    assert_ne!(new, old);
    ground.works(&new);
    ground.is_settled("it is in the other sink");
}

#[test]
fn a_key_whose_file_is_elsewhere_is_only_rotated_if_it_is_lost() {
    let (ground, old) = with_key(FILE);
    let folder = ground.tool.folder();
    std::fs::rename(folder.join("backup.env"), folder.join("elsewhere.env")).unwrap();
    let refused = ground.tool.run(ROTATE);
    refused.expect_code(1);
    let said = refused.stderr.split_whitespace().collect::<String>();
    let here = folder.canonicalize().unwrap().join("backup.env");
    for part in [&old.0, &*here.display().to_string(), "--lost"] {
        assert!(said.contains(part), "{part}: {refused}");
    }
    let operations = ground.proxy.operations();
    assert!(
        !operations.contains(&"iam:CreateAccessKey".to_owned()),
        "{operations:?}"
    );
    assert_eq!(ground.keys(), json!([[old.0.clone(), "Active"]]));
    ground.works(&old);

    ground
        .tool
        .run(&[ROTATE, &["--lost"]].concat())
        .expect_code(0);
    let new = ground.held();
    ground.works(&new);
    let mut expected = [[&old.0, "Inactive"], [&new.0, "Active"]];
    expected.sort();
    assert_eq!(ground.keys(), json!(expected));
}

#[test]
fn a_move_that_has_to_wait_for_a_replaced_key_is_no_success() {
    let (ground, _) = with_key(FILE);
    ground.tool.run(ROTATE).expect_code(0);
    let first = ground.held();
    ground.manifest("file: {path: other.env, format: dotenv}", "");
    let waits = ground.tool.run(ROTATE);
    waits.expect_code(1).expect_stderr("--now");
    assert!(
        flat(&waits.stderr).contains("not handed over to file other.env dotenv yet"),
        "{waits}"
    );
    assert_eq!(ground.held(), first);
    let now = [ROTATE, &["--now"]].concat();
    ground
        .tool
        .run(&now)
        .expect_code(1)
        .expect_stderr("run the same again");
    ground.tool.run(&now).expect_code(0);
    ground.works(&ground.dotenv("other.env"));
    ground.is_settled("it has moved");
}

#[test]
fn keys_that_are_rotated_at_the_same_time_share_a_file() {
    const USERS: usize = 6;
    let ground = Ground::new(FILE);
    let user = |at: usize| {
        format!(
            "  u{at}:\n    access_key:\n      sink:\n        \
             file: {{path: credentials, format: aws_profile, profile: u{at}}}\n"
        )
    };
    let users: String = (0..USERS).map(user).collect();
    ground
        .tool
        .file("keys.yaml", &format!("name: keys\nusers:\n{users}"));
    // Other profiles make the file large, and so the time between reading and writing long.
    let others: String = (0..4000)
        .map(|at| format!("[other{at}]\nregion = eu-west-1\n"))
        .collect();
    ground.tool.file("credentials", &others);
    ground.tool.run(APPLY).expect_code(0);
    for round in 0..3 {
        in_parallel(USERS, |at| {
            let one = ["--user", &format!("u{at}"), "--now"];
            ground.tool.run(&[ROTATE, &one].concat()).expect_code(0);
        });
        let text = ground.tool.read("credentials");
        assert!(text.contains("[other3999]"));
        for at in 0..USERS {
            let listed = ground.account().python_with(
                "[key['AccessKeyId'] for key in iam.list_access_keys(UserName=name)['AccessKeyMetadata']]",
                &json!({"name": format!("u{at}")}),
            );
            let id = text
                .split_once(&format!("[u{at}]\naws_access_key_id = "))
                .and_then(|(_, rest)| rest.lines().next());
            assert_eq!(listed, json!([id]), "u{at} in round {round}");
        }
    }
}

#[test]
fn a_new_key_that_is_not_known_yet_is_waited_for() {
    let (ground, old) = with_key(FILE);
    let mut asked = 0;
    ground.proxy.rule(move |call| {
        asked += usize::from(call.operation == "GetCallerIdentity");
        let young = call.operation == "GetCallerIdentity" && (2..4).contains(&asked);
        young.then(|| Answer::error(403, "InvalidClientTokenId", "not known"))
    });
    let outcome = ground.tool.run(ROTATE);
    outcome
        .expect_code(0)
        .expect_stderr("waiting until AWS knows the new key");
    assert_ne!(ground.held(), old);
    ground.works(&ground.held());
}

#[test]
fn a_new_key_that_does_not_work_is_deleted_and_the_old_one_stays() {
    let (ground, old) = with_key(FILE);
    let mut asked = 0;
    ground.proxy.rule(move |call| {
        asked += usize::from(call.operation == "GetCallerIdentity");
        let new = call.operation == "GetCallerIdentity" && asked > 1;
        new.then(|| Answer::error(403, "AccessDenied", "by the organisation"))
    });
    let outcome = ground.tool.run(ROTATE);
    outcome.expect_code(1);
    assert!(flat(&outcome.stderr).contains("was deleted"), "{outcome}");
    ground.proxy.heal();
    assert_eq!(ground.held(), old);
    ground.works(&old);
    assert_eq!(ground.keys(), json!([[old.0, "Active"]]));
    ground.is_settled("as before");
}

#[test]
fn a_key_by_hand_is_in_the_way_and_told() {
    let (ground, old) = with_key(FILE);
    let theirs = ground.by_hand();
    let outcome = ground.tool.run(ROTATE);
    outcome.expect_code(1).expect_stderr(&theirs);
    assert_eq!(ground.held(), old);
    assert_eq!(ground.keys().as_array().unwrap().len(), 2);
}

/// That `rotate` goes on, too, is the sweep's.
#[test]
fn a_rotation_that_is_killed_at_any_call_is_ended_by_apply() {
    for sink in [
        FILE,
        "secrets_manager: {name: backup/s3}",
        "parameter_store: {name: /backup/s3}",
    ] {
        let calls = {
            let (ground, _) = with_key(sink);
            ground.tool.run(ROTATE).expect_code(0);
            ground.proxy.calls().len()
        };
        let points: Vec<Point> = Point::all(calls).collect();
        in_parallel(points.len(), |at| {
            let point = points[at];
            let (mut ground, _) = with_key(sink);
            ground.tool.must_be_killed_at(&ground.proxy, ROTATE, point);
            ground.begin_anew();
            let reason = format!("{sink}: killed at {point} of {calls} calls");
            let second = ground.tool.run(APPLY);
            assert_eq!(second.code, Some(0), "{reason}\n{second}");
            ground.works(&ground.held());
            let keys = ground.keys();
            let active: Vec<&Value> = keys
                .as_array()
                .unwrap()
                .iter()
                .filter(|key| key[1] == "Active")
                .collect();
            assert_eq!(active, [&json!([ground.held().0, "Active"])], "{reason}");
            ground.is_settled(&reason);
            ground
                .tool
                .run(&[ROTATE, &["--now"]].concat())
                .expect_code(0);
            ground.works(&ground.held());
            let keys = ground.keys();
            assert_eq!(keys, json!([[ground.held().0, "Active"]]), "{reason}");
        });
    }
}
