//! Journals that are written, cut, damaged and read again.

use super::*;
use crate::plan::{Source, Undo};
use crate::resource::{AccessKey, BucketPolicy, Resource, Role, User};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn scope() -> Scope {
    Scope {
        account: "123456789012".into(),
        partition: "aws".into(),
        region: "eu-west-1".into(),
        project: None,
    }
}

fn source() -> Source {
    Source {
        name: "m".into(),
        path: "m.yaml".into(),
        digest: "d".into(),
        inputs: BTreeMap::new(),
        examples: Vec::new(),
        deny_widening: false,
        regions: Vec::new(),
        places: BTreeMap::new(),
    }
}

fn plan(steps: Vec<Step>) -> Plan {
    Plan {
        scope: scope(),
        origin: Origin::Manifests(vec![source()]),
        steps,
    }
}

fn role(name: &str) -> Resource {
    Resource::Role(Role::named(name))
}

/// A journal of three roles that are to be made.
fn begun(folder: &Path) -> Writer {
    let steps = ["a", "b", "c"].map(|name| Step::plain(Action::Create, None, Some(role(name))));
    Writer::new(folder, &Header::of("apply", &plan(steps.into()))).unwrap()
}

fn address(name: &str) -> Address {
    Address::new("role", name)
}

fn fates(path: &Path) -> Vec<Fate> {
    let journal = read(path).unwrap();
    journal.steps.into_iter().map(|past| past.fate).collect()
}

#[test]
fn a_journal_tells_how_far_each_step_came() {
    let folder = tempfile::tempdir().unwrap();
    let journal = begun(folder.path());
    journal.begins(&address("a")).unwrap();
    journal.begins(&address("b")).unwrap();
    journal
        .done(&address("a"), Some("AROAEXAMPLE".into()))
        .unwrap();
    let done = Fate::Done(Some("AROAEXAMPLE".into()));
    let expected = [done, Fate::Unknown, Fate::Untouched];
    assert_eq!(fates(journal.path()), expected, "b was cut short");
    assert_eq!(read(journal.path()).unwrap().ending, None);
    journal.failed(&address("b"), "no").unwrap();
    journal.ended(Ending::Failed).unwrap();
    assert_eq!(
        fates(journal.path()),
        expected,
        "b may have done some of it"
    );
    let read = read(journal.path()).unwrap();
    assert_eq!((read.begun, read.done), (2, 1));
    assert_eq!(read.ending, Some(Ending::Failed));
    assert!(read.has_something());
}

#[test]
fn what_a_plan_leaves_out_of_a_resource_comes_back_from_a_journal() {
    let folder = tempfile::tempdir().unwrap();
    let policy = Resource::BucketPolicy(BucketPolicy {
        name: "b".into(),
        region: "eu-central-1".into(),
        policy: crate::policy::Document::new([]),
    });
    let user = Resource::User(User {
        groups_elsewhere: Arc::new(BTreeSet::from(["g".to_owned()])),
        ..User::named("u")
    });
    let key = Resource::AccessKey(AccessKey::none("u", "/team/"));
    let all = [policy, user, key];
    let steps = all
        .iter()
        .map(|one| Step::plain(Action::Delete, Some(one.clone()), None));
    let header = Header::of("destroy", &plan(steps.collect()));
    let journal = Writer::new(folder.path(), &header).unwrap();
    let found = read(journal.path()).unwrap().steps;
    let found: Vec<Resource> = found.into_iter().filter_map(|past| past.before).collect();
    assert_eq!(found, all);
}

#[test]
fn an_update_is_kept_whole_on_both_sides() {
    let folder = tempfile::tempdir().unwrap();
    let tags = |key: &str| [(key.to_owned(), "1".to_owned())].into();
    let have = Role {
        max_session_duration: Some(7200),
        tags: tags("theirs"),
        ..Role::named("r")
    };
    let want = Role {
        tags: tags("ours"),
        ..Role::named("r")
    };
    let (have, want) = (Resource::Role(have), Resource::Role(want));
    let steps = vec![Step::plain(
        Action::Update,
        Some(have.clone()),
        Some(want.clone()),
    )];
    let journal = Writer::new(folder.path(), &Header::of("apply", &plan(steps))).unwrap();
    let past = read(journal.path()).unwrap().steps.swap_remove(0);
    assert_eq!(past.after, Some(want.with_foreign(&have)));
    assert_eq!(past.before, Some(have));
}

