//! The life of a manifest, scene by scene, each run by a user with the policy that is printed for it.

use std::collections::BTreeSet;

use s3setup::permissions::{ALL, Operation};
use serde_json::{Value, json};

use super::server;
use crate::{
    support::{Call, Outcome, S3setup, Snapshot},
    sweep::{
        action::Action,
        ground::{Ground, Window},
        scene, sink,
    },
    vendors::Manifest,
};

/// The user who runs the tool: one of the neighbours, by its name.
pub const RUNNER: &str = "foreign-runner";

/// Where the account stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scene {
    /// There is nothing of the manifest.
    Nothing,
    /// It was applied.
    Applied,
    /// All that can differ was changed, and strays are beside.
    Changed,
    /// All is there, and unmarked.
    Unmarked,
    /// There are objects in the bucket, and strays beside.
    Filled,
    /// A key was replaced, and its time has come.
    Replaced,
}

/// A policy as it is printed.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The command that it is for.
    pub purpose: &'static str,
    /// The policy itself.
    pub text: String,
}

/// One run that its policy is enough for.
pub struct Run {
    pub policy: Policy,
    pub command: Vec<String>,
    /// The exit code.
    pub code: Option<i32>,
    /// The actions that it took, with what AWS asks for beside them.
    pub took: BTreeSet<String>,
    snapshot: std::rc::Rc<Snapshot>,
    tool: std::rc::Rc<S3setup>,
    key: (String, String),
}

impl Policy {
    /// Its actions.
    pub fn actions(&self) -> BTreeSet<String> {
        server::actions(&self.value())
    }

    /// The same, read.
    pub fn value(&self) -> Value {
        serde_json::from_str(&self.text).expect("it was JSON")
    }
}

/// The scenes of this manifest's life.
pub fn scenes(manifest: &Manifest) -> Vec<Scene> {
    let mut all = vec![
        Scene::Nothing,
        Scene::Applied,
        Scene::Changed,
        Scene::Unmarked,
        Scene::Filled,
    ];
    if manifest.says("access_key:") {
        all.push(Scene::Replaced);
    }
    all
}

impl Scene {
    fn action(self) -> Action {
        match self {
            Self::Nothing => Action::Create,
            // What a rotation begins from.
            Self::Applied => Action::Rotate,
            Self::Changed => Action::Update,
            Self::Unmarked => Action::Adopt,
            Self::Filled => Action::Destroy,
            Self::Replaced => Action::Retire,
        }
    }

    /// What is run, each from where the scene begins; the words before and behind the manifest.
    fn commands(self, manifest: &Manifest, buckets: &[&str]) -> Vec<(&'static str, Vec<String>)> {
        let name = manifest.name.as_str();
        let confirm = ["--confirm", name];
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        match self {
            Self::Nothing => vec![
                ("plan", words(&[])),
                ("drift", words(&[])),
                ("apply", words(&["--yes"])),
            ],
            Self::Applied => {
                let mut all = vec![
                    ("plan", words(&[])),
                    ("drift", words(&[])),
                    ("verify", words(&["--wait", "0"])),
                    ("destroy", words(&confirm)),
                ];
                if manifest.says("access_key:") {
                    all.push(("rotate", words(&["--yes", "--now"])));
                }
                all
            }
            Self::Changed => vec![
                ("plan", words(&[])),
                ("drift", words(&[])),
                ("verify", words(&["--wait", "0"])),
                ("apply", words(&["--yes"])),
            ],
            Self::Unmarked => vec![("apply", words(&["--yes", "--adopt", "all"]))],
            Self::Filled => {
                let mut all = confirm.to_vec();
                all.extend(buckets.iter().flat_map(|name| ["--delete-objects", *name]));
                vec![("destroy", words(&confirm)), ("destroy", words(&all))]
            }
            Self::Replaced => vec![
                ("plan", words(&[])),
                ("drift", words(&[])),
                ("apply", words(&["--yes"])),
                ("rotate", words(&["--yes", "--delete-after", "1s"])),
            ],
        }
    }
}

