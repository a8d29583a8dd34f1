//! The connections: read a request whole, record it, forward it or not, answer it or not.

use std::{convert::Infallible, fmt, sync::Arc};

use http_body_util::{BodyExt as _, Full};
use hyper::{
    Request, Response, StatusCode,
    body::{Bytes, Incoming},
    http::request::Parts,
};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};

use super::{Answer, Call, Shared, fault, fault::Change, operation};

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

async fn handle(
    shared: &Shared,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Dropped> {
    let started = shared.born.elapsed();
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(|_| Dropped)?.to_bytes();
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
    let (latency, as_https, answer) = {
        let mut state = shared.lock();
        let answer = state.rules.iter_mut().find_map(|rule| rule(&call));
        (state.latency, state.as_https, answer)
    };
    tokio::time::sleep(latency).await;

    call.forwarded = !matches!(
        answer,
        Some(Answer::Error { .. } | Answer::Text(_) | Answer::Drop | Answer::Never)
    );
    let change = match &answer {
        Some(Answer::Change(change)) => Some(change.clone()),
        _ => None,
    };
    let response = match answer {
        None | Some(Answer::Change(_)) => forward(shared, head, body, as_https).await,
        Some(Answer::Error {
            status,
            code,
            message,
        }) => Ok(fault::response(&call, status, &code, &message)),
        Some(Answer::Text(body)) => Ok(Response::new(Full::new(Bytes::from(body)))),
        Some(Answer::Drop) => Err(Dropped),
        Some(Answer::Never) => std::future::pending().await,
        Some(Answer::DropAfter) => forward(shared, head, body, as_https)
            .await
            .and(Err(Dropped)),
    };
    let response = match (response, change) {
        (Ok(response), Some(change)) => Ok(changed(response, &change).await),
        (response, _) => response,
    };
    call.status = response.as_ref().ok().map(|it| it.status().as_u16());
    call.ended = shared.born.elapsed();
    shared.lock().calls.push(call);
    response
}

async fn changed(response: Response<Full<Bytes>>, change: &Change) -> Response<Full<Bytes>> {
    let (mut head, body) = response.into_parts();
    let body = match body.collect().await {
        Ok(body) => body.to_bytes(),
        Err(never) => match never {},
    };
    head.headers.remove(hyper::header::CONTENT_LENGTH);
    Response::from_parts(head, Full::new(Bytes::from((change.0)(&body))))
}

/// Ask the server, on a connection of its own, and read its answer whole.
async fn forward(
    shared: &Shared,
    mut head: Parts,
    body: Bytes,
    as_https: bool,
) -> Result<Response<Full<Bytes>>, Dropped> {
    if as_https {
        let https = hyper::header::HeaderValue::from_static("https");
        head.headers.insert("x-forwarded-proto", https);
    }
    // Their framing ends here: bodies are forwarded whole, with a length that hyper writes.
    head.headers.remove(hyper::header::TRANSFER_ENCODING);
    head.headers.remove(hyper::header::EXPECT);
    let request = Request::from_parts(head, Full::new(body));
    match exchange(shared, request).await {
        Ok(response) => Ok(response),
        // No answer of the test server is a failure of the test ground: say so in the reply.
        Err(error) => Ok(Response::builder()
            .status(StatusCode::BAD_GATEWAY)
            .body(Full::new(Bytes::from(format!("the test server: {error}"))))
            .expect("it is valid")),
    }
}

async fn exchange(
    shared: &Shared,
    request: Request<Full<Bytes>>,
) -> Result<Response<Full<Bytes>>, Box<dyn std::error::Error + Send + Sync>> {
    let stream = TcpStream::connect(shared.upstream).await?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let (mut head, body) = sender.send_request(request).await?.into_parts();
    let body = body.collect().await?.to_bytes();
    head.headers.remove(hyper::header::TRANSFER_ENCODING);
    Ok(Response::from_parts(head, Full::new(body)))
}
