//! Of the page: who can reach what, what of that is not as the manifests say, and findings.

use super::super::xml::escaped;
use super::{account_heading, chip, list};
use crate::access::Kind;
use crate::policy::lint::Severity;
use crate::report::{Account, Compared, Reach, Report};
use std::fmt::Write;

/// Who gains and who loses what, or has gained and lost.
pub(super) fn lines(report: &Report) -> String {
    each(report, |compared| {
        let mut text = String::new();
        for line in &compared.access {
            let flag = match line.danger {
                true => chip("bad", "stranger") + " ",
                false => String::new(),
            };
            let _ = writeln!(text, "<li>{flag}{}</li>", escaped(&line.text));
        }
        list(&text)
    })
}

/// Who can reach what, by the policies that there are and those of the manifests.
pub(super) fn reach(report: &Report) -> String {
    each(report, |compared| match compared.reach.is_empty() {
        true => String::new(),
        false => table(&compared.reach),
    })
}

/// What the rules find in live policies.
pub(super) fn findings(report: &Report) -> String {
    each(report, |compared| {
        let mut text = String::new();
        for lint in &compared.lint {
            let (colour, word) = match lint.severity {
                Severity::Error => ("bad", "error"),
                Severity::Warning => ("warn", "warning"),
                Severity::Note => ("", "note"),
            };
            let _ = writeln!(
                text,
                "<li>{} <code>{}</code>, {}: {} ({})<br><span class=\"fix\">Fix: {}</span></li>",
                chip(colour, word),
                escaped(lint.address.as_str()),
                escaped(&lint.document),
                escaped(&lint.message),
                escaped(&lint.id),
                escaped(&lint.fix)
            );
        }
        list(&text)
    })
}

/// What `tell` has to say of each account, below its name.
fn each(report: &Report, tell: impl Fn(&Compared) -> String) -> String {
    let told = |account: &Account| {
        let body = account.compared().map(&tell).unwrap_or_default();
        match body.is_empty() {
            true => String::new(),
            false => account_heading(report, account) + &body,
        }
    };
    report.accounts.iter().map(told).collect()
}

fn table(all: &[Reach]) -> String {
    let mut text = String::from(
        "<div class=\"panel reach\"><table>\n<caption>By the policies of these resources, as they are and as the \
         manifests say</caption>\n<thead><tr><th scope=\"col\">May</th><th scope=\"col\">On</th><th \
         scope=\"col\">Only if</th><th scope=\"col\">Is that so?</th></tr></thead>\n",
    );
    let mut before: Option<&str> = None;
    for one in all {
        if before != Some(&one.who) {
            if before.is_some() {
                text.push_str("</tbody>\n");
            }
            let flag = match one.kind {
                Kind::Public => chip("bad", "public") + " ",
                Kind::Repository => chip("bad", "any repository") + " ",
                Kind::Account => chip("warn", "other account") + " ",
                Kind::Workload | Kind::Service | Kind::Own => String::new(),
            };
            let _ = writeln!(
                text,
                "<tbody>\n<tr><th scope=\"rowgroup\" colspan=\"4\">{flag}{}</th></tr>",
                escaped(&one.who)
            );
            before = Some(&one.who);
        }
        let (colour, word) = match (one.live, one.wanted) {
            (true, true) => ("good", "as the manifest says"),
            (true, false) => ("bad", "not in the manifest"),
            _ => ("warn", "not live"),
        };
        let when = match one.condition.is_empty() {
            true => "<td></td>".to_owned(),
            false => format!("<td data-label=\"if\">{}</td>", escaped(&one.condition)),
        };
        let _ = writeln!(
            text,
            "<tr><td>{}</td><td data-label=\"on\">{}</td>{when}<td class=\"state\">{}</td></tr>",
            escaped(&one.actions),
            escaped(&one.resources),
            chip(colour, word)
        );
    }
    text.push_str("</tbody></table></div>\n");
    text
}
