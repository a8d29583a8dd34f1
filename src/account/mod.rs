//! The door for an account in a file: imagined, or recorded from a provider. It serves to try the
//! tool without credentials, to plan in a fork's pull request, and to reproduce a bug.

use crate::cloud::{Calls, Cloud, Failure, Mark, Marked, Observation, Tie, Unwanted};
use crate::files;
use crate::resource::{Address, Resource, Scope};
use anyhow::{Context, Result};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Larger files are refused: 1,000 resources take about 1 MB.
const MAX_BYTES: u64 = 32 << 20;

/// The file's form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// 12 digits.
    account: String,
    #[serde(default = "aws")]
    partition: String,
    #[serde(default = "us_east_1")]
    region: String,
    /// Names of buckets that other accounts have.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    taken_buckets: BTreeSet<String>,
    #[serde(default)]
    resources: Vec<Resource>,
    /// The unique ids of roles and users, by address. Documents may name them in the place of ARNs.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    ids: BTreeMap<Address, String>,
}

fn aws() -> String {
    "aws".to_owned()
}

fn us_east_1() -> String {
    "us-east-1".to_owned()
}

/// One resource, and its unique id if the file tells it.
#[derive(Clone)]
struct Held {
    resource: Resource,
    id: Option<String>,
}

/// An account in a file. Writes are kept in memory until [`Account::save`].
pub struct Account {
    path: PathBuf,
    scope: Scope,
    taken_buckets: BTreeSet<String>,
    held: Mutex<BTreeMap<Address, Held>>,
    calls: Mutex<Calls>,
}

impl Account {
    /// Reads the account at `path`; `region` overrides the file's.
    ///
    /// # Errors
    /// There is no such file, or it is no account; with the line.
    pub fn open(path: &Path, region: Option<&str>) -> Result<Self> {
        files::read_text(path, MAX_BYTES)
            .map_err(anyhow::Error::from)
            .and_then(|text| Self::parse(&text, path, region))
            .map_err(|error| {
                let what = format!("{} is no account file: {error}", path.display());
                let failure = Failure::new(what).with_hint(
                    "the smallest one is {\"account\": \"123456789012\", \"resources\": []}; \
                     `s3setup record` makes one from AWS",
                );
                anyhow::Error::new(failure)
            })
    }

    /// The account in the text of the file at `path`.
    ///
    /// # Errors
    /// It is none; with the line.
    pub fn parse(text: &str, path: &Path, region: Option<&str>) -> Result<Self> {
        let file: File = serde_json::from_str(text)?;
        anyhow::ensure!(
            file.account.len() == 12 && file.account.bytes().all(|b| b.is_ascii_digit()),
            "\"account\" is 12 digits, and this is {:?}",
            file.account
        );
        let mut ids = file.ids;
        let held = file
            .resources
            .into_iter()
            .map(|resource| {
                let id = ids.remove(&resource.address());
                (resource.address(), Held { resource, id })
            })
            .collect();
        Ok(Self {
            path: path.to_owned(),
            scope: Scope {
                account: file.account,
                partition: file.partition,
                region: region.map_or(file.region, str::to_owned),
                project: None,
            },
            taken_buckets: file.taken_buckets,
            held: Mutex::new(held),
            calls: Mutex::default(),
        })
    }

    /// Resources of Google whose manifest names no project are in this one.
    pub fn ask_in(&mut self, project: Option<String>) {
        self.scope.project = project;
    }

