//! The only retries of our own: AWS is eventually consistent, and for a while may not know what
//! this very run has made (<https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html>).
//! Throttling, time-outs and 5xx are retried by the SDK.

use super::Aws;
use super::address::address;
use super::answer::failed;
use super::error::{Call, Error, Result};
use super::known::Known;
use crate::cloud::Patience;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use tokio::time::{Instant, sleep};

/// What is being waited for, in a few words.
pub(super) fn waits_for(what: &str, code: &str) -> String {
    let doing = match code {
        "OperationAborted" | "ConcurrentModification" | "EntityTemporarilyUnmodifiable" => {
            "is done with"
        }
        "Throttling" | "ThrottlingException" => "has time for",
        _ => "knows",
    };
    format!("waiting until AWS {doing} {} ({code})", address(what))
}

/// Repeats `attempt` while AWS is behind.
pub(super) async fn settle<T, F: Future<Output = Result<T>>>(
    patience: &Patience,
    known: &Known,
    waiting: &(dyn Fn(&str) + Send + Sync),
    attempt: impl Fn() -> F,
) -> Result<T> {
    let start = Instant::now();
    let mut attempts = 0;
    loop {
        let mut error = match attempt().await {
            Err(Error::Call(error)) => error,
            other => return other,
        };
        let Some((what, why)) = known.behind(&error) else {
            return Err(Error::Call(error));
        };
        let waited = start.elapsed();
        let left = patience.bound.saturating_sub(waited);
        if left.is_zero() {
            error.waited = Some(waited);
            return Err(Error::Call(error));
        }
        let (waited, bound) = (waited.as_secs(), patience.bound.as_secs());
        waiting(&format!(
            "{}, {waited} s of {bound} s",
            waits_for(what, why)
        ));
        // The last pause is cut so that the last attempt falls on the bound.
        sleep(patience.pause(attempts).min(left)).await;
        attempts += 1;
    }
}

impl Aws {
    /// Sends a write, again as long as AWS has not caught up with what this run did.
    pub(super) async fn write<T, E, F>(&self, call: Call, send: impl Fn() -> F) -> Result<T>
    where
        F: Future<Output = std::result::Result<T, SdkError<E, HttpResponse>>>,
        E: std::error::Error + ProvideErrorMetadata + 'static,
    {
        self.permit.take(call.name(), &call.on)?;
        let sent = self.repeated(&call, send).await;
        if sent.is_err() {
            self.permit.give_back(call.name(), &call.on);
        }
        sent
    }

    async fn repeated<T, E, F>(&self, call: &Call, send: impl Fn() -> F) -> Result<T>
    where
        F: Future<Output = std::result::Result<T, SdkError<E, HttpResponse>>>,
        E: std::error::Error + ProvideErrorMetadata + 'static,
    {
        settle(&self.patience, &self.known, &*self.waiting, || async {
            send().await.map_err(|error| failed(call.clone(), &error))
        })
        .await
    }

    /// Sends a read, again as long as AWS does not know what this run has made.
    pub(super) async fn read_settled<T, E, F>(&self, call: Call, send: impl Fn() -> F) -> Result<T>
    where
        F: Future<Output = std::result::Result<T, SdkError<E, HttpResponse>>>,
        E: std::error::Error + ProvideErrorMetadata + 'static,
    {
        self.repeated(&call, send).await
    }

    /// A write that removes: what is gone already is fine.
    pub(super) async fn erase<T, E, F>(&self, call: Call, send: impl Fn() -> F) -> Result<()>
    where
        F: Future<Output = std::result::Result<T, SdkError<E, HttpResponse>>>,
        E: std::error::Error + ProvideErrorMetadata + 'static,
    {
        self.permit.take(call.name(), &call.on)?;
        // Not `write`: that would wait for what is not there to appear.
        match send().await.map_err(|error| failed(call.clone(), &error)) {
            Err(error) if error.absent() || error.unset() => Ok(()),
            Err(error)
                if error.code() == "OperationAborted"
                    || error.code() == "ConcurrentModification" =>
            {
                match self.repeated(&call, send).await {
                    Err(error) if error.absent() => Ok(()),
                    other => other.map(drop),
                }
            }
            other => other.map(drop),
        }
    }
}

/// One read.
pub(super) async fn read<T, E>(
    call: Call,
    send: impl Future<Output = std::result::Result<T, SdkError<E, HttpResponse>>>,
) -> Result<T>
where
    E: std::error::Error + ProvideErrorMetadata + 'static,
{
    send.await.map_err(|error| failed(call, &error))
}

#[cfg(test)]
mod tests {
    use super::super::error::{CallError, Cause};
    use super::*;
    use crate::permissions::Operation;
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    const FAST: Patience = Patience {
        bound: Duration::from_millis(60),
        first: Duration::from_millis(1),
        longest: Duration::from_millis(8),
    };
    const ROLE: &str = "arn:aws:iam::1:role/deploy";

    fn refusal(operation: &str, code: &str, message: &str) -> Error {
        let operation = Operation::named(operation).expect("it is in the table");
        let mut call = Call::new(operation, "arn:aws:s3:::b").needing(ROLE);
        call.principals = vec![ROLE.into()];
        Error::Call(Box::new(CallError {
            call,
            cause: Cause::Refused {
                status: 400,
                code: code.into(),
                message: message.into(),
                request: None,
                region: None,
            },
            waited: None,
            hint: None,
        }))
    }

