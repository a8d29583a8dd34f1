//! The door for AWS, and the only place that names its SDK: dispatch over the kinds.
#![expect(
    clippy::disallowed_types,
    reason = "this is the one module that may hold SDK clients"
)]

mod access_key;
mod address;
mod announce;
mod answer;
mod assume;
mod bucket;
mod bucket_policy;
mod bucket_settings;
mod bucket_tags;
mod calls;
mod clock;
mod code;
mod connect;
mod credentials;
mod described_key;
mod doctor;
mod document;
mod empty;
mod encryption;
mod error;
mod gaps;
mod genuine;
mod group;
mod head;
mod hint;
mod identity;
mod kms;
mod kms_key;
mod known;
mod lifecycle;
mod lost_kms_key;
mod managed_policy;
mod marked;
mod oidc_provider;
mod pace;
mod permissions;
mod permit;
mod probe;
mod regions;
mod replace;
mod role;
mod settle;
mod snapshot;
mod tags;
mod ties;
mod trail;
mod user;
mod versioning;
mod whole;
mod wire;

pub use connect::{Options, connect};
pub use doctor::examine;

use crate::cloud::{
    Announced, Budget, Calls, Cloud, Counter, Deed, Disclose, Failure, Marked, Observation,
    Patience, Permit, Rotating, Rotation, Unwanted, Waiting, look_again,
};
use crate::plan::{History, Removal};
use crate::resource::{Resource, Scope};
use async_trait::async_trait;
use error::{Error, Result};
use std::sync::{Arc, Mutex};

/// One account of AWS, as one caller.
pub struct Aws {
    scope: Scope,
    caller: String,
    /// Where a configured endpoint sends every call instead of to AWS; for error messages.
    endpoint: Option<String>,
    iam: aws_sdk_iam::Client,
    sts: aws_sdk_sts::Client,
    /// Whether policies can be simulated, once that was asked.
    simulates: tokio::sync::OnceCell<bool>,
    config: aws_config::SdkConfig,
    regions: regions::Regions,
    kms: kms::Kms,
    trail: trail::Trail,
    calls: Counter,
    known: known::Known,
    /// What is read in one go, while a plan is made.
    snapshot: Mutex<Arc<snapshot::Snapshot>>,
    /// The calls that were announced, if they were.
    permit: Permit,
    budget: Option<Budget>,
    patience: Patience,
    waiting: Waiting,
    /// Only if secrets may be shown.
    disclose: Option<Disclose>,
    /// Which buckets are emptied when they are to be removed.
    removal: Removal,
}

/// What is behind another door.
fn not_of_aws(resource: &Resource) -> Error {
    let message = format!("{} is not of AWS", resource.address());
    Error::ours(message, "this is a fault of s3setup: please report it")
}

impl Aws {
    fn explain(&self, error: Error) -> anyhow::Error {
        hint::explain(error, Some(&self.caller), self.endpoint.as_deref())
    }

    /// From now on a key whose sink is the standard output is shown there.
    pub fn show_secrets(&mut self, disclose: Disclose) {
        self.disclose = Some(disclose);
    }

    /// From now on the removal of a bucket that this names begins with what is in it.
    pub fn empty(&mut self, removal: &Removal) {
        self.removal = removal.clone();
    }

    /// What there is of `want`. Ids in a document that are nobody's who was met are looked at again:
    /// one read is no proof that somebody was deleted.
    async fn look(&self, want: &Resource) -> Result<Observation> {
        let shows_strangers = |found: &Observation| {
            let document = found.resource.as_ref().and_then(Resource::principals);
            document.is_some_and(|live| !self.known.named(live).ids_of_principals().is_empty())
        };
        look_again(&self.patience, shows_strangers, || self.look_once(want)).await
    }

    async fn look_once(&self, want: &Resource) -> Result<Observation> {
        let observation = match self.listed(want).await? {
            Some(observation) => observation,
            None => self.look_closely(want).await?,
        };
        if let Some(arn) = observation
            .resource
            .as_ref()
            .and_then(|have| have.arn(&self.scope))
        {
            self.known.saw(&arn);
            if let Some(id) = &observation.id {
                self.known.has_id(&arn, id);
            }
        }
        Ok(observation)
    }

    /// What there is of it, read by itself.
    async fn look_closely(&self, want: &Resource) -> Result<Observation> {
        match want {
            Resource::AccessKey(want) => self.observe_access_key(want).await,
            Resource::Bucket(want) => self.observe_bucket(want).await,
            Resource::BucketPolicy(want) => self.observe_bucket_policy(want).await,
            Resource::Group(want) => self.observe_group(want).await,
            Resource::KmsKey(want) => self.observe_kms_key(want).await,
            Resource::Policy(want) => self.observe_policy(want).await,
            Resource::OidcProvider(want) => self.observe_oidc_provider(want).await,
            Resource::Role(want) => self.observe_role(want).await,
            Resource::User(want) => self.observe_user(want).await,
            Resource::Google(_) => Err(not_of_aws(want)),
        }
    }

    async fn make(&self, want: &Resource) -> Result<()> {
        let made = match want {
            Resource::AccessKey(want) => self.create_access_key(want).await,
            Resource::Bucket(want) => self.create_bucket(want).await,
            Resource::BucketPolicy(want) => self.create_bucket_policy(want).await,
            Resource::Group(want) => self.create_group(want).await,
            Resource::KmsKey(want) => self.create_kms_key(want).await,
            Resource::Policy(want) => self.create_policy(want).await,
            Resource::OidcProvider(want) => self.create_oidc_provider(want).await,
            Resource::Role(want) => self.create_role(want).await,
            Resource::User(want) => self.create_user(want).await,
            Resource::Google(_) => Err(not_of_aws(want)),
        };
        match made {
            Err(error) if error.already_there() => self.take_up(want, error).await,
            made => made,
        }
    }

