//! Whether Google Cloud can be worked with from here: credentials, project, APIs, clock.

use super::client::Client;
use super::credentials::Source;
use super::error::{Call, Cause, Error, Result};
use super::hint::{self, Around};
use super::{Options, error::Refusal};
use crate::cloud::{Failure, Waiting};
use crate::doctor::{Finding, State};
use crate::permissions::Method;
use crate::resource::Provider;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// A clock that is off by more is told, in seconds.
const WORTH_KNOWING: u64 = 60;
/// How long what is only asked to tell the time may take.
const BESIDE: Duration = Duration::from_secs(10);

/// What a run would be about.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Ids of projects.
    pub projects: BTreeSet<String>,
    /// Secrets of Secret Manager that keys are handed over to: project and id.
    pub secrets: BTreeSet<(String, String)>,
}

/// Looks at what a run needs, one after another as a run meets it. Changes nothing; what does not work is
/// told and is no error.
pub async fn examine(options: &Options, asked: &Asked) -> Vec<Finding> {
    let waiting: Waiting = Arc::new(|_: &str| {});
    let found = match Client::new(options, waiting) {
        Ok(client) => Look { client: &client }.at(asked).await,
        Err(error) => vec![of_error("endpoint", error, Around::default())],
    };
    found
        .into_iter()
        .map(|one| one.of(Provider::Google))
        .collect()
}

/// With the remedy that every command would tell.
fn of_error(what: &'static str, error: Error, around: Around<'_>) -> Finding {
    let error = hint::explain(error, around);
    let failure = error.downcast_ref::<Failure>();
    let hint = failure.and_then(|failure| failure.hint.clone());
    Finding::wrong(what, State::Bad, format!("{error:#}"), hint)
}

struct Look<'a> {
    client: &'a Client,
}

impl Look<'_> {
    async fn at(&self, asked: &Asked) -> Vec<Finding> {
        let mut found = Vec::new();
        if let Some(endpoint) = self.client.instead() {
            found.push(Finding::wrong(
                "endpoint",
                State::Doubtful,
                format!("all calls go to {endpoint}"),
                Some("unset S3SETUP_GOOGLE_ENDPOINT to reach Google itself".into()),
            ));
        }
        let credentials = self.credentials().await;
        let is_nobody = credentials.state == State::Bad;
        found.push(credentials);
        if is_nobody {
            // Tokens that are signed here are refused where the clock is wrong.
            let nobody = self.client.asking_as(Source::Nobody);
            let any = asked.projects.first().map_or("-", String::as_str);
            let _ = timeout(BESIDE, nobody.first_bucket(any, "")).await;
        } else if asked.projects.is_empty() {
            found.push(Finding::wrong(
                "project",
                State::Bad,
                "none is named",
                Some(
                    "give --project ID, or set GOOGLE_CLOUD_PROJECT, or write google.project"
                        .into(),
                ),
            ));
        } else {
            for project in &asked.projects {
                found.extend(self.project(project).await);
            }
            found.extend(self.secrets(asked).await);
        }
        found.extend(self.client.clock().seconds_ahead().map(time));
        found
    }

    /// What there is to show who is asking, and whether a token comes of it.
    async fn credentials(&self) -> Finding {
        const WHAT: &str = "credentials";
        let credentials = self.client.credentials();
        let told = credentials.found();
        let given = credentials.headers().await;
        match (told, given) {
            (Ok(told), Ok(_)) => Finding::good(WHAT, told),
            // Nothing was to be called with them, so that no call is to be named.
            (Ok(_), Err(Cause::Credentials(lack, said)))
            | (Err(Cause::Credentials(lack, said)), _) => {
                Finding::wrong(WHAT, State::Bad, said, Some(hint::credentials(lack)))
            }
            (Ok(_), Err(cause)) | (Err(cause), _) => {
                let call = Call::new(Method::BucketsList, "projects/-");
                of_error(WHAT, Error::of(&call, cause), self.around(None))
            }
        }
    }

    fn around<'a>(&'a self, caller: Option<&'a str>) -> Around<'a> {
        Around {
            caller,
            endpoint: self.client.instead(),
        }
    }

    /// One call to each service that every run asks.
    async fn project(&self, id: &str) -> Vec<Finding> {
        let (storage, iam) = tokio::join!(
            self.client.first_bucket(id, ""),
            self.client.lists_accounts(id)
        );
        let (storage, iam) = (storage.map(drop), iam);
        let mut found = vec![seen(id, [&storage, &iam])];
        let who = self.client.who().await;
        let around = self.around(who.as_deref());
        // Names of buckets are everybody's: the list says whose one is.
        found.push(match storage {
            Err(error) if error.denied() => {
                let told = format!("answers; to list the buckets of {id} is not allowed");
                let hint = of_error("storage", error, around).hint;
                Finding::wrong("storage", State::Doubtful, told, hint)
            }
            other => answers("storage", other, around),
        });
        found.push(answers("iam", iam, around));
        found
    }

    async fn secrets(&self, asked: &Asked) -> Option<Finding> {
        let (project, name) = asked.secrets.first()?;
        let secret = self.client.secret(project, name).await.map(drop);
        let who = self.client.who().await;
        Some(answers(
            "secret manager",
            secret,
            self.around(who.as_deref()),
        ))
    }
}

