//! A plan: data, serialisable, nothing else. It says everything that apply needs, and holds no
//! secret.

mod google;
mod history;
mod ledger;
mod live;
mod origin;

pub use google::{OfGoogle, of_google};
pub use history::{Changed, Histories, History};
pub use ledger::{Aspect, Coverage, Standing, coverage, ledger};
pub use live::{Live, live};
pub use origin::{Origin, Removal, Source, Undo};

use crate::diff::Change;
use crate::resource::{Address, Owner, Resource, Scope};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// What is to be done to one resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// It is not there.
    Create,
    /// It is there and differs.
    Update,
    /// It is there and must not be.
    Delete,
    /// Nothing.
    Keep,
}

impl Action {
    /// `+ ~ -` and a space for nothing.
    #[must_use]
    pub fn symbol(self) -> char {
        match self {
            Self::Create => '+',
            Self::Update => '~',
            Self::Delete => '-',
            Self::Keep => ' ',
        }
    }
}

/// An aspect of a resource that could not be read: never the same as "not there".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unreadable {
    /// The field of the resource; empty is the whole of it.
    pub aspect: String,
    /// The permission that is missing, such as `iam:GetRole`.
    pub permission: String,
    /// On what it is missing: an ARN.
    pub on: String,
    /// What the provider answered.
    pub error: String,
}

/// Whose a unique id in a document is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whose {
    /// Of what has this ARN now.
    Now(String),
    /// Of what had this ARN and was deleted; whatever has the ARN now, or will, is another one.
    Former(String),
    /// Of nobody that the plan has read.
    Unknown,
}

/// Unique ids: what the provider binds documents to in the place of names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Ids {
    /// The id that the resource has; one that is made again has another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub own: Option<String>,
    /// The ids that its documents name, live or wanted, and whose they are.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub named: BTreeMap<String, Whose>,
}

/// One resource's part of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Of the resource.
    pub address: Address,
    /// The name of the manifest that the resource is in.
    pub manifest: String,
    /// What is to be done.
    pub action: Action,
    /// From what is there to what is wanted.
    pub changes: Vec<Change>,
    /// The resource is there, is not marked as ours, and would be from then on: to be agreed to by
    /// name.
    pub adopt: bool,
    /// Its documents are written again though their text is the same: they name something that is
    /// made anew, and the provider has bound them to what it was before.
    pub again: bool,
    /// Why this cannot be done as it stands. A plan with a blocked step is not applied.
    pub blocked: Option<String>,
    /// Worth knowing, and no obstacle.
    pub note: Option<String>,
    /// What could not be read. A step with gaps is not applied.
    pub unreadable: Vec<Unreadable>,
    /// Steps that have to succeed before.
    pub needs: Vec<Address>,
    /// Whose the resource is; `None` where it is not there.
    pub owner: Option<Owner>,
    /// The unique ids that matter to it.
    #[serde(default)]
    pub ids: Ids,
    /// As observed, whole; ids in it that are known to be somebody's are read as the ARN.
    pub have: Option<Resource>,
    /// As wanted; `None` is "not there".
    pub want: Option<Resource>,
    /// `want` is the whole resource: what there is beside it is taken away.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub exact: bool,
}

impl Step {
    /// The resource once the step is done, whole: what is not the manifest's stays.
    #[must_use]
    pub fn after(&self) -> Option<Cow<'_, Resource>> {
        match (self.action, &self.have, &self.want) {
            (Action::Delete, ..) => None,
            (Action::Keep, have, _) => have.as_ref().map(Cow::Borrowed),
            (_, Some(have), Some(want)) if !self.exact => {
                Some(Cow::Owned(want.clone().with_foreign(have)))
            }
            (_, _, want) => want.as_ref().map(Cow::Borrowed),
        }
    }
}

/// One resource as a manifest, or a journal, wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// As it should be. Of an absent one, what it takes to find it.
    pub resource: Resource,
    /// The name of the manifest.
    pub manifest: String,
    /// It must not be there.
    pub absent: bool,
    /// `resource` is the whole of it: what there is beside is taken away.
    pub exact: bool,
}