    async fn lead(&self, have: &Resource, want: &Resource) -> Result<()> {
        match (have, want) {
            (Resource::AccessKey(have), Resource::AccessKey(want)) => {
                self.update_access_key(have, want).await
            }
            (Resource::Bucket(have), Resource::Bucket(want)) => {
                self.update_bucket(have, want).await
            }
            (Resource::BucketPolicy(have), Resource::BucketPolicy(want)) => {
                self.update_bucket_policy(have, want).await
            }
            (Resource::Group(have), Resource::Group(want)) => self.update_group(have, want).await,
            (Resource::KmsKey(have), Resource::KmsKey(want)) => {
                self.update_kms_key(have, want).await
            }
            (Resource::Policy(have), Resource::Policy(want)) => {
                self.update_policy(have, want).await
            }
            (Resource::OidcProvider(have), Resource::OidcProvider(want)) => {
                self.update_oidc_provider(have, want).await
            }
            (Resource::Role(have), Resource::Role(want)) => self.update_role(have, want).await,
            (Resource::User(have), Resource::User(want)) => self.update_user(have, want).await,
            (have, want) => Err(Error::ours(
                format!("{} cannot become {}", have.address(), want.address()),
                "make a new plan",
            )),
        }
    }

    async fn remove(&self, have: &Resource) -> Result<()> {
        match have {
            Resource::AccessKey(have) => self.delete_access_key(have).await,
            Resource::Bucket(have) => self.delete_bucket(have).await,
            Resource::BucketPolicy(have) => self.delete_bucket_policy(have).await,
            Resource::Group(have) => self.delete_group(have).await,
            Resource::KmsKey(have) => self.delete_kms_key(have).await,
            Resource::Policy(have) => self.delete_policy(have).await,
            Resource::OidcProvider(have) => self.delete_oidc_provider(have).await,
            Resource::Role(have) => self.delete_role(have).await,
            Resource::User(have) => self.delete_user(have).await,
            Resource::Google(_) => Err(not_of_aws(have)),
        }
    }

    /// Goes on from what turned up where nothing was when the plan was made. It is what this very
    /// call made (the answer was lost, and the SDK asked again) only if it carries our marks.
    async fn take_up(&self, want: &Resource, error: Error) -> Result<()> {
        let address = want.address();
        // AWS may not show yet what it says is there.
        let is_unseen = |found: &Observation| found.resource.is_none();
        let look = || self.look(want);
        let found = look_again(&self.patience, is_unseen, look).await?;
        let have = found.resource;
        match have {
            Some(have) if have.carries_marks_of(want) => {
                if let Some(arn) = have.arn(&self.scope) {
                    self.known.made(&arn);
                }
                self.lead(&have, &want.clone().with_foreign(&have)).await
            }
            Some(_) => Err(Error::ours(
                format!("{address} was made by somebody else since the plan was made"),
                "plan again, and look whose it is before you adopt it",
            )),
            // IAM compares names without case, and a policy is looked up by its path too.
            None => Err(error.with_hint(format!(
                "something of that name is there, with another path or in capital letters: \
                 choose another name than that of {address}, or give it the same path"
            ))),
        }
    }
}

#[async_trait]
impl Cloud for Aws {
    fn scope(&self) -> &Scope {
        &self.scope
    }

    fn will_observe(&self, all: &[&Resource]) {
        self.prepare(all);
    }

    fn remarks(&self) -> Vec<String> {
        self.snapshot().remarks()
    }

    async fn observe(&self, want: &Resource) -> anyhow::Result<Observation> {
        self.look(want).await.map_err(|error| self.explain(error))
    }

    async fn observe_unwanted(&self, want: &Resource) -> anyhow::Result<Unwanted> {
        self.look_unwanted(want)
            .await
            .map_err(|error| self.explain(error))
    }

    async fn create(&self, want: &Resource) -> anyhow::Result<()> {
        self.make(want).await.map_err(|error| self.explain(error))
    }

    async fn update(&self, have: &Resource, want: &Resource) -> anyhow::Result<()> {
        self.lead(have, want)
            .await
            .map_err(|error| self.explain(error))
    }

    async fn delete(&self, have: &Resource) -> anyhow::Result<()> {
        self.remove(have).await.map_err(|error| self.explain(error))
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
        self.look_for_marks()
            .await
            .map_err(|error| self.explain(error))
    }

    async fn rotation(&self, want: &Resource, how: &Rotating) -> anyhow::Result<Rotation> {
        let found = match want {
            Resource::AccessKey(want) => self.find_rotation(want, how).await,
            other => Err(not_of_aws(other)),
        };
        found.map_err(|error| self.explain(error))
    }

    async fn rotate(&self, rotation: &Rotation) -> anyhow::Result<()> {
        let carried = match (&rotation.want, &rotation.have) {
            (Resource::AccessKey(want), Resource::AccessKey(have)) => {
                self.carry_on(want, have, rotation).await
            }
            (other, _) => Err(not_of_aws(other)),
        };
        carried.map_err(|error| self.explain(error))
    }

    async fn history(&self, of: &Resource) -> anyhow::Result<History> {
        self.look_up_history(of)
            .await
            .map_err(|error| self.explain(error))
    }

    fn calls(&self) -> Calls {
        self.calls.calls()
    }
}
