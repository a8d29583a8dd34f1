//! From what came over the wire to an answer, or to why there is none. What is no JSON of the form
//! that was asked for is no answer of Google's, whatever its status: a proxy's page, a part of one.

use super::error::Refusal;
use crate::secrets;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::time::Duration;

/// How an answer without Google's form is told.
pub(super) const FOREIGN: &str = "the answer is not Google's";

/// Google's JSON of an error: IAM's and Storage's.
#[derive(Deserialize)]
struct Wrapped {
    error: Said,
}

#[derive(Deserialize)]
struct Said {
    #[serde(default)]
    message: String,
    /// Of IAM.
    #[serde(default)]
    status: String,
    /// Of Storage.
    #[serde(default)]
    errors: Vec<One>,
    #[serde(default)]
    details: Vec<Detail>,
}

#[derive(Deserialize)]
struct One {
    #[serde(default)]
    reason: String,
}

/// The form of the service that exchanges tokens (RFC 6749, 5.2).
#[derive(Deserialize)]
struct OAuth {
    error: String,
    #[serde(default)]
    error_description: String,
}

/// The words of RFC 6749 (5.2) and RFC 8693 (2.2.2); anything else of this form is not Google's.
const OAUTH: [&str; 7] = [
    "invalid_client",
    "invalid_grant",
    "invalid_request",
    "invalid_scope",
    "invalid_target",
    "unauthorized_client",
    "unsupported_grant_type",
];

/// `google.rpc.ErrorInfo` and `google.rpc.PreconditionFailure` in one.
#[derive(Deserialize)]
struct Detail {
    #[serde(default)]
    reason: Option<String>,
    #[serde(default)]
    metadata: BTreeMap<String, String>,
    #[serde(default)]
    violations: Vec<Violation>,
}

#[derive(Deserialize)]
struct Violation {
    #[serde(default, rename = "type")]
    kind: String,
}

/// What an answer says that is no. One that is not Google's has no code.
pub(super) fn refusal(status: u16, body: &[u8], after: Option<Duration>) -> Refusal {
    let Ok(Wrapped { error }) = serde_json::from_slice(body) else {
        if let Some(refusal) = of_oauth(status, body).or_else(|| of_xml(status, body)) {
            return refusal;
        }
        return Refusal {
            status,
            message: foreign(body),
            after,
            ..Refusal::default()
        };
    };
    let Said {
        message,
        status: code,
        errors,
        details,
    } = error;
    let first = errors.into_iter().next().map(|one| one.reason);
    // IAM has a word of both lists, and the first is the better known one.
    let code = Some(code).filter(|code| !code.is_empty()).or(first);
    let data = |name: &str| details.iter().find_map(|it| it.metadata.get(name).cloned());
    let violations = details.iter().flat_map(|it| &it.violations);
    let mut kinds = violations.map(|it| it.kind.as_str());
    let rule = kinds.find(|kind| kind.starts_with("constraints/"));
    // Hidden where it comes in: it goes on to reports and into saved plans.
    let message = secrets::hide(&one_line(&message)).into_owned();
    Refusal {
        status,
        code: code.unwrap_or_else(|| "unknown".to_owned()),
        reason: details.iter().find_map(|it| it.reason.clone()),
        permission: data("permission").or_else(|| quoted(&message, "Permission '")),
        service: data("service"),
        constraint: rule.map(str::to_owned).or_else(|| constraint(&message)),
        message,
        after,
    }
}

fn of_oauth(status: u16, body: &[u8]) -> Option<Refusal> {
    let said: OAuth = serde_json::from_slice(body).ok()?;
    OAUTH.contains(&said.error.as_str()).then(|| Refusal {
        status,
        code: said.error,
        message: secrets::hide(&one_line(&said.error_description)).into_owned(),
        ..Refusal::default()
    })
}

/// The form of the XML API (<https://cloud.google.com/storage/docs/xml-api/reference-status>).
fn of_xml(status: u16, body: &[u8]) -> Option<Refusal> {
    let text = std::str::from_utf8(body).ok()?;
    let (_, error) = text.split_once("<Error>")?;
    let code = element(error, "Code");
    let code = code.filter(|code| code.bytes().all(|b| b.is_ascii_alphanumeric()))?;
    let details = [element(error, "Message"), element(error, "Details")];
    let message: Vec<String> = details.into_iter().flatten().map(one_line).collect();
    Some(Refusal {
        status,
        code: code.to_owned(),
        message: secrets::hide(&message.join(" ")).into_owned(),
        ..Refusal::default()
    })
}

/// What stands in the first element of this name, which has no others in it.
pub(super) fn element<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    let (inner, _) = rest.split_once(&format!("</{name}>"))?;
    Some(inner)
}

