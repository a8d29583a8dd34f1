//! Writing a journal: each line whole, and on the disk before the next thing happens.

use super::{ENDING, Ending, Header, Line, clock};
use crate::files;
use crate::resource::Address;
use anyhow::{Context, Result, bail};
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The journal of a run that is going on.
pub struct Writer {
    path: PathBuf,
    /// `None` once a line could not be written: what is cut must stay the last.
    file: Mutex<Option<File>>,
}

impl Writer {
    /// A new journal in `folder`, which is made if need be; two runs of one moment have two. Both can
    /// be read by their owner alone.
    ///
    /// # Errors
    /// The folder cannot be made or written to, or the disk is full.
    pub fn new(folder: &Path, header: &Header) -> Result<Self> {
        let begin = || {
            let prefix = format!("{}-{}-", clock::in_a_name(&header.began), header.command);
            let (path, file) = files::new_private(folder, &prefix, &format!(".{ENDING}"))?;
            let file = Mutex::new(Some(file));
            let writer = Self { path, file };
            writer.write(header)?;
            files::keep_entry(folder)?;
            Ok::<_, anyhow::Error>(writer)
        };
        begin().with_context(|| format!("cannot write a journal in {}", folder.display()))
    }

    /// One whose file may be anything.
    #[cfg(test)]
    pub(super) fn broken(path: PathBuf, file: File) -> Self {
        let file = Mutex::new(Some(file));
        Self { path, file }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The step is about to be sent.
    ///
    /// # Errors
    /// It cannot be written: the step must not be sent.
    pub fn begins(&self, step: &Address) -> Result<()> {
        let (at, step) = (clock::now(), step.clone());
        self.line(&Line::Begun { at, step })
    }

    /// The step was done, and has made what has this unique id.
    ///
    /// # Errors
    /// It cannot be written. Whoever reads it looks how far the step came.
    pub fn done(&self, step: &Address, id: Option<String>) -> Result<()> {
        let (at, step) = (clock::now(), step.clone());
        self.line(&Line::Done { at, step, id })
    }

    /// The step failed with this text, which holds no secret.
    ///
    /// # Errors
    /// It cannot be written. Whoever reads it looks how far the step came.
    pub fn failed(&self, step: &Address, error: &str) -> Result<()> {
        let (at, step, error) = (clock::now(), step.clone(), error.to_owned());
        self.line(&Line::Failed { at, step, error })
    }

    /// The run is over.
    ///
    /// # Errors
    /// It cannot be written. The run then reads as one that was cut short.
    pub fn ended(&self, how: Ending) -> Result<()> {
        let at = clock::now();
        self.line(&Line::Ended { at, how })
    }

    fn line(&self, line: &Line) -> Result<()> {
        let written = self.write(line);
        written.with_context(|| format!("cannot write the journal {}", self.path.display()))
    }

    fn write(&self, line: &impl serde::Serialize) -> Result<()> {
        let mut text = serde_json::to_vec(line)?;
        text.push(b'\n');
        let mut open = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(mut file) = open.take() else {
            bail!("a line of it could not be written before");
        };
        file.write_all(&text)?;
        file.sync_data()?;
        *open = Some(file);
        Ok(())
    }
}
