//! What is public, and what is not.

use super::super::testing::{BUCKET, linted, lints};
use super::super::{BlockPublicAccess, Settings};
use super::*;

#[test]
fn a_bucket_is_public_unless_fixed_values_confine_it() {
    let ground = Ground::new(BUCKET);
    for (condition, expected) in [
        ("", "public-access"),
        (
            r#""StringEquals":{"aws:PrincipalOrgID":"o-abcdefghij"}"#,
            "",
        ),
        (
            r#""IpAddress":{"aws:SourceIp":["203.0.113.0/24","2001:db8::/32"]}"#,
            "",
        ),
        (
            r#""IpAddress":{"aws:SourceIp":"0.0.0.0/1"}"#,
            "public-access",
        ),
        (
            r#""IpAddress":{"aws:SourceIp":["203.0.113.0/24","0.0.0.0/0"]}"#,
            "public-access",
        ),
        (r#""StringEquals":{"aws:SourceVpce":"vpce-12345678"}"#, ""),
        (r#""StringLike":{"aws:SourceVpc":"vpc-*"}"#, "public-access"),
        (
            r#""StringNotEquals":{"aws:SourceVpc":"vpc-12345678"}"#,
            "public-access",
        ),
        (
            r#""StringLike":{"aws:Referer":"https://www.example.com/*"}"#,
            "public-access",
        ),
        (r#""Bool":{"aws:SecureTransport":"true"}"#, "public-access"),
        (
            r#""ArnLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/app-*"}"#,
            "public-by-definition",
        ),
        (
            r#""ArnLike":{"s3:DataAccessPointArn":"arn:aws:s3:us-west-2:111122223333:accesspoint/*"}"#,
            "",
        ),
        (
            r#""ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/app"}"#,
            "public-access",
        ),
        (
            r#""StringEquals":{"aws:PrincipalAccount":"${aws:SourceAccount}"}"#,
            "public-access",
        ),
    ] {
        let statement = format!(
            r#""Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*","Condition":{{{condition}}}"#
        );
        lints(&ground, &statement, expected);
    }
    let some = r#""Principal":{"AWS":"111122223333"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*""#;
    lints(&ground, some, "");
}

#[test]
fn a_key_is_public_as_a_bucket_is() {
    let when = |condition: &str| {
        format!(
            r#""Principal":{{"AWS":"*"}},"Action":"kms:Decrypt","Resource":"*","Condition":{{{condition}}}"#
        )
    };
    let all = |condition: &str| -> Vec<_> {
        let statements = format!(
            r#"[{{"Effect":"Allow","Principal":{{"AWS":"111122223333"}},"Action":"kms:*","Resource":"*"}},
                {{"Effect":"Allow",{}}}]"#,
            when(condition)
        );
        linted(&Ground::new(Kind::KeyPolicy), &statements)
    };
    let by_s3 = r#""StringEquals":{"kms:CallerAccount":"111122223333","kms:ViaService":"s3.eu-west-1.amazonaws.com"}"#;
    assert_eq!(all(by_s3), []);
    assert_eq!(
        all(""),
        [("public-access", "Statement[1].Principal".to_owned())]
    );
}

#[test]
fn not_principal_is_found() {
    let not = r#""NotPrincipal":{"AWS":"111122223333"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*""#;
    lints(&Ground::new(BUCKET), not, "allow-not-principal");
    for (principals, expected) in [
        (r#""111122223333""#, "not-principal"),
        (
            r#"["arn:aws:iam::111122223333:user/u","111122223333"]"#,
            "not-principal",
        ),
        (
            r#""arn:aws:iam::111122223333:user/u""#,
            "deny-not-principal",
        ),
        (
            r#"["arn:aws:iam::111122223333:role/p/r","111122223333"]"#,
            "deny-not-principal",
        ),
        (
            r#"["arn:aws:iam::111122223333:role/p/r","111122223333","arn:aws:sts::111122223333:assumed-role/r/s"]"#,
            "not-principal",
        ),
    ] {
        let deny = format!(
            r#"[{{"Effect":"Deny","NotPrincipal":{{"AWS":{principals}}},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}}]"#
        );
        let found = linted(&Ground::new(BUCKET), &deny);
        let place = "Statement[0].NotPrincipal".to_owned();
        assert_eq!(found, [(expected, place)], "{principals}");
    }
}

#[test]
fn a_public_statement_cuts_off_other_accounts_where_public_buckets_are_restricted() {
    let statements = |account: &str| {
        format!(
            r#"[{{"Effect":"Allow","Principal":{{"AWS":"{account}"}},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}},
                {{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/public/*"}}]"#
        )
    };
    let known = BTreeSet::from(["444455556666".to_owned()]);
    let ground = |restricts| Ground {
        account: Some("111122223333"),
        known_accounts: Some(&known),
        settings: Settings {
            block_public_access: BlockPublicAccess {
                restrict_public_buckets: restricts,
                ..BlockPublicAccess::default()
            },
            ..Settings::default()
        },
        ..Ground::new(BUCKET)
    };
    for (account, restricts, cuts) in [
        ("444455556666", Some(true), true),
        ("444455556666", None, true),
        ("444455556666", Some(false), false),
        ("111122223333", Some(true), false),
    ] {
        let found = linted(&ground(restricts), &statements(account));
        let cut = ("public-cuts-accounts", "Statement[1]".to_owned());
        assert_eq!(
            found.contains(&cut),
            cuts,
            "{account} {restricts:?} {found:?}"
        );
    }
    let unknown = linted(&Ground::new(BUCKET), &statements("444455556666"));
    assert_eq!(
        unknown.len(),
        1,
        "the account may be the bucket's own: {unknown:?}"
    );
}
