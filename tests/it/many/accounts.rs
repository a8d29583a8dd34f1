//! Many accounts in one run: for each its role, its inputs and its result.

use serde_json::json;

use super::{fits, texts};
use crate::neon::{flat, says, writes};
use crate::support::{Account, Proxy, S3setup, Server, talk};

const MANIFEST: &str = "name: m
inputs: {env: {description: Which environment., default: none}}
bucket: {name: \"m-${account}-${env}\"}
outputs: {BUCKET: \"m-${account}-${env}\"}
";

/// Three accounts at one server: `hub` is the caller's; in `prod` there is a role that trusts it under an
/// external id, and in `dev` there is none.
struct Ground {
    tool: S3setup,
    proxy: Proxy,
    hub: Account,
    prod: Account,
    dev: Account,
}

impl Ground {
    fn new() -> Self {
        let server = Server::ministack();
        let (hub, prod, dev) = (server.account(), server.account(), server.account());
        let proxy = Proxy::before(&hub);
        let tool = S3setup::new(proxy.account());
        prod.python_with(
            "iam.create_role(RoleName='s3setup', AssumeRolePolicyDocument=json.dumps({
                 'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow',
                 'Principal': {'AWS': f'arn:aws:iam::{hub}:root'}, 'Action': 'sts:AssumeRole',
                 'Condition': {'StringEquals': {'sts:ExternalId': 'example-1'}}}]}))
iam.put_role_policy(RoleName='s3setup', PolicyName='all', PolicyDocument=json.dumps({
                 'Version': '2012-10-17',
                 'Statement': [{'Effect': 'Allow', 'Action': '*', 'Resource': '*'}]}))
True",
            &json!({"hub": hub.account_id}),
        );
        tool.file("m.yaml", MANIFEST);
        Self {
            tool,
            proxy,
            hub,
            prod,
            dev,
        }
    }

    /// The lines of these accounts, in a file.
    fn accounts(&self, names: &[&str]) -> &Self {
        let line = |name: &&str| match *name {
            "hub" => format!("- {{account: \"{}\", name: hub}}\n", self.hub.account_id),
            "prod" => format!(
                "- {{account: \"{}\", name: prod, role: s3setup, external_id: example-1, \
                 set: {{env: live}}}}\n",
                self.prod.account_id
            ),
            _ => format!(
                "- {{account: \"{}\", name: dev, role: ops/s3setup}}\n",
                self.dev.account_id
            ),
        };
        let lines: String = names.iter().map(line).collect();
        self.tool
            .file("accounts.yaml", &format!("accounts:\n{lines}"));
        self
    }

    fn run(&self, arguments: &[&str]) -> crate::support::Outcome {
        let accounts = ["m.yaml", "--accounts", "accounts.yaml"];
        let (command, more) = arguments.split_first().expect("a command");
        self.tool.run(&[&[*command], &accounts[..], more].concat())
    }

    fn buckets(&self, account: &Account) -> serde_json::Value {
        account.python("[bucket['Name'] for bucket in s3.list_buckets()['Buckets']]")
    }
}

