//! One thing that is wrong with a file, with its place and its fix.

use super::source::Span;

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Level {
    /// The file is of no use.
    #[default]
    Error,
    /// It is, and probably does not do what its author thinks.
    Warning,
    /// Worth knowing.
    Note,
}

/// One thing that is wrong, said to the author of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// How bad it is.
    pub level: Level,
    /// The stable name of the rule it is of; empty where it is of none.
    pub id: &'static str,
    /// What is wrong, one sentence in lower case without a full stop.
    pub message: String,
    /// What to write instead, where we know.
    pub fix: Option<String>,
    /// Where in the text; `None` is the whole file.
    pub span: Option<Span>,
    /// Where in the tree, e.g. `roles.deploy.trust.github_actions.branch`; empty is the root.
    pub path: String,
}

impl Problem {
    /// A problem of the whole file; see [`Problem::at`], [`Problem::path`] and [`Problem::fix`].
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            level: Level::Error,
            id: "",
            message: message.into(),
            fix: None,
            span: None,
            path: String::new(),
        }
    }

    /// The same problem, at a place in the text.
    pub fn at(mut self, span: Span) -> Self {
        self.span = Some(span);
        self
    }

    /// The same problem, at a place in the tree, given as a [`Path`](super::Path) or its text.
    pub fn path(mut self, path: impl ToString) -> Self {
        self.path = path.to_string();
        self
    }

    /// The same problem, as bad as this, of the rule of this name.
    pub fn of(mut self, level: Level, id: &'static str) -> Self {
        self.level = level;
        self.id = id;
        self
    }

    /// The same problem, with what to do about it.
    pub fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }
}
