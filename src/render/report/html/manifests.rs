//! The page of `validate`: each manifest, those that cannot be used first.

use super::super::validated::{Validated, place, severity, verdict};
use super::super::words::when;
use super::{begun, chip, escaped, list, page};
use crate::render::text::count;
use std::fmt::Write;

/// What `validate` found, at that time, as a page of HTML, with the guarantees of
/// [`report_html`](super::report_html).
#[must_use]
pub fn validated_html(all: &[Validated], at: &str) -> String {
    let good = all.iter().all(Validated::is_good);
    let (colour, word) = match good {
        true => ("good", "good"),
        false => ("bad", "cannot be used"),
    };
    let header = format!(
        "<header class=\"verdict {colour}\">\n<p class=\"name\">s3setup validate</p>\n<h1>{}</h1>\n\
         <p class=\"said\">{}.</p>\n<dl class=\"facts\">\n<div><dt>When</dt><dd>{}</dd></div>\n</dl>\n\
         </header>\n",
        begun(word),
        escaped(&verdict(all)),
        escaped(&when(at))
    );
    let sorted = |is_good: bool| all.iter().filter(move |one| one.is_good() == is_good);
    let mut items = String::new();
    for one in sorted(false).chain(sorted(true)) {
        let (colour, said) = match one.resources {
            Some(number) => ("good", format!("good, {}", count(number, "resource"))),
            None => ("bad", "cannot be used".to_owned()),
        };
        let name = escaped(&one.file);
        let _ = write!(items, "<li>{} <code>{name}</code>", chip(colour, &said));
        for found in &one.found {
            let _ = write!(
                items,
                "<br>{}: <code>{}</code> {}",
                severity(found),
                escaped(&place(found)),
                escaped(&found.finding.message)
            );
            let fix = found
                .accepted
                .as_ref()
                .map(|why| format!("Accepted: {why}"));
            let fix = fix.unwrap_or_else(|| format!("Fix: {}", found.finding.fix));
            if fix != "Fix: " {
                let fix = escaped(&fix);
                let _ = write!(items, "<br><span class=\"fix\">{fix}</span>");
            }
        }
        items.push_str("</li>\n");
    }
    let sections = [("manifests", "Manifests", list(&items))];
    page(
        &format!("s3setup validate: {word}"),
        &header,
        &sections,
        env!("CARGO_PKG_VERSION"),
    )
}
