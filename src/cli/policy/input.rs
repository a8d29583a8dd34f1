//! What is read from a file or the standard input.

use crate::files;
use crate::policy::Document;
use anyhow::{Context, Result};
use std::path::Path;

/// In bytes. Policies have 32 KB at the most; a list of requests may hold thousands of them.
const LARGEST: u64 = 64 << 20;

/// The text of a file; of the standard input for `-`.
///
/// # Errors
/// It cannot be read, is not UTF-8, or is larger than any list of policies.
pub(in crate::cli) fn text(path: &Path) -> Result<String> {
    let name = name(path);
    match path == Path::new("-") {
        true => files::text_from(std::io::stdin(), LARGEST),
        false => files::read_text(path, LARGEST),
    }
    .with_context(|| format!("cannot read {name}"))
}

/// The policy in a file.
///
/// # Errors
/// As [`text`]; or it is no policy.
pub(in crate::cli) fn document(path: &Path) -> Result<Document> {
    Document::parse(&text(path)?).with_context(|| format!("{} is not a policy", name(path)))
}

/// What to call the file.
pub(in crate::cli) fn name(path: &Path) -> String {
    match path == Path::new("-") {
        true => "the standard input".to_owned(),
        false => path.display().to_string(),
    }
}
