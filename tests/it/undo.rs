//! Every run keeps a journal, and `undo` plans the way back from it: after a success, after a failure,
//! after a kill, and never over what somebody else has done since.

mod dump;
mod file;
mod journal;
mod since;
mod way;

use serde_json::{Value, json};

use crate::support::{Account, Outcome, Proxy, S3setup, Server};

pub use dump::dump;

const UNDO: &[&str] = &["undo", "--detailed-exitcode"];
const APPLY: &[&str] = &["apply", "--yes"];

/// A proxy before a new account, and a tool that goes through it.
fn ground() -> (Proxy, S3setup) {
    let proxy = Proxy::before(&Server::ministack().account());
    let tool = S3setup::new(proxy.account());
    (proxy, tool)
}

/// Plans the way back and goes it; there is one.
#[track_caller]
fn undone(tool: &S3setup, more: &[&str]) -> Outcome {
    tool.run(&[UNDO, more].concat()).expect_code(2);
    tool.run(APPLY).expect_code(0).clone()
}

/// The journals, the newest first.
fn listed(tool: &S3setup) -> Vec<Value> {
    let list = tool.run(&["undo", "--list", "--output", "json"]);
    let list = list.expect_code(0).json();
    list["journals"].as_array().expect("a list").clone()
}

/// `dump`, without keys of KMS that are to be deleted: there is no other way to remove one.
fn there(account: &Account) -> Value {
    let mut all = dump(account);
    let keys = all["keys"].as_object_mut().expect("a map");
    keys.retain(|_, key| *key != json!("to be deleted"));
    all
}

/// A text without what is another one each time: ids, times and numbers of calls.
fn steady(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.contains(" calls, "));
    lines.collect::<Vec<_>>().join("\n")
}
