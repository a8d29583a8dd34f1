//! What an identity provider says of a workflow.

use super::identity::Identity;
use super::keys;
use super::token::{self, LONGEST};
use crate::cloud::Failure;
use crate::policy::evaluate::Context;
use crate::resource::{OidcProvider, Scope};
use secrecy::SecretString;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::time::Duration;

/// The claims of a workflow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claims {
    members: BTreeMap<String, Vec<String>>,
    /// Whether these are all that there are: those of a token.
    whole: bool,
}

impl Claims {
    /// The claims of a JSON Web Token.
    ///
    /// # Errors
    /// It is none. The error has nothing of the token.
    pub fn from_token(token: &SecretString) -> Result<Claims, Failure> {
        token::claims(token)
    }

    /// Claims as JSON: one object, of which there may be less than in a token.
    ///
    /// # Errors
    /// It is no JSON object. The error has nothing of the text, which may be a token by mistake.
    pub fn from_json(text: &str) -> Result<Claims, Failure> {
        let fault = |what: String| {
            Failure::new(format!("these are no claims: {what}")).with_hint(
                match text.trim_start().starts_with("eyJ") {
                    true => "this looks like a token: give it with --token".to_owned(),
                    false => {
                        "claims are one JSON object: {\"sub\": \"repo:acme/app:...\"}".to_owned()
                    }
                },
            )
        };
        if text.len() > LONGEST {
            return Err(fault(format!("more than {} KB", LONGEST >> 10)));
        }
        match serde_json::from_str(text) {
            Ok(Value::Object(members)) => Ok(Claims {
                whole: false,
                ..Claims::of_token(members)
            }),
            Ok(_) => Err(fault("no JSON object".to_owned())),
            Err(error) => Err(fault(format!(
                "no JSON at line {}, column {}",
                error.line(),
                error.column()
            ))),
        }
    }

    pub(super) fn of_token(members: Map<String, Value>) -> Claims {
        let members = members.into_iter();
        let members = members.map(|(name, value)| (name, texts(&value)));
        Claims {
            members: members.filter(|(_, texts)| !texts.is_empty()).collect(),
            whole: true,
        }
    }

    /// The same with one claim, beside values that it has already.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Claims {
        let values = self.members.entry(name.to_owned()).or_default();
        values.push(value.to_owned());
        self
    }

    /// The values of a claim; empty when there is no such claim.
    #[must_use]
    pub fn texts(&self, name: &str) -> &[String] {
        self.members.get(name).map_or(&[], Vec::as_slice)
    }

    fn first(&self, name: &str) -> Option<&str> {
        self.texts(name).first().map(String::as_str)
    }

    /// What AWS makes of these claims in the account of `scope`, at `now` (seconds since 1970).
    ///
    /// # Errors
    /// Nothing says who the issuer is, or it can be none.
    pub fn identity(&self, scope: &Scope, now: u64) -> Result<Identity, Failure> {
        let mut notes = Vec::new();
        let subject = self.first("sub");
        if self.texts("sub").len() > 1 {
            return Err(
                Failure::new("the claims have several subjects, and a token has one")
                    .with_hint("ask for one of them: --claim sub=..."),
            );
        }
        let issuer = match self.first("iss") {
            Some(url) => {
                OidcProvider::check_url(url).map_err(|fault| {
                    Failure::new(format!("the claim iss is no issuer: {}", fault.message))
                        .with_hint(fault.fix)
                })?;
                OidcProvider::issuer(url).to_owned()
            }
            None if subject.is_some_and(|subject| subject.starts_with("repo:")) => {
                notes.push(format!(
                    "the issuer is taken to be {}: the subject begins with repo:",
                    OidcProvider::GITHUB
                ));
                OidcProvider::GITHUB.to_owned()
            }
            None => {
                return Err(Failure::new("the claims do not say who issued them")
                    .with_hint("give the claim iss, such as iss=https://gitlab.com"));
            }
        };
        // "If no value is set for azp, the aud condition key maps to the aud claim."
        let mut audiences = match self.texts("azp") {
            [] => self.texts("aud").to_vec(),
            azp => azp.to_vec(),
        };
        if audiences.is_empty() && !self.whole && keys::is_github(&issuer) {
            let usual = match scope.partition.as_str() {
                "aws-cn" => "sts.amazonaws.com.cn",
                _ => "sts.amazonaws.com",
            };
            notes.push(format!(
                "the audience is taken to be {usual}, which configure-aws-credentials asks for"
            ));
            audiences.push(usual.to_owned());
        }
        if audiences.len() > 1 {
            notes.push(
                "the token has several audiences, and AWS does not say how conditions see them"
                    .to_owned(),
            );
        }
        notes.extend(self.expiry(now));
        let key = |name: &str| format!("{issuer}:{name}");
        let mut context = Context::new().with_all(&key("aud"), audiences.clone());
        for (claim, name) in keys::seen(&issuer) {
            context = context.with_all(&key(&name), self.texts(&claim).to_vec());
        }
        let provider = match OidcProvider::is_built_in(&issuer) {
            true => issuer.clone(),
            false => format!(
                "arn:{}:iam::{}:oidc-provider/{issuer}",
                scope.partition, scope.account
            ),
        };
        Ok(Identity {
            subject: subject.map(str::to_owned),
            issuer,
            provider,
            audiences,
            notes,
            whole: self.whole,
            context,
        })
    }

    fn expiry(&self, now: u64) -> Option<String> {
        let seconds = |name: &str| -> Option<f64> { self.first(name)?.parse().ok() };
        let now = Duration::from_secs(now).as_secs_f64();
        let expired = seconds("exp").filter(|at| *at <= now);
        let later = seconds("nbf").filter(|at| *at > now);
        match (expired, later) {
            (Some(at), _) => Some(format!(
                "the token expired {} ago: AWS refuses it by now (ExpiredTokenException)",
                lasting(now - at)
            )),
            (None, Some(at)) => Some(format!("the token is valid only in {}", lasting(at - now))),
            (None, None) => None,
        }
    }
}

