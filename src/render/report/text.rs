//! A report as text for people, from its data: what is kept of a run, and the merged whole of several.

use super::super::history;
use super::super::row::Mark;
use super::super::screen::{Dialect, Place, Screen};
use super::super::summary::calls;
use super::super::text::clean;
use super::super::{Style, verify_text};
use super::words::{at, coverage_line, gaps, names, place, state, verdict, when};
use crate::cloud::Calls;
use crate::plan::{Aspect, Standing};
use crate::report::{Account, Command, Compared, Found, Report, State, Step};
use std::time::Duration;

/// The report as text, in lines of the style's width. What is as it should be is counted, unless all is
/// asked for.
#[must_use]
pub fn report_text(report: &Report, style: &Style) -> String {
    let mut text = String::new();
    for account in &report.accounts {
        text.push_str(&of(account, report, style));
    }
    let mut screen = style.screen(Dialect::Words);
    for broken in report.broken.iter().flat_map(|one| &one.errors) {
        let text = format!("{}: {}", at(broken), clean(&broken.message));
        screen.paragraph(Mark::Removed, &text);
        if let Some(fix) = &broken.fix {
            screen.paragraph(Mark::Blank, &format!("  fix: {}", clean(fix)));
        }
        screen.gap();
    }
    if report.command != Command::Verify {
        screen.paragraph(Mark::Blank, &coverage_line(report.coverage()));
    }
    screen.paragraph(Mark::Blank, &verdict(report));
    let moment = report.at.as_deref().map(when);
    let moment = moment.map_or(String::new(), |moment| format!("{moment}. "));
    screen.paragraph(Mark::Same, &format!("{moment}{}", cost(report)));
    text.push_str(&screen.finish());
    text
}

fn of(account: &Account, report: &Report, style: &Style) -> String {
    let mut screen = style.screen(Dialect::Words);
    match &account.found {
        Found::Tried(verified) => {
            let scope = account.scope();
            // What all of it took is said at the end.
            let text = verify_text(
                &verified.manifests,
                &scope,
                &Calls::default(),
                Duration::ZERO,
                style,
            );
            let kept = text.trim_end().rsplit_once('\n').map(|(kept, _)| kept);
            return format!("{}\n\n", kept.unwrap_or_default());
        }
        Found::Failed(failed) => {
            screen.paragraph(
                Mark::Removed,
                &format!("{}: {}", place(account), clean(&failed.error)),
            );
        }
        Found::Compared(compared) => {
            let header = format!("{} in {}", names(account), place(account));
            screen.paragraph(Mark::Blank, &header);
            write(&mut screen, compared, report.command);
        }
    }
    screen.gap();
    screen.finish()
}

fn write(screen: &mut Screen, compared: &Compared, command: Command) {
    let all = screen.verbose;
    for step in &compared.steps {
        if all || step.state() != State::InSync || step.blocked.is_some() {
            resource(screen, step, command);
        }
    }
    for gap in history::gaps(
        compared
            .steps
            .iter()
            .filter_map(|step| step.history.as_ref()),
    ) {
        screen.gap();
        screen.paragraph(Mark::Unknown, &format!("{gap}."));
    }
    if !compared.access.is_empty() {
        screen.gap();
        screen.paragraph(Mark::Blank, "Access:");
        for line in &compared.access {
            let mark = if line.danger {
                Mark::Removed
            } else {
                Mark::Blank
            };
            screen.write(&mut Place::at(2), Mark::Blank, mark, "", &clean(&line.text));
        }
    }
}

fn resource(screen: &mut Screen, step: &Step, command: Command) {
    let mark = match step.state() {
        State::InSync => Mark::Same,
        State::Unknown => Mark::Unknown,
        State::Drifted => Mark::Changed,
    };
    let heading = format!("{}  {}", clean(step.address.as_str()), state(step, command));
    screen.line(&mut Place::at(2), Mark::Blank, mark, &heading);
    if let Some(why) = &step.blocked {
        let text = format!("cannot be done: {}", clean(why));
        screen.write(&mut Place::at(6), Mark::Blank, Mark::Removed, "", &text);
    }
    for gap in gaps(step) {
        let text = format!("could not be read: {gap}");
        screen.write(&mut Place::at(6), Mark::Blank, Mark::Unknown, "", &text);
    }
    let is_update = step.action == crate::plan::Action::Update;
    let told = screen.verbose || is_update;
    for line in step.diff.iter().filter(|_| told) {
        let mark = match line.chars().next() {
            Some('+') => Mark::Added,
            Some('-') => Mark::Removed,
            _ => Mark::Blank,
        };
        screen.write(
            &mut Place::at(6),
            Mark::Blank,
            mark,
            "",
            clean(line).trim_end(),
        );
    }
    for line in step.history.iter().flat_map(history::lines) {
        screen.write(&mut Place::at(6), Mark::Blank, Mark::Blank, "", &line);
    }
    if screen.verbose {
        ledger(screen, &step.ledger);
    }
}

/// The ledger of a resource: a line each state, with the aspects in it.
pub(in crate::render) fn ledger(screen: &mut Screen, aspects: &[Aspect]) {
    for standing in [
        Standing::InSync,
        Standing::Drifted,
        Standing::Unreadable,
        Standing::NotManaged,
    ] {
        let names = aspects.iter().filter(|one| one.state == standing);
        let names: Vec<String> = names.map(|one| aspect(&one.aspect)).collect();
        if !names.is_empty() {
            let name = format!("{}: ", standing.text());
            screen.write(
                &mut Place::at(6),
                Mark::Blank,
                Mark::Same,
                &name,
                &names.join(", "),
            );
        }
    }
}

/// What an aspect is called.
pub(super) fn aspect(path: &str) -> String {
    match path {
        "" => "the whole of it".to_owned(),
        path => clean(path),
    }
}

fn cost(report: &Report) -> String {
    let all = Calls {
        total: report.cost().total,
        by_operation: report.cost().by_operation,
    };
    calls(
        &all,
        Duration::try_from_secs_f64(report.cost().seconds).unwrap_or_default(),
    )
}
