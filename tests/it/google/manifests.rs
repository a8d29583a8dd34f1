//! Each of `manifests/` that is of Google Cloud: made, settled, verified where somebody can be become, and
//! removed.

use super::{NUMBER, PROJECT};
use crate::support::Google;
use crate::support::google::{State, federation::token};
use crate::vendors::Manifest;

/// What GitHub's token says of a workflow that the examples of `github-actions-gcs` let in.
fn of_a_workflow() -> serde_json::Value {
    let provider = format!(
        "projects/{NUMBER}/locations/global/workloadIdentityPools/github-backups/providers/github-actions"
    );
    serde_json::json!({
        "iss": "https://token.actions.githubusercontent.com",
        "aud": format!("https://iam.googleapis.com/{provider}"),
        "sub": "repo:acme/backups:ref:refs/heads/main", "repository": "acme/backups",
        "repository_id": "1234567", "ref": "refs/heads/main",
    })
}

#[test]
fn each_is_made_settles_is_as_promised_and_goes() {
    let manifests = Manifest::all_of_google();
    assert!(manifests.len() >= 2);
    for manifest in manifests {
        let server = Google::start(State::of_project(PROJECT, NUMBER));
        let tool = server.tool_of_operator();
        let file = manifest.write_to(&tool);
        let examples = manifest.examples_as_arguments();
        let run = |words: &[&str]| {
            let given = ["--project", PROJECT];
            let examples = examples.iter().map(String::as_str);
            let words = words.iter().copied().chain(given).chain(examples);
            tool.run(&words.collect::<Vec<_>>())
        };
        run(&["apply", &file, "--yes"]).expect_code(0);
        run(&["plan", &file, "--detailed-exitcode"]).expect_code(0);
        run(&["drift", &file]).expect_code(0);
        let mut verify = vec!["verify", file.as_str(), "--wait", "0"];
        let federated = manifest.says("workload_identity_pools:");
        if federated {
            tool.file("token", &token(&of_a_workflow()));
            verify.extend(["--web-identity-token-file", "token"]);
        }
        let verified = run(&verify);
        verified.expect_code(0);
        if federated {
            verified.expect_stdout("tried with a session by the token from token");
        }
        let before = server.state();
        assert_eq!(before.buckets.len(), 1, "{}", manifest.name);
        for bucket in before.buckets.values() {
            assert!(bucket.objects.is_empty(), "what verify wrote is gone");
        }
        run(&["destroy", &file, "--confirm", &manifest.name]).expect_code(0);
        let after = server.state();
        assert!(after.buckets.is_empty() && after.accounts.is_empty());
        assert!(after.roles.values().all(|role| role.deleted));
        assert!(after.pools.values().all(|pool| pool.deleted));
        // All of it comes back, where ids are still taken.
        run(&["apply", &file, "--yes"]).expect_code(0);
        run(&["plan", &file, "--detailed-exitcode"]).expect_code(0);
    }
}
