//! Grants → permissions in custom roles, and bindings of roles on the bucket.

use super::Ground;
use super::verbs;
use crate::manifest::context::Context;
use crate::manifest::model::GoogleGrant;
use crate::resource::google::{Bucket, Condition, Grantable, Role, ServiceAccount};
use crate::yaml::{Path, suggestion};
use std::collections::BTreeSet;

/// The permission that is asked for with the prefix of a list, and not with an object's name.
const LIST: &str = "storage.objects.list";

/// Compiles all grants.
pub(super) fn compile(context: &mut Context, ground: &mut Ground) {
    let google = ground.google;
    for (at, grant) in google.grants.iter().enumerate() {
        let path = ground.path.key("grants").index(at);
        let Some(bucket) = &google.bucket else {
            let message = "a grant is about the bucket, and there is none";
            context.lacks(&path, message, "add bucket:");
            continue;
        };
        compile_one(context, ground, &path, grant, &bucket.name);
    }
}

fn compile_one(
    context: &mut Context,
    ground: &mut Ground,
    path: &Path,
    grant: &GoogleGrant,
    bucket: &str,
) {
    let to = grant.to.as_slice();
    if to.is_empty() {
        let message = "this grant is to nobody";
        context.refuse(&path.key("to"), message, "name a service account or a pool");
    }
    let members: Vec<String> = to
        .iter()
        .enumerate()
        .filter_map(|(at, who)| {
            let place = match grant.to.is_list() {
                true => path.key("to").index(at),
                false => path.key("to"),
            };
            ground.member(context, &place, who)
        })
        .collect();
    let Some((role, lists)) = role(context, ground, path, grant) else {
        return;
    };
    let Ok(condition) = condition(context, path, grant, bucket, lists) else {
        return;
    };
    let uniform = ground.google.bucket.as_ref();
    if condition.is_some() && uniform.is_some_and(|bucket| !bucket.uniform_bucket_level_access) {
        context.refuse(
            path,
            "conditions take uniform bucket-level access",
            "leave uniform_bucket_level_access: false out",
        );
    }
    let granted = Grantable { role, condition }.to_string();
    if let Some(bindings) = &mut ground.bindings {
        let bound = bindings.bindings.entry(granted).or_default();
        bound.extend(members);
    }
}

/// The full name of the role, and whether it lists.
fn role(
    context: &mut Context,
    ground: &mut Ground,
    path: &Path,
    grant: &GoogleGrant,
) -> Option<(String, bool)> {
    if let Some(role) = &grant.role {
        let place = path.key("role");
        if !grant.allow.is_empty() || grant.through.is_some() {
            context.refuse(
                &place,
                "a role is granted as it is",
                "write either role:, or allow: (and through:)",
            );
            return None;
        }
        return named_role(context, ground, &place, role).map(|role| (role, true));
    }
    let mut permissions = BTreeSet::new();
    if grant.allow.is_empty() {
        let fix = "write for example allow: [read, write], or role: roles/storage.objectViewer";
        context.refuse(path, "this grant allows nothing", fix);
        return None;
    }
    for (at, word) in grant.allow.iter().enumerate() {
        match verbs::permissions(word) {
            Ok(all) => permissions.extend(all),
            Err((message, fix)) => context.refuse(&path.key("allow").index(at), message, fix),
        }
    }
    let lists = permissions.contains(LIST);
    let (name, roles) = match &grant.through {
        Some(through) => {
            let place = path.key("through");
            let Some(name) = through.strip_prefix("google_role.") else {
                let message = format!("a grant goes through no {through:?}");
                context.refuse(&place, message, "write google_role.NAME of this manifest");
                return None;
            };
            named_role(context, ground, &place, through)?;
            (name.to_owned(), &mut ground.granted)
        }
        None => {
            let name = own_role(&context.manifest.name, grant.to.as_slice());
            let declared = ground.google.roles.contains_key(&name);
            let roles = match declared {
                true => &mut ground.granted,
                false => &mut ground.own_roles,
            };
            (name, roles)
        }
    };
    roles.entry(name.clone()).or_default().extend(permissions);
    Some((Role::full_name(ground.project, &name), lists))
}

