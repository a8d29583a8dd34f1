//! The same at Google: what is promised follows from bindings, roles and conditions. The tries, their
//! order and the report are those of any provider.

mod become_who;
mod expect;
mod federated;
mod probes;
mod surplus;
#[cfg(test)]
mod tests;
mod world;

use super::become_who::Someone;
use super::report::{Report, Tried};
use super::run::{Credentials, Options, Stop, run_id, while_left};
use super::scene::Scene;
use super::subject::Subject;
use super::trial::{Found, Trial};
use crate::cloud::Waiting;
use crate::probe::{Answer, Prober};
use crate::resource::{Google, Resource};
use anyhow::Result;
use become_who::become_who;
use probes::Ground;
use surplus::surplus;
use world::{Who, World, everybody};

/// Tries everything of what `subject` has at Google: as [`super::verify`].
///
/// # Guarantees
/// What was put there is taken away again, also after a failure or a stop; what cannot be is told.
///
/// # Errors
/// Google cannot be asked.
pub async fn verify_google(
    prober: Option<&dyn Prober>,
    subject: &Subject,
    credentials: &Credentials,
    options: &Options,
    waiting: &Waiting,
    stop: &Stop,
) -> Result<Report> {
    let mut report = Report {
        manifest: subject.manifest.clone(),
        principals: Vec::new(),
        left: Vec::new(),
        drifted: subject.drifted.clone(),
        unreadable: subject.unreadable.clone(),
    };
    let (wanted, live) = (of_google(&subject.wanted), of_google(&subject.live));
    let (wanted_world, live_world) = (World::of(&wanted), World::of(&live));
    let Some(mut ground) = Ground::of(&wanted_world, &live_world, run_id()) else {
        return Ok(report);
    };
    let mut scene = Scene::new(prober, options, waiting, stop);
    scene.provider = "Google";
    if let Some(prober) = prober {
        ground.other = prober.other_bucket(&ground.bucket).await;
        scene.locked = prober.locks_objects(&ground.bucket, "").await;
    }
    let mut each = everybody(&wanted_world, &live_world);
    each.retain(|one| options.only.is_empty() || options.only.contains(&one.to_string()));
    let unreadable = report.unreadable.clone();
    let one_by_one = async {
        for who in each {
            let worlds = [&wanted_world, &live_world];
            let (someone, who) = become_who(prober, who, worlds, credentials).await?;
            let judge = Judge {
                wanted: &wanted_world,
                live: &live_world,
                who: &who,
                unreadable: &unreadable,
            };
            let tried = judge.tried(&mut scene, someone, &ground).await?;
            if stop() {
                break;
            }
            report.principals.push(tried);
        }
        Ok(())
    };
    let outcome = one_by_one.await;
    report.left = scene.clear().await;
    match outcome {
        Ok(()) => Ok(report),
        Err(error) => Err(while_left(error, &report.left)),
    }
}

fn of_google(resources: &[Resource]) -> Vec<&Google> {
    fn google(resource: &Resource) -> Option<&Google> {
        match resource {
            Resource::Google(google) => Some(google),
            _ => None,
        }
    }
    resources.iter().filter_map(google).collect()
}

/// What is known of one of them.
struct Judge<'a> {
    wanted: &'a World,
    live: &'a World,
    who: &'a Who,
    unreadable: &'a [String],
}

impl Judge<'_> {
    async fn tried(
        &self,
        scene: &mut Scene<'_>,
        someone: Someone,
        ground: &Ground,
    ) -> Result<Tried> {
        let probes = ground.probes(self.who).into_iter();
        let mut trials: Vec<Trial> = probes
            .map(|probe| Trial {
                promised: self.wanted.expect(self.who, &probe),
                actions: expect::permissions(&probe)
                    .into_iter()
                    .map(str::to_owned)
                    .collect(),
                found: Found::Untried(String::new()),
                probe,
            })
            .filter(Trial::is_told)
            .collect();
        let (tried, how, mut problem) = match &someone {
            Someone::Actor { how, problem, .. } => (true, how.clone(), problem.clone()),
            Someone::Nobody(why) => (false, why.clone(), None),
            Someone::Else(why) => (false, why.clone(), Some(why.clone())),
        };
        if let Someone::Actor { actor, how, .. } = &someone {
            let name = self.who.to_string();
            let refused = scene.play(&name, actor, &mut trials).await?;
            problem = problem.or(refused.map(|said| format!("{how} is not accepted: {said}")));
        }
        for trial in &mut trials {
            let why = match &trial.found {
                Found::Called(Answer::Unclear(why)) => why.clone(),
                Found::Untried(_) if !tried => "nobody can be it here".to_owned(),
                Found::Untried(why) => trial.never_tried().map_or(why.clone(), str::to_owned),
                _ => continue,
            };
            trial.found = match self.unreadable.is_empty() {
                true => Found::Evaluated(self.live.expect(self.who, &trial.probe), why),
                false => {
                    let what = self.unreadable.join(", ");
                    Found::Untried(format!("{why}; cannot read {what}"))
                }
            };
        }
        let live = |probe: &_| self.live.expect(self.who, probe);
        let mut checks: Vec<_> = trials.into_iter().map(|trial| trial.check(live)).collect();
        let more = surplus(self.wanted, self.live, self.who, &checks);
        checks.extend(more);
        Ok(Tried {
            principal: self.who.to_string(),
            how,
            tried,
            problem,
            checks,
        })
    }
}
