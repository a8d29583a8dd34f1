//! Sends requests to Google: each call is counted, has its turn and an end, and is repeated where that
//! can do no harm (<https://cloud.google.com/storage/docs/retry-strategy>,
//! <https://cloud.google.com/iam/docs/retry-strategy>).

use super::answer::{self, FOREIGN};
use super::credentials::{Credentials, Source};
use super::endpoint::{CREDENTIALS, Endpoint, variable};
use super::error::{Call, CallError, Cause, Error, Refusal, Result};
use super::request::{Again, Body, Request};
use super::{Options, TIMES};
use crate::cloud::{Clock, Counter, Pace, Patience, Waiting};
use crate::http::{self, TooLong};
use crate::secrets;
use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap, RETRY_AFTER};
use serde::de::DeserializeOwned;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::time::{Instant, sleep};

/// The largest answer that is read, in bytes: as of AWS.
const LARGEST: usize = 16 << 20;
/// How often a call is sent, at most.
const ATTEMPTS: u32 = 6;
/// The longest pause that Google may ask for.
const LONGEST: Duration = Duration::from_secs(30);

/// What sends requests, as one caller.
#[derive(Clone)]
pub(super) struct Client {
    http: reqwest::Client,
    endpoint: Endpoint,
    credentials: Arc<Credentials>,
    clock: Clock,
    counter: Counter,
    pace: Option<Arc<Pace>>,
    timeout: Duration,
    pub(super) patience: Patience,
    pub(super) waiting: Waiting,
}

/// An answer that says yes.
struct Answer {
    status: u16,
    body: Vec<u8>,
}

impl Client {
    /// One that asks as the environment says.
    ///
    /// # Errors
    /// What is named in Google's place is no URL to which a secret may go.
    pub(super) fn new(options: &Options, waiting: Waiting) -> Result<Self> {
        let endpoint = match &options.endpoint {
            Some(url) => Endpoint::at(url)?,
            None => Endpoint::of_environment()?,
        };
        let source = match endpoint.asks_nobody() && variable(CREDENTIALS).is_none() {
            true => Source::Nobody,
            false => Source::Default,
        };
        let url = endpoint.instead().unwrap_or("https://googleapis.com");
        let (_, http) = http::client(url).map_err(|error| {
            Error::ours(
                format!("no client for {url}: {error:#}"),
                "please report this",
            )
        })?;
        Ok(Self {
            http,
            endpoint,
            credentials: Arc::new(Credentials::new(source, options.timeout)),
            clock: Clock::default(),
            counter: Counter::new(options.budget.clone(), waiting.clone()),
            pace: options
                .per_second
                .map(|most| Arc::new(Pace::per_second(most))),
            timeout: options.timeout,
            patience: Patience::within(options.timeout * TIMES),
            waiting,
        })
    }

    /// The same, asking as somebody else; what it sends is counted with ours.
    pub(super) fn asking_as(&self, source: Source) -> Self {
        Self {
            credentials: Arc::new(Credentials::new(source, self.timeout)),
            ..self.clone()
        }
    }

    /// The calls made so far.
    pub(super) fn counter(&self) -> &Counter {
        &self.counter
    }

    /// Who is asking.
    pub(super) fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// What time it is at Google.
    pub(super) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The server that is named in Google's place.
    pub(super) fn instead(&self) -> Option<&str> {
        self.endpoint.instead()
    }

    /// The address of the service account that is asking, where that is known.
    pub(super) async fn who(&self) -> Option<String> {
        self.credentials.who().await
    }

    /// Sends it, and reads what comes as `T`.
    pub(super) async fn json<T: DeserializeOwned>(&self, request: &Request) -> Result<T> {
        self.send(request, |answer| answer::read(answer.status, &answer.body))
            .await
    }

    /// Sends what is answered with nothing at all.
    pub(super) async fn empty(&self, request: &Request) -> Result<()> {
        const NO_CONTENT: u16 = 204;
        self.send(request, |answer| match answer.status {
            NO_CONTENT => Ok(()),
            status => Err(answer::none(status, &answer.body)),
        })
        .await
    }

