//! Rotations of keys of service accounts: at every moment the key in the sink works.

mod ground;
mod killed;
mod two;

use std::{thread, time::Duration};

use crate::neon::flat;
use crate::support::Answer;
use ground::{APPLY, FILE, GITHUB, Ground, PLAN, ROTATE, SECRET, SINKS};

#[test]
fn a_rotation_replaces_the_key_and_later_deletes_the_old_one() {
    for sink in SINKS {
        let (ground, old) = Ground::with_key(sink);
        let asked = ground.tool.run_with_input(&["rotate", "keys.yaml"], "no\n");
        asked
            .expect_code(1)
            .expect_stderr("Do this in project acme-backups of Google Cloud?");
        assert!(
            flat(&asked.stderr).contains(&format!("make {old} disabled")),
            "{asked}"
        );
        assert_eq!(ground.held(), old, "nobody agreed");

        let rotated = ground.tool.run(ROTATE);
        rotated.expect_code(0);
        rotated.expect_nowhere("PRIVATE KEY");
        let lines = rotated.stderr.lines();
        let long = lines.filter(|line| line.chars().count() > 80).count();
        assert_eq!(long, 0, "{rotated}");
        let back = "gcloud iam service-accounts keys enable";
        assert!(flat(&rotated.stderr).contains(back), "{rotated}");
        let new = ground.held();
        assert_ne!(new, old);
        ground.has_keys(&[(&old, false), (&new, true)], sink);
        ground.is_settled("the old key waits");
        let waits = ground.tool.run(ROTATE);
        waits
            .expect_code(0)
            .expect_stderr("Nothing to be done yet.");
        assert_eq!(ground.held(), new);

        thread::sleep(Duration::from_millis(1100));
        let later = [ROTATE, &["--delete-after", "1s"]].concat();
        ground.tool.run(&later).expect_code(0);
        ground.has_keys(&[(&new, true)], sink);
        ground.works(sink);
        ground.is_settled("the old key is deleted");
        assert!(
            !ground.description().contains("old="),
            "{}",
            ground.description()
        );
    }
}

#[test]
fn an_old_key_whose_time_has_come_is_drift_and_deleted_by_apply() {
    let (ground, old) = Ground::with_key(FILE);
    ground.tool.run(ROTATE).expect_code(0);
    let new = ground.held();
    // As if that had been the day before yesterday.
    ground.server.change(|state| {
        let account = state.accounts.get_mut(ground::EMAIL).expect("it is there");
        let (before, at) = account.description.split_once('@').expect("a time");
        let (at, after) = at.split_at(10);
        let at: u64 = at.parse().expect("seconds");
        account.description = format!("{before}@{}{after}", at - 2 * 24 * 60 * 60);
    });
    ground.tool.run(PLAN).expect_code(2).expect_stdout("due");
    let announced = ground.tool.run(&[APPLY, &["--announce"]].concat());
    announced.expect_code(0);
    ground.has_keys(&[(&new, true)], "its time has come");
    ground.is_settled("and now it has gone");
    assert_ne!(old, new);
}

#[test]
fn now_means_that_the_old_key_is_gone() {
    let (ground, old) = Ground::with_key(FILE);
    let now = [ROTATE, &["--now"]].concat();
    ground.tool.run(&now).expect_code(0);
    let new = ground.held();
    assert_ne!(new, old);
    ground.has_keys(&[(&new, true)], "at once");
    ground.is_settled("at once");
    // One that waits, too.
    ground.tool.run(ROTATE).expect_code(0);
    let third = ground.held();
    ground.tool.run(&now).expect_code(0);
    ground.has_keys(&[(&third, true)], "the one that waited");
    assert_eq!(ground.held(), third, "no other was made");
}

#[test]
fn a_key_moves_to_another_sink_and_waits_for_one_that_was_replaced() {
    let (mut ground, old) = Ground::with_key(FILE);
    ground.manifest(SECRET);
    let plan = ground.tool.run(PLAN);
    plan.expect_code(1);
    let said = flat(&plan.stdout);
    assert!(
        said.contains("`s3setup rotate` makes another one"),
        "{plan}"
    );
    ground.tool.run(APPLY).expect_code(1);
    let moved = ground.tool.run(ROTATE);
    moved
        .expect_code(0)
        .expect_stderr("leave the place where it was");
    let new = ground.held();
    ground.has_keys(&[(&old, false), (&new, true)], "moved");
    ground.is_settled("it is in the other sink");

    ground.manifest(GITHUB);
    let waits = ground.tool.run(ROTATE);
    waits.expect_code(1).expect_stderr("--now");
    assert!(ground.text().is_none(), "nothing was handed over: {waits}");
    let now = [ROTATE, &["--now"]].concat();
    ground
        .tool
        .run(&now)
        .expect_code(1)
        .expect_stderr("run the same again");
    ground.tool.run(&now).expect_code(0);
    ground.works("moved again");
    assert_eq!(ground.keys().len(), 1);
    ground.is_settled("moved again");
}

