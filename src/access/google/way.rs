//! One way to something: a binding or a provider, on what, and when only.

use crate::access::generic::{covers, intersection};
use crate::policy::google::{By, Expression, LIST_PREFIX, RESOURCE_NAME, is_of_object};
use crate::resource::Address;
use crate::resource::google::{Bucket, Holder, ServiceAccount};
use std::collections::{BTreeMap, BTreeSet};

/// What only counts for a whole project, so that it says nothing in the policy of a bucket.
const OF_PROJECT: [&str; 2] = ["storage.buckets.create", "storage.buckets.list"];

/// Somebody: how they are named, and the name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Who {
    /// `serviceAccount`, `allUsers`, `principalSet`, `issuer`, …
    pub(super) kind: String,
    pub(super) name: String,
}

impl Who {
    pub(super) fn of(member: &str) -> Self {
        match member.split_once(':') {
            Some((kind, name)) => Self::named(kind, name),
            None => Self::named(member, ""),
        }
    }

    pub(super) fn named(kind: &str, name: &str) -> Self {
        Self {
            kind: kind.to_owned(),
            name: name.to_owned(),
        }
    }

    /// As a binding names them.
    pub(super) fn member(&self) -> String {
        match self.name.is_empty() {
            true => self.kind.clone(),
            false => format!("{}:{}", self.kind, self.name),
        }
    }

    /// Who they are among.
    fn among(&self) -> Vec<Who> {
        const IN_GENERAL: [&str; 3] = ["issuer", "acls", "allUsers"];
        let mut all = vec![self.clone()];
        if !IN_GENERAL.contains(&self.kind.as_str()) {
            all.push(Self::named("allUsers", ""));
            if self.kind != "allAuthenticatedUsers" && !self.kind.starts_with("principal") {
                all.push(Self::named("allAuthenticatedUsers", ""));
            }
        }
        all
    }
}

/// Something that is allowed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum What {
    Permission(String),
    /// What is in something that is not known here.
    Unknown(String),
}

/// One way to it.
#[derive(Clone, Debug)]
pub(super) struct Way {
    pub(super) on: String,
    pub(super) condition: Expression,
    /// The resource that it stands in.
    pub(super) origin: Address,
    pub(super) statement: String,
    /// What it takes beside.
    pub(super) by: BTreeSet<Address>,
}

/// Somebody and something → the ways to it.
pub(super) type Ways = BTreeMap<(Who, What), Vec<Way>>;

/// Something that is gained.
pub(super) struct Gain<'a> {
    pub(super) way: &'a Way,
    pub(super) is_certain: bool,
}

/// The full name of what has the policy.
pub(super) fn on(holder: &Holder<'_>, project: &str) -> String {
    match holder {
        Holder::Bucket(name) => Bucket::full_name(name),
        Holder::ServiceAccount(name) => {
            format!(
                "projects/{project}/serviceAccounts/{}",
                ServiceAccount::email(name, project)
            )
        }
    }
}

impl Way {
    /// The ways to one permission: on what of the holder, and what is left of the condition there.
    pub(super) fn to(&self, permission: &str, holder: &Holder<'_>, project: &str) -> Vec<Way> {
        let whole = on(holder, project);
        let about = match holder {
            Holder::Bucket(_) => {
                permission.starts_with("storage.")
                    && !OF_PROJECT.contains(&permission)
                    && !permission.starts_with("storage.hmacKeys.")
                    && !permission.starts_with("storage.intelligenceConfigs.")
            }
            Holder::ServiceAccount(_) => permission.starts_with("iam.serviceAccount"),
        };
        if !about {
            return Vec::new();
        }
        let of_object = is_of_object(permission);
        let is_list = permission == "storage.objects.list";
        let left = self.condition.settled(&|of: &str| match of {
            RESOURCE_NAME if !of_object => Some(whole.as_str()),
            LIST_PREFIX if !is_list => Some(""),
            "resource.service" => Some("storage.googleapis.com"),
            "resource.type" if of_object => Some("storage.googleapis.com/Object"),
            "resource.type" => Some("storage.googleapis.com/Bucket"),
            _ => None,
        });
        let branches = match left {
            Expression::Any(parts) => parts,
            other => vec![other],
        };
        let all = branches.into_iter().flat_map(|branch| match of_object {
            true => objects(&whole, &branch),
            false => vec![(whole.clone(), branch)],
        });
        all.filter(|(_, condition)| *condition != Expression::Known(false))
            .map(|(on, condition)| Way {
                on,
                condition,
                ..self.clone()
            })
            .collect()
    }

