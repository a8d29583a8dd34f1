//! Every cause that has a remedy.

use super::super::error::Call;
use super::*;

fn hint_of(method: Method, on: &str, cause: Cause) -> String {
    let around = Around {
        caller: Some("me@p.iam.gserviceaccount.com"),
        endpoint: None,
    };
    let error = explain(Error::of(&Call::new(method, on), cause), around);
    let failure = error.downcast_ref::<Failure>().unwrap();
    failure.hint.clone().unwrap_or_default()
}

fn refusal(status: u16, code: &str, message: &str) -> Refusal {
    Refusal {
        status,
        code: code.into(),
        message: message.into(),
        ..Refusal::default()
    }
}

#[test]
fn the_permission_and_the_address_are_named() {
    let named = |permission: Option<&str>| {
        let refusal = Refusal {
            permission: permission.map(str::to_owned),
            ..refusal(403, "PERMISSION_DENIED", "no")
        };
        hint_of(
            Method::RolesPatch,
            "projects/p/roles/r",
            Cause::Refused(Box::new(refusal)),
        )
    };
    assert_eq!(
        named(None),
        "give iam.roles.update on google_role.r to me@p.iam.gserviceaccount.com, by a role that has it"
    );
    assert!(named(Some("iam.roles.get")).starts_with("give iam.roles.get on google_role.r"));
}

#[test]
fn every_known_cause_has_its_remedy() {
    let account = "serviceAccount:a@acme-1.iam.gserviceaccount.com";
    let table = [
        (refusal(401, "UNAUTHENTICATED", ""), "clock"),
        (refusal(400, "invalid", "User x does not exist."), "deleted"),
        (
            refusal(400, "invalid", "Role x does not exist"),
            "no such role",
        ),
        (
            refusal(412, "conditionNotMet", "Public access prevention is on"),
            "inherited",
        ),
        (
            refusal(429, "RESOURCE_EXHAUSTED", "Maximum number of keys"),
            "10 keys",
        ),
        (
            refusal(429, "RESOURCE_EXHAUSTED", "slow down"),
            "fewer calls",
        ),
        (refusal(409, "ABORTED", ""), "same time"),
        (refusal(503, "UNAVAILABLE", ""), "try again"),
        (
            refusal(403, "", "the answer is not Google's: <html>"),
            "login page",
        ),
        (
            refusal(
                400,
                "FAILED_PRECONDITION",
                "a role_id (r) which has been marked for deletion.",
            ),
            "37 days",
        ),
        (
            refusal(403, "accountDisabled", "billing"),
            "billing account",
        ),
    ];
    for (refusal, part) in table {
        let told = format!("{refusal:?}");
        let hint = hint_of(
            Method::KeysCreate,
            account,
            Cause::Refused(Box::new(refusal)),
        );
        assert!(hint.contains(part), "{told}: {hint}");
    }
    let disabled = Refusal {
        reason: Some("SERVICE_DISABLED".into()),
        service: Some("iam.googleapis.com".into()),
        ..refusal(403, "PERMISSION_DENIED", "")
    };
    let hint = hint_of(
        Method::KeysCreate,
        account,
        Cause::Refused(Box::new(disabled)),
    );
    assert!(
        hint.contains("`gcloud services enable iam.googleapis.com --project acme-1`"),
        "{hint}"
    );
}

#[test]
fn a_forbidden_key_leads_to_federation_and_another_rule_is_named() {
    let forbidden = |rule: &str| {
        let refusal = Refusal {
            constraint: Some(rule.into()),
            ..refusal(400, "FAILED_PRECONDITION", "")
        };
        hint_of(
            Method::KeysCreate,
            "serviceAccount:a@p.x",
            Cause::Refused(Box::new(refusal)),
        )
    };
    for rule in [
        "constraints/iam.disableServiceAccountKeyCreation",
        "constraints/iam.managed.disableServiceAccountKeyCreation",
    ] {
        let hint = forbidden(rule);
        assert!(hint.contains("workload identity pool"), "{hint}");
    }
    let hint = forbidden("constraints/gcp.resourceLocations");
    assert!(
        hint.contains("(constraints/gcp.resourceLocations)"),
        "{hint}"
    );
}

#[test]
fn what_is_wrong_with_credentials_or_network_is_told_apart() {
    for (lack, part) in [
        (Lack::Nothing, "google-github-actions/auth"),
        (Lack::Unusable, "GOOGLE_APPLICATION_CREDENTIALS"),
        (Lack::Expired, "again"),
        (Lack::Unreachable, "HTTPS_PROXY"),
    ] {
        assert!(credentials(lack).contains(part), "{lack:?}");
    }
    let here = unreachable("Connection refused", Some("http://127.0.0.1:1"));
    assert!(here.contains("http://127.0.0.1:1"), "{here}");
    assert!(unreachable("dns error", None).contains("looked up"));
    assert!(unreachable("invalid peer certificate", None).contains("SSL_CERT_FILE"));
}
