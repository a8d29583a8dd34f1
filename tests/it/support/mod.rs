//! The test ground: AWS servers to run against, a Google Cloud of our own, the binary, a second AWS client, and a proxy
//! that counts calls and makes faults.
//!
//! ```ignore
//! let account = Server::ministack().account();
//! let proxy = Proxy::before(&account);
//! let tool = S3setup::new(proxy.account());
//! tool.file("manifest.yaml", &format!("…{}…", account.bucket("logs")));
//! tool.run(&["apply", "manifest.yaml"]).expect_code(0);
//! assert_eq!(account.python("s3.list_buckets()['Buckets']"), json!([]));
//! assert!(proxy.rounds() <= 4);
//! ```
#![allow(
    dead_code,
    unused_imports,
    reason = "a kit: what no test uses at this moment, the next one does"
)]

mod account;
mod boto;
mod checks;
mod client;
pub mod google;
mod kill;
mod place;
mod proxy;
mod runner;
mod sandbox;
mod server;
mod terminal;

pub use self::{
    account::Account,
    boto::Refused,
    client::Client,
    google::Google,
    kill::{Killed, Point},
    place::{checkout, program, python},
    proxy::{Answer, Call, Proxy},
    runner::{Outcome, S3setup},
    sandbox::{Sandbox, Snapshot},
    server::Server,
    terminal::{Talk, talk},
};
