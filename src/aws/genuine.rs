//! Refuses answers that are not AWS's: a proxy's page, nothing at all, the answer to something else, a
//! part of one. The SDK takes the beginning of an XML document for all of it, reads no body where it
//! wants nothing of it, and reads nothing as "not set". A role without its tags would look like
//! nobody's, and a write that a login page answered would count as done.
//!
//! Such an answer is asked for again, like one that never came.

use super::answer::one_line;
use super::whole::{is_cut, root};
use super::wire::is_too_long;
use aws_sdk_s3::config::interceptors::{
    AfterDeserializationInterceptorContextRef, InterceptorContext,
};
use aws_sdk_s3::config::retry::{ClassifyRetry, RetryAction};
use aws_sdk_s3::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_s3::error::BoxError;
use aws_smithy_runtime_api::client::orchestrator::{HttpResponse, Metadata};
use serde::de::IgnoredAny;
use std::collections::BTreeMap;
use std::fmt;

/// How an answer that was cut short is told.
const CUT: &str = "the answer was cut short on its way: try again";
/// How an answer without AWS's form is told.
pub(super) const FOREIGN: &str = "the answer is not AWS's";

/// What each answer of a JSON service has, of the operations whose answer says anything.
const MEMBERS: [(&str, &str); 14] = [
    ("CreateKey", "KeyMetadata"),
    ("CreateSecret", "ARN"),
    ("DescribeKey", "KeyMetadata"),
    ("DescribeParameters", "Parameters"),
    ("DescribeSecret", "ARN"),
    ("GetKeyPolicy", "Policy"),
    ("GetKeyRotationStatus", "KeyRotationEnabled"),
    ("GetParameter", "Parameter"),
    ("GetSecretValue", "ARN"),
    ("ListKeys", "Keys"),
    ("ListResourceTags", "Tags"),
    ("LookupEvents", "Events"),
    ("PutParameter", "Version"),
    ("PutSecretValue", "ARN"),
];

/// How the operations of S3 begin whose answer has no document.
const SILENT: [&str; 4] = ["CreateBucket", "DeleteBucket", "DeletePublic", "Put"];

/// Looks at every answer, and has those asked for again that are none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Genuine;

/// What is wrong with an answer that is none.
#[derive(Debug)]
pub(super) struct Spoiled(String);

impl fmt::Display for Spoiled {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for Spoiled {}

impl Spoiled {
    /// The one among an error and its causes.
    pub(super) fn among<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a Self> {
        let mut next = Some(error);
        while let Some(error) = next {
            if let Some(spoiled) = error.downcast_ref() {
                return Some(spoiled);
            }
            next = error.source();
        }
        None
    }
}

impl Intercept for Genuine {
    fn name(&self) -> &'static str {
        "Genuine"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Some(call) = config.load::<Metadata>() else {
            return Ok(());
        };
        let outcome = context.output_or_error();
        // Of what was given up there is nothing to look at.
        if outcome.is_err_and(|error| is_too_long(error)) {
            return Ok(());
        }
        let understood = context.output_or_error().is_ok();
        match spoiled(call.service(), call.name(), context.response(), understood) {
            Some(what) => Err(Spoiled(what).into()),
            None => Ok(()),
        }
    }
}

impl ClassifyRetry for Genuine {
    fn name(&self) -> &'static str {
        "Genuine"
    }

    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let error = context.output_or_error().and_then(|outcome| outcome.err());
        // A login page also comes as a redirect, or with a status of its own (511). What a proxy
        // refuses with a 4xx it refuses again.
        let elsewhere = context.response().is_some_and(|response| {
            let status = response.status().as_u16();
            request_id(response).is_none() && (status >= 500 || (300..400).contains(&status))
        });
        match error {
            Some(error) if elsewhere || Spoiled::among(error).is_some() => {
                RetryAction::transient_error()
            }
            _ => RetryAction::NoActionIndicated,
        }
    }
}

/// The id that AWS gives to each request; so do the servers that speak S3.
pub(super) fn request_id(response: &HttpResponse) -> Option<&str> {
    let header = |name| response.headers().get(name);
    header("x-amzn-requestid").or_else(|| header("x-amz-request-id"))
}

/// What is wrong with an answer to this operation, if it is one that says "done". `understood`: the
/// SDK could read it.
fn spoiled(
    service: &str,
    operation: &str,
    response: &HttpResponse,
    understood: bool,
) -> Option<String> {
    if !response.status().is_success() {
        return None;
    }
    let body = response.body().bytes();
    if request_id(response).is_none() {
        return Some(foreign(operation, body.unwrap_or_default()));
    }
    // That of an object, which is read by whoever asked for it.
    let body = body?;
    if is_cut(body) {
        return Some(CUT.to_owned());
    }
    let text = std::str::from_utf8(body).unwrap_or_default();
    let reads = ["Get", "List"]
        .iter()
        .any(|verb| operation.starts_with(verb));
    let fits = match service {
        "IAM" | "STS" => root(text) == Some(&format!("{operation}Response")),
        "S3" if operation == "GetBucketPolicy" => members(body).is_some(),
        // moto names the root of this one answer otherwise than S3 does.
        "S3" if operation == "GetBucketVersioning" => {
            understood || root(text) == Some("GetBucketVersioningResponse")
        }
        "S3" if reads => understood && !body.is_empty(),
        // What S3 has to say of buckets and their settings it says by the status.
        "S3" if SILENT.iter().any(|verb| operation.starts_with(verb)) => root(text).is_none(),
        "S3" => understood,
        _ => match MEMBERS.iter().find(|(name, _)| *name == operation) {
            Some((_, member)) => members(body).is_some_and(|all| all.contains_key(*member)),
            None => body.is_empty() || serde_json::from_slice::<IgnoredAny>(body).is_ok(),
        },
    };
    (!fits).then(|| foreign(operation, body))
}

