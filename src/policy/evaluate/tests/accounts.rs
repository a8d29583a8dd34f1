//! How the policies of the caller and of the resource work together.

use super::*;
use Answer::{Allowed, DeniedExplicitly, DeniedImplicitly};

/// What each policy says, by name: a row of a table.
#[derive(Default)]
struct Case {
    own: Option<Document>,
    boundary: Option<Document>,
    session: Option<Document>,
    resource: Option<Document>,
    rule: ResourceRule,
    elsewhere: bool,
}

impl Case {
    fn ask(&self, caller: Caller) -> Decision {
        let one = |name: &'static str, document| Source { name, document };
        let request = Request {
            resource_account: if self.elsewhere { OTHER } else { ACCOUNT }.to_owned(),
            ..get(caller)
        };
        let sources = Sources {
            identity: self.own.iter().map(|own| one("own", own)).collect(),
            boundary: self.boundary.as_ref().map(|it| one("boundary", it)),
            session: self.session.iter().map(|it| one("session", it)).collect(),
            resource: self.resource.as_ref().map(|it| one("resource", it)),
            resource_rule: self.rule,
        };
        evaluate(&request, &sources)
    }
}

fn for_aws(arn: &str) -> Option<Document> {
    Some(to("Allow", &json!({"AWS": arn})))
}

#[test]
fn within_an_account_either_side_allows() {
    let none = Case::default;
    for (case, caller, expected, reason) in [
        (none(), user(), DeniedImplicitly, "nothing allows"),
        (
            Case {
                own: Some(allow()),
                ..none()
            },
            user(),
            Allowed,
            "its own policy",
        ),
        (
            Case {
                resource: for_aws(USER),
                ..none()
            },
            user(),
            Allowed,
            "the resource's",
        ),
        (
            Case {
                own: Some(allow()),
                resource: Some(nothing()),
                ..none()
            },
            user(),
            Allowed,
            "the other one need not",
        ),
        (
            Case {
                own: Some(deny()),
                resource: for_aws(USER),
                ..none()
            },
            user(),
            DeniedExplicitly,
            "a denial of the one beats the other",
        ),
        (
            Case {
                own: Some(allow()),
                resource: for_aws(ACCOUNT),
                ..none()
            },
            user(),
            Allowed,
            "the account delegates and the user's policy allows",
        ),
    ] {
        assert_eq!(case.ask(caller).answer, expected, "{reason}");
    }
}

#[test]
fn what_limits_a_session_limits_grants_to_its_role_and_not_to_itself() {
    let none = Case::default;
    let (within, without) = (|| Some(allow()), || Some(nothing()));
    for (case, caller, expected, reason) in [
        (
            Case {
                own: within(),
                boundary: within(),
                ..none()
            },
            user(),
            Allowed,
            "both",
        ),
        (
            Case {
                own: within(),
                boundary: without(),
                ..none()
            },
            user(),
            DeniedImplicitly,
            "not it",
        ),
        (
            Case {
                boundary: within(),
                ..none()
            },
            user(),
            DeniedImplicitly,
            "it grants nothing",
        ),
        (
            Case {
                boundary: without(),
                resource: for_aws(USER),
                ..none()
            },
            user(),
            Allowed,
            "a grant to a user is not limited by its boundary",
        ),
        (
            Case {
                boundary: without(),
                resource: for_aws(ROLE),
                ..none()
            },
            session(),
            DeniedImplicitly,
            "a grant to a role is",
        ),
        (
            Case {
                boundary: without(),
                resource: for_aws(SESSION),
                ..none()
            },
            session(),
            Allowed,
            "a grant to a session is not",
        ),
        (
            Case {
                boundary: without(),
                resource: for_aws("*"),
                ..none()
            },
            session(),
            Allowed,
            "nor is one to everyone",
        ),
        (
            Case {
                session: without(),
                resource: for_aws(ROLE),
                ..none()
            },
            session(),
            DeniedImplicitly,
            "a session policy limits a grant to the role",
        ),
        (
            Case {
                session: without(),
                resource: for_aws(SESSION),
                ..none()
            },
            session(),
            Allowed,
            "and not one to the session",
        ),
        (
            Case {
                own: within(),
                session: without(),
                ..none()
            },
            session(),
            DeniedImplicitly,
            "a session policy limits the role's own",
        ),
        (
            Case {
                own: within(),
                session: within(),
                boundary: without(),
                ..none()
            },
            session(),
            DeniedImplicitly,
            "all three have to allow",
        ),
        (
            Case {
                own: within(),
                session: within(),
                boundary: within(),
                ..none()
            },
            session(),
            Allowed,
            "all three do",
        ),
        (
            Case {
                boundary: Some(deny()),
                resource: for_aws(SESSION),
                ..none()
            },
            session(),
            DeniedExplicitly,
            "a denial of the boundary counts always",
        ),
    ] {
        assert_eq!(case.ask(caller).answer, expected, "{reason}");
    }
}

