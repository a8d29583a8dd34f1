//! What a plan allows to whom, in the words of `expected/NAME.txt`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// Principal → what is said of it → actions.
type Table = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

/// What the plan of one manifest, in an empty account, allows.
pub fn allowed(plan: &Value) -> String {
    let steps = plan["steps"].as_array().expect("a plan has steps");
    let after = |step: &Value, path: &str| -> Value {
        let changes = step["changes"].as_array().into_iter().flatten();
        changes
            .into_iter()
            .find(|change| change["path"] == path)
            .map(|change| change["after"].clone())
            .unwrap_or_default()
    };
    let name = |step: &Value, kind: &str| -> Option<String> {
        let address = step["address"].as_str()?;
        Some(address.strip_prefix(kind)?.to_owned())
    };
    let bucket = steps
        .iter()
        .find_map(|step| name(step, "bucket."))
        .expect("a bucket");
    let mut table = Table::new();

    for step in steps {
        let address = step["address"].as_str().expect("a step has an address");
        let kind = address.split('.').next().expect("one part at least");
        if kind == "bucket_policy" {
            add(&mut table, None, &after(step, "policy"), &bucket);
        }
        if kind == "kms_key" {
            add_key(&mut table, address, &after(step, "policy"));
        }
        if let Some(user) = name(step, "access_key.") {
            let sink = after(step, "sink");
            let said = format!("has a key in {}", sink.as_str().unwrap_or_default());
            let user = table.entry(format!("user.{user}")).or_default();
            user.entry(said).or_default();
        }
        if !matches!(kind, "role" | "user" | "group") {
            continue;
        }
        table.entry(address.to_owned()).or_default();
        add_trust(&mut table, address, &after(step, "trust_policy"));
        let mut documents: Vec<Value> = Vec::new();
        if let Value::Object(inline) = after(step, "inline_policies") {
            documents.extend(inline.into_iter().map(|(_, document)| document));
        }
        for arn in texts(&after(step, "attached_policies")) {
            let policy = format!("policy.{}", arn.rsplit('/').next().unwrap_or_default());
            let made = steps.iter().find(|step| step["address"] == policy.as_str());
            let made = made.unwrap_or_else(|| panic!("{arn} is no policy of the manifest"));
            documents.push(after(made, "policy"));
        }
        // What a group may do, its members may.
        let members = texts(&after(step, "members"));
        let members = members.iter().map(|member| format!("user.{member}"));
        for who in members.chain([address.to_owned()]) {
            for document in &documents {
                add(&mut table, Some(&who), document, &bucket);
            }
        }
    }
    write(&table)
}

/// The statements of `document`, said of `who`, or else of the principals that they name.
fn add(table: &mut Table, who: Option<&str>, document: &Value, bucket: &str) {
    for statement in document["Statement"].as_array().into_iter().flatten() {
        let principals = match who {
            Some(who) => vec![who.to_owned()],
            None => principals(statement).into_iter().map(ours).collect(),
        };
        let deny = if statement["Effect"] == "Deny" {
            "never "
        } else {
            ""
        };
        for resource in texts(&statement["Resource"]) {
            let on = place(&resource, bucket);
            let said = format!("{deny}ACTIONS on {on}{}", conditions(statement));
            for principal in &principals {
                table
                    .entry(principal.clone())
                    .or_default()
                    .entry(said.clone())
                    .or_default()
                    .extend(texts(&statement["Action"]));
            }
        }
    }
}

/// A key's own policy says `*` for the key itself. Who administers it may do nothing with it.
fn add_key(table: &mut Table, key: &str, document: &Value) {
    let (mut of_key, mut using) = (document.clone(), Vec::new());
    for statement in document["Statement"].as_array().into_iter().flatten() {
        if statement["Sid"] == "Administration" {
            for principal in principals(statement).into_iter().map(ours) {
                let entry = table.entry(principal).or_default();
                entry.entry(format!("administers {key}")).or_default();
            }
            continue;
        }
        let mut statement = statement.clone();
        statement["Resource"] = key.into();
        using.push(statement);
    }
    of_key["Statement"] = using.into();
    add(table, None, &of_key, "");
}

fn add_trust(table: &mut Table, role: &str, document: &Value) {
    for statement in document["Statement"].as_array().into_iter().flatten() {
        for principal in principals(statement) {
            let said = format!("trusts {principal}{}", conditions(statement));
            let entry = table.entry(role.to_owned()).or_default();
            entry.entry(said).or_default();
        }
    }
}

fn principals(statement: &Value) -> Vec<String> {
    let kinds = statement["Principal"].as_object();
    kinds
        .into_iter()
        .flatten()
        .flat_map(|(_, names)| texts(names))
        .collect()
}

/// A user or role that the manifest could have made is named as in it.
fn ours(arn: String) -> String {
    match arn.strip_prefix("arn:aws:iam::123456789012:") {
        Some(name) => name.replace('/', "."),
        None => arn,
    }
}

fn place(resource: &str, bucket: &str) -> String {
    let bucket = format!("arn:aws:s3:::{bucket}");
    match resource.strip_prefix(&bucket) {
        Some("") => "bucket".to_owned(),
        Some("/*") => "objects".to_owned(),
        Some(folder) => format!("objects {}", folder.trim_start_matches('/')),
        None => resource.to_owned(),
    }
}

fn conditions(statement: &Value) -> String {
    let mut said = Vec::new();
    for (operator, keys) in statement["Condition"].as_object().into_iter().flatten() {
        for (key, values) in keys.as_object().into_iter().flatten() {
            let values = texts(values).join("|");
            said.push(format!("{key} {operator} {values}"));
        }
    }
    said.sort();
    match said.is_empty() {
        true => String::new(),
        false => format!(" if {}", said.join(" and ")),
    }
}

/// A text, or a list of texts, sorted.
fn texts(value: &Value) -> Vec<String> {
    let mut texts: Vec<String> = match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        _ => Vec::new(),
    };
    texts.sort();
    texts
}

fn write(table: &Table) -> String {
    let mut text = String::new();
    for (principal, said) in table {
        text += &format!("{principal}\n");
        for (said, actions) in said {
            let actions: Vec<&str> = actions.iter().map(String::as_str).collect();
            text += &format!("  {}\n", said.replace("ACTIONS", &actions.join(", ")));
        }
    }
    text
}
