//! The documents of one manifest's resources, as they are wanted or as they are: who has which
//! policies, and what the bucket's says.

use super::principal::Principal;
use crate::policy::evaluate::{Because, Caller, ResourceRule, Source, Sources};
use crate::policy::{Document, Statement};
use crate::resource::{Bucket, KmsKey, Resource, Scope};
use std::collections::{BTreeMap, BTreeSet};

/// A document and what it is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    name: String,
    document: Document,
}

impl Named {
    pub(super) fn new(name: String, document: Document) -> Self {
        Self { name, document }
    }

    /// The statements of which `asked` is true, each with what it is called.
    pub(super) fn each(&self, asked: impl Fn(&Statement) -> bool) -> Vec<(String, &Statement)> {
        let statements = self.document.statement.iter().enumerate();
        statements
            .filter(|(_, statement)| asked(statement))
            .map(|(index, statement)| {
                let called = Because {
                    source: self.name.clone(),
                    sid: statement.sid.clone(),
                    index,
                    effect: statement.effect,
                };
                (called.to_string(), statement)
            })
            .collect()
    }

    /// The document itself.
    pub(super) fn document(&self) -> &Document {
        &self.document
    }

    /// What it is called.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    fn source(&self) -> Source<'_> {
        Source {
            name: &self.name,
            document: &self.document,
        }
    }
}

/// What a user, role or group may do by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Identity {
    arn: String,
    inline: Vec<Named>,
    attached: BTreeSet<String>,
    boundary: Option<String>,
    trust: Option<Named>,
}

/// All documents that have a say.
#[derive(Clone, Debug, Default)]
pub(super) struct World {
    /// The bucket.
    pub(super) bucket: Option<Bucket>,
    /// The bucket's policy.
    pub(super) policy: Option<Named>,
    /// KMS keys by name, with their policies.
    keys: BTreeMap<String, Named>,
    users: BTreeMap<String, Identity>,
    roles: BTreeMap<String, Identity>,
    groups: BTreeMap<String, Identity>,
    /// Group → its users.
    members: BTreeMap<String, BTreeSet<String>>,
    /// ARN → document.
    managed: BTreeMap<String, Named>,
}

