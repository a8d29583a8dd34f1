//! What holds of every input. The fuzz targets look for one of which it does not; `make test`
//! tries it on the corpus.

pub mod account;
pub mod claims;
pub mod document;
pub mod equality;
pub mod evaluation;
pub mod inputs;
pub mod journal;
pub mod manifest;
pub mod saved;
pub mod sink;

use super::{
    access, account as accounts, cloud, diff, explain, files, journal as journals,
    manifest as manifests, plan, policy, reconcile, render, report, resource, run, secrets,
    sink as sinks, yaml,
};

/// Panics where something does not hold of the input.
pub type Property = fn(&[u8]);

/// Each target's name, which is also its folder in the corpus, and what must hold.
pub const ALL: [(&str, Property); 10] = [
    ("account", account::holds),
    ("claims", claims::holds),
    ("document", document::holds),
    ("equality", equality::holds),
    ("evaluation", evaluation::holds),
    ("inputs", inputs::holds),
    ("journal", journal::holds),
    ("manifest", manifest::holds),
    ("saved", saved::holds),
    ("sink", sink::holds),
];

/// Fails if a terminal would do anything but write lines of `text`.
fn is_harmless(text: &str) {
    let odd = text.chars().find(|letter| {
        *letter != '\n'
            && (letter.is_control()
                || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
                    | '\u{2066}'..='\u{2069}' | '\u{feff}'))
    });
    assert_eq!(odd, None, "{text:?}");
}
