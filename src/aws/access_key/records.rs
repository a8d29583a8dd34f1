//! What the tags of a user say of its keys.
//!
//! The tag whose key is a key's id is its description in AWS's console. Ours says where the key was
//! handed over, or since when another one is in its place. The tag [`INTENT`] is there only while a
//! key is being made, and lists the keys that there were before.

use crate::resource::{AccessKey, Place, Replaced, Sink, Tags};
use crate::sink::Held;
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use std::collections::{BTreeMap, BTreeSet};

/// The tag that says that a key is being made.
pub(super) const INTENT: &str = AccessKey::INTENT;
/// How its value begins; the ids of the keys that there were follow.
const CREATING: &str = "creating";
/// What stands before the name of the run that makes one.
const BY: &str = " by ";
/// What stands before the time at which the sink was written last.
const SINCE: &str = " since ";
/// How the value of every record of ours begins.
const OURS: &str = AccessKey::RECORD;
/// How it goes on for a key that another one was put in the place of.
const REPLACED: &str = "replaced ";

/// The value of [`INTENT`] of this run where these keys are there, and the sink was written last then,
/// if it tells no more than that.
pub(super) fn intent<'a>(
    there: impl IntoIterator<Item = &'a String>,
    run: &str,
    written: Option<&str>,
) -> String {
    let mut value = CREATING.to_owned();
    for id in there {
        value.push(' ');
        value.push_str(id);
    }
    value.push_str(BY);
    value.push_str(run);
    if let Some(written) = written {
        value.push_str(SINCE);
        value.push_str(written);
    }
    value
}

/// The record of a key that is in this sink.
pub(super) fn handed_over(sink: &Sink) -> String {
    format!("{OURS}{sink}")
}

/// The record of a key that was replaced at this time.
pub(super) fn replaced(at: DateTime) -> String {
    let at = DateTime::from_secs(at.secs());
    format!(
        "{OURS}{REPLACED}{}",
        at.fmt(Format::DateTime).unwrap_or_default()
    )
}

/// What the record of one key says.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Record {
    /// It was handed over to this sink.
    HandedOver(Sink),
    /// Another one took its place then.
    Replaced(DateTime),
}

/// All of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Records {
    /// By the id of the key, whether it is there or not.
    pub(super) keys: BTreeMap<String, Record>,
    /// The keys that there were before one was being made.
    pub(super) intent: Option<BTreeSet<String>>,
    /// The run that was making it.
    pub(super) run: Option<String>,
    /// When the sink was written last before that, where it tells.
    pub(super) since: Option<String>,
}

impl Records {
    /// The records among the tags of a user.
    pub(super) fn read(tags: &Tags) -> Self {
        let mut records = Self::default();
        for (key, value) in tags {
            if key == INTENT {
                let value = value.strip_prefix(CREATING).unwrap_or_default();
                let (ids, since) = match value.split_once(SINCE) {
                    Some((ids, since)) => (ids, Some(since.to_owned())),
                    None => (value, None),
                };
                let (ids, run) = match ids.split_once(BY) {
                    Some((ids, run)) => (ids, Some(run.to_owned())),
                    None => (ids, None),
                };
                records.run = run;
                records.since = since;
                records.intent = Some(ids.split_whitespace().map(str::to_owned).collect());
            } else if let Some(record) = value.strip_prefix(OURS).and_then(record) {
                records.keys.insert(key.clone(), record);
            }
        }
        records
    }

    /// Whether a key of this id is or was the user's.
    pub(super) fn knows(&self, id: &str) -> bool {
        self.keys.contains_key(id)
    }
}

fn record(text: &str) -> Option<Record> {
    match text.strip_prefix(REPLACED) {
        Some(at) => DateTime::from_str(at, Format::DateTime)
            .ok()
            .map(Record::Replaced),
        None => text.parse().ok().map(Record::HandedOver),
    }
}

/// One key as IAM lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Listed {
    pub(super) id: String,
    /// AWS's own word.
    pub(super) status: String,
}