#[test]
fn each_account_is_told_and_one_that_cannot_be_reached_hides_no_other() {
    let ground = Ground::new();
    ground.accounts(&["hub", "prod", "dev"]);
    let (hub, prod) = (&ground.hub.account_id, &ground.prod.account_id);
    let dev = &ground.dev.account_id;
    let plan = ground.run(&["plan"]);
    plan.expect_code(1)
        .expect_stdout(&format!("== hub, account {hub}"))
        .expect_stdout(&format!("== prod, account {prod}"))
        .expect_stdout(&format!("bucket.m-{hub}-none"))
        .expect_stdout(&format!("bucket.m-{prod}-live"));
    let said = flat(&plan.stdout);
    let role = format!("arn:aws:iam::{dev}:role/ops/s3setup");
    for text in [
        "3 accounts:",
        &format!("prod, account {prod}: Plan: 1 to create"),
        &format!("dev, account {dev}: Could not tell: sts:AssumeRole"),
        &format!(
            "for dev: the trust policy of {role} has to allow sts:AssumeRole to \
             arn:aws:iam::{hub}:root, without an external id, and arn:aws:iam::{hub}:root has to be \
             allowed sts:AssumeRole on that role"
        ),
    ] {
        assert!(said.contains(text), "no {text:?} in\n{plan}");
    }
    let json = ground.run(&["drift", "--output", "json"]);
    let json = json.expect_code(2).json();
    assert_eq!(texts(&json["accounts"], "/name"), ["hub", "prod", "dev"]);
    assert_eq!(
        texts(&json["accounts"], "/account"),
        [hub, prod, dev].map(String::as_str)
    );
    assert_eq!(json["accounts"][1]["manifests"][0]["inputs"]["env"], "live");
    assert!(
        json["accounts"][2]["error"]
            .as_str()
            .is_some_and(|text| text.contains("AssumeRole"))
    );
    let page = ground.run(&["drift", "--output", "markdown"]);
    page.expect_code(2)
        .expect_stdout("## 3 accounts")
        .expect_stdout(&format!(
            "| `prod` (`{prod}`) | Drift: 1 of 1 resource differs"
        ))
        .expect_stdout("**could not tell**");
    // Nothing is changed in one unless all can be planned.
    let apply = ground.run(&["apply", "--yes"]);
    apply.expect_code(1);
    says(
        &apply,
        "Nothing was changed: all accounts have to be planned before one is.",
    );
    let written = writes(&ground.proxy);
    assert!(
        written.iter().all(|name| name == "sts:AssumeRole"),
        "{written:?}"
    );
}

#[test]
fn all_accounts_are_applied_to_after_one_question() {
    let ground = Ground::new();
    ground.accounts(&["hub", "prod"]);
    let arguments = ["apply", "m.yaml", "--accounts", "accounts.yaml"];
    let declined = ground.tool.run_with_input(&arguments, "no\n");
    declined
        .expect_code(1)
        .expect_stderr("Nothing was changed.");
    says(&declined, "Apply to 2 accounts (hub, prod)? (\"yes\")");
    let agreed = ground.tool.run_with_input(&arguments, "yes\n");
    agreed
        .expect_code(0)
        .expect_stderr("hub: bucket.m-")
        .expect_stderr("prod: Applied: 1 done")
        .expect_stderr("`s3setup undo --list` shows the runs, one an account")
        .expect_stdout(&format!("BUCKET  m-{}-live", ground.prod.account_id));
    let (hub, prod) = (&ground.hub, &ground.prod);
    assert_eq!(
        ground.buckets(hub),
        json!([format!("m-{}-none", hub.account_id)])
    );
    assert_eq!(
        ground.buckets(prod),
        json!([format!("m-{}-live", prod.account_id)])
    );
    // Each account has a run of its own, to be undone by itself.
    let runs = std::fs::read_dir(ground.tool.folder().join(".s3setup/journal"));
    assert_eq!(runs.expect("there are journals").count(), 2);
    ground.run(&["drift"]).expect_code(0);
    ground
        .run(&["verify", "--wait", "0"])
        .expect_code(0)
        .expect_stdout("== prod");
    prod.python_with(
        "s3.put_bucket_tagging(Bucket=name, Tagging={'TagSet': []}) and True",
        &json!({"name": format!("m-{}-live", prod.account_id)}),
    );
    let drift = ground.run(&["drift"]);
    let said = flat(&drift.expect_code(2).stdout);
    fits(&drift);
    let verdict = |account: &Account, name: &str, text: &str| {
        format!("{name}, account {}: {text}", account.account_id)
    };
    assert!(
        said.contains(&verdict(hub, "hub", "In sync: 1 resource")),
        "{drift}"
    );
    assert!(
        said.contains(&verdict(prod, "prod", "Drift: 1 of 1 resource")),
        "{drift}"
    );
}