/// The id of the role that a grant has for itself: of the manifest and of the first that it is to.
fn own_role(manifest: &str, to: &[String]) -> String {
    let first = to.first().map(String::as_str).unwrap_or_default();
    let first = first.rsplit(['.', ':', '/']).next().unwrap_or(first);
    let first = match first.len() < 2 {
        true => "grant",
        false => first,
    };
    let fits = |c: char| c.is_ascii_alphanumeric();
    let id: String = format!("{manifest}.{first}")
        .chars()
        .map(|c| if fits(c) || c == '.' { c } else { '_' })
        .collect();
    id.chars().take(64).collect()
}

/// The full name of a role that is named.
fn named_role(context: &mut Context, ground: &Ground, path: &Path, role: &str) -> Option<String> {
    if let Some(name) = role.strip_prefix("google_role.") {
        let roles = &ground.google.roles;
        if !roles.contains_key(name) {
            let fix = match roles.len() {
                0 => "declare it under google.roles:".to_owned(),
                _ => suggestion(name, roles.keys().map(String::as_str)),
            };
            let message = format!("there is no role {name:?} in this manifest");
            context.lacks(path, message, fix);
            return None;
        }
        return Some(Role::full_name(ground.project, name));
    }
    let full = role.starts_with("roles/")
        || (role.contains("/roles/")
            && (role.starts_with("projects/") || role.starts_with("organizations/")));
    if !full || role.contains(char::is_whitespace) {
        context.refuse(
            path,
            format!("{role:?} is no role"),
            "write google_role.NAME of this manifest, or a full name such as \
             roles/storage.objectViewer",
        );
        return None;
    }
    Some(role.to_owned())
}

/// The condition, as it is written or of the folder; an error where that is wrong, which is noted.
fn condition(
    context: &mut Context,
    path: &Path,
    grant: &GoogleGrant,
    bucket: &str,
    lists: bool,
) -> Result<Option<Condition>, ()> {
    match (&grant.prefix, &grant.condition) {
        (None, None) => Ok(None),
        (Some(_), Some(_)) => {
            context.refuse(
                &path.key("condition"),
                "a prefix is a condition, and a binding has one",
                "write both into the expression",
            );
            Err(())
        }
        (Some(prefix), None) => {
            let folder = crate::manifest::grants::folder(context, path, prefix).ok_or(())?;
            if let Some(odd) = folder
                .chars()
                .find(|c| "\"\\".contains(*c) || c.is_control())
            {
                let message = format!("{odd:?} cannot stand in a condition");
                context.refuse(&path.key("prefix"), message, "name another folder");
                return Err(());
            }
            Ok(Some(within(bucket, &folder, lists)))
        }
        (None, Some(written)) => {
            let place = path.key("condition");
            let title = &written.title;
            let bytes = title.len();
            let odd = title.contains(": ") || title.chars().any(char::is_control);
            if title.trim() != title || !(1..=100).contains(&bytes) || odd {
                context.refuse(
                    &place.key("title"),
                    "a title has 1 to 100 bytes, and no \": \" in it",
                    "write another one",
                );
                return Err(());
            }
            if written.expression.trim().is_empty() {
                let message = "this is no expression";
                context.refuse(&place.key("expression"), message, "leave condition out");
                return Err(());
            }
            Ok(Some(Condition {
                title: title.clone(),
                expression: written.expression.trim().to_owned(),
            }))
        }
    }
}

