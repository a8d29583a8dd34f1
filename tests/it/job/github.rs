//! A server that stands for GitHub: its issues, and its tokens for jobs.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use serde_json::{Value, json};

/// What it was asked, and the issues that there are.
#[derive(Default)]
pub struct State {
    /// `POST /repos/acme/infra/issues`, in order.
    pub asked: Vec<String>,
    pub issues: Vec<Value>,
    pub comments: Vec<String>,
    /// How many of the next answers are that it fails.
    pub failures: usize,
}

/// Its address, and what it knows.
pub struct Github {
    pub url: String,
    state: Arc<Mutex<State>>,
}

/// What a job signs its calls with.
pub const TOKEN: &str = "ghs_0123456789abcdefghijklmnopqrstuvwxyz";
/// What a job asks for a token with, and the token.
pub const REQUEST_TOKEN: &str = "request-token-of-the-job";
pub const IDENTITY: &str = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.c2lnbmF0dXJl";

impl Github {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("127.0.0.1 has free ports");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        let state = Arc::new(Mutex::new(State::default()));
        let known = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                answer(stream, &known);
            }
        });
        Self { url, state }
    }

    pub fn with<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut self.state.lock().expect("nobody panics with it"))
    }
}

fn answer(stream: TcpStream, state: &Mutex<State>) {
    let mut reader = BufReader::new(stream);
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) <= 2 {
            break;
        }
        head.push(line.trim_end().to_owned());
    }
    let header = |name: &str| {
        head.iter()
            .filter_map(|line| line.split_once(": "))
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.to_owned())
    };
    let length = header("content-length").map_or(0, |text| text.parse().expect("it is a number"));
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("it was announced");
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let mut state = state.lock().expect("nobody panics with it");
    let request = head.first().cloned().unwrap_or_default();
    let mut words = request.split(' ');
    let (method, target) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
    let path = target.split('?').next().unwrap_or_default();
    state.asked.push(format!("{method} {path}"));
    let token = match path {
        "/token" => REQUEST_TOKEN,
        _ => TOKEN,
    };
    let (status, value) = if state.failures > 0 {
        state.failures -= 1;
        (502, json!({"message": "no"}))
    } else if header("authorization") == Some(format!("Bearer {token}")) {
        serve(&mut state, method, target, &body)
    } else {
        (401, json!({"message": "Bad credentials"}))
    };
    let text = value.to_string();
    let _ = write!(
        reader.get_mut(),
        "HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{text}",
        text.len()
    );
}

fn serve(state: &mut State, method: &str, target: &str, body: &Value) -> (u16, Value) {
    const ISSUES: &str = "/repos/acme/infra/issues";
    if method == "GET" && target == "/token?version=2&audience=sts.amazonaws.com" {
        return (200, json!({"value": IDENTITY}));
    }
    let Some(rest) = target.strip_prefix(ISSUES) else {
        return (404, json!({"message": "Not Found"}));
    };
    if method == "GET" {
        assert!(
            rest.contains("state=open") && rest.contains("labels=s3setup-drift"),
            "{rest}"
        );
        let open = state.issues.iter().filter(|one| one["state"] == "open");
        return (200, open.cloned().collect());
    }
    if method == "POST" && rest.is_empty() {
        let mut issue = body.clone();
        issue["number"] = json!(state.issues.len() + 1);
        issue["state"] = json!("open");
        state.issues.push(issue.clone());
        return (201, issue);
    }
    let mut parts = rest.trim_start_matches('/').split('/');
    let number: usize = parts.next().and_then(|n| n.parse().ok()).expect("an issue");
    if parts.next() == Some("comments") {
        let text = body["body"].as_str().expect("a comment has a text");
        state.comments.push(text.to_owned());
        return (201, json!({}));
    }
    let issue = &mut state.issues[number - 1];
    for (name, value) in body.as_object().expect("a change is an object") {
        issue[name] = value.clone();
    }
    (200, issue.clone())
}
