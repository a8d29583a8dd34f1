//! An IAM OIDC identity provider: one per URL and account, shared by every role that trusts it.

use super::names::{Fault, fault};
use super::{Kind, Needs, Scope, Tags};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A provider. Thumbprints are no part of it: AWS verifies with its own trust store, fills them in
/// by itself, and ignores them for GitHub
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc_verify-thumbprint.html>).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OidcProvider {
    /// The issuer without its `https://`.
    pub name: String,
    /// Audiences; at least these, since others may need more.
    #[serde(default)]
    pub audiences: BTreeSet<String>,
    /// Given at creation, never compared: the provider belongs to the account.
    #[serde(default)]
    pub tags: Tags,
}

impl OidcProvider {
    /// GitHub Actions' issuer.
    pub const GITHUB: &'static str = "token.actions.githubusercontent.com";

    /// The issuer of a URL as IAM names it: no scheme, no slash at the end.
    #[must_use]
    pub fn issuer(url: &str) -> &str {
        url.strip_prefix("https://")
            .unwrap_or(url)
            .trim_end_matches('/')
    }

    /// Issuers that AWS knows by itself and that need no provider.
    #[must_use]
    pub fn is_built_in(issuer: &str) -> bool {
        matches!(
            issuer,
            "accounts.google.com"
                | "cognito-identity.amazonaws.com"
                | "graph.facebook.com"
                | "www.amazon.com"
        )
    }

    /// CreateOpenIDConnectProvider: begins with `https://`, at most 255 characters, no port, no
    /// query.
    ///
    /// # Errors
    /// The rule that `url` breaks.
    pub fn check_url(url: &str) -> Result<(), Fault> {
        if url.starts_with("http://") {
            return Err(fault(
                "the issuer's URL begins with https://",
                "write https://",
            ));
        }
        let issuer = Self::issuer(url);
        let host = issuer.split('/').next().unwrap_or_default();
        if host.is_empty() || !host.contains('.') || host.starts_with('.') {
            return Err(fault(
                format!("{url:?} is no issuer"),
                "write the URL of the issuer, such as https://gitlab.com",
            ));
        }
        if host.contains(':') {
            return Err(fault(
                "IAM takes no port in an issuer's URL",
                "leave the port out",
            ));
        }
        if let Some(odd) = issuer
            .chars()
            .find(|c| !('!'..='~').contains(c) || "?#@*".contains(*c))
        {
            return Err(fault(
                format!("an issuer's URL has no {odd:?}"),
                "write scheme, host and path only",
            ));
        }
        if url.len() > 255 {
            return Err(fault(
                "an issuer's URL has at most 255 characters",
                "shorten it",
            ));
        }
        Ok(())
    }
}

impl Kind for OidcProvider {
    const KIND: &'static str = "oidc_provider";

    fn name(&self) -> &str {
        &self.name
    }

    fn arn(&self, scope: &Scope) -> Option<String> {
        Some(format!(
            "arn:{}:iam::{}:oidc-provider/{}",
            scope.partition, scope.account, self.name
        ))
    }

    fn needs(&self) -> Needs {
        Needs::default()
    }

    fn limited_to(mut self, want: &Self) -> Self {
        self.audiences = self
            .audiences
            .intersection(&want.audiences)
            .cloned()
            .collect();
        self.tags.clone_from(&want.tags);
        self
    }

    fn with_foreign(mut self, have: &Self) -> Self {
        self.audiences.extend(have.audiences.iter().cloned());
        self.tags.clone_from(&have.tags);
        self
    }

    fn tags(&self) -> Option<&Tags> {
        Some(&self.tags)
    }

    fn shared(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_checked() {
        for good in [
            "https://token.actions.githubusercontent.com",
            "gitlab.com",
            "https://oidc.vercel.com/team",
        ] {
            assert_eq!(OidcProvider::check_url(good), Ok(()), "{good}");
        }
        for bad in [
            "http://gitlab.com",
            "https://gitlab.com:8443",
            "https://x.y?z",
            "",
            "https://",
            "gitlab",
        ] {
            assert!(OidcProvider::check_url(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn other_peoples_audiences_and_tags_are_no_difference() {
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let live = OidcProvider {
            name: OidcProvider::GITHUB.into(),
            audiences: set(&["sts.amazonaws.com", "theirs"]),
            tags: Tags::new(),
        };
        let want = OidcProvider {
            audiences: set(&["sts.amazonaws.com"]),
            tags: Tags::from([("managed-by".into(), "s3setup".into())]),
            ..live.clone()
        };
        assert_eq!(live.limited_to(&want), want);
    }
}
