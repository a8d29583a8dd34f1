//! The reports of the shards of one fleet as one report.

use super::{Account, Broken, Cost, Counts, Found, Report};
use anyhow::{Result, bail};
use std::collections::BTreeSet;

/// All `reports` as one: the accounts of each beside one another, what is broken once, the calls added up,
/// and the longest time, since shards run at the same time. `names` says whose each is, for errors.
///
/// # Errors
/// There is none; they are of different commands; two tell of the same manifest in the same account and
/// region, so that one of them is not of this run.
pub fn merge(reports: Vec<Report>, names: &[String]) -> Result<Report> {
    let mut reports = reports.into_iter().zip(names);
    let Some((mut whole, first)) = reports.next() else {
        bail!("there is no report to merge");
    };
    let mut seen: BTreeSet<(String, String, String)> =
        whole.accounts.iter().flat_map(manifests).collect();
    for (report, name) in reports {
        if report.command != whole.command {
            bail!(
                "{first} is a report of {} and {name} one of {}: merge those of one command",
                whole.command.name(),
                report.command.name()
            );
        }
        // A manifest for several regions is there once for each.
        let its: BTreeSet<_> = report.accounts.iter().flat_map(manifests).collect();
        if let Some((account, _, manifest)) = its.intersection(&seen).next() {
            bail!(
                "{name} tells of the manifest {manifest:?} in account {account} again: each shard has \
                 its own, so one of the reports is of another run"
            );
        }
        seen.extend(its);
        for account in report.accounts {
            add(&mut whole.accounts, account);
        }
        whole.broken.extend(report.broken);
        whole.at = whole.at.max(report.at);
    }
    let broken: BTreeSet<Broken> = whole.broken.drain(..).collect();
    whole.broken = broken.into_iter().collect();
    Ok(whole)
}

/// What was compared in an account that is there already is added to that.
fn add(all: &mut Vec<Account>, account: Account) {
    let same = |other: &&mut Account| {
        (&other.account, &other.region, &other.name)
            == (&account.account, &account.region, &account.name)
    };
    let there = all.iter_mut().find(same);
    let (there, calls) = match there {
        Some(there) => {
            for region in &account.regions {
                if !there.regions.contains(region) {
                    there.regions.push(region.clone());
                }
            }
            (Some(&mut there.found), Some(&mut there.calls))
        }
        None => (None, None),
    };
    match (there, account.found) {
        (Some(Found::Compared(one)), Found::Compared(more)) => {
            add_cost(calls, account.calls);
            let Counts {
                actions,
                unreadable,
                blocked,
                aspects,
            } = more.summary;
            one.summary.actions.create += actions.create;
            one.summary.actions.update += actions.update;
            one.summary.actions.delete += actions.delete;
            one.summary.actions.keep += actions.keep;
            one.summary.unreadable += unreadable;
            one.summary.blocked += blocked;
            one.summary.aspects += aspects;
            one.manifests.extend(more.manifests);
            one.steps.extend(more.steps);
            one.access.extend(more.access);
            one.lint.extend(more.lint);
            one.reach.extend(more.reach);
        }
        (Some(Found::Tried(one)), Found::Tried(more)) => {
            add_cost(calls, account.calls);
            one.manifests.extend(more.manifests);
            one.files.extend(more.files);
            one.summary = super::Checks::of(&one.manifests);
        }
        (_, found) => all.push(Account { found, ..account }),
    }
}

/// Shards run at the same time: the calls add up, and the longest takes as long as all.
fn add_cost(calls: Option<&mut Cost>, more: Cost) {
    let Some(calls) = calls else { return };
    calls.total += more.total;
    calls.seconds = calls.seconds.max(more.seconds);
    for (operation, number) in more.by_operation {
        *calls.by_operation.entry(operation).or_default() += number;
    }
}

fn manifests(account: &Account) -> Vec<(String, String, String)> {
    let names: Vec<&String> = match &account.found {
        Found::Compared(compared) => compared.manifests.iter().map(|one| &one.name).collect(),
        Found::Tried(verified) => verified.manifests.iter().map(|one| &one.manifest).collect(),
        Found::Failed(_) => Vec::new(),
    };
    let place = |name: &String| {
        (
            account.account.clone(),
            account.region.clone(),
            name.clone(),
        )
    };
    names.into_iter().map(place).collect()
}
