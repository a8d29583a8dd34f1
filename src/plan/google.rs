//! The resources of Google in the form that the rules look at, and where in them a finding is.

use crate::policy::lint::Finding;
use crate::policy::lint::google::{self, Binding, Project};
use crate::resource::google::{
    Bindings, Condition, Grantable, Holder, PublicAccessPrevention, Role, Stage,
};
use crate::resource::{Address, Google};

/// A finding, the resource that it is in, and its field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfGoogle {
    /// Of the resource.
    pub address: Address,
    /// `bindings`, `attribute_condition`, …
    pub field: String,
    /// Of what is bound: as [`Grantable`] writes it.
    pub grantable: Option<String>,
    /// The member, if it is about one.
    pub member: Option<String>,
    /// What was found.
    pub finding: Finding,
}

/// What the rules find in the resources that one manifest has at Google, or in what there is of them.
#[must_use]
pub fn of_google<'a>(all: impl IntoIterator<Item = &'a Google>) -> Vec<OfGoogle> {
    let mut project = Project::default();
    let mut bucket = String::new();
    let mut granted: Vec<String> = Vec::new();
    let mut kept: Vec<&Google> = all.into_iter().collect();
    kept.retain(|google| !matches!(google, Google::Pool(_)));
    for google in &kept {
        match google {
            Google::Bucket(one) => {
                let prevention = one.public_access_prevention;
                bucket.clone_from(&one.name);
                project.bucket = Some(google::Bucket {
                    name: one.name.clone(),
                    uniform_bucket_level_access: one.uniform_bucket_level_access,
                    public_access_prevention: prevention
                        .map(|one| one == PublicAccessPrevention::Enforced),
                });
            }
            Google::Role(role) if !role.deleted && role.stage != Stage::Disabled => {
                let name = Role::full_name(&role.project, &role.name);
                project.roles.insert(name, role.permissions.clone());
            }
            Google::Provider(provider) if !provider.deleted && provider.issuer != "none" => {
                let one = google::Provider {
                    issuer: provider.issuer.clone(),
                    attribute_mapping: provider.attribute_mapping.clone(),
                    attribute_condition: provider.attribute_condition.clone(),
                };
                project.providers.insert(provider.name.clone(), one);
            }
            Google::ServiceAccountKey(key) if key.status.is_some() || !key.others.is_empty() => {
                project.keys.insert(key.name.clone());
            }
            Google::Bindings(bindings) => match bindings.holder() {
                Some(Holder::Bucket(name)) => {
                    name.clone_into(&mut bucket);
                    granted.extend(bindings.bindings.keys().cloned());
                    project.bindings.extend(each(bindings));
                }
                Some(Holder::ServiceAccount(name)) => {
                    project.users.insert(name.to_owned(), each(bindings));
                }
                None => {}
            },
            _ => {}
        }
    }
    let found = google::lint(&project).into_iter();
    found
        .map(|finding| placed(finding, &bucket, &granted))
        .collect()
}

fn each(bindings: &Bindings) -> Vec<Binding> {
    let each = bindings.bindings.iter();
    each.filter_map(|(grantable, members)| {
        let Grantable { role, condition } = grantable.parse().ok()?;
        Some(Binding {
            role,
            members: members.clone(),
            condition: condition.map(|Condition { expression, .. }| expression),
        })
    })
    .collect()
}

/// `providers.POOL/ID.attribute_condition` → the provider, and its field.
fn placed(finding: Finding, bucket: &str, granted: &[String]) -> OfGoogle {
    let path = finding.path.clone();
    let (head, rest) = path.split_once(['.', '[']).unwrap_or((&path, ""));
    let last = || rest.rsplit('.').next().unwrap_or_default().to_owned();
    let (address, field) = match head {
        "bucket" => (Address::new("google_bucket", bucket), last()),
        "roles" => {
            let name = rest.split_once("/roles/").map_or(rest, |(_, name)| name);
            (Address::new("google_role", name), "permissions".to_owned())
        }
        "providers" => {
            let name = rest.split('.').next().unwrap_or_default();
            (Address::new("workload_identity_provider", name), last())
        }
        "keys" => (Address::new("service_account_key", rest), "key".to_owned()),
        "users" => {
            let name = rest.split('[').next().unwrap_or_default();
            let name = format!("service_account/{name}");
            (Address::new("bindings", &name), "bindings".to_owned())
        }
        _ => {
            let name = format!("bucket/{bucket}");
            (Address::new("bindings", &name), "bindings".to_owned())
        }
    };
    let at = rest
        .split(']')
        .next()
        .and_then(|at| at.parse::<usize>().ok());
    let after = rest.split_once("].").map(|(_, after)| after.to_owned());
    OfGoogle {
        address,
        field,
        grantable: at
            .filter(|_| head == "bindings")
            .and_then(|at| granted.get(at).cloned()),
        member: after.filter(|after| after != "role" && after != "condition"),
        finding,
    }
}
