//! The connections: read a request whole, record it, forward it or not, answer it or not.

use std::{convert::Infallible, fmt, net::SocketAddr, sync::Arc, time::Duration};

use http_body_util::{BodyExt as _, Full};
use hyper::{
    Request, Response, StatusCode,
    body::{Bytes, Incoming},
    http::request::Parts,
};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};

use super::{Answer, Call, Shared, fault, operation};

/// Returned in place of a response, it makes hyper close the connection.
#[derive(Debug)]
struct Dropped;

impl fmt::Display for Dropped {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("dropped, as the test asked")
    }
}

impl std::error::Error for Dropped {}

/// Serve every connection until the runtime ends.
pub async fn accept(listener: TcpListener, shared: Arc<Shared>) -> Infallible {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            continue;
        };
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let service = hyper::service::service_fn(|request| handle(&shared, request));
            // It fails when a call is dropped or the client goes away; the record has both.
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

/// What becomes of a request.
enum Reply {
    Response(Response<Full<Bytes>>),
    Dropped,
    Silence,
}

async fn handle(
    shared: &Arc<Shared>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Dropped> {
    let started = shared.born.elapsed();
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(|_| Dropped)?.to_bytes();
    // On its own: what was sent on is done and recorded though the caller is gone.
    let reply = tokio::spawn(reply(Arc::clone(shared), started, head, body));
    match reply.await {
        Ok(Reply::Response(response)) => Ok(response),
        Ok(Reply::Dropped) | Err(_) => Err(Dropped),
        Ok(Reply::Silence) => std::future::pending().await,
    }
}

async fn reply(shared: Arc<Shared>, started: Duration, head: Parts, body: Bytes) -> Reply {
    let text = String::from_utf8_lossy(&body).into_owned();
    let (service, operation) = operation::of(&head, &text);
    let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
    let mut call = Call {
        service,
        operation,
        method: head.method.to_string(),
        path: path.to_owned(),
        body: text,
        started,
        ended: started,
        status: None,
        forwarded: false,
    };
    let (latency, as_https, upstream, answer) = {
        let mut state = shared.lock();
        let answer = state.rules.iter_mut().find_map(|rule| rule(&call));
        call.forwarded = matches!(
            answer,
            None | Some(
                Answer::DropAfter
                    | Answer::Silence {
                        carried_out: true,
                        ..
                    }
            )
        );
        state.under_way += usize::from(call.forwarded);
        (state.latency, state.as_https, state.upstream, answer)
    };
    tokio::time::sleep(latency).await;

    let forwarded = match call.forwarded {
        true => Some(forward(upstream, head, body, as_https).await),
        false => None,
    };
    let (reply, told) = match (answer, forwarded) {
        (None, Some(response)) => (Reply::Response(response), None),
        (
            Some(Answer::Error {
                status,
                code,
                message,
            }),
            _,
        ) => {
            let response = fault::response(&call, status, &code, &message);
            (Reply::Response(response), None)
        }
        (Some(Answer::Text(body)), _) => {
            let response = Response::new(Full::new(Bytes::from(body)));
            (Reply::Response(response), None)
        }
        (Some(Answer::Silence { told, .. }), _) => (Reply::Silence, told),
        (None | Some(Answer::Drop | Answer::DropAfter), _) => (Reply::Dropped, None),
    };
    call.status = match &reply {
        Reply::Response(response) => Some(response.status().as_u16()),
        Reply::Dropped | Reply::Silence => None,
    };
    call.ended = shared.born.elapsed();
    shared.note(call.clone());
    if let Some(told) = told {
        // Nobody listens any more once the caller was killed for another reason.
        let _ = told.send(call);
    }
    reply
}

/// Ask the server, on a connection of its own, and read its answer whole.
async fn forward(
    upstream: SocketAddr,
    mut head: Parts,
    body: Bytes,
    as_https: bool,
) -> Response<Full<Bytes>> {
    if as_https {
        let https = hyper::header::HeaderValue::from_static("https");
        head.headers.insert("x-forwarded-proto", https);
    }
    // Their framing ends here: bodies are forwarded whole, with a length that hyper writes.
    head.headers.remove(hyper::header::TRANSFER_ENCODING);
    head.headers.remove(hyper::header::EXPECT);
    let request = Request::from_parts(head, Full::new(body));
    match exchange(upstream, request).await {
        Ok(response) => response,
        // No answer of the test server is a failure of the test ground: say so in the reply.
        Err(error) => Response::builder()
            .status(StatusCode::BAD_GATEWAY)
            .body(Full::new(Bytes::from(format!("the test server: {error}"))))
            .expect("it is valid"),
    }
}

async fn exchange(
    upstream: SocketAddr,
    request: Request<Full<Bytes>>,
) -> Result<Response<Full<Bytes>>, Box<dyn std::error::Error + Send + Sync>> {
    let stream = TcpStream::connect(upstream).await?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let (mut head, body) = sender.send_request(request).await?.into_parts();
    let body = body.collect().await?.to_bytes();
    head.headers.remove(hyper::header::TRANSFER_ENCODING);
    Ok(Response::from_parts(head, Full::new(body)))
}
