//! All that one run has to tell, as data: kept as JSON, merged with the reports of other runs, and
//! rendered in every form from this alone. It holds what a plan's report does, and no secret.

mod merge;
mod standing;
mod told;
mod written;

pub use merge::merge;
pub use standing::{State, Tally};
pub use told::Told;

use crate::access::{Bearing, Because, Effect, Kind, Test};
use crate::cloud::Calls;
use crate::diff::Change;
use crate::plan::{
    Action, Aspect, Coverage, Histories, History, Source, Summary, Unreadable, Whose,
};
use crate::policy::lint::Severity;
use crate::resource::{Address, Owner};
use crate::verify;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use written::Written;

/// Fields may be added within 1; a field is renamed or removed only with 2.
pub const FORMAT_VERSION: &str = "1.0";

/// Which command a report is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Command {
    /// What would be done.
    Plan,
    /// What is not as it should be.
    Drift,
    /// What was tried.
    Verify,
}

impl Command {
    /// As it is typed.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Plan => "plan",
            Self::Drift => "drift",
            Self::Verify => "verify",
        }
    }
}

/// The report of a run. In JSON a report of one account has the members of [`Account`] beside its own, and
/// one of more has them in `accounts`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(into = "Written", try_from = "Written")]
pub struct Report {
    /// Of which command.
    pub command: Command,
    /// The version of s3setup that made it.
    pub version: String,
    /// When the run ended, UTC, RFC 3339; none where the time is of no matter.
    pub at: Option<String>,
    /// Each account, in the order in which they were given.
    pub accounts: Vec<Account>,
    /// Manifests that cannot be used.
    pub broken: Vec<Broken>,
}

/// What the run itself took.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Cost {
    /// All calls that were sent, retries among them.
    pub total: usize,
    /// By operation, such as `iam:GetRole`.
    pub by_operation: BTreeMap<String, usize>,
    /// From start to end.
    pub seconds: f64,
}

impl Cost {
    /// These calls in this time.
    #[must_use]
    pub fn of(calls: &Calls, elapsed: Duration) -> Self {
        Self {
            total: calls.total,
            by_operation: calls.by_operation.clone(),
            seconds: (elapsed.as_secs_f64() * 1000.0).round() / 1000.0,
        }
    }
}

/// A manifest that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Broken {
    /// The file, as it was named.
    pub file: String,
    /// All that is wrong with it.
    pub errors: Vec<Wrong>,
}

/// What is wrong with a manifest.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Wrong {
    /// The file, as it was named.
    pub file: String,
    /// From 1; none of what is wrong with the file as a whole.
    pub line: Option<usize>,
    /// In characters, from 1.
    pub column: Option<usize>,
    /// Of the field.
    pub path: String,
    /// What is wrong, as a sentence without its full stop.
    pub message: String,
    /// What to write instead.
    pub fix: Option<String>,
}

/// One account, in one region unless a manifest says another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Account {
    /// What people call it, where accounts were asked for; the caller's own has no name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The account's id.
    pub account: String,
    /// The region; empty where nobody got there.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub region: String,
    /// The project of Google Cloud, or several, where something of that is among it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// All regions that the manifests are in, where those are several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<String>,
    /// What was found there.
    #[serde(flatten)]
    pub found: Found,
    /// What it took.
    #[serde(default)]
    pub calls: Cost,
}

/// What was found in an account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Found {
    /// What is, against what the manifests say.
    Compared(Box<Compared>),
    /// What was tried, against what they promise.
    Tried(Verified),
    /// It could not be asked.
    Failed(Failed),
}

/// Why an account could not be asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failed {
    /// The error, in one line.
    pub error: String,
    /// What to do, where that is known.
    pub hint: Option<String>,
}

/// What was tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verified {
    /// A report each manifest.
    pub manifests: Vec<verify::Report>,
    /// How many checks came to what.
    pub summary: Checks,
    /// The file of each manifest, by its name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub files: BTreeMap<String, String>,
}

/// How many checks came to what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is a verdict of `verify`")]
pub struct Checks {
    pub allowed_as_promised: usize,
    pub refused_as_promised: usize,
    pub allowed_but_not_promised: usize,
    pub refused_but_promised: usize,
    pub not_known: usize,
}

impl Checks {
    /// Those of these reports.
    #[must_use]
    pub fn of(reports: &[verify::Report]) -> Self {
        use verify::Verdict;
        let count = |verdict| reports.iter().map(|report| report.count(verdict)).sum();
        Self {
            allowed_as_promised: count(Verdict::AllowedAsPromised),
            refused_as_promised: count(Verdict::RefusedAsPromised),
            allowed_but_not_promised: count(Verdict::AllowedButNotPromised),
            refused_but_promised: count(Verdict::RefusedButPromised),
            not_known: count(Verdict::NotKnown),
        }
    }
}

