//! What a whole plan or report comes to, in a sentence each.

use super::step::speaks;
use super::text::{clean, count, listed, quoted, seconds};
use crate::cloud::Calls;
use crate::plan::{Action, Plan, Step};
use std::collections::BTreeMap;
use std::time::Duration;

/// More names than this in a sentence are counted.
const MOST_NAMES: usize = 5;

/// `neon and rudderstack`.
pub(super) fn names(plan: &Plan) -> String {
    let names: Vec<String> = plan
        .manifests()
        .iter()
        .map(|source| quoted(&source.name))
        .collect();
    match names.is_empty() {
        true => "no manifest".to_owned(),
        false => listed(&names, MOST_NAMES),
    }
}

/// `neon says`, `neon and rudderstack say`, `it was before RUN`.
pub(super) fn say(plan: &Plan) -> String {
    if let Some(undo) = plan.origin.undo() {
        return format!("it was before {}", clean(&undo.run));
    }
    let verb = if plan.manifests().len() == 1 {
        "says"
    } else {
        "say"
    };
    format!("{} {verb}", names(plan))
}

/// What a plan comes to, without names, which would have to be escaped.
#[must_use]
pub fn plan_verdict(plan: &Plan) -> String {
    planned(plan, they_say(plan))
}

/// What a drift report comes to, without names, which would have to be escaped.
#[must_use]
pub fn drift_verdict(plan: &Plan) -> String {
    drifted(plan, they_say(plan))
}

fn they_say(plan: &Plan) -> &'static str {
    match plan.manifests().len() {
        1 => "the manifest says",
        _ => "the manifests say",
    }
}

/// `neon in account 123456789012, us-east-1`, `Undo of RUN, neon in account …`.
pub(super) fn header(plan: &Plan) -> String {
    let undo = plan.origin.undo();
    let undo = undo.map(|undo| format!("Undo of {}, ", clean(&undo.run)));
    format!(
        "{}{} in {}",
        undo.unwrap_or_default(),
        names(plan),
        clean(&plan.in_regions().place())
    )
}

/// How many steps are of what sort.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    pub(super) create: usize,
    pub(super) update: usize,
    pub(super) delete: usize,
    /// Known to be as wanted: all of it could be read.
    pub(super) same: usize,
    /// Of which something could not be read, whatever else is to be done with them.
    pub(super) unreadable: usize,
    pub(super) blocked: usize,
}

impl Tally {
    pub(super) fn of(plan: &Plan) -> Self {
        let mut tally = Self::default();
        for step in &plan.steps {
            match step.action {
                Action::Create => tally.create += 1,
                Action::Update => tally.update += 1,
                Action::Delete => tally.delete += 1,
                Action::Keep if step.unreadable.is_empty() => tally.same += 1,
                Action::Keep => {}
            }
            tally.unreadable += usize::from(!step.unreadable.is_empty());
            tally.blocked += usize::from(step.blocked.is_some());
        }
        tally
    }

    /// Steps that change something.
    pub(super) fn differ(self) -> usize {
        self.create + self.update + self.delete
    }

    fn not_read(self) -> String {
        match self.unreadable {
            0 => String::new(),
            number => format!(", {number} could not be read"),
        }
    }
}

/// What a plan comes to; `says` is whose word it is, such as `neon says`.
pub(super) fn planned(plan: &Plan, says: &str) -> String {
    let tally = Tally::of(plan);
    let Tally {
        create,
        update,
        delete,
        same,
        ..
    } = tally;
    if tally.differ() > 0 || tally.blocked > 0 {
        let gaps = tally.not_read();
        return format!(
            "Plan: {create} to create, {update} to update, {delete} to delete, {same} unchanged{gaps}."
        );
    }
    match tally.unreadable {
        0 => format!("No changes. Everything is as {says}."),
        gaps => format!(
            "No changes found, but {gaps} of {} could not be read.",
            count(plan.steps.len(), "resource"),
        ),
    }
}