#[test]
fn the_plans_of_all_accounts_are_saved_and_applied_if_none_has_moved() {
    let ground = Ground::new();
    ground.accounts(&["hub", "prod"]);
    let (hub, prod) = (&ground.hub, &ground.prod);
    let plan = ground.run(&["plan"]);
    plan.expect_code(0);
    says(&plan, "Saved. `s3setup apply` does exactly this.");
    // One that has moved keeps all of them from being done.
    let name = format!("m-{}-live", prod.account_id);
    prod.python_with(
        "s3.create_bucket(Bucket=name) and True",
        &json!({"name": name}),
    );
    ground.proxy.forget();
    let moved = ground.tool.run(&["apply", "--yes"]);
    moved.expect_code(1);
    says(
        &moved,
        &format!("prod: bucket.{name} was not there, and now is"),
    );
    assert_eq!(ground.buckets(hub), json!([]), "{moved}");
    assert!(!flat(&moved.stderr).contains("hub: "), "{moved}");
    prod.python_with(
        "s3.delete_bucket(Bucket=name) and True",
        &json!({"name": name}),
    );
    // Who is asked for what is read again where it was read then, and has to be the same.
    let text = ground.tool.read("accounts.yaml");
    ground
        .tool
        .file("accounts.yaml", &text.replace("example-1", "other"));
    let other = ground.tool.run(&["apply", "--yes"]);
    other.expect_code(1);
    says(
        &other,
        "the file of accounts accounts.yaml is not the one that the plan was made from",
    );
    ground.tool.file("accounts.yaml", &text);
    let manifest = ground.tool.read("m.yaml");
    ground
        .tool
        .file("m.yaml", &format!("{manifest}users: {{more: {{}}}}\n"));
    let changed = ground.tool.run(&["apply", "--yes"]);
    changed.expect_code(1);
    says(&changed, "hub: the manifest m.yaml was changed");
    ground.tool.file("m.yaml", &manifest);
    let flags = ["apply", "--yes", "--accounts", "accounts.yaml"];
    says(
        &ground.tool.run(&flags),
        "has its manifests and accounts already",
    );
    ground
        .tool
        .run(&["apply", "--yes"])
        .expect_code(0)
        .expect_stderr("hub: Applied: 1 done")
        .expect_stderr("prod: Applied: 1 done");
    assert_eq!(ground.buckets(prod), json!([name]));
    ground.run(&["drift"]).expect_code(0);
}

#[test]
fn a_saved_plan_of_accounts_that_the_manifest_names_keeps_the_inputs_and_the_region() {
    let ground = Ground::new();
    let text = ground.accounts(&["hub", "prod"]).tool.read("accounts.yaml");
    let manifest = MANIFEST.replace(
        "inputs: {",
        "inputs: {team: {description: Whose., default: x}, ",
    );
    let manifest = manifest.replace("m-${account}-${env}", "m-${account}-${env}-${team}");
    ground.tool.file("own.yaml", &format!("{manifest}{text}"));
    let plan = [
        "plan",
        "own.yaml",
        "--set",
        "team=y",
        "--out",
        "all.json",
        "--region",
        "eu-west-1",
    ];
    ground.tool.run(&plan).expect_code(0);
    let apply = ground.tool.run(&["apply", "--plan", "all.json", "--yes"]);
    apply.expect_code(0);
    let name = format!("m-{}-live-y", ground.prod.account_id);
    assert_eq!(ground.buckets(&ground.prod), json!([name]));
    let place = ground.prod.python_with(
        "s3.get_bucket_location(Bucket=name)['LocationConstraint']",
        &json!({"name": name}),
    );
    assert_eq!(place, json!("eu-west-1"));
}

#[test]
fn credentials_of_another_account_are_not_taken_for_those_that_are_asked_for() {
    let ground = Ground::new();
    let list = format!(
        "accounts:\n- {{account: \"{}\", name: prod}}\n",
        ground.prod.account_id
    );
    ground.tool.file("accounts.yaml", &list);
    let drift = ground.run(&["drift"]);
    drift.expect_code(1);
    let (hub, prod) = (&ground.hub.account_id, &ground.prod.account_id);
    let text = format!("this is account {hub}, and not prod ({prod}) that was asked for");
    assert!(flat(&drift.stdout).contains(&text), "{drift}");
    // Of the wrong account nothing was read.
    assert_eq!(ground.proxy.operations(), ["sts:GetCallerIdentity"]);
}

