//! What is verified: one manifest's part of a plan.

use crate::plan::{Action, Plan, Step};
use crate::resource::{Address, Resource};
use std::collections::BTreeSet;

/// What is verified.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The manifest's name.
    pub manifest: String,
    /// Its resources as they are wanted.
    pub wanted: Vec<Resource>,
    /// What there is of them.
    pub live: Vec<Resource>,
    /// Those whose differences from what is wanted bear on access.
    pub drifted: Vec<String>,
    /// What of them could not be read: `role.x (iam:GetRolePolicy)`.
    pub unreadable: Vec<String>,
}

impl Subject {
    /// The part of `plan` that is the manifest's of this name.
    #[must_use]
    pub fn of(plan: &Plan, manifest: &str) -> Self {
        let steps: Vec<_> = plan
            .steps
            .iter()
            .filter(|step| step.manifest == manifest)
            .collect();
        Self {
            manifest: manifest.to_owned(),
            wanted: steps.iter().filter_map(|step| step.want.clone()).collect(),
            live: steps.iter().filter_map(|step| step.have.clone()).collect(),
            drifted: steps
                .iter()
                .filter(|step| bears_on_access(step))
                .map(|step| step.address.to_string())
                .collect(),
            unreadable: steps
                .iter()
                .flat_map(|step| step.unreadable.iter().map(move |what| (step, what)))
                .map(|(step, what)| format!("{} ({})", step.address, what.permission))
                .collect(),
        }
    }

    /// The part of it that is at these addresses, under a name of its own.
    #[must_use]
    pub fn within(mut self, name: String, addresses: &BTreeSet<Address>) -> Self {
        let inside = |resource: &Resource| addresses.contains(&resource.address());
        let named = |text: &str| addresses.iter().any(|one| one.as_str() == text);
        self.manifest = name;
        self.wanted.retain(inside);
        self.live.retain(inside);
        self.drifted.retain(|address| named(address));
        self.unreadable
            .retain(|gap| named(gap.split(" (").next().unwrap_or_default()));
        self
    }
}

/// Whether what differs may let somebody in, or keep somebody out: tags, descriptions, lifecycles
/// do not.
fn bears_on_access(step: &Step) -> bool {
    const ASIDE: [&str; 12] = [
        "tags",
        "marks",
        "labels",
        "title",
        "display_name",
        "storage_class",
        "description",
        "lifecycle",
        "versioning",
        "max_session_duration",
        "replaced",
        "rotation",
    ];
    match step.action {
        Action::Keep => false,
        Action::Create | Action::Delete => true,
        Action::Update => {
            let front = |path: &str| -> String {
                let end = path.find(['.', '[']).unwrap_or(path.len());
                path[..end].to_owned()
            };
            let aside = |path: &str| ASIDE.contains(&front(path).as_str());
            step.again || step.changes.iter().any(|change| !aside(&change.path))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::Change;
    use crate::resource::Role;

    #[test]
    fn what_lets_nobody_in_or_out_is_no_drift_of_access() {
        let step = |action, paths: &[&str]| {
            let role = Resource::Role(Role::named("r"));
            Step {
                address: role.address(),
                manifest: "m".into(),
                action,
                changes: paths
                    .iter()
                    .map(|path| Change {
                        path: (*path).to_owned(),
                        before: None,
                        after: None,
                    })
                    .collect(),
                adopt: false,
                again: false,
                ids: Default::default(),
                blocked: None,
                note: None,
                exact: false,
                unreadable: Vec::new(),
                needs: Vec::new(),
                owner: None,
                have: Some(role.clone()),
                want: Some(role),
            }
        };
        for (action, paths, bears, reason) in [
            (
                Action::Update,
                &["tags.team", "description"][..],
                false,
                "names",
            ),
            (
                Action::Update,
                &["lifecycle.tidy.expire_days"],
                false,
                "time",
            ),
            (
                Action::Update,
                &["tags.team", "policy.Statement[\"A\"]"],
                true,
                "a statement",
            ),
            (
                Action::Update,
                &["attached_policies"],
                true,
                "an attachment",
            ),
            (Action::Create, &[], true, "it is not there"),
            (Action::Keep, &[], false, "nothing"),
        ] {
            assert_eq!(bears_on_access(&step(action, paths)), bears, "{reason}");
        }
    }
}
