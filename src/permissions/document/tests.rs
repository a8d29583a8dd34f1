//! What the policies allow, and on what.

use super::*;
use crate::resource::{
    AccessKey, Address, Bucket, Encryption, Group, KmsKey, ManagedPolicy, OidcProvider, Resource,
    Role, Sink, User, mark,
};

const BOUNDARY: &str = "arn:aws:iam::111122223333:policy/boundary";

fn scope() -> Scope {
    Scope {
        account: "111122223333".into(),
        partition: "aws".into(),
        region: "eu-west-1".into(),
        project: None,
    }
}

fn of(resources: &[Resource], purposes: &[Purpose]) -> Document {
    let asked: Vec<Asked> = resources
        .iter()
        .map(|resource| Asked {
            resource,
            absent: false,
            emptied: false,
        })
        .collect();
    let purposes = purposes.iter().copied().collect();
    policy(&asked, &purposes, &BTreeSet::new(), &scope())
}

fn only(asked: Asked, purpose: Purpose) -> Document {
    policy(
        &[asked],
        &BTreeSet::from([purpose]),
        &BTreeSet::new(),
        &scope(),
    )
}

/// The statements that allow an action: their name, what they are on, their condition keys.
fn allowing(document: &Document, action: &str) -> Vec<(String, Vec<String>, Vec<String>)> {
    let statements = document.statement.iter();
    statements
        .filter(|one| one.action.contains(action))
        .map(|one| {
            let keys = one.condition.values().flat_map(|keys| keys.keys());
            (
                one.sid.clone().unwrap_or_default(),
                one.resource.iter().cloned().collect(),
                keys.cloned().collect(),
            )
        })
        .collect()
}

fn one(sid: &str, on: &[&str], keys: &[&str]) -> (String, Vec<String>, Vec<String>) {
    let texts = |texts: &[&str]| texts.iter().map(|one| (*one).to_owned()).collect();
    (sid.to_owned(), texts(on), texts(keys))
}

#[test]
fn an_action_is_allowed_on_the_resource_and_only_for_what_is_managed() {
    let plain = Resource::Bucket(Bucket::named("b", "eu-west-1"));
    let plan = of(&[plain], &[Purpose::Plan]);
    let on = ["arn:aws:s3:::b"];
    assert_eq!(
        allowing(&plan, "s3:ListBucket"),
        [one("ReadBucket", &on, &[])]
    );
    assert_eq!(allowing(&plan, "s3:GetBucketVersioning"), []);
    assert_eq!(allowing(&plan, "s3:CreateBucket"), []);
    let versioned = Resource::Bucket(Bucket {
        versioning: Some(true),
        ..Bucket::named("b", "eu-west-1")
    });
    let apply = of(&[versioned], &[Purpose::Apply]);
    assert_eq!(
        allowing(&apply, "s3:GetBucketVersioning"),
        [one("ReadBucket", &on, &[])]
    );
    assert_eq!(
        allowing(&apply, "s3:PutBucketVersioning"),
        [one("WriteBucket", &on, &[])]
    );
    assert_eq!(allowing(&apply, "s3:DeleteBucket"), []);
}

#[test]
fn what_is_alike_is_one_statement_and_what_differs_has_a_name_of_its_own() {
    let role = |name: &str| Role::named(name);
    let described = Role {
        description: Some("d".into()),
        ..role("c")
    };
    let resources = [role("a"), role("b"), described].map(Resource::Role);
    let apply = of(&resources, &[Purpose::Apply]);
    let arn = |name: &str| format!("arn:aws:iam::111122223333:role/{name}");
    let (a, b, c) = (arn("a"), arn("b"), arn("c"));
    assert_eq!(
        allowing(&apply, "iam:GetRole"),
        [one("ReadRole", &[&a, &b, &c], &[])]
    );
    assert_eq!(
        allowing(&apply, "iam:CreateRole"),
        [
            one("WriteRole", &[&a, &b], &[]),
            one("WriteRole2", &[&c], &[])
        ]
    );
    assert_eq!(
        allowing(&apply, "iam:UpdateRole"),
        [one("WriteRole2", &[&c], &[])]
    );
}

