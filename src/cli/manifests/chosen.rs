//! One manifest that was chosen, with its inputs.

use crate::manifest::{self, Compiled};
use crate::resource::Scope;
use crate::yaml::{Problems, Source};
use std::collections::BTreeMap;
use std::path::Path;

/// A manifest and its inputs. It is read once: what comes through a pipe cannot be read again.
pub(in crate::cli) struct Chosen {
    pub(super) source: Result<Source, Problems>,
    pub(super) inputs: BTreeMap<String, String>,
}

impl Chosen {
    pub fn new(file: &Path, inputs: BTreeMap<String, String>) -> Self {
        Self {
            source: Source::read(file),
            inputs,
        }
    }

    /// The file, as it is called in errors.
    pub fn name(&self) -> &str {
        match &self.source {
            Ok(source) => &source.name,
            Err(problems) => problems.name(),
        }
    }

    /// Its resources in the account of `scope`.
    ///
    /// # Errors
    /// It cannot be read, or all that is wrong with it.
    pub fn compile(&self, scope: &Scope) -> Result<Compiled, Problems> {
        manifest::load(
            self.source.as_ref().map_err(Clone::clone)?,
            &self.inputs,
            scope,
        )
    }
}
