//! Which page of `docs/errors/` says more about an error.

use super::answer::NO_CREDENTIALS;
use super::error::{CallError, Cause, Error};
use super::genuine::FOREIGN;
use super::hint::{is_trust, names_claim};

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
        Cause::Credentials(text) if text.starts_with(NO_CREDENTIALS) => "no-credentials",
        Cause::Credentials(text) => match text.to_lowercase() {
            text if text.contains("sso") || text.contains("expired") => "expired-credentials",
            _ => "credentials-unusable",
        },
        Cause::Unreachable(text) if text.to_lowercase().contains("certificate") => {
            "untrusted-certificate"
        }
        Cause::Unreachable(_) => "unreachable",
        Cause::Refused { .. } => return refused(error),
    })
}

fn refused(error: &CallError) -> Option<&'static str> {
    let lower = error.message().to_lowercase();
    let is_server = matches!(error.cause, Cause::Refused { status: 500.., .. });
    Some(match error.code() {
        "ExpiredToken" | "ExpiredTokenException" | "RequestExpired" | "TokenRefreshRequired" => {
            "expired-credentials"
        }
        "InvalidClientTokenId"
        | "InvalidAccessKeyId"
        | "InvalidToken"
        | "UnrecognizedClientException" => "unknown-access-key",
        "SignatureDoesNotMatch" | "IncompleteSignature" => "wrong-secret-key",
        "RequestTimeTooSkewed" | "RequestInTheFuture" => "wrong-clock",
        _ if lower.contains("blockpublicpolicy") => "public-policy-blocked",
        "" if error.message().contains(FOREIGN) => "not-aws",
        _ if error.denied() => "denied",
        "MalformedPolicy" | "MalformedPolicyDocument" if lower.contains("invalid principal") => {
            "unknown-principal"
        }
        "MalformedPolicyDocument" if is_trust(error) && names_claim(&lower) => {
            "trust-without-subject"
        }
        "MalformedPolicyDocumentException" if lower.contains("will not allow you to update") => {
            "key-policy-lockout"
        }
        "MalformedPolicyDocumentException" if !error.call.principals.is_empty() => {
            "unknown-principal"
        }
        "KMSInvalidStateException" | "DisabledException" => "key-state",
        "UnsupportedOperationException" if error.call.name().contains("Rotation") => "no-rotation",
        "LimitExceeded" | "LimitExceededException" | "TooManyBuckets" => "quota",
        "NoSuchEntity" if error.call.name().starts_with("iam:Attach") => "no-such-policy",
        "PermanentRedirect"
        | "TemporaryRedirect"
        | "AuthorizationHeaderMalformed"
        | "IllegalLocationConstraintException"
        | "IncorrectEndpoint"
        | "InvalidLocationConstraint" => "wrong-region",
        "DeleteConflict" | "DeleteConflictException" => "in-use",
        "UnmodifiableEntity" | "UnmodifiableEntityException" => "service-owned",
        "EntityTemporarilyUnmodifiable"
        | "EntityTemporarilyUnmodifiableException"
        | "OperationAborted"
        | "ConcurrentModification" => "busy",
        "OpenIdIdpCommunicationError" | "OpenIdIdpCommunicationErrorException" => {
            "issuer-unreachable"
        }
        "Throttling" | "ThrottlingException" | "SlowDown" | "RequestLimitExceeded" => "throttled",
        _ if is_server => "aws-fails",
        "MethodNotAllowed" if error.call.name().contains("BucketPolicy") => "not-the-owner",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::error::refusal;
    use super::*;
    use crate::codes;
    use std::collections::BTreeSet;

    /// An error that was caused so, of a call that has no other part in it.
    fn caused(cause: Cause) -> Error {
        match refusal("s3:GetBucketPolicy", 400, "", "") {
            Error::Call(mut call) => {
                call.cause = cause;
                Error::Call(call)
            }
            other => other,
        }
    }

    #[test]
    fn every_page_is_of_an_error_and_every_code_has_its_page() {
        let refused = |operation: &str, status, code: &str, message: &str| {
            of(&refusal(operation, status, code, message))
        };
        let any = "s3:PutBucketPolicy";
        let subject = "The condition token.actions.githubusercontent.com:sub is required";
        let locked = "The new key policy will not allow you to update the key policy";
        let named = [
            of(&Error::Appeared),
            of(&Error::Unintelligible("x".into())),
            of(&caused(Cause::Credentials(NO_CREDENTIALS.into()))),
            of(&caused(Cause::Credentials("the process failed".into()))),
            of(&caused(Cause::Unreachable("dns error".into()))),
            of(&caused(Cause::Unreachable(
                "invalid peer certificate".into(),
            ))),
            of(&Error::ours("no region", "x").with_code("no-region")),
            refused(any, 400, "ExpiredToken", ""),
            refused(any, 403, "InvalidAccessKeyId", ""),
            refused(any, 403, "SignatureDoesNotMatch", ""),
            refused(any, 403, "RequestTimeTooSkewed", ""),
            refused(any, 403, "AccessDenied", "prevented by BlockPublicPolicy"),
            refused(any, 200, "", FOREIGN),
            refused(any, 403, "AccessDenied", "no"),
            refused(any, 400, "MalformedPolicy", "Invalid principal in policy"),
            refused("iam:CreateRole", 400, "MalformedPolicyDocument", subject),
            refused(
                "kms:PutKeyPolicy",
                400,
                "MalformedPolicyDocumentException",
                locked,
            ),
            refused("kms:DescribeKey", 400, "DisabledException", ""),
            refused(
                "kms:EnableKeyRotation",
                400,
                "UnsupportedOperationException",
                "",
            ),
            refused("iam:CreateRole", 409, "LimitExceeded", ""),
            refused("iam:AttachRolePolicy", 404, "NoSuchEntity", ""),
            refused(any, 301, "PermanentRedirect", ""),
            refused("iam:DeleteRole", 409, "DeleteConflict", ""),
            refused("iam:DeleteRole", 400, "UnmodifiableEntity", ""),
            refused(any, 409, "OperationAborted", ""),
            refused(
                "iam:CreateOpenIDConnectProvider",
                400,
                "OpenIdIdpCommunicationError",
                "",
            ),
            refused(any, 503, "SlowDown", ""),
            refused(any, 500, "InternalError", ""),
            refused(any, 405, "MethodNotAllowed", ""),
        ];
        assert!(named.iter().all(Option::is_some), "{named:?}");
        let mut named: BTreeSet<&str> = named.into_iter().flatten().collect();
        named.extend(codes::OF_GOOGLE);
        let pages: BTreeSet<&str> = codes::ALL.iter().map(|page| page.code).collect();
        assert_eq!(named, pages);
        assert_eq!(refused(any, 404, "NoSuchBucket", ""), None);
    }
}
