//! Of the page: what verify tried, principal by principal.

use super::super::super::verify::groups::rows;
use super::super::super::verify::{finding, proof};
use super::super::xml::escaped;
use super::{cards, chip};
use crate::report::{Checks, Found, Report};
use crate::verify::{self, Tried, Verdict};
use std::fmt::Write;

/// How many checks came to what.
pub(super) fn summary(report: &Report) -> String {
    let all: Vec<verify::Report> = tried(report).cloned().collect();
    let sum = Checks::of(&all);
    cards(&[
        (sum.allowed_as_promised, "allowed as promised", "good"),
        (sum.refused_as_promised, "refused as promised", "good"),
        (sum.allowed_but_not_promised, "allowed, not promised", "bad"),
        (sum.refused_but_promised, "refused, but promised", "bad"),
        (sum.not_known, "not known", "warn"),
    ])
}

/// Every principal of every manifest.
pub(super) fn all(report: &Report) -> String {
    let mut text = String::new();
    for report in tried(report) {
        let _ = writeln!(text, "<h3>{}</h3>", escaped(&report.manifest));
        for one in &report.drifted {
            let _ = writeln!(
                text,
                "<p>{} <code>{}</code> is not as the manifest says, which bears on access.</p>",
                chip("bad", "differs"),
                escaped(one)
            );
        }
        for one in &report.unreadable {
            let _ = writeln!(
                text,
                "<p>{} <code>{}</code></p>",
                chip("warn", "could not be read"),
                escaped(one)
            );
        }
        for one in &report.principals {
            text.push_str(&principal(one));
        }
    }
    text
}

fn tried(report: &Report) -> impl Iterator<Item = &verify::Report> {
    report
        .accounts
        .iter()
        .flat_map(|account| match &account.found {
            Found::Tried(verified) => &verified.manifests[..],
            _ => &[],
        })
}

fn principal(tried: &Tried) -> String {
    let wrong: Vec<_> = tried
        .checks
        .iter()
        .filter(|check| check.verdict.is_wrong())
        .collect();
    let is_wrong = !wrong.is_empty() || tried.problem.is_some();
    let (colour, word, open) = match (
        is_wrong,
        tried
            .checks
            .iter()
            .any(|one| one.verdict == Verdict::NotKnown),
    ) {
        (true, _) => ("bad", "not as promised", " open"),
        (false, true) => ("warn", "not all known", ""),
        (false, false) => ("good", "as promised", ""),
    };
    let how = match tried.tried {
        true => format!("Tried with {}", tried.how),
        false => format!("Not tried: {}", tried.how),
    };
    let mut text = format!(
        "<details{open}><summary><code>{}</code>{}</summary>\n<div class=\"body\">\n<p class=\"note\">{}</p>\n",
        escaped(&tried.principal),
        chip(colour, word),
        escaped(&how)
    );
    if let Some(problem) = &tried.problem {
        let _ = writeln!(text, "<p>{}</p>", escaped(problem));
    }
    for check in wrong {
        let _ = writeln!(
            text,
            "<p>{}</p>",
            escaped(&finding(&tried.principal, check))
        );
    }
    text.push_str(
        "<table>\n<caption>Where, what, and what came of it</caption>\n<thead><tr><th \
         scope=\"col\">Where</th><th scope=\"col\">Operations</th><th scope=\"col\">Answer</th><th \
         scope=\"col\">How</th></tr></thead>\n<tbody>\n",
    );
    for row in rows(tried) {
        let colour = match row.verdict {
            verdict if verdict.is_wrong() => "bad",
            Verdict::NotKnown => "warn",
            _ => "good",
        };
        let _ = writeln!(
            text,
            "<tr><td>{}</td><td>{}</td><td class=\"state\">{}</td><td data-label=\"known\">{}</td></tr>",
            escaped(&row.place),
            escaped(&row.operations.join(", ")),
            chip(colour, &row.verdict.text().to_lowercase()),
            proof(row.proof)
        );
    }
    text.push_str("</tbody></table></div></details>\n");
    text
}
