//! GitHub's API as this sink uses it, at a server of our own that can open what was sealed.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use crypto_box::{SecretKey, aead::OsRng};
use serde_json::{Value, json};

use super::ground::{APPLY, Ground, PLAN};
use crate::neon::flat;

const SINK: &str = "github_actions: {repository: acme/app, environment: production}";
const RECORD: &str = "s3setup: github_actions acme/app environment production";
/// What it knows its caller by.
pub const TOKEN: &str = "ghp_TokenOfATest";

#[derive(Default)]
struct State {
    /// Name → when it was written, and its value.
    secrets: BTreeMap<String, (usize, String)>,
    writes: usize,
    /// The write that is done, and of which nobody hears.
    silent_at: Option<usize>,
    /// Requests that were refused.
    odd: Vec<String>,
    /// How many came.
    asked: usize,
    redirect: Option<String>,
}

/// A server that speaks as much of GitHub's API as the sink needs.
pub struct Github {
    /// Its URL.
    pub address: String,
    state: Arc<Mutex<State>>,
}

impl Github {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("127.0.0.1 has free ports");
        let address = format!("http://{}", listener.local_addr().expect("it is bound"));
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        let key = SecretKey::generate(&mut OsRng);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (state, key) = (Arc::clone(&shared), key.clone());
                thread::spawn(move || answer(stream, &state, &key));
            }
        });
        Self { address, state }
    }

    /// What a secret holds.
    pub fn value(&self, name: &str) -> Option<String> {
        let state = self.state.lock().expect("no test panicked with it");
        state.secrets.get(name).map(|(_, value)| value.clone())
    }

    /// From this write on they are done, and nobody hears of them.
    pub fn be_silent_from(&self, write: Option<usize>) {
        let mut state = self.state.lock().expect("no test panicked with it");
        state.silent_at = write;
    }

    /// Waits until so many writes are done.
    #[track_caller]
    pub fn wait_for_write(&self, write: usize) {
        let begun = Instant::now();
        let writes = || {
            let state = self.state.lock().expect("no test panicked with it");
            state.writes
        };
        while writes() < write {
            let waited = begun.elapsed();
            assert!(waited < Duration::from_secs(30), "write {write} never came");
            thread::sleep(Duration::from_millis(1));
        }
    }

    fn key(&self) -> (String, String) {
        let state = self.state.lock().expect("no test panicked with it");
        assert_eq!(state.odd, Vec::<String>::new());
        let value = |name: &str| state.secrets[name].1.clone();
        (value("AWS_ACCESS_KEY_ID"), value("AWS_SECRET_ACCESS_KEY"))
    }
}

fn answer(stream: TcpStream, state: &Mutex<State>, key: &SecretKey) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let (mut first, mut length, mut token) = (String::new(), 0, String::new());
    reader.read_line(&mut first).ok()?;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim().split_once(':') else {
            break;
        };
        match name.to_lowercase().as_str() {
            "content-length" => length = value.trim().parse().ok()?,
            "authorization" => token = value.trim().to_owned(),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let mut words = first.split_whitespace();
    let (method, path) = (words.next()?, words.next()?);
    let mut state = state.lock().expect("no test panicked with it");
    state.asked += 1;
    let name = path.strip_prefix("/repos/acme/app/environments/production/secrets/");
    let (status, text) = match (method, name) {
        _ if state.redirect.is_some() => (302, json!({})),
        _ if token != format!("Bearer {TOKEN}") => (401, json!({})),
        ("GET", Some("public-key")) => (
            200,
            json!({"key_id": "k1", "key": STANDARD.encode(key.public_key().as_bytes())}),
        ),
        ("GET", Some(name)) => match state.secrets.get(name) {
            Some((at, _)) => (
                200,
                json!({"name": name, "updated_at": format!("2026-11-22T07:00:{at:02}Z")}),
            ),
            None => (404, json!({})),
        },
        ("PUT", Some(name)) => {
            let body: Value = serde_json::from_slice(&body).ok()?;
            let sealed = STANDARD.decode(body["encrypted_value"].as_str()?).ok()?;
            let value = String::from_utf8(key.unseal(&sealed).ok()?).ok()?;
            state.writes += 1;
            let at = state.writes;
            state.secrets.insert(name.to_owned(), (at, value));
            if state.silent_at.is_some_and(|silent| at >= silent) {
                return None;
            }
            (201, json!({}))
        }
        _ => {
            state.odd.push(first.clone());
            (404, json!({}))
        }
    };
    let mut stream = stream;
    let location = state
        .redirect
        .as_ref()
        .map(|to| format!("location: {to}\r\n"));
    let text = text.to_string();
    write!(
        stream,
        "HTTP/1.1 {status} x\r\n{}content-type: application/json\r\nconnection: close\r\n\
         content-length: {}\r\n\r\n{text}",
        location.unwrap_or_default(),
        text.len()
    )
    .ok()
}

