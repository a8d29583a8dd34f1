//! All rules together.

use super::testing::{BUCKET, findings};
use super::*;

#[test]
fn everything_is_found_at_once_in_the_order_written() {
    let found = findings(
        &Kind::Identity,
        r#"[{"Effect":"Allow","Action":"s3:ListObjectsV2","Resource":"arn:aws:s3:::b"},
            {"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"},
            {"Effect":"Allow","Sid":"a b","Principal":"*","Action":"s3:GetObject",
             "Resource":"arn:aws:s3:::b","Condition":{"StringEqual":{"aws:SourceIp":"x"}}}]"#,
    );
    let paths: Vec<_> = found.iter().map(|finding| finding.path.as_str()).collect();
    let expected = [
        "Statement[0].Action",
        "Statement[2].Sid",
        "Statement[2].Principal",
        "Statement[2].Action",
        "Statement[2].Condition.StringEqual",
    ];
    assert_eq!(paths, expected, "{found:#?}");
}

#[test]
fn good_policies_have_no_findings() {
    let good = [
        (
            Kind::Identity,
            r#"[{"Effect":"Allow","Action":["s3:ListBucket","s3:GetObject","sqs:SendMessage"],
                 "Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*","arn:aws:sqs:eu-west-1:111122223333:q"],
                 "Condition":{"StringLike":{"s3:prefix":["home/${aws:username}/*",""]},
                              "Bool":{"aws:SecureTransport":true}}},
                {"Effect":"Allow","Action":"*","Resource":"*"},
                {"Effect":"Deny","NotAction":"iam:*","NotResource":"arn:aws:s3:::b"}]"#,
        ),
        (
            BUCKET,
            r#"[{"Sid":"A vendor's, 1","Effect":"Deny","Principal":"*","Action":"s3:*",
                 "Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"],
                 "Condition":{"Bool":{"aws:SecureTransport":"false"}}},
                {"Effect":"Allow","Principal":{"Service":"logging.s3.amazonaws.com"},
                 "Action":"s3:PutObject","Resource":"arn:aws:s3:::b/logs/*",
                 "Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:s3:::other"},
                              "StringEquals":{"aws:SourceAccount":"111122223333"}}}]"#,
        ),
        (
            Kind::Trust,
            r#"[{"Effect":"Allow","Principal":{"Federated":
                 "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"},
                 "Action":["sts:AssumeRoleWithWebIdentity","sts:TagSession"],"Condition":{
                 "StringEquals":{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com"},
                 "StringLike":{"token.actions.githubusercontent.com:sub":"repo:o@1/r@2:*"}}},
                {"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole",
                 "Condition":{"StringEquals":{"sts:ExternalId":"x"}}}]"#,
        ),
        (
            Kind::KeyPolicy,
            r#"[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},
                 "Action":"kms:*","Resource":"*"}]"#,
        ),
    ];
    for (kind, statements) in good {
        assert_eq!(findings(&kind, statements), [], "{kind:?}");
    }
    assert_eq!(check(&[], &Kind::Identity), []);
}

#[test]
fn every_kind_has_its_own_quota() {
    let quotas = [
        Kind::Identity,
        BUCKET,
        Kind::Trust,
        Kind::KeyPolicy,
        Kind::Resource,
    ]
    .map(|kind| quota(&kind));
    assert_eq!(quotas, [6_144, 20_480, 2_048, 32_768, 32_768]);
}

#[test]
fn statements_built_by_hand_are_checked_as_if_read() {
    let statement = Statement {
        action: ["S3:LISTBUCKET".to_owned()].into(),
        resource: ["arn:aws:s3:::b".to_owned()].into(),
        ..Statement::new(super::super::Effect::Allow)
    };
    assert_eq!(check(&[statement], &Kind::Identity), []);
}
