//! A custom role of a project: a set of permissions.

use super::super::names::{Fault, fault};
use super::super::ownership::{self, Keys};
use super::super::{Kind, Needs, Scope, Tags};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A custom role. Permissions are exactly as written: one more is a difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// Its id: what comes after `projects/PROJECT/roles/`.
    pub name: String,
    /// The project that it is in.
    pub project: String,
    /// At most 100 bytes; `None` is not managed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Without our mark, which follows it at Google; `None` is not managed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// How far it is; a disabled one grants nothing.
    #[serde(default)]
    pub stage: Stage,
    /// `storage.objects.create`, …
    #[serde(default)]
    pub permissions: BTreeSet<String>,
    /// It was deleted, can be had back for some days, and grants nothing: nobody else can have its id.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deleted: bool,
    /// Our marks: Google has no labels on roles, so they stand at the end of the description.
    #[serde(default, rename = "marks")]
    pub tags: Tags,
}

/// The launch stage of a role (<https://cloud.google.com/iam/docs/reference/rest/v1/projects.roles>).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Stage {
    /// For trying it out.
    Alpha,
    /// Nearly done.
    Beta,
    /// Done.
    #[default]
    Ga,
    /// To be replaced.
    Deprecated,
    /// It grants nothing.
    Disabled,
    /// End of access.
    Eap,
}

impl Role {
    /// A role without permissions.
    #[must_use]
    pub fn named(name: &str, project: &str) -> Self {
        Self {
            name: name.to_owned(),
            project: project.to_owned(),
            title: None,
            description: None,
            stage: Stage::default(),
            permissions: BTreeSet::new(),
            deleted: false,
            tags: Tags::new(),
        }
    }

    /// As bindings name it.
    #[must_use]
    pub fn full_name(project: &str, name: &str) -> String {
        format!("projects/{project}/roles/{name}")
    }

    /// `[a-zA-Z0-9_.]{3,64}`: no hyphens
    /// (<https://cloud.google.com/iam/docs/reference/rest/v1/projects.roles/create>).
    ///
    /// # Errors
    /// The rule that `name` breaks.
    pub fn check_name(name: &str) -> Result<(), Fault> {
        let odd = |c: &char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '.');
        if let Some(odd) = name.chars().find(odd) {
            let fixed: String = name
                .chars()
                .map(|c| if self::odd(c) { '_' } else { c })
                .collect();
            return Err(fault(
                format!(
                    "ids of roles consist of letters, digits, '_' and '.', and this has {odd:?}"
                ),
                format!("write {fixed:?}"),
            ));
        }
        if !(3..=64).contains(&name.len()) {
            return Err(fault(
                format!(
                    "ids of roles have 3 to 64 characters, and this has {}",
                    name.len()
                ),
                "choose a longer or shorter id",
            ));
        }
        Ok(())
    }
}

fn odd(c: char) -> bool {
    !c.is_ascii_alphanumeric() && !matches!(c, '_' | '.')
}

impl Kind for Role {
    const KIND: &'static str = "google_role";

    fn name(&self) -> &str {
        &self.name
    }

    fn arn(&self, _scope: &Scope) -> Option<String> {
        Some(Self::full_name(&self.project, &self.name))
    }

    fn needs(&self) -> Needs {
        Needs::default()
    }

    ownership::owned_by_tags!(Keys::Exact; title, description);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_no_hyphens() {
        for good in ["rudderstackEvents", "a.b_c", "abc"] {
            assert_eq!(Role::check_name(good), Ok(()), "{good}");
        }
        for bad in ["", "ab", "a-b-c", "ab c", &"a".repeat(65)] {
            assert!(Role::check_name(bad).is_err(), "{bad}");
        }
        let fix = Role::check_name("rudder-events").unwrap_err().fix;
        assert_eq!(fix, "write \"rudder_events\"");
    }

    #[test]
    fn a_deleted_one_and_one_more_permission_are_differences() {
        let want = Role {
            permissions: ["storage.objects.create".to_owned()].into(),
            ..Role::named("abc", "p")
        };
        let titled = Role {
            title: Some("theirs".into()),
            ..want.clone()
        };
        assert_eq!(titled.clone().limited_to(&want), want);
        assert_eq!(want.clone().with_foreign(&titled), titled);
        let deleted = Role {
            deleted: true,
            ..want.clone()
        };
        assert_ne!(deleted.limited_to(&want), want);
        let mut more = want.clone();
        more.permissions.insert("storage.objects.delete".into());
        assert_ne!(more.limited_to(&want), want);
    }
}
