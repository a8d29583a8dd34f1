//! The only place that prints. stdout is data, stderr is for people.

use super::When;
use super::interrupt::Interrupt;
use crate::cloud::{Disclose, Failure, Waiting};
use crate::manifest::Compiled;
use crate::plan::Plan;
use crate::render::{self, Style};
use crate::run::Failed;
use crate::secrets;
use crate::yaml::{self, Problems};
use anstream::AutoStream;
use anyhow::{Context, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::{self, BufRead, ErrorKind, IsTerminal, Read, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Width that every line keeps to.
const WIDTH: usize = 80;

/// The longest answer that is read, in bytes.
const LONGEST_ANSWER: u64 = 64 << 10;

/// Both streams, and the progress line on a terminal.
pub(super) struct Screen {
    choice: anstream::ColorChoice,
    spinner: ProgressBar,
    /// Ctrl-C and SIGTERM.
    pub interrupt: Interrupt,
    /// The last thing that was said to be waited for, to say it once where there is no terminal.
    waiting: Arc<Mutex<String>>,
    /// How far a run over many accounts is.
    count: Mutex<Option<Count>>,
}

/// How far a run over many accounts is; a manifest counts once in each account.
#[derive(Clone, Copy)]
struct Count {
    done: usize,
    manifests: usize,
    accounts: usize,
}

impl Screen {
    pub fn new(when: When) -> Self {
        let spinner = match io::stderr().is_terminal() {
            true => ProgressBar::new_spinner(),
            false => ProgressBar::hidden(),
        };
        if let Ok(style) = ProgressStyle::with_template("  {spinner} {wide_msg}") {
            spinner.set_style(style);
        }
        Self {
            choice: match when {
                When::Auto => anstream::ColorChoice::Auto,
                When::Always => anstream::ColorChoice::Always,
                When::Never => anstream::ColorChoice::Never,
            },
            spinner,
            interrupt: Interrupt::default(),
            waiting: Arc::default(),
            count: Mutex::default(),
        }
    }

    /// From now on the progress line says how far all is.
    pub fn count(&self, manifests: usize, accounts: usize) {
        let done = 0;
        *self.count.lock().unwrap_or_else(PoisonError::into_inner) = Some(Count {
            done,
            manifests,
            accounts,
        });
    }

    /// So many more manifests are done.
    pub fn counted(&self, manifests: usize) {
        let mut count = self.count.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = count.as_mut() {
            count.done += manifests;
        }
    }

    /// How to render for stdout.
    pub fn style(&self, verbose: bool) -> Style {
        self.style_of(AutoStream::choice(&io::stdout()), verbose)
    }

    /// How to render for stderr.
    pub fn style_for_people(&self, verbose: bool) -> Style {
        self.style_of(AutoStream::choice(&io::stderr()), verbose)
    }

    /// `stream` is what fits the stream, unless the command line says otherwise.
    fn style_of(&self, stream: anstream::ColorChoice, verbose: bool) -> Style {
        let choice = match self.choice {
            anstream::ColorChoice::Auto => stream,
            chosen => chosen,
        };
        Style {
            color: choice != anstream::ColorChoice::Never,
            verbose,
            width: WIDTH,
        }
    }

    /// Writes data to stdout.
    ///
    /// # Errors
    /// It cannot be written (a full disk). A reader that has gone away is no error.
    pub fn data(&self, text: &str) -> Result<()> {
        let text = secrets::hide(text);
        self.spinner.suspend(|| {
            let mut out = AutoStream::new(io::stdout(), self.choice).lock();
            let result = out
                .write_all(text.as_bytes())
                .and_then(|()| match text.ends_with('\n') {
                    true => Ok(()),
                    false => out.write_all(b"\n"),
                });
            match result.and_then(|()| out.flush()) {
                Err(error) if error.kind() != ErrorKind::BrokenPipe => {
                    Err(error).context("cannot write to the standard output")
                }
                _ => Ok(()),
            }
        })
    }

    /// [`Screen::data`] for a secret that was asked for: straight to stdout, and nobody who does
    /// not read it may be told that it was written.
    pub fn discloser(&self) -> Disclose {
        let spinner = self.spinner.clone();
        Arc::new(move |text: &str| {
            spinner.suspend(|| {
                let mut out = io::stdout().lock();
                let result = out.write_all(text.as_bytes()).and_then(|()| out.flush());
                result.context("cannot write to the standard output")
            })
        })
    }

    /// Says something to people. Nobody can be told if that fails.
    pub fn say(&self, text: &str) {
        self.speaker()(text);
    }

    /// [`Screen::say`] for another task.
    pub fn speaker(&self) -> impl Fn(&str) + Send + 'static {
        let (spinner, choice) = (self.spinner.clone(), self.choice);
        move |text: &str| {
            spinner.suspend(|| {
                let mut out = AutoStream::new(io::stderr(), choice).lock();
                let text = render::guarded(&hidden(text));
                let _ = writeln!(out, "{}", text.trim_end_matches('\n'));
            });
        }
    }

    /// [`Screen::done`] for another task.
    pub fn clearer(&self) -> impl Fn() + Send + 'static {
        let spinner = self.spinner.clone();
        move || {
            spinner.disable_steady_tick();
            spinner.finish_and_clear();
        }
    }

    /// Shows an error: its chain in one line, then the remedy.
    pub fn error(&self, error: &anyhow::Error) {
        self.done();
        if let Some(problems) = error.downcast_ref::<Problems>() {
            let color = self.style_for_people(false).color;
            self.say(&problems.render(color));
            return;
        }
        self.say(&error_text(error));
    }

    /// Shows what is worth knowing of a manifest that is good: warnings, or with `all` everything.
    pub fn findings(&self, manifest: &Compiled, all: bool) {
        if let Some(problems) = manifest.findings.shown(all) {
            let color = self.style_for_people(false).color;
            self.say(&problems.render(color));
        }
    }

    /// Shows what the rules find in what is live and not the manifests'.
    pub fn live(&self, plan: &Plan, all: bool) {
        let text = render::live_text(plan, &self.style_for_people(all));
        if !text.is_empty() {
            self.say(&text);
        }
    }

    /// Shows what is going on, on a terminal.
    pub fn progress(&self, text: &str) {
        let count = *self.count.lock().unwrap_or_else(PoisonError::into_inner);
        let far = count.map_or(String::new(), |count| {
            let accounts = render::count(count.accounts, "account");
            format!("{}/{} manifests, {accounts}: ", count.done, count.manifests)
        });
        self.spinner.enable_steady_tick(Duration::from_millis(120));
        self.spinner
            .set_message(render::clean(&format!("{far}{text}")));
    }

    /// Takes the progress line away.
    pub fn done(&self) {
        self.clearer()();
    }

    /// What the provider tells when it waits: the progress line on a terminal, one line a reason
    /// elsewhere.
    pub fn waiting(&self) -> Waiting {
        let spinner = self.spinner.clone();
        let last = Arc::clone(&self.waiting);
        Arc::new(move |text: &str| {
            let text = render::clean(&secrets::hide(text));
            spinner.set_message(text.clone());
            // What stays the same of it while the seconds count up.
            let reason = text.split(',').next().unwrap_or_default().to_owned();
            let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
            if spinner.is_hidden() && *last != reason {
                let _ = writeln!(io::stderr(), "  {text}");
                *last = reason;
            }
        })
    }

    /// Asks on stderr, reads a line of stdin. `None` at the end of it.
    ///
    /// # Errors
    /// stdin cannot be read.
    pub fn ask(&self, question: &str) -> Result<Option<String>> {
        self.done();
        // The stream is not held while somebody thinks: a signal may have something to say.
        let _ = write!(io::stderr(), "{} ", render::guarded(question));
        let _ = io::stderr().flush();
        let mut line = String::new();
        let read = io::stdin()
            .lock()
            .take(LONGEST_ANSWER)
            .read_line(&mut line)
            .context("cannot read the answer")?;
        if read as u64 == LONGEST_ANSWER {
            bail!("what answers is no person: its line does not end");
        }
        if read == 0 {
            let _ = writeln!(io::stderr());
            return Ok(None);
        }
        Ok(Some(line.trim().to_owned()))
    }
}

