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
    /// The key that another one was put in the place of, until it is deleted.
    pub replaced: Option<ReplacedKey>,
    /// Only while a key is being made.
    pub intent: Option<Intent>,
}

/// A key that another one was put in the place of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplacedKey {
    /// Its id.
    pub id: String,
    /// When that was, in seconds since 1970: Google tells nobody when a key was used last.
    pub at: u64,
}

/// That a key is being made, or was without a record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Intent {
    /// How the ids of those begin that were there before, less those that the record names anyway.
    pub had: BTreeSet<String>,
    /// The run that makes it; nothing if none does any more.
    pub run: Option<String>,
    /// What stands for when the sink was written last before that, if it tells no more.
    pub since: Option<String>,
}

impl KeyRecord {
    /// How much of an id is kept of the keys that were there before.
    pub const BEGINNING: usize = 6;
    /// The most keys that a service account can have
    /// (<https://cloud.google.com/iam/quotas>).
    pub const MOST: usize = 10;
    /// How long the name of a run is.
    pub const RUN: usize = 4;
    /// How much is kept of the digest of a sink beside a time.
    const PLACE: usize = 4;
    /// How much is kept of the digest of a time.
    const TIME: usize = 6;

    /// What stands for a sink: the beginning of the digest of its line.
    #[must_use]
    pub fn sink_digest(sink: &super::super::Sink) -> String {
        digest(&sink.to_string(), 8)
    }

    /// What stands for when this sink was written last: such texts are only ever compared.
    #[must_use]
    pub fn since(sink: &super::super::Sink, written: &str) -> String {
        digest(&sink.to_string(), Self::PLACE) + &digest(written, Self::TIME)
    }

    /// Whether this sink was written since the intent, if it is the one that the intent is about; when it
    /// was written last by now is `written`.
    #[must_use]
    pub fn is_written_since(since: &str, sink: &super::super::Sink, written: &str) -> bool {
        let now = Self::since(sink, written);
        since != now && since.get(..Self::PLACE) == now.get(..Self::PLACE)
    }

    /// How an id begins.
    #[must_use]
    pub fn beginning(id: &str) -> String {
        id.chars().take(Self::BEGINNING).collect()
    }

    /// Whether this is the key in use, by the record.
    #[must_use]
    pub fn is_in_use(&self, id: &str) -> bool {
        self.id.as_deref() == Some(id)
    }

    /// Whether another key was put in the place of this one.
    #[must_use]
    pub fn is_replaced(&self, id: &str) -> bool {
        self.replaced.as_ref().is_some_and(|old| old.id == id)
    }

    /// Whether this key was made since the intent was written.
    #[must_use]
    pub fn is_new(&self, id: &str) -> bool {
        let is_named = self.is_in_use(id) || self.is_replaced(id);
        let intent = self.intent.as_ref().filter(|_| !is_named);
        intent.is_some_and(|intent| !intent.had.contains(&Self::beginning(id)))
    }

    /// That a key is being made by this run where these are there, beside what the record says. Without
    /// a run: that one was, and that what was made since is not on record yet.
    #[must_use]
    pub fn with_intent(
        &self,
        there: &BTreeSet<String>,
        run: Option<&str>,
        since: Option<&str>,
    ) -> Self {
        let is_named = |id: &&String| self.is_in_use(id) || self.is_replaced(id);
        let rest = there.iter().filter(|id| !is_named(id));
        Self {
            intent: Some(Intent {
                had: rest.map(|id| Self::beginning(id)).collect(),
                run: run.map(str::to_owned),
                since: since.map(str::to_owned),
            }),
            ..self.clone()
        }
    }

    /// The longest that one can be. While a key is being made there is one in use or one that was
    /// replaced, and never both.
    #[must_use]
    pub fn longest() -> Self {
        let beginning = |number: usize| format!("{number:0width$}", width = Self::BEGINNING);
        let in_use = Self {
            id: Some("f".repeat(40)),
            sink: Some("0".repeat(8)),
            ..Self::default()
        };
        // One is in use, and one is the new one.
        let there = (2..Self::MOST).map(beginning).collect();
        let (run, since) = ("0".repeat(Self::RUN), "0".repeat(Self::PLACE + Self::TIME));
        in_use.with_intent(&there, Some(&run), Some(&since))
    }

    /// As words, in their order.
    fn words(&self) -> Vec<String> {
        let word = |name: &str, value: &Option<String>| {
            value.as_ref().map(|value| format!("{name}={value}"))
        };
        let replaced = self.replaced.as_ref();
        let replaced = replaced.map(|old| format!("old={}@{}", old.id, old.at));
        let mut words = vec![word("key", &self.id), word("sink", &self.sink), replaced];
        if let Some(intent) = &self.intent {
            let had: Vec<&str> = intent.had.iter().map(String::as_str).collect();
            words.push(Some(format!("had={}", had.join(","))));
            words.push(word("run", &intent.run));
            words.push(word("since", &intent.since));
        }
        words.into_iter().flatten().collect()
    }

