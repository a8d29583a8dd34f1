//! The door to a provider: four verbs, each of which may be repeated. Reconcile knows a provider
//! only by this trait; AWS is one implementation, an account in a file is another.

mod announced;
mod budget;
mod clock;
mod counter;
mod pace;
mod patience;
mod permit;
mod rotation;
mod turn;

pub use announced::{Announced, Deed};
pub use budget::{Budget, Spent};
pub use clock::Clock;
pub use counter::Counter;
pub use pace::Pace;
pub use patience::{Patience, look_again};
pub use permit::Permit;
pub use rotation::{Rotating, Rotation, UNTIL_DELETED};
pub use turn::{LOOKS, Stands};

pub use crate::sink::Disclose;

use crate::plan::{History, Unreadable};
use crate::resource::{Address, Resource, Scope};
use anyhow::Result;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// What was found of one resource.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Observation {
    /// The resource as it is, whole as far as the wanted one asks; `None` is "not there".
    pub resource: Option<Resource>,
    /// Aspects that could not be read. If it is not known whether the resource is there at all,
    /// `resource` is `None` and this is not empty.
    pub unreadable: Vec<Unreadable>,
    /// The unique id that the provider gave it, if it has one and it was told. It is a fact and
    /// nothing that can be wanted.
    pub id: Option<String>,
}

/// Something that must not be there, and what holds on to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unwanted {
    /// What there is of it.
    pub found: Observation,
    /// What a removal of it meets.
    pub ties: Vec<Tie>,
}

/// What a removal meets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tie {
    /// Another resource holds on to it, and has to let go of it before.
    Held {
        /// Of the other one.
        by: Address,
        /// How, in a sentence: `role.deploy trusts it`.
        how: String,
    },
    /// Something that is not s3setup's would be lost, or keeps it from being removed; in a sentence.
    Foreign(String),
    /// A bucket that is not empty.
    Objects {
        /// Objects, old versions and delete markers.
        count: usize,
        /// There are more than were counted.
        more: bool,
    },
    /// An access key that somebody uses, or did.
    Used {
        /// Its id.
        key: String,
        /// How many whole days ago.
        days: u64,
        /// When and for what: `on 2026-11-20, for s3`.
        when: String,
    },
}

/// What carries a mark of s3setup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mark {
    /// How a manifest's `absent` names it.
    pub address: Address,
    /// The manifest that it was made for, by the mark.
    pub manifest: String,
    /// It is kept from being removed.
    pub protected: bool,
}

/// All that carries a mark of s3setup.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marked {
    /// Ordered by address.
    pub marks: Vec<Mark>,
    /// What could not be looked at.
    pub unreadable: Vec<Unreadable>,
}

/// An error with what to do about it, anywhere in an `anyhow` chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What went wrong, in one line.
    pub message: String,
    /// What to do, where that is known: shown as a `hint:` line of its own.
    pub hint: Option<String>,
    /// The page of `docs/errors/` that says more.
    pub code: Option<&'static str>,
}

