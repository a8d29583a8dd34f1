//! Actions, resources and principals.

use super::*;

#[test]
fn a_statement_covers_actions_and_resources_as_aws_reads_them() {
    let table = r#"
yes | {"Action": "S3:getobject"}                       | actions have no case
yes | {"Action": "s3:Get*"}                            | a wildcard
yes | {"Action": "s3:G?tObject"}                       | one letter
yes | {"Action": "*"}                                  | every action
yes | {"Action": "*:*"}                                | every action
no  | {"Action": "*:GetObject"}                        | IAM refuses a service that is a pattern
no  | {"Action": "s?:GetObject"}                       | IAM refuses a service that is a pattern
no  | {"Action": "s3: GetObject"}                      | a space is a space
no  | {"Action": "s3:"}                                | no name
yes | {"Action": ["s3:PutObject", "s3:GetObject"]}     | one of several
no  | {"Action": "s3:GetObjectAcl"}                    | another action
no  | {"Action": []}                                   | no action at all
yes | {"NotAction": "s3:Put*"}                         | all but others
no  | {"NotAction": "S3:GET*"}                         | all but this
yes | {"Resource": "arn:aws:s3:::b/*"}                 | * crosses /
yes | {"Resource": "arn:aws:s3:::*"}                   | * crosses /
yes | {"Resource": "arn:aws:s3:*"}                     | * that ends a field crosses :
no  | {"Resource": "arn:aws:s3:::b"}                   | the bucket is not its objects
no  | {"Resource": "arn:aws:s3:::B/*"}                 | resources have case
yes | {"Resource": "arn:aws:s3:::b/?/o"}               | one letter
no  | {"Resource": []}                                 | an identity policy without a resource
yes | {"NotResource": "arn:aws:s3:::c/*"}              | all but others
no  | {"NotResource": ["arn:aws:s3:::c/*", "*/a/o"]}   | all but this
no  | {"Resource": "arn:aws:s3:::b/${aws:username}/o"} | ann's only
yes | {"Resource": "arn:aws:s3:::b/${aws:x, 'a'}/o"}   | a default
no  | {"Resource": "arn:aws:s3:::b/${aws:x}*"}         | a null variable
yes | {"NotResource": "arn:aws:s3:::b/${aws:x}*"}      | nothing is like null
no  | {"Resource": "arn:aws:s3:::b/${*}"}              | a star itself
"#;
    for row in table.trim().lines() {
        let cells: Vec<&str> = row.split(" | ").map(str::trim).collect();
        let mut statement: Value = serde_json::from_str(cells[1]).expect(row);
        statement["Effect"] = json!("Allow");
        let answer = by_own(&get(user()), &document(&[statement])).answer;
        assert_eq!(answer == Answer::Allowed, cells[0] == "yes", "{row}");
    }
}

#[test]
fn a_policy_of_a_resource_that_names_none_is_about_its_own() {
    let text =
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"*"}}"#;
    let resource = Document::parse(text).unwrap();
    for (resource_rule, expected) in [
        (ResourceRule::Ordinary, Answer::Allowed),
        (ResourceRule::Trust, Answer::Allowed),
        (ResourceRule::KeyPolicy, Answer::DeniedImplicitly),
    ] {
        let sources = Sources {
            resource: Some(source("resource", &resource)),
            resource_rule,
            ..Sources::default()
        };
        assert_eq!(evaluate(&get(user()), &sources).answer, expected);
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
    let table = r#"
yes | user      | {"AWS": "arn:aws:iam::111122223333:user/team/ann"}   | the user
no  | user      | {"AWS": "arn:aws:iam::111122223333:user/ann"}        | another path
no  | user      | {"AWS": "111122223333"}                              | the account only delegates
yes | session   | {"AWS": "arn:aws:iam::111122223333:role/p/r"}        | its role
no  | session   | {"AWS": "arn:aws:iam::111122223333:role/r"}          | another path
yes | session   | {"AWS": "arn:aws:sts::111122223333:assumed-role/r/s"} | the ARN has no path
no  | session   | {"AWS": "arn:aws:sts::111122223333:assumed-role/r/t"} | another session
yes | pathless  | {"AWS": "arn:aws:iam::111122223333:role/p/r"}        | the role of that name
no  | pathless  | {"AWS": "arn:aws:iam::111122223333:role/p/rr"}       | another name
no  | pathless  | {"AWS": "arn:aws:iam::444455556666:role/r"}          | another account
yes | role      | {"AWS": "arn:aws:iam::111122223333:role/r"}          | the role whose ARN is known
no  | role      | {"AWS": "arn:aws:iam::111122223333:role/p/r"}        | another path
no  | role      | {"AWS": "arn:aws:iam::111122223333:role/R"}          | another case
yes | federated | {"AWS": "arn:aws:sts::111122223333:federated-user/f"} | the session
yes | user      | "*"                                                  | everyone
yes | anybody   | "*"                                                  | everyone, unsigned too
yes | anybody   | {"AWS": "*"}                                         | means the same
no  | anybody   | {"AWS": ["111122223333", "444455556666"]}            | nobody in particular
yes | service   | {"Service": "logging.s3.amazonaws.com"}              | the service
no  | service   | {"Service": "ec2.amazonaws.com"}                     | another service
yes | web       | {"Federated": "cognito-identity.amazonaws.com"}      | a session of the provider
no  | session   | {"Federated": "cognito-identity.amazonaws.com"}      | a session of none
no  | session   | {"AWS": "AROAEXAMPLE"}                               | of somebody who is gone
no  | user      | {"CanonicalUser": "79a5"}                            | not known here
"#;
    for row in table.trim().lines() {
        let cells: Vec<&str> = row.split(" | ").map(str::trim).collect();
        let mut request = get(match cells[1] {
            "user" => user(),
            "session" | "web" => session(),
            "role" => Caller::parse("arn:aws:iam::111122223333:role/r").unwrap(),
            "pathless" => Caller::parse(SESSION).unwrap(),
            "federated" => Caller::parse("arn:aws:sts::111122223333:federated-user/f").unwrap(),
            "service" => Caller::parse("logging.s3.amazonaws.com").unwrap(),
            _ => Caller::Anonymous,
        });
        if cells[1] == "web" {
            request.context =
                Context::new().with("aws:FederatedProvider", "cognito-identity.amazonaws.com");
        }
        let principal: Value = serde_json::from_str(cells[2]).expect(row);
        let answer = by_resource(&request, &to("Allow", &principal)).answer;
        assert_eq!(answer == Answer::Allowed, cells[0] == "yes", "{row}");
    }
    let without = document(&[json!({"Effect": "Allow"})]);
    let answer = by_resource(&get(user()), &without).answer;
    assert_eq!(
        answer,
        Answer::DeniedImplicitly,
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
