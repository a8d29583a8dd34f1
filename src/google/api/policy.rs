//! Allow policies: who has which role on a bucket or on a service account
//! (<https://cloud.google.com/iam/docs/reference/rest/v1/Policy>). Of what is read, everything is written
//! back, known or not, and with the etag that it was read with.

use super::super::client::Client;
use super::super::error::{Call, Error, Result};
use super::super::request::Request;
use super::account::{self, member};
use super::bucket::{full_name, path};
use crate::permissions::Method;
use reqwest::Method as Verb;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// The version that has conditions. Without it Google leaves them out, or refuses.
const VERSION: u32 = 3;

/// A policy.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub(in crate::google) struct Policy {
    #[serde(default)]
    pub(in crate::google) version: u32,
    /// Of this very state: who writes with another one is refused.
    pub(in crate::google) etag: String,
    #[serde(default)]
    pub(in crate::google) bindings: Vec<Binding>,
    #[serde(flatten)]
    pub(in crate::google) rest: Map<String, Value>,
}

/// A role, on a condition or without, and who has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub(in crate::google) struct Binding {
    pub(in crate::google) role: String,
    #[serde(default)]
    pub(in crate::google) members: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::google) condition: Option<Condition>,
    #[serde(flatten)]
    pub(in crate::google) rest: Map<String, Value>,
}

/// When a binding counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub(in crate::google) struct Condition {
    pub(in crate::google) expression: String,
    #[serde(default)]
    pub(in crate::google) title: String,
    #[serde(flatten)]
    pub(in crate::google) rest: Map<String, Value>,
}

impl Condition {
    /// One without a description.
    pub(in crate::google) fn new(title: &str, expression: &str) -> Self {
        Self {
            title: title.to_owned(),
            expression: expression.to_owned(),
            rest: Map::new(),
        }
    }
}

impl Binding {
    /// Nobody has it yet.
    pub(in crate::google) fn new(role: &str, condition: Option<Condition>) -> Self {
        Self {
            role: role.to_owned(),
            condition,
            ..Self::default()
        }
    }
}

/// Whose policy is read or written.
struct Holder {
    get: Request,
    set: Call,
    set_path: String,
}

fn of_bucket(name: &str) -> Holder {
    let full = full_name(name);
    let path = format!("{}/iam", path(name));
    Holder {
        get: Request::get(Call::new(Method::BucketsGetIamPolicy, &full), path.clone())
            .with("optionsRequestedPolicyVersion", VERSION.to_string()),
        set: Call::new(Method::BucketsSetIamPolicy, &full),
        set_path: path,
    }
}

fn of_account(project: &str, email: &str) -> Holder {
    let (full, path) = (member(email), account::path(project, email));
    let get = Call::new(Method::AccountsGetIamPolicy, &full);
    let options = json!({});
    Holder {
        get: Request::post(get, format!("{path}:getIamPolicy"), &options)
            .with("options.requestedPolicyVersion", VERSION.to_string()),
        set: Call::new(Method::AccountsSetIamPolicy, &full),
        set_path: format!("{path}:setIamPolicy"),
    }
}

impl Client {
    /// Who has which role on a bucket.
    pub(in crate::google) async fn bucket_policy(&self, name: &str) -> Result<Policy> {
        self.policy(&of_bucket(name)).await
    }

    /// Writes it, if nobody has done so since it was read.
    pub(in crate::google) async fn set_bucket_policy(
        &self,
        name: &str,
        policy: &Policy,
    ) -> Result<Policy> {
        let Holder { set, set_path, .. } = of_bucket(name);
        let call = naming(set, policy);
        let request = Request::new(call, Verb::PUT, set_path).sending(&versioned(policy));
        self.json(&request).await
    }

    /// Who has which role on a service account.
    pub(in crate::google) async fn account_policy(
        &self,
        project: &str,
        email: &str,
    ) -> Result<Policy> {
        self.policy(&of_account(project, email)).await
    }

