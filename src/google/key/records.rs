//! What each key of a service account is: put together from what is listed, what the description of the
//! account says, and what the sink holds.

use crate::resource::google::ServiceAccountKey;
use crate::resource::google::marks::{KeyRecord, ReplacedKey};
use crate::resource::{Place, Replaced, Sink};
use crate::sink::Held;
use std::time::Duration;

/// One key as Google lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Listed {
    pub(super) id: String,
    /// As [`ServiceAccountKey::status`] has it.
    pub(super) status: &'static str,
}

/// The record of a key that is in this sink, and of the one that it was put in the place of.
pub(super) fn handed_over(id: &str, sink: &Sink, replaced: Option<ReplacedKey>) -> KeyRecord {
    KeyRecord {
        id: Some(id.to_owned()),
        sink: Some(KeyRecord::sink_digest(sink)),
        replaced,
        intent: None,
    }
}

/// The record of a key that another one is put in the place of now.
pub(super) fn replaced_now(id: &str) -> ReplacedKey {
    ReplacedKey {
        id: id.to_owned(),
        at: now(),
    }
}

/// Seconds since 1970.
fn now() -> u64 {
    let now = time::OffsetDateTime::now_utc().unix_timestamp();
    u64::try_from(now).unwrap_or_default()
}

/// What there is of the keys; nothing if there is none, and none is being made. A key that was replaced
/// is due `until_deleted` after that: when it was used last Google tells nobody who may only read keys.
pub(super) fn sort_out(
    want: &ServiceAccountKey,
    listed: &[Listed],
    record: &KeyRecord,
    held: &Held,
    until_deleted: Duration,
) -> Option<ServiceAccountKey> {
    if listed.is_empty() && record.intent.is_none() {
        return None;
    }
    let mut found = ServiceAccountKey {
        interrupted: record.intent.is_some(),
        ..ServiceAccountKey::none(&want.name, &want.project)
    };
    let current = current(listed, record, held);
    for key in listed {
        let id = key.id.clone();
        if current == Some(&id) {
            found.status = Some(key.status.to_owned());
            found.sink = sink(want, &id, record, held);
            let elsewhere = record.is_in_use(&id) && record.sink.is_some();
            found.elsewhere = elsewhere && found.sink.is_none() && want.sink.is_some();
            found.id = Some(id);
        } else if record.is_in_use(&id) || record.is_replaced(&id) {
            let state = match (key.status, &record.replaced) {
                ("Active", _) => Replaced::Active,
                (_, Some(old)) if now().saturating_sub(old.at) >= until_deleted.as_secs() => {
                    Replaced::Due
                }
                _ => Replaced::Waiting,
            };
            found.replaced.insert(id, state);
        } else if record.is_new(&id) {
            found.unfinished.insert(id);
        } else {
            found.others.insert(id);
        }
    }
    if let Some(old) = &record.replaced
        && listed.iter().all(|key| key.id != old.id)
    {
        found.replaced.insert(old.id.clone(), Replaced::Gone);
    }
    found.remark = remark(want, &found, held);
    Some(found)
}

/// The key in use: the one on record, or one that an interrupted run has handed over.
fn current<'a>(listed: &'a [Listed], record: &KeyRecord, held: &Held) -> Option<&'a String> {
    let ids = || listed.iter().map(|key| &key.id);
    let on_record = ids().find(|id| record.is_in_use(id));
    let handed_over = match held {
        Held::Written => ids().find(|id| record.is_new(id)),
        Held::Key(held) => ids().find(|id| *id == held).filter(|id| {
            let is_nobodys = on_record.is_none() && !record.is_replaced(id);
            record.is_new(id) || is_nobodys
        }),
        Held::Nothing | Held::Unknown | Held::Torn => None,
    };
    handed_over.or(on_record)
}

/// Where it is, as far as that is on record: of the sink there is only a digest.
fn sink(want: &ServiceAccountKey, id: &str, record: &KeyRecord, held: &Held) -> Option<Sink> {
    let wanted = want.sink.as_ref()?;
    let of_this = record.is_in_use(id);
    let to_this = record.sink == Some(KeyRecord::sink_digest(wanted));
    let is_held = matches!(held, Held::Key(held) if held == id);
    (of_this && (to_this || is_held)).then(|| wanted.clone())
}

