//! Account files: one is an account or is none, and each resource in it is observed as it stands there.

use super::accounts::Account;
use super::cloud::Cloud;
use super::diff;
use super::resource::Resource;
use serde_json::Value;
use std::path::Path;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// The input is the text of a file.
pub fn holds(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let Ok(account) = Account::parse(text, Path::new("account.json"), None) else {
        return;
    };
    let file: Value = serde_json::from_str(text).expect("it was read");
    let resources = file["resources"].as_array().cloned().unwrap_or_default();
    // Of several of one address the last is there.
    for resource in resources.into_iter().rev().take(1) {
        let resource: Resource = serde_json::from_value(resource).expect("it was read");
        let Ok(found) = now(account.observe(&resource)) else {
            continue;
        };
        assert_eq!(found.resource.as_ref(), Some(&resource));
        let limited = resource.clone().limited_to(&resource);
        let again = limited.clone().limited_to(&resource);
        assert_eq!(limited, again, "limited twice");
        let (one, other) = (Resource::fields(&resource), Resource::fields(&limited));
        assert!(diff::changes(Some(&one), Some(&one)).is_empty());
        let fewer = diff::changes(Some(&one), Some(&other));
        assert_eq!(fewer.is_empty(), one == other, "{fewer:?}");
        now(account.update(&resource, &resource)).expect("it is there");
        now(account.delete(&resource)).expect("it is there");
        let gone = now(account.observe(&resource)).expect("it was deleted");
        assert_eq!(gone.resource, None);
    }
    now(account.marked()).expect("a file tells all");
}

/// The outcome of what has nothing to wait for.
fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(outcome) => outcome,
        Poll::Pending => panic!("a file does not wait"),
    }
}
