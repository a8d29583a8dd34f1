//! A report as one page that can be looked at: no script, no request, nothing beside it. It reads on a
//! phone, in the dark, on paper and aloud.

mod access;
mod checks;
mod manifests;
mod resources;

pub use manifests::validated_html;

use super::words::{at, manifests as names_of, place, verdict, when};
use super::xml::escaped;
use crate::plan::Coverage;
use crate::render::text::{count, listed, seconds};
use crate::report::{Account, Command, Found, Report, State, Tally};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::time::Duration;

const STYLE: &str = include_str!("style.css");
/// More names than this are counted.
const MOST_NAMES: usize = 8;

/// The report as a page of HTML.
///
/// # Guarantees
/// A browser that shows it loads nothing, runs nothing, and takes no text from outside for a tag.
#[must_use]
pub fn report_html(report: &Report) -> String {
    let title = format!("s3setup {}: {}", report.command.name(), state(report).1);
    let mut sections = vec![
        ("summary", "Summary", summary(report)),
        ("problems", "Cannot be told", problems(report)),
        ("access", access_title(report), access::lines(report)),
        ("reach", "Who can reach what", access::reach(report)),
        ("checks", "What was tried", checks::all(report)),
        ("resources", "Resources", resources::all(report)),
        (
            "findings",
            "Findings in live policies",
            access::findings(report),
        ),
        ("calls", "Calls", calls(report)),
    ];
    sections.retain(|(_, _, body)| !body.is_empty());
    page(&title, &header(report), &sections, &report.version)
}

/// A whole page of these sections.
fn page(title: &str, header: &str, sections: &[(&str, &str, String)], version: &str) -> String {
    let digest = STANDARD.encode(Sha256::digest(STYLE));
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src \
         'sha256-{digest}'; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>{}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n{header}{}<main>\n",
        escaped(title),
        links(sections),
    );
    for (id, title, body) in sections {
        let _ = write!(
            page,
            "<section aria-labelledby=\"{id}\">\n<h2 id=\"{id}\">{title}</h2>\n{body}</section>\n"
        );
    }
    let _ = write!(
        page,
        "</main>\n<footer><p>Made by s3setup {}. A report of what was so at that time; it changes \
         nothing.</p></footer>\n</body>\n</html>\n",
        escaped(version)
    );
    page
}

/// The colour of what a report comes to, and a word for it.
fn state(report: &Report) -> (&'static str, &'static str) {
    match (report.state(), report.command) {
        (State::InSync, Command::Plan) => ("good", "no changes"),
        (State::InSync, Command::Drift) => ("good", "in sync"),
        (State::InSync, Command::Verify) => ("good", "verified"),
        (State::Unknown, _) => ("warn", "could not tell"),
        (State::Drifted, Command::Plan) => ("warn", "changes"),
        (State::Drifted, Command::Drift) => ("bad", "drift"),
        (State::Drifted, Command::Verify) => ("bad", "not as promised"),
    }
}

fn header(report: &Report) -> String {
    let (colour, word) = state(report);
    let word = begun(word);
    let mut text = format!(
        "<header class=\"verdict {colour}\">\n<p class=\"name\">s3setup {}</p>\n<h1>{word}</h1>\n\
         <p class=\"said\">{}</p>\n<dl class=\"facts\">\n",
        report.command.name(),
        escaped(&verdict(report))
    );
    let places: Vec<String> = report.accounts.iter().map(place).collect();
    let mut names: Vec<String> = report
        .accounts
        .iter()
        .flat_map(names_of)
        .map(str::to_owned)
        .collect();
    names.dedup();
    let facts = [
        ("When", report.at.as_deref().map(when)),
        ("Where", Some(listed(&places, MOST_NAMES))),
        ("Manifests", Some(listed(&names, MOST_NAMES))),
        ("Took", Some(took(report))),
    ];
    for (name, value) in facts {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            let value = escaped(&value);
            let _ = writeln!(text, "<div><dt>{name}</dt><dd>{value}</dd></div>");
        }
    }
    text.push_str("</dl>\n</header>\n");
    text
}