/// Play a scene: every run of it ends as it does for somebody who may do anything, and no call of it
/// is refused.
///
/// # Errors
/// What is not so.
pub fn play(window: &Window, manifest: &Manifest, scene: Scene) -> Result<Vec<Run>, String> {
    let ground = Ground::new(window, manifest)?;
    if let Some(file) = manifest.key_file() {
        scene::write_privately(&ground, &file, sink::foreign_lines(manifest))?;
    }
    scene.action().prepare(&ground)?;
    if matches!(scene, Scene::Changed | Scene::Filled) {
        ground.snippet(include_str!("stray.py"))?;
    }
    let before = ground.look()?;
    let buckets = before.buckets();
    let buckets: Vec<&str> = buckets.iter().map(String::as_str).collect();
    let key = ground.python(
        "iam.create_user(UserName=name)
iam.create_access_key(UserName=name)['AccessKey']",
        &json!({"name": RUNNER}),
    )?;
    let text = |name: &str| key[name].as_str().unwrap_or_default().to_owned();
    let key = (text("AccessKeyId"), text("SecretAccessKey"));
    let (snapshot, tool) = ground.rest();
    let (snapshot, tool) = (std::rc::Rc::new(snapshot), std::rc::Rc::new(tool));
    let mut runs = Vec::new();
    for (purpose, words) in scene.commands(manifest, &buckets) {
        let mut root = Ground::copy_of(window, manifest, &snapshot, &tool);
        let owner = root.account();
        root.run_as(&owner.access_key, &owner.secret_key);
        let words: Vec<&str> = std::iter::once(purpose)
            .chain(words.iter().map(String::as_str))
            .collect();
        let command = root.command(&words);
        let policy = printed(&root, purpose, &words)?;
        let run = Run {
            policy,
            code: root.watch(&command).0.code,
            command,
            took: BTreeSet::new(),
            snapshot: std::rc::Rc::clone(&snapshot),
            tool: std::rc::Rc::clone(&tool),
            key: key.clone(),
        };
        let (outcome, calls) = run.under(window, manifest, &run.policy.value())?;
        let told = |what: &str| format!("{what}\n{}\n{outcome}", run.policy.text);
        if outcome.code != run.code || run.code.is_none() {
            return Err(told(&format!(
                "it ends otherwise than with all permissions ({:?})",
                run.code
            )));
        }
        let ours = calls.iter().filter(|call| call.access_key == run.key.0);
        // What verify tries is tried to be refused.
        let refused = ours.clone().find(|call| call.status == Some(403));
        if let (Some(refused), true) = (refused, purpose != "verify") {
            return Err(told(&format!("{} is refused", refused.name())));
        }
        let took = ours.map(actions).collect::<Result<Vec<_>, _>>()?;
        let took = took.into_iter().flatten().collect();
        runs.push(Run { took, ..run });
    }
    Ok(runs)
}

/// The policy for a command, as the tool prints it.
fn printed(ground: &Ground, purpose: &'static str, words: &[&str]) -> Result<Policy, String> {
    let account = ground.account().account_id;
    let mut flags = vec!["permissions", "--for", purpose, "--account-id", &account];
    if let Some(at) = words.iter().position(|word| *word == "--delete-objects") {
        flags.extend(&words[at..]);
    }
    let outcome = ground.must(&ground.command(&flags))?;
    Ok(Policy {
        purpose,
        text: outcome.stdout,
    })
}

/// The actions that allow a call, and those that AWS asks for beside.
fn actions(call: &Call) -> Result<Vec<String>, String> {
    let name = call.name();
    let operation = Operation::named(&name).ok_or(format!("{name} is not in the table"))?;
    let rows = ALL.iter().flat_map(|part| part.rows);
    let beside = rows.filter(|row| row.operation == operation);
    let beside = beside.filter_map(|row| row.beside);
    Ok(std::iter::once(operation.action())
        .chain(beside)
        .map(str::to_owned)
        .collect())
}

impl Run {
    /// The same once more, by somebody who may do this and nothing else.
    ///
    /// # Errors
    /// The policy cannot be given.
    pub fn under(
        &self,
        window: &Window,
        manifest: &Manifest,
        policy: &Value,
    ) -> Result<(Outcome, Vec<Call>), String> {
        let mut ground = Ground::copy_of(window, manifest, &self.snapshot, &self.tool);
        ground.python(
            "iam.put_user_policy(UserName=name, PolicyName='p', PolicyDocument=json.dumps(policy))",
            &json!({"name": RUNNER, "policy": server::takes(policy)}),
        )?;
        ground.run_as(&self.key.0, &self.key.1);
        Ok(ground.watch(&self.command))
    }
}
