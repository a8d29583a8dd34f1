//! Whose turn it is, where two runs would make a key of the same owner at the same time: no provider has
//! a condition on that call, and each call makes another key.
//!
//! A run writes its name where the owner's marks are, and then looks whether it stands there still and no
//! key has come; and once more when it has made its own. Of two runs the one that wrote first finds the
//! other's name, or the other one finds its key: never both go on, and never does neither, as long as
//! the provider shows what it was told. It may be behind; then two keys are there, and the next plan
//! says which one is in the sink.

use std::collections::BTreeSet;

/// How often a run whose name was written over looks whether the other one has given way.
pub const LOOKS: u32 = 4;

/// What the last look tells of a run that has made a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stands {
    /// It is its turn.
    Ours,
    /// Another one's, which may give way.
    Theirs,
    /// Another one has given way, or ended with no key; or the provider shows neither name nor key yet.
    Free,
    /// Another run has made a key.
    Lost,
}

impl Stands {
    /// By whether its name stands there still, whether anybody is making a key, and the ids of the keys:
    /// those that there are, those that there were before, and the one that it has `made`.
    #[must_use]
    pub fn of(
        is_ours: bool,
        begun: bool,
        ids: &BTreeSet<String>,
        there: &BTreeSet<String>,
        made: &str,
    ) -> Self {
        let is_anothers = |id: &String| id != made && !there.contains(id);
        match begun {
            _ if is_ours => Self::Ours,
            _ if ids.iter().any(is_anothers) => Self::Lost,
            true => Self::Theirs,
            false => Self::Free,
        }
    }
}
