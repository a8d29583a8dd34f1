//! A Google Cloud of our own: Cloud Storage and IAM on 127.0.0.1, in this process, speaking the JSON of
//! their APIs as Google documents it. What it holds is one value that can be copied.
//!
//! ```ignore
//! let server = Google::start(State::of_project("acme-1", "123456789012"));
//! let tool = server.tool();
//! tool.file("manifest.yaml", …);
//! tool.run(&["apply", "manifest.yaml", "--yes"]).expect_code(0);
//! assert!(server.state().bucket("logs").is_some());
//! let proxy = Proxy::before_google(&server);
//! ```

mod access;
mod accounts;
mod buckets;
mod condition;
pub mod federation;
mod keys;
mod objects;
mod policies;
mod pools;
mod reply;
mod roles;
pub mod route;
mod secrets;
mod serve;
mod state;
mod tokens;
mod uploads;

pub use self::{
    reply::Reply,
    route::Asked,
    serve::{Google, Logged, tool_at},
    state::{Account, Binding, Bucket, Key, Object, Policy, Pool, Role, Secret, State},
};
