//! A hundred bundles, each in a manifest of its own.

use super::bundle;
use crate::support::{Proxy, S3setup, Server};

/// So many manifests.
const BUNDLES: usize = 100;

#[test]
fn a_hundred_bundles_are_read_with_seven_calls_each_at_the_most() {
    let account = Server::ministack().account();
    let proxy = Proxy::before(&account);
    let tool = S3setup::new(proxy.account());
    let files: Vec<String> = (0..BUNDLES).map(|at| format!("{at}.yaml")).collect();
    for (at, file) in files.iter().enumerate() {
        tool.file(file, &bundle(at));
    }
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    // A part at a time: no command of a test takes a minute.
    for part in files.chunks(20) {
        tool.run(&[&["apply", "--yes"], part].concat())
            .expect_code(0);
    }
    proxy.forget();
    let plan = tool.run(&[&["plan"], &files[..]].concat());
    plan.expect_code(0).expect_stdout("No changes.");
    let operations = proxy.operations();
    let count = |name: &str| operations.iter().filter(|one| *one == name).count();
    assert!(
        operations.len() <= 7 * BUNDLES,
        "{} calls for {BUNDLES} bundles: {:?}",
        operations.len(),
        &operations[..40]
    );
    for once in [
        "sts:GetCallerIdentity",
        "s3:ListBuckets",
        "iam:GetAccountAuthorizationDetails",
        "iam:ListRoles",
    ] {
        assert_eq!(count(once), 1, "{once}");
    }
    for never in ["s3:HeadBucket", "iam:GetRole", "iam:GetUser"] {
        assert_eq!(count(never), 0, "{never}");
    }
    // What of a policy no listing has: its tags.
    assert_eq!(count("iam:GetPolicy"), BUNDLES);
    assert_eq!(count("iam:GetPolicyVersion"), 0);
    plan.expect_stdout(&format!("\n{} calls, ", operations.len()));
}
