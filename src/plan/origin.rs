//! What a plan was made from: manifests, or the journal of a run that is to be undone.

use crate::resource::Address;
use crate::yaml::Place;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

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
    /// The regions that it is in, where the manifests of a plan are in several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<String>,
    /// Where each resource stands in the file. Not saved: the file is read again.
    #[serde(skip)]
    pub places: BTreeMap<Address, Place>,
}

/// What may be removed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Removal {
    /// What may not be removed stays, and the plan says why. Otherwise it blocks the plan.
    pub leave: bool,
    /// Buckets that may be removed with what is in them: their names, or their addresses.
    pub emptied: BTreeSet<String>,
    /// Addresses of access keys that may be removed though they were used a short time ago.
    pub used_keys: BTreeSet<String>,
    /// What a short time is, in days. Only asked where things stay.
    pub used_within: u64,
}

impl Removal {
    /// Whether the bucket of this address may be removed with what is in it.
    #[must_use]
    pub fn empties(&self, bucket: &Address) -> bool {
        self.emptied.contains(bucket.as_str()) || self.emptied.contains(bucket.name())
    }
}

/// Which run a plan undoes, and what was agreed to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Undo {
    /// The file of the journal, as given on the command line or found.
    pub journal: String,
    /// The id of the run: the file's name without its ending.
    pub run: String,
    /// SHA-256 of the file's text, hexadecimal.
    pub digest: String,
    /// What the run was made from.
    pub manifests: Vec<Source>,
    /// Addresses that may be led back though somebody else has changed them since.
    pub overwrite: BTreeSet<String>,
    /// Addresses that stay as they are.
    pub keep: BTreeSet<String>,
    /// What of that which the run made may be removed.
    pub removal: Removal,
}

/// What a plan was made from, and is made anew from before it is applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// It leads to what these say.
    Manifests(Vec<Source>),
    /// It leads back to what was there before a run.
    Journal(Undo),
}

impl Origin {
    /// The manifests that the resources belong to.
    #[must_use]
    pub fn manifests(&self) -> &[Source] {
        match self {
            Self::Manifests(sources) => sources,
            Self::Journal(undo) => &undo.manifests,
        }
    }

    /// The run that is to be undone, if it is one that undoes.
    #[must_use]
    pub fn undo(&self) -> Option<&Undo> {
        match self {
            Self::Manifests(_) => None,
            Self::Journal(undo) => Some(undo),
        }
    }
}
