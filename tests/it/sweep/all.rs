//! All points of all scenes, several at a time.

use std::{
    sync::{Mutex, PoisonError},
    thread,
    time::Instant,
};

use super::{
    action::Action,
    ground::Window,
    point::{Known, Tried, attempt},
    scene::Scene,
    tally::Tally,
};
use crate::{support::Point, vendors::Manifest};

/// How many scenes are tried at the same time: the tool waits for the server a good deal.
const AT_ONCE: usize = 4;

/// After so many, the rest would say the same.
const FAILURES: usize = 20;

/// What is tried; all of it if nothing is said.
#[derive(Default)]
pub struct Chosen {
    manifest: Option<String>,
    action: Option<String>,
    point: Option<String>,
}

impl Chosen {
    /// `SWEEP_MANIFEST` and `SWEEP_ACTION` (names, with commas between them), `SWEEP_POINT` (`12 after`).
    pub fn by_the_environment() -> Self {
        let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        Self {
            manifest: variable("SWEEP_MANIFEST"),
            action: variable("SWEEP_ACTION"),
            point: variable("SWEEP_POINT"),
        }
    }

    /// Whether this action of this manifest is.
    pub fn scene(&self, manifest: &str, action: &str) -> bool {
        let among = |chosen: &Option<String>, name: &str| {
            let mut names = chosen.iter().flat_map(|names| names.split(','));
            chosen.is_none() || names.any(|one| one == name)
        };
        among(&self.manifest, manifest) && among(&self.action, action)
    }

    /// Whether this point is.
    pub fn point(&self, point: Point) -> bool {
        self.point
            .as_ref()
            .is_none_or(|it| *it == point.to_string())
    }
}

/// What is known of a manifest so far.
#[derive(Default)]
struct Progress {
    tally: Tally,
    scenes_left: usize,
}

/// Try all points of what is chosen: how many there were, and what is wrong.
#[expect(
    clippy::print_stdout,
    reason = "who waits sees that it goes on, and how far"
)]
pub fn sweep(manifests: &[Manifest], chosen: &Chosen) -> (usize, Vec<String>) {
    let begun = Instant::now();
    let scenes: Vec<(usize, Action)> = manifests
        .iter()
        .enumerate()
        .flat_map(|(at, manifest)| {
            let actions = Action::of(manifest).into_iter();
            let chosen =
                actions.filter(move |action| chosen.scene(&manifest.name, &action.to_string()));
            chosen.map(move |action| (at, action))
        })
        .collect();
    let progress: Vec<Mutex<Progress>> = manifests.iter().map(|_| Mutex::default()).collect();
    for (at, _) in &scenes {
        lock(&progress[*at]).scenes_left += 1;
    }
    let left = Mutex::new(scenes.iter());
    let wrong: Mutex<Vec<String>> = Mutex::default();
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                let window = Window::new();
                while let Some((at, action)) = next(&left)
                    && lock(&wrong).len() < FAILURES
                {
                    let manifest = &manifests[*at];
                    let (tally, failed) = whole_scene(&window, manifest, *action, chosen);
                    lock(&wrong).extend(failed);
                    let mut progress = lock(&progress[*at]);
                    progress.tally.add(&tally);
                    progress.scenes_left -= 1;
                    if progress.scenes_left == 0 {
                        let (name, tally) = (&manifest.name, &progress.tally);
                        let took = begun.elapsed().as_secs();
                        println!("{took:>5} s  {name}: {} points {tally}", tally.points());
                    }
                }
            });
        }
    });
    let mut all = Tally::default();
    for one in &progress {
        all.add(&lock(one).tally);
    }
    if all.points() > 0 {
        let swept = progress.iter().filter(|one| lock(one).tally.points() > 0);
        println!(
            "sweep: {} points, {} manifests {all}, {} s",
            all.points(),
            swept.count(),
            begun.elapsed().as_secs()
        );
    }
    let wrong = wrong.into_inner().unwrap_or_else(PoisonError::into_inner);
    (all.points(), wrong)
}

/// All points of one scene: how many, and what is wrong.
fn whole_scene(
    window: &Window,
    manifest: &Manifest,
    action: Action,
    chosen: &Chosen,
) -> (Tally, Vec<String>) {
    let (mut tally, mut wrong) = (Tally::default(), Vec::new());
    let scene = match Scene::new(window, manifest, action) {
        Ok(scene) => scene,
        Err(why) => {
            return (
                tally,
                vec![format!(
                    "---- {}, {action}, without a kill\n{why}",
                    manifest.name
                )],
            );
        }
    };
    let known = Known::default();
    for point in Point::all(scene.calls).filter(|point| chosen.point(*point)) {
        match attempt(&scene, window, point, &known) {
            Ok(Tried::NotReached) => tally.not_reached(),
            Ok(Tried::Whole) => tally.point(action, true),
            Ok(Tried::AsAnother) => tally.point(action, false),
            Err(why) => {
                tally.point(action, true);
                wrong.push(told(&scene, point, &why));
            }
        }
    }
    (tally, wrong)
}

/// A failure, and how to see it again.
fn told(scene: &Scene, point: Point, why: &str) -> String {
    let (name, action) = (&scene.manifest.name, scene.action);
    format!(
        "---- {name}, {action}, point {point} of {} calls\n\
         SWEEP_MANIFEST={name} SWEEP_ACTION={action} SWEEP_POINT=\"{point}\" make sweep\n{why}",
        scene.calls
    )
}

fn next<T>(left: &Mutex<impl Iterator<Item = T>>) -> Option<T> {
    lock(left).next()
}

/// What is in there. Who panicked with it has failed the test by that.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
