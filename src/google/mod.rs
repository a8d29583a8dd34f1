//! The door for Google Cloud: Cloud Storage and the identities around it, over the JSON of its APIs.

mod address;
mod answer;
mod api;
mod client;
mod code;
mod credentials;
mod endpoint;
mod error;
mod hint;
mod known;
mod request;
mod settle;

use crate::cloud::Budget;
use std::num::NonZeroU16;
use std::time::Duration;

/// How many times the time-out of one try everything together may take.
const TIMES: u32 = 3;

/// What is chosen on the command line; all else comes from Google's own environment variables and
/// files.
#[derive(Clone, Debug)]
pub struct Options {
    /// A server in the place of Google's, instead of `S3SETUP_GOOGLE_ENDPOINT`.
    pub endpoint: Option<String>,
    /// How many calls may be made, if there is a bound.
    pub budget: Option<Budget>,
    /// How many calls a second may go to each service, if there is a bound.
    pub per_second: Option<NonZeroU16>,
    /// How long Google may take to answer one try of a call. All tries of it together, and waiting for
    /// Google to know what was just made, may take three times that.
    pub timeout: Duration,
}
