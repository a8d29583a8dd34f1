//! What a report comes to: in sync, not in sync, or not known.

use super::{Account, Command, Compared, Cost, Found, Report, Step};
use crate::files::sha256;
use crate::plan::{Action, Coverage};
use crate::resource::Scope;
use serde::{Deserialize, Serialize};

/// What a report, or a resource in it, comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// All is as it should be, and all was seen.
    InSync,
    /// Nothing is known to differ, and not everything was seen.
    Unknown,
    /// Something is not as it should be.
    Drifted,
}

impl State {
    /// As a label has it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::InSync => "in_sync",
            Self::Unknown => "unknown",
            Self::Drifted => "drifted",
        }
    }

    /// The exit code of a run that comes to this.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::InSync => 0,
            Self::Unknown => 1,
            Self::Drifted => 2,
        }
    }
}

/// How many resources stand how; each counts once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// As it should be.
    pub in_sync: usize,
    /// Not there.
    pub missing: usize,
    /// There, and different.
    pub changed: usize,
    /// There, and must not be.
    pub unwanted: usize,
    /// Not known to differ, and not all of it was seen.
    pub unreadable: usize,
}

impl Tally {
    /// The states by name, in a fixed order.
    #[must_use]
    pub fn named(&self) -> [(&'static str, usize); 5] {
        [
            ("in_sync", self.in_sync),
            ("missing", self.missing),
            ("changed", self.changed),
            ("unwanted", self.unwanted),
            ("unreadable", self.unreadable),
        ]
    }

    /// All resources.
    #[must_use]
    pub fn total(&self) -> usize {
        self.named().iter().map(|(_, number)| number).sum()
    }

    /// Those that are not as they should be.
    #[must_use]
    pub fn differ(&self) -> usize {
        self.missing + self.changed + self.unwanted
    }

    /// Of these resources.
    #[must_use]
    pub fn of<'a>(steps: impl IntoIterator<Item = &'a Step>) -> Self {
        let mut tally = Self::default();
        for step in steps {
            let number = match (step.action, step.state()) {
                (Action::Create, _) => &mut tally.missing,
                (Action::Update, _) => &mut tally.changed,
                (Action::Delete, _) => &mut tally.unwanted,
                (Action::Keep, State::InSync) => &mut tally.in_sync,
                (Action::Keep, _) => &mut tally.unreadable,
            };
            *number += 1;
        }
        tally
    }
}

impl Step {
    /// What is known of the resource.
    #[must_use]
    pub fn state(&self) -> State {
        match (self.action, self.unreadable.is_empty()) {
            (Action::Keep, true) => State::InSync,
            (Action::Keep, false) => State::Unknown,
            _ => State::Drifted,
        }
    }
}

impl Account {
    /// What it comes to.
    #[must_use]
    pub fn state(&self) -> State {
        match &self.found {
            Found::Failed(_) => State::Unknown,
            Found::Compared(compared) => {
                let states = compared.steps.iter().map(Step::state);
                states.max().unwrap_or(State::InSync)
            }
            Found::Tried(verified) => match &verified.manifests {
                reports if reports.iter().any(|one| one.is_wrong()) => State::Drifted,
                reports if reports.iter().any(|one| one.is_incomplete()) => State::Unknown,
                _ => State::InSync,
            },
        }
    }

    /// The regions that its manifests are in, with commas between them.
    #[must_use]
    pub fn in_regions(&self) -> String {
        match self.regions.is_empty() {
            true => self.region.clone(),
            false => self.regions.join(", "),
        }
    }

    /// What people call it, or its id.
    #[must_use]
    pub fn called(&self) -> &str {
        let project = self.project.as_deref();
        let id = match self.account.is_empty() {
            true => project.unwrap_or(&self.account),
            false => &self.account,
        };
        self.name.as_deref().unwrap_or(id)
    }

    /// Where it is.
    #[must_use]
    pub fn scope(&self) -> Scope {
        Scope {
            account: self.account.clone(),
            partition: String::new(),
            region: self.in_regions(),
            project: self.project.clone(),
        }
    }

