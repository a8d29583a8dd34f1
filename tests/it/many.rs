//! Many manifests and many accounts in one run, and many runs that share them.

mod accounts;
mod documents;
mod files;
mod regions;
mod shards;

use serde_json::Value;

use crate::support::{Outcome, S3setup};

/// A manifest with a bucket of its own.
fn bucket(name: &str) -> String {
    format!("name: {name}\nbucket: {{name: \"{name}-${{account}}\"}}\n")
}

/// A tool with an empty account in a file.
fn offline() -> S3setup {
    let tool = S3setup::without_credentials();
    tool.file("account.json", r#"{"account": "123456789012"}"#);
    tool
}

/// Run a command against the account in the file.
fn run(tool: &S3setup, arguments: &[&str]) -> Outcome {
    tool.run(&[arguments, &["--account", "account.json"]].concat())
}

/// The texts at `pointer` of each in a list.
fn texts(list: &Value, pointer: &str) -> Vec<String> {
    let list = list.as_array().map(Vec::as_slice).unwrap_or_default();
    let text = |one: &Value| Some(one.pointer(pointer)?.as_str()?.to_owned());
    list.iter().filter_map(text).collect()
}

/// Fail if a line of the report is wider than a terminal.
#[track_caller]
fn fits(outcome: &Outcome) {
    let wide = outcome
        .stdout
        .lines()
        .find(|line| line.chars().count() > 80);
    assert_eq!(wide, None, "{outcome}");
}