/// With a capital letter, as a sentence begins.
fn begun(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// Where the sections are.
fn links(sections: &[(&str, &str, String)]) -> String {
    let mut text = String::from("<nav aria-label=\"Sections\"><ul>\n");
    for (id, title, _) in sections {
        let _ = writeln!(text, "<li><a href=\"#{id}\">{title}</a></li>");
    }
    text.push_str("</ul></nav>\n");
    text
}

fn took(report: &Report) -> String {
    let elapsed = Duration::try_from_secs_f64(report.cost().seconds).unwrap_or_default();
    format!(
        "{}, {}",
        count(report.cost().total, "call"),
        seconds(elapsed)
    )
}

/// The numbers: resources by state, and how much of them is looked after.
fn summary(report: &Report) -> String {
    if report.command == Command::Verify {
        return checks::summary(report);
    }
    let tally = Tally::of(report.steps());
    let names = match report.command {
        Command::Plan => [
            "unchanged",
            "to create",
            "to update",
            "to delete",
            "could not be read",
        ],
        _ => [
            "in sync",
            "missing",
            "changed",
            "unwanted",
            "could not be read",
        ],
    };
    let colours = match report.command {
        Command::Plan => ["good", "warn", "warn", "bad", "warn"],
        _ => ["good", "bad", "bad", "bad", "warn"],
    };
    let numbers = tally.named().map(|(_, number)| number);
    let cards: Vec<(usize, &str, &str)> = (0..names.len())
        .map(|at| (numbers[at], names[at], colours[at]))
        .collect();
    format!("{}{}", self::cards(&cards), bar(report.coverage()))
}

/// Numbers, each with what it counts.
fn cards(all: &[(usize, &str, &str)]) -> String {
    let mut text = String::from("<ul class=\"cards\">\n");
    for (number, name, colour) in all {
        let colour = if *number == 0 { "zero" } else { colour };
        let _ = writeln!(text, "<li class=\"{colour}\"><b>{number}</b>{name}</li>");
    }
    text.push_str("</ul>\n");
    text
}

/// How the aspects stand, as parts of a bar.
fn bar(coverage: Coverage) -> String {
    let Coverage {
        in_sync,
        drifted,
        unreadable,
        not_managed,
    } = coverage;
    let total = in_sync + drifted + unreadable + not_managed;
    if total == 0 {
        return String::new();
    }
    let said = super::coverage_line(coverage);
    let mut text = format!(
        "<svg class=\"bar\" role=\"img\" aria-label=\"{said}\" viewBox=\"0 0 {total} 1\" \
         preserveAspectRatio=\"none\">"
    );
    let mut at = 0;
    for (number, colour) in [
        (in_sync, "good"),
        (drifted, "bad"),
        (unreadable, "warn"),
        (not_managed, "none"),
    ] {
        let _ = write!(
            text,
            "<rect class=\"{colour}\" x=\"{at}\" y=\"0\" width=\"{number}\" height=\"1\"/>"
        );
        at += number;
    }
    let _ = writeln!(text, "</svg>\n<p class=\"legend\">{said}</p>");
    text
}

/// Manifests that cannot be used, accounts that could not be asked.
fn problems(report: &Report) -> String {
    let mut text = String::new();
    for wrong in report.broken.iter().flat_map(|one| &one.errors) {
        let _ = write!(
            text,
            "<li>{} <code>{}</code><br>{}",
            chip("bad", "broken manifest"),
            escaped(&at(wrong)),
            escaped(&wrong.message)
        );
        if let Some(fix) = &wrong.fix {
            let _ = write!(text, "<br><span class=\"fix\">Fix: {}</span>", escaped(fix));
        }
        text.push_str("</li>\n");
    }
    for account in &report.accounts {
        if let Found::Failed(failed) = &account.found {
            let _ = writeln!(
                text,
                "<li>{} {}<br>{}</li>",
                chip("bad", "not asked"),
                escaped(&place(account)),
                escaped(&failed.error)
            );
        }
    }
    list(&text)
}

/// Items in a panel, if there are any.
fn list(items: &str) -> String {
    match items.is_empty() {
        true => String::new(),
        false => format!("<ul class=\"list panel\">\n{items}</ul>\n"),
    }
}

fn chip(colour: &str, text: &str) -> String {
    format!("<span class=\"chip {colour}\">{text}</span>")
}

fn access_title(report: &Report) -> &'static str {
    match report.command {
        Command::Drift => "Access that is not as the manifests say",
        _ => "Who gains and who loses access",
    }
}

/// A heading for what is of one account, where there are more.
fn account_heading(report: &Report, account: &Account) -> String {
    match report.accounts.len() {
        1 => String::new(),
        _ => format!("<h3>{}</h3>\n", escaped(&place(account))),
    }
}

fn calls(report: &Report) -> String {
    if report.cost().by_operation.is_empty() {
        return String::new();
    }
    let mut text = format!(
        "<details><summary><code>{}</code></summary>\n<div class=\"body\"><table>\n\
         <caption>What the run has asked, by operation</caption>\n\
         <thead><tr><th scope=\"col\">Operation</th><th scope=\"col\">Calls</th></tr></thead>\n<tbody>\n",
        escaped(&took(report))
    );
    for (operation, number) in &report.cost().by_operation {
        let operation = escaped(operation);
        let _ = writeln!(
            text,
            "<tr><td><code>{operation}</code></td><td class=\"number\" data-label=\"calls\">{number}</td></tr>"
        );
    }
    text.push_str("</tbody></table></div></details>\n");
    text
}
