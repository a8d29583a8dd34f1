//! Google's methods, one function each, with the JSON of what they take and give. What of an answer is not
//! here is passed over; of a policy, which is written back, everything stays.

mod account;
mod bucket;
mod key;
mod object;
mod operation;
mod page;
mod policy;
mod pool;
mod role;
mod secret;
mod token;
mod upload;

pub(super) use account::Account;
pub(super) use bucket::{Bucket, Change, Flag, IamConfiguration, Lifecycle, Rule};
pub(super) use key::Key;
pub(super) use policy::{Binding, Condition, Policy};
pub(super) use pool::{Oidc, Pool, Provider, State};
pub(super) use role::Role;
pub(super) use secret::{Named, Secret};
pub(super) use token::LASTS;

use super::request::part;

/// `/v1/projects/P`.
fn project(id: &str) -> String {
    format!("/v1/projects/{}", part(id))
}
