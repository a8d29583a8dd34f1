//! `s3setup verify`.

use super::door::Door;
use super::manifests::{self, Chosen, Fleet, How, Manifests, Part, Planned};
use super::notify::{Notifier, Notify};
use super::reports::{Reports, Told as InForms};
use super::screen::Screen;
use super::web_identity::Tokens;
use super::{CHANGES, FAILED, FINE, Global, telling};
use crate::cloud::Calls;
use crate::plan::Plan;
use crate::probe::NoWay;
use crate::render::{self, Page, Style};
use crate::report::Command;
use crate::resource::{Google, Resource, Scope};
use crate::run::{Run, Told};
use crate::verify::{self, Credentials, FoundKey, Key, Options, Report, Subject};
use crate::yaml::{Problem, Problems};
use anyhow::{Error, Result, bail};
use clap::Args;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Prove by real calls that access is as promised, and goes no further
///
/// Becomes each user, role, service account and workload identity of the
/// manifests that can be become, tries what they are granted, and tries that
/// everything else is refused: in the folder and outside it, in another bucket,
/// without credentials. Objects that it writes are called s3setup-verify-... and
/// are removed again. Whoever cannot be become is judged by the policies that
/// there are, and the report says so.
/// Exit code 0 as promised, 2 not as promised, 1 could not tell.
#[derive(Args)]
pub(super) struct Verify {
    #[command(flatten)]
    manifests: Manifests,
    #[command(flatten)]
    fleet: Fleet,
    /// Only this principal: user.NAME, role.NAME, service_account.NAME, an ARN,
    /// a member of a binding, or anyone
    #[arg(long, value_name = "PRINCIPAL")]
    only: Vec<String>,
    /// Become roles and workload identities with the token in this file (in a
    /// GitHub workflow with id-token: write, GitHub's is taken by itself)
    #[arg(long, value_name = "FILE")]
    web_identity_token_file: Option<PathBuf>,
    /// How long an answer that is not as promised is asked for again, since new
    /// keys and policies take a while to be known
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 60,
        value_parser = clap::value_parser!(u64).range(..=3600)
    )]
    wait: u64,
    #[command(flatten)]
    reports: Reports,
    #[command(flatten)]
    notify: Notify,
}

impl Verify {
    pub async fn run(&self, global: &Global, screen: &Screen) -> Result<u8> {
        let started = Instant::now();
        self.reports.check()?;
        let notifier = self.notify.open()?;
        let files = self.manifests.of(&self.fleet)?;
        let proven = self.prove_all(global, &files, screen).await;
        let run = match proven {
            Ok(Ended::Stopped(code)) => return Ok(code),
            Ok(Ended::Whole(run)) => run,
            Err(error) => {
                let run: Run<Proven> = telling::failed(&error);
                told(&run, started.elapsed(), async |told| {
                    self.tell(told, notifier, FAILED, global, screen).await
                })
                .await?;
                return Err(error);
            }
        };
        let code = |proven: &Proven| match &proven.reports {
            reports if reports.iter().any(Report::is_wrong) => CHANGES,
            reports if reports.iter().any(Report::is_incomplete) => FAILED,
            _ => FINE,
        };
        let code = telling::code(&run, [CHANGES, FAILED], code);
        told(&run, started.elapsed(), async |told| {
            let shown = told.in_form(self.reports.output, &screen.style(global.verbose));
            telling::write(&run, self.reports.output, &shown, screen)?;
            self.tell(told, notifier, code, global, screen).await
        })
        .await
    }

