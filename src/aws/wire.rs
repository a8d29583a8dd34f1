//! What goes over the wire: a call has its turn, an answer has an end, and a token that is sent is never shown.

use super::pace::service;
use crate::cloud::Pace;
use crate::secrets;
use aws_sdk_s3::config::{HttpClient, SharedHttpClient};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use http_body_util::{LengthLimitError, Limited};
use std::error::Error;
use std::sync::Arc;

/// The largest answer that is read, in bytes. The largest of AWS's is a page of a list of 1,000
/// objects or versions with names of 1,024 bytes, each of which may be written as three: 4 MB.
pub(super) const LARGEST: usize = 16 << 20;

/// The client, so that no answer is longer than [`LARGEST`], and no call goes before its turn.
pub(super) fn bounded(client: SharedHttpClient, pace: Option<Pace>) -> SharedHttpClient {
    let pace = pace.map(Arc::new);
    http_client_fn(move |settings, components| {
        SharedHttpConnector::new(Bounded {
            inner: client.http_connector(settings, components),
            pace: pace.clone(),
        })
    })
}

/// Whether an answer was given up because it was longer.
pub(super) fn is_too_long(error: &(dyn Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if error.is::<LengthLimitError>() {
            return true;
        }
        next = error.source();
    }
    false
}

#[derive(Debug)]
struct Bounded {
    inner: SharedHttpConnector,
    pace: Option<Arc<Pace>>,
}

impl HttpConnector for Bounded {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        // A server may send back what it was sent: AWS does, where a signature does not fit.
        if let Some(token) = request.headers().get("x-amz-security-token") {
            secrets::keep(token);
        }
        let (inner, pace) = (self.inner.clone(), self.pace.clone());
        HttpConnectorFuture::new(async move {
            if let Some(pace) = pace {
                pace.turn(service(&request)).await;
            }
            let mut answer = inner.call(request).await?;
            let body = answer.take_body();
            *answer.body_mut() = SdkBody::from_body_1_x(Limited::new(body, LARGEST));
            Ok(answer)
        })
    }
}
