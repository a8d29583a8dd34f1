//! Two applies of the same manifest, and of two that share the OIDC provider.

use serde_json::{Value, json};

use super::{all, done_or_refused, ended, meanwhile, past};
use crate::{
    faults::in_parallel,
    neon::{self, found, wanted},
    removal,
    support::{Account, Proxy, S3setup, Server},
};

/// What is to be there once, however many runs there were.
fn counts(account: &Account) -> Value {
    account.python(
        "{'kms': sum(kms.describe_key(KeyId=k['KeyId'])['KeyMetadata']['KeyState'] == 'Enabled'
            for k in kms.list_keys()['Keys']),
 'access_keys': [len(iam.list_access_keys(UserName=u['UserName'])['AccessKeyMetadata'])
                 for u in iam.list_users()['Users']],
 'versions': [len(iam.list_policy_versions(PolicyArn=p['Arn'])['Versions'])
              for p in iam.list_policies(Scope='Local')['Policies']],
 'members': [u['UserName'] for u in iam.get_group(GroupName='writers')['Users']],
 'inline': iam.list_role_policies(RoleName='ci')['PolicyNames']}",
    )
}

fn once() -> Value {
    json!({"kms": 1, "access_keys": [1], "versions": [1], "members": ["writer"], "inline": ["list"]})
}

/// How many calls an apply makes, and at which the first write is.
fn calls(proxy: &Proxy, tool: &S3setup, apply: &[&str]) -> (usize, usize) {
    tool.run(apply).expect_code(0);
    let calls = proxy.calls();
    let first = calls
        .iter()
        .position(|call| !call.reads() && call.operation != "GetCallerIdentity");
    (first.expect("it writes"), calls.len())
}

#[test]
fn neon_is_applied_twice_at_once_whichever_call_the_other_one_comes_at() {
    let account = Server::ministack().account();
    let proxy = Proxy::before(&account);
    let (_, points) = calls(&proxy, &neon::tool(proxy.account()), neon::APPLY);
    in_parallel(points, |point| {
        let account = Server::ministack().account();
        let proxy = Proxy::before(&account);
        let tool = neon::tool(proxy.account());
        let other = past(&account, &tool, neon::APPLY);
        let reason = format!("held at call {point} of {points}");
        let other = meanwhile(&proxy, point, other);
        let outcome = tool.run(neon::APPLY);
        other.is_done(&reason);
        done_or_refused(outcome.code, &all(&outcome), &reason);
        proxy.heal();
        assert_eq!(found(&account), wanted(&account), "{reason}\n{outcome}");
        let plan = tool.run(&[neon::PLAN, &["--detailed-exitcode"]].concat());
        assert_eq!(plan.code, Some(0), "{reason}:\n{plan}");
    });
    println!("Neon was applied twice at once at each of {points} calls");
}

#[test]
fn every_kind_is_applied_twice_at_once_whichever_call_the_other_one_comes_at() {
    let ground = || {
        let account = Server::ministack().account();
        let proxy = Proxy::before(&account);
        let tool = S3setup::new(proxy.account());
        removal::manifest(&tool, &account);
        (account, proxy, tool)
    };
    let (_, proxy, tool) = ground();
    let (first, count) = calls(&proxy, &tool, removal::APPLY);
    // Before the first write all points are alike.
    let points = count - first + 1;
    in_parallel(points, |at| {
        let point = first - 1 + at;
        let (account, proxy, tool) = ground();
        let other = past(&account, &tool, removal::APPLY);
        let reason = format!("held at call {point} of {count}");
        let other = meanwhile(&proxy, point, other);
        let outcome = tool.run(removal::APPLY);
        other.is_done(&reason);
        done_or_refused(outcome.code, &all(&outcome), &reason);
        proxy.heal();
        let plan = tool.run(&["plan", "all.yaml", "--detailed-exitcode"]);
        assert_eq!(plan.code, Some(0), "{reason}:\n{outcome}\n{plan}");
        assert_eq!(counts(&account), once(), "{reason}\n{outcome}");
        let orphans = tool.run(&["orphans", "all.yaml"]);
        assert_eq!(orphans.code, Some(0), "{reason}\n{orphans}");
    });
    println!("every kind was applied twice at once at each of {points} calls");
}

