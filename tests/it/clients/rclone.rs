//! rclone and the backup targets: <https://rclone.org/s3/>.

use std::path::PathBuf;

use serde_json::json;

use super::{applied, expect_refused, objects, put};
use crate::support::{Account, Client, Outcome, S3setup, Server};

/// Above the limit of 5 MiB that is set for uploads in several parts.
const LARGE: usize = 12_000_000;
/// A file with a name that has to be encoded.
const NESTED: &str = "2026/über 100%+.txt";

/// rclone as the user of a manifest, with a folder `data` to back up.
struct Backup {
    account: Account,
    remote: String,
    bucket: String,
    tool: S3setup,
    rclone: Client,
}

impl Backup {
    fn of(manifest: &str) -> Self {
        let account = Server::ministack().account();
        let tool = applied(&account, manifest, &[]);
        let configuration = tool.folder().join("rclone.conf");
        tool.file("data/notes.txt", "notes");
        tool.file(&format!("data/{NESTED}"), &"nested ".repeat(1000));
        let outputs = tool.run(&["outputs", &format!("{manifest}.yaml"), "--output", "json"]);
        let bucket = outputs.json()["BUCKET"]
            .as_str()
            .expect("it is an output")
            .to_owned();
        let mut rclone = Client::rclone(&tool.folder(), &configuration, &account);
        // Who insists on creating the bucket has no use for rclone.conf, which tells rclone not to.
        let remote = if configuration.exists() {
            manifest.to_owned()
        } else {
            for line in tool.read(&format!("{manifest}.env")).lines() {
                let (name, value) = line.split_once('=').expect("NAME=value");
                rclone.env(name, value);
            }
            ":s3,provider=AWS,env_auth".to_owned()
        };
        Self {
            account,
            remote,
            bucket,
            tool,
            rclone,
        }
    }

    /// `REMOTE:BUCKET/FOLDER`, as rclone names it.
    fn at(&self, folder: &str) -> String {
        format!("{}:{}/{folder}", self.remote, self.bucket)
    }

    fn run(&self, arguments: &[&str]) -> Outcome {
        self.rclone.run(arguments)
    }

    /// Run it, and fail unless it works.
    fn expect(&self, arguments: &[&str]) -> Outcome {
        self.run(arguments).expect_code(0).clone()
    }

    /// Copy, check, sync, restore and delete: what a backup is.
    fn back_up(&self, folder: &str) {
        let target = self.at(folder);
        let large = "0123456789abcdef".repeat(LARGE / 16);
        self.tool.file("data/large.bin", &large);
        // It uploads in several parts from 200 MiB on: earlier here.
        let parts = ["--s3-upload-cutoff", "5M", "--s3-chunk-size", "5M"];
        self.expect(&[&["copy", "data", &target], &parts[..]].concat());
        self.expect(&["check", "data", &target])
            .expect_stderr("3 matching files");
        let large = self.account.python_with(
            "s3.head_object(Bucket=bucket, Key=key)['ETag']",
            &json!({"bucket": self.bucket, "key": format!("{folder}large.bin")}),
        );
        let parts = large
            .as_str()
            .and_then(|tag| tag.trim_matches('"').split_once('-'));
        assert_eq!(
            parts.map(|(_, count)| count),
            Some("3"),
            "it came in three parts"
        );

        std::fs::remove_file(self.data("notes.txt")).expect("it is ours");
        self.tool.file("data/new.txt", "new");
        self.expect(&["sync", "data", &target]);
        let listed = self.expect(&["lsf", "--recursive", "--files-only", &target]);
        let mut listed: Vec<&str> = listed.stdout.lines().collect();
        listed.sort_unstable();
        assert_eq!(listed, [NESTED, "large.bin", "new.txt"]);

        self.expect(&["copy", &target, "restored"]);
        self.expect(&["check", "--download", "restored", &target]);
        self.expect(&["delete", &target]);
        assert_eq!(self.expect(&["lsf", &target]).stdout, "");
    }

    fn data(&self, name: &str) -> PathBuf {
        self.tool.folder().join("data").join(name)
    }
}

#[test]
fn rclone_backs_up_to_the_whole_bucket() {
    let backup = Backup::of("backup-target");
    backup.back_up("");
    assert_eq!(objects(&backup.account, &backup.bucket), json!({}));
}

#[test]
fn rclone_backs_up_to_its_folder() {
    let backup = Backup::of("backup-target-prefix");
    put(&backup.account, &backup.bucket, "of-others");
    backup.back_up("backups/dataset-1/");
    let left = objects(&backup.account, &backup.bucket);
    assert_eq!(left.as_object().map(|left| left.len()), Some(1), "{left}");
}

