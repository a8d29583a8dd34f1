//! Conditions: what is asked of a request or of a token, and what of it can be told beforehand.

use super::reader;
use std::collections::BTreeSet;
use std::fmt;

/// The name of what is asked for: `projects/_/buckets/B/objects/NAME`, and the bucket's own where it
/// is asked of the bucket.
pub const RESOURCE_NAME: &str = "resource.name";
/// The prefix of a list (<https://cloud.google.com/iam/docs/conditions-attribute-reference>).
pub const LIST_PREFIX: &str = "storage.googleapis.com/objectListPrefix";

/// How a text is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum By {
    /// It is one of them.
    Is,
    /// It begins with one.
    StartsWith,
    /// It ends with one.
    EndsWith,
    /// One is in it.
    Contains,
    /// It fits a regular expression, which is not looked at.
    Matches,
    /// It is a list that has one.
    Has,
}

/// One thing that is asked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Test {
    /// `resource.name`, `assertion.repository`, or the name of an attribute of the API.
    pub of: String,
    /// How.
    pub by: By,
    /// One of these.
    pub values: BTreeSet<String>,
}

/// An expression, as far as it can be told apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Expression {
    /// It is so, or not, whatever is asked.
    Known(bool),
    /// All of these.
    All(Vec<Expression>),
    /// One of these.
    Any(Vec<Expression>),
    /// Not this.
    Not(Box<Expression>),
    /// A test.
    Test(Test),
    /// Something that is only carried along, as it is written.
    Other(String),
}

impl Test {
    pub(super) fn of(of: &str, by: By, values: impl IntoIterator<Item = String>) -> Self {
        Self {
            of: of.to_owned(),
            by,
            values: values.into_iter().collect(),
        }
    }

    /// Whether this text passes; `None` where that cannot be told.
    fn passes(&self, text: &str) -> Option<bool> {
        let each = |fits: &dyn Fn(&str) -> bool| self.values.iter().any(|value| fits(value));
        Some(match self.by {
            By::Is => self.values.contains(text),
            By::StartsWith => each(&|value| text.starts_with(value)),
            By::EndsWith => each(&|value| text.ends_with(value)),
            By::Contains => each(&|value| text.contains(value)),
            By::Matches | By::Has => return None,
        })
    }

    /// Whether whatever passes this passes `other`.
    #[must_use]
    pub fn implies(&self, other: &Test) -> bool {
        if self.of != other.of {
            return false;
        }
        let each = |fits: &dyn Fn(&str, &str) -> bool| {
            let one = |mine: &String| other.values.iter().any(|theirs| fits(mine, theirs));
            self.values.iter().all(one)
        };
        match (self.by, other.by) {
            (By::Is, _) => {
                let passes = |value: &String| other.passes(value) == Some(true);
                self.values.iter().all(passes)
            }
            (By::StartsWith, By::StartsWith) => each(&|mine, theirs| mine.starts_with(theirs)),
            (By::EndsWith, By::EndsWith) => each(&|mine, theirs| mine.ends_with(theirs)),
            (By::StartsWith | By::EndsWith | By::Contains, By::Contains) => {
                each(&|mine, theirs| mine.contains(theirs))
            }
            (one, two) => one == two && self.values.is_subset(&other.values),
        }
    }
}

