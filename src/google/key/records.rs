//! What each key of a service account is: put together from what is listed, what the description of the
//! account says, and what the sink holds.

use crate::resource::google::ServiceAccountKey;
use crate::resource::google::marks::KeyRecord;
use crate::resource::{Place, Sink};
use crate::sink::Held;
use std::collections::BTreeSet;

/// One key as Google lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Listed {
    pub(super) id: String,
    /// As [`ServiceAccountKey::status`] has it.
    pub(super) status: &'static str,
}

/// How the id of a key begins, as records of those before have it.
pub(super) fn beginning(id: &str) -> String {
    id.chars().take(KeyRecord::BEGINNING).collect()
}

/// The record while a key is being made where these are there.
pub(super) fn intent(there: &BTreeSet<String>) -> KeyRecord {
    KeyRecord {
        had: Some(there.iter().map(|id| beginning(id)).collect()),
        ..KeyRecord::default()
    }
}

/// The record of a key that is in this sink.
pub(super) fn handed_over(id: &str, sink: &Sink) -> KeyRecord {
    KeyRecord {
        id: Some(id.to_owned()),
        sink: Some(KeyRecord::sink_digest(sink)),
        had: None,
    }
}

/// What there is of the keys; nothing if there is none, and none is being made.
pub(super) fn sort_out(
    want: &ServiceAccountKey,
    listed: &[Listed],
    record: &KeyRecord,
    held: &Held,
) -> Option<ServiceAccountKey> {
    if listed.is_empty() && record.had.is_none() {
        return None;
    }
    let mut found = ServiceAccountKey {
        interrupted: record.had.is_some(),
        ..ServiceAccountKey::none(&want.name, &want.project)
    };
    let current = current(listed, record, held);
    for key in listed {
        let made_just_now = |had: &BTreeSet<String>| !had.contains(&beginning(&key.id));
        if current == Some(&key.id) {
            found.id = Some(key.id.clone());
            found.status = Some(key.status.to_owned());
            found.sink = sink(want, &key.id, record, held);
        } else if record.had.as_ref().is_some_and(made_just_now) {
            found.unfinished.insert(key.id.clone());
        } else {
            found.others.insert(key.id.clone());
        }
    }
    found.remark = remark(want, &found, record, held);
    Some(found)
}

/// The key in use: the one on record, or one that an interrupted run has handed over.
fn current<'a>(listed: &'a [Listed], record: &KeyRecord, held: &Held) -> Option<&'a String> {
    let ids = || listed.iter().map(|key| &key.id);
    let on_record = ids().find(|id| record.id.as_ref() == Some(*id));
    let in_sink = ids().find(|id| matches!(held, Held::Key(held) if held == *id));
    let made_just_now = |id: &&String| {
        let had = record.had.as_ref();
        had.is_some_and(|had| !had.contains(&beginning(id)))
    };
    match (on_record, in_sink) {
        (_, Some(held)) if made_just_now(&held) => Some(held),
        (Some(id), _) => Some(id),
        (None, held) => held,
    }
}

/// Where it is, as far as that is on record: of the sink there is only a digest.
fn sink(want: &ServiceAccountKey, id: &str, record: &KeyRecord, held: &Held) -> Option<Sink> {
    let wanted = want.sink.as_ref()?;
    let of_this = record.id.as_deref() == Some(id);
    let to_this = record.sink == Some(KeyRecord::sink_digest(wanted));
    let is_held = matches!(held, Held::Key(held) if held == id);
    let moved = of_this && !to_this && is_held;
    ((of_this && to_this) || moved).then(|| wanted.clone())
}

/// What others there are, or where the key went, if it is not to be found there from here.
fn remark(
    want: &ServiceAccountKey,
    found: &ServiceAccountKey,
    record: &KeyRecord,
    held: &Held,
) -> Option<String> {
    if !found.others.is_empty() {
        return Some(
            "nothing is known of the others: they are deleted, and whoever uses one is locked out. \
             Google tells of the use of keys in Cloud Monitoring and Policy Analyzer alone"
                .to_owned(),
        );
    }
    let id = found.id.as_ref()?;
    let Some(sink) = &found.sink else {
        let elsewhere = record.id.as_ref() == Some(id) && record.sink.is_some();
        return elsewhere.then(|| handed_elsewhere(want, id));
    };
    let says = match held {
        Held::Nothing => "which does not hold it here".to_owned(),
        Held::Key(other) if other != id => format!("which holds {other} here"),
        _ => return None,
    };
    let lost = match sink.place {
        Place::File { .. } => {
            "; if it is lost, delete that key, and the next apply makes another one"
        }
        _ => "",
    };
    Some(format!("{id} was handed over to {sink}, {says}{lost}"))
}

