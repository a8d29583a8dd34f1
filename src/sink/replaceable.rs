//! Whether a file can be replaced by another one of its name, found without doing it.

use super::{Fault, fault};
use std::io::{Error, ErrorKind};
use std::path::Path;

/// Linux's table of what is mounted where
/// (<https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html>).
const MOUNTS: &str = "/proc/self/mountinfo";

/// Fails where a new file may be made beside `real`, a path without links, and yet not take its name.
///
/// # Errors
/// The file is mounted there by itself, is immutable, or is somebody else's in a folder such as
/// `/tmp`.
pub(super) fn check(real: &Path) -> Result<(), Fault> {
    let cannot = |why: &str, fix: &str| {
        Err(fault(
            format!("{} cannot be replaced by a new file: {why}", real.display()),
            fix,
        ))
    };
    // Never removes a file: the system answers that it is no folder, after it has looked whether
    // the name might be taken away. To give it to another file takes the same right.
    if let Err(error) = std::fs::remove_dir(real)
        && refuses(&error)
    {
        return cannot(
            "it is immutable, or somebody else's",
            "make it your own (lsattr and ls -l tell), or name another file",
        );
    }
    match std::fs::read_to_string(MOUNTS) {
        Ok(table) if is_mounted(&table, real) => cannot(
            "it is mounted there by itself, as by docker -v FILE:FILE",
            "mount the folder that it is in, or name another file",
        ),
        // Another system, where a single file is not mounted.
        _ => Ok(()),
    }
}

fn refuses(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem
    )
}

/// Whether this very path is a mount point.
fn is_mounted(table: &str, path: &Path) -> bool {
    let points = table.lines().filter_map(|line| line.split(' ').nth(4));
    path.to_str()
        .is_some_and(|path| points.map(unescaped).any(|point| point == path))
}

/// The table has blanks and backslashes as `\040` and the like.
fn unescaped(point: &str) -> String {
    let pairs = [
        ("\\040", " "),
        ("\\011", "\t"),
        ("\\012", "\n"),
        ("\\134", "\\"),
    ];
    pairs.iter().fold(point.to_owned(), |text, (code, plain)| {
        text.replace(code, plain)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mounted_file_is_found_in_the_table() {
        let table = "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n\
                     31 22 8:1 /home/me/x.env /app/x.env rw,relatime - ext4 /dev/sda1 rw\n\
                     32 22 8:1 /y /app/a\\040b\\134c rw - ext4 /dev/sda1 rw\n";
        for (path, mounted) in [
            ("/app/x.env", true),
            ("/app/a b\\c", true),
            ("/app/x.en", false),
            ("/home/me/x.env", false),
            ("/app", false),
        ] {
            assert_eq!(is_mounted(table, Path::new(path)), mounted, "{path}");
        }
    }

    #[test]
    fn a_file_is_still_there_after_it_was_looked_at() {
        let folder = tempfile::tempdir().unwrap();
        let real = folder.path().join("a.env");
        check(&real).unwrap();
        std::fs::write(&real, "A=1\n").unwrap();
        check(&real).unwrap();
        assert_eq!(std::fs::read_to_string(&real).unwrap(), "A=1\n");
    }

    #[test]
    fn what_a_system_refuses_is_told_from_what_it_answers_for_any_file() {
        for kind in [ErrorKind::NotADirectory, ErrorKind::NotFound] {
            assert!(!refuses(&kind.into()));
        }
        assert!(refuses(&ErrorKind::PermissionDenied.into()));
    }

    /// Containers have such files; elsewhere there is nothing to look at.
    #[test]
    fn a_file_that_is_mounted_here_is_refused() {
        for path in ["/etc/resolv.conf", "/etc/hosts", "/etc/hostname"].map(Path::new) {
            let table = std::fs::read_to_string(MOUNTS).unwrap_or_default();
            if path.is_file() && is_mounted(&table, path) {
                assert!(check(path).is_err(), "{}", path.display());
            }
        }
    }
}