#[test]
fn rclone_is_refused_outside_its_folder() {
    let backup = Backup::of("backup-target-prefix");
    let other = backup.account.bucket("other");
    backup
        .account
        .python_with("s3.create_bucket(Bucket=name)", &json!({"name": other}));
    let theirs = [
        "of-others",
        "backups/of-others",
        "backups/dataset-10/of-others",
    ];
    for key in theirs {
        put(&backup.account, &backup.bucket, key);
    }
    put(&backup.account, &other, "backups/dataset-1/of-others");
    let all = || [&backup.bucket, &other].map(|bucket| objects(&backup.account, bucket));
    let before = all();

    let elsewhere = format!("{}:{other}/backups/dataset-1/", backup.remote);
    let root = backup.at("");
    let above = backup.at("backups/");
    let beside = backup.at("backups/dataset-10/");
    for (arguments, reason) in [
        (
            &["copy", "data", &root][..],
            "the bucket's root is not its folder",
        ),
        (
            &["copy", "data/notes.txt", &above],
            "nor is the folder above",
        ),
        (
            &["copy", "data", &beside],
            "nor is a folder whose name begins alike",
        ),
        (
            &["copy", "data", &elsewhere],
            "nor is the same folder of another bucket",
        ),
        (&["sync", "data", &beside], "sync would delete there"),
        (
            &["lsf", "--recursive", &root],
            "names of others are not its business",
        ),
        (&["lsf", &beside], "nor in the folder beside"),
        (&["lsf", &elsewhere], "nor in another bucket"),
        (&["cat", &backup.at(theirs[0])], "nor what is in them"),
        (&["copy", &beside, "stolen"], "nor in the folder beside"),
        (
            &["deletefile", &backup.at(theirs[1])],
            "they are not its own",
        ),
        (&["delete", &beside], "nor is the folder beside"),
        (
            &["lsd", &format!("{}:", backup.remote)],
            "it sees no other buckets",
        ),
    ] {
        expect_refused(&backup.run(arguments), reason);
    }
    assert_eq!(all(), before, "what is refused changes nothing");
    assert!(!backup.tool.folder().join("stolen").exists());
}

/// What the manifest's comment tells: rclone asks for an object of the folder's name first.
#[test]
fn an_empty_folder_is_named_with_a_slash_at_its_end() {
    let backup = Backup::of("backup-target-prefix");
    backup
        .run(&["copy", "data", &backup.at("backups/dataset-1")])
        .expect_code(1)
        .expect_stderr("is a file not a directory");
    backup.expect(&["copy", "data", &backup.at("backups/dataset-1/")]);
}

#[test]
fn each_larger_backup_target_lets_rclone_do_what_it_is_for() {
    for (manifest, command, reason) in [
        (
            "backup-target-list-buckets",
            &["lsd", "REMOTE:"][..],
            "it lists all buckets",
        ),
        (
            "backup-target-multipart",
            &["backend", "cleanup", "-o", "max-age=1ns", "BUCKET"],
            "it cleans up unfinished uploads",
        ),
        (
            "backup-target-create-bucket",
            &["mkdir", "--s3-no-check-bucket=false", "BUCKET"],
            "it creates the bucket",
        ),
    ] {
        for (target, can) in [(manifest, true), ("backup-target", false)] {
            let backup = Backup::of(target);
            let bucket = json!({"bucket": backup.bucket});
            let prepare = match manifest {
                "backup-target-create-bucket" => "s3.delete_bucket(Bucket=bucket)",
                _ => "s3.create_multipart_upload(Bucket=bucket, Key='unfinished')",
            };
            backup.account.python_with(prepare, &bucket);
            let root = backup.at("");
            let remote = format!("{}:", backup.remote);
            let word = |word: &&'static str| match *word {
                "BUCKET" => root.clone(),
                "REMOTE:" => remote.clone(),
                other => other.to_owned(),
            };
            let arguments: Vec<String> = command.iter().map(word).collect();
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            let outcome = backup.run(&arguments);
            match can {
                true => drop(outcome.expect_code(0)),
                false => expect_refused(&outcome, &format!("{target}: {reason}")),
            }
            if manifest == "backup-target-multipart" {
                let uploads = "len(s3.list_multipart_uploads(Bucket=bucket).get('Uploads', []))";
                let left = backup.account.python_with(uploads, &bucket);
                assert_eq!(left, json!(u8::from(!can)), "{target}: {reason}");
            }
        }
    }
}
