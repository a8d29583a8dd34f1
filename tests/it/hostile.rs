//! Input as an enemy: files and answers without end, paths that lead elsewhere, texts that a terminal
//! obeys, answers that are damaged.

mod answers;
mod bounds;
mod paths;
mod sinks;
mod terminal;
