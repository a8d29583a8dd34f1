//! IAM policy documents: read in every form AWS accepts, equal when they mean the same, checked
//! offline; and what Google's policies are made of. The lowest floor: nothing here imports anything else of the crate.
//!
//! # Guarantees
//!
//! - [`Document`] and [`Statement`] read from text or by serde are canonical: what means the same
//!   to AWS is `==`, and what could mean something else never is.
//! - Reading never panics, whatever the text.
//!
//! # Assumptions
//!
//! Fields are public so that policies can be written as data. Values built by hand become
//! canonical in [`Document::new`] or [`Statement::canonical`].

pub mod actions;
mod apis;
mod canonical;
mod casing;
mod document;
pub mod evaluate;
mod fault;
pub mod google;
mod keys;
#[cfg(test)]
mod laws;
mod lenient;
pub mod lint;
mod nearest;
mod node;
mod operators;
mod parse;
pub mod pattern;
mod places;
mod read;
pub mod simulate;
mod statement;
mod unique_id;

pub use document::Document;
pub use fault::Fault;
pub use lint::Finding;
pub use statement::{Condition, Effect, Principal, Statement};
pub use unique_id::{has_unique_id, id_of_caller, is_caller};
