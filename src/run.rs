//! What one run over many manifests and accounts came to: data. What there is of each account depends
//! on the command.

use crate::yaml::Problems;
use serde::{Deserialize, Serialize};

/// All of a run.
#[derive(Clone, Debug)]
pub struct Run<T> {
    /// Each account, in the order in which the accounts were asked for.
    pub accounts: Vec<Told<T>>,
    /// The manifests that cannot be used, each with all that is wrong with it. A manifest is here once,
    /// also if it is for several accounts.
    pub broken: Vec<Problems>,
}

/// One account of a run.
#[derive(Clone, Debug)]
pub struct Told<T> {
    /// Which account was asked for; `None` is that of the caller's own credentials, whichever that is.
    /// A run has either one such account or only others.
    pub account: Option<Named>,
    /// What there is to tell of it, or why there is nothing.
    pub result: Result<T, Failed>,
}

/// An account that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// What people call it; its id where they call it nothing.
    pub name: String,
    /// Its id: 12 digits on AWS.
    pub id: String,
}

/// Why an account could not be told of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failed {
    /// What went wrong, in one line.
    pub message: String,
    /// What to do, where that is known.
    pub hint: Option<String>,
}

impl<T> Run<T> {
    /// A run of the caller's own account alone, in which nothing is broken.
    pub fn of_one(told: T) -> Self {
        let account = None;
        let result = Ok(told);
        Self {
            accounts: vec![Told { account, result }],
            broken: Vec::new(),
        }
    }

    /// The same run, of which something else is told.
    pub fn map<'a, U>(&'a self, tell: impl Fn(&'a T) -> U) -> Run<U> {
        let told = self.accounts.iter().map(|one| Told {
            account: one.account.clone(),
            result: one.result.as_ref().map(&tell).map_err(Clone::clone),
        });
        Run {
            accounts: told.collect(),
            broken: self.broken.clone(),
        }
    }

    /// What there is to tell, of each account of which there is something.
    pub fn told(&self) -> impl Iterator<Item = &T> {
        self.accounts
            .iter()
            .filter_map(|one| one.result.as_ref().ok())
    }

    /// Whether there is something to tell of every account, and every manifest was used.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.broken.is_empty() && self.accounts.iter().all(|one| one.result.is_ok())
    }
}
