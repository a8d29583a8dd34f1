//! What stays in the bucket, and how it goes away.

use crate::probe::{Left, PREFIX};
use crate::render::text::clean;
use crate::verify::Report;
use std::collections::BTreeSet;

/// What there is to say of a run that was stopped.
#[must_use]
pub fn verify_stopped(reports: &[&Report]) -> String {
    let left: Vec<String> = reports.iter().filter_map(|report| left(report)).collect();
    match left.is_empty() {
        true => "Stopped. What was put is removed again.".to_owned(),
        false => format!("Stopped.\n{}", left.join("\n")),
    }
}

/// What stays in the bucket, and the lifecycle rules that take it away.
pub(super) fn left(report: &Report) -> Option<String> {
    report.left.first()?;
    let names = report.left.iter().map(|left| match left {
        Left::Object { key, .. } => clean(key),
        Left::Upload { key, .. } => format!("the upload to {}", clean(key)),
    });
    let keeps_versions =
        |left: &Left| matches!(left, Left::Object { version, .. } if version.is_some());
    let noncurrent = match report.left.iter().any(keeps_versions) {
        true => "\n      noncurrent_expire_days: 1",
        false => "",
    };
    let beginnings: BTreeSet<&str> = report.left.iter().filter_map(beginning).collect();
    let rules = beginnings.iter().enumerate().map(|(at, prefix)| {
        let number = match at {
            0 => String::new(),
            at => format!("-{}", at + 1),
        };
        format!(
            "\n    s3setup-verify{number}:\n      prefix: {}\n      expire_days: 1\n      \
             abort_multipart_days: 1{noncurrent}",
            scalar(prefix)
        )
    });
    Some(format!(
        "Left in the bucket, since nobody here may delete: {}. {} in the manifest {} it away:\n  \
         lifecycle:{}",
        names.collect::<Vec<_>>().join(", "),
        if beginnings.len() == 1 {
            "A rule"
        } else {
            "Rules"
        },
        if beginnings.len() == 1 {
            "takes"
        } else {
            "take"
        },
        rules.collect::<String>()
    ))
}

/// A key up to where it tells one run from another.
fn beginning(left: &Left) -> Option<&str> {
    let key = left.key();
    let end = key.find(PREFIX)? + PREFIX.len();
    Some(&key[..end])
}

/// As a text of YAML, whatever is in it: in JSON's form where it is not plain.
fn scalar(text: &str) -> String {
    let text = clean(text);
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/' | '.');
    let begins = text.starts_with(|c: char| c.is_ascii_alphanumeric());
    match begins && text.chars().all(plain) {
        true => text,
        false => serde_json::Value::from(text).to_string(),
    }
}
