//! All documents that have a say, as they are or as they will be: who has which policies, and what
//! those of resources say.

use super::principal::Principal;
use crate::policy::{Document, Effect, lint};
use crate::resource::{Address, PublicAccessBlock, Resource, Scope};
use std::collections::{BTreeMap, BTreeSet};

/// A document, what it is called, and the resource it stands in.
#[derive(Clone, Debug)]
pub(super) struct Held<'a> {
    pub(super) document: &'a Document,
    pub(super) name: String,
    pub(super) origin: Address,
}

/// A user, role or group, and what it carries by itself.
#[derive(Clone, Debug)]
pub(super) struct Identity<'a> {
    pub(super) arn: String,
    pub(super) origin: Address,
    inline: Vec<Held<'a>>,
    attached: &'a BTreeSet<String>,
    pub(super) boundary: Option<&'a str>,
}

/// What has a policy of its own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Target {
    /// A bucket, by its name.
    Bucket(String),
    /// A key, by its address.
    Key(String),
    /// A role, by its ARN: its trust policy.
    Role(String),
}

/// A resource with its policy.
#[derive(Clone, Debug)]
pub(super) struct Guarded<'a> {
    pub(super) target: Target,
    /// What a policy calls it: `arn:aws:s3:::b`, the role's ARN, `kms_key.NAME`.
    pub(super) arn: String,
    pub(super) held: Held<'a>,
}

/// All of them.
#[derive(Clone, Debug, Default)]
pub(super) struct World<'a> {
    identities: BTreeMap<Principal, Identity<'a>>,
    groups: BTreeMap<&'a str, Identity<'a>>,
    /// Group → its users.
    members: BTreeMap<&'a str, BTreeSet<&'a str>>,
    /// ARN → document.
    managed: BTreeMap<String, Held<'a>>,
    guarded: BTreeMap<Target, Guarded<'a>>,
    /// A principal as a policy names it, and `*` → the statements that do, by number.
    naming: BTreeMap<&'a str, BTreeSet<(Target, usize)>>,
    /// Buckets whose policy is public.
    public: BTreeSet<Target>,
    blocks: BTreeMap<&'a str, PublicAccessBlock>,
}

/// What somebody carries: documents, and what is carried whose documents are not known.
#[derive(Clone, Debug, Default)]
pub(super) struct Carried<'a> {
    pub(super) known: Vec<&'a Held<'a>>,
    /// `policy ReadOnlyAccess` → where it is attached.
    pub(super) unknown: BTreeMap<String, Address>,
    /// The resources by which it is carried.
    pub(super) by: BTreeSet<Address>,
}

impl<'a> World<'a> {
    /// The world of these resources.
    pub(super) fn of(resources: impl IntoIterator<Item = &'a Resource>, scope: &Scope) -> Self {
        let mut world = Self::default();
        for resource in resources {
            world.add(resource, scope);
        }
        for (target, guarded) in &world.guarded {
            let statements = &guarded.held.document.statement;
            if statements.iter().any(lint::is_public) {
                world.public.insert(target.clone());
            }
            for (index, statement) in statements.iter().enumerate() {
                let named = statement.principal.iter().flat_map(|who| who.0.values());
                let everyone = statement.not_principal.as_ref().map(|_| "*");
                for name in named.flatten().map(String::as_str).chain(everyone) {
                    let naming = world.naming.entry(name).or_default();
                    naming.insert((target.clone(), index));
                    // Of a member of a group that is nobody's only the name is known.
                    if let Some((_, name)) = name.split_once(":user/") {
                        let name = name.rsplit('/').next().unwrap_or(name);
                        let naming = world.naming.entry(name).or_default();
                        naming.insert((target.clone(), index));
                    }
                }
            }
        }
        world
    }

