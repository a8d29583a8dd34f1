//! One action of one manifest, set up once and tried as often as one likes.

use super::action::Action;
use super::seen::Seen;
use crate::google::{NUMBER, PROJECT};
use crate::support::google::{Account, Binding, Bucket, Key, Policy, Role, State};
use crate::support::{Google, Outcome, Proxy, S3setup};
use crate::vendors::Manifest;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A project and a folder where an action begins, and what it comes to if nothing happens on the way.
pub struct Scene<'a> {
    manifest: &'a Manifest,
    pub action: Action,
    state: State,
    /// Where the server was that it was set up at.
    endpoint: String,
    tool: S3setup,
    buckets: Vec<String>,
    /// What is there afterwards.
    wanted: Seen,
    /// How many calls it makes.
    pub calls: usize,
}

/// A copy of where a scene begins.
pub struct Ground {
    server: Google,
    pub proxy: Proxy,
    pub tool: S3setup,
}

impl Ground {
    /// The server knows who asks, and the tool shows that it is the operator. Keys that were made lead to
    /// this server.
    pub fn tell_apart(&mut self, scene: &Scene) {
        let (was, is) = (scene.endpoint.as_str(), self.server.endpoint());
        for entry in std::fs::read_dir(self.tool.folder())
            .into_iter()
            .flatten()
            .flatten()
        {
            let text = std::fs::read_to_string(entry.path()).unwrap_or_default();
            if text.contains(was) {
                std::fs::write(entry.path(), text.replace(was, is)).expect("it can be written");
            }
        }
        self.server.change(|state| {
            for version in state.secrets.values_mut().flat_map(|it| &mut it.versions) {
                *version = String::from_utf8_lossy(version)
                    .replace(was, is)
                    .into_bytes();
            }
        });
        self.server.make_operator(&mut self.tool);
    }

    /// Whoever runs the tool may do this and nothing else, if that is said.
    pub fn limit_operator(&self, may: Option<BTreeSet<String>>) {
        self.server.change(|state| state.operator_may = may);
    }
}

impl<'a> Scene<'a> {
    /// Sets it up, and does it once without anything in the way.
    ///
    /// # Errors
    /// It does not get there, or is not as it should be.
    pub fn new(manifest: &'a Manifest, action: Action) -> Result<Self, String> {
        let server = Google::start(neighbours());
        let mut tool = server.tool();
        // To read all roots of the machine would be a good part of a run, and nothing here speaks TLS.
        tool.env("SSL_CERT_FILE", crate::sweep::ground::ROOT_CERTIFICATE);
        manifest.write_to(&tool);
        let mut scene = Self {
            manifest,
            action,
            state: server.state(),
            endpoint: server.endpoint().to_owned(),
            tool,
            buckets: Vec::new(),
            wanted: Seen::default(),
            calls: 0,
        };
        if action != Action::Create {
            let words = scene.words("apply", &["--yes"]);
            must(&scene.tool, &words)?;
            if action == Action::Restore {
                let name = scene.name().to_owned();
                must(&scene.tool, &scene.words("destroy", &["--confirm", &name]))?;
            }
            server.change(|state| action.prepare(state));
            scene.state = server.state();
            let all = scene.state.buckets.keys();
            scene.buckets = all.filter(|it| !it.contains("foreign")).cloned().collect();
        }
        let ground = scene.ground();
        let outcome = must(&ground.tool, &scene.command())?;
        let calls = ground.proxy.calls();
        if calls.iter().all(|call| call.reads()) {
            return Err(format!("it does nothing:\n{outcome}"));
        }
        scene.calls = calls.len();
        scene.wanted = Seen::of(&ground.server.state());
        scene.is_settled(&ground)?;
        Ok(scene)
    }

    /// The manifest's name.
    pub fn name(&self) -> &str {
        &self.manifest.name
    }

    /// The project and the folder once more.
    pub fn ground(&self) -> Ground {
        let server = Google::start(self.state.clone());
        let proxy = Proxy::before_google(&server);
        let mut tool = self.tool.copy();
        tool.env("S3SETUP_GOOGLE_ENDPOINT", proxy.endpoint());
        Ground {
            server,
            proxy,
            tool,
        }
    }

    /// What is run.
    pub fn command(&self) -> Vec<String> {
        let words = self.action.words(self.name(), &self.buckets);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        self.words(self.action.command(), &words)
    }

    /// The buckets that are the manifest's.
    pub fn buckets(&self) -> &[String] {
        &self.buckets
    }

    /// The words of a command, with the manifest and all that it is given.
    pub fn words(&self, command: &str, flags: &[&str]) -> Vec<String> {
        let mut all = vec![command.to_owned(), format!("{}.yaml", self.name())];
        all.extend(["--project", PROJECT].map(str::to_owned));
        all.extend(self.manifest.examples_as_arguments());
        all.extend(flags.iter().map(|flag| (*flag).to_owned()));
        all
    }