    /// What was compared there, if anything was.
    #[must_use]
    pub fn compared(&self) -> Option<&Compared> {
        match &self.found {
            Found::Compared(compared) => Some(compared),
            _ => None,
        }
    }
}

impl Report {
    /// What it comes to as a whole.
    #[must_use]
    pub fn state(&self) -> State {
        let accounts = self.accounts.iter().map(Account::state);
        let broken = self.broken.iter().map(|_| State::Unknown);
        accounts.chain(broken).max().unwrap_or(State::InSync)
    }

    /// The exit code of the run. Of drift and verify what is known comes first; a plan that cannot be
    /// applied is no good, whatever is in it.
    #[must_use]
    pub fn code(&self) -> u8 {
        let is_held_up = |step: &Step| step.blocked.is_some() || !step.unreadable.is_empty();
        let failed = |one: &Account| matches!(one.found, Found::Failed(_));
        match self.command {
            Command::Plan
                if !self.broken.is_empty()
                    || self.accounts.iter().any(failed)
                    || self.steps().any(is_held_up) =>
            {
                State::Unknown.code()
            }
            _ => self.state().code(),
        }
    }

    /// What the run took: the calls of all accounts, which are asked at the same time.
    #[must_use]
    pub fn cost(&self) -> Cost {
        let mut all = Cost::default();
        for account in &self.accounts {
            all.total += account.calls.total;
            all.seconds = all.seconds.max(account.calls.seconds);
            for (operation, number) in &account.calls.by_operation {
                *all.by_operation.entry(operation.clone()).or_default() += number;
            }
        }
        all
    }

    /// Every resource that was compared.
    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        let compared = self.accounts.iter().filter_map(Account::compared);
        compared.flat_map(|compared| &compared.steps)
    }

    /// How many aspects of all resources stand how.
    #[must_use]
    pub fn coverage(&self) -> Coverage {
        let mut all = Coverage::default();
        for step in self.steps() {
            all += Coverage::of(&step.ledger);
        }
        all
    }

    /// A digest of what is not as it should be and of what is not known: the same as long as nothing of
    /// that changes, whenever and however often it is looked at.
    #[must_use]
    pub fn digest(&self) -> String {
        let mut lines: Vec<String> = self.broken.iter().map(|one| one.file.clone()).collect();
        for account in &self.accounts {
            let at = format!("{} {}", account.account, account.region);
            match &account.found {
                // What a server answers may differ from time to time, and is no other state.
                Found::Failed(_) => lines.push(format!("{at} failed")),
                Found::Compared(compared) => {
                    for step in &compared.steps {
                        if step.state() != State::InSync {
                            let gaps = step.unreadable.iter().map(|gap| &gap.aspect);
                            let gaps: Vec<&String> = gaps.collect();
                            lines.push(format!(
                                "{at} {} {} {:?} {gaps:?} {}",
                                step.manifest,
                                step.address,
                                step.action,
                                serde_json::to_string(&step.changes).unwrap_or_default()
                            ));
                        }
                    }
                }
                Found::Tried(verified) => {
                    for report in &verified.manifests {
                        let wrong = report
                            .checks()
                            .filter(|(_, check)| check.verdict.is_wrong());
                        lines.extend(wrong.map(|(tried, check)| {
                            format!(
                                "{at} {} {} {:?} {} {:?}",
                                report.manifest,
                                tried.principal,
                                check.operation,
                                check.place,
                                check.verdict
                            )
                        }));
                        let odd = report.principals.iter().filter(|one| one.problem.is_some());
                        lines.extend(odd.map(|one| {
                            format!("{at} {} {} problem", report.manifest, one.principal)
                        }));
                        lines.extend(
                            report
                                .drifted
                                .iter()
                                .map(|one| format!("{at} {} {one} drifted", report.manifest)),
                        );
                        if report.is_incomplete() {
                            lines.push(format!("{at} {} incomplete", report.manifest));
                        }
                    }
                }
            }
        }
        lines.sort();
        sha256(format!("{:?} {}", self.state(), lines.join("\n")).as_bytes())
    }
}
