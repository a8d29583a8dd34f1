//! Problems as text for a terminal of 80 columns.

use annotate_snippets::{AnnotationKind, Level as Title, Origin, Renderer, Snippet};

use super::limits::MAX_PROBLEMS;
use super::problem::{Level, Problem};
use super::source::{Lines, Source, Span};
use super::visible::{visible, wrap};

/// The screen that nobody has to widen.
const WIDTH: usize = 80;

/// More problems than this are counted and not printed: nobody reads the hundredth.
const PRINTED: usize = 50;

/// Behind this column the source line is left out: it is minified or hostile, and laying it out
/// again for every problem would take as long as the file is wide.
const WIDEST: usize = 20_000;

/// The problems, in the order given, each with its source line; a count line when more than one.
pub(super) fn render(source: &Source, problems: &[&Problem], colour: bool) -> String {
    let lines = Lines::new(&source.text);
    let name = visible(&source.name);
    let printed = problems.iter().take(PRINTED);
    let mut blocks: Vec<String> = printed
        .map(|one| block(source, &name, &lines, one, colour))
        .collect();
    if problems.len() > 1 {
        let count = problems.len();
        let least = if count >= MAX_PROBLEMS {
            "at least "
        } else {
            ""
        };
        let cut = if count > PRINTED {
            format!(", the first {PRINTED} are shown")
        } else {
            String::new()
        };
        let what = match problems.iter().map(|problem| problem.level).min() {
            Some(Level::Warning) => "warnings",
            Some(Level::Note) => "notes",
            _ => "errors",
        };
        blocks.push(format!("{least}{count} {what} in {name}{cut}"));
    }
    blocks.join("\n\n")
}