#[test]
fn a_line_that_was_cut_short_was_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let journal = begun(folder.path());
    journal.begins(&address("a")).unwrap();
    let whole = std::fs::read(journal.path()).unwrap();
    journal.done(&address("a"), None).unwrap();
    let more = std::fs::read(journal.path()).unwrap();
    for end in whole.len()..more.len() {
        std::fs::write(journal.path(), &more[..end]).unwrap();
        assert_eq!(fates(journal.path())[0], Fate::Unknown, "cut at {end}");
    }
    let first = whole.iter().position(|byte| *byte == b'\n').unwrap();
    for end in [0, 1, first] {
        std::fs::write(journal.path(), &whole[..end]).unwrap();
        let error = read(journal.path()).unwrap_err().to_string();
        assert!(error.contains("has begun nothing"), "cut at {end}: {error}");
    }
}

#[test]
fn what_is_no_journal_is_refused_with_the_place() {
    let folder = tempfile::tempdir().unwrap();
    let journal = begun(folder.path());
    journal.begins(&address("a")).unwrap();
    journal.done(&address("a"), None).unwrap();
    let good = std::fs::read_to_string(journal.path()).unwrap();
    let bad = |text: &str| {
        std::fs::write(journal.path(), text).unwrap();
        format!("{:#}", read(journal.path()).unwrap_err())
    };
    assert!(bad(&good.replace("\"begun\"", "\"begin\"")).contains("line 2"));
    assert!(
        bad(&good.replace("s3setup-journal-1", "s3setup-journal-9")).contains("another version")
    );
    assert!(bad("{}\n").contains("no journal of this version"));
    std::fs::write(journal.path(), b"\xff\n").unwrap();
    assert!(format!("{:#}", read(journal.path()).unwrap_err()).contains("no text"));
}

#[test]
fn once_a_line_cannot_be_written_no_other_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("full.jsonl");
    std::fs::write(&path, "").unwrap();
    // It can be read and not written: as good as a full disk.
    let file = std::fs::File::open(&path).unwrap();
    let journal = Writer::broken(path, file);
    assert!(journal.begins(&address("a")).is_err());
    let error = format!("{:#}", journal.begins(&address("b")).unwrap_err());
    assert!(error.contains("before"), "{error}");
}

#[cfg(unix)]
#[test]
fn a_journal_and_its_folder_are_their_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join(".s3setup/journal");
    let (one, other) = (begun(&inside), begun(&inside));
    assert_ne!(one.path(), other.path(), "two runs of one moment");
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(one.path()), mode(&inside)), (0o600, 0o700));
}

#[test]
fn a_run_is_undone_unless_what_undid_it_is() {
    let journal = |run: &str, undoes: Option<&str>, ending| Journal {
        path: PathBuf::from(run),
        run: run.to_owned(),
        digest: String::new(),
        header: Header::without_steps(
            "apply",
            &scope(),
            match undoes {
                None => Origin::Manifests(Vec::new()),
                Some(other) => Origin::Journal(Undo {
                    journal: other.into(),
                    run: other.into(),
                    digest: String::new(),
                    manifests: Vec::new(),
                    overwrite: BTreeSet::new(),
                    keep: BTreeSet::new(),
                    removal: Default::default(),
                }),
            },
        ),
        steps: Vec::new(),
        begun: 0,
        done: 0,
        ending,
    };
    let finished = Some(Ending::Finished);
    let undone = |all: &[Journal]| -> Vec<String> {
        let undone = Undone::of(all);
        let those = all.iter().filter(|one| undone.has(one));
        those.map(|one| one.run.clone()).collect()
    };
    let mut all = vec![
        journal("1", None, finished),
        journal("2", Some("1"), Some(Ending::Failed)),
    ];
    assert!(undone(&all).is_empty(), "half an undo is none");
    all.push(journal("3", Some("1"), finished));
    assert_eq!(undone(&all), ["1"]);
    all.push(journal("4", Some("3"), finished));
    assert_eq!(undone(&all), ["3"], "and so 1 is there again");
    all.reverse();
    assert_eq!(undone(&all), ["3"], "whatever order they are read in");
}

#[test]
fn journals_are_listed_newest_first_and_what_cannot_be_read_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let none = journals(&folder.path().join("none")).unwrap();
    assert!(none.0.is_empty() && none.1.is_empty());
    let first = begun(folder.path());
    let second = begun(folder.path());
    std::fs::write(folder.path().join("0.jsonl"), "{}\n").unwrap();
    std::fs::write(folder.path().join("notes.txt"), "mine").unwrap();
    let (found, damaged) = journals(folder.path()).unwrap();
    let paths: Vec<&Path> = found.iter().map(|one| one.path.as_path()).collect();
    assert_eq!(paths, [second.path(), first.path()]);
    assert_eq!(damaged.len(), 1, "{damaged:?}");
}
