//! `--announce`: the calls that change something, told before they are made.

use super::door::Door;
use super::screen::Screen;
use crate::cloud::Announced;
use crate::plan::Plan;
use crate::{reconcile, render};
use clap::Args;

/// Whether calls are announced.
#[derive(Args, Clone, Copy, Debug)]
pub(super) struct Announcing {
    /// List the AWS calls that change something; none but these is sent
    #[arg(long)]
    announce: bool,
}

impl Announcing {
    /// The list, if it was asked for.
    pub fn text(self, plan: &Plan, door: &Door, screen: &Screen) -> Option<String> {
        let calls = self.calls(plan, door)?;
        Some(render::announced_text(
            &calls,
            &screen.style_for_people(false),
        ))
    }

    /// Shows the list to people, if it was asked for; from then on nothing else is sent.
    pub fn hold(self, plan: &Plan, door: &Door, screen: &Screen) {
        if let Some(calls) = self.calls(plan, door) {
            let style = screen.style_for_people(false);
            screen.say(&render::announced_text(&calls, &style));
            door.cloud().hold_to(&calls);
        }
    }

    fn calls(self, plan: &Plan, door: &Door) -> Option<Vec<Announced>> {
        self.announce
            .then(|| reconcile::announce(door.cloud(), plan))
    }
}
