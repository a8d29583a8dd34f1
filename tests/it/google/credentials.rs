//! Who is asking: found as Google's own tools do it, and never shown.

use super::{APPLY, BUCKET, PLAN, apply, ground, tool};
use crate::neon::says;
use crate::support::google::tool_at;
use crate::support::{Google, S3setup};

/// The file of `gcloud auth application-default login`, whose tokens come from this server.
fn user(server: &Google, refresh_token: &str) -> String {
    serde_json::json!({
        "type": "authorized_user", "client_id": "id", "client_secret": "s3cr3t-of-the-client",
        "refresh_token": refresh_token, "token_uri": format!("{}/token", server.endpoint()),
    })
    .to_string()
}

/// A server that lets nobody in without a token, and a tool.
fn strict() -> (Google, S3setup) {
    let (server, tool) = ground();
    server.change(|state| state.strict = true);
    (server, tool)
}

#[test]
fn without_credentials_it_is_said_where_they_come_from() {
    let mut tool = tool_at("");
    tool.file("events.yaml", super::MANIFEST);
    tool.env("S3SETUP_GOOGLE_ENDPOINT", "");
    let outcome = tool.run(PLAN);
    outcome.expect_code(1);
    for text in [
        "no Google credentials were found",
        "gcloud auth application-default login",
        "GOOGLE_APPLICATION_CREDENTIALS",
        "google-github-actions/auth",
        "no-credentials",
    ] {
        says(&outcome, text);
    }
}

#[test]
fn those_of_a_user_are_taken_and_none_of_them_is_shown() {
    let (server, mut tool) = strict();
    tool.file("me.json", &user(&server, "1//operator"));
    tool.env("GOOGLE_APPLICATION_CREDENTIALS", "me.json");
    let outcome = apply(&tool);
    for secret in ["1//operator", "s3cr3t-of-the-client", "ya29."] {
        outcome.expect_nowhere(secret);
    }
    assert!(server.state().buckets.contains_key(BUCKET));
}

#[test]
fn those_that_gcloud_has_left_are_found() {
    let (server, tool) = strict();
    let folder = tool.home().join(".config/gcloud");
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("application_default_credentials.json");
    std::fs::write(file, user(&server, "1//operator")).unwrap();
    // To a server of this machine nobody is shown who did not say so.
    tool.run(PLAN).expect_code(1);
    let mut named = tool.copy();
    let home = tool.home();
    named.env(
        "GOOGLE_APPLICATION_CREDENTIALS",
        &home
            .join(".config/gcloud/application_default_credentials.json")
            .to_string_lossy(),
    );
    named.run(PLAN).expect_code(2);
}

#[test]
fn those_that_were_revoked_are_told_and_not_shown() {
    let (server, mut tool) = strict();
    tool.file("me.json", &user(&server, "1//revoked-long-ago"));
    tool.env("GOOGLE_APPLICATION_CREDENTIALS", "me.json");
    let outcome = tool.run(PLAN);
    outcome.expect_code(1).expect_stderr("expired-credentials");
    outcome
        .expect_nowhere("1//revoked-long-ago")
        .expect_nowhere("s3cr3t-of-the-client");
}

#[test]
fn a_file_that_is_of_no_use_is_told_without_what_is_in_it() {
    let (_server, mut tool) = strict();
    tool.env("GOOGLE_APPLICATION_CREDENTIALS", "odd.json");
    let secret = "c0ff33c0ff33c0ff33c0ff33";
    for (text, expected) in [
        (None, "odd.json"),
        (
            Some(format!("{{\"private_key\": \"{secret}\"")),
            "is no JSON",
        ),
        (Some(format!("{{\"private_key\": \"{secret}\"}}")), "`type`"),
        (Some(format!("{{\"type\": \"{secret}\"}}")), "is not known"),
        (
            Some(format!(
                "{{\"type\": \"service_account\", \"private_key\": \"{secret}\"}}"
            )),
            "misses a field",
        ),
        (
            Some(format!(
                "{{\"type\": \"service_account\", \"private_key\": \"{secret}\", \
                 \"client_email\": \"a@b.c\", \"private_key_id\": \"1\", \"project_id\": \"p\"}}"
            )),
            "private key",
        ),
        (
            Some("{\"type\": \"service_account\", \"universe_domain\": \"example.com\"}".into()),
            "universe",
        ),
    ] {
        if let Some(text) = &text {
            tool.file("odd.json", text);
        }
        let outcome = tool.run(PLAN);
        outcome.expect_code(1).expect_stderr("credentials-unusable");
        says(&outcome, expected);
        outcome.expect_nowhere(if expected == "is not known" {
            "\u{0}"
        } else {
            secret
        });
    }
}

