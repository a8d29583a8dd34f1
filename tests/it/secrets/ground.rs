//! An account, a home and a folder in which every kind of secret lies that the tool may meet; and runs
//! of the tool that are watched.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use serde_json::json;

use super::searcher::{Searcher, files};
use crate::{
    keys::github::{Github, TOKEN},
    support::{Account, Answer, Proxy, S3setup, Server},
};

/// Of the caller, by the environment.
pub const CALLER: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYCALLERKEY1";
/// Of the caller's session.
pub const SESSION: &str = "FwoGZXIvYXdzEBYaDKnownSession/Token+OfTheCaller1==";
/// In the URL of a proxy.
pub const PROXY: &str = "ProxyPasswordOfATest1";
/// Of a profile, and of a process that gives credentials.
pub const PROFILE: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYPROFILE001";
/// What else is in the sinks.
pub const NEIGHBOUR: &str = "postgresPasswordBesideTheKey1";
/// In a secret of Secrets Manager that is somebody else's.
pub const STORED: &str = "valueOfSomebodyElse/InAWS+1";
/// For GitHub's tokens, in a workflow.
pub const REQUEST: &str = "requestTokenOfAWorkflow1";
/// A token of an identity provider.
pub const TOKEN_FILE: &str =
    "eyJhbGciOiJub25lIn0.eyJzdWIiOiJyZXBvOmFjbWUvYXBwIiwiYXVkIjoiYSJ9.c2lnbmF0dXJlT2ZUaGVUb2tlbjE";

/// No command takes longer, unless it hangs; the machine may be busy.
const TIME_OUT: Duration = Duration::from_secs(180);

/// Sinks in the folder, and what they have beside the key.
const SINKS: [(&str, &str); 4] = [
    ("sinks/a.env", "DATABASE_PASSWORD=@\n"),
    ("sinks/b.json", "{\"password\": \"@\"}"),
    ("sinks/c.ini", "[other]\naws_secret_access_key = @\n"),
    ("sinks/d.conf", "[other]\ntype = ftp\npass = @\n"),
];

/// The manifest: a key in a sink of every kind that hides it.
const MANIFEST: &str = "name: all
bucket: {name: BUCKET}
users:
  a: {access_key: {sink: {file: {path: sinks/a.env, format: dotenv}}}}
  b: {access_key: {sink: {file: {path: sinks/b.json, format: json}}}}
  c: {access_key: {sink: {file: {path: sinks/c.ini, format: aws_profile, profile: c}}}}
  d: {access_key: {sink: {file: {path: sinks/d.conf, format: rclone, remote: d}}}}
  e: {access_key: {sink: {secrets_manager: {name: all/e}}}}
  f: {access_key: {sink: {parameter_store: {name: /all/f}}}}
  g: {access_key: {sink: {github_actions: {repository: acme/app, environment: production}}}}
roles:
  deploy:
    trust: {github_actions: {repository: acme/app, branch: main}}
grants:
  - {to: [user.a, role.deploy], allow: [read, write, list], prefix: data/}
";

/// All of it.
pub struct Ground {
    pub tool: S3setup,
    pub proxy: Proxy,
    /// What is looked for, new keys among it.
    pub searcher: Searcher,
    made: Arc<Mutex<Vec<String>>>,
    _github: Github,
}

/// What a run left behind.
pub struct Run {
    /// As typed.
    pub typed: String,
    /// The exit code; none if it was killed.
    pub code: Option<i32>,
    /// Everything that it showed.
    pub shown: String,
    /// Where a secret was found, and which.
    pub found: Vec<String>,
}

