//! One account that is applied to.

use crate::access::Access;
use crate::cli::manifests::Planned;
use crate::cli::outputs;
use crate::cli::screen::Screen;
use crate::render;
use crate::run::{Named, Run, Told};
use anyhow::{Error, Result};

/// One account that is applied to.
pub(super) struct Site {
    pub account: Option<Named>,
    pub planned: Planned,
    pub access: Access,
}

/// The accounts of a run that is whole.
pub(super) fn sites(run: Run<Planned>) -> Vec<Site> {
    let accounts = run.accounts.into_iter();
    let site = |told: Told<Planned>| {
        let planned = told.result.ok()?;
        Some(Site {
            account: told.account,
            access: Access::of(&planned.plan),
            planned,
        })
    };
    accounts.filter_map(site).collect()
}

impl Site {
    /// What the lines of this account begin with, where there are several: `prod: `.
    pub fn label(&self) -> String {
        let account = self.account.as_ref();
        account.map_or(String::new(), |one| {
            format!("{}: ", render::clean(&one.name))
        })
    }

    /// An error of this account.
    pub fn told(&self, error: Error) -> Error {
        match &self.account {
            None => error,
            Some(account) => error.context(format!("in account {}", account.name)),
        }
    }
}

/// `account 111122223333`, `2 accounts (prod, stage)`: those in which something changes.
pub(super) fn destination(sites: &[Site]) -> String {
    let changing = sites.iter().filter(|site| site.planned.plan.has_changes());
    let changing: Vec<&Site> = changing.collect();
    match changing[..] {
        [only] if only.account.is_none() => render::clean(&only.planned.plan.scope.in_short()),
        _ => {
            let names = changing.iter().filter_map(|site| site.account.as_ref());
            let names: Vec<&str> = names.map(|account| account.name.as_str()).collect();
            format!(
                "{} ({})",
                render::count(names.len(), "account"),
                names.join(", ")
            )
        }
    }
}

/// What a person needs next, of each manifest in each account.
pub(super) fn show_outputs(sites: &[Site], screen: &Screen) -> Result<()> {
    let only = matches!(sites, [site] if site.planned.parts.len() == 1);
    for site in sites {
        let parts = site.planned.parts.iter();
        for part in parts.filter(|part| !part.outputs.is_empty()) {
            match only {
                true => screen.say("\nWhat you need next:"),
                false => {
                    let (label, title) = (site.label(), part.title());
                    screen.say(&format!("\n{label}What you need next for {title}:"));
                }
            }
            screen.data(&outputs::text(&part.outputs))?;
        }
    }
    Ok(())
}
