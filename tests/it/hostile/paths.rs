//! Nothing leads to a file that was not named.

use std::{fs, os::unix::fs::symlink};

use serde_json::{Value, json};

use super::ground;
use crate::{
    neon::{PLAN, flat},
    support::S3setup,
};

/// A plan of the folder, as somebody forged it, whose digest fits all the same.
fn forged(tool: &S3setup, change: impl Fn(&mut Value)) {
    tool.run(&[PLAN, &["--account", "account.json"]].concat())
        .expect_code(0);
    let mut file: Value = serde_json::from_str(&tool.read(".s3setup/plan.json")).expect("JSON");
    change(&mut file);
    // As the tool reads it: members in the order of its types.
    let plan: s3setup::plan::Plan = serde_json::from_value(file["plan"].clone()).expect("a plan");
    let text = serde_json::to_vec(&plan).expect("JSON");
    file["digest"] = json!(s3setup::files::sha256(&text));
    tool.file(".s3setup/plan.json", &file.to_string());
}

#[test]
fn a_forged_plan_shows_nothing_of_files_elsewhere() {
    let secret = "aws_secret_access_key";
    for (path, directory) in [
        ("OUTSIDE", ""),
        ("credentials", "HOME"),
        ("../home/credentials", ""),
    ] {
        let tool = ground();
        let outside = tool.home().join("credentials");
        fs::write(&outside, format!("[default]\n{secret}: wJalr: [\n")).expect("it is ours");
        let outside = outside.to_str().expect("it is text");
        let home = tool.home();
        let home = home.to_str().expect("it is text").to_owned();
        forged(&tool, |file| {
            file["plan"]["origin"]["manifests"][0]["path"] =
                json!(path.replace("OUTSIDE", outside));
            if !directory.is_empty() {
                file["directory"] = json!(home);
            }
        });
        let before = tool.read("account.json");
        let run = tool.run(&["apply", "--yes", "--account", "account.json"]);
        run.expect_code(1)
            .expect_nowhere(secret)
            .expect_nowhere("wJalr");
        assert!(
            flat(&run.stderr).contains("is not the one that the plan was made from"),
            "{run}"
        );
        assert_eq!(tool.read("account.json"), before);
    }
}

#[test]
fn a_manifest_elsewhere_is_applied_if_it_is_the_one_that_was_planned() {
    let tool = ground();
    fs::rename(
        tool.folder().join("neon.yaml"),
        tool.home().join("neon.yaml"),
    )
    .expect("it is ours");
    tool.run(&[
        "plan",
        "../home/neon.yaml",
        "--set",
        "repository=a/b",
        "--account",
        "account.json",
    ])
    .expect_code(0);
    tool.run(&["apply", "--yes", "--account", "account.json"])
        .expect_code(0);
}

#[test]
fn init_writes_its_own_manifests_and_nowhere_else() {
    let tool = ground();
    for name in [
        "../../x",
        "/etc/passwd",
        "neon/../../x",
        "neon.yaml/../x",
        "",
        ".",
        "neon\u{0}",
    ] {
        if name.contains('\0') {
            continue;
        }
        let before = fs::read_dir(tool.folder()).expect("it is ours").count();
        let run = tool.run(&["init", name, "--set", "repository=a/b", "--force"]);
        run.expect_code(1);
        assert_eq!(
            fs::read_dir(tool.folder()).expect("it is ours").count(),
            before,
            "{name}"
        );
        assert!(!tool.folder().join("../../x").exists());
    }
}

#[test]
fn a_sink_is_the_file_that_is_named_or_none() {
    for (path, says) in [
        ("a\\0b.env", ""),
        ("~/x.env", "\"~\" means nothing here"),
        ("a//b.env", "a second \"/\""),
        ("./a.env", "a \".\" or a second"),
        ("keys/..", "this is a folder"),
        ("a b.env", "no spaces"),
        ("a\\e[31m.env", ""),
        ("a\\u202e.env", ""),
    ] {
        let tool = ground();
        tool.file(
            "keys.yaml",
            &format!(
                "name: keys\nusers:\n  u: {{access_key: {{sink: {{file: {{path: \"{path}\", format: \
                 dotenv}}}}}}}}\n"
            ),
        );
        let run = tool.run(&["validate", "keys.yaml"]);
        run.expect_code(1)
            .expect_nowhere("\u{1b}")
            .expect_nowhere("\u{202e}");
        assert!(flat(&run.stderr).contains(says), "{path}: {run}");
    }
}

#[test]
fn what_is_written_has_the_modes_that_it_should_whatever_the_umask() {
    use std::os::unix::fs::PermissionsExt as _;
    for umask in ["000", "022", "077"] {
        let tool = ground();
        for arguments in [
            &[
                "plan",
                "neon.yaml",
                "--set",
                "repository=a/b",
                "--account",
                "account.json",
            ][..],
            &[
                "record",
                "neon.yaml",
                "--set",
                "repository=a/b",
                "--account",
                "account.json",
                "--out",
                "new/record.json",
            ],
            &[
                "init",
                "neon",
                "--set",
                "repository=a/b",
                "--out",
                "own.yaml",
            ],
        ] {
            let ours = tool.command(arguments);
            let status = std::process::Command::new("sh")
                .arg("-c")
                .arg(format!("umask {umask}; exec \"$0\" \"$@\""))
                .arg(ours.get_program())
                .args(arguments)
                .current_dir(tool.folder())
                .output()
                .expect("sh is there");
            assert!(status.status.success(), "{arguments:?}: {status:?}");
        }
        let mode = |name: &str| {
            let about = fs::metadata(tool.folder().join(name)).expect(name);
            about.permissions().mode() & 0o777
        };
        for (name, wanted) in [
            (".s3setup/plan.json", 0o600),
            (".s3setup", 0o700),
            ("new/record.json", 0o600),
            ("new", 0o700),
        ] {
            assert_eq!(mode(name), wanted, "{name} with umask {umask}");
        }
        let umask = u32::from_str_radix(umask, 8).expect("it is octal");
        assert_eq!(
            mode("own.yaml"),
            0o666 & !umask,
            "a manifest is for everybody who may"
        );
    }
}

#[test]
fn a_saved_plan_replaces_nothing_that_is_not_one() {
    let tool = ground();
    let precious = tool.home().join("precious");
    fs::write(&precious, "mine").expect("it is ours");
    fs::create_dir(tool.folder().join(".s3setup")).expect("it is ours");
    symlink(&precious, tool.folder().join(".s3setup/plan.json")).expect("it is ours");
    let run = tool.run(&[PLAN, &["--account", "account.json"]].concat());
    run.expect_code(1);
    assert!(flat(&run.stderr).contains("s3setup did not write"), "{run}");
    assert_eq!(fs::read_to_string(&precious).expect("it is there"), "mine");
}