/// What keeps a plan from being applied, if anything does.
pub(super) fn obstacles(plan: &Plan) -> Option<String> {
    let tally = Tally::of(plan);
    let mut why = Vec::new();
    if tally.blocked > 0 {
        why.push(format!("{} cannot be done", count(tally.blocked, "step")));
    }
    if tally.unreadable > 0 {
        why.push(format!(
            "{} could not be read",
            count(tally.unreadable, "resource")
        ));
    }
    let matters = tally.blocked > 0 || tally.differ() > 0;
    (matters && !why.is_empty())
        .then(|| format!("It cannot be applied as it stands: {}.", why.join(" and ")))
}

/// What exists and would be taken over, if anything does: it has to be agreed to by name.
pub(super) fn adoptions(plan: &Plan) -> Option<String> {
    let names: Vec<String> = plan
        .adoptions()
        .map(|step| clean(step.address.as_str()))
        .collect();
    let exist = if names.len() == 1 { "exists" } else { "exist" };
    (!names.is_empty()).then(|| {
        format!(
            "{} {exist} already and would be adopted: {}.",
            count(names.len(), "resource"),
            listed(&names, MOST_NAMES)
        )
    })
}

/// What a drift report comes to; `says` is whose word it is, such as `neon says`.
pub(super) fn drifted(plan: &Plan, says: &str) -> String {
    let tally = Tally::of(plan);
    let total = plan.steps.len();
    let kinds = [
        (tally.create, "missing"),
        (tally.update, "changed"),
        (tally.delete, "unwanted"),
    ];
    let kinds: Vec<String> = kinds
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, kind)| format!("{number} {kind}"))
        .collect();
    let resources = count(total, "resource");
    match (tally.differ(), tally.unreadable) {
        (0, 0) => {
            let are = if total == 1 { "is" } else { "are" };
            format!("In sync: {resources} {are} as {says}.")
        }
        (0, gaps) => format!("No drift found, but {gaps} of {resources} could not be read."),
        (differ, _) => {
            let verb = if differ == 1 { "differs" } else { "differ" };
            let (kinds, gaps) = (kinds.join(", "), tally.not_read());
            format!("Drift: {differ} of {resources} {verb} ({kinds}){gaps}.")
        }
    }
}

/// `13 calls, 0.4 s.`
pub(super) fn calls(calls: &Calls, elapsed: Duration) -> String {
    format!("{}, {}.", count(calls.total, "call"), seconds(elapsed))
}

/// A manifest's inputs that still have the example's value: its name and theirs.
pub(super) fn examples(plan: &Plan) -> Vec<(String, String)> {
    plan.manifests()
        .iter()
        .filter(|source| !source.examples.is_empty())
        .map(|source| {
            let inputs: Vec<String> = source.examples.iter().map(|input| quoted(input)).collect();
            let give: Vec<String> = inputs
                .iter()
                .map(|input| format!("--set {input}=..."))
                .collect();
            let (these, have) = match inputs.len() {
                1 => ("this input", "has"),
                _ => ("these inputs", "have"),
            };
            let inputs = listed(&inputs, usize::MAX);
            (
                format!(
                    "{these} of {} still {have} the example's value: {inputs}",
                    quoted(&source.name)
                ),
                format!("Give yours with {}", give.join(" ")),
            )
        })
        .collect()
}

/// The steps that there is something to say of, by manifest, in the order of the manifests; one
/// group without a name if there is only one manifest.
pub(super) fn groups(plan: &Plan, all: bool) -> Vec<(Option<String>, Vec<&Step>)> {
    let shown = plan.steps.iter().filter(|step| all || speaks(step));
    if plan.manifests().len() < 2 {
        return vec![(None, shown.collect())];
    }
    let mut groups: Vec<(Option<String>, Vec<&Step>)> = Vec::new();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let known = plan.manifests().iter().map(|source| source.name.as_str());
    for name in known.chain(plan.steps.iter().map(|step| step.manifest.as_str())) {
        places.entry(name).or_insert_with(|| {
            groups.push((Some(quoted(name)), Vec::new()));
            groups.len() - 1
        });
    }
    for step in shown {
        if let Some(place) = places.get(step.manifest.as_str()) {
            groups[*place].1.push(step);
        }
    }
    groups.retain(|(_, steps)| !steps.is_empty());
    groups
}
