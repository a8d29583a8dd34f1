//! What is read from a file or the standard input.

use crate::policy::Document;
use anyhow::{Context, Result, bail};
use std::io::Read;
use std::path::Path;

/// In bytes. Policies have 32 KB at the most; a list of requests may hold thousands of them.
const LARGEST: u64 = 64 * 1024 * 1024;

/// The text of a file; of the standard input for `-`.
///
/// # Errors
/// It cannot be read, is not UTF-8, or is larger than any list of policies.
pub(in crate::cli) fn text(path: &Path) -> Result<String> {
    let name = name(path);
    let mut text = String::new();
    let read = match path == Path::new("-") {
        true => std::io::stdin().take(LARGEST + 1).read_to_string(&mut text),
        false => std::fs::File::open(path)
            .and_then(|file| file.take(LARGEST + 1).read_to_string(&mut text)),
    };
    read.with_context(|| format!("cannot read {name}"))?;
    if text.len() as u64 > LARGEST {
        bail!("{name} is larger than {} MB", LARGEST / 1024 / 1024);
    }
    Ok(text)
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
