//! From resources and commands to what has to be allowed: which rows count, and on which ARNs.

use super::row::{Aspect, On, Row, Under, Verb};
use super::table::{self, Part};
use crate::policy::Condition;
use crate::resource::{KmsKey, Place, Resource, Scope, Sink, User};
use std::collections::{BTreeMap, BTreeSet};

/// What the keys of the objects that `verify` writes have in them.
const TRIES: &str = "*s3setup-verify-*";

/// A command that asks for a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// `plan`.
    Plan,
    /// `apply`, and what it plans before.
    Apply,
    /// `drift`.
    Drift,
    /// `verify`, and what it reads before.
    Verify,
    /// `destroy`, and what it plans before.
    Destroy,
    /// `rotate`.
    Rotate,
}

/// What a command can do without.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Extra {
    /// Many read in one go.
    Listings,
    /// `drift --who`.
    Who,
}

/// One resource of a manifest.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// As the manifest has it.
    pub resource: &'a Resource,
    /// It must not be there.
    pub absent: bool,
    /// It may be removed with what is in it.
    pub emptied: bool,
}

/// Something that has to be allowed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Need {
    pub(super) verb: Verb,
    /// What it is about: `Role`.
    pub(super) noun: &'static str,
    pub(super) action: &'static str,
    /// ARNs, or patterns of them; any of them.
    pub(super) resources: BTreeSet<String>,
    pub(super) condition: Condition,
    /// What the condition is, if there is one.
    pub(super) under: Under,
}

impl Purpose {
    /// What the command does with a resource.
    fn verbs(self, asked: &Asked) -> &'static [Verb] {
        use Verb::{Create, Delete, Empty, LookUp, Observe, Rotate, Try, Update};
        match (self, asked.absent) {
            (Self::Rotate, true) => &[],
            (Self::Rotate, false) => &[Rotate],
            (Self::Destroy, _) if asked.emptied => &[Observe, LookUp, Delete, Empty],
            (Self::Destroy, _) | (Self::Apply, true) => &[Observe, LookUp, Delete],
            (_, true) => &[Observe, LookUp],
            (Self::Plan | Self::Drift, false) => &[Observe],
            (Self::Apply, false) => &[Observe, Create, Update],
            (Self::Verify, false) => &[Observe, Try],
        }
    }
}

impl Extra {
    fn verb(self) -> Verb {
        match self {
            Self::Listings => Verb::List,
            Self::Who => Verb::Trace,
        }
    }
}

/// What is asked of the account as a whole for what a command can do without.
pub(super) fn extras(extras: &BTreeSet<Extra>) -> Vec<Need> {
    let verbs: BTreeSet<Verb> = extras.iter().map(|extra| extra.verb()).collect();
    let rows = table::ACCOUNT.rows.iter();
    let rows = rows.filter(|row| verbs.contains(&row.verb));
    rows.map(|row| Need {
        under: Under::Nothing,
        verb: row.verb,
        noun: noun(table::ACCOUNT, row),
        action: row.action(),
        resources: one("*"),
        condition: Condition::new(),
    })
    .collect()
}

/// What the commands need for these resources in the account of `scope`.
pub(super) fn needs(asked: &[Asked], purposes: &BTreeSet<Purpose>, scope: &Scope) -> Vec<Need> {
    let mut needs = Vec::new();
    for asked in asked {
        let part = table::of(asked.resource);
        let verbs: BTreeSet<Verb> = purposes
            .iter()
            .flat_map(|purpose| purpose.verbs(asked))
            .copied()
            .collect();
        let counts =
            |row: &&Row| verbs.contains(&row.verb) && has(asked.resource, row.aspect, scope);
        for row in part.rows.iter().filter(counts) {
            let resources = on(asked.resource, row.on, scope);
            if !resources.is_empty() {
                needs.push(need(asked.resource, part, row, resources));
            }
        }
    }
    needs
}

fn need(resource: &Resource, part: &Part, row: &Row, resources: BTreeSet<String>) -> Need {
    let condition = under(resource, row.under);
    Need {
        under: match condition.is_empty() {
            true => Under::Nothing,
            false => row.under,
        },
        verb: row.verb,
        noun: noun(part, row),
        action: row.action(),
        resources,
        condition,
    }
}

/// What a statement of it is about.
fn noun(part: &Part, row: &Row) -> &'static str {
    match row.on {
        On::Itself => part.noun,
        On::Account if row.under == Under::NewKeyTag => "Key",
        On::Account => "Account",
        On::Objects | On::Tries => "Objects",
        On::AnyKey | On::Alias | On::KeyOfBucket | On::SinkKey => "Key",
        On::Groups | On::AnyGroup => "Group",
        On::Policies => "Policy",
        On::Sink if row.aspect == Aspect::Parameter => "Parameter",
        On::Sink => "Secret",
    }
}

