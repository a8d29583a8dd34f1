//! A lock that keeps other processes from a file while it is read, changed and replaced.

use super::{Fault, fault};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How long another run may have the file.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);
/// How often it is asked for.
const PAUSE: Duration = Duration::from_millis(20);

/// The right to replace one file, until it is dropped: an empty file beside it, locked. The file
/// itself cannot be what is locked, for each of its versions is another one; a folder cannot
/// either, on NFS.
#[derive(Debug)]
pub(super) struct Lock {
    path: PathBuf,
    /// Unlocked when it is closed, so also when the process ends.
    _file: File,
}

impl Lock {
    /// The lock of the file `real`, a path without links.
    ///
    /// # Errors
    /// Another run has it for longer than `patience`, or the folder cannot be written to.
    pub(super) fn of(real: &Path, patience: Duration) -> Result<Self, Fault> {
        let path = path_of(real);
        let begun = Instant::now();
        loop {
            let tried = attempt(&path).map_err(|error| {
                fault(
                    format!(
                        "{} cannot be locked by {}: {error}",
                        real.display(),
                        path.display()
                    ),
                    "name a file in a folder of your own",
                )
            })?;
            if let Some(file) = tried {
                return Ok(Self { path, _file: file });
            }
            if begun.elapsed() >= patience {
                return Err(fault(
                    format!(
                        "another run of s3setup is writing to {} for more than {} s",
                        real.display(),
                        patience.as_secs()
                    ),
                    format!(
                        "wait for it, or end it: it holds the lock {}",
                        path.display()
                    ),
                ));
            }
            sleep(PAUSE);
        }
    }
}

/// Removes the lock that a run has left which was killed while it had it. One that somebody has stays,
/// and so does what cannot be removed: it is in nobody's way.
pub(super) fn remove_leftover(real: &Path) {
    let path = path_of(real);
    if path.symlink_metadata().is_ok()
        && let Ok(Some(file)) = attempt(&path)
    {
        drop(Lock { path, _file: file });
    }
}

fn path_of(real: &Path) -> PathBuf {
    let name = real.file_name().unwrap_or_default().to_string_lossy();
    real.with_file_name(format!(".s3setup-{name}.lock"))
}

impl Drop for Lock {
    /// Whoever waits finds that the file is not the one of this name any more, and asks again.
    fn drop(&mut self) {
        // Left there, it is an empty file, and the next run's lock.
        if cfg!(unix) {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// The locked file; `None` if another process has it, or has just removed it.
fn attempt(path: &Path) -> Result<Option<File>, Error> {
    let file = match open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        opened => opened?,
    };
    match file.try_lock() {
        Ok(()) => Ok(is_still(&file, path)?.then_some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// A file that is there, or a new one: never what a link of this name leads to, nor a pipe, in a
/// folder where others can make one.
fn open(path: &Path) -> Result<File, Error> {
    let mut new = OpenOptions::new();
    new.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        new.mode(0o600);
    }
    match new.open(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            if !path.symlink_metadata()?.is_file() {
                return Err(Error::other("that is no regular file"));
            }
            // To read and to write, since that waits for nobody should it have become a pipe.
            OpenOptions::new().read(true).write(true).open(path)
        }
        opened => opened,
    }
}

/// Whether the locked file is the one of this name: the one before may have been removed since.
#[cfg(unix)]
fn is_still(file: &File, path: &Path) -> Result<bool, Error> {
    use std::os::unix::fs::MetadataExt;
    let ours = file.metadata()?;
    match path.symlink_metadata() {
        Ok(named) => Ok((named.dev(), named.ino()) == (ours.dev(), ours.ino())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(not(unix))]
fn is_still(_: &File, _: &Path) -> Result<bool, Error> {
    Ok(true)
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn only_one_at_a_time_has_it_and_nothing_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let real = folder.path().join("a.env");
        let (inside, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..5 {
                        let _lock = Lock::of(&real, PATIENCE).unwrap();
                        most.fetch_max(inside.fetch_add(1, Ordering::SeqCst), Ordering::SeqCst);
                        std::thread::yield_now();
                        inside.fetch_sub(1, Ordering::SeqCst);
                    }
                });
            }
        });
        assert_eq!(most.into_inner(), 0);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_lock_that_another_run_keeps_is_told_and_one_that_was_left_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        let real = folder.path().join("a.env");
        let held = Lock::of(&real, PATIENCE).unwrap();
        let refused = Lock::of(&real, Duration::from_millis(50)).unwrap_err();
        assert!(refused.message.contains("another run"), "{refused}");
        assert!(refused.fix.contains(".s3setup-a.env.lock"), "{refused}");
        Lock::of(&folder.path().join("b.env"), Duration::ZERO).unwrap();
        drop(held);
        std::fs::write(folder.path().join(".s3setup-a.env.lock"), "").unwrap();
        Lock::of(&real, Duration::ZERO).unwrap();
    }

    #[test]
    fn a_lock_that_was_left_is_removed_and_one_that_somebody_has_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let real = folder.path().join("a.env");
        let path = folder.path().join(".s3setup-a.env.lock");
        remove_leftover(&real);
        let held = Lock::of(&real, PATIENCE).unwrap();
        remove_leftover(&real);
        assert!(path.exists());
        drop(held);
        std::fs::write(&path, "").unwrap();
        remove_leftover(&real);
        assert!(!path.exists());
    }

    #[test]
    fn a_link_in_its_place_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (real, to) = (folder.path().join("a.env"), folder.path().join("to"));
        std::os::unix::fs::symlink(&to, folder.path().join(".s3setup-a.env.lock")).unwrap();
        assert!(Lock::of(&real, Duration::ZERO).is_err());
        assert!(!to.exists());
    }

    #[test]
    fn a_pipe_in_its_place_is_refused_and_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let real = folder.path().join("a.env");
        let made = std::process::Command::new("mkfifo")
            .arg(folder.path().join(".s3setup-a.env.lock"))
            .status();
        assert!(made.unwrap().success());
        let (tell, told) = std::sync::mpsc::channel();
        std::thread::spawn(move || tell.send(Lock::of(&real, Duration::ZERO).map(drop)));
        let refused = told.recv_timeout(Duration::from_secs(10)).unwrap();
        let refused = refused.unwrap_err();
        assert!(refused.message.contains("no regular file"), "{refused}");
    }
}
