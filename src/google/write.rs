//! The one way in which something is changed: announced, and again as long as Google has not caught up
//! with what this run did.

use super::Google;
use super::error::{Error, Result};
use super::settle::settle;
use crate::permissions::Method;
use tokio::time::sleep;

/// How often something is read and written again that somebody else changes at the same moment.
const ROUNDS: u32 = 6;

impl Google {
    /// Sends a write.
    pub(super) async fn write<T, F>(
        &self,
        method: Method,
        on: &str,
        send: impl Fn() -> F,
    ) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        self.permit.take(method.name(), on)?;
        let sent = self.settled(send).await;
        if sent.is_err() {
            self.permit.give_back(method.name(), on);
        }
        sent
    }

    /// Sends a write that removes: what is gone already is fine.
    pub(super) async fn erase<F>(
        &self,
        method: Method,
        on: &str,
        send: impl Fn() -> F,
    ) -> Result<()>
    where
        F: Future<Output = Result<()>>,
    {
        self.permit.take(method.name(), on)?;
        // Not settled: that would wait for what is not there to appear.
        match send().await {
            Err(error) if error.absent() => Ok(()),
            outcome => outcome,
        }
    }

    /// Sends something, again as long as Google does not know what this run has made.
    pub(super) async fn settled<T, F>(&self, send: impl Fn() -> F) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        let (patience, waiting) = (&self.client.patience, &*self.client.waiting);
        settle(patience, &self.known, waiting, send).await
    }

    /// Reads, changes and writes, and again if somebody else was faster.
    pub(super) async fn in_turns<F>(&self, round: impl Fn() -> F) -> Result<()>
    where
        F: Future<Output = Result<()>>,
    {
        for number in 0..ROUNDS {
            match round().await {
                Err(error) if error.conflict() && number + 1 < ROUNDS => {
                    sleep(self.client.patience.pause(number)).await;
                }
                outcome => return outcome,
            }
        }
        Ok(())
    }
}

/// What was to be changed is otherwise than the plan saw it.
pub(super) fn changed_since(what: &str) -> Error {
    Error::ours(
        format!("{what} was changed since the plan was made"),
        "plan again: this would undo the other change",
    )
}
