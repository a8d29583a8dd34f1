//! What the proxy can answer in place of the server.

use std::sync::mpsc::Sender;

use http_body_util::Full;
use hyper::{Method, Response, body::Bytes};

use super::Call;

/// Asked about each call, in turn, until one has an answer.
pub type Rule = Box<dyn FnMut(&Call) -> Option<Answer> + Send>;

/// What happens to a call instead of being forwarded and answered.
#[derive(Clone, Debug)]
pub enum Answer {
    /// The server is not asked; this error comes back in the form of the call's service.
    Error {
        /// The HTTP status.
        status: u16,
        /// Such as `AccessDenied`.
        code: String,
        /// The sentence that comes with it.
        message: String,
    },
    /// The server is not asked; this comes back, with status 200.
    Text(String),
    /// The connection closes; the server saw nothing.
    Drop,
    /// The server does it; the connection closes without a reply.
    DropAfter,
    /// No reply comes and the connection stays, until the caller ends.
    Silence {
        /// Whether the server does it.
        carried_out: bool,
        /// Hears of it once the server has done it, or would have begun to.
        told: Option<Sender<Call>>,
    },
}

impl Answer {
    /// An error with this status, code and message.
    pub fn error(status: u16, code: &str, message: &str) -> Self {
        Self::Error {
            status,
            code: code.to_owned(),
            message: message.to_owned(),
        }
    }
}

/// An error in the form that the service of `call` would give it.
pub fn response(call: &Call, status: u16, code: &str, message: &str) -> Response<Full<Bytes>> {
    let [text_code, text] = [code, message].map(escaped);
    let (kind, body) = match call.service.as_str() {
        // Answers to HEAD have no body: of the error, only the status is left.
        _ if call.method == Method::HEAD.as_str() => ("application/xml", String::new()),
        "s3" => (
            "application/xml",
            format!(
                "<Error><Code>{text_code}</Code><Message>{text}</Message>\
                 <RequestId>injected</RequestId></Error>"
            ),
        ),
        "iam" | "sts" => (
            "text/xml",
            format!(
                "<ErrorResponse><Error><Type>Sender</Type><Code>{text_code}</Code>\
                 <Message>{text}</Message></Error><RequestId>injected</RequestId></ErrorResponse>"
            ),
        ),
        _ => (
            "application/x-amz-json-1.1",
            serde_json::json!({"__type": code, "message": message}).to_string(),
        ),
    };
    Response::builder()
        .status(status)
        .header("content-type", kind)
        .header("x-amzn-requestid", "injected")
        .body(Full::new(Bytes::from(body)))
        .expect("a test injects a valid status")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
