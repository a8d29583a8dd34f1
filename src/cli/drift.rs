//! `s3setup drift`.

use super::manifests::{self, Facts, Fleet, How, Manifests, Planned};
use super::notify::{Notifier, Notify};
use super::reports::{Reports, Told};
use super::screen::Screen;
use super::{CHANGES, FAILED, FINE, Global, telling, who};
use crate::render::{self, Page, Style};
use crate::report::{Command, Report};
use crate::run::Run;
use anyhow::Result;
use clap::Args;
use std::time::{Duration, Instant};

/// Tell whether all still is as the manifests say
///
/// For a scheduled job: exit code 0 in sync, 2 drifted, 1 could not tell. What
/// cannot be read is never "in sync". A manifest that cannot be used hides no
/// other: all are looked at, and what is known comes first (2 before 1). Changes
/// nothing and saves nothing.
#[derive(Args)]
pub(super) struct Drift {
    #[command(flatten)]
    manifests: Manifests,
    #[command(flatten)]
    fleet: Fleet,
    /// Look up in CloudTrail who has changed what has drifted, when, and from
    /// where: up to 5 calls a resource, 2 a second
    #[arg(long)]
    who: bool,
    #[command(flatten)]
    reports: Reports,
    #[command(flatten)]
    notify: Notify,
}

impl Drift {
    pub async fn run(&self, global: &Global, screen: &Screen) -> Result<u8> {
        let started = Instant::now();
        self.reports.check()?;
        let notifier = self.notify.open()?;
        let files = self.manifests.of(&self.fleet)?;
        let how = How {
            tolerant: true,
            ..How::default()
        };
        let mut run = match manifests::plan_all(global, &files, &how, screen).await {
            Ok(run) => run,
            Err(error) => {
                let run: Run<Planned> = telling::failed(&error);
                let told = Telling::of(&run, started.elapsed());
                self.tell(&told, notifier, FAILED, global, screen).await?;
                return Err(error);
            }
        };
        if self.who {
            who::look_up(&mut run, screen).await;
        }
        let told = Telling::of(&run, started.elapsed());
        let style = screen.style(global.verbose);
        let text = told.told(|told| told.in_form(self.reports.output, &style));
        telling::write(&run, self.reports.output, &text, screen)?;
        let code = |planned: &Planned| match &planned.plan {
            plan if plan.has_changes() => CHANGES,
            plan if !plan.is_complete() => FAILED,
            _ => FINE,
        };
        let code = telling::code(&run, [CHANGES, FAILED], code);
        self.tell(&told, notifier, code, global, screen).await
    }

    /// Writes the files and tells whoever is to be told. Gives the exit code.
    async fn tell(
        &self,
        told: &Telling<'_>,
        notifier: Option<Notifier>,
        code: u8,
        global: &Global,
        screen: &Screen,
    ) -> Result<u8> {
        let written = told.told(|told| self.reports.write(told, screen, global.verbose));
        let code = match notifier {
            Some(notifier) => notifier.tell(&told.report, code, screen).await,
            None => code,
        };
        written.map(|()| code)
    }
}

/// What there is to tell of a run.
struct Telling<'a> {
    facts: Run<Facts<'a>>,
    elapsed: Duration,
    report: Report,
}

impl<'a> Telling<'a> {
    fn of(run: &'a Run<Planned>, elapsed: Duration) -> Self {
        let facts = run.map(Planned::facts);
        let report = telling::now(render::report_of(Command::Drift, &facts, |facts| {
            let access = &facts.access;
            let calls = &facts.calls;
            render::compared(facts.plan, access, Command::Drift, calls, elapsed)
                .with_histories(facts.histories)
        }));
        Self {
            facts,
            elapsed,
            report,
        }
    }

    /// With it in every form.
    fn told<T>(&self, tell: impl FnOnce(&Told<'_>) -> T) -> T {
        tell(&Told {
            report: &self.report,
            text: &|style| self.text(style),
            markdown: &|| self.markdown(),
        })
    }

    fn text(&self, style: &Style) -> String {
        let of = |facts: &Facts<'_>| {
            let text = render::drift_text(
                facts.plan,
                facts.histories,
                &facts.calls,
                self.elapsed,
                style,
            );
            page(facts, text)
        };
        render::run_text(&self.facts.map(of), style)
    }

    fn markdown(&self) -> String {
        render::run_markdown(&self.facts.map(|facts| {
            let text =
                render::drift_markdown(facts.plan, facts.histories, &facts.calls, self.elapsed);
            page(facts, text)
        }))
    }
}

fn page(facts: &Facts<'_>, text: String) -> Page {
    Page {
        text,
        verdict: render::drift_verdict(facts.plan),
    }
}
