//! A server of one's own, the tool before it, and a window to look in.

use serde_json::{Value, json};

use super::seen::Seen;
use crate::{
    support::{Account, Call, Killed, Outcome, Point, Proxy, S3setup, Sandbox, Snapshot},
    vendors::Manifest,
};

/// A root that signs nothing.
pub const ROOT_CERTIFICATE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/sweep/root.pem");

/// Every server has this account.
const ACCOUNT: &str = "700000000001";

/// What boto3 goes through to whichever server is looked at: its clients are dear, and stay.
pub struct Window(Proxy);

impl Window {
    /// One for a thread.
    pub fn new() -> Self {
        Self(Proxy::before(&Sandbox::empty().account_with_id(ACCOUNT)))
    }
}

/// The tool with a manifest, before a server that nobody else uses.
pub struct Ground<'a> {
    window: &'a Window,
    manifest: &'a Manifest,
    sandbox: Sandbox,
    tool: S3setup,
    /// The id and secret of the key that the tool uses; without one it is root.
    key: Option<(String, String)>,
}

impl<'a> Ground<'a> {
    /// Where there is nothing but the neighbours.
    ///
    /// # Errors
    /// They cannot be made.
    pub fn new(window: &'a Window, manifest: &'a Manifest) -> Result<Self, String> {
        let sandbox = Sandbox::empty();
        let mut tool = S3setup::new(&sandbox.account_with_id(ACCOUNT));
        // To read all roots of the machine would be a quarter of a run, and nothing here speaks TLS.
        tool.env("SSL_CERT_FILE", ROOT_CERTIFICATE);
        manifest.write_to(&tool);
        let ground = Self {
            window,
            manifest,
            sandbox,
            tool,
            key: None,
        };
        ground.python(include_str!("neighbours.py"), &json!({}))?;
        Ok(ground)
    }

    /// Where all is as it was, on the server and in the folder.
    pub fn copy_of(
        window: &'a Window,
        manifest: &'a Manifest,
        snapshot: &Snapshot,
        tool: &S3setup,
    ) -> Self {
        let sandbox = snapshot.copy();
        let mut tool = tool.copy();
        tool.lead_to(&sandbox.account_with_id(ACCOUNT));
        Self {
            window,
            manifest,
            sandbox,
            tool,
            key: None,
        }
    }

    /// Leave all as it is, to be copied.
    pub fn rest(self) -> (Snapshot, S3setup) {
        (self.sandbox.snapshot(), self.tool)
    }

    /// The manifest's name.
    pub fn name(&self) -> &str {
        &self.manifest.name
    }

    /// The tool, for its folder.
    pub fn tool(&self) -> &S3setup {
        &self.tool
    }

    /// The account, as seen through the window.
    pub fn account(&self) -> Account {
        self.window
            .0
            .lead_to(&self.sandbox.account_with_id(ACCOUNT));
        self.window.0.account().clone()
    }

    /// The words of a command, with the manifest and its inputs behind the first.
    pub fn command(&self, words: &[&str]) -> Vec<String> {
        let (command, flags) = words.split_first().expect("a command has a name");
        let mut all = vec![(*command).to_owned(), format!("{}.yaml", self.name())];
        all.extend(self.manifest.examples_as_arguments());
        all.extend(flags.iter().map(|flag| (*flag).to_owned()));
        all
    }

    /// Run the tool to its end.
    pub fn run(&self, command: &[String]) -> Outcome {
        self.tool.run(&texts(command))
    }

    /// Run the tool to its end, and fail if that is a bad one.
    ///
    /// # Errors
    /// All that it said.
    pub fn must(&self, command: &[String]) -> Result<Outcome, String> {
        let outcome = self.run(command);
        match outcome.code {
            Some(0) => Ok(outcome),
            _ => Err(outcome.to_string()),
        }
    }

    /// Run the tool to its end: what it came to, and its calls.
    pub fn watch(&mut self, command: &[String]) -> (Outcome, Vec<Call>) {
        let proxy = self.proxy();
        let outcome = self.tool.run(&texts(command));
        let calls = proxy.calls();
        self.directly();
        (outcome, calls)
    }

    /// Run the tool and kill it: what became of it, and its calls.
    pub fn kill(&mut self, command: &[String], point: Point) -> (Killed, Vec<Call>) {
        let proxy = self.proxy();
        let killed = self.tool.kill_at(&proxy, &texts(command), point);
        let calls = proxy.calls();
        self.directly();
        (killed, calls)
    }

    /// Use this key from now on, when the tool is watched or killed, and come by https: policies hold
    /// for it, and some deny plain http.
    pub fn run_as(&mut self, id: &str, secret: &str) {
        self.key = Some((id.to_owned(), secret.to_owned()));
    }

    /// The account, as whoever runs the tool has it.
    fn caller(&self) -> Account {
        let root = self.sandbox.account_with_id(ACCOUNT);
        match &self.key {
            Some((id, secret)) => root.with_key(id, secret),
            None => root,
        }
    }

    /// A proxy for one run: what a killed run had still under way ends with it.
    fn proxy(&mut self) -> Proxy {
        let proxy = Proxy::before(&self.caller());
        if self.key.is_some() {
            proxy.forward_as_https();
        }
        self.tool.lead_to(proxy.account());
        proxy
    }

    fn directly(&mut self) {
        let account = self.caller();
        self.tool.lead_to(&account);
    }

    /// What the account holds.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn look(&self) -> Result<Seen, String> {
        self.python(include_str!("look.py"), &json!({}))
            .map(Seen::from)
    }

    /// Do this to what is ours.
    ///
    /// # Errors
    /// What the server refused.
    pub fn snippet(&self, text: &str) -> Result<(), String> {
        let text = format!("{}\n{text}", include_str!("ours.py"));
        self.python(&text, &json!({})).map(drop)
    }

    /// The value of a snippet, which also sees the number of the `account`.
    ///
    /// # Errors
    /// What the server refused.
    pub fn python(&self, snippet: &str, arguments: &Value) -> Result<Value, String> {
        let mut arguments = arguments.clone();
        arguments["account"] = json!(ACCOUNT);
        self.account()
            .try_python_with(snippet, &arguments)
            .map_err(|refused| format!("{refused}, for the snippet:\n{snippet}"))
    }
}

fn texts(words: &[String]) -> Vec<&str> {
    words.iter().map(String::as_str).collect()
}
