//! How the policies of the caller and of the resource work together.

use super::*;
use Answer::{Allowed, DeniedExplicitly, DeniedImplicitly};

/// The policies of a case.
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
    /// The policies these words name: `own` allows, `-own` is about something else, `!own` denies;
    /// so with `boundary` and `session`. `to:role` is a resource's policy that allows to the role.
    fn read(words: &str) -> Case {
        let mut case = Case::default();
        for word in words.split_whitespace() {
            if let Some(who) = word.strip_prefix("to:") {
                let principal = match who {
                    "user" => USER,
                    "role" => ROLE,
                    "session" => SESSION,
                    "account" => ACCOUNT,
                    "other" => OTHER,
                    "everyone" => "*",
                    other => panic!("{other}"),
                };
                case.resource = Some(to("Allow", &json!({"AWS": principal})));
                continue;
            }
            let policy = match word.chars().next() {
                Some('-') => nothing(),
                Some('!') => deny(),
                _ => allow(),
            };
            match word.trim_start_matches(['-', '!']) {
                "own" => case.own = Some(policy),
                "boundary" => case.boundary = Some(policy),
                "session" => case.session = Some(policy),
                other => panic!("{other}"),
            }
        }
        case
    }

    fn ask(&self, caller: Caller) -> Decision {
        let request = Request {
            resource_account: if self.elsewhere { OTHER } else { ACCOUNT }.to_owned(),
            ..get(caller)
        };
        let sources = Sources {
            identity: self.own.iter().map(|it| source("own", it)).collect(),
            boundary: self.boundary.as_ref().map(|it| source("boundary", it)),
            session: self
                .session
                .iter()
                .map(|it| source("session", it))
                .collect(),
            resource: self.resource.as_ref().map(|it| source("resource", it)),
            resource_rule: self.rule,
        };
        evaluate(&request, &sources)
    }
}

/// The rows of a table: the answer, who asks, the policies, why.
fn check(rule: ResourceRule, elsewhere: bool, table: &str) {
    for row in table.trim().lines() {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let &[expected, caller, policies, reason] = cells.as_slice() else {
            panic!("{row:?} has {} cells", cells.len());
        };
        let caller = match caller {
            "user" => user(),
            "session" => session(),
            "root" => Caller::parse(ACCOUNT).unwrap(),
            "anybody" => Caller::Anonymous,
            other => panic!("{other}"),
        };
        let case = Case {
            rule,
            elsewhere,
            ..Case::read(policies)
        };
        let answer = match case.ask(caller).answer {
            Allowed => "yes",
            DeniedExplicitly => "denied",
            DeniedImplicitly => "no",
        };
        assert_eq!(answer, expected, "{rule:?}, {reason}: {row}");
    }
}

#[test]
fn within_an_account_either_side_allows() {
    check(
        ResourceRule::Ordinary,
        false,
        "
no     | user    |                 | nothing allows
yes    | user    | own             | its own policy
yes    | user    | to:user         | the resource's policy
yes    | user    | -own to:user    | the other one need not
yes    | user    | own to:other    | the other one need not
denied | user    | !own to:user    | a denial of the one beats the other
no     | user    | to:account      | an account that is named only delegates
yes    | user    | own to:account  | and the user's policy allows
yes    | session | to:role         | the role is named
yes    | anybody | to:everyone     | everyone is named
no     | anybody | own to:account  | nobody asks for policies of anybody
",
    );
}

#[test]
fn what_limits_a_session_limits_grants_to_its_role_and_not_to_itself() {
    check(
        ResourceRule::Ordinary,
        false,
        "
yes    | user    | own boundary           | both allow
no     | user    | own -boundary          | the boundary does not
no     | user    | boundary               | a boundary grants nothing
denied | user    | own !boundary          | it may deny
yes    | user    | -boundary to:user      | a grant to a user is not limited by its boundary
no     | session | -boundary to:role      | a grant to a role is
yes    | session | -boundary to:session   | a grant to a session is not
yes    | session | -boundary to:everyone  | nor is one to everyone
denied | session | !boundary to:session   | but a denial counts always
no     | session | -session to:role       | a session policy limits a grant to the role
yes    | session | -session to:session    | and not one to the session
denied | session | !session to:session    | but a denial counts always
no     | session | own -session           | a session policy limits the role's own
no     | session | session                | and grants nothing
no     | session | own session -boundary  | all three have to allow
yes    | session | own session boundary   | all three do
yes    | session | boundary session to:role | the resource's policy does for the role's own
",
    );
}

#[test]
fn between_accounts_both_sides_allow() {
    check(
        ResourceRule::Ordinary,
        true,
        "
no     | user    | own                     | only its own side
no     | user    | to:user                 | only the other side
yes    | user    | own to:user             | both
yes    | user    | own to:account          | the other side trusts the account
yes    | user    | own to:everyone         | the other side trusts everyone
no     | user    | own to:other            | the other side trusts itself
denied | user    | !own to:user            | its own side denies
no     | user    | own -boundary to:user   | the boundary limits its own side
no     | session | to:session              | a session needs its own side, too
no     | session | own -session to:session | and what limits it
yes    | session | own to:role             | both
yes    | root    | to:account              | a root has its side
no     | root    |                         | and not the other one
yes    | anybody | to:everyone             | there is no other side to ask
",
    );
}

#[test]
fn a_key_and_a_role_are_open_to_nobody_they_do_not_name() {
    for rule in [ResourceRule::KeyPolicy, ResourceRule::Trust] {
        check(
            rule,
            false,
            "
no     | user    | own                     | its own policy alone
yes    | user    | to:user                 | it is named
yes    | session | to:role                 | its role is named
no     | session | to:role -boundary       | which its boundary limits
no     | user    | to:account              | left to IAM, which does not allow
yes    | user    | own to:account          | left to IAM, which allows
no     | user    | own -boundary to:account | left to IAM, which limits
no     | user    | own to:other            | left to the IAM of another account
no     | root    |                         | a root is no exception
yes    | root    | to:account              | the root is named
",
        );
        check(
            rule,
            true,
            "
no     | user    | to:user                 | another account's, and its own side does not allow
yes    | user    | own to:account          | both sides allow
yes    | user    | own to:user             | both sides allow
",
        );
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
    assert_eq!(Case::read("own").ask(caller()).answer, DeniedImplicitly);
    assert_eq!(Case::read("own session").ask(caller()).answer, Allowed);
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
        resource: Some(to("Allow", &json!({"AWS": USER}))),
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
