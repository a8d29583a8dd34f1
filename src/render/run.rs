//! A run over many manifests and accounts: what is told of each account, in one report.

use super::Style;
use super::escape::{fence, span};
use super::row::Mark;
use super::screen::{Dialect, Place, Screen};
use super::text::{clean, count, shortened, wrap};
use crate::run::{Failed, Named, Run, Told};
use crate::yaml::Problems;

/// GitHub refuses a comment of 65,536 characters; counted in bytes, of which a text has never fewer.
const LIMIT: usize = 65_000;
/// How long a list of accounts or of manifests may be in Markdown. A report of one account leaves
/// room for it.
const LIST_LIMIT: usize = 5_000;
/// The longest sentence in such a list.
const LONGEST: usize = 300;
/// Lines of a block are wrapped here; GitHub scrolls what is wider.
const WIDTH: usize = 100;

/// What is told of one account.
#[derive(Clone, Debug)]
pub struct Page {
    /// The report, in the form of the whole.
    pub text: String,
    /// What it comes to, in a sentence without names from outside.
    pub verdict: String,
}

/// The run as text for people: the accounts one after the other, and what they come to.
#[must_use]
pub fn run_text(run: &Run<Page>, style: &Style) -> String {
    let mut text = String::new();
    for told in &run.accounts {
        if let Some(account) = &told.account {
            text.push_str(&format!("== {}\n\n", title(account)));
        }
        match &told.result {
            Ok(page) => text.push_str(&page.text),
            Err(failed) => text.push_str(&paragraph(style, &could_not(failed))),
        }
        if told.account.is_some() {
            text.push('\n');
        }
    }
    text.push_str(&accounts(run, style));
    text.push_str(&broken(run, style));
    if is_empty(run) {
        text.push_str(NOTHING);
        text.push('\n');
    }
    text
}

const NOTHING: &str = "No manifest: this shard is empty.";

/// Whether there was nothing to look at.
fn is_empty<T>(run: &Run<T>) -> bool {
    run.accounts.is_empty() && run.broken.is_empty()
}

/// `prod, account 111122223333`; `account 111122223333` where nobody calls it anything.
fn title(account: &Named) -> String {
    let id = clean(&account.id);
    match account.name == account.id {
        true => format!("account {id}"),
        false => format!("{}, account {id}", clean(&account.name)),
    }
}

fn could_not(failed: &Failed) -> String {
    let hint = failed.hint.as_ref();
    let hint = hint.map_or(String::new(), |hint| format!(" ({})", clean(hint)));
    format!("Could not tell: {}{hint}", clean(&failed.message))
}

fn paragraph(style: &Style, text: &str) -> String {
    let mut screen = style.screen(Dialect::Words);
    screen.paragraph(Mark::Unknown, text);
    screen.finish()
}

/// A line an account, if accounts were asked for.
fn accounts(run: &Run<Page>, style: &Style) -> String {
    let mut screen = style.screen(Dialect::Words);
    let asked: Vec<(&Named, &Told<Page>)> = named(run);
    if asked.is_empty() {
        return String::new();
    }
    screen.paragraph(Mark::Blank, &format!("{}:", count(asked.len(), "account")));
    for (account, told) in asked {
        let (mark, verdict) = match &told.result {
            Ok(page) => (Mark::Blank, page.verdict.clone()),
            Err(failed) => (Mark::Unknown, could_not(failed)),
        };
        let line = format!("{}: {}", title(account), shortened(&verdict, LONGEST));
        item(&mut screen, mark, &line);
    }
    screen.finish()
}

fn named<T>(run: &Run<T>) -> Vec<(&Named, &Told<T>)> {
    let accounts = run.accounts.iter();
    accounts
        .filter_map(|told| Some((told.account.as_ref()?, told)))
        .collect()
}

fn item(screen: &mut Screen, mark: Mark, line: &str) {
    screen.write(&mut Place::at(2), Mark::Blank, mark, "- ", line);
}

