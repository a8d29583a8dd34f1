//! The door for Google Cloud: Cloud Storage and the identities around it, over the JSON of its APIs.

use crate::cloud::{Budget, Calls, Cloud, Disclose, Observation, Waiting};
use crate::resource::{Resource, Scope};
use anyhow::{Result, bail};
use async_trait::async_trait;
use std::collections::BTreeSet;
use std::num::NonZeroU16;
use std::time::Duration;

/// What is chosen on the command line; all else comes from Google's own environment variables and
/// files.
#[derive(Clone, Debug)]
pub struct Options {
    /// A server in the place of Google's, instead of `S3SETUP_GOOGLE_ENDPOINT`.
    pub endpoint: Option<String>,
    /// How many calls may be made, if there is a bound.
    pub budget: Option<Budget>,
    /// How many calls a second may go to each service, if there is a bound.
    pub per_second: Option<NonZeroU16>,
    /// How long Google may take to answer one try of a call.
    pub timeout: Duration,
}

/// The door.
pub struct Google {
    scope: Scope,
}

/// Makes the door; nobody is asked for anything before the first call.
///
/// # Errors
/// What is named in Google's place is no URL to which a secret may go.
pub fn connect(_options: &Options, scope: &Scope, _waiting: Waiting) -> Result<Google> {
    Ok(Google {
        scope: scope.clone(),
    })
}

impl Google {
    /// From now on a key whose sink is the standard output is shown there.
    pub fn show_secrets(&mut self, _disclose: Disclose) {}

    /// From now on the removal of a bucket that may be removed with its objects begins with them.
    pub fn empty(&mut self, _buckets: BTreeSet<String>) {}
}

#[async_trait]
impl Cloud for Google {
    fn scope(&self) -> &Scope {
        &self.scope
    }

    async fn observe(&self, want: &Resource) -> Result<Observation> {
        bail!("{} is not built yet", want.address())
    }

    async fn create(&self, want: &Resource) -> Result<()> {
        bail!("{} is not built yet", want.address())
    }

    async fn update(&self, _have: &Resource, want: &Resource) -> Result<()> {
        bail!("{} is not built yet", want.address())
    }

    async fn delete(&self, have: &Resource) -> Result<()> {
        bail!("{} is not built yet", have.address())
    }

    fn calls(&self) -> Calls {
        Calls::default()
    }
}