/// A claim's values as texts; objects are none that a condition could see.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Number(number) => vec![number.to_string()],
        Value::Bool(word) => vec![word.to_string()],
        Value::Array(values) => values
            .iter()
            .filter(|value| !value.is_array())
            .flat_map(texts)
            .collect(),
        Value::Null | Value::Object(_) => Vec::new(),
    }
}

fn lasting(seconds: f64) -> String {
    match seconds {
        ..120.0 => format!("{seconds:.0} s"),
        ..7200.0 => format!("{:.0} min", seconds / 60.0),
        ..172_800.0 => format!("{:.0} h", seconds / 3600.0),
        _ => format!("{:.0} days", seconds / 86400.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope() -> Scope {
        Scope {
            account: "123456789012".into(),
            partition: "aws".into(),
            region: "us-east-1".into(),
            project: None,
        }
    }

    fn identity(json: &str) -> Result<Identity, Failure> {
        Claims::from_json(json)?.identity(&scope(), 1_000_000)
    }

    #[test]
    fn claims_become_the_keys_that_aws_documents_and_no_others() {
        let git = "token.actions.githubusercontent.com";
        for (json, key, expected, reason) in [
            (
                r#"{"sub":"repo:a/b:x"}"#,
                "sub",
                &["repo:a/b:x"][..],
                "the subject",
            ),
            (
                r#"{"sub":"repo:a/b:x","aud":"q"}"#,
                "aud",
                &["q"],
                "the audience",
            ),
            (
                r#"{"sub":"repo:a/b:x","aud":"q"}"#,
                "oaud",
                &["q"],
                "the other audience",
            ),
            (
                r#"{"sub":"repo:a/b:x","aud":"q","azp":"z"}"#,
                "aud",
                &["z"],
                "azp goes first",
            ),
            (
                r#"{"sub":"repo:a/b:x","aud":["p","q"]}"#,
                "aud",
                &["p", "q"],
                "a list",
            ),
            (
                r#"{"sub":"repo:a/b:x"}"#,
                "aud",
                &["sts.amazonaws.com"],
                "assumed",
            ),
            (
                r#"{"sub":"repo:a/b:x","repository_id":7}"#,
                "repository_id",
                &["7"],
                "a number",
            ),
            (
                r#"{"sub":"repo:a/b:x","REF":"x"}"#,
                "ref",
                &[],
                "claims have case",
            ),
            (
                r#"{"sub":"repo:a/b:x","repository_owner":"a"}"#,
                "repository_owner",
                &[],
                "not one",
            ),
            (
                r#"{"sub":"repo:a/b:x","ref":{"a":1}}"#,
                "ref",
                &[],
                "an object",
            ),
            (
                r#"{"sub":"repo:a/b:x","namespace_id":"1"}"#,
                "namespace_id",
                &[],
                "GitLab's",
            ),
        ] {
            let found = identity(json).unwrap();
            let values = found
                .context
                .get(&format!("{git}:{key}"))
                .unwrap_or_default();
            assert_eq!(values, expected, "{reason}");
        }
        let gitlab = identity(r#"{"iss":"https://gitlab.com","sub":"s","namespace_id":"1"}"#);
        let gitlab = gitlab.unwrap();
        assert_eq!(
            gitlab.context.get("gitlab.com:namespace_id").unwrap(),
            ["1"]
        );
        assert_eq!(
            gitlab.audiences,
            Vec::<String>::new(),
            "nothing is assumed of others"
        );
        assert_eq!(gitlab.claim_of("GitLab.com:sub"), Some(Ok("sub".into())));
        assert_eq!(gitlab.claim_of("gitlab.com:ref"), Some(Err("ref".into())));
        assert_eq!(gitlab.claim_of("aws:SourceIp"), None);
        let google = identity(
            r#"{"iss":"https://accounts.google.com","sub":"1","google:organization_number":5}"#,
        );
        let google = google.unwrap();
        let key = "accounts.google.com:google/organization_number";
        assert_eq!(google.context.get(key).unwrap(), ["5"]);
        assert_eq!(google.provider, "accounts.google.com");
    }

    #[test]
    fn the_provider_is_of_the_account() {
        let found = identity(r#"{"iss":"https://token.actions.githubusercontent.com/acme/"}"#);
        let found = found.unwrap();
        assert_eq!(
            found.provider,
            "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com/acme"
        );
        assert_eq!(
            found.audiences,
            ["sts.amazonaws.com"],
            "an enterprise's issuer, too"
        );
        for (json, says) in [
            (r#"{"sub":"org/x"}"#, "who issued"),
            (r#"{"iss":"http://gitlab.com","sub":"x"}"#, "https://"),
            (r#"{"sub":["repo:a/b:x","repo:a/b:y"]}"#, "several subjects"),
            ("[]", "no JSON object"),
            ("{\n x", "line 2"),
        ] {
            let fault = identity(json).unwrap_err();
            assert!(fault.message.contains(says), "{fault:?}");
        }
        let fault = Claims::from_json("eyJhbGciOiJub25lIn0.SECRET.x").unwrap_err();
        assert!(
            fault.hint.as_ref().unwrap().contains("--token"),
            "{fault:?}"
        );
        assert!(!format!("{fault:?}").contains("SECRET"));
    }

    #[test]
    fn a_token_that_is_not_valid_now_is_told() {
        for (json, says) in [
            (
                r#"{"sub":"repo:","aud":"a","exp":999990}"#,
                "expired 10 s ago",
            ),
            (
                r#"{"sub":"repo:","aud":"a","exp":1000000}"#,
                "expired 0 s ago",
            ),
            (
                r#"{"sub":"repo:","aud":"a","exp":1}"#,
                "expired 12 days ago",
            ),
            (
                r#"{"sub":"repo:","aud":"a","nbf":1000600}"#,
                "only in 10 min",
            ),
            (r#"{"sub":"repo:","aud":"a","exp":1e999}"#, ""),
            (r#"{"sub":"repo:","aud":"a","exp":"soon","nbf":true}"#, ""),
            (r#"{"sub":"repo:","aud":"a","exp":1000001,"nbf":1}"#, ""),
        ] {
            let Ok(found) = identity(json) else {
                assert_eq!(says, "", "{json}");
                continue;
            };
            let told = found.notes.iter().any(|note| note.contains("the token"));
            assert_eq!(told, !says.is_empty(), "{json}: {:?}", found.notes);
            assert!(found.notes.iter().any(|note| note.contains(says)), "{json}");
        }
    }
}
