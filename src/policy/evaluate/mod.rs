//! What AWS answers to one request, by the policies that are known.
//!
//! Sources, all of the IAM User Guide unless said: "How AWS enforcement code logic evaluates
//! requests to allow or deny access", "Policy evaluation for requests within a single account",
//! "Cross-account policy evaluation logic", "Session policies", "Permissions boundaries for IAM
//! entities"; of the KMS Developer Guide, "Key policies in AWS KMS". Each file names its own.
//!
//! # Assumptions
//!
//! What is not handed over does not exist: policies of an organization, of VPC endpoints, ACLs and
//! grants of keys are not asked for, nor is Block Public Access.

mod caller;
mod compare;
mod condition;
mod decision;
mod layers;
mod principal;
mod request;
mod reserved;
mod sources;
mod statement;
mod template;
#[cfg(test)]
mod tests;
mod trace;
mod verdict;

pub use caller::Caller;
pub use decision::{Answer, Because, Decision, Layer};
pub use layers::{Layers, Together};
pub use request::{Context, Request};
pub use sources::{ResourceRule, Source, Sources};
pub use trace::{ConditionTrace, ElementTrace, StatementTrace, trace};
pub use verdict::evaluate;
