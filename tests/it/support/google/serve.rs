//! The server: read a request whole, carry it out on the state, answer.

use super::reply::{Outcome, Reply};
use super::route::{self, Asked};
use super::state::State;
use super::{accounts, buckets, keys, objects, policies, pools, roles, secrets, tokens, uploads};
use crate::support::S3setup;
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::AUTHORIZATION;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;

/// A running server. It stops when dropped.
pub struct Google {
    endpoint: String,
    shared: Arc<Shared>,
    runtime: Option<tokio::runtime::Runtime>,
}

impl Drop for Google {
    /// A rule of a proxy may hold the last one, on a thread where nothing may be waited for.
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// A request, and what became of it.
#[derive(Clone, Debug)]
pub struct Logged {
    /// The id of the method.
    pub method: String,
    pub path: String,
    pub status: u16,
}

struct Shared {
    state: Mutex<State>,
    log: Mutex<Vec<Logged>>,
    endpoint: String,
}

impl Google {
    /// One that holds this.
    pub fn start(state: State) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a thread can be started");
        let listener = runtime
            .block_on(TcpListener::bind(("127.0.0.1", 0)))
            .expect("127.0.0.1 has free ports");
        let address = listener.local_addr().expect("it is bound");
        let endpoint = format!("http://{address}");
        let shared = Arc::new(Shared {
            state: Mutex::new(state),
            log: Mutex::default(),
            endpoint: endpoint.clone(),
        });
        runtime.spawn(accept(listener, Arc::clone(&shared)));
        Self {
            endpoint,
            shared,
            runtime: Some(runtime),
        }
    }

    /// `http://127.0.0.1:PORT`.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// What it holds at this moment.
    pub fn state(&self) -> State {
        self.shared.state().clone()
    }

    /// Changes what it holds, as people with a console would.
    pub fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.shared.state())
    }

    /// All requests so far.
    pub fn log(&self) -> Vec<Logged> {
        self.shared.log().clone()
    }

    /// The methods that changed something so far, in order.
    pub fn writes(&self) -> Vec<String> {
        let reads = |method: &str| {
            let found = s3setup::permissions::Method::named(method);
            found.is_none_or(|method| method.reads())
        };
        let log = self.log().into_iter().map(|it| it.method);
        log.filter(|method| !reads(method)).collect()
    }

    /// Forgets the requests so far.
    pub fn forget(&self) {
        self.shared.log().clear();
    }

    /// A tool that works here, and knows no account of AWS.
    pub fn tool(&self) -> S3setup {
        tool_at(&self.endpoint)
    }

    /// The same, at a server that knows who asks: the tool shows that it is the operator.
    pub fn tool_of_operator(&self) -> S3setup {
        let mut tool = self.tool();
        self.make_operator(&mut tool);
        tool
    }

    /// From now on the server knows who asks, and the tool shows that it is the operator.
    pub fn make_operator(&self, tool: &mut S3setup) {
        self.change(|state| state.strict = true);
        let file = serde_json::json!({
            "type": "authorized_user", "client_id": "c", "client_secret": "s",
            "refresh_token": "1//operator", "token_uri": format!("{}/token", self.endpoint()),
        });
        let file = tool.file("operator.json", &file.to_string());
        let file = file.display().to_string();
        tool.env("GOOGLE_APPLICATION_CREDENTIALS", &file);
    }

    /// The file of a key, as Google's libraries read it.
    pub fn key_file(&self, email: &str, id: &str) -> serde_json::Value {
        let state = self.shared.state();
        let account = &state.accounts[email];
        let uri = format!("{}/token", self.endpoint);
        keys::file(&account.project, email, &account.unique_id, id, &uri)
    }
}

/// A tool that works at this server of Google's.
pub fn tool_at(endpoint: &str) -> S3setup {
    let mut tool = S3setup::without_credentials();
    tool.env("S3SETUP_GOOGLE_ENDPOINT", endpoint);
    // Nobody is asked who this machine is: that would be looked for on the network.
    tool.env("GCE_METADATA_HOST", "127.0.0.1:9");
    tool
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn log(&self) -> MutexGuard<'_, Vec<Logged>> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) -> Infallible {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            continue;
        };
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let service = hyper::service::service_fn(|request| handle(&shared, request));
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

