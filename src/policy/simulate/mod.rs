//! Requests and their answers as JSON: what [`super::evaluate`] is asked, and what it says.
//!
//! A request is an object of `principal`, `action` and `resource`, and of `identity_policies`,
//! `resource_policy`, `boundary`, `session_policies`, `resource_account` and `context`, each of
//! which may be left out or null; what else is in it is let be, unless it looks like one of them.
//! An account of any text is compared as that. A policy is an object, a list of one, or a text of JSON.

mod answer;
mod context;
mod read;
mod resource;
#[cfg(test)]
mod tests;

pub use answer::{Because, Decision, Simulated, Statement};
pub use read::{Question, Questions};
