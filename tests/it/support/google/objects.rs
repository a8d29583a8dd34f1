//! Objects: enough of them to try access, and to fill a bucket.

use super::access::{allowed, check};
use super::buckets;
use super::reply::{Outcome, Reply};
use super::route::Asked;
use super::state::{Object, State};
use serde_json::{Value, json};

fn named(asked: &Asked, object: &str) -> String {
    format!("projects/_/buckets/{}/objects/{object}", asked.name(0))
}

pub fn list(state: &mut State, asked: &Asked) -> Outcome {
    let bucket = state
        .buckets
        .get(asked.name(0))
        .ok_or_else(buckets::absent)?;
    check(
        state,
        asked,
        &format!("projects/_/buckets/{}", asked.name(0)),
    )?;
    let prefix = asked.parameter("prefix").unwrap_or_default();
    let mut all: Vec<(&String, &Object)> = bucket.objects.iter().collect();
    if asked.parameter("versions") == Some("true") {
        all.extend(bucket.noncurrent.iter().map(|(name, it)| (name, it)));
    }
    all.retain(|(name, _)| name.starts_with(prefix));
    all.sort_by_key(|(name, it)| ((*name).clone(), it.generation));
    let most = asked
        .parameter("maxResults")
        .and_then(|it| it.parse().ok())
        .unwrap_or(1000);
    let start: usize = asked
        .parameter("pageToken")
        .and_then(|it| it.parse().ok())
        .unwrap_or(0);
    let items = all.iter().skip(start).take(most);
    let items: Vec<Value> = items
        .map(|(name, it)| shown(asked.name(0), name, it))
        .collect();
    let mut page = json!({"kind": "storage#objects", "items": items});
    if start + most < all.len() {
        page["nextPageToken"] = (start + most).to_string().into();
    }
    Ok(Reply::json(&page))
}

pub fn insert(state: &mut State, asked: &Asked) -> Outcome {
    let name = asked.parameter("name").unwrap_or_default().to_owned();
    let bucket = state
        .buckets
        .get(asked.name(0))
        .ok_or_else(buckets::absent)?;
    let there = bucket.objects.get(&name).map(|it| it.generation);
    check(state, asked, &named(asked, &name))?;
    // Who overwrites removes what was there.
    if there.is_some() && !allowed(state, asked, "storage.objects.delete", &named(asked, &name)) {
        let who = super::access::who(state, asked);
        return Err(Reply::denied(asked.method, "storage.objects.delete", &who));
    }
    let expected = asked.parameter("ifGenerationMatch");
    if expected.is_some_and(|it| it != there.unwrap_or(0).to_string()) {
        let said = "At least one of the pre-conditions you specified did not hold.";
        return Err(Reply::storage(412, "conditionNotMet", said));
    }
    let object = Object {
        generation: state.next(),
        bytes: asked.body.clone(),
    };
    let reply = Reply::json(&shown(asked.name(0), &name, &object));
    let bucket = state.buckets.get_mut(asked.name(0)).expect("it is there");
    let old = bucket.objects.insert(name.clone(), object);
    keep(bucket, name, old);
    Ok(reply)
}

pub fn get(state: &mut State, asked: &Asked) -> Outcome {
    let bucket = state
        .buckets
        .get(asked.name(0))
        .ok_or_else(buckets::absent)?;
    check(state, asked, &named(asked, asked.name(1)))?;
    let object = bucket
        .objects
        .get(asked.name(1))
        .ok_or_else(|| absent(asked))?;
    Ok(match asked.parameter("alt") {
        Some("media") => Reply {
            status: 200,
            body: object.bytes.clone(),
        },
        _ => Reply::json(&shown(asked.name(0), asked.name(1), object)),
    })
}

pub fn delete(state: &mut State, asked: &Asked) -> Outcome {
    state
        .buckets
        .get(asked.name(0))
        .ok_or_else(buckets::absent)?;
    check(state, asked, &named(asked, asked.name(1)))?;
    let bucket = state.buckets.get_mut(asked.name(0)).expect("it is there");
    let name = asked.name(1).to_owned();
    let generation: Option<u64> = asked.parameter("generation").and_then(|it| it.parse().ok());
    let Some(generation) = generation else {
        let old = bucket.objects.remove(&name).ok_or_else(|| absent(asked))?;
        keep(bucket, name, Some(old));
        return Ok(Reply::nothing());
    };
    let before = bucket.objects.len() + bucket.noncurrent.len();
    bucket
        .objects
        .retain(|key, it| *key != name || it.generation != generation);
    bucket
        .noncurrent
        .retain(|(key, it)| *key != name || it.generation != generation);
    match bucket.objects.len() + bucket.noncurrent.len() < before {
        true => Ok(Reply::nothing()),
        false => Err(absent(asked)),
    }
}

/// What was superseded or deleted stays, with versioning.
fn keep(bucket: &mut super::state::Bucket, name: String, old: Option<Object>) {
    let versioning = bucket
        .body
        .get("versioning")
        .is_some_and(|it| it["enabled"] == true);
    bucket
        .noncurrent
        .extend(old.filter(|_| versioning).map(|old| (name, old)));
}

fn absent(asked: &Asked) -> Reply {
    let said = format!("No such object: {}/{}", asked.name(0), asked.name(1));
    Reply::storage(404, "notFound", &said)
}

fn shown(bucket: &str, name: &str, object: &Object) -> Value {
    json!({
        "kind": "storage#object", "bucket": bucket, "name": name,
        "generation": object.generation.to_string(), "size": object.bytes.len().to_string(),
    })
}
