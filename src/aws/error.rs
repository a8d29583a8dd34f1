//! What goes wrong: one type for all operations, and which codes mean what.

use crate::cloud::Failure;
use crate::permissions::Operation;
use aws_sdk_s3::error::BuildError;
use std::time::Duration;

/// The outcome of anything that asks AWS.
pub(super) type Result<T> = std::result::Result<T, Error>;

/// Which call, and what an error of it is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Call {
    /// One that the table of permissions has; `None` is a try as somebody else.
    operation: Option<Operation>,
    /// The ARN it acts on.
    pub(super) on: String,
    /// ARNs of what has to be there for it to succeed.
    pub(super) needs: Vec<String>,
    /// The principals in the document that it sends.
    pub(super) principals: Vec<String>,
}

impl Call {
    /// A call that needs nothing but what it acts on.
    pub(super) fn new(operation: Operation, on: &str) -> Self {
        Self {
            operation: Some(operation),
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

    /// Such as `iam:CreateRole`.
    pub(super) fn name(&self) -> &'static str {
        self.operation.map_or("", Operation::name)
    }

    /// The IAM action that allows it.
    pub(super) fn action(&self) -> &'static str {
        self.operation.map_or("", Operation::action)
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
    /// What AWS holds is nothing that s3setup understands.
    Unintelligible(String),
}

impl Error {
    /// An error of our own words.
    pub(super) fn ours(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Ours(Box::new(Failure::new(message).with_hint(hint)))
    }

    /// The same error with this remedy.
    pub(super) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        match &mut self {
            Self::Call(error) => error.hint = Some(hint.into()),
            Self::Ours(failure) => failure.hint = Some(hint.into()),
            Self::Appeared | Self::Unintelligible(_) => {}
        }
        self
    }

    /// The same error, of our own words, with the page that says more.
    pub(super) fn with_code(mut self, code: &'static str) -> Self {
        if let Self::Ours(failure) = &mut self {
            failure.code = Some(code);
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
            "NoSuchEntity" | "NoSuchEntityException" | "NoSuchBucket" | "NotFoundException"
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

    /// Whether the call may have been done all the same: there was no answer, or one that does not
    /// say.
    pub(super) fn uncertain(&self) -> bool {
        match self {
            Self::Call(error) => match &error.cause {
                Cause::Refused { status, code, .. } => *status >= 500 || code.is_empty(),
                Cause::Unreachable(_) => true,
                Cause::Credentials(_) => false,
            },
            _ => false,
        }
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

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        Self::Ours(Box::new(failure))
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
            } if code.is_empty() => self.call.operation == Some(Operation::S3HeadBucket),
            Cause::Refused { code, .. } => matches!(
                code.as_str(),
                "AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation" | "Forbidden"
            ),
            _ => false,
        }
    }

    /// One line: the call, the code, the message, the request's id.
    pub(super) fn text(&self) -> String {
        let mut text = self.call.name().to_owned();
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

#[cfg(test)]
pub(super) fn refusal(operation: &str, status: u16, code: &str, message: &str) -> Error {
    Error::Call(Box::new(CallError {
        call: Call::new(
            Operation::named(operation).expect("it is in the table"),
            "arn:aws:s3:::b",
        ),
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
            (
                "kms:DescribeKey",
                400,
                "NotFoundException",
                (false, true, false),
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
}
