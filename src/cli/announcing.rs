//! `--announce`: the calls that change something, told before they are made.

use super::door::Door;
use super::screen::Screen;
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
        self.announce.then(|| {
            let calls = reconcile::announce(door.cloud(), plan);
            render::announced_text(&calls, &screen.style_for_people(false))
        })
    }

    /// Shows the list to people, if it was asked for; from then on nothing else is sent.
    pub fn hold(self, plan: &Plan, door: &Door, screen: &Screen) {
        if let Some(text) = self.text(plan, door, screen) {
            screen.say(&text);
            let calls = reconcile::announce(door.cloud(), plan);
            door.cloud().hold_to(&calls);
        }
    }
}
