//! Which manifests are for which account, and what of that is wrong before anybody is asked.

use super::chosen::offline_scope;
use super::merge::without_conflicts;
use super::{Chosen, named_region, nowhere, providers, sort_out};
use crate::cli::Global;
use crate::cli::screen::Screen;
use crate::manifest::Account;
use crate::resource::Provider;
use crate::run::Named;
use crate::yaml::{Problem, Problems};
use std::collections::{BTreeMap, BTreeSet};

/// An account and the manifests that are for it; of no account where it is that of the caller's own
/// credentials.
pub(super) struct Target<'a> {
    pub account: Option<&'a Account>,
    pub files: Vec<&'a Chosen>,
    /// The region that the manifests name.
    pub region: Option<String>,
    /// Who is to be asked for them.
    pub providers: BTreeSet<Provider>,
    /// No other account was asked for.
    pub alone: bool,
}

/// What is known before anybody is asked.
pub(super) struct Offline<'a> {
    /// Those with a manifest that can be used.
    pub targets: Vec<Target<'a>>,
    pub broken: Vec<Problems>,
}

/// Who is asked for what, and what is wrong before.
pub(super) fn offline<'a>(files: &'a [Chosen], global: &Global) -> Offline<'a> {
    let (mut targets, mut broken) = targets(files);
    for target in &mut targets {
        let nowhere = nowhere(global);
        let scope = target.account.map(|one| offline_scope(one, &nowhere));
        let scope = scope.unwrap_or(nowhere);
        let files = target.files.iter().copied();
        let (good, wrong) = sort_out(files, |one| one.compile(&scope));
        let (good, more) = without_conflicts(good);
        let wrong: Vec<Problems> = wrong.into_iter().chain(more).collect();
        target.without(&wrong);
        target.region = named_region(&good);
        target.providers = providers(&good);
        add(&mut broken, wrong);
    }
    targets.retain(|target| !target.files.is_empty());
    Offline { targets, broken }
}

/// What is wrong with manifests together, each of which is good by itself.
pub(in crate::cli) fn conflicts(files: &[Chosen], global: &Global) -> Vec<Problems> {
    let nowhere = nowhere(global);
    let alone = |problems: &Problems| {
        let file = files.iter().find(|one| one.file() == problems.name());
        file.is_some_and(|one| one.compile_offline(&nowhere).is_ok())
    };
    let mut broken = offline(files, global).broken;
    broken.retain(alone);
    broken
}

/// What is worth knowing of each manifest, once and not once an account.
pub(super) fn show_findings(targets: &[Target<'_>], global: &Global, screen: &Screen) {
    let nowhere = nowhere(global);
    let mut shown = BTreeSet::new();
    for file in targets.iter().flat_map(|target| &target.files) {
        if shown.insert(file.file())
            && let Ok(all) = file.compile_offline(&nowhere)
            && let Some(first) = all.first()
        {
            screen.findings(first, global.verbose);
        }
    }
}

/// Who is asked for what, in the order in which the accounts are named; and the manifests of which it is
/// not clear.
fn targets(files: &[Chosen]) -> (Vec<Target<'_>>, Vec<Problems>) {
    let mut targets: Vec<Target<'_>> = Vec::new();
    let mut places: BTreeMap<Option<&str>, usize> = BTreeMap::new();
    let mut broken = Vec::new();
    for file in files {
        let accounts: Vec<Option<&Account>> = match file.accounts.is_empty() {
            true => vec![None],
            false => file.accounts.iter().map(Some).collect(),
        };
        let other_way = accounts.iter().flatten().find_map(|account| {
            let place = places.get(&Some(account.account.as_str()))?;
            let target: &Target<'_> = &targets[*place];
            let same = target
                .account
                .is_some_and(|known| known.is_reached_as(account));
            (!same).then(|| (&account.account, target.files[0].file()))
        });
        if let Some((id, other)) = other_way {
            let message = format!("the account {id} is reached in another way in {other}");
            let fix = "write the same name, role, external_id and session_name, or give --accounts";
            let problem = Problem::new(message).path("accounts").fix(fix);
            broken.push(Problems::unread(file.file(), problem));
            continue;
        }
        for account in accounts {
            let id = account.map(|account| account.account.as_str());
            let place = *places.entry(id).or_insert_with(|| {
                targets.push(Target {
                    account,
                    files: Vec::new(),
                    region: None,
                    providers: BTreeSet::new(),
                    alone: false,
                });
                targets.len() - 1
            });
            targets[place].files.push(file);
        }
    }
    if let [target] = &mut targets[..] {
        target.alone = true;
    }
    (targets, broken)
}

impl Target<'_> {
    /// Whether it is the caller's own account, and no other was asked for.
    pub fn is_the_only_one(&self) -> bool {
        self.alone && self.account.is_none()
    }

    /// Leaves out the manifests that are wrong.
    fn without(&mut self, wrong: &[Problems]) {
        let wrong: BTreeSet<&str> = wrong.iter().map(Problems::name).collect();
        self.files.retain(|one| !wrong.contains(one.file()));
    }

    /// What people are told that it is; `found` is the id of the account that answered.
    pub fn named(&self, found: Option<&str>) -> Named {
        match self.account {
            Some(account) => Named {
                name: account.label().to_owned(),
                id: account.account.clone(),
            },
            None => Named {
                name: "own credentials".to_owned(),
                id: found.unwrap_or("unknown").to_owned(),
            },
        }
    }
}

/// A manifest is told once, also if it is wrong in many accounts.
pub(super) fn add(broken: &mut Vec<Problems>, more: Vec<Problems>) {
    for problems in more {
        if !broken.iter().any(|known| known.name() == problems.name()) {
            broken.push(problems);
        }
    }
}
