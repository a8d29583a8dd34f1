//! Actions, resources and principals.

use super::*;

#[test]
fn a_statement_covers_actions_and_resources_as_aws_reads_them() {
    for (members, expected, reason) in [
        (
            json!({"Action": "S3:getobject"}),
            true,
            "actions have no case",
        ),
        (json!({"Action": "s3:Get*"}), true, "a wildcard"),
        (json!({"Action": "s3:G?tObject"}), true, "one letter"),
        (json!({"Action": "*"}), true, "every action"),
        (
            json!({"Action": ["s3:PutObject", "s3:GetObject"]}),
            true,
            "one of several",
        ),
        (
            json!({"Action": "s3:GetObjectAcl"}),
            false,
            "another action",
        ),
        (json!({"NotAction": "s3:Put*"}), true, "all but others"),
        (json!({"NotAction": "S3:GET*"}), false, "all but this"),
        (json!({"Resource": "arn:aws:s3:::b/*"}), true, "* crosses /"),
        (json!({"Resource": "arn:aws:s3:::*"}), true, "* crosses /"),
        (
            json!({"Resource": "arn:aws:s3:*"}),
            true,
            "* that ends a field crosses :",
        ),
        (
            json!({"Resource": "arn:aws:s3:::b"}),
            false,
            "the bucket is not its objects",
        ),
        (
            json!({"Resource": "arn:aws:s3:::B/*"}),
            false,
            "resources have case",
        ),
        (
            json!({"Resource": "arn:aws:s3:::b/?/o"}),
            true,
            "one letter",
        ),
        (
            json!({"Resource": []}),
            false,
            "an identity policy without a resource",
        ),
        (
            json!({"NotResource": "arn:aws:s3:::c/*"}),
            true,
            "all but others",
        ),
        (
            json!({"NotResource": ["arn:aws:s3:::c/*", OBJECT]}),
            false,
            "all but this",
        ),
        (
            json!({"Resource": "arn:aws:s3:::b/${aws:username}/o"}),
            false,
            "ann's only",
        ),
        (
            json!({"Resource": "arn:aws:s3:::b/${aws:x, 'a'}/o"}),
            true,
            "a default",
        ),
        (
            json!({"Resource": "arn:aws:s3:::b/${aws:x}*"}),
            false,
            "a null variable",
        ),
        (
            json!({"NotResource": "arn:aws:s3:::b/${aws:x}*"}),
            true,
            "nothing is like null",
        ),
        (
            json!({"Resource": "arn:aws:s3:::b/${*}"}),
            false,
            "a star itself",
        ),
        (json!({"Action": []}), false, "no action at all"),
    ] {
        let mut members = members;
        members["Effect"] = json!("Allow");
        let answer = by_own(&get(user()), &document(&[members.clone()])).answer;
        assert_eq!(answer == Answer::Allowed, expected, "{reason}: {members}");
    }
}

