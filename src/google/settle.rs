//! Waits for Google to know what this very run has made. Throttling and failures are waited out by the
//! client.

use super::address::address;
use super::error::{Error, Result};
use super::known::Known;
use crate::cloud::Patience;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// For what may as well be really missing, this part of all the patience.
const PART: u32 = 4;

/// Repeats `attempt` while Google is behind.
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
        let Some(behind) = known.behind(&error) else {
            return Err(Error::Call(error));
        };
        let bound = match behind.perhaps {
            true => patience.bound / PART,
            false => patience.bound,
        };
        let waited = start.elapsed();
        let left = bound.saturating_sub(waited);
        if left.is_zero() {
            error.waited = Some(waited);
            return Err(Error::Call(error));
        }
        waiting(&told(behind.what, waited, bound));
        // The last pause is cut so that the last attempt falls on the bound.
        sleep(patience.pause(attempts).min(left)).await;
        attempts += 1;
    }
}

fn told(what: &str, waited: Duration, bound: Duration) -> String {
    let (what, waited, bound) = (address(what), waited.as_secs(), bound.as_secs());
    format!("waiting until Google knows {what}, {waited} s of {bound} s")
}

#[cfg(test)]
mod tests {
    use super::super::error::{Call, Cause, Refusal};
    use super::*;
    use crate::permissions::Method;
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicUsize, Ordering};

    const FAST: Patience = Patience {
        bound: Duration::from_millis(80),
        first: Duration::from_millis(1),
        longest: Duration::from_millis(8),
    };
    const ACCOUNT: &str = "serviceAccount:a@p.iam.gserviceaccount.com";

    fn refused(method: Method, status: u16, code: &str) -> Error {
        let cause = Cause::Refused(Box::new(Refusal {
            status,
            code: code.into(),
            ..Refusal::default()
        }));
        Error::of(&Call::new(method, ACCOUNT), cause)
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
    async fn what_this_run_made_is_waited_for_and_that_is_told() {
        let known = Known::default();
        let late = || refused(Method::AccountsGet, 404, "NOT_FOUND");
        let (outcome, attempts, said) = run(&known, 2, late()).await;
        assert!(outcome.is_err() && attempts == 1 && said.is_empty());
        known.made(ACCOUNT);
        let (outcome, attempts, said) = run(&known, 2, late()).await;
        assert_eq!((outcome, attempts), (Ok(()), 3));
        assert_eq!(
            said[0],
            "waiting until Google knows service_account.a, 0 s of 0 s"
        );
    }

    #[tokio::test]
    async fn patience_has_an_end_that_is_told_and_is_shorter_where_it_may_be_in_vain() {
        let known = Known::default();
        known.made(ACCOUNT);
        let late = || refused(Method::AccountsGet, 404, "NOT_FOUND");
        let denied = || refused(Method::KeysCreate, 403, "PERMISSION_DENIED");
        for (error, least, most) in [(late(), 80, 400), (denied(), 20, 79)] {
            let (outcome, attempts, _) = run(&known, usize::MAX, error).await;
            let Err(Error::Call(error)) = outcome else {
                panic!()
            };
            let waited = error.waited.unwrap().as_millis();
            assert!((least..most).contains(&waited), "{waited}");
            assert!(error.text().ends_with("still so after 0 s"));
            assert!(attempts > 2);
        }
    }
}
