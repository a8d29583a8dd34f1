//! Looks for secrets in whatever was written, in every form that somebody could read them back from.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};

/// Secrets by what they are, each in all its forms.
#[derive(Default)]
pub struct Searcher {
    forms: BTreeMap<String, Vec<String>>,
}

impl Searcher {
    /// From now on this one is looked for.
    pub fn add(&mut self, name: &str, secret: &str) {
        assert!(secret.len() >= 12, "{name} would be found anywhere");
        self.forms.insert(name.to_owned(), forms(secret));
    }

    /// How many are looked for.
    pub fn len(&self) -> usize {
        self.forms.len()
    }

    /// The names of the secrets that are in `bytes`, whatever lines they were broken into.
    pub fn find(&self, bytes: &[u8]) -> Vec<&str> {
        let text = String::from_utf8_lossy(bytes);
        let packed: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let is_in = |forms: &Vec<String>| forms.iter().any(|form| packed.contains(form));
        let found = self.forms.iter().filter(|(_, forms)| is_in(forms));
        found.map(|(name, _)| name.as_str()).collect()
    }
}

/// Plain, reversed, in hexadecimal, in base64 wherever it begins, as in a URL, in JSON and in XML.
fn forms(secret: &str) -> Vec<String> {
    let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    let url = |lower: bool| -> String {
        let encoded = secret.bytes().map(|byte| match char::from(byte) {
            letter if letter.is_ascii_alphanumeric() || "-_.~".contains(letter) => {
                letter.to_string()
            }
            _ if lower => format!("%{byte:02x}"),
            _ => format!("%{byte:02X}"),
        });
        encoded.collect()
    };
    let mut forms = vec![
        secret.to_owned(),
        secret.chars().rev().collect(),
        hex.to_uppercase(),
        hex,
        url(false),
        url(true),
        secret.replace('/', "\\/"),
        secret.replace('+', "\\u002b").replace('/', "\\u002f"),
        secret
            .replace('&', "&amp;")
            .replace('+', "&#43;")
            .replace('/', "&#47;"),
    ];
    // Three bytes are four letters: what is the secret's alone is the same wherever it begins.
    for before in 0..3 {
        let encoded = STANDARD_NO_PAD.encode(format!("{}{secret}", "x".repeat(before)));
        let ours = &encoded[if before == 0 { 0 } else { 4 }..encoded.len() - 3];
        forms.push(ours.to_owned());
        forms.push(ours.replace('+', "-").replace('/', "_"));
    }
    forms
}

/// Every file below `folder`, with its content.
pub fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).expect("it is ours").flatten() {
            let path = entry.path();
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => open.push(path),
                Ok(kind) if kind.is_file() => {
                    // One that is gone by now was a draft.
                    let content = std::fs::read(&path).unwrap_or_default();
                    found.push((path, content));
                }
                _ => {}
            }
        }
    }
    found
}

#[test]
fn a_secret_that_was_planted_is_found_in_every_form() {
    let secret = "wJalr/XUtnFEMI+K7MDENG";
    let mut searcher = Searcher::default();
    searcher.add("planted", secret);
    let base64 = |text: &str| STANDARD_NO_PAD.encode(text);
    let reversed: String = secret.chars().rev().collect();
    for text in [
        format!("a {secret} b"),
        "wJalr/XUtn\n  FEMI+K7\n\tMDENG".to_owned(),
        reversed,
        "wJalr%2FXUtnFEMI%2BK7MDENG".to_owned(),
        "wJalr%2fXUtnFEMI%2bK7MDENG".to_owned(),
        "{\"a\": \"wJalr\\/XUtnFEMI+K7MDENG\"}".to_owned(),
        base64(secret),
        base64(&format!("Basic me:{secret}:more")),
        base64(&format!("ab{secret}c")),
        "774A616C722F5855746E46454D492B4B374D44454E47".to_owned(),
    ] {
        assert_eq!(searcher.find(text.as_bytes()), ["planted"], "{text}");
    }
    assert_eq!(searcher.find(b"wJalr/XUtnFEMI"), Vec::<&str>::new());
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    std::fs::create_dir_all(folder.path().join("a/.b")).expect("it is ours");
    std::fs::write(folder.path().join("a/.b/c"), secret).expect("it is ours");
    let found = files(folder.path());
    assert_eq!(found.len(), 1);
    assert_eq!(searcher.find(&found[0].1), ["planted"]);
}
