//! Sinks that are shared with others, and the standard output.

use std::process::{Command, Stdio};

use serde_json::json;

use super::ground::{APPLY, Ground};
use crate::neon::flat;

#[test]
fn a_secret_is_printed_only_where_that_was_asked_for() {
    let ground = Ground::new("stdout: {}");
    let refused = ground.tool.run(APPLY);
    refused.expect_code(1).expect_stderr("--show-secrets");
    assert!(
        !ground
            .proxy
            .operations()
            .contains(&"iam:CreateUser".to_owned())
    );
    let shown = ground.tool.run(&[APPLY, &["--show-secrets"]].concat());
    shown.expect_code(0);
    let value = |name: &str| {
        let found = shown
            .stdout
            .lines()
            .find_map(|line| line.strip_prefix(name));
        found
            .unwrap_or_else(|| panic!("{name} in {shown}"))
            .to_owned()
    };
    let key = (value("AWS_ACCESS_KEY_ID="), value("AWS_SECRET_ACCESS_KEY="));
    ground.works(&key);
    assert!(!shown.stderr.contains(&key.1));
    ground.is_settled("it is on record");
    let again = ground.tool.run(&[APPLY, &["--show-secrets"]].concat());
    assert_eq!(again.stdout, "", "once");
    assert_eq!(ground.keys(), json!([[key.0, "Active"]]));
}

#[test]
fn what_else_is_in_a_file_stays_and_a_foreign_key_is_not_overwritten() {
    let ground = Ground::new("file: {path: credentials, format: aws_profile, profile: backup}");
    let others = "# mine\n[default]\naws_access_key_id = AKIAMINE\naws_secret_access_key = x\n";
    ground.tool.file("credentials", others);
    ground.tool.run(APPLY).expect_code(0);
    let text = ground.tool.read("credentials");
    assert!(text.starts_with(others), "{text}");
    ground.is_settled("a profile");

    let ground = Ground::new("file: {path: credentials, format: aws_profile, profile: default}");
    ground.tool.file("credentials", others);
    let refused = ground.tool.run(APPLY);
    refused.expect_code(1).expect_stderr("AKIAMINE");
    assert_eq!(ground.tool.read("credentials"), others);
    assert_eq!(ground.keys(), json!([]));
}

#[test]
fn keys_of_many_users_go_to_one_file_at_the_same_time() {
    let ground = Ground::new("stdout: {}");
    let users: String = (0..8)
        .map(|at| {
            format!(
                "  u{at}: {{access_key: {{sink: {{file: {{path: credentials, format: aws_profile, \
                 profile: p{at}}}}}}}}}\n"
            )
        })
        .collect();
    let manifest = format!("name: keys\nusers:\n{users}");
    ground.tool.file("keys.yaml", &manifest);
    ground.tool.run(APPLY).expect_code(0);
    let text = ground.tool.read("credentials");
    for at in 0..8 {
        assert!(
            text.contains(&format!("[p{at}]\naws_access_key_id = ")),
            "{text}"
        );
    }
    ground.is_settled("all are there");
}