#[test]
fn between_accounts_both_sides_allow() {
    let none = || Case {
        elsewhere: true,
        ..Case::default()
    };
    let (within, without) = (|| Some(allow()), || Some(nothing()));
    let root = || Caller::parse(ACCOUNT).unwrap();
    for (case, caller, expected, reason) in [
        (
            Case {
                own: within(),
                ..none()
            },
            user(),
            DeniedImplicitly,
            "only its own",
        ),
        (
            Case {
                resource: for_aws(USER),
                ..none()
            },
            user(),
            DeniedImplicitly,
            "only the other's",
        ),
        (
            Case {
                own: within(),
                resource: for_aws(USER),
                ..none()
            },
            user(),
            Allowed,
            "both",
        ),
        (
            Case {
                own: within(),
                resource: for_aws(ACCOUNT),
                ..none()
            },
            user(),
            Allowed,
            "account",
        ),
        (
            Case {
                own: within(),
                resource: for_aws("*"),
                ..none()
            },
            user(),
            Allowed,
            "everyone",
        ),
        (
            Case {
                resource: for_aws(SESSION),
                ..none()
            },
            session(),
            DeniedImplicitly,
            "session",
        ),
        (
            Case {
                own: within(),
                boundary: without(),
                resource: for_aws(USER),
                ..none()
            },
            user(),
            DeniedImplicitly,
            "the boundary limits its own side",
        ),
        (
            Case {
                resource: for_aws(ACCOUNT),
                ..none()
            },
            root(),
            Allowed,
            "a root has its side",
        ),
        (none(), root(), DeniedImplicitly, "and not the other's"),
        (
            Case {
                resource: for_aws("*"),
                ..none()
            },
            Caller::Anonymous,
            Allowed,
            "no side to ask",
        ),
    ] {
        assert_eq!(case.ask(caller).answer, expected, "{reason}");
    }
}

#[test]
fn a_key_and_a_role_are_open_to_nobody_they_do_not_name() {
    let within = || Some(allow());
    for rule in [ResourceRule::KeyPolicy, ResourceRule::Trust] {
        let none = || Case {
            rule,
            ..Case::default()
        };
        let root = || Caller::parse(ACCOUNT).unwrap();
        for (case, caller, expected, reason) in [
            (
                Case {
                    own: within(),
                    ..none()
                },
                user(),
                DeniedImplicitly,
                "its own policy alone",
            ),
            (
                Case {
                    resource: for_aws(USER),
                    ..none()
                },
                user(),
                Allowed,
                "it is named",
            ),
            (
                Case {
                    resource: for_aws(ROLE),
                    ..none()
                },
                session(),
                Allowed,
                "its role is",
            ),
            (
                Case {
                    resource: for_aws(ACCOUNT),
                    ..none()
                },
                user(),
                DeniedImplicitly,
                "delegated",
            ),
            (
                Case {
                    own: within(),
                    resource: for_aws(ACCOUNT),
                    ..none()
                },
                user(),
                Allowed,
                "delegated to IAM, which allows",
            ),
            (
                Case {
                    own: within(),
                    resource: for_aws(OTHER),
                    ..none()
                },
                user(),
                DeniedImplicitly,
                "delegated to another account",
            ),
            (none(), root(), DeniedImplicitly, "a root is no exception"),
            (
                Case {
                    resource: for_aws(ACCOUNT),
                    ..none()
                },
                root(),
                Allowed,
                "the root is named",
            ),
            (
                Case {
                    resource: for_aws(USER),
                    elsewhere: true,
                    ..none()
                },
                user(),
                DeniedImplicitly,
                "another account's is open to it only by both",
            ),
            (
                Case {
                    own: within(),
                    resource: for_aws(ACCOUNT),
                    elsewhere: true,
                    ..none()
                },
                user(),
                Allowed,
                "both",
            ),
        ] {
            assert_eq!(case.ask(caller).answer, expected, "{rule:?}: {reason}");
        }
    }
}