/// How many steps of each action.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Not there.
    pub create: usize,
    /// There, and different.
    pub update: usize,
    /// There, and unwanted.
    pub delete: usize,
    /// As wanted.
    pub keep: usize,
}

/// What it takes to make an account be as the manifests say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The account that was read, and that alone it may be applied to.
    pub scope: Scope,
    /// What it was made from.
    pub origin: Origin,
    /// In an order in which they can be done.
    pub steps: Vec<Step>,
}

impl Plan {
    /// The manifests that its resources belong to.
    #[must_use]
    pub fn manifests(&self) -> &[Source] {
        self.origin.manifests()
    }

    /// The regions that its manifests are in, the one that was asked in among them.
    #[must_use]
    pub fn regions(&self) -> Vec<&str> {
        let all = self.manifests().iter().flat_map(|source| &source.regions);
        let mut regions: Vec<&str> = Vec::new();
        for region in all.chain([&self.scope.region]) {
            if !regions.contains(&region.as_str()) {
                regions.push(region);
            }
        }
        regions
    }

    /// Where it is, with all of these regions.
    #[must_use]
    pub fn in_regions(&self) -> Scope {
        Scope {
            region: self.regions().join(", "),
            ..self.scope.clone()
        }
    }

    /// How many steps of each action.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let mut summary = Summary::default();
        for step in &self.steps {
            match step.action {
                Action::Create => summary.create += 1,
                Action::Update => summary.update += 1,
                Action::Delete => summary.delete += 1,
                Action::Keep => summary.keep += 1,
            }
        }
        summary
    }

    /// Whether anything is to be done.
    #[must_use]
    pub fn has_changes(&self) -> bool {
        self.steps.iter().any(|step| step.action != Action::Keep)
    }

    /// Whether everything that it speaks of could be read.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.steps.iter().all(|step| step.unreadable.is_empty())
    }

    /// The steps that cannot be done as they stand.
    pub fn blocked(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(|step| step.blocked.is_some())
    }

    /// What must not be there, and stays all the same; its note says why.
    pub fn stays(&self) -> impl Iterator<Item = &Step> {
        let there = |step: &&Step| step.action == Action::Keep && step.have.is_some();
        self.steps
            .iter()
            .filter(there)
            .filter(|step| step.want.is_none())
    }

    /// The steps that take over something that is not marked as ours.
    pub fn adoptions(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(|step| step.adopt)
    }
}

#[cfg(test)]
impl Step {
    /// A step of the manifest `m`, of which nothing more is to be said.
    pub(crate) fn plain(action: Action, have: Option<Resource>, want: Option<Resource>) -> Self {
        let address = have.as_ref().or(want.as_ref()).map(Resource::address);
        Self {
            address: address.unwrap_or_else(|| Address::of("nothing")),
            manifest: "m".into(),
            action,
            changes: Vec::new(),
            adopt: false,
            again: false,
            blocked: None,
            note: None,
            unreadable: Vec::new(),
            needs: Vec::new(),
            owner: None,
            ids: Ids::default(),
            have,
            want,
            exact: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::Role;

    #[test]
    fn what_is_not_the_manifests_is_there_after_a_step_unless_it_is_exact() {
        let tag = |key: &str| [(key.to_owned(), "1".to_owned())];
        let have = Role {
            max_session_duration: Some(7200),
            tags: tag("theirs").into(),
            ..Role::named("r")
        };
        let want = Role {
            tags: tag("ours").into(),
            ..Role::named("r")
        };
        let both = Role {
            tags: tag("ours").into_iter().chain(tag("theirs")).collect(),
            ..have.clone()
        };
        let (have, want) = (Resource::Role(have), Resource::Role(want));
        let step = |action, exact| Step {
            exact,
            ..Step::plain(action, Some(have.clone()), Some(want.clone()))
        };
        let after = |action, exact| step(action, exact).after().map(Cow::into_owned);
        assert_eq!(after(Action::Update, false), Some(Resource::Role(both)));
        assert_eq!(after(Action::Update, true), Some(want.clone()));
        assert_eq!(after(Action::Keep, true), Some(have.clone()));
        assert_eq!(after(Action::Delete, false), None);
    }
}