/// Nobody holds anything: the machine decides.
#[test]
fn two_that_are_started_together_end_in_one_state() {
    in_parallel(8, |round| {
        let account = Server::ministack().account();
        let tool = S3setup::new(&account);
        removal::manifest(&tool, &account);
        let both = [0, 1].map(|_| {
            let mut command = tool.command(removal::APPLY);
            command.spawn().expect("the binary was built")
        });
        let mut codes = Vec::new();
        for child in both {
            let output = child.wait_with_output().expect("it is our child");
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            done_or_refused(output.status.code(), &said, &format!("round {round}"));
            codes.push((output.status.code(), said));
        }
        // What needs a refused step was not begun: the next run goes on.
        let next = tool.run(removal::APPLY);
        assert_eq!(next.code, Some(0), "round {round}: {codes:?}\n{next}");
        let plan = tool.run(&["plan", "all.yaml", "--detailed-exitcode"]);
        assert_eq!(plan.code, Some(0), "round {round}: {codes:?}\n{plan}");
        let mut counted = counts(&account);
        // Two versions with the same text may be there; the default one counts.
        counted["versions"] = json!([1]);
        assert_eq!(counted, once(), "round {round}: {codes:?}");
    });
}

const OTHER: &str = "name: other
roles:
  deploy:
    trust: {github_actions: {repository: octo/other, branch: main}}
    inline_policies:
      list: [{Effect: Allow, Action: \"s3:ListAllMyBuckets\", Resource: \"*\"}]
";

#[test]
fn two_manifests_that_share_the_oidc_provider_are_applied_at_once() {
    let account = Server::ministack().account();
    let proxy = Proxy::before(&account);
    let (_, points) = calls(&proxy, &neon::tool(proxy.account()), neon::APPLY);
    in_parallel(points, |point| {
        let account = Server::ministack().account();
        let proxy = Proxy::before(&account);
        let tool = neon::tool(proxy.account());
        tool.file("other.yaml", OTHER);
        let other = past(&account, &tool, &["apply", "other.yaml", "--yes"]);
        let reason = format!("held at call {point} of {points}");
        let other = meanwhile(&proxy, point, other);
        let outcome = tool.run(neon::APPLY);
        other.is_done(&reason);
        assert_eq!(outcome.code, Some(0), "{reason}:\n{outcome}");
        proxy.heal();
        for plan in [
            tool.run(&[neon::PLAN, &["--detailed-exitcode"]].concat()),
            tool.run(&["plan", "other.yaml", "--detailed-exitcode"]),
        ] {
            assert_eq!(plan.code, Some(0), "{reason}:\n{plan}");
        }
        let providers = "len(iam.list_open_id_connect_providers()['OpenIDConnectProviderList'])";
        assert_eq!(account.python(providers), json!(1), "{reason}");
    });
}

/// us-east-1 answers both that they made the bucket.
#[test]
fn of_two_manifests_that_make_a_bucket_at_once_the_second_takes_no_marks_away() {
    let account = Server::ministack().account();
    let proxy = Proxy::before(&account);
    let tool = S3setup::new(proxy.account());
    let bucket = account.bucket("both");
    for name in ["one", "two"] {
        let text = format!("name: {name}\nbucket: {{name: {bucket}}}\n");
        tool.file(&format!("{name}.yaml"), &text);
    }
    let mut other = Some(past(&account, &tool, &["apply", "one.yaml", "--yes"]));
    proxy.rule(move |call| {
        if call.operation == "CreateBucket"
            && let Some(other) = other.take()
        {
            assert_eq!(ended(other).0, Some(0));
        }
        None
    });
    let outcome = tool.run(&["apply", "two.yaml", "--yes"]);
    outcome.expect_code(1);
    assert!(
        neon::flat(&outcome.stderr).contains("was made by somebody else since the plan was made"),
        "{outcome}"
    );
    tool.run(&["plan", "one.yaml", "--detailed-exitcode"])
        .expect_code(0);
}
