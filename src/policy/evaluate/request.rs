//! What is asked: by whom, which action, on what, under which circumstances.

use super::Caller;
use crate::policy::canonical::is_partition;
use std::collections::BTreeMap;

/// One request, as a service of AWS hands it to the evaluation of policies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Who asks.
    pub caller: Caller,
    /// `s3:PutObject`, in any case.
    pub action: String,
    /// The ARN of what it is asked for; `*` for actions that know no resource.
    pub resource: String,
    /// The account that has the resource: 12 digits; empty for the caller's own.
    pub resource_account: String,
    /// Everything else that conditions look at. What the caller and the resource's account say is
    /// added by [`super::evaluate`]; what is given here goes first.
    pub context: Context,
}

/// The request context: condition key → values. Keys are compared without case.
///
/// A key with no values is the same as none: AWS takes an empty one for null.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context(BTreeMap<String, Vec<String>>);

impl Context {
    /// No keys.
    #[must_use]
    pub fn new() -> Context {
        Context::default()
    }

    /// The same with one key of one value: `.with("s3:prefix", "backups/")`.
    #[must_use]
    pub fn with(self, key: &str, value: impl Into<String>) -> Context {
        self.with_all(key, [value.into()])
    }

    /// The same with one key of any number of values.
    #[must_use]
    pub fn with_all(mut self, key: &str, values: impl IntoIterator<Item = String>) -> Context {
        let values: Vec<String> = values.into_iter().collect();
        let key = key.to_ascii_lowercase();
        if values.is_empty() {
            self.0.remove(&key);
        } else {
            self.0.insert(key, values);
        }
        self
    }

    /// The values of a key, at least one; none when the request does not have it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&[String]> {
        self.0.get(&key.to_ascii_lowercase()).map(Vec::as_slice)
    }
}

impl Request {
    /// The context with what follows from the caller and the resource.
    pub(super) fn full_context(&self) -> Context {
        let partition = self.resource.split(':').nth(1);
        let partition = partition.filter(|text| is_partition(text)).unwrap_or("aws");
        let mut full = self.context.clone();
        let mut add = |key: &str, value: String| {
            full.0.entry(key.to_owned()).or_insert_with(|| vec![value]);
        };
        for (key, value) in self.caller.context(partition) {
            add(key, value);
        }
        if !self.resource_account.is_empty() {
            add("aws:resourceaccount", self.resource_account.clone());
        }
        full
    }
}
