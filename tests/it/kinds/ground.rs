//! An account of one server with the tool beside it, and what that server cannot do.
#![expect(
    clippy::print_stdout,
    reason = "what is left out is not left out silently"
)]

use serde_json::{Value, json};

use crate::support::{Account, Outcome, Refused, S3setup, Server};

/// Which server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    Ministack,
    Moto,
}

/// What a server lacks: a word that lines of manifests and drifts carry, and the reason.
const GAPS: [(At, &str, &str); 8] = [
    (At::Moto, "aws-managed", "it has no managed policies of AWS"),
    (
        At::Moto,
        "noncurrent-keep",
        "it drops NewerNoncurrentVersions",
    ),
    (
        At::Moto,
        "user-boundary",
        "it drops the boundary of CreateUser and fails to put one",
    ),
    (At::Moto, "enforcement", "it lets everybody do everything"),
    (
        At::Moto,
        "add-audience",
        "AddClientIDToOpenIDConnectProvider fails with 500",
    ),
    (
        At::Ministack,
        "add-audience",
        "it knows no AddClientIDToOpenIDConnectProvider",
    ),
    (
        At::Ministack,
        "oidc-tags",
        "it knows no TagOpenIDConnectProvider",
    ),
    (
        At::Ministack,
        "thumbprints",
        "it knows no UpdateOpenIDConnectProviderThumbprint",
    ),
];

/// An account nobody else has, and the tool with its credentials.
pub struct Ground {
    pub at: At,
    pub account: Account,
    pub tool: S3setup,
}

impl Ground {
    pub fn ministack() -> Self {
        Self::new(At::Ministack, Server::ministack())
    }

    pub fn moto() -> Self {
        Self::new(At::Moto, Server::moto())
    }

    fn new(at: At, server: &Server) -> Self {
        let account = server.account();
        Self {
            at,
            tool: S3setup::new(&account),
            account,
        }
    }

    /// An empty account at the same server.
    pub fn another(&self) -> Self {
        match self.at {
            At::Ministack => Self::ministack(),
            At::Moto => Self::moto(),
        }
    }

    /// Whether the server can do `what`, a word of [`GAPS`]. If not, the reason is printed.
    pub fn can(&self, what: &str) -> bool {
        assert!(
            GAPS.iter().any(|(_, word, _)| *word == what),
            "{what:?} is no known gap"
        );
        let gap = GAPS
            .iter()
            .find(|(at, word, _)| *at == self.at && *word == what);
        if let Some((at, _, reason)) = gap {
            println!("left out at {at:?}: {what}, because {reason}");
        }
        gap.is_none()
    }

    /// Write `manifest.yaml`, without the lines that end in `# needs WORD` for what the server
    /// cannot do.
    pub fn manifest(&self, text: &str) {
        let kept = text.lines().filter(|line| {
            line.split_once("# needs ")
                .is_none_or(|(_, what)| self.can(what.trim()))
        });
        let text: String = kept.map(|line| format!("{line}\n")).collect();
        self.tool.file("manifest.yaml", &text);
    }

    /// Run a command on the manifest.
    #[track_caller]
    pub fn run(&self, command: &str, more: &[&str]) -> Outcome {
        self.tool.run(&[&[command, "manifest.yaml"], more].concat())
    }

    /// Apply the manifest.
    #[track_caller]
    pub fn apply(&self) -> Outcome {
        let outcome = self.run("apply", &["--yes"]);
        outcome.expect_code(0);
        outcome
    }

    /// Fail unless there is nothing to do and nothing has drifted.
    #[track_caller]
    pub fn expect_settled(&self) {
        self.run("plan", &["--detailed-exitcode"])
            .expect_code(0)
            .expect_stdout("No changes.");
        self.run("drift", &[])
            .expect_code(0)
            .expect_stdout("In sync");
    }

    /// The value of a Python snippet, which knows `account` (the number) and `bucket` (the name
    /// `kinds-NUMBER`); in the value, the account is 111122223333.
    #[track_caller]
    pub fn python(&self, snippet: &str) -> Value {
        match self.try_python(snippet) {
            Ok(value) => value,
            Err(refused) => panic!("{refused}, for the snippet: {snippet}"),
        }
    }

    /// The same, for what may be refused.
    ///
    /// # Errors
    /// What the server answered.
    #[track_caller]
    pub fn try_python(&self, snippet: &str) -> Result<Value, Refused> {
        let arguments = json!({"account": self.account.account_id, "bucket": self.bucket()});
        let value = self.account.try_python_with(snippet, &arguments)?;
        let text = self.account.redact(&value.to_string());
        Ok(serde_json::from_str(&text).expect("digits in place of digits are JSON still"))
    }

    /// The name of the bucket that manifests write as `kinds-${account}`.
    pub fn bucket(&self) -> String {
        self.account.bucket("kinds")
    }

    /// Fail unless boto3 sees this. The order in lists, and whether a single value is in a list,
    /// mean nothing in AWS's policies and say nothing here.
    #[track_caller]
    pub fn expect_seen(&self, snippet: &str, expected: &Value) {
        let (seen, expected) = (canonical(&self.python(snippet)), canonical(expected));
        assert_eq!(
            seen,
            expected,
            "\nseen:     {}\nexpected: {}\nfor: {snippet}",
            pretty(&seen),
            pretty(&expected)
        );
    }
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).expect("it is JSON")
}

/// Lists sorted, lists of one unwrapped.
fn canonical(value: &Value) -> Value {
    match value {
        Value::Array(items) => {
            let mut items: Vec<Value> = items.iter().map(canonical).collect();
            items.sort_by_key(Value::to_string);
            match <[Value; 1]>::try_from(items) {
                Ok([only]) => only,
                Err(items) => Value::Array(items),
            }
        }
        Value::Object(members) => members
            .iter()
            .map(|(name, member)| (name.clone(), canonical(member)))
            .collect(),
        other => other.clone(),
    }
}
