//! Files, folders and patterns, as they are named on the command line: the files that are meant.

use anyhow::{Context, Result, bail};
use glob::{MatchOptions, Pattern};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// More manifests than this are a mistake in the command line, or take `--shard`.
const MOST_FILES: usize = 10_000;
/// More files and folders than this are not looked at: who names a whole disk did not mean it.
const MOST_ENTRIES: usize = 1_000_000;

/// As a shell expands patterns: `*` stays within a folder, and no wildcard stands for a leading dot.
const LIKE_A_SHELL: MatchOptions = MatchOptions {
    case_sensitive: true,
    require_literal_separator: true,
    require_literal_leading_dot: true,
};

/// The files of `arguments`, each once, in the order of the arguments and within a folder by name;
/// without the file `aside`, which is something else.
///
/// A file is taken whatever it is called, and whether it is there is for the reader to say. Of a
/// folder every `*.yaml` and `*.yml` below it is taken, in folders within it too, but nothing that is
/// hidden (its name begins with a dot). A link to a file is a file; a link to a folder is followed only
/// if it is an argument itself, so no circle has to be found.
///
/// # Errors
/// A folder or a pattern without any manifest, one that is no pattern, a folder that cannot be listed,
/// or more than anybody means.
pub(super) fn expand(arguments: &[PathBuf], aside: Option<&Path>) -> Result<Vec<PathBuf>> {
    let aside = aside.and_then(identity);
    let mut search = Search::default();
    for argument in arguments {
        let found = search.argument(argument)?;
        for file in found {
            let same = identity(&file);
            let is_new = match same {
                Some(same) if Some(&same) == aside.as_ref() => false,
                Some(same) => search.known.insert(same),
                None => true,
            };
            if is_new {
                search.files.push(file);
            }
            if search.files.len() > MOST_FILES {
                bail!("there are more than {MOST_FILES} manifests: name fewer of them");
            }
        }
    }
    Ok(search.files)
}

/// What tells that two paths are of one file; nothing of what is none, such as a pipe.
fn identity(path: &Path) -> Option<PathBuf> {
    path.is_file().then(|| path.canonicalize().ok()).flatten()
}

#[derive(Default)]
struct Search {
    files: Vec<PathBuf>,
    known: BTreeSet<PathBuf>,
    /// How many files and folders were looked at.
    entries: usize,
}

impl Search {
    fn argument(&mut self, argument: &Path) -> Result<Vec<PathBuf>> {
        if argument.is_dir() {
            let found = self.folder(argument)?;
            if found.is_empty() {
                let shown = argument.display();
                bail!("there is no manifest in {shown}: no *.yaml or *.yml below it");
            }
            return Ok(found);
        }
        // A file may be called like a pattern.
        match argument.to_str().filter(|text| is_pattern(text)) {
            Some(text) if fs::symlink_metadata(argument).is_err() => self.pattern(text),
            _ => Ok(vec![argument.to_owned()]),
        }
    }

    fn folder(&mut self, folder: &Path) -> Result<Vec<PathBuf>> {
        let mut found = Vec::new();
        let mut take = |path: &Path, is_folder: bool| {
            let wanted = !is_folder && is_yaml(path);
            if wanted {
                found.push(path.to_owned());
            }
            Ok(is_folder && !is_hidden(path))
        };
        self.walk(folder, usize::MAX, &mut take)?;
        found.retain(|path| !is_hidden(path));
        Ok(found)
    }

    fn pattern(&mut self, text: &str) -> Result<Vec<PathBuf>> {
        let pattern = Pattern::new(text).with_context(|| format!("{text:?} is no pattern"))?;
        let parts: Vec<&str> = text.split(std::path::is_separator).collect();
        let begin = parts.iter().take_while(|part| !is_pattern(part)).count();
        let base: String = parts[..begin]
            .iter()
            .map(|part| format!("{part}/"))
            .collect();
        let depth = match text.contains("**") {
            true => usize::MAX,
            false => parts.len() - begin,
        };
        let (mut found, mut folders) = (Vec::new(), Vec::new());
        let mut take = |path: &Path, is_folder: bool| {
            match (pattern.matches_path_with(path, LIKE_A_SHELL), is_folder) {
                (true, true) => folders.push(path.to_owned()),
                (true, false) => found.push(path.to_owned()),
                (false, _) => {}
            }
            Ok(is_folder)
        };
        if Path::new(&base).is_dir() || base.is_empty() {
            self.walk(Path::new(&base), depth, &mut take)?;
        }
        for folder in folders {
            found.extend(self.folder(&folder)?);
        }
        found.sort();
        match found.is_empty() {
            true => bail!("no manifest is like {text:?}: nothing matches it"),
            false => Ok(found),
        }
    }

    /// Shows `take` all that is below `folder`, by name, and goes into the folders that it says.
    fn walk(
        &mut self,
        folder: &Path,
        depth: usize,
        take: &mut impl FnMut(&Path, bool) -> Result<bool>,
    ) -> Result<()> {
        if depth == 0 {
            return Ok(());
        }
        let here = match folder.as_os_str().is_empty() {
            true => Path::new("."),
            false => folder,
        };
        let listed = fs::read_dir(here).and_then(Iterator::collect::<std::io::Result<Vec<_>>>);
        let mut entries =
            listed.with_context(|| format!("cannot list the folder {}", here.display()))?;
        self.entries += entries.len();
        if self.entries > MOST_ENTRIES {
            bail!(
                "there are more than {MOST_ENTRIES} files there: name the folders of the manifests"
            );
        }
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let path = folder.join(entry.file_name());
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            // A pipe or device is read only if it is named; a link that leads nowhere is told as such.
            let is_file = !is_folder && fs::metadata(&path).map_or(true, |about| about.is_file());
            if (is_folder || is_file) && take(&path, is_folder)? {
                self.walk(&path, depth - 1, take)?;
            }
        }
        Ok(())
    }
}

fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?', '['])
}

fn is_yaml(path: &Path) -> bool {
    let ending = path.extension().map(|ending| ending.to_ascii_lowercase());
    ending.is_some_and(|ending| ending == "yaml" || ending == "yml")
}

fn is_hidden(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    name.as_encoded_bytes().starts_with(b".")
}

#[cfg(test)]
mod tests;
