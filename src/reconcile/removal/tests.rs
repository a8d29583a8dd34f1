//! What may be removed, and why not.

use super::super::compare::compare;
use super::*;
use crate::cloud::Observation;
use crate::plan::Wanted;
use crate::resource::{
    AccessKey, Bucket, KmsKey, ManagedPolicy, OidcProvider, Role, Tags, User, mark, protection,
};

fn scope() -> Scope {
    Scope {
        account: "123456789012".into(),
        partition: "aws".into(),
        region: "us-east-1".into(),
        project: None,
    }
}

fn removed(have: Resource) -> Step {
    let wanted = Wanted {
        resource: have.clone(),
        manifest: "m".into(),
        absent: true,
        exact: false,
    };
    let found = Observation {
        resource: Some(have),
        unreadable: Vec::new(),
        id: None,
    };
    compare(wanted, found, &BTreeSet::new())
}

fn leaving() -> Removal {
    Removal {
        leave: true,
        used_within: 30,
        ..Removal::default()
    }
}

/// What becomes of each: nothing if it goes, else why it stays.
fn settled(all: Vec<(Resource, Vec<Tie>)>, removal: &Removal) -> Vec<Option<String>> {
    let facts: Vec<Facts> = all
        .iter()
        .map(|(_, ties)| Facts {
            ties: ties.clone(),
            protected: false,
        })
        .collect();
    let mut steps: Vec<Step> = all.into_iter().map(|(one, _)| removed(one)).collect();
    settle(&mut steps, &facts, removal, &scope());
    let why = |step: &Step| match (step.action, removal.leave) {
        (Action::Delete, _) => step.blocked.clone(),
        _ => step.note.clone(),
    };
    steps.iter().map(why).collect()
}

fn role(name: &str, tags: Tags) -> Resource {
    Resource::Role(Role {
        tags,
        ..Role::named(name)
    })
}

fn policy() -> Resource {
    Resource::Policy(ManagedPolicy {
        name: "p".into(),
        path: "/".into(),
        description: None,
        policy: Default::default(),
        tags: mark("m"),
    })
}

fn held(by: &str) -> Vec<Tie> {
    let by = Address::of(by);
    let how = format!("{by} has it attached");
    vec![Tie::Held { by, how }]
}

#[test]
fn only_what_carries_the_manifests_own_mark_is_removed() {
    let theirs = Tags::from([("aws:cloudformation:stack-name".into(), "prod".into())]);
    let table = [
        (mark("m"), None),
        (Tags::new(), Some("no mark of the manifest")),
        (mark("other"), Some("belongs to the manifest \"other\"")),
        (theirs, Some("belongs to CloudFormation")),
        (
            mark("m").into_iter().chain(protection()).collect(),
            Some("it is protected"),
        ),
    ];
    for (tags, expected) in table {
        for removal in [leaving(), Removal::default()] {
            let told = settled(vec![(role("r", tags.clone()), Vec::new())], &removal);
            match (&told[0], expected) {
                (None, None) => {}
                (Some(told), Some(expected)) if told.contains(expected) => {}
                other => panic!("{tags:?}: {other:?}"),
            }
        }
    }
}

#[test]
fn nothing_is_removed_that_only_the_manifest_protects_so_far() {
    let mut steps = vec![removed(role("r", mark("m")))];
    let facts = [Facts {
        protected: true,
        ..Facts::default()
    }];
    settle(&mut steps, &facts, &leaving(), &scope());
    assert_eq!(steps[0].action, Action::Keep);
}

#[test]
fn a_policy_goes_with_those_that_have_it_attached_and_stays_for_a_stranger() {
    let ours = || (role("r", mark("m")), Vec::new());
    let goes = settled(vec![(policy(), held("role.r")), ours()], &leaving());
    assert_eq!(goes, [None, None]);
    let stranger = settled(vec![(policy(), held("user.alice")), ours()], &leaving());
    assert_eq!(
        stranger[0].as_deref(),
        Some("stays: user.alice has it attached")
    );
    let protected = mark("m").into_iter().chain(protection()).collect();
    let stays = settled(
        vec![
            (policy(), held("role.r")),
            (role("r", protected), Vec::new()),
        ],
        &leaving(),
    );
    assert!(stays.iter().all(Option::is_some), "{stays:?}");
}

#[test]
fn a_policy_that_a_resource_lets_go_of_in_the_same_plan_is_removed() {
    let step = |want: Role| {
        let have = Role {
            attached_policies: ["arn:aws:iam::123456789012:policy/p".to_owned()].into(),
            ..want.clone()
        };
        let wanted = Wanted {
            resource: Resource::Role(want),
            manifest: "m".into(),
            absent: false,
            exact: false,
        };
        let found = Observation {
            resource: Some(Resource::Role(have)),
            unreadable: Vec::new(),
            id: None,
        };
        compare(wanted, found, &BTreeSet::new())
    };
    let app = Role {
        tags: mark("m"),
        ..Role::named("app")
    };
    let holding = Role {
        attached_policies: ["arn:aws:iam::123456789012:policy/p".to_owned()].into(),
        ..app.clone()
    };
    for (want, goes) in [(app, true), (holding, false)] {
        let mut steps = vec![removed(policy()), step(want)];
        let facts = [
            Facts {
                ties: held("role.app"),
                protected: false,
            },
            Facts::default(),
        ];
        settle(&mut steps, &facts, &Removal::default(), &scope());
        assert_eq!(steps[0].blocked.is_none(), goes);
    }
}

