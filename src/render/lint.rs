//! What lint found in files: for people, as JSON, and as SARIF for code scanning.

use super::{Style, clean, count, json};
use crate::policy::lint::{Finding, Rule, Severity};
use crate::yaml;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write;

/// A finding and where it stands.
#[derive(Clone, Debug, Serialize)]
pub struct Found {
    /// What was found.
    #[serde(flatten)]
    pub finding: Finding,
    /// The file, as it was named.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// Why it is meant to be so, if it is.
    #[serde(skip)]
    pub accepted: Option<String>,
}

/// A paragraph a finding: where, how bad, which rule; what; the fix; the page that says so.
#[must_use]
pub fn lint_text(found: &[Found], style: &Style) -> String {
    let mut text = String::new();
    for one in found {
        let finding = &one.finding;
        let severity = match (style.color, finding.severity) {
            (false, severity) => word(severity).to_owned(),
            (true, Severity::Error) => format!("\u{1b}[31m{}\u{1b}[0m", word(finding.severity)),
            (true, Severity::Warning) => format!("\u{1b}[33m{}\u{1b}[0m", word(finding.severity)),
            (true, Severity::Note) => format!("\u{1b}[36m{}\u{1b}[0m", word(finding.severity)),
        };
        if !text.is_empty() {
            text.push('\n');
        }
        let place = format!("{}:{}:{}", clean(&one.file), one.line, one.column);
        let _ = writeln!(text, "{place}: {severity}: {}", finding.rule.id);
        let what = match finding.path.as_str() {
            "" => finding.message.clone(),
            path => format!("{path}: {}", finding.message),
        };
        for words in [what, format!("fix: {}", finding.fix)] {
            let wrapped = yaml::wrap(&clean(&words), style.width.clamp(40, 120) - 4);
            for (index, line) in wrapped.lines().enumerate() {
                let indent = if index == 0 { "  " } else { "    " };
                let _ = writeln!(text, "{indent}{}", line.trim_start());
            }
        }
        // A link that is broken over lines is none.
        let _ = writeln!(text, "  see: {}", finding.rule.source);
    }
    text.truncate(text.trim_end().len());
    text
}

/// One line for people: how much was found in how many files.
#[must_use]
pub fn lint_summary(found: &[Found], files: usize) -> String {
    let of = |severity| {
        let mut all = found.iter().map(|one| one.finding.severity);
        all.by_ref().filter(|one| *one == severity).count()
    };
    let parts = [
        (of(Severity::Error), "error"),
        (of(Severity::Warning), "warning"),
        (of(Severity::Note), "note"),
    ];
    let files = count(files, "file");
    let parts = parts.iter().filter(|(number, _)| *number > 0);
    let parts: Vec<_> = parts.map(|(number, name)| count(*number, name)).collect();
    match parts.is_empty() {
        true => format!("Nothing was found in {files}."),
        false => format!("{} in {files}.", parts.join(", ")),
    }
}

/// A finding with the page that says so.
#[derive(Serialize)]
struct Sourced<'a> {
    #[serde(flatten)]
    found: &'a Found,
    source: &'static str,
}

/// A list of findings.
#[must_use]
pub fn lint_json(found: &[Found]) -> String {
    let list = found.iter().map(|found| Sourced {
        found,
        source: found.finding.rule.source,
    });
    json::document(&list.collect::<Vec<_>>())
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

/// SARIF 2.1.0, as GitHub's code scanning reads it: every rule that was broken with its help, every
/// finding with its place and a fingerprint that stays when lines move.
#[must_use]
pub fn lint_sarif(found: &[Found]) -> String {
    let mut rules: Vec<&'static Rule> = found.iter().map(|one| one.finding.rule).collect();
    rules.sort_by_key(|rule| rule.id);
    rules.dedup_by_key(|rule| rule.id);
    let index = |rule: &Rule| rules.iter().position(|known| known.id == rule.id);
    let mut seen = BTreeMap::new();
    let results: Vec<Value> = found
        .iter()
        .map(|one| {
            let finding = &one.finding;
            let same = format!("{}:{}", finding.rule.id, finding.path);
            let number = seen.entry((one.file.clone(), same.clone())).or_insert(0);
            *number += 1;
            let mut result = json!({
                "ruleId": finding.rule.id,
                "ruleIndex": index(finding.rule),
                "level": word(finding.severity),
                "message": {"text": told(finding)},
                "locations": [{
                    "physicalLocation": {
                        "artifactLocation": {"uri": uri(&one.file)},
                        "region": {"startLine": one.line, "startColumn": one.column},
                    },
                    "logicalLocations": [{"fullyQualifiedName": finding.path}],
                }],
                "partialFingerprints": {"rulePath/v1": format!("{same}:{number}")},
            });
            if let Some(reason) = &one.accepted {
                result["suppressions"] = json!([
                    {"kind": "inSource", "status": "accepted", "justification": reason},
                ]);
            }
            result
        })
        .collect();
    let rules: Vec<Value> = rules.iter().map(|rule| described(rule)).collect();
    json::document(&json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "s3setup",
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    }))
}

fn told(finding: &Finding) -> String {
    match finding.fix.is_empty() {
        true => format!("{}.", finding.message),
        false => format!("{}. Fix: {}.", finding.message, finding.fix),
    }
}

fn described(rule: &Rule) -> Value {
    json!({
        "id": rule.id,
        "name": rule.id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.title},
        "helpUri": rule.source,
        "help": {
            "text": format!("{}. See {}", rule.title, rule.source),
            "markdown": format!("{}. See [the page]({}).", rule.title, rule.source),
        },
        "defaultConfiguration": {"level": word(rule.severity)},
        "properties": {"tags": ["security"], "precision": "high"},
    })
}

/// The file's name as a relative reference (RFC 3986).
fn uri(file: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    let name = match file {
        "-" => "stdin",
        file => file.strip_prefix("./").unwrap_or(file),
    };
    let encoded = name.bytes().map(|byte| match plain(byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    });
    encoded.collect()
}
