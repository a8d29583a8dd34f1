//! No more calls a second than `--max-rps` allows, for each service of one account. How fast AWS lets
//! calls in, nobody tells; that is learned from its refusals by the SDK (see `connect.rs`, `adaptive`).

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use std::collections::BTreeMap;
use std::num::NonZeroU16;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// Whose turn it is: calls that come together go one after another.
#[derive(Debug)]
pub(super) struct Pace {
    gap: Duration,
    /// Service → when its next call may go.
    next: Mutex<BTreeMap<String, Instant>>,
}

impl Pace {
    pub(super) fn per_second(calls: NonZeroU16) -> Self {
        Self {
            gap: Duration::from_secs(1) / u32::from(calls.get()),
            next: Mutex::default(),
        }
    }

    /// Waits for the turn of a call of `service`.
    pub(super) async fn turn(&self, service: &str) {
        sleep_until(self.take(service, Instant::now())).await;
    }

    /// When a call may go that comes `now`.
    fn take(&self, service: &str, now: Instant) -> Instant {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let free = next.entry(service.to_owned()).or_insert(now);
        let turn = (*free).max(now);
        *free = turn + self.gap;
        turn
    }
}

/// The service that a request is signed for; what nobody signs goes to S3.
pub(super) fn service(request: &HttpRequest) -> &str {
    let signed = request.headers().get("authorization");
    // `Credential=KEY/DATE/REGION/SERVICE/aws4_request`
    let scope = signed.and_then(|text| text.split_once("Credential="));
    let service = scope.and_then(|(_, scope)| scope.split('/').nth(3));
    service.unwrap_or("s3")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_of_one_service_go_one_after_another_and_leave_the_others_alone() {
        let pace = Pace::per_second(NonZeroU16::new(4).unwrap());
        let (start, quarter) = (Instant::now(), Duration::from_millis(250));
        let iam: Vec<Instant> = (0..3).map(|_| pace.take("iam", start)).collect();
        assert_eq!(iam, [start, start + quarter, start + quarter * 2]);
        assert_eq!(pace.take("s3", start), start, "another service");
        let later = start + quarter * 10;
        assert_eq!(
            pace.take("iam", later),
            later,
            "what was not used is not saved up"
        );
        assert_eq!(pace.take("iam", later), later + quarter);
    }

    #[test]
    fn the_service_is_the_one_that_a_request_is_signed_for() {
        let mut request = HttpRequest::new(aws_smithy_types::body::SdkBody::empty());
        assert_eq!(service(&request), "s3");
        let signed = "AWS4-HMAC-SHA256 Credential=AKIA/20261130/us-east-1/iam/aws4_request, \
                      SignedHeaders=host, Signature=0";
        request.headers_mut().insert("authorization", signed);
        assert_eq!(service(&request), "iam");
    }
}
