//! The run: who can be become is, everything is tried, what differs is tried again for a while, and
//! what was left is taken away.

use super::become_who::become_who;
use super::expect::Ground;
use super::judge::Judge;
use super::principal::{Principal, principals};
use super::probes;
use super::report::Report;
use super::scene::Scene;
use super::subject::Subject;
use super::trial::{Found, Trial};
use super::world::World;
use crate::cloud::{Cloud, Waiting};
use crate::probe::{Actor, Left, Prober};
use crate::resource::{Group, Resource, Scope};
use anyhow::{Error, Result};
use secrecy::SecretString;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{BuildHasher, Hasher};
use std::sync::Arc;
use std::time::Duration;

/// The access key of a user, and where it comes from.
#[derive(Clone, Debug)]
pub struct Key {
    /// The key's id.
    pub id: String,
    /// Its secret.
    pub secret: SecretString,
    /// Such as `backup.env`.
    pub from: String,
}

/// A key, or why there is none.
pub type FoundKey = std::result::Result<Key, String>;

/// What there is to become somebody with.
#[derive(Clone, Debug, Default)]
pub struct Credentials {
    /// User → its key, or why there is none; of a service account, `service_account.NAME`.
    pub keys: BTreeMap<String, FoundKey>,
    /// A token of an identity provider, and where it comes from.
    pub token: Option<(SecretString, String)>,
    /// Provider of a workload identity pool, `POOL/ID` → a token of its issuer, and where it comes from.
    pub federated: BTreeMap<String, (SecretString, String)>,
}

/// How to verify.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many things are tried at the same time.
    pub parallelism: usize,
    /// How long an answer that is not as promised is asked for again: what was just made is not
    /// known everywhere at once.
    pub window: Duration,
    /// Only these principals; all, if it is empty.
    pub only: BTreeSet<String>,
}

/// Whether somebody asked to stop.
pub type Stop = dyn Fn() -> bool + Send + Sync;

/// Tries everything of `subject`. Without a prober nothing is tried, and all is evaluated. Once
/// `stop` says so nothing more is tried, and the report ends with the principal before.
///
/// # Guarantees
/// What was put there is taken away again, also after a failure or a stop; what cannot be is told.
///
/// # Errors
/// The provider cannot be asked.
pub async fn verify(
    cloud: &dyn Cloud,
    prober: Option<&dyn Prober>,
    subject: &Subject,
    credentials: &Credentials,
    options: &Options,
    waiting: &Waiting,
    stop: &Stop,
) -> Result<Report> {
    let scope = cloud.scope();
    let mut report = Report {
        manifest: subject.manifest.clone(),
        principals: Vec::new(),
        left: Vec::new(),
        drifted: subject.drifted.clone(),
        unreadable: subject.unreadable.clone(),
    };
    let Some(mut places) = probes::Ground::of(&subject.wanted, &subject.live, run_id()) else {
        return Ok(report);
    };
    let mut unread = BTreeSet::new();
    let wanted = world(cloud, prober, &subject.wanted, &mut unread).await;
    let live = world(cloud, prober, &subject.live, &mut unread).await;
    report.unreadable.extend(unread);
    let unreadable = report.unreadable.clone();
    if let Some(prober) = prober {
        places.other = prober.other_bucket(&places.bucket).await;
        // Where everything goes by plain HTTP anyway it is no question of its own.
        places.plain_http |= !prober.is_plain_http();
    }
    let ground = Ground::new(scope, prober.is_some_and(Prober::is_plain_http));
    let mut scene = Scene::new(prober, options, waiting, stop);
    if let Some(prober) = prober {
        scene.locked = prober.locks_objects(&places.bucket, &places.region).await;
    }
    let mut each = principals(&subject.wanted, &subject.live, scope);
    each.retain(|one| options.only.is_empty() || options.only.contains(&one.to_string()));
    let one_by_one = async {
        for principal in each {
            let trials = trials(&ground, &wanted, &places, &principal);
            let someone = become_who(prober, &wanted, &principal, credentials, scope).await?;
            let judge = Judge {
                ground: &ground,
                wanted: &wanted,
                live: &live,
                principal: &principal,
                prober,
                unreadable: &unreadable,
            };
            let tried = judge.tried(&mut scene, someone, trials).await?;
            if stop() {
                break;
            }
            report.principals.push(tried);
        }
        Ok(())
    };
    let outcome = one_by_one.await;
    report.left = scene.clear().await;
    match outcome {
        Ok(()) => Ok(report),
        Err(error) => Err(while_left(error, &report.left)),
    }
}

/// The error, and before it what could not be taken away.
pub(super) fn while_left(error: Error, left: &[Left]) -> Error {
    if left.is_empty() {
        return error;
    }
    let names: Vec<String> = left.iter().map(Left::to_string).collect();
    error.context(format!(
        "stopped, and could not remove {}",
        names.join(", ")
    ))
}

/// All that is tried of a principal, with what is promised.
fn trials(
    ground: &Ground<'_>,
    wanted: &World,
    places: &probes::Ground,
    principal: &Principal,
) -> Vec<Trial> {
    let probes = places.probes(principal).into_iter();
    probes
        .map(|probe| Trial {
            promised: ground.expect(wanted, principal, &probe),
            actions: ground
                .requirements(wanted, &probe)
                .into_iter()
                .map(|requirement| requirement.action)
                .collect(),
            found: Found::Untried(String::new()),
            probe,
        })
        .filter(Trial::is_told)
        .collect()
}

/// The documents of `resources`, and of the managed policies and groups that they name; those that
/// cannot be read are noted in `unread`.
async fn world(
    cloud: &dyn Cloud,
    prober: Option<&dyn Prober>,
    resources: &[Resource],
    unread: &mut BTreeSet<String>,
) -> World {
    let scope: &Scope = cloud.scope();
    let mut world = World::of(resources, scope);
    for name in world.unknown_groups() {
        let group = Resource::Group(Group::named(&name, "/"));
        let found = cloud.observe(&group).await.unwrap_or_default();
        match found.resource {
            Some(group) if found.unreadable.is_empty() => world.add(&group, scope),
            _ => {
                unread.insert(format!(
                    "{} (iam:GetGroup and what it has)",
                    group.address()
                ));
            }
        }
    }
    for arn in world.unknown_policies() {
        let document = match prober {
            Some(prober) => prober.managed_document(&arn).await,
            None => None,
        };
        match document {
            Some(document) => world.add_managed(&arn, document),
            None => {
                unread.insert(format!("{arn} (iam:GetPolicy, iam:GetPolicyVersion)"));
            }
        }
    }
    world
}

/// Eight digits that no other run has.
pub(super) fn run_id() -> String {
    let chance = std::hash::RandomState::new().build_hasher().finish();
    format!("{:08x}", chance & 0xffff_ffff)
}

/// An actor that several hold.
pub(super) type Shared = Arc<dyn Actor>;
