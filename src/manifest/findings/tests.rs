//! Manifests with something that works and is probably not meant, and what of it they accept.

use crate::manifest::{Findings, load};
use crate::resource::Scope;
use crate::yaml::Source;
use std::collections::BTreeMap;

/// A role of a bucket's manifest that trusts a workflow with this subject.
fn trusting(subject: &str, more: &str) -> String {
    format!(
        "name: m\nbucket: {{name: b-1}}\nroles:\n  r:\n    trust:\n      statements:\n        \
         - Effect: Allow\n          Principal: {{Federated: 'arn:aws:iam::012345678901:\
         oidc-provider/token.actions.githubusercontent.com'}}\n          \
         Action: sts:AssumeRoleWithWebIdentity\n          Condition:\n            \
         StringEquals: {{'token.actions.githubusercontent.com:aud': sts.amazonaws.com}}\n            \
         StringLike: {{'token.actions.githubusercontent.com:sub': '{subject}'}}\n{more}"
    )
}

fn read(text: &str) -> Result<Findings, String> {
    let scope = Scope {
        account: "012345678901".into(),
        partition: "aws".into(),
        region: "eu-west-1".into(),
        project: Some("acme-backups".into()),
    };
    match load(&Source::new("m.yaml", text), &BTreeMap::new(), &scope) {
        Ok(compiled) => Ok(compiled.findings),
        // Lines are broken to fit a terminal.
        Err(problems) => {
            let text = problems.to_string();
            Err(text.split_whitespace().collect::<Vec<_>>().join(" "))
        }
    }
}

/// The ids of what a person is shown.
fn shown(findings: &Findings, all: bool) -> Vec<String> {
    let shown = findings.shown(all);
    let sorted = shown.iter().flat_map(|problems| problems.sorted());
    sorted.map(|problem| problem.id.to_owned()).collect()
}

const ANY_BRANCH: &str = "repo:o/n:*";
const OTHERS: &str = "repo:o*/n:ref:refs/heads/main";

#[test]
fn a_warning_stands_where_it_is_written_and_refuses_nothing() {
    let findings = read(&trusting(ANY_BRANCH, "")).unwrap();
    assert_eq!(shown(&findings, false), ["repository-any-branch"]);
    let text = findings.shown(false).unwrap().to_string();
    assert!(
        text.starts_with("warning[repository-any-branch]: "),
        "{text}"
    );
    assert!(text.contains("--> m.yaml:12:69"), "{text}");
    assert_eq!(findings.all()[0].address, "role.r");
}

#[test]
fn a_note_is_shown_to_who_asks_for_it() {
    let findings = read(&trusting("repo:o/n:ref:refs/tags/v*", "")).unwrap();
    assert!(findings.shown(false).is_none());
    assert_eq!(shown(&findings, true), ["name-only-subject"]);
}

#[test]
fn what_is_accepted_with_a_reason_is_not_shown_but_to_who_asks_for_it() {
    for at in ["", ", at: role.r", ", at: roles.r.trust", ", at: roles.r"] {
        let accept =
            format!("accept: [{{id: repository-any-branch, reason: a bot releases{at}}}]\n");
        let findings = read(&trusting(ANY_BRANCH, &accept)).unwrap();
        assert!(findings.shown(false).is_none(), "{at}");
        let text = findings.shown(true).unwrap().to_string();
        assert!(text.contains("accepted: a bot releases"), "{at}: {text}");
        assert_eq!(
            findings.all()[0].accepted.as_deref(),
            Some("a bot releases")
        );
    }
}

#[test]
fn an_acceptance_of_another_place_accepts_nothing_and_is_stale() {
    for at in ["role.other", "roles.ro", "users.r"] {
        let accept = format!("accept: [{{id: repository-any-branch, reason: x, at: {at}}}]\n");
        let findings = read(&trusting(ANY_BRANCH, &accept)).unwrap();
        assert_eq!(
            shown(&findings, false),
            ["repository-any-branch", "stale-acceptance"],
            "{at}"
        );
    }
}

