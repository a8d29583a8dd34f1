//! One request: a method of Google's, where it goes, and what it sends.

use super::error::Call;
use crate::permissions::Method;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use serde_json::Value;

/// What a part of a path has as it is.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// A part of a path.
pub(super) fn part(text: &str) -> String {
    utf8_percent_encode(text, PLAIN).to_string()
}

/// How a request may be repeated when no answer says whether it was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Again {
    /// It comes to the same, or is refused because of what it names as the state before.
    Safe,
    /// What it makes is there then, and is told from somebody else's by its marks.
    Creates,
    /// Never: it would make another thing.
    Never,
}

/// What is sent beside the path.
#[derive(Clone, Debug)]
pub(super) enum Body {
    Nothing,
    Json(Value),
    /// An object.
    Bytes(Vec<u8>),
}

/// A request.
#[derive(Clone, Debug)]
pub(super) struct Request {
    pub(super) call: Call,
    pub(super) verb: reqwest::Method,
    /// Below the server, with its parts encoded.
    pub(super) path: String,
    pub(super) query: Vec<(&'static str, String)>,
    pub(super) body: Body,
}

impl Request {
    /// One that sends nothing.
    pub(super) fn new(call: Call, verb: reqwest::Method, path: impl Into<String>) -> Self {
        Self {
            call,
            verb,
            path: path.into(),
            query: Vec::new(),
            body: Body::Nothing,
        }
    }

    pub(super) fn get(call: Call, path: impl Into<String>) -> Self {
        Self::new(call, reqwest::Method::GET, path)
    }

    pub(super) fn post(call: Call, path: impl Into<String>, body: &impl Serialize) -> Self {
        Self::new(call, reqwest::Method::POST, path).sending(body)
    }

    pub(super) fn delete(call: Call, path: impl Into<String>) -> Self {
        Self::new(call, reqwest::Method::DELETE, path)
    }

    /// With this parameter.
    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    /// With this parameter, if there is one.
    pub(super) fn perhaps_with(self, name: &'static str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Sends this as JSON.
    pub(super) fn sending(mut self, body: &impl Serialize) -> Self {
        // Maps with keys of text, and what derives `Serialize`: that cannot fail.
        self.body = Body::Json(serde_json::to_value(body).unwrap_or_default());
        self
    }

    /// How it may be repeated.
    pub(super) fn again(&self) -> Again {
        match self.call.method {
            // Another key, or another upload that nobody knows the id of.
            Method::KeysCreate | Method::UploadsCreate => Again::Never,
            Method::BucketsInsert
            | Method::RolesCreate
            | Method::AccountsCreate
            | Method::PoolsCreate
            | Method::ProvidersCreate
            | Method::SecretsAddVersion
            | Method::SecretsCreate => Again::Creates,
            // With a precondition, or to the state that is named.
            _ => Again::Safe,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_and_an_upload_are_never_asked_for_twice() {
        let again = |method| {
            let call = Call::new(method, "x");
            Request::post(call, "/v1", &()).again()
        };
        for method in Method::ALL {
            let name = method.name();
            let others = [Method::BucketsInsert, Method::SecretsAddVersion];
            let makes = name.ends_with(".create") || others.contains(method);
            let expected = match makes {
                _ if [Method::KeysCreate, Method::UploadsCreate].contains(method) => Again::Never,
                true => Again::Creates,
                false => Again::Safe,
            };
            assert_eq!(again(*method), expected, "{name}");
        }
    }

    #[test]
    fn a_part_of_a_path_leads_nowhere_else() {
        assert_eq!(part("a/../b?c#d"), "a%2F..%2Fb%3Fc%23d");
        assert_eq!(part("example.com:p"), "example.com%3Ap");
    }
}