#[test]
fn a_shared_provider_goes_only_if_it_is_marked_and_no_role_trusts_it() {
    let provider = |tags: Tags| {
        Resource::OidcProvider(OidcProvider {
            name: OidcProvider::GITHUB.into(),
            audiences: BTreeSet::new(),
            tags,
        })
    };
    let goes =
        |tags: Tags, ties: Vec<Tie>| settled(vec![(provider(tags), ties)], &leaving())[0].is_none();
    assert!(goes(mark("m"), Vec::new()));
    assert!(!goes(Tags::new(), Vec::new()));
    assert!(!goes(mark("other"), Vec::new()));
    assert!(!goes(mark("m"), held("role.somebody-elses")));
}

#[test]
fn a_bucket_with_objects_stays_unless_it_is_named_and_its_key_with_it() {
    let bucket = Resource::Bucket(Bucket {
        tags: mark("m"),
        encryption: Some(crate::resource::Encryption {
            algorithm: crate::resource::Algorithm::SseKms,
            kms_key: Some("kms_key.k".into()),
            bucket_key: true,
        }),
        ..Bucket::named("b", "us-east-1")
    });
    let key = Resource::KmsKey(KmsKey {
        tags: mark("m"),
        ..KmsKey::named("k", "us-east-1")
    });
    let objects = Tie::Objects {
        count: 3,
        more: false,
    };
    let all = || {
        vec![
            (bucket.clone(), vec![objects.clone()]),
            (key.clone(), vec![]),
        ]
    };
    let told = settled(all(), &leaving());
    assert!(told[0].as_ref().unwrap().contains("holds 3 objects"));
    assert_eq!(
        told[1].as_deref(),
        Some("stays: bucket.b stays, and needs it")
    );
    let mut named = leaving();
    named.emptied.insert("b".into());
    let told = settled(all(), &named);
    assert_eq!(told, [None, None]);
}

#[test]
fn a_key_that_was_used_stays_with_its_user_unless_it_is_named() {
    let user = Resource::User(User {
        tags: mark("m"),
        ..User::named("u")
    });
    let key = AccessKey {
        id: Some("AKIA1".into()),
        ..AccessKey::none("u", "/")
    };
    let used = |days: u64| Tie::Used {
        key: "AKIA1".into(),
        days,
        when: "on 2026-11-20".into(),
    };
    let all = |days: u64| {
        vec![
            (user.clone(), held("access_key.u")),
            (Resource::AccessKey(key.clone()), vec![used(days)]),
        ]
    };
    let told = settled(all(2), &leaving());
    assert!(
        told[1]
            .as_ref()
            .unwrap()
            .contains("AKIA1 was used on 2026-11-20")
    );
    assert!(told[0].is_some(), "a user is not removed without its key");
    assert_eq!(settled(all(31), &leaving()), [None, None]);
    let mut named = leaving();
    named.used_keys.insert("access_key.u".into());
    assert_eq!(settled(all(2), &named), [None, None]);
    // Where a removal is written in the manifest, the plan tells and whoever reviews it agrees.
    assert_eq!(settled(all(2), &Removal::default()), [None, None]);
    let stranger = AccessKey {
        others: ["AKIA2".to_owned()].into(),
        ..key
    };
    let told = settled(
        vec![
            (user, held("access_key.u")),
            (Resource::AccessKey(stranger), Vec::new()),
        ],
        &leaving(),
    );
    assert!(told[1].as_ref().unwrap().contains("nothing of AKIA2"));
    assert!(told[0].is_some());
}

#[test]
fn what_goes_says_what_is_lost() {
    let step = |have: Resource, ties: &[Tie]| farewell(&removed(have), ties).unwrap_or_default();
    let objects = Tie::Objects {
        count: 1000,
        more: true,
    };
    let bucket = |name: &str| Resource::Bucket(Bucket::named(name, "us-east-1"));
    let told = step(bucket("b"), &[objects]);
    assert!(told.contains("more than 1000 objects") && told.contains("free for anyone"));
    assert_eq!(step(bucket("b-123456789012-us-east-1-an"), &[]), "");
    let key = Resource::KmsKey(KmsKey {
        deletion_window_days: 7,
        ..KmsKey::named("k", "us-east-1")
    });
    let told = step(key, &[]);
    assert!(told.contains("nobody can read") && told.contains("after 7 days"));
}
