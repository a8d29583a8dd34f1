//! Why somebody may or may not: take a role with the token of an identity provider, or do
//! something to an object. Nothing is tried and nothing is changed.
//!
//! [`take_role`] reads the role's trust and [`access`] the policies around a bucket, both by the
//! door; `policy::evaluate` answers, and its trace says why.

mod access;
mod answer;
mod claims;
mod closest;
mod distance;
mod further;
mod github;
mod identity;
mod keys;
mod policies;
mod question;
mod scene;
mod subject;
mod take_role;
mod target;
mod token;
mod trust_hints;
mod whom;

pub use access::{Access, AccessQuestion, access};
pub use answer::{Answer, Outcome, Step};
pub use claims::Claims;
pub use closest::Closest;
pub use identity::Identity;
pub use policies::Gap;
pub use question::TakeRoleQuestion;
pub use subject::Difference;
pub use take_role::{TakeRole, Trust, take_role};
