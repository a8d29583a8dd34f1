//! What went wrong with who is asking, in a sentence that has nothing of a token or a key in it.

use super::super::answer::one_line;
use super::super::error::{Cause, Lack};
use crate::secrets;
use google_cloud_auth::build_errors;
use google_cloud_auth::errors::CredentialsError;
use std::error::Error;
use std::time::Duration;

/// How it is told that nothing was found.
pub(in crate::google) const NOTHING: &str = "no Google credentials were found";

/// There is nothing to show.
pub(super) fn nothing() -> Cause {
    Cause::Credentials(Lack::Nothing, NOTHING.to_owned())
}

/// The server of tokens did not answer in time.
pub(super) fn silence(waited: Duration) -> Cause {
    let told = format!("no token came within {} s", waited.as_secs());
    Cause::Credentials(Lack::Unreachable, told)
}

/// Nothing that gives tokens could be made of this file. What it says of the file's text is not shown.
pub(super) fn built(name: &str, error: &build_errors::Error) -> Cause {
    let why = match error {
        error if error.is_missing_field() || error.is_parsing() => {
            "it misses a field that its `type` has, or has one that cannot be read"
        }
        error if error.is_not_supported() => "such credentials are not supported",
        _ => "it cannot be used",
    };
    let told = match name {
        "" => why.to_owned(),
        name => format!("{name}: {why}"),
    };
    Cause::Credentials(Lack::Unusable, told)
}

/// No token was given. `unnamed`: no file says who is asking.
pub(super) fn of(error: &CredentialsError, unnamed: bool) -> Cause {
    let text = text_of(error);
    let lower = text.to_lowercase();
    let refused = ["invalid_grant", "expired", "revoked", "reauth"];
    let lack = match () {
        () if refused.iter().any(|word| lower.contains(word)) => Lack::Expired,
        // The metadata server, which there is on Google's machines alone.
        () if unnamed && (lower.contains("metadata") || lower.contains("mds")) => Lack::Nothing,
        () if unnamed && lower.contains("fetch access token") => Lack::Nothing,
        () if error.is_transient() => Lack::Unreachable,
        () => Lack::Unusable,
    };
    match lack {
        Lack::Nothing => nothing(),
        lack => Cause::Credentials(lack, text),
    }
}

/// What an error and its causes say. The layers around it and long pages are left out.
fn text_of(error: &(dyn Error + 'static)) -> String {
    const SHOWN: usize = 300;
    let mut texts: Vec<String> = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let text = one_line(&error.to_string());
        if texts.last().is_none_or(|last| !last.contains(&text)) {
            texts.push(text);
        }
        next = error.source();
    }
    let text = secrets::hide_keys(&secrets::hide(&texts.join(": ")));
    let mut shown: String = text.chars().take(SHOWN).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}
