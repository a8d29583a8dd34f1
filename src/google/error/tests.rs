//! Refusals as Google words them, and what they are taken for.

use super::super::answer::refusal;
use super::*;
use serde_json::json;

/// What a body of this status is taken for.
fn read(status: u16, body: &serde_json::Value) -> Error {
    let body = serde_json::to_vec(body).unwrap();
    let cause = Cause::Refused(Box::new(refusal(status, &body, None)));
    Error::of(
        &Call::new(Method::BucketsGet, "projects/_/buckets/b"),
        cause,
    )
}

fn storage(status: u16, reason: &str, message: &str) -> Error {
    let errors = json!([{"message": message, "domain": "global", "reason": reason}]);
    read(
        status,
        &json!({"error": {"code": status, "message": message, "errors": errors}}),
    )
}

fn iam(status: u16, code: &str, message: &str) -> Error {
    read(
        status,
        &json!({"error": {"code": status, "message": message, "status": code}}),
    )
}

#[test]
fn refusals_are_told_apart() {
    let (there, bucket) = (
        "Service account a already exists within project projects/p.",
        "Your previous request to create the named bucket succeeded and you already own it.",
    );
    let table = [
        (iam(404, "NOT_FOUND", "Unknown service account"), "absent"),
        (
            storage(404, "notFound", "The specified bucket does not exist."),
            "absent",
        ),
        (iam(403, "PERMISSION_DENIED", "no"), "denied"),
        (storage(403, "forbidden", "no"), "denied"),
        (iam(409, "ALREADY_EXISTS", there), "there"),
        (storage(409, "conflict", bucket), "there"),
        (
            iam(409, "ABORTED", "There were concurrent policy changes."),
            "conflict",
        ),
        (
            storage(412, "conditionNotMet", "Precondition Failed"),
            "conflict",
        ),
        (
            storage(
                409,
                "conflict",
                "The bucket you tried to delete is not empty.",
            ),
            "",
        ),
        (storage(403, "rateLimitExceeded", "slow down"), ""),
        (
            storage(403, "accountDisabled", "The billing account is disabled"),
            "",
        ),
        (read(403, &json!({"html": 1})), ""),
        (read(404, &json!(null)), ""),
    ];
    for (error, expected) in table {
        let found = [
            (error.absent(), "absent"),
            (error.denied(), "denied"),
            (error.already_there(), "there"),
            (error.conflict(), "conflict"),
        ];
        let found: Vec<&str> = found.iter().filter(|it| it.0).map(|it| it.1).collect();
        let expected: Vec<&str> = [expected].into_iter().filter(|it| !it.is_empty()).collect();
        assert_eq!(found, expected, "{error:?}");
    }
}

#[test]
fn what_google_says_beside_its_message_is_read() {
    let denied = read(
        403,
        &json!({"error": {"code": 403, "status": "PERMISSION_DENIED",
            "message": "Permission 'iam.roles.create' denied on resource (or it may not exist).",
            "details": [{"@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "IAM_PERMISSION_DENIED", "domain": "iam.googleapis.com",
                "metadata": {"permission": "iam.roles.create"}}]}}),
    );
    let permission = denied.refusal().and_then(|it| it.permission.clone());
    assert_eq!(permission.as_deref(), Some("iam.roles.create"));
    assert!(denied.denied());
    let disabled = read(
        403,
        &json!({"error": {"code": 403, "status": "PERMISSION_DENIED",
            "message": "IAM API has not been used in project p before or it is disabled.",
            "details": [{"@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "SERVICE_DISABLED", "domain": "googleapis.com",
                "metadata": {"service": "iam.googleapis.com", "consumer": "projects/p"}}]}}),
    );
    let refusal = disabled.refusal().unwrap();
    assert!(refusal.service_disabled() && !disabled.denied());
    assert_eq!(refusal.service.as_deref(), Some("iam.googleapis.com"));
    let forbidden = read(
        400,
        &json!({"error": {"code": 400, "status": "FAILED_PRECONDITION",
            "message": "Key creation is not allowed on this service account.",
            "details": [{"@type": "type.googleapis.com/google.rpc.PreconditionFailure",
                "violations": [{"type": "constraints/iam.disableServiceAccountKeyCreation",
                    "subject": "projects/p/serviceAccounts/a"}]}]}}),
    );
    let constraint = forbidden.refusal().and_then(|it| it.constraint.clone());
    assert_eq!(
        constraint.as_deref(),
        Some("constraints/iam.disableServiceAccountKeyCreation")
    );
    assert!(!forbidden.conflict());
    let said = storage(
        412,
        "conditionNotMet",
        "Request violates constraint 'constraints/storage.publicAccessPrevention'",
    );
    assert!(said.refusal().unwrap().constraint.is_some() && !said.conflict());
    let named = storage(
        403,
        "forbidden",
        "a@p does not have storage.buckets.get access to the Google Cloud Storage bucket. \
         Permission 'storage.buckets.get' denied on resource (or it may not exist).",
    );
    let permission = named.refusal().and_then(|it| it.permission.clone());
    assert_eq!(permission.as_deref(), Some("storage.buckets.get"));
}

#[test]
fn who_and_what_a_policy_names_in_vain_are_two_things() {
    let who = "Service account a@p.iam.gserviceaccount.com does not exist.";
    let what = "Role projects/p/roles/r does not exist in the resource's hierarchy.";
    let who = storage(400, "invalid", who).refusal().cloned().unwrap();
    let what = storage(400, "invalid", what).refusal().cloned().unwrap();
    assert!(who.unknown_principal() && !who.unknown_role());
    assert!(!what.unknown_principal() && what.unknown_role());
}

#[test]
fn a_call_may_be_done_where_no_answer_says_that_it_is_not() {
    let call = Call::new(Method::KeysCreate, "serviceAccount:a");
    assert!(Error::of(&call, Cause::Unreachable("reset".into())).uncertain());
    assert!(iam(500, "INTERNAL", "").uncertain());
    assert!(read(200, &json!(null)).uncertain());
    assert!(!iam(400, "INVALID_ARGUMENT", "").uncertain());
    assert!(!Error::of(&call, Cause::Credentials(Lack::Nothing, String::new())).uncertain());
}
