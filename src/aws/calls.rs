//! Counts every call that is sent, the SDK's own retries among them.

use crate::cloud::Calls;
use aws_sdk_s3::config::interceptors::BeforeTransmitInterceptorContextRef;
use aws_sdk_s3::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_s3::error::BoxError;
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use std::sync::{Arc, Mutex, PoisonError};

/// Counts by operation; its clones count together.
#[derive(Clone, Debug, Default)]
pub(super) struct Counter(Arc<Mutex<Calls>>);

impl Counter {
    /// What was sent so far.
    pub(super) fn calls(&self) -> Calls {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn add(&self, operation: String) {
        let mut calls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
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
            self.add(format!("{}:{}", call.service().to_lowercase(), call.name()));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_count_together() {
        let counter = Counter::default();
        counter.clone().add("iam:GetRole".into());
        counter.add("iam:GetRole".into());
        counter.add("s3:HeadBucket".into());
        let calls = counter.calls();
        assert_eq!((calls.total, calls.by_operation["iam:GetRole"]), (3, 2));
    }
}