impl World {
    /// The world of these resources.
    pub(super) fn of<'a>(resources: impl IntoIterator<Item = &'a Resource>, scope: &Scope) -> Self {
        let mut world = Self::default();
        for resource in resources {
            world.add(resource, scope);
        }
        world
    }

    /// One more resource.
    pub(super) fn add(&mut self, resource: &Resource, scope: &Scope) {
        let arn = resource.arn(scope).unwrap_or_default();
        let address = resource.address();
        let inline = |documents: &BTreeMap<String, Document>| {
            let one = |(name, document): (&String, &Document)| {
                Named::new(
                    format!("inline policy {name} of {address}"),
                    document.clone(),
                )
            };
            documents.iter().map(one).collect()
        };
        match resource {
            Resource::Bucket(bucket) => self.bucket = Some(bucket.clone()),
            Resource::BucketPolicy(policy) => {
                self.policy = Some(Named::new(
                    "the bucket policy".into(),
                    policy.policy.clone(),
                ));
            }
            Resource::Policy(policy) => {
                let named = Named::new(address.to_string(), policy.policy.clone());
                self.managed.insert(arn, named);
            }
            Resource::User(user) => {
                for group in &user.groups {
                    let members = self.members.entry(group.clone()).or_default();
                    members.insert(user.name.clone());
                }
                let identity = Identity {
                    arn,
                    inline: inline(&user.inline_policies),
                    attached: user.attached_policies.clone(),
                    boundary: user.permissions_boundary.clone(),
                    trust: None,
                };
                self.users.insert(user.name.clone(), identity);
            }
            Resource::Role(role) => {
                let trust = format!("the trust policy of {address}");
                let identity = Identity {
                    arn,
                    inline: inline(&role.inline_policies),
                    attached: role.attached_policies.clone(),
                    boundary: role.permissions_boundary.clone(),
                    trust: Some(Named::new(trust, role.trust_policy.clone())),
                };
                self.roles.insert(role.name.clone(), identity);
            }
            Resource::Group(group) => {
                let members = self.members.entry(group.name.clone()).or_default();
                members.extend(group.members.iter().cloned());
                let identity = Identity {
                    arn,
                    inline: inline(&group.inline_policies),
                    attached: group.attached_policies.clone(),
                    ..Identity::default()
                };
                self.groups.insert(group.name.clone(), identity);
            }
            Resource::KmsKey(key) => {
                let named = Named::new(format!("the policy of {address}"), key.policy.clone());
                self.keys.insert(key.name.clone(), named);
            }
            Resource::OidcProvider(_) | Resource::AccessKey(_) | Resource::Google(_) => {}
        }
    }

    /// A managed policy that is no resource of the manifest.
    pub(super) fn add_managed(&mut self, arn: &str, document: Document) {
        let name = format!("policy {}", arn.rsplit('/').next().unwrap_or(arn));
        self.managed
            .insert(arn.to_owned(), Named::new(name, document));
    }

    /// ARNs of managed policies that somebody has and whose documents are not known.
    pub(super) fn unknown_policies(&self) -> BTreeSet<String> {
        let all = self.users.values().chain(self.roles.values());
        all.chain(self.groups.values())
            .flat_map(|identity| identity.attached.iter().chain(&identity.boundary))
            .filter(|arn| !self.managed.contains_key(*arn))
            .cloned()
            .collect()
    }

    /// Names of groups that users are in and that are not known.
    pub(super) fn unknown_groups(&self) -> BTreeSet<String> {
        let named = self
            .members
            .iter()
            .filter(|(_, members)| !members.is_empty());
        named
            .map(|(group, _)| group.clone())
            .filter(|group| !self.groups.contains_key(group))
            .collect()
    }

    /// The ARN of a principal.
    pub(super) fn arn<'a>(&'a self, principal: &'a Principal) -> Option<&'a str> {
        match principal {
            Principal::Outside(arn) => Some(arn),
            _ => self.identity(principal).map(|who| who.arn.as_str()),
        }
    }

    /// The trust policy of a role.
    pub(super) fn trust(&self, role: &str) -> Option<&Named> {
        self.roles.get(role)?.trust.as_ref()
    }

    fn identity(&self, principal: &Principal) -> Option<&Identity> {
        match principal {
            Principal::Role(name) => self.roles.get(name),
            Principal::User(name) => self.users.get(name),
            Principal::Outside(_) | Principal::Anyone => None,
        }
    }

    /// The policies of resources: the bucket's, and those of keys.
    pub(super) fn of_resources(&self) -> impl Iterator<Item = &Named> {
        self.policy.iter().chain(self.keys.values())
    }

    /// A principal's own policies, and those of its groups.
    pub(super) fn own(&self, principal: &Principal) -> Vec<&Named> {
        let Some(identity) = self.identity(principal) else {
            return Vec::new();
        };
        let mut all: Vec<&Named> = self.carried_by(identity).collect();
        if let Principal::User(name) = principal {
            let groups = self.members.iter();
            let groups = groups.filter(|(_, members)| members.contains(name));
            let groups = groups.filter_map(|(group, _)| self.groups.get(group));
            all.extend(groups.flat_map(|group| self.carried_by(group)));
        }
        all
    }

    fn carried_by<'a>(&'a self, identity: &'a Identity) -> impl Iterator<Item = &'a Named> {
        let attached = identity.attached.iter();
        let attached = attached.filter_map(|arn| self.managed.get(arn));
        identity.inline.iter().chain(attached)
    }

    /// The bucket policy's document.
    pub(super) fn bucket_policy(&self) -> Option<&Document> {
        self.policy.as_ref().map(|policy| &policy.document)
    }

    /// As whom a principal asks.
    pub(super) fn caller(&self, principal: &Principal) -> Option<Caller> {
        let arn = self.arn(principal).map(str::to_owned);
        Some(match principal {
            Principal::Anyone => Caller::Anonymous,
            Principal::User(_) => Caller::User { arn: arn? },
            Principal::Role(_) => Caller::Role {
                arn: arn?,
                session: crate::probe::SESSION.to_owned(),
                is_whole: true,
            },
            Principal::Outside(arn) => match arn.split(':').nth(5) {
                None => Caller::Root {
                    account: arn.clone(),
                },
                Some(rest) if rest.starts_with("role/") => Caller::Role {
                    arn: arn.clone(),
                    session: crate::probe::SESSION.to_owned(),
                    is_whole: true,
                },
                _ => Caller::User { arn: arn.clone() },
            },
        })
    }

    /// The key of the manifest that S3 encrypts new objects of the bucket with. What is said of
    /// others' keys is not known here.
    pub(super) fn key(&self) -> Option<&str> {
        let encryption = self.bucket.as_ref()?.encryption.as_ref()?;
        let name = KmsKey::referred_to(encryption.kms_key.as_deref()?)?;
        self.keys.contains_key(name).then_some(name)
    }

    /// As [`World::sources`], for what is asked of the key.
    pub(super) fn sources_of_key<'a>(
        &'a self,
        principal: &Principal,
        outside: &'a Named,
    ) -> Sources<'a> {
        let key = self.key().and_then(|name| self.keys.get(name));
        Sources {
            resource: key.map(Named::source),
            resource_rule: ResourceRule::KeyPolicy,
            ..self.sources(principal, outside)
        }
    }

    /// Every policy that has a say in what `principal` asks of the bucket. `outside` stands for what
    /// another account allows its own, which cannot be known here.
    pub(super) fn sources<'a>(&'a self, principal: &Principal, outside: &'a Named) -> Sources<'a> {
        let mut sources = Sources {
            resource: self.policy.as_ref().map(Named::source),
            resource_rule: ResourceRule::Ordinary,
            ..Sources::default()
        };
        if matches!(principal, Principal::Outside(_)) {
            sources.identity.push(outside.source());
        }
        let own = self.own(principal).into_iter();
        sources.identity.extend(own.map(Named::source));
        let boundary = self.identity(principal);
        let boundary = boundary.and_then(|identity| identity.boundary.as_ref());
        sources.boundary = boundary
            .and_then(|arn| self.managed.get(arn))
            .map(Named::source);
        sources
    }
}
