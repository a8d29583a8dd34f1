//! Where things are tried: the objects that tries need, the order of tries, those that are tried
//! again, and what has to be taken away in the end.

use super::run::{Options, Shared, Stop};
use super::trial::{Found, Trial};
use crate::cloud::Waiting;
use crate::probe::{Answer, Left, Operation, Phase, Place, Probe, Prober};
use anyhow::{Context, Result};
use futures::stream::{self, StreamExt};
use std::collections::{BTreeMap, BTreeSet};
use std::future::ready;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// The first pause before something is tried again; each is twice as long, up to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(8);
/// How often a pause is broken to see whether to stop.
const LOOK_UP: Duration = Duration::from_millis(100);

/// What all principals of a run share.
pub(super) struct Scene<'a> {
    prober: Option<&'a dyn Prober>,
    options: &'a Options,
    waiting: &'a Waiting,
    stop: &'a Stop,
    until: Instant,
    /// Everybody who has tried something, and may be able to remove it.
    actors: Vec<Shared>,
    left: BTreeSet<Left>,
    /// Objects that are there to be read.
    there: BTreeSet<String>,
    /// The bucket keeps every new object for some time: nothing is written.
    pub(super) locked: bool,
    /// Who has to know of what was made.
    pub(super) provider: &'static str,
}

impl<'a> Scene<'a> {
    pub(super) fn new(
        prober: Option<&'a dyn Prober>,
        options: &'a Options,
        waiting: &'a Waiting,
        stop: &'a Stop,
    ) -> Self {
        Self {
            prober,
            options,
            waiting,
            stop,
            until: Instant::now() + options.window,
            actors: Vec::new(),
            left: BTreeSet::new(),
            there: BTreeSet::new(),
            locked: false,
            provider: "AWS",
        }
    }

    /// Tries everything as `actor`. Returns what the provider says if it does not accept the
    /// credentials at all.
    ///
    /// # Errors
    /// There was no answer.
    pub(super) async fn play(
        &mut self,
        name: &str,
        actor: &Shared,
        trials: &mut [Trial],
    ) -> Result<Option<String>> {
        self.actors.push(actor.clone());
        self.lay_out(actor, trials).await?;
        let mut pause = FIRST_PAUSE;
        let begun = Instant::now();
        let mut which: Vec<usize> = (0..trials.len())
            .filter(|at| trials[*at].never_tried().is_none())
            .collect();
        if self.locked {
            which.retain(|at| trials[*at].probe.operation.phase() != Phase::Write);
            for trial in trials.iter_mut() {
                if trial.probe.operation.phase() == Phase::Write {
                    let why = "not tried: the bucket's Object Lock would keep what is written";
                    trial.found = Found::Untried(why.to_owned());
                }
            }
        }
        loop {
            for phase in [Phase::Write, Phase::Look, Phase::Remove] {
                self.act(name, actor, trials, &which, phase).await?;
            }
            which.retain(|at| trials[*at].is_open());
            let left = self.until.saturating_duration_since(Instant::now());
            if which.is_empty() || left.is_zero() || (self.stop)() {
                break;
            }
            (self.waiting)(&format!(
                "waiting until {} knows what {name} may do, {} s of {} s",
                self.provider,
                begun.elapsed().as_secs(),
                self.options.window.as_secs()
            ));
            self.pause(pause.min(left)).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
            self.lay_out(actor, trials).await?;
        }
        Ok(trials.iter().find_map(|trial| match &trial.found {
            Found::Called(Answer::NotAccepted(said)) => Some(said.clone()),
            _ => None,
        }))
    }

    /// Waits, unless somebody asks to stop.
    async fn pause(&self, long: Duration) {
        let until = Instant::now() + long;
        while !(self.stop)() && Instant::now() < until {
            sleep(LOOK_UP.min(until - Instant::now())).await;
        }
    }

    /// Puts an object to read where one is needed: by the one who may, else by the caller.
    async fn lay_out(&mut self, actor: &Shared, trials: &[Trial]) -> Result<()> {
        let may_put: BTreeSet<&Place> = trials
            .iter()
            .filter(|trial| trial.probe.operation == Operation::Put)
            .filter(|trial| trial.promised.allowed == Some(true))
            .map(|trial| &trial.probe.place)
            .collect();
        let mut needed: BTreeMap<String, (Probe, bool)> = BTreeMap::new();
        for trial in trials.iter() {
            let (Some(key), Some(())) = (&trial.probe.key, reads_an_object(&trial.probe)) else {
                continue;
            };
            let by_itself = may_put.contains(&trial.probe.place);
            needed.insert(key.clone(), (trial.probe.clone(), by_itself));
        }
        let caller = self.prober.map(Prober::caller);
        for (key, (probe, by_itself)) in needed {
            if self.locked {
                break;
            }
            if self.there.contains(&key) || (self.stop)() {
                continue;
            }
            let put = Probe {
                operation: Operation::Put,
                ..probe
            };
            let first = Some(actor).filter(|_| by_itself);
            for who in first.into_iter().chain(&caller) {
                let answer = who.act(&put).await;
                self.note_unanswered(&put, answer.is_err());
                let answer = answer.context("cannot write an object to read")?;
                if let Answer::Done(left) = answer {
                    self.left.extend(left);
                    self.there.insert(key.clone());
                    break;
                }
            }
        }
        Ok(())
    }

