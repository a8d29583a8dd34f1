//! Roles and bindings of one manifest, as they are wanted or as they are, and who they are about.

use crate::policy::google::{Expression, Member, is_predefined, role};
use crate::resource::Google;
use crate::resource::google::{
    Condition, Grantable, Holder, Provider, PublicAccessPrevention, Role, ServiceAccount, Stage,
};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Somebody whose access is tried.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Who {
    /// A service account of the manifest: its id, and its address.
    Account { name: String, email: String },
    /// Somebody whom a binding names, and who is not of the manifest.
    Outside(String),
    /// Who shows a token of a pool's provider: the member of bindings that it is here for, and all
    /// that it is.
    Identity {
        shown: String,
        members: BTreeSet<String>,
    },
    /// Whoever has no credentials.
    Anyone,
}

impl fmt::Display for Who {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account { name, .. } => write!(out, "service_account.{name}"),
            Self::Outside(member) | Self::Identity { shown: member, .. } => out.write_str(member),
            Self::Anyone => out.write_str("anyone"),
        }
    }
}

impl Who {
    /// The members of bindings that it is.
    fn is(&self, member: &str) -> bool {
        match (self, Member::of(member)) {
            (_, Member::AllUsers) => true,
            (Self::Anyone, _) => false,
            (Self::Account { .. }, Member::AllAuthenticatedUsers) => true,
            (Self::Account { email, .. }, Member::ServiceAccount(address)) => address == email,
            (Self::Outside(who), _) => who == member,
            // Who has no account of Google's is none of `allAuthenticatedUsers`
            // (<https://cloud.google.com/iam/docs/principals-overview#all-authenticated-users>).
            (Self::Identity { members, .. }, _) => members.contains(member),
            _ => false,
        }
    }
}

/// What it takes to act as a service account.
pub(super) const ACT_AS: &str = "iam.serviceAccounts.getAccessToken";

/// One binding, on the bucket or on a service account.
#[derive(Clone, Debug)]
pub(super) struct Bound {
    /// The role and its condition, as it is written.
    pub(super) name: String,
    pub(super) role: String,
    pub(super) condition: Expression,
    pub(super) members: BTreeSet<String>,
}

/// All that has a say.
#[derive(Clone, Debug, Default)]
pub(super) struct World {
    /// The bucket's name.
    pub(super) bucket: Option<String>,
    /// The public is kept out whatever a binding says.
    pub(super) closed: bool,
    pub(super) bound: Vec<Bound>,
    /// Address → who has what over it, where that is the manifest's matter.
    pub(super) users: BTreeMap<String, Vec<Bound>>,
    /// `POOL/ID` → who vouches for identities of the pool.
    pub(super) providers: BTreeMap<String, Provider>,
    /// Full name → permissions.
    roles: BTreeMap<String, BTreeSet<String>>,
    /// Address → whether it can do anything; and its id.
    accounts: BTreeMap<String, (bool, String)>,
}

impl World {
    pub(super) fn of(all: &[&Google]) -> Self {
        let mut world = Self::default();
        for google in all {
            match google {
                Google::Bucket(bucket) => {
                    world.bucket = Some(bucket.name.clone());
                    let prevention = bucket.public_access_prevention;
                    world.closed = prevention == Some(PublicAccessPrevention::Enforced);
                }
                Google::Role(role) => {
                    let permissions = match role.deleted || role.stage == Stage::Disabled {
                        true => BTreeSet::new(),
                        false => role.permissions.clone(),
                    };
                    let name = Role::full_name(&role.project, &role.name);
                    world.roles.insert(name, permissions);
                }
                Google::ServiceAccount(account) => {
                    let email = ServiceAccount::email(&account.name, &account.project);
                    let known = (!account.disabled, account.name.clone());
                    world.accounts.insert(email, known);
                }
                Google::Bindings(bindings) => {
                    let each = bindings.bindings.iter();
                    let bound = each.filter_map(|(name, members)| Bound::of(name, members));
                    match bindings.holder() {
                        Some(Holder::Bucket(_)) => world.bound.extend(bound),
                        Some(Holder::ServiceAccount(name)) => {
                            let email = ServiceAccount::email(name, &bindings.project);
                            world.users.entry(email).or_default().extend(bound);
                        }
                        None => {}
                    }
                }
                Google::Provider(provider) => {
                    let name = provider.name.clone();
                    world.providers.insert(name, provider.clone());
                }
                Google::Pool(_) | Google::ServiceAccountKey(_) => {}
            }
        }
        world
    }