/// A line a manifest that cannot be used.
fn broken<T>(run: &Run<T>, style: &Style) -> String {
    if run.broken.is_empty() {
        return String::new();
    }
    let mut screen = style.screen(Dialect::Words);
    screen.gap();
    screen.paragraph(Mark::Removed, &broken_title(run.broken.len()));
    for problems in &run.broken {
        item(&mut screen, Mark::Removed, &first(problems));
    }
    screen.finish()
}

fn broken_title(number: usize) -> String {
    let (cannot, is) = match number {
        1 => ("cannot be used and is", "it"),
        _ => ("cannot be used and are", "them"),
    };
    format!(
        "{} {cannot} not in this report; `s3setup validate` tells all of {is}:",
        count(number, "manifest")
    )
}

/// `a.yaml:3:5: there is no field "buket", and 2 more`.
fn first(problems: &Problems) -> String {
    let all = problems.located();
    let Some((problem, place)) = all.first() else {
        return clean(problems.name());
    };
    let place = match problem.span {
        Some(_) => format!(":{}:{}", place.line, place.column),
        None => String::new(),
    };
    let more = match all.len() {
        1 => String::new(),
        number => format!(", and {} more", number - 1),
    };
    let message = shortened(&clean(&problem.message), LONGEST);
    format!("{}{place}: {message}{more}", clean(problems.name()))
}

/// The run as Markdown, shorter than 65,536 bytes and so characters: the accounts in a table, then
/// what is told of each as far as there is room.
#[must_use]
pub fn run_markdown(run: &Run<Page>) -> String {
    let mut text = String::new();
    let asked = named(run);
    if !asked.is_empty() {
        text.push_str(&format!("## {}\n", count(asked.len(), "account")));
        text.push_str(&table(&asked));
    }
    text.push_str(&broken_block(&run.broken));
    if is_empty(run) {
        text.push_str(&format!("## {NOTHING}\n"));
    }
    let mut left_out = 0;
    for told in &run.accounts {
        let page = match (&told.result, &told.account) {
            (Ok(page), _) => page,
            // Of an account that was asked for, the table says it.
            (Err(_), Some(_)) => continue,
            (Err(failed), None) => {
                let why = wrap(&shortened(&could_not(failed), LIST_LIMIT), WIDTH).join("\n");
                text.push_str(&fence("text", &format!("{why}\n")));
                continue;
            }
        };
        let heading = told
            .account
            .as_ref()
            .map_or(String::new(), |account| format!("\n# {}\n\n", who(account)));
        // The rest is left out as well, so that what is missing is the end and no gaps.
        if left_out > 0 || text.len() + heading.len() + page.text.len() > LIMIT {
            left_out += 1;
            continue;
        }
        text.push_str(&heading);
        text.push_str(&page.text);
    }
    if left_out > 0 {
        let what = count(left_out, "account");
        text.push_str(&format!("\n_Cut to fit GitHub: {what} left out._\n"));
    }
    text
}

fn who(account: &Named) -> String {
    match account.name == account.id {
        true => span(&account.id),
        false => format!("{} ({})", span(&account.name), span(&account.id)),
    }
}

fn table(asked: &[(&Named, &Told<Page>)]) -> String {
    let mut text = "\n| account | |\n|---|---|\n".to_owned();
    for (at, (account, told)) in asked.iter().enumerate() {
        let verdict = match &told.result {
            Ok(page) => page.verdict.clone(),
            Err(failed) => format!("**could not tell**: {}", span(&failed.message)),
        };
        let row = format!("| {} | {verdict} |\n", who(account));
        if text.len() + row.len() > LIST_LIMIT {
            text.push_str(&format!("\nand {} more\n", asked.len() - at));
            break;
        }
        text.push_str(&row);
    }
    text
}

fn broken_block(broken: &[Problems]) -> String {
    if broken.is_empty() {
        return String::new();
    }
    let mut lines = format!("{}\n", broken_title(broken.len()));
    for (at, problems) in broken.iter().enumerate() {
        let parts = wrap(&first(problems), WIDTH - 2);
        let told: String = parts.iter().map(|part| format!("  {part}\n")).collect();
        if lines.len() + told.len() > LIST_LIMIT {
            lines.push_str(&format!("  and {} more\n", broken.len() - at));
            break;
        }
        lines.push_str(&told);
    }
    fence("text", &lines)
}
