//! Documents are bound to the unique ids of those they name, and live ones may show these ids. Here
//! an id is read as the ARN of whoever has it now; what is left is of somebody who was deleted, or
//! of somebody whom the plan does not read.
//!
//! What is never told by the text is a document that shows an ARN and is bound to a former identity
//! of that name. AWS shows no such: once the identity is deleted it shows the id, for ever. So a
//! run that was cut short between making an identity anew and writing what names it leaves ids, and
//! the next run finds them here.

use crate::cloud::Observation;
use crate::plan::{Action, Step, Wanted, Whose};
use crate::policy::{Document, Statement, has_unique_id};
use crate::resource::{Resource, Scope};
use std::collections::{BTreeMap, BTreeSet};

/// What can be a principal: as addresses, ARNs and unique ids call it.
const KINDS: [&str; 2] = ["user", "role"];

/// The identities that a plan has read.
#[derive(Default)]
pub(super) struct Identities {
    /// Unique id → ARN, of those that are there.
    arns: BTreeMap<String, String>,
    /// ARN → address, of all that are wanted and have an id once they are there.
    addresses: BTreeMap<String, String>,
    /// ARNs of which it is certain that an id not in `arns` is not theirs: they have another one, or
    /// are not there.
    certain: BTreeSet<String>,
}

impl Identities {
    pub(super) fn of(observed: &[(Wanted, Observation)], scope: &Scope) -> Self {
        let mut all = Self::default();
        for (wanted, found) in observed {
            let resource = found.resource.as_ref().unwrap_or(&wanted.resource);
            if !resource.has_unique_id() {
                continue;
            }
            let Some(arn) = resource.arn(scope) else {
                continue;
            };
            let address = resource.address().to_string();
            all.addresses.insert(arn.clone(), address);
            let is_missing = found.resource.is_none() && found.unreadable.is_empty();
            if is_missing || found.id.is_some() {
                all.certain.insert(arn.clone());
            }
            if let Some(id) = &found.id {
                all.arns.insert(id.clone(), arn);
            }
        }
        all
    }

    /// Reads the ids of those who are there as their ARNs. AWS shows the id of a principal for a
    /// while after the document was written, and that is no difference.
    pub(super) fn read(&self, found: &mut Observation) {
        let Some(live) = found.resource.take() else {
            return;
        };
        let read = live
            .principals()
            .map(|document| document.with_arns(|id| self.arns.get(id).cloned()));
        found.resource = Some(match read {
            Some(document) => live.with_principals(document),
            None => live,
        });
    }

    /// Notes in each step whose ids its documents name, and what follows from those of the dead.
    pub(super) fn tell(&self, steps: &mut [Step]) {
        let mut former: BTreeMap<String, String> = BTreeMap::new();
        for step in steps.iter() {
            former.extend(self.former(step));
        }
        let anew = self.made_anew(steps);
        for step in steps {
            let named = self.named(step, &former);
            let remark = join(
                self.bound_to(step, &named),
                self.in_conditions(step, &named, &anew),
            );
            step.ids.named = named;
            step.note = join(step.note.take(), remark);
        }
    }

    /// The ids in the live document that stand where the wanted one has an ARN, in a statement that
    /// is otherwise the same: that identity was deleted, and nobody else can have had its place.
    fn former(&self, step: &Step) -> BTreeMap<String, String> {
        let mut found = BTreeMap::new();
        let (Some(have), Some(want)) = documents(step) else {
            return found;
        };
        for live in &have.statement {
            let rest = live.clone().without_principals();
            let same = |wanted: &&Statement| (*wanted).clone().without_principals() == rest;
            for wanted in want.statement.iter().filter(same) {
                for kind in KINDS {
                    if let Some((id, arn)) = replaced(live, wanted, kind)
                        && self.certain.contains(&arn)
                    {
                        found.insert(id, arn);
                    }
                }
            }
        }
        found
    }

    fn named(&self, step: &Step, former: &BTreeMap<String, String>) -> BTreeMap<String, Whose> {
        let (have, want) = documents(step);
        let all = have.into_iter().chain(want);
        let ids = all.flat_map(|document| {
            let mut ids = document.ids_of_principals();
            ids.append(&mut document.ids_in_conditions());
            ids
        });
        ids.map(|id| {
            let whose = match (self.arns.get(id), former.get(id)) {
                (Some(arn), _) => Whose::Now(arn.clone()),
                (None, Some(arn)) => Whose::Former(arn.clone()),
                (None, None) => Whose::Unknown,
            };
            (id.to_owned(), whose)
        })
        .collect()
    }