fn ground(github: &Github) -> Ground {
    let mut ground = Ground::new(SINK);
    ground.tool.env("GITHUB_API_URL", &github.address);
    ground.tool.env("GH_TOKEN", TOKEN);
    ground
}

#[test]
fn secrets_are_sealed_for_the_repository_and_rotated() {
    let github = Github::start();
    let ground = ground(&github);
    ground.tool.run(APPLY).expect_code(0);
    let key = github.key();
    ground.works(&key);
    assert_eq!(ground.tags(), json!({key.0.clone(): RECORD}));
    ground.is_settled("handed over");
    let rotated = ground.tool.run(&["rotate", "keys.yaml", "--yes"]);
    rotated.expect_code(0);
    assert_ne!(github.key(), key);
    ground.works(&github.key());
    ground.is_settled("rotated");
    assert!(!format!("{rotated}").contains(&github.key().1));
}

#[test]
fn without_a_token_that_may_there_is_no_key() {
    let github = Github::start();
    let mut ground = ground(&github);
    for (name, value, told) in [
        ("GH_TOKEN", "ghp_Other", "401"),
        ("GH_TOKEN", "", "there is no token for GitHub"),
        (
            "GITHUB_API_URL",
            "http://github.example.com",
            "is no place for a token",
        ),
        (
            "GITHUB_API_URL",
            "http://localhost:1@127.0.0.2:1",
            "is no place for a token",
        ),
    ] {
        ground.tool.env(name, value);
        let outcome = ground.tool.run(APPLY);
        outcome.expect_code(1);
        assert!(flat(&outcome.stderr).contains(told), "{outcome}");
        assert!(!outcome.stderr.contains("ghp_"), "{outcome}");
        assert_eq!((ground.keys(), ground.tags()), (json!([]), json!({})));
        if value.is_empty() {
            ground.tool.env(name, TOKEN);
        }
    }
}

#[test]
fn a_token_is_not_taken_to_another_host() {
    let (github, other) = (Github::start(), Github::start());
    let ground = ground(&github);
    github
        .state
        .lock()
        .expect("no test panicked with it")
        .redirect = Some(format!("{}/elsewhere", other.address));
    ground.tool.run(APPLY).expect_code(1);
    let asked = |github: &Github| github.state.lock().expect("no test panicked with it").asked;
    assert!(asked(&github) > 0 && asked(&other) == 0);
}

#[test]
fn a_token_for_this_machine_is_shown_to_no_proxy() {
    let (github, proxy) = (Github::start(), Github::start());
    let mut ground = ground(&github);
    let by_name = github.address.replace("127.0.0.1", "localhost");
    for (name, value) in [
        ("GITHUB_API_URL", by_name.as_str()),
        ("HTTP_PROXY", &proxy.address),
        // AWS's server of this test.
        ("NO_PROXY", "127.0.0.1"),
    ] {
        ground.tool.env(name, value);
    }
    ground.tool.run(APPLY).expect_code(0);
    ground.works(&github.key());
    let asked = proxy.state.lock().expect("no test panicked with it").asked;
    assert_eq!(asked, 0);
}

#[test]
fn a_hand_over_that_is_killed_at_any_write_is_made_good() {
    // Two writes by apply, two by rotate; and the calls of AWS after them.
    for silent in 1..=4 {
        let github = Github::start();
        let ground = ground(&github);
        let command = match silent {
            1 | 2 => APPLY,
            _ => {
                ground.tool.run(APPLY).expect_code(0);
                &["rotate", "keys.yaml", "--yes"]
            }
        };
        github.be_silent_from(Some(silent));
        let mut child = ground.tool.command(command).spawn().unwrap();
        github.wait_for_write(silent);
        child.kill().unwrap();
        child.wait().unwrap();
        github.be_silent_from(None);
        let plan = ground.tool.run(PLAN);
        plan.expect_code(2);
        ground.tool.run(APPLY).expect_code(0);
        let key = github.key();
        ground.works(&key);
        let reason = format!("killed at write {silent}");
        assert_eq!(ground.tags()[&key.0], json!(RECORD), "{reason}");
        let keys = ground.keys();
        let active = keys
            .as_array()
            .unwrap()
            .iter()
            .filter(|key| key[1] == "Active");
        assert_eq!(active.count(), 1, "{reason}: {keys}");
        ground.is_settled(&reason);
    }
}
