//! The connections: read a request whole, record it, forward it or not, answer it or not.

use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::Sender,
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use aws_smithy_types::{DateTime, date_time::Format};
use http_body_util::{BodyExt as _, Full};
use hyper::{
    Request, Response, StatusCode,
    body::{Bytes, Incoming},
    header::{CONTENT_LENGTH, DATE, EXPECT, TRANSFER_ENCODING},
    http::request::Parts,
};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};

use super::{
    Answer, Call, Shared, State,
    fault::{self, Dropped, Sent},
    operation,
};

/// How far AWS lets the time of a request be from its own.
const CLOCKS_MAY_DIFFER: Duration = Duration::from_secs(5 * 60);

/// Serve every connection until the runtime ends.
pub async fn accept(listener: TcpListener, shared: Arc<Shared>) -> Infallible {
    loop {
        let Ok((mut stream, _)) = listener.accept().await else {
            continue;
        };
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let resets = AtomicBool::new(false);
            let service = hyper::service::service_fn(|request| handle(&shared, &resets, request));
            // It fails when a call is dropped or the client goes away; the record has both.
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(&mut stream), service)
                .await;
            if resets.load(Ordering::SeqCst) {
                // Closed without this, it would end as if all had been said.
                let _ = stream.set_zero_linger();
            }
        });
    }
}

/// What becomes of a request.
enum Reply {
    Response(Response<Bytes>),
    /// So many bytes longer than what comes.
    Longer(Response<Bytes>, u64),
    Dropped,
    Reset,
    Silence,
}

async fn handle(
    shared: &Arc<Shared>,
    resets: &AtomicBool,
    request: Request<Incoming>,
) -> Result<Sent, Dropped> {
    let started = shared.born.elapsed();
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(|_| Dropped)?.to_bytes();
    let call = call(&head, &body, started);
    // On its own: what was sent on is done and recorded though the caller is gone.
    let reply = tokio::spawn(reply(Arc::clone(shared), call, head, body));
    match reply.await {
        Ok(Reply::Response(response)) => Ok(fault::whole(response)),
        Ok(Reply::Longer(response, by)) => Ok(fault::longer(response, by)),
        Ok(Reply::Reset) => {
            resets.store(true, Ordering::SeqCst);
            Err(Dropped)
        }
        Ok(Reply::Silence) => std::future::pending().await,
        Ok(Reply::Dropped) | Err(_) => Err(Dropped),
    }
}

async fn reply(shared: Arc<Shared>, mut call: Call, head: Parts, body: Bytes) -> Reply {
    let (latency, as_https, upstream, clock, answer, first) = {
        let mut state = shared.lock();
        let answer = state.rules.iter_mut().find_map(|rule| rule(&call));
        let first = state.first.get(&call.request()).cloned();
        call.forwarded = match &answer {
            None | Some(Answer::DropAfter | Answer::Longer(_) | Answer::Change(_)) => true,
            Some(Answer::Silence { carried_out, .. }) => *carried_out,
            Some(Answer::Earlier) => first.is_none(),
            Some(_) => false,
        };
        let now = state.clock.map(|ahead| SystemTime::now() + ahead);
        call.forwarded &= now.is_none_or(|now| is_dated(&head, now));
        state.under_way += usize::from(call.forwarded);
        let State {
            latency,
            as_https,
            upstream,
            ..
        } = *state;
        (latency, as_https, upstream, now, answer, first)
    };
    tokio::time::sleep(latency).await;

    let is_late = clock.is_some_and(|now| !is_dated(&head, now));
    let forwarded = match call.forwarded {
        true => Some(forward(upstream, head, body, as_https).await),
        false => None,
    };
    let plain = answer.is_none() && call.reads();
    if let Some(response) = forwarded.as_ref().filter(|_| plain) {
        let mut state = shared.lock();
        let first = state.first.entry(call.request());
        first.or_insert_with(|| response.clone());
    }
    let (reply, told) = answered(&call, answer, forwarded, first, is_late);
    let reply = dated(reply, clock);
    call.status = match &reply {
        Reply::Response(response) | Reply::Longer(response, _) => Some(response.status().as_u16()),
        Reply::Dropped | Reply::Reset | Reply::Silence => None,
    };
    call.ended = shared.born.elapsed();
    shared.note(call.clone());
    if let Some(told) = told {
        // Nobody listens any more once the caller was killed for another reason.
        let _ = told.send(call);
    }
    reply
}

