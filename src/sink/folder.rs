//! Whether a file for secrets can safely be in a folder, and its writing there.

use super::way::{self, Way};
use super::{Fault, fault};
use crate::files;
use std::io::Write;
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// Where a file really is: its folder made (for its owner alone) if need be, links followed.
///
/// # Errors
/// The folder cannot be made, or it is one itself, or a link that leads nowhere.
pub(super) fn place(path: &str) -> Result<PathBuf, Fault> {
    let path = Path::new(path);
    let cannot = |error: std::io::Error| {
        fault(
            format!("the folder of {} cannot be made: {error}", path.display()),
            "name a file in a folder of your own",
        )
    };
    if path.is_dir() {
        return Err(fault(
            format!("{} is a folder", path.display()),
            "name a file in it",
        ));
    }
    if let Ok(real) = path.canonicalize() {
        if !real.is_file() {
            return Err(fault(
                format!("{} is no file", path.display()),
                "name a file; for the standard output there is the sink stdout",
            ));
        }
        return Ok(real);
    }
    if let Ok(to) = path.read_link() {
        return Err(fault(
            format!(
                "{} is a link to {}, which is not there",
                path.display(),
                to.display()
            ),
            "make that file, remove the link, or name another file",
        ));
    }
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    files::make_private(folder).map_err(cannot)?;
    let name = path.file_name().unwrap_or_default();
    Ok(folder.canonicalize().map_err(cannot)?.join(name))
}

/// A new file beside `real`, readable by its owner alone, with `text` on the disk: what is left to
/// be done is to give it its name. `path` is what led to `real`. Whoever calls has the
/// [`Lock`](super::lock::Lock) of `real`.
///
/// Names are looked up again by each call that takes a path. That is no race to be lost: once
/// [`check`] has found that nobody else may change what is on the way, it stays as it was found.
///
/// # Errors
/// A folder on the way of `path` can be written to by others, or cannot be written to by us; a link on
/// it is somebody else's, or the way has led elsewhere since.
pub(super) fn draft(path: &str, real: &Path, text: &[u8]) -> Result<NamedTempFile, Fault> {
    let folder = real.parent().unwrap_or(Path::new("/"));
    let cannot = |error: std::io::Error| {
        fault(
            format!("{} cannot be written to: {error}", folder.display()),
            "name a file in a folder of your own",
        )
    };
    let name = real.file_name().unwrap_or_default().to_string_lossy();
    let prefix = format!(".s3setup-{name}-");
    // 0600 from the start: that is what this crate makes.
    let mut file = tempfile::Builder::new()
        .prefix(&prefix)
        .tempfile_in(folder)
        .map_err(cannot)?;
    let way = way::of(Path::new(path)).map_err(cannot)?;
    check(&way, file.path())?;
    if way.real != real {
        return Err(fault(
            format!("{path} leads to another file since a moment ago"),
            "see who changes the links and folders of this path, then run it again",
        ));
    }
    remove_leftovers(folder, &prefix, file.path());
    file.write_all(text).map_err(cannot)?;
    file.as_file().sync_all().map_err(cannot)?;
    Ok(file)
}

/// A run that was ended between a draft and its name has left a secret in a file of no use. What
/// begins alike may be of another file, `a-b` beside `a`, which another run has locked.
fn remove_leftovers(folder: &Path, prefix: &str, but: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let random = name.to_str().and_then(|name| name.strip_prefix(prefix));
        let ours = random.is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_alphanumeric()));
        if ours && entry.path() != but {
            // What cannot be removed is no obstacle to what is to be written.
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// Gives the draft its name, at once, and lasting.
///
/// # Errors
/// The folder cannot be written to any more.
pub(super) fn publish(draft: NamedTempFile, real: &Path) -> Result<(), Fault> {
    let cannot = |error: std::io::Error| {
        fault(
            format!("{} cannot be replaced: {error}", real.display()),
            "find out why before you run it again, for each run makes a key and deletes it; or name \
             a file in a folder of your own",
        )
    };
    draft.persist(real).map_err(|error| cannot(error.error))?;
    let folder = real.parent().unwrap_or(Path::new("/"));
    match std::fs::File::open(folder) {
        Ok(folder) => folder.sync_all().map_err(cannot),
        // A folder that may be written to and not read.
        Err(_) => Ok(()),
    }
}

/// Whoever may write to a folder, or owns it, can put another file in the place of ours, or a link.
#[cfg(unix)]
fn check(way: &Way, ours: &Path) -> Result<(), Fault> {
    use std::os::unix::fs::MetadataExt;
    const OTHERS_WRITE: u32 = 0o022;
    const STICKY: u32 = 0o1000;
    let metadata = |path: &Path| {
        path.symlink_metadata().map_err(|error| {
            fault(
                format!("{} cannot be looked at: {error}", path.display()),
                "name a file in a folder of your own",
            )
        })
    };
    // A file that was just made has the owner that this process has.
    let us = metadata(ours)?.uid();
    for folder in &way.folders {
        let found = metadata(folder)?;
        let shown = folder.display();
        if ![us, 0].contains(&found.uid()) {
            return Err(fault(
                format!("{shown} belongs to somebody else, who could replace what is in it"),
                "name a file in a folder of your own",
            ));
        }
        if found.mode() & OTHERS_WRITE != 0 && found.mode() & STICKY == 0 {
            return Err(fault(
                format!("others may write to {shown}, and so replace what is in it"),
                format!("run chmod go-w {shown}, or name a file elsewhere"),
            ));
        }
    }
    // In a folder such as /tmp others may make links, and their own stay theirs.
    for link in &way.links {
        if ![us, 0].contains(&metadata(link)?.uid()) {
            return Err(fault(
                format!("the link {} belongs to somebody else", link.display()),
                "name the file that is meant, or one in a folder of your own",
            ));
        }
    }
    Ok(())
}

#[cfg(not(unix))]
fn check(_: &Way, _: &Path) -> Result<(), Fault> {
    Ok(())
}
