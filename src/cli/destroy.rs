//! `s3setup destroy`.

use super::announcing::Announcing;
use super::apply::refuse_obstacles;
use super::carry::{Journals, carry_out, done_and_not};
use super::manifests::{self, How, Inputs};
use super::removing::Removing;
use super::screen::Screen;
use super::{CHANGES, FAILED, FINE, Global};
use crate::cloud::Failure;
use crate::plan::Plan;
use crate::render;
use crate::resource::Resource;
use anyhow::Result;
use clap::Args;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Instant;

/// Remove what manifests have made
///
/// Plans, shows, and asks for the name of each manifest. Only what carries the
/// manifest's mark is removed. What is protected, holds objects, was used a
/// short time ago, or is held by something else stays, and the plan says why.
/// Cut short, a second run finishes.
///
/// Exit codes: 0 nothing of the manifests is left, 1 failed, 2 something stays.
#[derive(Args)]
pub(super) struct Destroy {
    /// Manifests
    #[arg(required = true, value_name = "MANIFEST")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    inputs: Inputs,
    #[command(flatten)]
    removing: Removing,
    #[command(flatten)]
    announcing: Announcing,
    #[command(flatten)]
    journals: Journals,
    /// Do not ask: the name of a manifest to be destroyed
    #[arg(long, value_name = "NAME")]
    confirm: Vec<String>,
}

impl Destroy {
    pub async fn run(&self, global: &Global, screen: &Screen) -> Result<u8> {
        let started = Instant::now();
        let files = self.inputs.of(&self.files)?;
        let how = How {
            nothing: true,
            removal: self.removing.removal(),
            ..How::default()
        };
        let mut planned = manifests::plan(global, &files, &how, screen).await?;
        self.removing.refuse_strange_names(&planned)?;
        let plan = &planned.plan;
        let style = screen.style_for_people(global.verbose);
        let calls = planned.door.cloud().calls();
        screen.say(&render::destroy_text(
            plan,
            &calls,
            started.elapsed(),
            &style,
        ));
        refuse_obstacles(&planned)?;
        let left = match plan.stays().any(is_of_the_manifest) {
            true => CHANGES,
            false => FINE,
        };
        if !plan.has_changes() {
            return Ok(left);
        }
        planned.door.empty(&self.removing.removal());
        self.announcing.hold(plan, &planned.door, screen);
        if !self.agreed(plan, screen)? {
            screen.say("Nothing was removed.");
            return Ok(FAILED);
        }
        let applying = Instant::now();
        let (outcome, saved) = carry_out(
            "destroy",
            plan,
            &planned.door,
            &self.journals,
            global.parallelism.into(),
            "",
            screen,
        )
        .await?;
        if !outcome.is_whole() {
            let goes_on =
                "`s3setup destroy MANIFEST` goes on from here, `s3setup undo` leads back.";
            screen.say(&format!("{} {goes_on}", done_and_not(&outcome)));
            return saved.map(|()| screen.interrupt.code().unwrap_or(FAILED));
        }
        saved?;
        screen.say(&format!(
            "\nDestroyed: {} removed, {}, {:.1} s.",
            outcome.done.len(),
            render::count(planned.door.cloud().calls().total - calls.total, "call"),
            applying.elapsed().as_secs_f64()
        ));
        Ok(screen.interrupt.code().unwrap_or(left))
    }

    /// Whether the person names each manifest.
    fn agreed(&self, plan: &Plan, screen: &Screen) -> Result<bool> {
        let names: BTreeSet<&str> = plan
            .manifests()
            .iter()
            .map(|one| one.name.as_str())
            .collect();
        if !self.confirm.is_empty() {
            let given: BTreeSet<&str> = self.confirm.iter().map(String::as_str).collect();
            if given == names {
                return Ok(true);
            }
            return Err(Failure::new(
                "--confirm does not name what would be destroyed; nothing was removed",
            )
            .with_hint(confirmation(&names))
            .into());
        }
        let place = render::clean(&plan.scope.in_short());
        for name in &names {
            let question = format!("\nDestroy {name} in {place}? (\"{name}\")");
            match screen.ask(&question)? {
                Some(answer) if answer == *name => {}
                Some(_) => return Ok(false),
                None => {
                    return Err(Failure::new("nobody answered; nothing was removed")
                        .with_hint(confirmation(&names))
                        .into());
                }
            }
        }
        Ok(true)
    }
}

fn confirmation(names: &BTreeSet<&str>) -> String {
    let flags: String = names
        .iter()
        .map(|name| format!(" --confirm {name}"))
        .collect();
    format!("where nobody can be asked: s3setup destroy …{flags}")
}

/// What the account shares is nobody's, and no rest of a manifest.
fn is_of_the_manifest(step: &crate::plan::Step) -> bool {
    !step.have.as_ref().is_some_and(Resource::shared)
        && step.owner == Some(crate::resource::Owner::Us)
}
