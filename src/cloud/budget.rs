//! How many calls a run may make.

use super::Failure;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// So many calls, and not one more; its clones spend together, whichever account they ask.
#[derive(Clone, Debug)]
pub struct Budget {
    most: usize,
    spent: Arc<AtomicUsize>,
}

/// There is nothing left of a [`Budget`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spent(usize);

impl Budget {
    /// A budget of so many calls.
    #[must_use]
    pub fn of(most: usize) -> Self {
        Self {
            most,
            spent: Arc::default(),
        }
    }

    /// Takes one call out of it, which is about to be sent.
    ///
    /// # Errors
    /// There is none left: it must not be sent.
    pub fn take(&self) -> Result<(), Spent> {
        let one_more = |spent: usize| (spent < self.most).then_some(spent + 1);
        let taken = self
            .spent
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_more);
        taken.map(drop).map_err(|_| Spent(self.most))
    }

    /// Whether there is any left.
    ///
    /// # Errors
    /// There is none.
    pub fn check(&self) -> Result<(), Spent> {
        match self.spent.load(Ordering::SeqCst) < self.most {
            true => Ok(()),
            false => Err(Spent(self.most)),
        }
    }
}

impl fmt::Display for Spent {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(most) = self;
        write!(
            out,
            "this run has made the {most} calls that --max-calls allows"
        )
    }
}

impl std::error::Error for Spent {}

impl From<Spent> for Failure {
    fn from(spent: Spent) -> Self {
        Self::new(spent.to_string())
            .with_hint("allow more, and run the same again: what is done stays done")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_spend_together_and_never_more_than_there_is() {
        let budget = Budget::of(2);
        let other = budget.clone();
        assert_eq!(budget.check(), Ok(()));
        assert_eq!((budget.take(), other.take()), (Ok(()), Ok(())));
        assert_eq!(
            (budget.take(), other.check()),
            (Err(Spent(2)), Err(Spent(2)))
        );
    }
}
