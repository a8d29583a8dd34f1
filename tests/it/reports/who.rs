//! `drift --who`: who has changed what, from CloudTrail. The test server keeps no event history that says
//! what an event was about, so the proxy answers in the form of AWS's.

use std::time::Duration;

use serde_json::{Value, json};

use super::{MANIFEST, drifted};
use crate::neon::flat;
use crate::support::{Account, Answer, Call, Outcome, Proxy, S3setup, Server};

const DRIFT: [&str; 3] = ["drift", "m.yaml", "--who"];
const ALICE: &str = "arn:aws:iam::123456789012:user/alice";

/// A tool in whose account the manifest is applied, and then a policy attached to the role.
fn ground() -> (S3setup, Proxy) {
    let account = Server::ministack().account();
    let proxy = Proxy::before(&account);
    let tool = S3setup::new(proxy.account());
    let manifest = MANIFEST.replace("app-data-123456789012", &account.bucket("app-data"));
    tool.file("m.yaml", &manifest);
    tool.run(&["apply", "m.yaml", "--yes"]).expect_code(0);
    attach(&account);
    proxy.count_anew();
    (tool, proxy)
}

fn attach(account: &Account) {
    account.python(
        "iam.attach_role_policy(RoleName='deploy', PolicyArn='arn:aws:iam::aws:policy/AdministratorAccess')
True",
    );
}

/// An event of IAM about the role, as CloudTrail tells it.
fn event(name: &str, minute: u32, more: &Value) -> Value {
    let mut record = json!({
        "userIdentity": {"type": "IAMUser", "arn": ALICE, "userName": "alice"},
        "sourceIPAddress": "203.0.113.7",
    });
    let members = record.as_object_mut().expect("it is one");
    members.extend(more.as_object().expect("so is this").clone());
    let reads = name.starts_with("Get");
    json!({
        "EventId": format!("event-{minute}"),
        "EventName": name,
        "ReadOnly": reads.to_string(),
        "EventTime": f64::from(1_796_000_000 + minute * 60),
        "EventSource": "iam.amazonaws.com",
        "Username": "alice",
        "Resources": [
            {"ResourceType": "AWS::IAM::Policy", "ResourceName": "arn:aws:iam::aws:policy/AdministratorAccess"},
            {"ResourceType": "AWS::IAM::Role", "ResourceName": "deploy"},
        ],
        "CloudTrailEvent": record.to_string(),
    })
}

fn page(events: &[Value], next: Option<&str>) -> Answer {
    let mut page = json!({"Events": events});
    if let Some(next) = next {
        page["NextToken"] = json!(next);
    }
    Answer::Text(page.to_string())
}

fn lookups(proxy: &Proxy) -> Vec<Call> {
    let mut calls = proxy.calls();
    calls.retain(|call| call.name() == "cloudtrail:LookupEvents");
    calls
}

fn forms(tool: &S3setup) -> Outcome {
    let names = ["json", "html", "junit", "sarif", "prometheus", "markdown"];
    let files: Vec<String> = names.iter().map(|one| format!("{one}=r.{one}")).collect();
    let mut words = DRIFT.to_vec();
    for file in &files {
        words.extend(["--report", file.as_str()]);
    }
    tool.run(&words)
}

#[test]
fn who_changed_what_when_and_from_where_is_told_in_every_form() {
    let (tool, proxy) = ground();
    let refused = json!({"errorCode": "AccessDenied"});
    let events = [
        event("GetRole", 9, &json!({})),
        event("PutRolePolicy", 8, &refused),
        event("AttachRolePolicy", 7, &json!({})),
        event("CreateRole", 1, &json!({"sourceIPAddress": "198.51.100.1"})),
    ];
    proxy.on("LookupEvents", usize::MAX, page(&events, None));
    let told = forms(&tool);
    told.expect_code(2);
    let said = flat(&told.stdout);
    let latest =
        format!("changed 2026-11-30 01:00 UTC by {ALICE} (iam:AttachRolePolicy from 203.0.113.7)");
    assert!(said.contains(&latest), "no {latest:?} in\n{told}");
    assert!(
        said.contains("(iam:CreateRole from 198.51.100.1)"),
        "{told}"
    );
    assert!(!said.contains("PutRolePolicy"), "it was refused:\n{told}");
    for form in ["html", "junit", "sarif"] {
        let text = tool.read(&format!("r.{form}"));
        assert!(text.contains(&latest[1..]), "{form}:\n{text}");
    }
    let page = tool.read("r.markdown");
    let row = format!(
        "| `role.deploy` | `2026-11-30 01:00 UTC` | `{ALICE}` | `iam:AttachRolePolicy` | `203.0.113.7` |"
    );
    assert!(page.contains(&row), "no {row} in\n{page}");
    let json: Value = serde_json::from_str(&tool.read("r.json")).expect("it is JSON");
    let steps = json["steps"].as_array().expect("a list");
    let role = steps.iter().find(|step| step["address"] == "role.deploy");
    assert_eq!(
        role.expect("it is there")["history"]["changes"][0],
        json!({
            "at": "2026-11-30T01:00:20Z", "event": "iam:AttachRolePolicy", "who": ALICE,
            "from": "203.0.113.7", "id": "event-7",
        })
    );
    // One resource has drifted, and only that is looked up; a report that was kept tells it, too.
    let asked = lookups(&proxy);
    assert_eq!(asked.len(), 1, "{asked:?}");
    let body: Value = serde_json::from_str(&asked[0].body).expect("it is JSON");
    let name = json!([{"AttributeKey": "ResourceName", "AttributeValue": "deploy"}]);
    assert_eq!(body["LookupAttributes"], name);
    let shown = tool.run(&["report", "show", "r.json"]);
    assert!(flat(&shown.stdout).contains(&latest), "{shown}");
    let shown = tool.run(&["report", "show", "r.json", "--output", "markdown"]);
    assert!(shown.stdout.contains(&row), "{shown}");
}

