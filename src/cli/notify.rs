//! `--notify`: a message to a webhook, once a change of state.

use super::screen::{Screen, error_text};
use super::{FAILED, FINE};
use crate::render;
use crate::report::{Report, Told};
use crate::webhook::Webhook;
use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use secrecy::{ExposeSecret, SecretString};
use std::path::PathBuf;

/// Who is told, and in which form.
#[derive(Args, Clone, Debug)]
pub(super) struct Notify {
    /// Send a message to this webhook when the state has changed. The URL is
    /// kept secret; better in the environment, where no list of processes has it
    #[arg(
        long,
        value_name = "URL",
        env = "S3SETUP_NOTIFY_URL",
        hide_env_values = true
    )]
    notify: Option<SecretString>,
    /// Form of the message; slack where the URL is Slack's
    #[arg(long, value_name = "FORM")]
    notify_form: Option<Form>,
    /// Keep here what was told last, so that it is told once; without it a
    /// message is sent whenever not all is well
    #[arg(long, value_name = "FILE")]
    notify_state: Option<PathBuf>,
}

/// Forms of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For any program
    Json,
    /// As Slack's incoming webhooks take it
    Slack,
}

/// Whoever is to be told, ready.
pub(super) struct Notifier {
    webhook: Webhook,
    form: Form,
    state: Option<PathBuf>,
    before: Option<Told>,
}

impl Notify {
    /// Whoever is to be told; none where nobody is.
    ///
    /// # Errors
    /// The URL is no good, or the file of `--notify-state` cannot be read: before anybody is asked anything.
    pub fn open(&self) -> Result<Option<Notifier>> {
        let url = self.notify.as_ref().map(ExposeSecret::expose_secret);
        // A variable that is set to nothing is how a workflow says that there is none.
        let Some(url) = url.filter(|url| !url.is_empty()) else {
            return Ok(None);
        };
        let webhook =
            Webhook::open(url).context("--notify (or S3SETUP_NOTIFY_URL) cannot be used")?;
        let form = self.notify_form.unwrap_or(match webhook.is_slack() {
            true => Form::Slack,
            false => Form::Json,
        });
        let before = match &self.notify_state {
            Some(path) => Told::read(path)
                .with_context(|| format!("--notify-state {} cannot be read", path.display()))?,
            None => None,
        };
        Ok(Some(Notifier {
            webhook,
            form,
            state: self.notify_state.clone(),
            before,
        }))
    }
}

impl Notifier {
    /// Tells of `report` if it is news, and gives the exit code: `code`, unless that was fine and nobody
    /// could be told.
    pub async fn tell(&self, report: &Report, code: u8, screen: &Screen) -> u8 {
        match self.try_to_tell(report, screen).await {
            Ok(()) => code,
            Err(error) => {
                screen.say(&error_text(&error));
                if code == FINE { FAILED } else { code }
            }
        }
    }

    async fn try_to_tell(&self, report: &Report, screen: &Screen) -> Result<()> {
        let now = Told::of(report);
        if now.is_news_after(self.before.as_ref()) {
            let body = match self.form {
                Form::Json => {
                    render::report_message(report, self.before.as_ref().map(|told| told.state))
                }
                Form::Slack => render::report_slack(report),
            };
            screen.progress("telling the webhook");
            let sent = self.webhook.send(&body).await;
            screen.done();
            // What nobody was told of is news the next time, too.
            sent.with_context(|| format!("nobody was told: {}", self.webhook))?;
        }
        match &self.state {
            Some(path)
                if self
                    .before
                    .as_ref()
                    .is_none_or(|before| now.is_news_after(Some(before))) =>
            {
                now.write(path)
                    .with_context(|| format!("cannot keep in {} what was told", path.display()))
            }
            _ => Ok(()),
        }
    }
}
