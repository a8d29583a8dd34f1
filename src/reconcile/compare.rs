//! One wanted resource against its observation → the step that leads from one to the other.

use crate::cloud::Observation;
use crate::diff::{self, Change, front};
use crate::plan::{Action, Ids, Step, Wanted};
use crate::resource::{self, Address, Owner, Resource};
use std::collections::BTreeSet;

/// The step for `wanted`. Its `needs` are left empty: they take all steps to know.
///
/// `take_over` names what may be taken from another tool or manifest.
pub(super) fn compare(wanted: Wanted, found: Observation, take_over: &BTreeSet<String>) -> Step {
    let Wanted {
        resource: want,
        manifest,
        absent,
        exact,
    } = wanted;
    let Observation {
        resource: have,
        unreadable,
        id,
    } = found;
    let address = want.address();
    let owner = have.as_ref().map(|have| owner_of(have, &manifest));
    let unknown = have.is_none() && !unreadable.is_empty();
    let gaps: BTreeSet<&str> = unreadable.iter().map(|gap| gap.aspect.as_str()).collect();
    let changes: Vec<Change> = if unknown {
        Vec::new()
    } else {
        changes(have.as_ref(), (!absent).then_some(&want), exact)
            .into_iter()
            .filter(|change| !gaps.contains(front(&change.path)))
            .collect()
    };
    let action = match (&have, absent) {
        _ if unknown => Action::Keep,
        (None, true) => Action::Keep,
        (None, false) => Action::Create,
        (Some(_), true) => Action::Delete,
        (Some(_), false) if changes.is_empty() => Action::Keep,
        (Some(_), false) => Action::Update,
    };
    // Whether a whole resource may be removed takes more than this to know: see `removal`.
    let removed = action == Action::Delete && want.part_of().is_none();
    let touches = matches!(action, Action::Update | Action::Delete) && !removed;
    let foreign = match &owner {
        Some(owner) if touches => foreign(&address, owner, take_over),
        _ => None,
    };
    let fixed = match action {
        Action::Update => {
            let obstacle = have.as_ref().and_then(|have| want.obstacle(have));
            fixed(&want, &changes).or(obstacle)
        }
        _ => None,
    };
    Step {
        // What is led back to be without our marks is not managed from then on.
        adopt: touches
            && foreign.is_none()
            && (!exact || owner_of(&want, &manifest) == Owner::Us)
            && matches!(
                owner,
                Some(Owner::Nobody | Owner::Tool(_) | Owner::Manifest(_))
            ),
        again: false,
        note: note(action, owner.as_ref()).or_else(|| have.as_ref().and_then(Resource::remark)),
        blocked: match (foreign, fixed) {
            // Taking it over would not do: what would have to change cannot be changed.
            (Some(_), Some(fixed)) => {
                let whose = owner.as_ref().and_then(whose).unwrap_or_default();
                Some(format!("{whose}; {fixed}"))
            }
            (foreign, fixed) => foreign.or(fixed),
        },
        address,
        manifest,
        action,
        changes,
        unreadable,
        needs: Vec::new(),
        owner,
        ids: Ids {
            own: id,
            ..Ids::default()
        },
        have,
        want: (!absent).then_some(want),
        exact,
    }
}

/// A part of another resource that has no marks of its own is whose that resource is.
pub(super) fn inherit(step: &mut Step, whole: &Step, take_over: &BTreeSet<String>) {
    if step.owner.is_none() {
        return;
    }
    let owner = whole.owner.clone().unwrap_or(Owner::Nobody);
    step.owner = Some(owner.clone());
    if !matches!(step.action, Action::Update | Action::Delete) {
        return;
    }
    // Whoever takes over the whole by name takes over its parts.
    let foreign = match take_over.contains(whole.address.as_str()) {
        true => None,
        false => foreign(&step.address, &owner, take_over),
    };
    step.adopt = owner != Owner::Us && foreign.is_none();
    step.blocked = step.blocked.take().or(foreign);
}

