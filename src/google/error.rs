//! What goes wrong: one type for all methods, and what each refusal means
//! (<https://cloud.google.com/apis/design/errors>, <https://cloud.google.com/storage/docs/json_api/v1/status-codes>).

use crate::cloud::{Failure, Spent};
use crate::permissions::Method;
use std::fmt;
use std::time::Duration;

/// The outcome of anything that asks Google.
pub(super) type Result<T> = std::result::Result<T, Error>;

/// Which call, and what an error of it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) method: Method,
    /// The full name of what it acts on: `projects/_/buckets/B`, `serviceAccount:A`.
    pub(super) on: String,
    /// Full names of what has to be there for it to succeed.
    pub(super) needs: Vec<String>,
}

impl Call {
    /// A call that needs nothing but what it acts on.
    pub(super) fn new(method: Method, on: &str) -> Self {
        Self {
            method,
            on: on.to_owned(),
            needs: vec![on.to_owned()],
        }
    }

    /// It also needs what has this full name.
    pub(super) fn needing(mut self, name: &str) -> Self {
        self.needs.push(name.to_owned());
        self
    }

    /// Such as `storage.buckets.get`.
    pub(super) fn name(&self) -> &'static str {
        self.method.name()
    }
}

/// An answer that is no.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Refusal {
    /// Of HTTP.
    pub(super) status: u16,
    /// Google's word for it: `NOT_FOUND` of IAM, `notFound` of Storage; empty if the answer has none.
    pub(super) code: String,
    pub(super) message: String,
    /// Why, where the answer has that as data: `SERVICE_DISABLED`.
    pub(super) reason: Option<String>,
    /// The permission that is missing, if the answer names one.
    pub(super) permission: Option<String>,
    /// The service that is asked for, if the answer names one: `iam.googleapis.com`.
    pub(super) service: Option<String>,
    /// The rule of the organisation that forbids it: `constraints/iam.…`.
    pub(super) constraint: Option<String>,
    /// How long to wait, if the answer says so.
    pub(super) after: Option<Duration>,
}

/// What is wrong with what there is to show who is asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lack {
    /// There is nothing.
    Nothing,
    /// What there is cannot be read, or is of another kind.
    Unusable,
    /// Google does not take it any more.
    Expired,
    /// It was not asked: the server of tokens does not answer.
    Unreachable,
}

/// Why a call failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// There was an answer, and it was no.
    Refused(Box<Refusal>),
    /// There was no answer.
    Unreachable(String),
    /// There was nothing to show who is asking.
    Credentials(Lack, String),
}

/// A call that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CallError {
    pub(super) call: Call,
    pub(super) cause: Cause,
    /// An earlier try of it may have been done, though no answer said so.
    pub(super) doubtful: bool,
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
    /// What Google holds is nothing that s3setup understands.
    Unintelligible(String),
}

impl Error {
    /// A call that failed for this cause.
    pub(super) fn of(call: &Call, cause: Cause) -> Self {
        Self::Call(Box::new(CallError {
            call: call.clone(),
            cause,
            doubtful: false,
            waited: None,
            hint: None,
        }))
    }

    /// An error of our own words.
    pub(super) fn ours(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Ours(Box::new(Failure::new(message).with_hint(hint)))
    }

    /// The answer, if it was one and it was no.
    pub(super) fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Call(error) => match &error.cause {
                Cause::Refused(refusal) => Some(refusal),
                _ => None,
            },
            _ => None,
        }
    }

    fn is(&self, test: impl Fn(&Refusal) -> bool) -> bool {
        self.refusal().is_some_and(test)
    }

    /// Whether it says that what was asked for is not there.
    pub(super) fn absent(&self) -> bool {
        self.is(|it| it.status == 404 && !it.code.is_empty())
    }

    /// Whether the caller lacks a permission.
    pub(super) fn denied(&self) -> bool {
        self.is(Refusal::denied)
    }

    /// Whether a create call met something of that name.
    pub(super) fn already_there(&self) -> bool {
        matches!(self, Self::Appeared) || self.is(Refusal::already_there)
    }

    /// Whether somebody else has changed it since it was read.
    pub(super) fn conflict(&self) -> bool {
        self.is(Refusal::conflict)
    }

    /// Whether the call may have been done all the same: no answer says that it was not.
    pub(super) fn uncertain(&self) -> bool {
        match self {
            Self::Call(error) => error.doubtful || error.cause.says_nothing(),
            _ => false,
        }
    }
}

impl fmt::Display for Error {
    /// In one line.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Call(error) => out.write_str(&error.text()),
            Self::Ours(failure) => out.write_str(&failure.message),
            Self::Unintelligible(text) => out.write_str(text),
            Self::Appeared => out.write_str("it was made by somebody else since the plan was made"),
        }
    }
}

