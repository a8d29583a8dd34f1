//! How our marks are written at Google: as labels of a bucket, and, of what has no labels, at the end
//! of the description: `Events of RudderStack [s3setup manifest=events]`.

use super::super::Tags;
use super::super::ownership::{is_protected, manifest_of, mark, protection};
use std::collections::BTreeSet;

/// The most bytes of a description
/// (<https://cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts#ServiceAccount>).
pub const DESCRIPTION: usize = 256;

const BEGIN: &str = "[s3setup ";
const END: &str = "]";
/// Our tags, and the labels that they are: labels have no colon.
const LABELS: [(&str, &str); 2] = [
    ("s3setup:manifest", "s3setup-manifest"),
    ("s3setup:protect", "s3setup-protect"),
];

/// What the description of a service account says of its key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyRecord {
    /// The id of the key in use.
    pub id: Option<String>,
    /// What stands for the sink that it was handed over to: see [`KeyRecord::sink_digest`].
    pub sink: Option<String>,
    /// While a key is being made: how the ids of those begin that were there before.
    pub had: Option<BTreeSet<String>>,
}

impl KeyRecord {
    /// How much of an id is kept of the keys that were there before.
    pub const BEGINNING: usize = 6;
    /// The most keys that a service account can have
    /// (<https://cloud.google.com/iam/quotas>).
    pub const MOST: usize = 10;

    /// What stands for a sink: the beginning of the digest of its line.
    #[must_use]
    pub fn sink_digest(sink: &super::super::Sink) -> String {
        let digest = crate::files::sha256(sink.to_string().as_bytes());
        let hex = digest.rsplit(':').next().unwrap_or(&digest);
        hex.chars().take(8).collect()
    }

    /// The longest that one can be.
    #[must_use]
    pub fn longest() -> Self {
        let beginning = |number: usize| format!("{number:0width$}", width = Self::BEGINNING);
        Self {
            id: Some("0".repeat(40)),
            sink: Some("0".repeat(8)),
            had: Some((1..Self::MOST).map(beginning).collect()),
        }
    }

    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The text with our marks after it; nothing after it where there are none.
#[must_use]
pub fn with_marks(description: &str, tags: &Tags, key: &KeyRecord) -> String {
    let mut words = Vec::new();
    if let Some(manifest) = manifest_of(tags) {
        words.push(format!("manifest={manifest}"));
    }
    if is_protected(tags) {
        words.push("protect=true".to_owned());
    }
    if !key.is_empty() {
        let id = key.id.iter().map(|id| format!("key={id}"));
        let sink = key.sink.iter().map(|sink| format!("sink={sink}"));
        let had = key.had.iter().map(|had| {
            let had: Vec<&str> = had.iter().map(String::as_str).collect();
            format!("had={}", had.join(","))
        });
        words.extend(id.chain(sink).chain(had));
    }
    if words.is_empty() {
        return description.to_owned();
    }
    let space = if description.is_empty() { "" } else { " " };
    format!("{description}{space}{BEGIN}{}{END}", words.join(" "))
}

/// The text, our marks, and what is said of a key: the way back.
#[must_use]
pub fn from_marks(text: &str) -> (String, Tags, KeyRecord) {
    let nothing = || (text.to_owned(), Tags::new(), KeyRecord::default());
    let Some((description, marks)) = text.strip_suffix(END).and_then(|text| {
        let at = text.rfind(BEGIN)?;
        Some((text[..at].trim_end(), &text[at + BEGIN.len()..]))
    }) else {
        return nothing();
    };
    let mut tags = Tags::new();
    let mut key = KeyRecord::default();
    for word in marks.split(' ').filter(|word| !word.is_empty()) {
        let own = |value: &str| Some(value.to_owned());
        match word.split_once('=') {
            Some(("manifest", name)) => tags.extend(mark(name)),
            Some(("protect", "true")) => tags.extend(protection()),
            Some(("key", id)) => key.id = own(id),
            Some(("sink", digest)) => key.sink = own(digest),
            Some(("had", ids)) => {
                let ids = ids.split(',').filter(|id| !id.is_empty());
                key.had = Some(ids.map(str::to_owned).collect());
            }
            // Somebody's own words in brackets.
            _ => return nothing(),
        }
    }
    (description.to_owned(), tags, key)
}

/// Our tags as labels.
#[must_use]
pub fn to_labels(tags: &Tags) -> Tags {
    let label = |key: &String| {
        let ours = LABELS.iter().find(|(tag, _)| tag == key);
        ours.map_or_else(|| key.clone(), |(_, label)| (*label).to_owned())
    };
    tags.iter()
        .map(|(key, value)| (label(key), value.clone()))
        .collect()
}

/// Labels as our tags: the way back.
#[must_use]
pub fn from_labels(labels: &Tags) -> Tags {
    let tag = |key: &String| {
        let ours = LABELS.iter().find(|(_, label)| label == key);
        ours.map_or_else(|| key.clone(), |(tag, _)| (*tag).to_owned())
    };
    labels
        .iter()
        .map(|(key, value)| (tag(key), value.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn protected() -> Tags {
        mark("neon").into_iter().chain(protection()).collect()
    }

    #[test]
    fn marks_are_text_and_back() {
        let records = [KeyRecord::default(), KeyRecord::longest()];
        for description in ["", "of RudderStack", "with [brackets]", "ends with ]"] {
            for tags in [mark("neon"), protected()] {
                for key in &records {
                    let text = with_marks(description, &tags, key);
                    let back = from_marks(&text);
                    assert_eq!(back, (description.to_owned(), tags.clone(), key.clone()));
                }
            }
            let text = with_marks(description, &Tags::new(), &KeyRecord::default());
            assert_eq!(text, description, "nothing is added");
        }
    }

    #[test]
    fn what_somebody_else_wrote_is_no_mark() {
        for text in [
            "",
            "plain",
            "[s3setup rocks]",
            "[terraform manifest=x]",
            "[s3setup ",
        ] {
            let nothing = (text.to_owned(), Tags::new(), KeyRecord::default());
            assert_eq!(from_marks(text), nothing, "{text}");
        }
    }

    #[test]
    fn the_longest_record_of_the_longest_name_leaves_room() {
        let tags: Tags = mark(&"n".repeat(63))
            .into_iter()
            .chain(protection())
            .collect();
        let text = with_marks("", &tags, &KeyRecord::longest());
        assert!(text.len() <= DESCRIPTION, "{}", text.len());
    }

    #[test]
    fn tags_are_labels_and_back() {
        let labels = to_labels(&protected());
        let colon = labels.keys().find(|key| key.contains(':'));
        assert_eq!(colon, None, "labels have no colon");
        assert_eq!(from_labels(&labels), protected());
    }
}