fn changes(have: Option<&Resource>, want: Option<&Resource>, exact: bool) -> Vec<Change> {
    let limited = match (have, want) {
        (Some(have), Some(want)) if !exact => Some(have.clone().limited_to(want)),
        (have, _) => have.cloned(),
    };
    let (before, after) = (
        limited.map(|have| have.fields()),
        want.map(Resource::fields),
    );
    diff::changes(before.as_ref(), after.as_ref())
}

fn owner_of(have: &Resource, manifest: &str) -> Owner {
    match have.tags() {
        _ if have.shared() => Owner::Shared,
        Some(tags) => resource::owner(tags, manifest),
        None if have.belongs_to(manifest) => Owner::Us,
        None => match have.marked_for() {
            Some(other) => Owner::Manifest(other.to_owned()),
            None => Owner::Nobody,
        },
    }
}

fn foreign(address: &Address, owner: &Owner, take_over: &BTreeSet<String>) -> Option<String> {
    if take_over.contains(address.as_str()) {
        return None;
    }
    let whose = whose(owner)?;
    Some(format!(
        "{whose}; change it there, or take it over with --take-over {address}"
    ))
}

/// To whom it belongs, if it is somebody else.
fn whose(owner: &Owner) -> Option<String> {
    match owner {
        Owner::Tool(tool) => Some(format!("it belongs to {tool}")),
        Owner::Manifest(other) => Some(format!("it belongs to the manifest {other:?} of s3setup")),
        Owner::Us | Owner::Nobody | Owner::Shared => None,
    }
}