    /// Tries what all manifests promise, until somebody stops it.
    async fn prove_all(&self, global: &Global, files: &[Chosen], screen: &Screen) -> Result<Ended> {
        let tokens = Tokens::find(self.web_identity_token_file.as_deref())?;
        let how = How {
            tolerant: true,
            ..How::default()
        };
        let run = manifests::plan_all(global, files, &how, screen).await?;
        for planned in run.told() {
            screen.live(&planned.plan, global.verbose);
        }
        screen.interrupt.careful();
        let mut accounts = Vec::new();
        for told in run.accounts {
            let (account, planned) = match told.result {
                Ok(planned) => (told.account, planned),
                Err(failed) => {
                    let (account, result) = (told.account, Err(failed));
                    accounts.push(Told { account, result });
                    continue;
                }
            };
            let result = Ok(self.prove(planned, &tokens, global, screen).await?);
            accounts.push(Told { account, result });
            if let Some(code) = screen.interrupt.code() {
                screen.done();
                let proven = accounts.iter().filter_map(|told| told.result.as_ref().ok());
                let reports: Vec<&Report> = proven.flat_map(|one| &one.reports).collect();
                screen.say(&render::verify_stopped(&reports));
                return Ok(Ended::Stopped(code));
            }
        }
        screen.done();
        let broken = run.broken;
        let mut run = Run { accounts, broken };
        self.refuse_unknown(&run)?;
        if self.only.is_empty() {
            set_aside(&mut run, screen);
        }
        Ok(Ended::Whole(run))
    }

    /// Writes the files and tells whoever is to be told. Gives the exit code.
    async fn tell(
        &self,
        told: &InForms<'_>,
        notifier: Option<Notifier>,
        code: u8,
        global: &Global,
        screen: &Screen,
    ) -> Result<u8> {
        let written = self.reports.write(told, screen, global.verbose);
        let code = match notifier {
            Some(notifier) => notifier.tell(told.report, code, screen).await,
            None => code,
        };
        written.map(|()| code)
    }

    /// Tries what the manifests of one account promise, until somebody stops it.
    async fn prove(
        &self,
        planned: Planned,
        tokens: &Tokens,
        global: &Global,
        screen: &Screen,
    ) -> Result<Proven> {
        let plan = &planned.plan;
        let options = Options {
            parallelism: usize::from(global.parallelism),
            window: Duration::from_secs(self.wait),
            only: self.only.iter().cloned().collect(),
        };
        let cloud = planned.door.cloud();
        let waiting = screen.waiting();
        let interrupt = screen.interrupt.clone();
        let stop = move || interrupt.code().is_some();
        let mut reports: Vec<Report> = Vec::new();
        for part in &planned.parts {
            screen.progress(&format!("trying what {} promises", part.title()));
            let subject = subject(plan, part);
            let credentials = Credentials {
                token: tokens.token(&subject.wanted).await?,
                federated: tokens.federated(&subject.wanted).await?,
                keys: keys(&planned.door, &subject).await,
            };
            let report = verify::verify(
                cloud,
                planned.door.prober(),
                &subject,
                &credentials,
                &options,
                &waiting,
                &stop,
            );
            let mut report = report.await?;
            let at_google = verify::verify_google(
                planned.door.google_prober(),
                &subject,
                &credentials,
                &options,
                &waiting,
                &stop,
            );
            report.add(at_google.await?);
            reports.push(report);
            if screen.interrupt.code().is_some() {
                break;
            }
        }
        Ok(Proven {
            reports,
            scope: plan.scope.clone(),
            regions: plan.regions().into_iter().map(str::to_owned).collect(),
            files: plan
                .manifests()
                .iter()
                .map(|source| (source.name.clone(), source.path.clone()))
                .collect(),
            calls: cloud.calls(),
        })
    }

    /// Nothing tried is nothing proven: a name that is nobody's was mistyped.
    fn refuse_unknown(&self, run: &Run<Proven>) -> Result<()> {
        let reports = || run.told().flat_map(|proven| &proven.reports);
        let tried = || reports().flat_map(|report| &report.principals);
        for name in &self.only {
            if !tried().any(|tried| tried.principal == *name) {
                bail!(
                    "--only {name}: no manifest has that principal (user.NAME, role.NAME, service_account.NAME, an ARN, a member of a binding, anyone)"
                );
            }
        }
        Ok(())
    }
}

