//! Trusts → statements of a role's trust policy, and the OIDC providers that they need.

use super::context::Context;
use super::draft::{Condition, Draft, allow, condition};
use super::github;
use super::identities::new_provider;
use super::model::{Oidc, OneOrMany, Trust};
use super::references::{Principal, is_account};
use crate::policy::Statement;
use crate::resource::OidcProvider;
use crate::yaml::Path;
use std::collections::BTreeMap;

/// Providers by issuer.
pub(super) type Providers = BTreeMap<String, OidcProvider>;

/// The trust policy of the role at `role`.
pub(super) fn compile(
    context: &mut Context,
    role: &Path,
    trust: &OneOrMany<Trust>,
    providers: &mut Providers,
) -> Draft {
    let path = role.key("trust");
    let mut draft = Draft::default();
    if trust.as_slice().is_empty() {
        context.refuse(
            &path,
            "nobody may assume this role",
            "name a trust, such as github_actions:",
        );
    }
    for (at, one) in trust.as_slice().iter().enumerate() {
        let path = if trust.is_list() {
            path.index(at)
        } else {
            path.clone()
        };
        match one {
            Trust::GithubActions(github) => {
                let path = path.key("github_actions");
                if let Some(statement) = github::compile(context, &path, github, providers) {
                    draft.add(&path, statement);
                }
            }
            Trust::Oidc(oidc) => {
                let path = path.key("oidc");
                if let Some(statement) = compile_oidc(context, &path, oidc, providers) {
                    draft.add(&path, statement);
                }
            }
            Trust::Account(account) => {
                let path = path.key("account");
                if !is_account(&account.id) {
                    let message = format!("{:?} is no account's id: it has 12 digits", account.id);
                    context.refuse(&path.key("id"), message, "copy it from the vendor's page");
                    continue;
                }
                context.known_accounts.insert(account.id.clone());
                let external = external_id(context, &path, account.external_id.as_ref());
                let sid = format!("Account{}", account.id);
                draft.add(&path, assume(sid, "AWS", &account.id, external));
            }
            Trust::Principal(principal) => {
                let path = path.key("principal");
                let external = external_id(context, &path, principal.external_id.as_ref());
                for (at, text) in principal.arn.as_slice().iter().enumerate() {
                    let place = path.key("arn");
                    let place = if principal.arn.is_list() {
                        place.index(at)
                    } else {
                        place
                    };
                    let Some(named) = context.principal(&place, text) else {
                        continue;
                    };
                    if let Principal::Group(_) = named {
                        context.refuse(&place, "a group cannot assume a role", "name its users");
                        continue;
                    }
                    if let Some(arn) = context.arn_of(&named) {
                        draft.add(
                            &path,
                            assume("Principal".into(), "AWS", &arn, external.clone()),
                        );
                    }
                }
            }
            Trust::Service(service) => {
                let path = path.key("service");
                if !service.contains('.') || service.contains(['*', '/', ':']) {
                    let message = format!("{service:?} is no service principal");
                    context.refuse(&path, message, "such a name reads ec2.amazonaws.com");
                    continue;
                }
                draft.add(
                    &path,
                    assume("Service".into(), "Service", service, Condition::new()),
                );
            }
            Trust::Statements(statements) => {
                draft.add_written(context, &path.key("statements"), statements);
            }
        }
    }
    draft
}

fn assume(sid: String, kind: &str, who: &str, condition: Condition) -> Statement {
    allow(
        sid,
        Some((kind, who)),
        ["sts:AssumeRole".to_owned()],
        [],
        condition,
    )
}

/// 2 to 1224 characters of `[\w+=,.@:\/-]` (AssumeRole's own pattern).
fn external_id(context: &mut Context, path: &Path, ids: Option<&OneOrMany<String>>) -> Condition {
    let Some(ids) = ids else {
        return Condition::new();
    };
    for id in ids.as_slice() {
        let odd = |c: char| !c.is_ascii_alphanumeric() && !"_+=,.@:/-".contains(c);
        if !(2..=1224).contains(&id.len()) || id.contains(odd) {
            context.refuse(
                &path.key("external_id"),
                format!("{id:?} is no external id: 2 to 1224 of a-z, A-Z, 0-9 and _+=,.@:/-"),
                "copy it from the vendor's page",
            );
        }
    }
    condition(
        "StringEquals",
        "sts:ExternalId",
        ids.as_slice().iter().map(String::as_str),
    )
}

