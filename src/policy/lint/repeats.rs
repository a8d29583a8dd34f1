//! What a policy says twice.

use super::view::listed;
use super::{Finding, Report, finding, rules};
use crate::policy::fault::element;
use crate::policy::{Statement, pattern};

/// Statements that are another one again, but for the Sid.
pub(super) fn statements(statements: &[Statement], findings: &mut Vec<Finding>) {
    let bare: Vec<_> = statements
        .iter()
        .map(|statement| Statement {
            sid: None,
            ..statement.clone()
        })
        .collect();
    for (index, statement) in bare.iter().enumerate() {
        let first = bare[..index].iter().position(|other| other == statement);
        if let Some(first) = first {
            let message = format!("Statement[{first}] says the same");
            let path = element("Statement", index);
            findings.push(finding(
                &rules::REPEATED_STATEMENT,
                &path,
                message,
                "remove one of the two",
            ));
        }
    }
}

impl Report<'_> {
    /// "iam:Get*" beside "iam:GetCredentialReport".
    pub(super) fn redundant(&mut self) {
        let names = &self.statement.action;
        let wild: Vec<_> = names
            .iter()
            .filter(|name| pattern::is_pattern(name))
            .map(|name| (name, name.to_ascii_lowercase()))
            .collect();
        let is_part = |name: &&String| {
            let lower = name.to_ascii_lowercase();
            wild.iter()
                .any(|(other, wide)| other != name && pattern::matches(wide, &lower))
        };
        let parts: Vec<String> = names.iter().filter(is_part).cloned().collect();
        if !parts.is_empty() {
            let message = format!(
                "{}: another action of the list has it in it",
                listed(&parts)
            );
            let fix = format!("remove {}", listed(&parts));
            self.add(&rules::REDUNDANT_ACTION, "Action", message, fix);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{linted, lints};
    use super::super::{Ground, Kind};

    #[test]
    fn a_statement_is_said_once() {
        let one = |sid: &str, action: &str| {
            format!(
                r#"{{"Sid":"{sid}","Effect":"Allow","Action":{action},"Resource":"arn:aws:s3:::b/*"}}"#
            )
        };
        let same = format!(
            "[{},{}]",
            one("a", r#""s3:getobject""#),
            one("b", r#"["s3:GetObject"]"#)
        );
        let found = linted(&Ground::new(Kind::Identity), &same);
        assert_eq!(found, [("repeated-statement", "Statement[1]".to_owned())]);
        let other = format!(
            "[{},{}]",
            one("a", r#""s3:GetObject""#),
            one("b", r#""s3:PutObject""#)
        );
        assert_eq!(linted(&Ground::new(Kind::Identity), &other), []);
    }

    #[test]
    fn an_action_is_named_once() {
        let of = |actions: &str| format!(r#""Action":{actions},"Resource":"arn:aws:s3:::b/*""#);
        let ground = Ground::new(Kind::Identity);
        lints(
            &ground,
            &of(r#"["s3:Get*","s3:GetObject"]"#),
            "redundant-action",
        );
        lints(&ground, &of(r#"["s3:GetObject","s3:PutObject"]"#), "");
    }
}
