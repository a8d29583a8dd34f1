//! What to do about an error, where that is known.

use super::answer::NO_CREDENTIALS;
use super::error::{CallError, Cause, Error};
use super::genuine::FOREIGN;
use crate::cloud::Failure;

/// The error as the rest of the program sees it: one line, and a hint.
pub(super) fn explain(error: Error, caller: Option<&str>, endpoint: Option<&str>) -> anyhow::Error {
    let failure = match error {
        Error::Ours(failure) => *failure,
        Error::Call(error) => Failure {
            message: error.text(),
            hint: error
                .hint
                .clone()
                .or_else(|| hint(&error, caller, endpoint)),
        },
        Error::Unintelligible(message) => Failure {
            message,
            hint: Some("correct it by hand, or remove it".into()),
        },
        Error::Appeared => Failure {
            message: "it was made by somebody else since the plan was made".into(),
            hint: Some("plan again".into()),
        },
    };
    anyhow::Error::new(failure)
}

fn hint(error: &CallError, caller: Option<&str>, endpoint: Option<&str>) -> Option<String> {
    match &error.cause {
        Cause::Credentials(text) => Some(credentials(text)),
        Cause::Unreachable(text) => Some(unreachable(text, endpoint)),
        Cause::Refused { .. } => refused(error, caller),
    }
}

fn credentials(text: &str) -> String {
    let lower = text.to_lowercase();
    if text.starts_with(NO_CREDENTIALS) {
        "give --profile NAME or AWS_PROFILE, run `aws sso login`, or set AWS_ACCESS_KEY_ID and \
         AWS_SECRET_ACCESS_KEY. Without AWS: `--account FILE` plans against an account in a file, \
         and `make demo` runs everything on this machine"
            .into()
    } else if lower.contains("was not defined") || lower.contains("could not find profile") {
        "a profile names another one that is not in ~/.aws/config or ~/.aws/credentials: `aws \
         configure list-profiles` names those that there are"
            .into()
    } else if lower.contains("sso") || lower.contains("expired") {
        "run `aws sso login` (with the same --profile), then try again".into()
    } else {
        "the AWS credentials that are configured could not be loaded: see AWS_PROFILE and \
         ~/.aws/config, or choose others with --profile NAME"
            .into()
    }
}

fn unreachable(text: &str, endpoint: Option<&str>) -> String {
    let lower = text.to_lowercase();
    if lower.contains("certificate") {
        return "the server's certificate is not trusted: behind a proxy that inspects TLS, name \
                its certificates with AWS_CA_BUNDLE=FILE"
            .into();
    }
    match endpoint {
        Some(endpoint) => format!(
            "nothing usable answers at {endpoint}: start it, or unset AWS_ENDPOINT_URL (and \
             endpoint_url in the profile) to reach AWS"
        ),
        None if lower.contains("dns") || lower.contains("lookup") => {
            "the name of AWS's server cannot be looked up: check the network, HTTPS_PROXY, and \
             the spelling of the region"
                .into()
        }
        None => "AWS cannot be reached: check the network, HTTPS_PROXY and NO_PROXY".into(),
    }
}

