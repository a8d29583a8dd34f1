//! As `sweep`, at Google: for every manifest of `manifests/` that is of Google Cloud, and for those of
//! `own/`, the tool is killed before and after each call of each action. The next run finishes it, the
//! one after has nothing to do, and the project then holds what a run that nobody killed leaves.

mod action;
pub mod scene;
mod seen;

pub use self::action::Action;
use self::scene::Scene;
use crate::faults::failures_in_parallel;
use crate::support::Point;
use crate::sweep::Chosen;
use crate::vendors::Manifest;
use std::time::Instant;

/// Calls run side by side, so that one run may make a few less than another.
const FEWER_CALLS: usize = 2;

/// All manifests, the vendors' and our own.
pub fn manifests() -> Vec<Manifest> {
    let mut all = Manifest::all_of_google();
    assert!(all.len() >= 2, "only {} manifests", all.len());
    all.extend(Manifest::all_in("tests/it/google/own"));
    all
}

/// Kills each run of what is chosen at every point: how many there were, and what is wrong.
#[expect(
    clippy::print_stdout,
    reason = "who waits sees that it goes on, and how far"
)]
pub fn sweep(chosen: &Chosen, only: impl Fn(Point) -> bool) -> (usize, Vec<String>) {
    let begun = Instant::now();
    let (mut points, mut wrong) = (0, Vec::new());
    for manifest in manifests() {
        for action in Action::of(&manifest) {
            if !chosen.scene(&manifest.name, &action.to_string()) {
                continue;
            }
            let (tried, failed) = match Scene::new(&manifest, action) {
                Ok(scene) => whole(&scene, |point| chosen.point(point) && only(point)),
                Err(why) => (1, vec![format!("without a kill\n{why}")]),
            };
            points += tried;
            let name = &manifest.name;
            let told = failed
                .iter()
                .map(|why| format!("---- {name}, {action}, {why}"));
            wrong.extend(told);
            let took = begun.elapsed().as_secs();
            println!("{took:>5} s  {name} at Google, {action}: {tried} points");
        }
    }
    (points, wrong)
}

/// All points of one scene.
fn whole(scene: &Scene, only: impl Fn(Point) -> bool) -> (usize, Vec<String>) {
    let points: Vec<Point> = Point::all(scene.calls).filter(|it| only(*it)).collect();
    let wrong = failures_in_parallel(points.len(), |at| {
        let point = points[at];
        attempt(scene, point).map_err(|why| {
            let (name, action) = (scene.name(), scene.action);
            let again = format!(
                "SWEEP_MANIFEST={name} SWEEP_ACTION={action} SWEEP_POINT=\"{point}\" make sweep"
            );
            format!("point {point} of {} calls\n{again}\n{why}", scene.calls)
        })
    });
    (points.len(), wrong)
}

fn attempt(scene: &Scene, point: Point) -> Result<(), String> {
    let mut ground = scene.ground();
    let command = scene.command();
    let words: Vec<&str> = command.iter().map(String::as_str).collect();
    let killed = ground.tool.kill_at(&ground.proxy, &words, point);
    let Some(call) = killed.at else {
        return match point.call + FEWER_CALLS >= scene.calls {
            true => Ok(()),
            false => Err(format!(
                "the run ended before its call came:\n{}",
                killed.outcome
            )),
        };
    };
    scene.goes_on(&mut ground).map_err(|why| {
        let name = call.name();
        format!("it was killed at {name}:\n{}\n\nthen {why}", killed.outcome)
    })
}

/// At some calls of everything.
#[test]
fn a_kill_at_some_calls_is_made_good_by_the_next_run() {
    let (points, wrong) = sweep(&Chosen::default(), |point| point.call % 9 == 4);
    assert!(points > 30, "{points}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