impl Ground {
    pub fn new() -> Self {
        let mut account: Account = Server::ministack().account();
        account.secret_key = CALLER.to_owned();
        account.session_token = Some(SESSION.to_owned());
        let proxy = Proxy::before(&account);
        let github = Github::start();
        let mut tool = S3setup::new(proxy.account());
        let temporary = tool.folder().join("tmp");
        std::fs::create_dir(&temporary).expect("it is ours");
        for (name, value) in [
            ("TMPDIR", temporary.to_str().expect("it is text")),
            ("RUST_LOG", "trace"),
            ("AWS_LOG_LEVEL", "trace"),
            ("RUST_BACKTRACE", "full"),
            ("GITHUB_API_URL", &github.address),
            ("GH_TOKEN", TOKEN),
            ("GITHUB_TOKEN", TOKEN),
            ("HTTPS_PROXY", &format!("http://user:{PROXY}@127.0.0.1:9")),
            ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", REQUEST),
        ] {
            tool.env(name, value);
        }
        for (file, text) in SINKS {
            tool.file(file, &text.replace('@', NEIGHBOUR));
        }
        tool.file(
            "all.yaml",
            &MANIFEST.replace("BUCKET", &account.bucket("all")),
        );
        tool.file("token.jwt", TOKEN_FILE);
        tool.file(
            "request.json",
            r#"{"principal": "*", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k"}"#,
        );
        tool.file(
            "policy.json",
            r#"{"Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}]}"#,
        );
        let aws = tool.home().join(".aws");
        std::fs::create_dir(&aws).expect("it is ours");
        let helper = format!(
            "{{\"Version\": 1, \"AccessKeyId\": \"{}\", \"SecretAccessKey\": \"{PROFILE}\"}}",
            account.access_key
        );
        tool.file("helper.json", &helper);
        let write = |name: &str, text: String| {
            std::fs::write(aws.join(name), text).expect("it is ours");
        };
        write(
            "credentials",
            format!(
                "[p]\naws_access_key_id = {}\naws_secret_access_key = {PROFILE}\n",
                account.access_key
            ),
        );
        let folder = tool.folder();
        let helper = folder.join("helper.json");
        write(
            "config",
            format!(
                "[profile process]\ncredential_process = cat {}\n[profile broken]\n\
                 credential_process = sh -c 'cat {} >&2; cat {}; exit 1'\n",
                helper.display(),
                helper.display(),
                helper.display()
            ),
        );
        account.python_with(
            "client('secretsmanager').create_secret(Name='theirs', SecretString=value)['Name']",
            &json!({"value": STORED}),
        );
        let mut searcher = Searcher::default();
        for (name, secret) in [
            ("the caller's secret key", CALLER),
            ("the caller's session token", SESSION),
            ("the proxy's password", PROXY),
            ("the profile's secret key", PROFILE),
            ("a neighbour in the sinks", NEIGHBOUR),
            ("a stored value", STORED),
            ("the request token", REQUEST),
            ("the web identity token", TOKEN_FILE),
            ("the token of GitHub", TOKEN),
        ] {
            searcher.add(name, secret);
        }
        let ground = Self {
            tool,
            proxy,
            searcher,
            made: Arc::default(),
            _github: github,
        };
        ground.watch_new_keys();
        ground
    }

    /// From now on the secrets of new keys are known. Rules that were there are gone.
    pub fn watch_new_keys(&self) {
        self.proxy.heal();
        let made = Arc::clone(&self.made);
        self.proxy.rule(move |call| {
            let made = Arc::clone(&made);
            (call.operation == "CreateAccessKey").then(|| {
                Answer::change(move |body| {
                    let text = String::from_utf8_lossy(body).into_owned();
                    let secret = text
                        .split_once("<SecretAccessKey>")
                        .and_then(|(_, rest)| rest.split_once("</SecretAccessKey>"))
                        .map(|(secret, _)| secret.to_owned());
                    made.lock().expect("no panic").extend(secret);
                    body.to_vec()
                })
            })
        });
    }

    /// How many keys were made so far.
    pub fn keys_made(&self) -> usize {
        self.made.lock().expect("no panic").len()
    }

    /// Files in which a secret belongs, and what of it.
    fn homes(&self) -> BTreeMap<PathBuf, Vec<&str>> {
        let folder = self.tool.folder();
        let mut homes: BTreeMap<PathBuf, Vec<&str>> = SINKS
            .iter()
            .map(|(file, _)| (folder.join(file), vec!["a neighbour in the sinks", "a key"]))
            .collect();
        homes.insert(folder.join("token.jwt"), vec!["the web identity token"]);
        homes.insert(folder.join("helper.json"), vec!["the profile's secret key"]);
        let credentials = self.tool.home().join(".aws/credentials");
        homes.insert(credentials, vec!["the profile's secret key"]);
        homes
    }