    /// Sends what is answered with an object.
    pub(super) async fn bytes(&self, request: &Request) -> Result<Vec<u8>> {
        self.send(request, |answer| Ok(answer.body)).await
    }

    /// Sends it until there is an answer, as often as that may be.
    async fn send<T>(
        &self,
        request: &Request,
        read: impl Fn(Answer) -> std::result::Result<T, Box<Refusal>>,
    ) -> Result<T> {
        let start = Instant::now();
        let (mut attempt, mut renewed, mut doubtful) = (1, false, false);
        loop {
            let cause = match self.once(request, attempt).await? {
                Ok(answer) => match read(answer) {
                    Ok(read) => return Ok(read),
                    Err(refusal) => Cause::Refused(refusal),
                },
                Err(cause) => cause,
            };
            let turned_away = matches!(&cause, Cause::Refused(it) if it.unauthenticated());
            let renews = turned_away && !renewed;
            let is_over = attempt >= ATTEMPTS || start.elapsed() >= self.patience.bound;
            if is_over || !(renews || may_go_again(request.again(), &cause)) {
                return Err(Error::Call(Box::new(CallError {
                    doubtful,
                    ..told(&request.call, cause)
                })));
            }
            if renews {
                // A token that was revoked, or that a clock says is old.
                self.credentials.forget().await;
                renewed = true;
            } else {
                sleep(pause(&self.patience, attempt, &cause)).await;
            }
            doubtful |= cause.says_nothing();
            attempt += 1;
        }
    }

    /// Sends it once. The outer error is ours: it was not sent, and is not to be.
    async fn once(
        &self,
        request: &Request,
        attempt: u32,
    ) -> Result<std::result::Result<Answer, Cause>> {
        let headers = match self.credentials.headers().await {
            Ok(headers) => headers,
            Err(cause) => return Err(Error::of(&request.call, cause)),
        };
        if let Some(pace) = &self.pace {
            pace.turn(request.call.method.service()).await;
        }
        self.counter.take(request.call.name(), attempt)?;
        let outcome = tokio::time::timeout(self.timeout, self.exchange(request, headers)).await;
        Ok(outcome.unwrap_or_else(|_| {
            let waited = self.timeout.as_secs();
            Err(Cause::Unreachable(format!("none within {waited} s")))
        }))
    }

    async fn exchange(
        &self,
        request: &Request,
        headers: HeaderMap,
    ) -> std::result::Result<Answer, Cause> {
        let url = self.endpoint.base(request.call.method) + &request.path;
        let url = reqwest::Url::parse_with_params(&url, &request.query)
            .map_err(|error| Cause::Unreachable(error.to_string()))?;
        let built = self.http.request(request.verb.clone(), url);
        let built = built.headers(headers).timeout(self.timeout);
        let built = match &request.body {
            Body::Nothing => built,
            Body::Json(value) => built.json(value),
            Body::Bytes(bytes) => built
                .header(CONTENT_TYPE, "application/octet-stream")
                .body(bytes.clone()),
        };
        let answer = built.send().await.map_err(|error| unreachable(&error))?;
        if let Some(date) = answer.headers().get(DATE).and_then(|it| it.to_str().ok()) {
            self.clock.heard(date, SystemTime::now());
        }
        let status = answer.status();
        let after = answer.headers().get(RETRY_AFTER);
        let after = after.and_then(|it| it.to_str().ok()?.parse().ok());
        let after = after.map(Duration::from_secs);
        let body = match http::bytes(answer, LARGEST).await {
            Ok(body) => body,
            Err(error) if error.is::<TooLong>() => {
                let message = format!("{FOREIGN}: {error}");
                return Err(Cause::Unreachable(message));
            }
            Err(_) => {
                let cut = "the answer was cut short on its way";
                return Err(Cause::Unreachable(cut.to_owned()));
            }
        };
        let status_number = status.as_u16();
        match status.is_success() {
            true => Ok(Answer {
                status: status_number,
                body,
            }),
            false => Err(Cause::Refused(Box::new(answer::refusal(
                status_number,
                &body,
                after,
            )))),
        }
    }
}

