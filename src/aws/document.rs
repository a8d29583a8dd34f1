//! Policy documents as AWS hands them out: percent-encoded by IAM, plain by S3.

use super::error::{Error, Result};
use crate::policy::Document;

/// A document as AWS keeps it.
pub(super) fn document(text: &str, what: &str) -> Result<Document> {
    Document::parse(text).map_err(|fault| {
        Error::Unintelligible(format!(
            "{what}: what AWS holds is no policy that s3setup can read: {fault}"
        ))
    })
}