impl Expression {
    /// Reads an expression.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(text: &str) -> Result<Self, String> {
        reader::read(text)
    }

    /// As [`Expression::read`]; one that cannot be read is only carried along.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self::read(text).unwrap_or_else(|_| Self::Other(text.to_owned()))
    }

    pub(super) fn all(parts: Vec<Expression>) -> Self {
        let mut all = Vec::new();
        for part in parts {
            match part {
                Self::Known(true) => {}
                Self::Known(false) => return Self::Known(false),
                Self::All(more) => all.extend(more),
                other => all.push(other),
            }
        }
        match all.len() {
            0 => Self::Known(true),
            1 => all.remove(0),
            _ => Self::All(all),
        }
    }

    pub(super) fn any(parts: Vec<Expression>) -> Self {
        let mut any: Vec<Expression> = Vec::new();
        for part in parts {
            match part {
                Self::Known(false) => {}
                Self::Known(true) => return Self::Known(true),
                Self::Any(more) => any.extend(more),
                other => any.push(other),
            }
        }
        match any.len() {
            0 => Self::Known(false),
            1 => any.remove(0),
            _ => Self::Any(any),
        }
    }

    pub(super) fn not(denied: Expression) -> Self {
        match denied {
            Self::Known(truth) => Self::Known(!truth),
            Self::Not(twice) => *twice,
            other => Self::Not(Box::new(other)),
        }
    }

    /// What is left to ask where something is known: `None` is not known.
    #[must_use]
    pub fn settled<'a>(&self, known: &dyn Fn(&str) -> Option<&'a str>) -> Self {
        let each = |parts: &[Expression]| parts.iter().map(|part| part.settled(known)).collect();
        match self {
            Self::All(parts) => Self::all(each(parts)),
            Self::Any(parts) => Self::any(each(parts)),
            Self::Not(denied) => Self::not(denied.settled(known)),
            Self::Test(test) => match known(&test.of).and_then(|text| test.passes(text)) {
                Some(passes) => Self::Known(passes),
                None => self.clone(),
            },
            Self::Known(_) | Self::Other(_) => self.clone(),
        }
    }

    /// Whether whatever fulfils this fulfils `other`, as far as can be told.
    #[must_use]
    pub fn implies(&self, other: &Expression) -> bool {
        if self == other {
            return true;
        }
        match (self, other) {
            (Self::Known(false), _) | (_, Self::Known(true)) => true,
            (Self::Any(parts), _) => parts.iter().all(|part| part.implies(other)),
            (_, Self::All(parts)) => parts.iter().all(|part| self.implies(part)),
            (Self::All(parts), _) if parts.iter().any(|part| part.implies(other)) => true,
            (_, Self::Any(parts)) => parts.iter().any(|part| self.implies(part)),
            (Self::Test(one), Self::Test(two)) => one.implies(two),
            (Self::Not(one), Self::Not(two)) => two.implies(one),
            (Self::Test(one), Self::Not(two)) => match &**two {
                // Who is one of these is none of those.
                Self::Test(two) => {
                    one.of == two.of
                        && one.by == By::Is
                        && one
                            .values
                            .iter()
                            .all(|value| two.passes(value) == Some(false))
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// The parts that all have to be so.
    #[must_use]
    pub fn parts(&self) -> &[Expression] {
        match self {
            Self::Known(true) => &[],
            Self::All(parts) => parts,
            other => std::slice::from_ref(other),
        }
    }

    /// Every test in it, wherever.
    #[must_use]
    pub fn tests(&self) -> Vec<&Test> {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::tests).collect(),
            Self::Not(denied) => denied.tests(),
            Self::Test(test) => vec![test],
            Self::Known(_) | Self::Other(_) => Vec::new(),
        }
    }

    /// Whether something in it is only carried along.
    #[must_use]
    pub fn is_hazy(&self) -> bool {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().any(Self::is_hazy),
            Self::Not(denied) => denied.is_hazy(),
            Self::Test(test) => matches!(test.by, By::Matches),
            Self::Other(_) => true,
            Self::Known(_) => false,
        }
    }

    /// What it asks about, for who has to know it: `resource.name`, `request.time < …`.
    #[must_use]
    pub fn subjects(&self) -> BTreeSet<String> {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::subjects).collect(),
            Self::Not(denied) => denied.subjects(),
            Self::Test(test) => [test.of.clone()].into(),
            Self::Other(text) => [text.clone()].into(),
            Self::Known(_) => BTreeSet::new(),
        }
    }
}

impl fmt::Display for Test {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let values: Vec<String> = self.values.iter().map(|v| format!("'{v}'")).collect();
        let (of, list) = (&self.of, values.join(", "));
        let method = match self.by {
            By::Is if values.len() == 1 => return write!(out, "{of} == {list}"),
            By::Is => return write!(out, "{of} in [{list}]"),
            By::Has => return write!(out, "{list} in {of}"),
            by => by.word(),
        };
        write!(out, "{of}.{method}({list})")
    }
}

impl By {
    /// As an expression has it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Is => "==",
            Self::StartsWith => "startsWith",
            Self::EndsWith => "endsWith",
            Self::Contains => "contains",
            Self::Matches => "matches",
            Self::Has => "has",
        }
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = |part: &Expression| match part {
            Self::Any(_) | Self::All(_) => format!("({part})"),
            other => other.to_string(),
        };
        let joined = |parts: &[Expression], sign: &str| {
            parts.iter().map(inner).collect::<Vec<_>>().join(sign)
        };
        match self {
            Self::Known(truth) => write!(out, "{truth}"),
            Self::All(parts) => out.write_str(&joined(parts, " && ")),
            Self::Any(parts) => out.write_str(&joined(parts, " || ")),
            Self::Not(denied) => write!(out, "!({denied})"),
            Self::Test(test) => test.fmt(out),
            Self::Other(text) => out.write_str(text),
        }
    }
}

#[cfg(test)]
mod tests;
