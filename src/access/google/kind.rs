//! Whether whom Google lets in is a stranger.

use super::way::{Way, Who};
use super::world::World;
use crate::access::Kind;
use crate::policy::google::{Expression, Member, Tie, is_shared, tie};
use crate::resource::google::Provider;

/// Domains of addresses that anybody may have.
const OF_ANYBODY: [&str; 3] = ["gmail.com", "googlegroups.com", "googlemail.com"];

/// How somebody stands to the projects of the plan.
pub(super) fn of(who: &Who, way: &Way, world: &World<'_>) -> Kind {
    let member = who.member();
    match (who.kind.as_str(), Member::of(&member)) {
        ("issuer", _) => entering(&who.name, way, world),
        // Whoever an ACL names: nobody has looked.
        ("acls", _) => Kind::Account,
        (_, Member::AllUsers | Member::AllAuthenticatedUsers) => Kind::Public,
        (_, Member::User(name) | Member::Group(name)) => {
            let domain = name.rsplit('@').next().unwrap_or_default();
            match OF_ANYBODY.contains(&domain) {
                true => Kind::Account,
                false => Kind::Own,
            }
        }
        (_, Member::Domain(_)) => Kind::Account,
        (_, Member::ServiceAccount(address)) => match project(address) {
            Some(project) if world.projects.contains(project.as_str()) => Kind::Own,
            None if is_googles(address) => Kind::Service,
            _ => Kind::Account,
        },
        (_, Member::OfProject { project, .. }) => match world.projects.contains(project) {
            true => Kind::Own,
            false => Kind::Account,
        },
        (_, Member::OfPool { pool, whom, .. }) => of_pool(pool, whom, world),
        (_, Member::Deleted(_) | Member::Other(_)) => Kind::Account,
    }
}

/// The project of a service account that somebody has made, by its address.
fn project(address: &str) -> Option<String> {
    let (_, rest) = address.split_once('@')?;
    if let Some(project) = rest.strip_suffix(".iam.gserviceaccount.com") {
        if project.starts_with("gcp-sa-") || rest.starts_with("gs-project-accounts.") {
            return None;
        }
        return Some(match project.split_once('.') {
            Some((project, domain)) => format!("{domain}:{project}"),
            None => project.to_owned(),
        });
    }
    let (name, _) = address.split_once('@')?;
    (rest == "appspot.gserviceaccount.com").then(|| name.to_owned())
}

/// Whether it is the agent of one of Google's own services.
fn is_googles(address: &str) -> bool {
    let domain = address.rsplit('@').next().unwrap_or_default();
    domain.starts_with("gcp-sa-")
        || domain.starts_with("gs-project-accounts.")
        || domain == "cloudservices.gserviceaccount.com"
        || address == "cloud-logs@google.com"
}

/// Whom a provider lets in.
fn entering(issuer: &str, way: &Way, world: &World<'_>) -> Kind {
    let providers = world.providers.iter();
    let mut ours = providers.filter(|one| way.origin.as_str().ends_with(&format!(".{}", one.name)));
    let mapping = ours.next().map(|one| one.attribute_mapping.clone());
    let close = tie(issuer, &way.condition, &mapping.unwrap_or_default());
    match !is_shared(issuer) || close >= Tie::Name {
        true => Kind::Workload,
        false => Kind::Repository,
    }
}

fn is_open(provider: &Provider) -> bool {
    let condition = provider.attribute_condition.as_deref();
    let condition = condition.map_or(Expression::Known(true), Expression::of);
    is_shared(&provider.issuer)
        && tie(&provider.issuer, &condition, &provider.attribute_mapping) < Tie::Name
}

/// Identities of a pool: one, those of one repository, or all whom its providers let in.
fn of_pool(pool: &str, whom: &str, world: &World<'_>) -> Kind {
    const NAMED: [&str; 6] = [
        "subject/",
        "attribute.repository_id/",
        "attribute.repository/",
        "attribute.project_id/",
        "attribute.project_path/",
        "attribute.sub/",
    ];
    let is_one = NAMED.iter().any(|head| {
        let rest = whom.strip_prefix(head);
        rest.is_some_and(|rest| !rest.is_empty())
    });
    let providers = world.providers.iter().filter(|one| one.ids().0 == pool);
    let mut providers = providers.peekable();
    // Of a pool that is not the plan's nobody here knows whom it lets in.
    let is_known = providers.peek().is_some();
    match is_one || (is_known && !providers.any(|one| is_open(one))) {
        true => Kind::Workload,
        false => Kind::Repository,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_account_is_of_the_project_in_its_address() {
        for (address, of) in [
            ("a@acme-1.iam.gserviceaccount.com", Some("acme-1")),
            (
                "a@acme.example.com.iam.gserviceaccount.com",
                Some("example.com:acme"),
            ),
            ("acme-1@appspot.gserviceaccount.com", Some("acme-1")),
            ("service-1@gcp-sa-pubsub.iam.gserviceaccount.com", None),
            ("1-compute@developer.gserviceaccount.com", None),
        ] {
            assert_eq!(project(address).as_deref(), of, "{address}");
        }
        assert!(is_googles(
            "service-1@gs-project-accounts.iam.gserviceaccount.com"
        ));
        assert!(!is_googles("1-compute@developer.gserviceaccount.com"));
    }
}
