//! Whether everybody may do what the manifest promises, and nothing more: real calls as each
//! principal, against what the manifest's policies say.
//!
//! What is promised is the evaluation of the policies that the manifest asks for; what is found is
//! what the provider answers. Where a principal cannot be become, the policies that there are take
//! its place, and the report says so.

mod become_who;
mod expect;
mod google;
mod judge;
mod places;
mod principal;
mod probes;
mod report;
mod run;
mod scene;
mod subject;
mod surplus;
#[cfg(test)]
mod tests;
mod trial;
mod world;

pub use google::verify_google;
pub use report::{Check, Proof, Report, Tried, Verdict};
pub use run::{Credentials, FoundKey, Key, Options, Stop, verify};
pub use subject::Subject;