impl From<Spent> for Error {
    fn from(spent: Spent) -> Self {
        Self::Ours(Box::new(spent.into()))
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        Self::Ours(Box::new(failure))
    }
}

impl Cause {
    /// Whether the call may have been done: there was no answer, or one that does not say.
    pub(super) fn says_nothing(&self) -> bool {
        match self {
            Self::Refused(it) => it.status >= 500 || it.code.is_empty(),
            Self::Unreachable(_) => true,
            Self::Credentials(..) => false,
        }
    }
}

impl Refusal {
    /// `NOT_FOUND` and `notFound` are one word.
    fn code_is(&self, words: &[&str]) -> bool {
        words.contains(&self.code.as_str())
    }

    fn reason_is(&self, word: &str) -> bool {
        self.reason.as_deref() == Some(word)
    }

    /// The API is switched off in the project.
    pub(super) fn service_disabled(&self) -> bool {
        self.reason_is("SERVICE_DISABLED") || self.code_is(&["accessNotConfigured"])
    }

    /// The project has nobody who pays.
    pub(super) fn unpaid(&self) -> bool {
        self.reason_is("BILLING_DISABLED") || self.code_is(&["accountDisabled"])
    }

    /// Google asks for fewer calls.
    pub(super) fn throttled(&self) -> bool {
        let says = ["rateLimitExceeded", "userRateLimitExceeded"];
        (self.status == 429 && !self.used_up()) || (self.status == 403 && self.code_is(&says))
    }

    /// As many are there as there may be.
    pub(super) fn used_up(&self) -> bool {
        self.message.contains("Maximum number of") || self.code_is(&["quotaExceeded"])
    }

    pub(super) fn denied(&self) -> bool {
        let words = [
            "PERMISSION_DENIED",
            "forbidden",
            "insufficientPermissions",
            "AccessDenied",
        ];
        self.status == 403
            && self.code_is(&words)
            && !self.service_disabled()
            && !self.unpaid()
            && !self.throttled()
    }

    /// Nobody is shown who is asking, or Google does not take it.
    pub(super) fn unauthenticated(&self) -> bool {
        self.status == 401
    }

    pub(super) fn already_there(&self) -> bool {
        let bucket = self.code == "conflict" && self.message.contains("bucket");
        self.status == 409 && (self.code == "ALREADY_EXISTS" || bucket) && !self.not_empty()
    }

    /// The id is of a role that was deleted some days ago.
    pub(super) fn marked_for_deletion(&self) -> bool {
        self.message.contains("marked for deletion")
    }

    pub(super) fn not_empty(&self) -> bool {
        self.status == 409 && self.message.contains("not empty")
    }

    pub(super) fn conflict(&self) -> bool {
        let etag = self.code_is(&["FAILED_PRECONDITION"]) && self.message.contains("etag");
        let met = self.status == 412 && self.code_is(&["conditionNotMet"]) && !self.public();
        let aborted = self.status == 409 && !self.already_there() && !self.not_empty();
        (met || aborted || etag) && self.constraint.is_none() && !self.code.is_empty()
    }

    /// Whoever is named in a policy is not there.
    pub(super) fn unknown_principal(&self) -> bool {
        let missing = self.message.contains("does not exist");
        self.status == 400 && missing && !self.unknown_role()
    }

    /// A role that is named in a policy is not there.
    pub(super) fn unknown_role(&self) -> bool {
        self.status == 400
            && self.message.starts_with("Role ")
            && (self.message.contains("does not exist") || self.message.contains("not supported"))
    }

    /// Everybody is named where the public is kept out.
    pub(super) fn public(&self) -> bool {
        self.message
            .to_lowercase()
            .contains("public access prevention")
    }
}

impl CallError {
    /// One line: the method, the code, the message.
    pub(super) fn text(&self) -> String {
        let mut text = self.call.name().to_owned();
        match &self.cause {
            Cause::Refused(it) => {
                match it.code.as_str() {
                    "" => text += &format!(": HTTP {}", it.status),
                    code => text += &format!(": {code}"),
                }
                if !it.message.is_empty() {
                    text += &format!(": {}", it.message);
                }
                if let Some(waited) = self.waited {
                    text += &format!(", still so after {} s", waited.as_secs());
                }
            }
            Cause::Unreachable(reason) => text += &format!(": no answer: {reason}"),
            Cause::Credentials(_, reason) => text += &format!(": {reason}"),
        }
        text
    }
}

#[cfg(test)]
mod tests;
