//! The examples of AWS's pages, with what the pages say comes of them.

use super::*;
use Answer::{Allowed, DeniedExplicitly, DeniedImplicitly};

fn ask(action: &str, resource: &str) -> Request {
    Request {
        action: action.to_owned(),
        resource: resource.to_owned(),
        ..get(user())
    }
}

/// "Policy evaluation for requests within a single account", Carlos's two policies.
#[test]
fn an_identity_policy_and_a_bucket_policy_of_one_account() {
    let own = document(&[
        json!({"Sid": "AllowS3ListRead", "Effect": "Allow", "Action": [
            "s3:GetBucketLocation", "s3:GetAccountPublicAccessBlock", "s3:ListAllMyBuckets",
        ], "Resource": "arn:aws:s3:::*"}),
        json!({"Sid": "AllowS3Self", "Effect": "Allow", "Action": "s3:*", "Resource": [
            "arn:aws:s3:::amzn-s3-demo-bucket-carlossalazar/*",
            "arn:aws:s3:::amzn-s3-demo-bucket-carlossalazar",
        ]}),
        json!({"Sid": "DenyS3Logs", "Effect": "Deny", "Action": "s3:*",
            "Resource": "arn:aws:s3:::*log*"}),
    ]);
    let bucket = document(&[json!({
        "Effect": "Allow", "Principal": {"AWS": USER}, "Action": "s3:*", "Resource": [
            "arn:aws:s3:::amzn-s3-demo-bucket-carlossalazar/*",
            "arn:aws:s3:::amzn-s3-demo-bucket-carlossalazar",
        ],
    })]);
    for (request, expected, reason) in [
        (
            ask(
                "s3:PutObject",
                "arn:aws:s3:::amzn-s3-demo-bucket-carlossalazar/x",
            ),
            Allowed,
            "both allow",
        ),
        (
            ask(
                "s3:PutObject",
                "arn:aws:s3:::amzn-s3-demo-bucket-carlossalazar-logs/x",
            ),
            DeniedExplicitly,
            "the logs are denied",
        ),
        (
            ask(
                "s3:PutObject",
                "arn:aws:s3:::amzn-s3-demo-bucket-carlossalazar/my.log",
            ),
            DeniedExplicitly,
            "so is every object with log in its name",
        ),
        (
            ask("s3:PutObject", "arn:aws:s3:::other/x"),
            DeniedImplicitly,
            "nothing allows",
        ),
    ] {
        let sources = Sources {
            identity: vec![source("own", &own)],
            resource: Some(source("bucket", &bucket)),
            ..Sources::default()
        };
        assert_eq!(evaluate(&request, &sources).answer, expected, "{reason}");
    }
}

/// "Cross-account policy evaluation logic", Carlos's access to the bucket "Production".
#[test]
fn an_identity_policy_and_a_bucket_policy_of_two_accounts() {
    let own = document(&[
        json!({"Sid": "AllowS3ListRead", "Effect": "Allow", "Action": "s3:ListAllMyBuckets"}),
        json!({"Sid": "AllowS3ProductionObjectActions", "Effect": "Allow",
            "Action": "s3:*Object*", "Resource": "arn:aws:s3:::amzn-s3-demo-bucket/*"}),
        json!({"Sid": "DenyS3Logs", "Effect": "Deny", "Action": "s3:*",
            "Resource": ["arn:aws:s3:::*log*", "arn:aws:s3:::*log*/*"]}),
    ]);
    let bucket = document(&[json!({
        "Effect": "Allow", "Principal": {"AWS": USER},
        "Action": ["s3:GetObject*", "s3:PutObject*", "s3:ReplicateObject", "s3:RestoreObject"],
        "Resource": "arn:aws:s3:::amzn-s3-demo-bucket/*",
    })]);
    for (action, object, expected, reason) in [
        ("s3:PutObject", "x", Allowed, "both sides allow"),
        (
            "s3:GetObject",
            "log/x",
            DeniedExplicitly,
            "his own side denies the logs",
        ),
        (
            "s3:DeleteObject",
            "x",
            DeniedImplicitly,
            "the bucket's side does not allow",
        ),
    ] {
        let mut request = ask(
            action,
            &format!("arn:aws:s3:::amzn-s3-demo-bucket/{object}"),
        );
        request.resource_account = OTHER.to_owned();
        let sources = Sources {
            identity: vec![source("own", &own)],
            resource: Some(source("bucket", &bucket)),
            ..Sources::default()
        };
        assert_eq!(evaluate(&request, &sources).answer, expected, "{reason}");
    }
}

