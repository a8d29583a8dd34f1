//! Reading journals: what a run was about, how far it came, and which were undone.

use super::{ENDING, Entry, FORMAT, Header, Line};
use crate::files;
use crate::plan::{Action, Undo};
use crate::resource::{Address, Resource};
use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Larger files are no journals of ours: 1,000 steps take about 4 MB.
const MAX_BYTES: u64 = 64 << 20;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// All was done.
    Finished,
    /// Something failed.
    Failed,
    /// A signal stopped it.
    Interrupted,
}

/// How far a step came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It was not begun, or there was nothing to do.
    Untouched,
    /// It was done; what it made has this unique id, where it was told.
    Done(Option<String>),
    /// It was begun, and did not end well, or nobody saw how.
    Unknown,
}

/// What a run had to do with one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    /// Of the resource.
    pub address: Address,
    /// The manifest that it was in.
    pub manifest: String,
    /// What was to be done.
    pub action: Action,
    /// As it was, whole; `None` is "not there".
    pub before: Option<Resource>,
    /// As it was to be, whole.
    pub after: Option<Resource>,
    /// How far that came.
    pub fate: Fate,
}

/// A journal that was read.
#[derive(Clone, Debug)]
pub struct Journal {
    /// The file.
    pub path: PathBuf,
    /// The id of the run: the file's name without its ending.
    pub run: String,
    /// SHA-256 of the file's text.
    pub digest: String,
    /// Its first line, but for the steps.
    pub header: Header,
    /// The steps, in the order of the run's plan.
    pub steps: Vec<Past>,
    /// How many steps were begun.
    pub begun: usize,
    /// How many of them were done.
    pub done: usize,
    /// How it ended; `None` is a run that was cut short, or goes on.
    pub ending: Option<Ending>,
}

impl Journal {
    /// Whether there is something that can be led back.
    #[must_use]
    pub fn has_something(&self) -> bool {
        self.steps.iter().any(|past| past.fate != Fate::Untouched)
    }

    /// The run that this one undid, or tried to.
    #[must_use]
    pub fn undoes(&self) -> Option<&Undo> {
        self.header.origin.undo()
    }
}

/// Reads the journal at `path`. A last line that was cut short is taken for not written.
///
/// # Errors
/// There is none, or it is no journal of this version of s3setup.
pub fn read(path: &Path) -> Result<Journal> {
    let shown = path.display();
    let bytes =
        files::read(path, MAX_BYTES).with_context(|| format!("cannot read the journal {shown}"))?;
    parse(path, &bytes)
}

/// The journal that was read from `path`.
///
/// # Errors
/// As [`read`].
pub fn parse(path: &Path, bytes: &[u8]) -> Result<Journal> {
    let shown = path.display();
    let text = std::str::from_utf8(whole_lines(bytes))
        .with_context(|| format!("{shown} is no journal: it is no text"))?;
    let mut lines = text.lines();
    let Some(first) = lines.next() else {
        bail!("{shown} ends before its first line does: that run has begun nothing");
    };
    let mut header: Header = serde_json::from_str(first)
        .with_context(|| format!("{shown} is no journal of this version of s3setup"))?;
    if header.format != FORMAT {
        let other = &header.format;
        bail!("{shown} is a journal of another version of s3setup ({other:?})");
    }
    let mut events = Vec::new();
    for (at, line) in lines.enumerate() {
        let event = serde_json::from_str::<Line>(line);
        events.push(event.with_context(|| format!("line {} of {shown} is damaged", at + 2))?);
    }
    let entries = std::mem::take(&mut header.steps);
    let run = path.file_stem().unwrap_or_default().to_string_lossy();
    let count = |is: fn(&Line) -> bool| events.iter().filter(|line| is(line)).count();
    Ok(Journal {
        path: path.to_owned(),
        run: run.into_owned(),
        digest: files::sha256(bytes),
        begun: count(|line| matches!(line, Line::Begun { .. })),
        done: count(|line| matches!(line, Line::Done { .. })),
        ending: events.iter().rev().find_map(|line| match line {
            Line::Ended { how, .. } => Some(*how),
            _ => None,
        }),
        steps: pasts(entries, &events),
        header,
    })
}

/// What comes before the last line's end: a kill, or a full disk, cuts a line.
fn whole_lines(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().rposition(|byte| *byte == b'\n');
    &bytes[..end.map_or(0, |at| at + 1)]
}

fn pasts(entries: Vec<Entry>, events: &[Line]) -> Vec<Past> {
    let mut fates: BTreeMap<&Address, Fate> = BTreeMap::new();
    for line in events {
        match line {
            Line::Begun { step, .. } | Line::Failed { step, .. } => {
                fates.insert(step, Fate::Unknown);
            }
            Line::Done { step, id, .. } => {
                fates.insert(step, Fate::Done(id.clone()));
            }
            Line::Ended { .. } => {}
        }
    }
    let past = |entry: Entry| Past {
        fate: fates.remove(&entry.address).unwrap_or(Fate::Untouched),
        address: entry.address,
        manifest: entry.manifest,
        action: entry.action,
        before: entry.before.map(super::Kept::into_resource),
        after: entry.after.map(super::Kept::into_resource),
    };
    entries.into_iter().map(past).collect()
}

/// All journals of `folder`, the newest first, and the names of those that cannot be read with the
/// reason. No folder is no journals.
///
/// # Errors
/// The folder cannot be read.
pub fn journals(folder: &Path) -> Result<(Vec<Journal>, Vec<String>)> {
    let listed = match std::fs::read_dir(folder) {
        Ok(listed) => listed,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Default::default()),
        Err(error) => {
            return Err(error).with_context(|| format!("cannot read {}", folder.display()));
        }
    };
    let mut paths = Vec::new();
    for entry in listed {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end == ENDING) {
            paths.push(path);
        }
    }
    let (mut found, mut damaged) = (Vec::new(), Vec::new());
    paths.sort();
    for path in paths.iter().rev() {
        match read(path) {
            Ok(journal) => found.push(journal),
            Err(error) => damaged.push(format!("{error:#}")),
        }
    }
    Ok((found, damaged))
}

/// Which runs are undone: each that a finished run undid that is not itself undone.
pub struct Undone(BTreeSet<String>);

impl Undone {
    /// Of these journals.
    #[must_use]
    pub fn of(journals: &[Journal]) -> Self {
        // A run is undone only by a later one, so the newest are decided first.
        let mut newest: Vec<&Journal> = journals.iter().collect();
        newest.sort_by(|one, other| other.run.cmp(&one.run));
        let mut undone = BTreeSet::new();
        for journal in newest {
            let counts = journal.ending == Some(Ending::Finished) && !undone.contains(&journal.run);
            if let Some(undo) = journal.undoes().filter(|_| counts) {
                undone.insert(undo.run.clone());
            }
        }
        Self(undone)
    }

    /// Whether this run is.
    #[must_use]
    pub fn has(&self, journal: &Journal) -> bool {
        self.0.contains(&journal.run)
    }
}
