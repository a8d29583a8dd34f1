//! The resources of several manifests of one account.

use crate::manifest::Compiled;
use crate::plan::{Source, Wanted};
use crate::resource::Address;
use crate::yaml::{Problem, Problems};
use std::collections::{BTreeMap, BTreeSet};

/// Takes out the manifests that are in each other's way: two of one name, or with one resource, or one
/// that is in its own way in two regions. Each of them is told, for nobody knows which one is meant.
///
/// What one manifest makes in each region is its own: what is the same everywhere, such as a role, is
/// there once, and what differs needs the region in its name.
pub(super) fn without_conflicts(manifests: Vec<Compiled>) -> (Vec<Compiled>, Vec<Problems>) {
    let mut wrong: BTreeMap<String, Problem> = BTreeMap::new();
    let mut names: BTreeMap<&str, &str> = BTreeMap::new();
    let mut owners: BTreeMap<Address, (&Compiled, &Wanted)> = BTreeMap::new();
    for manifest in &manifests {
        let Source { name, path, .. } = &manifest.source;
        let other = *names.entry(name).or_insert(path);
        if other != path {
            let message = format!("{other} and {path} are both named {name:?}");
            let fix = "give each a name of its own: the name marks what is whose";
            tell(&mut wrong, [other, path], Problem::new(message).fix(fix));
            continue;
        }
        let owned = manifest.wanted.iter().filter(|one| !one.resource.shared());
        for wanted in owned {
            let address = wanted.resource.address();
            let Some((other, first)) = owners.get(&address) else {
                owners.insert(address, (manifest, wanted));
                continue;
            };
            let problem = match other.source.path == *path {
                true if *first == wanted => continue,
                true => {
                    let (one, two) = (&other.region, &manifest.region);
                    let message = format!("{address} is not the same in {one} and in {two}");
                    let fix = "put ${region} in its name, or take out of it what differs";
                    Problem::new(message).fix(fix)
                }
                false => {
                    let other = &other.source.name;
                    let message = format!("{address} is in two manifests, {other:?} and {name:?}");
                    let fix = "a resource belongs to one: take it out of the other";
                    Problem::new(message).fix(fix)
                }
            };
            tell(&mut wrong, [&other.source.path, path], problem);
        }
    }
    let told = |(path, problem): (&String, &Problem)| Problems::unread(path, problem.clone());
    let broken = wrong.iter().map(told).collect();
    let mut good = manifests;
    good.retain(|manifest| !wrong.contains_key(&manifest.source.path));
    (good, broken)
}

/// The first thing that is wrong with each is told.
fn tell(wrong: &mut BTreeMap<String, Problem>, both: [&str; 2], problem: Problem) {
    for path in both {
        let first = wrong.entry(path.to_owned());
        first.or_insert_with(|| problem.clone());
    }
}

/// All resources of manifests that are not in each other's way. What a whole account shares may be in
/// more than one, and what is the same in each region of one is there once.
pub(super) fn merge(manifests: Vec<Compiled>) -> (Vec<Source>, Vec<Wanted>) {
    let mut sources: Vec<Source> = Vec::new();
    let mut all: Vec<Wanted> = Vec::new();
    let mut at: BTreeMap<Address, usize> = BTreeMap::new();
    let regions: BTreeSet<String> = manifests.iter().map(|one| one.region.clone()).collect();
    for manifest in manifests {
        let path = &manifest.source.path;
        let known = sources.iter().position(|one| one.path == *path);
        let place = known.unwrap_or_else(|| {
            sources.push(manifest.source);
            sources.len() - 1
        });
        // One that names its region is the same in each of the account's.
        let its = &mut sources[place].regions;
        if regions.len() > 1 && !its.contains(&manifest.region) {
            its.push(manifest.region);
        }
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

/// How the manifests name all that is wanted, whether it is there or not.
pub(super) fn names(wanted: &[Wanted]) -> BTreeSet<String> {
    let names = wanted
        .iter()
        .map(|one| one.resource.reference().to_string());
    names.collect()
}