    fn address<'a>(&'a self, arn: &'a str) -> &'a str {
        self.addresses.get(arn).map_or(arn, String::as_str)
    }

    /// Why a document is written again whose text in the manifest is as it was.
    fn bound_to(&self, step: &Step, named: &BTreeMap<String, Whose>) -> Option<String> {
        let (Some(have), Some(_)) = documents(step) else {
            return None;
        };
        // That it names somebody who is made anew says it already.
        if step.again || step.action != Action::Update {
            return None;
        }
        let ids = have.ids_of_principals().into_iter();
        let dead: Vec<String> = ids
            .filter_map(|id| match named.get(id) {
                Some(Whose::Former(arn)) => Some(format!("{id}, a former {}", self.address(arn))),
                _ => None,
            })
            .collect();
        (!dead.is_empty()).then(|| {
            format!(
                "written again: it is bound to {} that was deleted, and not to the one of now",
                dead.join(", and to ")
            )
        })
    }

    /// What is wrong with ids in the wanted document's conditions: they are text, so that writing
    /// the document again does not help.
    fn in_conditions(
        &self,
        step: &Step,
        named: &BTreeMap<String, Whose>,
        anew: &BTreeMap<&'static str, BTreeSet<String>>,
    ) -> Option<String> {
        let (_, Some(want)) = documents(step) else {
            return None;
        };
        let remarks = want.ids_in_conditions().into_iter().filter_map(|id| {
            let who = match named.get(id)? {
                Whose::Now(_) => return None,
                Whose::Former(arn) => format!("a former {}", self.address(arn)),
                Whose::Unknown => {
                    let kind = has_unique_id(id)?;
                    let makes: Vec<&str> = anew.get(kind)?.iter().map(String::as_str).collect();
                    format!(
                        "a {kind} that is not there; {} is made anew",
                        makes.join(", ")
                    )
                }
            };
            Some(format!(
                "a condition on aws:userid names {id}, {who}: put the new id into the manifest, \
                 for writing the policy again does not change it"
            ))
        });
        remarks.reduce(|all, one| format!("{all}; {one}"))
    }

    /// The addresses of the identities that are made, by the kind of their id.
    fn made_anew(&self, steps: &[Step]) -> BTreeMap<&'static str, BTreeSet<String>> {
        let mut anew: BTreeMap<&'static str, BTreeSet<String>> = BTreeMap::new();
        for step in steps.iter().filter(|step| step.action == Action::Create) {
            let address = step.address.as_str();
            for kind in KINDS {
                if address.split('.').next() == Some(kind) {
                    anew.entry(kind).or_default().insert(address.to_owned());
                }
            }
        }
        anew
    }
}

/// The documents of a step that name principals: live and wanted.
fn documents(step: &Step) -> (Option<&Document>, Option<&Document>) {
    (
        step.have.as_ref().and_then(Resource::principals),
        step.want.as_ref().and_then(Resource::principals),
    )
}

/// The one id of this kind that `live` names and the one ARN that `wanted` names in its place.
fn replaced(live: &Statement, wanted: &Statement, kind: &str) -> Option<(String, String)> {
    let part = format!(":{kind}/");
    let (live, wanted) = (names(live), names(wanted));
    let mut ids = live.iter().filter(|id| has_unique_id(id) == Some(kind));
    let mut arns = wanted
        .difference(&live)
        .filter(|arn| arn.starts_with("arn:") && arn.contains(&part));
    match (ids.next(), ids.next(), arns.next(), arns.next()) {
        (Some(id), None, Some(arn), None) => Some(((*id).to_owned(), (*arn).to_owned())),
        _ => None,
    }
}

fn names(statement: &Statement) -> BTreeSet<&str> {
    [&statement.principal, &statement.not_principal]
        .into_iter()
        .flatten()
        .filter_map(|principal| principal.0.get("AWS"))
        .flatten()
        .map(String::as_str)
        .collect()
}

fn join(one: Option<String>, other: Option<String>) -> Option<String> {
    match (one, other) {
        (Some(one), Some(other)) => Some(format!("{one}; {other}")),
        (one, other) => one.or(other),
    }
}