/// What stands between this and the next quotation mark.
fn quoted(message: &str, before: &str) -> Option<String> {
    let (_, rest) = message.split_once(before)?;
    rest.split_once('\'').map(|(quoted, _)| quoted.to_owned())
}

/// The rule of an organisation that a sentence names.
fn constraint(message: &str) -> Option<String> {
    let (_, rest) = message.split_once("constraints/")?;
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '.' | '_' | '-'));
    let name = rest[..end.unwrap_or(rest.len())].trim_end_matches('.');
    Some(format!("constraints/{name}"))
}

/// An answer that says yes, read as what was asked for. Its text is in no error: it may hold a secret.
pub(super) fn read<T: DeserializeOwned>(status: u16, body: &[u8]) -> Result<T, Box<Refusal>> {
    serde_json::from_slice(body).map_err(|_| none(status, body))
}

/// That this is no answer to what was asked.
pub(super) fn none(status: u16, body: &[u8]) -> Box<Refusal> {
    Box::new(Refusal {
        status,
        message: foreign(body),
        ..Refusal::default()
    })
}

/// What came in place of an answer of Google's. Only a page or plain text is shown, from its beginning:
/// what has the form of Google's answers may hold a secret.
pub(super) fn foreign(body: &[u8]) -> String {
    const SHOWN: usize = 80;
    let text = one_line(&String::from_utf8_lossy(body));
    let what = match text.as_str() {
        "" => "it is empty".to_owned(),
        text if text.starts_with(['{', '[', '"']) => format!("{} bytes of JSON", body.len()),
        text => {
            let shown: String = text.chars().take(SHOWN).collect();
            let more = if shown.len() < text.len() { "…" } else { "" };
            secrets::hide_keys(&secrets::hide(&shown)) + more
        }
    };
    format!("{FOREIGN}: {what}")
}

/// Without line breaks and control characters.
pub(super) fn one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_a_proxy_is_no_answer_and_a_clean_error() {
        let page = format!("<html>\n<title>Bad\u{7} gateway</title>{}", "ü".repeat(500));
        let refusal = refusal(403, page.as_bytes(), None);
        assert_eq!((refusal.status, refusal.code.as_str()), (403, ""));
        assert!(
            refusal
                .message
                .starts_with("the answer is not Google's: <html> <title>Bad gateway<"),
            "{refusal:?}"
        );
        assert!(refusal.message.chars().count() < 120);
    }

    #[test]
    fn a_refusal_to_exchange_a_token_is_read_and_another_text_is_not_taken_for_one() {
        let said = br#"{"error": "unauthorized_client", "error_description": "rejected by\nthe condition"}"#;
        let refusal = |body: &[u8]| super::refusal(400, body, None);
        let read = refusal(said);
        assert_eq!(
            (read.code.as_str(), read.message.as_str()),
            ("unauthorized_client", "rejected by the condition")
        );
        let other = refusal(br#"{"error": "teapot"}"#);
        assert!(
            other.code.is_empty() && other.message.starts_with(FOREIGN),
            "{other:?}"
        );
    }

    #[test]
    fn a_refusal_of_the_xml_api_is_read_and_a_page_is_none() {
        let said = "<?xml version='1.0' encoding='UTF-8'?><Error><Code>AccessDenied</Code>\
                    <Message>Access denied.</Message><Details>a@p lacks it</Details></Error>";
        let read = refusal(403, said.as_bytes(), None);
        assert_eq!(
            (read.code.as_str(), read.message.as_str()),
            ("AccessDenied", "Access denied. a@p lacks it")
        );
        assert!(read.denied());
        let page = refusal(403, b"<html><Error>no</Error></html>", None);
        assert!(page.code.is_empty());
    }

    #[test]
    fn nothing_of_an_answer_that_cannot_be_read_is_shown() {
        let key = br#"{"name": 7, "privateKeyData": "c2VjcmV0c2VjcmV0"}"#;
        #[derive(Debug, Deserialize)]
        struct Key {
            #[serde(rename = "name")]
            _name: String,
        }
        for body in [&key[..], &key[..20]] {
            let told = read::<Key>(200, body).unwrap_err().message;
            assert!(told.contains("bytes of JSON"), "{told}");
        }
        let token = "ya29 eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln";
        let told = foreign(token.as_bytes());
        assert!(!told.contains("eyJhbG"), "{told}");
    }

    #[test]
    fn a_rule_of_an_organisation_is_found_in_a_sentence() {
        for (said, found) in [
            (
                "violates 'constraints/iam.x-y'",
                Some("constraints/iam.x-y"),
            ),
            ("denied by constraints/a.b.", Some("constraints/a.b")),
            ("no constraint", None),
        ] {
            assert_eq!(constraint(said).as_deref(), found, "{said}");
        }
    }
}
