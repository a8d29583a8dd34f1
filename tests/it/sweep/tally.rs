//! How much was tried, and what came of it.

use std::{collections::BTreeMap, fmt};

use super::action::Action;

/// The points of some scenes.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    points: BTreeMap<Action, usize>,
    /// How many of them left something behind that no other had.
    whole: usize,
    /// Calls that came in one run and not in another.
    not_reached: usize,
}

impl Tally {
    /// One point was tried; `whole` if it was seen through to the end.
    pub fn point(&mut self, action: Action, whole: bool) {
        *self.points.entry(action).or_default() += 1;
        self.whole += usize::from(whole);
    }

    /// A point never came.
    pub fn not_reached(&mut self) {
        self.not_reached += 1;
    }

    /// Count these, too.
    pub fn add(&mut self, other: &Self) {
        for (action, points) in &other.points {
            *self.points.entry(*action).or_default() += points;
        }
        self.whole += other.whole;
        self.not_reached += other.not_reached;
    }

    /// All points.
    pub fn points(&self) -> usize {
        self.points.values().sum()
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let by_action: Vec<String> = self
            .points
            .iter()
            .map(|(action, points)| format!("{action} {points}"))
            .collect();
        write!(
            formatter,
            "({}); {} left something of its own behind, {} came only in another run",
            by_action.join(", "),
            self.whole,
            self.not_reached
        )
    }
}
