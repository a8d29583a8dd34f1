//! What identities may do by their own policies, those of their groups and within a boundary.

use super::*;

/// Statements before and after, what is gained and lost, and why.
type Case<'a> = (&'a [&'a str], &'a [&'a str], &'a [&'a str], &'a str);

#[test]
fn what_a_role_may_do_is_compared_over_all_its_policies() {
    let get_in = |folder: &str| {
        format!(r#""Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/{folder}*""#)
    };
    let (a, backups) = (get_in("a/"), get_in("backups/"));
    let if_ip = |range: &str| {
        format!(r#"{GET},"Condition":{{"IpAddress":{{"aws:SourceIp":["10.0.0.0/8"{range}]}}}}"#)
    };
    let (ip, more_ip) = (if_ip(""), if_ip(r#","192.0.2.0/24""#));
    let not_iam =
        r#""Effect":"Allow","NotAction":["iam:*","kms:*","sts:*"],"Resource":"arn:aws:s3:::b/*""#;
    let not_secret =
        r#""Effect":"Allow","Action":"s3:GetObject","NotResource":"arn:aws:s3:::b/secret/*""#;
    let both_secrets = r#""Effect":"Allow","Action":"s3:GetObject","NotResource":["arn:aws:s3:::b/secret/*","arn:aws:s3:::b/x/*"]"#;
    let own = r#""Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*","Condition":{"StringEquals":{"aws:PrincipalAccount":"123456789012"}}"#;
    let foreign = r#""Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*","Condition":{"StringEquals":{"aws:PrincipalAccount":"999999999999"}}"#;
    let unlike = r#""Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*","Condition":{"NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#;
    let ec2 = r#""Effect":"Allow","Action":"ec2:*","Resource":"*""#;
    let ec2_describe = r#""Effect":"Allow","Action":"ec2:Describe*","Resource":"*""#;
    let deny_ec2 = r#""Effect":"Deny","Action":"ec2:Run*","Resource":"*""#;
    let deny_http = r#""Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}"#;
    let cases: &[Case<'_>] = &[
        (&[GET], &[GET], &[], "the same"),
        (&[GET], &[GET, GET], &[], "twice"),
        (
            &[GET],
            &[GET_AND_PUT],
            &["role r gains s3:PutObject on b/*"],
            "an action more",
        ),
        (
            &[GET_AND_PUT],
            &[GET],
            &["role r loses s3:PutObject on b/*"],
            "an action less",
        ),
        (&[ALL], &[ALL, GET_AND_PUT], &[], "allowed already"),
        (
            &[GET],
            &[&a],
            &["role r loses s3:GetObject on b/*"],
            "a folder only",
        ),
        (
            &[&a],
            &[GET],
            &["role r gains s3:GetObject on b/*"],
            "no folder any more",
        ),
        (
            &[&a],
            &[&backups],
            &[
                "role r gains s3:GetObject on b/backups/*",
                "role r loses s3:GetObject on b/a/*",
            ],
            "another folder",
        ),
        (
            &[GET, DENY_DELETE],
            &[GET],
            &[],
            "what was denied is not allowed",
        ),
        (
            &[GET],
            &[GET, DENY_DELETE],
            &[],
            "what is denied was not allowed",
        ),
        (
            &[ALL, DENY_DELETE],
            &[ALL],
            &["role r gains s3:Delete* on b/*"],
            "nobody denies it any more",
        ),
        (
            &[DENY_DELETE],
            &[
                DENY_DELETE,
                r#""Effect":"Allow","Action":"s3:DeleteObject","Resource":"*""#,
            ],
            &["role r gains s3:DeleteObject on *"],
            "denied only in b",
        ),
        (
            &[DENY_DELETE],
            &[
                DENY_DELETE,
                r#""Effect":"Allow","Action":"s3:DeleteObject","Resource":"arn:aws:s3:::b/*""#,
            ],
            &[],
            "what is allowed stays denied",
        ),
        (
            &[&ip],
            &[GET],
            &["role r gains s3:GetObject on b/*"],
            "no condition any more",
        ),
        (
            &[&ip],
            &[&more_ip],
            &["role r gains s3:GetObject on b/* if aws:SourceIp IpAddress 192.0.2.0/24"],
            "a range more",
        ),
        (
            &[&more_ip],
            &[&ip],
            &["role r loses s3:GetObject on b/* if aws:SourceIp IpAddress 192.0.2.0/24"],
            "a range less",
        ),
        (
            &[GET],
            &[&ip],
            &["role r loses s3:GetObject on b/*"],
            "a condition",
        ),
        (
            &[&ip],
            &[unlike],
            &[
                "role r could gain s3:GetObject on b/* if aws:SourceIp NotIpAddress 10.0.0.0/8",
                "role r could lose s3:GetObject on b/* if aws:SourceIp IpAddress 10.0.0.0/8",
            ],
            "conditions that cannot be compared",
        ),
        (
            &[ALL],
            &[ALL, deny_http],
            &["role r loses s3:* on b, b/* if aws:SecureTransport Bool false"],
            "denied without TLS",
        ),
        (&[], &[EVERYTHING], &["role r gains * on *"], "everything"),
        (&[GET], &[own], &[], "a condition that always holds of it"),
        (&[], &[foreign], &[], "a condition that never holds of it"),
        (
            &[],
            &[not_iam],
            &["role r could gain * but iam:*, kms:*, sts:* on b/*"],
            "all but some",
        ),
        (
            &[both_secrets],
            &[not_secret],
            &["role r could gain s3:GetObject on b/x/*"],
            "one place less that is left out",
        ),
        (
            &[not_secret],
            &[not_secret, GET],
            &["role r gains s3:GetObject on b/secret/*"],
            "what was left out",
        ),
        (
            &[ec2_describe],
            &[ec2],
            &["role r gains ec2:* on *"],
            "a service that is not known",
        ),
        (
            &[ec2],
            &[ec2_describe],
            &["role r loses ec2:* on *"],
            "the same, backwards",
        ),
        (
            &[ec2, deny_ec2],
            &[ec2],
            &["role r gains ec2:Run* on *"],
            "not denied any more",
        ),
        (
            &[ec2, deny_ec2],
            &[deny_ec2, ec2_describe],
            &["role r loses ec2:* on *"],
            "beside a denial",
        ),
    ];
    for (before, after, expected, reason) in cases {
        assert_eq!(
            &between(&[with(before)], &[with(after)]),
            expected,
            "{reason}"
        );
    }
}

#[test]
fn who_is_made_gains_all_it_has_and_who_is_deleted_loses_it() {
    let made = between(&[], &[with(&[GET])]);
    assert_eq!(
        made,
        [
            "role r gains s3:GetObject on b/*",
            "ec2.amazonaws.com gains sts:AssumeRole on role/r",
        ]
    );
    let deleted: Vec<String> = made
        .iter()
        .map(|line| line.replace("gains", "loses"))
        .collect();
    assert_eq!(between(&[with(&[GET])], &[]), deleted);
}

#[test]
fn where_a_statement_stands_is_no_difference() {
    let arn = "arn:aws:iam::123456789012:policy/p";
    let attached = Resource::Role(Role {
        attached_policies: [arn.to_owned()].into(),
        ..role("r", &[])
    });
    let policy = managed("p", &[GET]);
    let through_bucket =
        format!(r#"{GET},"Principal":{{"AWS":"arn:aws:iam::123456789012:role/r"}}"#);
    let split = [
        r#""Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*","Sid":"A""#,
        r#""Effect":"Allow","Action":"s3:PutObject","Resource":"arn:aws:s3:::b/*","Sid":"B""#,
    ];
    let none: [&str; 0] = [];
    for (before, after, reason) in [
        (
            vec![with(&[GET])],
            vec![attached.clone(), policy.clone()],
            "inline, attached",
        ),
        (
            vec![attached.clone(), policy.clone()],
            vec![with(&[GET]), policy],
            "and back",
        ),
        (
            vec![with(&[GET])],
            vec![with(&[]), bucket_policy(&[&through_bucket])],
            "the role's, the bucket's",
        ),
        (
            vec![with(&[GET_AND_PUT])],
            vec![with(&split)],
            "one statement, two",
        ),
    ] {
        assert_eq!(between(&before, &after), none, "{reason}");
    }
}

#[test]
fn a_boundary_limits_what_is_gained() {
    let arn = "arn:aws:iam::123456789012:policy/bound";
    let bound = |statements: &[&str], own: &[&str]| {
        vec![
            managed("bound", statements),
            Resource::Role(Role {
                permissions_boundary: Some(arn.to_owned()),
                ..role("r", own)
            }),
        ]
    };
    let free = |own: &[&str]| bound(&[EVERYTHING], own);
    let none: [&str; 0] = [];
    assert_eq!(
        between(&bound(&[GET], &[GET]), &bound(&[GET], &[ALL])),
        none
    );
    assert_eq!(
        between(&bound(&[GET], &[ALL]), &bound(&[GET_AND_PUT], &[ALL])),
        ["role r gains s3:PutObject on b/*"]
    );
    assert_eq!(
        between(&free(&[GET_AND_PUT]), &bound(&[GET], &[GET_AND_PUT])),
        ["role r loses s3:PutObject on b/*"]
    );
    assert_eq!(
        between(&bound(&[GET], &[EVERYTHING]), &free(&[EVERYTHING])),
        ["role r gains * on *"]
    );
    let unknown = |name: &str| {
        [Resource::Role(Role {
            permissions_boundary: Some(format!("arn:aws:iam::aws:policy/{name}")),
            ..role("r", &[GET])
        })]
    };
    assert_eq!(
        between(&unknown("A"), &free(&[GET])),
        ["role r could gain s3:GetObject on b/*"]
    );
    assert_eq!(between(&unknown("A"), &unknown("A")), none);
    assert_eq!(between(&unknown("A"), &unknown("B")).len(), 2);
}

#[test]
fn a_member_of_a_group_gains_what_the_group_may() {
    let people = |members: &[&str]| {
        vec![
            group(members, &[GET]),
            Resource::User(user("ann")),
            Resource::User(user("bob")),
        ]
    };
    assert_eq!(
        between(&people(&["ann"]), &people(&["ann", "bob"])),
        ["user bob gains s3:GetObject on b/*"]
    );
    assert_eq!(
        between(&people(&["ann", "carl"]), &people(&["ann"])),
        ["user carl loses s3:GetObject on b/*"],
        "who is not of the manifest is a member all the same"
    );
    let elsewhere = Resource::User(User {
        groups: ["admins".to_owned()].into(),
        ..user("ann")
    });
    assert_eq!(
        between(&[Resource::User(user("ann"))], &[elsewhere]),
        ["user ann could gain what group admins allows"]
    );
}

#[test]
fn a_policy_that_is_not_known_is_not_passed_over() {
    let attached = Resource::Role(Role {
        attached_policies: ["arn:aws:iam::aws:policy/ReadOnlyAccess".to_owned()].into(),
        ..role("r", &[])
    });
    assert_eq!(
        between(&[with(&[])], &[attached]),
        ["role r could gain what policy ReadOnlyAccess allows"]
    );
}

#[test]
fn variables_are_those_of_the_user() {
    let home =
        r#""Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/${aws:username}/*""#;
    let of = |statement: &str| {
        Resource::User(User {
            inline_policies: BTreeMap::from([("p".to_owned(), document(&[statement]))]),
            ..user("ann")
        })
    };
    let written = home.replace("${aws:username}", "ann");
    let none: [&str; 0] = [];
    assert_eq!(between(&[of(home)], &[of(&written)]), none);
    let other = home.replace("aws:username", "aws:PrincipalTag/t");
    assert_eq!(
        between(&[of(home)], &[of(&other)]),
        [
            "user ann gains s3:GetObject on b/${aws:PrincipalTag/t}/*",
            "user ann loses s3:GetObject on b/ann/*",
        ]
    );
}

#[test]
fn each_step_is_marked_with_what_it_does() {
    use super::super::Bearing;
    use crate::resource::Address;
    let arn = "arn:aws:iam::123456789012:policy/p";
    let attached = |on: bool, own: &[&str]| {
        Resource::Role(Role {
            attached_policies: if on {
                [arn.to_owned()].into()
            } else {
                Default::default()
            },
            ..role("r", own)
        })
    };
    let policy = managed("p", &[GET_AND_PUT]);
    let plan = plan(
        &[attached(false, &[GET]), policy.clone(), bucket(true)],
        &[attached(true, &[]), policy, bucket(false)],
    );
    let access = Access::of(&plan);
    let bearing = |kind: &str, name: &str| access.bearing(&Address::new(kind, name));
    assert_eq!(
        bearing("role", "r"),
        Bearing::Widening,
        "PutObject by the attachment"
    );
    assert_eq!(
        bearing("policy", "p"),
        Bearing::Neither,
        "it stays as it is"
    );
    assert_eq!(bearing("bucket", "b"), Bearing::Neither, "nobody is let in");
}

#[test]
fn a_thousand_roles_and_as_many_statements_take_no_time() {
    let all = |action: &str| -> Vec<Resource> {
        let mut statements = Vec::new();
        let mut all: Vec<Resource> = (0..1000)
            .map(|number| {
                let own = format!(
                    r#""Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b{number}/*""#
                );
                statements.push(format!(
                    r#""Effect":"Allow","Action":"{action}","Resource":"arn:aws:s3:::b/{number}/*",
                       "Principal":{{"AWS":"arn:aws:iam::123456789012:role/r{number}"}}"#
                ));
                Resource::Role(role(&format!("r{number}"), &[&own]))
            })
            .collect();
        let statements: Vec<&str> = statements.iter().map(String::as_str).collect();
        all.push(bucket_policy(&statements));
        all
    };
    let begin = std::time::Instant::now();
    let made = between(&[], &all("s3:GetObject"));
    assert_eq!(made.len(), 2001);
    let changed = between(&all("s3:GetObject"), &all("s3:*"));
    assert_eq!(changed.len(), 1000);
    assert!(begin.elapsed().as_secs() < 30, "{:?}", begin.elapsed());
}
