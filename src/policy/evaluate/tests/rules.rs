//! Rules that are of one kind of resource, action or caller.

use super::*;
use Answer::{Allowed, DeniedExplicitly, DeniedImplicitly};

fn ask(action: &str, resource: &str) -> Request {
    Request {
        action: action.to_owned(),
        resource: resource.to_owned(),
        ..get(user())
    }
}

/// The rows of a table: whether it is allowed, the action, the resource asked for, what is written
/// in `Resource` (or, after `!`, in `NotResource`), why.
fn check(table: &str) {
    for row in table.trim().lines() {
        let cells: Vec<&str> = row.split(" | ").map(str::trim).collect();
        let &[expected, action, asked, written, reason] = cells.as_slice() else {
            panic!("{row:?} has {} cells", cells.len());
        };
        let (element, written) = match written.strip_prefix('!') {
            Some(written) => ("NotResource", written),
            None => ("Resource", written),
        };
        let own = document(&[json!({"Effect": "Allow", "Action": action, element: written})]);
        let allowed = by_own(&ask(action, asked), &own).answer == Allowed;
        assert_eq!(
            if allowed { "yes" } else { "no" },
            expected,
            "{reason}: {row}"
        );
    }
}

/// "Identify AWS resources with Amazon Resource Names (ARNs)", the note on incomplete ARNs.
#[test]
fn an_incomplete_arn_of_an_identity_policy_is_completed_with_stars() {
    check(
        "
yes | sqs:SendMessage | arn:aws:sqs:eu-west-1:111122223333:q | arn:aws:sqs                        | AWS's example
yes | sqs:SendMessage | arn:aws:sqs:eu-west-1:111122223333:q | arn:aws:sqs:*                      | a star is one of its fields
yes | sqs:SendMessage | arn:aws:sqs:eu-west-1:111122223333:q | arn:aws:sqs:eu-west-1              | the Region
no  | sqs:SendMessage | arn:aws:sqs:eu-west-1:111122223333:q | arn:aws:sqs:eu-west-2              | another Region
yes | sqs:SendMessage | arn:aws:sqs:eu-west-1:111122223333:q | arn:aws:sqs:eu-west-1:111122223333 | the account
no  | sqs:SendMessage | arn:aws:sqs:eu-west-1:111122223333:q | arn:aws:sns                        | another service
no  | sqs:SendMessage | arn:aws:sqs:eu-west-1:111122223333:q | !arn:aws:sqs                       | all but this
yes | sqs:SendMessage | arn:aws:sqs:eu-west-1:111122223333:q | arn:aws:sqs:*:q                    | the star crosses the account
no  | sqs:SendMessage | arn:aws:sqs:eu-west-1:111122223333:q | !arn:aws:sqs:*:q                   | also where it is left out
no  | sqs:SendMessage | arn:aws:sqs:eu-west-1:111122223333:q | arn:aws:sqs:*:x                    | another queue
no  | s3:GetObject    | arn:aws:s3:::b/o                     | arn:aws:s3:::                      | it has six fields
",
    );
    let queue = document(&[json!({
        "Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": "arn:aws:sqs",
    })]);
    let request = ask("sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:q");
    assert_eq!(
        by_resource(&request, &queue).answer,
        DeniedImplicitly,
        "of an identity policy only"
    );
}