/// Whether the resource has that aspect, so that the row counts.
fn has(resource: &Resource, aspect: Aspect, scope: &Scope) -> bool {
    match aspect {
        Aspect::Whole => return true,
        Aspect::Tags => return resource.tags().is_some_and(|tags| !tags.is_empty()),
        _ => {}
    }
    match resource {
        Resource::Bucket(bucket) => match aspect {
            Aspect::Versioning => bucket.versioning.is_some(),
            Aspect::VersioningOn => bucket.versioning == Some(true),
            Aspect::Encryption => bucket.encryption.is_some(),
            Aspect::Key => key_of(bucket).is_some(),
            Aspect::KeyOfManifest => {
                key_of(bucket).is_some_and(|key| KmsKey::referred_to(key).is_some())
            }
            Aspect::PublicAccessBlock => bucket.public_access_block.is_some(),
            Aspect::ObjectOwnership => bucket.object_ownership.is_some(),
            Aspect::Lifecycle => bucket.lifecycle.is_some(),
            Aspect::Rules => bucket
                .lifecycle
                .as_ref()
                .is_some_and(|rules| !rules.is_empty()),
            Aspect::NoRules => bucket.lifecycle.as_ref().is_some_and(BTreeMap::is_empty),
            _ => false,
        },
        Resource::Role(role) => match aspect {
            Aspect::Description => {
                role.description.is_some() || role.max_session_duration.is_some()
            }
            Aspect::Boundary => role.permissions_boundary.is_some(),
            Aspect::InlinePolicies => !role.inline_policies.is_empty(),
            Aspect::AttachedPolicies => !role.attached_policies.is_empty(),
            Aspect::TrustInAccount => role.trust_policy.principals().into_iter().any(|who| {
                // An account's root is its number in a canonical document.
                who == "*"
                    || who == scope.account
                    || who.contains(&format!("::{}:", scope.account))
                        && !who.contains("oidc-provider/")
            }),
            _ => false,
        },
        Resource::User(user) => match aspect {
            Aspect::Boundary => user.permissions_boundary.is_some(),
            Aspect::InlinePolicies => !user.inline_policies.is_empty(),
            Aspect::AttachedPolicies => !user.attached_policies.is_empty(),
            Aspect::Groups => outside(user).next().is_some(),
            _ => false,
        },
        Resource::Group(group) => match aspect {
            Aspect::InlinePolicies => !group.inline_policies.is_empty(),
            Aspect::AttachedPolicies => !group.attached_policies.is_empty(),
            Aspect::Members => !group.members.is_empty(),
            _ => false,
        },
        Resource::KmsKey(key) => match aspect {
            Aspect::Description => key.description.is_some(),
            Aspect::RotationOn => key.rotation,
            Aspect::RotationOff => !key.rotation,
            _ => false,
        },
        Resource::AccessKey(key) => match (aspect, key.sink.as_ref().map(|sink| &sink.place)) {
            (Aspect::Secret, Some(Place::SecretsManager { .. })) => true,
            (Aspect::SecretKey, Some(Place::SecretsManager { kms_key, .. })) => kms_key.is_some(),
            (Aspect::Parameter, Some(Place::ParameterStore { .. })) => true,
            (Aspect::ParameterKey, Some(Place::ParameterStore { kms_key, .. })) => {
                kms_key.is_some()
            }
            _ => false,
        },
        Resource::BucketPolicy(_)
        | Resource::Policy(_)
        | Resource::OidcProvider(_)
        | Resource::Google(_) => false,
    }
}

fn key_of(bucket: &crate::resource::Bucket) -> Option<&str> {
    bucket.encryption.as_ref()?.kms_key.as_deref()
}

/// The groups of a user whose members no group of the manifest manages.
fn outside(user: &User) -> impl Iterator<Item = &String> {
    user.groups.difference(&user.groups_elsewhere)
}

