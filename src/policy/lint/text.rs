//! A policy as it is written: its statements in the order of the text, and what is wrong with it
//! before a rule can be asked.

use super::{Finding, Ground, Guess, Kind, check, finding, lint, rules};
use crate::policy::fault::{Fault, element, member};
use crate::policy::node::Node;
use crate::policy::{Document, Statement, places::Places, read};

/// A text that should be a policy.
#[derive(Clone, Debug)]
pub struct Written {
    version: Option<String>,
    /// Those that could be read, each with its number in the text.
    statements: Vec<(usize, Statement)>,
    /// Why the others could not, or the document as a whole.
    faults: Vec<Finding>,
    places: Places,
}

impl Written {
    /// Reads a text. What is wrong with it becomes findings of [`Written::lint`].
    #[must_use]
    pub fn read(text: &str) -> Written {
        let mut written = Written::empty();
        match json(text) {
            Ok(tree) => {
                written.places = Places::of(text);
                written.document(&tree);
            }
            // IAM answers documents percent-encoded; no place in such a text is worth showing.
            Err(error) => match Document::parse(text) {
                Ok(document) => {
                    written.version = document.version;
                    written.statements = document.statement.into_iter().enumerate().collect();
                }
                Err(_) => {
                    written.places = Places::only(error.line(), error.column());
                    let message = format!("the text is no JSON: {error}");
                    let fix = "look for a comma, a quote or a brace too many or too few there";
                    written
                        .faults
                        .push(finding(&rules::INVALID_JSON, "", message, fix));
                }
            },
        }
        written
    }

    /// The same of a text that was read already.
    pub(in crate::policy) fn of(tree: &Node) -> Written {
        let mut written = Written::empty();
        written.document(tree);
        written
    }

    fn empty() -> Written {
        Written {
            version: None,
            statements: Vec::new(),
            faults: Vec::new(),
            places: Places::default(),
        }
    }

    fn document(&mut self, tree: &Node) {
        let tree = match tree {
            Node::List(items) if items.len() == 1 => &items[0],
            other => other,
        };
        if let Err(fault) = tree.refuse_duplicates("") {
            return self.fault(&fault);
        }
        if let Err(fault) = read::document(tree)
            && !fault.path.starts_with("Statement")
        {
            self.fault(&fault);
        }
        let Node::Object(members) = tree else {
            return;
        };
        for (name, value) in members {
            match (name.as_str(), value) {
                ("Version", Node::Text(version)) => self.version = Some(version.clone()),
                ("Statement", Node::List(items)) => {
                    for (index, item) in items.iter().enumerate() {
                        self.statement(index, item);
                    }
                }
                ("Statement", single) => self.statement(0, single),
                _ => {}
            }
        }
        if self.statements.is_empty() && self.faults.is_empty() {
            self.fault(&Fault::new(
                "",
                "the policy has no statement; write Statement",
            ));
        }
    }

    fn statement(&mut self, index: usize, node: &Node) {
        let path = element("Statement", index);
        match read::statement(node, &path) {
            Ok(statement) => self.statements.push((index, statement)),
            Err(fault) => self.fault(&fault),
        }
        let Node::Object(members) = node else {
            return;
        };
        // "The Effect value is case sensitive."
        for (name, value) in members {
            if let ("Effect", Node::Text(effect)) = (name.as_str(), value)
                && let Some(meant) = ["Allow", "Deny"]
                    .into_iter()
                    .find(|known| known != effect && known.eq_ignore_ascii_case(effect))
            {
                let message =
                    format!("{effect:?} is no effect, as AWS looks at the case; write {meant}");
                self.fault(&Fault::new(member(&path, "Effect"), message));
            }
        }
    }

    fn fault(&mut self, fault: &Fault) {
        let (message, fix) = match fault.message.split_once("; ") {
            Some((message, fix)) => (message, fix),
            None => (
                fault.message.as_str(),
                "write a policy as AWS's grammar has it",
            ),
        };
        let rule = &rules::INVALID_DOCUMENT;
        self.faults.push(finding(rule, &fault.path, message, fix));
    }

    /// The statements that could be read, in the order of the text.
    pub fn statements(&self) -> impl Iterator<Item = &Statement> + Clone {
        self.statements.iter().map(|(_, statement)| statement)
    }

    /// What a policy like this is attached to.
    #[must_use]
    pub fn guess(&self) -> Guess {
        Guess::of(self.statements())
    }

    /// The partition and the name of the only bucket it names.
    #[must_use]
    pub fn bucket(&self) -> Option<(&str, &str)> {
        super::guess::bucket(self.statements())
    }

