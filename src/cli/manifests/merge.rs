//! The resources of several manifests of one account.

use crate::manifest::Compiled;
use crate::plan::{Source, Wanted};
use crate::resource::Address;
use crate::yaml::{Problem, Problems};
use std::collections::{BTreeMap, BTreeSet};

/// Takes out the manifests that are in each other's way: two of one name, or with one resource. Each of
/// them is told, for nobody knows which one is meant.
pub(super) fn without_conflicts(manifests: Vec<Compiled>) -> (Vec<Compiled>, Vec<Problems>) {
    let mut wrong: BTreeMap<usize, Problem> = BTreeMap::new();
    let mut names: BTreeMap<&str, usize> = BTreeMap::new();
    let mut owners: BTreeMap<Address, usize> = BTreeMap::new();
    for (at, manifest) in manifests.iter().enumerate() {
        let Source { name, path, .. } = &manifest.source;
        if let Some(first) = names.insert(name, at) {
            let other = &manifests[first].source.path;
            let message = format!("{other} and {path} are both named {name:?}");
            let fix = "give each a name of its own: the name marks what is whose";
            tell(&mut wrong, [first, at], Problem::new(message).fix(fix));
            continue;
        }
        let owned = manifest.wanted.iter().filter(|one| !one.resource.shared());
        for wanted in owned {
            let address = wanted.resource.address();
            let Some(first) = owners.insert(address.clone(), at) else {
                continue;
            };
            let other = &manifests[first].source.name;
            let message = format!("{address} is in two manifests, {other:?} and {name:?}");
            let fix = "a resource belongs to one: take it out of the other";
            tell(&mut wrong, [first, at], Problem::new(message).fix(fix));
        }
    }
    let mut good = Vec::new();
    let mut broken = Vec::new();
    for (at, manifest) in manifests.into_iter().enumerate() {
        match wrong.remove(&at) {
            Some(problem) => broken.push(Problems::unread(manifest.source.path, problem)),
            None => good.push(manifest),
        }
    }
    (good, broken)
}

/// The first thing that is wrong with each is told.
fn tell(wrong: &mut BTreeMap<usize, Problem>, both: [usize; 2], problem: Problem) {
    for at in both {
        wrong.entry(at).or_insert_with(|| problem.clone());
    }
}

/// All resources of manifests that are not in each other's way. What a whole account shares may be in
/// more than one.
pub(super) fn merge(manifests: Vec<Compiled>) -> (Vec<Source>, Vec<Wanted>) {
    let mut sources = Vec::new();
    let mut all: Vec<Wanted> = Vec::new();
    let mut at: BTreeMap<Address, usize> = BTreeMap::new();
    for manifest in manifests {
        sources.push(manifest.source);
        for wanted in manifest.wanted {
            let address = wanted.resource.address();
            let Some(first) = at.get(&address).map(|at| &mut all[*at]) else {
                at.insert(address, all.len());
                all.push(wanted);
                continue;
            };
            first.resource = first.resource.clone().with_foreign(&wanted.resource);
        }
    }
    (sources, all)
}

/// The addresses of all that is wanted, whether it is there or not.
pub(super) fn addresses(wanted: &[Wanted]) -> BTreeSet<String> {
    let references = wanted
        .iter()
        .map(|one| one.resource.reference().to_string());
    references.collect()
}
