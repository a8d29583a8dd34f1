//! Answers in the form of Google's: <https://cloud.google.com/apis/design/errors> of IAM,
//! <https://cloud.google.com/storage/docs/json_api/v1/status-codes> of Storage.

use serde_json::{Value, json};

/// An answer.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub body: Vec<u8>,
}

/// An answer, or one that says no.
pub type Outcome = Result<Reply, Reply>;

impl Reply {
    pub fn json(body: &Value) -> Self {
        Self {
            status: 200,
            body: body.to_string().into_bytes(),
        }
    }

    /// Nothing, and that is all there is to say.
    pub fn nothing() -> Self {
        Self {
            status: 204,
            body: Vec::new(),
        }
    }

    /// An error of Storage: a reason.
    pub fn storage(status: u16, reason: &str, message: &str) -> Self {
        let one = json!({"message": message, "domain": "global", "reason": reason});
        let error = json!({"code": status, "message": message, "errors": [one]});
        Self::error(status, error)
    }

    /// An error of IAM: a status, and what is said beside it.
    pub fn iam(status: u16, code: &str, message: &str) -> Self {
        Self::iam_with(status, code, message, json!([]))
    }

    pub fn iam_with(status: u16, code: &str, message: &str, details: Value) -> Self {
        let error = json!({
            "code": status, "message": message, "status": code, "details": details,
        });
        Self::error(status, error)
    }

    /// One of the form of the service of this method.
    pub fn of(method: &str, status: u16, code: &str, message: &str) -> Self {
        match method.starts_with("storage.") {
            true => Self::storage(status, code, message),
            false => Self::iam(status, code, message),
        }
    }

    /// A permission is missing.
    pub fn denied(method: &str, permission: &str, who: &str) -> Self {
        let said = format!("Permission '{permission}' denied on resource (or it may not exist).");
        if method.starts_with("storage.") {
            let what = match method.contains("objects") {
                true => "object",
                false => "bucket",
            };
            let message = format!(
                "{who} does not have {permission} access to the Google Cloud Storage {what}. {said}"
            );
            return match who {
                "Anonymous caller" => Self::storage(401, "required", &message),
                _ => Self::storage(403, "forbidden", &message),
            };
        }
        let details = json!([{
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            "reason": "IAM_PERMISSION_DENIED", "domain": "iam.googleapis.com",
            "metadata": {"permission": permission},
        }]);
        Self::iam_with(403, "PERMISSION_DENIED", &said, details)
    }

    fn error(status: u16, error: Value) -> Self {
        Self {
            status,
            body: json!({"error": error}).to_string().into_bytes(),
        }
    }

    /// The body, as JSON.
    pub fn value(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}
