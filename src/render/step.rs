//! One step: its heading, what stands in its way, and what is worth knowing of it.

use super::access;
use super::fields::{self, Telling};
use super::row::{Body, Mark, Row};
use super::screen::{Dialect, Screen};
use super::text::{clean, quoted};
use crate::access::Bearing;
use crate::plan::{Action, Step, Unreadable};
use crate::resource::{Address, Owner, Scope};

/// One line for a step that was done: `role.deploy  created`.
#[must_use]
pub fn step_done(step: &Step) -> String {
    let done = match step.action {
        Action::Create => "created",
        Action::Update if step.adopt => "adopted and updated",
        Action::Update => "updated",
        Action::Delete => "deleted",
        Action::Keep if step.adopt => "adopted",
        Action::Keep => "unchanged",
    };
    format!("{}  {done}", clean(step.address.as_str()))
}

/// Whether there is more to say of a step than that nothing is to be done.
pub(super) fn speaks(step: &Step) -> bool {
    step.action != Action::Keep
        || step.adopt
        || step.blocked.is_some()
        || step.note.is_some()
        || !step.unreadable.is_empty()
}

/// Whether its heading is all there is to say of a step.
pub(super) fn is_brief(step: &Step) -> bool {
    step.changes.is_empty()
        && step.blocked.is_none()
        && step.note.is_none()
        && step.unreadable.is_empty()
}

/// The sign of what is to be done. Nothing to be done is only known where all could be read.
pub(super) fn mark(step: &Step) -> Mark {
    match step.action {
        Action::Create => Mark::Added,
        Action::Update => Mark::Changed,
        Action::Delete => Mark::Removed,
        Action::Keep if !step.unreadable.is_empty() => Mark::Unknown,
        Action::Keep => Mark::Same,
    }
}

/// What an adoption takes over: `adopt: exists, unmarked`.
pub(super) fn adoption(step: &Step) -> Option<String> {
    step.adopt.then(|| match &step.owner {
        Some(Owner::Tool(tool)) => format!("adopt: exists, belongs to {}", clean(tool)),
        Some(Owner::Manifest(name)) => {
            format!("adopt: exists, belongs to manifest {}", quoted(name))
        }
        Some(Owner::Shared) => "adopt: exists, shared by the account".to_owned(),
        Some(Owner::Us) => "adopt: exists, ours".to_owned(),
        Some(Owner::Nobody) | None => "adopt: exists, unmarked".to_owned(),
    })
}

/// The same as a row of its own.
pub(super) fn adoption_row(step: &Step) -> Option<Row> {
    adoption(step).map(|text| Row::new(0, "", Body::Sentence(text)))
}

/// What could not be read of the resource, and what that takes.
#[must_use]
pub fn unreadable(address: &Address, gap: &Unreadable) -> String {
    format!("{}: {}", clean(address.as_str()), self::gap(gap))
}

/// What could not be read, and what it takes: `encryption, needs s3:… on arn:…`.
pub(super) fn gap(unreadable: &Unreadable) -> String {
    let aspect = match unreadable.aspect.as_str() {
        "" => "all of it".to_owned(),
        aspect => clean(aspect),
    };
    match (unreadable.permission.as_str(), unreadable.on.as_str()) {
        ("", _) => format!("{aspect}: {}", clean(&unreadable.error)),
        (permission, "") => format!("{aspect}, needs {}", clean(permission)),
        (permission, on) => format!("{aspect}, needs {} on {}", clean(permission), clean(on)),
    }
}

/// What stands in the way of a step and what is worth knowing of it, below its heading.
pub(super) fn remarks(step: &Step, indent: usize, verbose: bool) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut say = |mark: Mark, text: String| {
        let mut row = Row::new(indent, "", Body::Sentence(text));
        row.mark = mark;
        rows.push(row);
    };
    if let Some(why) = &step.blocked {
        say(Mark::Removed, format!("cannot be done: {}", clean(why)));
    }
    for unreadable in &step.unreadable {
        say(
            Mark::Unknown,
            format!("could not be read: {}", gap(unreadable)),
        );
        if verbose && !unreadable.permission.is_empty() {
            say(
                Mark::Blank,
                format!("the answer was: {}", clean(&unreadable.error)),
            );
        }
    }
    if let Some(note) = &step.note {
        say(Mark::Blank, format!("note: {}", clean(note)));
    }
    rows
}

/// All of a step, as a plan tells it.
pub(super) fn write(screen: &mut Screen, step: &Step, bearing: Bearing, scope: &Scope) {
    let mut heading = clean(step.address.as_str());
    for more in [adoption(step), access::bearing(bearing).map(str::to_owned)] {
        heading.extend(more.map(|more| format!("  {more}")));
    }
    screen.row(&Row::new(2, heading, Body::Heading).marked(mark(step)));
    for row in remarks(step, 6, screen.verbose) {
        screen.row(&row);
    }
    for row in fields::rows(step, telling(screen.dialect, 6, scope)) {
        screen.row(&row);
    }
}

/// How a plan tells changes.
pub(super) fn telling(dialect: Dialect, indent: usize, scope: &Scope) -> Telling<'_> {
    Telling {
        dialect,
        backwards: false,
        indent,
        scope,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::fixtures::{keep, step};
    use super::*;
    use crate::resource::{Bucket, Resource};

    #[test]
    fn a_step_that_was_done_is_one_line() {
        let bucket = Resource::Bucket(Bucket::named("b", "eu-west-1"));
        assert_eq!(
            step_done(&step(None, Some(bucket.clone()))),
            "bucket.b  created"
        );
        assert_eq!(
            step_done(&step(Some(bucket.clone()), None)),
            "bucket.b  deleted"
        );
        assert_eq!(step_done(&keep(bucket)), "bucket.b  unchanged");
    }
}
