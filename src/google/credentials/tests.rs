//! Files of credentials, of use and of none, and what is told of them.

use super::*;
use serde_json::{Value, json};

fn found(value: &Value) -> Result<Found, Cause> {
    Found::in_text("key.json", &SecretString::from(value.to_string()))
}

fn told(cause: Result<impl Sized, Cause>) -> String {
    match cause {
        Err(Cause::Credentials(Lack::Unusable, text)) => text,
        Err(other) => format!("{other:?}"),
        Ok(_) => "it is of use".to_owned(),
    }
}

#[test]
fn who_is_asking_is_told_by_the_file_where_it_has_it() {
    let url = "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/a@p.iam.gserviceaccount.com:generateAccessToken";
    for (value, who) in [
        (
            json!({"client_email": "b@p.iam.gserviceaccount.com"}),
            Some("b@p.iam.gserviceaccount.com"),
        ),
        (
            json!({"service_account_impersonation_url": url}),
            Some("a@p.iam.gserviceaccount.com"),
        ),
        (json!({"type": "authorized_user"}), None),
    ] {
        assert_eq!(found(&value).unwrap().who().as_deref(), who);
    }
    assert_eq!(Found::Metadata.who(), None);
}

#[test]
fn what_is_secret_in_a_file_is_known_from_then_on() {
    let line = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDx";
    let value = json!({
        "private_key": format!("-----BEGIN PRIVATE KEY-----\n{line}\n-----END PRIVATE KEY-----\n"),
        "source_credentials": {"refresh_token": "1//of-somebody-who-is-not-there"},
    });
    found(&value).unwrap();
    for secret in [line, "1//of-somebody-who-is-not-there"] {
        let shown = secrets::hide(secret).into_owned();
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[tokio::test]
async fn a_file_of_no_use_is_told_without_what_is_in_it() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let secret = "v3ry-s3cr3t-v3ry-s3cr3t";
    for (value, says) in [
        (json!({"private_key": secret}), "`type`"),
        (
            json!({"type": "gdch_service_account", "private_key": secret}),
            "is not known",
        ),
        (
            json!({"type": "service_account", "private_key": secret}),
            "misses a field",
        ),
        (
            json!({"type": "authorized_user", "refresh_token": secret}),
            "misses a field",
        ),
        (
            json!({"type": "external_account", "credential_source": secret}),
            "misses a field",
        ),
    ] {
        let said = told(found(&value).and_then(Found::build));
        assert!(said.contains(says) && !said.contains(secret), "{said}");
    }
    let text = SecretString::from(format!("{{\"private_key\": \"{secret}\""));
    let said = told(Found::in_text("key.json", &text));
    assert_eq!(said, "key.json is no JSON");
    let elsewhere = json!({"type": "service_account", "universe_domain": "example.com"});
    assert!(told(found(&elsewhere)).contains("universe"));
}

#[tokio::test]
async fn nobody_shows_nothing() {
    let nobody = Credentials::new(Source::Nobody, Duration::from_secs(1));
    assert!(nobody.headers().await.unwrap().is_empty());
    assert_eq!(nobody.who().await, None);
}

#[tokio::test]
async fn a_token_is_shown_as_it_is_and_one_that_cannot_be_is_not() {
    let with = |token: &str| {
        let source = Source::Token(SecretString::from(token.to_owned()));
        Credentials::new(source, Duration::from_secs(1))
    };
    let headers = with("ya29.x").headers().await.unwrap();
    assert_eq!(headers[AUTHORIZATION], "Bearer ya29.x");
    assert!(headers[AUTHORIZATION].is_sensitive());
    let odd = with("se\ncret").headers().await;
    assert!(told(odd).contains("no token has"));
}

#[test]
fn what_was_found_is_told_by_its_kind_and_without_secrets() {
    let url = "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/a@p.x:generateAccessToken";
    let secret = "s3cr3t-s3cr3t-s3cr3t";
    for (value, expected) in [
        (
            json!({"type": "service_account", "client_email": "a@p.x", "private_key": secret}),
            "a key of a@p.x, from key.json",
        ),
        (
            json!({"type": "authorized_user", "account": "", "refresh_token": secret}),
            "those of a user, from key.json",
        ),
        (
            json!({"type": "authorized_user", "account": "ann@example.com"}),
            "those of ann@example.com, from key.json",
        ),
        (
            json!({"type": "impersonated_service_account", "service_account_impersonation_url": url}),
            "of somebody who acts as a@p.x, from key.json",
        ),
        (
            json!({"type": "external_account", "audience": "//iam.googleapis.com/projects/1/x",
                "service_account_impersonation_url": url}),
            "a workload identity of projects/1/x, acting as a@p.x, from key.json",
        ),
    ] {
        let told = found(&value).unwrap().told();
        assert!(
            told.starts_with(expected) && !told.contains(secret),
            "{told}"
        );
    }
    assert!(Found::Metadata.told().contains("metadata server"));
}

#[tokio::test]
async fn a_key_signs_by_itself_and_its_token_is_hidden() {
    let key = include_str!("../../../tests/it/support/google/key_for_tests_only.pem");
    let key = &key[key.find("-----BEGIN").unwrap()..];
    let file = json!({
        "type": "service_account", "client_email": "a@p.iam.gserviceaccount.com",
        "private_key_id": "1", "private_key": key, "project_id": "p",
    });
    let source = Source::Json(SecretString::from(file.to_string()));
    let credentials = Credentials::new(source, Duration::from_secs(5));
    let headers = credentials.headers().await.unwrap();
    let shown = headers[AUTHORIZATION].to_str().unwrap();
    let token = shown.strip_prefix("Bearer ").unwrap();
    assert_eq!(token.matches('.').count(), 2);
    assert!(!secrets::hide(token).contains(&token[..20]));
    let who = credentials.who().await;
    assert_eq!(who.as_deref(), Some("a@p.iam.gserviceaccount.com"));
}
