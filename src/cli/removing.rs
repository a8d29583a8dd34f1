//! What may be removed, as destroy and undo are told.

use super::manifests::Planned;
use crate::cloud::Failure;
use crate::plan::Removal;
use crate::resource::google::Bucket as GoogleBucket;
use crate::resource::{Address, Bucket, Kind as _};
use anyhow::Result;
use clap::Args;

/// The kinds of buckets.
const BUCKETS: [&str; 2] = [Bucket::KIND, GoogleBucket::KIND];

/// What may be removed though it holds something, or was used.
#[derive(Args)]
pub(super) struct Removing {
    /// Remove this bucket with all objects, old versions and delete markers (its
    /// name, or its address where two are called so)
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
    /// There is one, or a name is that of two buckets.
    pub fn refuse_strange_names(&self, planned: &Planned) -> Result<()> {
        const FLAG: &str = "--delete-objects";
        for name in &self.delete_objects {
            let all = BUCKETS.map(|kind| Address::new(kind, name).to_string());
            let named: Vec<&String> = all
                .iter()
                .filter(|it| planned.named.contains(*it))
                .collect();
            match named[..] {
                [_] => {}
                [one, other] => {
                    let message = format!("{FLAG} {name}: {one} and {other} are both called so");
                    let hint = format!("say which one: {FLAG} {one}");
                    return Err(Failure::new(message).with_hint(hint).into());
                }
                _ if planned.named.contains(name) => {}
                _ => return Err(strange(planned, FLAG, name, &format!("bucket {name}"))),
            }
        }
        let keys = self.delete_used_key.iter();
        refuse_strange_names(planned, keys.map(|name| ("--delete-used-key", name)))
    }
}

/// Each the flag that names an address, and the address as given.
///
/// # Errors
/// One is in no manifest, or not of the run that is undone.
pub(super) fn refuse_strange_names<'a>(
    planned: &Planned,
    given: impl IntoIterator<Item = (&'a str, &'a String)>,
) -> Result<()> {
    for (flag, name) in given {
        if !planned.named.contains(name) {
            return Err(strange(planned, flag, name, name));
        }
    }
    Ok(())
}

/// That nothing of the plan is called so.
fn strange(planned: &Planned, flag: &str, name: &str, what: &str) -> anyhow::Error {
    let of = match planned.plan.origin.undo() {
        None => format!("the manifests name no {what}"),
        Some(undo) => format!("there is no {what} of the run {}", undo.run),
    };
    Failure::new(format!("{flag} {name}: {of}"))
        .with_hint("give the name as the plan has it, or leave the flag out")
        .into()
}