/// What is, against what the manifests say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Compared {
    /// The manifests.
    pub manifests: Vec<Source>,
    /// The run that the plan undoes, if it is one that undoes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<String>,
    /// Each resource, in an order in which they can be made.
    pub steps: Vec<Step>,
    /// Who gains and who loses what if the plan is applied.
    pub access: Vec<Line>,
    /// How many resources and aspects stand how.
    pub summary: Counts,
    /// What the rules find in live documents that are not as the manifests say.
    pub lint: Vec<Lint>,
    /// Who can reach what.
    #[serde(default)]
    pub reach: Vec<Reach>,
}

/// One resource.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// `kind.name`.
    pub address: Address,
    /// The name of its manifest.
    pub manifest: String,
    /// What is to be done.
    pub action: Action,
    /// It would be taken over.
    pub adopt: bool,
    /// Why it cannot be done.
    pub blocked: Option<String>,
    /// Worth knowing.
    pub note: Option<String>,
    /// Whose it is.
    pub owner: Option<Owner>,
    /// What could not be read.
    pub unreadable: Vec<Unreadable>,
    /// What has to be there before.
    pub needs: Vec<Address>,
    /// Whose the unique ids are that its documents name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub ids: BTreeMap<String, Whose>,
    /// From what there is to what is wanted.
    pub changes: Vec<Change>,
    /// What it does to access.
    pub access: Bearing,
    /// Policies that change, by statement.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub policies: Vec<Policy>,
    /// Each of its aspects.
    #[serde(default)]
    pub ledger: Vec<Aspect>,
    /// The changes for people, a line each, which begins with `+`, `-` or a space: of a drift report,
    /// `+` is live and not in the manifest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub diff: Vec<String>,
    /// Where it stands in its manifest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// Who has changed it, where that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history: Option<History>,
}

/// A place in a manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The file, as it was named.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
}

/// A policy that changes with a resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Of its field.
    pub path: String,
    /// Statements that come, go or change.
    pub statements: Value,
}

/// Something that somebody gains or loses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Who, in words.
    pub who: String,
    /// How it stands to the account.
    pub kind: Kind,
    /// Which way, if the plan is applied.
    pub effect: Effect,
    /// Actions, and patterns of them.
    pub actions: BTreeSet<String>,
    /// Of these patterns all but these.
    pub but_not: BTreeSet<String>,
    /// ARNs and patterns of them.
    pub resources: BTreeSet<String>,
    /// When only.
    pub condition: Vec<Test>,
    /// Whether it is known to be so.
    pub certain: bool,
    /// A policy whose document is not known.
    pub unknown: Option<String>,
    /// Why.
    pub because: BTreeSet<Because>,
    /// The whole as a sentence: of a drift report, what has come to be.
    #[serde(default)]
    pub text: String,
    /// Whether it has to be agreed to by itself, or, in a drift report, lets in a stranger.
    #[serde(default)]
    pub danger: bool,
}

/// What somebody can reach.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reach {
    /// Who, in words.
    pub who: String,
    /// How it stands to the account.
    pub kind: Kind,
    /// Actions and patterns of them, and what of these is not meant.
    pub actions: String,
    /// On what.
    pub resources: String,
    /// When only; empty is always.
    pub condition: String,
    /// By the policies that there are.
    pub live: bool,
    /// By the policies that the manifests say.
    pub wanted: bool,
}

/// How many resources and aspects stand how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// By action.
    #[serde(flatten)]
    pub actions: Summary,
    /// Resources of which something could not be read, whatever their action.
    pub unreadable: usize,
    /// Resources that cannot be done.
    pub blocked: usize,
    /// Aspects.
    #[serde(default)]
    pub aspects: Coverage,
}

/// A finding in a live document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lint {
    /// The resource.
    pub address: Address,
    /// Which of its documents.
    pub document: String,
    /// The statement.
    pub sid: Option<String>,
    /// Of which rule.
    pub id: String,
    /// How bad it is.
    pub severity: Severity,
    /// Where in the document.
    pub path: String,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub fix: String,
}

impl Account {
    /// The same, if there are several, in these regions.
    #[must_use]
    pub fn in_several(mut self, regions: Vec<String>) -> Self {
        self.regions = match regions.len() {
            0 | 1 => Vec::new(),
            _ => regions,
        };
        self
    }

    /// The same, with who has changed what.
    #[must_use]
    pub fn with_histories(mut self, histories: &Histories) -> Self {
        if let Found::Compared(compared) = &mut self.found {
            for step in &mut compared.steps {
                step.history = histories.get(&step.address).cloned();
            }
        }
        self
    }
}
