//! What is known of one principal: by calls, by the provider's simulation, or by its policies.

use super::become_who::Someone;
use super::expect::{Expectation, Ground};
use super::principal::Principal;
use super::report::Tried;
use super::scene::Scene;
use super::surplus::surplus;
use super::trial::{Found, Trial};
use super::world::World;
use crate::probe::{Answer, Prober, Question};
use anyhow::Result;

/// What is known of one principal.
pub(super) struct Judge<'a> {
    pub(super) ground: &'a Ground<'a>,
    pub(super) wanted: &'a World,
    pub(super) live: &'a World,
    pub(super) principal: &'a Principal,
    pub(super) prober: Option<&'a dyn Prober>,
    pub(super) unreadable: &'a [String],
}

impl Judge<'_> {
    /// Everything about it: by calls where it can be become, else by what there is to know.
    ///
    /// # Errors
    /// There was no answer.
    pub(super) async fn tried(
        &self,
        scene: &mut Scene<'_>,
        someone: Someone,
        mut trials: Vec<Trial>,
    ) -> Result<Tried> {
        let (tried, how, mut problem) = match &someone {
            Someone::Actor { how, problem, .. } => (true, how.clone(), problem.clone()),
            Someone::Nobody(why) => (false, why.clone(), None),
            Someone::Else(why) => (false, why.clone(), Some(why.clone())),
        };
        match &someone {
            Someone::Actor { actor, how, .. } => {
                let name = self.principal.to_string();
                let refused = scene.play(&name, actor, &mut trials).await?;
                problem = problem.or(refused.map(|said| format!("{how} is not accepted: {said}")));
            }
            Someone::Nobody(_) | Someone::Else(_) => {}
        }
        for trial in &mut trials {
            let Some(why) = untried(trial, tried) else {
                continue;
            };
            if !self.unreadable.is_empty() {
                let what = self.unreadable.join(", ");
                trial.found = Found::Untried(format!("{why}; cannot read {what}"));
                continue;
            }
            trial.found = match self.simulated(trial, tried).await {
                Some(allowed) => Found::Simulated(allowed, why),
                None => {
                    let live = self.ground.expect(self.live, self.principal, &trial.probe);
                    Found::Evaluated(live, why)
                }
            };
        }
        let live =
            |probe: &_| -> Expectation { self.ground.expect(self.live, self.principal, probe) };
        let mut checks: Vec<_> = trials.into_iter().map(|trial| trial.check(live)).collect();
        let more = surplus(
            self.ground,
            self.wanted,
            self.live,
            self.principal,
            &checks,
            self.unreadable.is_empty(),
        );
        checks.extend(more);
        Ok(Tried {
            principal: self.principal.to_string(),
            how,
            tried,
            problem,
            checks,
        })
    }

    /// The provider's own simulation, where it is valid: it knows neither the bucket policy for
    /// roles, nor key policies, nor principals of other accounts
    /// (<https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html>).
    async fn simulated(&self, trial: &Trial, tried: bool) -> Option<bool> {
        // It knows nothing of a bucket that is not there.
        let there = self.live.bucket.is_some();
        let prober = self.prober.filter(|_| there && !tried)?;
        let policy = self.live.bucket_policy();
        match self.principal {
            Principal::User(_) => {}
            Principal::Role(_) if policy.is_none() => {}
            _ => return None,
        }
        let principal = self.live.arn(self.principal)?;
        for requirement in self.ground.requirements(self.live, &trial.probe) {
            if !requirement.action.starts_with("s3:") {
                return None;
            }
            let question = Question {
                principal: principal.to_owned(),
                action: requirement.action,
                resource: requirement.resource,
                context: requirement.context,
                resource_policy: policy.map(crate::policy::Document::to_json),
            };
            if !prober.simulate(&question).await? {
                return Some(false);
            }
        }
        Some(true)
    }
}

/// Why a trial has no call, if it has none.
fn untried(trial: &Trial, tried: bool) -> Option<String> {
    match &trial.found {
        Found::Called(Answer::Unclear(why)) => Some(why.clone()),
        Found::Untried(_) if !tried => Some("nobody can be it here".to_owned()),
        Found::Untried(why) => Some(trial.never_tried().map_or(why.clone(), str::to_owned)),
        _ => None,
    }
}
