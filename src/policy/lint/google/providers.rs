//! Whom a provider lets into its pool.

use super::{Finding, Provider, finding, rules};
use crate::policy::google::{Expression, Tie, is_shared, tie};

/// Claims that whoever runs a workflow chooses, so that a stranger may be known by the same.
const CHOSEN: [&str; 11] = [
    "actor",
    "base_ref",
    "environment",
    "event_name",
    "head_ref",
    "job_workflow_ref",
    "ref",
    "ref_type",
    "sha",
    "user_login",
    "workflow",
];

pub(super) fn lint(name: &str, provider: &Provider, found: &mut Vec<Finding>) {
    let path = |field: &str| format!("providers.{name}.{field}");
    let issuer = provider.issuer.trim_start_matches("https://");
    let condition = match &provider.attribute_condition {
        None => Expression::Known(true),
        Some(text) => match Expression::read(text) {
            Ok(condition) => condition,
            Err(fault) => {
                found.push(finding(
                    &rules::GOOGLE_CONDITION_SYNTAX,
                    &path("attribute_condition"),
                    format!("the condition is no expression: {fault}"),
                    "write it in the Common Expression Language",
                ));
                return;
            }
        },
    };
    if !is_shared(&provider.issuer) {
        return;
    }
    let example =
        "write for example assertion.repository_id == 'ID' (GitLab: assertion.project_id)";
    let none = provider.attribute_condition.is_none();
    let (rule, message, fix) = match tie(&provider.issuer, &condition, &provider.attribute_mapping)
    {
        Tie::Nobody if none => (
            &rules::GOOGLE_NO_CONDITION,
            format!("{issuer} vouches for everybody's workloads, and none is kept out"),
            example,
        ),
        Tie::Nobody => (
            &rules::GOOGLE_OPEN_CONDITION,
            format!("workloads of anybody at {issuer} can fulfil the condition"),
            example,
        ),
        Tie::Owner => (
            &rules::GOOGLE_OWNER_CONDITION,
            "every repository or project of the owner is let in".to_owned(),
            "name the one that is meant, by its id",
        ),
        Tie::Name => (
            &rules::GOOGLE_NAME_CONDITION,
            "a name can be given up and taken by somebody else, who is let in then".to_owned(),
            "add the id: assertion.repository_id (GitLab: assertion.project_id)",
        ),
        Tie::Unknown | Tie::One => return mapping(name, provider, found),
    };
    found.push(finding(rule, &path("attribute_condition"), message, fix));
    mapping(name, provider, found);
}

/// Somebody is known by attributes: they must not be what a stranger chooses.
fn mapping(name: &str, provider: &Provider, found: &mut Vec<Finding>) {
    let Some(subject) = provider.attribute_mapping.get("google.subject") else {
        return;
    };
    let chosen = subject.strip_prefix("assertion.");
    if let Some(claim) = chosen.filter(|claim| CHOSEN.contains(claim)) {
        found.push(finding(
            &rules::GOOGLE_CHOSEN_SUBJECT,
            &format!("providers.{name}.attribute_mapping"),
            format!("identities are known by {claim}, which others can have, too"),
            "write google.subject: assertion.sub",
        ));
    }
}
