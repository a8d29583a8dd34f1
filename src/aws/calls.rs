//! Counts every call that is sent, the SDK's own retries among them, and tells of those.

use crate::cloud::{Budget, Calls, Waiting};
use aws_sdk_s3::config::interceptors::BeforeTransmitInterceptorContextRef;
use aws_sdk_s3::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_s3::error::BoxError;
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::retries::RequestAttempts;
use std::sync::{Arc, Mutex, PoisonError};

/// Counts by operation; its clones count together.
#[derive(Clone)]
pub(super) struct Counter {
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
    pub(super) fn new(budget: Option<Budget>, waiting: Waiting) -> Self {
        Self {
            calls: Arc::default(),
            budget,
            waiting,
        }
    }

    /// What was sent so far.
    pub(super) fn calls(&self) -> Calls {
        self.calls
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn add(&self, operation: String) {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        calls.total += 1;
        *calls.by_operation.entry(operation).or_default() += 1;
    }
}

impl Intercept for Counter {
    fn name(&self) -> &'static str {
        "Counter"
    }

    // Before transmission and not before execution: a retry is a call too.
    fn read_before_transmit(
        &self,
        _context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(call) = config.load::<Metadata>() {
            self.budget.as_ref().map_or(Ok(()), Budget::take)?;
            let operation = format!("{}:{}", call.service().to_lowercase(), call.name());
            if let Some(attempt) = config
                .load::<RequestAttempts>()
                .filter(|n| n.attempts() > 1)
            {
                let number = attempt.attempts();
                (self.waiting)(&format!(
                    "{operation} failed or was throttled, try {number}"
                ));
            }
            self.add(operation);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_count_together() {
        let counter = Counter::new(None, Arc::new(|_: &str| {}));
        counter.clone().add("iam:GetRole".into());
        counter.add("iam:GetRole".into());
        counter.add("s3:HeadBucket".into());
        let calls = counter.calls();
        assert_eq!((calls.total, calls.by_operation["iam:GetRole"]), (3, 2));
    }
}
