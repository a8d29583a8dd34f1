//! Who has changed a resource, as the provider's own records say. To look it up takes calls, so it is only
//! done when asked for; no plan needs it, and none is saved with it.

use super::Unreadable;
use crate::resource::Address;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is on record of each resource that was looked up.
pub type Histories = BTreeMap<Address, History>;

/// What is on record of one resource.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// The latest changes, the newest first.
    pub changes: Vec<Changed>,
    /// Older records than of this time were not read; none if all that are kept were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// Why the records could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unreadable: Option<Unreadable>,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// When, UTC, RFC 3339.
    pub at: String,
    /// What was called, such as `iam:AttachRolePolicy`.
    pub event: String,
    /// Who called it: an ARN, where one is on record.
    pub who: String,
    /// The service that called in their name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub through: Option<String>,
    /// From where: an address, or a service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The record's own id.
    pub id: String,
}

impl History {
    /// The records could not be read, for this reason.
    #[must_use]
    pub fn unreadable(error: impl Into<String>) -> Self {
        Self {
            unreadable: Some(Unreadable {
                aspect: String::new(),
                permission: String::new(),
                on: String::new(),
                error: error.into(),
            }),
            ..Self::default()
        }
    }
}