    /// What a role has; `None` is not known.
    pub(super) fn permissions(&self, name: &str) -> Option<BTreeSet<String>> {
        match self.roles.get(name) {
            Some(permissions) => Some(permissions.clone()),
            None if is_predefined(name) => role(name),
            None => None,
        }
    }

    /// Whether somebody is there, and can do anything.
    pub(super) fn acts(&self, who: &Who) -> bool {
        match who {
            Who::Account { email, .. } => self.is_alive(email),
            Who::Outside(member) => !matches!(Member::of(member), Member::Deleted(_)),
            Who::Identity { .. } | Who::Anyone => true,
        }
    }

    /// The id of a service account of the manifest.
    pub(super) fn id_of(&self, email: &str) -> Option<&str> {
        self.accounts.get(email).map(|(_, name)| name.as_str())
    }

    /// Whether a service account is there, and can do anything.
    pub(super) fn is_alive(&self, email: &str) -> bool {
        self.accounts.get(email).is_some_and(|(acts, _)| *acts)
    }

    /// The bindings that give `who` something over a service account.
    pub(super) fn giving_over<'a>(
        &'a self,
        who: &'a Who,
        email: &str,
    ) -> impl Iterator<Item = &'a Bound> {
        let acts = self.acts(who);
        let all = self.users.get(email).into_iter().flatten();
        all.filter(move |bound| acts && bound.members.iter().any(|member| who.is(member)))
    }

    /// The bindings by which somebody may act as a service account of which `wanted` says who may: only
    /// that is its matter.
    fn acting<'a>(&'a self, wanted: &'a World) -> impl Iterator<Item = &'a Bound> {
        let users = self.users.iter();
        let users = users.filter(|(email, _)| wanted.users.contains_key(*email));
        users.flat_map(|(_, all)| all).filter(|bound| {
            let has = self.permissions(&bound.role);
            has.is_some_and(|all| all.contains(ACT_AS))
        })
    }

    /// Whom any binding names.
    pub(super) fn members(&self) -> impl Iterator<Item = &String> {
        let bound = self.bound.iter().chain(self.users.values().flatten());
        bound.flat_map(|bound| &bound.members)
    }

    /// The bindings on the bucket that give `who` something.
    pub(super) fn giving<'a>(&'a self, who: &'a Who) -> impl Iterator<Item = &'a Bound> {
        let acts = self.acts(who);
        let gives = move |member: &String| {
            who.is(member) && !(self.closed && Member::of(member).is_public())
        };
        self.bound
            .iter()
            .filter(move |bound| acts && bound.members.iter().any(gives))
    }
}

impl Bound {
    fn of(name: &str, members: &BTreeSet<String>) -> Option<Self> {
        let Grantable { role, condition } = name.parse().ok()?;
        let condition = match &condition {
            Some(Condition { expression, .. }) => Expression::of(expression),
            None => Expression::Known(true),
        };
        Some(Self {
            name: name.to_owned(),
            role,
            condition,
            members: members.clone(),
        })
    }
}

/// All whose access is tried: the manifest's service accounts, whom its roles name besides, who may act
/// as its service accounts, and anyone.
pub(super) fn everybody(wanted: &World, live: &World) -> Vec<Who> {
    let accounts = wanted.accounts.iter();
    let mut all: Vec<Who> = accounts
        .map(|(email, (_, name))| Who::Account {
            name: name.clone(),
            email: email.clone(),
        })
        .collect();
    // Of what others have bound there only that counts which is of the manifest's roles.
    let ours = |bound: &&Bound| wanted.roles.contains_key(&bound.role);
    let named = wanted.bound.iter().chain(live.bound.iter().filter(ours));
    let named = named
        .chain(wanted.acting(wanted))
        .chain(live.acting(wanted));
    let outside: BTreeSet<&String> = named.flat_map(|bound| &bound.members).collect();
    for member in outside {
        let is_account = match Member::of(member) {
            Member::ServiceAccount(address) => wanted.accounts.contains_key(address),
            Member::AllUsers => true,
            _ => false,
        };
        if !is_account {
            all.push(Who::Outside(member.clone()));
        }
    }
    all.push(Who::Anyone);
    all
}
