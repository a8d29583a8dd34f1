//! Tokens and claims: what is none is refused, and nothing of a token is told.

use super::explain::Claims;
use super::resource::Scope;
use super::secrets;

/// The length of a part of the token that no message may have by chance.
const PART: usize = 24;

/// The input is a token or the claims in one.
pub fn holds(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let scope = Scope {
        account: "123456789012".to_owned(),
        partition: "aws".to_owned(),
        region: "eu-west-1".to_owned(),
        project: None,
    };
    for read in [
        Claims::from_token(&text.to_owned().into()),
        Claims::from_json(text),
    ] {
        match read {
            Ok(claims) => drop(claims.identity(&scope, 1_700_000_000)),
            Err(fault) => {
                let told = format!("{fault:?}");
                assert!(!told.contains(text) || text.len() < PART, "{told}");
            }
        }
    }
    let hidden = secrets::hide(text);
    assert_eq!(secrets::hide(&hidden), hidden, "hidden twice");
    assert!(!secrets::has_token(&hidden), "{hidden}");
    assert!(secrets::hide_keys(text).len() <= text.len() + PART * 4);
}
