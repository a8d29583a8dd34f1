//! Which provider a command speaks to.

use super::Global;
use super::screen::Screen;
use crate::account::Account;
use crate::aws;
use crate::cloud::{Cloud, Failure};
use crate::manifest;
use crate::plan::Removal;
use crate::probe::Prober;
use anyhow::{Error, Result};
use std::time::Duration;

/// The provider behind the door.
pub(super) enum Door {
    Aws(Box<aws::Aws>),
    File(Account),
}

impl Door {
    /// Opens the account file, or connects to AWS; `otherwise` is the region to ask in where
    /// nothing else says one.
    ///
    /// # Errors
    /// No such file; no credentials, or AWS cannot be reached.
    pub async fn open(global: &Global, otherwise: Option<String>, screen: &Screen) -> Result<Self> {
        Self::to(None, global, otherwise, screen).await
    }

    /// As [`Door::open`], to this account: its role is assumed, and no other account is taken for it.
    ///
    /// # Errors
    /// Also: the role may not be assumed, or the credentials are of another account.
    pub async fn to(
        account: Option<&manifest::Account>,
        global: &Global,
        otherwise: Option<String>,
        screen: &Screen,
    ) -> Result<Self> {
        let door = Self::reach(account, global, otherwise, screen).await?;
        let there = &door.cloud().scope().account;
        if let Some(asked) = account.filter(|asked| asked.account != *there) {
            let message = format!(
                "this is account {there}, and not {} ({}) that was asked for; nothing of it was read",
                asked.label(),
                asked.account
            );
            let hint = match (&global.account, &asked.role) {
                (Some(_), _) => "give the file of that account with --account",
                (None, Some(_)) => "check AWS_ENDPOINT_URL: AWS gives a role of its own account",
                (None, None) => "name the `role` to assume in it, or use its own credentials",
            };
            return Err(Error::new(Failure::new(message).with_hint(hint)));
        }
        Ok(door)
    }

    async fn reach(
        account: Option<&manifest::Account>,
        global: &Global,
        otherwise: Option<String>,
        screen: &Screen,
    ) -> Result<Self> {
        if let Some(path) = &global.account {
            return Ok(Self::File(Account::open(path, global.region.as_deref())?));
        }
        screen.progress("asking AWS who we are");
        let mut options = Self::options(global, otherwise);
        options.account = account.cloned();
        Ok(Self::Aws(Box::new(
            aws::connect(&options, screen.waiting()).await?,
        )))
    }

    /// How AWS is reached.
    pub fn options(global: &Global, otherwise: Option<String>) -> aws::Options {
        aws::Options {
            profile: global.profile.clone(),
            region: global.region.clone(),
            otherwise,
            account: None,
            budget: global.max_calls.clone(),
            per_second: global.max_rps,
            timeout: Duration::from_secs(global.timeout.into()),
        }
    }

    /// The provider.
    pub fn cloud(&self) -> &dyn Cloud {
        match self {
            Self::Aws(aws) => &**aws,
            Self::File(account) => account,
        }
    }

    /// What access can be tried at; an account in a file answers nobody.
    pub fn prober(&self) -> Option<&dyn Prober> {
        match self {
            Self::Aws(aws) => Some(&**aws),
            Self::File(_) => None,
        }
    }

    /// From now on a key whose sink is the standard output is shown there.
    pub fn show_secrets(&mut self, screen: &Screen) {
        if let Self::Aws(aws) = self {
            aws.show_secrets(screen.discloser());
        }
    }

    /// From now on the removal of a bucket that may be removed with its objects begins with them.
    pub fn empty(&mut self, removal: &Removal) {
        if let Self::Aws(aws) = self {
            aws.empty(removal.emptied.clone());
        }
    }

    /// Whether it is an account in a file.
    pub fn is_file(&self) -> bool {
        matches!(self, Self::File(_))
    }

    /// Keeps what was written.
    ///
    /// # Errors
    /// The account file cannot be written.
    pub fn save(&self) -> Result<()> {
        match self {
            Self::Aws(_) => Ok(()),
            Self::File(account) => account.save(),
        }
    }
}