fn told(call: &Call, cause: Cause) -> CallError {
    CallError {
        call: call.clone(),
        cause,
        doubtful: false,
        waited: None,
        hint: None,
    }
}

/// Whether the same may be asked again after this.
fn may_go_again(again: Again, cause: &Cause) -> bool {
    match cause {
        Cause::Credentials(..) => false,
        Cause::Unreachable(_) => again != Again::Never,
        Cause::Refused(it) if it.code.is_empty() => {
            // A login page also comes as a redirect, or with a status of its own (511). What a proxy
            // refuses with a 4xx it refuses again.
            let passes = it.status < 400 || it.status >= 500 || it.status == 408;
            passes && again != Again::Never
        }
        // This answer says that it was not done.
        Cause::Refused(it) if it.throttled() => true,
        Cause::Refused(it) => {
            matches!(it.status, 408 | 500 | 502 | 503 | 504) && again != Again::Never
        }
    }
}

/// How long to wait before the next try: longer where Google says so.
fn pause(patience: &Patience, attempt: u32, cause: &Cause) -> Duration {
    let pause = patience.pause(attempt - 1);
    match cause {
        Cause::Refused(it) => pause.max(it.after.unwrap_or_default().min(LONGEST)),
        _ => pause,
    }
}

/// Why no answer came: the innermost of the reasons, for those around it say that there is one.
fn unreachable(error: &reqwest::Error) -> Cause {
    let mut text = String::new();
    let mut next: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = next {
        text = answer::one_line(&error.to_string());
        next = error.source();
    }
    let text = match error.is_timeout() {
        true => format!("none in time: {text}"),
        false => text,
    };
    Cause::Unreachable(secrets::hide(&text).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(status: u16, code: &str, message: &str) -> Cause {
        Cause::Refused(Box::new(Refusal {
            status,
            code: code.into(),
            message: message.into(),
            ..Refusal::default()
        }))
    }

    #[test]
    fn what_can_do_no_harm_is_asked_again() {
        use Again::{Creates, Never, Safe};
        let reset = || Cause::Unreachable("reset".into());
        let table = [
            (refused(503, "UNAVAILABLE", ""), [true, true, false]),
            (refused(500, "backendError", ""), [true, true, false]),
            (
                refused(429, "RESOURCE_EXHAUSTED", "slow"),
                [true, true, true],
            ),
            (refused(403, "rateLimitExceeded", ""), [true, true, true]),
            (reset(), [true, true, false]),
            (refused(200, "", "a page"), [true, true, false]),
            (refused(302, "", "a page"), [true, true, false]),
            (refused(502, "", "a page"), [true, true, false]),
            (refused(403, "", "a page"), [false, false, false]),
            (
                refused(
                    429,
                    "RESOURCE_EXHAUSTED",
                    "Maximum number of keys on account reached.",
                ),
                [false, false, false],
            ),
            (refused(409, "ABORTED", ""), [false, false, false]),
            (refused(412, "conditionNotMet", ""), [false, false, false]),
            (refused(403, "PERMISSION_DENIED", ""), [false, false, false]),
            (
                refused(400, "FAILED_PRECONDITION", ""),
                [false, false, false],
            ),
        ];
        for (cause, expected) in table {
            let found = [Safe, Creates, Never].map(|again| may_go_again(again, &cause));
            assert_eq!(found, expected, "{cause:?}");
        }
    }

    #[test]
    fn a_pause_is_as_long_as_google_says_but_not_for_ever() {
        let patience = Patience::within(Duration::from_secs(120));
        let after = |seconds| {
            let mut cause = refused(503, "UNAVAILABLE", "");
            if let Cause::Refused(it) = &mut cause {
                it.after = Some(Duration::from_secs(seconds));
            }
            pause(&patience, 1, &cause).as_secs()
        };
        assert_eq!((after(7), after(3600)), (7, 30));
        assert!(after(0) < 1);
    }
}