#[test]
fn variables_are_of_the_newer_language_only() {
    let text = |version: &str| {
        format!(
            r#"{{{version}"Statement":{{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${{aws:username}}"}}}}"#
        )
    };
    let at = |name: &str| Request {
        resource: format!("arn:aws:s3:::b/{name}"),
        ..get(user())
    };
    for (version, name, expected) in [
        (r#""Version":"2012-10-17","#, "ann", Answer::Allowed),
        (
            r#""Version":"2012-10-17","#,
            "${aws:username}",
            Answer::DeniedImplicitly,
        ),
        (
            r#""Version":"2008-10-17","#,
            "ann",
            Answer::DeniedImplicitly,
        ),
        ("", "ann", Answer::DeniedImplicitly),
        ("", "${aws:username}", Answer::Allowed),
    ] {
        let document = Document::parse(&text(version)).unwrap();
        assert_eq!(
            by_own(&at(name), &document).answer,
            expected,
            "{version} {name}"
        );
    }
}

#[test]
fn a_resource_names_its_callers() {
    use Answer::{Allowed, DeniedImplicitly as No};
    let federated = || Caller::parse("arn:aws:sts::111122223333:federated-user/f").unwrap();
    let service = || Caller::Service("logging.s3.amazonaws.com".to_owned());
    let unknown_path = || Caller::parse(SESSION).unwrap();
    for (principal, caller, expected, reason) in [
        (json!({"AWS": USER}), user(), Allowed, "the user"),
        (
            json!({"AWS": "arn:aws:iam::111122223333:user/ann"}),
            user(),
            No,
            "another path",
        ),
        (
            json!({"AWS": ACCOUNT}),
            user(),
            No,
            "the account only delegates",
        ),
        (json!({"AWS": ROLE}), session(), Allowed, "its role"),
        (
            json!({"AWS": SESSION}),
            session(),
            Allowed,
            "the session, whose ARN has no path",
        ),
        (
            json!({"AWS": format!("{SESSION}x")}),
            session(),
            No,
            "another session",
        ),
        (
            json!({"AWS": "arn:aws:iam::111122223333:role/r"}),
            session(),
            No,
            "another path",
        ),
        (
            json!({"AWS": ROLE}),
            unknown_path(),
            Allowed,
            "the role of that name",
        ),
        (
            json!({"AWS": "arn:aws:iam::111122223333:role/p/rr"}),
            unknown_path(),
            No,
            "other name",
        ),
        (
            json!({"AWS": "arn:aws:iam::444455556666:role/r"}),
            unknown_path(),
            No,
            "other account",
        ),
        (
            json!({"AWS": "arn:aws:sts::111122223333:federated-user/f"}),
            federated(),
            Allowed,
            "it",
        ),
        (json!("*"), user(), Allowed, "everyone"),
        (
            json!("*"),
            Caller::Anonymous,
            Allowed,
            "everyone, unsigned too",
        ),
        (json!({"AWS": "*"}), Caller::Anonymous, Allowed, "the same"),
        (
            json!({"AWS": [ACCOUNT, OTHER]}),
            Caller::Anonymous,
            No,
            "nobody in particular",
        ),
        (
            json!({"Service": "logging.s3.amazonaws.com"}),
            service(),
            Allowed,
            "the service",
        ),
        (
            json!({"Service": "ec2.amazonaws.com"}),
            service(),
            No,
            "another service",
        ),
        (
            json!({"AWS": "AROAEXAMPLE"}),
            session(),
            No,
            "an id is of somebody who is gone",
        ),
        (
            json!({"CanonicalUser": "79a5"}),
            user(),
            No,
            "a canonical id is not known",
        ),
    ] {
        let answer = by_resource(&get(caller), &to("Allow", &principal)).answer;
        assert_eq!(answer, expected, "{reason}: {principal}");
    }
    let without = document(&[json!({"Effect": "Allow"})]);
    assert_eq!(
        by_resource(&get(user()), &without).answer,
        No,
        "no principal names nobody"
    );
}

#[test]
fn a_denial_reaches_whom_it_names_at_any_level() {
    for (principal, caller, expected, reason) in [
        (
            json!({"AWS": ACCOUNT}),
            session(),
            true,
            "all of the account",
        ),
        (
            json!({"AWS": ROLE}),
            session(),
            true,
            "all sessions of the role",
        ),
        (json!({"AWS": SESSION}), session(), true, "the session"),
        (json!({"AWS": USER}), session(), false, "somebody else"),
        (json!("*"), session(), true, "everyone"),
        (json!({"AWS": OTHER}), user(), false, "another account"),
    ] {
        let (own, resource) = (allow(), to("Deny", &principal));
        let decision = evaluate(
            &get(caller),
            &Sources {
                identity: vec![source("own", &own)],
                resource: Some(source("resource", &resource)),
                ..Sources::default()
            },
        );
        let denied = decision.answer == Answer::DeniedExplicitly;
        assert_eq!(denied, expected, "{reason}: {principal}");
    }
}

#[test]
fn all_but_some_are_all_others() {
    let root = "arn:aws:iam::111122223333:root";
    for (not, caller, boundary, expected, reason) in [
        (
            json!({"AWS": [USER, root]}),
            user(),
            false,
            true,
            "AWS's example",
        ),
        (json!({"AWS": USER}), user(), false, true, "itself"),
        (
            json!({"AWS": root}),
            user(),
            false,
            false,
            "only its account",
        ),
        (
            json!({"AWS": root}),
            Caller::parse(ACCOUNT).unwrap(),
            false,
            true,
            "the root itself",
        ),
        (
            json!({"AWS": [ROLE, root]}),
            session(),
            false,
            true,
            "its role",
        ),
        (json!({"AWS": ROLE}), user(), false, false, "somebody else"),
        (
            json!({"AWS": [USER, root]}),
            user(),
            true,
            false,
            "a boundary denies always",
        ),
    ] {
        let own = allow();
        let resource = document(&[json!({"Effect": "Deny", "NotPrincipal": not})]);
        let sources = Sources {
            identity: vec![source("own", &own)],
            boundary: boundary.then(|| source("boundary", &own)),
            resource: Some(source("resource", &resource)),
            ..Sources::default()
        };
        let allowed = evaluate(&get(caller), &sources).answer == Answer::Allowed;
        assert_eq!(allowed, expected, "{reason}: {not}");
    }
    let resource = document(&[json!({"Effect": "Allow", "NotPrincipal": {"AWS": ACCOUNT}})]);
    let answer = |caller| by_resource(&get(caller), &resource).answer;
    assert_eq!(answer(user()), Answer::DeniedImplicitly);
    assert_eq!(answer(Caller::Anonymous), Answer::Allowed);
}
