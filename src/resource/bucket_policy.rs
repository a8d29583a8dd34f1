//! The one policy of a bucket. Statements are exactly as written: one more is a difference.

use super::role::document_needs;
use super::{Address, Kind, Needs, Scope, Tags};
use crate::policy::Document;
use serde::{Deserialize, Serialize};

/// A bucket policy, a resource of its own: it names principals that in turn name the bucket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BucketPolicy {
    /// The bucket's name.
    pub name: String,
    /// The bucket's region, where the policy is written: the bucket's matter, and no difference of
    /// the policy.
    #[serde(skip)]
    pub region: String,
    /// The whole policy.
    pub policy: Document,
}

impl Kind for BucketPolicy {
    const KIND: &'static str = "bucket_policy";

    fn name(&self) -> &str {
        &self.name
    }

    fn arn(&self, _scope: &Scope) -> Option<String> {
        None
    }

    fn needs(&self) -> Needs {
        let mut needs = document_needs([&self.policy]);
        needs
            .must
            .extend(self.part_of().map(|bucket| bucket.to_string()));
        needs
    }

    fn limited_to(self, _want: &Self) -> Self {
        self
    }

    fn with_foreign(self, _have: &Self) -> Self {
        self
    }

    fn tags(&self) -> Option<&Tags> {
        None
    }

    fn part_of(&self) -> Option<Address> {
        Some(Address::new("bucket", &self.name))
    }
}
