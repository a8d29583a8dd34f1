//! Trusts and subjects that are not theirs.

use super::*;
use crate::explain::claims::Claims;
use crate::policy::evaluate::{Caller, Request, ResourceRule, Source, Sources, trace};
use crate::resource::Scope;

const GITHUB: &str = "token.actions.githubusercontent.com";

fn closest(operator: &str, allowed: &[&str], given: &str) -> Option<Closest> {
    let statements = serde_json::json!([{
        "Effect": "Allow", "Condition": {operator: {format!("{GITHUB}:sub"): allowed}},
    }]);
    search(statements, given).0
}

/// Among these statements, of which only effect and conditions are to be given.
fn search(mut statements: serde_json::Value, given: &str) -> (Option<Closest>, Vec<String>) {
    let scope = Scope {
        account: "123456789012".into(),
        partition: "aws".into(),
        region: "us-east-1".into(),
        project: None,
    };
    let identity = Claims::default().with("sub", given).with("aud", "a");
    let identity = identity
        .with("iss", &format!("https://{GITHUB}"))
        .identity(&scope, 0)
        .unwrap();
    for statement in statements.as_array_mut().unwrap() {
        statement["Action"] = "sts:AssumeRoleWithWebIdentity".into();
        statement["Principal"] = serde_json::json!({"Federated": identity.provider});
    }
    let trust = serde_json::json!({"Version": "2012-10-17", "Statement": statements});
    let trust = Document::parse(&trust.to_string()).unwrap();
    let request = Request {
        caller: Caller::Federated {
            provider: identity.provider.clone(),
        },
        action: "sts:AssumeRoleWithWebIdentity".into(),
        resource: "arn:aws:iam::123456789012:role/r".into(),
        resource_account: scope.account,
        context: identity.context.clone(),
    };
    let sources = Sources {
        resource: Some(Source {
            name: "the trust policy",
            document: &trust,
        }),
        resource_rule: ResourceRule::Trust,
        ..Sources::default()
    };
    let with = |subject: &str| {
        let context = request.context.clone();
        let request = Request {
            context: context.with(&format!("{GITHUB}:sub"), subject),
            ..request.clone()
        };
        trace(&request, &sources)
    };
    let search = Search {
        traces: &trace(&request, &sources),
        identity: &identity,
        document: &trust,
        context: &request.context,
        with: &with,
    };
    search.closest()
}

#[test]
fn the_closest_subject_is_one_that_is_let_in() {
    let sub = format!("{GITHUB}:sub");
    let on = |name: &str| format!("repo:acme/app:ref:refs/heads/{name}");
    let allow = |condition: serde_json::Value| serde_json::json!({"Effect": "Allow", "Condition": condition});
    let but_dev = allow(serde_json::json!({
        "StringLike": {&sub: [on("dev*"), on("next")]}, "StringNotEquals": {&sub: on("dev")},
    }));
    let only_dev = allow(serde_json::json!({
        "StringLike": {&sub: on("dev*")}, "StringNotEquals": {&sub: on("dev")},
    }));
    let main = allow(serde_json::json!({"StringEquals": {&sub: on("main")}}));
    let no_m = serde_json::json!({
        "Effect": "Deny", "Condition": {"StringLike": {&sub: on("m*")}},
    });
    let other = allow(serde_json::json!({"StringEquals": {&sub: on("other")}}));
    let both = allow(serde_json::json!({
        "StringLike": {&sub: "repo:acme/app:*"}, "StringEquals": {&sub: [on("x"), "repo:b/c:x"]},
    }));
    let never = allow(serde_json::json!({
        "StringEquals": {&sub: on("main")}, "StringLike": {&sub: "repo:acme/web:*"},
    }));
    let star = allow(serde_json::json!({"StringLike": {&sub: on("${*}")}}));
    let tagged = allow(serde_json::json!({"StringLike": {&sub: "repo:${aws:PrincipalTag/r}:*"}}));
    let by_default = allow(serde_json::json!({
        "StringLike": {&sub: "repo:acme/${aws:PrincipalTag/r, 'app'}:ref:refs/heads/main"},
    }));
    let any_case = allow(serde_json::json!({
        "StringEqualsIgnoreCase": {&sub: "repo:ACME/app:ref:refs/heads/main"},
    }));
    for (statements, given, expected, hint) in [
        (
            vec![&only_dev],
            "de",
            None,
            "others that repo:acme/app:ref:refs/heads/dev* covers are let in",
        ),
        (vec![&but_dev], "de", Some(on("next")), ""),
        (
            vec![&main, &no_m],
            "dev",
            None,
            "Statement[1] of the trust policy denies it",
        ),
        (vec![&main, &no_m, &other], "dev", Some(on("other")), ""),
        (vec![&both], "y", Some(on("x")), ""),
        (vec![&never], "dev", None, "never lets anybody in"),
        (vec![&star], "main", Some(on("*")), ""),
        (vec![&tagged], "main", None, ""),
        (vec![&by_default], "dev", Some(on("main")), ""),
        (vec![&any_case], "dev", Some(on("main")), ""),
    ] {
        let all = serde_json::json!(statements);
        let (found, hints) = search(all.clone(), &on(given));
        let subject = found.as_ref().map(|found| found.subject.clone());
        assert_eq!(subject, expected, "{all} {hints:?}");
        assert!(found.is_none_or(|found| found.suffices), "{all}");
        assert!(hints.concat().contains(hint), "{all} {hints:?}");
    }
    let (found, _) = search(serde_json::json!([any_case]), &on("dev"));
    assert_eq!(found.unwrap().difference, Difference::Branch);
}

