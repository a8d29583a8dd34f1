//! The claims of a JSON Web Token (RFC 7519). Its signature is nobody's business here, and the token
//! itself is a secret: no error has any part of it.

use super::claims::Claims;
use crate::cloud::Failure;
use crate::secrets;
use secrecy::{ExposeSecret, SecretString};

/// In bytes. AWS takes tokens of 20,000 characters at the most (`AssumeRoleWithWebIdentity`).
pub(super) const LONGEST: usize = 64 << 10;

/// The claims of a token.
///
/// # Errors
/// It is none; what is wrong with it, and nothing of what is in it.
pub(super) fn claims(token: &SecretString) -> Result<Claims, Failure> {
    let text = token.expose_secret().trim();
    if text.len() > LONGEST {
        return Err(fault(&format!("it is longer than {} KB", LONGEST >> 10)));
    }
    if text.starts_with('{') {
        return Err(Failure::new("this is JSON, and no token").with_hint(
            "claims as JSON go to --claims; of GitHub's answer the token is the member \
                 \"value\"",
        ));
    }
    let members = secrets::claims(text).map_err(|what| fault(&what))?;
    Ok(Claims::of_token(members))
}

fn fault(what: &str) -> Failure {
    Failure::new(format!("this is no JSON Web Token: {what}")).with_hint(
        "a token is three parts of base64url with dots between: header.payload.signature",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    fn read(text: &str) -> Result<Claims, Failure> {
        claims(&text.to_owned().into())
    }

    fn encoded(payload: &str) -> String {
        let part = URL_SAFE_NO_PAD.encode(payload);
        format!("eyJhbGciOiJub25lIn0.{part}.SIGNATURE")
    }

    #[test]
    fn a_token_is_its_payload_whatever_the_signature() {
        let claims = read(&encoded(r#"{"sub":"a:b","aud":["x","y"],"exp":1}"#)).unwrap();
        assert_eq!(claims.texts("sub"), ["a:b"]);
        assert_eq!(claims.texts("aud"), ["x", "y"]);
        assert_eq!(claims.texts("exp"), ["1"]);
        let padded = encoded(r#"{"sub":"a"}"#).replace(".SIG", "=.SIG") + "\n";
        assert_eq!(read(&padded).unwrap().texts("sub"), ["a"], "padding");
    }

    #[test]
    fn what_is_no_token_is_refused_and_not_shown() {
        let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
        for (text, says, reason) in [
            (String::new(), "1 of 3", "nothing"),
            ("SECRET".to_owned(), "1 of 3", "no dots"),
            ("SECRET.SECRET".to_owned(), "2 of 3", "one dot"),
            ("a.SECRET.c.d.e".to_owned(), "5 of 3", "an encrypted one"),
            ("a.SECRET!.c".to_owned(), "base64url", "bad base64"),
            ("a.\u{1b}[31mSECRET.c".to_owned(), "base64url", "not ASCII"),
            (encoded("SECRET"), "not JSON", "no JSON"),
            (encoded("\"SECRET\""), "no object", "a text"),
            (encoded(&deep), "not JSON", "too deep"),
            ("a..c".to_owned(), "not JSON", "an empty payload"),
            (
                format!("a.{}.c", "SECRET".repeat(20_000)),
                "longer than",
                "too long",
            ),
            (r#"{"value":"SECRET"}"#.to_owned(), "--claims", "JSON"),
        ] {
            let fault = read(&text).unwrap_err();
            let said = format!("{fault:?}");
            assert!(said.contains(says), "{reason}: {said}");
            assert!(!said.contains("SECRET"), "{reason}: {said}");
            assert!(!said.contains('\u{1b}'), "{reason}: {said}");
        }
    }
}