    /// With the audiences that a token is for; none is the provider's own name.
    pub(super) fn for_audiences(condition: Expression, audiences: &BTreeSet<String>) -> Expression {
        let text = match audiences.is_empty() {
            true => "assertion.aud == 'the provider'".to_owned(),
            false => {
                let all: Vec<String> = audiences.iter().map(|one| format!("{one:?}")).collect();
                format!("assertion.aud in [{}]", all.join(", "))
            }
        };
        match condition {
            Expression::Known(false) => condition,
            condition => {
                let mut parts = condition.parts().to_vec();
                parts.push(Expression::of(&text));
                match parts.len() {
                    1 => parts.remove(0),
                    _ => Expression::All(parts),
                }
            }
        }
    }
}

/// Which objects of the bucket, and what is left to ask of them.
fn objects(bucket: &str, condition: &Expression) -> Vec<(String, Expression)> {
    let all = format!("{bucket}/objects/");
    let mut names: Option<BTreeSet<String>> = None;
    let mut left = Vec::new();
    for part in condition.parts() {
        match part {
            Expression::Test(test) if test.of == RESOURCE_NAME && names.is_none() => {
                let fits = |value: &String| match test.by {
                    By::Is => value.starts_with(&all).then(|| value.clone()),
                    _ if value.starts_with(&all) => Some(format!("{value}*")),
                    _ if all.starts_with(value.as_str()) => Some(format!("{all}*")),
                    _ => None,
                };
                match test.by {
                    By::Is | By::StartsWith => {
                        names = Some(test.values.iter().filter_map(fits).collect());
                    }
                    _ => left.push(part.clone()),
                }
            }
            other => left.push(other.clone()),
        }
    }
    let left = match left.len() {
        0 => Expression::Known(true),
        1 => left.remove(0),
        _ => Expression::All(left),
    };
    let names = names.unwrap_or_else(|| [format!("{all}*")].into());
    names.into_iter().map(|name| (name, left.clone())).collect()
}

/// The ways of `to` that none of `from` is as wide as. What somebody has by being anybody is told of
/// anybody.
pub(super) fn gains<'a>(who: &Who, what: &What, from: &Ways, to: &'a Ways) -> Vec<Gain<'a>> {
    let found = to.get(&(who.clone(), what.clone()));
    let of = |ways: &'a Ways| -> Vec<(bool, &'a Way)> {
        let among = who.among().into_iter().enumerate();
        among
            .flat_map(|(at, who)| {
                let ways = ways.get(&(who, what.clone())).into_iter().flatten();
                ways.map(move |way| (at == 0, way)).collect::<Vec<_>>()
            })
            .collect()
    };
    let before: Vec<Way> = {
        let among = who.among().into_iter();
        let ways = among.filter_map(|who| from.get(&(who, what.clone())));
        ways.flatten().cloned().collect()
    };
    let now = of(to);
    let mut gains = Vec::new();
    for (at, way) in found.into_iter().flatten().enumerate() {
        let is_within =
            |other: &Way| covers(&other.on, &way.on) && way.condition.implies(&other.condition);
        // Of two that say the same, the first is told.
        let is_told = now.iter().enumerate().any(|(other_at, (own, other))| {
            let is_mutual = covers(&way.on, &other.on) && other.condition.implies(&way.condition);
            let is_itself = *own && other_at == at;
            !is_itself && is_within(other) && (!own || !is_mutual || other_at < at)
        });
        if before.iter().any(is_within) || is_told {
            continue;
        }
        let may_overlap = |other: &&Way| {
            intersection(&other.on, &way.on).is_some()
                && !other.condition.implies(&way.condition)
                && (other.condition.is_hazy() || way.condition.is_hazy())
        };
        gains.push(Gain {
            way,
            is_certain: !before.iter().any(|way| may_overlap(&way)),
        });
    }
    gains
}