#[test]
fn without_the_permission_it_is_named_and_all_else_is_told() {
    let (tool, proxy) = ground();
    // Something else has drifted in the same region.
    let name = proxy.account().bucket("app-data");
    proxy.account().python_with(
        "s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={'Status': 'Suspended'}) and True",
        &json!({"name": name}),
    );
    let no = "User: arn:aws:iam::1:user/x is not authorized to perform: cloudtrail:LookupEvents";
    let denied = Answer::error(400, "AccessDeniedException", no);
    proxy.on("LookupEvents", usize::MAX, denied);
    let told = forms(&tool);
    told.expect_code(2)
        .expect_stdout("AdministratorAccess")
        .expect_stdout("Drift: 2 of 2 resources differ");
    let missing = "told, needs cloudtrail:LookupEvents on *";
    assert!(flat(&told.stdout).contains(missing), "{told}");
    for form in ["html", "junit", "markdown"] {
        let text = tool.read(&format!("r.{form}"));
        assert!(text.contains(missing), "{form}:\n{text}");
    }
    let json: Value = serde_json::from_str(&tool.read("r.json")).expect("it is JSON");
    assert!(
        json.to_string()
            .contains(r#""permission":"cloudtrail:LookupEvents""#),
        "{json:#}"
    );
    assert_eq!(
        lookups(&proxy).len(),
        1,
        "a region that refuses is asked once"
    );
}

#[test]
fn reads_are_passed_over_page_by_page_and_no_faster_than_cloudtrail_allows() {
    let (tool, proxy) = ground();
    let reads = [event("GetRole", 9, &json!({}))];
    proxy.on("LookupEvents", 1, page(&reads, Some("next-1")));
    proxy.on("LookupEvents", 1, page(&reads, Some("next-2")));
    let change = [event("AttachRolePolicy", 7, &json!({}))];
    proxy.on("LookupEvents", 1, page(&change, Some("next-3")));
    let told = tool.run(&DRIFT);
    told.expect_code(2).expect_stdout(ALICE);
    let asked = lookups(&proxy);
    assert_eq!(
        asked.len(),
        3,
        "nothing is looked for once a change was found"
    );
    assert!(asked[1].body.contains("next-1") && asked[2].body.contains("next-2"));
    for pair in asked.windows(2) {
        let gap = pair[1].started - pair[0].started;
        assert!(gap > Duration::from_millis(400), "two a second: {gap:?}");
    }
    // Reads alone, without an end: given up, and told how far back it was looked.
    proxy.heal();
    proxy.count_anew();
    proxy.on("LookupEvents", usize::MAX, page(&reads, Some("next")));
    let told = tool.run(&DRIFT);
    told.expect_code(2);
    assert_eq!(lookups(&proxy).len(), 5);
    let said =
        "no change of it is on record since 2026-11-30 01:02 UTC; older records were not read";
    assert!(flat(&told.stdout).contains(said), "{told}");
}

#[test]
fn nobody_is_asked_unless_it_is_asked_for_and_what_fails_hides_nothing() {
    let (tool, proxy) = ground();
    tool.run(&["drift", "m.yaml"]).expect_code(2);
    assert_eq!(lookups(&proxy).len(), 0);
    let odd = Answer::error(400, "UnsupportedOperationException", "not in this region");
    proxy.on("LookupEvents", usize::MAX, odd);
    let told = tool.run(&DRIFT);
    told.expect_code(2).expect_stdout("AdministratorAccess");
    let said = flat(&told.stdout);
    assert!(
        said.contains("told: cloudtrail:LookupEvents: Unsupported"),
        "{told}"
    );
    let tool = drifted();
    let told = tool.run(&[&DRIFT[..], &["--account", "account.json"]].concat());
    told.expect_code(2);
    let said = flat(&told.stdout);
    let why = "what this provider has on record of changes is not read";
    assert!(said.contains(why), "{told}");
}
