//! Whether the person agrees, to all accounts at once.

use super::Apply;
use super::site::{Site, destination};
use crate::cli::screen::Screen;
use crate::cli::widening;
use crate::cloud::Failure;
use crate::plan::{Action, Plan};
use crate::resource::{Address, Owner, Resource};
use anyhow::Result;
use std::collections::BTreeSet;

impl Apply {
    /// Whether the person agrees, to the adoptions by name, to strangers by their kind.
    pub(super) fn agreed(&self, sites: &[Site], screen: &Screen) -> Result<bool> {
        let confirmed = &self.confirm_widening;
        if self.yes {
            for site in sites {
                let plan = &site.planned.plan;
                widening::refuse_unconfirmed(plan, &site.access, confirmed)
                    .map_err(|error| site.told(error))?;
            }
        }
        if !self.adopts(sites, screen)? {
            return Ok(false);
        }
        for site in sites.iter().filter(|_| !self.yes) {
            let plan = &site.planned.plan;
            if !widening::ask(plan, &site.access, confirmed, screen)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether the person agrees, to the adoptions by name.
    fn adopts(&self, sites: &[Site], screen: &Screen) -> Result<bool> {
        let open: Vec<(String, String)> = sites
            .iter()
            .flat_map(|site| {
                let open = self.not_agreed_to(&site.planned.plan);
                open.map(|address| (site.label(), address.to_string()))
            })
            .collect();
        let told: Vec<String> = open
            .iter()
            .map(|(label, address)| format!("{label}{address}"))
            .collect();
        if self.yes {
            if open.is_empty() {
                return Ok(true);
            }
            let addresses: BTreeSet<&String> = open.iter().map(|(_, address)| address).collect();
            let flags: String = addresses
                .iter()
                .map(|address| format!(" --adopt {address}"))
                .collect();
            return Err(Failure::new(format!(
                "{} exist already and are not marked as ours; nothing was changed",
                told.join(", ")
            ))
            .with_hint(format!("to take them over: s3setup apply …{flags}"))
            .into());
        }
        let where_to = destination(sites);
        if !open.is_empty() {
            screen.say(&format!(
                "\nThese exist already and would be managed by s3setup from now on:\n  {}",
                told.join("\n  ")
            ));
            return confirm(
                screen,
                &format!("Adopt them and apply to {where_to}? (\"adopt\")"),
                "adopt",
            );
        }
        confirm(screen, &format!("\nApply to {where_to}? (\"yes\")"), "yes")
    }

    /// What would be adopted and was not agreed to on the command line.
    fn not_agreed_to<'a>(&'a self, plan: &'a Plan) -> impl Iterator<Item = &'a Address> {
        let unmarked = |owner: &Option<Owner>| matches!(owner, Some(Owner::Nobody) | None);
        let open = plan.adoptions().filter(move |step| {
            // Agreeing to a whole is agreeing to its parts, but not to lose one.
            let whole = step.have.as_ref().and_then(Resource::part_of);
            let by_name = |list: &[String]| {
                let named = |address: &Address| list.iter().any(|name| name == address.as_str());
                let part = whole.as_ref().filter(|_| step.action != Action::Delete);
                named(&step.address) || part.is_some_and(named)
            };
            // What is adopted with a user's keys is their deletion.
            let key = step.have.as_ref().and_then(Resource::handed_key);
            let loses = key.is_some();
            let all = self.adopt.iter().any(|name| name == "all")
                && unmarked(&step.owner)
                && !loses
                && step.action != Action::Delete;
            !all && !by_name(&self.adopt) && !by_name(&self.take_over)
        });
        open.map(|step| &step.address)
    }
}

/// Whether the answer is `word`.
///
/// # Errors
/// Nobody answered.
pub(in crate::cli) fn confirm(screen: &Screen, question: &str, word: &str) -> Result<bool> {
    match screen.ask(question)? {
        Some(answer) => {
            let answer = answer.to_lowercase();
            Ok(answer == word || (word == "yes" && answer == "y"))
        }
        None => Err(Failure::new("nobody answered; nothing was changed")
            .with_hint("add --yes where nobody can be asked")
            .into()),
    }
}