/// What each key of the user is: put together from what is listed, recorded and held by the sink.
/// Keys that were replaced and are inactive are [`Replaced::Waiting`] here.
pub(super) fn sort_out(
    want: &AccessKey,
    listed: &[Listed],
    records: &Records,
    held: &Held,
) -> Option<AccessKey> {
    if listed.is_empty() && records.intent.is_none() {
        return None;
    }
    let mut found = AccessKey {
        interrupted: records.intent.is_some(),
        ..AccessKey::none(&want.name, &want.path)
    };
    let current = current(listed, records, held);
    for key in listed {
        let id = key.id.clone();
        match (records.keys.get(&id), &records.intent) {
            (record, _) if Some(&id) == current => {
                found.id = Some(id);
                found.status = Some(key.status.clone());
                found.sink = match record {
                    Some(Record::HandedOver(sink)) => Some(sink.clone()),
                    _ => None,
                };
            }
            (Some(_), _) => {
                let state = match key.status.as_str() {
                    "Active" => Replaced::Active,
                    _ => Replaced::Waiting,
                };
                found.replaced.insert(id, state);
            }
            (None, Some(before)) if !before.contains(&id) => {
                found.unfinished.insert(id);
            }
            (None, _) => {
                found.others.insert(id);
            }
        }
    }
    // What was handed over may be too new to be listed; what was replaced is not. While the sink holds
    // it, its record is what lets another key take its place there.
    for (id, record) in &records.keys {
        let is_held = *held == Held::Key(id.clone());
        let is_listed = listed.iter().any(|key| key.id == *id);
        if matches!(record, Record::Replaced(_)) && !is_listed && !is_held {
            found.replaced.insert(id.clone(), Replaced::Gone);
        }
    }
    found.remark = remark(want, &found, held);
    Some(found)
}

/// The key in use. What the sink holds counts, unless the records know better: a copy of the sink on
/// this machine may be older than the last rotation on another.
fn current<'a>(listed: &'a [Listed], records: &Records, held: &Held) -> Option<&'a String> {
    let recorded = |id: &&String| matches!(records.keys.get(*id), Some(Record::HandedOver(_)));
    let ids = || listed.iter().map(|key| &key.id);
    if let Held::Key(held) = held
        && let Some(id) = ids().find(|id| *id == held)
    {
        let made_just_now = |id: &String| {
            let before = records.intent.as_ref();
            before.is_some_and(|before| !before.contains(id))
        };
        match records.keys.get(id) {
            Some(Record::HandedOver(_)) => return Some(id),
            None if made_just_now(id) || !ids().any(|id| recorded(&id)) => return Some(id),
            _ => {}
        }
    }
    let before = records.intent.as_ref();
    match held {
        // Whatever was there before, it is no longer.
        Held::Torn => None,
        Held::Written => ids()
            .find(|id| before.is_some_and(|before| !before.contains(*id)))
            .or_else(|| ids().find(recorded)),
        _ => ids().find(recorded),
    }
}