/// Whoever is refused was answered, and whoever asks for what is not there. What is needed of a service
/// is what the manifests need.
fn answers(what: &'static str, outcome: Result<()>, around: Around<'_>) -> Finding {
    match outcome {
        Ok(()) => Finding::good(what, "answers"),
        Err(error) if error.absent() => Finding::good(what, "answers"),
        Err(error) if error.denied() => {
            Finding::good(what, "answers; a list is not allowed, nor needed")
        }
        Err(error) => of_error(what, error, around),
    }
}

/// Whether Google knows the project, by what its services say of it.
fn seen(id: &str, said: [&Result<()>; 2]) -> Finding {
    const WHAT: &str = "project";
    let refusals = || said.iter().filter_map(|one| one.as_ref().err()?.refusal());
    let of_project = |it: &Refusal| it.service_disabled() || it.unpaid();
    if said.iter().any(|one| one.is_ok()) || refusals().any(of_project) {
        return Finding::good(WHAT, id);
    }
    // Storage says the one or the other of what is not there.
    let unknown = |it: &Refusal| {
        let message = it.message.to_lowercase();
        it.status == 404 && !it.code.is_empty() || message.contains("unknown project")
    };
    if refusals().any(unknown) {
        return Finding::wrong(
            WHAT,
            State::Bad,
            format!("{id}: Google knows no such project"),
            Some("it takes the project's id, and not its name: `gcloud projects list`".into()),
        );
    }
    let told = format!("{id}: whether it is there is not told to these credentials");
    let hint = "check its id, and that these credentials have a role in it";
    Finding::wrong(WHAT, State::Doubtful, told, Some(hint.into()))
}

/// Google names no bound. Where a clock is so far off that tokens are refused, the credentials are told as
/// bad.
fn time(ahead: i64) -> Finding {
    let off = ahead.unsigned_abs();
    let way = if ahead < 0 { "behind" } else { "ahead of" };
    let text = format!("{off} s {way} Google's");
    if off < WORTH_KNOWING {
        return Finding::good("clock", text);
    }
    let hint = "set this machine's clock: tokens that are signed at another time are refused";
    Finding::wrong("clock", State::Doubtful, text, Some(hint.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(status: u16, code: &str, message: &str, reason: Option<&str>) -> Result<()> {
        let call = Call::new(Method::BucketsList, "projects/p");
        let refusal = Refusal {
            status,
            code: code.into(),
            message: message.into(),
            reason: reason.map(str::to_owned),
            ..Refusal::default()
        };
        Err(Error::of(&call, Cause::Refused(Box::new(refusal))))
    }

    fn denied() -> Result<()> {
        refused(403, "forbidden", "or it may not exist", None)
    }

    #[test]
    fn a_project_is_there_is_not_there_or_cannot_be_seen() {
        let off = || refused(403, "PERMISSION_DENIED", "off", Some("SERVICE_DISABLED"));
        let gone = || {
            refused(
                404,
                "notFound",
                "The requested project was not found.",
                None,
            )
        };
        let odd = || refused(400, "invalid", "Unknown project id: p", None);
        let mute = || Err(Error::Unintelligible("x".into()));
        for (said, state) in [
            ([Ok(()), Ok(())], State::Good),
            ([denied(), Ok(())], State::Good),
            ([denied(), off()], State::Good),
            ([gone(), denied()], State::Bad),
            ([odd(), denied()], State::Bad),
            ([denied(), denied()], State::Doubtful),
            ([mute(), denied()], State::Doubtful),
        ] {
            let finding = seen("p", [&said[0], &said[1]]);
            assert_eq!(finding.state, state, "{said:?}");
            assert_eq!(finding.hint.is_some(), state != State::Good);
        }
    }

    #[test]
    fn a_refusal_is_an_answer_and_an_api_that_is_off_is_none() {
        let around = Around::default();
        assert_eq!(answers("iam", denied(), around).state, State::Good);
        let off = refused(403, "PERMISSION_DENIED", "off", Some("SERVICE_DISABLED"));
        let found = answers("iam", off, around);
        assert_eq!(found.state, State::Bad);
        assert!(found.hint.unwrap().contains("gcloud services enable"));
    }

    #[test]
    fn a_clock_is_told_from_a_minute_on() {
        assert_eq!(time(-59), Finding::good("clock", "59 s behind Google's"));
        let found = time(60);
        assert_eq!(
            (found.state, found.text.as_str()),
            (State::Doubtful, "60 s ahead of Google's")
        );
    }
}
