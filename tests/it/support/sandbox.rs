//! Servers of ministack that can be copied with all that they hold: see `tests/sandboxes.py`.

use std::{
    io::{BufRead, BufReader, Write as _},
    net::TcpStream,
    process::{Child, Command, Stdio},
    sync::OnceLock,
};

use serde::Deserialize;

use super::{account::Account, place, server};

/// A server of its own. It ends when it is dropped.
pub struct Sandbox {
    /// The server ends when this closes.
    connection: BufReader<TcpStream>,
    endpoint: String,
}

/// A server at rest, of which copies are to be had.
pub struct Snapshot {
    _connection: BufReader<TcpStream>,
    control: u16,
}

/// Where the first one is, from which all are made.
struct Origin {
    control: u16,
    /// All servers end when its standard input closes, and so when this process ends.
    _process: Child,
}

/// The lines that the servers say.
#[derive(Deserialize)]
struct Endpoint {
    endpoint: String,
}

#[derive(Deserialize)]
struct Control {
    control: u16,
}

impl Sandbox {
    /// A server that holds nothing.
    pub fn empty() -> Self {
        static ORIGIN: OnceLock<Origin> = OnceLock::new();
        Self::at(ORIGIN.get_or_init(Origin::start).control)
    }

    /// The account with this twelve-digit number, as its root.
    pub fn account_with_id(&self, account_id: &str) -> Account {
        server::root_of_ministack(&self.endpoint, account_id)
    }

    /// Answer no more: stay as it is, and be copied.
    pub fn snapshot(mut self) -> Snapshot {
        self.connection
            .get_mut()
            .write_all(b"snapshot\n")
            .expect("the server is running");
        let Control { control } = read(&mut self.connection);
        Snapshot {
            _connection: self.connection,
            control,
        }
    }

    fn at(control: u16) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", control)).expect("the server is running");
        let mut connection = BufReader::new(stream);
        let Endpoint { endpoint } = read(&mut connection);
        Self {
            connection,
            endpoint,
        }
    }
}

impl Snapshot {
    /// A server that holds what this one held.
    pub fn copy(&self) -> Sandbox {
        Sandbox::at(self.control)
    }
}

impl Origin {
    fn start() -> Self {
        let mut process = Command::new(place::python())
            .arg(place::tests("sandboxes.py"))
            .arg("--log")
            .arg(place::log("sandboxes.log"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("tests/sandboxes.py can be started");
        let output = process.stdout.take().expect("it is piped");
        let Control { control } = read(&mut BufReader::new(output));
        Self {
            control,
            _process: process,
        }
    }
}

/// The next line.
fn read<T: for<'a> Deserialize<'a>>(from: &mut impl BufRead) -> T {
    let mut line = String::new();
    from.read_line(&mut line)
        .expect("the server's output can be read");
    serde_json::from_str(&line).unwrap_or_else(|_| {
        panic!("the server did not start; its output is in target/servers/sandboxes.log")
    })
}
