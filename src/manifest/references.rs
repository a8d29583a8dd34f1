//! What names in a manifest stand for: `role.deploy`, an ARN, an account, a policy of AWS.

use super::context::Context;
use crate::yaml::{Path, suggestion};

/// A principal that a manifest names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Principal {
    /// `role.NAME` of this manifest.
    Role(String),
    /// `user.NAME` of this manifest.
    User(String),
    /// `group.NAME` of this manifest.
    Group(String),
    /// A user, role or session elsewhere.
    Arn(String),
    /// All of an account.
    Account(String),
}

impl Context<'_> {
    /// The path of a role, user or policy of this manifest in its ARN.
    fn path_of(&self, kind: &str, name: &str) -> String {
        let manifest = self.manifest;
        let path = match kind {
            "role" => manifest.roles.get(name).and_then(|role| role.path.clone()),
            "user" => manifest.users.get(name).and_then(|user| user.path.clone()),
            _ => manifest
                .policies
                .get(name)
                .and_then(|policy| policy.path.clone()),
        };
        path.unwrap_or_else(|| "/".to_owned())
    }

    fn identity_arn(&self, kind: &str, name: &str) -> String {
        format!(
            "arn:{}:iam::{}:{kind}{}{name}",
            self.scope.partition,
            self.scope.account,
            self.path_of(kind, name)
        )
    }

    /// The ARN (or account id) by which policies name it. Groups have none.
    pub fn arn_of(&self, principal: &Principal) -> Option<String> {
        match principal {
            Principal::Role(name) => Some(self.identity_arn("role", name)),
            Principal::User(name) => Some(self.identity_arn("user", name)),
            Principal::Group(_) => None,
            Principal::Arn(arn) | Principal::Account(arn) => Some(arn.clone()),
        }
    }

    /// What `text` names, or a problem at `path`.
    pub fn principal(&mut self, path: &Path, text: &str) -> Option<Principal> {
        let manifest = self.manifest;
        if let Some((kind, name)) = text.split_once('.')
            && matches!(kind, "role" | "user" | "group")
        {
            let known: Vec<&str> = match kind {
                "role" => manifest.roles.keys().map(String::as_str).collect(),
                "user" => manifest.users.keys().map(String::as_str).collect(),
                _ => manifest.groups.keys().map(String::as_str).collect(),
            };
            if known.contains(&name) {
                let name = name.to_owned();
                return Some(match kind {
                    "role" => Principal::Role(name),
                    "user" => Principal::User(name),
                    _ => Principal::Group(name),
                });
            }
            let fix = match known.is_empty() {
                true => format!("declare it under {kind}s:"),
                false => suggestion(name, known.iter().copied()),
            };
            self.lacks(
                path,
                format!("there is no {kind} {name:?} in this manifest"),
                fix,
            );
            return None;
        }
        if text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit()) {
            self.known_accounts.insert(text.to_owned());
            return Some(Principal::Account(text.to_owned()));
        }
        if text == "*" {
            self.refuse(
                path,
                "\"*\" is everybody on the internet",
                "name a role, a user or an account; if the world really may, write a statement \
                 under bucket.policy",
            );
            return None;
        }
        match arn_kind(text) {
            Some(Ok(())) => {
                let account = text.split(':').nth(4).unwrap_or_default();
                self.known_accounts.insert(account.to_owned());
                Some(Principal::Arn(text.to_owned()))
            }
            Some(Err(why)) => {
                self.refuse(path, why, "name a role, a user or an account");
                None
            }
            None => {
                self.refuse(
                    path,
                    format!("{text:?} is no principal"),
                    "write role.NAME, user.NAME or group.NAME of this manifest, an ARN such as \
                     arn:aws:iam::123456789012:role/NAME, or an account's 12 digits",
                );
                None
            }
        }
    }

    /// The ARN of the managed policy that `text` names, or a problem at `path`.
    pub fn managed_policy(&mut self, path: &Path, text: &str) -> Option<String> {
        if let Some(name) = text.strip_prefix("policy.") {
            if self.manifest.policies.contains_key(name) {
                return Some(self.policy_arn(&self.path_of("policy", name), name));
            }
            let known: Vec<&str> = self.manifest.policies.keys().map(String::as_str).collect();
            let fix = match known.is_empty() {
                true => "declare it under policies:".to_owned(),
                false => suggestion(name, known.iter().copied()),
            };
            self.lacks(
                path,
                format!("there is no policy {name:?} in this manifest"),
                fix,
            );
            return None;
        }
        if text.starts_with("arn:") {
            let parts: Vec<&str> = text.splitn(6, ':').collect();
            let good = matches!(parts[..], ["arn", _, "iam", "", account, rest]
                if (account == "aws" || is_account(account)) && rest.starts_with("policy/"));
            if !good {
                self.refuse(
                    path,
                    format!("{text:?} is no ARN of a managed policy"),
                    "such an ARN reads arn:aws:iam::123456789012:policy/NAME",
                );
                return None;
            }
            return Some(text.to_owned());
        }
        let odd = |c: char| !c.is_ascii_alphanumeric() && !"_+=,.@-/".contains(c);
        if text.is_empty() || text.contains(odd) {
            self.refuse(
                path,
                format!("{text:?} is no managed policy"),
                "write policy.NAME of this manifest, an ARN, or the name of a policy of AWS such \
                 as ReadOnlyAccess",
            );
            return None;
        }
        Some(format!(
            "arn:{}:iam::aws:policy/{text}",
            self.scope.partition
        ))
    }

    /// The name of a user or group: `kind.NAME` of this manifest, or a plain name outside it.
    pub fn member(&mut self, path: &Path, kind: &str, text: &str) -> Option<String> {
        match text.strip_prefix(&format!("{kind}.")) {
            Some(_) => match self.principal(path, text)? {
                Principal::User(name) | Principal::Group(name) => Some(name),
                _ => None,
            },
            None => Some(text.to_owned()),
        }
    }
}

/// Whether `text` is 12 digits.
pub(super) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

/// `None`: no ARN of IAM or STS at all. `Err`: one, but not of a principal.
fn arn_kind(text: &str) -> Option<Result<(), String>> {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let ["arn", partition, service, "", account, rest] = parts[..] else {
        return None;
    };
    if !partition.starts_with("aws") || !matches!(service, "iam" | "sts") {
        return None;
    }
    if !is_account(account) {
        return Some(Err(format!(
            "{account:?} in {text:?} is no account's id: it has 12 digits"
        )));
    }
    if text.contains(['*', '?']) {
        return Some(Err(format!(
            "AWS takes no wildcards in a principal, and {text:?} has one"
        )));
    }
    match (service, rest.split('/').next().unwrap_or_default(), rest) {
        ("iam", "group", _) => Some(Err("a group cannot be a principal of a policy".to_owned())),
        ("iam", "policy", _) => Some(Err("a policy cannot be a principal of a policy".to_owned())),
        ("iam", "role" | "user", rest) if rest.contains('/') && !rest.ends_with('/') => {
            Some(Ok(()))
        }
        ("iam", "root", "root") => Some(Ok(())),
        ("sts", "assumed-role" | "federated-user", rest) if rest.contains('/') => Some(Ok(())),
        _ => Some(Err(format!(
            "{text:?} is no ARN of a user, a role or an account"
        ))),
    }
}
