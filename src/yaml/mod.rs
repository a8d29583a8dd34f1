//! YAML as the author wrote it: text to tree, tree to checked JSON, and every error at its place.
//!
//! This is the lowest floor: it knows nothing of manifests, resources or clouds. The way of a file
//! through it:
//!
//! | step | file | gives |
//! |---|---|---|
//! | read a file | `read` | a [`Source`]: name and text |
//! | text → tree | `parse`, `syntax` | a [`Node`]: positions, every scalar verbatim |
//! | inputs into the tree | `fill` | the same [`Node`], `${name}` replaced |
//! | tree → JSON by its schema | `check` | a `serde_json::Value` that serde reads |
//! | a later error's place | `path` | the [`Span`] of a [`Path`] |
//! | a text back to YAML | `write` | a scalar, in quotes only where it needs them |
//! | errors on a screen | `problem`, `problems`, `screen` | text with source lines, or JSON |

pub mod check;
pub mod fill;
#[cfg(test)]
mod hostile;
mod limits;
mod nearest;
pub mod node;
mod parse;
mod path;
pub mod problem;
pub mod problems;
mod read;
mod screen;
pub mod source;
mod syntax;
mod visible;
mod write;

pub use check::decode;
pub use fill::{fill, names, rewrite};
pub use limits::{MAX_BYTES, MAX_DEPTH, MAX_NODES, MAX_PROBLEMS, MAX_TEXT};
pub use nearest::{nearest, suggestion};
pub use node::{Key, Kind, Node};
pub use parse::{Form, parse, parse_as};
pub use path::{NotAPath, Path, Segment, find};
pub use problem::{Level, Problem};
pub use problems::Problems;
pub use source::{Place, Source, Span};
pub use visible::{shown, visible, wrap};
pub use write::{Setting, is_number, scalar};
