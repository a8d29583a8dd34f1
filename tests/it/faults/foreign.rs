//! Servers that answer, but not as AWS does: a proxy's page, half an answer, nothing at all.

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    thread,
};

use crate::{
    neon::{self, PLAN},
    support::{S3setup, Server},
};

const PAGE: &str = "<!DOCTYPE html><html><head><title>Sign in</title></head>\
    <body onload=\"x()\"><h1>Access to this site \u{1b}[31m is blocked</h1></body></html>";

/// A server that answers every request so. It lives as long as the test binary.
fn server(answer: Vec<u8>) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("there are free ports");
    let endpoint = format!("http://{}", listener.local_addr().expect("it is bound"));
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (Ok(mut stream), answer) = (stream, answer.clone()) else {
                continue;
            };
            thread::spawn(move || {
                // One read holds the head of these small requests; their bodies are not waited for.
                let mut request = [0; 65_536];
                if stream.read(&mut request).is_ok() {
                    let _ = stream.write_all(&answer);
                }
            });
        }
    });
    endpoint
}

fn page(status: &str, kind: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
    );
    [head.as_bytes(), body.as_bytes()].concat()
}

/// A tool for which one service is such a server, and all others are real.
fn tool(service: &str, answer: Vec<u8>) -> S3setup {
    let mut tool = neon::tool(&Server::ministack().account());
    tool.env(&format!("AWS_ENDPOINT_URL_{service}"), &server(answer));
    tool
}

#[test]
fn what_is_not_from_aws_is_a_clean_error() {
    let html = "text/html; charset=utf-8";
    for (answer, reason) in [
        (page("200 OK", html, PAGE), "a page for an answer"),
        (page("400 Bad Request", html, PAGE), "a page for an error"),
        (page("403 Forbidden", html, PAGE), "a proxy says no"),
        (
            page("407 Proxy Authentication Required", html, PAGE),
            "a proxy wants to know who",
        ),
        (
            page("301 Moved Permanently", html, PAGE),
            "a page somewhere else",
        ),
        (
            page("200 OK", "text/xml", "<GetRoleResponse><GetRoleResult>"),
            "half an answer",
        ),
        (page("200 OK", "text/xml", ""), "an empty answer"),
        (page("200 OK", "application/json", "{}"), "another protocol"),
        (
            page("400 Bad Request", "text/xml", "<ErrorResponse>"),
            "half an error",
        ),
        (
            page("200 OK", "text/xml", &"<a>".repeat(20_000)),
            "a bomb of elements",
        ),
    ] {
        for service in ["STS", "IAM", "S3"] {
            let outcome = tool(service, answer.clone()).run(PLAN);
            let stderr = &outcome.stderr;
            // HeadBucket has no body: a status is all there is, and a 200 is a bucket.
            assert_eq!(outcome.code, Some(1), "{service}: {reason}:\n{outcome}");
            assert!(
                stderr.lines().any(|line| line.starts_with("error: ")),
                "{service}: {reason}:\n{outcome}"
            );
            assert!(
                !stderr.contains("panicked"),
                "{service}: {reason}:\n{outcome}"
            );
            assert!(
                !stderr.contains('\u{1b}'),
                "{service}: {reason}: not for the terminal:\n{outcome}"
            );
            assert!(
                stderr.len() < 3000,
                "{service}: {reason}: a page is not shown whole:\n{outcome}"
            );
            assert_eq!(outcome.stdout, "", "{service}: {reason}:\n{outcome}");
        }
    }
}

#[test]
fn a_gateway_that_fails_for_good_is_told_with_its_status() {
    let outcome = tool("IAM", page("502 Bad Gateway", "text/html", PAGE)).run(PLAN);
    outcome
        .expect_code(1)
        .expect_stderr("502")
        .expect_nowhere("\u{1b}");
}

#[test]
fn an_answer_that_is_cut_is_told() {
    let mut answer = page("200 OK", "text/xml", &"x".repeat(1000));
    answer.truncate(200);
    let outcome = tool("STS", answer).run(PLAN);
    outcome
        .expect_code(1)
        .expect_stderr("error: sts:GetCallerIdentity")
        .expect_nowhere("panicked");
}
