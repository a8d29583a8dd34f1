//! What a project holds, without what differs from one run to the next.

use crate::support::google::{Policy, Pool, State};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// All that there is, each under a name: `bucket acme-events`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Seen(BTreeMap<String, Value>);

impl Seen {
    /// What is there.
    pub fn of(state: &State) -> Self {
        let mut all = BTreeMap::new();
        for (name, bucket) in &state.buckets {
            let objects: Vec<&String> = bucket.objects.keys().collect();
            let value = json!({
                "project": bucket.project, "body": bucket.body, "objects": objects,
                "policy": policy(&bucket.policy),
            });
            all.insert(format!("bucket {name}"), value);
        }
        for (name, role) in &state.roles {
            let value = json!({
                "title": role.title, "description": role.description, "stage": role.stage,
                "permissions": role.permissions, "deleted": role.deleted,
            });
            all.insert(format!("role {name}"), value);
        }
        for (email, account) in &state.accounts {
            let keys = account.keys.values();
            let mut keys: Vec<Value> = keys
                .map(|key| json!({"disabled": key.disabled, "until": key.until}))
                .collect();
            keys.sort_by_key(Value::to_string);
            let value = json!({
                "display name": account.display_name, "disabled": account.disabled,
                "description": without_ids(&account.description), "keys": keys,
                "policy": policy(&account.policy),
            });
            all.insert(format!("account {email}"), value);
        }
        for ((project, id), one) in &state.pools {
            let providers = one.providers.iter();
            let providers: BTreeMap<&String, Value> =
                providers.map(|(id, one)| (id, pool(one))).collect();
            let value = json!({"pool": pool(one), "providers": providers});
            all.insert(format!("pool {project}/{id}"), value);
        }
        for (name, secret) in &state.secrets {
            let names: Vec<String> = secret.aliases.keys().map(|it| without_ids(it)).collect();
            let value = json!({"aliases": names, "annotations": secret.annotations});
            all.insert(format!("secret {name}"), value);
        }
        Self(all)
    }

    /// Whether it is what was expected.
    ///
    /// # Errors
    /// Where it is not.
    pub fn expect(&self, expected: &Self) -> Result<(), String> {
        let names: BTreeSet<&String> = self.0.keys().chain(expected.0.keys()).collect();
        let differ = names.into_iter().filter_map(|name| {
            let (is, wanted) = (self.0.get(name), expected.0.get(name));
            let text = |it: Option<&Value>| it.map_or("nothing".to_owned(), Value::to_string);
            let line = || format!("{name}\n  is     {}\n  wanted {}", text(is), text(wanted));
            (is != wanted).then(line)
        });
        match differ.collect::<Vec<_>>() {
            none if none.is_empty() => Ok(()),
            lines => Err(lines.join("\n")),
        }
    }

    /// What others have: it is named so.
    pub fn foreign(&self) -> Self {
        let all = self.0.iter().filter(|(name, _)| name.contains("foreign"));
        Self(all.map(|(name, it)| (name.clone(), it.clone())).collect())
    }
}

/// Who has what, in whatever order it stands.
fn policy(policy: &Policy) -> Vec<Value> {
    let each = policy.bindings.iter().flat_map(|it| {
        let role = &it.role;
        let member = move |member: &String| {
            let member = match member.split_once("?uid=") {
                Some((member, _)) => member,
                None => member,
            };
            json!([role, member, it.condition])
        };
        it.members.iter().map(member)
    });
    let mut each: Vec<Value> = each.collect();
    each.sort_by_key(Value::to_string);
    each
}

fn pool(pool: &Pool) -> Value {
    json!({"body": pool.body, "deleted": pool.deleted})
}

/// The text without ids of keys and times.
fn without_ids(text: &str) -> String {
    let is_id = |word: &str| word.len() >= 10 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let words = text.split_inclusive(|letter: char| !letter.is_ascii_alphanumeric());
    words
        .map(|word| {
            let end = word
                .trim_end_matches(|letter: char| !letter.is_ascii_alphanumeric())
                .len();
            match is_id(&word[..end]) {
                true => format!("ID{}", &word[end..]),
                false => word.to_owned(),
            }
        })
        .collect()
}
