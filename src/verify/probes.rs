//! What is tried of a principal: in each folder that a policy of the manifest names, elsewhere in
//! the bucket, in another bucket, and on the bucket itself.

use super::places::{place, resources, statements};
use super::principal::Principal;
use crate::probe::{Operation, PREFIX, Place, Probe};
use crate::resource::Resource;
use std::collections::BTreeSet;

/// What the probes of one run have in common.
#[derive(Clone, Debug)]
pub(super) struct Ground {
    /// The bucket.
    pub(super) bucket: String,
    /// The bucket's region.
    pub(super) region: String,
    /// Another bucket and its region.
    pub(super) other: Option<(String, String)>,
    /// What policies of the manifest allow something on.
    resources: BTreeSet<String>,
    /// What the policies that there are allow something on.
    live: BTreeSet<String>,
    /// Whether a policy speaks of the encryption that an upload asks for.
    encryption: bool,
    /// Whether plain HTTP is tried: the bucket's policy speaks of it, or all else goes by TLS.
    pub(super) plain_http: bool,
    /// What tells the objects of this run from all others.
    pub(super) run: String,
}

impl Ground {
    /// The ground of a manifest's resources, as they are wanted and as they are; `None` if it has
    /// no bucket.
    pub(super) fn of(wanted: &[Resource], live: &[Resource], run: String) -> Option<Self> {
        let bucket = wanted.iter().find_map(|resource| match resource {
            Resource::Bucket(bucket) => Some(bucket),
            _ => None,
        })?;
        let speaks_of = |word: &str| {
            let statements = wanted.iter().flat_map(statements);
            let conditions = statements.flat_map(|statement| statement.condition.values());
            let mut keys = conditions.flat_map(|keys| keys.keys());
            keys.any(|key| key.eq_ignore_ascii_case(word))
        };
        Some(Self {
            bucket: bucket.name.clone(),
            region: bucket.region.clone(),
            other: None,
            resources: resources(wanted),
            live: resources(live),
            plain_http: speaks_of("aws:SecureTransport"),
            encryption: speaks_of("s3:x-amz-server-side-encryption"),
            run,
        })
    }

    /// All that is tried of `principal`.
    pub(super) fn probes(&self, principal: &Principal) -> Vec<Probe> {
        let places = self.places(principal);
        let everywhere = places.contains(&Place::Folder(String::new()));
        let mut probes = self.on_the_bucket();
        // Of those without credentials only this bucket is a question.
        let anyone = *principal == Principal::Anyone;
        if !anyone {
            probes.push(self.probe(Operation::ListBuckets, Place::Account, None));
        }
        for place in &places {
            probes.extend(match place {
                Place::Folder(folder) => self.in_folder(folder),
                Place::Key(key) => self.on_key(key),
                _ => Vec::new(),
            });
        }
        if !everywhere && !anyone {
            for near in self.elsewhere(&places) {
                probes.push(self.probe(Operation::List, Place::Elsewhere, Some(&near)));
                let object = format!("{near}read");
                probes.push(self.probe(Operation::Get, Place::Elsewhere, Some(&object)));
                let object = format!("{near}write");
                for operation in [Operation::Put, Operation::Delete] {
                    probes.push(self.probe(operation, Place::Elsewhere, Some(&object)));
                }
            }
        }
        if !anyone {
            // Without another bucket to ask for, the policies are asked about one.
            let nowhere = || (format!("{}{}", PREFIX, self.run), self.region.clone());
            let (bucket, region) = self.other.clone().unwrap_or_else(nowhere);
            let key = self.read_key("");
            for (operation, key) in [
                (Operation::List, None),
                (Operation::Get, Some(key.as_str())),
                (Operation::Put, Some(&key)),
                (Operation::Delete, Some(&key)),
            ] {
                probes.push(Probe {
                    bucket: bucket.clone(),
                    region: region.clone(),
                    ..self.probe(operation, Place::OtherBucket, key)
                });
            }
        }
        if self.plain_http && !anyone {
            let folder = places.iter().find_map(|place| match place {
                Place::Folder(folder) => Some(folder.as_str()),
                _ => None,
            });
            let (read, write) = (
                self.read_key(folder.unwrap_or_default()),
                self.write_key(folder.unwrap_or_default()),
            );
            probes.push(self.probe(Operation::Get, Place::PlainHttp, Some(&read)));
            probes.push(self.probe(Operation::Put, Place::PlainHttp, Some(&write)));
        }
        probes
    }