    fn add(&mut self, resource: &'a Resource, scope: &Scope) {
        let arn = resource.arn(scope).unwrap_or_default();
        let origin = resource.address();
        let held = |name: String, document: &'a Document| Held {
            document,
            name,
            origin: origin.clone(),
        };
        let identity =
            |inline: &'a BTreeMap<String, Document>, attached, boundary: &'a Option<String>| {
                Identity {
                    arn: arn.clone(),
                    origin: origin.clone(),
                    inline: inline
                        .iter()
                        .map(|(name, document)| {
                            held(format!("inline policy {name} of {origin}"), document)
                        })
                        .collect(),
                    attached,
                    boundary: boundary.as_deref(),
                }
            };
        match resource {
            Resource::Bucket(bucket) => {
                if let Some(block) = bucket.public_access_block {
                    self.blocks.insert(&bucket.name, block);
                }
            }
            Resource::BucketPolicy(policy) => self.guard(Guarded {
                target: Target::Bucket(policy.name.clone()),
                arn: format!("arn:{}:s3:::{}", scope.partition, policy.name),
                held: held(origin.to_string(), &policy.policy),
            }),
            Resource::KmsKey(key) => self.guard(Guarded {
                target: Target::Key(origin.to_string()),
                arn: origin.to_string(),
                held: held(format!("the policy of {origin}"), &key.policy),
            }),
            Resource::Policy(policy) => {
                self.managed
                    .insert(arn, held(origin.to_string(), &policy.policy));
            }
            Resource::User(user) => {
                for group in &user.groups {
                    self.members.entry(group).or_default().insert(&user.name);
                }
                let who = Principal::User(user.name.clone());
                let identity = identity(
                    &user.inline_policies,
                    &user.attached_policies,
                    &user.permissions_boundary,
                );
                self.identities.insert(who, identity);
            }
            Resource::Role(role) => {
                let trust = held(format!("the trust policy of {origin}"), &role.trust_policy);
                self.guard(Guarded {
                    target: Target::Role(arn.clone()),
                    arn: arn.clone(),
                    held: trust,
                });
                let identity = identity(
                    &role.inline_policies,
                    &role.attached_policies,
                    &role.permissions_boundary,
                );
                self.identities
                    .insert(Principal::Role(role.name.clone()), identity);
            }
            Resource::Group(group) => {
                let members = self.members.entry(&group.name).or_default();
                members.extend(group.members.iter().map(String::as_str));
                let identity = identity(&group.inline_policies, &group.attached_policies, &None);
                self.groups.insert(&group.name, identity);
            }
            Resource::OidcProvider(_) | Resource::AccessKey(_) | Resource::Google(_) => {}
        }
    }

    fn guard(&mut self, guarded: Guarded<'a>) {
        self.guarded.insert(guarded.target.clone(), guarded);
    }

    /// A user or role of the manifests.
    pub(super) fn identity(&self, who: &Principal) -> Option<&Identity<'a>> {
        self.identities.get(who)
    }

    /// Whether somebody is there: whom no manifest makes is.
    pub(super) fn has(&self, who: &Principal) -> bool {
        match who {
            Principal::User(name) => {
                self.identities.contains_key(who)
                    || self
                        .members
                        .values()
                        .any(|users| users.contains(name.as_str()))
            }
            Principal::Role(_) => self.identities.contains_key(who),
            Principal::Named { .. } | Principal::Anyone => true,
        }
    }

    /// What has a policy of its own.
    pub(super) fn guarded(&self) -> impl Iterator<Item = &Guarded<'a>> {
        self.guarded.values()
    }

    /// The statements that name this principal, in one of the ways it can be named.
    pub(super) fn naming(&self, name: &str) -> impl Iterator<Item = &(Target, usize)> {
        self.naming.get(name).into_iter().flatten()
    }

    /// What has this policy of its own.
    pub(super) fn guarding(&self, target: &Target) -> Option<&Guarded<'a>> {
        self.guarded.get(target)
    }

    /// Whether the policy of a bucket is public.
    pub(super) fn is_public(&self, target: &Target) -> bool {
        self.public.contains(target)
    }

    /// What of public access a bucket refuses.
    pub(super) fn block(&self, bucket: &str) -> PublicAccessBlock {
        let block = self.blocks.get(bucket).copied();
        block.unwrap_or(PublicAccessBlock::all(false))
    }

    /// A managed policy.
    pub(super) fn managed(&self, arn: &str) -> Option<&Held<'a>> {
        self.managed.get(arn)
    }

    /// A principal's own policies, and those of its groups.
    pub(super) fn carried(&self, who: &Principal) -> Carried<'_> {
        let mut carried = Carried::default();
        if let Some(identity) = self.identity(who) {
            self.collect(identity, &mut carried);
        }
        let Principal::User(name) = who else {
            return carried;
        };
        for (group, users) in &self.members {
            if !users.contains(name.as_str()) {
                continue;
            }
            match self.groups.get(group) {
                Some(group) => self.collect(group, &mut carried),
                None => {
                    let address = Address::new("user", name);
                    carried.unknown.insert(format!("group {group}"), address);
                }
            }
        }
        carried
    }

    fn collect<'b>(&'b self, identity: &'b Identity<'a>, carried: &mut Carried<'b>) {
        carried.by.insert(identity.origin.clone());
        carried.known.extend(&identity.inline);
        for arn in identity.attached {
            match self.managed.get(arn) {
                Some(held) => carried.known.push(held),
                None => {
                    let name = format!("policy {}", arn.rsplit('/').next().unwrap_or(arn));
                    carried.unknown.insert(name, identity.origin.clone());
                }
            }
        }
    }

    /// Everybody who has a policy, or whom one allows something.
    pub(super) fn principals(&self, scope: &Scope, all: &mut BTreeSet<Principal>) {
        all.extend(self.identities.keys().cloned());
        let users = self.members.values().flatten();
        all.extend(users.map(|name| Principal::User((*name).to_owned())));
        let ours: BTreeSet<&str> = self
            .identities
            .values()
            .map(|identity| identity.arn.as_str())
            .collect();
        let members: BTreeSet<&str> = self.members.values().flatten().copied().collect();
        // A user of ours is known by its name where a group has it.
        let is_member = |arn: &str| {
            let name = arn.rsplit('/').next().unwrap_or(arn);
            arn.contains(&format!(":iam::{}:user/", scope.account)) && members.contains(name)
        };
        for guarded in self.guarded.values() {
            let statements = guarded.held.document.statement.iter();
            for statement in statements.filter(|one| one.effect == Effect::Allow) {
                if statement.not_principal.is_some() {
                    all.insert(Principal::Anyone);
                }
                for (kind, names) in statement.principal.iter().flat_map(|who| &who.0) {
                    for name in names {
                        match (kind.as_str(), name.as_str()) {
                            ("AWS" | "Federated", "*") => _ = all.insert(Principal::Anyone),
                            ("AWS", name)
                                if ours.contains(name) || is_id(name) || is_member(name) => {}
                            _ => {
                                _ = all.insert(Principal::Named {
                                    kind: kind.clone(),
                                    name: name.clone(),
                                });
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Whether this is the id of somebody who is gone.
fn is_id(name: &str) -> bool {
    !name.contains(':') && !name.bytes().all(|byte| byte.is_ascii_digit())
}
