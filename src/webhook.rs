//! A message to a webhook: sent again while its server is busy or away, within a bound. Its URL is a
//! secret, so nothing here shows more than the server's name.

use crate::{http, secrets};
use anyhow::{Context, Result, bail};
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode, Url};
use serde_json::Value;
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

/// How often a message is sent that gets no proper answer.
const ATTEMPTS: u32 = 5;
/// The first pause; the next ones are twice as long each, and up to half as long again, so that a fleet
/// does not come back as one.
const PAUSE: Duration = Duration::from_millis(500);
/// No server is waited for longer than this, whatever it asks for.
const LONGEST_PAUSE: Duration = Duration::from_secs(20);
/// All attempts together.
const LIMIT: Duration = Duration::from_secs(90);
/// How much of an answer is shown, in characters.
const SHOWN: usize = 200;
/// Slack's servers for incoming webhooks.
const SLACK: [&str; 2] = ["hooks.slack.com", "hooks.slack-gov.com"];

/// Where messages go.
pub struct Webhook {
    url: Url,
    client: Client,
}

impl fmt::Display for Webhook {
    /// The server; the rest of the URL is the key to it.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "the webhook at {}",
            self.url.host_str().unwrap_or_default()
        )
    }
}

/// What an attempt came to.
enum Attempt {
    Done,
    /// Why not, and how long the server asks to be left alone.
    Busy(anyhow::Error, Option<Duration>),
}

impl Webhook {
    /// The one at `url`, which is kept as a secret from now on.
    ///
    /// # Errors
    /// `url` is none, has a password in it, or is neither `https` nor of this machine. It is not in the
    /// error.
    pub fn open(url: &str) -> Result<Self> {
        secrets::keep(url);
        let (url, client) = http::client(url)?;
        secrets::keep(url.as_str());
        secrets::keep(url.path());
        url.query().into_iter().for_each(secrets::keep);
        Ok(Self { url, client })
    }

    /// Whether it is Slack's.
    #[must_use]
    pub fn is_slack(&self) -> bool {
        self.url
            .host_str()
            .is_some_and(|host| SLACK.contains(&host))
    }

    /// Sends `body`. A message whose answer was lost may arrive twice.
    ///
    /// # Errors
    /// It is refused, or no attempt got a proper answer.
    pub async fn send(&self, body: &Value) -> Result<()> {
        let sending = tokio::time::timeout(LIMIT, self.attempts(body));
        match sending.await {
            Ok(sent) => sent,
            Err(_) => bail!("it did not answer within {} s", LIMIT.as_secs()),
        }
    }

    async fn attempts(&self, body: &Value) -> Result<()> {
        let text = body.to_string();
        let mut pause = PAUSE;
        let mut attempt = 1;
        loop {
            let asked = self
                .client
                .post(self.url.clone())
                .header(CONTENT_TYPE, "application/json")
                .body(text.clone())
                .send()
                .await;
            let (error, asks_for) = match self.judge(asked).await? {
                Attempt::Done => return Ok(()),
                Attempt::Busy(error, asks_for) => (error, asks_for),
            };
            if attempt == ATTEMPTS {
                return Err(error.context(format!("after {ATTEMPTS} attempts")));
            }
            let wait = asks_for.unwrap_or(pause).min(LONGEST_PAUSE);
            tokio::time::sleep(wait + jitter(pause)).await;
            pause = pause.saturating_mul(2).min(LONGEST_PAUSE);
            attempt += 1;
        }
    }

    /// What an answer means: done, to be asked again, or, as an error, refused.
    async fn judge(&self, asked: reqwest::Result<Response>) -> Result<Attempt> {
        let answer = match asked {
            Ok(answer) => answer,
            Err(error) => {
                let error = anyhow::Error::new(error.without_url());
                return Ok(Attempt::Busy(error.context("it does not answer"), None));
            }
        };
        let status = answer.status();
        if status.is_success() {
            return Ok(Attempt::Done);
        }
        let asks_for = retry_after(&answer);
        let said = http::text(answer).await.unwrap_or_default();
        let said = secrets::hide(said.trim())
            .chars()
            .take(SHOWN)
            .collect::<String>();
        let error = match said.is_empty() {
            true => anyhow::anyhow!("it answers {status}"),
            false => anyhow::anyhow!("it answers {status}: {said}"),
        };
        match status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() {
            true => Ok(Attempt::Busy(error, asks_for)),
            false => Err(error).context("the message was refused"),
        }
    }
}

/// In seconds; a date is not waited for.
fn retry_after(answer: &Response) -> Option<Duration> {
    let value = answer.headers().get(RETRY_AFTER)?.to_str().ok()?;
    value.trim().parse().ok().map(Duration::from_secs)
}

/// Up to half of `pause`, by the randomness that the standard library gives its maps.
fn jitter(pause: Duration) -> Duration {
    let random = RandomState::new().hash_one(0_u8) % 1000;
    pause / 2 * u32::try_from(random).unwrap_or_default() / 1000
}
