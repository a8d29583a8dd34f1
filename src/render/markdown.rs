//! A plan and a drift report as Markdown for a pull request or a job's summary. Every text from
//! outside stands in a code span, in a fenced block or in `<code>`, where GitHub looks for nothing.

use super::escape::{fence, html, place, span};
use super::fields;
use super::report::coverage_line;
use super::screen::{Dialect, Screen};
use super::summary;
use super::text::{clean, count, shortened, wrap};
use super::{access, drift_text, history, live, step};
use crate::access::Access;
use crate::cloud::Calls;
use crate::plan::{Action, Histories, Plan, Step};
use std::time::Duration;

/// GitHub refuses a comment of 65,536 characters; counted in bytes, of which a text has never fewer.
/// There is room for the manifests that cannot be used.
pub(super) const LIMIT: usize = 59_000;
/// How long the sentences before the table may be.
const WARNINGS_LIMIT: usize = 12_000;
/// How long what is gained and lost may be.
const ACCESS_LIMIT: usize = 10_000;
/// How far the table may go, so that there is room for details.
const TABLE_LIMIT: usize = 24_000;
/// How long the table of who has changed what may be.
const WHO_LIMIT: usize = 8_000;
/// How long the details of one resource may be.
const BLOCK_LIMIT: usize = 16_000;
/// Left free for the lines at the end.
pub(super) const RESERVE: usize = 1_000;
/// Lines of the details are wrapped here; GitHub scrolls what is wider.
pub(super) const WIDTH: usize = 100;

/// The plan as Markdown; shorter than 65,536 bytes and so characters, whatever its size: what does
/// not fit is cut at a line, and the last line says how much that is.
#[must_use]
pub fn plan_markdown(plan: &Plan, calls: &Calls, elapsed: Duration) -> String {
    page(plan, &Histories::new(), calls, elapsed, View::Plan)
}