fn refused(error: &CallError, caller: Option<&str>) -> Option<String> {
    let (code, message) = (error.code(), error.message());
    let lower = message.to_lowercase();
    let hint = match code {
        "ExpiredToken" | "ExpiredTokenException" | "RequestExpired" | "TokenRefreshRequired" => {
            "the credentials have expired: run `aws sso login`, or get new ones".into()
        }
        "InvalidClientTokenId" | "InvalidAccessKeyId" | "InvalidToken"
        | "UnrecognizedClientException" => {
            "AWS does not know this access key: it is inactive, deleted, seconds old, or of another \
             partition; see AWS_ACCESS_KEY_ID, AWS_SESSION_TOKEN and AWS_PROFILE"
                .into()
        }
        "SignatureDoesNotMatch" | "IncompleteSignature" => {
            "the secret access key does not belong to the access key: see AWS_SECRET_ACCESS_KEY and \
             AWS_PROFILE, and the clock of this machine"
                .into()
        }
        "RequestTimeTooSkewed" | "RequestInTheFuture" => {
            "the clock of this machine is wrong: set it, then try again".into()
        }
        _ if lower.contains("blockpublicpolicy") => {
            "the policy is public and the bucket refuses public policies: name the principals, or \
             set block_public_policy: false if everybody may really have this"
                .into()
        }
        "" if message.contains(FOREIGN) => {
            "something else answers in the place of AWS: a proxy, a login page, or what \
             AWS_ENDPOINT_URL names; try again, or reach AWS without it"
                .into()
        }
        _ if error.denied() => denied(error, caller, &lower),
        "MalformedPolicy" | "MalformedPolicyDocument" if lower.contains("invalid principal") => {
            format!(
                "a principal of the document does not exist (or did, and was made again since): {}",
                error.call.principals.join(", ")
            )
        }
        "MalformedPolicyDocument" if is_trust(error) && names_claim(&lower) => {
            "IAM takes a trust in a shared identity provider only with a condition on the claim \
             that says whose token it is: for GitHub a StringEquals or StringLike on \
             token.actions.githubusercontent.com:sub that is not \"*\" alone. This also holds for \
             an old role as soon as its trust policy is changed"
                .into()
        }
        "MalformedPolicyDocumentException" if lower.contains("will not allow you to update") => {
            let whom = caller.unwrap_or("whoever runs s3setup");
            format!(
                "AWS takes no key policy that its author could not change again: put {whom} under \
                 administrators, or leave administrators out and allow kms:PutKeyPolicy by IAM"
            )
        }
        "MalformedPolicyDocumentException" if !error.call.principals.is_empty() => format!(
            "a principal of the key policy does not exist (or did, and was made again since): {}",
            error.call.principals.join(", ")
        ),
        "KMSInvalidStateException" | "DisabledException" => {
            "the key is disabled, or waits for its deletion: see `aws kms describe-key`".into()
        }
        "UnsupportedOperationException" if error.call.name().contains("Rotation") => {
            "KMS rotates only symmetric keys whose material it made itself: write rotation: false"
                .into()
        }
        "LimitExceeded" | "LimitExceededException" => {
            "a quota of the account is used up (the message says which): remove what is not needed, or ask \
             for more with Service Quotas"
                .into()
        }
        "TooManyBuckets" => "the account has as many buckets as its quota allows: ask for more with \
                             Service Quotas, or remove one"
            .into(),
        "NoSuchEntity" if error.call.name().starts_with("iam:Attach") => format!(
            "{} does not exist: check the ARN of the policy",
            error.call.needs.last().map_or("the policy", String::as_str)
        ),
        "PermanentRedirect" | "TemporaryRedirect" | "AuthorizationHeaderMalformed"
        | "IllegalLocationConstraintException" | "IncorrectEndpoint" => {
            "the bucket is in another region than the manifest says: plan again with its region".into()
        }
        "InvalidLocationConstraint" => {
            "this is no region, or the account has not enabled it: check the bucket's region".into()
        }
        "DeleteConflict" | "DeleteConflictException" => {
            "something else still uses it (an access key, another attachment, an instance profile): \
             remove that first"
                .into()
        }
        "UnmodifiableEntity" | "UnmodifiableEntityException" => {
            "this belongs to an AWS service: only that service can change it".into()
        }
        "EntityTemporarilyUnmodifiable" | "EntityTemporarilyUnmodifiableException" => {
            "AWS is still busy with the deletion of one of the same name: try again in some minutes"
                .into()
        }
        "OpenIdIdpCommunicationError" | "OpenIdIdpCommunicationErrorException" => {
            "AWS could not reach the issuer: check the URL, and that it is public".into()
        }
        "OperationAborted" | "ConcurrentModification" => {
            "somebody else changes the same thing at the same time: let that end, then try again".into()
        }
        "Throttling" | "ThrottlingException" | "SlowDown" | "RequestLimitExceeded" => {
            "AWS asks for fewer calls: try again in a minute".into()
        }
        // HEAD has no body, and so no code.
        "" | "InternalError" | "ServiceFailure" | "InternalFailure" | "ServiceUnavailable"
            if matches!(error.cause, Cause::Refused { status: 500.., .. }) =>
        {
            "AWS fails, or asks for fewer calls: try again in a minute".into()
        }
        "MethodNotAllowed" if error.call.name().contains("BucketPolicy") => {
            "only an identity of the account that owns the bucket may touch its policy".into()
        }
        _ => return None,
    };
    Some(hint)
}

/// `allow ACTION on ARN for CALLER`, unless that would not help.
fn denied(error: &CallError, caller: Option<&str>, lower: &str) -> String {
    if lower.contains("explicit deny") {
        return "a policy denies this expressly, so that allowing it elsewhere does not help: look \
                into the bucket policy, the permissions boundary, and the policies of the \
                organisation"
            .into();
    }
    // One call may take several permissions (CreateBucket with tags): AWS says which is missing.
    let named = error
        .message()
        .split_once("not authorized to perform: ")
        .and_then(|(_, rest)| rest.split_whitespace().next())
        .filter(|action| action.contains(':'));
    let action = named.unwrap_or_else(|| error.call.action());
    let whom = caller
        .map(|caller| format!(" for {caller}"))
        .unwrap_or_default();
    format!("allow {action} on {}{whom}", error.call.on)
}

