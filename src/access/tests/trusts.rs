//! Who may assume a role.

use super::*;

const GITHUB: &str = "token.actions.githubusercontent.com";

fn trusting(statement: &str) -> Vec<Resource> {
    vec![Resource::Role(Role {
        trust_policy: document(&[statement]),
        ..Role::named("r")
    })]
}

fn github(operator: &str, subjects: &str) -> String {
    format!(
        r#""Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity",
           "Principal":{{"Federated":"arn:aws:iam::123456789012:oidc-provider/{GITHUB}"}},
           "Condition":{{"{operator}":{{"{GITHUB}:sub":[{subjects}]}}}}"#
    )
}

#[test]
fn a_trust_lets_in_workflows() {
    let main = github("StringEquals", r#""repo:acme/b:ref:refs/heads/main""#);
    let two = github(
        "StringEquals",
        r#""repo:acme/b:ref:refs/heads/main","repo:acme/c:ref:refs/heads/main""#,
    );
    let branches = github("StringLike", r#""repo:acme/b:ref:refs/heads/*""#);
    let any = github("StringLike", r#""repo:acme/*""#);
    let who = format!(
        "oidc-provider/{GITHUB} gains sts:AssumeRoleWithWebIdentity on role/r if {GITHUB}:sub"
    );
    assert_eq!(
        between(&trusting(&main), &trusting(&two)),
        [format!(
            "{who} StringEquals repo:acme/c:ref:refs/heads/main"
        )],
        "only the new one"
    );
    assert_eq!(
        between(&trusting(&main), &trusting(&branches)),
        [format!("{who} StringLike repo:acme/b:ref:refs/heads/*").replace("gains", "could gain")],
        "the one that was is among them"
    );
    let any_line = format!("REPOSITORY: {who} StringLike repo:acme/*");
    let lines = between(&trusting(&main), &trusting(&any));
    assert_eq!(lines, [any_line.replace("gains", "could gain")]);
    let none: [&str; 0] = [];
    assert_eq!(between(&trusting(&two), &trusting(&two)), none);
}

#[test]
fn a_trust_lets_in_accounts_and_everyone() {
    let trust = |principal: &str, more: &str| {
        trusting(&format!(
            r#""Effect":"Allow","Action":"sts:AssumeRole","Principal":{principal}{more}"#
        ))
    };
    let external = r#","Condition":{"StringEquals":{"sts:ExternalId":"x"}}"#;
    let vendor = r#"{"AWS":"arn:aws:iam::999999999999:role/v"}"#;
    let service = trust(r#"{"Service":"ec2.amazonaws.com"}"#, "");
    for (after, gained, reason) in [
        (
            trust(vendor, external),
            "ACCOUNT: arn:aws:iam::999999999999:role/v gains sts:AssumeRole on role/r if sts:ExternalId StringEquals x",
            "a vendor's role",
        ),
        (
            trust(r#"{"AWS":"999999999999"}"#, ""),
            "ACCOUNT: 999999999999 gains sts:AssumeRole on role/r",
            "an account",
        ),
        (
            trust(r#"{"AWS":"123456789012"}"#, ""),
            "123456789012 gains sts:AssumeRole on role/r",
            "our own, by their policies",
        ),
    ] {
        let lines = between(&service, &after);
        assert_eq!(lines.first().map(String::as_str), Some(gained), "{reason}");
        assert_eq!(
            lines[1..],
            ["ec2.amazonaws.com loses sts:AssumeRole on role/r"]
        );
    }
    assert_eq!(
        between(&service, &trust(r#""*""#, "")),
        ["PUBLIC: anyone gains sts:AssumeRole on role/r"],
        "everyone, services too"
    );
    assert_eq!(
        between(&trust(vendor, external), &trust(vendor, "")),
        ["ACCOUNT: arn:aws:iam::999999999999:role/v gains sts:AssumeRole on role/r"],
        "without the external id"
    );
}

#[test]
fn a_role_takes_a_role_that_trusts_its_account_and_that_its_own_policy_names() {
    let take = r#""Effect":"Allow","Action":"sts:AssumeRole","Resource":"arn:aws:iam::123456789012:role/r""#;
    let by_account = trusting(
        r#""Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"123456789012"}"#,
    );
    let by_service = trusting(
        r#""Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"ec2.amazonaws.com"}"#,
    );
    let taker = |statements: &[&str]| Resource::Role(role("taker", statements));
    let both = |trust: &[Resource], statements: &[&str]| {
        let mut all = trust.to_vec();
        all.push(taker(statements));
        all
    };
    let none: [&str; 0] = [];
    assert_eq!(
        between(&both(&by_account, &[]), &both(&by_account, &[take])),
        ["role taker gains sts:AssumeRole on role/r"]
    );
    assert_eq!(
        between(&both(&by_service, &[]), &both(&by_service, &[take])),
        none,
        "the role does not trust it"
    );
    let lines = between(&both(&by_service, &[take]), &both(&by_account, &[take]));
    assert!(
        lines.contains(&"role taker gains sts:AssumeRole on role/r".to_owned()),
        "{lines:?}"
    );
}

#[test]
fn a_kind_is_what_the_condition_leaves() {
    let access = Access::of(&plan(&[], &trusting(&github("StringLike", r#""*""#))));
    assert_eq!(access.lines[0].kind, Kind::Repository);
}
