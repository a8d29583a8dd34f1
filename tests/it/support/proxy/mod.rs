//! A proxy before a server of AWS, or of Google, that records every call and makes faults on demand.
//!
//! It keeps the Host header, so signatures stay valid at a server that checks them.

mod call;
mod fault;
mod operation;
mod serve;

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc},
    time::{Duration, Instant},
};

use hyper::{Response, body::Bytes};

use super::{account::Account, google::Google};

pub use self::{call::Call, fault::Answer};

/// A running proxy. It stops when dropped.
pub struct Proxy {
    endpoint: String,
    /// As reached through the proxy, if an account of AWS is behind it.
    account: Option<Account>,
    shared: Arc<Shared>,
    /// Keeps the connections going. Dropped with the proxy, which ends them.
    _runtime: tokio::runtime::Runtime,
}

/// What the connections and the test look at together.
struct Shared {
    born: Instant,
    state: Mutex<State>,
    /// Told when a call that was forwarded has come back.
    came_back: Condvar,
}

struct State {
    upstream: SocketAddr,
    calls: Vec<Call>,
    /// How many calls the server is asked at this moment.
    under_way: usize,
    rules: Vec<fault::Rule>,
    latency: Duration,
    as_https: bool,
    /// How far the server's clock is ahead, if that is played at all.
    clock: Option<Duration>,
    /// What was answered first to each read.
    first: HashMap<String, Response<Bytes>>,
}

impl Proxy {
    /// A proxy before the server of this account.
    pub fn before(account: &Account) -> Self {
        let mut proxy = Self::before_server(&account.endpoint);
        proxy.account = Some(account.at(&proxy.endpoint));
        proxy
    }

    /// A proxy before a server of Google's.
    pub fn before_google(server: &Google) -> Self {
        Self::before_server(server.endpoint())
    }

    /// A proxy before the server at this endpoint.
    pub fn before_server(endpoint: &str) -> Self {
        let shared = Arc::new(Shared {
            born: Instant::now(),
            state: Mutex::new(State {
                upstream: address_of(endpoint),
                calls: Vec::new(),
                under_way: 0,
                rules: Vec::new(),
                latency: Duration::ZERO,
                as_https: false,
                clock: None,
                first: HashMap::new(),
            }),
            came_back: Condvar::new(),
        });
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a thread can be started");
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind(("127.0.0.1", 0)))
            .expect("127.0.0.1 has free ports");
        let address = listener.local_addr().expect("it is bound");
        runtime.spawn(serve::accept(listener, Arc::clone(&shared)));
        Self {
            endpoint: format!("http://{address}"),
            account: None,
            shared,
            _runtime: runtime,
        }
    }

    /// The account as reached through this proxy.
    pub fn account(&self) -> &Account {
        self.account
            .as_ref()
            .expect("it is before an account of AWS")
    }

    /// Where it listens.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// From now on, stand before the server of this account.
    pub fn lead_to(&self, account: &Account) {
        self.lead_to_server(&account.endpoint);
    }

    /// From now on, stand before the server at this endpoint.
    pub fn lead_to_server(&self, endpoint: &str) {
        self.shared.lock().upstream = address_of(endpoint);
    }

    /// Every call so far that was answered or dropped, in the order of arrival.
    pub fn calls(&self) -> Vec<Call> {
        let mut calls = self.shared.lock().calls.clone();
        calls.sort_by_key(|call| call.started);
        calls
    }

    /// The operations called so far, such as `iam:GetRole`, in the order of arrival.
    pub fn operations(&self) -> Vec<String> {
        self.calls().iter().map(Call::name).collect()
    }

    /// How many of the calls so far had to wait for another: the round trips in sequence.
    ///
    /// It is the longest chain of calls of which each began after the one before it had ended.
    /// Set a latency first: a chain of calls that take no time says little.
    pub fn rounds(&self) -> usize {
        call::rounds(&self.calls())
    }

    /// Forget the calls so far, and what was answered to them. Rules and latency stay.
    pub fn forget(&self) {
        self.count_anew();
        self.shared.lock().first.clear();
    }

    /// Forget the calls so far, and keep what was answered to them.
    pub fn count_anew(&self) {
        self.shared.lock().calls.clear();
    }

    /// Hold every call for this long before it is looked at, as the network would.
    pub fn set_latency(&self, latency: Duration) {
        self.shared.lock().latency = latency;
    }

    /// Tell the server that the client came by https. ministack believes it, so that a policy
    /// which denies plain http can be tested.
    pub fn forward_as_https(&self) {
        self.shared.lock().as_https = true;
    }

    /// Play a server whose clock is so far ahead of ours, and which refuses who signs by ours.
    pub fn set_clock_ahead(&self, ahead: Duration) {
        self.shared.lock().clock = Some(ahead);
    }

    /// Answer the next `times` calls of `operation`, such as `PutBucketPolicy`, by this.
    pub fn on(&self, operation: &str, times: usize, answer: Answer) {
        let operation = operation.to_owned();
        let mut left = times;
        self.rule(move |call| {
            if call.operation != operation || left == 0 {
                return None;
            }
            left -= 1;
            Some(answer.clone())
        });
    }

    /// Answer the call that comes after `passed` others from now on: for a fault at every point.
    pub fn on_call_after(&self, passed: usize, answer: Answer) {
        let mut to_come = passed;
        self.rule(move |_| {
            if to_come == 0 {
                to_come = usize::MAX;
                return Some(answer.clone());
            }
            to_come -= 1;
            None
        });
    }

    /// Answer neither the call that comes after `passed` others from now on, nor any that comes after
    /// that one: the caller hears nothing until it ends. The server does that one call if
    /// `carried_out`, and none of those after it. The receiver gets it once that is decided and done.
    pub fn silence_after(&self, passed: usize, carried_out: bool) -> mpsc::Receiver<Call> {
        let (told, heard) = mpsc::channel();
        let (mut to_come, mut told) = (passed, Some(told));
        self.rule(move |_| {
            if to_come > 0 {
                to_come -= 1;
                return None;
            }
            Some(Answer::Silence {
                carried_out: carried_out && told.is_some(),
                told: told.take(),
            })
        });
        heard
    }

    /// Wait until the server has done all that was sent on to it.
    pub fn wait_until_quiet(&self) {
        let state = self.shared.lock();
        let quiet = self
            .shared
            .came_back
            .wait_while(state, |state| state.under_way > 0);
        drop(quiet.unwrap_or_else(PoisonError::into_inner));
    }

    /// Answer each call for which `rule` has an answer. The first rule that has one wins; a rule
    /// is not asked about a call that an earlier rule answered.
    pub fn rule(&self, rule: impl FnMut(&Call) -> Option<Answer> + Send + 'static) {
        self.shared.lock().rules.push(Box::new(rule));
    }

    /// Take all rules away, and set the clock right.
    pub fn heal(&self) {
        let mut state = self.shared.lock();
        state.rules.clear();
        state.clock = None;
    }
}

/// Where the server at this endpoint listens.
fn address_of(endpoint: &str) -> SocketAddr {
    endpoint
        .strip_prefix("http://")
        .and_then(|address| address.parse().ok())
        .expect("the endpoints of the test servers are http://127.0.0.1:PORT")
}

impl Shared {
    /// Record a call that is over.
    fn note(&self, call: Call) {
        let mut state = self.lock();
        state.under_way -= usize::from(call.forwarded);
        state.calls.push(call);
        self.came_back.notify_all();
    }

    /// The state. A rule that panicked has failed its own test; the state is whole.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