    /// Fails so many times, then succeeds; the outcome, the attempts and what was said.
    async fn run(known: &Known, failures: usize, error: Error) -> (Result<()>, usize, Vec<String>) {
        let attempts = AtomicUsize::new(0);
        let said = Mutex::new(Vec::new());
        let waiting = |text: &str| said.lock().unwrap().push(text.to_owned());
        let outcome = settle(&FAST, known, &waiting, || {
            let failing = attempts.fetch_add(1, Ordering::SeqCst) < failures;
            let error = error.clone();
            async move { if failing { Err(error) } else { Ok(()) } }
        })
        .await;
        (outcome, attempts.into_inner(), said.into_inner().unwrap())
    }

    #[tokio::test]
    async fn a_principal_of_this_run_is_waited_for() {
        let known = Known::default();
        known.saw(ROLE);
        let error = refusal(
            "s3:PutBucketPolicy",
            "MalformedPolicy",
            "Invalid principal in policy",
        );
        let (outcome, attempts, said) = run(&known, 2, error).await;
        assert_eq!((outcome, attempts), (Ok(()), 3));
        assert_eq!(
            said[0],
            "waiting until AWS knows role.deploy (Invalid principal in policy), 0 s of 0 s"
        );
    }

    #[tokio::test]
    async fn what_does_not_pass_is_not_repeated() {
        let known = Known::default();
        let principal = "Invalid principal in policy";
        let strangers = [
            (
                "s3:PutBucketPolicy",
                "MalformedPolicy",
                principal,
                "a principal we never met",
            ),
            (
                "iam:AttachRolePolicy",
                "NoSuchEntity",
                "",
                "a role we did not make",
            ),
        ];
        for (operation, code, message, reason) in strangers {
            let (outcome, attempts, _) = run(&known, 9, refusal(operation, code, message)).await;
            assert!(outcome.is_err() && attempts == 1, "{reason}");
        }
        known.made(ROLE);
        let table = [
            (
                "iam:CreateRole",
                "MalformedPolicyDocument",
                "sub is missing",
                "the same code",
            ),
            (
                "iam:PutRolePolicy",
                "MalformedPolicyDocument",
                principal,
                "no trust policy",
            ),
            ("iam:CreateRole", "LimitExceeded", "", "a quota"),
            (
                "iam:CreateRole",
                "EntityAlreadyExists",
                "",
                "somebody else's",
            ),
            ("iam:CreateRole", "AccessDenied", "", "no permission"),
        ];
        for (operation, code, message, reason) in table {
            let (outcome, attempts, _) = run(&known, 9, refusal(operation, code, message)).await;
            assert!(outcome.is_err() && attempts == 1, "{reason}");
        }
    }

    #[tokio::test]
    async fn a_key_policy_waits_for_a_principal_of_this_run_and_never_for_a_lock_out() {
        let (known, code) = (Known::default(), "MalformedPolicyDocumentException");
        known.saw(ROLE);
        let invalid = "Policy contains a statement with one or more invalid principals.";
        let locked =
            "The new key policy will not allow you to update the key policy in the future.";
        let table = [
            (invalid, 2, "an earlier run's"),
            ("", 1, "it is there"),
            (locked, 1, "ours"),
        ];
        for (message, expected, reason) in table {
            let error = refusal("kms:PutKeyPolicy", code, message);
            assert_eq!(run(&known, 1, error).await.1, expected, "{reason}");
        }
        known.made(ROLE);
        for (message, expected) in [(invalid, 2), ("", 2), (locked, 1)] {
            let error = refusal("kms:CreateKey", code, message);
            assert_eq!(run(&known, 1, error).await.1, expected, "{message}");
        }
    }

    #[tokio::test]
    async fn a_message_tells_which_of_several_is_missing() {
        let known = Known::default();
        known.made(ROLE);
        let table = [
            (
                "Policy arn:aws:iam::1:policy/typo does not exist or is not attachable.",
                1,
            ),
            ("The role with name deploy cannot be found.", 2),
        ];
        for (message, expected) in table {
            let mut error = refusal("iam:AttachRolePolicy", "NoSuchEntity", message);
            if let Error::Call(error) = &mut error {
                error.call.needs.push("arn:aws:iam::1:policy/typo".into());
            }
            assert_eq!(run(&known, 1, error).await.1, expected, "{message}");
        }
    }

    #[tokio::test]
    async fn what_passes_is_repeated() {
        let known = Known::default();
        known.made(ROLE);
        let table = [
            (
                "iam:CreateRole",
                "MalformedPolicyDocument",
                "Invalid principal in policy: x",
            ),
            ("iam:AttachRolePolicy", "NoSuchEntity", ""),
            ("s3:PutBucketTagging", "NoSuchBucket", ""),
            ("s3:PutBucketVersioning", "OperationAborted", ""),
            ("iam:TagRole", "ConcurrentModification", ""),
            ("kms:EnableKeyRotation", "NotFoundException", ""),
            ("kms:CreateKey", "ThrottlingException", ""),
            ("iam:CreateUser", "EntityTemporarilyUnmodifiable", ""),
        ];
        for (operation, code, message) in table {
            let (outcome, attempts, _) = run(&known, 1, refusal(operation, code, message)).await;
            assert_eq!((outcome, attempts), (Ok(()), 2), "{operation} {code}");
        }
    }

    #[tokio::test]
    async fn patience_has_an_end_that_is_told() {
        let known = Known::default();
        let error = refusal("s3:PutBucketVersioning", "OperationAborted", "again");
        let (outcome, attempts, said) = run(&known, usize::MAX, error).await;
        let Err(Error::Call(error)) = outcome else {
            panic!()
        };
        assert!(error.waited.is_some_and(|waited| waited >= FAST.bound));
        assert!(
            error.text().ends_with("again, still so after 0 s"),
            "{}",
            error.text()
        );
        assert!(attempts > 5 && said.len() == attempts - 1);
    }
}
