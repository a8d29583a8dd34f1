//! What holds of every input. The fuzz targets look for one of which it does not; `make test`
//! tries it on the corpus.

pub mod document;
pub mod equality;
pub mod evaluation;
pub mod manifest;

use super::{diff, manifest as manifests, policy, resource, yaml};

/// Panics where something does not hold of the input.
pub type Property = fn(&[u8]);

/// Each target's name, which is also its folder in the corpus, and what must hold.
pub const ALL: [(&str, Property); 4] = [
    ("document", document::holds),
    ("equality", equality::holds),
    ("evaluation", evaluation::holds),
    ("manifest", manifest::holds),
];
