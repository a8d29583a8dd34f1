//! A service account: an identity of a project.

use super::super::names::{Fault, fault};
use super::super::ownership::{self, Keys};
use super::super::{Kind, Needs, Scope, Tags};
use serde::{Deserialize, Serialize};

/// A service account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceAccount {
    /// Its id: what comes before the `@` of its address.
    pub name: String,
    /// The project that it is in.
    pub project: String,
    /// At most 100 bytes; `None` is not managed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Without our marks, which follow it at Google; `None` is not managed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// It can do nothing until it is enabled again.
    #[serde(default)]
    pub disabled: bool,
    /// Our marks: Google has no labels on service accounts, so they stand at the end of the
    /// description.
    #[serde(default, rename = "marks")]
    pub tags: Tags,
}

impl ServiceAccount {
    /// One of which nothing is said.
    #[must_use]
    pub fn named(name: &str, project: &str) -> Self {
        Self {
            name: name.to_owned(),
            project: project.to_owned(),
            display_name: None,
            description: None,
            disabled: false,
            tags: Tags::new(),
        }
    }

    /// Its address. The name of a project of an organisation of old has its domain before it
    /// (`example.com:p`), which comes last here.
    #[must_use]
    pub fn email(name: &str, project: &str) -> String {
        match project.split_once(':') {
            Some((domain, project)) => {
                format!("{name}@{project}.{domain}.iam.gserviceaccount.com")
            }
            None => format!("{name}@{project}.iam.gserviceaccount.com"),
        }
    }

    /// As bindings name it.
    #[must_use]
    pub fn member(name: &str, project: &str) -> String {
        format!("serviceAccount:{}", Self::email(name, project))
    }

    /// `[a-z]([-a-z0-9]*[a-z0-9])`, 6 to 30 characters
    /// (<https://cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts/create>).
    ///
    /// # Errors
    /// The rule that `name` breaks.
    pub fn check_name(name: &str) -> Result<(), Fault> {
        check("ids of service accounts", name, 6, 30)
    }
}

/// The ids of projects follow the rules of service accounts'; one of old has a domain before it.
///
/// # Errors
/// The rule that `project` breaks.
pub fn check_project(project: &str) -> Result<(), Fault> {
    if !project.is_empty() && project.bytes().all(|b| b.is_ascii_digit()) {
        return Err(fault(
            format!("{project} is a project's number, and its id is asked for"),
            "gcloud projects describe NUMBER --format='value(projectId)' tells it",
        ));
    }
    let id = project.rsplit(':').next().unwrap_or(project);
    check("ids of projects", id, 6, 30)
}

fn check(what: &str, name: &str, least: usize, most: usize) -> Result<(), Fault> {
    let odd = |c: &char| !c.is_ascii_lowercase() && !c.is_ascii_digit() && *c != '-';
    if let Some(odd) = name.chars().find(odd) {
        let fixed: String = name.to_lowercase().replace(['_', '.', ' '], "-");
        return Err(fault(
            format!("{what} consist of a-z, 0-9 and '-', and this has {odd:?}"),
            format!("write for example {fixed:?}"),
        ));
    }
    if !(least..=most).contains(&name.len()) {
        return Err(fault(
            format!(
                "{what} have {least} to {most} characters, and this has {}",
                name.len()
            ),
            "choose a longer or shorter one",
        ));
    }
    if !name.starts_with(|c: char| c.is_ascii_lowercase()) || name.ends_with('-') {
        return Err(fault(
            format!("{what} begin with a letter, and do not end with a hyphen"),
            "choose another one",
        ));
    }
    Ok(())
}

impl Kind for ServiceAccount {
    const KIND: &'static str = "service_account";

    fn name(&self) -> &str {
        &self.name
    }

    /// As bindings name it, for that is how others refer to it.
    fn arn(&self, _scope: &Scope) -> Option<String> {
        Some(Self::member(&self.name, &self.project))
    }

    fn needs(&self) -> Needs {
        Needs::default()
    }

    ownership::owned_by_tags!(Keys::Exact; display_name, description);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_checked() {
        for good in ["rudderstack-events", "abcdef", "a12345"] {
            assert_eq!(ServiceAccount::check_name(good), Ok(()), "{good}");
        }
        for bad in [
            "abc",
            "Abcdef",
            "1abcdef",
            "abcdef-",
            "abc_def",
            "",
            &"a".repeat(31),
        ] {
            assert!(ServiceAccount::check_name(bad).is_err(), "{bad}");
        }
        assert_eq!(check_project("acme-backups"), Ok(()));
        assert_eq!(check_project("example.com:acme-backups"), Ok(()));
        let fault = check_project("123456789012").unwrap_err();
        assert!(fault.message.contains("number"), "{fault}");
    }

    #[test]
    fn an_address_of_an_organisation_of_old_ends_with_its_domain() {
        assert_eq!(
            ServiceAccount::member("events", "acme"),
            "serviceAccount:events@acme.iam.gserviceaccount.com"
        );
        assert_eq!(
            ServiceAccount::email("events", "example.com:acme"),
            "events@acme.example.com.iam.gserviceaccount.com"
        );
    }
}
