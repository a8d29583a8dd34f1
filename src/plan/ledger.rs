//! The ledger of a resource: what is known of each of its aspects. Nothing is left out in silence: what
//! a manifest does not say is not managed, and what may not be read is not in sync.

use super::{Plan, Step, Unreadable};
use crate::diff::{self, Change, front};
use crate::resource::Resource;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;
use std::ops::AddAssign;

/// How an aspect stands to the manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It is as the manifest says.
    InSync,
    /// It is not.
    Drifted,
    /// It could not be read, so nothing is known.
    Unreadable,
    /// The manifest says nothing of it.
    NotManaged,
}

impl Standing {
    /// In words.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::InSync => "in sync",
            Self::Drifted => "drifted",
            Self::Unreadable => "unreadable",
            Self::NotManaged => "not managed",
        }
    }
}

/// One aspect of a resource: a field of its kind, or a part of one that is not the manifest's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Aspect {
    /// The path of the field; empty is the resource as a whole.
    pub aspect: String,
    /// How it stands.
    pub state: Standing,
    /// Where it has drifted: from what there is to what is wanted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
    /// The permission that is missing where it is unreadable, such as `iam:GetRole`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub permission: String,
    /// The ARN on which it is missing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub on: String,
    /// What the provider answered.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub error: String,
}

impl Aspect {
    fn of(aspect: &str, state: Standing) -> Self {
        Self {
            aspect: aspect.to_owned(),
            state,
            changes: Vec::new(),
            permission: String::new(),
            on: String::new(),
            error: String::new(),
        }
    }

    fn unreadable(aspect: &str, gap: &Unreadable) -> Self {
        Self {
            permission: gap.permission.clone(),
            on: gap.on.clone(),
            error: gap.error.clone(),
            ..Self::of(aspect, Standing::Unreadable)
        }
    }
}

/// How many aspects stand how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// As the manifest says.
    pub in_sync: usize,
    /// Not as the manifest says.
    pub drifted: usize,
    /// Not known.
    pub unreadable: usize,
    /// Of no manifest.
    pub not_managed: usize,
}

impl Coverage {
    /// Of these aspects.
    #[must_use]
    pub fn of(aspects: &[Aspect]) -> Self {
        let count = |state| aspects.iter().filter(|one| one.state == state).count();
        Self {
            in_sync: count(Standing::InSync),
            drifted: count(Standing::Drifted),
            unreadable: count(Standing::Unreadable),
            not_managed: count(Standing::NotManaged),
        }
    }
}

impl AddAssign for Coverage {
    fn add_assign(&mut self, more: Self) {
        self.in_sync += more.in_sync;
        self.drifted += more.drifted;
        self.unreadable += more.unreadable;
        self.not_managed += more.not_managed;
    }
}

/// How many aspects of all resources of a plan stand how.
#[must_use]
pub fn coverage(plan: &Plan) -> Coverage {
    let mut all = Coverage::default();
    for step in &plan.steps {
        all += Coverage::of(&ledger(step));
    }
    all
}

/// Each aspect of the resource of `step`: every field that its kind declares, in that order, then the
/// parts of what is there that are not the manifest's, such as somebody else's tags.
#[must_use]
pub fn ledger(step: &Step) -> Vec<Aspect> {
    let Some(want) = &step.want else {
        return vec![unwanted(step)];
    };
    let written = want.fields();
    let declared = want.declared();
    let mut all: Vec<Aspect> = Vec::new();
    for field in &declared {
        let is_set = written
            .get(field.name)
            .is_some_and(|value| !value.is_null());
        all.push(match is_set || !field.optional {
            true => managed(step, field.name),
            false => Aspect::of(field.name, Standing::NotManaged),
        });
    }
    let known: BTreeSet<&str> = declared.iter().map(|field| field.name).collect();
    let mine: BTreeSet<String> = all.iter().map(|one| one.aspect.clone()).collect();
    let foreign = foreign(step, want).into_iter();
    let foreign = foreign.filter(|path| known.contains(front(path)) && !mine.contains(path));
    all.extend(foreign.map(|path| Aspect::of(&path, Standing::NotManaged)));
    all
}

/// What must not be there is one aspect.
fn unwanted(step: &Step) -> Aspect {
    match (&step.have, step.unreadable.first()) {
        (Some(_), _) => Aspect {
            changes: step.changes.clone(),
            ..Aspect::of("", Standing::Drifted)
        },
        (None, Some(gap)) => Aspect::unreadable("", gap),
        (None, None) => Aspect::of("", Standing::InSync),
    }
}

fn managed(step: &Step, name: &str) -> Aspect {
    let changes = step.changes.iter();
    let changes: Vec<Change> = changes
        .filter(|change| front(&change.path) == name)
        .cloned()
        .collect();
    let about = |gap: &&Unreadable| gap.aspect.is_empty() || front(&gap.aspect) == name;
    let is_stale = step.again
        && step
            .want
            .as_ref()
            .is_some_and(|want| want.is_of_principals(name));
    match step.unreadable.iter().find(about) {
        Some(gap) => Aspect::unreadable(name, gap),
        None if changes.is_empty() && !is_stale => Aspect::of(name, Standing::InSync),
        None => Aspect {
            changes,
            ..Aspect::of(name, Standing::Drifted)
        },
    }
}

