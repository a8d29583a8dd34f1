//! Why somebody may or may not, as text and JSON.

mod closest;
mod json;
mod statements;
mod text;

pub use json::{access_json, take_role_json};
pub use text::{access_text, take_role_text};

use super::row::Mark;
use super::screen::{Place, Screen};
use super::text::clean;
use crate::explain::{Answer, Outcome};

/// The answer in a word.
fn word(answer: Answer) -> &'static str {
    match answer {
        Answer::Allowed => "allowed",
        Answer::Denied => "denied",
        Answer::Unknown => "could not be told",
    }
}

/// Whether something is so, in the left column.
fn sign(outcome: Outcome) -> (&'static str, Mark) {
    match outcome {
        Outcome::Met => ("yes  ", Mark::Added),
        Outcome::Failed => ("no   ", Mark::Removed),
        Outcome::Unknown => ("?    ", Mark::Unknown),
        Outcome::NotChecked => ("-    ", Mark::Blank),
    }
}

/// A text from outside with a label, in as many lines as it takes.
fn line(screen: &mut Screen, left: usize, mark: Mark, label: &str, text: &str) {
    screen.write(&mut Place::at(left), mark, mark, label, &clean(text));
}
