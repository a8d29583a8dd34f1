//! The door to a provider by which access is tried: become somebody, and ask as them.

use super::{Answer, Left, Probe};
use crate::policy::Document;
use crate::resource::Sink;
use anyhow::Result;
use async_trait::async_trait;
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::sync::Arc;

/// By what means somebody can be become.
#[derive(Clone, Debug)]
pub enum Means {
    /// A long-lived key.
    Key {
        /// The key's id.
        id: String,
        /// Its secret: of a service account, the whole file.
        secret: SecretString,
    },
    /// The caller's own permission to assume a role, or to get tokens of a service account.
    Assume {
        /// The role's ARN, or the address of a service account.
        role: String,
        /// What the role's trust asks for beside.
        external_id: Option<String>,
    },
    /// A token of an identity provider: that a role trusts, or that vouches for identities of a pool.
    Token {
        /// The role's ARN, or the full name of the provider in the pool.
        role: String,
        /// The token.
        token: SecretString,
    },
}

/// Why somebody cannot be become.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoWay(pub String);

/// Something to be answered from what the provider knows of its policies, without trying it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Of this user or role.
    pub principal: String,
    /// IAM actions.
    pub action: String,
    /// The ARN.
    pub resource: String,
    /// The circumstances.
    pub context: BTreeMap<String, Vec<String>>,
    /// The policy of the resource, as it is.
    pub resource_policy: Option<String>,
}

/// A provider whose access can be tried.
///
/// # Guarantees
/// Nothing is changed but objects that a [`Probe`] names, and each of these is told as [`Left`].
#[async_trait]
pub trait Prober: Send + Sync {
    /// Becomes somebody.
    ///
    /// # Errors
    /// The provider cannot be asked. That it refuses is [`NoWay`].
    async fn become_by(&self, means: &Means) -> Result<std::result::Result<Arc<dyn Actor>, NoWay>>;
    /// Whose ARN or address the means lead to; `None` where that cannot be told.
    async fn whose(&self, means: &Means) -> Option<String>;
    /// Whether the bucket keeps every new object for some time, whoever wants it gone.
    async fn locks_objects(&self, bucket: &str, region: &str) -> bool;
    /// The access key that a sink holds: its id and its secret; or why it cannot be had.
    async fn key_in(&self, sink: &Sink) -> std::result::Result<(String, SecretString), NoWay>;
    /// The caller as it is.
    fn caller(&self) -> Arc<dyn Actor>;
    /// Whose ARN the caller has.
    fn caller_arn(&self) -> &str;
    /// Somebody without credentials.
    fn anyone(&self) -> Arc<dyn Actor>;
    /// Whether requests go by plain HTTP anyway.
    fn is_plain_http(&self) -> bool;
    /// Another bucket of the account, with its region; `None` where there is none to be seen.
    async fn other_bucket(&self, than: &str) -> Option<(String, String)>;
    /// The document of a managed policy by its ARN; `None` where it cannot be read.
    async fn managed_document(&self, arn: &str) -> Option<Document>;
    /// What the provider itself says that would be answered; `None` where it cannot say.
    async fn simulate(&self, question: &Question) -> Option<bool>;
}

/// Somebody who tries something.
#[async_trait]
pub trait Actor: Send + Sync {
    /// Tries it.
    ///
    /// # Errors
    /// There was no answer: the network, or the provider fails.
    async fn act(&self, probe: &Probe) -> Result<Answer>;
    /// Removes what was left; whether it is gone.
    async fn clear(&self, left: &Left) -> bool;
    /// The same one by plain HTTP.
    fn by_plain_http(&self) -> Arc<dyn Actor>;
}
