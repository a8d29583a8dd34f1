//! Files for secrets whose place is not safe, or is made unsafe while the key is being made.

use std::{
    fs,
    os::unix::fs::{PermissionsExt as _, chown, lchown, symlink},
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, Mutex},
};

use serde_json::json;

use crate::{
    keys::ground::{APPLY, Ground},
    neon::flat,
    secrets::searcher::{Searcher, files},
    support::Answer,
};

const SINK: &str = "file: {path: keys/backup.env, format: dotenv}";
/// Nobody's.
const SOMEBODY: u32 = 65534;

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("it is ours");
}

fn fifo(path: &Path) {
    let made = Command::new("mkfifo").arg(path).status();
    assert!(made.expect("mkfifo is there").success());
}

/// The folder `keys` of the ground, made, and the file that is named in it.
fn place(ground: &Ground) -> (PathBuf, PathBuf) {
    let folder = ground.tool.folder().join("keys");
    fs::create_dir(&folder).expect("it is ours");
    mode(&folder, 0o700);
    let file = folder.join("backup.env");
    (folder, file)
}

type Spoil = fn(&Path, &Path);

#[test]
fn a_place_that_is_not_safe_is_found_before_there_is_a_key() {
    let table: [(&str, Spoil, &str); 9] = [
        ("a pipe", |_, file| fifo(file), "is no file"),
        (
            "a folder",
            |_, file| fs::create_dir(file).unwrap(),
            "is a folder",
        ),
        (
            "a device",
            |_, file| symlink("/dev/null", file).unwrap(),
            "is no file",
        ),
        (
            "a link to nothing",
            |_, file| symlink("gone", file).unwrap(),
            "is not there",
        ),
        (
            "a folder for all",
            |folder, _| mode(folder, 0o777),
            "others may write",
        ),
        (
            "a folder for a group",
            |folder, _| mode(folder, 0o770),
            "others may write",
        ),
        (
            "a link through a folder for all",
            |folder, file| {
                let open = folder.join("open");
                fs::create_dir(&open).unwrap();
                fs::write(folder.join("real"), "A=1\n").unwrap();
                symlink("../real", open.join("second")).unwrap();
                mode(&open, 0o777);
                symlink("open/second", file).unwrap();
            },
            "others may write",
        ),
        (
            "a folder of somebody else",
            |folder, _| chown(folder, Some(SOMEBODY), None).unwrap(),
            "belongs to somebody else",
        ),
        (
            "a link of somebody else in a folder such as /tmp",
            |folder, file| {
                fs::write(folder.join("real"), "A=1\n").unwrap();
                symlink("real", file).unwrap();
                lchown(file, Some(SOMEBODY), None).unwrap();
                mode(folder, 0o1777);
            },
            "",
        ),
    ];
    // Only root can give files away.
    let probe = tempfile::tempdir().expect("the temporary folder is writable");
    let is_root = chown(probe.path(), Some(SOMEBODY), None).is_ok();
    let mut tried = 0;
    for (what, spoil, says) in table {
        if what.contains("somebody else") && !is_root {
            continue;
        }
        let ground = Ground::new(SINK);
        let (folder, file) = place(&ground);
        spoil(&folder, &file);
        let refused = ground.tool.run(APPLY);
        assert_eq!(refused.code, Some(1), "{what}: {refused}");
        assert!(flat(&refused.stderr).contains(says), "{what}: {refused}");
        let calls = ground.proxy.operations();
        assert!(
            !calls.contains(&"iam:CreateAccessKey".to_owned()),
            "{what}: {calls:?}"
        );
        assert_eq!(ground.keys(), json!([]), "{what}");
        tried += 1;
    }
    assert!(tried >= 7);
}

/// Runs apply; at the moment when AWS has made the key and not yet answered, `spoil` is done. Fails
/// unless the key is gone again, and its secret is in no file but perhaps the sink.
fn raced(what: &str, spoil: impl Fn(&Path, &Path) + Send + Sync + 'static, says: &str) {
    let ground = Ground::new(SINK);
    let (folder, file) = place(&ground);
    let secret: Arc<Mutex<Option<String>>> = Arc::default();
    let (to, spoil) = (Arc::clone(&secret), Arc::new(spoil));
    ground.proxy.rule(move |call| {
        let (to, spoil) = (Arc::clone(&to), Arc::clone(&spoil));
        let (folder, file) = (folder.clone(), file.clone());
        (call.operation == "CreateAccessKey").then(move || {
            Answer::change(move |body| {
                let text = String::from_utf8_lossy(body);
                let rest = text.split_once("<SecretAccessKey>").expect("it has one").1;
                let made = rest.split_once('<').expect("it ends").0.to_owned();
                *to.lock().expect("no panic") = Some(made);
                spoil(&folder, &file);
                body.to_vec()
            })
        })
    });
    let refused = ground.tool.run(APPLY);
    assert_eq!(refused.code, Some(1), "{what}: {refused}");
    assert!(flat(&refused.stderr).contains(says), "{what}: {refused}");
    assert!(
        flat(&refused.stderr).contains("could not be handed over and was deleted"),
        "{refused}"
    );
    assert_eq!(ground.keys(), json!([]), "{what}: no key is left");
    let mut searcher = Searcher::default();
    let secret = secret.lock().expect("no panic").clone();
    searcher.add("the key", &secret.expect("a key was made"));
    for (path, content) in files(&ground.tool.folder()) {
        assert!(
            searcher.find(&content).is_empty(),
            "{what}: {}",
            path.display()
        );
    }
    assert!(
        searcher.find(refused.to_string().as_bytes()).is_empty(),
        "{what}"
    );
}

