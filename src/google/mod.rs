//! The door for Google Cloud: Cloud Storage and the identities around it, over the JSON of its APIs.

mod address;
mod announce;
mod answer;
mod api;
mod bindings;
mod bucket;
mod change;
mod client;
mod code;
mod credentials;
mod doctor;
mod empty;
mod endpoint;
mod error;
mod gaps;
mod hint;
mod key;
mod key_file;
mod known;
mod lifecycle;
mod marked;
mod permit;
mod pool;
mod probe;
mod provider;
mod request;
mod role;
mod service_account;
mod settle;
mod ties;
mod write;

use crate::cloud::{
    Announced, Budget, Calls, Cloud, Deed, Disclose, Failure, Marked, Observation, Permit,
    Rotating, Rotation, Unwanted, Waiting, look_again,
};
use crate::plan::Removal;
use crate::resource::{Google as Kind, Resource, Scope};
use async_trait::async_trait;
use client::Client;
pub use doctor::{Asked, examine};
use error::{Error, Result};
use hint::Around;
use std::num::NonZeroU16;
use std::time::Duration;

/// How many times the time-out of one try everything together may take.
const TIMES: u32 = 3;

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
    /// How long Google may take to answer one try of a call. All tries of it together, and waiting for
    /// Google to know what was just made, may take three times that.
    pub timeout: Duration,
}

/// Google Cloud, as one caller.
pub struct Google {
    scope: Scope,
    client: Client,
    known: known::Known,
    /// The calls that were announced, if they were.
    permit: Permit,
    budget: Option<Budget>,
    /// Only if secrets may be shown.
    disclose: Option<Disclose>,
    /// Which buckets are emptied when they are to be removed.
    removal: Removal,
}

/// Makes the door; nobody is asked for anything before the first call.
///
/// # Errors
/// What is named in Google's place is no URL to which a secret may go.
pub fn connect(options: &Options, scope: &Scope, waiting: Waiting) -> anyhow::Result<Google> {
    let client =
        Client::new(options, waiting).map_err(|error| hint::explain(error, Around::default()))?;
    Ok(Google {
        scope: scope.clone(),
        client,
        known: known::Known::default(),
        permit: Permit::keyed(permit::key),
        budget: options.budget.clone(),
        disclose: None,
        removal: Removal::default(),
    })
}

/// What is behind another door.
fn not_of_google(resource: &Resource) -> Error {
    let message = format!("{} is not of Google", resource.address());
    Error::ours(message, "this is a fault of s3setup: please report it")
}

/// The resource, if it is of Google.
fn of(resource: &Resource) -> Result<&Kind> {
    match resource {
        Resource::Google(kind) => Ok(kind),
        other => Err(not_of_google(other)),
    }
}

impl Google {
    /// From now on a key whose sink is the standard output is shown there.
    pub fn show_secrets(&mut self, disclose: Disclose) {
        self.disclose = Some(disclose);
    }

    /// From now on the removal of a bucket that this names begins with what is in it.
    pub fn empty(&mut self, removal: &Removal) {
        self.removal = removal.clone();
    }

    async fn explain(&self, error: Error) -> anyhow::Error {
        let caller = self.client.who().await;
        let around = Around {
            caller: caller.as_deref(),
            endpoint: self.client.instead(),
        };
        hint::explain(error, around)
    }

    async fn told<T>(&self, outcome: Result<T>) -> anyhow::Result<T> {
        match outcome {
            Ok(done) => Ok(done),
            Err(error) => Err(self.explain(error).await),
        }
    }

    /// What there is of `want`.
    async fn look(&self, want: &Resource) -> Result<Observation> {
        match of(want)? {
            Kind::Bindings(want) => self.observe_bindings(want).await,
            Kind::Bucket(want) => self.observe_bucket(want).await,
            Kind::Pool(want) => self.observe_pool(want).await,
            Kind::Provider(want) => self.observe_provider(want).await,
            Kind::Role(want) => self.observe_role(want).await,
            Kind::ServiceAccount(want) => self.observe_service_account(want).await,
            Kind::ServiceAccountKey(want) => self.observe_key(want).await,
        }
    }

    async fn make(&self, want: &Resource) -> Result<()> {
        let made = match of(want)? {
            Kind::Bindings(want) => self.create_bindings(want).await,
            Kind::Bucket(want) => self.create_bucket(want).await,
            Kind::Pool(want) => self.create_pool(want).await,
            Kind::Provider(want) => self.create_provider(want).await,
            Kind::Role(want) => self.create_role(want).await,
            Kind::ServiceAccount(want) => self.create_service_account(want).await,
            Kind::ServiceAccountKey(want) => self.create_key(want).await,
        };
        match made {
            Err(error) if error.already_there() => self.take_up(want, error).await,
            made => made,
        }
    }

