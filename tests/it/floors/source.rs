//! A source file as far as paths go: comments and texts are blanked out, the rest is words.

use std::{fs, path::Path};

/// One file.
pub struct Source {
    /// The path below `src/`, such as `aws/role.rs`.
    pub file: String,
    /// The top-level module that it belongs to.
    pub module: String,
    /// As it is written.
    pub text: String,
}

/// All Rust files below a folder.
pub fn read_all(root: &Path) -> Vec<Source> {
    let mut sources = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("it is in the checkout") {
            let path = entry.expect("it can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let below = path.strip_prefix(root).expect("it is below the root");
                let text = fs::read_to_string(&path).expect("it is text");
                sources.push(Source::new(&below.to_string_lossy(), &text));
            }
        }
    }
    sources
}

/// A word or a sign, and its line.
type Token<'a> = (usize, &'a str);

impl Source {
    /// The file at this path below `src/`.
    pub fn new(file: &str, text: &str) -> Self {
        let first = file.split('/').next().unwrap_or_default();
        Self {
            file: file.to_owned(),
            module: first.trim_end_matches(".rs").to_owned(),
            text: text.to_owned(),
        }
    }

    /// The top-level modules that paths in this file lead to, each with its line.
    pub fn modules_used(&self) -> Vec<(usize, String)> {
        let code = blanked(&self.text);
        let tokens = tokens(&code);
        let mut used = Vec::new();
        for at in 0..tokens.len() {
            let follows_path = at > 0 && tokens[at - 1].1 == "::";
            let mut next = match tokens[at].1 {
                "crate" | "s3setup" if !follows_path => at + 1,
                "super" if !follows_path => match self.top_from(&tokens, at) {
                    Some(next) => next,
                    None => continue,
                },
                _ => continue,
            };
            if tokens.get(next).is_some_and(|token| token.1 == "::") {
                next += 1;
                names(&tokens, next, &mut used);
            }
        }
        used
    }

    /// Where the path goes on behind the last `super`, if so many lead to the top of the crate.
    fn top_from(&self, tokens: &[Token], start: usize) -> Option<usize> {
        let mut at = start;
        let mut supers = 1;
        while tokens.get(at + 1).is_some_and(|token| token.1 == "::")
            && tokens.get(at + 2).is_some_and(|token| token.1 == "super")
        {
            at += 2;
            supers += 1;
        }
        // `a.rs` and `a/mod.rs` are one below the top, and so on down.
        let depth = self.file.trim_end_matches("/mod.rs").split('/').count();
        (supers == depth + modules_around(tokens, start)).then_some(at + 1)
    }

    /// The crates whose names begin with one of these.
    pub fn crates_used(&self, beginnings: &[&str]) -> Vec<(usize, String)> {
        let code = blanked(&self.text);
        tokens(&code)
            .into_iter()
            .filter(|(_, word)| {
                beginnings
                    .iter()
                    .any(|beginning| word.starts_with(beginning))
            })
            .map(|(line, word)| (line, word.to_owned()))
            .collect()
    }
}

/// How many `mod name { … }` are open at this place.
fn modules_around(tokens: &[Token], end: usize) -> usize {
    let mut open: Vec<bool> = Vec::new();
    for at in 0..end {
        match tokens[at].1 {
            "{" => open.push(at >= 2 && tokens[at - 2].1 == "mod"),
            "}" => {
                open.pop();
            }
            _ => {}
        }
    }
    open.into_iter().filter(|is_module| *is_module).count()
}

/// The first names of what follows `crate::`: one, or those at the outermost level of braces.
fn names(tokens: &[Token], start: usize, used: &mut Vec<(usize, String)>) {
    let is_word = |word: &str| word.starts_with(|c: char| c.is_alphabetic() || c == '_');
    let Some((line, first)) = tokens.get(start) else {
        return;
    };
    if *first != "{" {
        // `crate::Thing` is of no module, and types begin with a capital.
        if is_word(first) && !first.starts_with(char::is_uppercase) && *first != "self" {
            used.push((*line, (*first).to_owned()));
        }
        return;
    }
    let mut depth = 0;
    for at in start..tokens.len() {
        match tokens[at].1 {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return;
        }
        let begins = matches!(tokens[at].1, "{" | ",") && depth == 1;
        if begins && tokens.get(at + 1).is_some_and(|next| next.1 != "{") {
            names(tokens, at + 1, used);
        }
    }
}

/// Words, `::`, and single signs.
fn tokens(code: &str) -> Vec<Token<'_>> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut found = Vec::new();
    for (line, text) in code.lines().enumerate() {
        let mut rest = text.trim_start();
        while let Some(first) = rest.chars().next() {
            let length = match first {
                ':' if rest.starts_with("::") => 2,
                c if is_word(c) => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
                c => c.len_utf8(),
            };
            found.push((line + 1, &rest[..length]));
            rest = rest[length..].trim_start();
        }
    }
    found
}

/// The text with every comment, string and character replaced by blanks; lines stay lines.
fn blanked(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let in_word = code.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let length = match first {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => comment(rest),
            '"' => 1 + quoted(&rest[1..], '"'),
            'r' if !in_word && raw(rest).is_some() => raw(rest).unwrap_or(1),
            '\'' => character(rest),
            _ => 0,
        };
        if length == 0 {
            code.push(first);
            rest = &rest[first.len_utf8()..];
        } else {
            let blank = rest[..length]
                .chars()
                .map(|c| if c == '\n' { '\n' } else { ' ' });
            code.extend(blank);
            rest = &rest[length..];
        }
    }
    code
}

/// The length of a comment that may hold others.
fn comment(text: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < text.len() {
        let here = &text.as_bytes()[at..];
        if here.starts_with(b"/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if here.starts_with(b"*/") {
            (depth, at) = (depth - 1, at + 2);
        } else {
            at += 1;
        }
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

/// The length up to and with the closing quotation mark.
fn quoted(text: &str, end: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == end => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// The length of a raw string, if this is one.
fn raw(text: &str) -> Option<usize> {
    let hashes = text[1..].chars().take_while(|c| *c == '#').count();
    let body = text[1 + hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let length = body.find(&end).map_or(body.len(), |at| at + end.len());
    Some(text.len() - body.len() + length)
}

/// The length of a character in quotation marks; 0 for a lifetime.
fn character(text: &str) -> usize {
    let mut letters = text[1..].chars();
    match (letters.next(), letters.next()) {
        (Some('\\'), _) => 1 + quoted(&text[1..], '\''),
        (Some(letter), Some('\'')) => 2 + letter.len_utf8(),
        _ => 0,
    }
}
