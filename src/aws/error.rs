//! What the SDK's errors mean: one type for all operations, and which codes are which.

use super::action::action;
use super::whole::{CUT, is_cut};
use crate::cloud::Failure;
use aws_sdk_s3::error::{BuildError, ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use std::time::Duration;

/// The outcome of anything that asks AWS.
pub(super) type Result<T> = std::result::Result<T, Error>;

/// Which call, and what an error of it is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Call {
    /// `iam:CreateRole`.
    pub(super) operation: String,
    /// The ARN it acts on.
    pub(super) on: String,
    /// ARNs of what has to be there for it to succeed.
    pub(super) needs: Vec<String>,
    /// The principals in the document that it sends.
    pub(super) principals: Vec<String>,
}

impl Call {
    /// A call that needs nothing but what it acts on.
    pub(super) fn new(operation: impl Into<String>, on: &str) -> Self {
        Self {
            operation: operation.into(),
            on: on.to_owned(),
            needs: vec![on.to_owned()],
            principals: Vec::new(),
        }
    }

    /// It also needs what has this ARN.
    pub(super) fn needing(mut self, arn: &str) -> Self {
        self.needs.push(arn.to_owned());
        self
    }

    /// It sends a document that names these.
    pub(super) fn naming(mut self, document: &crate::policy::Document) -> Self {
        self.principals = document
            .principals()
            .into_iter()
            .map(str::to_owned)
            .collect();
        self
    }

    /// The IAM action that allows it.
    pub(super) fn action(&self) -> &str {
        action(&self.operation)
    }
}

/// Why a call failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// There was an answer, and it was no.
    Refused {
        /// Of HTTP.
        status: u16,
        /// AWS's own word for it; empty if the answer has none.
        code: String,
        message: String,
        request: Option<String>,
        /// The region that a bucket is in, if the answer says so.
        region: Option<String>,
    },
    /// There was no answer.
    Unreachable(String),
    /// There was nothing to sign the request with.
    Credentials(String),
}

/// A call that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CallError {
    pub(super) call: Call,
    pub(super) cause: Cause,
    /// How long it was repeated in vain.
    pub(super) waited: Option<Duration>,
    /// A remedy that the caller knows better than the codes do.
    pub(super) hint: Option<String>,
}

/// Anything that goes wrong at this door.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Error {
    Call(Box<CallError>),
    /// What s3setup itself refuses or explains.
    Ours(Box<Failure>),
    /// Something is there that was not when the plan was made.
    Appeared,
}

impl Error {
    /// An error of our own words.
    pub(super) fn ours(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Ours(Box::new(Failure {
            message: message.into(),
            hint: Some(hint.into()),
        }))
    }

