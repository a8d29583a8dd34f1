//! Tokens of identity providers where none belongs. They are secrets, and what people write by
//! mistake must not come back to them in a log.

use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use base64::{Engine as _, alphabet, engine};
use serde_json::{Map, Value};
use std::borrow::Cow;
use zeroize::Zeroizing;

/// How the first part of every JSON Web Token begins: `{"` in base64url.
const HEAD: &str = "eyJ";
/// What stands in its place.
const HIDDEN: &str = "(a token, not shown)";

/// base64url as tokens have it: without padding, and forgiving where somebody added it.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(engine::DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// What a JSON Web Token says (RFC 7519), whatever its signature.
///
/// # Errors
/// It is none: what is wrong with it, and nothing of what is in it.
pub fn claims(token: &str) -> Result<Map<String, Value>, String> {
    let parts: Vec<&str> = token.trim().split('.').collect();
    let &[_, payload, _] = parts.as_slice() else {
        return Err(format!("it has {} of 3 parts", parts.len()));
    };
    let bytes = BASE64.decode(payload).map(Zeroizing::new);
    let bytes = bytes.map_err(|_| "its second part is not base64url")?;
    let payload = serde_json::from_slice(&bytes).map_err(|_| "its second part is not JSON")?;
    match payload {
        Value::Object(claims) => Ok(claims),
        _ => Err("its second part is no object".to_owned()),
    }
}

/// Whether some part of the text looks like a JSON Web Token: three parts of base64url, the first of
/// which begins with `eyJ`.
pub fn has_token(text: &str) -> bool {
    matches!(without_tokens(text), Cow::Owned(_))
}

/// The text with all that looks like a token taken out.
pub(super) fn without_tokens(text: &str) -> Cow<'_, str> {
    let mut shown = String::new();
    let (mut rest, mut found) = (text, false);
    while let Some(start) = rest.find(HEAD) {
        let is_part = |letter: char| letter.is_ascii_alphanumeric() || "-_=.".contains(letter);
        let tail = &rest[start..];
        let length = tail.find(|letter| !is_part(letter)).unwrap_or(tail.len());
        shown.push_str(&rest[..start]);
        if tail[..length].matches('.').count() >= 2 {
            found = true;
            shown.push_str(HIDDEN);
        } else {
            shown.push_str(&tail[..length]);
        }
        rest = &tail[length..];
    }
    if !found {
        return Cow::Borrowed(text);
    }
    shown.push_str(rest);
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_token_is_taken_out_and_nothing_else() {
        for (text, expected) in [
            ("", ""),
            ("eyJ", "eyJ"),
            ("eyJa.b", "eyJa.b"),
            ("s3://b/eyJ.txt: é", "s3://b/eyJ.txt: é"),
            ("'eyJa.b.c-_' é", "'(a token, not shown)' é"),
            ("sub=eyJa.b.c", "sub=(a token, not shown)"),
            ("XeyJa=.b=.", "X(a token, not shown)"),
            ("eyJ a.b.c", "eyJ a.b.c"),
            (
                "eyJa.b eyJa.b.c.d.e,eyJx.y.z",
                "eyJa.b (a token, not shown),(a token, not shown)",
            ),
        ] {
            assert_eq!(without_tokens(text), expected);
            assert_eq!(has_token(text), text != expected, "{text}");
        }
    }
}
