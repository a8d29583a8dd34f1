//! `s3setup destroy`.

use super::apply::{done_and_not, refuse_obstacles};
use super::door::Door;
use super::manifests::{self, How, Inputs};
use super::screen::Screen;
use super::{CHANGES, FAILED, FINE, Global};
use crate::cloud::Failure;
use crate::plan::Plan;
use crate::reconcile::{self, Removal};
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
    /// Remove this bucket with all objects, old versions and delete markers
    #[arg(long, value_name = "BUCKET")]
    delete_objects: Vec<String>,
    /// Keep access keys that were used within so many days
    #[arg(long, value_name = "DAYS", default_value_t = 30)]
    used_within: u64,
    /// Remove this access key though it was used (access_key.USER)
    #[arg(long, value_name = "ADDRESS")]
    delete_used_key: Vec<String>,
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
            removal: Removal {
                leave: true,
                emptied: self.delete_objects.iter().cloned().collect(),
                used_keys: self.delete_used_key.iter().cloned().collect(),
                used_within: self.used_within,
            },
            ..How::default()
        };
        let mut planned = manifests::plan(global, &files, how, screen).await?;
        self.refuse_strange_names(&planned.named)?;
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
        if !self.agreed(plan, screen)? {
            screen.say("Nothing was removed.");
            return Ok(FAILED);
        }
        if let Door::Aws(aws) = &mut planned.door {
            aws.empty(self.delete_objects.iter().cloned().collect());
        }
        let applying = Instant::now();
        screen.interrupt.watch(screen);
        let parallelism = usize::from(global.parallelism);
        let cloud = planned.door.cloud();
        let outcome = reconcile::apply(cloud, plan, parallelism, screen).await;
        screen.done();
        let saved = planned.door.save();
        if !outcome.failed.is_empty() || !outcome.left.is_empty() {
            let goes_on = "`s3setup destroy MANIFEST` goes on from here.";
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
        Ok(left)
    }

    /// A bucket or key that no manifest names was mistyped. One that is gone was not: the same
    /// command finishes what was cut short.
    fn refuse_strange_names(&self, known: &BTreeSet<String>) -> Result<()> {
        let buckets = self.delete_objects.iter();
        let buckets = buckets.map(|name| (format!("bucket.{name}"), "--delete-objects", name));
        let keys = self.delete_used_key.iter();
        let keys = keys.map(|name| (name.clone(), "--delete-used-key", name));
        for (address, flag, name) in buckets.chain(keys) {
            if !known.contains(&address) {
                return Err(Failure {
                    message: format!("{flag} {name}: the manifests name no {address}"),
                    hint: Some("give the name as the plan has it, or leave the flag out".into()),
                }
                .into());
            }
        }
        Ok(())
    }

    /// Whether the person names each manifest.
    fn agreed(&self, plan: &Plan, screen: &Screen) -> Result<bool> {
        let names: BTreeSet<&str> = plan.manifests.iter().map(|one| one.name.as_str()).collect();
        if !self.confirm.is_empty() {
            let given: BTreeSet<&str> = self.confirm.iter().map(String::as_str).collect();
            if given == names {
                return Ok(true);
            }
            return Err(Failure {
                message: "--confirm does not name what would be destroyed; nothing was removed"
                    .into(),
                hint: Some(confirmation(&names)),
            }
            .into());
        }
        let account = &plan.scope.account;
        for name in &names {
            let question = format!("\nDestroy {name} in account {account}? (\"{name}\")");
            match screen.ask(&question)? {
                Some(answer) if answer == *name => {}
                Some(_) => return Ok(false),
                None => {
                    return Err(Failure {
                        message: "nobody answered; nothing was removed".into(),
                        hint: Some(confirmation(&names)),
                    }
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