impl Failure {
    /// One without a remedy.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hint: None,
            code: None,
        }
    }

    /// The same with this remedy.
    #[must_use]
    pub fn with_hint(self, hint: impl Into<String>) -> Self {
        Self {
            hint: Some(hint.into()),
            ..self
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

/// The calls made so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calls {
    /// All that were sent, retries among them.
    pub total: usize,
    /// By operation, such as `iam:GetRole`.
    pub by_operation: BTreeMap<String, usize>,
}

/// A provider.
///
/// # Guarantees
/// - *observe* changes nothing. "Not there" is an answer and not an error; what the caller may not
///   read is in [`Observation::unreadable`]. Only the aspects that `want` manages are read; the
///   rest of the resource may be missing from the answer. Documents are as the provider shows them:
///   with ids in the place of ARNs, where it does so.
/// - *create* makes the resource whole, with the marks that `want` carries, or fails. If something
///   of that name turns up that was not there before, it is taken for the result of this very call
///   (an answer that was lost) only if it carries our marks.
/// - *update* leads from `have` to `want`, each whole: what `have` has and `want` has not is taken
///   away, and nothing is touched that is the same in both. What is not a manifest's is in both
///   ([`Step::after`](crate::plan::Step::after)).
/// - *delete* removes it, with all that is a part of it; gone already is fine. What is in a bucket is
///   no part of it.
///
/// # Assumptions
/// What a resource needs is there before it is created. Writes to one bucket and what belongs to
/// it come one after another.
///
/// # Errors
/// One chain that says which call failed and why, with the remedy where it is known.
#[async_trait]
pub trait Cloud: Send + Sync {
    /// Whose account this is, and where.
    fn scope(&self) -> &Scope;
    /// All that is about to be observed, so that a provider may read some of it in one go.
    fn will_observe(&self, _all: &[&Resource]) {}
    /// What of the reading is worth knowing for who wonders about its calls.
    fn remarks(&self) -> Vec<String> {
        Vec::new()
    }
    /// What there is of `want`.
    async fn observe(&self, want: &Resource) -> Result<Observation>;
    /// What there is of something that must not be there, and what holds on to it. What is on its
    /// way out already is not there.
    async fn observe_unwanted(&self, want: &Resource) -> Result<Unwanted> {
        let found = self.observe(want).await?;
        let ties = Vec::new();
        Ok(Unwanted { found, ties })
    }
    /// Makes `want`.
    async fn create(&self, want: &Resource) -> Result<()>;
    /// Leads from `have` (as observed) to `want` (as it is to be, whole).
    async fn update(&self, have: &Resource, want: &Resource) -> Result<()>;
    /// Removes `have` (as observed).
    async fn delete(&self, have: &Resource) -> Result<()>;
    /// How far the rotation of this key has come. Changes nothing.
    ///
    /// # Errors
    /// There is no key, or one that stands in the way, or one whose file is not here; or it cannot be
    /// read.
    async fn rotation(&self, want: &Resource, _how: &Rotating) -> Result<Rotation> {
        anyhow::bail!("{} cannot be rotated here", want.address())
    }
    /// Does what [`Rotation::tells`].
    ///
    /// # Errors
    /// What failed. Until the new key is in the sink the old one stays as it is there; run again to go
    /// on.
    async fn rotate(&self, rotation: &Rotation) -> Result<()> {
        anyhow::bail!("{} cannot be rotated here", rotation.address())
    }
    /// The unique id that `want` was given when it was created through this door, where it was told.
    fn id_given(&self, _want: &Resource) -> Option<String> {
        None
    }
    /// The calls that change something when this is done, in order; what is done by other means than
    /// calls is not among them. Asks nobody.
    fn announce(&self, _deed: &Deed<'_>) -> Vec<Announced> {
        Vec::new()
    }
    /// From now on no call that changes something is sent but these.
    fn hold_to(&self, _announced: &[Announced]) {}
    /// Whether another step may be begun.
    ///
    /// # Errors
    /// It would make calls that it must not make.
    fn may_go_on(&self) -> Result<()> {
        Ok(())
    }
    /// All that carries a mark of s3setup, for whichever manifest. Changes nothing.
    async fn marked(&self) -> Result<Marked> {
        anyhow::bail!("this provider cannot list what is marked")
    }
    /// What the provider has on record of who has changed `of`, the latest changes of it. Changes
    /// nothing; that the caller may not read the records is in the answer.
    async fn history(&self, _of: &Resource) -> Result<History> {
        let why = "what this provider has on record of changes is not read";
        Ok(History::unreadable(why))
    }
    /// The calls made so far.
    fn calls(&self) -> Calls;
}

/// Told while something is waited for (the address, and what for), so that nobody looks at a
/// screen that stands still.
pub type Waiting = std::sync::Arc<dyn Fn(&str) + Send + Sync>;
