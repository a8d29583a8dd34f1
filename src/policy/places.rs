//! Where the parts of a document stand in its text.

use super::fault::{element, member};

/// The line and column of each part of a document, by its path.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    /// In the order of the text. A single statement has the number 0.
    places: Vec<(String, usize, usize)>,
}

impl Places {
    /// Of a text that is JSON; of any other, some of its places.
    pub(super) fn of(text: &str) -> Places {
        let mut scan = Scan {
            text,
            at: 0,
            line: 1,
            line_start: 0,
            places: Vec::new(),
        };
        scan.value("");
        Places {
            places: scan.places,
        }
    }

    /// One place for everything.
    pub(super) fn only(line: usize, column: usize) -> Places {
        Places {
            places: vec![(String::new(), line.max(1), column.max(1))],
        }
    }

    /// The line and column of the nearest part around the path that stands in the text.
    pub(super) fn find(&self, path: &str) -> (usize, usize) {
        let around = self.places.iter().filter(|(known, _, _)| {
            path.get(..known.len()).is_some_and(|start| {
                let rest = &path[known.len()..];
                start.eq_ignore_ascii_case(known)
                    && (known.is_empty() || rest.is_empty() || rest.starts_with(['.', '[']))
            })
        });
        around
            .max_by_key(|(known, _, _)| known.len())
            .map_or((1, 1), |(_, line, column)| (*line, *column))
    }
}

/// Reads JSON only to know where it is. Depth is bounded by who calls it: the text was read before.
struct Scan<'a> {
    text: &'a str,
    at: usize,
    line: usize,
    line_start: usize,
    places: Vec<(String, usize, usize)>,
}

impl Scan<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn step(&mut self) {
        if self.peek() == Some(b'\n') {
            self.line += 1;
            self.line_start = self.at + 1;
        }
        self.at += 1;
    }

    /// Goes on to what is not white space; a byte order mark is taken for it.
    fn blank(&mut self) {
        while self
            .peek()
            .is_some_and(|byte| byte.is_ascii_whitespace() || !byte.is_ascii())
        {
            self.step();
        }
    }

    fn mark(&mut self, path: &str) {
        let before = self.text.get(self.line_start..self.at).unwrap_or_default();
        let column = before.chars().count() + 1;
        self.places.push((path.to_owned(), self.line, column));
    }

    fn value(&mut self, path: &str) {
        self.blank();
        match self.peek() {
            Some(b'{') => {
                self.mark(path);
                self.step();
                self.members(path);
            }
            Some(b'[') => {
                self.step();
                // A document in a list of one is the document.
                let outer = path.is_empty();
                self.items(path, outer);
            }
            Some(b'"') => {
                self.mark(path);
                self.string();
            }
            Some(_) => {
                self.mark(path);
                while self
                    .peek()
                    .is_some_and(|byte| !b",]} \t\r\n".contains(&byte))
                {
                    self.step();
                }
            }
            None => {}
        }
    }

    fn members(&mut self, path: &str) {
        loop {
            self.blank();
            match self.peek() {
                Some(b'"') => {}
                Some(b',') => {
                    self.step();
                    continue;
                }
                Some(b'}') => return self.step(),
                _ => return,
            }
            let (start, line, line_start) = (self.at, self.line, self.line_start);
            let key = self.string();
            let below = member(path, &key);
            let column = self.text.get(line_start..start).unwrap_or_default();
            self.places
                .push((below.clone(), line, column.chars().count() + 1));
            self.blank();
            if self.peek() != Some(b':') {
                return;
            }
            self.step();
            self.blank();
            // One statement alone is the first.
            let single = below == "Statement" && self.peek() == Some(b'{');
            let below = match single {
                true => element(&below, 0),
                false => below,
            };
            let known = self.places.len();
            self.value(&below);
            // A member is shown at its key, not at its value.
            if !single
                && self
                    .places
                    .get(known)
                    .is_some_and(|(path, _, _)| *path == below)
            {
                self.places.remove(known);
            }
        }
    }

    fn items(&mut self, path: &str, outer: bool) {
        let mut index = 0;
        loop {
            self.blank();
            match self.peek() {
                Some(b',') => self.step(),
                Some(b']') => return self.step(),
                None => return,
                Some(_) => {
                    let before = self.at;
                    match outer {
                        true => self.value(path),
                        false => self.value(&element(path, index)),
                    }
                    index += 1;
                    if self.at == before {
                        return;
                    }
                }
            }
        }
    }

    /// The text of a string, after which it goes on.
    fn string(&mut self) -> String {
        let start = self.at;
        self.step();
        while let Some(byte) = self.peek() {
            self.step();
            match byte {
                b'\\' => self.step(),
                b'"' => break,
                _ => {}
            }
        }
        let written = self.text.get(start..self.at).unwrap_or_default();
        serde_json::from_str(written).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_part_is_found_where_it_is_written() {
        let text = "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [{\n    \"Sid\": \"ü\", \"Effect\": \"Allow\",\n    \"Action\": [\"a\", \"b\"],\n    \"Condition\": {\"bool\": {\"AWS:x\": true}, \"a\\u0062\": {}}\n  }]\n}";
        let places = Places::of(text);
        for (path, expected) in [
            ("", (1, 1)),
            ("Version", (2, 3)),
            ("Statement[0]", (3, 17)),
            ("Statement[0].Sid", (4, 5)),
            ("Statement[0].Effect", (4, 17)),
            ("Statement[0].Action", (5, 5)),
            ("Statement[0].Action[1]", (5, 21)),
            ("Statement[0].Resource", (3, 17)),
            ("Statement[0].Condition.Bool.aws:x", (6, 28)),
            ("Statement[0].Condition.ab", (6, 44)),
            ("Statement[7]", (3, 3)),
        ] {
            assert_eq!(places.find(path), expected, "{path}");
        }
    }

    #[test]
    fn one_statement_alone_is_the_first() {
        let places = Places::of("{\"Statement\":\n {\"Action\":\"a\"}}");
        assert_eq!(places.find("Statement[0]"), (2, 2));
        assert_eq!(places.find("Statement[0].Action"), (2, 3));
    }

    proptest! {
        #[test]
        fn no_text_is_too_odd(text in "[\\[\\]{}\":,a\\\\ü\n]{0,40}") {
            let (line, column) = Places::of(&text).find("Statement[0].Action");
            prop_assert!(line >= 1 && column >= 1);
        }
    }
}