#[test]
fn a_token_of_a_workflow_is_exchanged_and_neither_is_shown() {
    let (server, mut tool) = strict();
    tool.file("token.txt", "a-token-of-the-workflow");
    let audience =
        "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/github/providers/a";
    let config = serde_json::json!({
        "type": "external_account", "audience": audience,
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
        "token_url": format!("{}/v1/token", server.endpoint()),
        "credential_source": {"file": tool.folder().join("token.txt")},
    });
    tool.file("wif.json", &config.to_string());
    tool.env("GOOGLE_APPLICATION_CREDENTIALS", "wif.json");
    let outcome = apply(&tool);
    outcome
        .expect_nowhere("a-token-of-the-workflow")
        .expect_nowhere("ya29.");
    tool.file("token.txt", "a-token-of-somebody-else");
    let outcome = tool.run(PLAN);
    outcome.expect_code(1).expect_stderr("expired-credentials");
    outcome.expect_nowhere("a-token-of-somebody-else");
}

#[test]
fn who_is_acted_as_is_who_lacks_a_permission() {
    let (server, mut tool) = strict();
    server.change(|state| {
        state.accounts.insert(
            "me@acme-backups.iam.gserviceaccount.com".into(),
            Default::default(),
        )
    });
    let url = format!(
        "{}/v1/projects/-/serviceAccounts/me@acme-backups.iam.gserviceaccount.com:generateAccessToken",
        server.endpoint()
    );
    let source: serde_json::Value = serde_json::from_str(&user(&server, "1//operator")).unwrap();
    let config = serde_json::json!({
        "type": "impersonated_service_account", "service_account_impersonation_url": url,
        "source_credentials": source, "delegates": [],
    });
    tool.file("as.json", &config.to_string());
    tool.env("GOOGLE_APPLICATION_CREDENTIALS", "as.json");
    let plan = tool.run(PLAN);
    plan.expect_code(1).expect_stdout("needs iam.roles.get");
    plan.expect_nowhere("ya29.").expect_nowhere("1//operator");
}

#[test]
fn a_token_that_is_old_is_asked_for_anew() {
    let (server, mut tool) = strict();
    tool.file("me.json", &user(&server, "1//operator"));
    tool.env("GOOGLE_APPLICATION_CREDENTIALS", "me.json");
    let proxy = crate::support::Proxy::before_google(&server);
    tool.env("S3SETUP_GOOGLE_ENDPOINT", proxy.endpoint());
    let expired = crate::support::Answer::error(401, "authError", "Invalid Credentials");
    proxy.on("storage.buckets.get", 1, expired);
    apply(&tool);
    assert!(server.state().buckets.contains_key(BUCKET));
}

#[test]
fn a_token_does_not_go_to_another_machine_in_the_clear() {
    let (server, _) = ground();
    let mut tool = tool(&server);
    tool.env(
        "S3SETUP_GOOGLE_ENDPOINT",
        "http://emulator.example.com:8080",
    );
    let outcome = tool.run(APPLY);
    outcome.expect_code(1);
    says(&outcome, "a secret must not go there");
}

#[test]
fn an_api_that_is_off_is_switched_on_by_a_command_that_is_told() {
    let (server, tool) = ground();
    server.change(|state| state.iam_disabled = true);
    let outcome = tool.run(PLAN);
    outcome.expect_code(1);
    says(&outcome, "gcloud services enable iam.googleapis.com");
    outcome.expect_stderr("api-disabled");
}
