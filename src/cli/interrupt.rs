//! Ctrl-C and SIGTERM. While something is being changed, what was begun is finished, within a bound;
//! else the command ends at once. A second signal always ends it at once.

use super::screen::Screen;
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::watch;

/// Exit codes of a shell for SIGINT and SIGTERM: 128 and the signal's number.
const SIGINT: u8 = 130;
#[cfg(unix)]
const SIGTERM: u8 = 143;

/// How long what was begun may take to end after the first signal. A call takes less than a second,
/// unless it waits for AWS. GitHub sends SIGTERM 7.5 s after SIGINT, and SIGKILL 2.5 s later
/// (<https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-cancellation>);
/// Docker sends SIGKILL 10 s after SIGTERM. This leaves time to say where things stand.
const GRACE: Duration = Duration::from_secs(6);

/// Which signal came, and whether it ends the command at once.
#[derive(Clone)]
pub(super) struct Interrupt {
    /// Something is being changed.
    careful: Arc<AtomicBool>,
    /// The exit code for the first signal.
    first: Arc<watch::Sender<Option<u8>>>,
}

impl Default for Interrupt {
    fn default() -> Self {
        Self {
            careful: Arc::default(),
            first: Arc::new(watch::Sender::new(None)),
        }
    }
}

impl Interrupt {
    /// The exit code for the signal that came.
    pub fn code(&self) -> Option<u8> {
        *self.first.borrow()
    }

    /// From now on the first signal is noted, and what was begun is finished.
    pub fn careful(&self) {
        self.careful.store(true, Ordering::SeqCst);
    }

    /// Ready when what was begun has had its time since the first signal.
    pub fn out_of_time(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut first = self.first.subscribe();
        async move {
            let came = first.wait_for(Option::is_some).await.is_ok();
            if !came {
                // Nobody sends any more: no signal will come.
                return std::future::pending().await;
            }
            tokio::time::sleep(GRACE).await;
        }
    }

    /// Watches for signals until the command ends.
    pub fn watch(&self, screen: &Screen) {
        let noted = self.clone();
        let (say, clear) = (screen.speaker(), screen.clearer());
        tokio::spawn(async move {
            let Some(mut signals) = Signals::new() else {
                return;
            };
            loop {
                let code = signals.next().await;
                if noted.code().is_some() || !noted.careful.load(Ordering::SeqCst) {
                    clear();
                    process::exit(i32::from(code));
                }
                noted.first.send_replace(Some(code));
                say(&format!(
                    "Finishing what was begun, for at most {} s. Once more ends at once.",
                    GRACE.as_secs()
                ));
            }
        });
    }
}

/// Both signals.
#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    /// `None` where the system lets nobody watch for them: then they end the process by themselves.
    fn new() -> Option<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Some(Self {
            interrupt: signal(SignalKind::interrupt()).ok()?,
            terminate: signal(SignalKind::terminate()).ok()?,
        })
    }

    /// The exit code for the next one.
    async fn next(&mut self) -> u8 {
        tokio::select! {
            _ = self.interrupt.recv() => SIGINT,
            _ = self.terminate.recv() => SIGTERM,
        }
    }
}

/// Ctrl-C alone.
#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> Option<Self> {
        Some(Self)
    }

    async fn next(&mut self) -> u8 {
        match tokio::signal::ctrl_c().await {
            Ok(()) => SIGINT,
            Err(_) => std::future::pending().await,
        }
    }
}
