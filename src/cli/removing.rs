//! What may be removed, as destroy and undo are told.

use super::manifests::Planned;
use crate::cloud::Failure;
use crate::plan::Removal;
use anyhow::Result;
use clap::Args;

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

    /// A bucket or key that nothing else names was mistyped. One that is gone was not: the same
    /// command finishes what was cut short.
    ///
    /// # Errors
    /// There is one.
    pub fn refuse_strange_names(&self, planned: &Planned) -> Result<()> {
        let buckets = self.delete_objects.iter();
        let buckets = buckets.map(|name| (format!("bucket.{name}"), "--delete-objects", name));
        let keys = self.delete_used_key.iter();
        let keys = keys.map(|name| (name.clone(), "--delete-used-key", name));
        refuse_strange_names(planned, buckets.chain(keys))
    }
}

/// Each an address, the flag that names it, and the name as given.
///
/// # Errors
/// One is in no manifest, or not of the run that is undone.
pub(super) fn refuse_strange_names<'a>(
    planned: &Planned,
    given: impl IntoIterator<Item = (String, &'a str, &'a String)>,
) -> Result<()> {
    for (address, flag, name) in given {
        if !planned.named.contains(&address) {
            let of = match planned.plan.origin.undo() {
                None => format!("the manifests name no {address}"),
                Some(undo) => format!("there is no {address} of the run {}", undo.run),
            };
            return Err(Failure::new(format!("{flag} {name}: {of}"))
                .with_hint("give the name as the plan has it, or leave the flag out")
                .into());
        }
    }
    Ok(())
}