/// Service Authorization Reference: "actions that do not support resource-level permissions require
/// that you specify all resources"; S3's examples of `s3:ListAllMyBuckets` have `arn:aws:s3:::*`.
#[test]
fn an_action_without_a_resource_is_granted_on_all_resources_only() {
    check(
        "
yes | s3:ListAllMyBuckets | *              | *                 | all resources
yes | s3:ListAllMyBuckets | *              | arn:aws:s3:::*    | all buckets
no  | s3:ListAllMyBuckets | *              | arn:aws:s3:::b    | one bucket
no  | s3:ListAllMyBuckets | arn:aws:s3:::b | arn:aws:s3:::b    | not even for that bucket
no  | s3:ListAllMyBuckets | arn:aws:s3:::b | arn:aws:s3:::b*   | nor for some
no  | s3:ListAllMyBuckets | arn:aws-cn:s3:::b | arn:aws:s3:::* | another partition
yes | s3:ListAllMyBuckets | *              | !arn:aws:s3:::b   | all but one
no  | s3:ListAllMyBuckets | *              | !*                | all but all
yes | kms:ListKeys        | *              | *                 | all resources
no  | kms:ListKeys        | arn:aws:kms:eu-west-1:111122223333:key/1 | arn:aws:kms:eu-west-1:111122223333:key/1 | one key
yes | iam:ListUsers       | arn:aws:iam::111122223333:user/ | arn:aws:iam::111122223333:user/* | IAM asks about the kind
no  | ec2:DescribeInstances | *            | arn:aws:ec2:eu-west-1:111122223333:instance/i-1 | * of a request is no wildcard
",
    );
}

/// "Managed policies and inline policies"; "Referencing permission sets" (IAM Identity Center);
/// KMS API reference, `CreateAlias`.
#[test]
fn what_aws_keeps_to_itself_no_policy_allows() {
    for (action, resource, expected) in [
        (
            "iam:CreatePolicyVersion",
            "arn:aws:iam::aws:policy/ReadOnlyAccess",
            DeniedImplicitly,
        ),
        (
            "iam:GetPolicy",
            "arn:aws:iam::aws:policy/ReadOnlyAccess",
            Allowed,
        ),
        (
            "iam:CreatePolicyVersion",
            "arn:aws:iam::111122223333:policy/p",
            Allowed,
        ),
        (
            "iam:UpdateAssumeRolePolicy",
            "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/r",
            DeniedImplicitly,
        ),
        (
            "iam:ListRolePolicies",
            "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/r",
            Allowed,
        ),
        (
            "kms:DeleteAlias",
            "arn:aws:kms:eu-west-1:111122223333:alias/aws/s3",
            DeniedImplicitly,
        ),
        (
            "kms:DeleteAlias",
            "arn:aws:kms:eu-west-1:111122223333:alias/s3",
            Allowed,
        ),
    ] {
        let all = document(&[json!({"Effect": "Allow", "Action": "*"})]);
        let decision = by_own(&ask(action, resource), &all);
        assert_eq!(decision.answer, expected, "{action} {resource}");
        assert_eq!(decision.lacking, [], "nothing that could be added");
        let none = document(&[json!({"Effect": "Deny", "Action": "*"})]);
        let decision = by_own(&ask(action, resource), &none);
        assert_eq!(
            decision.answer, DeniedExplicitly,
            "a denial stays one: {action}"
        );
    }
}

/// "Session policies": "the session policy limits the total permissions granted by the
/// resource-based policy" that names the user; not those of one that names the session.
#[test]
fn a_session_policy_limits_what_a_resource_grants_to_the_user_but_not_to_the_session() {
    for (caller, principal, expected) in [
        (user(), USER, DeniedImplicitly),
        (session(), ROLE, DeniedImplicitly),
        (session(), SESSION, Allowed),
        (session(), "*", Allowed),
    ] {
        let (resource, limits) = (to("Allow", &json!({"AWS": principal})), nothing());
        let sources = Sources {
            session: vec![source("session", &limits)],
            resource: Some(source("resource", &resource)),
            ..Sources::default()
        };
        let answer = evaluate(&get(caller), &sources).answer;
        assert_eq!(answer, expected, "{principal}");
    }
}

/// "Permissions for GetSessionToken": the action "has no effect on a user's ability".
#[test]
fn a_user_gets_a_session_token_whatever_policies_say() {
    let denying = document(&[json!({"Effect": "Deny", "Action": "*"})]);
    for (caller, expected) in [
        (user(), Allowed),
        (Caller::parse(ACCOUNT).unwrap(), Allowed),
        (session(), DeniedExplicitly),
        (Caller::Anonymous, DeniedExplicitly),
    ] {
        let request = Request {
            caller,
            ..ask("STS:GetSessionToken", "*")
        };
        let answer = by_own(&request, &denying).answer;
        assert_eq!(answer, expected, "{:?}", request.caller);
    }
}

/// IAM API reference, `CreateRole`: "Names are not distinguished by case."
#[test]
fn a_session_is_of_the_role_whatever_the_case_of_its_name() {
    let caller = Caller::parse("arn:aws:sts::111122223333:assumed-role/R/s").unwrap();
    let resource = to("Allow", &json!({"AWS": ROLE}));
    assert_eq!(by_resource(&get(caller), &resource).answer, Allowed);
}

#[test]
fn an_implicit_denial_says_what_would_have_to_allow() {
    use Layer::{Boundary, Identity, Resource, Session};
    let (yes, no) = (allow(), nothing());
    let named = to("Allow", &json!({"AWS": ROLE}));
    let of_account = to("Allow", &json!({"AWS": ACCOUNT}));
    let sources = |own, boundary, limits, resource| Sources {
        identity: Option::into_iter(own)
            .map(|own| source("own", own))
            .collect(),
        boundary: Option::map(boundary, |policy| source("boundary", policy)),
        session: Option::into_iter(limits)
            .map(|own| source("session", own))
            .collect(),
        resource: Option::map(resource, |policy| source("resource", policy)),
        ..Sources::default()
    };
    let key = |sources| Sources {
        resource_rule: ResourceRule::KeyPolicy,
        ..sources
    };
    let cases: Vec<(Sources<'_>, &str, &[&[Layer]], &str)> = vec![
        (
            sources(None, None, None, None),
            ACCOUNT,
            &[&[Identity], &[Resource]],
            "either suffices",
        ),
        (
            sources(Some(&no), Some(&no), Some(&no), None),
            ACCOUNT,
            &[&[Identity, Boundary, Session], &[Resource]],
            "or all three",
        ),
        (
            sources(Some(&yes), Some(&no), Some(&yes), None),
            ACCOUNT,
            &[&[Boundary], &[Resource]],
            "the limit is lacking",
        ),
        (
            sources(None, Some(&no), None, Some(&named)),
            ACCOUNT,
            &[&[Boundary], &[Resource]],
            "the role is named, and the session is not",
        ),
        (
            sources(Some(&yes), None, None, None),
            OTHER,
            &[&[Resource]],
            "between accounts both",
        ),
        (
            sources(None, None, None, Some(&of_account)),
            OTHER,
            &[&[Identity]],
            "between accounts both",
        ),
        (
            key(sources(Some(&yes), None, None, None)),
            ACCOUNT,
            &[&[Resource]],
            "a key's policy goes first",
        ),
        (
            key(sources(None, None, None, Some(&of_account))),
            ACCOUNT,
            &[&[Identity], &[Resource]],
            "it leaves it to IAM",
        ),
        (
            sources(Some(&yes), None, None, None),
            ACCOUNT,
            &[],
            "it is allowed",
        ),
    ];
    for (sources, account, expected, reason) in cases {
        let request = Request {
            resource_account: account.to_owned(),
            ..get(session())
        };
        let mut expected: Vec<_> = expected
            .iter()
            .map(|way| way.iter().copied().collect())
            .collect();
        expected.sort();
        assert_eq!(evaluate(&request, &sources).lacking, expected, "{reason}");
    }
}
