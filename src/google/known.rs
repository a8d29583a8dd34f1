//! What this run has made, and so what Google may be behind with: its IAM is eventually consistent
//! (<https://cloud.google.com/iam/docs/access-change-propagation>).

use super::address::address;
use super::error::{CallError, Cause, Refusal};
use crate::permissions::Method;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

/// Full names of what this run has made or had back. Only about these may Google be behind; anything
/// else that it does not know does not exist, and waiting would not help.
#[derive(Debug, Default)]
pub(super) struct Known {
    made: Mutex<BTreeSet<String>>,
    /// Full name → unique id, of what this run has made.
    given: Mutex<BTreeMap<String, String>>,
}

/// What Google has not caught up with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Behind<'a> {
    /// The full name of what it does not know.
    pub(super) what: &'a str,
    /// It may as well be that something is really missing: not to be waited for long.
    pub(super) perhaps: bool,
}

impl Known {
    /// This run made it, or had it back.
    pub(super) fn made(&self, name: &str) {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.insert(name.to_owned());
    }

    /// What this run made under this name was given this unique id.
    pub(super) fn was_given(&self, name: &str, id: &str) {
        let mut given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        given.insert(name.to_owned(), id.to_owned());
    }

    /// The unique id of what this run made under this name.
    pub(super) fn id_of(&self, name: &str) -> Option<String> {
        let given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        given.get(name).cloned()
    }

    /// Whether this run made it. A pool is named by its project's id or by its number.
    fn has_made(&self, name: &str) -> bool {
        let made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let is_pool = name.contains("/workloadIdentityPools/");
        made.contains(name) || (is_pool && made.iter().any(|other| address(other) == address(name)))
    }

    /// What Google has not caught up with, if that is why this failed.
    pub(super) fn behind<'a>(&self, error: &'a CallError) -> Option<Behind<'a>> {
        let Cause::Refused(refusal) = &error.cause else {
            return None;
        };
        let mut needs = error.call.needs.iter().filter(|need| self.has_made(need));
        if refusal.unknown_principal() || refusal.unknown_role() {
            // It is told which of several it is.
            let what = needs.find(|need| names(&refusal.message, need))?;
            return Some(Behind {
                what,
                perhaps: false,
            });
        }
        let what = needs.next()?;
        let perhaps = match refusal {
            it if it.status == 404 && !it.code.is_empty() => false,
            it if hides(error.call.method, it) => !error.call.method.reads(),
            _ => return None,
        };
        Some(Behind { what, perhaps })
    }
}

/// Whether a refusal for lack of permission may be one of something that is not known yet: IAM says
/// "denied on resource (or it may not exist)".
fn hides(method: Method, refusal: &Refusal) -> bool {
    method.service() == "iam" && refusal.denied()
}

/// Whether Google's sentence is about this one. It names an account by its address, and a pool by what
/// comes last in its name.
fn names(message: &str, need: &str) -> bool {
    let name = need.strip_prefix("serviceAccount:").unwrap_or(need);
    let last = name.rsplit('/').next().unwrap_or(name);
    message.contains(name) || (need.contains("/workloadIdentityPools/") && message.contains(last))
}

#[cfg(test)]
mod tests {
    use super::super::error::{Call, Error};
    use super::*;

    const ACCOUNT: &str = "serviceAccount:a@p.iam.gserviceaccount.com";
    const ROLE: &str = "projects/p/roles/r";

    fn refused(call: Call, status: u16, code: &str, message: &str) -> CallError {
        let cause = Cause::Refused(Box::new(Refusal {
            status,
            code: code.into(),
            message: message.into(),
            ..Refusal::default()
        }));
        match Error::of(&call, cause) {
            Error::Call(error) => *error,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn google_may_be_behind_with_what_this_run_made_and_with_nothing_else() {
        let get = || Call::new(Method::AccountsGet, ACCOUNT);
        let key = || Call::new(Method::KeysCreate, ACCOUNT);
        let bind = || {
            Call::new(Method::BucketsSetIamPolicy, "projects/_/buckets/b")
                .needing(ROLE)
                .needing(ACCOUNT)
        };
        let gone = "Service account a@p.iam.gserviceaccount.com does not exist.";
        let other = "Service account x@p.iam.gserviceaccount.com does not exist.";
        let role = "Role projects/p/roles/r does not exist in the resource's hierarchy.";
        let denied = "Permission 'x' denied on resource (or it may not exist).";
        let (nothing, waits, perhaps) = (None, Some(false), Some(true));
        let table = [
            (refused(get(), 404, "NOT_FOUND", ""), waits),
            (refused(get(), 403, "PERMISSION_DENIED", denied), waits),
            (refused(key(), 403, "PERMISSION_DENIED", denied), perhaps),
            (refused(bind(), 400, "invalid", gone), waits),
            (refused(bind(), 400, "invalid", other), nothing),
            (refused(bind(), 400, "invalid", role), nothing),
            (refused(bind(), 403, "forbidden", "no"), nothing),
            (refused(get(), 404, "", "a page"), nothing),
            (refused(get(), 400, "INVALID_ARGUMENT", ""), nothing),
        ];
        let strangers = Known::default();
        let known = Known::default();
        known.made(ACCOUNT);
        for (error, expected) in table {
            let behind = known.behind(&error);
            assert_eq!(behind.map(|it| it.perhaps), expected, "{error:?}");
            assert_eq!(strangers.behind(&error), None, "{error:?}");
        }
        known.made(ROLE);
        let behind = refused(bind(), 400, "invalid", role);
        assert_eq!(known.behind(&behind).map(|it| it.what), Some(ROLE));
    }
}