/// The ARNs that a row of the resource is on.
fn on(resource: &Resource, on: On, scope: &Scope) -> BTreeSet<String> {
    let Scope {
        partition, account, ..
    } = scope;
    let iam = |rest: &str| format!("arn:{partition}:iam::{account}:{rest}");
    match (on, resource) {
        (On::Account, _) => one("*"),
        (On::Itself, Resource::AccessKey(key)) => one(key.user_arn(scope)),
        (On::Itself, Resource::BucketPolicy(policy)) => {
            one(format!("arn:{partition}:s3:::{}", policy.name))
        }
        (On::Itself | On::Alias, resource) => resource.arn(scope).into_iter().collect(),
        (On::Objects, Resource::Bucket(bucket)) => {
            one(format!("arn:{partition}:s3:::{}/*", bucket.name))
        }
        (On::Tries, Resource::Bucket(bucket)) => {
            one(format!("arn:{partition}:s3:::{}/{TRIES}", bucket.name))
        }
        (On::AnyKey, Resource::KmsKey(key)) => one(any_key(scope, &key.region)),
        (On::AnyKey, Resource::Bucket(bucket)) => one(any_key(scope, &bucket.region)),
        (On::KeyOfBucket, Resource::Bucket(bucket)) => key_of(bucket)
            .map_or_else(BTreeSet::new, |key| {
                one(key_arn(key, scope, &bucket.region))
            }),
        // The path of one that the manifest does not make is not known.
        (On::Groups, Resource::User(user)) => outside(user)
            .flat_map(|group| {
                [
                    iam(&format!("group/{group}")),
                    iam(&format!("group/*/{group}")),
                ]
            })
            .collect(),
        (On::AnyGroup, _) => one(iam("group/*")),
        (On::Policies, Resource::Role(role)) => {
            let boundary = role.permissions_boundary.iter();
            role.attached_policies
                .iter()
                .chain(boundary)
                .cloned()
                .collect()
        }
        (On::Policies, Resource::User(user)) => {
            let boundary = user.permissions_boundary.iter();
            user.attached_policies
                .iter()
                .chain(boundary)
                .cloned()
                .collect()
        }
        (On::Policies, Resource::Group(group)) => group.attached_policies.clone(),
        (On::Sink | On::SinkKey, Resource::AccessKey(key)) => {
            let place = key.sink.as_ref().map(|Sink { place, .. }| place);
            sink(place, on == On::SinkKey, scope)
        }
        _ => BTreeSet::new(),
    }
}

/// What holds a key, or the KMS key of that.
fn sink(place: Option<&Place>, its_key: bool, scope: &Scope) -> BTreeSet<String> {
    let Scope {
        partition, account, ..
    } = scope;
    match place {
        Some(
            Place::SecretsManager {
                region,
                kms_key: Some(key),
                ..
            }
            | Place::ParameterStore {
                region,
                kms_key: Some(key),
                ..
            },
        ) if its_key => one(key_arn(key, scope, region)),
        // Six characters of AWS's own choice follow the name, once there is such a secret.
        Some(Place::SecretsManager { name, region, .. }) => {
            let arn = format!("arn:{partition}:secretsmanager:{region}:{account}:secret:{name}");
            BTreeSet::from([format!("{arn}-??????"), arn])
        }
        Some(Place::ParameterStore { name, region, .. }) => one(format!(
            "arn:{partition}:ssm:{region}:{account}:parameter/{}",
            name.trim_start_matches('/')
        )),
        _ => BTreeSet::new(),
    }
}

fn any_key(scope: &Scope, region: &str) -> String {
    format!(
        "arn:{}:kms:{region}:{}:key/*",
        scope.partition, scope.account
    )
}

/// The ARN of a key that is named by its id, its ARN, an alias, or its address; what only AWS can tell
/// is any key of the region.
fn key_arn(key: &str, scope: &Scope, region: &str) -> String {
    match key {
        arn if arn.starts_with("arn:") && arn.contains(":key/") => arn.to_owned(),
        named if KmsKey::referred_to(named).is_some() || named.contains("alias/") => {
            any_key(scope, region)
        }
        id => any_key(scope, region).replace("key/*", &format!("key/{id}")),
    }
}

fn one(arn: impl Into<String>) -> BTreeSet<String> {
    BTreeSet::from([arn.into()])
}

fn under(resource: &Resource, under: Under) -> Condition {
    let boundary = match resource {
        Resource::Role(role) => role.permissions_boundary.as_ref(),
        Resource::User(user) => user.permissions_boundary.as_ref(),
        _ => None,
    };
    let attached = match resource {
        Resource::Role(role) => Some(&role.attached_policies),
        Resource::User(user) => Some(&user.attached_policies),
        Resource::Group(group) => Some(&group.attached_policies),
        _ => None,
    };
    let mut condition = Condition::new();
    let mut add = |operator: &str, key: String, values: BTreeSet<String>| {
        let keys = condition.entry(operator.to_owned()).or_default();
        keys.insert(key, values);
    };
    if let (Under::Boundary | Under::OnlyAttached, Some(boundary)) = (under, boundary) {
        add(
            "StringEquals",
            "iam:PermissionsBoundary".into(),
            one(boundary),
        );
    }
    if let (Under::OnlyAttached, Some(attached)) = (under, attached) {
        add("ArnEquals", "iam:PolicyARN".into(), attached.clone());
    }
    let mark = match resource {
        Resource::KmsKey(key) => Some(KmsKey::alias_mark(&key.name)),
        // Only of a key of the manifest is it known which marks it has.
        Resource::Bucket(bucket) => key_of(bucket)
            .and_then(KmsKey::referred_to)
            .map(KmsKey::alias_mark),
        _ => None,
    };
    for (key, value) in mark.into_iter().flatten() {
        match under {
            Under::NewKeyTag => add("StringEquals", format!("aws:RequestTag/{key}"), one(value)),
            Under::KeyTag => add("StringEquals", format!("aws:ResourceTag/{key}"), one(value)),
            _ => {}
        }
    }
    condition
}