#[test]
fn the_session_is_named_and_the_external_id_is_sent() {
    let ground = Ground::new();
    ground.accounts(&["prod"]);
    ground.run(&["plan"]).expect_code(0);
    let calls = ground.proxy.calls();
    let assumed = calls.iter().filter(|call| call.name() == "sts:AssumeRole");
    let assumed: Vec<_> = assumed.collect();
    assert_eq!(assumed.len(), 1, "STS is asked once for all clients");
    let told = |name: &str| assumed[0].parameter(name);
    assert_eq!(told("RoleSessionName").as_deref(), Some("s3setup"));
    assert_eq!(told("ExternalId").as_deref(), Some("example-1"));
    let text = ground.tool.read("accounts.yaml");
    let wrong = text.replace("example-1", "another");
    ground.tool.file(
        "accounts.yaml",
        &wrong.replace("role:", "session_name: night, role:"),
    );
    let refused = ground.run(&["plan"]);
    refused.expect_code(1).expect_nowhere("another");
    let text = "under this external id (condition sts:ExternalId)";
    assert!(flat(&refused.stdout).contains(text), "{refused}");
    let last = ground.proxy.calls().pop().expect("there were calls");
    assert_eq!(last.parameter("RoleSessionName").as_deref(), Some("night"));
}

#[test]
fn a_manifest_may_name_its_accounts_itself() {
    let ground = Ground::new();
    let text = ground.accounts(&["hub", "prod"]).tool.read("accounts.yaml");
    ground.tool.file("own.yaml", &format!("{MANIFEST}{text}"));
    ground
        .tool
        .file("plain.yaml", "name: plain\nusers: {plain: {}}\n");
    let plan = ground.tool.run(&["plan", "own.yaml"]);
    plan.expect_code(0)
        .expect_stdout(&format!("bucket.m-{}-live", ground.prod.account_id));
    // Beside it, one for the caller's own account, which is the same as hub.
    let both = ground
        .tool
        .run(&["drift", "own.yaml", "plain.yaml", "--output", "json"]);
    let json = both.expect_code(2).json();
    assert_eq!(
        texts(&json["accounts"], "/name"),
        ["hub", "prod", "own credentials"]
    );
    let twice = ground.tool.run(&["plan", "own.yaml", "--set", "env=x"]);
    twice.expect_code(1);
    says(&twice, "the account prod has a value for \"env\" already");
    // Other commands work in the account of the caller, if it is one of them.
    ground.tool.run(&["outputs", "own.yaml"]).expect_code(0);
    let stranger = S3setup::new(&ground.dev);
    stranger.file("own.yaml", &ground.tool.read("own.yaml"));
    let outputs = stranger.run(&["outputs", "own.yaml"]);
    outputs.expect_code(1);
    says(
        &outputs,
        &format!("it is not for account {}", ground.dev.account_id),
    );
    ground.tool.file(
        "own.yaml",
        &format!("{MANIFEST}{}", text.replace("env:", "evn:")),
    );
    let wrong = ground.tool.run(&["validate", "own.yaml"]);
    wrong.expect_code(1).expect_stderr("own.yaml:7:");
    says(&wrong, "this manifest has no input \"evn\"");
    says(&wrong, "did you mean `env`?");
}

/// moto gives a session of any role, in any account.
#[test]
fn another_server_gives_the_same_results() {
    let account = Server::moto().account();
    let tool = S3setup::new(&account);
    tool.file("m.yaml", MANIFEST);
    let other = Server::moto().account().account_id;
    let list = format!("accounts:\n- {{account: \"{other}\", role: s3setup}}\n");
    tool.file("accounts.yaml", &list);
    let arguments = ["m.yaml", "--accounts", "accounts.yaml"];
    tool.run(&[&["apply", "--yes"], &arguments[..]].concat())
        .expect_code(0);
    tool.run(&[&["drift"], &arguments[..]].concat())
        .expect_code(0)
        .expect_stdout(&format!("== account {other}\n"));
}

#[test]
fn a_terminal_shows_how_far_all_is() {
    let ground = Ground::new();
    ground.accounts(&["hub", "prod"]);
    let arguments = ["drift", "m.yaml", "--accounts", "accounts.yaml"];
    let told = talk(&ground.tool, &arguments, &[]);
    assert_eq!(told.code, Some(2), "{}", told.text);
    for text in ["0/2 manifests, 2 accounts: ", "2 accounts:"] {
        assert!(told.text.contains(text), "no {text:?} in {}", told.text);
    }
    // Where there is no terminal nothing of it is said.
    let quiet = ground.run(&["drift"]);
    assert_eq!(quiet.stderr, "", "{quiet}");
}
