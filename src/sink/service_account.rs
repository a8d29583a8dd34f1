//! The JSON file of a service account's key: it is one whole, and nothing else is in it.

use super::{Fault, Field, fault, json};
use secrecy::ExposeSecret;
use zeroize::Zeroizing;

/// The key in place of the one that was there.
///
/// # Errors
/// Something else is there.
pub(super) fn edit(old: &str, fields: &[Field]) -> Result<Zeroizing<String>, Fault> {
    let is_key = || json::find(old, "type").is_some_and(|kind| kind == "service_account");
    if !old.trim().is_empty() && !is_key() {
        return Err(fault(
            "it holds something else than the key of a service account",
            "name another file, or remove it",
        ));
    }
    let key = fields.last().map(|field| field.value.expose_secret());
    Ok(Zeroizing::new(key.unwrap_or_default().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_key_is_replaced() {
        let field = Field {
            name: "private_key".into(),
            value: r#"{"type":"service_account","private_key_id":"2"}"#.to_owned().into(),
        };
        let edit = |old: &str| edit(old, std::slice::from_ref(&field)).map(|text| text.to_string());
        let new = field.value.expose_secret().to_owned();
        assert_eq!(edit("").unwrap(), new);
        assert_eq!(
            edit(r#"{"type":"service_account","private_key_id":"1"}"#).unwrap(),
            new
        );
        for other in [
            "{}",
            r#"{"type":"authorized_user"}"#,
            "AWS_ACCESS_KEY_ID=x",
            "[1]",
        ] {
            assert!(edit(other).is_err(), "{other}");
        }
    }
}