/// The members of a JSON object. Their values, which may be secret, are passed over.
fn members(body: &[u8]) -> Option<BTreeMap<String, IgnoredAny>> {
    serde_json::from_slice(body).ok()
}

/// Whether a good answer has a secret in it: of one that cannot be read, nothing is shown.
fn gives_secrets(operation: &str) -> bool {
    let name = operation.split(':').next_back().unwrap_or_default();
    matches!(name, "CreateAccessKey" | "GetSecretValue" | "GetParameter")
        || name.starts_with("AssumeRole")
}

/// What came in place of an answer of AWS. Only a page or plain text is shown, from its beginning: what
/// has the form of AWS's answers may hold a secret.
pub(super) fn foreign(operation: &str, body: &[u8]) -> String {
    const SHOWN: usize = 80;
    if gives_secrets(operation) {
        return FOREIGN.to_owned();
    }
    let text = one_line(&String::from_utf8_lossy(body));
    let what = match root(&text) {
        _ if text.is_empty() => "it is empty".to_owned(),
        _ if text.starts_with(['{', '[']) => format!("{} bytes of JSON", body.len()),
        Some(name) if !name.eq_ignore_ascii_case("html") => format!("it begins with <{name}>"),
        _ => {
            let shown: String = text.chars().take(SHOWN).collect();
            let more = if shown.len() < text.len() { "…" } else { "" };
            shown + more
        }
    };
    format!("{FOREIGN}: {what}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_smithy_types::body::SdkBody;

    const PAGE: &str = "<!DOCTYPE html><html><body>Sign in</body></html>";

    fn answer(id: bool, body: &str) -> HttpResponse {
        let mut response = HttpResponse::new(200.try_into().unwrap(), SdkBody::from(body));
        if id {
            response.headers_mut().insert("x-amzn-requestid", "R1");
        }
        response
    }

    #[test]
    fn only_what_aws_answers_to_this_call_is_an_answer() {
        let table = [
            ("IAM", "TagRole", "<TagRoleResponse xmlns=\"x\"/>", true),
            ("IAM", "TagRole", "<GetRoleResponse/>", false),
            ("IAM", "TagRole", "", false),
            ("IAM", "TagRole", PAGE, false),
            ("IAM", "GetRole", "<GetRoleResponse><GetRoleResult>", false),
            ("S3", "PutBucketTagging", "", true),
            ("S3", "PutBucketPolicy", "True", true),
            ("S3", "PutBucketTagging", "<Tagging/>", false),
            ("S3", "GetBucketPolicy", "{\"Statement\": []}", true),
            ("S3", "GetBucketPolicy", "{\"Statement\": [", false),
            ("S3", "GetBucketPolicy", "", false),
            ("S3", "GetPublicAccessBlock", "", false),
            ("S3", "HeadBucket", "", true),
            ("KMS", "ListKeys", "{\"Keys\": []}", true),
            ("KMS", "ListKeys", "{}", false),
            ("KMS", "ListKeys", "", false),
            (
                "KMS",
                "GetKeyRotationStatus",
                "{\"KeyMetadata\": {}}",
                false,
            ),
            ("KMS", "EnableKey", "", true),
            ("KMS", "EnableKey", "null", true),
            ("KMS", "EnableKey", "<GetRoleResponse/>", false),
        ];
        for (service, operation, body, genuine) in table {
            let found = spoiled(service, operation, &answer(true, body), true);
            assert_eq!(found.is_none(), genuine, "{operation} {body}: {found:?}");
            let anonymous = spoiled(service, operation, &answer(false, body), true);
            assert!(anonymous.is_some(), "{operation} {body}: nobody's");
        }
        let unread = spoiled("S3", "GetBucketTagging", &answer(true, "<A/>"), false);
        assert!(unread.is_some(), "the SDK could not read it");
        let moto = "<GetBucketVersioningResponse/>";
        let moto = spoiled("S3", "GetBucketVersioning", &answer(true, moto), false);
        assert_eq!(moto, None);
    }

    #[test]
    fn no_secret_is_in_what_is_told() {
        let page = format!("<html>\n<title>Bad\u{7} gateway</title>{}", "ü".repeat(500));
        let table = [
            ("", "it is empty"),
            ("{\"SecretString\": \"s3cr3t\"}", "26 bytes of JSON"),
            (
                "<R><SecretAccessKey>s3cr3t</SecretAccessKey></R>",
                "it begins with <R>",
            ),
            ("upstream reset", "upstream reset"),
            (&page, "<html> <title>Bad gateway</title>"),
        ];
        for (body, expected) in table {
            let told = foreign("iam:GetRole", body.as_bytes());
            assert!(
                told.starts_with(&format!("{FOREIGN}: {expected}")),
                "{told}"
            );
            assert!(told.chars().count() < 120, "{told}");
        }
        let told = foreign("sts:AssumeRoleWithWebIdentity", b"a token");
        assert_eq!(told, FOREIGN);
    }
}