fn is_trust(error: &CallError) -> bool {
    matches!(
        error.call.name(),
        "iam:CreateRole" | "iam:UpdateAssumeRolePolicy"
    )
}

/// Whether the refusal is about a condition on a claim, and not about the document's form.
fn names_claim(lower: &str) -> bool {
    [":sub", ":aud", "condition", "claim", "wildcard"]
        .iter()
        .any(|word| lower.contains(word))
}

#[cfg(test)]
mod tests {
    use super::super::error::refusal;
    use super::*;

    fn hint_of(error: Error) -> String {
        let error = explain(error, Some("arn:aws:iam::1:user/me"), None);
        error
            .downcast_ref::<Failure>()
            .unwrap()
            .hint
            .clone()
            .unwrap_or_default()
    }

    #[test]
    fn the_permission_and_the_arn_are_named() {
        let hint = hint_of(refusal("s3:GetBucketEncryption", 403, "AccessDenied", "no"));
        assert_eq!(
            hint,
            "allow s3:GetEncryptionConfiguration on arn:aws:s3:::b for arn:aws:iam::1:user/me"
        );
        let text = "User: x is not authorized to perform: s3:TagResource on resource: \"y\"";
        let hint = hint_of(refusal("s3:CreateBucket", 403, "AccessDenied", text));
        assert!(
            hint.starts_with("allow s3:TagResource on arn:aws:s3:::b"),
            "{hint}"
        );
        let text = "x with an explicit deny in a resource-based policy";
        let hint = hint_of(refusal("s3:PutObject", 403, "AccessDenied", text));
        assert!(hint.contains("denies this expressly"), "{hint}");
    }

    #[test]
    fn every_known_cause_has_its_remedy() {
        let table = [
            ("ExpiredToken", "", "aws sso login", "an old session"),
            (
                "InvalidAccessKeyId",
                "",
                "AWS_ACCESS_KEY_ID",
                "a deleted key",
            ),
            ("RequestTimeTooSkewed", "", "clock", "a wrong clock"),
            (
                "MalformedPolicy",
                "Invalid principal in policy",
                "does not exist",
                "a typing error",
            ),
            (
                "AccessDenied",
                "public policies are prevented by the BlockPublicPolicy setting",
                "block_public_policy",
                "a public policy is no lack of permission",
            ),
            (
                "LimitExceeded",
                "Cannot exceed quota",
                "Service Quotas",
                "a quota",
            ),
        ];
        for (code, message, part, reason) in table {
            let hint = hint_of(refusal("s3:PutBucketPolicy", 400, code, message));
            assert!(hint.contains(part), "{reason}: {hint}");
        }
        let locked =
            "The new key policy will not allow you to update the key policy in the future.";
        let code = "MalformedPolicyDocumentException";
        let hint = hint_of(refusal("kms:PutKeyPolicy", 400, code, locked));
        assert!(
            hint.contains("put arn:aws:iam::1:user/me under administrators"),
            "{hint}"
        );
        let missing = "The condition token.actions.githubusercontent.com:sub is required";
        let hint = hint_of(refusal(
            "iam:CreateRole",
            400,
            "MalformedPolicyDocument",
            missing,
        ));
        assert!(hint.contains("githubusercontent.com:sub"), "{hint}");
        let hint = hint_of(refusal(
            "iam:CreateRole",
            400,
            "MalformedPolicyDocument",
            "Syntax errors",
        ));
        assert_eq!(hint, "");
    }

    #[test]
    fn what_is_wrong_with_credentials_or_network_is_told_apart() {
        let table = [
            ("the profile `x` was not defined", "list-profiles"),
            (NO_CREDENTIALS, "make demo"),
            (
                "loading credentials: the SSO session token is expired",
                "aws sso login",
            ),
        ];
        for (text, part) in table {
            assert!(credentials(text).contains(part), "{text}");
        }
        let here = unreachable("Connection refused", Some("http://127.0.0.1:1"));
        assert!(here.contains("http://127.0.0.1:1"), "{here}");
        assert!(unreachable("dns error", None).contains("looked up"));
        assert!(unreachable("invalid peer certificate", None).contains("AWS_CA_BUNDLE"));
    }
}