    /// Writes it, if nobody has done so since it was read.
    pub(in crate::google) async fn set_account_policy(
        &self,
        project: &str,
        email: &str,
        policy: &Policy,
    ) -> Result<Policy> {
        let Holder { set, set_path, .. } = of_account(project, email);
        let body = json!({"policy": versioned(policy)});
        self.json(&Request::post(naming(set, policy), set_path, &body))
            .await
    }

    async fn policy(&self, holder: &Holder) -> Result<Policy> {
        let policy: Policy = self.json(&holder.get).await?;
        let short = |binding: &&Binding| binding.role.contains("_withcond_");
        match policy.bindings.iter().find(short) {
            None => Ok(policy),
            // It would be written back without its conditions.
            Some(short) => Err(Error::Unintelligible(format!(
                "{} gave a policy whose conditions were left out ({})",
                holder.get.call.name(),
                short.role
            ))),
        }
    }

    /// Which of these permissions the caller has on a bucket.
    pub(in crate::google) async fn test_bucket_permissions(
        &self,
        name: &str,
        permissions: &[&str],
    ) -> Result<Vec<String>> {
        #[derive(Deserialize)]
        struct Had {
            #[serde(rename = "kind")]
            _kind: IgnoredAny,
            #[serde(default)]
            permissions: Vec<String>,
        }
        let call = Call::new(Method::BucketsTestIamPermissions, &full_name(name));
        let path = format!("{}/iam/testPermissions", path(name));
        let asked = permissions.iter();
        let request = asked.fold(Request::get(call, path), |request, permission| {
            request.with("permissions", *permission)
        });
        self.json::<Had>(&request).await.map(|had| had.permissions)
    }
}

fn versioned(policy: &Policy) -> Policy {
    Policy {
        version: VERSION,
        ..policy.clone()
    }
}

/// What has to be there for this policy to be written.
fn naming(mut call: Call, policy: &Policy) -> Call {
    for binding in &policy.bindings {
        let mut names = vec![binding.role.clone()];
        names.extend(binding.members.iter().map(|member| named(member)));
        for name in names {
            if !call.needs.contains(&name) {
                call.needs.push(name);
            }
        }
    }
    call
}

/// A member by the name that s3setup knows it by: of a pool's, the pool.
fn named(member: &str) -> String {
    let sets = [
        "principalSet://iam.googleapis.com/",
        "principal://iam.googleapis.com/",
    ];
    let Some(set) = sets.iter().find_map(|set| member.strip_prefix(set)) else {
        return member.to_owned();
    };
    let parts: Vec<&str> = set.split('/').take(6).collect();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_of_a_policy_is_written_back() {
        let text = json!({
            "kind": "storage#policy", "etag": "CAE=", "version": 3,
            "auditConfigs": [{"service": "allServices"}],
            "bindings": [{
                "role": "roles/storage.objectViewer", "members": ["user:a@example.com"],
                "condition": {"title": "t", "expression": "true", "description": "d",
                    "location": "x"},
                "bindingId": "7",
            }],
        });
        let policy: Policy = serde_json::from_value(text.clone()).unwrap();
        assert_eq!(serde_json::to_value(&policy).unwrap(), text);
        assert!(serde_json::from_value::<Policy>(json!({"bindings": []})).is_err());
    }

    #[test]
    fn a_policy_needs_whom_and_what_it_names() {
        let set = "principalSet://iam.googleapis.com/projects/1/locations/global/\
                   workloadIdentityPools/github/attribute.repository/a/b";
        let policy = Policy {
            bindings: vec![Binding {
                members: vec!["user:a@example.com".into(), set.into()],
                ..Binding::new("projects/p/roles/r", None)
            }],
            ..Policy::default()
        };
        let call = naming(Call::new(Method::BucketsSetIamPolicy, "b"), &policy);
        let pool = "projects/1/locations/global/workloadIdentityPools/github";
        assert_eq!(
            call.needs,
            ["b", "projects/p/roles/r", "user:a@example.com", pool]
        );
    }
}
