//! One part of the manifests a run: each in exactly one, and runs at the same time do no harm.

use std::collections::BTreeSet;
use std::thread;

use super::{bucket, offline, run, texts};
use crate::support::{S3setup, Server};

#[test]
fn every_manifest_is_in_exactly_one_part_wherever_it_is() {
    let tool = offline();
    let names: BTreeSet<String> = (0..20).map(|number| format!("m{number}")).collect();
    for name in &names {
        tool.file(&format!("here/{name}.yaml"), &bucket(name));
        tool.file(&format!("moved/to/another-{name}.yml"), &bucket(name));
    }
    let part = |index: usize, folder: &str| {
        let shard = format!("{index}/4");
        let arguments = ["drift", folder, "--shard", &shard, "--output", "json"];
        texts(&run(&tool, &arguments).json()["manifests"], "/name")
    };
    let parts: Vec<Vec<String>> = (1..=4).map(|index| part(index, "here")).collect();
    let all: Vec<&String> = parts.iter().flatten().collect();
    assert_eq!(all.len(), names.len(), "{parts:?}");
    assert_eq!(
        all.into_iter().collect::<BTreeSet<_>>(),
        names.iter().collect()
    );
    // Neither the folder nor the file's name counts, nor which others there are.
    let sorted = |mut names: Vec<String>| {
        names.sort();
        names
    };
    assert_eq!(sorted(part(2, "moved")), sorted(parts[1].clone()));
}

#[test]
fn an_empty_part_is_fine_and_says_so() {
    let tool = offline();
    tool.file("m/neon.yaml", &bucket("neon"));
    // `neon` is in part 2 of 8.
    run(&tool, &["drift", "m", "--shard", "2/8"]).expect_code(2);
    for command in ["plan", "drift", "verify"] {
        run(&tool, &[command, "m", "--shard", "1/8"])
            .expect_code(0)
            .expect_stdout("No manifest: this shard is empty.");
        let json = run(&tool, &[command, "m", "--shard", "1/8", "--output", "json"]);
        assert_eq!(
            json.expect_code(0).json()["accounts"],
            serde_json::json!([])
        );
    }
    run(&tool, &["apply", "m", "--shard", "1/8", "--yes"]).expect_code(0);
    // What is given for a manifest of another part is no mistake.
    let input = "inputs: {team: {description: d, default: x}}\n";
    tool.file(
        "m/a.yaml",
        &format!("name: team-a\n{input}bucket: {{name: \"${{team}}-logs\"}}\n"),
    );
    run(
        &tool,
        &["drift", "m", "--shard", "2/8", "--set", "team=red"],
    )
    .expect_code(2);
    tool.run(&["drift", "m", "--shard", "9/8"])
        .expect_code(1)
        .expect_stderr("there is no part 9 of 8");
}

/// All of them trust the one provider of GitHub that an account has.
#[test]
fn parts_that_share_a_provider_are_applied_at_the_same_time() {
    let account = Server::ministack().account();
    let tools: Vec<S3setup> = (0..3).map(|_| S3setup::new(&account)).collect();
    for tool in &tools {
        for number in 0..6 {
            let text = format!(
                "name: s{number}\nroles:\n  s{number}:\n    trust:\n      github_actions: \
                 {{repository: octo/s{number}, branch: main}}\n"
            );
            tool.file(&format!("m/{number}.yaml"), &text);
        }
    }
    thread::scope(|scope| {
        for (at, tool) in tools.iter().enumerate() {
            scope.spawn(move || {
                let shard = format!("{}/3", at + 1);
                tool.run(&["apply", "m", "--shard", &shard, "--yes"])
                    .expect_code(0);
            });
        }
    });
    tools[0]
        .run(&["drift", "m"])
        .expect_code(0)
        .expect_stdout("In sync: 7 resources");
}
