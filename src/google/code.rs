//! Which page of `docs/errors/` says more about an error.

use super::answer::FOREIGN;
use super::error::{CallError, Cause, Error, Lack, Refusal};
use super::hint::forbids_keys;

/// The code of an error that is not in our own words, where there is a page.
pub(super) fn of(error: &Error) -> Option<&'static str> {
    Some(match error {
        Error::Call(error) => return of_call(error),
        Error::Ours(failure) => return failure.code,
        Error::Unintelligible(_) => "unreadable-answer",
        Error::Appeared => "made-meanwhile",
    })
}

fn of_call(error: &CallError) -> Option<&'static str> {
    Some(match &error.cause {
        Cause::Credentials(Lack::Nothing, _) => "no-credentials",
        Cause::Credentials(Lack::Unusable, _) => "credentials-unusable",
        Cause::Credentials(Lack::Expired, _) => "expired-credentials",
        Cause::Unreachable(text) if text.to_lowercase().contains("certificate") => {
            "untrusted-certificate"
        }
        Cause::Credentials(Lack::Unreachable, _) | Cause::Unreachable(_) => "unreachable",
        Cause::Refused(refusal) => return refused(error, refusal),
    })
}

fn refused(error: &CallError, it: &Refusal) -> Option<&'static str> {
    Some(match it {
        it if it.unauthenticated() => "expired-credentials",
        it if it.service_disabled() => "api-disabled",
        it if it.unpaid() => "no-billing",
        it if it.code.is_empty() && it.message.contains(FOREIGN) => "not-google",
        it if it.public() => "public-policy-blocked",
        it if forbids_keys(error.call.method, it) => "keys-forbidden",
        it if it.constraint.is_some() => "organisation-policy",
        it if it.throttled() => "throttled",
        it if it.used_up() => "quota",
        it if it.denied() => "denied",
        it if it.unknown_principal() => "unknown-principal",
        it if it.unknown_role() => "unknown-role",
        it if it.marked_for_deletion() => "role-id-taken",
        it if it.not_empty() => "in-use",
        it if it.conflict() => "busy",
        it if it.status >= 500 => "google-fails",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::error::Call;
    use super::*;
    use crate::codes;
    use crate::permissions::Method;
    use std::collections::BTreeSet;

    fn refused(status: u16, code: &str, message: &str) -> Option<&'static str> {
        caused(Cause::Refused(Box::new(Refusal {
            status,
            code: code.into(),
            message: message.into(),
            ..Refusal::default()
        })))
    }

    fn caused(cause: Cause) -> Option<&'static str> {
        of(&Error::of(&Call::new(Method::KeysCreate, "x"), cause))
    }

    fn lacking(lack: Lack) -> Option<&'static str> {
        caused(Cause::Credentials(lack, String::new()))
    }

    #[test]
    fn every_code_has_its_page_and_each_that_only_google_has_is_met() {
        let all = [
            of(&Error::Appeared),
            of(&Error::Unintelligible("x".into())),
            lacking(Lack::Nothing),
            lacking(Lack::Unusable),
            lacking(Lack::Expired),
            lacking(Lack::Unreachable),
            caused(Cause::Unreachable("invalid peer certificate".into())),
            refused(401, "UNAUTHENTICATED", ""),
            refused(403, "accessNotConfigured", ""),
            refused(403, "accountDisabled", ""),
            refused(200, "", FOREIGN),
            refused(412, "conditionNotMet", "public access prevention"),
            refused(400, "FAILED_PRECONDITION", "Key creation is not allowed"),
            caused(Cause::Refused(Box::new(Refusal {
                constraint: Some("constraints/gcp.resourceLocations".into()),
                ..Refusal::default()
            }))),
            refused(429, "RESOURCE_EXHAUSTED", ""),
            refused(429, "RESOURCE_EXHAUSTED", "Maximum number of keys"),
            refused(403, "PERMISSION_DENIED", ""),
            refused(400, "invalid", "User x does not exist."),
            refused(400, "invalid", "Role x does not exist."),
            refused(400, "FAILED_PRECONDITION", "marked for deletion"),
            refused(
                409,
                "conflict",
                "The bucket you tried to delete is not empty.",
            ),
            refused(409, "ABORTED", ""),
            refused(503, "UNAVAILABLE", ""),
        ];
        assert!(all.iter().all(Option::is_some), "{all:?}");
        let all: BTreeSet<&str> = all.into_iter().flatten().collect();
        for code in &all {
            assert!(codes::find(code).is_some(), "{code} has no page");
        }
        for code in codes::OF_GOOGLE {
            assert!(all.contains(code), "{code} is of no error");
        }
        assert_eq!(refused(404, "NOT_FOUND", ""), None);
    }
}
