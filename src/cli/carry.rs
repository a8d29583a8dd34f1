//! A plan carried out under the eyes of a person, a journal and the signals.

use super::door::Door;
use super::screen::{Screen, error_line, error_text};
use crate::cloud::{Cloud, Failure};
use crate::journal::{Ending, Header, Writer};
use crate::plan::{Action, Plan, Step};
use crate::reconcile::{self, Outcome, Watcher};
use crate::render;
use anyhow::{Error, Result};
use clap::Args;
use std::path::PathBuf;

/// Where journals are.
#[derive(Args, Clone, Debug)]
pub(super) struct Journals {
    /// Folder of the journals, from which `undo` leads back
    #[arg(
        long = "journal",
        value_name = "DIR",
        default_value = ".s3setup/journal"
    )]
    pub folder: PathBuf,
}

impl Journals {
    /// The journal of a run that is about to begin.
    ///
    /// # Errors
    /// It cannot be written, and so nothing may be begun.
    pub fn begin(&self, header: &Header) -> Result<Writer> {
        Writer::new(&self.folder, header).map_err(|error| {
            Error::new(
                Failure::new(format!("{error:#}; nothing was changed")).with_hint(
                    "every change is noted before it is made, so that it can be undone: name a \
                     folder that can be written to with --journal DIR",
                ),
            )
        })
    }
}

/// Carries out `plan`, and keeps what was written. The first signal lets what was begun end. Of several
/// plans at a time `label` tells the lines of this one; it is empty where there is one.
///
/// # Errors
/// The journal cannot be begun: nothing was done.
pub(super) async fn carry_out(
    command: &str,
    plan: &Plan,
    door: &Door,
    journals: &Journals,
    parallelism: usize,
    label: &str,
    screen: &Screen,
) -> Result<(Outcome, Result<()>)> {
    let journal = journals.begin(&Header::of(command, plan))?;
    screen.interrupt.careful();
    let watcher = Recorder {
        screen,
        cloud: door.cloud(),
        journal: &journal,
        label,
    };
    let abandon = screen.interrupt.out_of_time();
    let outcome = reconcile::apply(door.cloud(), plan, parallelism, &watcher, abandon).await;
    screen.done();
    let saved = door.save();
    let ending = match (screen.interrupt.code(), outcome.is_whole() && saved.is_ok()) {
        (_, true) => Ending::Finished,
        (Some(_), false) => Ending::Interrupted,
        (None, false) => Ending::Failed,
    };
    if let Err(error) = journal.ended(ending) {
        // Without its last line it reads as cut short, which loses nothing.
        screen.say(&error_text(&error));
    }
    Ok((outcome, saved))
}

/// Notes each step in the journal, and shows it.
struct Recorder<'a> {
    screen: &'a Screen,
    cloud: &'a dyn Cloud,
    journal: &'a Writer,
    label: &'a str,
}

impl Watcher for Recorder<'_> {
    fn begins(&self, step: &Step) -> Result<()> {
        self.cloud.may_go_on()?;
        self.journal.begins(&step.address)?;
        self.screen.progress(&step.address.to_string());
        Ok(())
    }

    fn finished(&self, step: &Step, result: &Result<()>) {
        let address = &step.address;
        let noted = match result {
            Ok(()) => {
                self.screen
                    .say(&format!("  {}{}", self.label, render::step_done(step)));
                let made = step.want.as_ref().filter(|_| step.action == Action::Create);
                let id = made.and_then(|want| self.cloud.id_given(want));
                self.journal.done(address, id)
            }
            Err(error) => {
                let name = render::clean(address.as_str());
                self.screen
                    .say(&format!("  {}! {name}  failed", self.label));
                self.journal.failed(address, &error_line(error))
            }
        };
        // Undo looks how far the step came; and the journal lets no other step begin.
        if let Err(error) = noted {
            self.screen.say(&error_text(&error));
        }
    }

    fn stopped(&self) -> bool {
        self.screen.interrupt.code().is_some()
    }
}

/// What was done, and what was not.
pub(super) fn done_and_not(outcome: &Outcome) -> String {
    let mut text = String::new();
    let failed = outcome.failed.iter().map(|(_, error)| error_text(error));
    let mut told: Vec<String> = failed.collect();
    // Why nothing more was begun may be why what was begun has failed.
    let refused = outcome.refused.as_ref().filter(|error| {
        let reason = error_line(error);
        !told.iter().any(|told| told.contains(&reason))
    });
    told.extend(refused.map(error_text));
    for error in told {
        text.push_str(&format!("\n{error}\n"));
    }
    let list = |title: &str, names: Vec<String>| match names.is_empty() {
        true => String::new(),
        false => format!("\n{title}\n  {}", names.join("\n  ")),
    };
    text.push_str(&list(
        "Done:",
        outcome.done.iter().map(ToString::to_string).collect(),
    ));
    text.push_str(&list(
        "Failed:",
        outcome
            .failed
            .iter()
            .map(|(address, _)| address.to_string())
            .collect(),
    ));
    text.push_str(&list(
        "Under way, and not waited for (the next run looks how far they came):",
        outcome.under_way.iter().map(ToString::to_string).collect(),
    ));
    text.push_str(&list(
        "Not begun:",
        outcome
            .skipped
            .iter()
            .map(|skipped| format!("{} (needs {})", skipped.address, skipped.because))
            .collect(),
    ));
    let interrupted = match outcome.refused {
        None => "Not begun, interrupted:",
        Some(_) => "Not begun, for that reason:",
    };
    text.push_str(&list(
        interrupted,
        outcome.left.iter().map(ToString::to_string).collect(),
    ));
    text.push_str("\n\nWhat is done stays done.");
    text
}
