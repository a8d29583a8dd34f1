//! A write that replaces all of an aspect, guarded: it goes over what the plan saw, and over nothing
//! that somebody else has put there since.
//!
//! Only what is replaced as a whole needs it: a document, a set of tags of S3, a boundary. What is added
//! and taken away one by one (an attachment, a member, an audience) touches nothing beside itself, and
//! of what has two values only (versioning, rotation) the other one is what is wanted.

use super::Aws;
use super::error::{Error, Result};
use crate::cloud::{Patience, Waiting, look_again};
use crate::policy::Document;

/// One aspect of a resource, and where an update leads it.
pub(super) struct Aspect<T> {
    /// In words, with the resource: `the trust policy of role.deploy`.
    what: String,
    /// What the plan saw.
    have: T,
    /// What is to be there.
    want: T,
    /// Whether AWS may show the second as the first.
    shows: fn(&T, &T) -> bool,
    /// It is written though it reads as it is wanted.
    again: bool,
}

/// How the look after a write ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// It is as wanted, or nobody may look.
    AsWanted,
    /// It is as before: AWS shows it late.
    AsBefore,
    /// It is as neither: somebody wrote it at the same moment.
    Otherwise,
}

impl<T: PartialEq> Aspect<T> {
    /// An aspect that AWS shows as it was written.
    pub(super) fn new(what: impl Into<String>, have: T, want: T) -> Self {
        Self {
            what: what.into(),
            have,
            want,
            shows: T::eq,
            again: false,
        }
    }
}

impl Aspect<Option<Document>> {
    /// A document that names principals, which AWS may show by their ids. If the plan has taken them
    /// away from what it saw, the document is bound to somebody's former self, and is written though
    /// its text is as it is wanted.
    pub(super) fn bound(
        what: impl Into<String>,
        have: Option<Document>,
        want: Option<Document>,
    ) -> Self {
        let names = |document: &Option<Document>| {
            let named = document.as_ref().map(Document::principals);
            named.is_some_and(|named| !named.is_empty())
        };
        Self {
            again: have.is_some() && !names(&have) && names(&want),
            shows: |now, other| match (now, other) {
                (Some(now), Some(other)) => !was_changed(now, other),
                (now, other) => now == other,
            },
            ..Self::new(what, have, want)
        }
    }
}

/// Whether `now` is another document than `seen`, by somebody's doing. That a principal is shown by
/// its id is nobody's: AWS does so when it is deleted, and for a moment after the document was written.
/// `seen` names nobody if all of them are to be written again; then neither says anything of who is
/// named.
fn was_changed(now: &Document, seen: &Document) -> bool {
    let nobody = seen.principals().is_empty() || !now.ids_of_principals().is_empty();
    match nobody {
        true => now.without_principals() != seen.without_principals(),
        false => now != seen,
    }
}

impl Aws {
    /// Replaces `aspect` by `put`, which is handed what is there just before, if that may be read.
    ///
    /// # Guarantees
    /// Right before the write the aspect is read once more. If it is as it is wanted, nothing is
    /// written. If somebody has changed it since the plan was made, nothing is written either. It is
    /// read again after the write; what is then still as before is told, and is no failure: AWS shows
    /// some writes late. One read that differs is no proof, for the same reason, and is repeated.
    ///
    /// # Limits
    /// AWS has no condition on what was there before. A change that falls between the last read and
    /// the write, some tens of milliseconds, is overwritten, and nothing tells of it; nor can somebody
    /// who puts back the former state right after the write be told from AWS being late. Who may write
    /// but not read goes unguarded.
    ///
    /// # Errors
    /// Somebody changed it before, or at the same moment; or what failed.
    pub(super) async fn replace<T, L, P>(
        &self,
        aspect: Aspect<T>,
        look: impl Fn() -> L,
        put: impl FnOnce(Option<T>) -> P,
    ) -> Result<()>
    where
        T: PartialEq,
        L: Future<Output = Result<T>>,
        P: Future<Output = Result<()>>,
    {
        match self.exchange(&aspect, look, put).await? {
            Ended::AsWanted | Ended::AsBefore => Ok(()),
            Ended::Otherwise => Err(Error::ours(
                format!(
                    "{} was changed by somebody else at the same moment, and is not as planned",
                    aspect.what
                ),
                "plan again, and look who else writes it",
            )),
        }
    }

    /// The same, for a caller who knows what to do if somebody wrote it at the same moment.
    pub(super) async fn exchange<T, L, P>(
        &self,
        aspect: &Aspect<T>,
        look: impl Fn() -> L,
        put: impl FnOnce(Option<T>) -> P,
    ) -> Result<Ended>
    where
        T: PartialEq,
        L: Future<Output = Result<T>>,
        P: Future<Output = Result<()>>,
    {
        exchange(&self.patience, &self.waiting, aspect, look, put).await
    }
}

async fn exchange<T, L, P>(
    patience: &Patience,
    waiting: &Waiting,
    aspect: &Aspect<T>,
    look: impl Fn() -> L,
    put: impl FnOnce(Option<T>) -> P,
) -> Result<Ended>
where
    T: PartialEq,
    L: Future<Output = Result<T>>,
    P: Future<Output = Result<()>>,
{
    let Aspect {
        what,
        have,
        want,
        shows,
        again,
    } = aspect;
    let look = || async { if_it_may_be_seen(look().await) };
    let is_strange = |now: &T| now != want && !shows(now, have);
    let now = look_again(patience, |now| now.as_ref().is_some_and(is_strange), look).await?;
    match &now {
        Some(now) if now == want && !again => return Ok(Ended::AsWanted),
        Some(now) if is_strange(now) => {
            return Err(Error::ours(
                format!("{what} was changed since the plan was made"),
                "plan again: it is replaced as a whole, and this would undo the other change",
            ));
        }
        _ => {}
    }
    put(now).await?;
    let is_late = |after: &Option<T>| after.as_ref().is_some_and(|after| !shows(after, want));
    let after = look_again(patience, is_late, look).await?;
    Ok(match after {
        Some(after) if !shows(&after, want) && shows(&after, have) => {
            waiting(&format!("{what} was written, and AWS does not show it yet"));
            Ended::AsBefore
        }
        Some(after) if !shows(&after, want) => Ended::Otherwise,
        _ => Ended::AsWanted,
    })
}

/// What was read; `None` if the caller may not, or if AWS does not know the resource: whether it is
/// only not known yet, the write settles.
fn if_it_may_be_seen<T>(read: Result<T>) -> Result<Option<T>> {
    match read {
        Err(error) if error.denied() || error.absent() => Ok(None),
        read => read.map(Some),
    }
}

#[cfg(test)]
mod tests;
