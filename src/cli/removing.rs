//! What may be removed, as destroy and undo are told.

use crate::cloud::Failure;
use crate::plan::{Plan, Removal};
use anyhow::Result;
use clap::Args;
use std::collections::BTreeSet;

/// What may be removed though it holds something, or was used.
#[derive(Args)]
pub(super) struct Removing {
    /// Remove this bucket with all objects, old versions and delete markers
    #[arg(long, value_name = "BUCKET")]
    delete_objects: Vec<String>,
    /// Keep access keys that were used within so many days
    #[arg(long, value_name = "DAYS", default_value_t = 30)]
    used_within: u64,
    /// Remove this access key though it was used (access_key.USER)
    #[arg(long, value_name = "ADDRESS")]
    delete_used_key: Vec<String>,
}

impl Removing {
    /// What may not be removed stays.
    pub fn removal(&self) -> Removal {
        Removal {
            leave: true,
            emptied: self.delete_objects.iter().cloned().collect(),
            used_keys: self.delete_used_key.iter().cloned().collect(),
            used_within: self.used_within,
        }
    }

    /// A bucket or key that is named, and is not in the plan, was mistyped.
    ///
    /// # Errors
    /// There is one.
    pub fn refuse_strange_names(&self, plan: &Plan) -> Result<()> {
        let buckets = self.delete_objects.iter();
        let buckets = buckets.map(|name| (format!("bucket.{name}"), "--delete-objects", name));
        let keys = self.delete_used_key.iter();
        let keys = keys.map(|name| (name.clone(), "--delete-used-key", name));
        refuse_strange_names(plan, buckets.chain(keys))
    }
}

/// Each an address, the flag that names it, and the name as given.
///
/// # Errors
/// One is not in the plan.
pub(super) fn refuse_strange_names<'a>(
    plan: &Plan,
    named: impl IntoIterator<Item = (String, &'a str, &'a String)>,
) -> Result<()> {
    let known: BTreeSet<&str> = plan
        .steps
        .iter()
        .map(|step| step.address.as_str())
        .collect();
    for (address, flag, name) in named {
        if !known.contains(address.as_str()) {
            let of = match plan.origin.undo() {
                None => format!("the manifests have made no {address}"),
                Some(undo) => format!("there is no {address} of the run {}", undo.run),
            };
            return Err(Failure {
                message: format!("{flag} {name}: {of}"),
                hint: Some("it is not there, or has another name: leave the flag out".into()),
            }
            .into());
        }
    }
    Ok(())
}