/// Only in this folder. To list is asked of the bucket, with the prefix beside it
/// (<https://cloud.google.com/iam/docs/conditions-attribute-reference#api-attributes>).
fn within(bucket: &str, folder: &str, lists: bool) -> Condition {
    let objects = format!("{}/objects/{folder}", Bucket::full_name(bucket));
    let mut expression = format!("resource.name.startsWith(\"{objects}\")");
    if lists {
        let prefix = "api.getAttribute(\"storage.googleapis.com/objectListPrefix\", \"\")";
        expression = format!("{expression} || {prefix}.startsWith(\"{folder}\")");
    }
    Condition {
        title: format!("only {folder}"),
        expression,
    }
}

impl Ground<'_> {
    /// Somebody, as bindings name them; nothing if that is wrong, which is noted.
    pub(super) fn member(&self, context: &mut Context, path: &Path, who: &str) -> Option<String> {
        if let Some(name) = who.strip_prefix("service_account.") {
            let accounts = &self.google.service_accounts;
            if !accounts.contains_key(name) {
                let fix = match accounts.len() {
                    0 => "declare it under google.service_accounts:".to_owned(),
                    _ => suggestion(name, accounts.keys().map(String::as_str)),
                };
                let message = format!("there is no service account {name:?} in this manifest");
                context.lacks(path, message, fix);
                return None;
            }
            return Some(ServiceAccount::member(name, self.project));
        }
        if let Some(name) = who.strip_prefix("workload_identity_pool.") {
            return self.of_pool(context, path, name);
        }
        let known = match who.split_once(':') {
            None => matches!(who, "allUsers" | "allAuthenticatedUsers"),
            Some(("user" | "group" | "serviceAccount", rest)) => {
                let at = rest.split_once('@');
                at.is_some_and(|(name, domain)| !name.is_empty() && domain.contains('.'))
            }
            Some(("domain", rest)) => rest.contains('.'),
            Some(("principal" | "principalSet", rest)) => rest.starts_with("//"),
            Some(("projectOwner" | "projectEditor" | "projectViewer", rest)) => !rest.is_empty(),
            Some(_) => false,
        };
        if !known || who.contains(char::is_whitespace) {
            context.refuse(
                path,
                format!("{who:?} is nobody at Google"),
                "write service_account.NAME or workload_identity_pool.NAME of this manifest, or a \
                 member such as serviceAccount:NAME@PROJECT.iam.gserviceaccount.com or \
                 group:ops@example.com",
            );
            return None;
        }
        Some(who.to_owned())
    }

    /// All identities of a pool that the manifest declares: of one repository where that is known.
    fn of_pool(&self, context: &mut Context, path: &Path, name: &str) -> Option<String> {
        use crate::manifest::model::PoolProvider;
        let pools = &self.google.workload_identity_pools;
        let Some(pool) = pools.get(name) else {
            let fix = match pools.len() {
                0 => "declare it under google.workload_identity_pools:".to_owned(),
                _ => suggestion(name, pools.keys().map(String::as_str)),
            };
            let message = format!("there is no pool {name:?} in this manifest");
            context.lacks(path, message, fix);
            return None;
        };
        let Some(number) = &self.google.project_number else {
            context.lacks(
                path,
                "Google names pools by the project's number, which is not written",
                "add google.project_number \
                 (gcloud projects describe PROJECT --format='value(projectNumber)')",
            );
            return None;
        };
        if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit()) {
            let place = self.path.key("project_number");
            let message = format!("{number:?} is no number of a project");
            let fix = "gcloud projects describe PROJECT --format='value(projectNumber)' tells it";
            context.refuse(&place, message, fix);
            return None;
        }
        let mut providers = pool.providers.values();
        let whom = match (providers.next(), providers.next()) {
            (Some(PoolProvider::GithubActions(github)), None) => {
                format!("attribute.repository_id/{}", github.repository_id)
            }
            _ => "*".to_owned(),
        };
        Some(format!(
            "principalSet://iam.googleapis.com/projects/{number}/locations/global/\
             workloadIdentityPools/{name}/{whom}"
        ))
    }
}
