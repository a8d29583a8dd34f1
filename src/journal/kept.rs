//! A resource with what its own form leaves out because it is no difference in a plan: where a
//! bucket's policy is written, a user's path, whose business a membership is.

use crate::resource::Resource;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Kept {
    resource: Resource,
    /// Of a bucket policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    region: Option<String>,
    /// Of the user whose key it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    /// Groups that have their members themselves.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    groups_elsewhere: BTreeSet<String>,
}

impl Kept {
    pub(super) fn of(resource: &Resource) -> Self {
        let mut kept = Self {
            resource: resource.clone(),
            region: None,
            path: None,
            groups_elsewhere: BTreeSet::new(),
        };
        match resource {
            Resource::BucketPolicy(policy) => kept.region = Some(policy.region.clone()),
            Resource::AccessKey(key) => kept.path = Some(key.path.clone()),
            Resource::User(user) => kept.groups_elsewhere.clone_from(&user.groups_elsewhere),
            _ => {}
        }
        kept
    }

    pub(super) fn into_resource(self) -> Resource {
        let mut resource = self.resource;
        match &mut resource {
            Resource::BucketPolicy(policy) => policy.region = self.region.unwrap_or_default(),
            Resource::AccessKey(key) => key.path = self.path.unwrap_or_default(),
            Resource::User(user) => user.groups_elsewhere = Arc::new(self.groups_elsewhere),
            _ => {}
        }
        resource
    }
}
