//! A service account with a key, in each place that one can go to, and what can be asked about it.

use serde_json::Value;

use crate::google::PROJECT;
use crate::keys::github::{Github, TOKEN};
use crate::support::google::{Key, State};
use crate::support::{Google, Proxy, S3setup};

pub const EMAIL: &str = "backup-writer@acme-backups.iam.gserviceaccount.com";
pub const APPLY: &[&str] = &["apply", "keys.yaml", "--yes"];
pub const PLAN: &[&str] = &["plan", "keys.yaml", "--detailed-exitcode"];
pub const ROTATE: &[&str] = &["rotate", "keys.yaml", "--yes"];

pub const FILE: &str = "file: {path: key.json}";
pub const SECRET: &str = "google_secret_manager: {name: backup-key}";
pub const GITHUB: &str = "github_actions: {repository: acme/app, environment: production}";
pub const SINKS: [&str; 3] = [FILE, SECRET, GITHUB];

/// The tool before a project, with `keys.yaml` in its folder.
pub struct Ground {
    pub server: Google,
    pub proxy: Proxy,
    pub github: Github,
    pub tool: S3setup,
    sink: String,
}

impl Ground {
    /// A manifest whose service account has a key in this sink.
    pub fn new(sink: &str) -> Self {
        let server = Google::start(State::of_project(PROJECT, "123456789012"));
        let proxy = Proxy::before_google(&server);
        let github = Github::start();
        let mut tool = server.tool();
        tool.env("S3SETUP_GOOGLE_ENDPOINT", proxy.endpoint());
        tool.env("GITHUB_API_URL", &github.address);
        tool.env("GH_TOKEN", TOKEN);
        let mut ground = Self {
            server,
            proxy,
            github,
            tool,
            sink: String::new(),
        };
        ground.manifest(sink);
        ground
    }

    /// The same once the key is made, and the id of that.
    pub fn with_key(sink: &str) -> (Self, String) {
        let ground = Self::new(sink);
        ground.tool.run(APPLY).expect_code(0);
        ground.proxy.forget();
        let held = ground.held();
        (ground, held)
    }

    /// The manifest anew.
    pub fn manifest(&mut self, sink: &str) {
        self.sink = sink.to_owned();
        self.tool.file(
            "keys.yaml",
            &format!(
                "name: keys
google:
  project: {PROJECT}
  service_accounts:
    backup-writer:
      key:
        sink:
          {sink}
"
            ),
        );
    }

    /// Another proxy: what a killed run had under way ends with its own.
    pub fn begin_anew(&mut self) {
        self.proxy = Proxy::before_google(&self.server);
        let endpoint = self.proxy.endpoint().to_owned();
        self.tool.env("S3SETUP_GOOGLE_ENDPOINT", &endpoint);
    }

    /// What is in whichever sink the manifest names, as its readers get it.
    pub fn text(&self) -> Option<String> {
        if self.sink == GITHUB {
            return self.github.value("GOOGLE_CREDENTIALS");
        }
        if self.sink == SECRET {
            let state = self.server.state();
            let secret = state
                .secrets
                .get("projects/acme-backups/secrets/backup-key");
            let newest = secret?.versions.last()?;
            return Some(String::from_utf8_lossy(newest).into_owned());
        }
        let path = self.sink.split(&[' ', '}'][..]).nth(2).expect("a path");
        std::fs::read_to_string(self.tool.folder().join(path)).ok()
    }

    /// The id of the key there.
    #[track_caller]
    pub fn held(&self) -> String {
        let text = self.text().expect("the sink holds something");
        let key: Value = serde_json::from_str(&text).expect("it is JSON");
        key["private_key_id"]
            .as_str()
            .expect("it is text")
            .to_owned()
    }

    /// Ids of the account's keys, and whether they work.
    pub fn keys(&self) -> Vec<(String, bool)> {
        let state = self.server.state();
        let keys = state.accounts[EMAIL].keys.iter();
        keys.map(|(id, key)| (id.clone(), !key.disabled)).collect()
    }

    /// A key that somebody makes by hand.
    pub fn by_hand(&self, id: &str) {
        self.server.change(|state| {
            let account = state.accounts.get_mut(EMAIL).expect("it is there");
            account.keys.insert(id.to_owned(), Key::default());
        });
    }

    pub fn description(&self) -> String {
        self.server.state().accounts[EMAIL].description.clone()
    }

    /// Fail unless what is in the sink is a key that works.
    #[track_caller]
    pub fn works(&self, reason: &str) {
        let held = self.held();
        let keys = self.keys();
        assert!(
            keys.contains(&(held.clone(), true)),
            "{reason}: {held} {keys:?}"
        );
    }

    /// Fail unless these are all keys.
    #[track_caller]
    pub fn has_keys(&self, expected: &[(&str, bool)], reason: &str) {
        let mut expected: Vec<_> = expected
            .iter()
            .map(|(id, works)| ((*id).to_owned(), *works))
            .collect();
        expected.sort();
        assert_eq!(self.keys(), expected, "{reason}: {}", self.description());
    }

    /// Fail unless nothing is to be done.
    #[track_caller]
    pub fn is_settled(&self, reason: &str) {
        let plan = self.tool.run(PLAN);
        assert_eq!(plan.code, Some(0), "{reason}:\n{plan}");
        assert!(plan.stdout.contains("No changes."), "{reason}:\n{plan}");
        assert!(
            !plan.stdout.contains("nothing is known"),
            "{reason}:\n{plan}"
        );
    }
}
