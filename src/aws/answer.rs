//! From the SDK's errors, one type an operation, to ours.

use super::error::{Call, CallError, Cause, Error};
use super::genuine::{FOREIGN, Spoiled, foreign, request_id};
use super::wire::{LARGEST, is_too_long};
use crate::cloud::Spent;
use crate::secrets;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

/// What a failed call says.
pub(super) fn failed<E>(call: Call, error: &SdkError<E, HttpResponse>) -> Error
where
    E: std::error::Error + ProvideErrorMetadata + 'static,
{
    if let Some(spent) = spent(error) {
        return Error::Ours(Box::new(spent.into()));
    }
    let cause = match error.raw_response() {
        Some(raw) => {
            let header = |name: &str| raw.headers().get(name).map(str::to_owned);
            let code = error.code().unwrap_or_default().to_owned();
            let said = error.message().map(one_line).unwrap_or_default();
            let message = match (Spoiled::among(error), raw.body().bytes()) {
                _ if is_too_long(error) => too_long(),
                (Some(spoiled), _) => spoiled.to_string(),
                (None, Some(body)) if code.is_empty() && !body.is_empty() => {
                    foreign(call.name(), body)
                }
                _ => said,
            };
            Cause::Refused {
                status: raw.status().as_u16(),
                code,
                // Hidden where it comes in: it goes on to reports and into saved plans.
                message: secrets::hide(&message).into_owned(),
                request: request_id(raw).map(str::to_owned),
                region: header("x-amz-bucket-region"),
            }
        }
        None => without_answer(error),
    };
    Error::Call(Box::new(CallError {
        call,
        cause,
        waited: None,
        hint: None,
    }))
}

/// That the call was not sent, for the run may make no more.
fn spent(error: &(dyn std::error::Error + 'static)) -> Option<Spent> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(spent) = error.downcast_ref::<Spent>() {
            return Some(*spent);
        }
        next = error.source();
    }
    None
}

/// How the end of the credential chain is told.
pub(super) const NO_CREDENTIALS: &str = "no AWS credentials were found";

fn without_answer(error: &(dyn std::error::Error + 'static)) -> Cause {
    let mut texts: Vec<String> = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let text = one_line(&error.to_string());
        if texts.last().is_none_or(|last| !last.ends_with(&text)) {
            texts.push(text);
        }
        next = error.source();
    }
    // The outermost texts are the SDK's own layers ("dispatch failure", "other"); those within say
    // what happened.
    texts.retain(|text| !matches!(text.as_str(), "dispatch failure" | "other" | "io error"));
    let text = texts.join(": ");
    // The SDK's type for this is private to a crate that is not a dependency of ours.
    const MARKS: [&str; 7] = [
        "credential provider was not enabled",
        "credentials provider",
        "loading credentials",
        "unexpected credentials error",
        "no providers in chain",
        "failed to select an auth scheme",
        "no identity resolver",
    ];
    if !MARKS.iter().any(|mark| text.contains(mark)) {
        return Cause::Unreachable(secrets::hide(&text).into_owned());
    }
    // The chain tells each place where it found nothing, at length.
    let nothing =
        text.contains("credentials found in chain") || text.contains("no providers in chain");
    Cause::Credentials(match texts.last() {
        _ if nothing => NO_CREDENTIALS.to_owned(),
        // The last place of the chain is asked only if there was nothing in all others.
        Some(last) if text.contains("IMDS") => format!("{NO_CREDENTIALS} ({last})"),
        // What a process said that was to give credentials.
        _ => secrets::hide_keys(&text),
    })
}

/// How an answer that was given up is told.
fn too_long() -> String {
    format!("{FOREIGN}: it has more than {} MB", LARGEST >> 20)
}

/// Without line breaks and control characters.
pub(super) fn one_line(text: &str) -> String {
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .collect();
    words
        .into_iter()
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::permissions::Operation;
    use aws_sdk_s3::operation::get_bucket_policy::GetBucketPolicyError;
    use aws_smithy_types::body::SdkBody;

    #[test]
    fn a_page_of_a_proxy_is_a_clean_error() {
        let page = format!("<html>\n<title>Bad\u{7} gateway</title>{}", "ü".repeat(500));
        let mut response = HttpResponse::new(502.try_into().unwrap(), SdkBody::from(page));
        response.headers_mut().insert("x-amz-request-id", "R1");
        let error = failed(
            Call::new(Operation::S3GetBucketPolicy, "arn"),
            &SdkError::service_error(GetBucketPolicyError::generic(Default::default()), response),
        );
        let Error::Call(error) = error else { panic!() };
        let text = error.text();
        assert!(
            text.starts_with(
                "s3:GetBucketPolicy: HTTP 502: the answer is not AWS's: <html> <title>Bad gateway<"
            ),
            "{text}"
        );
        assert!(text.ends_with("… (request R1)"), "{text}");
        assert!(text.chars().count() < 180);
    }
}
