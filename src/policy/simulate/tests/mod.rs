//! Requests in JSON and what is answered.

mod answers;
mod faults;
mod requests;

use super::*;
use serde_json::{Value, json};

const USER: &str = "arn:aws:iam::111122223333:user/ann";
const OBJECT: &str = "arn:aws:s3:::b/o";

/// A request of the user for the object with these members besides.
fn request(members: &Value) -> Value {
    let mut request = json!({"principal": USER, "action": "s3:GetObject", "resource": OBJECT});
    let all = request.as_object_mut().unwrap();
    for (name, value) in members.as_object().unwrap() {
        all.insert(name.clone(), value.clone());
    }
    request
}

fn policy(statement: &Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": statement})
}

fn allow() -> Value {
    policy(&json!({"Effect": "Allow", "Action": "*", "Resource": "*"}))
}

fn to(principal: &Value) -> Value {
    policy(&json!({
        "Effect": "Allow", "Principal": principal, "Action": "*", "Resource": "*",
    }))
}

fn one(request: &Value) -> Value {
    match Questions::parse(&request.to_string()).expect("a request") {
        Questions::One(question) => serde_json::to_value(question.answer()).unwrap(),
        Questions::Many(_) => panic!("one request has one answer"),
    }
}

fn decision(members: &Value) -> String {
    one(&request(members))["decision"]
        .as_str()
        .unwrap()
        .to_owned()
}