/// What goes back, and who is to hear of it first.
fn answered(
    call: &Call,
    answer: Option<Answer>,
    forwarded: Option<Response<Bytes>>,
    first: Option<Response<Bytes>>,
    is_late: bool,
) -> (Reply, Option<Sender<Call>>) {
    let reply = match (answer, forwarded) {
        _ if is_late => Reply::Response(fault::skewed(call)),
        (None, Some(response)) => Reply::Response(response),
        (
            Some(Answer::Error {
                status,
                code,
                message,
            }),
            _,
        ) => Reply::Response(fault::response(call, status, &code, &message)),
        (Some(Answer::Text(body)), _) => Reply::Response(fault::text(body)),
        (Some(Answer::Page { status, body }), _) => Reply::Response(fault::page(status, body)),
        (Some(Answer::Reset), _) => Reply::Reset,
        (Some(Answer::Silence { told, .. }), _) => return (Reply::Silence, told),
        // What has no body cannot be cut in it.
        (Some(Answer::Longer(_)), Some(response))
            if call.method == "HEAD" || response.status() == StatusCode::NO_CONTENT =>
        {
            Reply::Dropped
        }
        (Some(Answer::Longer(by)), Some(response)) => Reply::Longer(response, by),
        (Some(Answer::Change(change)), Some(response)) => {
            let mut response = response.map(|body| Bytes::from((change.0)(&body)));
            response.headers_mut().remove(CONTENT_LENGTH);
            Reply::Response(response)
        }
        (Some(Answer::Earlier), response) => match first.or(response) {
            Some(response) => Reply::Response(response),
            None => Reply::Dropped,
        },
        (None | Some(_), _) => Reply::Dropped,
    };
    (reply, None)
}

/// With the time of a clock that is another than the caller's.
fn dated(mut reply: Reply, clock: Option<SystemTime>) -> Reply {
    if let (Reply::Response(response) | Reply::Longer(response, _), Some(now)) = (&mut reply, clock)
    {
        let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        let date = fault::http_date(since);
        let date = date.parse().expect("a date is a header");
        response.headers_mut().insert(DATE, date);
    }
    reply
}

/// A request as the record has it.
fn call(head: &Parts, body: &Bytes, started: Duration) -> Call {
    let body = String::from_utf8_lossy(body).into_owned();
    let (service, operation) = operation::of(head, &body);
    let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
    Call {
        service,
        operation,
        access_key: operation::signed_by(head).unwrap_or_default().to_owned(),
        method: head.method.to_string(),
        path: path.to_owned(),
        body,
        started,
        ended: started,
        status: None,
        forwarded: false,
    }
}

/// Whether a request was signed at about this time: `20261129T231500Z`.
fn is_dated(head: &Parts, now: SystemTime) -> bool {
    let text = head
        .headers
        .get("x-amz-date")
        .and_then(|it| it.to_str().ok());
    let parts = text.and_then(|text| {
        Some(format!(
            "{}-{}-{}T{}:{}:{}Z",
            text.get(0..4)?,
            text.get(4..6)?,
            text.get(6..8)?,
            text.get(9..11)?,
            text.get(11..13)?,
            text.get(13..15)?
        ))
    });
    let at = parts.and_then(|text| DateTime::from_str(&text, Format::DateTime).ok());
    at.is_some_and(|at| {
        let differ = DateTime::from(now).secs().abs_diff(at.secs());
        differ <= CLOCKS_MAY_DIFFER.as_secs()
    })
}

/// Ask the server, on a connection of its own, and read its answer whole.
async fn forward(
    upstream: SocketAddr,
    mut head: Parts,
    body: Bytes,
    as_https: bool,
) -> Response<Bytes> {
    if as_https {
        let https = hyper::header::HeaderValue::from_static("https");
        head.headers.insert("x-forwarded-proto", https);
    }
    // Their framing ends here: bodies are forwarded whole, with a length that hyper writes.
    head.headers.remove(TRANSFER_ENCODING);
    head.headers.remove(EXPECT);
    let request = Request::from_parts(head, Full::new(body));
    match exchange(upstream, request).await {
        Ok(response) => response,
        // No answer of the test server is a failure of the test ground: say so in the reply.
        Err(error) => Response::builder()
            .status(StatusCode::BAD_GATEWAY)
            .body(Bytes::from(format!("the test server: {error}")))
            .expect("it is valid"),
    }
}

async fn exchange(
    upstream: SocketAddr,
    request: Request<Full<Bytes>>,
) -> Result<Response<Bytes>, Box<dyn std::error::Error + Send + Sync>> {
    let stream = TcpStream::connect(upstream).await?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let (mut head, body) = sender.send_request(request).await?.into_parts();
    let body = body.collect().await?.to_bytes();
    head.headers.remove(TRANSFER_ENCODING);
    Ok(Response::from_parts(head, body))
}