/// That the key on record went to another sink than the one that is wanted.
pub(super) fn handed_elsewhere(want: &ServiceAccountKey, id: &str) -> String {
    let sink = want.sink.as_ref().map(Sink::to_string).unwrap_or_default();
    format!(
        "{id} was handed over to another sink than {sink}, and nobody can read it again: delete the \
         key there and at Google, and the next apply makes another one"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "aaaaaa0000000000000000000000000000000000";
    const NEW: &str = "bbbbbb0000000000000000000000000000000000";

    fn want() -> ServiceAccountKey {
        let sink = "file key.json service_account".parse().unwrap();
        ServiceAccountKey::wanted("events", "acme-1", sink)
    }

    fn listed(ids: &[&str]) -> Vec<Listed> {
        let listed = |id: &&str| Listed {
            id: (*id).to_owned(),
            status: "Active",
        };
        ids.iter().map(listed).collect()
    }

    /// What is told of the keys, in a line.
    fn told(ids: &[&str], record: &KeyRecord, held: Held) -> String {
        let Some(found) = sort_out(&want(), &listed(ids), record, &held) else {
            return "nothing".to_owned();
        };
        let first = |id: &String| id.chars().next().unwrap_or('-').to_string();
        let all = |set: &BTreeSet<String>| set.iter().map(first).collect::<String>();
        format!(
            "key {} sink {} unfinished {} others {}{}",
            found.id.as_ref().map_or("-".to_owned(), first),
            found.sink.is_some(),
            all(&found.unfinished),
            all(&found.others),
            if found.interrupted {
                " interrupted"
            } else {
                ""
            },
        )
    }

    #[test]
    fn each_way_in_which_a_run_can_end_is_known_for_what_it_is() {
        let sink = want().sink.unwrap();
        let held = |id: &str| Held::Key(id.to_owned());
        let none = KeyRecord::default;
        let before = |ids: &[&str]| intent(&ids.iter().map(|id| (*id).to_owned()).collect());
        let other: Sink = "file other.json service_account".parse().unwrap();
        let table = [
            (&[][..], none(), Held::Nothing, "nothing", "never a key"),
            (
                &[],
                before(&[]),
                Held::Nothing,
                "key - sink false unfinished  others  interrupted",
                "ended before the key",
            ),
            (
                &[NEW],
                before(&[]),
                Held::Nothing,
                "key - sink false unfinished b others  interrupted",
                "ended before the hand-over",
            ),
            (
                &[NEW],
                before(&[]),
                held(NEW),
                "key b sink false unfinished  others  interrupted",
                "ended before the record",
            ),
            (
                &[NEW],
                handed_over(NEW, &sink),
                held(NEW),
                "key b sink true unfinished  others ",
                "all is well",
            ),
            (
                &[NEW],
                handed_over(NEW, &sink),
                Held::Nothing,
                "key b sink true unfinished  others ",
                "the file is elsewhere",
            ),
            (
                &[NEW],
                handed_over(NEW, &other),
                Held::Nothing,
                "key b sink false unfinished  others ",
                "another sink",
            ),
            (
                &[NEW],
                handed_over(NEW, &other),
                held(NEW),
                "key b sink true unfinished  others ",
                "the file was moved",
            ),
            (
                &[OLD, NEW],
                handed_over(NEW, &sink),
                held(NEW),
                "key b sink true unfinished  others a",
                "somebody made one",
            ),
            (
                &[OLD, NEW],
                before(&[OLD]),
                Held::Nothing,
                "key - sink false unfinished b others a interrupted",
                "beside somebody's",
            ),
            (
                &[OLD],
                none(),
                Held::Nothing,
                "key - sink false unfinished  others a",
                "somebody's alone",
            ),
            (
                &[OLD],
                none(),
                held(OLD),
                "key a sink false unfinished  others ",
                "a file that holds it",
            ),
            (
                &[],
                handed_over(NEW, &sink),
                held(NEW),
                "nothing",
                "it was deleted",
            ),
        ];
        for (ids, record, held, expected, reason) in table {
            assert_eq!(told(ids, &record, held), expected, "{reason}");
        }
    }
}
