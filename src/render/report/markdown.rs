//! A report as Markdown, from its data: the merged whole of several runs in one comment or summary.

use super::super::escape::{fence, html, span};
use super::super::history;
use super::super::markdown::{LIMIT, RESERVE, WIDTH, cut};
use super::super::text::{clean, count, wrap};
use super::super::verify_markdown;
use super::words::{at, coverage_line, gaps, manifests, state, verdict, when};
use crate::cloud::Calls;
use crate::report::{Account, Command, Compared, Found, Report, State, Step};
use std::time::Duration;

/// How far the sentences before the tables may go, in bytes.
const SENTENCES_LIMIT: usize = 16_000;
/// How far the tables may go.
const TABLE_LIMIT: usize = 40_000;
/// How far the tables of who has changed what may go.
const WHO_LIMIT: usize = 46_000;
/// How long the details of one resource may be.
const BLOCK_LIMIT: usize = 8_000;
/// More manifests of an account than this are counted.
const MOST_NAMES: usize = 5;

/// The report as Markdown; shorter than 65,536 bytes and so characters, whatever its size: what does not
/// fit is counted in the last line.
#[must_use]
pub fn report_markdown(report: &Report) -> String {
    if let (
        Command::Verify,
        [
            account @ Account {
                found: Found::Tried(verified),
                ..
            },
        ],
    ) = (report.command, &report.accounts[..])
    {
        let scope = account.scope();
        let calls = Calls {
            total: report.cost().total,
            by_operation: report.cost().by_operation,
        };
        let elapsed = Duration::try_from_secs_f64(report.cost().seconds).unwrap_or_default();
        return verify_markdown(&verified.manifests, &scope, &calls, elapsed);
    }
    let mut page = Page {
        text: format!("## {}\n\n", verdict(report).trim_end_matches('.')),
        left_out: 0,
    };
    if report.command != Command::Verify {
        page.text
            .push_str(&format!("{}\n", coverage_line(report.coverage())));
    }
    let moment = report.at.as_deref().map(when);
    let moment = moment.map_or(String::new(), |moment| format!("{moment}, "));
    page.text.push_str(&format!(
        "\n{moment}{}, {}.\n",
        count(report.accounts.len(), "account"),
        count(report.cost().total, "call")
    ));
    page.sentences(report);
    page.accounts(report);
    for account in &report.accounts {
        match &account.found {
            Found::Compared(compared) => page.resources(account, compared, report),
            Found::Tried(verified) => page.checks(account, verified),
            Found::Failed(_) => {}
        }
    }
    for account in &report.accounts {
        page.who(account, report);
    }
    for account in &report.accounts {
        for step in account.compared().into_iter().flat_map(|one| &one.steps) {
            page.details(account, step, report);
        }
    }
    if page.left_out > 0 {
        let left_out = count(page.left_out, "more line");
        page.text
            .push_str(&format!("\n_Cut to fit GitHub: {left_out}._\n"));
    }
    page.text
}

struct Page {
    text: String,
    /// Rows and blocks that did not fit.
    left_out: usize,
}

impl Page {
    /// Adds a row or block if it ends before `limit`.
    fn add(&mut self, part: &str, limit: usize) -> bool {
        let fits = self.text.len() + part.len() <= limit;
        match fits {
            true => self.text.push_str(part),
            false => self.left_out += 1,
        }
        fits
    }

    /// What must not be folded away: what is broken, and who has gained or lost what.
    fn sentences(&mut self, report: &Report) {
        let broken = report.broken.iter().flat_map(|one| &one.errors);
        let broken = broken.map(|one| format!("{}: {}", at(one), clean(&one.message)));
        let failed = report.accounts.iter().filter_map(|one| match &one.found {
            Found::Failed(failed) => Some(format!(
                "account {}: {}",
                clean(one.called()),
                clean(&failed.error)
            )),
            _ => None,
        });
        let access = report.accounts.iter().filter_map(Account::compared);
        let access = access
            .flat_map(|one| &one.access)
            .map(|line| clean(&line.text));
        let mut lines = String::new();
        for sentence in broken.chain(failed).chain(access) {
            let wrapped = wrap(&sentence, WIDTH).join("\n") + "\n";
            match lines.len() + wrapped.len() <= SENTENCES_LIMIT {
                true => lines.push_str(&wrapped),
                false => self.left_out += 1,
            }
        }
        if !lines.is_empty() {
            self.text.push_str(&fence("text", &lines));
        }
    }

