//! The commands that only look at the Neon manifest: outputs, record, the example value.

use serde_json::json;

use super::{APPLY, PLAN, REPOSITORY, found, outputs, tool, with_manifest, writes};
use crate::support::{Outcome, Proxy, S3setup, Server};

/// Every command that looks and does not write, with the code it ends with before an apply.
const LOOKS: [(&[&str], i32); 12] = [
    (&["validate", "neon.yaml"], 0),
    (&["validate", "neon.yaml", "--output", "json"], 0),
    (&["plan", "neon.yaml"], 0),
    (&["plan", "neon.yaml", "--output", "json"], 0),
    (&["plan", "neon.yaml", "--output", "markdown"], 0),
    (&["drift", "neon.yaml"], 2),
    (&["drift", "neon.yaml", "--output", "json"], 2),
    (&["drift", "neon.yaml", "--output", "markdown"], 2),
    (&["outputs", "neon.yaml"], 0),
    (&["outputs", "neon.yaml", "--output", "env"], 0),
    (&["outputs", "neon.yaml", "--output", "json"], 0),
    (&["record", "neon.yaml", "--out", "account.json"], 0),
];

fn look(tool: &S3setup, command: &[&str]) -> Outcome {
    tool.run(&[command, &["--set", REPOSITORY]].concat())
}

#[test]
fn commands_that_look_write_nothing() {
    let proxy = Proxy::before(&Server::ministack().account());
    let tool = tool(proxy.account());
    for (command, code) in LOOKS {
        look(&tool, command).expect_code(code);
    }
    assert_eq!(writes(&proxy), Vec::<String>::new(), "of an empty account");
    tool.run(APPLY).expect_code(0);
    proxy.forget();
    for (command, _) in LOOKS {
        look(&tool, command).expect_code(0);
    }
    assert_eq!(
        writes(&proxy),
        Vec::<String>::new(),
        "of an account in sync"
    );
    assert!(proxy.calls().len() > LOOKS.len(), "the proxy did see them");
}

#[test]
fn validate_asks_nobody() {
    let proxy = Proxy::before(&Server::ministack().account());
    look(&tool(proxy.account()), &["validate", "neon.yaml"]).expect_code(0);
    assert_eq!(proxy.operations(), Vec::<String>::new());
    let nobody = with_manifest(S3setup::without_credentials());
    look(&nobody, &["validate", "neon.yaml"])
        .expect_code(0)
        .expect_stderr("neon.yaml: good, 4 resources");
}

#[test]
fn outputs_come_as_text_for_a_shell_and_as_json() {
    let account = Server::ministack().account();
    let tool = tool(&account);
    let outputs = outputs(&account);
    let joined = |by: &dyn Fn(&str, &str) -> String| -> String {
        outputs
            .iter()
            .map(|(name, value)| by(name, value))
            .collect()
    };
    let workflow = look(&tool, &["outputs", "neon.yaml", "--name", "neon-workflow"]);
    let lines = workflow.expect_code(0).stdout.lines().count();
    let text = look(&tool, &["outputs", "neon.yaml"]);
    assert_eq!(
        text.stdout,
        joined(&|name, value| format!("{name:14}  {value}\n"))
            + &format!("neon-workflow   {lines} lines: s3setup outputs … --name neon-workflow\n")
    );
    let env = look(&tool, &["outputs", "neon.yaml", "--output", "env"]);
    assert_eq!(
        env.stdout,
        joined(&|name, value| format!("{name}={value}\n"))
    );
    env.expect_stderr("neon-workflow: left out, it is no variable");
    let json = look(&tool, &["outputs", "neon.yaml", "--output", "json"]).json();
    let whole = [("neon-workflow", workflow.stdout.clone())];
    assert_eq!(
        json,
        outputs
            .iter()
            .cloned()
            .chain(whole)
            .collect::<serde_json::Value>()
    );
}

#[test]
fn one_output_is_printed_as_it_is() {
    let account = Server::ministack().account();
    let tool = tool(&account);
    let one = |name: &str| look(&tool, &["outputs", "neon.yaml", "--name", name]);
    let bucket = one("S3_BUCKET_NAME");
    assert_eq!(bucket.stdout, format!("{}\n", super::bucket(&account)));
    let near = one("neon_workflow");
    near.expect_code(1)
        .expect_stderr("did you mean `neon-workflow`?");
    assert_eq!(near.stdout, "");
}

