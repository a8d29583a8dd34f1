//! The servers in Python, one process of each kind for the whole test binary.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

use serde_json::json;

use super::{account::Account, place};

/// The first account number given out. Any twelve digits will do; these are easy to see.
const FIRST_ACCOUNT: u64 = 700_000_000_001;

/// A running AWS server. It ends when this process does, in whatever way that happens:
/// `tests/serve.py` holds it and watches the pipe that `launcher` keeps open.
pub struct Server {
    kind: Kind,
    endpoint: String,
    launcher: Child,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Ministack,
    Moto,
    /// Google Cloud: it has no accounts.
    Gcplocal,
}

impl Server {
    /// ministack, which enforces policies, trust and signatures.
    pub fn ministack() -> &'static Self {
        static SERVER: OnceLock<Server> = OnceLock::new();
        SERVER.get_or_init(|| Self::start(Kind::Ministack))
    }

    /// moto, which allows everything: a second opinion on wire formats.
    pub fn moto() -> &'static Self {
        static SERVER: OnceLock<Server> = OnceLock::new();
        SERVER.get_or_init(|| Self::start(Kind::Moto))
    }

    /// gcplocal, Google Cloud without authorisation and without etags: a second opinion on its JSON.
    pub fn gcplocal() -> &'static Self {
        static SERVER: OnceLock<Server> = OnceLock::new();
        SERVER.get_or_init(|| Self::start(Kind::Gcplocal))
    }

    /// Where it listens, such as `http://127.0.0.1:40969`.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// An account nobody else has, with credentials that may do everything in it.
    ///
    /// # Guarantees
    /// Identities and lists of buckets are this account's alone. Names of buckets are shared by
    /// all accounts, as in AWS: take them from [`Account::bucket`].
    pub fn account(&self) -> Account {
        static NEXT: AtomicU64 = AtomicU64::new(FIRST_ACCOUNT);
        self.account_with_id(&NEXT.fetch_add(1, Ordering::Relaxed).to_string())
    }

    /// The account with this twelve-digit number.
    pub fn account_with_id(&self, account_id: &str) -> Account {
        let root = root_of_ministack(&self.endpoint, account_id);
        match self.kind {
            Kind::Ministack | Kind::Gcplocal => root,
            // moto takes it too, and it is only another key of its one account; a role's session is what leads
            // into another one, and moto does not ask whether the role is there.
            Kind::Moto => root
                .assume_role(&format!("arn:aws:iam::{account_id}:role/root"), &json!({}))
                .expect("moto lets everybody assume every role"),
        }
    }

    fn start(kind: Kind) -> Self {
        let name = match kind {
            Kind::Ministack => "ministack",
            Kind::Moto => "moto",
            Kind::Gcplocal => "gcplocal",
        };
        let log = place::log(&format!("{name}.log"));
        let mut launcher = Command::new(place::python())
            .arg(place::tests("serve.py"))
            .args([name, "--log"])
            .arg(&log)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("tests/serve.py can be started");
        let mut line = String::new();
        let output = launcher.stdout.take().expect("it is piped");
        BufReader::new(output)
            .read_line(&mut line)
            .expect("its output can be read");
        let ready: serde_json::Value = serde_json::from_str(&line)
            .unwrap_or_else(|_| panic!("{name} did not start; its output is in {}", log.display()));
        Self {
            kind,
            endpoint: ready["endpoint"]
                .as_str()
                .expect("serve.py says where")
                .to_owned(),
            launcher,
        }
    }
}

/// Both servers take an access key of twelve digits; to ministack it is that account's root.
pub(super) fn root_of_ministack(endpoint: &str, account_id: &str) -> Account {
    Account {
        endpoint: endpoint.to_owned(),
        access_key: account_id.to_owned(),
        secret_key: "secret".to_owned(),
        session_token: None,
        account_id: account_id.to_owned(),
        region: "us-east-1".to_owned(),
    }
}