    fn accounts(&mut self, report: &Report) {
        if report.accounts.len() < 2 {
            return;
        }
        self.text
            .push_str("\n| account | region | manifests | |\n|---|---|---|---|\n");
        for account in &report.accounts {
            let names = manifests(account);
            let told: Vec<String> = names
                .iter()
                .take(MOST_NAMES)
                .map(|name| span(name))
                .collect();
            let more = match names.len().saturating_sub(MOST_NAMES) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            let state = match (&account.found, account.state()) {
                (Found::Failed(_), _) => "**could not be asked**",
                (_, State::InSync) => "in sync",
                (_, State::Unknown) => "could not all be read",
                (_, State::Drifted) => "**differs**",
            };
            let row = format!(
                "| {} | {} | {}{more} | {state} |\n",
                span(account.called()),
                span(&account.in_regions()),
                told.join(", ")
            );
            self.add(&row, TABLE_LIMIT);
        }
    }

    fn resources(&mut self, account: &Account, compared: &Compared, report: &Report) {
        let told = compared
            .steps
            .iter()
            .filter(|step| step.state() != State::InSync);
        let mut told = told.peekable();
        if told.peek().is_none() {
            return;
        }
        let head = format!(
            "\n{}\n\n| resource | manifest | |\n|---|---|---|\n",
            of(account, report)
        );
        self.add(head.trim_start_matches("\n\n"), TABLE_LIMIT);
        for step in told {
            let gaps = gaps(step);
            let gaps = match gaps.first() {
                Some(first) => format!(": {}", span(first)),
                None => String::new(),
            };
            let row = format!(
                "| {} | {} | {}{gaps} |\n",
                span(step.address.as_str()),
                span(&step.manifest),
                state(step, report.command)
            );
            self.add(&row, TABLE_LIMIT);
        }
    }

    /// Who has changed what, where that was asked for.
    fn who(&mut self, account: &Account, report: &Report) {
        let steps = account.compared().into_iter().flat_map(|one| &one.steps);
        let all = steps.filter_map(|step| Some((&step.address, step.history.as_ref()?)));
        let Some((head, rows, gaps)) = history::table(all) else {
            return;
        };
        for gap in gaps {
            self.add(&format!("\n{gap}\n"), WHO_LIMIT);
        }
        if !rows.is_empty() {
            let heading = of(account, report);
            self.add(&format!("\n{heading}\n{head}"), WHO_LIMIT);
        }
        for row in rows {
            self.add(&row, WHO_LIMIT);
        }
    }

    fn checks(&mut self, account: &Account, verified: &crate::report::Verified) {
        let wrong = verified.manifests.iter().flat_map(|report| {
            let wrong = report
                .checks()
                .filter(|(_, check)| check.verdict.is_wrong());
            wrong.map(move |(tried, check)| (report, tried, check))
        });
        let mut wrong = wrong.peekable();
        if wrong.peek().is_none() {
            return;
        }
        let head = format!(
            "\nAccount {}\n\n| principal | manifest | operation | |\n|---|---|---|---|\n",
            span(account.called())
        );
        self.add(&head, TABLE_LIMIT);
        for (report, tried, check) in wrong {
            let row = format!(
                "| {} | {} | {} {} | **{}** |\n",
                span(&tried.principal),
                span(&report.manifest),
                check.operation.text(),
                span(&check.target),
                check.verdict.text()
            );
            self.add(&row, TABLE_LIMIT);
        }
    }

    fn details(&mut self, account: &Account, step: &Step, report: &Report) {
        if step.action == crate::plan::Action::Keep || step.diff.is_empty() {
            return;
        }
        let lines: Vec<String> = step.diff.iter().map(|line| clean(line)).collect();
        let (shown, _) = cut(&(lines.join("\n") + "\n"), BLOCK_LIMIT);
        let title = match report.accounts.len() {
            1 => html(step.address.as_str()),
            _ => format!("{} {}", html(account.called()), html(step.address.as_str())),
        };
        let block = format!(
            "\n<details><summary><code>{title}</code></summary>\n{}\n</details>\n",
            fence("diff", &shown)
        );
        self.add(&block, LIMIT - RESERVE);
    }
}

/// Whose the table below is.
fn of(account: &Account, report: &Report) -> String {
    match report.accounts.len() {
        1 => String::new(),
        _ => format!(
            "Account {}, {}",
            span(account.called()),
            span(&account.in_regions())
        ),
    }
}
