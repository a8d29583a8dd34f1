//! The way to a file: the folders that its names are looked up in, and the links that are followed.
//! Whoever may change one of them decides which file it is.

use std::collections::{BTreeSet, VecDeque};
use std::ffi::OsString;
use std::io::{Error, ErrorKind};
use std::path::{Component, Path, PathBuf};

/// Linux follows as many links, and no more.
const MOST_LINKS: usize = 40;

/// Where a path leads, and by what.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Way {
    /// The path without links; its last parts may not be there yet.
    pub real: PathBuf,
    /// Each folder that a name was looked up in.
    pub folders: BTreeSet<PathBuf>,
    /// Each link that was followed.
    pub links: Vec<PathBuf>,
}

/// The way of `path`, as the system would go it now.
///
/// # Errors
/// A part of it cannot be looked at, or the links lead in a circle.
pub(super) fn of(path: &Path) -> Result<Way, Error> {
    let mut open: VecDeque<OsString> = parts(&std::path::absolute(path)?);
    let mut way = Way {
        real: PathBuf::new(),
        folders: BTreeSet::new(),
        links: Vec::new(),
    };
    while let Some(part) = open.pop_front() {
        match Path::new(&part).components().next() {
            Some(Component::Normal(name)) => {
                way.folders.insert(way.real.clone());
                let next = way.real.join(name);
                let target = match next.symlink_metadata() {
                    Ok(found) if found.is_symlink() => next.read_link()?,
                    Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                    _ => {
                        way.real = next;
                        continue;
                    }
                };
                way.links.push(next);
                if way.links.len() > MOST_LINKS {
                    return Err(Error::other("its links lead in a circle"));
                }
                for part in parts(&target).into_iter().rev() {
                    open.push_front(part);
                }
            }
            // Not of the text: of the folder that the links before have led to.
            Some(Component::ParentDir) => drop(way.real.pop()),
            Some(Component::CurDir) | None => {}
            Some(root) => way.real.push(root),
        }
    }
    Ok(way)
}

fn parts(path: &Path) -> VecDeque<OsString> {
    let parts = path.components();
    parts.map(|part| part.as_os_str().to_owned()).collect()
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn every_folder_and_link_on_it_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().canonicalize().unwrap().join(name);
        for name in ["home/deep", "open"] {
            std::fs::create_dir_all(at(name)).unwrap();
        }
        symlink("../home/deep", at("open/second")).unwrap();
        symlink(at("open/second"), at("home/first")).unwrap();
        let way = of(&at("home/first/../a.env")).unwrap();
        assert_eq!(way.real, at("home/a.env"), "above what the links lead to");
        assert_eq!(way.links, [at("home/first"), at("open/second")]);
        for name in ["home", "open"] {
            assert!(way.folders.contains(&at(name)), "{way:?}");
        }
        assert!(way.folders.contains(Path::new("/")), "{way:?}");
        assert_eq!(of(&at("new/a/b.env")).unwrap().real, at("new/a/b.env"));
    }

    #[test]
    fn a_circle_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let (one, two) = (folder.path().join("one"), folder.path().join("two"));
        symlink(&one, &two).unwrap();
        symlink(&two, &one).unwrap();
        assert!(of(&one).is_err());
    }
}
