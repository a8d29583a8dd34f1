//! What bindings and roles say of a try.

use super::world::{ACT_AS, Bound, Who, World};
use crate::policy::google::{Expression, LIST_PREFIX, RESOURCE_NAME, is_of_object};
use crate::probe::{Operation, Place, Probe};
use crate::resource::google::Bucket;
use crate::verify::expect::Expectation;
use std::collections::BTreeSet;

/// The permissions that a try takes, all of them
/// (<https://cloud.google.com/storage/docs/access-control/iam-json>).
pub(super) fn permissions(probe: &Probe) -> Vec<&'static str> {
    match probe.operation {
        Operation::List | Operation::Browse => vec!["storage.objects.list"],
        Operation::Get => vec!["storage.objects.get"],
        Operation::Put => vec!["storage.objects.create"],
        Operation::Overwrite => vec!["storage.objects.create", "storage.objects.delete"],
        Operation::Delete => vec!["storage.objects.delete"],
        Operation::StartUpload => {
            vec!["storage.multipartUploads.create", "storage.objects.create"]
        }
        Operation::AbortUpload => vec!["storage.multipartUploads.abort"],
        Operation::ListUploads => vec!["storage.multipartUploads.list"],
        Operation::ReadBucket => vec!["storage.buckets.get"],
        Operation::ReadPolicy => vec!["storage.buckets.getIamPolicy"],
        Operation::SetPolicy => vec!["storage.buckets.setIamPolicy"],
        Operation::ListBuckets => vec!["storage.buckets.list"],
        Operation::ActAs => vec![ACT_AS],
        _ => Vec::new(),
    }
}

impl World {
    /// Whether `who` may do it.
    pub(super) fn expect(&self, who: &Who, probe: &Probe) -> Expectation {
        let nothing = |why: &str| Expectation {
            allowed: Some(false),
            because: vec![why.to_owned()],
            ..Expectation::default()
        };
        // What another bucket or the project allows is no matter of this policy.
        if matches!(probe.place, Place::OtherBucket | Place::Account) {
            return Expectation {
                allowed: Some(false),
                ..Expectation::default()
            };
        }
        if !self.acts(who) {
            return nothing("the account is not there, or is disabled");
        }
        if probe.operation == Operation::ActAs {
            let email = probe.key.as_deref().unwrap_or_default();
            return match self.is_alive(email) {
                true => self.decided(self.giving_over(who, email), ACT_AS, &|_| None),
                false => nothing("the service account is not there, or is disabled"),
            };
        }
        if self.bucket.is_none() {
            return nothing("the bucket is not there");
        }
        let mut whole = Expectation {
            allowed: Some(true),
            ..Expectation::default()
        };
        for permission in permissions(probe) {
            let one = self.allows(who, permission, probe);
            whole.allowed = match (whole.allowed, one.allowed) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            };
            if one.allowed == Some(false) {
                // What refuses one of them refuses the whole.
                return Expectation {
                    allowed: Some(false),
                    ..Expectation::default()
                };
            }
            for why in one.because {
                if !whole.because.contains(&why) {
                    whole.because.push(why);
                }
            }
            whole.depends_on.extend(one.depends_on);
        }
        whole
    }

    /// One permission: one binding is enough.
    fn allows(&self, who: &Who, permission: &str, probe: &Probe) -> Expectation {
        let bucket = Bucket::full_name(&probe.bucket);
        let key = probe.key.as_deref().unwrap_or_default();
        let name = match is_of_object(permission) {
            true => format!("{bucket}/objects/{key}"),
            false => bucket,
        };
        let prefix = match permission == "storage.objects.list" {
            true => key,
            false => "",
        };
        let known = |of: &str| match of {
            RESOURCE_NAME => Some(name.as_str()),
            LIST_PREFIX => Some(prefix),
            "resource.service" => Some("storage.googleapis.com"),
            _ => None,
        };
        self.decided(self.giving(who), permission, &known)
    }

    /// What these bindings say of a permission, where something is known of what they ask.
    fn decided<'a, 'b>(
        &self,
        bindings: impl Iterator<Item = &'b Bound>,
        permission: &str,
        known: &dyn Fn(&str) -> Option<&'a str>,
    ) -> Expectation {
        let mut depends: BTreeSet<String> = BTreeSet::new();
        for bound in bindings {
            let has = self.permissions(&bound.role);
            let has = has.map(|all| all.contains(permission));
            match (has, bound.condition.settled(known)) {
                (Some(false), _) | (_, Expression::Known(false)) => {}
                (Some(true), Expression::Known(true)) => {
                    return Expectation {
                        allowed: Some(true),
                        because: vec![format!("the binding of {}", bound.name)],
                        depends_on: BTreeSet::new(),
                    };
                }
                (None, _) => _ = depends.insert(format!("what {} has", bound.role)),
                (_, left) => depends.extend(left.subjects()),
            }
        }
        Expectation {
            allowed: depends.is_empty().then_some(false),
            because: Vec::new(),
            depends_on: depends,
        }
    }
}