/// A statement that lets in whoever the issuer vouches for under `condition`.
pub(super) fn web_identity(
    context: &Context,
    sid: &str,
    issuer: &str,
    condition: Condition,
) -> Statement {
    let who = match OidcProvider::is_built_in(issuer) {
        true => issuer.to_owned(),
        false => format!(
            "arn:{}:iam::{}:oidc-provider/{issuer}",
            context.scope.partition, context.scope.account
        ),
    };
    let action = "sts:AssumeRoleWithWebIdentity".to_owned();
    allow(
        sid.to_owned(),
        Some(("Federated", &who)),
        [action],
        [],
        condition,
    )
}

/// Makes sure of the provider of `issuer` with these audiences.
pub(super) fn provider(
    context: &Context,
    providers: &mut Providers,
    issuer: &str,
    audiences: &[String],
) {
    if OidcProvider::is_built_in(issuer) {
        return;
    }
    let provider = providers
        .entry(issuer.to_owned())
        .or_insert_with(|| new_provider(context, issuer));
    provider.audiences.extend(audiences.iter().cloned());
}

fn compile_oidc(
    context: &mut Context,
    path: &Path,
    oidc: &Oidc,
    providers: &mut Providers,
) -> Option<Statement> {
    let before = context.problems.len();
    let issuer = OidcProvider::issuer(&oidc.issuer).to_owned();
    if let Err(fault) = OidcProvider::check_url(&oidc.issuer) {
        context.refuse(&path.key("issuer"), fault.message, fault.fix);
        return None;
    }
    if issuer == OidcProvider::GITHUB {
        context.refuse(
            &path.key("issuer"),
            "GitHub Actions has a trust of its own, which knows its subjects",
            "write github_actions: with repository and branch",
        );
        return None;
    }
    if oidc.audience.as_slice().is_empty() {
        let fix = "write the audience that the workload asks its token for";
        context.refuse(&path.key("audience"), "the audience is empty", fix);
    }
    let claims = oidc
        .claims
        .values()
        .any(|values| !values.as_slice().is_empty());
    let mut tests = Condition::new();
    let texts = |values: &OneOrMany<String>| values.as_slice().to_vec();
    let mut test = |operator: &str, claim: &str, values: Vec<String>| {
        let keys = tests.entry(operator.to_owned()).or_default();
        keys.insert(format!("{issuer}:{claim}"), values.into_iter().collect());
    };
    test("StringEquals", "aud", texts(&oidc.audience));
    match (&oidc.subject, &oidc.subject_like) {
        (Some(exact), None) => test("StringEquals", "sub", texts(exact)),
        (None, Some(like)) => test("StringLike", "sub", texts(like)),
        (None, None) if claims => {}
        (None, None) => context.refuse(
            path,
            format!("every workload of {issuer} could assume this role"),
            "write subject:, exactly as the token has it",
        ),
        (Some(_), Some(_)) => context.refuse(
            &path.key("subject_like"),
            "subject and subject_like would both have to hold",
            "write one of the two, as a list if need be",
        ),
    }
    for (claim, values) in &oidc.claims {
        if matches!(claim.as_str(), "aud" | "sub") {
            let fix = "write audience: or subject:";
            context.refuse(
                &path.key("claims").key(claim),
                "this claim has a field of its own",
                fix,
            );
        }
        let mut keys = Condition::new();
        keys.entry("StringEquals".into()).or_default().insert(
            format!("{issuer}:{claim}"),
            values.as_slice().iter().cloned().collect(),
        );
        for (operator, keys) in keys {
            tests.entry(operator).or_default().extend(keys);
        }
    }
    if context.problems.len() > before {
        return None;
    }
    provider(context, providers, &issuer, oidc.audience.as_slice());
    Some(web_identity(context, "Oidc", &issuer, tests))
}
