//! Texts from outside within Markdown: nothing in them is a link, a mention, a cell or a tag.

use super::text::{clean, shortened};
use crate::resource::Scope;

/// A name longer than this is cut in the middle.
const LONGEST: usize = 300;

/// A text from outside as a code span. A backtick or a pipe would end the span or the table's cell
/// and is written as its escape.
pub(super) fn span(text: &str) -> String {
    let harmless = shortened(&clean(text), LONGEST)
        .replace('`', r"\u{60}")
        .replace('|', r"\u{7c}");
    match harmless.trim().is_empty() {
        true => "(empty)".to_owned(),
        false => format!("`{harmless}`"),
    }
}

/// Where it is, in Markdown.
pub(super) fn place(scope: &Scope) -> String {
    let account = (!scope.account.is_empty()).then(|| match scope.region.is_empty() {
        true => format!("account {}", span(&scope.account)),
        false => format!("account {}, {}", span(&scope.account), span(&scope.region)),
    });
    let project = scope.project.as_ref();
    let project = project.map(|project| format!("project {} of Google Cloud", span(project)));
    let all: Vec<String> = account.into_iter().chain(project).collect();
    all.join(" and ")
}

/// A text from outside within HTML.
pub(super) fn html(text: &str) -> String {
    shortened(&clean(text), LONGEST)
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// Lines in a fenced block that nothing in them can close.
pub(super) fn fence(language: &str, lines: &str) -> String {
    let (mut longest, mut run) = (0, 0);
    for letter in lines.chars() {
        run = if letter == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let fence = "`".repeat(3.max(longest + 1));
    format!("\n{fence}{language}\n{lines}{fence}\n")
}
