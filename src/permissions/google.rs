//! The permissions of Google Cloud that a command takes on a manifest's resources: what a custom role
//! has to have (<https://cloud.google.com/iam/docs/permissions-reference>).

use super::{Asked, Purpose};
use crate::resource::google::{Bindings, Holder, ServiceAccountKey};
use crate::resource::{Google, Place, Resource};
use std::collections::BTreeSet;

/// To read, to make, to change and to remove something of one kind.
struct Needs {
    observe: &'static [&'static str],
    create: &'static [&'static str],
    update: &'static [&'static str],
    delete: &'static [&'static str],
}

const BUCKET: Needs = Needs {
    // Names are everybody's: the list of the project tells whose it is.
    observe: &["storage.buckets.get", "storage.buckets.list"],
    create: &["storage.buckets.create"],
    update: &["storage.buckets.update"],
    // Whether it is empty is looked at before.
    delete: &["storage.buckets.delete", "storage.objects.list"],
};
const BUCKET_BINDINGS: Needs = Needs {
    observe: &["storage.buckets.getIamPolicy"],
    create: &["storage.buckets.setIamPolicy"],
    update: &["storage.buckets.setIamPolicy"],
    // They go with the bucket.
    delete: &[],
};
const ACCOUNT_BINDINGS: Needs = Needs {
    observe: &["iam.serviceAccounts.getIamPolicy"],
    create: &["iam.serviceAccounts.setIamPolicy"],
    update: &["iam.serviceAccounts.setIamPolicy"],
    // They go with the account.
    delete: &[],
};
const ROLE: Needs = Needs {
    observe: &["iam.roles.get"],
    // One that was deleted is had back, and then written.
    create: &["iam.roles.create"],
    update: &["iam.roles.undelete", "iam.roles.update"],
    delete: &["iam.roles.delete"],
};
const ACCOUNT: Needs = Needs {
    observe: &["iam.serviceAccounts.get"],
    create: &["iam.serviceAccounts.create"],
    update: &[
        "iam.serviceAccounts.disable",
        "iam.serviceAccounts.enable",
        "iam.serviceAccounts.update",
    ],
    // Whether somebody else has a key of it is looked at before.
    delete: &["iam.serviceAccountKeys.list", "iam.serviceAccounts.delete"],
};
/// What is known of a key stands in the description of its service account.
const KEY: Needs = Needs {
    observe: &["iam.serviceAccountKeys.list", "iam.serviceAccounts.get"],
    create: &[
        "iam.serviceAccountKeys.create",
        "iam.serviceAccountKeys.delete",
        "iam.serviceAccounts.update",
    ],
    update: &[
        "iam.serviceAccountKeys.create",
        "iam.serviceAccountKeys.delete",
        "iam.serviceAccountKeys.disable",
        "iam.serviceAccountKeys.enable",
        "iam.serviceAccounts.update",
    ],
    delete: &[
        "iam.serviceAccountKeys.delete",
        "iam.serviceAccounts.update",
    ],
};
/// To put another key in the place of one, beside what it takes to read it.
const ROTATE: &[&str] = &[
    "iam.serviceAccountKeys.create",
    "iam.serviceAccountKeys.delete",
    "iam.serviceAccountKeys.disable",
    "iam.serviceAccounts.update",
];
const POOL: Needs = Needs {
    observe: &["iam.workloadIdentityPools.get"],
    create: &["iam.workloadIdentityPools.create"],
    update: &[
        "iam.workloadIdentityPools.undelete",
        "iam.workloadIdentityPools.update",
    ],
    // Who vouches for its identities is looked at before.
    delete: &[
        "iam.workloadIdentityPoolProviders.list",
        "iam.workloadIdentityPools.delete",
    ],
};
const PROVIDER: Needs = Needs {
    observe: &["iam.workloadIdentityPoolProviders.get"],
    create: &["iam.workloadIdentityPoolProviders.create"],
    update: &[
        "iam.workloadIdentityPoolProviders.undelete",
        "iam.workloadIdentityPoolProviders.update",
    ],
    delete: &["iam.workloadIdentityPoolProviders.delete"],
};
/// To see which key a secret holds.
const SEE_SECRET: &[&str] = &["secretmanager.secrets.get", "secretmanager.versions.get"];
/// To hand a key over to a secret, beside what it takes to see it.
const SECRET: &[&str] = &[
    "secretmanager.secrets.create",
    "secretmanager.secrets.update",
    "secretmanager.versions.add",
];
/// To become a service account without its key: `verify` does without where that is not allowed.
const BECOME: &str = "iam.serviceAccounts.getAccessToken";
/// To read a key where it was handed over.
const READ_SECRET: &str = "secretmanager.versions.access";
/// To try access, and to take away what was written.
const TRIES: &[&str] = &[
    "storage.objects.create",
    "storage.objects.delete",
    "storage.objects.get",
    "storage.objects.list",
];