#[test]
fn a_secret_or_parameter_of_somebody_else_is_not_overwritten() {
    for (sink, make, told) in [
        (
            "secrets_manager: {name: backup/s3}",
            "client('secretsmanager').create_secret(Name='backup/s3', SecretString='theirs')['Name']",
            "something that s3setup did not write",
        ),
        (
            "parameter_store: {name: /backup/s3}",
            "client('ssm').put_parameter(Name='/backup/s3', Value='theirs', Type='String')['Version']",
            "was not written by s3setup",
        ),
    ] {
        let ground = Ground::new(sink);
        ground.account().python(make);
        let refused = ground.tool.run(APPLY);
        refused.expect_code(1);
        assert!(flat(&refused.stderr).contains(told), "{refused}");
        assert_eq!(ground.keys(), json!([]), "{sink}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_secret_is_in_no_argument_and_no_environment_of_a_process() {
    use std::sync::{Arc, Mutex};
    let ground = Ground::new("file: {path: backup.env, format: dotenv}");
    let seen: Arc<Mutex<Vec<u8>>> = Arc::default();
    let child_id: Arc<Mutex<Option<u32>>> = Arc::default();
    let (to, of) = (Arc::clone(&seen), Arc::clone(&child_id));
    // While the record is written, the key has been made and handed over.
    ground.proxy.rule(move |call| {
        if call.operation == "TagUser"
            && let Some(id) = *of.lock().unwrap()
        {
            for file in ["cmdline", "environ"] {
                let text = std::fs::read(format!("/proc/{id}/{file}")).unwrap_or_default();
                to.lock().unwrap().extend(text);
            }
        }
        None
    });
    let mut child = ground.tool.command(APPLY).spawn().unwrap();
    *child_id.lock().unwrap() = Some(child.id());
    assert!(child.wait().unwrap().success());
    let (id, secret) = ground.dotenv("backup.env");
    let seen = String::from_utf8_lossy(&seen.lock().unwrap()).into_owned();
    assert!(seen.contains("keys.yaml"), "it was looked at");
    assert!(!seen.contains(&secret) && !seen.contains(&id));
}

/// Only who may mount can look at this: root, as in a container.
#[cfg(target_os = "linux")]
#[test]
fn a_file_that_is_mounted_by_itself_is_found_before_there_is_a_key() {
    let may_mount = Command::new("unshare").args(["--mount", "true"]).output();
    if !may_mount.is_ok_and(|outcome| outcome.status.success()) {
        return;
    }
    let ground = Ground::new("file: {path: backup.env, format: dotenv}");
    ground.tool.file("backup.env", "A=1\n");
    ground.tool.file("mounted.env", "B=1\n");
    let tool = ground.tool.command(APPLY);
    let mut inside = Command::new("unshare");
    inside
        .args(["--mount", "sh", "-c"])
        .arg("mount --bind mounted.env backup.env && exec \"$0\" \"$@\"")
        .arg(tool.get_program())
        .args(tool.get_args())
        .current_dir(tool.get_current_dir().expect("it has a folder"))
        .stdin(Stdio::null())
        .env_clear()
        .envs(
            tool.get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
    inside.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    let outcome = inside.output().expect("unshare is there");
    let said = flat(&String::from_utf8_lossy(&outcome.stderr));
    assert_eq!(outcome.status.code(), Some(1), "{said}");
    assert!(said.contains("it is mounted there by itself"), "{said}");
    assert!(
        !ground
            .proxy
            .operations()
            .contains(&"iam:CreateAccessKey".to_owned())
    );
    assert_eq!(ground.tool.read("mounted.env"), "B=1\n");
}

#[test]
fn two_users_with_one_place_do_not_lose_a_key() {
    let ground = Ground::new("stdout: {}");
    for user in ["one", "two"] {
        ground.tool.file(
            &format!("{user}.yaml"),
            &format!(
                "name: {user}\nusers:\n  {user}:\n    access_key:\n      sink:\n        \
                 file: {{path: shared.env, format: dotenv}}\n"
            ),
        );
    }
    let outcome = ground.tool.run(&["apply", "one.yaml", "two.yaml", "--yes"]);
    outcome.expect_code(1);
    assert!(
        flat(&outcome.stderr).contains("shared.env holds the key"),
        "{outcome}"
    );
    let (id, secret) = ground.dotenv("shared.env");
    let keys = ground.account().python(
        "[key['AccessKeyId'] for user in ('one', 'two')
 for key in iam.list_access_keys(UserName=user)['AccessKeyMetadata']]",
    );
    assert_eq!(keys, json!([id]), "the other one is taken back");
    let who = ground.account().with_key(&id, &secret);
    assert!(who.try_python("sts.get_caller_identity()['Arn']").is_ok());
}