async fn handle(
    shared: &Shared,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let (head, body) = request.into_parts();
    let body = body.collect().await?.to_bytes().to_vec();
    let path = head
        .uri
        .path_and_query()
        .map_or("/", |it| it.as_str())
        .to_owned();
    let token = head
        .headers
        .get(AUTHORIZATION)
        .and_then(|it| it.to_str().ok());
    let token = token
        .and_then(|it| it.strip_prefix("Bearer "))
        .map(str::to_owned);
    let reply = match route::of(head.method.as_str(), &path) {
        None => Reply {
            status: 404,
            body: b"Not Found".to_vec(),
        },
        Some((method, names)) => {
            let asked = Asked {
                method,
                names,
                query: route::query(head.uri.query().unwrap_or_default()),
                body,
                token,
                path: path.clone(),
            };
            let outcome = carry_out(&mut shared.state(), &asked, &shared.endpoint);
            let reply = outcome.unwrap_or_else(|refusal| refusal);
            shared.log().push(Logged {
                method: method.to_owned(),
                path,
                status: reply.status,
            });
            reply
        }
    };
    let response = Response::builder()
        .status(reply.status)
        .header("content-type", "application/json; charset=UTF-8")
        .body(Full::new(Bytes::from(reply.body)));
    Ok(response.expect("it is valid"))
}

fn carry_out(state: &mut State, asked: &Asked, endpoint: &str) -> Outcome {
    let (_, verb) = asked.method.rsplit_once('.').unwrap_or(("", asked.method));
    let of = |part: &str| asked.method.contains(part);
    match verb {
        _ if asked.method == "oauth2.token" => tokens::give(state, asked),
        _ if asked.method == "sts.token" => tokens::exchange(state, asked),
        "generateAccessToken" => tokens::impersonate(state, asked),
        "get" if of("versions") => secrets::version(state, asked),
        "get" if of("secrets") => secrets::get(state, asked),
        "create" if of("secrets") => secrets::create(state, asked),
        "patch" if of("secrets") => secrets::patch(state, asked),
        "addVersion" => secrets::add_version(state, asked),
        "access" => secrets::access(state, asked),
        _ if of("operations") => pools::operation(state, asked),
        "getIamPolicy" => policies::get(state, asked),
        "setIamPolicy" => policies::set(state, asked),
        "testIamPermissions" => policies::test(state, asked),
        _ if of("multipartUploads") => uploads::answer(state, asked),
        "get" if of("buckets") => buckets::get(state, asked),
        "list" if of("buckets") => buckets::list(state, asked),
        "insert" if of("buckets") => buckets::insert(state, asked),
        "patch" if of("buckets") => buckets::patch(state, asked),
        "delete" if of("buckets") => buckets::delete(state, asked),
        "get" if of("objects") => objects::get(state, asked),
        "list" if of("objects") => objects::list(state, asked),
        "insert" if of("objects") => objects::insert(state, asked),
        "delete" if of("objects") => objects::delete(state, asked),
        "get" if of("roles") => roles::get(state, asked),
        "list" if of("roles") => roles::list(state, asked),
        "create" if of("roles") => roles::create(state, asked),
        "patch" if of("roles") => roles::patch(state, asked),
        "delete" if of("roles") => roles::delete(state, asked),
        "undelete" if of("roles") => roles::undelete(state, asked),
        "get" if of("keys") => keys::get(state, asked),
        "list" if of("keys") => keys::list(state, asked),
        "create" if of("keys") => keys::create(state, asked, &format!("{endpoint}/token")),
        "delete" if of("keys") => keys::delete(state, asked),
        "enable" if of("keys") => keys::enable(state, asked, true),
        "disable" if of("keys") => keys::enable(state, asked, false),
        "get" if of("serviceAccounts") => accounts::get(state, asked),
        "list" if of("serviceAccounts") => accounts::list(state, asked),
        "create" if of("serviceAccounts") => accounts::create(state, asked),
        "patch" if of("serviceAccounts") => accounts::patch(state, asked),
        "delete" if of("serviceAccounts") => accounts::delete(state, asked),
        "enable" => accounts::enable(state, asked, true),
        "disable" => accounts::enable(state, asked, false),
        "get" => pools::get(state, asked),
        "list" => pools::list(state, asked),
        "create" => pools::create(state, asked),
        "patch" => pools::patch(state, asked),
        "delete" => pools::delete(state, asked),
        "undelete" => pools::undelete(state, asked),
        odd => Err(Reply::iam(501, "UNIMPLEMENTED", odd)),
    }
}