/// The paths of what is there and is not the manifest's.
fn foreign(step: &Step, want: &Resource) -> Vec<String> {
    let Some(have) = step.have.as_ref().filter(|_| !step.exact) else {
        return Vec::new();
    };
    let ours = have.clone().limited_to(want).fields();
    let mut paths = Vec::new();
    for change in diff::changes(Some(&ours), Some(&have.fields())) {
        match (&change.before, &change.after) {
            (None, Some(_)) => paths.push(change.path),
            (Some(Value::Array(ours)), Some(Value::Array(all))) => {
                let others = all.iter().filter(|one| !ours.contains(one));
                paths.extend(others.map(|one| diff::join(&change.path, &plain(one))));
            }
            _ => {}
        }
    }
    paths
}

fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Action;
    use crate::resource::{AccessKey, Bucket, OidcProvider, Role, Tags};

    fn told(step: &Step) -> Vec<(String, Standing)> {
        let all = ledger(step).into_iter();
        all.map(|one| (one.aspect, one.state)).collect()
    }

    fn differing(have: Resource, want: Resource) -> Step {
        let limited = have.clone().limited_to(&want).fields();
        let changes = diff::changes(Some(&limited), Some(&want.fields()));
        Step {
            changes,
            ..Step::plain(Action::Update, Some(have), Some(want))
        }
    }

    fn tags(pairs: &[(&str, &str)]) -> Tags {
        let pairs = pairs
            .iter()
            .map(|(key, value)| ((*key).into(), (*value).into()));
        pairs.collect()
    }

    fn gap(aspect: &str) -> Unreadable {
        Unreadable {
            aspect: aspect.into(),
            permission: "s3:GetEncryptionConfiguration".into(),
            on: "arn:aws:s3:::b".into(),
            error: "AccessDenied".into(),
        }
    }

    #[test]
    fn each_field_of_a_kind_is_told_and_what_is_left_out_is_not_managed() {
        let have = Resource::Bucket(Bucket {
            versioning: Some(false),
            encryption: Some(crate::resource::Encryption::sse_s3()),
            tags: tags(&[("ours", "1"), ("cost.centre", "7")]),
            ..Bucket::named("b", "r")
        });
        let want = Resource::Bucket(Bucket {
            versioning: Some(true),
            encryption: Some(crate::resource::Encryption::sse_s3()),
            tags: tags(&[("ours", "1")]),
            ..Bucket::named("b", "r")
        });
        let mut step = differing(have, want);
        step.unreadable = vec![gap("encryption")];
        let expected = [
            ("region", Standing::InSync),
            ("versioning", Standing::Drifted),
            ("encryption", Standing::Unreadable),
            ("public_access_block", Standing::NotManaged),
            ("object_ownership", Standing::NotManaged),
            ("lifecycle", Standing::NotManaged),
            ("tags", Standing::InSync),
            ("tags[\"cost.centre\"]", Standing::NotManaged),
        ];
        let expected = expected.map(|(path, state)| (path.to_owned(), state));
        assert_eq!(told(&step), expected);
        let all = ledger(&step);
        assert_eq!(all[1].changes, step.changes, "before and after");
        assert_eq!(all[2].permission, "s3:GetEncryptionConfiguration");
        let coverage = Coverage {
            in_sync: 2,
            drifted: 1,
            unreadable: 1,
            not_managed: 4,
        };
        assert_eq!(Coverage::of(&all), coverage);
    }

    #[test]
    fn what_could_not_be_read_at_all_is_in_sync_in_nothing() {
        let want = Resource::Role(Role::named("r"));
        let mut step = Step::plain(Action::Keep, None, Some(want));
        step.unreadable = vec![gap("")];
        let coverage = Coverage::of(&ledger(&step));
        assert_eq!((coverage.in_sync, coverage.drifted), (0, 0));
        assert_eq!((coverage.unreadable, coverage.not_managed), (5, 3));
        step.want = None;
        assert_eq!(told(&step), [(String::new(), Standing::Unreadable)]);
    }

    #[test]
    fn what_the_provider_gives_is_no_aspect_and_a_foreign_element_is_one() {
        let key = AccessKey {
            id: Some("AKIA1".into()),
            ..AccessKey::wanted("u", "/", "file a dotenv".parse().unwrap())
        };
        let key = Resource::AccessKey(key);
        let step = Step::plain(Action::Keep, Some(key.clone()), Some(key));
        let paths: Vec<String> = told(&step).into_iter().map(|(path, _)| path).collect();
        assert!(!paths.contains(&"id".to_owned()) && paths.contains(&"interrupted".to_owned()));
        assert_eq!(Coverage::of(&ledger(&step)).in_sync, paths.len());
        let provider = |audiences: &[&str]| {
            Resource::OidcProvider(OidcProvider {
                name: "issuer".into(),
                audiences: audiences.iter().map(|one| (*one).to_owned()).collect(),
                tags: Tags::new(),
            })
        };
        let step = differing(provider(&["a", "theirs"]), provider(&["a"]));
        let theirs = ("audiences.theirs".to_owned(), Standing::NotManaged);
        assert_eq!(told(&step).last(), Some(&theirs));
    }

    #[test]
    fn a_document_bound_to_somebody_deleted_has_drifted_though_its_text_has_not() {
        let role = Resource::Role(Role::named("r"));
        let mut step = Step::plain(Action::Update, Some(role.clone()), Some(role));
        step.again = true;
        let drifted: Vec<_> = told(&step)
            .into_iter()
            .filter(|(_, state)| *state == Standing::Drifted)
            .collect();
        assert_eq!(drifted, [("trust_policy".to_owned(), Standing::Drifted)]);
    }

    #[test]
    fn what_must_not_be_there_and_is_has_drifted_as_a_whole() {
        let role = Resource::Role(Role::named("r"));
        let step = Step::plain(Action::Delete, Some(role), None);
        assert_eq!(told(&step), [(String::new(), Standing::Drifted)]);
    }
}