/// "Permissions boundaries for IAM entities", Shirley's boundary and her policy.
#[test]
fn a_boundary_without_the_action_leaves_nothing_of_a_policy() {
    let boundary = document(&[json!({
        "Effect": "Allow", "Action": ["s3:*", "cloudwatch:*", "ec2:*"],
    })]);
    let own = document(&[json!({"Effect": "Allow", "Action": "iam:CreateUser"})]);
    let sources = Sources {
        identity: vec![source("own", &own)],
        boundary: Some(source("boundary", &boundary)),
        ..Sources::default()
    };
    let request = ask("iam:CreateUser", "arn:aws:iam::111122223333:user/x");
    assert_eq!(evaluate(&request, &sources).answer, DeniedImplicitly);
    let read = ask("s3:GetObject", OBJECT);
    assert_eq!(
        evaluate(&read, &sources).answer,
        DeniedImplicitly,
        "a boundary grants nothing"
    );
}

/// "Create a role for OpenID Connect federation": GitHub's trust policy.
#[test]
fn a_trust_lets_in_whom_its_provider_and_its_conditions_let() {
    let provider = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com";
    let trust = Document::parse(
        &json!({"Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Principal": {"Federated": provider},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {
                "StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"},
                "StringLike": {"token.actions.githubusercontent.com:sub": "repo:acme/app:*"},
            },
        }})
        .to_string(),
    )
    .unwrap();
    let ask = |provider: &str, subject: &str| {
        let request = Request {
            caller: Caller::parse(provider).unwrap(),
            action: "sts:AssumeRoleWithWebIdentity".to_owned(),
            resource: ROLE.to_owned(),
            resource_account: ACCOUNT.to_owned(),
            context: Context::new()
                .with(
                    "token.actions.githubusercontent.com:aud",
                    "sts.amazonaws.com",
                )
                .with("token.actions.githubusercontent.com:sub", subject),
        };
        let sources = Sources {
            resource: Some(source("trust", &trust)),
            resource_rule: ResourceRule::Trust,
            ..Sources::default()
        };
        evaluate(&request, &sources).answer
    };
    assert_eq!(ask(provider, "repo:acme/app:ref:refs/heads/main"), Allowed);
    assert_eq!(ask(provider, "repo:acme/application:x"), DeniedImplicitly);
    let other = provider.replace("token.actions.githubusercontent.com", "gitlab.com");
    assert_eq!(
        ask(&other, "repo:acme/app:ref:refs/heads/main"),
        DeniedImplicitly
    );
}

/// "Key policies in AWS KMS": the default policy and one for a role through S3 only.
#[test]
fn a_key_leaves_to_iam_what_its_policy_leaves_to_iam() {
    let key = "arn:aws:kms:eu-west-1:111122223333:key/1";
    let default = document(&[json!({
        "Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "kms:*",
    })]);
    let via_s3 = document(&[json!({
        "Effect": "Allow", "Principal": {"AWS": ROLE}, "Action": "kms:Decrypt",
        "Condition": {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}},
    })]);
    let own = document(&[json!({"Effect": "Allow", "Action": "kms:Decrypt", "Resource": key})]);
    let through = |service: &str| Context::new().with("kms:ViaService", service);
    for (policy, own, context, expected, reason) in [
        (
            &default,
            Some(&own),
            Context::new(),
            Allowed,
            "IAM may allow, and does",
        ),
        (
            &default,
            None,
            Context::new(),
            DeniedImplicitly,
            "IAM may allow, and does not",
        ),
        (
            &via_s3,
            None,
            through("s3.eu-west-1.amazonaws.com"),
            Allowed,
            "through S3",
        ),
        (
            &via_s3,
            None,
            through("sqs.eu-west-1.amazonaws.com"),
            DeniedImplicitly,
            "not through S3",
        ),
        (
            &via_s3,
            Some(&own),
            Context::new(),
            DeniedImplicitly,
            "IAM has no say",
        ),
    ] {
        let request = Request {
            caller: session(),
            action: "kms:Decrypt".to_owned(),
            resource: key.to_owned(),
            resource_account: ACCOUNT.to_owned(),
            context,
        };
        let sources = Sources {
            identity: own.map(|own| source("own", own)).into_iter().collect(),
            resource: Some(source("key policy", policy)),
            resource_rule: ResourceRule::KeyPolicy,
            ..Sources::default()
        };
        assert_eq!(evaluate(&request, &sources).answer, expected, "{reason}");
    }
}
