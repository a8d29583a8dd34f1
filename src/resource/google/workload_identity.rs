//! Workload identity federation: a pool of identities from elsewhere, and the providers that vouch for
//! them (<https://cloud.google.com/iam/docs/workload-identity-federation>).

use super::super::names::{Fault, fault};
use super::super::ownership::{self, Keys};
use super::super::{Address, Kind, Needs, Scope, Tags};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A pool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pool {
    /// Its id.
    pub name: String,
    /// The project that it is in.
    pub project: String,
    /// At most 32 characters; `None` is not managed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Without our marks, which follow it at Google; `None` is not managed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Nobody of it gets a token.
    #[serde(default)]
    pub disabled: bool,
    /// It was deleted, can be had back for 30 days, and lets nobody in: nobody else can have its id.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deleted: bool,
    /// Our marks, at the end of the description.
    #[serde(default, rename = "marks")]
    pub tags: Tags,
}

/// A provider of a pool: an OpenID Connect issuer, and whom of its it vouches for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// `POOL/ID`.
    pub name: String,
    /// The project that it is in.
    pub project: String,
    /// At most 32 characters; `None` is not managed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Without our marks, which follow it at Google; `None` is not managed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// It vouches for nobody.
    #[serde(default)]
    pub disabled: bool,
    /// It was deleted, and can be had back for 30 days.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deleted: bool,
    /// The issuer's URL. One of another kind of provider is `none`.
    pub issuer: String,
    /// Audiences of tokens; empty is the provider's own name.
    #[serde(default)]
    pub audiences: BTreeSet<String>,
    /// `google.subject`, `attribute.repository_id` → an expression over `assertion`.
    #[serde(default)]
    pub attribute_mapping: BTreeMap<String, String>,
    /// What has to be true of a token; `None` is every token of the issuer's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attribute_condition: Option<String>,
    /// Our marks, at the end of the description.
    #[serde(default, rename = "marks")]
    pub tags: Tags,
}

impl Pool {
    /// One of which nothing is said.
    #[must_use]
    pub fn named(name: &str, project: &str) -> Self {
        Self {
            name: name.to_owned(),
            project: project.to_owned(),
            display_name: None,
            description: None,
            disabled: false,
            deleted: false,
            tags: Tags::new(),
        }
    }

    /// The id of the pool that a member of a binding is in:
    /// `principalSet://iam.googleapis.com/projects/N/locations/global/workloadIdentityPools/POOL/…`.
    #[must_use]
    pub fn in_member(member: &str) -> Option<&str> {
        let sets = ["principalSet://", "principal://"];
        let rest = sets.iter().find_map(|set| member.strip_prefix(set))?;
        let (_, rest) = rest.split_once("/workloadIdentityPools/")?;
        rest.split('/').next()
    }

    /// 4 to 32 of `[a-z0-9-]`, and not beginning with `gcp-`
    /// (<https://cloud.google.com/iam/docs/reference/rest/v1/projects.locations.workloadIdentityPools/create>).
    ///
    /// # Errors
    /// The rule that `name` breaks.
    pub fn check_name(name: &str) -> Result<(), Fault> {
        let odd = |c: &char| !c.is_ascii_lowercase() && !c.is_ascii_digit() && *c != '-';
        if let Some(odd) = name.chars().find(odd) {
            return Err(fault(
                format!(
                    "ids of pools and providers consist of a-z, 0-9 and '-', and this has {odd:?}"
                ),
                format!(
                    "write for example {:?}",
                    name.to_lowercase().replace(['_', '.', ' '], "-")
                ),
            ));
        }
        if !(4..=32).contains(&name.len()) {
            return Err(fault(
                format!(
                    "ids of pools and providers have 4 to 32 characters, and this has {}",
                    name.len()
                ),
                "choose a longer or shorter one",
            ));
        }
        if name.starts_with("gcp-") {
            return Err(fault(
                "Google keeps ids that begin with \"gcp-\" to itself",
                "choose another one",
            ));
        }
        Ok(())
    }
}

impl Provider {
    /// One of which nothing but its issuer is said.
    #[must_use]
    pub fn named(pool: &str, id: &str, project: &str, issuer: &str) -> Self {
        Self {
            name: format!("{pool}/{id}"),
            project: project.to_owned(),
            display_name: None,
            description: None,
            disabled: false,
            deleted: false,
            issuer: issuer.to_owned(),
            audiences: BTreeSet::new(),
            attribute_mapping: BTreeMap::new(),
            attribute_condition: None,
            tags: Tags::new(),
        }
    }

    /// `projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/ID`: as tokens are asked
    /// for, and in the members of bindings.
    #[must_use]
    pub fn full_name(&self, number: &str) -> String {
        let (pool, id) = self.ids();
        format!("projects/{number}/locations/global/workloadIdentityPools/{pool}/providers/{id}")
    }

    /// The ids of its pool and of itself.
    #[must_use]
    pub fn ids(&self) -> (&str, &str) {
        self.name.split_once('/').unwrap_or((&self.name, ""))
    }
}

impl Kind for Pool {
    const KIND: &'static str = "workload_identity_pool";

    fn name(&self) -> &str {
        &self.name
    }

    /// Its full name has the project's number in it, which is not known before it is asked for.
    fn arn(&self, _scope: &Scope) -> Option<String> {
        None
    }

    fn needs(&self) -> Needs {
        Needs::default()
    }

    ownership::owned_by_tags!(Keys::Exact; display_name, description);
}

impl Kind for Provider {
    const KIND: &'static str = "workload_identity_provider";

    fn name(&self) -> &str {
        &self.name
    }

    fn arn(&self, _scope: &Scope) -> Option<String> {
        None
    }

    fn needs(&self) -> Needs {
        let pool = Address::new(Pool::KIND, self.ids().0);
        Needs {
            must: [pool.to_string()].into(),
            should: BTreeSet::new(),
        }
    }

    ownership::owned_by_tags!(Keys::Exact; display_name, description);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_checked() {
        for good in ["github", "github-actions-1"] {
            assert_eq!(Pool::check_name(good), Ok(()), "{good}");
        }
        for bad in ["abc", "GitHub", "gcp-pool", "a_bcd", &"a".repeat(33)] {
            assert!(Pool::check_name(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_member_tells_its_pool() {
        let head = "iam.googleapis.com/projects/1/locations/global/workloadIdentityPools";
        for (member, pool) in [
            (
                format!("principalSet://{head}/github/attribute.a/1"),
                Some("github"),
            ),
            (format!("principalSet://{head}/github/*"), Some("github")),
            (
                format!("principal://{head}/gitlab/subject/x"),
                Some("gitlab"),
            ),
            (
                "serviceAccount:a@b.iam.gserviceaccount.com".to_owned(),
                None,
            ),
        ] {
            assert_eq!(Pool::in_member(&member), pool, "{member}");
        }
    }

    #[test]
    fn a_provider_that_anybody_widened_is_a_difference() {
        let want = Provider {
            attribute_condition: Some("assertion.repository_id == '7'".into()),
            ..Provider::named("github", "actions", "acme-1", "https://token.example.com")
        };
        let wide = Provider {
            attribute_condition: None,
            ..want.clone()
        };
        assert_ne!(wide.limited_to(&want), want);
        let titled = Provider {
            display_name: Some("theirs".into()),
            ..want.clone()
        };
        assert_eq!(titled.limited_to(&want), want);
        assert_eq!(
            want.needs().must,
            ["workload_identity_pool.github".to_owned()].into()
        );
    }
}