    /// Writes the account to its file, at once or not at all.
    ///
    /// # Errors
    /// The folder cannot be written to.
    pub fn save(&self) -> Result<()> {
        let held = self.lock().values().cloned().collect();
        write(&self.path, &self.scope, &self.taken_buckets, held)
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Address, Held>> {
        // A panic of another step leaves the map whole: each change of it is one insert or remove.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who in the file needs `have`.
    fn held(&self, have: &Resource) -> Vec<Tie> {
        let Some(arn) = have.arn(&self.scope) else {
            return Vec::new();
        };
        let resources = self.lock();
        let needing = resources
            .iter()
            .filter(|(_, other)| other.resource.needs().must.contains(&arn));
        needing
            .map(|(by, _)| Tie::Held {
                by: by.clone(),
                how: format!("{by} needs it"),
            })
            .collect()
    }

    fn count(&self, verb: &str) {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        calls.total += 1;
        *calls
            .by_operation
            .entry(format!("account:{verb}"))
            .or_default() += 1;
    }
}

/// Writes an account file that holds what was observed.
///
/// # Errors
/// The folder cannot be written to.
pub fn record(path: &Path, scope: &Scope, observed: Vec<Observation>) -> Result<()> {
    let held = observed.into_iter().filter_map(|found| {
        let id = found.id;
        found.resource.map(|resource| Held { resource, id })
    });
    write(path, scope, &BTreeSet::new(), held.collect())
}

fn write(
    path: &Path,
    scope: &Scope,
    taken_buckets: &BTreeSet<String>,
    held: Vec<Held>,
) -> Result<()> {
    let ids = held
        .iter()
        .filter_map(|held| Some((held.resource.address(), held.id.clone()?)))
        .collect();
    let resources = held.into_iter().map(|held| held.resource).collect();
    let file = File {
        account: scope.account.clone(),
        partition: scope.partition.clone(),
        region: scope.region.clone(),
        taken_buckets: taken_buckets.clone(),
        resources,
        ids,
    };
    files::replace_json(path, &file, "\"account\"")
        .with_context(|| format!("cannot write the account to {}", path.display()))
}

#[async_trait]
impl Cloud for Account {
    fn scope(&self) -> &Scope {
        &self.scope
    }

    async fn observe(&self, want: &Resource) -> Result<Observation> {
        self.count("observe");
        if let Resource::Bucket(bucket) = want
            && self.taken_buckets.contains(&bucket.name)
        {
            return Err(anyhow::Error::new(
                Failure::new(format!(
                    "the bucket {} belongs to another account",
                    bucket.name
                ))
                .with_hint("choose another name: bucket names are shared by all of AWS"),
            ));
        }
        let held = self.lock().get(&want.address()).cloned();
        Ok(held.map_or_else(Observation::default, |held| Observation {
            resource: Some(held.resource),
            unreadable: Vec::new(),
            id: held.id,
        }))
    }

    async fn observe_unwanted(&self, want: &Resource) -> Result<Unwanted> {
        let found = self.observe(want).await?;
        let ties = match &found.resource {
            Some(have @ (Resource::Policy(_) | Resource::OidcProvider(_))) => self.held(have),
            _ => Vec::new(),
        };
        Ok(Unwanted { found, ties })
    }

    async fn create(&self, want: &Resource) -> Result<()> {
        self.count("create");
        let resource = want.clone();
        let held = Held { resource, id: None };
        self.lock().insert(want.address(), held);
        Ok(())
    }

    async fn update(&self, _have: &Resource, want: &Resource) -> Result<()> {
        self.count("update");
        let resource = want.clone();
        let mut all = self.lock();
        let id = all.remove(&want.address()).and_then(|held| held.id);
        all.insert(want.address(), Held { resource, id });
        Ok(())
    }

    async fn delete(&self, have: &Resource) -> Result<()> {
        self.count("delete");
        self.lock().remove(&have.address());
        Ok(())
    }

    async fn marked(&self) -> Result<Marked> {
        self.count("list");
        let resources = self.lock();
        let marks = resources.values().filter_map(|held| {
            let resource = &held.resource;
            Some(Mark {
                address: resource.reference(),
                manifest: resource.marked_for()?.to_owned(),
                protected: resource.is_protected(),
            })
        });
        Ok(Marked {
            marks: marks.collect(),
            unreadable: Vec::new(),
        })
    }

    fn calls(&self) -> Calls {
        self.calls
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::Role;

    fn at(folder: &tempfile::TempDir, text: &str) -> PathBuf {
        let path = folder.path().join("account.json");
        std::fs::write(&path, text).unwrap();
        path
    }

    #[tokio::test]
    async fn what_is_created_is_there_after_saving() {
        let folder = tempfile::tempdir().unwrap();
        let path = at(&folder, r#"{"account": "012345678901"}"#);
        let account = Account::open(&path, None).unwrap();
        let role = Resource::Role(Role::named("deploy"));
        assert_eq!(
            account.observe(&role).await.unwrap(),
            Observation::default()
        );
        account.create(&role).await.unwrap();
        account.save().unwrap();
        let again = Account::open(&path, None).unwrap();
        assert_eq!(again.scope().account, "012345678901");
        assert_eq!(again.observe(&role).await.unwrap().resource, Some(role));
    }

    #[tokio::test]
    async fn an_update_leaves_what_is_wanted_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let account = Account::open(&at(&folder, r#"{"account": "012345678901"}"#), None).unwrap();
        let with = |key: &str| {
            Resource::Role(Role {
                tags: [(key.to_owned(), "1".to_owned())].into(),
                ..Role::named("r")
            })
        };
        account.create(&with("old")).await.unwrap();
        account.update(&with("old"), &with("new")).await.unwrap();
        let now = account.observe(&with("new")).await.unwrap().resource;
        assert_eq!(now, Some(with("new")));
    }

    #[tokio::test]
    async fn an_id_stays_with_its_resource_and_goes_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let text = r#"{"account": "012345678901", "resources": [{"role": {"name": "r",
            "trust_policy": {"Version": "2012-10-17", "Statement": []}}}],
            "ids": {"role.r": "AROAEXAMPLE"}}"#;
        let path = at(&folder, text);
        let role = Resource::Role(Role::named("r"));
        let id = async || {
            let account = Account::open(&path, None).unwrap();
            account.observe(&role).await.unwrap().id
        };
        let account = Account::open(&path, None).unwrap();
        account.update(&role, &role).await.unwrap();
        account.save().unwrap();
        assert_eq!(id().await.as_deref(), Some("AROAEXAMPLE"));
        account.delete(&role).await.unwrap();
        account.create(&role).await.unwrap();
        account.save().unwrap();
        assert_eq!(id().await, None, "another one, whose id nobody told");
    }

    #[test]
    fn what_is_no_account_is_refused_with_the_reason() {
        let folder = tempfile::tempdir().unwrap();
        for (text, reason) in [
            ("", "EOF"),
            ("{}", "account"),
            (r#"{"account": "12"}"#, "12 digits"),
            (r#"{"account": "012345678901", "resourcs": []}"#, "resourcs"),
        ] {
            let error = Account::open(&at(&folder, text), None)
                .err()
                .unwrap()
                .to_string();
            assert!(error.contains(reason), "{text}: {error}");
        }
    }
}
