//! One kill, and what becomes of it.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::{Mutex, PoisonError},
};

use super::{
    action::Action,
    ground::{Ground, Window},
    scene::Scene,
    seen::Seen,
    sink,
};
use crate::support::{Call, Killed, Point};

/// Calls run side by side, so that one run may make a few less than another.
const FEWER_CALLS: usize = 2;

/// What a killed run has left behind: two that left the same go on as one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Left {
    /// The writes that the server has done. What is written to one resource is written in turn, and
    /// of different resources the order is no matter.
    writes: Vec<String>,
    /// The files of the folder.
    files: BTreeMap<String, Vec<u8>>,
}

/// What killed runs of a scene have left, of which the rest has been tried.
#[derive(Default)]
pub struct Known(Mutex<BTreeSet<Left>>);

/// How a point was tried.
pub enum Tried {
    /// The run ended before it.
    NotReached,
    /// The rest was tried, too.
    Whole,
    /// What was left behind is known.
    AsAnother,
}

/// Kill a run at this point, and see what becomes of it.
///
/// # Errors
/// What is not as it should be.
pub fn attempt<'a>(
    scene: &Scene<'a>,
    window: &'a Window,
    point: Point,
    known: &Known,
) -> Result<Tried, String> {
    let mut ground = scene.ground(window);
    let command = scene.action.command(&ground, &scene.before);
    let (killed, calls) = ground.kill(&command, point);
    let Killed { at, outcome } = killed;
    let Some(call) = at else {
        return match point.call + FEWER_CALLS >= scene.calls {
            true => Ok(Tried::NotReached),
            false => Err(format!("the run ended before its call came:\n{outcome}")),
        };
    };
    let left = Left::by(&calls, &ground);
    let is_new = known
        .0
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .insert(left);
    if !is_new {
        return Ok(Tried::AsAnother);
    }
    Try::of(scene, ground).goes_on().map_err(|why| {
        let name = call.name();
        format!("it was killed at {name}:\n{outcome}\n\nthen {why}")
    })?;
    Ok(Tried::Whole)
}

impl Left {
    fn by(calls: &[Call], ground: &Ground) -> Self {
        let written = calls.iter().filter(|call| call.forwarded && !call.reads());
        let mut writes: Vec<String> = written
            .map(|call| format!("{} {} {}", call.name(), call.path, call.body))
            .collect();
        writes.sort();
        let mut files = BTreeMap::new();
        read_all(&ground.tool().folder(), &mut files);
        Self { writes, files }
    }
}

/// Every file below `folder` but what the tool keeps for people to look at.
fn read_all(folder: &Path, files: &mut BTreeMap<String, Vec<u8>>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() && entry.file_name() != ".s3setup" {
            read_all(&path, files);
        } else if let Ok(bytes) = std::fs::read(&path) {
            let below = path.strip_prefix(folder).unwrap_or(&path);
            files.insert(below.display().to_string(), bytes);
        }
    }
}

/// A ground on which the action was begun.
pub struct Try<'a> {
    scene: &'a Scene<'a>,
    ground: Ground<'a>,
}

impl<'a> Try<'a> {
    /// The action of this scene was begun on this ground.
    pub fn of(scene: &'a Scene<'a>, ground: Ground<'a>) -> Self {
        Self { scene, ground }
    }

    /// Whether the next run finishes it, and nothing is left to do.
    fn goes_on(mut self) -> Result<(), String> {
        let (scene, ground) = (self.scene, &self.ground);
        if scene.action.never_without_a_key() {
            sink::works(ground, scene.manifest)?;
        }
        let command = scene.action.again(ground, &scene.before)?;
        let again = ground.must(&command)?;
        let seen = ground.look()?;
        seen.expect(&scene.wanted)
            .and_then(|()| self.is_settled(&seen))
            .map_err(|why| format!("{again}\n\nthen {why}"))
    }

    /// Whether nothing is left to do, and all is as it should be where the account holds this.
    ///
    /// # Errors
    /// What is not.
    pub fn is_settled(&mut self, seen: &Seen) -> Result<(), String> {
        let Scene {
            manifest, action, ..
        } = self.scene;
        let look = match action {
            // Without a manifest: whatever carries our marks.
            Action::Destroy => vec!["orphans".to_owned()],
            _ => self.ground.command(&["plan", "--detailed-exitcode"]),
        };
        let (outcome, calls) = self.ground.watch(&look);
        let writes: Vec<String> = calls
            .iter()
            .filter(|call| !call.reads())
            .map(Call::name)
            .collect();
        if outcome.code != Some(0) || !writes.is_empty() {
            return Err(format!("it is not settled, by {writes:?}:\n{outcome}"));
        }
        seen.foreign_is_as(&self.scene.before)?;
        if *action == Action::Destroy {
            return Ok(());
        }
        if manifest.says("access_key:") {
            sink::check(&self.ground, manifest, seen)?;
            sink::check_folder(&self.ground, manifest)?;
        }
        let key = sink::held(&self.ground, manifest).ok();
        let key = key.map(|key| key.access_key);
        if action.keeps_the_key() && key != self.scene.key {
            return Err(format!("the sink had {:?} and has {key:?}", self.scene.key));
        }
        Ok(())
    }
}
