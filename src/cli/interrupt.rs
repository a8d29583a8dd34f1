//! Ctrl-C and SIGTERM while something is being changed: what was begun is finished.

use super::screen::Screen;
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

/// Exit codes of a shell for SIGINT and SIGTERM: 128 and the signal's number.
const SIGINT: u8 = 130;
const SIGTERM: u8 = 143;

/// Which signal came; 0 for none.
#[derive(Clone, Default)]
pub(super) struct Interrupt(Arc<AtomicU8>);

impl Interrupt {
    /// The exit code for the signal that came.
    pub fn code(&self) -> Option<u8> {
        Some(self.0.load(Ordering::SeqCst)).filter(|code| *code != 0)
    }

    /// From now on the first signal is noted, and a second one ends the process at once.
    pub fn watch(&self, screen: &Screen) {
        let noted = self.clone();
        let say = screen.speaker();
        tokio::spawn(async move {
            let first = signal().await;
            noted.0.store(first, Ordering::SeqCst);
            say("Finishing what was begun. Once more ends at once.");
            process::exit(i32::from(signal().await));
        });
    }
}

#[cfg(unix)]
async fn signal() -> u8 {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => SIGINT,
        _ = terminate.recv() => SIGTERM,
    }
}

#[cfg(not(unix))]
async fn signal() -> u8 {
    match tokio::signal::ctrl_c().await {
        Ok(()) => SIGINT,
        Err(_) => std::future::pending().await,
    }
}
