//! What `docs/many.md` says is what happens.

use std::process::{Command, Stdio};

use serde_json::Value;

use super::{bucket, offline, texts};
use crate::support::checkout;

/// The blocks of this language in the page.
fn blocks(language: &str) -> Vec<String> {
    let page = std::fs::read_to_string(checkout().join("docs/many.md")).expect("the page is there");
    let begin = format!("```{language}\n");
    let rest = page.split(begin.as_str()).skip(1);
    rest.filter_map(|text| Some(text.split_once("```")?.0.to_owned()))
        .collect()
}

#[test]
fn the_file_of_accounts_in_the_page_is_one() {
    let blocks = blocks("yaml");
    let accounts = blocks.iter().find(|block| block.starts_with("accounts:"));
    let tool = offline();
    tool.file("accounts.yaml", accounts.expect("there is one"));
    let text = "name: m\ninputs: {env: {description: d, default: d}}\n\
                bucket: {name: \"m-${account}-${region}-${env}\"}\n";
    tool.file("m.yaml", text);
    tool.run(&["validate", "m.yaml", "--accounts", "accounts.yaml"])
        .expect_code(0)
        .expect_stderr("in each of 4 accounts and regions");
}

/// Each engine counts its jobs in its own way: all jobs of one together see every manifest once.
#[test]
fn the_jobs_of_each_engine_share_the_manifests() {
    let lines: Vec<String> = blocks("sh")
        .iter()
        .flat_map(|block| block.lines().map(str::to_owned).collect::<Vec<_>>())
        .filter(|line| line.contains("--shard"))
        .collect();
    assert_eq!(lines.len(), 3, "{lines:?}");
    let tool = offline();
    let names: Vec<String> = (0..12).map(|number| format!("m{number:02}")).collect();
    for name in &names {
        tool.file(&format!("manifests/{name}.yaml"), &bucket(name));
    }
    let binary = tool.command(&[]).get_program().to_owned();
    for line in lines {
        let first = usize::from(line.contains("$SHARD"));
        let line = line.replace("s3setup", &binary.to_string_lossy());
        let mut all = Vec::new();
        for index in first..first + 8 {
            let mut shell = Command::new("sh");
            shell
                .arg("-c")
                .arg(format!("{line} --output json --account account.json"))
                .current_dir(tool.folder())
                .stdin(Stdio::null());
            for name in ["JOB_COMPLETION_INDEX", "AWS_BATCH_JOB_ARRAY_INDEX", "SHARD"] {
                shell.env(name, index.to_string());
            }
            let output = shell.output().expect("there is a shell");
            let json: Value = serde_json::from_slice(&output.stdout)
                .unwrap_or_else(|_| panic!("{line}: {}", String::from_utf8_lossy(&output.stderr)));
            all.extend(texts(&json["manifests"], "/name"));
        }
        all.sort();
        assert_eq!(all, names, "{line}");
    }
}
