//! The resources of Google as they are or will be, and the ways to something that they make.

use super::line::EXCHANGE;
use super::way::{Way, Ways, What, Who, on};
use crate::policy::google::{Expression, Member, is_predefined, role};
use crate::resource::google::{
    Bindings, Bucket, Condition, Grantable, Holder, Pool, Provider, PublicAccessPrevention, Role,
    ServiceAccount, Stage,
};
use crate::resource::{Address, Google, Resource};
use std::collections::{BTreeMap, BTreeSet};

/// All of them.
#[derive(Clone, Debug, Default)]
pub(super) struct World<'a> {
    buckets: BTreeMap<&'a str, &'a Bucket>,
    /// Full name → role.
    roles: BTreeMap<String, &'a Role>,
    /// As bindings name them.
    accounts: BTreeMap<String, &'a ServiceAccount>,
    bindings: Vec<&'a Bindings>,
    pools: BTreeMap<&'a str, &'a Pool>,
    pub(super) providers: Vec<&'a Provider>,
    pub(super) projects: BTreeSet<&'a str>,
    /// What is of the plan, on either side: what is not here then is not there at all.
    ours: BTreeSet<String>,
}

impl<'a> World<'a> {
    pub(super) fn of(resources: &[&'a Resource]) -> Self {
        let mut world = Self::default();
        for resource in resources {
            let Resource::Google(google) = resource else {
                continue;
            };
            world.projects.insert(google.project());
            match google {
                Google::Bindings(bindings) => world.bindings.push(bindings),
                Google::Bucket(bucket) => _ = world.buckets.insert(&bucket.name, bucket),
                Google::Pool(pool) => _ = world.pools.insert(&pool.name, pool),
                Google::Provider(provider) => world.providers.push(provider),
                Google::Role(role) => {
                    let name = Role::full_name(&role.project, &role.name);
                    world.roles.insert(name, role);
                }
                Google::ServiceAccount(account) => {
                    let name = ServiceAccount::member(&account.name, &account.project);
                    world.accounts.insert(name, account);
                }
                Google::ServiceAccountKey(_) => {}
            }
        }
        world
    }

    pub(super) fn is_empty(&self) -> bool {
        self.projects.is_empty()
    }

    /// Lets each know what the other has.
    pub(super) fn introduce(one: &mut Self, other: &mut Self) {
        let names = |world: &Self| -> BTreeSet<String> {
            let pools = world.pools.keys().map(|name| format!("pool {name}"));
            let named = world.roles.keys().chain(world.accounts.keys());
            named.cloned().chain(pools).collect()
        };
        let ours: BTreeSet<String> = names(one).union(&names(other)).cloned().collect();
        let projects: BTreeSet<&str> = one.projects.union(&other.projects).copied().collect();
        for world in [one, other] {
            world.ours.clone_from(&ours);
            world.projects.clone_from(&projects);
        }
    }

    /// Whether somebody can do anything at all: whom the plan does not have can.
    fn acts(&self, member: &str) -> bool {
        match Member::of(member) {
            Member::Deleted(_) => false,
            Member::OfPool { pool, .. } => {
                !self.ours.contains(&format!("pool {pool}")) || self.is_open(pool)
            }
            _ => match self.accounts.get(member) {
                Some(account) => !account.disabled,
                None => !self.ours.contains(member),
            },
        }
    }

    fn is_open(&self, pool: &str) -> bool {
        let pool = self.pools.get(pool);
        pool.is_some_and(|pool| !pool.disabled && !pool.deleted)
    }

    /// What a role has; `None` is not known.
    fn permissions(&self, name: &str) -> Option<BTreeSet<String>> {
        match self.roles.get(name) {
            Some(role) if role.deleted || role.stage == Stage::Disabled => Some(BTreeSet::new()),
            Some(role) => Some(role.permissions.clone()),
            None if self.ours.contains(name) => Some(BTreeSet::new()),
            None if is_predefined(name) => role(name),
            None => None,
        }
    }

    /// Every way to something.
    pub(super) fn ways(&self) -> Ways {
        let mut ways = Ways::new();
        for bindings in &self.bindings {
            for (grantable, member) in bindings.each() {
                self.bound(&mut ways, bindings, grantable, member);
            }
        }
        for provider in &self.providers {
            self.entered(&mut ways, provider);
        }
        for (name, bucket) in &self.buckets {
            if bucket.uniform_bucket_level_access == Some(false) {
                let who = Who::named("acls", name);
                let address = Google::Bucket((*bucket).clone());
                let way = Way {
                    on: Bucket::full_name(name),
                    condition: Expression::Known(true),
                    origin: Resource::Google(address).address(),
                    statement: "uniform_bucket_level_access".to_owned(),
                    by: BTreeSet::new(),
                };
                let what = What::Unknown("access control lists".to_owned());
                ways.entry((who, what)).or_default().push(way);
            }
        }
        ways
    }

    fn bound(&self, ways: &mut Ways, bindings: &Bindings, grantable: &str, member: &str) {
        let Some(holder) = bindings.holder() else {
            return;
        };
        let public = Member::of(member).is_public();
        if !self.acts(member) || (public && self.keeps_public_out(&holder)) {
            return;
        }
        // What is no condition of ours is bound without one that could be told.
        let Ok(Grantable { role, condition }) = grantable.parse() else {
            return;
        };
        let written = condition.map(|Condition { expression, .. }| expression);
        let condition = match &written {
            Some(text) => Expression::of(text),
            None => Expression::Known(true),
        };
        let mut by: BTreeSet<Address> = BTreeSet::new();
        by.extend(
            self.roles
                .get(&role)
                .map(|role| Address::new("google_role", &role.name)),
        );
        let account = self.accounts.get(member);
        by.extend(account.map(|one| Address::new("service_account", &one.name)));
        if let Holder::Bucket(name) = &holder {
            by.insert(Address::new("google_bucket", name));
        }
        if let Member::OfPool { pool, .. } = Member::of(member) {
            by.insert(Address::new("workload_identity_pool", pool));
        }
        let way = Way {
            on: String::new(),
            condition,
            origin: Address::new("bindings", &bindings.name),
            statement: format!("{role} of bindings.{}", bindings.name),
            by,
        };
        let who = Who::of(member);
        let mut add = |what: What, ways_to: Vec<Way>| {
            if !ways_to.is_empty() {
                ways.entry((who.clone(), what)).or_default().extend(ways_to);
            }
        };
        match self.permissions(&role) {
            Some(permissions) => {
                for permission in permissions {
                    let to = way.to(&permission, &holder, &bindings.project);
                    add(What::Permission(permission), to);
                }
            }
            None => {
                let whole = Way {
                    on: on(&holder, &bindings.project),
                    ..way
                };
                add(What::Unknown(format!("role {role}")), vec![whole]);
            }
        }
    }

    fn keeps_public_out(&self, holder: &Holder<'_>) -> bool {
        let Holder::Bucket(name) = holder else {
            return false;
        };
        let bucket = self.buckets.get(name);
        let prevention = bucket.and_then(|bucket| bucket.public_access_prevention);
        prevention == Some(PublicAccessPrevention::Enforced)
    }

    /// Whom a provider lets into its pool.
    fn entered(&self, ways: &mut Ways, provider: &Provider) {
        let (pool, _) = provider.ids();
        if provider.disabled || provider.deleted || !self.is_open(pool) {
            return;
        }
        let condition = match &provider.attribute_condition {
            Some(text) => Expression::of(text),
            None => Expression::Known(true),
        };
        let origin = Address::new("workload_identity_provider", &provider.name);
        let way = Way {
            on: format!("workloadIdentityPools/{pool}"),
            condition: Way::for_audiences(condition, &provider.audiences),
            statement: format!("the condition of {origin}"),
            origin,
            by: [Address::new("workload_identity_pool", pool)].into(),
        };
        let who = Who::named("issuer", &provider.issuer);
        let what = What::Permission(EXCHANGE.to_owned());
        ways.entry((who.clone(), what))
            .or_default()
            .push(way.clone());
        // By which attributes somebody is known decides which bindings are theirs.
        let mapping = &provider.attribute_mapping;
        let mapped: Vec<String> = mapping
            .iter()
            .map(|(to, from)| format!("{to}={from}"))
            .collect();
        let what = What::Unknown(format!("the mapping {}", mapped.join(", ")));
        let way = Way {
            statement: format!("the mapping of {}", way.origin),
            ..way
        };
        ways.entry((who, what)).or_default().push(way);
    }
}
