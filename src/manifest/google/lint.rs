//! What the rules find, and where it is written.

use super::Ground;
use crate::manifest::context::Context;
use crate::manifest::model::{GoogleGrant, PoolProvider};
use crate::plan::{OfGoogle, of_google};
use crate::resource::Google;
use crate::resource::google::{Condition, Grantable, Role};
use crate::yaml::Path;

/// Notes all that is found.
pub(super) fn look(context: &mut Context, ground: &Ground, made: &[Google]) {
    for one in of_google(made) {
        let (whole, place) = place(ground, &one);
        if !context.is_partial(&whole) {
            context.found(&whole, &whole, &place, one.finding);
        }
    }
}

/// The block of the resource, and where in it.
fn place(ground: &Ground, one: &OfGoogle) -> (Path, Path) {
    let google = ground.google;
    let (kind, name) = one.address.as_str().split_once('.').unwrap_or_default();
    let block = |list: &str, name: &str| ground.path.key(list).key(name);
    match kind {
        "google_bucket" => {
            let whole = ground.path.key("bucket");
            let place = whole.key(&one.field);
            (whole, place)
        }
        "google_role" if google.roles.contains_key(name) => {
            let whole = block("roles", name);
            let place = whole.key("permissions");
            (whole, place)
        }
        "service_account_key" => {
            let whole = block("service_accounts", name).key("key");
            (whole.clone(), whole)
        }
        "workload_identity_provider" => {
            let (pool, id) = name.split_once('/').unwrap_or((name, ""));
            let whole = block("workload_identity_pools", pool)
                .key("providers")
                .key(id);
            let written = google.workload_identity_pools.get(pool);
            let written = written.and_then(|pool| pool.providers.get(id));
            let place = match written {
                Some(PoolProvider::Oidc(_)) => whole.key("oidc").key(&one.field),
                _ => whole.key("github_actions"),
            };
            (whole, place)
        }
        "bindings" if name.starts_with("service_account/") => {
            let account = name.trim_start_matches("service_account/");
            let whole = block("service_accounts", account).key("used_by");
            let users = google.service_accounts.get(account).map(|one| &one.used_by);
            let at = users.and_then(|users| {
                users
                    .iter()
                    .position(|who| Some(who) == one.member.as_ref())
            });
            let place = at.map_or_else(|| whole.clone(), |at| whole.index(at));
            (whole, place)
        }
        _ => {
            let whole = ground.path.key("grants");
            let at = google
                .grants
                .iter()
                .position(|grant| is_of(ground, grant, one));
            let place = at.map_or_else(|| whole.clone(), |at| whole.index(at));
            (whole, place)
        }
    }
}

/// Whether what was found comes of this grant.
fn is_of(ground: &Ground, grant: &GoogleGrant, one: &OfGoogle) -> bool {
    let granted = one.grantable.as_ref().and_then(|text| text.parse().ok());
    let Some(Grantable { role, condition }) = granted else {
        return false;
    };
    let to = grant.to.as_slice();
    let names = one.member.as_ref().is_none_or(|member| to.contains(member));
    let asks = match (&grant.condition, &condition) {
        (Some(written), Some(Condition { expression, .. })) => {
            written.expression.trim() == expression
        }
        (None, None) => true,
        (None, Some(_)) => grant.prefix.is_some(),
        (Some(_), None) => false,
    };
    let named = grant.role.as_ref().or(grant.through.as_ref());
    let gives = named.is_none_or(|named| match named.strip_prefix("google_role.") {
        Some(name) => Role::full_name(ground.project, name) == role,
        None => *named == role,
    });
    // Without a name it is a role of the grant's own, which none of Google's is.
    names && asks && gives && (named.is_some() || !role.starts_with("roles/"))
}
