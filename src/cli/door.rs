//! Which providers a command speaks to.

use super::Global;
use super::clouds::Clouds;
use super::screen::Screen;
use crate::account::Account;
use crate::aws;
use crate::cloud::{Cloud, Failure};
use crate::google;
use crate::manifest;
use crate::plan::Removal;
use crate::probe::Prober;
use crate::resource::{Provider, Scope};
use anyhow::{Error, Result};
use std::collections::BTreeSet;
use std::time::Duration;

/// Who is behind the door.
pub(super) enum Door {
    Clouds(Box<Clouds>),
    File(Box<Account>),
}

impl Door {
    /// Opens the account file, or connects to those of the providers that are `wanted`; `otherwise` is
    /// the region to ask in where nothing else says one.
    ///
    /// # Errors
    /// No such file; no credentials, or AWS cannot be reached.
    pub async fn open(
        global: &Global,
        wanted: &BTreeSet<Provider>,
        otherwise: Option<String>,
        screen: &Screen,
    ) -> Result<Self> {
        Self::to(None, global, wanted, otherwise, screen).await
    }

    /// As [`Door::open`], to this account of AWS: its role is assumed, and no other account is taken
    /// for it.
    ///
    /// # Errors
    /// Also: the role may not be assumed, or the credentials are of another account.
    pub async fn to(
        account: Option<&manifest::Account>,
        global: &Global,
        wanted: &BTreeSet<Provider>,
        otherwise: Option<String>,
        screen: &Screen,
    ) -> Result<Self> {
        let door = Self::reach(account, global, wanted, otherwise, screen).await?;
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
        wanted: &BTreeSet<Provider>,
        otherwise: Option<String>,
        screen: &Screen,
    ) -> Result<Self> {
        if let Some(path) = &global.account {
            let mut account = Account::open(path, global.region.as_deref())?;
            account.ask_in(global.project.clone());
            return Ok(Self::File(Box::new(account)));
        }
        let mut scope = Scope {
            account: String::new(),
            project: global.project.clone(),
            ..super::manifests::nowhere(global)
        };
        // Whoever uses one of the two is not asked for credentials of the other.
        let mut aws = None;
        if wanted.contains(&Provider::Aws) || account.is_some() {
            screen.progress("asking AWS who we are");
            let mut options = Self::options(global, otherwise);
            options.account = account.cloned();
            let connected = aws::connect(&options, screen.waiting()).await?;
            scope = Scope {
                project: global.project.clone(),
                ..connected.scope().clone()
            };
            aws = Some(Box::new(connected));
        }
        let mut google = None;
        if wanted.contains(&Provider::Google) {
            let door = google::connect(&Self::google_options(global), &scope, screen.waiting())?;
            google = Some(Box::new(door));
        }
        Ok(Self::Clouds(Box::new(Clouds { scope, aws, google })))
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

    /// How Google is reached.
    pub fn google_options(global: &Global) -> google::Options {
        google::Options {
            endpoint: None,
            budget: global.max_calls.clone(),
            per_second: global.max_rps,
            timeout: Duration::from_secs(global.timeout.into()),
        }
    }

    /// All of the providers as one.
    pub fn cloud(&self) -> &dyn Cloud {
        match self {
            Self::Clouds(clouds) => &**clouds,
            Self::File(account) => &**account,
        }
    }

    /// Where access to AWS can be tried; an account in a file answers nobody.
    pub fn prober(&self) -> Option<&dyn Prober> {
        match self {
            Self::Clouds(clouds) => clouds.aws.as_deref().map(|aws| aws as &dyn Prober),
            Self::File(_) => None,
        }
    }

    /// Where access to Google can be tried.
    pub fn google_prober(&self) -> Option<&dyn Prober> {
        match self {
            Self::Clouds(clouds) => clouds.google.as_deref().map(|google| google as &dyn Prober),
            Self::File(_) => None,
        }
    }

    /// From now on a key whose sink is the standard output is shown there.
    pub fn show_secrets(&mut self, screen: &Screen) {
        if let Self::Clouds(clouds) = self {
            if let Some(aws) = &mut clouds.aws {
                aws.show_secrets(screen.discloser());
            }
            if let Some(google) = &mut clouds.google {
                google.show_secrets(screen.discloser());
            }
        }
    }

    /// From now on the removal of a bucket that may be removed with its objects begins with them.
    pub fn empty(&mut self, removal: &Removal) {
        if let Self::Clouds(clouds) = self {
            if let Some(aws) = &mut clouds.aws {
                aws.empty(removal);
            }
            if let Some(google) = &mut clouds.google {
                google.empty(removal);
            }
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
            Self::Clouds(_) => Ok(()),
            Self::File(account) => account.save(),
        }
    }
}
