//! A plan: data, serialisable, nothing else. It says everything that apply needs, and holds no
//! secret.

mod live;

pub use live::{Live, live};

use crate::diff::Change;
use crate::resource::{Address, Owner, Resource, Scope};
use serde::{Deserialize, Serialize};
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
}

/// Which manifest a plan was made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The manifest's own name.
    pub name: String,
    /// The file as given on the command line.
    pub path: String,
    /// SHA-256 of the file's text, hexadecimal.
    pub digest: String,
    /// The inputs given on the command line.
    pub inputs: BTreeMap<String, String>,
    /// Inputs that still have the example of the manifest as their value.
    pub examples: Vec<String>,
    /// The manifest refuses a plan by which anybody gains access.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deny_widening: bool,
}

/// One resource as a manifest wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// As it should be. Of an absent one, what it takes to find it.
    pub resource: Resource,
    /// The name of the manifest.
    pub manifest: String,
    /// It must not be there.
    pub absent: bool,
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
    pub manifests: Vec<Source>,
    /// In an order in which they can be done.
    pub steps: Vec<Step>,
}

impl Plan {
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
