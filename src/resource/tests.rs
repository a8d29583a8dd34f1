//! What holds for every kind.

use super::*;
use std::collections::BTreeSet;

#[test]
fn a_resource_survives_being_saved() {
    let role = Resource::Role(Role {
        description: Some("d".into()),
        ..Role::named("deploy")
    });
    let text = serde_json::to_string(&role).unwrap();
    assert!(text.starts_with(r#"{"role":{"name":"deploy""#), "{text}");
    assert_eq!(serde_json::from_str::<Resource>(&text).unwrap(), role);
}

#[test]
fn what_is_not_managed_survives_and_is_no_difference() {
    let tag = |key: &str| Tags::from([(key.to_owned(), "1".to_owned())]);
    let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let pairs = [
        (
            Resource::Bucket(Bucket {
                versioning: Some(true),
                tags: tag("a"),
                ..Bucket::named("b", "r")
            }),
            Resource::Bucket(Bucket {
                tags: tag("b"),
                ..Bucket::named("b", "r")
            }),
        ),
        (
            Resource::Role(Role {
                description: Some("d".into()),
                tags: tag("a"),
                ..Role::named("x")
            }),
            Resource::Role(Role {
                attached_policies: set(&["p"]),
                tags: tag("b"),
                ..Role::named("x")
            }),
        ),
        (
            Resource::User(User {
                groups: set(&["g", "h"]),
                ..User::named("x")
            }),
            Resource::User(User {
                groups_elsewhere: std::sync::Arc::new(set(&["g"])),
                ..User::named("x")
            }),
        ),
        (
            Resource::OidcProvider(OidcProvider {
                name: "i".into(),
                audiences: set(&["a"]),
                tags: tag("a"),
            }),
            Resource::OidcProvider(OidcProvider {
                name: "i".into(),
                audiences: set(&["b"]),
                tags: tag("b"),
            }),
        ),
        (
            Resource::KmsKey(KmsKey {
                description: Some("d".into()),
                tags: tag("a"),
                ..KmsKey::named("k", "r")
            }),
            Resource::KmsKey(KmsKey {
                tags: tag("b"),
                ..KmsKey::named("k", "r")
            }),
        ),
    ];
    for (have, want) in pairs {
        let written = want.clone().with_foreign(&have);
        assert_eq!(written.clone().limited_to(&want), want);
        assert_ne!(written, want, "something foreign was there to keep");
    }
}

#[test]
fn fields_leave_out_the_name() {
    let fields = Resource::Role(Role::named("deploy")).fields();
    assert_eq!(fields.get("name"), None);
    assert_eq!(fields["path"], "/");
}

/// Every field of every kind that may be left out is cleared by `limited_to` where it is: so what the
/// ledger calls not managed is no difference either. And no other field is optional.
#[test]
fn what_is_optional_is_what_may_be_left_out() {
    let all = |resource: Resource| {
        let optional = resource.declared().into_iter();
        let optional = optional.filter(|field| field.optional);
        let names: Vec<&str> = optional.map(|field| field.name).collect();
        names
    };
    let key = AccessKey::none("u", "/");
    let provider = OidcProvider {
        name: "i".into(),
        audiences: BTreeSet::new(),
        tags: Tags::new(),
    };
    for (resource, optional) in [
        (
            Resource::Bucket(Bucket::named("b", "r")),
            &[
                "versioning",
                "encryption",
                "public_access_block",
                "object_ownership",
                "lifecycle",
            ][..],
        ),
        (
            Resource::Role(Role::named("r")),
            &[
                "description",
                "max_session_duration",
                "permissions_boundary",
            ],
        ),
        (Resource::User(User::named("u")), &["permissions_boundary"]),
        (Resource::KmsKey(KmsKey::named("k", "r")), &["description"]),
        // Always set in a manifest's own.
        (Resource::AccessKey(key), &["sink", "status"]),
        (Resource::OidcProvider(provider), &[]),
    ] {
        assert_eq!(all(resource.clone()), optional, "{}", resource.address());
        let fields = resource.fields();
        let declared: BTreeSet<&str> = resource.declared().iter().map(|field| field.name).collect();
        let written = fields.as_object().unwrap().keys();
        let forgotten: Vec<_> = written
            .filter(|name| !declared.contains(name.as_str()))
            .filter(|name| *name != "deletion_window_days")
            .collect();
        assert_eq!(forgotten, Vec::<&String>::new(), "{}", resource.address());
    }
}
