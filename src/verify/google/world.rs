//! Roles and bindings of one manifest, as they are wanted or as they are, and who they are about.

use crate::policy::google::{Expression, Member, is_predefined, role};
use crate::resource::Google;
use crate::resource::google::{
    Condition, Grantable, Holder, PublicAccessPrevention, Role, ServiceAccount, Stage,
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
    /// Whoever has no credentials.
    Anyone,
}

impl fmt::Display for Who {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account { name, .. } => write!(out, "service_account.{name}"),
            Self::Outside(member) => out.write_str(member),
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
            _ => false,
        }
    }
}

/// One binding on the bucket.
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
                    if let Some(Holder::Bucket(_)) = bindings.holder() {
                        for (name, members) in &bindings.bindings {
                            world.bind(name, members);
                        }
                    }
                }
                Google::Pool(_) | Google::Provider(_) | Google::ServiceAccountKey(_) => {}
            }
        }
        world
    }

    fn bind(&mut self, name: &str, members: &BTreeSet<String>) {
        let Ok(Grantable { role, condition }) = name.parse() else {
            return;
        };
        let condition = match &condition {
            Some(Condition { expression, .. }) => Expression::of(expression),
            None => Expression::Known(true),
        };
        self.bound.push(Bound {
            name: name.to_owned(),
            role,
            condition,
            members: members.clone(),
        });
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
            Who::Account { email, .. } => self.accounts.get(email).is_some_and(|(acts, _)| *acts),
            Who::Outside(member) => !matches!(Member::of(member), Member::Deleted(_)),
            Who::Anyone => true,
        }
    }

    /// The bindings that give `who` something.
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

/// All whose access is tried: the manifest's service accounts, whom its roles name besides, and anyone.
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