    /// Whether the next run finishes what this one has begun, and nothing is left to do.
    ///
    /// # Errors
    /// What is not as it should be.
    pub fn goes_on(&self, ground: &mut Ground) -> Result<(), String> {
        // What a killed run had still under way ends with its proxy.
        ground.proxy = Proxy::before_google(&ground.server);
        let endpoint = ground.proxy.endpoint().to_owned();
        ground.tool.env("S3SETUP_GOOGLE_ENDPOINT", &endpoint);
        let again = must(&ground.tool, &self.command())?;
        let seen = Seen::of(&ground.server.state());
        seen.expect(&self.wanted)
            .and_then(|()| self.is_settled(ground))
            .map_err(|why| format!("{again}\n\nthen {why}"))
    }

    fn is_settled(&self, ground: &Ground) -> Result<(), String> {
        ground.proxy.forget();
        let words = match self.action {
            // Nothing carries our marks.
            Action::Destroy => self.words("orphans", &[]),
            _ => self.words("plan", &["--detailed-exitcode"]),
        };
        let outcome = must(&ground.tool, &words)?;
        let calls = ground.proxy.calls();
        if let Some(write) = calls.iter().find(|call| !call.reads()) {
            return Err(format!(
                "it is not settled, by {}:\n{outcome}",
                write.name()
            ));
        }
        let state = ground.server.state();
        let seen = Seen::of(&state);
        seen.foreign().expect(&Seen::of(&self.state).foreign())?;
        keys_are_held(&state, &ground.tool)
    }
}

/// Runs it, which has to go well.
fn must(tool: &S3setup, words: &[String]) -> Result<Outcome, String> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let outcome = tool.run(&words);
    match outcome.code {
        Some(0) => Ok(outcome),
        _ => Err(outcome.to_string()),
    }
}

/// Whether each key is in a file of the folder, or the newest of a secret, and works.
fn keys_are_held(state: &State, tool: &S3setup) -> Result<(), String> {
    let mut held = BTreeSet::new();
    for entry in std::fs::read_dir(tool.folder())
        .into_iter()
        .flatten()
        .flatten()
    {
        let text = std::fs::read_to_string(entry.path()).unwrap_or_default();
        let name = entry.file_name().display().to_string();
        if name.contains("tmp") || name.ends_with(".lock") {
            return Err(format!("{name} was left behind"));
        }
        let file: Value = serde_json::from_str(&text).unwrap_or_default();
        held.extend(file["private_key_id"].as_str().map(str::to_owned));
    }
    for secret in state.secrets.values() {
        let newest = secret
            .aliases
            .iter()
            .max_by_key(|(_, version)| version.parse::<u64>().ok());
        let id = newest.and_then(|(alias, _)| alias.strip_prefix("key-"));
        held.extend(id.map(str::to_owned));
    }
    let ours = state
        .accounts
        .iter()
        .filter(|(email, _)| !email.contains("foreign"));
    let replaced = |account: &Account, id: &str| account.description.contains(&format!("old={id}"));
    let keys = ours.flat_map(|(_, account)| account.keys.iter().map(move |key| (account, key)));
    for (account, (id, key)) in keys {
        if key.disabled && replaced(account, id) {
            continue;
        }
        if key.disabled || !held.contains(id) {
            return Err(format!(
                "the key {id} is held by nobody, or disabled: {key:?}"
            ));
        }
    }
    Ok(())
}

/// A project where others have something of each kind.
fn neighbours() -> State {
    let mut state = State::of_project(PROJECT, NUMBER);
    let email = format!("foreign-one@{PROJECT}.iam.gserviceaccount.com");
    let policy = Policy {
        etag: state.next(),
        bindings: vec![Binding {
            role: "roles/storage.objectViewer".into(),
            members: [format!("serviceAccount:{email}")].into(),
            condition: None,
        }],
    };
    let body = json!({"location": "EU", "labels": {"team": "others"}});
    let bucket = Bucket {
        project: PROJECT.into(),
        body: body.as_object().cloned().unwrap_or_default(),
        metageneration: 1,
        policy: policy.clone(),
        ..Bucket::default()
    };
    state.buckets.insert("foreign-bucket".into(), bucket);
    let role = Role {
        title: "Foreign".into(),
        stage: "GA".into(),
        permissions: ["storage.objects.get".into()].into(),
        ..Role::default()
    };
    let name = format!("projects/{PROJECT}/roles/foreignRole");
    state.roles.insert(name, role);
    let account = Account {
        project: PROJECT.into(),
        unique_id: "100000000000000000001".into(),
        description: "of others".into(),
        keys: [("f".repeat(40), Key::default())].into(),
        ..Account::default()
    };
    state.accounts.insert(email, account);
    state
}
