//! Counts every call that is sent, repeated ones among them, tells of those, and lets no more go than
//! the run may make.

use super::{Budget, Calls, Spent, Waiting};
use std::sync::{Arc, Mutex, PoisonError};

/// Counts by operation; its clones count together.
#[derive(Clone)]
pub struct Counter {
    calls: Arc<Mutex<Calls>>,
    budget: Option<Budget>,
    waiting: Waiting,
}

impl std::fmt::Debug for Counter {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.calls.fmt(out)
    }
}

impl Counter {
    /// One that lets no more calls go than the budget has.
    #[must_use]
    pub fn new(budget: Option<Budget>, waiting: Waiting) -> Self {
        Self {
            calls: Arc::default(),
            budget,
            waiting,
        }
    }

    /// What was sent so far.
    #[must_use]
    pub fn calls(&self) -> Calls {
        self.calls
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// A call is about to be sent, the first time or again.
    ///
    /// # Errors
    /// The run may make no more: it must not be sent.
    pub fn take(&self, operation: &str, attempt: u32) -> Result<(), Spent> {
        self.budget.as_ref().map_or(Ok(()), Budget::take)?;
        if attempt > 1 {
            (self.waiting)(&format!(
                "{operation} failed or was throttled, try {attempt}"
            ));
        }
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        calls.total += 1;
        *calls.by_operation.entry(operation.to_owned()).or_default() += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_count_together_and_tell_of_what_is_sent_again() {
        let told = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&told);
        let waiting = move |text: &str| heard.lock().unwrap().push(text.to_owned());
        let counter = Counter::new(Some(Budget::of(3)), Arc::new(waiting));
        counter.clone().take("iam:GetRole", 1).unwrap();
        counter.take("iam:GetRole", 2).unwrap();
        counter.take("s3:HeadBucket", 1).unwrap();
        assert!(counter.take("s3:HeadBucket", 1).is_err(), "a fourth one");
        let calls = counter.calls();
        assert_eq!((calls.total, calls.by_operation["iam:GetRole"]), (3, 2));
        let told = told.lock().unwrap();
        assert_eq!(*told, ["iam:GetRole failed or was throttled, try 2"]);
    }
}