#[test]
fn a_boundary_and_what_is_attached_are_conditions() {
    let role = Role {
        permissions_boundary: Some(BOUNDARY.into()),
        attached_policies: BTreeSet::from(["arn:aws:iam::aws:policy/ReadOnlyAccess".into()]),
        ..Role::named("r")
    };
    let apply = of(&[Resource::Role(role)], &[Purpose::Apply]);
    let on = ["arn:aws:iam::111122223333:role/r"];
    for (action, sid, keys) in [
        (
            "iam:CreateRole",
            "WriteBoundedRole",
            &["iam:PermissionsBoundary"][..],
        ),
        (
            "iam:PutRolePermissionsBoundary",
            "WriteBoundedRole",
            &["iam:PermissionsBoundary"],
        ),
        (
            "iam:AttachRolePolicy",
            "WriteRoleAttachments",
            &["iam:PolicyARN", "iam:PermissionsBoundary"],
        ),
        ("iam:DetachRolePolicy", "WriteRole", &[]),
        ("iam:UpdateAssumeRolePolicy", "WriteRole", &[]),
    ] {
        assert_eq!(allowing(&apply, action), [one(sid, &on, keys)], "{action}");
    }
    assert_eq!(allowing(&apply, "iam:DeleteRolePermissionsBoundary"), []);
}

#[test]
fn a_key_is_changed_only_where_it_carries_our_mark() {
    let key = Resource::KmsKey(KmsKey::named("k", "eu-west-1"));
    let apply = of(std::slice::from_ref(&key), &[Purpose::Apply]);
    let any = "arn:aws:kms:eu-west-1:111122223333:key/*";
    let alias = "arn:aws:kms:eu-west-1:111122223333:alias/k";
    let ours = ["aws:ResourceTag/s3setup:alias"];
    let new = ["aws:RequestTag/s3setup:alias"];
    for (action, expected) in [
        (
            "kms:PutKeyPolicy",
            vec![one("WriteMarkedKey", &[any], &ours)],
        ),
        ("kms:CreateKey", vec![one("WriteNewKey", &["*"], &new)]),
        (
            "kms:CreateAlias",
            vec![
                one("WriteKey", &[alias], &[]),
                one("WriteKey2", &[any], &[]),
            ],
        ),
        ("kms:DescribeKey", vec![one("ReadKey", &[any], &[])]),
    ] {
        assert_eq!(allowing(&apply, action), expected, "{action}");
    }
    let names: Vec<_> = allowing(&apply, "kms:TagResource");
    assert_eq!(
        names,
        [
            one("WriteMarkedKey", &[any], &ours),
            one("WriteNewKey2", &[any], &new)
        ]
    );
    let destroy = of(&[key], &[Purpose::Destroy]);
    assert_eq!(
        allowing(&destroy, "kms:ScheduleKeyDeletion"),
        [one("RemoveMarkedKey", &[any], &ours)]
    );
}

#[test]
fn what_is_wider_takes_the_place_of_what_is_narrower() {
    let user = User::named("u");
    let group = Group::named("g", "/");
    let resources = [Resource::User(user), Resource::Group(group)];
    let apply = of(&resources, &[Purpose::Apply]);
    assert_eq!(
        allowing(&apply, "iam:RemoveUserFromGroup"),
        [one(
            "WriteGroup2",
            &["arn:aws:iam::111122223333:group/*"],
            &[]
        )]
    );
}

#[test]
fn several_commands_are_one_policy_and_objects_are_only_deleted_where_that_is_said() {
    let bucket = Resource::Bucket(Bucket::named("b", "eu-west-1"));
    let both = of(
        std::slice::from_ref(&bucket),
        &[Purpose::Destroy, Purpose::Verify],
    );
    for action in ["s3:DeleteBucket", "s3:PutObject", "s3:ListBucket"] {
        assert_eq!(allowing(&both, action).len(), 1, "{action}");
    }
    assert_eq!(
        allowing(&both, "s3:DeleteObject"),
        [one(
            "TryObjects",
            &["arn:aws:s3:::b/*s3setup-verify-*"],
            &[]
        )]
    );
    let emptied = Asked {
        resource: &bucket,
        absent: false,
        emptied: true,
    };
    let destroy = only(emptied, Purpose::Destroy);
    assert_eq!(
        allowing(&destroy, "s3:DeleteObject"),
        [one("RemoveObjects", &["arn:aws:s3:::b/*"], &[])]
    );
    let absent = Asked {
        resource: &bucket,
        absent: true,
        emptied: false,
    };
    let apply = only(absent, Purpose::Apply);
    assert_eq!(allowing(&apply, "s3:DeleteBucket").len(), 1);
    assert_eq!(allowing(&apply, "s3:CreateBucket"), []);
}

