//! An identity from elsewhere: what its token says, which members of bindings it is by that, and whether
//! the manifest's condition lets it in.

use super::super::become_who::Someone;
use super::super::run::Credentials;
use super::world::{Who, World};
use crate::policy::google::{Expression, Member, claim};
use crate::probe::{Means, Prober};
use crate::resource::google::Provider;
use crate::secrets;
use anyhow::Result;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Which identities: the number of the project, the pool, and whom of it.
type Set<'a> = (&'a str, &'a str, &'a str);

/// Becomes one of the identities that `member` is, by a token of one of the pool's issuers. That Google
/// does not take a token says nothing of what the identities may do, and is told as it is.
///
/// # Errors
/// Google cannot be asked.
pub(super) async fn become_identity(
    prober: &dyn Prober,
    member: &str,
    set: Set<'_>,
    worlds: [&World; 2],
    credentials: &Credentials,
) -> Result<(Someone, Option<Who>)> {
    let (number, pool, _) = set;
    let of_pool = |provider: &&Provider| provider.ids().0 == pool;
    let providers: Vec<&Provider> = worlds[0].providers.values().filter(of_pool).collect();
    if providers.is_empty() {
        return Ok((Someone::Nobody("it is not of the manifest".into()), None));
    }
    let mut why = Vec::new();
    for provider in &providers {
        let Some((token, from)) = credentials.federated.get(&provider.name) else {
            continue;
        };
        let identity = match Identity::of(token, from, provider) {
            Ok(identity) => identity,
            Err(no) => {
                why.push(no);
                continue;
            }
        };
        let means = Means::Token {
            role: format!("//iam.googleapis.com/{}", provider.full_name(number)),
            token: token.clone(),
        };
        let name = &provider.name;
        let promised = identity.is_let_in(provider);
        match (prober.become_by(&means).await?, promised) {
            (Err(no), Some(false)) => why.push(format!(
                "the token from {from} is not of those whom the condition of {name} lets in: {}",
                no.0
            )),
            (Err(no), _) => why.push(format!("the token from {from}: {}", no.0)),
            (Ok(_), Some(false)) => {
                let why = format!(
                    "{name} lets in the token from {from}, and the manifest's condition does not"
                );
                return Ok((Someone::Else(why), None));
            }
            (Ok(actor), _) => match identity.members(member, set, provider, worlds) {
                Ok(members) => {
                    let someone = Someone::Actor {
                        actor,
                        how: format!("a session by the token from {from}"),
                        problem: None,
                    };
                    let shown = member.to_owned();
                    return Ok((someone, Some(Who::Identity { shown, members })));
                }
                Err(no) => why.push(no),
            },
        }
    }
    if why.is_empty() {
        let issuers: BTreeSet<&str> = providers.iter().map(|it| bare(&it.issuer)).collect();
        let issuers: Vec<&str> = issuers.into_iter().collect();
        why.push(format!(
            "it takes a token of {} (--web-identity-token-file)",
            issuers.join(", ")
        ));
    }
    Ok((Someone::Nobody(why.join("; ")), None))
}

/// Without `https://` and a slash at the end.
fn bare(issuer: &str) -> &str {
    issuer.trim_start_matches("https://").trim_end_matches('/')
}

/// Who a token is of.
struct Identity<'a> {
    claims: Map<String, Value>,
    from: &'a str,
}

impl<'a> Identity<'a> {
    /// Of a token of the provider's issuer; or why there is none.
    fn of(token: &SecretString, from: &'a str, provider: &Provider) -> Result<Self, String> {
        let claims = secrets::claims(token.expose_secret())
            .map_err(|what| format!("what is in {from} is no token: {what}"))?;
        let identity = Self { claims, from };
        let issuer = identity.text("iss").unwrap_or_default();
        if bare(issuer) != bare(&provider.issuer) {
            return Err(format!(
                "the token from {from} is of {}, and {} takes those of {}",
                bare(issuer),
                provider.name,
                bare(&provider.issuer)
            ));
        }
        Ok(identity)
    }

    /// A claim that is a text.
    fn text(&self, claim: &str) -> Option<&str> {
        self.claims.get(claim)?.as_str()
    }

    /// Whether the provider's condition lets it in; `None` is not known.
    fn is_let_in(&self, provider: &Provider) -> Option<bool> {
        let Some(condition) = &provider.attribute_condition else {
            return Some(true);
        };
        let known = |of: &str| self.text(claim(of, &provider.attribute_mapping)?);
        match Expression::of(condition).settled(&known) {
            Expression::Known(truth) => Some(truth),
            _ => None,
        }
    }

    /// What an attribute is mapped to: `Err` is not known, and `None` that there is no such attribute.
    fn attribute(
        &self,
        name: &str,
        mapping: &BTreeMap<String, String>,
    ) -> Result<Option<&str>, ()> {
        if !mapping.contains_key(name) {
            return Ok(None);
        }
        // What is more than a claim as it is, is not worked out here.
        claim(name, mapping)
            .and_then(|claim| self.text(claim))
            .map(Some)
            .ok_or(())
    }