/// What others there are, or where the key went, if it is not to be found there from here.
fn remark(want: &ServiceAccountKey, found: &ServiceAccountKey, held: &Held) -> Option<String> {
    if !found.others.is_empty() {
        return Some(
            "nothing is known of the others: they are deleted, and whoever uses one is locked out. \
             Google tells of the use of keys in Cloud Monitoring and Policy Analyzer alone"
                .to_owned(),
        );
    }
    let id = found.id.as_ref()?;
    if found.elsewhere {
        return Some(handed_elsewhere(want, id));
    }
    let sink = found.sink.as_ref()?;
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

/// That the key on record went to another sink than the one that is wanted.
pub(super) fn handed_elsewhere(want: &ServiceAccountKey, id: &str) -> String {
    let sink = want.sink.as_ref().map(Sink::to_string).unwrap_or_default();
    format!(
        "{id} was handed over to another sink than {sink}, and nobody can read it again; `s3setup \
         rotate` makes another one"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const DAY: Duration = Duration::from_secs(24 * 60 * 60);
    const OLD: &str = "aaaaaa0000000000000000000000000000000000";
    const NEW: &str = "bbbbbb0000000000000000000000000000000000";

    fn want() -> ServiceAccountKey {
        let sink = "file key.json service_account".parse().unwrap();
        ServiceAccountKey::wanted("events", "acme-1", sink)
    }

    /// Keys that are listed; one with `-` before its id is disabled.
    fn listed(ids: &[&str]) -> Vec<Listed> {
        let listed = |id: &&str| Listed {
            id: id.trim_start_matches('-').to_owned(),
            status: if id.starts_with('-') {
                "Disabled"
            } else {
                "Active"
            },
        };
        ids.iter().map(listed).collect()
    }

    /// What is told of the keys, in a line.
    fn told(ids: &[&str], record: &KeyRecord, held: &Held) -> String {
        let Some(found) = sort_out(&want(), &listed(ids), record, held, DAY) else {
            return "nothing".to_owned();
        };
        let first = |id: &String| id.chars().next().unwrap_or('-').to_string();
        let all = |set: &BTreeSet<String>| set.iter().map(first).collect::<String>();
        let replaced = found.replaced.iter();
        let replaced: Vec<String> = replaced
            .map(|(id, state)| format!(" {} {state:?}", first(id)))
            .collect();
        let place = match found.sink {
            Some(_) => "there",
            None if found.elsewhere => "elsewhere",
            None => "-",
        };
        format!(
            "key {} {place} unfinished {} others {}{}{}",
            found.id.as_ref().map_or("-".to_owned(), first),
            all(&found.unfinished),
            all(&found.others),
            replaced.concat(),
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
        let before = |kept: KeyRecord, ids: &[&str]| {
            let ids = ids.iter().map(|id| (*id).to_owned()).collect();
            kept.with_intent(&ids, Some("0f0f"), Some("123456"))
        };
        let other: Sink = "file other.json service_account".parse().unwrap();
        let is_in = |id: &str, sink: &Sink| handed_over(id, sink, None);
        let replaced = |seconds: u64| {
            let old = ReplacedKey {
                id: OLD.to_owned(),
                at: now() - seconds,
            };
            handed_over(NEW, &sink, Some(old))
        };
        let off = format!("-{OLD}");
        let off = off.as_str();
        let table = [
            (&[][..], none(), Held::Nothing, "nothing", "never a key"),
            (
                &[],
                before(none(), &[]),
                Held::Nothing,
                "key - - unfinished  others  interrupted",
                "ended before the key",
            ),
            (
                &[NEW],
                before(none(), &[]),
                Held::Nothing,
                "key - - unfinished b others  interrupted",
                "ended before the hand-over",
            ),
            (
                &[NEW],
                before(none(), &[]),
                held(NEW),
                "key b - unfinished  others  interrupted",
                "ended before the record",
            ),
            (
                &[NEW],
                before(none(), &[]),
                Held::Written,
                "key b - unfinished  others  interrupted",
                "the same, where it is only told that something was written",
            ),
            (
                &[NEW],
                before(none(), &[]),
                Held::Unknown,
                "key - - unfinished b others  interrupted",
                "nothing was written there",
            ),
            (
                &[NEW],
                is_in(NEW, &sink),
                held(NEW),
                "key b there unfinished  others ",
                "all is well",
            ),
            (
                &[NEW],
                is_in(NEW, &sink),
                Held::Nothing,
                "key b there unfinished  others ",
                "the file is elsewhere",
            ),
            (
                &[NEW],
                is_in(NEW, &other),
                Held::Nothing,
                "key b elsewhere unfinished  others ",
                "another sink",
            ),
            (
                &[NEW],
                is_in(NEW, &other),
                held(NEW),
                "key b there unfinished  others ",
                "the file was moved",
            ),
            (
                &[OLD, NEW],
                is_in(NEW, &sink),
                held(NEW),
                "key b there unfinished  others a",
                "somebody made one",
            ),
            (
                &[OLD, NEW],
                before(none(), &[OLD]),
                Held::Nothing,
                "key - - unfinished b others a interrupted",
                "beside somebody's",
            ),
            (
                &[OLD],
                none(),
                Held::Nothing,
                "key - - unfinished  others a",
                "somebody's alone",
            ),
            (
                &[OLD],
                none(),
                held(OLD),
                "key a - unfinished  others ",
                "a file that holds it",
            ),
            (
                &[],
                is_in(NEW, &sink),
                held(NEW),
                "nothing",
                "it was deleted",
            ),
            (
                &[OLD],
                before(is_in(OLD, &sink), &[OLD]),
                held(OLD),
                "key a there unfinished  others  interrupted",
                "a rotation that ended before its key",
            ),
            (
                &[OLD, NEW],
                before(is_in(OLD, &sink), &[OLD]),
                held(OLD),
                "key a there unfinished b others  interrupted",
                "a rotation that ended before the hand-over",
            ),
            (
                &[OLD, NEW],
                before(is_in(OLD, &sink), &[OLD]),
                Held::Unknown,
                "key a there unfinished b others  interrupted",
                "the same, to where nothing can be read",
            ),
            (
                &[OLD, NEW],
                before(is_in(OLD, &sink), &[OLD]),
                held(NEW),
                "key b - unfinished  others  a Active interrupted",
                "a rotation that ended before its record",
            ),
            (
                &[OLD, NEW],
                before(is_in(OLD, &sink), &[OLD]),
                Held::Written,
                "key b - unfinished  others  a Active interrupted",
                "the same, to where nothing can be read",
            ),
            (
                &[OLD, NEW],
                before(is_in(OLD, &other), &[OLD]),
                Held::Nothing,
                "key a elsewhere unfinished b others  interrupted",
                "one to another sink, before the hand-over",
            ),
            (
                &[OLD, NEW],
                replaced(0),
                held(NEW),
                "key b there unfinished  others  a Active",
                "a rotation that ended before the old key was disabled",
            ),
            (
                &[off, NEW],
                replaced(60),
                held(NEW),
                "key b there unfinished  others  a Waiting",
                "a rotation that waits",
            ),
            (
                &[off, NEW],
                replaced(60),
                held(OLD),
                "key b there unfinished  others  a Waiting",
                "the file here is older than the rotation",
            ),
            (
                &[off, NEW],
                replaced(24 * 60 * 60),
                held(NEW),
                "key b there unfinished  others  a Due",
                "its time has come",
            ),
            (
                &[NEW],
                replaced(60),
                held(NEW),
                "key b there unfinished  others  a Gone",
                "ended before the record of what it had deleted",
            ),
            (
                &[off],
                replaced(60),
                held(NEW),
                "key - - unfinished  others  a Waiting",
                "somebody deleted the one in use",
            ),
            (
                &[off, NEW],
                before(
                    KeyRecord {
                        id: None,
                        sink: None,
                        ..replaced(60)
                    },
                    &[OLD],
                ),
                Held::Nothing,
                "key - - unfinished b others  a Waiting interrupted",
                "and the run that made another one ended before the hand-over",
            ),
        ];
        for (ids, record, held, expected, reason) in table {
            assert_eq!(told(ids, &record, &held), expected, "{reason}");
        }
    }

    #[test]
    fn a_key_that_is_not_here_is_remarked() {
        let sink = want().sink.unwrap();
        let record = handed_over(NEW, &sink, None);
        let found = |held| sort_out(&want(), &listed(&[NEW]), &record, &held, DAY).unwrap();
        assert_eq!(found(Held::Key(NEW.to_owned())).remark, None);
        assert_eq!(found(Held::Unknown).remark, None);
        let said = found(Held::Nothing).remark.unwrap();
        assert!(
            said.contains("`s3setup rotate`") && said.contains("--lost"),
            "{said}"
        );
    }
}
