//! What an account holds, as `look.py` sees it.

use std::collections::BTreeMap;

use serde_json::Value;

/// All that there is, and the keys of users with their ids.
#[derive(Clone, Debug)]
pub struct Seen {
    all: Value,
    /// By user: status and id.
    keys: BTreeMap<String, Vec<(String, String)>>,
}

impl From<Value> for Seen {
    fn from(mut looked: Value) -> Self {
        let keys = serde_json::from_value(looked[1].take()).expect("look.py says so");
        Self {
            all: looked[0].take(),
            keys,
        }
    }
}

impl Seen {
    /// The buckets that are not the neighbours'.
    pub fn buckets(&self) -> Vec<String> {
        let all = self.all["buckets"].as_object().into_iter().flatten();
        all.map(|(name, _)| name.clone())
            .filter(|name| !name.starts_with("foreign"))
            .collect()
    }

    /// The users that are not the neighbours', with the statuses and ids of their keys.
    pub fn keys(&self) -> impl Iterator<Item = (&str, &[(String, String)])> {
        self.keys
            .iter()
            .filter(|(user, _)| *user != "foreign")
            .map(|(user, keys)| (user.as_str(), keys.as_slice()))
    }

    /// Whether it is what was expected.
    ///
    /// # Errors
    /// Where it is not.
    pub fn expect(&self, expected: &Self) -> Result<(), String> {
        let mut lines = Vec::new();
        compare("", &expected.all, &self.all, &mut lines);
        match lines.is_empty() {
            true => Ok(()),
            false => Err(lines.join("\n")),
        }
    }

    /// Whether what is foreign is as it was `before`: the neighbours, and the tags, audiences and
    /// members that others have put on what is ours, as long as that is there.
    ///
    /// # Errors
    /// What is not.
    pub fn foreign_is_as(&self, before: &Self) -> Result<(), String> {
        let (was, is) = (foreign(&before.all), foreign(&self.all));
        let gone = |path: &String| {
            let parent = path.split('\u{0}').take(2).collect::<Vec<_>>();
            find(&self.all, &parent).is_none()
        };
        let touched: Vec<String> = was
            .iter()
            .filter(|(path, value)| is.get(*path) != Some(value) && !gone(path))
            .map(|(path, value)| format!("{}: {value}", path.replace('\u{0}', ".")))
            .collect();
        match touched.is_empty() {
            true => Ok(()),
            false => Err(format!(
                "what is foreign was touched:\n{}",
                touched.join("\n")
            )),
        }
    }
}

/// Every value that is named or marked as foreign, by where it is.
fn foreign(all: &Value) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    for (kind, resources) in all.as_object().into_iter().flatten() {
        for (name, resource) in named(resources) {
            let path = format!("{kind}\u{0}{name}");
            if name.contains("foreign") {
                found.insert(path, by_itself(resource));
                continue;
            }
            // On what is ours, only what says so by itself.
            let tags = ["Tags", "tags"]
                .iter()
                .filter_map(|member| resource.get(member))
                .chain(resource.pointer("/bucket_tagging/TagSet"));
            let tag = |one: &&Value| one.to_string().contains("\"foreign\"");
            for tag in tags.flat_map(|tags| tags.as_array().into_iter().flatten().filter(tag)) {
                found.insert(format!("{path}\u{0}{tag}"), tag.clone());
            }
            let audiences = resource["ClientIDList"].as_array().into_iter().flatten();
            for audience in audiences.filter(|one| *one == "foreign") {
                found.insert(format!("{path}\u{0}audience"), audience.clone());
            }
        }
    }
    found
}

/// Without a user's groups that are ours: a group of a manifest has the members that it says.
fn by_itself(resource: &Value) -> Value {
    let mut resource = resource.clone();
    if let Some(groups) = resource.get_mut("GroupList").and_then(Value::as_array_mut) {
        groups.retain(|group| group == "foreign");
    }
    resource
}

/// The resources of a kind, by name.
fn named(resources: &Value) -> Vec<(String, &Value)> {
    let name = |one: &Value| {
        let names = ["UserName", "RoleName", "GroupName", "PolicyName", "Name"];
        let named = names.iter().find_map(|name| one[name].as_str());
        let alias = || one["aliases"].to_string();
        named.map_or_else(alias, str::to_owned)
    };
    match resources {
        Value::Object(by_name) => by_name
            .iter()
            .map(|(name, one)| (name.clone(), one))
            .collect(),
        Value::Array(list) => list.iter().map(|one| (name(one), one)).collect(),
        _ => Vec::new(),
    }
}

fn find<'a>(all: &'a Value, path: &[&str]) -> Option<&'a Value> {
    let [kind, name] = path else { return None };
    named(all.get(kind)?)
        .into_iter()
        .find_map(|(found, value)| (found == *name).then_some(value))
}

/// The places where two values differ, with both.
fn compare(path: &str, expected: &Value, found: &Value, lines: &mut Vec<String>) {
    match (expected, found) {
        (Value::Object(one), Value::Object(other)) => {
            let keys: std::collections::BTreeSet<_> = one.keys().chain(other.keys()).collect();
            for key in keys {
                let of = |map: &serde_json::Map<String, Value>| map.get(key).cloned();
                let (one, other) = (of(one), of(other));
                let path = format!("{path}.{key}");
                let none = Value::Null;
                compare(
                    &path,
                    one.as_ref().unwrap_or(&none),
                    other.as_ref().unwrap_or(&none),
                    lines,
                );
            }
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            for (at, (one, other)) in one.iter().zip(other).enumerate() {
                compare(&format!("{path}[{at}]"), one, other, lines);
            }
        }
        (one, other) if one == other => {}
        (one, other) => lines.push(format!("{path} is {other}, and not {one}")),
    }
}
