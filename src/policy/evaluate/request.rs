//! What is asked: by whom, which action, on what, under which circumstances.

use super::Caller;
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
    /// The account that has the resource: 12 digits.
    pub resource_account: String,
    /// Everything else that conditions look at.
    pub context: Context,
}

/// The request context: condition key → values. Keys are compared without case.
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

    /// The same with one key of any number of values; none is an empty list, not an absent key.
    #[must_use]
    pub fn with_all(mut self, key: &str, values: impl IntoIterator<Item = String>) -> Context {
        self.0
            .insert(key.to_ascii_lowercase(), values.into_iter().collect());
        self
    }

    /// The values of a key; none when the request does not have it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&[String]> {
        self.0.get(&key.to_ascii_lowercase()).map(Vec::as_slice)
    }
}
