//! The kinds of Google Cloud. A resource says by itself which project it is in: names there are the
//! project's, as those of AWS are the account's.

mod bindings;
mod bucket;
pub mod marks;
mod role;
mod service_account;
mod service_account_key;
mod workload_identity;

pub use bindings::{Bindings, Condition, Grantable, Holder};
pub use bucket::{Bucket, LifecycleAction, LifecycleRule, PublicAccessPrevention};
pub use role::{Role, Stage};
pub use service_account::{ServiceAccount, check_project};
pub use service_account_key::ServiceAccountKey;
pub use workload_identity::{Pool, Provider};

use serde::{Deserialize, Serialize};

/// The project that stands for the real one while nothing is asked.
pub const EXAMPLE_PROJECT: &str = "example-project";

/// A resource of Google Cloud.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Google {
    /// Who has which role on a bucket, or on a service account.
    Bindings(Bindings),
    /// A bucket of Cloud Storage, and its settings.
    Bucket(Bucket),
    /// A workload identity pool.
    Pool(Pool),
    /// A provider of a workload identity pool.
    Provider(Provider),
    /// A custom role of a project.
    Role(Role),
    /// A service account.
    ServiceAccount(ServiceAccount),
    /// The key of a service account.
    ServiceAccountKey(ServiceAccountKey),
}

impl Google {
    /// The project that it is in.
    #[must_use]
    pub fn project(&self) -> &str {
        match self {
            Self::Bindings(kind) => &kind.project,
            Self::Bucket(kind) => &kind.project,
            Self::Pool(kind) => &kind.project,
            Self::Provider(kind) => &kind.project,
            Self::Role(kind) => &kind.project,
            Self::ServiceAccount(kind) => &kind.project,
            Self::ServiceAccountKey(kind) => &kind.project,
        }
    }
}