fn block(
    source: &Source,
    name: &str,
    lines: &Lines<'_>,
    problem: &Problem,
    colour: bool,
) -> String {
    let place = problem.span.map(|span| lines.place(span.start));
    let gutter = place.map_or(0, |place| place.line.to_string().len());
    let (level, word) = match problem.level {
        Level::Error => (Title::ERROR, "error"),
        Level::Warning => (Title::WARNING, "warning"),
        Level::Note => (Title::NOTE, "note"),
    };
    let id = Some(problem.id).filter(|id| problem.level != Level::Error && !id.is_empty());
    let head = word.len() + id.map_or(0, |id| id.len() + "[]".len()) + ": ".len();
    let title = wrap(&lines_visible(&problem.message), WIDTH - head);
    let title = level.primary_title(title);
    let mut group = annotate_snippets::Group::with_title(match id {
        Some(id) => title.id(id),
        None => title,
    });
    match (problem.span, place) {
        (Some(span), Some(place)) if place.column <= WIDEST => {
            let (line, mark) = source_line(source, lines, span);
            let mark = AnnotationKind::Primary.span(mark.start..mark.end);
            group = group.element(
                Snippet::source(line)
                    .path(name.to_owned())
                    .line_start(place.line)
                    .annotation(mark),
            );
        }
        (_, Some(place)) => {
            let origin = Origin::path(name.to_owned())
                .line(place.line)
                .char_column(place.column);
            group = group.element(origin);
        }
        (_, None) => group = group.element(Origin::path(name.to_owned())),
    }
    if let Some(fix) = &problem.fix {
        // "  = help: " stands before the text, behind as many spaces as the line number has digits.
        let width = WIDTH - gutter - " = help: ".len();
        group = group.element(Title::HELP.message(wrap(&lines_visible(fix), width)));
    }
    let renderer = if colour {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let renderer = renderer.term_width(WIDTH - gutter - " | ".len() - "......".len());
    renderer.render(&[group])
}

/// [`visible`], but the line ends of our own messages stay.
fn lines_visible(text: &str) -> String {
    text.split('\n').map(visible).collect::<Vec<_>>().join("\n")
}

/// The line where `span` starts, made visible, and the part of it that the span marks.
fn source_line(source: &Source, lines: &Lines<'_>, span: Span) -> (String, Span) {
    let line = lines.line(span.start);
    let start = lines.boundary(span.start.clamp(line.start, line.end));
    let end = lines.boundary(span.end.clamp(start, line.end));
    let part = |from: usize, to: usize| source.text.get(from..to).unwrap_or_default();
    // From the mark on a screen's width is enough, whatever the line's length.
    let screenful = |text: &str| visible(&text.chars().take(2 * WIDTH).collect::<String>());
    let before = visible(part(line.start, start));
    let (marked, behind) = (screenful(part(start, end)), screenful(part(end, line.end)));
    let mark = Span::new(before.len(), before.len() + marked.trim_end().len());
    (format!("{before}{marked}{behind}"), mark)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn screen(text: &str, problems: &[Problem]) -> String {
        let all: Vec<&Problem> = problems.iter().collect();
        render(&Source::new("m.yaml", text), &all, false)
    }

    fn at(start: usize, end: usize) -> Problem {
        Problem::new("this is wrong").at(Span::new(start, end))
    }

    #[test]
    fn a_problem_shows_its_line_caret_and_fix() {
        let text = screen("a: 1\nbb: two\n", &[at(9, 12).fix("write 2")]);
        assert_eq!(
            text,
            "error: this is wrong\n --> m.yaml:2:5\n  |\n2 | bb: two\n  |     ^^^\n  |\n  = help: write 2"
        );
    }

    #[test]
    fn a_problem_of_the_whole_file_shows_its_name() {
        let text = screen("", &[Problem::new("it is empty").fix("fill it")]);
        assert_eq!(text, "error: it is empty\n--> m.yaml\n = help: fill it");
    }

    #[test]
    fn more_than_one_is_counted_and_very_many_are_cut() {
        let two = screen("a: 1\n", &[at(0, 1), at(3, 4)]);
        assert!(two.ends_with("\n\n2 errors in m.yaml"), "{two}");
        let many = screen("a: 1\n", &vec![at(0, 1); 51]);
        assert!(
            many.ends_with("51 errors in m.yaml, the first 50 are shown"),
            "{many}"
        );
        assert_eq!(many.matches("error: ").count(), 50);
    }

    #[test]
    fn a_span_over_lines_marks_the_first_only() {
        let text = screen("a:\n  b: 1\n", &[at(0, 9)]);
        assert!(
            text.contains("1 | a:\n  | ^^\n") || text.ends_with("1 | a:\n  | ^^"),
            "{text}"
        );
    }

    #[test]
    fn every_line_fits_in_80_columns() {
        let words = "many words that say what is wrong ".repeat(8);
        let text = format!("k: {}bad {}\n", "word ".repeat(300), "tail ".repeat(300));
        let problem = Problem::new(&words).at(Span::new(1503, 1506)).fix(&words);
        let shown = screen(&text, &[problem]);
        let widest = shown.lines().map(|line| line.chars().count()).max();
        assert!(widest <= Some(80), "{widest:?}\n{shown}");
        assert!(
            shown.contains("m.yaml:1:1504") && shown.contains("bad"),
            "{shown}"
        );
    }

    #[test]
    fn the_terminal_gets_no_control_character() {
        let text = "a: \"\u{1b}[31mred\u{9b}\u{202e}\"\r\nb: \tx\n";
        let problem = Problem::new("bad \u{1b}]0;title\u{7}")
            .at(Span::new(3, 12))
            .fix("\u{8}x");
        let shown = screen(text, &[problem]);
        let obeyed = |character: char| character.is_control() && character != '\n';
        assert!(!shown.chars().any(obeyed), "{shown:?}");
        assert!(shown.contains("␛[31mred"), "{shown}");
    }

    #[test]
    fn colour_is_only_there_when_asked_for() {
        let problem = at(0, 1);
        let source = Source::new("m.yaml", "a: 1\n");
        assert!(render(&source, &[&problem], true).contains('\u{1b}'));
        assert!(!render(&source, &[&problem], false).contains('\u{1b}'));
    }

    #[test]
    fn spans_that_do_not_fit_the_text_do_not_panic() {
        for (start, end) in [(0, 0), (4, 4), (5, 5), (99, 120), (3, 1), (1, 2), (2, 99)] {
            let text = screen("é: ü\n", &[at(start, end)]);
            assert!(text.contains("this is wrong"), "{start}..{end}");
        }
    }

    #[test]
    fn a_very_wide_line_is_named_and_not_laid_out() {
        let text = format!("a: [{}]", "x, ".repeat(200_000));
        let shown = screen(&text, &vec![at(500_000, 500_001); 50]);
        assert!(
            shown.len() < 10_000 && shown.contains("m.yaml:1:500001"),
            "{}",
            shown.len()
        );
    }
}