#[test]
fn a_root_may_do_all_in_its_account_that_is_not_denied() {
    let root = || Caller::parse(ACCOUNT).unwrap();
    assert_eq!(Case::default().ask(root()).answer, Allowed);
    let denying = to("Deny", &json!("*"));
    let case = Case {
        resource: Some(denying.clone()),
        ..Case::default()
    };
    assert_eq!(case.ask(root()).answer, DeniedExplicitly);
    let put = Request {
        action: "s3:PutBucketPolicy".to_owned(),
        resource: "arn:aws:s3:::b".to_owned(),
        ..get(root())
    };
    assert_eq!(
        by_resource(&put, &denying).answer,
        Allowed,
        "it can always lift a lock-out"
    );
    let other = Caller::parse(OTHER).unwrap();
    let put = Request {
        caller: other,
        ..put
    };
    assert_eq!(
        by_resource(&put, &denying).answer,
        DeniedExplicitly,
        "the owner's only"
    );
}

#[test]
fn a_federated_user_has_what_its_session_policy_leaves() {
    let caller = || Caller::parse("arn:aws:sts::111122223333:federated-user/f").unwrap();
    let own = || Some(allow());
    assert_eq!(
        Case {
            own: own(),
            ..Case::default()
        }
        .ask(caller())
        .answer,
        DeniedImplicitly
    );
    let case = Case {
        own: own(),
        session: own(),
        ..Case::default()
    };
    assert_eq!(case.ask(caller()).answer, Allowed);
}

#[test]
fn anyone_may_ask_who_it_is() {
    let mut request = get(user());
    request.action = "sts:getcalleridentity".to_owned();
    let denying = document(&[json!({"Effect": "Deny", "Action": "*"})]);
    assert_eq!(by_own(&request, &denying).answer, Allowed);
    request.caller = Caller::Anonymous;
    assert_eq!(
        by_own(&request, &denying).answer,
        DeniedExplicitly,
        "who signs"
    );
}

#[test]
fn the_answer_names_the_statements_that_make_it() {
    let own = document(&[
        json!({"Sid": "Read", "Effect": "Allow", "Action": "s3:Get*"}),
        json!({"Sid": "Write", "Effect": "Allow", "Action": "s3:Put*"}),
        json!({"Effect": "Deny", "Action": "s3:DeleteObject"}),
    ]);
    let told = |decision: &Decision| -> Vec<String> {
        decision.because.iter().map(ToString::to_string).collect()
    };
    let case = Case {
        own: Some(own),
        resource: for_aws(USER),
        ..Case::default()
    };
    let read = case.ask(user());
    assert_eq!(
        told(&read),
        ["Read of own", "Statement[0] of resource"],
        "either suffices"
    );
    let case = Case {
        elsewhere: true,
        resource: None,
        ..case
    };
    assert_eq!(
        told(&case.ask(user())),
        ["Read of own"],
        "it allows, and does not suffice"
    );
    let delete = Request {
        action: "s3:DeleteObject".to_owned(),
        ..get(user())
    };
    let decision = by_own(&delete, case.own.as_ref().unwrap());
    assert_eq!(decision.answer, DeniedExplicitly);
    let [because] = decision.because.as_slice() else {
        panic!("{decision:?}");
    };
    assert_eq!(
        (because.sid.as_deref(), because.effect),
        (None, crate::policy::Effect::Deny)
    );
}