    /// Run it to its end, and look everywhere for everything. `environment` is added to the ground's.
    pub fn run(&mut self, arguments: &[&str], environment: &[(&str, &str)]) -> Run {
        self.run_until(arguments, environment, || false)
    }

    /// As [`Ground::run`]; killed as soon as `enough` says so.
    pub fn run_until(
        &mut self,
        arguments: &[&str],
        environment: &[(&str, &str)],
        mut enough: impl FnMut() -> bool,
    ) -> Run {
        let typed = format!("s3setup {}", arguments.join(" "));
        let mut command = self.tool.command(arguments);
        let output = tempfile::tempdir().expect("the temporary folder is writable");
        let open = |name: &str| {
            std::fs::File::create(output.path().join(name)).expect("the folder is ours")
        };
        command
            .envs(environment.iter().copied())
            .stdin(std::process::Stdio::null())
            .stdout(open("stdout"))
            .stderr(open("stderr"));
        let mut child = command.spawn().expect("it can be started");
        let begun = Instant::now();
        let mut processes = Processes::default();
        let status = loop {
            processes.look(child.id());
            if let Some(status) = child.try_wait().expect("it is our child") {
                break status;
            }
            if enough() || begun.elapsed() > TIME_OUT {
                child.kill().expect("it is our child");
                break child.wait().expect("it is our child");
            }
            thread::sleep(Duration::from_millis(1));
        };
        assert!(begun.elapsed() < TIME_OUT, "{typed} did not end");
        for (at, secret) in self.made.lock().expect("no panic").iter().enumerate() {
            self.searcher.add(&format!("a key {at}"), secret);
        }
        let read = |name: &str| std::fs::read(output.path().join(name)).unwrap_or_default();
        let (stdout, stderr) = (read("stdout"), read("stderr"));
        let mut found = Vec::new();
        let mut look = |place: String, bytes: &[u8], allowed: &[&str]| {
            for secret in self.searcher.find(bytes) {
                if !allowed.iter().any(|name| secret.starts_with(name)) {
                    found.push(format!("{secret} in {place}"));
                }
            }
        };
        look("stdout".into(), &stdout, &[]);
        look("stderr".into(), &stderr, &[]);
        look("arguments".into(), &processes.arguments, &[]);
        // What a child has of the caller's environment it has by the caller's will.
        let inherited = [
            "the caller",
            "the proxy",
            "the request",
            "the token of GitHub",
        ];
        look(
            "a child's environment".into(),
            &processes.environments,
            &inherited,
        );
        let homes = self.homes();
        let root = self.tool.folder();
        let root = root.parent().expect("it has one");
        for (path, content) in files(root) {
            let allowed = homes.get(&path).cloned().unwrap_or_default();
            look(path.display().to_string(), &content, &allowed);
        }
        Run {
            typed,
            code: status.code(),
            shown: String::from_utf8_lossy(&[stdout, stderr].concat()).into_owned(),
            found,
        }
    }
}

/// What others on the machine can see of the tool and its children while they run.
#[derive(Default)]
struct Processes {
    arguments: Vec<u8>,
    environments: Vec<u8>,
}

impl Processes {
    fn look(&mut self, id: u32) {
        let read =
            |id: u32, name: &str| std::fs::read(format!("/proc/{id}/{name}")).unwrap_or_default();
        if self.arguments.is_empty() {
            self.arguments = read(id, "cmdline");
        }
        for task in std::fs::read_dir(format!("/proc/{id}/task"))
            .into_iter()
            .flatten()
            .flatten()
        {
            let children =
                std::fs::read_to_string(task.path().join("children")).unwrap_or_default();
            for child in children.split_whitespace().filter_map(|id| id.parse().ok()) {
                self.arguments.extend(read(child, "cmdline"));
                self.environments.extend(read(child, "environ"));
            }
        }
    }
}
