//! The version of the policy language, and the policy variables that only the newer one has.
//!
//! Source: "IAM JSON policy elements: Version" and "IAM policy elements: Variables and tags".

use super::{Finding, Report, finding, rules};
use crate::policy::document::VERSION;
use crate::policy::fault::shortened;
use crate::policy::{Statement, operators};
use serde_json::Value;

/// The version AWS takes for none, without policy variables.
const OLD: &str = "2008-10-17";

const FIX: &str = "write \"Version\": \"2012-10-17\"";

/// What there is to say about the version of a document of these statements.
pub(super) fn version(
    written: Option<&str>,
    statements: &[Statement],
    findings: &mut Vec<Finding>,
) {
    let message = match written {
        Some(VERSION) => return,
        Some(other) if other != OLD => {
            let message = format!(
                "{:?} is no version of the policy language",
                shortened(other)
            );
            findings.push(finding(&rules::INVALID_VERSION, "Version", message, FIX));
            return;
        }
        Some(_) => "2008-10-17 is the old version of the policy language, without policy variables",
        None => "there is no Version, and AWS takes that for 2008-10-17, without policy variables",
    };
    let path = written.map_or("", |_| "Version");
    let mut used = statements.iter().filter_map(|statement| {
        let written = serde_json::to_value(statement).ok()?;
        variable(&written)
    });
    match used.next() {
        Some(name) => {
            let message = format!(
                "{message}: {:?} is taken as these very letters",
                shortened(&name)
            );
            findings.push(finding(&rules::LITERAL_VARIABLE, path, message, FIX));
        }
        None => findings.push(finding(&rules::MISSING_VERSION, path, message, FIX)),
    }
}

/// The first policy variable in a text of this value.
fn variable(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => {
            let start = text.find("${")?;
            let end = text[start..].find('}')?;
            Some(text[start..=start + end].to_owned())
        }
        Value::Array(items) => items.iter().find_map(variable),
        Value::Object(members) => members.values().find_map(variable),
        _ => None,
    }
}

impl Report<'_> {
    /// Policy variables stand in Resource and in conditions that compare text or ARNs.
    pub(super) fn variables(&mut self) {
        let statement = self.statement.clone();
        for (element, values) in [
            ("Resource", &statement.resource),
            ("NotResource", &statement.not_resource),
        ] {
            for value in values {
                if let Some((message, fix)) = broken(value) {
                    self.add(&rules::BROKEN_VARIABLE, element, message, fix);
                }
            }
        }
        for (element, values) in [
            ("Action", &statement.action),
            ("NotAction", &statement.not_action),
        ] {
            for value in values.iter().filter(|value| value.contains("${")) {
                let message = format!("{element} has no policy variables: {:?}", shortened(value));
                self.add(
                    &rules::BROKEN_VARIABLE,
                    element,
                    message,
                    "name the actions",
                );
            }
        }
        for test in super::view::tests(&statement) {
            let knows = matches!(
                test.operator.values,
                operators::Values::Text | operators::Values::Arn
            );
            for value in test.values.iter().filter(|value| value.contains("${")) {
                let problem = match knows {
                    true => broken(value),
                    false => Some((
                        format!(
                            "{} does not know policy variables: {:?}",
                            test.operator.base,
                            shortened(value)
                        ),
                        "write the value itself".to_owned(),
                    )),
                };
                if let Some((message, fix)) = problem {
                    self.add(&rules::BROKEN_VARIABLE, &test.path, message, fix);
                }
            }
        }
    }
}

/// What is wrong with the variables of a text.
fn broken(text: &str) -> Option<(String, String)> {
    for rest in text.split("${").skip(1) {
        let shown = shortened(text);
        let Some((inside, _)) = rest.split_once('}') else {
            let message = format!("the policy variable in {shown:?} has no end");
            return Some((message, "write \"}\" after its name".to_owned()));
        };
        let (name, default) = match inside.split_once(',') {
            Some((name, default)) => (name, Some(default.trim())),
            None => (inside, None),
        };
        if matches!(inside, "*" | "?" | "$") {
            continue;
        }
        if name.is_empty() {
            let message = format!("the policy variable in {shown:?} has no name");
            return Some((
                message,
                "write its name, such as ${aws:username}".to_owned(),
            ));
        }
        // The keys of tags may have spaces.
        if name.contains(' ') && !name.contains('/') || !name.contains(':') {
            let message = format!("${{{inside}}} is no policy variable");
            let fix = match name.replace(' ', "") {
                plain if plain.contains(':') => format!("write ${{{plain}}}"),
                _ => "write a key that AWS has, such as ${aws:username}".to_owned(),
            };
            return Some((message, fix));
        }
        let quoted = |default: &str| {
            default.len() >= 2 && default.starts_with('\'') && default.ends_with('\'')
        };
        if let Some(default) = default.filter(|default| !quoted(default)) {
            let message = format!("the default of ${{{inside}}} has no quotes");
            let plain = default.trim_matches('\'');
            return Some((message, format!("write ${{{name}, '{plain}'}}")));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::testing::lints;
    use super::super::{Ground, Kind, lint};
    use super::*;

    #[test]
    fn a_version_is_the_one_that_knows_what_is_written() {
        const PLAIN: &str = "arn:aws:s3:::b/x";
        const WITH: &str = "arn:aws:s3:::b/${aws:username}";
        for (version, resource, expected) in [
            (Some("2012-10-17"), WITH, None),
            (
                Some("2008-10-17"),
                PLAIN,
                Some(("missing-version", "Version")),
            ),
            (
                Some("2008-10-17"),
                WITH,
                Some(("literal-variable", "Version")),
            ),
            (None, PLAIN, Some(("missing-version", ""))),
            (None, WITH, Some(("literal-variable", ""))),
            (
                Some("2012-10-18"),
                WITH,
                Some(("invalid-version", "Version")),
            ),
        ] {
            let text = format!(
                r#"[{{"Effect":"Allow","Action":"s3:GetObject","Resource":"{resource}"}}]"#
            );
            let statements: Vec<Statement> = serde_json::from_str(&text).unwrap();
            let found = lint(&statements, version, &Ground::new(Kind::Identity));
            let found: Vec<_> = found
                .iter()
                .map(|finding| (finding.rule.id, finding.path.as_str()))
                .collect();
            assert_eq!(
                found,
                expected.into_iter().collect::<Vec<_>>(),
                "{version:?}"
            );
        }
    }

    #[test]
    fn a_policy_variable_is_whole_and_where_aws_looks_for_it() {
        let on =
            |name: &str| format!(r#""Action":"s3:GetObject","Resource":"arn:aws:s3:::b/{name}/*""#);
        for (name, expected) in [
            ("${aws:username}", ""),
            ("${aws:PrincipalTag/my team}", ""),
            ("${aws:PrincipalTag/team, 'company'}", ""),
            ("${*}", ""),
            ("${aws:username", "broken-variable"),
            ("${}", "broken-variable"),
            ("${aws: username}", "broken-variable"),
            ("${username}", "broken-variable"),
            ("${aws:PrincipalTag/team, company}", "broken-variable"),
        ] {
            lints(&Ground::new(Kind::Identity), &on(name), expected);
        }
        let when = |operator: &str| {
            format!(
                r#""Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*","Condition":{{"{operator}":{{"aws:PrincipalTag/a":"${{aws:username}}"}}}}"#
            )
        };
        lints(&Ground::new(Kind::Identity), &when("StringLike"), "");
        lints(
            &Ground::new(Kind::Identity),
            &when("NumericEquals"),
            "broken-variable",
        );
    }
}
