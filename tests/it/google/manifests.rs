//! Each of `manifests/` that is of Google Cloud: made, settled, verified where somebody can be become, and
//! removed.

use super::{NUMBER, PROJECT};
use crate::support::{Google, google::State};
use crate::vendors::Manifest;

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
        run(&["verify", &file, "--wait", "0"]).expect_code(0);
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
