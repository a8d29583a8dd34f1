//! What a run over many manifests and accounts comes to: its report and its exit code.

use super::reports::Form;
use super::screen::{self, Screen};
use super::{FAILED, FINE};
use crate::journal;
use crate::report::Report;
use crate::run::{Run, Told};
use anyhow::{Error, Result};

/// Writes the report. Where no manifest could be used people know why already, and programs are told.
///
/// # Errors
/// It cannot be written.
pub(super) fn write<T>(run: &Run<T>, output: Form, text: &str, screen: &Screen) -> Result<()> {
    let nothing = run.accounts.is_empty() && !run.broken.is_empty();
    match nothing && output == Form::Text {
        true => Ok(()),
        false => screen.data(text),
    }
}

/// The report, made now.
pub(super) fn now(report: Report) -> Report {
    Report {
        at: Some(journal::now()),
        ..report
    }
}

/// A run of which there is nothing to tell but why.
pub(super) fn failed<T>(error: &Error) -> Run<T> {
    Run {
        accounts: vec![Told {
            account: None,
            result: Err(screen::failed(error)),
        }],
        broken: Vec::new(),
    }
}

/// The exit code of a run in which `of` is that of each account: the first of `order` that there is.
/// What could not be told is [`FAILED`].
pub(super) fn code<T>(run: &Run<T>, order: [u8; 2], of: impl Fn(&T) -> u8) -> u8 {
    let mut codes: Vec<u8> = run.told().map(of).collect();
    if !run.is_whole() {
        codes.push(FAILED);
    }
    let first = order.into_iter().find(|code| codes.contains(code));
    first.unwrap_or(FINE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::CHANGES;
    use crate::run::Failed;
    use crate::yaml::{Problem, Problems};

    fn run(codes: &[Option<u8>], broken: bool) -> Run<u8> {
        let failed = || Failed {
            message: "no".into(),
            hint: None,
        };
        let told = codes.iter().map(|code| Told {
            account: None,
            result: code.ok_or_else(failed),
        });
        let broken = broken.then(|| Problems::unread("m.yaml", Problem::new("no")));
        Run {
            accounts: told.collect(),
            broken: broken.into_iter().collect(),
        }
    }

    #[test]
    fn one_exit_code_says_the_most_important_of_all() {
        let (drift, plan) = ([CHANGES, FAILED], [FAILED, CHANGES]);
        let both = [Some(FINE), Some(CHANGES), Some(FAILED)];
        let table: [(&[Option<u8>], bool, u8, u8); 7] = [
            (&[], false, FINE, FINE),
            (&[Some(FINE), Some(FINE)], false, FINE, FINE),
            (&both, false, CHANGES, FAILED),
            (&[Some(CHANGES), None], false, CHANGES, FAILED),
            (&[Some(FINE), None], false, FAILED, FAILED),
            (&[Some(FINE)], true, FAILED, FAILED),
            (&[Some(CHANGES)], true, CHANGES, FAILED),
        ];
        for (codes, broken, in_drift, in_plan) in table {
            let run = run(codes, broken);
            let of = |order| code(&run, order, |code| *code);
            assert_eq!((of(drift), of(plan)), (in_drift, in_plan), "{codes:?}");
        }
    }
}
