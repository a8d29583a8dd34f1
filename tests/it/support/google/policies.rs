//! Allow policies of buckets and of service accounts, with etags, and refusals of whom and what is not
//! there.

use super::access::check;
use super::reply::{Outcome, Reply};
use super::route::Asked;
use super::state::{Binding, Policy, State, etag};
use super::{accounts, buckets};
use serde_json::{Value, json};

/// The roles of Google's own that are known here.
pub const ROLES: [(&str, &[&str]); 10] = [
    (
        "roles/storage.objectViewer",
        &["storage.objects.get", "storage.objects.list"],
    ),
    ("roles/storage.objectCreator", &["storage.objects.create"]),
    (
        "roles/storage.objectUser",
        &[
            "storage.objects.get",
            "storage.objects.list",
            "storage.objects.create",
            "storage.objects.delete",
        ],
    ),
    (
        "roles/storage.objectAdmin",
        &[
            "storage.objects.get",
            "storage.objects.list",
            "storage.objects.create",
            "storage.objects.delete",
        ],
    ),
    ("roles/storage.admin", &["*"]),
    (
        "roles/storage.legacyBucketOwner",
        &["storage.buckets.get", "storage.objects.list"],
    ),
    (
        "roles/storage.legacyBucketReader",
        &["storage.buckets.get", "storage.objects.list"],
    ),
    ("roles/storage.legacyObjectReader", &["storage.objects.get"]),
    (
        "roles/iam.workloadIdentityUser",
        &["iam.serviceAccounts.getAccessToken"],
    ),
    (
        "roles/iam.serviceAccountTokenCreator",
        &["iam.serviceAccounts.getAccessToken"],
    ),
];

/// Whose policy it is.
fn found<'a>(state: &'a mut State, asked: &Asked) -> Result<&'a mut Policy, Reply> {
    if asked.method.starts_with("storage.") {
        let name = asked.name(0);
        if !state.buckets.contains_key(name) {
            return Err(buckets::absent());
        }
        check(state, asked, &format!("projects/_/buckets/{name}"))?;
        return Ok(&mut state.buckets.get_mut(name).expect("it is there").policy);
    }
    let email = asked.name(1).to_owned();
    check(state, asked, &email)?;
    accounts::known(state, asked, &email)?;
    Ok(&mut state.accounts.get_mut(&email).expect("it is known").policy)
}

pub fn get(state: &mut State, asked: &Asked) -> Outcome {
    let storage = asked.method.starts_with("storage.");
    let version = match storage {
        true => asked.parameter("optionsRequestedPolicyVersion"),
        false => asked.parameter("options.requestedPolicyVersion"),
    };
    let conditions = version == Some("3");
    let policy = found(state, asked)?.clone();
    let conditional = policy.bindings.iter().any(|it| it.condition.is_some());
    if storage && conditional && !conditions {
        let said = "The requested policy version does not support conditions.";
        return Err(Reply::storage(400, "invalid", said));
    }
    Ok(Reply::json(&shown(asked, &policy, conditions)))
}

pub fn set(state: &mut State, asked: &Asked) -> Outcome {
    let storage = asked.method.starts_with("storage.");
    let body = asked.json();
    let body = match storage {
        true => body,
        false => body["policy"].clone(),
    };
    let refuse = |said: String| {
        let code = if storage {
            "invalid"
        } else {
            "INVALID_ARGUMENT"
        };
        Reply::of(asked.method, 400, code, &said)
    };
    let there = found(state, asked)?.clone();
    if body["etag"]
        .as_str()
        .is_some_and(|said| said != etag(there.etag))
    {
        let said = "There were concurrent policy changes. Please retry the whole read-modify-write \
                    with exponential backoff.";
        return Err(match storage {
            true => Reply::storage(412, "conditionNotMet", "Precondition Failed"),
            false => Reply::iam(409, "ABORTED", said),
        });
    }
    let mut bindings: Vec<Binding> = Vec::new();
    for each in body["bindings"].as_array().into_iter().flatten() {
        let role = each["role"].as_str().unwrap_or_default().to_owned();
        let members = each["members"].as_array().into_iter().flatten();
        let members = members
            .filter_map(|it| it.as_str().map(str::to_owned))
            .collect();
        let condition = each.get("condition").filter(|it| !it.is_null()).cloned();
        if condition.is_some() && body["version"] != 3 {
            return Err(refuse("Conditions take policy version 3.".to_owned()));
        }
        let binding = Binding {
            role,
            members,
            condition,
        };
        exists(state, &binding).map_err(refuse)?;
        // Bindings of one role on one condition are one.
        let same = bindings
            .iter_mut()
            .find(|it| it.role == binding.role && it.condition == binding.condition);
        match same {
            Some(same) => same.members.extend(binding.members),
            None if binding.members.is_empty() => {}
            None => bindings.push(binding),
        }
    }
    if storage {
        public(state, asked, &bindings)?;
    }
    let number = state.next();
    let policy = found(state, asked)?;
    *policy = Policy {
        etag: number,
        bindings,
    };
    let policy = policy.clone();
    Ok(Reply::json(&shown(asked, &policy, true)))
}