fn fixed(want: &Resource, changes: &[Change]) -> Option<String> {
    let change = changes
        .iter()
        .find(|change| want.is_fixed(front(&change.path)))?;
    let text = |value: &Option<serde_json::Value>| match value {
        Some(serde_json::Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => "none".to_owned(),
    };
    Some(format!(
        "its {field} is {before} and cannot be changed; write {field}: {before} in the manifest, \
         or choose another name",
        field = change.path,
        before = text(&change.before),
    ))
}

fn note(action: Action, owner: Option<&Owner>) -> Option<String> {
    match (action, owner) {
        (Action::Update, Some(Owner::Shared)) => Some(
            "the whole account shares it: what is there stays, what is missing is added".to_owned(),
        ),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Unreadable;
    use crate::resource::{OidcProvider, Role, Tags, mark};

    fn role() -> Role {
        Role {
            description: Some("d".into()),
            tags: mark("neon"),
            ..Role::named("deploy")
        }
    }

    fn step(have: Option<Role>, want: Role) -> Step {
        compare(
            Wanted {
                resource: Resource::Role(want),
                manifest: "neon".into(),
                absent: false,
                exact: false,
            },
            Observation {
                resource: have.map(Resource::Role),
                ..Observation::default()
            },
            &BTreeSet::new(),
        )
    }

    #[test]
    fn the_same_is_kept_and_what_is_not_managed_is_no_difference() {
        let live = Role {
            max_session_duration: Some(3600),
            ..role()
        };
        let step = step(Some(live), role());
        assert_eq!(
            (step.action, step.changes.len(), step.adopt),
            (Action::Keep, 0, false)
        );
    }

    #[test]
    fn what_others_added_to_permissions_is_a_difference() {
        let live = Role {
            attached_policies: BTreeSet::from(["arn:x".into()]),
            ..role()
        };
        let step = step(Some(live), role());
        assert_eq!(step.action, Action::Update);
        assert_eq!(step.changes[0].path, "attached_policies");
    }

    #[test]
    fn something_unmarked_is_an_adoption_and_another_tools_is_blocked() {
        let unmarked = step(
            Some(Role {
                tags: Tags::new(),
                ..role()
            }),
            role(),
        );
        assert!(unmarked.adopt && unmarked.blocked.is_none());
        let tags = Tags::from([("aws:cloudformation:stack-name".into(), "prod".into())]);
        let theirs = Role { tags, ..role() };
        let blocked = step(Some(theirs.clone()), role()).blocked.unwrap();
        assert!(blocked.contains("CloudFormation"), "{blocked}");
        let forced = compare(
            Wanted {
                resource: Resource::Role(role()),
                manifest: "neon".into(),
                absent: false,
                exact: false,
            },
            Observation {
                resource: Some(Resource::Role(theirs)),
                ..Observation::default()
            },
            &BTreeSet::from(["role.deploy".to_owned()]),
        );
        assert!(forced.blocked.is_none() && forced.adopt);
    }

    #[test]
    fn a_fixed_field_blocks() {
        let live = Role {
            path: "/other/".into(),
            ..role()
        };
        assert!(
            step(Some(live), role())
                .blocked
                .unwrap()
                .contains("path is /other/")
        );
    }

    #[test]
    fn what_cannot_be_read_is_neither_a_difference_nor_absent() {
        let gap = |aspect: &str| Unreadable {
            aspect: aspect.into(),
            permission: "iam:ListRolePolicies".into(),
            on: "arn".into(),
            error: "AccessDenied".into(),
        };
        let wanted = || Wanted {
            resource: Resource::Role(role()),
            manifest: "neon".into(),
            absent: false,
            exact: false,
        };
        let live = Role {
            inline_policies: [("x".to_owned(), crate::policy::Document::new([]))].into(),
            ..role()
        };
        let partly = compare(
            wanted(),
            Observation {
                resource: Some(Resource::Role(live)),
                unreadable: vec![gap("inline_policies")],
                ..Observation::default()
            },
            &BTreeSet::new(),
        );
        assert_eq!((partly.action, partly.unreadable.len()), (Action::Keep, 1));
        let wholly = compare(
            wanted(),
            Observation {
                resource: None,
                unreadable: vec![gap("")],
                ..Observation::default()
            },
            &BTreeSet::new(),
        );
        assert_eq!(wholly.action, Action::Keep);
    }

    #[test]
    fn an_absent_one_is_deleted_if_it_is_there() {
        let wanted = || Wanted {
            resource: Resource::Role(role()),
            manifest: "neon".into(),
            absent: true,
            exact: false,
        };
        let gone = compare(wanted(), Observation::default(), &BTreeSet::new());
        assert_eq!(gone.action, Action::Keep);
        let there = Observation {
            resource: Some(Resource::Role(role())),
            ..Observation::default()
        };
        let step = compare(wanted(), there, &BTreeSet::new());
        assert_eq!((step.action, step.want), (Action::Delete, None));
    }

    #[test]
    fn a_shared_provider_needs_no_adoption() {
        let provider = |audiences: &[&str]| {
            Resource::OidcProvider(OidcProvider {
                name: OidcProvider::GITHUB.into(),
                audiences: audiences.iter().map(|text| (*text).to_owned()).collect(),
                tags: Tags::new(),
            })
        };
        let step = compare(
            Wanted {
                resource: provider(&["a"]),
                manifest: "neon".into(),
                absent: false,
                exact: false,
            },
            Observation {
                resource: Some(provider(&["b"])),
                ..Observation::default()
            },
            &BTreeSet::new(),
        );
        assert_eq!((step.action, step.adopt), (Action::Update, false));
        assert!(step.note.is_some());
    }

    #[test]
    fn a_part_is_whose_the_whole_is() {
        let part = |owner: Option<Owner>, take_over: &[&str]| {
            let take_over = take_over.iter().map(|name| (*name).to_owned()).collect();
            let mut part = step(
                Some(role()),
                Role {
                    description: Some("other".into()),
                    ..role()
                },
            );
            let whole = Step {
                owner,
                ..step(Some(role()), role())
            };
            inherit(&mut part, &whole, &take_over);
            (part.adopt, part.blocked.is_some())
        };
        let tool = || Some(Owner::Tool("Terraform".into()));
        assert_eq!(part(Some(Owner::Us), &[]), (false, false));
        assert_eq!(part(Some(Owner::Nobody), &[]), (true, false));
        assert_eq!(part(tool(), &[]), (false, true));
        assert_eq!(part(tool(), &["role.deploy"]), (true, false));
    }
}