/// What others there are, or where the key went, if it is not to be found there from here.
fn remark(want: &AccessKey, found: &AccessKey, held: &Held) -> Option<String> {
    if !found.others.is_empty() {
        return Some(
            "nothing is known of the others: they are deleted, and whoever uses one is locked out. \
             `aws iam get-access-key-last-used` tells whether anybody does"
                .to_owned(),
        );
    }
    let (id, sink) = (found.id.as_ref()?, found.sink.as_ref()?);
    if want.sink.as_ref() != Some(sink) {
        // What is held is held by the sink that is wanted, and says nothing of the other one.
        return None;
    }
    let says = match held {
        Held::Nothing => "which does not hold it here".to_owned(),
        Held::Key(other) if other != id => format!("which holds {other} here"),
        _ => return None,
    };
    let lost = match sink.place {
        Place::File { .. } => " where the file is, or with --lost if it is lost",
        _ => "",
    };
    Some(format!(
        "{id} was handed over to {sink}, {says}; `s3setup rotate` makes another one{lost}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SINK: &str = "file backup.env dotenv";

    fn tags(pairs: &[(&str, &str)]) -> Tags {
        pairs
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect()
    }

    fn sorted(listed: &[(&str, &str)], tagged: &[(&str, &str)], held: Held) -> Option<AccessKey> {
        let want = AccessKey::wanted("u", "/", SINK.parse().unwrap());
        let listed: Vec<Listed> = listed
            .iter()
            .map(|(id, status)| Listed {
                id: (*id).to_owned(),
                status: (*status).to_owned(),
            })
            .collect();
        sort_out(&want, &listed, &Records::read(&tags(tagged)), &held)
    }

    fn key(id: &str) -> Held {
        Held::Key(id.to_owned())
    }

    /// What is told of the keys, in a line.
    fn told(found: Option<AccessKey>) -> String {
        let Some(found) = found else {
            return "nothing".to_owned();
        };
        let joined = |set: &BTreeSet<String>| set.iter().cloned().collect::<Vec<_>>().join(",");
        format!(
            "id {} sink {} status {} unfinished {} others {} replaced {:?}{}",
            found.id.as_deref().unwrap_or("-"),
            found.sink.map_or("-".to_owned(), |sink| sink.to_string()),
            found.status.as_deref().unwrap_or("-"),
            joined(&found.unfinished),
            joined(&found.others),
            found.replaced,
            if found.interrupted {
                " interrupted"
            } else {
                ""
            },
        )
    }

    #[test]
    fn records_survive_their_tags() {
        let sink: Sink = SINK.parse().unwrap();
        let at = DateTime::from_secs(1_795_332_000);
        let records = Records::read(&tags(&[
            ("A", &handed_over(&sink)),
            ("B", &replaced(at)),
            ("C", "made by hand"),
            ("D", "s3setup: some other version's"),
            (
                INTENT,
                &intent([&"A".to_owned(), &"B".to_owned()], "r1", Some("t/-")),
            ),
            ("managed-by", "s3setup"),
        ]));
        assert_eq!(records.keys.len(), 2);
        assert_eq!(records.keys["A"], Record::HandedOver(sink));
        assert_eq!(records.keys["B"], Record::Replaced(at));
        assert_eq!(
            records.intent,
            Some(["A".to_owned(), "B".to_owned()].into())
        );
        assert_eq!(records.run.as_deref(), Some("r1"));
        assert_eq!(records.since.as_deref(), Some("t/-"));
    }

    #[test]
    fn each_key_is_told_by_what_is_known_of_it() {
        let record = format!("s3setup: {SINK}");
        let a = ("A", record.as_str());
        let active = ("A", "Active");
        let old = ("B", "s3setup: replaced 2026-11-22T07:00:00Z");
        let b = ("B", "Active");
        let sink = format!("sink {SINK}");
        let table = [
            (sorted(&[], &[], Held::Nothing), "nothing".to_owned(), "no key"),
            (sorted(&[], &[a], Held::Nothing), "nothing".into(), "a recorded key that is gone"),
            (
                sorted(&[], &[(INTENT, "creating")], Held::Nothing),
                "id - sink - status - unfinished  others  replaced {} interrupted".into(),
                "cut short before the key",
            ),
            (
                sorted(&[active], &[(INTENT, "creating")], Held::Nothing),
                "id - sink - status - unfinished A others  replaced {} interrupted".into(),
                "cut short after the key",
            ),
            (
                sorted(&[active], &[(INTENT, "creating")], key("A")),
                "id A sink - status Active unfinished  others  replaced {} interrupted".into(),
                "cut short after the hand-over",
            ),
            (
                sorted(&[active], &[a, (INTENT, "creating")], key("A")),
                format!("id A {sink} status Active unfinished  others  replaced {{}} interrupted"),
                "cut short after the record",
            ),
            (
                sorted(&[active], &[a], key("A")),
                format!("id A {sink} status Active unfinished  others  replaced {{}}"),
                "all is well",
            ),
            (
                sorted(&[("A", "Inactive")], &[a], Held::Unknown),
                format!("id A {sink} status Inactive unfinished  others  replaced {{}}"),
                "made inactive",
            ),
            (
                sorted(&[active, b], &[a], key("A")),
                format!("id A {sink} status Active unfinished  others B replaced {{}}"),
                "somebody else's key",
            ),
            (
                sorted(&[active, b], &[a, (INTENT, "creating A B")], key("A")),
                format!("id A {sink} status Active unfinished  others B replaced {{}} interrupted"),
                "somebody else's key was there before the run",
            ),
            (
                sorted(&[active, b], &[a, (INTENT, "creating A")], key("B")),
                "id B sink - status Active unfinished  others  replaced {\"A\": Active} interrupted"
                    .into(),
                "a rotation cut short after the hand-over",
            ),
            (
                sorted(&[active, b], &[a, (INTENT, "creating A")], key("A")),
                format!("id A {sink} status Active unfinished B others  replaced {{}} interrupted"),
                "a rotation cut short before the hand-over",
            ),
            (
                sorted(&[active, b], &[a, (INTENT, "creating A since x/y")], Held::Written),
                "id B sink - status Active unfinished  others  replaced {\"A\": Active} interrupted"
                    .into(),
                "a rotation cut short after the hand-over to where nothing can be read",
            ),
            (
                sorted(&[active, b], &[a, (INTENT, "creating A since x/y")], Held::Torn),
                "id - sink - status - unfinished B others  replaced {\"A\": Active} interrupted"
                    .into(),
                "a rotation cut short in the middle of the hand-over",
            ),
            (
                sorted(&[active, b], &[a, (INTENT, "creating A since x/y")], Held::Unknown),
                format!("id A {sink} status Active unfinished B others  replaced {{}} interrupted"),
                "a rotation cut short before a hand-over to where nothing can be read",
            ),
            (
                sorted(&[active, b], &[a], key("B")),
                format!("id A {sink} status Active unfinished  others B replaced {{}}"),
                "a key in the file that somebody put there, beside ours",
            ),
            (
                sorted(&[active, b], &[a, old], key("B")),
                format!("id A {sink} status Active unfinished  others  replaced {{\"B\": Active}}"),
                "the file here is older than the rotation",
            ),
            (
                sorted(&[active, ("B", "Inactive")], &[a, old], key("A")),
                format!("id A {sink} status Active unfinished  others  replaced {{\"B\": Waiting}}"),
                "a rotation that waits",
            ),
            (
                sorted(&[active], &[a, old], key("A")),
                format!("id A {sink} status Active unfinished  others  replaced {{\"B\": Gone}}"),
                "a replaced key whose deletion was cut short before its record was",
            ),
            (
                sorted(&[active], &[a, old], key("B")),
                format!("id A {sink} status Active unfinished  others  replaced {{}}"),
                "a deleted key that another run wrote over the one in use: rotate mends it",
            ),
            (
                sorted(&[active], &[a, ("B", &record)], key("A")),
                format!("id A {sink} status Active unfinished  others  replaced {{}}"),
                "a recorded key that is not listed, or not yet",
            ),
        ];
        for (found, expected, reason) in table {
            assert_eq!(told(found), expected, "{reason}");
        }
    }

    #[test]
    fn a_key_that_is_not_here_is_remarked_and_no_difference() {
        let record = format!("s3setup: {SINK}");
        let found = |held| sorted(&[("A", "Active")], &[("A", &record)], held).unwrap();
        assert_eq!(found(key("A")).remark, None);
        assert_eq!(found(Held::Unknown).remark, None);
        assert!(
            found(Held::Nothing)
                .remark
                .unwrap()
                .contains("s3setup rotate")
        );
        assert!(found(key("Z")).remark.unwrap().contains("holds Z here"));
        let other = "s3setup: file other.env dotenv";
        let moved = sorted(&[("A", "Active")], &[("A", other)], key("Z")).unwrap();
        assert_eq!(moved.remark, None, "Z is in another file than A went to");
    }
}