/// What is said to people, without secrets.
fn hidden(text: &str) -> String {
    secrets::hide_passwords(&secrets::hide(text)).into_owned()
}

/// An error as a report tells it.
pub(super) fn failed(error: &anyhow::Error) -> Failed {
    let causes = error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<Failure>());
    let hint = causes.into_iter().find_map(|failure| failure.hint.as_ref());
    Failed {
        message: error_line(error),
        hint: hint.map(|hint| render::clean(&hidden(hint))),
    }
}

/// An error in one line, for a file.
pub(super) fn error_line(error: &anyhow::Error) -> String {
    render::clean(&hidden(&format!("{error:#}")))
}

/// `error: …` and `hint: …`, each on lines of its own.
pub(super) fn error_text(error: &anyhow::Error) -> String {
    let mut text = paragraph("error", &hidden(&format!("{error:#}")));
    for cause in error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<Failure>())
    {
        if let Some(hint) = &cause.hint {
            text.push('\n');
            text.push_str(&paragraph("hint", &hidden(hint)));
        }
    }
    text
}

/// A line without its middle if it is longer than anybody reads: a value that is repeated in it may be.
fn shortened(line: &str) -> String {
    const END: usize = 1000;
    let (head, tail) = (
        line.char_indices().nth(END),
        line.char_indices().nth_back(END),
    );
    match (head, tail) {
        (Some((head, _)), Some((tail, _))) if head < tail => {
            format!("{} … {}", &line[..head], &line[tail..])
        }
        _ => line.to_owned(),
    }
}