#[test]
fn a_key_whose_file_is_elsewhere_is_only_rotated_if_it_is_lost() {
    let (ground, old) = Ground::with_key(FILE);
    let folder = ground.tool.folder();
    std::fs::rename(folder.join("key.json"), folder.join("elsewhere.json")).unwrap();
    let plan = ground.tool.run(PLAN);
    plan.expect_code(0);
    assert!(
        flat(&plan.stdout).contains("with --lost if it is lost"),
        "{plan}"
    );
    let refused = ground.tool.run(ROTATE);
    refused.expect_code(1);
    let said = refused.stderr.split_whitespace().collect::<String>();
    let here = folder.canonicalize().unwrap().join("key.json");
    for part in [&*old, &*here.display().to_string(), "--lost"] {
        assert!(said.contains(part), "{part}: {refused}");
    }
    ground.has_keys(&[(&old, true)], "refused");
    ground
        .tool
        .run(&[ROTATE, &["--lost"]].concat())
        .expect_code(0);
    let new = ground.held();
    ground.has_keys(&[(&old, false), (&new, true)], "lost");
}

#[test]
fn a_new_key_that_is_not_known_yet_is_waited_for() {
    let (ground, old) = Ground::with_key(FILE);
    ground.server.change(|state| state.keys_late = 2);
    let outcome = ground.tool.run(ROTATE);
    outcome
        .expect_code(0)
        .expect_stderr("waiting until Google knows the new key");
    assert_ne!(ground.held(), old);
}

#[test]
fn a_new_key_that_never_works_is_deleted_and_the_old_one_stays() {
    let (ground, old) = Ground::with_key(FILE);
    ground.server.change(|state| state.keys_late = 9999);
    let outcome = ground.tool.run(&[ROTATE, &["--timeout", "1"]].concat());
    outcome.expect_code(1);
    assert!(flat(&outcome.stderr).contains("was deleted"), "{outcome}");
    assert_eq!(ground.held(), old);
    ground.has_keys(&[(&old, true)], "it never worked");
    ground.server.change(|state| state.keys_late = 0);
    ground.is_settled("as before");
}

#[test]
fn other_peoples_keys_are_in_nobodys_way_until_there_is_no_room() {
    let (ground, old) = Ground::with_key(FILE);
    let theirs: Vec<String> = (0..8).map(|number| format!("{number}{:039}", 0)).collect();
    theirs.iter().for_each(|id| ground.by_hand(id));
    ground
        .tool
        .run(&[ROTATE, &["--now"]].concat())
        .expect_code(0);
    let new = ground.held();
    assert_ne!(new, old);
    assert_eq!(ground.keys().len(), 9, "nobody's was deleted");
    ground.tool.run(ROTATE).expect_code(0);
    assert_eq!(ground.keys().len(), 10);
    ground
        .tool
        .run(&[ROTATE, &["--now"]].concat())
        .expect_code(0);
    ground.by_hand("9000000000000000000000000000000000000000");
    let full = ground.tool.run(ROTATE);
    full.expect_code(1);
    let said = flat(&full.stderr);
    for text in [
        "has 10 keys",
        "Google allows 10",
        "delete one that nobody uses",
    ] {
        assert!(said.contains(text), "{text}: {full}");
    }
    ground.works("full");
}

#[test]
fn a_key_is_printed_only_where_that_was_asked_for() {
    let ground = Ground::new("stdout: {}");
    ground
        .tool
        .run(&[APPLY, &["--show-secrets"]].concat())
        .expect_code(0);
    let keys = ground.keys();
    let refused = ground.tool.run(ROTATE);
    refused.expect_code(1).expect_stderr("--show-secrets");
    assert_eq!(ground.keys(), keys);
    let shown = ground.tool.run(&[ROTATE, &["--show-secrets"]].concat());
    shown.expect_code(0);
    let key: serde_json::Value = serde_json::from_str(&shown.stdout).expect("a key");
    let new = key["private_key_id"].as_str().expect("an id").to_owned();
    ground.has_keys(&[(&keys[0].0, false), (&new, true)], "printed");
    ground.is_settled("printed");
}

#[test]
fn only_the_account_that_is_named_is_rotated_and_the_run_cannot_be_undone() {
    let (ground, old) = Ground::with_key(FILE);
    let nobody = ground
        .tool
        .run(&[ROTATE, &["--user", "backup-reader"]].concat());
    nobody.expect_code(1).expect_stderr("backup-reader");
    assert_eq!(ground.held(), old);
    let named = ground
        .tool
        .run(&[ROTATE, &["--user", "backup-writer"]].concat());
    named.expect_code(0);
    assert_ne!(ground.held(), old);
    let runs = ground
        .tool
        .run(&["undo", "--list", "--output", "json"])
        .json();
    assert_eq!(
        (
            &runs["journals"][0]["command"],
            &runs["journals"][0]["done"]
        ),
        (&"rotate".into(), &1.into())
    );
    let run = runs["journals"][0]["run"].as_str().expect("a name");
    let undo = ground.tool.run(&["undo", run]);
    undo.expect_code(1)
        .expect_stderr("a rotation cannot be undone");
    // Nor is the key that waits in the way of a removal, or left by it.
    let destroy = ["destroy", "keys.yaml", "--confirm", "keys"];
    ground.tool.run(&destroy).expect_code(0);
    assert!(ground.server.state().accounts.is_empty());
}

#[test]
fn a_name_of_a_version_that_cannot_be_given_leaves_a_key_that_works() {
    let (ground, old) = Ground::with_key(SECRET);
    ground.proxy.on(
        "secretmanager.projects.secrets.patch",
        9,
        Answer::error(403, "PERMISSION_DENIED", "Permission denied"),
    );
    ground.tool.run(ROTATE).expect_code(1);
    ground.works("its version is there");
    ground.proxy.heal();
    ground.tool.run(ROTATE).expect_code(0);
    ground.works("and has a name");
    let new = ground.held();
    ground.has_keys(&[(&old, false), (&new, true)], "ended by the next run");
    ground.is_settled("ended by the next run");
}