pub fn test(state: &mut State, asked: &Asked) -> Outcome {
    let name = asked.name(0);
    state.buckets.get(name).ok_or_else(buckets::absent)?;
    let wanted = asked.query.get("permissions").cloned().unwrap_or_default();
    let resource = format!("projects/_/buckets/{name}");
    let had = wanted
        .iter()
        .filter(|it| super::access::allowed(state, asked, it, &resource));
    let had: Vec<&String> = had.collect();
    let kind = "storage#testIamPermissionsResponse";
    Ok(Reply::json(&json!({"kind": kind, "permissions": had})))
}

/// Whether whoever and whatever a binding names is there; if not, what Google says.
fn exists(state: &mut State, binding: &Binding) -> Result<(), String> {
    let role = &binding.role;
    if role.starts_with("roles/") && !ROLES.iter().any(|(known, _)| known == role) {
        return Err(format!("Role {role} is not supported for this resource."));
    }
    if role.starts_with("projects/") {
        let known = state.roles.get_mut(role).filter(|it| !it.retired);
        let gone = format!("Role ({role}) does not exist in the resource's hierarchy.");
        let known = known.ok_or_else(|| gone.clone())?;
        if known.unseen > 0 {
            known.unseen -= 1;
            return Err(gone);
        }
    }
    for member in &binding.members {
        exists_member(state, member)?;
    }
    Ok(())
}

fn exists_member(state: &mut State, member: &str) -> Result<(), String> {
    if matches!(member, "allUsers" | "allAuthenticatedUsers") || member.starts_with("deleted:") {
        return Ok(());
    }
    let (kind, name) = member.split_once(':').unwrap_or((member, ""));
    match kind {
        "serviceAccount" => {
            let gone = format!("Service account {name} does not exist.");
            let account = state.accounts.get_mut(name).ok_or_else(|| gone.clone())?;
            if account.unseen > 0 {
                account.unseen -= 1;
                return Err(gone);
            }
            Ok(())
        }
        "user" | "group" if state.people.contains(name) || name.ends_with("@example.com") => Ok(()),
        "user" => Err(format!("User {name} does not exist.")),
        "group" => Err(format!("Group {name} does not exist.")),
        "domain" | "projectOwner" | "projectEditor" | "projectViewer" => Ok(()),
        "principalSet" | "principal" => exists_pool(state, name),
        _ => Err(format!(
            "The member {member} is of an unknown type. Please set a valid type prefix for the member."
        )),
    }
}

fn exists_pool(state: &State, name: &str) -> Result<(), String> {
    let parts: Vec<&str> = name.trim_start_matches('/').split('/').collect();
    let [
        _,
        "projects",
        number,
        "locations",
        "global",
        "workloadIdentityPools",
        pool,
        ..,
    ] = parts[..]
    else {
        return Err(format!("Invalid principalSet member ({name})."));
    };
    // A pool may be named before it is made: Google does not look.
    let _ = (state.project(number), pool);
    Ok(())
}

/// Everybody is refused where the public is kept out.
fn public(state: &State, asked: &Asked, bindings: &[Binding]) -> Result<(), Reply> {
    let bucket = &state.buckets[asked.name(0)];
    let access = bucket.body.get("iamConfiguration");
    let enforced = access.is_some_and(|it| it["publicAccessPrevention"] == "enforced");
    let everybody = ["allUsers", "allAuthenticatedUsers"];
    let named = bindings
        .iter()
        .any(|it| everybody.iter().any(|who| it.members.contains(*who)));
    if enforced && named {
        let said = "The member bindings allUsers and allAuthenticatedUsers are not allowed since \
                    public access prevention is enforced.";
        return Err(Reply::storage(412, "conditionNotMet", said));
    }
    let uniform = access.is_some_and(|it| it["uniformBucketLevelAccess"]["enabled"] == true);
    if !uniform && bindings.iter().any(|it| it.condition.is_some()) {
        let said = "Conditions take uniform bucket-level access.";
        return Err(Reply::storage(412, "conditionNotMet", said));
    }
    Ok(())
}

fn shown(asked: &Asked, policy: &Policy, conditions: bool) -> Value {
    let conditional = policy.bindings.iter().any(|it| it.condition.is_some());
    let bindings: Vec<Value> = policy
        .bindings
        .iter()
        .map(|it| match (&it.condition, conditions) {
            (None, _) => json!({"role": it.role, "members": it.members}),
            (Some(condition), true) => {
                json!({"role": it.role, "members": it.members, "condition": condition})
            }
            // As IAM does for who does not ask for version 3.
            (Some(_), false) => {
                json!({"role": format!("{}_withcond_2b17cc25d2cd9e2c54d8", it.role), "members": it.members})
            }
        })
        .collect();
    let version = if conditional && conditions { 3 } else { 1 };
    let mut shown = json!({"version": version, "etag": etag(policy.etag)});
    if !bindings.is_empty() {
        shown["bindings"] = bindings.into();
    }
    if asked.method.starts_with("storage.") {
        shown["kind"] = "storage#policy".into();
        shown["resourceId"] = format!("projects/_/buckets/{}", asked.name(0)).into();
    }
    shown
}
