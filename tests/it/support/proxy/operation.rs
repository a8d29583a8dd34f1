//! Which operation of which service a request is.

use hyper::{Method, header::AUTHORIZATION, http::request::Parts};

use super::super::google::route;

/// The service of all that goes to Google.
pub const GOOGLE: &str = "google";

/// S3's sub-resources: the query key, and the noun that the method's verb goes before.
const SUBRESOURCES: &[(&str, &str)] = &[
    ("abac", "BucketAbac"),
    ("accelerate", "BucketAccelerateConfiguration"),
    ("acl", "BucketAcl"),
    ("cors", "BucketCors"),
    ("encryption", "BucketEncryption"),
    ("lifecycle", "BucketLifecycleConfiguration"),
    ("location", "BucketLocation"),
    ("logging", "BucketLogging"),
    ("notification", "BucketNotificationConfiguration"),
    ("object-lock", "ObjectLockConfiguration"),
    ("ownershipControls", "BucketOwnershipControls"),
    ("policy", "BucketPolicy"),
    ("policyStatus", "BucketPolicyStatus"),
    ("publicAccessBlock", "PublicAccessBlock"),
    ("replication", "BucketReplication"),
    ("requestPayment", "BucketRequestPayment"),
    ("tagging", "BucketTagging"),
    ("versioning", "BucketVersioning"),
    ("website", "BucketWebsite"),
];

/// The service and the operation of a request, such as `("iam", "GetRole")`.
pub fn of(head: &Parts, body: &str) -> (String, String) {
    // Nothing of AWS begins so: an object's name would come after a bucket's.
    let path = head.uri.path();
    let google = ["/storage/v1/", "/upload/storage/v1/", "/v1/projects/"];
    if google.iter().any(|start| path.starts_with(start)) && signed_for(head).is_none() {
        let found = route::of(head.method.as_str(), path);
        let method = found.map_or("unknown", |(method, _)| method);
        return (GOOGLE.to_owned(), method.to_owned());
    }
    // Query protocol: IAM and STS. Their calls without a signature tell the service by version.
    if let Some(action) = parameter(body, "Action") {
        let version = parameter(body, "Version");
        let unsigned = match version.as_deref() {
            Some("2011-06-15") => "sts",
            _ => "iam",
        };
        return (signed_for(head).unwrap_or(unsigned).to_owned(), action);
    }
    // JSON protocols: KMS and others.
    if let Some(target) = head.headers.get("x-amz-target") {
        let target = target.to_str().unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default();
        let service = signed_for(head).unwrap_or("unknown");
        return (service.to_owned(), operation.to_owned());
    }
    match signed_for(head) {
        None | Some("s3") => ("s3".to_owned(), of_s3(head)),
        Some(other) => (
            other.to_owned(),
            format!("{} {}", head.method, head.uri.path()),
        ),
    }
}

/// A parameter of a form body, decoded.
pub fn parameter(body: &str, name: &str) -> Option<String> {
    pairs(body)
        .find(|(key, _)| *key == name)
        .map(|(_, value)| decoded(value))
}

/// The service in the credential scope: `Credential=KEY/DATE/REGION/SERVICE/aws4_request`.
fn signed_for(head: &Parts) -> Option<&str> {
    credential(head)?.split('/').nth(3)
}

/// The id of the access key there.
pub fn signed_by(head: &Parts) -> Option<&str> {
    credential(head)?.split('/').next()
}

fn credential(head: &Parts) -> Option<&str> {
    let header = head.headers.get(AUTHORIZATION)?.to_str().ok()?;
    Some(header.split_once("Credential=")?.1)
}

fn of_s3(head: &Parts) -> String {
    let query = head.uri.query().unwrap_or_default();
    let has = |name: &str| pairs(query).any(|(key, _)| key == name);
    let path = head.uri.path().trim_start_matches('/');
    let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
    let level = match (bucket, key) {
        ("", _) => return "ListBuckets".to_owned(),
        (_, "") => "Bucket",
        _ => "Object",
    };
    let verb = match head.method {
        Method::GET => "Get",
        Method::HEAD => "Head",
        Method::PUT => "Put",
        Method::DELETE => "Delete",
        _ => "Post",
    };
    if level == "Object" {
        return of_object(head, verb, has);
    }
    if let Some((_, noun)) = SUBRESOURCES.iter().find(|(key, _)| has(key)) {
        // The one noun that the API does not keep through its verbs.
        return format!("{verb}{noun}").replace(
            "DeleteBucketLifecycleConfiguration",
            "DeleteBucketLifecycle",
        );
    }
    let listing = [
        ("versions", "ListObjectVersions"),
        ("uploads", "ListMultipartUploads"),
        ("list-type", "ListObjectsV2"),
    ];
    match verb {
        "Get" => listing
            .iter()
            .find(|(key, _)| has(key))
            .map_or("ListObjects", |(_, name)| name)
            .to_owned(),
        "Put" => "CreateBucket".to_owned(),
        "Post" => "DeleteObjects".to_owned(),
        _ => format!("{verb}Bucket"),
    }
}

fn of_object(head: &Parts, verb: &str, has: impl Fn(&str) -> bool) -> String {
    let name = match verb {
        "Post" if has("uploads") => "CreateMultipartUpload",
        "Post" if has("uploadId") => "CompleteMultipartUpload",
        "Put" if has("uploadId") => "UploadPart",
        "Delete" if has("uploadId") => "AbortMultipartUpload",
        "Get" if has("uploadId") => "ListParts",
        "Put" if head.headers.contains_key("x-amz-copy-source") => "CopyObject",
        _ => {
            let detail = [("tagging", "Tagging"), ("acl", "Acl")];
            let detail = detail.iter().find(|(key, _)| has(key));
            return format!("{verb}Object{}", detail.map_or("", |(_, noun)| noun));
        }
    };
    name.to_owned()
}

fn pairs(form: &str) -> impl Iterator<Item = (&str, &str)> {
    form.split('&')
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

fn decoded(value: &str) -> String {
    let spaced = value.replace('+', " ");
    percent_encoding::percent_decode_str(&spaced)
        .decode_utf8_lossy()
        .into_owned()
}
