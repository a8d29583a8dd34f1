//! Input as an enemy: files and answers without end, paths that lead elsewhere, texts that a terminal
//! obeys, answers that are damaged.

mod answers;
mod bounds;
mod paths;
mod sinks;
mod terminal;

use crate::{neon, support::S3setup};

/// A tool with a manifest and an empty account in a file.
fn ground() -> S3setup {
    let tool = neon::with_manifest(S3setup::without_credentials());
    tool.file("account.json", r#"{"account": "123456789012"}"#);
    tool
}