/// Nothing tried is nothing proven: manifests without a bucket are told as those that cannot be used.
fn set_aside(run: &mut Run<Proven>, screen: &Screen) {
    let mut wrong = Vec::new();
    for told in &mut run.accounts {
        let Ok(proven) = &mut told.result else {
            continue;
        };
        proven.reports.retain(|report| {
            if report.principals.is_empty() {
                let message = format!(
                    "there is nothing to verify: the manifest {} has no bucket",
                    report.manifest
                );
                wrong.push(Problems::unread(&report.manifest, Problem::new(message)));
            }
            !report.principals.is_empty()
        });
    }
    let nothing = |told: &Told<Proven>| matches!(&told.result, Ok(all) if all.reports.is_empty());
    run.accounts.retain(|told| !nothing(told));
    wrong.dedup_by(|one, other| one.name() == other.name());
    for problems in wrong {
        screen.error(&Error::new(problems.clone()));
        run.broken.push(problems);
    }
}

/// What is verified of a manifest: all of it, or what it has in one region.
fn subject(plan: &Plan, part: &Part) -> Subject {
    let whole = Subject::of(plan, &part.manifest);
    match part.region {
        None => whole,
        Some(_) => whole.within(part.title(), &part.addresses),
    }
}

/// What verify found in one account.
struct Proven {
    reports: Vec<Report>,
    scope: Scope,
    regions: Vec<String>,
    /// Of each manifest, by its name.
    files: BTreeMap<String, String>,
    calls: Calls,
}

/// How it ended.
enum Ended {
    /// All was tried.
    Whole(Run<Proven>),
    /// Somebody stopped it, and was told so.
    Stopped(u8),
}

/// With what there is to tell, in every form.
async fn told<T>(
    run: &Run<Proven>,
    elapsed: Duration,
    tell: impl AsyncFnOnce(&InForms<'_>) -> T,
) -> T {
    let report = telling::now(render::report_of(Command::Verify, run, |proven| {
        let Proven {
            reports,
            scope,
            regions,
            files,
            calls,
        } = proven;
        render::verified(reports, scope, files, calls, elapsed).in_several(regions.clone())
    }));
    tell(&InForms {
        report: &report,
        text: &|style| text(run, elapsed, style),
        markdown: &|| markdown(run, elapsed),
    })
    .await
}

fn text(run: &Run<Proven>, elapsed: Duration, style: &Style) -> String {
    let of = |proven: &Proven| {
        let (reports, scope) = (&proven.reports, &proven.everywhere());
        let text = render::verify_text(reports, scope, &proven.calls, elapsed, style);
        page(proven, text)
    };
    render::run_text(&run.map(of), style)
}

fn markdown(run: &Run<Proven>, elapsed: Duration) -> String {
    render::run_markdown(&run.map(|proven| {
        let (reports, scope) = (&proven.reports, &proven.everywhere());
        let text = render::verify_markdown(reports, scope, &proven.calls, elapsed);
        page(proven, text)
    }))
}

impl Proven {
    /// The scope as a heading tells it: with all regions.
    fn everywhere(&self) -> Scope {
        Scope {
            region: self.regions.join(", "),
            ..self.scope.clone()
        }
    }
}

fn page(proven: &Proven, text: String) -> Page {
    Page {
        text,
        verdict: render::verify_verdict(&proven.reports),
    }
}

/// The keys of the manifest's users, from where they were handed over.
async fn keys(door: &Door, subject: &Subject) -> BTreeMap<String, FoundKey> {
    let mut keys = BTreeMap::new();
    for resource in &subject.wanted {
        let (name, sink, prober) = match resource {
            Resource::AccessKey(key) => (key.name.clone(), &key.sink, door.prober()),
            Resource::Google(Google::ServiceAccountKey(key)) => {
                let name = format!("service_account.{}", key.name);
                (name, &key.sink, door.google_prober())
            }
            _ => continue,
        };
        if let (Some(prober), Some(sink)) = (prober, sink) {
            let found = match prober.key_in(sink).await {
                Ok((id, secret)) => Ok(Key {
                    id,
                    secret,
                    from: sink.where_it_is(),
                }),
                Err(NoWay(why)) => Err(why),
            };
            keys.insert(name, found);
        }
    }
    keys
}