/// The permissions that `purposes` take on these resources.
#[must_use]
pub fn google<'a>(
    asked: impl IntoIterator<Item = Asked<'a>>,
    purposes: &BTreeSet<Purpose>,
) -> BTreeSet<&'static str> {
    let mut all = BTreeSet::new();
    for one in asked {
        let Resource::Google(google) = one.resource else {
            continue;
        };
        let needs = of(google);
        for purpose in purposes {
            let is_key = matches!(google, Google::ServiceAccountKey(_));
            if *purpose == Purpose::Rotate && (!is_key || one.absent) {
                continue;
            }
            all.extend(needs.observe);
            if in_secret(google) {
                all.extend(SEE_SECRET);
            }
            match purpose {
                Purpose::Plan | Purpose::Drift => {}
                Purpose::Rotate => {
                    all.extend(ROTATE);
                    if in_secret(google) {
                        all.extend(SECRET);
                    }
                }
                Purpose::Verify if one.absent => {}
                Purpose::Verify => match google {
                    Google::Bucket(_) => all.extend(TRIES),
                    Google::ServiceAccount(_) => _ = all.insert(BECOME),
                    google if in_secret(google) => _ = all.insert(READ_SECRET),
                    _ => {}
                },
                Purpose::Apply if !one.absent => {
                    all.extend(needs.create);
                    all.extend(needs.update);
                    if in_secret(google) {
                        all.extend(SECRET);
                    }
                }
                Purpose::Apply | Purpose::Destroy => {
                    all.extend(needs.delete);
                    if one.emptied && matches!(google, Google::Bucket(_)) {
                        all.insert("storage.objects.delete");
                    }
                }
            }
        }
    }
    all
}

fn of(google: &Google) -> &'static Needs {
    match google {
        Google::Bindings(bindings) => of_bindings(bindings),
        Google::Bucket(_) => &BUCKET,
        Google::Pool(_) => &POOL,
        Google::Provider(_) => &PROVIDER,
        Google::Role(_) => &ROLE,
        Google::ServiceAccount(_) => &ACCOUNT,
        Google::ServiceAccountKey(_) => &KEY,
    }
}

fn of_bindings(bindings: &Bindings) -> &'static Needs {
    match bindings.holder() {
        Some(Holder::ServiceAccount(_)) => &ACCOUNT_BINDINGS,
        _ => &BUCKET_BINDINGS,
    }
}

