//! What becomes of each resource of a run, by what the run did and what there is now.

use super::*;
use crate::cloud::Observation;
use crate::plan::Removal;
use crate::policy::Document;
use crate::resource::{BucketPolicy, Role, mark};

fn role(description: &str) -> Resource {
    Resource::Role(Role {
        description: Some(description.into()),
        tags: mark("m"),
        ..Role::named("r")
    })
}

fn undo(overwrite: &[&str], keep: &[&str]) -> Undo {
    let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    Undo {
        journal: "j".into(),
        run: "j".into(),
        digest: String::new(),
        manifests: Vec::new(),
        overwrite: set(overwrite),
        keep: set(keep),
        removal: Removal::default(),
    }
}

struct Case {
    action: Action,
    before: Option<Resource>,
    after: Option<Resource>,
    fate: Fate,
    live: Option<Resource>,
    id: Option<&'static str>,
}

impl Case {
    /// What it is led to, and whether that is blocked and noted.
    fn verdict(self, undo: &Undo) -> (Option<Resource>, Option<String>, Option<String>) {
        let any = self.before.as_ref().or(self.after.as_ref()).unwrap();
        let past = Past {
            address: any.address(),
            manifest: "m".into(),
            action: self.action,
            before: self.before,
            after: self.after,
            fate: self.fate,
        };
        let found = Observation {
            resource: self.live,
            unreadable: Vec::new(),
            id: self.id.map(str::to_owned),
        };
        let verdict = judge(&past, &found, undo).unwrap();
        (verdict.target, verdict.blocked, verdict.note)
    }
}

fn done() -> Fate {
    Fate::Done(None)
}

fn made(fate: Fate, live: Option<Resource>, id: Option<&'static str>) -> Case {
    Case {
        action: Action::Create,
        before: None,
        after: Some(role("made")),
        fate,
        live,
        id,
    }
}

fn changed(fate: Fate, live: Option<Resource>) -> Case {
    Case {
        action: Action::Update,
        before: Some(role("before")),
        after: Some(role("after")),
        fate,
        live,
        id: None,
    }
}

fn deleted(fate: Fate, live: Option<Resource>) -> Case {
    Case {
        action: Action::Delete,
        before: Some(role("before")),
        after: None,
        fate,
        live,
        id: None,
    }
}

#[test]
fn what_was_made_goes_if_it_is_the_very_thing() {
    let plain = undo(&[], &[]);
    let given = || Fate::Done(Some("AROA1".into()));
    let same = made(given(), Some(role("made")), Some("AROA1")).verdict(&plain);
    assert_eq!(same, (None, None, None));
    let (target, blocked, note) =
        made(given(), Some(role("made")), Some("AROA2")).verdict(&undo(&["role.r"], &[]));
    assert_eq!(
        (target, blocked),
        (Some(role("made")), None),
        "whatever is agreed to"
    );
    assert!(note.unwrap().contains("its id was AROA1, and is AROA2"));
    let other = || made(done(), Some(role("since")), None);
    let (target, blocked, _) = other().verdict(&plain);
    let why = blocked.unwrap();
    assert!(why.contains("changed since: description"), "{why}");
    assert!(
        why.contains("`--overwrite role.r`") && why.contains("`--keep role.r`"),
        "{why}"
    );
    assert_eq!(target, None);
    assert_eq!(other().verdict(&undo(&["role.r"], &[])), (None, None, None));
    let half = made(Fate::Unknown, Some(role("")), Some("AROA1")).verdict(&plain);
    assert_eq!(half, (None, None, None), "it may be half made");
    assert_eq!(made(done(), None, None).verdict(&plain), (None, None, None));
}

#[test]
fn what_was_changed_is_as_before_and_somebody_elses_change_is_asked_about() {
    let plain = undo(&[], &[]);
    for fate in [done(), Fate::Unknown] {
        for live in ["before", "after"] {
            let verdict = changed(fate.clone(), Some(role(live))).verdict(&plain);
            assert_eq!(
                verdict,
                (Some(role("before")), None, None),
                "{fate:?} {live}"
            );
        }
        let (target, blocked, _) = changed(fate.clone(), Some(role("since"))).verdict(&plain);
        assert!(blocked.unwrap().starts_with("changed since: description;"));
        assert_eq!(target, Some(role("since")));
        let forced = changed(fate, Some(role("since"))).verdict(&undo(&["role.r"], &[]));
        assert_eq!(forced, (Some(role("before")), None, None));
    }
    let (target, blocked, _) = changed(done(), None).verdict(&plain);
    assert!(blocked.unwrap().starts_with("it was removed since;"));
    assert_eq!(target, Some(role("before")));
}

#[test]
fn what_was_deleted_is_made_again_unless_somebody_has() {
    let plain = undo(&[], &[]);
    let (target, blocked, note) = deleted(done(), None).verdict(&plain);
    assert_eq!((target, blocked), (Some(role("before")), None));
    assert!(note.unwrap().contains("another one of that name"));
    let (_, blocked, _) = deleted(done(), Some(role("other"))).verdict(&plain);
    assert!(blocked.unwrap().starts_with("it was made again since;"));
    let there = deleted(done(), Some(role("before"))).verdict(&plain);
    assert_eq!(there, (Some(role("before")), None, None));
    let half = deleted(Fate::Unknown, Some(role(""))).verdict(&plain);
    assert_eq!(half, (Some(role("before")), None, None), "half deleted");
}

#[test]
fn what_was_never_begun_or_is_to_be_kept_stays() {
    let plain = undo(&[], &[]);
    let live = || Some(role("any"));
    let untouched = changed(Fate::Untouched, live()).verdict(&plain);
    assert_eq!(untouched, (live(), None, None));
    let keep = undo(&[], &["role.r"]);
    let kept = [
        changed(done(), live()),
        made(done(), live(), None),
        deleted(done(), live()),
    ];
    for case in kept {
        let (target, blocked, note) = case.verdict(&keep);
        assert_eq!((target, blocked), (live(), None));
        assert_eq!(note.as_deref(), Some("stays, as `--keep` says"));
    }
}

#[test]
fn a_policy_that_names_somebody_who_was_deleted_cannot_be_written_back() {
    let policy = |who: &str| {
        let text = format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"s3:GetObject",
                "Principal":{{"AWS":"{who}"}},"Resource":"arn:aws:s3:::b/*"}}}}"#
        );
        Some(Resource::BucketPolicy(BucketPolicy {
            name: "b".into(),
            region: "eu-west-1".into(),
            policy: Document::parse(&text).unwrap(),
        }))
    };
    let case = |live| Case {
        action: Action::Update,
        before: policy("AROAEXAMPLEDEAD"),
        after: policy("arn:aws:iam::123456789012:role/r"),
        fate: done(),
        live,
        id: None,
    };
    let (_, blocked, _) = case(policy("arn:aws:iam::123456789012:role/r")).verdict(&undo(&[], &[]));
    let why = blocked.unwrap();
    assert!(why.contains("names AROAEXAMPLEDEAD") && why.contains("--keep bucket_policy.b"));
    let same = case(policy("AROAEXAMPLEDEAD")).verdict(&undo(&[], &[]));
    assert_eq!(same.1, None, "nothing is to be written");
}