/// `title: text`, cleaned and broken at spaces; what does not fit is indented.
fn paragraph(title: &str, text: &str) -> String {
    let lines: Vec<String> = text
        .lines()
        .map(|line| shortened(&render::clean(line)))
        .collect();
    yaml::wrap(&format!("{title}: {}", lines.join("\n")), WIDTH - 2)
        .lines()
        .enumerate()
        .map(|(at, line)| match at {
            0 => line.to_owned(),
            _ => format!("\n  {}", line.trim_start()),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_nobody_reads_loses_its_middle() {
        let error = anyhow::anyhow!("no {}: fix it\nnext", "é".repeat(1 << 20));
        let text = error_text(&error);
        assert!(text.len() < 5000, "{} bytes", text.len());
        assert!(
            text.starts_with("error: no") && text.ends_with("next"),
            "{text}"
        );
        assert!(text.contains("fix it"), "{text}");
        assert_eq!(shortened(&"x".repeat(2000)), "x".repeat(2000));
    }

    #[test]
    fn an_error_is_its_chain_and_its_hint_within_the_width() {
        let failure = Failure {
            message: "iam:CreateRole: AccessDenied:\n  one\n  two \u{1b}[31m".into(),
            hint: Some("allow ".repeat(20)),
        };
        let error = anyhow::Error::new(failure).context("cannot create role.deploy");
        let text = error_text(&error);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines[0],
            "error: cannot create role.deploy: iam:CreateRole: AccessDenied:"
        );
        assert_eq!(lines[1], "  one");
        assert!(lines[3].starts_with("hint: allow"), "{text}");
        assert!(
            lines.iter().all(|line| line.chars().count() <= WIDTH),
            "{text}"
        );
        assert!(!text.contains('\u{1b}'));
    }
}
