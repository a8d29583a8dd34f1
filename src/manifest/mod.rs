//! A manifest: YAML → inputs filled → checked by its schema → grants compiled → resources.
//!
//! Everything that can be known offline is checked here, all at once, each with its place.

mod absent;
mod access_keys;
mod accounts;
mod bucket;
mod context;
mod documents;
mod draft;
mod findings;
mod github;
mod google;
mod grants;
mod identities;
mod inputs;
mod kms;
mod lifecycle;
mod load;
mod model;
mod own;
mod places;
mod reference;
mod references;
mod sinks;
mod statement;
mod trust;
mod verbs;

pub use accounts::{accounts, own_accounts};
pub use findings::{Findings, Found};
pub use load::{Compiled, digest, input_names, load, name};
pub use model::{Account, Input};
pub use own::{Origin, inputs, own};
pub use reference::reference;

use serde_json::Value;

/// The JSON Schema of a manifest: what the reader checks by, and what editors complete from.
#[must_use]
pub fn schema() -> Value {
    let mut schema = schemars::schema_for!(model::Manifest).to_value();
    if let Some(fields) = schema.as_object_mut() {
        fields.insert("title".to_owned(), "s3setup manifest".into());
    }
    schema
}

#[cfg(test)]
mod tests;
