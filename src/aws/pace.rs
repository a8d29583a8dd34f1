//! Which service a request is for: each has a pace of its own. How fast AWS lets calls in, nobody tells;
//! that is learned from its refusals by the SDK (see `connect.rs`, `adaptive`).

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;

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
    fn the_service_is_the_one_that_a_request_is_signed_for() {
        let mut request = HttpRequest::new(aws_smithy_types::body::SdkBody::empty());
        assert_eq!(service(&request), "s3");
        let signed = "AWS4-HMAC-SHA256 Credential=AKIA/20261130/us-east-1/iam/aws4_request, \
                      SignedHeaders=host, Signature=0";
        request.headers_mut().insert("authorization", signed);
        assert_eq!(service(&request), "iam");
    }
}
