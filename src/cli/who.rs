//! Who has changed what has drifted: looked up in each account, once a report is made of it.

use super::manifests::{AT_ONCE, Planned};
use super::screen::{Screen, error_line};
use crate::plan::{Action, Histories, History, Plan, Step};
use crate::render;
use crate::run::Run;
use futures::stream::{self, StreamExt};

/// Of no more resources of an account is it looked up: it takes up to five lookups each, two a second.
const MOST: usize = 40;

/// Looks it up for all that is not as it should be, several accounts at the same time. What cannot be
/// told hides nothing: it is told as such.
pub(super) async fn look_up(run: &mut Run<Planned>, screen: &Screen) {
    let all = run.accounts.iter_mut();
    let all = all.filter_map(|told| told.result.as_mut().ok());
    let each = all.map(|planned| async {
        planned.histories = histories(planned, screen).await;
    });
    stream::iter(each)
        .buffer_unordered(AT_ONCE)
        .collect::<()>()
        .await;
    screen.done();
}

async fn histories(planned: &Planned, screen: &Screen) -> Histories {
    let drifted: Vec<&Step> = drifted(&planned.plan).collect();
    if !drifted.is_empty() {
        let number = render::count(drifted.len(), "resource");
        screen.progress(&format!("asking who has changed {number}"));
    }
    let mut histories = Histories::new();
    // After the first error of another sort than a missing permission nobody is asked any more.
    let mut failed: Option<String> = None;
    for (at, step) in drifted.into_iter().enumerate() {
        let Some(resource) = step.have.as_ref().or(step.want.as_ref()) else {
            continue;
        };
        let history = match &failed {
            Some(error) => History::unreadable(error),
            None if at >= MOST => {
                History::unreadable(format!("of more than {MOST} resources it is not looked up"))
            }
            None => match planned.door.cloud().history(resource).await {
                Ok(history) => history,
                Err(error) => History::unreadable(failed.insert(error_line(&error)).as_str()),
            },
        };
        histories.insert(step.address.clone(), history);
    }
    histories
}

fn drifted(plan: &Plan) -> impl Iterator<Item = &Step> {
    plan.steps.iter().filter(|step| step.action != Action::Keep)
}