    async fn lead(&self, have: &Resource, want: &Resource) -> Result<()> {
        match (of(have)?, of(want)?) {
            (Kind::Bindings(have), Kind::Bindings(want)) => self.update_bindings(have, want).await,
            (Kind::Bucket(have), Kind::Bucket(want)) => self.update_bucket(have, want).await,
            (Kind::Pool(have), Kind::Pool(want)) => self.update_pool(have, want).await,
            (Kind::Provider(have), Kind::Provider(want)) => self.update_provider(have, want).await,
            (Kind::Role(have), Kind::Role(want)) => self.update_role(have, want).await,
            (Kind::ServiceAccount(have), Kind::ServiceAccount(want)) => {
                self.update_service_account(have, want).await
            }
            (Kind::ServiceAccountKey(have), Kind::ServiceAccountKey(want)) => {
                self.update_key(have, want).await
            }
            _ => Err(Error::ours(
                format!("{} cannot become {}", have.address(), want.address()),
                "make a new plan",
            )),
        }
    }

    async fn remove(&self, have: &Resource) -> Result<()> {
        match of(have)? {
            // A part of a bucket or of a service account, which takes it along. Until that has gone,
            // nobody's access is taken away.
            Kind::Bindings(_) => Ok(()),
            Kind::Bucket(have) => self.delete_bucket(have).await,
            Kind::Pool(have) => self.delete_pool(have).await,
            Kind::Provider(have) => self.delete_provider(have).await,
            Kind::Role(have) => self.delete_role(have).await,
            Kind::ServiceAccount(have) => self.delete_service_account(have).await,
            Kind::ServiceAccountKey(have) => self.delete_keys(have).await,
        }
    }

    /// Goes on from what turned up where nothing was when the plan was made. It is what this very
    /// call made (the answer was lost, and it was asked again), or what another run of the same
    /// manifest made, only if it carries our marks.
    async fn take_up(&self, want: &Resource, error: Error) -> Result<()> {
        let address = want.address();
        // Google may not show yet what it says is there.
        let is_unseen = |found: &Observation| found.resource.is_none();
        let look = || self.look(want);
        let found = look_again(&self.client.patience, is_unseen, look).await?;
        match found.resource {
            // A name that everybody shares, of somebody else's whatever it is marked as.
            Some(have) if have.project() != want.project() => Err(error),
            Some(have) if have.carries_marks_of(want) => {
                if let Some(name) = have.arn(&self.scope) {
                    self.known.made(&name);
                }
                self.lead(&have, &want.clone().with_foreign(&have)).await
            }
            Some(_) => Err(Error::ours(
                format!("{address} was made by somebody else since the plan was made"),
                "plan again, and look whose it is before you adopt it",
            )),
            None => Err(error),
        }
    }
}

#[async_trait]
impl Cloud for Google {
    fn scope(&self) -> &Scope {
        &self.scope
    }

    async fn observe(&self, want: &Resource) -> anyhow::Result<Observation> {
        let found = self.look(want).await;
        self.told(found).await
    }

    async fn observe_unwanted(&self, want: &Resource) -> anyhow::Result<Unwanted> {
        let found = self.look_unwanted(want).await;
        self.told(found).await
    }

    async fn create(&self, want: &Resource) -> anyhow::Result<()> {
        let made = self.make(want).await;
        self.told(made).await
    }

    async fn update(&self, have: &Resource, want: &Resource) -> anyhow::Result<()> {
        let led = self.lead(have, want).await;
        self.told(led).await
    }

    async fn delete(&self, have: &Resource) -> anyhow::Result<()> {
        let removed = self.remove(have).await;
        self.told(removed).await
    }

    async fn rotation(&self, want: &Resource, how: &Rotating) -> anyhow::Result<Rotation> {
        let found = match of(want) {
            Ok(Kind::ServiceAccountKey(want)) => self.find_rotation(want, how).await,
            _ => Err(not_of_google(want)),
        };
        self.told(found).await
    }

    async fn rotate(&self, rotation: &Rotation) -> anyhow::Result<()> {
        let carried = match (of(&rotation.want), of(&rotation.have)) {
            (Ok(Kind::ServiceAccountKey(want)), Ok(Kind::ServiceAccountKey(have))) => {
                self.carry_on(want, have, rotation).await
            }
            _ => Err(not_of_google(&rotation.want)),
        };
        self.told(carried).await
    }

    fn id_given(&self, want: &Resource) -> Option<String> {
        self.known.id_of(&want.arn(&self.scope)?)
    }

    fn announce(&self, deed: &Deed<'_>) -> Vec<Announced> {
        self.announced(deed)
    }

    fn hold_to(&self, announced: &[Announced]) {
        self.permit.only(announced);
    }

    fn may_go_on(&self) -> anyhow::Result<()> {
        self.permit.check()?;
        let spent = self.budget.as_ref().and_then(|budget| budget.check().err());
        spent.map_or(Ok(()), |spent| Err(Failure::from(spent).into()))
    }

    async fn marked(&self) -> anyhow::Result<Marked> {
        let marked = self.look_for_marks().await;
        self.told(marked).await
    }

    fn calls(&self) -> Calls {
        self.client.counter().calls()
    }
}