#[test]
fn a_place_that_is_spoiled_while_the_key_is_made_gets_no_secret() {
    raced(
        "the folder opened",
        |folder, _| mode(folder, 0o777),
        "others may write",
    );
    raced(
        "the folder swapped for a link",
        |folder, _| {
            let open = folder.with_file_name("open");
            fs::create_dir(&open).unwrap();
            mode(&open, 0o777);
            fs::rename(folder, folder.with_file_name("gone")).unwrap();
            symlink(&open, folder).unwrap();
        },
        "others may write",
    );
    raced(
        "the file swapped for a link to another folder",
        |folder, file| {
            let open = folder.with_file_name("open");
            fs::create_dir(&open).unwrap();
            fs::write(open.join("b"), "B=1\n").unwrap();
            mode(&open, 0o777);
            symlink(open.join("b"), file).unwrap();
        },
        "others may write",
    );
    raced("a pipe in its place", |_, file| fifo(file), "is no file");
    raced(
        "a folder in its place",
        |_, file| fs::create_dir(file).unwrap(),
        "is a folder",
    );
    raced(
        "a link to nothing",
        |_, file| symlink("gone", file).unwrap(),
        "is not there",
    );
    raced(
        "another key came to it",
        |_, file| fs::write(file, "AWS_ACCESS_KEY_ID=AKIAOTHER1\n").unwrap(),
        "holds the key AKIAOTHER1 by now",
    );
    raced(
        "its lock is a pipe",
        |folder, _| fifo(&folder.join(".s3setup-backup.env.lock")),
        "",
    );
}

#[test]
fn what_came_to_the_file_while_the_key_was_made_stays() {
    let ground = Ground::new(SINK);
    let (_, file) = place(&ground);
    fs::write(&file, "A=1\n").expect("it is ours");
    ground.proxy.rule(move |call| {
        if call.operation == "CreateAccessKey" {
            fs::write(&file, "A=1\nB=2\n").expect("it is ours");
        }
        None
    });
    ground.tool.run(APPLY).expect_code(0);
    let text = ground.tool.read("keys/backup.env");
    assert!(text.starts_with("A=1\nB=2\nAWS_ACCESS_KEY_ID="), "{text}");
    ground.works(&ground.dotenv("keys/backup.env"));
}

#[test]
fn another_name_of_the_file_keeps_what_it_had_and_a_left_lock_is_taken() {
    let ground = Ground::new(SINK);
    let (folder, file) = place(&ground);
    fs::write(&file, "A=1\n").expect("it is ours");
    fs::hard_link(&file, folder.join("other")).expect("it is ours");
    fs::write(folder.join(".s3setup-backup.env.lock"), "").expect("it is ours");
    ground.tool.run(APPLY).expect_code(0);
    assert_eq!(
        ground.tool.read("keys/other"),
        "A=1\n",
        "no secret comes to it"
    );
    ground.works(&ground.dotenv("keys/backup.env"));
    assert_eq!(
        fs::read_dir(folder).expect("it is ours").count(),
        2,
        "no lock is left"
    );
}

#[test]
fn two_runs_at_once_lose_no_key() {
    let ground = Ground::new("stdout: {}");
    let mut running = Vec::new();
    for user in ["one", "two", "three"] {
        let manifest = format!(
            "name: {user}\nusers:\n  {user}: {{access_key: {{sink: {{file: {{path: shared, format: \
             aws_profile, profile: {user}}}}}}}}}\n"
        );
        let file = format!("{user}.yaml");
        ground.tool.file(&file, &manifest);
        running.push(
            ground
                .tool
                .command(&["apply", &file, "--yes"])
                .spawn()
                .expect("it starts"),
        );
    }
    for child in running {
        let outcome = child.wait_with_output().expect("it ends");
        assert!(
            outcome.status.success(),
            "{}",
            String::from_utf8_lossy(&outcome.stderr)
        );
    }
    let text = ground.tool.read("shared");
    for user in ["one", "two", "three"] {
        assert!(
            text.contains(&format!("[{user}]\naws_access_key_id = ")),
            "{user}"
        );
    }
}
