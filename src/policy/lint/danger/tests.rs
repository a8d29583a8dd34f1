//! What is too much, and its narrower neighbour.

use super::super::testing::{BUCKET, lints};
use super::*;

#[test]
fn a_wildcard_that_gives_too_much_is_found() {
    for (action, resource, expected) in [
        ("\"*\"", "*", "all-actions"),
        ("\"*\"", "arn:aws:s3:::*", "all-actions"),
        ("[\"*:*\"]", "arn:aws:s3:::b/*", "all-actions"),
        ("\"s3:*\"", "*", "full-service"),
        ("\"s3:*\"", "arn:aws:s3:::*", "full-service"),
        (
            "\"s3:*\"",
            "arn:aws:s3:::b\",\"arn:aws:s3:::b/*",
            "service-wildcard",
        ),
        ("\"ec2:*\"", "*", "full-service"),
        ("\"sqs:*\"", "arn:aws:sqs:*:*:*", "full-service"),
        ("\"sqs:*\"", "arn:aws:sqs:eu-west-1:111122223333:*", ""),
        ("\"sqs:*\"", "arn:aws:sqs:eu-west-1:111122223333:q", ""),
        ("\"ec2:*\"", "arn:aws:s3:::*", ""),
        ("\"ec2:Describe*\"", "*", ""),
        ("\"pricing:*\"", "*", ""),
        ("\"s3:PutBucketPolicy\"", "arn:aws:s3:::b", "bucket-control"),
        ("\"s3:PutObject\"", "*", "write-everywhere"),
        ("\"s3:PutObject\"", "arn:aws:s3:::*/*", "write-everywhere"),
        ("\"s3:PutObject\"", "arn:aws:s3:::b/*", ""),
        ("\"s3:Put*\"", "*", "write-everywhere"),
        ("\"s3:GetObject\"", "*", "everywhere"),
        ("\"iam:TagUser\"", "*", "everywhere"),
        ("[\"s3:ListAllMyBuckets\",\"iam:ListUsers\"]", "*", ""),
        ("\"kms:Decrypt\"", "*", "write-everywhere"),
        ("\"kms:CreateKey\"", "*", ""),
        ("\"kms:GenerateDataKey\"", "*", "everywhere"),
        ("\"s3:CreateBucket\"", "*", "everywhere"),
        ("\"sts:GetCallerIdentity\"", "*", ""),
        ("\"sts:AssumeRole\"", "*", "assume-any-role"),
        ("\"sts:AssumeRole\"", "arn:aws:iam::111122223333:role/r", ""),
        ("\"iam:PassRole\"", "*", "pass-role"),
        (
            "\"iam:Pass*\"",
            "arn:aws:iam::111122223333:role/*",
            "pass-role",
        ),
        (
            "\"iam:PassRole\"",
            "arn:aws:iam::111122223333:role/app-*",
            "",
        ),
        ("\"iam:AttachUserPolicy\"", "*", "privilege-escalation"),
        (
            "\"iam:AttachUserPolicy\"",
            "arn:aws:iam::*:user/${aws:username}",
            "",
        ),
    ] {
        let statement = format!(r#""Action":{action},"Resource":["{resource}"]"#);
        lints(
            &super::super::Ground::new(Kind::Identity),
            &statement,
            expected,
        );
    }
}

#[test]
fn a_trust_names_the_way_in_which_its_role_is_taken() {
    const PROVIDER: &str = r#"{"Federated":"arn:aws:iam::111122223333:oidc-provider/h.example"}"#;
    const ACCOUNT: &str = r#"{"AWS":"111122223333"}"#;
    for (who, what, expected) in [
        (PROVIDER, r#""Action":"*""#, "all-actions"),
        (ACCOUNT, r#""Action":"*""#, "all-actions"),
        (PROVIDER, r#""Action":"sts:*""#, "full-service"),
        (ACCOUNT, r#""Action":"sts:*""#, ""),
        (PROVIDER, r#""NotAction":"sts:AssumeRole""#, "not-action"),
        (ACCOUNT, r#""NotAction":"sts:AssumeRole""#, "not-action"),
        (PROVIDER, r#""Action":"sts:AssumeRoleWithWebIdentity""#, ""),
    ] {
        let statement = format!(
            r#""Principal":{who},{what},"Condition":{{"StringEquals":{{"h.example:sub":"one"}}}}"#
        )
        .replace(
            "h.example:sub",
            if who == ACCOUNT {
                "sts:ExternalId"
            } else {
                "h.example:sub"
            },
        );
        lints(
            &super::super::Ground::new(Kind::Trust),
            &statement,
            expected,
        );
    }
}

#[test]
fn a_condition_on_what_is_asked_for_narrows_and_one_on_the_way_does_not() {
    let when = |key: &str, operator: &str, value: &str| {
        format!(
            r#""Action":"iam:PassRole","Resource":"*","Condition":{{"{operator}":{{"{key}":"{value}"}}}}"#
        )
    };
    let ground = super::super::Ground::new(Kind::Identity);
    lints(
        &ground,
        &when("iam:PassedToService", "StringEquals", "ec2.amazonaws.com"),
        "",
    );
    for (key, operator, value) in [
        ("aws:SecureTransport", "Bool", "true"),
        ("aws:username", "StringLike", "*"),
        ("aws:PrincipalArn", "ArnLike", "*"),
    ] {
        lints(&ground, &when(key, operator, value), "pass-role");
    }
    lints(&ground, &when("aws:username", "StringLike", "admin-*"), "");
    let everywhere = when("aws:SourceIp", "IpAddress", "0.0.0.0/0");
    let found =
        super::super::testing::linted(&ground, &format!(r#"[{{"Effect":"Allow",{everywhere}}}]"#));
    assert!(found.iter().any(|(id, _)| *id == "pass-role"), "{found:?}");
}

#[test]
fn everything_but_something_is_found_where_it_is_allowed() {
    let ground = super::super::Ground::new(Kind::Identity);
    lints(
        &ground,
        r#""NotAction":"iam:*","Resource":"*""#,
        "not-action",
    );
    let not = r#""Action":"s3:GetObject","NotResource":"arn:aws:s3:::b/*""#;
    lints(&ground, not, "not-resource");
    let of_bucket = format!(r#""Principal":{{"AWS":"111122223333"}},{not}"#);
    lints(
        &super::super::Ground::new(BUCKET),
        &of_bucket,
        "not-resource",
    );
    let deny = r#"[{"Effect":"Deny","NotAction":"iam:*","NotResource":"arn:aws:s3:::b"}]"#;
    assert_eq!(super::super::testing::linted(&ground, deny), []);
}

#[test]
fn a_bucket_is_handed_over_by_the_right_to_its_policy() {
    let to = |action: &str, resource: &str| {
        format!(
            r#""Principal":{{"AWS":"444455556666"}},"Action":"{action}","Resource":"{resource}""#
        )
    };
    const B: &str = "arn:aws:s3:::b";
    let ground = super::super::Ground::new(BUCKET);
    lints(&ground, &to("s3:*", B), "service-wildcard");
    lints(&ground, &to("s3:PutBucketPolicy", B), "bucket-control");
    lints(&ground, &to("s3:Put*", B), "bucket-control");
    lints(&ground, &to("s3:GetBucketPolicy", B), "");
    let known = ["444455556666".to_owned()].into();
    let others = super::super::Ground {
        account: Some("111122223333"),
        known_accounts: Some(&known),
        ..ground
    };
    let all = format!(r#"[{{"Effect":"Allow",{}}}]"#, to("s3:*", B));
    let found = super::super::testing::linted(&others, &all);
    let ids: Vec<_> = found.into_iter().map(|(id, _)| id).collect();
    assert_eq!(ids, ["service-wildcard", "bucket-control"]);
    let own = super::super::Ground {
        account: Some("444455556666"),
        ..ground
    };
    lints(&own, &to("s3:PutBucketPolicy", B), "");
    lints(&own, &to("s3:*", B), "service-wildcard");
}

#[test]
fn a_condition_does_not_make_every_right_over_a_bucket_a_small_one() {
    let to = |who: &str, action: &str, condition: &str| {
        format!(
            r#""Principal":{who},"Action":"{action}","Resource":"arn:aws:s3:::b","Condition":{{{condition}}}"#
        )
    };
    const ALL: &str = "\"*\"";
    const ONE: &str = r#"{"AWS":"444455556666"}"#;
    const ADDRESS: &str = r#""IpAddress":{"aws:SourceIp":"203.0.113.0/24"}"#;
    const ORGANISATION: &str = r#""StringEquals":{"aws:PrincipalOrgID":"o-abcdefghij"}"#;
    const ACCOUNT: &str = r#""StringEquals":{"aws:PrincipalAccount":"111122223333"}"#;
    const POINTS: &str = r#""StringEquals":{"s3:DataAccessPointAccount":"111122223333"}"#;
    for (who, action, condition, expected) in [
        (ALL, "*", ADDRESS, "all-actions"),
        (ONE, "*", ADDRESS, "all-actions"),
        (ONE, "*", ORGANISATION, "all-actions"),
        (ALL, "*", POINTS, ""),
        (ALL, "s3:*", ADDRESS, "service-wildcard bucket-control"),
        (ALL, "s3:*", ORGANISATION, "service-wildcard bucket-control"),
        (ALL, "s3:PutBucketPolicy", ADDRESS, "bucket-control"),
        (ALL, "s3:*", ACCOUNT, "service-wildcard"),
        (ALL, "s3:*", POINTS, "service-wildcard"),
        (ALL, "s3:ListBucket", ADDRESS, ""),
    ] {
        let text = format!(r#"[{{"Effect":"Allow",{}}}]"#, to(who, action, condition));
        let found = super::super::testing::linted(&super::super::Ground::new(BUCKET), &text);
        let ids: Vec<_> = found.into_iter().map(|(id, _)| id).collect();
        assert_eq!(ids.join(" "), expected, "{text}");
    }
    // What a VPC endpoint's policy says has another meaning.
    let endpoint = to(ALL, "*", ORGANISATION).replace("arn:aws:s3:::b", "*");
    let any = super::super::Ground::new(Kind::Resource);
    lints(&any, &endpoint, "");
    lints(
        &any,
        &endpoint.replace(ORGANISATION, ADDRESS),
        "all-actions",
    );
}

#[test]
fn what_another_statement_takes_away_is_not_given() {
    let text = r#"[{"Effect":"Allow","Action":"s3:PutBucketPolicy","Resource":"*"},
                   {"Effect":"Deny","Action":"s3:*Policy","Resource":"*"}]"#;
    let ground = super::super::Ground::new(Kind::Identity);
    assert_eq!(super::super::testing::linted(&ground, text), []);
    let all = text
        .replace("s3:PutBucketPolicy", "s3:*")
        .replace("s3:*Policy", "s3:*");
    assert_eq!(super::super::testing::linted(&ground, &all), []);
}
