//! The policy that a command needs: as text, Markdown, and as a manifest that makes the role for it.

use super::json::document as json_text;
use super::text::count;
use crate::permissions::split;
use crate::policy::{Document, Statement};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The most characters of all inline policies of a role together
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>).
const MOST_INLINE: usize = 10_240;

/// A workflow of GitHub Actions that runs a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Runner {
    /// The name of the role that it takes, and of the manifest.
    pub role: String,
    /// `owner/name`.
    pub repository: String,
    /// What it runs.
    pub commands: Vec<String>,
    /// `branch` or `environment`, and which.
    pub subject: (&'static str, String),
}

/// For people: a statement after the other.
#[must_use]
pub fn permissions_text(policies: &[Document]) -> String {
    let mut text = String::new();
    for (at, policy) in policies.iter().enumerate() {
        if policies.len() > 1 {
            _ = writeln!(text, "Policy {} of {}\n", at + 1, policies.len());
        }
        for statement in &policy.statement {
            _ = writeln!(text, "{}", statement.sid.as_deref().unwrap_or_default());
            for action in &statement.action {
                _ = writeln!(text, "  {action}");
            }
            for resource in &statement.resource {
                _ = writeln!(text, "    on {resource}");
            }
            for condition in conditions(statement) {
                _ = writeln!(text, "    if {condition}");
            }
            text.push('\n');
        }
        let actions: usize = policy.statement.iter().map(|one| one.action.len()).sum();
        _ = writeln!(
            text,
            "{}, {} characters.",
            count(actions, "permission"),
            policy.size()
        );
    }
    text
}

/// For a page: a table for each policy.
#[must_use]
pub fn permissions_markdown(policies: &[Document]) -> String {
    let mut text = String::new();
    for policy in policies {
        text += "| for | actions | on | if |\n|---|---|---|---|\n";
        for statement in &policy.statement {
            let code = |values: &mut dyn Iterator<Item = String>| -> String {
                let values: Vec<String> = values.map(|value| format!("`{value}`")).collect();
                values.join(", ")
            };
            _ = writeln!(
                text,
                "| {} | {} | {} | {} |",
                statement.sid.as_deref().unwrap_or_default(),
                code(&mut statement.action.iter().cloned()),
                code(&mut statement.resource.iter().cloned()),
                code(&mut conditions(statement)),
            );
        }
        text.push('\n');
    }
    text
}

/// `StringEquals iam:PermissionsBoundary ARN`, one for each.
fn conditions(statement: &Statement) -> impl Iterator<Item = String> {
    let operators = statement.condition.iter();
    operators.flat_map(|(operator, keys)| {
        keys.iter().map(move |(key, values)| {
            let values: Vec<&str> = values.iter().map(String::as_str).collect();
            format!("{operator} {key} {}", values.join(" or "))
        })
    })
}

/// A manifest of one role with this policy, for that workflow. What is too long for a role's own
/// policies is in managed ones.
#[must_use]
pub fn permissions_manifest(policy: &Document, runner: &Runner) -> String {
    let Runner {
        role,
        repository,
        commands,
        subject: (sort, which),
    } = runner;
    let name = scalar(role);
    let commands = commands.join(", ");
    let mut text = format!(
        "# The role that a workflow of GitHub Actions takes to run: s3setup {commands}.\n\
         # Printed by `s3setup permissions`; print it again when a manifest changes.\n\
         name: {name}\n\nroles:\n  {name}:\n    \
         description: {}\n    trust:\n      github_actions:\n        repository: {}\n        \
         {sort}: {}\n",
        scalar(&format!("Runs s3setup {commands} for {repository}")),
        scalar(repository),
        scalar(which),
    );
    let policies = match policy.size() <= MOST_INLINE {
        true => {
            text += &format!("    inline_policies:\n      {name}:\n");
            statements(&mut text, policy, 8);
            return text;
        }
        false => split(policy),
    };
    let name_of = |at: usize| format!("{role}-{}", at + 1);
    let attached = (0..policies.len()).map(|at| format!("policy.{}", name_of(at)));
    let attached: Vec<String> = attached.map(|one| scalar(&one)).collect();
    _ = writeln!(text, "    attached_policies: [{}]", attached.join(", "));
    text += "\npolicies:\n";
    for (at, policy) in policies.iter().enumerate() {
        _ = writeln!(text, "  {}:\n    statements:", scalar(&name_of(at)));
        statements(&mut text, policy, 6);
    }
    text
}

/// The statements as a list, so far from the left.
fn statements(text: &mut String, policy: &Document, indent: usize) {
    for statement in &policy.statement {
        let tree = serde_json::to_value(statement).unwrap_or_default();
        // In the order of AWS's own examples.
        let members = ["Sid", "Effect", "Action", "Resource", "Condition"];
        let members = members
            .iter()
            .filter_map(|name| Some((name, tree.get(name)?)));
        for (at, (name, value)) in members.enumerate() {
            let dash = if at == 0 { "- " } else { "  " };
            _ = write!(text, "{:indent$}{dash}{name}:", "");
            node(text, value, indent + 4);
        }
    }
}

/// What comes after a colon.
fn node(text: &mut String, value: &Value, indent: usize) {
    match value {
        Value::Object(members) => {
            text.push('\n');
            for (name, value) in members {
                _ = write!(text, "{:indent$}{}:", "", scalar(name));
                node(text, value, indent + 2);
            }
        }
        Value::Array(items) => match items.as_slice() {
            [only] => node(text, only, indent),
            items => {
                text.push('\n');
                for item in items {
                    let item = scalar(item.as_str().unwrap_or_default());
                    _ = writeln!(text, "{:indent$}- {item}", "");
                }
            }
        },
        other => {
            _ = writeln!(text, " {}", scalar(other.as_str().unwrap_or_default()));
        }
    }
}

/// Plain where nobody can read it otherwise, else in quotes, as JSON has them.
fn scalar(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/');
    let begins = text.starts_with(|c: char| c.is_ascii_alphabetic());
    match begins && text.chars().all(plain) {
        true => text.to_owned(),
        false => Value::from(text).to_string(),
    }
}

/// A custom role of Google Cloud with these permissions, in the form that
/// `gcloud iam roles create --file` takes.
#[must_use]
pub fn permissions_role(commands: &[String], permissions: &BTreeSet<&'static str>) -> String {
    json_text(&serde_json::json!({
        "title": format!("s3setup {}", commands.join(", ")),
        "stage": "GA",
        "includedPermissions": permissions,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_yaml_could_read_otherwise_is_quoted() {
        for (text, written) in [
            ("main", "main"),
            ("acme/infra", "acme/infra"),
            ("s3setup-drift", "s3setup-drift"),
            ("*", "\"*\""),
            ("s3:GetObject", "\"s3:GetObject\""),
            ("1.0", "\"1.0\""),
            ("a\"b", "\"a\\\"b\""),
            ("", "\"\""),
        ] {
            assert_eq!(scalar(text), written);
        }
    }
}
