//! One call as the proxy saw it, and the chains that calls make.

use std::time::Duration;

/// One request and what became of it. Times count from the start of the proxy.
#[derive(Clone, Debug)]
pub struct Call {
    /// The service that signed for it, such as `iam`; `google` of what goes to Google.
    pub service: String,
    /// The operation as the API names it, such as `PutBucketPolicy` or `storage.buckets.get`.
    pub operation: String,
    /// The id of the access key that signed for it; empty if none did.
    pub access_key: String,
    /// The HTTP method.
    pub method: String,
    /// The path and query, as sent.
    pub path: String,
    /// The body, as text.
    pub body: String,
    /// When it arrived.
    pub started: Duration,
    /// When its answer was handed back, or its connection closed.
    pub ended: Duration,
    /// The HTTP status of the answer; none if it was dropped.
    pub status: Option<u16>,
    /// Whether the server saw it.
    pub forwarded: bool,
}

impl Call {
    /// The service and the operation, as IAM policies write them: `iam:GetRole`; of Google, the method.
    pub fn name(&self) -> String {
        if self.is_of_google() {
            return self.operation.clone();
        }
        format!("{}:{}", self.service, self.operation)
    }

    /// Whether it goes to Google.
    pub fn is_of_google(&self) -> bool {
        self.service == super::operation::GOOGLE
    }

    /// What is asked: the same for every try of a call.
    pub fn request(&self) -> String {
        format!("{} {} {}", self.name(), self.path, self.body)
    }

    /// Whether it changes nothing at the server.
    pub fn reads(&self) -> bool {
        if self.is_of_google() {
            let method = s3setup::permissions::Method::named(&self.operation);
            return method.is_none_or(|method| method.reads());
        }
        ["Get", "List", "Head", "Describe", "Simulate"]
            .iter()
            .any(|verb| self.operation.starts_with(verb))
    }

    /// A parameter of a form body, such as `RoleName`.
    pub fn parameter(&self, name: &str) -> Option<String> {
        super::operation::parameter(&self.body, name)
    }

    /// The bucket in the path, for S3.
    pub fn bucket(&self) -> Option<&str> {
        let path = self.path.split('?').next().unwrap_or_default();
        let bucket = path.trim_start_matches('/').split('/').next()?;
        (self.service == "s3" && !bucket.is_empty()).then_some(bucket)
    }
}

/// The length of the longest chain of calls of which each began after the one before had ended.
pub fn rounds(calls: &[Call]) -> usize {
    let mut by_end: Vec<_> = calls.iter().collect();
    by_end.sort_by_key(|call| call.ended);
    // Of the calls that can follow, the one that ends first leaves the most room for others.
    let mut free_from = Duration::ZERO;
    by_end
        .into_iter()
        .filter(|call| {
            let follows = call.started >= free_from;
            if follows {
                free_from = call.ended;
            }
            follows
        })
        .count()
}