#[test]
fn the_closest_subject_is_found_and_the_difference_named() {
    use Difference as D;
    let main = "repo:acme/app:ref:refs/heads/main";
    let ids = "repo:acme@1/app@2:ref:refs/heads/main";
    for (operator, allowed, given, subject, difference) in [
        (
            "StringEquals",
            &[main][..],
            "repo:Acme/app:ref:refs/heads/main",
            main,
            D::Case,
        ),
        (
            "StringEquals",
            &[main],
            "repo:acme/app:ref:refs/heads/dev",
            main,
            D::Branch,
        ),
        (
            "StringEquals",
            &[main],
            "repo:acme/app:ref:refs/tags/main",
            main,
            D::Tag,
        ),
        (
            "StringEquals",
            &[main],
            "repo:acme/app:environment:prod",
            main,
            D::Environment,
        ),
        (
            "StringEquals",
            &[main],
            "repo:acme/app:pull_request",
            main,
            D::PullRequest,
        ),
        ("StringEquals", &[main], ids, main, D::IdsInToken),
        ("StringEquals", &[ids], main, ids, D::IdsInTrust),
        (
            "StringEquals",
            &[ids],
            "repo:acme@1/new@2:ref:refs/heads/main",
            ids,
            D::Renamed,
        ),
        (
            "StringEquals",
            &[ids],
            "repo:acme@1/app@3:ref:refs/heads/main",
            ids,
            D::Recreated,
        ),
        (
            "StringEquals",
            &[main],
            "repo:acme/web:ref:refs/heads/main",
            main,
            D::Repository,
        ),
        (
            "StringEquals",
            &["repo:acme/app:*"],
            main,
            "repo:acme/app:*",
            D::LiteralWildcard,
        ),
        (
            "StringLike",
            &["repo:acme/app:environment:*", "repo:acme/web:*"],
            main,
            "repo:acme/web:ref:refs/heads/main",
            D::Repository,
        ),
        (
            "StringLike",
            &["repo:github.com/acme/app:*"],
            main,
            "repo:github.com/acme/app:ref:refs/heads/main",
            D::Host,
        ),
        (
            "StringEquals",
            &["repo:acme/app:environment:prod", main],
            "repo:acme/app:ref:refs/heads/mian",
            main,
            D::Branch,
        ),
        (
            "StringEquals",
            &["organization:x"],
            main,
            "organization:x",
            D::Other,
        ),
    ] {
        let found = closest(operator, allowed, given).unwrap();
        assert_eq!(found.subject, subject, "{given}: {found:?}");
        assert_eq!(found.difference, difference, "{given}: {found:?}");
        let shared: Vec<_> = given.chars().take(found.differs_at).collect();
        assert!(
            subject.chars().take(found.differs_at).eq(shared),
            "{found:?}"
        );
        assert!(
            found.difference == D::Other || !found.remedies.is_empty(),
            "{found:?}"
        );
    }
}

#[test]
fn nothing_is_closest_to_a_subject_that_matches_or_that_is_not_compared() {
    let main = "repo:acme/app:ref:refs/heads/main";
    assert_eq!(closest("StringEquals", &[main], main), None);
    assert_eq!(closest("StringNotEquals", &[main], main), None);
    assert_eq!(closest("Null", &["true"], main), None);
}

#[test]
fn the_remedies_are_lines_that_can_be_taken_over() {
    let main = "repo:acme/app:ref:refs/heads/main";
    for (given, remedy) in [
        ("repo:acme/app:ref:refs/heads/dev", "branch: dev"),
        ("repo:acme/app:environment:prod", "environment: prod"),
        ("repo:acme/app:pull_request", "pull_request: true"),
        (
            "repo:acme@1/app@2:ref:refs/heads/main",
            "repository_id: \"2\"",
        ),
        ("repo:Acme/App:ref:refs/heads/main", "Acme/App"),
        (
            "repo:acme/app:ref:refs/heads/Main",
            "(the manifest's branch:): write it as GitHub does, Main",
        ),
        (
            "repo:Acme/app:ref:refs/heads/Main",
            "repository: and branch:): write it as GitHub does, Acme/app and Main",
        ),
        (
            "repo:acme/app:Ref:refs/heads/main",
            "as the token has it, repo:acme/app:Ref",
        ),
        (
            "repo:acme@1/app@2:ref:refs/heads/dev",
            "repository_id: \"2\"",
        ),
        (
            "repo:acme@1/app@2:ref:refs/heads/dev",
            "let it run for the branch main",
        ),
        (
            "repo:Acme@1/app@2:ref:refs/heads/main",
            "and repository: Acme/app",
        ),
        (
            "repo:acme/web:pull_request",
            "needed as well as the other: in the workflow",
        ),
        ("repo:Acme/app:ref:refs/heads/dev", "repository: Acme/app"),
        ("repo:acme/web:ref:refs/heads/main", "repository: acme/web"),
    ] {
        let found = closest("StringEquals", &[main], given).unwrap();
        let remedies = found.remedies.join("; ");
        assert!(remedies.contains(remedy), "{given}: {remedies}");
    }
    let colon = "repo:acme/app:environment:a:b";
    let found = closest("StringEquals", &[colon], "repo:acme/app:environment:a%3Ab").unwrap();
    assert_eq!(found.difference, Difference::Environment);
    assert!(found.what.contains("%3A"), "{found:?}");
    assert!(found.remedies[0].contains("environment:a%3Ab"), "{found:?}");
}
