//! What the proxy can answer in place of the server.

use std::{
    fmt,
    sync::{Arc, mpsc::Sender},
    time::Duration,
};

use http_body_util::{BodyExt as _, Full, StreamBody, combinators::UnsyncBoxBody};
use hyper::{
    Method, Response,
    body::{Bytes, Frame},
};

use super::Call;
use crate::support::google::Reply;

/// What goes back to the client.
pub type Sent = Response<UnsyncBoxBody<Bytes, Dropped>>;

/// In the place of a response, or in the middle of its body, it makes hyper close the connection.
#[derive(Clone, Copy, Debug)]
pub struct Dropped;

impl fmt::Display for Dropped {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("dropped, as the test asked")
    }
}

impl std::error::Error for Dropped {}

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
    /// The server is not asked; this comes back, with status 200, as if it were the server's.
    Text(String),
    /// The server is not asked; a page comes back that is nobody's of AWS.
    Page {
        /// The HTTP status.
        status: u16,
        /// What is in it.
        body: String,
    },
    /// The connection closes; the server saw nothing.
    Drop,
    /// As [`Answer::Drop`], by a reset (TCP's RST).
    Reset,
    /// The server does it; the connection closes without a reply.
    DropAfter,
    /// No reply comes and the connection stays, until the caller ends.
    Silence {
        /// Whether the server does it.
        carried_out: bool,
        /// Hears of it once the server has done it, or would have begun to.
        told: Option<Sender<Call>>,
    },
    /// The server does it; the reply says that it is so many bytes longer than what comes.
    Longer(u64),
    /// The server does it; this is made of the body of its answer.
    Change(Change),
    /// The server is not asked; what it said first, when it was asked exactly this, comes back. If it
    /// never was, it is asked.
    Earlier,
}

/// From one body to another.
type OfBody = dyn Fn(&[u8]) -> Vec<u8> + Send + Sync;

/// What becomes of the body of an answer.
#[derive(Clone)]
pub struct Change(pub Arc<OfBody>);

impl fmt::Debug for Change {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Change")
    }
}

impl Answer {
    /// The server is not asked, and nothing comes back while the client waits.
    pub const NEVER: Self = Self::Silence {
        carried_out: false,
        told: None,
    };

    /// The server does it; `change` is made of the body of its answer.
    pub fn change(change: impl Fn(&[u8]) -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self::Change(Change(Arc::new(change)))
    }

    /// An error with this status, code and message.
    pub fn error(status: u16, code: &str, message: &str) -> Self {
        Self::Error {
            status,
            code: code.to_owned(),
            message: message.to_owned(),
        }
    }
}

/// A response that comes whole.
pub fn whole(response: Response<Bytes>) -> Sent {
    response.map(|body| {
        Full::new(body)
            .map_err(|never| match never {})
            .boxed_unsync()
    })
}

/// A response of which the end never comes, for all that it says of its length.
pub fn longer(response: Response<Bytes>, by: u64) -> Sent {
    let length = response.body().len() as u64 + by;
    let mut response = response.map(|body| {
        let parts = [Ok(Frame::data(body)), Err(Dropped)];
        StreamBody::new(futures::stream::iter(parts)).boxed_unsync()
    });
    let headers = response.headers_mut();
    headers.insert(hyper::header::CONTENT_LENGTH, length.into());
    response
}

/// A page of a proxy.
pub fn page(status: u16, body: String) -> Response<Bytes> {
    Response::builder()
        .status(status)
        .header("content-type", "text/html; charset=utf-8")
        .header("location", "http://127.0.0.1:9/login")
        .body(Bytes::from(body))
        .expect("a test injects a valid status")
}

/// A body of the server's own, with status 200.
pub fn text(body: String) -> Response<Bytes> {
    Response::builder()
        .header("x-amzn-requestid", "injected")
        .body(Bytes::from(body))
        .expect("it is valid")
}

/// What a server says, by its own clock, to who signs by another one.
pub fn skewed(call: &Call) -> Response<Bytes> {
    let text = "The difference between the request time and the current time is too large.";
    response(call, 403, "RequestTimeTooSkewed", text)
}

/// A time as HTTP writes it.
pub fn http_date(since_1970: Duration) -> String {
    let at = aws_smithy_types::DateTime::from_secs(since_1970.as_secs() as i64);
    at.fmt(aws_smithy_types::date_time::Format::HttpDate)
        .expect("it is a date of this century")
}

/// An error in the form that the service of `call` would give it.
pub fn response(call: &Call, status: u16, code: &str, message: &str) -> Response<Bytes> {
    let [text_code, text] = [code, message].map(escaped);
    let (kind, body) = match call.service.as_str() {
        // Answers to HEAD have no body: of the error, only the status is left.
        _ if call.method == Method::HEAD.as_str() => ("application/xml", String::new()),
        super::operation::GOOGLE => {
            let reply = Reply::of(&call.operation, status, code, message);
            let body = String::from_utf8_lossy(&reply.body).into_owned();
            ("application/json; charset=UTF-8", body)
        }
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
        .body(Bytes::from(body))
        .expect("a test injects a valid status")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