fn in_secret(google: &Google) -> bool {
    let Google::ServiceAccountKey(ServiceAccountKey {
        sink: Some(sink), ..
    }) = google
    else {
        return false;
    };
    matches!(sink.place, Place::GoogleSecretManager { .. })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::permissions::Method;
    use crate::resource::Sink;
    use crate::resource::google::{Bucket, ServiceAccount};

    fn needed(purpose: Purpose, absent: bool, emptied: bool) -> Vec<&'static str> {
        let bucket = Resource::Google(Google::Bucket(Bucket::named("b", "acme-1", "EU")));
        let asked = Asked {
            resource: &bucket,
            absent,
            emptied,
        };
        google([asked], &[purpose].into()).into_iter().collect()
    }

    #[test]
    fn every_permission_is_that_of_a_method_that_is_called() {
        let called = |permission: &str| {
            let methods = Method::ALL.iter();
            methods
                .into_iter()
                .any(|it| *it.permission() == *permission)
        };
        let all = [
            &BUCKET,
            &BUCKET_BINDINGS,
            &ACCOUNT_BINDINGS,
            &ROLE,
            &ACCOUNT,
            &KEY,
            &POOL,
            &PROVIDER,
        ];
        for needs in all {
            let each = [needs.observe, needs.create, needs.update, needs.delete];
            let odd = each.into_iter().flatten().find(|it| !called(it));
            assert_eq!(odd, None);
        }
        let more = SECRET.iter().chain(SEE_SECRET).chain(ROTATE).chain(TRIES);
        let more = more.chain([&BECOME, &READ_SECRET]);
        assert_eq!(more.into_iter().find(|it| !called(it)), None);
    }

    #[test]
    fn a_rotation_takes_what_is_about_keys_alone() {
        assert_eq!(needed(Purpose::Rotate, false, false), Vec::<&str>::new());
        let of = |sink: &str| {
            let key = ServiceAccountKey::wanted("events", "acme-1", sink.parse().unwrap());
            let key = Resource::Google(Google::ServiceAccountKey(key));
            let asked = Asked {
                resource: &key,
                absent: false,
                emptied: false,
            };
            google([asked], &[Purpose::Rotate].into())
        };
        let to_file = of("file key.json service_account");
        let expected = [
            "iam.serviceAccountKeys.create",
            "iam.serviceAccountKeys.delete",
            "iam.serviceAccountKeys.disable",
            "iam.serviceAccountKeys.list",
            "iam.serviceAccounts.get",
            "iam.serviceAccounts.update",
        ];
        assert_eq!(to_file, expected.into());
        let to_secret = of("google_secret_manager acme-1 events");
        let more: Vec<_> = to_secret.difference(&to_file).copied().collect();
        let expected = [
            "secretmanager.secrets.create",
            "secretmanager.secrets.get",
            "secretmanager.secrets.update",
            "secretmanager.versions.add",
            "secretmanager.versions.get",
        ];
        assert_eq!(more, expected);
    }

    #[test]
    fn a_command_takes_what_it_does_and_no_more() {
        assert_eq!(
            needed(Purpose::Plan, false, false),
            ["storage.buckets.get", "storage.buckets.list"]
        );
        assert_eq!(
            needed(Purpose::Apply, false, false),
            [
                "storage.buckets.create",
                "storage.buckets.get",
                "storage.buckets.list",
                "storage.buckets.update"
            ]
        );
        let removal = [
            "storage.buckets.delete",
            "storage.buckets.get",
            "storage.buckets.list",
            "storage.objects.list",
        ];
        assert_eq!(needed(Purpose::Apply, true, false), removal);
        assert_eq!(needed(Purpose::Destroy, false, false), removal);
        let emptied = needed(Purpose::Destroy, false, true);
        assert!(emptied.contains(&"storage.objects.delete"));
        assert!(!needed(Purpose::Verify, false, false).contains(&BECOME));
        let account = ServiceAccount::named("events", "acme-1");
        let account = Resource::Google(Google::ServiceAccount(account));
        let place = Place::GoogleSecretManager {
            project: "acme-1".into(),
            name: "key".into(),
        };
        let key = ServiceAccountKey {
            sink: Some(Sink {
                names: place.usual_names().0,
                place,
            }),
            ..ServiceAccountKey::none("events", "acme-1")
        };
        let key = Resource::Google(Google::ServiceAccountKey(key));
        let asked = |resource, absent| {
            let one = Asked {
                resource,
                absent,
                emptied: false,
            };
            google([one], &[Purpose::Verify].into())
        };
        assert!(asked(&account, false).contains(BECOME) && !asked(&account, true).contains(BECOME));
        assert!(asked(&key, false).contains(READ_SECRET));
    }
}