#[test]
fn an_error_that_aws_takes_can_be_accepted_and_says_how() {
    let error = read(&trusting(OTHERS, "")).err().unwrap();
    assert!(error.contains("owner is named"), "{error}");
    assert!(error.contains("id: owner-wildcard, reason: WHY"), "{error}");
    let accept = "accept: [{id: owner-wildcard, reason: all of them are ours}]\n";
    let findings = read(&trusting(OTHERS, accept)).unwrap();
    assert!(findings.shown(false).is_none());
}

#[test]
fn what_aws_refuses_cannot_be_accepted() {
    let accept = "accept: [{id: shared-issuer, reason: x}]\n";
    let error = read(&trusting("*", accept)).err().unwrap();
    assert!(
        error.contains("shared-issuer cannot be accepted"),
        "{error}"
    );
    assert!(error.contains("AWS refuses it"), "{error}");
    assert!(!error.contains("reason: WHY"), "{error}");
}

#[test]
fn an_acceptance_names_a_rule_and_has_a_reason() {
    for (accept, message, place) in [
        (
            "{id: repository-any-brunch, reason: x}",
            "did you mean `repository-any-branch`",
            "13:15",
        ),
        (
            "{id: repository-any-branch, reason: ' '}",
            "the reason is empty",
            "13:46",
        ),
        ("{id: repository-any-branch}", "reason", "13:11"),
    ] {
        let error = read(&trusting(ANY_BRANCH, &format!("accept: [{accept}]\n")))
            .err()
            .unwrap();
        assert!(error.contains(message), "{accept}: {error}");
        assert!(
            error.contains(&format!("--> m.yaml:{place}")),
            "{accept}: {error}"
        );
    }
}

#[test]
fn who_switches_the_block_off_has_accepted_a_public_policy() {
    let public = |block: &str| {
        read(&format!(
            "name: m\nbucket:\n  name: b-1\n{block}  policy: [{{Effect: Allow, Principal: '*', \
             Action: 's3:GetObject', Resource: 'arn:aws:s3:::b-1/*'}}]\n"
        ))
    };
    assert!(public("").err().unwrap().contains("public access block"));
    let findings = public("  public_access_block: {block_public_policy: false}\n").unwrap();
    assert!(findings.shown(false).is_none());
    assert_eq!(findings.all()[0].rule.id, "public-access");
}

#[test]
fn an_account_that_the_manifest_names_is_known() {
    let statement = "  policy: [{Effect: Allow, Principal: {AWS: '444455556666'}, Action: \
                     's3:GetObject', Resource: 'arn:aws:s3:::b-1/*'}]\n";
    let with = |more: &str| {
        let text = format!("name: m\nbucket:\n  name: b-1\n{statement}{more}");
        shown(&read(&text).unwrap(), false)
    };
    assert_eq!(with(""), ["unknown-account"]);
    assert!(with("known_accounts: {'444455556666': Acme's auditors}\n").is_empty());
    let grant = "grants: [{to: 'arn:aws:iam::444455556666:role/r', allow: [read]}]\n";
    assert!(with(grant).is_empty());
    let error = read("name: m\nbucket: {name: b-1}\nknown_accounts: {1234: x}\n")
        .err()
        .unwrap();
    assert!(error.contains("12 digits"), "{error}");
}

#[test]
fn one_finding_of_a_grant_is_told_once() {
    let findings = read(
        "name: m\nbucket: {name: b-1}\nusers: {a: , b: }\n\
         grants: [{to: [user.a, user.b], allow: [acl]}]\n",
    )
    .unwrap();
    assert_eq!(shown(&findings, false), ["acl-refused"]);
}

#[test]
fn no_manifest_that_is_built_in_has_a_warning_that_nobody_has_accepted() {
    for manifest in crate::vendors::ALL {
        let shown = read(manifest.text).map(|findings| findings.shown(false));
        assert!(matches!(shown, Ok(None)), "{}: {shown:?}", manifest.name);
    }
}
