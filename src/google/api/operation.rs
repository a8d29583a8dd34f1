//! What goes on after its answer came: a pool is made in the background
//! (<https://cloud.google.com/iam/docs/reference/rest/v1/projects.locations.workloadIdentityPools.operations>).

use super::super::address::address;
use super::super::client::Client;
use super::super::error::{Call, Cause, Error, Refusal, Result};
use super::super::request::{Request, part};
use crate::permissions::Method;
use serde::Deserialize;
use tokio::time::{Instant, sleep};

/// Something that goes on.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Operation {
    /// Where it is asked for.
    name: String,
    #[serde(default)]
    done: bool,
    #[serde(default)]
    error: Option<Status>,
}

/// Why it failed (`google.rpc.Status`).
#[derive(Clone, Debug, Deserialize)]
struct Status {
    #[serde(default)]
    code: u32,
    #[serde(default)]
    message: String,
}

/// The numbers of `google.rpc.Code` that matter here, with the words and HTTP's statuses.
const CODES: [(u32, &str, u16); 9] = [
    (3, "INVALID_ARGUMENT", 400),
    (5, "NOT_FOUND", 404),
    (6, "ALREADY_EXISTS", 409),
    (7, "PERMISSION_DENIED", 403),
    (8, "RESOURCE_EXHAUSTED", 429),
    (9, "FAILED_PRECONDITION", 400),
    (10, "ABORTED", 409),
    (13, "INTERNAL", 500),
    (14, "UNAVAILABLE", 503),
];

impl Client {
    /// Waits until it is done, within the bound of all waiting.
    pub(super) async fn finish(&self, call: &Call, operation: Operation) -> Result<()> {
        let start = Instant::now();
        let mut operation = operation;
        let mut looks = 0;
        while !operation.done {
            let waited = start.elapsed();
            if waited >= self.patience.bound {
                let what = address(&call.on);
                return Err(Error::ours(
                    format!(
                        "Google is not done with {what} ({}) after {} s",
                        call.name(),
                        waited.as_secs()
                    ),
                    "it goes on at Google: run the same again in some minutes",
                ));
            }
            if looks > 0 {
                let (waited, bound) = (waited.as_secs(), self.patience.bound.as_secs());
                (self.waiting)(&format!(
                    "waiting until Google is done with {}, {waited} s of {bound} s",
                    address(&call.on)
                ));
            }
            sleep(self.patience.pause(looks)).await;
            looks += 1;
            operation = match self.json(&asked(call, &operation.name)).await {
                Ok(operation) => operation,
                // Who may make it may not always look; whoever needs it waits for it.
                Err(error) if error.denied() || error.absent() => return Ok(()),
                Err(error) => return Err(error),
            };
        }
        match operation.error {
            None => Ok(()),
            Some(status) => Err(Error::of(call, Cause::Refused(Box::new(refusal(status))))),
        }
    }
}

fn asked(call: &Call, name: &str) -> Request {
    let method = match name.contains("/providers/") {
        true => Method::ProvidersOperation,
        false => Method::PoolsOperation,
    };
    let parts: Vec<String> = name.split('/').map(part).collect();
    let mut about = Call::new(method, &call.on);
    about.needs.clear();
    Request::get(about, format!("/v1/{}", parts.join("/")))
}

fn refusal(status: Status) -> Refusal {
    let known = CODES.iter().find(|(code, ..)| *code == status.code);
    let (_, word, http) = known.copied().unwrap_or((0, "UNKNOWN", 500));
    Refusal {
        status: http,
        code: word.to_owned(),
        message: status.message,
        ..Refusal::default()
    }
}
