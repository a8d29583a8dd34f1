//! Whether `docs/lint.md` has every rule, as it is, with an example that is true.

use super::*;
use std::collections::BTreeMap;

const PAGE: &str = include_str!("../../../docs/lint.md");

/// A policy of the page, what it is attached to, and whether it is the one without the finding.
struct Example {
    attached: String,
    good: bool,
    text: String,
}

/// The sections of the rules: the text before the first example, and the examples.
fn sections() -> BTreeMap<&'static str, (&'static str, Vec<Example>)> {
    let section = |text: &'static str| {
        let (id, rest) = text.split_once('\n').unwrap();
        let rest = rest.split("\n## ").next().unwrap();
        let mut blocks = rest.split("```");
        let before = blocks.next().unwrap();
        let examples: Vec<_> = blocks
            .step_by(2)
            .map(|block| {
                let (meta, text) = block.split_once('\n').unwrap();
                let meta = meta.strip_prefix("json ").unwrap();
                Example {
                    attached: meta.trim_end_matches(" good").to_owned(),
                    good: meta.ends_with(" good"),
                    text: text.to_owned(),
                }
            })
            .collect();
        (id, (before, examples))
    };
    PAGE.split("\n### ").skip(1).map(section).collect()
}

fn found(example: &Example) -> Vec<&'static str> {
    if example.attached == "google" {
        let project: google::Project = serde_json::from_str(&example.text).unwrap();
        let found = google::lint(&project).into_iter();
        return found.map(|finding| finding.rule.id).collect();
    }
    let mut words = example.attached.split(' ');
    let kind = match words.next().unwrap() {
        "identity" => Kind::Identity,
        "trust" => Kind::Trust,
        "key" => Kind::KeyPolicy,
        "bucket" => Kind::BucketPolicy {
            bucket: words.next().unwrap(),
            partition: "aws",
        },
        other => panic!("{other}"),
    };
    let mut ground = Ground::new(kind);
    for (name, value) in words.filter_map(|word| word.split_once('=')) {
        match (name, value) {
            ("account", value) => ground.account = Some(value),
            ("ownership", "enforced") => ground.settings.ownership_enforced = Some(true),
            ("encryption", "s3") => ground.settings.encryption = Some(Encryption::S3),
            other => panic!("{other:?}"),
        }
    }
    let found = Written::read(&example.text).lint(&ground);
    found.iter().map(|finding| finding.rule.id).collect()
}

#[test]
fn the_page_has_every_rule_as_it_is() {
    let sections = sections();
    let ids: Vec<_> = sections.keys().copied().collect();
    let mut expected: Vec<_> = ALL.iter().map(|rule| rule.id).collect();
    expected.sort_unstable();
    assert_eq!(ids, expected);
    for rule in ALL {
        let (text, _) = sections[rule.id];
        let severity = match rule.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        let refused = if rule.refused { ", refused" } else { "" };
        let title = format!("**{severity}{refused}**: {}.", rule.title);
        assert!(text.contains(&title), "{}: {title}", rule.id);
        assert!(text.contains(&format!("<{}>", rule.source)), "{}", rule.id);
        let listed = format!("[{0}](#{0})", rule.id);
        assert_eq!(PAGE.matches(&listed).count(), 1, "{listed}");
    }
}

#[test]
fn the_examples_of_the_page_have_what_they_show() {
    for (id, (_, examples)) in sections() {
        // An example of a policy that is too long would be a long page.
        if id == rules::QUOTA.id {
            continue;
        }
        let [bad, good] = examples.as_slice() else {
            panic!("{id} has {} examples", examples.len());
        };
        assert!(
            !bad.good && good.good && bad.attached == good.attached,
            "{id}"
        );
        let (of_bad, of_good) = (found(bad), found(good));
        assert!(
            of_bad.contains(&id),
            "{id} is not found: {of_bad:?}\n{}",
            bad.text
        );
        assert!(
            !of_good.contains(&id),
            "{id} is found in what is good:\n{}",
            good.text
        );
        let rule = ALL.iter().find(|rule| rule.id == id).unwrap();
        let soft = |id: &&'static str| {
            let other = ALL.iter().find(|rule| rule.id == *id).unwrap();
            other.severity == Severity::Note || rule.severity == Severity::Note
        };
        // What one rule says of an account another may say, too.
        let fine = |other: &&'static str| soft(other) || of_bad.contains(other);
        assert!(of_good.iter().all(fine), "{id}: {of_good:?}\n{}", good.text);
    }
}