/// The drift report as Markdown, with the same bound as [`plan_markdown`]; of what is in `histories` it is
/// told who has changed it.
#[must_use]
pub fn drift_markdown(
    plan: &Plan,
    histories: &Histories,
    calls: &Calls,
    elapsed: Duration,
) -> String {
    page(plan, histories, calls, elapsed, View::Drift)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum View {
    Plan,
    Drift,
}

fn page(
    plan: &Plan,
    histories: &Histories,
    calls: &Calls,
    elapsed: Duration,
    view: View,
) -> String {
    let names: Vec<String> = plan
        .manifests()
        .iter()
        .take(5)
        .map(|source| span(&source.name))
        .collect();
    let more = match plan.manifests().len().saturating_sub(names.len()) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let undo = plan.origin.undo();
    let undo = undo.map_or(String::new(), |undo| {
        format!("Undo of {}: ", span(&undo.run))
    });
    let mut text = format!(
        "## {}\n\n{undo}{}{more} in {}. {}\n",
        heading(plan, view),
        names.join(", "),
        place(&plan.in_regions()),
        summary::calls(calls, elapsed),
    );
    if view == View::Drift {
        let line = coverage_line(crate::plan::coverage(plan));
        text.push_str(&format!("\n{line}\n"));
    }
    let warnings = warnings(plan, view);
    if !warnings.is_empty() {
        text.push_str(&fence("text", &warnings));
    }
    let (told, lines_cut) = gained_and_lost(plan, view);
    text.push_str(&told);
    let steps: Vec<&Step> = plan
        .steps
        .iter()
        .filter(|step| step::speaks(step))
        .collect();
    let rows = table(&mut text, &steps, plan.manifests().len() > 1, view);
    let unsaid = who(&mut text, histories);
    let told: Vec<&Step> = steps
        .iter()
        .copied()
        .filter(|step| has_details(step, view))
        .collect();
    if view == View::Drift && !told.is_empty() {
        text.push_str("\n`+` is live but not in the manifest, `-` in the manifest but not live.\n");
    }
    let (mut left_out, mut lines_cut) = (0, lines_cut);
    for (at, step) in told.iter().enumerate() {
        let (block, cut) = details(plan, step, view);
        if text.len() + block.len() > LIMIT - RESERVE {
            // The rest is left out as well, so that what is missing is the end and no gaps.
            left_out = told.len() - at;
            break;
        }
        lines_cut += cut;
        text.push_str(&block);
    }
    let cut = cut_line(steps.len() - rows + unsaid, left_out, lines_cut);
    if !cut.is_empty() {
        text.push_str(&format!("\n_Cut to fit GitHub: {cut}._\n"));
    }
    text
}

/// The verdict; the names are in the line below.
fn heading(plan: &Plan, view: View) -> String {
    let verdict = match view {
        View::Plan => summary::plan_verdict(plan),
        View::Drift => summary::drift_verdict(plan),
    };
    verdict.trim_end_matches('.').to_owned()
}

/// The sentences that must not be folded away: what is likely to be a mistake, what cannot be
/// done. They hold text from outside, and so stand in a block.
fn warnings(plan: &Plan, view: View) -> String {
    const MOST: usize = 20;
    let mut lines = Vec::new();
    if view == View::Plan {
        lines.extend(summary::obstacles(plan));
        lines.extend(summary::adoptions(plan));
    }
    let mut warned: Vec<String> = Vec::new();
    for (what, remedy) in summary::examples(plan) {
        warned.push(format!("Warning: {what}. {remedy}"));
    }
    for step in &plan.steps {
        let address = clean(step.address.as_str());
        if let Some(why) = step.blocked.as_ref().filter(|_| view == View::Plan) {
            warned.push(format!("{address} cannot be done: {}", clean(why)));
        }
        for gap in &step.unreadable {
            warned.push(format!("{address} could not be read: {}", step::gap(gap)));
        }
    }
    let more = warned.len().saturating_sub(MOST);
    lines.extend(warned.into_iter().take(MOST));
    if more > 0 {
        lines.push(format!("... and {more} more of these"));
    }
    let mut text = String::new();
    for line in lines {
        let parts = wrap(&shortened(&line, 600), WIDTH);
        if text.len() + line.len() > WARNINGS_LIMIT {
            text.push_str("... and more\n");
            break;
        }
        for part in parts {
            text.push_str(&part);
            text.push('\n');
        }
    }
    for line in live::sentences(plan, false) {
        // What is not the first line is indented: none begins with a word from outside.
        for (at, part) in wrap(&line, WIDTH - 2).into_iter().enumerate() {
            text.push_str(if at == 0 { "" } else { "  " });
            text.push_str(&part);
            text.push('\n');
        }
    }
    text
}

/// Writes the table and says how many of the steps are in it.
fn table(text: &mut String, steps: &[&Step], by_manifest: bool, view: View) -> usize {
    if steps.is_empty() {
        return 0;
    }
    text.push_str(match by_manifest {
        true => "\n| resource | manifest | |\n|---|---|---|\n",
        false => "\n| resource | |\n|---|---|\n",
    });
    for (at, step) in steps.iter().enumerate() {
        let manifest = match by_manifest {
            true => format!(" {} |", span(&step.manifest)),
            false => String::new(),
        };
        let row = format!(
            "| {} |{manifest} {} |\n",
            span(step.address.as_str()),
            what(step, view)
        );
        if text.len() + row.len() > TABLE_LIMIT {
            return at;
        }
        text.push_str(&row);
    }
    steps.len()
}

/// Writes who has changed what, and says how many rows of it were left out.
fn who(text: &mut String, histories: &Histories) -> usize {
    let Some((head, rows, gaps)) = history::table(histories.iter()) else {
        return 0;
    };
    let end = text.len() + WHO_LIMIT;
    for gap in gaps {
        text.push_str(&format!("\n{gap}\n"));
    }
    if !rows.is_empty() {
        text.push_str(head);
    }
    for (at, row) in rows.iter().enumerate() {
        if text.len() + row.len() > end {
            return rows.len() - at;
        }
        text.push_str(row);
    }
    0
}

/// What a step is, in fixed words.
fn what(step: &Step, view: View) -> String {
    let state = match (view, step.action) {
        (View::Drift, _) => drift_text::state(step),
        (View::Plan, Action::Create) => "create",
        (View::Plan, Action::Update) => "update",
        (View::Plan, Action::Delete) => "**delete**",
        (View::Plan, Action::Keep) => "nothing to do",
    };
    let mut words = vec![state];
    if view == View::Plan && step.adopt {
        words.push("adopt");
    }
    if view == View::Plan && step.blocked.is_some() {
        words.push("**cannot be done**");
    }
    if !step.unreadable.is_empty() && (view == View::Plan || step.action != Action::Keep) {
        words.push("**could not be read**");
    }
    words.join(", ")
}

fn has_details(step: &Step, view: View) -> bool {
    match view {
        View::Plan => step.action != Action::Keep,
        View::Drift => step.action == Action::Update,
    }
}

/// The changes of a step, folded; and how many lines of them were cut.
fn details(plan: &Plan, step: &Step, view: View) -> (String, usize) {
    let mut screen = Screen::new(Dialect::Diff, false, false, WIDTH);
    if view == View::Plan {
        for row in step::adoption_row(step)
            .into_iter()
            .chain(step::remarks(step, 0, false))
        {
            screen.row(&row);
        }
    } else if let Some(row) = drift_text::bound_to_the_dead(step, 0) {
        screen.row(&row);
    }
    let telling = match view {
        View::Plan => step::telling(Dialect::Diff, 0, &plan.scope),
        View::Drift => drift_text::telling(Dialect::Diff, 0, &plan.scope),
    };
    for row in fields::rows(step, telling) {
        screen.row(&row);
    }
    let (shown, cut) = cut(&screen.finish(), BLOCK_LIMIT);
    let title = html(step.address.as_str());
    let block = fence("diff", &shown);
    (
        format!("\n<details><summary><code>{title}</code></summary>\n{block}\n</details>\n"),
        cut,
    )
}

/// As many whole lines as `limit` bytes hold, a line that says how many more there are, and how many.
pub(super) fn cut(whole: &str, limit: usize) -> (String, usize) {
    let mut end = 0;
    let mut kept = 0;
    for line in whole.split_inclusive('\n') {
        if end + line.len() > limit {
            break;
        }
        end += line.len();
        kept += 1;
    }
    let cut = whole.lines().count() - kept;
    let mut shown = whole[..end].to_owned();
    if cut > 0 {
        shown.push_str(&format!("  ... {}\n", count(cut, "more line")));
    }
    (shown, cut)
}

/// Who gains and who loses what, and how many lines of that were cut.
fn gained_and_lost(plan: &Plan, view: View) -> (String, usize) {
    let bears = Access::of(plan);
    if bears.lines.is_empty() {
        return (String::new(), 0);
    }
    let (bears, tense) = match view {
        View::Plan => (bears, access::Tense::Will),
        View::Drift => (bears.reversed(), access::Tense::Has),
    };
    let mut screen = Screen::new(Dialect::Diff, false, false, WIDTH);
    access::section(&mut screen, &bears, &plan.scope, tense);
    let text = format!("{}\n", screen.finish().trim_end());
    let (shown, cut) = cut(&text, ACCESS_LIMIT);
    (fence("diff", &shown), cut)
}

fn cut_line(rows: usize, blocks: usize, lines: usize) -> String {
    let mut parts = Vec::new();
    if rows > 0 {
        parts.push(format!("{} left out of the table", count(rows, "resource")));
    }
    if blocks > 0 {
        parts.push(format!(
            "the details of {} left out",
            count(blocks, "resource")
        ));
    }
    if lines > 0 {
        parts.push(format!("{} of details left out", count(lines, "line")));
    }
    parts.join(", ")
}