#[test]
fn outputs_in_a_shell_are_the_values_and_never_commands() {
    let tool = S3setup::new(&Server::ministack().account());
    let hard = "it's $HOME `id` \"x\" \\ * ~ #a";
    let manifest = json!({
        "name": "m",
        "inputs": {"value": {"description": "any"}},
        "bucket": {"name": "b-backups"},
        "outputs": {"A": "${value}", "B": "plain", "C": ""},
    });
    tool.file("m.yaml", &manifest.to_string());
    let set = format!("value={hard}");
    let env = tool.run(&["outputs", "m.yaml", "--output", "env", "--set", &set]);
    tool.file("outputs.sh", &env.expect_code(0).stdout);
    let shell = std::process::Command::new("sh")
        .args([
            "-c",
            ". ./outputs.sh; printf '%s|%s|%s' \"$A\" \"$B\" \"$C\"",
        ])
        .current_dir(tool.folder())
        .output()
        .expect("there is a shell");
    assert_eq!(
        String::from_utf8_lossy(&shell.stdout),
        format!("{hard}|plain|")
    );
}

#[test]
fn a_recording_plans_as_its_account_does() {
    let account = Server::ministack().account();
    let tool = tool(&account);
    let nobody = with_manifest(S3setup::without_credentials());
    let planned_from_record = || {
        look(&tool, &["record", "neon.yaml", "--out", "account.json"]).expect_code(0);
        nobody.file("account.json", &tool.read("account.json"));
        let plan = [
            "plan",
            "neon.yaml",
            "--account",
            "account.json",
            "--output",
            "json",
        ];
        let plan = look(&nobody, &plan).expect_code(0).json();
        (plan["steps"].clone(), plan["summary"].clone())
    };
    let planned = || {
        let plan = look(&tool, &["plan", "neon.yaml", "--output", "json"]).json();
        (plan["steps"].clone(), plan["summary"].clone())
    };
    assert_eq!(planned_from_record(), planned(), "of an empty account");
    tool.run(APPLY).expect_code(0);
    assert_eq!(planned_from_record(), planned(), "after apply");
    assert_eq!(planned().1["keep"], 4);
    look(&nobody, &["plan", "neon.yaml", "--account", "account.json"])
        .expect_stdout("No changes. Everything is as neon says.");

    account.python_with(
        "iam.update_role(RoleName=role, Description='by hand')
iam.attach_role_policy(RoleName=role, PolicyArn='arn:aws:iam::aws:policy/ReadOnlyAccess')
s3.delete_bucket_policy(Bucket=bucket)",
        &json!({"role": super::ROLE, "bucket": super::bucket(&account)}),
    );
    assert_eq!(planned_from_record(), planned(), "after changes by hand");
    assert_eq!(planned().1["keep"], 2);
    assert!(
        !tool.read("account.json").contains(&account.secret_key),
        "a recording may be shown to others"
    );
}

#[test]
fn the_example_is_for_looking_and_is_not_applied_to_aws() {
    let account = Server::ministack().account();
    let proxy = Proxy::before(&account);
    let tool = tool(proxy.account());
    tool.run(&["plan", "neon.yaml"])
        .expect_code(0)
        .expect_stdout("still has the example's value: repository")
        .expect_stdout("--set repository=");
    let applies: [&[&str]; 2] = [&["apply", "--yes"], &["apply", "neon.yaml", "--yes"]];
    for apply in applies {
        tool.run(apply)
            .expect_code(1)
            .expect_stderr("error: the plan holds example values")
            .expect_stderr("hint: give yours: s3setup plan neon.yaml --set repository=");
    }
    assert_eq!(writes(&proxy), Vec::<String>::new());
    assert_eq!(found(&account)["buckets"], json!([]));

    let nobody = with_manifest(S3setup::without_credentials());
    nobody.file("account.json", r#"{"account": "123456789012"}"#);
    let apply = ["apply", "neon.yaml", "--account", "account.json", "--yes"];
    nobody
        .run(&apply)
        .expect_code(0)
        .expect_stdout("neon-s3-backup-123456789012");
    nobody
        .run(&["plan", "neon.yaml", "--account", "account.json"])
        .expect_stdout("No changes.");
}

#[test]
fn a_value_given_is_no_example_even_if_it_is_the_same() {
    let tool = tool(&Server::ministack().account());
    let given = ["plan", "neon.yaml", "--set", "repository=acme/backups"];
    let plan = tool.run(&given);
    assert!(!plan.expect_code(0).stdout.contains("Warning"), "{plan}");
    tool.run(&["apply", "--yes"]).expect_code(0);
    assert!(
        tool.run(PLAN).stdout.contains("1 to update"),
        "another repository"
    );
}