    /// Takes one of its words; whether it is one.
    fn read(&mut self, name: &str, value: &str) -> bool {
        let own = || Some(value.to_owned());
        match name {
            "key" => self.id = own(),
            "sink" => self.sink = own(),
            "old" => {
                self.replaced = value.split_once('@').and_then(|(id, at)| {
                    let (id, at) = (id.to_owned(), at.parse().ok()?);
                    Some(ReplacedKey { id, at })
                });
                return self.replaced.is_some();
            }
            "had" => {
                let ids = value.split(',').filter(|id| !id.is_empty());
                self.intent.get_or_insert_default().had = ids.map(str::to_owned).collect();
            }
            "run" => self.intent.get_or_insert_default().run = own(),
            "since" => self.intent.get_or_insert_default().since = own(),
            _ => return false,
        }
        true
    }
}

/// The first digits of the digest of a text.
fn digest(text: &str, digits: usize) -> String {
    let digest = crate::files::sha256(text.as_bytes());
    let hex = digest.rsplit(':').next().unwrap_or(&digest);
    hex.chars().take(digits).collect()
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
    words.extend(key.words());
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
        match word.split_once('=') {
            Some(("manifest", name)) => tags.extend(mark(name)),
            Some(("protect", "true")) => tags.extend(protection()),
            Some((name, value)) if key.read(name, value) => {}
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

    /// Of a key that was replaced a moment ago.
    fn rotated() -> KeyRecord {
        KeyRecord {
            id: Some("b".repeat(40)),
            sink: Some("0".repeat(8)),
            replaced: Some(ReplacedKey {
                id: "a".repeat(40),
                at: 1_796_040_000,
            }),
            intent: None,
        }
    }

    #[test]
    fn marks_are_text_and_back() {
        let records = [KeyRecord::default(), KeyRecord::longest(), rotated()];
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
        let length = |record: &KeyRecord| with_marks("", &tags, record).len();
        let longest = length(&KeyRecord::longest());
        assert!(longest <= DESCRIPTION, "{longest}");
        // As long as an account can have as many keys as there may be: all states of a rotation.
        let ids: BTreeSet<String> = (10..9 + KeyRecord::MOST)
            .map(|number| format!("{number}{}", "e".repeat(38)))
            .collect();
        let in_use = KeyRecord {
            id: ids.first().cloned(),
            replaced: None,
            ..rotated()
        };
        let gone = KeyRecord {
            replaced: ids.first().map(|id| ReplacedKey {
                id: id.clone(),
                at: 9_999_999_999,
            }),
            ..KeyRecord::default()
        };
        let sink = "stdout".parse().unwrap();
        let since = KeyRecord::since(&sink, "2026-11-22T07:00:00Z");
        for record in [KeyRecord::default(), in_use, gone] {
            let making = record.with_intent(&ids, Some("0f0f"), Some(&since));
            assert!(length(&making) <= longest, "{making:?}");
        }
        assert!(length(&rotated()) <= longest);
    }

    #[test]
    fn what_was_made_since_an_intent_is_what_it_does_not_name() {
        let there: BTreeSet<String> = [&rotated().id.unwrap(), "cccccc0"].map(String::from).into();
        let making = rotated().with_intent(&there, Some("0f0f"), None);
        let intent = making.intent.as_ref().unwrap();
        assert_eq!(
            intent.had,
            ["cccccc".to_owned()].into(),
            "and no more than that"
        );
        for old in ["a", "b", "c"].map(|digit| digit.repeat(40)) {
            assert!(!making.is_new(&old), "{old}");
        }
        assert!(making.is_new("dddddd0"));
        assert!(!rotated().is_new("dddddd0"), "no key is being made");
    }

    #[test]
    fn only_the_sink_that_an_intent_is_about_tells_whether_it_was_written_since() {
        let [one, other] = ["stdout", "file a.json service_account"]
            .map(|sink| sink.parse::<super::super::super::Sink>().unwrap());
        let since = KeyRecord::since(&one, "1");
        assert!(!KeyRecord::is_written_since(&since, &one, "1"));
        assert!(KeyRecord::is_written_since(&since, &one, "2"));
        assert!(!KeyRecord::is_written_since(&since, &other, "2"));
        assert!(!KeyRecord::is_written_since("", &one, "2"));
    }

    #[test]
    fn tags_are_labels_and_back() {
        let labels = to_labels(&protected());
        let colon = labels.keys().find(|key| key.contains(':'));
        assert_eq!(colon, None, "labels have no colon");
        assert_eq!(from_labels(&labels), protected());
    }
}
