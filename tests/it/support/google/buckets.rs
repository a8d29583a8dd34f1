//! Buckets and their settings.

use super::access::check;
use super::reply::{Outcome, Reply};
use super::route::Asked;
use super::state::{Binding, Bucket, Policy, State, etag};
use serde_json::{Map, Value, json};

pub fn get(state: &mut State, asked: &Asked) -> Outcome {
    let name = asked.name(0);
    let bucket = state.buckets.get(name).ok_or_else(absent)?;
    check(state, asked, &format!("projects/_/buckets/{name}"))?;
    Ok(Reply::json(&shown(state, name, bucket)))
}

pub fn list(state: &mut State, asked: &Asked) -> Outcome {
    check(state, asked, "projects/_")?;
    let project = state.project(asked.parameter("project").unwrap_or_default());
    let prefix = asked.parameter("prefix").unwrap_or_default();
    let most = asked.parameter("maxResults").and_then(|it| it.parse().ok());
    let all = state.buckets.iter();
    let all = all.filter(|(name, it)| it.project == project && name.starts_with(prefix));
    let all = all.take(most.unwrap_or(usize::MAX));
    let items: Vec<Value> = all.map(|(name, it)| shown(state, name, it)).collect();
    Ok(Reply::json(
        &json!({"kind": "storage#buckets", "items": items}),
    ))
}

pub fn insert(state: &mut State, asked: &Asked) -> Outcome {
    check(state, asked, "projects/_")?;
    let Value::Object(mut body) = asked.json() else {
        return Err(Reply::storage(400, "parseError", "Parse Error"));
    };
    let project = state.project(asked.parameter("project").unwrap_or_default());
    if !state.projects.contains_key(&project) {
        return Err(Reply::storage(
            400,
            "invalid",
            &format!("Unknown project id: {project}"),
        ));
    }
    let name = body
        .remove("name")
        .and_then(|it| it.as_str().map(str::to_owned));
    let name = name.ok_or_else(|| Reply::storage(400, "required", "Required"))?;
    if let Some(there) = state.buckets.get(&name) {
        let said = match there.project == project {
            true => {
                "Your previous request to create the named bucket succeeded and you already own it."
            }
            false => {
                "The requested bucket name is not available. The bucket namespace is shared by all \
                 users of the system. Please select a different name and try again."
            }
        };
        return Err(Reply::storage(409, "conflict", said));
    }
    valid(&body)?;
    body.entry("location").or_insert_with(|| "US".into());
    body.entry("storageClass")
        .or_insert_with(|| "STANDARD".into());
    let owner = |who: &str| format!("{who}:{project}");
    let bind = |role: &str, members: Vec<String>| Binding {
        role: role.to_owned(),
        members: members.into_iter().collect(),
        condition: None,
    };
    let bucket = Bucket {
        body,
        metageneration: 1,
        policy: Policy {
            etag: state.next(),
            bindings: vec![
                bind(
                    "roles/storage.legacyBucketOwner",
                    vec![owner("projectEditor"), owner("projectOwner")],
                ),
                bind(
                    "roles/storage.legacyBucketReader",
                    vec![owner("projectViewer")],
                ),
            ],
        },
        project,
        ..Bucket::default()
    };
    let reply = Reply::json(&shown(state, &name, &bucket));
    state.buckets.insert(name, bucket);
    Ok(reply)
}

pub fn patch(state: &mut State, asked: &Asked) -> Outcome {
    let name = asked.name(0).to_owned();
    if !state.buckets.contains_key(&name) {
        return Err(absent());
    }
    check(state, asked, &format!("projects/_/buckets/{name}"))?;
    let Value::Object(change) = asked.json() else {
        return Err(Reply::storage(400, "parseError", "Parse Error"));
    };
    let bucket = &state.buckets[&name];
    let expected = asked.parameter("ifMetagenerationMatch");
    if expected.is_some_and(|it| it != bucket.metageneration.to_string()) {
        let said = "At least one of the pre-conditions you specified did not hold.";
        return Err(Reply::storage(412, "conditionNotMet", said));
    }
    if change.contains_key("location") {
        return Err(Reply::storage(
            400,
            "invalid",
            "Cannot change the location of a bucket.",
        ));
    }
    let mut body = bucket.body.clone();
    merge(&mut body, &change);
    valid(&body)?;
    let bucket = state.buckets.get_mut(&name).expect("it is there");
    bucket.body = body;
    bucket.metageneration += 1;
    let bucket = bucket.clone();
    Ok(Reply::json(&shown(state, &name, &bucket)))
}

