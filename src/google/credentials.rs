//! Who is asking, as Google's own tools find it: application default credentials
//! (<https://cloud.google.com/docs/authentication/application-default-credentials>). They are looked for
//! once, when the first call needs them.

mod file;
mod trouble;

use super::error::{Cause, Lack};
use crate::secrets;
use file::Found;
use google_cloud_auth::credentials::{
    AccessTokenCredentials, CacheableResource, CredentialsProvider as _,
};
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::{sleep, timeout};
use zeroize::Zeroizing;

/// How often a token is asked for while the server of tokens fails.
const TRIES: u32 = 3;
/// How long the metadata server may take: it is on the same machine, or there is none.
const METADATA: Duration = Duration::from_secs(10);
/// The only universe that is spoken to.
const UNIVERSE: &str = "googleapis.com";

/// Where to look for who is asking.
#[derive(Clone, Debug)]
pub(super) enum Source {
    /// Nobody is.
    Nobody,
    /// As the environment has it.
    Default,
    /// The text of a file with credentials.
    Json(SecretString),
    /// A token that is there already.
    Token(SecretString),
}

/// The header that shows a token.
fn bearer(token: &SecretString) -> Result<HeaderMap, Cause> {
    let shown = Zeroizing::new(format!("Bearer {}", token.expose_secret()));
    let mut value = HeaderValue::from_str(&shown).map_err(|_| {
        let message = "the token that was given has signs that no token has";
        Cause::Credentials(Lack::Unusable, message.to_owned())
    })?;
    value.set_sensitive(true);
    Ok(HeaderMap::from_iter([(AUTHORIZATION, value)]))
}

/// Who is asking.
#[derive(Debug)]
pub(super) struct Credentials {
    source: Source,
    timeout: Duration,
    held: Mutex<Option<Held>>,
}

/// What was found, and gives tokens.
#[derive(Debug)]
struct Held {
    credentials: AccessTokenCredentials,
    who: Option<String>,
}

impl Credentials {
    /// Those that are found there; `timeout` is how long one token may take.
    pub(super) fn new(source: Source, timeout: Duration) -> Self {
        Self {
            source,
            timeout,
            held: Mutex::default(),
        }
    }

    /// The headers that show who is asking.
    ///
    /// # Errors
    /// There is nothing to show, or it is of no use.
    pub(super) async fn headers(&self) -> Result<HeaderMap, Cause> {
        match &self.source {
            Source::Nobody => return Ok(HeaderMap::new()),
            Source::Token(token) => return bearer(token),
            Source::Default | Source::Json(_) => {}
        }
        let mut held = self.held.lock().await;
        let mut tries = 1;
        loop {
            let found = match held.take() {
                Some(found) => found,
                None => self.find()?,
            };
            let asked = self.ask(&found).await;
            match asked {
                Ok(headers) => {
                    *held = Some(found);
                    return Ok(headers);
                }
                // What was found keeps its failure for some seconds, so it is found anew.
                Err(Cause::Credentials(Lack::Unreachable, _)) if tries < TRIES => {
                    sleep(Duration::from_millis(300) * tries).await;
                    tries += 1;
                }
                Err(cause) => return Err(cause),
            }
        }
    }

    /// What there is to show who is asking, where it is from and whose it is; nothing of it that is
    /// secret. Nobody is asked.
    ///
    /// # Errors
    /// It cannot be read.
    pub(super) fn found(&self) -> Result<String, Cause> {
        Ok(match &self.source {
            Source::Nobody => "none: a server of this machine is shown nobody, unless \
                 GOOGLE_APPLICATION_CREDENTIALS names a file"
                .to_owned(),
            Source::Token(_) => "a token".to_owned(),
            Source::Json(text) => Found::in_text("these credentials", text)?.told(),
            Source::Default => Found::in_environment()?.told(),
        })
    }

    /// What was given last is of no use any more.
    pub(super) async fn forget(&self) {
        self.held.lock().await.take();
    }

    /// The address of the service account that is asking, where that is known without a call.
    pub(super) async fn who(&self) -> Option<String> {
        self.held.lock().await.as_ref()?.who.clone()
    }

    fn find(&self) -> Result<Held, Cause> {
        // Once a process; a second time it is there already. Without it, signing would panic.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let found = match &self.source {
            Source::Nobody | Source::Token(_) => return Err(trouble::nothing()),
            Source::Json(text) => Found::in_text("these credentials", text)?,
            Source::Default => Found::in_environment()?,
        };
        let who = found.who();
        let credentials = found.build()?;
        Ok(Held { credentials, who })
    }

    async fn ask(&self, held: &Held) -> Result<HeaderMap, Cause> {
        let patience = match held.who.is_none() && matches!(self.source, Source::Default) {
            true => self.timeout.min(METADATA),
            false => self.timeout,
        };
        let asked = timeout(patience, held.credentials.headers(Default::default())).await;
        let given = match asked {
            Err(_) => return Err(trouble::silence(patience)),
            Ok(Err(error)) => return Err(trouble::of(&error, held.who.is_none())),
            Ok(Ok(given)) => given,
        };
        let CacheableResource::New { data: headers, .. } = given else {
            return Err(trouble::nothing());
        };
        // A server may send back what it was sent.
        let shown = headers.get(AUTHORIZATION).and_then(|it| it.to_str().ok());
        if let Some(token) = shown.and_then(|it| it.split_whitespace().nth(1)) {
            secrets::keep(token);
        }
        Ok(headers)
    }
}

#[cfg(test)]
mod tests;
