//! Who has which role, and when.

use super::{Binding, Finding, Project, finding, rules};
use crate::policy::google::{
    Expression, LIST_PREFIX, Member, RESOURCE_NAME, is_basic, role as predefined,
};
use std::collections::BTreeSet;

const LISTS: &str = "storage.objects.list";
const READS: &str = "storage.objects.get";
const WRITES: &str = "storage.objects.create";
const DELETES: &str = "storage.objects.delete";

pub(super) fn has_public(project: &Project) -> bool {
    let members = project.bindings.iter().flat_map(|binding| &binding.members);
    members
        .into_iter()
        .any(|member| Member::of(member).is_public())
}

pub(super) fn lint(project: &Project, found: &mut Vec<Finding>) {
    for (at, binding) in project.bindings.iter().enumerate() {
        let path = format!("bindings[{at}]");
        public(project, binding, &path, found);
        roles(project, binding, &path, found);
        condition(project, binding, &path, found);
    }
    for (account, bindings) in &project.users {
        for (at, binding) in bindings.iter().enumerate() {
            let path = format!("users.{account}[{at}]");
            for member in binding
                .members
                .iter()
                .filter(|one| Member::of(one).is_public())
            {
                found.push(finding(
                    &rules::GOOGLE_PUBLIC_ACCOUNT,
                    &format!("{path}.{member}"),
                    format!("{member} may act as the service account {account}"),
                    "name who may",
                ));
            }
            basic(binding, &path, found);
        }
    }
}

fn public(project: &Project, binding: &Binding, path: &str, found: &mut Vec<Finding>) {
    let bucket = project.bucket.as_ref();
    let prevented = bucket.and_then(|bucket| bucket.public_access_prevention) == Some(true);
    for member in &binding.members {
        let path = format!("{path}.{member}");
        match (Member::of(member), prevented) {
            (who, true) if who.is_public() => found.push(finding(
                &rules::GOOGLE_PUBLIC_PREVENTED,
                &path,
                format!("{member} is bound, and public access prevention refuses that"),
                "name who may; if the world really may, write public_access_prevention: inherited",
            )),
            (Member::AllUsers, false) => found.push(finding(
                &rules::GOOGLE_PUBLIC,
                &path,
                format!("everybody on the internet has {}", binding.role),
                "name who may",
            )),
            (Member::AllAuthenticatedUsers, false) => found.push(finding(
                &rules::GOOGLE_ANY_ACCOUNT,
                &path,
                format!("everybody who has a Google account has {}", binding.role),
                "name who may",
            )),
            _ => {}
        }
    }
}

fn basic(binding: &Binding, path: &str, found: &mut Vec<Finding>) {
    if is_basic(&binding.role) {
        found.push(finding(
            &rules::GOOGLE_BASIC_ROLE,
            &format!("{path}.role"),
            format!("{} is a role of whole projects", binding.role),
            "grant what is needed: allow: [read], or a role such as roles/storage.objectViewer",
        ));
    }
}

fn roles(project: &Project, binding: &Binding, path: &str, found: &mut Vec<Finding>) {
    basic(binding, path, found);
    // What Google binds by itself to the project's own owners and editors.
    let is_own = |member: &String| matches!(Member::of(member), Member::OfProject { .. });
    if binding.members.iter().all(is_own) {
        return;
    }
    let name = &binding.role;
    let Some(permissions) = project
        .roles
        .get(name)
        .cloned()
        .or_else(|| predefined(name))
    else {
        return;
    };
    let has = |one: &str| permissions.contains(one);
    let path = format!("{path}.role");
    if has("storage.buckets.setIamPolicy") {
        found.push(finding(
            &rules::GOOGLE_BUCKET_CONTROL,
            &path,
            format!("who has {name} may decide who has access to the bucket"),
            "grant what is needed: roles/storage.objectUser writes, reads and deletes objects",
        ));
    } else if name == "roles/storage.objectAdmin" || name == "roles/storage.folderAdmin" {
        found.push(finding(
            &rules::GOOGLE_WIDE_ROLE,
            &path,
            format!("who has {name} may also change retention and access of objects"),
            "roles/storage.objectUser writes, reads and deletes; objectCreator only writes",
        ));
    }
    let together = permissions_of(project, &binding.members);
    if has(WRITES) && !together.contains(DELETES) {
        found.push(finding(
            &rules::GOOGLE_NO_OVERWRITE,
            &path,
            format!("who has {name} may write, and may not write over what is there"),
            "add delete, if objects are to be replaced",
        ));
    }
    if has(LISTS) && !together.contains(READS) && !has("storage.buckets.get") {
        found.push(finding(
            &rules::GOOGLE_LIST_WITHOUT_GET,
            &path,
            format!("who has {name} may list objects, and may not read them"),
            "add read, if they are to be read",
        ));
    }
}

/// All that any of these have in the bucket.
fn permissions_of(project: &Project, members: &BTreeSet<String>) -> BTreeSet<String> {
    let theirs = |binding: &&Binding| !binding.members.is_disjoint(members);
    let roles = project.bindings.iter().filter(theirs).map(|one| &one.role);
    roles
        .filter_map(|name| {
            project
                .roles
                .get(name)
                .cloned()
                .or_else(|| predefined(name))
        })
        .flatten()
        .collect()
}

fn condition(project: &Project, binding: &Binding, path: &str, found: &mut Vec<Finding>) {
    let (Some(text), Some(bucket)) = (&binding.condition, &project.bucket) else {
        return;
    };
    let path = format!("{path}.condition");
    let expression = match Expression::read(text) {
        Ok(expression) => expression,
        Err(fault) => {
            found.push(finding(
                &rules::GOOGLE_CONDITION_SYNTAX,
                &path,
                format!("the condition is no expression: {fault}"),
                "write it in the Common Expression Language",
            ));
            return;
        }
    };
    // Asked of an object nothing is listed, and asked of the bucket the name is its own.
    let name = format!("projects/_/buckets/{}", bucket.name);
    let of_bucket = expression.settled(&|of: &str| (of == RESOURCE_NAME).then_some(name.as_str()));
    let objects = format!("{name}/objects/");
    let of_object = expression.settled(&|of: &str| (of == LIST_PREFIX).then_some(""));
    if of_bucket == Expression::Known(false) && never(&of_object, &objects) {
        found.push(finding(
            &rules::GOOGLE_DEAD_CONDITION,
            &path,
            format!(
                "nothing in the bucket {} ever fulfils the condition",
                bucket.name
            ),
            format!("name its objects: resource.name.startsWith(\"{objects}\")"),
        ));
    }
}

/// Whether no object whose name begins so fulfils it.
fn never(expression: &Expression, objects: &str) -> bool {
    use crate::policy::google::By;
    match expression {
        Expression::Known(truth) => !truth,
        Expression::All(parts) => parts.iter().any(|part| never(part, objects)),
        Expression::Any(parts) => parts.iter().all(|part| never(part, objects)),
        Expression::Test(test) if test.of == RESOURCE_NAME => {
            let apart = |value: &String| {
                !value.starts_with(objects) && !objects.starts_with(value.as_str())
            };
            match test.by {
                By::StartsWith => test.values.iter().all(apart),
                By::Is => test.values.iter().all(|value| !value.starts_with(objects)),
                _ => false,
            }
        }
        Expression::Test(_) | Expression::Not(_) | Expression::Other(_) => false,
    }
}