#[test]
fn what_holds_a_key_is_named_and_so_is_its_own_key() {
    let sink = |text: &str| text.parse::<Sink>().unwrap();
    let key = |text: &str| Resource::AccessKey(AccessKey::wanted("u", "/", sink(text)));
    let secret = key("secrets_manager backup/s3 eu-west-1 kms key-id");
    let apply = of(&[secret], &[Purpose::Apply]);
    let arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:backup/s3";
    assert_eq!(
        allowing(&apply, "secretsmanager:PutSecretValue"),
        [one("WriteSecret", &[arn, &format!("{arn}-??????")], &[])]
    );
    assert_eq!(
        allowing(&apply, "kms:GenerateDataKey"),
        [one(
            "WriteKey",
            &["arn:aws:kms:eu-west-1:111122223333:key/key-id"],
            &[]
        )]
    );
    assert_eq!(allowing(&apply, "secretsmanager:GetSecretValue"), []);
}

#[test]
fn no_policy_of_a_split_one_is_too_long_and_nothing_is_lost() {
    let roles: Vec<Resource> = (0..300)
        .map(|nth| Resource::Role(Role::named(&format!("a-rather-long-name-{nth}"))))
        .collect();
    let whole = of(&roles, &[Purpose::Apply]);
    assert!(!fits(&whole.statement));
    let parts = split(&whole);
    assert!(parts.len() > 2);
    let pairs = |documents: &[Document]| -> BTreeSet<(String, String)> {
        let statements = documents.iter().flat_map(|one| &one.statement);
        statements
            .flat_map(|one| {
                let resources = one.resource.iter();
                resources.flat_map(|on| one.action.iter().map(|it| (it.clone(), on.clone())))
            })
            .collect()
    };
    assert_eq!(pairs(&parts), pairs(std::slice::from_ref(&whole)));
    for part in &parts {
        assert!(fits(&part.statement));
        let sids: BTreeSet<_> = part.statement.iter().map(|one| &one.sid).collect();
        assert_eq!(sids.len(), part.statement.len());
    }
    let short = of(&roles[..1], &[Purpose::Plan]);
    assert_eq!(split(&short), [short]);
}

#[test]
fn our_own_linter_finds_nothing() {
    let key = KmsKey::named("k", "eu-west-1");
    let bucket = Bucket {
        encryption: Some(Encryption {
            algorithm: crate::resource::Algorithm::SseKms,
            kms_key: Some(Address::new("kms_key", "k").to_string()),
            bucket_key: true,
        }),
        tags: mark("m"),
        ..Bucket::named("b", "eu-west-1")
    };
    let policy = ManagedPolicy {
        name: "p".into(),
        path: "/".into(),
        description: None,
        policy: Document::new([]),
        tags: mark("m"),
    };
    let provider = OidcProvider {
        name: "gitlab.com".into(),
        audiences: BTreeSet::new(),
        tags: mark("m"),
    };
    let all = [
        Resource::Bucket(bucket),
        Resource::KmsKey(key),
        Resource::Policy(policy),
        Resource::OidcProvider(provider),
        Resource::Role(Role::named("r")),
        Resource::User(User::named("u")),
        Resource::Group(Group::named("g", "/s3setup/m/")),
    ];
    for purpose in [
        Purpose::Plan,
        Purpose::Apply,
        Purpose::Drift,
        Purpose::Verify,
        Purpose::Destroy,
    ] {
        let policy = of(&all, &[purpose]);
        let ground = lint::Ground::new(Kind::Identity);
        let version = policy.version.as_deref();
        let mut found = lint::lint(&policy.statement, version, &ground);
        // Which group somebody has put a user into cannot be known: it is any.
        found.retain(|one| {
            !one.message
                .starts_with("iam:RemoveUserFromGroup can be allowed")
        });
        assert_eq!(found, [], "{purpose:?}");
    }
}

#[test]
fn what_is_needed_anyway_is_not_called_optional() {
    let provider = Resource::OidcProvider(OidcProvider {
        name: "gitlab.com".into(),
        audiences: BTreeSet::new(),
        tags: mark("m"),
    });
    let asked = Asked {
        resource: &provider,
        absent: true,
        emptied: false,
    };
    let extras = BTreeSet::from([Extra::Listings]);
    let apply = policy(
        &[asked],
        &BTreeSet::from([Purpose::Apply]),
        &extras,
        &scope(),
    );
    assert_eq!(
        allowing(&apply, "iam:ListRoles"),
        [one("RemoveAccount", &["*"], &[])]
    );
    assert_eq!(
        allowing(&apply, "iam:GetAccountAuthorizationDetails"),
        [one("OptionalListings", &["*"], &[])]
    );
}
