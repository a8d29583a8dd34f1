//! Inputs: any value is taken or refused, and one that is a secret is not repeated.

use super::manifests;
use super::resource::Scope;
use super::secrets;
use super::yaml::Source;
use std::collections::BTreeMap;

/// Where a value is met.
const MANIFEST: &str = "name: inputs
inputs:
  a: {description: A value}
  b: {description: A text, default: \"${region}\", pattern: \"[a-z0-9-]+\"}
bucket: {name: \"${a}\", region: \"${b}\", tags: {t: \"x${a}\"}}
users:
  u:
    access_key: {sink: {file: {path: \"keys/${a}.env\", format: dotenv}}}
roles:
  r: {trust: {github_actions: {repository: \"${a}\", branch: \"${b}\"}}}
outputs: {A: \"${a}${b}\"}
";

/// The input is two values, parted by a line break.
pub fn holds(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let (one, other) = text.split_once('\n').unwrap_or((text, "eu-west-1"));
    let scope = Scope {
        account: "123456789012".to_owned(),
        partition: "aws".to_owned(),
        region: "eu-west-1".to_owned(),
        project: None,
    };
    let given: BTreeMap<String, String> = [("a", one), ("b", other)]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
    let source = Source::new("manifest.yaml", MANIFEST);
    let is_secret = secrets::is_one(one);
    match manifests::load(&source, &given, &scope) {
        Ok(compiled) => {
            assert!(!is_secret, "a secret is no input");
            for resource in compiled.wanted {
                assert!(!resource.resource.address().as_str().contains('\n'));
            }
        }
        Err(problems) => {
            let report = problems.render(false);
            super::is_harmless(&report);
            // What it begins with may be told by chance: a word of the report.
            assert!(
                !is_secret || one.len() < 24 || !report.contains(one),
                "{report}"
            );
        }
    }
    let hidden = secrets::hide_passwords(text);
    assert_eq!(secrets::hide_passwords(&hidden), hidden, "hidden twice");
}