    /// Whether it is one of these identities of its pool; `None` is not known.
    fn is_one(&self, whom: &str, provider: &Provider) -> Option<bool> {
        let mapping = &provider.attribute_mapping;
        let (name, value) = match whom.split_once('/') {
            None => return (whom == "*").then_some(true),
            Some(("subject", subject)) => ("google.subject", subject),
            Some((name, value)) if name.starts_with("attribute.") => (name, value),
            Some(_) => return None,
        };
        let has = self.attribute(name, mapping).ok()?;
        Some(has == Some(value))
    }

    /// All members of the bindings that it is; or why it is not `member`, or that it cannot be told.
    fn members(
        &self,
        member: &str,
        (number, pool, whom): Set<'_>,
        provider: &Provider,
        worlds: [&World; 2],
    ) -> Result<BTreeSet<String>, String> {
        let from = self.from;
        if self.is_one(whom, provider) == Some(false) {
            return Err(format!(
                "the token from {from} is of another identity of the pool"
            ));
        }
        let mut members = BTreeSet::new();
        let all = worlds.into_iter().flat_map(World::members);
        for one in all.map(String::as_str).chain([member]) {
            match Member::of(one) {
                Member::OfPool {
                    number: of,
                    pool: other,
                    whom,
                } if other == pool && of == number => match self.is_one(whom, provider) {
                    Some(true) => _ = members.insert(one.to_owned()),
                    Some(false) => {}
                    None => {
                        return Err(format!(
                            "whether the token from {from} is of {whom} cannot be told here"
                        ));
                    }
                },
                _ => {}
            }
        }
        Ok(members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::Google;
    use crate::resource::google::Bindings;
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::json;

    const POOL: &str =
        "iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/github";
    const ISSUER: &str = "https://token.actions.githubusercontent.com";

    fn provider(condition: Option<&str>) -> Provider {
        let mapping = [
            ("google.subject", "assertion.sub"),
            ("attribute.id", "assertion.repository_id"),
            ("attribute.made", "assertion.sub + ':x'"),
        ];
        Provider {
            attribute_mapping: mapping
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
            attribute_condition: condition.map(str::to_owned),
            ..Provider::named("github", "actions", "acme-1", ISSUER)
        }
    }

    fn token(issuer: &str) -> SecretString {
        let claims = json!({"iss": issuer, "sub": "repo:a/b", "repository_id": "7", "run": 3});
        let payload = URL_SAFE_NO_PAD.encode(claims.to_string());
        format!("eyJ9.{payload}.c2ln").into()
    }

    fn set(whom: &str) -> String {
        format!("principalSet://{POOL}/{whom}")
    }

    /// The members that the token's identity is, where these are bound and the first is asked for.
    fn members(bound: &[&str]) -> Result<Vec<String>, String> {
        let mut bindings = Bindings::of_bucket("b", "acme-1");
        let members = bound.iter().map(|whom| set(whom)).collect();
        bindings.bindings.insert("roles/x".to_owned(), members);
        let world = World::of(&[&Google::Bindings(bindings)]);
        let token = token(ISSUER);
        let provider = provider(None);
        let identity = Identity::of(&token, "token", &provider)?;
        let worlds = [&world, &World::default()];
        let found = identity.members(&set(bound[0]), ("1", "github", bound[0]), &provider, worlds);
        found.map(|all| all.into_iter().collect())
    }

    #[test]
    fn an_identity_is_all_members_that_its_claims_say_and_no_other() {
        let all = ["attribute.id/7", "attribute.id/8", "*", "attribute.none/7"];
        assert_eq!(members(&all), Ok(vec![set("*"), set("attribute.id/7")]));
        let somebody_else = members(&["attribute.id/8", "*"]).unwrap_err();
        assert!(
            somebody_else.contains("another identity"),
            "{somebody_else}"
        );
        for unknown in [["*", "attribute.made/x"], ["group/ops", "*"]] {
            let why = members(&unknown).unwrap_err();
            assert!(why.contains("cannot be told here"), "{why}");
        }
    }

    #[test]
    fn a_condition_is_held_against_what_the_token_says() {
        let token = token(ISSUER);
        for (condition, lets_in) in [
            (None, Some(true)),
            (Some("assertion.repository_id == '7'"), Some(true)),
            (Some("attribute.id in ['8', '9']"), Some(false)),
            (Some("google.subject.startsWith('repo:a/')"), Some(true)),
            (Some("assertion.missing == 'x'"), None),
            (Some("assertion.run == '3'"), None),
        ] {
            let provider = provider(condition);
            let identity = Identity::of(&token, "token", &provider).unwrap();
            assert_eq!(identity.is_let_in(&provider), lets_in, "{condition:?}");
        }
    }

    #[test]
    fn a_token_of_somebody_else_is_none_and_not_shown() {
        let provider = provider(None);
        let of = |token: &SecretString| Identity::of(token, "f", &provider).map(drop);
        let other = of(&token("https://gitlab.com/")).unwrap_err();
        assert!(
            other.contains("of gitlab.com, and github/actions takes"),
            "{other}"
        );
        let none = of(&"SECRET.SECRET".into()).unwrap_err();
        assert!(
            none.contains("2 of 3") && !none.contains("SECRET"),
            "{none}"
        );
    }
}
