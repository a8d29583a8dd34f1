//! All that is wrong with one file, as text for a terminal and as JSON.

use serde_json::{Value, json};

use super::node::Node;
use super::path::find;
use super::problem::Problem;
use super::screen;
use super::source::{Lines, Place, Source};
use super::visible::visible;

/// All that is wrong with one file. [`std::fmt::Display`] is the text for a terminal without
/// colour: file, line, column, the source line with a caret, and the fix as a `help:` line.
#[derive(Clone, PartialEq, Eq)]
pub struct Problems {
    source: Source,
    list: Vec<Problem>,
}

impl Problems {
    /// No problem yet of this file.
    pub fn new(source: &Source) -> Self {
        Self::of(source, Vec::new())
    }

    /// These problems of this file.
    pub fn of(source: &Source, list: Vec<Problem>) -> Self {
        let source = source.clone();
        Self { source, list }
    }

    /// One problem of a file that could not be read, so there is a name and no text.
    pub fn unread(name: impl Into<String>, problem: Problem) -> Self {
        Self::of(&Source::new(name, ""), vec![problem])
    }

    /// The name of the file.
    pub fn name(&self) -> &str {
        &self.source.name
    }

    /// Adds one problem.
    pub fn push(&mut self, problem: Problem) {
        self.list.push(problem);
    }

    /// Adds the problems that another step found. Those of another file keep their message and fix
    /// and lose their place, for it would be shown in the wrong text.
    pub fn merge(&mut self, other: Problems) {
        let same = self.source == other.source;
        let Source { name, .. } = other.source;
        self.list.extend(other.list.into_iter().map(|mut problem| {
            if !same {
                problem.span = None;
                problem.message = format!("{name}: {}", problem.message);
            }
            problem
        }));
    }

    /// Gives every problem that knows only its path a place in the text: that of the path in
    /// `root`, or of its nearest ancestor that exists. For checks that no longer see the tree.
    pub fn locate(&mut self, root: &Node) {
        for problem in &mut self.list {
            if problem.span.is_none() && !problem.path.is_empty() {
                problem.span = find(root, &problem.path);
            }
        }
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// How many problems there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// The problems by their place in the file: first those of the whole file, then top to bottom;
    /// two at one place stay in the order in which they were found.
    pub fn sorted(&self) -> Vec<&Problem> {
        let mut sorted: Vec<&Problem> = self.list.iter().collect();
        sorted.sort_by_key(|problem| problem.span.map(|span| span.start));
        sorted
    }

    /// `value` when nothing is wrong.
    ///
    /// # Errors
    ///
    /// The problems themselves, when there are any.
    pub fn unless_any<T>(self, value: T) -> Result<T, Problems> {
        if self.is_empty() {
            Ok(value)
        } else {
            Err(self)
        }
    }

    /// The text for a terminal, with colour when asked; [`std::fmt::Display`] is without.
    pub fn render(&self, colour: bool) -> String {
        screen::render(&self.source, &self.sorted(), colour)
    }

    /// Each of them as [`Problems::sorted`] has them, with where it begins.
    pub fn located(&self) -> Vec<(&Problem, Place)> {
        let sorted = self.sorted().into_iter();
        sorted
            .map(|problem| (problem, self.source.place(problem.span)))
            .collect()
    }

    /// For machines: `[{file, line, column, path, message, fix}]`, in the order of the file. Line
    /// and column count from 1 and are null for a problem of the whole file; fix may be null.
    pub fn to_json(&self) -> Value {
        let lines = Lines::new(&self.source.text);
        let entry = |problem: &&Problem| {
            let place = problem.span.map(|span| lines.place(span.start));
            json!({
                "file": visible(&self.source.name),
                "line": place.map(|place| place.line),
                "column": place.map(|place| place.column),
                "path": visible(&problem.path),
                "message": visible(&problem.message),
                "fix": problem.fix.as_deref().map(visible),
            })
        };
        Value::Array(self.sorted().iter().map(entry).collect())
    }
}

impl std::fmt::Display for Problems {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.render(false))
    }
}

impl std::fmt::Debug for Problems {
    /// What `unwrap` and `main` print: the same readable text, never a dump of the whole source.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, formatter)
    }
}

impl std::error::Error for Problems {}

#[cfg(test)]
mod tests {
    use super::super::path::Path;
    use super::super::source::Span;
    use super::*;

    fn source() -> Source {
        Source::new("m.yaml", "a: 1\nb: é2\n")
    }

    fn problem(message: &str, start: usize, end: usize) -> Problem {
        Problem::new(message).at(Span::new(start, end))
    }

    #[test]
    fn problems_come_in_the_order_of_the_file() {
        let list = vec![
            problem("third", 8, 9),
            problem("second", 3, 4),
            problem("second too", 3, 3),
            Problem::new("first"),
        ];
        let problems = Problems::of(&source(), list);
        let messages: Vec<&str> = problems
            .sorted()
            .iter()
            .map(|one| one.message.as_str())
            .collect();
        assert_eq!(messages, ["first", "second", "second too", "third"]);
    }

    #[test]
    fn json_has_one_object_a_problem() {
        let path: Path = "b".parse().unwrap();
        let list = vec![
            problem("bad", 10, 11).path(path).fix("write 3"),
            Problem::new("all"),
        ];
        let json = Problems::of(&source(), list).to_json();
        let none = Value::Null;
        assert_eq!(
            json,
            json!([
                {"file": "m.yaml", "line": none, "column": none, "path": "", "message": "all", "fix": none},
                {"file": "m.yaml", "line": 2, "column": 5, "path": "b", "message": "bad", "fix": "write 3"},
            ])
        );
    }

    #[test]
    fn merging_another_file_never_shows_its_place_in_this_text() {
        let mut problems = Problems::of(&source(), vec![problem("mine", 0, 1)]);
        problems.merge(Problems::of(&source(), vec![problem("same", 5, 6)]));
        problems.merge(Problems::of(
            &Source::new("x.yaml", "q"),
            vec![problem("theirs", 0, 1)],
        ));
        let found: Vec<(&str, Option<usize>)> = problems
            .sorted()
            .iter()
            .map(|one| (one.message.as_str(), one.span.map(|span| span.start)))
            .collect();
        assert_eq!(
            found,
            [
                ("x.yaml: theirs", None),
                ("mine", Some(0)),
                ("same", Some(5))
            ]
        );
    }

    #[test]
    fn a_problem_that_knows_its_path_finds_its_place() {
        let source = source();
        let root = super::super::parse(&source).unwrap();
        let list = vec![
            Problem::new("at b").path("b.c[3]"),
            Problem::new("placed").path("b").at(Span::new(0, 1)),
            Problem::new("of the file"),
        ];
        let mut problems = Problems::of(&source, list);
        problems.locate(&root);
        let spans: Vec<_> = problems.list.iter().map(|one| one.span).collect();
        assert_eq!(spans, [Some(Span::new(8, 11)), Some(Span::new(0, 1)), None]);
    }

    #[test]
    fn nothing_wrong_gives_the_value() {
        assert_eq!(Problems::new(&source()).unless_any(7).unwrap(), 7);
        let problems = Problems::of(&source(), vec![Problem::new("bad")]);
        assert_eq!((problems.len(), problems.is_empty()), (1, false));
        assert!(problems.unless_any(7).is_err());
    }
}
