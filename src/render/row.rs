//! What stands on a page, before it is laid out in lines: headings, fields and elements, each with
//! a mark. Text, drift report and Markdown differ only in how they lay these out.

/// What happened to what a row tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// Nothing, or what its heading says.
    Blank,
    /// It comes (in a drift report: it has come).
    Added,
    /// It goes (in a drift report: it has gone).
    Removed,
    /// Something within changes.
    Changed,
    /// It stays.
    Same,
    /// It is not known.
    Unknown,
}

impl Mark {
    /// This mark, or the other one if this is blank.
    pub(super) fn or(self, other: Self) -> Self {
        match self {
            Self::Blank => other,
            _ => self,
        }
    }
}

/// One element of a set, with values of its own if it is a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Element {
    pub(super) mark: Mark,
    pub(super) text: String,
    pub(super) values: Vec<(Mark, String)>,
}

impl Element {
    pub(super) fn new(mark: Mark, text: impl Into<String>) -> Self {
        Self {
            mark,
            text: text.into(),
            values: Vec::new(),
        }
    }

    /// Whether neither it nor one of its values comes or goes.
    pub(super) fn is_unmarked(&self) -> bool {
        self.mark == Mark::Blank && self.values.iter().all(|(mark, _)| *mark == Mark::Blank)
    }

    /// Whether it is a text and nothing else.
    pub(super) fn is_plain(&self) -> bool {
        self.mark == Mark::Blank && self.values.is_empty()
    }
}

/// What stands to the right of a row's label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Body {
    /// Nothing: the label is a heading of the rows below.
    Heading,
    /// A sentence.
    Sentence(String),
    /// A value that becomes another.
    Change { before: String, after: String },
    /// The elements of a set.
    Elements(Vec<Element>),
    /// Elements that stay as they are, told so that the rest is understood: one line of them,
    /// with a mark where they stand below others that do not stay.
    Context(Mark, Vec<String>),
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// Spaces on the left of the mark.
    pub(super) indent: usize,
    /// Written before the label.
    pub(super) mark: Mark,
    /// Added or removed as a whole, by itself or with its heading; for the `+` and `-` that begin
    /// the lines of a diff.
    pub(super) side: Mark,
    /// What it is.
    pub(super) label: String,
    /// Columns from the start of the label to that of the body.
    pub(super) column: usize,
    /// The rest.
    pub(super) body: Body,
}

impl Row {
    /// A row without a mark, its body two columns right of the label.
    pub(super) fn new(indent: usize, label: impl Into<String>, body: Body) -> Self {
        let label = label.into();
        Self {
            indent,
            mark: Mark::Blank,
            side: Mark::Blank,
            column: match label.is_empty() {
                true => 0,
                false => super::text::columns(&label) + 2,
            },
            label,
            body,
        }
    }

    /// The same row with a mark, which is also its side.
    pub(super) fn marked(self, mark: Mark) -> Self {
        Self {
            mark,
            side: match mark {
                Mark::Added | Mark::Removed => mark,
                _ => Mark::Blank,
            },
            ..self
        }
    }
}

/// Labels longer than this do not push the others' bodies to the right.
const WIDEST_LABEL: usize = 24;

/// Lets the bodies of `rows` begin in one column.
pub(super) fn align(rows: &mut [Row]) {
    let column = rows
        .iter()
        .filter(|row| !matches!(row.body, Body::Heading | Body::Sentence(_)))
        .map(|row| row.column)
        .filter(|column| *column <= WIDEST_LABEL + 2)
        .max()
        .unwrap_or_default();
    for row in rows {
        if row.label.is_empty() || row.column < column {
            row.column = column;
        }
    }
}
