//! A policy as this server takes it, where it knows less than AWS does: resources that it takes for
//! `*`, or names without their path, and condition keys that it does not have.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

/// Actions that the server looks for on `*`, or on something else than AWS: the provider, the group or a
/// new policy is not the resource to it, nor is the key behind an alias, a parameter, or whose policy is
/// simulated.
const ON_ANYTHING: &[&str] = &[
    "iam:GetAccessKeyLastUsed",
    "iam:CreatePolicy",
    "iam:AttachGroupPolicy",
    "iam:DetachGroupPolicy",
    "iam:AddUserToGroup",
    "iam:RemoveUserFromGroup",
    "iam:SimulatePrincipalPolicy",
    "kms:CreateAlias",
    "kms:DescribeKey",
    "ssm:GetParameter",
    "ssm:PutParameter",
];
/// Condition keys that it does not know; a condition on them is never true there.
const UNKNOWN_KEYS: &[&str] = &["iam:PolicyARN", "iam:PermissionsBoundary"];

/// The policy as the server takes it.
pub fn takes(policy: &Value) -> Value {
    let mut statements = Vec::new();
    for statement in statements_of(policy) {
        let (anywhere, there): (Vec<String>, Vec<String>) =
            texts(&statement["Action"]).into_iter().partition(|action| {
                action.contains("OpenIDConnect") || ON_ANYTHING.contains(&action.as_str())
            });
        if !anywhere.is_empty() {
            statements.push(json!({"Effect": "Allow", "Action": anywhere, "Resource": "*"}));
        }
        if !there.is_empty() {
            let resources: Vec<String> = texts(&statement["Resource"])
                .iter()
                .map(|arn| without_path(arn))
                .collect();
            let mut one = json!({"Effect": "Allow", "Action": there, "Resource": resources});
            let condition = known(&statement["Condition"]);
            if !condition.is_empty() {
                one["Condition"] = Value::Object(condition);
            }
            statements.push(one);
        }
    }
    json!({"Version": "2012-10-17", "Statement": statements})
}

/// All actions of a policy.
pub fn actions(policy: &Value) -> BTreeSet<String> {
    let statements = statements_of(policy);
    statements
        .iter()
        .flat_map(|statement| texts(&statement["Action"]))
        .collect()
}

/// The policy without one action.
pub fn without(policy: &Value, action: &str) -> Value {
    let mut policy = policy.clone();
    for statement in policy["Statement"].as_array_mut().into_iter().flatten() {
        let left: Vec<String> = texts(&statement["Action"])
            .into_iter()
            .filter(|one| one != action)
            .collect();
        statement["Action"] = json!(left);
    }
    policy
}

/// The group `arn:…:group/s3setup/m/g` is `arn:…:group/g` to it.
fn without_path(arn: &str) -> String {
    for kind in [":group/", ":role/", ":user/"] {
        if let Some((account, rest)) = arn.split_once(kind)
            && arn.contains(":iam:")
        {
            let name = rest.rsplit('/').next().unwrap_or(rest);
            return format!("{account}{kind}{name}");
        }
    }
    arn.to_owned()
}

/// The condition without what it does not know.
fn known(condition: &Value) -> Map<String, Value> {
    let operators = condition.as_object().into_iter().flatten();
    operators
        .filter_map(|(operator, keys)| {
            let mut keys = keys.as_object()?.clone();
            keys.retain(|key, _| !UNKNOWN_KEYS.contains(&key.as_str()));
            (!keys.is_empty()).then(|| (operator.clone(), Value::Object(keys)))
        })
        .collect()
}

fn statements_of(policy: &Value) -> Vec<Value> {
    policy["Statement"].as_array().cloned().unwrap_or_default()
}

/// One text or a list of them.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items
            .iter()
            .filter_map(|item| item.as_str().map(str::to_owned))
            .collect(),
        _ => Vec::new(),
    }
}
