//! Requests and their answers as JSON: what [`super::evaluate`] is asked, and what it says.
//!
//! A request is an object of `principal`, `action` and `resource`, and of `identity_policies`,
//! `resource_policy`, `boundary`, `session_policies`, `resource_account` and `context`, each of
//! which may be left out or null. A policy is an object, a list of one, or a text of JSON.

mod answer;
mod context;
mod read;
#[cfg(test)]
mod tests;

pub use answer::{Because, Decision, Simulated, Statement};
pub use read::{Question, Questions};
