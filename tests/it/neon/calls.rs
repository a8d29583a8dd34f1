//! Which calls a plan and an apply of the Neon manifest make.

use std::{collections::BTreeSet, time::Duration};

use super::{APPLY, PLAN, tool, writes};
use crate::support::{Proxy, Server};

#[test]
fn a_plan_with_nothing_to_do_reads_each_thing_once() {
    let account = Server::ministack().account();
    let proxy = Proxy::before(&account);
    let tool = tool(proxy.account());
    tool.run(APPLY).expect_code(0);
    proxy.forget();
    // Long enough that a busy machine does not make two rounds of one.
    proxy.set_latency(Duration::from_millis(200));
    let plan = tool.run(PLAN);
    plan.expect_code(0).expect_stdout("No changes.");

    let calls = proxy.calls();
    assert!(
        calls.len() <= 14,
        "{} calls: {:?}",
        calls.len(),
        proxy.operations()
    );
    assert!(proxy.rounds() <= 3, "{} round trips", proxy.rounds());
    assert_eq!(writes(&proxy), Vec::<String>::new(), "a plan reads");
    let mut seen = BTreeSet::new();
    for call in &calls {
        let asked = (call.method.clone(), call.path.clone(), call.body.clone());
        assert!(seen.insert(asked), "{} was asked twice", call.name());
    }
    plan.expect_stdout(&format!("\n{} calls, ", calls.len()));
}

#[test]
fn apply_makes_these_calls_and_no_others() {
    let proxy = Proxy::before(&Server::ministack().account());
    let tool = tool(proxy.account());
    tool.run(PLAN).expect_code(0);
    let planned = proxy.operations().len();
    proxy.forget();
    tool.run(&["apply", "--yes"]).expect_code(0);

    let operations = proxy.operations();
    let (again, work) = operations.split_at(planned);
    let again: BTreeSet<&str> = again.iter().map(String::as_str).collect();
    // It plans anew, since it applies nothing but what still fits.
    assert_eq!(
        again,
        BTreeSet::from([
            "sts:GetCallerIdentity",
            "s3:HeadBucket",
            "s3:GetBucketPolicy",
            "iam:GetRole",
            "iam:ListRolePolicies",
            "iam:ListAttachedRolePolicies",
            "iam:GetOpenIDConnectProvider",
        ])
    );
    let of = |service: &str| -> Vec<&str> {
        let of = |name: &&String| name.starts_with(service);
        work.iter().filter(of).map(String::as_str).collect()
    };
    assert_eq!(
        of("iam:"),
        ["iam:CreateOpenIDConnectProvider", "iam:CreateRole"]
    );
    assert_eq!(
        of("s3:"),
        [
            "s3:HeadBucket",       // CreateBucket on one's own bucket would reset its ACL
            "s3:CreateBucket",     // with its marks and its ownership
            "s3:GetBucketTagging", // not every server keeps marks that come with the creation
            "s3:PutPublicAccessBlock",
            "s3:GetBucketEncryption", // what a put without it would reset
            "s3:PutBucketEncryption",
            "s3:GetBucketLifecycleConfiguration", // of what a put replaces, some is not ours
            "s3:PutBucketLifecycleConfiguration",
            "s3:GetBucketPolicy", // nobody's statement may be lost
            "s3:PutBucketPolicy",
            "s3:GetBucketPolicy", // nor is it somebody else's that was put at the same moment
        ]
    );
    assert_eq!(of("sts:"), Vec::<&str>::new());
    let position = |name: &str| work.iter().position(|operation| operation == name);
    assert!(
        position("iam:CreateRole") < position("s3:PutBucketPolicy"),
        "the policy names the role: {work:?}"
    );
}
