//! Tokens of identity providers: from a file, and from GitHub in a workflow.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpListener,
    thread::{self, JoinHandle},
};

use serde_json::json;

use super::ground::{Ground, checks};
use crate::support::{Proxy, S3setup};
use crate::vendors::Manifest;

const REQUEST_TOKEN: &str = "request-token-of-the-job";

/// Neon's manifest applied, without the token's file.
fn neon() -> (Ground, String) {
    let mut all = Manifest::all().into_iter();
    let neon = all.find(|one| one.name == "neon");
    let mut ground = Ground::of(&neon.expect("it is in manifests/")).expect("it can be applied");
    let end = ground.arguments.len() - 2;
    ground.arguments.truncate(end);
    let token = ground.tool.read("token");
    (ground, token)
}

/// Answers one request with this, and returns what was asked: the request line and its headers.
pub fn answer(response: String) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("127.0.0.1 has free ports");
    let address = format!(
        "http://{}/token?api-version=2.0",
        listener.local_addr().expect("it is bound")
    );
    let asked = thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("somebody asks");
        let lines = BufReader::new(stream.try_clone().expect("it is open")).lines();
        let asked: Vec<String> = lines
            .map_while(Result::ok)
            .take_while(|line| !line.is_empty())
            .collect();
        stream.write_all(response.as_bytes()).expect("it is open");
        asked
    });
    (address, asked)
}

pub fn response(status: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
    )
}

pub fn in_a_workflow(tool: &mut S3setup, address: &str) {
    tool.env("ACTIONS_ID_TOKEN_REQUEST_URL", address);
    tool.env("ACTIONS_ID_TOKEN_REQUEST_TOKEN", REQUEST_TOKEN);
}

#[test]
fn in_a_workflow_the_token_is_githubs() {
    let (mut ground, token) = neon();
    let body = json!({"value": token}).to_string();
    let (address, asked) = answer(response("200 OK", "", &body));
    in_a_workflow(&mut ground.tool, &address);
    let outcome = ground.verify(&["--output", "json", "--verbose"]);
    outcome
        .expect_code(0)
        .expect_nowhere(REQUEST_TOKEN)
        .expect_nowhere(&token);
    let report = outcome.json();
    let role = &report["manifests"][0]["principals"][0];
    assert_eq!(role["how"], "a session by the token from GitHub");
    let all = checks(&report);
    let in_it = all
        .iter()
        .filter(|(_, check)| check["place"] != "other_bucket");
    assert!(in_it.clone().count() > 30);
    assert!(in_it.into_iter().all(|(_, check)| check["proof"] == "call"));
    let asked = asked.join().expect("it does not panic");
    assert_eq!(
        asked[0],
        "GET /token?api-version=2.0&audience=sts.amazonaws.com HTTP/1.1"
    );
    let bearer = format!("authorization: Bearer {REQUEST_TOKEN}");
    assert!(
        asked.iter().any(|line| line.eq_ignore_ascii_case(&bearer)),
        "{asked:?}"
    );
}

#[test]
fn a_refusal_of_githubs_is_one_error_without_the_token() {
    let (mut ground, _) = neon();
    let (address, asked) = answer(response("403 Forbidden", "", "no id-token: write"));
    in_a_workflow(&mut ground.tool, &address);
    let outcome = ground.verify(&[]);
    outcome
        .expect_code(1)
        .expect_stderr("cannot get a token from GitHub")
        .expect_stderr("403");
    outcome.expect_nowhere(REQUEST_TOKEN);
    asked.join().expect("it does not panic");
}

#[test]
fn githubs_request_token_goes_to_no_other_host() {
    let (mut ground, _) = neon();
    let other = TcpListener::bind("127.0.0.1:0").expect("127.0.0.1 has free ports");
    other.set_nonblocking(true).expect("it is ours");
    let location = format!(
        "location: http://{}/\r\n",
        other.local_addr().expect("it is bound")
    );
    let (address, asked) = answer(response("302 Found", &location, ""));
    in_a_workflow(&mut ground.tool, &address);
    let outcome = ground.verify(&[]);
    outcome
        .expect_code(1)
        .expect_stderr("cannot get a token from GitHub");
    outcome.expect_nowhere(REQUEST_TOKEN);
    asked.join().expect("it does not panic");
    if let Ok((mut stream, _)) = other.accept() {
        let mut text = String::new();
        let _ = stream.read_to_string(&mut text);
        panic!("the other host was asked: {text}");
    }
}

#[test]
fn a_file_that_is_no_token_is_refused_before_any_call() {
    let (ground, token) = neon();
    let proxy = Proxy::before(&ground.account);
    let mut tool = S3setup::new(proxy.account());
    tool.file("neon.yaml", &ground.tool.read("neon.yaml"));
    let verify = |tool: &S3setup, file: &str| {
        let set = ["--set", "repository=acme/backups"];
        let file = ["--web-identity-token-file", file];
        tool.run(&[&["verify", "neon.yaml", "--wait", "0"][..], &set, &file].concat())
    };
    let secret = "no.token of anybody";
    for (text, said) in [
        (None, "cannot read the token in token: No such file"),
        (
            Some(String::new()),
            "token holds no token of an identity provider",
        ),
        (
            Some(secret.to_owned()),
            "token holds no token of an identity provider",
        ),
        (
            Some("x".repeat(100_000)),
            "token holds no token of an identity provider",
        ),
        (
            Some(format!("{token}\n{token}")),
            "token holds no token of an identity provider",
        ),
    ] {
        if let Some(text) = &text {
            tool.file("token", text);
        }
        let outcome = verify(&tool, "token");
        outcome
            .expect_code(1)
            .expect_stderr(said)
            .expect_nowhere(secret);
        assert_eq!(outcome.stdout, "");
    }
    assert_eq!(proxy.calls().len(), 0, "nobody was asked");
    // A token that the role does not trust is no error: its access is judged otherwise.
    let stranger = json!({"iss": "https://token.actions.githubusercontent.com",
        "aud": "sts.amazonaws.com", "sub": "repo:evil/backups:ref:refs/heads/main"});
    tool.file("token", &super::ground::token(&ground.account, &stranger));
    tool.env("AWS_ENDPOINT_URL", &ground.account.endpoint);
    let outcome = verify(&tool, "token");
    let said = outcome
        .stdout
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    assert!(
        said.contains("not tried: sts:AssumeRoleWithWebIdentity: AccessDenied"),
        "{outcome}"
    );
}
