//! Counts every call that is sent, the SDK's own retries among them.

use crate::cloud::Counter;
use aws_sdk_s3::config::interceptors::BeforeTransmitInterceptorContextRef;
use aws_sdk_s3::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_s3::error::BoxError;
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::retries::RequestAttempts;

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
            let operation = format!("{}:{}", call.service().to_lowercase(), call.name());
            let attempt = config.load::<RequestAttempts>().map_or(1, |n| n.attempts());
            self.take(&operation, attempt)?;
        }
        Ok(())
    }
}