    /// Where something is granted, as `principal` meets it; else anywhere.
    fn places(&self, principal: &Principal) -> BTreeSet<Place> {
        let anywhere = || BTreeSet::from([Place::Folder(String::new())]);
        let user = match principal {
            Principal::Anyone => return anywhere(),
            Principal::User(name) => Some(name.as_str()),
            Principal::Role(_) | Principal::Outside(_) => None,
        };
        let named = |resources: &BTreeSet<String>| -> BTreeSet<Place> {
            let places = resources.iter();
            places
                .filter_map(|arn| place(arn, &self.bucket, user))
                .collect()
        };
        let mut places = named(&self.resources);
        if places.is_empty() {
            places = anywhere();
        }
        // Where only the live policies name the whole bucket, "elsewhere in it" stands for it.
        let mut live = named(&self.live);
        live.remove(&Place::Folder(String::new()));
        places.extend(live);
        places
    }

    fn on_the_bucket(&self) -> Vec<Probe> {
        let mut probes = vec![
            self.probe(Operation::List, Place::Bucket, None),
            self.probe(Operation::Browse, Place::Bucket, Some("")),
        ];
        for operation in [
            Operation::ListUploads,
            Operation::ListVersions,
            Operation::Location,
            Operation::ReadPolicy,
            Operation::CreateBucket,
        ] {
            probes.push(self.probe(operation, Place::Bucket, None));
        }
        probes
    }

    fn in_folder(&self, folder: &str) -> Vec<Probe> {
        let place = || Place::Folder(folder.to_owned());
        let (read, write) = (self.read_key(folder), self.write_key(folder));
        let mut probes = Vec::new();
        if !folder.is_empty() {
            for operation in [Operation::List, Operation::Browse] {
                probes.push(self.probe(operation, place(), Some(folder)));
            }
        }
        for operation in [
            Operation::Get,
            Operation::GetTags,
            Operation::PutTags,
            Operation::PutAcl,
            Operation::GetVersion,
        ] {
            probes.push(self.probe(operation, place(), Some(&read)));
        }
        for operation in [
            Operation::Put,
            Operation::PutEncrypted,
            Operation::StartUpload,
            Operation::ListParts,
            Operation::AbortUpload,
            Operation::DeleteVersion,
            Operation::Delete,
        ] {
            probes.push(self.probe(operation, place(), Some(&write)));
        }
        if self.encryption {
            probes.push(self.probe(Operation::PutWithKms, place(), Some(&write)));
        }
        probes
    }

    /// One key of somebody's own is never written to, read or deleted to try it.
    fn on_key(&self, key: &str) -> Vec<Probe> {
        [Operation::Get, Operation::Put, Operation::Delete]
            .map(|operation| self.probe(operation, Place::Key(key.to_owned()), Some(key)))
            .into()
    }

    fn probe(&self, operation: Operation, place: Place, key: Option<&str>) -> Probe {
        Probe {
            operation,
            place,
            bucket: self.bucket.clone(),
            region: self.region.clone(),
            key: key.map(str::to_owned),
            upload: None,
        }
    }

    /// The object that is there to be read.
    pub(super) fn read_key(&self, folder: &str) -> String {
        format!("{folder}{}{}-read", PREFIX, self.run)
    }

    /// The object that is written and deleted.
    fn write_key(&self, folder: &str) -> String {
        format!("{folder}{}{}-write", PREFIX, self.run)
    }

    /// Folders that no policy of the manifest names: at the root, beside each folder that is named,
    /// and where it would begin without its slash.
    fn elsewhere(&self, places: &BTreeSet<Place>) -> Vec<String> {
        let own = format!("{PREFIX}{}/", self.run);
        let mut all = BTreeSet::from([own.clone()]);
        let named = places.iter().filter_map(|place| match place {
            Place::Folder(folder) => Some(folder.trim_end_matches('/')),
            _ => None,
        });
        for folder in named {
            let above = folder.rfind('/').map_or("", |at| &folder[..=at]);
            all.insert(format!("{above}{own}"));
            all.insert(format!("{folder}-{own}"));
        }
        all.into_iter().collect()
    }
}
