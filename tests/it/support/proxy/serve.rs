//! The connections: read a request whole, record it, forward it or not, answer it or not.

use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
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
    Answer, Call, Shared,
    fault::{self, Dropped, Reply},
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

async fn handle(
    shared: &Shared,
    resets: &AtomicBool,
    request: Request<Incoming>,
) -> Result<Reply, Dropped> {
    let started = shared.born.elapsed();
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(|_| Dropped)?.to_bytes();
    let mut call = call(&head, &body, started);
    let (latency, as_https, clock, answer, first) = {
        let mut state = shared.lock();
        let answer = state.rules.iter_mut().find_map(|rule| rule(&call));
        let first = state.first.get(&call.request()).cloned();
        (state.latency, state.as_https, state.clock, answer, first)
    };
    tokio::time::sleep(latency).await;

    let now = clock.map(|ahead| SystemTime::now() + ahead);
    let is_late = now.is_some_and(|now| !is_dated(&head, now));
    let forward = async |call: &mut Call| {
        call.forwarded = true;
        forward(shared, head.clone(), body.clone(), as_https).await
    };
    let mut more = 0;
    let response = match answer {
        _ if is_late => Ok(fault::skewed(&call)),
        None => {
            let response = forward(&mut call).await;
            if let (true, Ok(response)) = (call.reads(), &response) {
                let mut state = shared.lock();
                let first = state.first.entry(call.request());
                first.or_insert_with(|| response.clone());
            }
            response
        }
        Some(Answer::Error {
            status,
            code,
            message,
        }) => Ok(fault::response(&call, status, &code, &message)),
        Some(Answer::Text(body)) => Ok(fault::text(body)),
        Some(Answer::Page { status, body }) => Ok(fault::page(status, body)),
        Some(Answer::Drop) => Err(Dropped),
        Some(Answer::Reset) => {
            resets.store(true, Ordering::SeqCst);
            Err(Dropped)
        }
        Some(Answer::DropAfter) => forward(&mut call).await.and(Err(Dropped)),
        Some(Answer::Never) => {
            shared.lock().calls.push(call);
            return std::future::pending().await;
        }
        Some(Answer::Longer(by)) => {
            more = by;
            forward(&mut call).await
        }
        Some(Answer::Altered(alter)) => forward(&mut call).await.map(|response| {
            let mut response = response.map(|body| alter(&String::from_utf8_lossy(&body)).into());
            response.headers_mut().remove(CONTENT_LENGTH);
            response
        }),
        Some(Answer::Earlier) => match first {
            Some(first) => Ok(first),
            None => forward(&mut call).await,
        },
    };
    call.status = response.as_ref().ok().map(|it| it.status().as_u16());
    call.ended = shared.born.elapsed();
    // What has no body cannot be cut in it.
    let is_bare = call.method == "HEAD" || call.status == Some(204);
    shared.lock().calls.push(call);
    let mut response = response?;
    if let Some(now) = now {
        let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        let date = fault::http_date(since);
        let date = date.parse().expect("a date is a header");
        response.headers_mut().insert(DATE, date);
    }
    match more {
        0 => Ok(fault::whole(response)),
        _ if is_bare => Err(Dropped),
        more => Ok(fault::longer(response, more)),
    }
}

/// A request as the record has it.
fn call(head: &Parts, body: &Bytes, started: Duration) -> Call {
    let body = String::from_utf8_lossy(body).into_owned();
    let (service, operation) = operation::of(head, &body);
    let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
    Call {
        service,
        operation,
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
    shared: &Shared,
    mut head: Parts,
    body: Bytes,
    as_https: bool,
) -> Result<Response<Bytes>, Dropped> {
    if as_https {
        let https = hyper::header::HeaderValue::from_static("https");
        head.headers.insert("x-forwarded-proto", https);
    }
    // Their framing ends here: bodies are forwarded whole, with a length that hyper writes.
    head.headers.remove(TRANSFER_ENCODING);
    head.headers.remove(EXPECT);
    let request = Request::from_parts(head, Full::new(body));
    match exchange(shared, request).await {
        Ok(response) => Ok(response),
        // No answer of the test server is a failure of the test ground: say so in the reply.
        Err(error) => Ok(Response::builder()
            .status(StatusCode::BAD_GATEWAY)
            .body(Bytes::from(format!("the test server: {error}")))
            .expect("it is valid")),
    }
}

async fn exchange(
    shared: &Shared,
    request: Request<Full<Bytes>>,
) -> Result<Response<Bytes>, Box<dyn std::error::Error + Send + Sync>> {
    let stream = TcpStream::connect(shared.upstream).await?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let (mut head, body) = sender.send_request(request).await?.into_parts();
    let body = body.collect().await?.to_bytes();
    head.headers.remove(TRANSFER_ENCODING);
    Ok(Response::from_parts(head, body))
}