    async fn act(
        &mut self,
        name: &str,
        actor: &Shared,
        trials: &mut [Trial],
        which: &[usize],
        phase: Phase,
    ) -> Result<()> {
        let mut now: Vec<(usize, Probe)> = Vec::new();
        for at in which.iter().copied() {
            let trial = &mut trials[at];
            if trial.probe.operation.phase() != phase {
                continue;
            }
            let object = reads_an_object(&trial.probe).and(trial.probe.key.as_ref());
            if object.is_some_and(|key| !self.there.contains(key)) {
                trial.found = Found::Untried(
                    "there is no object to try it on: nobody here may write one".to_owned(),
                );
                continue;
            }
            let mut probe = trial.probe.clone();
            if matches!(
                probe.operation,
                Operation::AbortUpload | Operation::ListParts
            ) {
                probe.upload = self.upload(probe.key.as_deref());
            }
            now.push((at, probe));
        }
        let stop = self.stop;
        let answers: Vec<(usize, Probe, Result<Answer>)> = stream::iter(now)
            .take_while(|_| ready(!stop()))
            .map(|(at, probe)| async move {
                let answer = match probe.place {
                    Place::PlainHttp => actor.by_plain_http().act(&probe).await,
                    _ => actor.act(&probe).await,
                };
                let what = format!("cannot try to {} as {name}", probe.operation.text());
                (at, probe, answer.context(what))
            })
            .buffered(self.options.parallelism.max(1))
            .collect()
            .await;
        // One that has no answer must not hide what the others left.
        let mut failed = None;
        for (at, probe, answer) in answers {
            self.note_unanswered(&probe, answer.is_err());
            match answer {
                Ok(answer) => {
                    if let Answer::Done(left) = &answer {
                        self.note(&probe, left.as_ref());
                    }
                    trials[at].found = Found::Called(answer);
                }
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        failed.map_or(Ok(()), Err)
    }

    /// What was put without an answer may be there.
    fn note_unanswered(&mut self, probe: &Probe, is_so: bool) {
        let puts = matches!(
            probe.operation,
            Operation::Put | Operation::Overwrite | Operation::PutEncrypted | Operation::PutWithKms
        );
        if let Some(key) = probe.key.clone().filter(|_| puts && is_so) {
            self.left.insert(Left::Object {
                bucket: probe.bucket.clone(),
                region: probe.region.clone(),
                key,
                version: None,
            });
        }
    }

    /// Keeps the books on what is left.
    fn note(&mut self, probe: &Probe, left: Option<&Left>) {
        let key = probe.key.as_deref().unwrap_or_default();
        match probe.operation {
            Operation::Delete => self.left.retain(|one| {
                one.key() != key || !matches!(one, Left::Object { version: None, .. })
            }),
            Operation::AbortUpload => self.left.retain(
                |one| !matches!(one, Left::Upload { id, .. } if Some(id) == probe.upload.as_ref()),
            ),
            _ => {}
        }
        self.left.extend(left.cloned());
    }

    fn upload(&self, key: Option<&str>) -> Option<String> {
        self.left.iter().find_map(|left| match left {
            Left::Upload { id, key: of, .. } if Some(of.as_str()) == key => Some(id.clone()),
            _ => None,
        })
    }

    /// Takes away what was left: the caller, or whoever else may. Returns what stays.
    pub(super) async fn clear(self) -> Vec<Left> {
        let caller = self.prober.map(Prober::caller);
        let everybody: Vec<&Shared> = caller.iter().chain(&self.actors).collect();
        let everybody = &everybody;
        let stays = stream::iter(self.left).map(|left| async move {
            for who in everybody {
                if who.clear(&left).await {
                    return None;
                }
            }
            Some(left)
        });
        let stays = stays.buffered(self.options.parallelism.max(1));
        stays.filter_map(ready).collect().await
    }
}

/// Whether a try takes an object that is there.
fn reads_an_object(probe: &Probe) -> Option<()> {
    let reads = matches!(
        probe.operation,
        Operation::Get
            | Operation::Overwrite
            | Operation::GetTags
            | Operation::PutTags
            | Operation::PutAcl
            | Operation::GetVersion
    );
    // In another bucket nothing is written: there it is tried on an object that is not there.
    (reads && probe.place != Place::OtherBucket).then_some(())
}