    /// The same error with this remedy.
    pub(super) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        match &mut self {
            Self::Call(error) => error.hint = Some(hint.into()),
            Self::Ours(failure) => failure.hint = Some(hint.into()),
            Self::Appeared => {}
        }
        self
    }

    /// AWS's code, or nothing.
    pub(super) fn code(&self) -> &str {
        match self {
            Self::Call(error) => error.code(),
            _ => "",
        }
    }

    /// HTTP's status, or 0.
    pub(super) fn status(&self) -> u16 {
        match self {
            Self::Call(error) => match error.cause {
                Cause::Refused { status, .. } => status,
                _ => 0,
            },
            _ => 0,
        }
    }

    /// The region that the answer names.
    pub(super) fn region(&self) -> Option<&str> {
        match self {
            Self::Call(error) => match &error.cause {
                Cause::Refused { region, .. } => region.as_deref(),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether it says that what was asked for is not there.
    pub(super) fn absent(&self) -> bool {
        matches!(
            self.code(),
            "NoSuchEntity" | "NoSuchEntityException" | "NoSuchBucket"
        )
    }

    /// Whether it says that this aspect of a bucket was never set.
    pub(super) fn unset(&self) -> bool {
        matches!(
            self.code(),
            "NoSuchBucketPolicy"
                | "NoSuchTagSet"
                | "NoSuchTagSetError"
                | "NoSuchLifecycleConfiguration"
                | "NoSuchPublicAccessBlockConfiguration"
                | "OwnershipControlsNotFoundError"
                | "ServerSideEncryptionConfigurationNotFoundError"
        )
    }

    /// Whether the caller lacks a permission.
    pub(super) fn denied(&self) -> bool {
        match self {
            Self::Call(error) => error.denied(),
            _ => false,
        }
    }

    /// Whether a create call met something of that name.
    pub(super) fn already_there(&self) -> bool {
        matches!(self, Self::Appeared)
            || matches!(
                self.code(),
                "EntityAlreadyExists" | "EntityAlreadyExistsException" | "BucketAlreadyOwnedByYou"
            )
    }
}

impl From<BuildError> for Error {
    fn from(error: BuildError) -> Self {
        Self::ours(
            format!("a request could not be put together: {error}"),
            "please report this",
        )
    }
}

impl CallError {
    pub(super) fn code(&self) -> &str {
        match &self.cause {
            Cause::Refused { code, .. } => code,
            _ => "",
        }
    }

    pub(super) fn message(&self) -> &str {
        match &self.cause {
            Cause::Refused { message, .. } => message,
            Cause::Unreachable(text) | Cause::Credentials(text) => text,
        }
    }

    pub(super) fn denied(&self) -> bool {
        match &self.cause {
            // HeadBucket has no body and so no code; a 403 without a code to anything else comes
            // from a proxy.
            Cause::Refused {
                status: 403, code, ..
            } if code.is_empty() => self.call.operation == "s3:HeadBucket",
            Cause::Refused { code, .. } => matches!(
                code.as_str(),
                "AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation" | "Forbidden"
            ),
            _ => false,
        }
    }

    /// One line: the call, the code, the message, the request's id.
    pub(super) fn text(&self) -> String {
        let mut text = self.call.operation.clone();
        match &self.cause {
            Cause::Refused {
                status,
                code,
                message,
                request,
                ..
            } => {
                if code.is_empty() {
                    text += &format!(": HTTP {status}");
                } else {
                    text += &format!(": {code}");
                }
                if !message.is_empty() {
                    text += &format!(": {message}");
                }
                if let Some(waited) = self.waited {
                    text += &format!(", still so after {} s", waited.as_secs());
                }
                if let Some(request) = request {
                    text += &format!(" (request {request})");
                }
            }
            Cause::Unreachable(reason) => text += &format!(": no answer: {reason}"),
            Cause::Credentials(reason) => text += &format!(": {reason}"),
        }
        text
    }
}

/// What a failed call says.
pub(super) fn failed<E>(call: Call, error: &SdkError<E, HttpResponse>) -> Error
where
    E: std::error::Error + ProvideErrorMetadata + 'static,
{
    let cause = match error.raw_response() {
        Some(raw) => {
            let header = |name: &str| raw.headers().get(name).map(str::to_owned);
            let code = error.code().unwrap_or_default().to_owned();
            let said = error.message().map(one_line).unwrap_or_default();
            let message = match (code.is_empty(), raw.body().bytes()) {
                (true, Some(body)) if raw.status().is_success() && is_cut(body) => CUT.to_owned(),
                (true, Some(body)) if !body.is_empty() => foreign(body),
                _ => said,
            };
            Cause::Refused {
                status: raw.status().as_u16(),
                code,
                message,
                request: header("x-amzn-requestid").or_else(|| header("x-amz-request-id")),
                region: header("x-amz-bucket-region"),
            }
        }
        None => without_answer(error),
    };
    Error::Call(Box::new(CallError {
        call,
        cause,
        waited: None,
        hint: None,
    }))
}

/// How the end of the credential chain is told.
pub(super) const NO_CREDENTIALS: &str = "no AWS credentials were found";

fn without_answer(error: &(dyn std::error::Error + 'static)) -> Cause {
    let mut texts: Vec<String> = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let text = one_line(&error.to_string());
        if texts.last().is_none_or(|last| !last.ends_with(&text)) {
            texts.push(text);
        }
        next = error.source();
    }
    // The outermost texts are the SDK's own layers ("dispatch failure", "other"); those within say
    // what happened.
    texts.retain(|text| !matches!(text.as_str(), "dispatch failure" | "other" | "io error"));
    let text = texts.join(": ");
    // The SDK's type for this is private to a crate that is not a dependency of ours.
    const MARKS: [&str; 7] = [
        "credential provider was not enabled",
        "credentials provider",
        "loading credentials",
        "unexpected credentials error",
        "no providers in chain",
        "failed to select an auth scheme",
        "no identity resolver",
    ];
    if !MARKS.iter().any(|mark| text.contains(mark)) {
        return Cause::Unreachable(text);
    }
    // The chain tells each place where it found nothing, at length.
    let nothing =
        text.contains("credentials found in chain") || text.contains("no providers in chain");
    Cause::Credentials(match texts.last() {
        _ if nothing => NO_CREDENTIALS.to_owned(),
        // The last place of the chain is asked only if there was nothing in all others.
        Some(last) if text.contains("IMDS") => format!("{NO_CREDENTIALS} ({last})"),
        _ => text,
    })
}

/// How an answer without AWS's form is told.
pub(super) const FOREIGN: &str = "the answer is not AWS's";

/// The beginning of an answer that is not AWS's: a proxy's page, a body cut short.
fn foreign(body: &[u8]) -> String {
    const SHOWN: usize = 80;
    let text = one_line(&String::from_utf8_lossy(body));
    let shown: String = text.chars().take(SHOWN).collect();
    let more = if shown.len() < text.len() { "…" } else { "" };
    format!("{FOREIGN}: {shown}{more}")
}

fn one_line(text: &str) -> String {
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .collect();
    words
        .into_iter()
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
pub(super) fn refusal(operation: &str, status: u16, code: &str, message: &str) -> Error {
    Error::Call(Box::new(CallError {
        call: Call::new(operation, "arn:aws:s3:::b"),
        cause: Cause::Refused {
            status,
            code: code.into(),
            message: message.into(),
            request: None,
            region: None,
        },
        waited: None,
        hint: None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_s3::operation::get_bucket_policy::GetBucketPolicyError;
    use aws_smithy_types::body::SdkBody;

    #[test]
    fn codes_are_told_apart() {
        let table = [
            ("iam:GetRole", 403, "AccessDenied", (true, false, false)),
            (
                "iam:GetRole",
                400,
                "AccessDeniedException",
                (true, false, false),
            ),
            ("s3:HeadBucket", 403, "", (true, false, false)),
            ("s3:GetBucketPolicy", 403, "", (false, false, false)),
            (
                "s3:GetBucketPolicy",
                403,
                "InvalidAccessKeyId",
                (false, false, false),
            ),
            ("iam:GetRole", 404, "NoSuchEntity", (false, true, false)),
            (
                "s3:GetBucketPolicy",
                404,
                "NoSuchBucketPolicy",
                (false, false, true),
            ),
            ("s3:GetBucketPolicy", 404, "", (false, false, false)),
            (
                "s3:GetBucketPolicy",
                404,
                "NoSuchBucket",
                (false, true, false),
            ),
        ];
        for (operation, status, code, expected) in table {
            let error = refusal(operation, status, code, "");
            assert_eq!(
                (error.denied(), error.absent(), error.unset()),
                expected,
                "{code}"
            );
        }
    }

    #[test]
    fn a_page_of_a_proxy_is_a_clean_error() {
        let page = format!("<html>\n<title>Bad\u{7} gateway</title>{}", "ü".repeat(500));
        let mut response = HttpResponse::new(502.try_into().unwrap(), SdkBody::from(page));
        response.headers_mut().insert("x-amz-request-id", "R1");
        let error = failed(
            Call::new("s3:GetBucketPolicy", "arn"),
            &SdkError::service_error(GetBucketPolicyError::generic(Default::default()), response),
        );
        let Error::Call(error) = error else { panic!() };
        let text = error.text();
        assert!(
            text.starts_with(
                "s3:GetBucketPolicy: HTTP 502: the answer is not AWS's: <html> <title>Bad gateway<"
            ),
            "{text}"
        );
        assert!(text.ends_with("… (request R1)"), "{text}");
        assert!(text.chars().count() < 180);
    }
}
