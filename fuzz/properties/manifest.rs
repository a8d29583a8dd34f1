//! A manifest, from its text to resources: it is compiled, or all that is wrong with it is told.

use super::diff;
use super::manifests;
use super::resource::{Resource, Scope};
use super::yaml::Source;
use std::collections::BTreeMap;

/// In bytes: what is told of a manifest stays readable.
const LONGEST_REPORT: usize = 256 * 1024;

/// The input is the text of a manifest; inputs that it asks for are given.
pub fn holds(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let source = Source::new("manifest.yaml", text);
    let scope = Scope {
        account: "123456789012".to_owned(),
        partition: "aws".to_owned(),
        region: "eu-west-1".to_owned(),
        project: None,
    };
    let names = manifests::input_names(&source);
    let given: BTreeMap<String, String> = names
        .into_iter()
        .map(|name| (name, "acme/backups".to_owned()))
        .collect();
    for inputs in [BTreeMap::new(), given] {
        match manifests::load(&source, &inputs, &scope) {
            Ok(compiled) => {
                for wanted in &compiled.wanted {
                    let fields = Resource::fields(&wanted.resource);
                    let changes = diff::changes(Some(&fields), Some(&fields));
                    assert!(changes.is_empty(), "{changes:?}");
                }
                let again = manifests::load(&source, &inputs, &scope);
                let resources = again.expect("it was compiled").wanted;
                let same = resources.iter().zip(&compiled.wanted);
                assert_eq!(resources.len(), compiled.wanted.len());
                assert!(
                    same.into_iter()
                        .all(|(one, other)| one.resource == other.resource),
                    "compiled twice, differently"
                );
            }
            Err(problems) => {
                let report = problems.render(false);
                assert!(!report.is_empty(), "wrong, and nothing is said of it");
                assert!(report.len() < LONGEST_REPORT, "{} bytes", report.len());
            }
        }
    }
}