pub fn delete(state: &mut State, asked: &Asked) -> Outcome {
    let name = asked.name(0);
    let bucket = state.buckets.get(name).ok_or_else(absent)?;
    check(state, asked, &format!("projects/_/buckets/{name}"))?;
    if !bucket.objects.is_empty() || !bucket.noncurrent.is_empty() {
        let said = "The bucket you tried to delete is not empty.";
        return Err(Reply::storage(409, "conflict", said));
    }
    state.buckets.remove(name);
    Ok(Reply::nothing())
}

pub fn absent() -> Reply {
    Reply::storage(404, "notFound", "The specified bucket does not exist.")
}

/// As JSON merge patches do; what is `null` goes.
fn merge(body: &mut Map<String, Value>, change: &Map<String, Value>) {
    for (name, value) in change {
        match (body.get_mut(name), value) {
            (_, Value::Null) => _ = body.remove(name),
            (Some(Value::Object(inner)), Value::Object(change)) => merge(inner, change),
            _ => _ = body.insert(name.clone(), value.clone()),
        }
    }
}

fn valid(body: &Map<String, Value>) -> Result<(), Reply> {
    let invalid = |said: String| Reply::storage(400, "invalid", &said);
    let known = [
        "location",
        "storageClass",
        "labels",
        "versioning",
        "iamConfiguration",
        "lifecycle",
        "softDeletePolicy",
        "retentionPolicy",
        "encryption",
    ];
    if let Some(odd) = body.keys().find(|name| !known.contains(&name.as_str())) {
        return Err(invalid(format!(
            "Unknown name \"{odd}\": Cannot find field."
        )));
    }
    let fits = |text: &str| {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c);
        text.len() <= 63 && text.chars().all(fits)
    };
    let labels = body.get("labels").and_then(Value::as_object);
    for (key, value) in labels.into_iter().flatten() {
        let value = value.as_str().unwrap_or("?");
        if !fits(key) || !key.starts_with(|c: char| c.is_ascii_lowercase()) || !fits(value) {
            return Err(invalid(format!("The label {key}={value} is not valid.")));
        }
    }
    let classes = ["STANDARD", "NEARLINE", "COLDLINE", "ARCHIVE"];
    let class = body.get("storageClass").and_then(Value::as_str);
    if class.is_some_and(|class| !classes.contains(&class)) {
        return Err(invalid("Invalid argument.".to_owned()));
    }
    let location = body.get("location").and_then(Value::as_str).unwrap_or("US");
    if location.is_empty()
        || !location
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '-')
    {
        return Err(invalid(
            "The specified location constraint is not valid.".to_owned(),
        ));
    }
    let rules = body
        .get("lifecycle")
        .map(|it| it["rule"].as_array().cloned().unwrap_or_default());
    for rule in rules.unwrap_or_default() {
        let condition = rule["condition"]
            .as_object()
            .is_some_and(|it| !it.is_empty());
        if rule["action"]["type"].as_str().is_none() || !condition {
            return Err(invalid(
                "A lifecycle management rule is not valid.".to_owned(),
            ));
        }
    }
    Ok(())
}

fn shown(state: &State, name: &str, bucket: &Bucket) -> Value {
    let mut all = bucket.body.clone();
    if let Some(place) = all
        .get("location")
        .and_then(Value::as_str)
        .map(str::to_uppercase)
    {
        all.insert("location".into(), place.into());
    }
    if all
        .get("labels")
        .and_then(Value::as_object)
        .is_some_and(Map::is_empty)
    {
        all.remove("labels");
    }
    let access = all.entry("iamConfiguration").or_insert_with(|| json!({}));
    if let Value::Object(access) = access {
        let uniform = access
            .entry("uniformBucketLevelAccess")
            .or_insert_with(|| json!({"enabled": false}));
        let uniform = uniform.clone();
        access.insert("bucketPolicyOnly".into(), uniform);
        access
            .entry("publicAccessPrevention")
            .or_insert_with(|| "inherited".into());
    }
    all.extend(
        json!({
            "kind": "storage#bucket", "id": name, "name": name,
            "selfLink": format!("https://www.googleapis.com/storage/v1/b/{name}"),
            "projectNumber": state.number(&bucket.project),
            "metageneration": bucket.metageneration.to_string(),
            "etag": etag(bucket.metageneration),
            "locationType": "region",
            "timeCreated": "2026-11-30T08:00:00.000Z",
            "updated": "2026-11-30T08:00:00.000Z",
        })
        .as_object()
        .cloned()
        .unwrap_or_default(),
    );
    Value::Object(all)
}