    /// What AWS refuses in the text, or what can never work, of a policy that is attached so.
    pub(in crate::policy) fn refusals(&self, kind: &Kind) -> Vec<Finding> {
        let mut findings = self.faults.clone();
        super::version::version(self.version.as_deref(), &[], &mut findings);
        findings.retain(|finding| finding.rule.refused);
        let statements: Vec<Statement> = self.statements().cloned().collect();
        let checked = check(&statements, kind);
        // Faults leave out statements; the numbers are those of the text.
        findings.extend(checked.into_iter().map(|found| {
            let place = |(position, (index, _)): (usize, &(usize, Statement))| {
                let rest = found.path.strip_prefix(&element("Statement", position))?;
                Some(format!("{}{rest}", element("Statement", *index)))
            };
            let path = self.statements.iter().enumerate().find_map(place);
            Finding {
                path: path.unwrap_or_else(|| found.path.clone()),
                ..found
            }
        }));
        super::order::sort(&mut findings);
        findings
    }

    /// Everything there is to say about the text, in its order. Of a text that is no policy only
    /// what AWS refuses is told, because a rule about the whole needs the whole.
    #[must_use]
    pub fn lint(&self, ground: &Ground) -> Vec<Finding> {
        let statements: Vec<Statement> = self.statements().cloned().collect();
        if self.faults.is_empty() {
            return lint(&statements, self.version.as_deref(), ground);
        }
        let mut findings = self.faults.clone();
        for (index, statement) in &self.statements {
            let single = check(std::slice::from_ref(statement), &ground.kind);
            findings.extend(single.into_iter().map(|found| Finding {
                path: found.path.replacen("[0]", &format!("[{index}]"), 1),
                ..found
            }));
        }
        super::order::sort(&mut findings);
        findings
    }

    /// The line and the column of a finding's path in the text, both from 1.
    #[must_use]
    pub fn place(&self, path: &str) -> (usize, usize) {
        self.places.find(path)
    }
}

fn json(text: &str) -> Result<Node, serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_str(text.trim_start_matches('\u{feff}'));
    let tree = Node::read(&mut reader)?;
    reader.end()?;
    Ok(tree)
}

#[cfg(test)]
mod tests {
    use super::super::Kind;
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let written = Written::read(text);
        let found = written.lint(&Ground::new(Kind::Identity));
        let shown = found.iter().map(|finding| {
            let (line, column) = written.place(&finding.path);
            format!("{line}:{column} {} {}", finding.rule.id, finding.path)
        });
        shown.collect()
    }

    #[test]
    fn what_is_no_policy_is_found_with_its_place() {
        for (text, expected) in [
            ("", &["1:1 invalid-json "][..]),
            ("{\n  \"Version\": }", &["2:14 invalid-json "]),
            ("[]", &["1:1 invalid-document "]),
            ("12", &["1:1 invalid-document "]),
            ("{}", &["1:1 invalid-document "]),
            (
                r#"{"Version":"2012-10-17","Statement":[]}"#,
                &["1:1 invalid-document "],
            ),
            (r#"{"Version":2012}"#, &["1:2 invalid-document Version"]),
            (
                r#"{"Statement":[{"Effect":"Allow","Effect":"Deny"}]}"#,
                &["1:15 invalid-document Statement[0]"],
            ),
            (
                r#"{"Statement":[{}]}"#,
                &["1:15 invalid-document Statement[0]"],
            ),
            (
                r#"{"Statement":"x"}"#,
                &["1:2 invalid-document Statement[0]"],
            ),
            (
                "{\"Statement\":[{\"Effect\":\"Allow\",\"Actoin\":\"s3:*\"},\n{\"Effect\":\"Deny\",\"Action\":\"s3:Gett\",\"Resource\":\"*\"}]}",
                &[
                    "1:33 invalid-document Statement[0].Actoin",
                    "2:18 unknown-action Statement[1].Action",
                ],
            ),
            (
                r#"{"Version":"2012-10-17","Statement":{"Effect":"allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}}"#,
                &["1:38 invalid-document Statement[0].Effect"],
            ),
        ] {
            assert_eq!(found(text), expected, "{text}");
        }
    }

    #[test]
    fn a_policy_is_linted_in_the_order_written_and_in_every_form() {
        let text = r#"{"Version":"2012-10-17","Statement":[
          {"Effect":"Deny","Action":"s3:Zzz","Resource":"*"},
          {"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#;
        let expected = [
            "2:28 unknown-action Statement[0].Action",
            "3:29 full-service Statement[1].Action",
        ];
        assert_eq!(found(text), expected);
        let wrapped = format!("\u{feff}[{text}]");
        assert_eq!(found(&wrapped), expected);
        let encoded = text.replace('"', "%22").replace('{', "%7B");
        assert_eq!(found(&encoded).len(), 2);
    }
}
