//! What this run has made or met, and so what AWS may be behind with.

use super::address::address;
use super::error::CallError;
use crate::policy::Document;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

/// ARNs that this run has made or met. Only about these may AWS be behind; anything else that it
/// does not know does not exist, and waiting would not help.
#[derive(Debug, Default)]
pub(super) struct Known {
    made: Mutex<BTreeSet<String>>,
    seen: Mutex<BTreeSet<String>>,
    /// Unique id → ARN.
    ids: Mutex<BTreeMap<String, String>>,
    /// ARN → unique id, of what this run has made.
    given: Mutex<BTreeMap<String, String>>,
}

impl Known {
    /// This run made it.
    pub(super) fn made(&self, arn: &str) {
        self.made
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(arn.to_owned());
    }

    /// It is there. An earlier run may have made it a moment ago.
    pub(super) fn saw(&self, arn: &str) {
        self.seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(arn.to_owned());
    }

    /// What has this ARN has this unique id.
    pub(super) fn has_id(&self, arn: &str, id: &str) {
        let mut ids = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
        ids.insert(id.to_owned(), arn.to_owned());
    }

    /// What this run made under this ARN was given this unique id.
    pub(super) fn was_given(&self, arn: &str, id: &str) {
        let mut given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        given.insert(arn.to_owned(), id.to_owned());
    }

    /// The unique id of what this run made under this ARN.
    pub(super) fn id_of(&self, arn: &str) -> Option<String> {
        let given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        given.get(arn).cloned()
    }

    /// `document` with the ARNs of those that this run has met under their unique ids: AWS shows
    /// the id for a while after a document was written, and for good once its owner is deleted.
    pub(super) fn named(&self, document: &Document) -> Document {
        let ids = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
        document.with_arns(|id| ids.get(id).cloned())
    }

    /// By its ARN, or by its address where the path is not known.
    fn has_made(&self, what: &str) -> bool {
        let made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.contains(what) || made.iter().any(|arn| address(arn) == what)
    }

    fn has_met(&self, arn: &str) -> bool {
        self.has_made(arn)
            || self
                .seen
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .contains(arn)
    }

    /// What AWS has not caught up with, if that is why this failed: code *and* message count,
    /// since IAM uses `MalformedPolicyDocument` for errors that stay.
    pub(super) fn behind<'a>(&self, error: &'a CallError) -> Option<(&'a str, &'a str)> {
        let (code, call) = (error.code(), &error.call);
        let message = error.message();
        let invalid_principal = message.contains("Invalid principal in policy");
        match (code, call.name()) {
            ("MalformedPolicy", "s3:PutBucketPolicy")
            | ("MalformedPolicyDocument", "iam:CreateRole" | "iam:UpdateAssumeRolePolicy")
                if invalid_principal =>
            {
                let principal = self.unknown_principal(error, true)?;
                Some((principal, "Invalid principal in policy"))
            }
            // KMS does not always say why. What it always says is that a policy locks its author
            // out, which no waiting mends.
            ("MalformedPolicyDocumentException", "kms:CreateKey" | "kms:PutKeyPolicy")
                if !message.contains("will not allow you to update") =>
            {
                let said = message.contains("invalid principal");
                Some((self.unknown_principal(error, said)?, code))
            }
            // Calls that the SDK does not repeat. This answer says that it was not done.
            ("ThrottlingException", "kms:CreateKey")
            | ("Throttling", "iam:CreatePolicyVersion") => Some((call.name(), code)),
            ("NoSuchEntity" | "NoSuchBucket" | "NotFoundException", _) => {
                // If the message names one of several, it is that one which is missing.
                let blamed = call.needs.iter().find(|need| names(error.message(), need));
                let arn = match blamed {
                    Some(need) => Some(need).filter(|need| self.has_made(need)),
                    None => call.needs.iter().find(|need| self.has_made(need)),
                }?;
                Some((arn, code))
            }
            (
                "OperationAborted" | "ConcurrentModification" | "EntityTemporarilyUnmodifiable",
                _,
            ) => Some((&call.on, code)),
            _ => None,
        }
    }

    /// The principal that AWS does not know yet. Whoever was just made is why, or, if the answer
    /// `says` that it is about principals, of those that are all there one that an earlier run made
    /// a moment ago. One that nobody has seen is a mistake that stays.
    fn unknown_principal<'a>(&self, error: &'a CallError, says: bool) -> Option<&'a str> {
        let ours = || {
            let all = error.call.principals.iter().map(String::as_str);
            all.filter(|who| who.starts_with("arn:"))
        };
        match ours().find(|who| error.message().contains(who)) {
            Some(blamed) => Some(blamed).filter(|blamed| self.has_met(blamed)),
            None => ours().find(|arn| self.has_made(arn)).or_else(|| {
                let first = ours().next();
                first.filter(|_| says && ours().all(|arn| self.has_met(arn)))
            }),
        }
    }
}

/// Whether IAM's message is about this one: by its ARN, or as "user with name alice".
fn names(message: &str, need: &str) -> bool {
    let address = if need.starts_with("arn:") {
        address(need)
    } else {
        need.to_owned()
    };
    let named = address
        .split_once('.')
        .is_some_and(|(kind, name)| message.contains(&format!("{kind} with name {name} ")));
    named || message.contains(need)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_as_the_arn_of_whom_this_run_has_met_under_it() {
        let naming = |who: &str| {
            let text = format!(
                r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"s3:GetObject",
                    "Principal":{{"AWS":"{who}"}},"Resource":"arn:aws:s3:::b/*"}}}}"#
            );
            Document::parse(&text).unwrap()
        };
        let (known, arn) = (Known::default(), "arn:aws:iam::1:role/deploy");
        known.has_id(arn, "AROAEXAMPLE");
        assert_eq!(known.named(&naming("AROAEXAMPLE")), naming(arn));
        let stranger = naming("AROAEXAMPLESTRANGER");
        assert_eq!(known.named(&stranger), stranger);
    }
}
