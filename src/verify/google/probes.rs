//! What is tried: in each folder that a condition names, elsewhere in the bucket, in another bucket,
//! and on the bucket itself; and whether one may act as the manifest's service accounts.

use super::world::{Who, World};
use crate::policy::google::{By, RESOURCE_NAME};
use crate::probe::{Operation, PREFIX, Place, Probe};
use crate::resource::google::Bucket;
use std::collections::BTreeSet;

/// What the probes of one run have in common.
#[derive(Clone, Debug)]
pub(super) struct Ground {
    pub(super) bucket: String,
    /// Another bucket of the project, where one is to be seen.
    pub(super) other: Option<(String, String)>,
    folders: BTreeSet<String>,
    /// Service accounts of which the manifest says who may act as them: ids and addresses.
    accounts: Vec<(String, String)>,
    run: String,
}

impl Ground {
    /// Of a manifest's bindings; `None` if it has no bucket.
    pub(super) fn of(wanted: &World, live: &World, run: String) -> Option<Self> {
        let bucket = wanted.bucket.clone()?;
        let mut folders = folders(wanted, &bucket);
        if folders.is_empty() {
            folders.insert(String::new());
        }
        folders.extend(self::folders(live, &bucket));
        let accounts = wanted.users.keys().filter_map(|email| {
            let name = wanted.id_of(email)?;
            Some((name.to_owned(), email.clone()))
        });
        Some(Self {
            bucket,
            other: None,
            folders,
            accounts: accounts.collect(),
            run,
        })
    }

    pub(super) fn probes(&self, who: &Who) -> Vec<Probe> {
        let anyone = *who == Who::Anyone;
        let mut probes = vec![self.probe(Operation::List, Place::Bucket, None)];
        for operation in [
            Operation::ReadBucket,
            Operation::ReadPolicy,
            Operation::SetPolicy,
            Operation::ListUploads,
        ] {
            probes.push(self.probe(operation, Place::Bucket, None));
        }
        for (name, email) in &self.accounts {
            let is_itself = matches!(who, Who::Account { email: own, .. } if own == email);
            if !is_itself {
                let place = Place::ServiceAccount(name.clone());
                probes.push(self.probe(Operation::ActAs, place, Some(email)));
            }
        }
        for folder in &self.folders {
            probes.extend(self.in_folder(folder, Place::Folder(folder.clone())));
        }
        if anyone {
            return probes;
        }
        if !self.folders.contains("") {
            for near in self.elsewhere() {
                probes.extend(self.in_folder(&near, Place::Elsewhere));
            }
        }
        probes.push(self.probe(Operation::ListBuckets, Place::Account, None));
        let nowhere = || (format!("{PREFIX}{}", self.run), String::new());
        let (bucket, region) = self.other.clone().unwrap_or_else(nowhere);
        let key = self.key("", "read");
        for operation in [
            Operation::List,
            Operation::Get,
            Operation::Put,
            Operation::Delete,
        ] {
            let key = (operation != Operation::List).then_some(key.as_str());
            probes.push(Probe {
                bucket: bucket.clone(),
                region: region.clone(),
                ..self.probe(operation, Place::OtherBucket, key)
            });
        }
        probes
    }

    fn in_folder(&self, folder: &str, place: Place) -> Vec<Probe> {
        let at = |operation, key: &str| self.probe(operation, place.clone(), Some(key));
        let write = self.key(folder, "write");
        let mut probes = vec![
            at(Operation::Put, &write),
            at(Operation::Get, &self.key(folder, "read")),
            at(Operation::Overwrite, &self.key(folder, "over")),
            at(Operation::Delete, &write),
        ];
        if place != Place::Elsewhere {
            let upload = self.key(folder, "parts");
            probes.push(at(Operation::StartUpload, &upload));
            probes.push(at(Operation::AbortUpload, &upload));
        }
        if !folder.is_empty() {
            probes.push(at(Operation::List, folder));
        }
        probes
    }

    fn probe(&self, operation: Operation, place: Place, key: Option<&str>) -> Probe {
        Probe {
            operation,
            place,
            bucket: self.bucket.clone(),
            region: String::new(),
            key: key.map(str::to_owned),
            upload: None,
        }
    }

    fn key(&self, folder: &str, end: &str) -> String {
        format!("{folder}{PREFIX}{}-{end}", self.run)
    }

    /// At the root, and beside each folder that is named.
    fn elsewhere(&self) -> Vec<String> {
        let own = format!("{PREFIX}{}/", self.run);
        let mut all = BTreeSet::from([own.clone()]);
        for folder in &self.folders {
            let folder = folder.trim_end_matches('/');
            all.insert(format!("{folder}-{own}"));
        }
        all.into_iter().collect()
    }
}

/// The folders of the bucket that conditions keep to.
fn folders(world: &World, bucket: &str) -> BTreeSet<String> {
    let objects = format!("{}/objects/", Bucket::full_name(bucket));
    let mut all = BTreeSet::new();
    for bound in &world.bound {
        for test in bound.condition.tests() {
            if test.of == RESOURCE_NAME && test.by == By::StartsWith {
                let folders = test.values.iter();
                all.extend(
                    folders.filter_map(|value| Some(value.strip_prefix(&objects)?.to_owned())),
                );
            }
        }
    }
    all.remove("");
    all
}
