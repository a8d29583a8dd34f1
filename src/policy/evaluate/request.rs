//! What is asked: by whom, which action, on what, under which circumstances.

use super::Caller;
use crate::policy::actions;
use crate::policy::canonical::is_partition;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The key of the caller's ARN.
const PRINCIPAL_ARN: &str = "aws:principalarn";

/// One request, as a service of AWS hands it to the evaluation of policies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Who asks.
    pub caller: Caller,
    /// `s3:PutObject`, in any case.
    pub action: String,
    /// The ARN of what it is asked for; `*` for actions that know no resource.
    pub resource: String,
    /// The account that has the resource; empty for the caller's own.
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

    /// The same with every key of `other`, whose values replace those that are there.
    #[must_use]
    pub fn over(mut self, other: &Context) -> Context {
        self.0.extend(
            other
                .0
                .iter()
                .map(|(key, values)| (key.clone(), values.clone())),
        );
        self
    }

    /// The values of a key, at least one; none when the request does not have it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&[String]> {
        self.0.get(&key.to_ascii_lowercase()).map(Vec::as_slice)
    }
}

/// A request in the words in which policies are compared with it.
#[derive(Clone, Debug)]
pub(super) struct Asked<'a> {
    /// Who asks.
    pub(super) caller: &'a Caller,
    /// In lower case.
    pub(super) action: String,
    /// What patterns have to match.
    pub(super) resource: Cow<'a, str>,
    /// The context with what follows from the caller and the resource.
    pub(super) context: Context,
    /// Whether the caller's ARN in it rests on a session's.
    has_open_arn: bool,
}

impl Asked<'_> {
    /// Whether the value of the key follows from the caller, but may be another: a session's ARN
    /// does not say its role's path.
    pub(super) fn is_guessed(&self, key: &str) -> bool {
        self.has_open_arn && key.eq_ignore_ascii_case(PRINCIPAL_ARN)
    }
}

impl Request {
    /// The same in the words in which policies are compared with it.
    pub(super) fn asked(&self) -> Asked<'_> {
        Asked {
            caller: &self.caller,
            action: self.action.to_ascii_lowercase(),
            resource: self.compared(),
            context: self.full_context(),
            has_open_arn: self.context.get(PRINCIPAL_ARN).is_none()
                && matches!(
                    self.caller,
                    Caller::Role {
                        is_whole: false,
                        ..
                    }
                ),
        }
    }

    /// The ARN that patterns have to match: of an action that knows no resource, which "you must
    /// specify all resources" for (Service Authorization Reference), none of the resource named
    /// here. S3 takes all buckets (`arn:aws:s3:::*`) as well, as its own examples have it; IAM asks
    /// about a whole kind (`arn:aws:iam::111122223333:user/`), which has to be named here.
    fn compared(&self) -> Cow<'_, str> {
        let known = actions::find(&self.action).filter(|action| action.resources.is_empty());
        match known.map(|action| action.service) {
            Some("s3") => Cow::Owned(format!("arn:{}:s3:::", self.partition())),
            Some("kms" | "sts") => Cow::Borrowed("*"),
            _ => Cow::Borrowed(&self.resource),
        }
    }

    /// `aws`, unless the resource or the caller is elsewhere.
    fn partition(&self) -> &str {
        fn of(arn: &str) -> Option<&str> {
            arn.split(':').nth(1).filter(|text| is_partition(text))
        }
        of(&self.resource)
            .or_else(|| self.caller.arn().and_then(of))
            .unwrap_or("aws")
    }

    /// The context with what follows from the caller and the resource.
    fn full_context(&self) -> Context {
        let mut full = self.context.clone();
        let mut add = |key: &str, value: String| {
            full.0.entry(key.to_owned()).or_insert_with(|| vec![value]);
        };
        for (key, value) in self.caller.context(self.partition()) {
            add(key, value);
        }
        if !self.resource_account.is_empty() {
            add("aws:resourceaccount", self.resource_account.clone());
        }
        full
    }
}
