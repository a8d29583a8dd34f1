//! The proof: a life of each manifest under its policies, and again with less.

mod exempt;
mod life;
mod run;
mod server;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, PoisonError},
    thread,
    time::Instant,
};

use self::{exempt::Exempt, life::Run};
use crate::{sweep::ground::Window, vendors::Manifest};

/// How many manifests are proven at the same time: the tool waits for the server a good deal.
const AT_ONCE: usize = 4;

/// How much was tried.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    /// Runs under a whole policy.
    whole: usize,
    /// Policies.
    policies: usize,
    /// Actions of policies that were taken away, and named by the run that failed.
    named: usize,
    /// Runs that it took.
    less: usize,
    /// Actions that are exempt.
    exempt: usize,
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.whole += other.whole;
        self.policies += other.policies;
        self.named += other.named;
        self.less += other.less;
        self.exempt += other.exempt;
    }
}

/// Prove the policies of these manifests, and fail with what is wrong.
#[expect(
    clippy::print_stdout,
    reason = "who waits sees that it goes on, and how far"
)]
pub fn prove(manifests: &[Manifest]) {
    let begun = Instant::now();
    assert!(!manifests.is_empty(), "nothing is proven");
    let left = Mutex::new(manifests.iter());
    let all: Mutex<(Tally, BTreeSet<Exempt>, Vec<String>)> = Mutex::default();
    thread::scope(|scope| {
        for _ in 0..AT_ONCE.min(manifests.len()) {
            scope.spawn(|| {
                let window = Window::new();
                while let Some(manifest) = lock(&left).next() {
                    let (tally, exempt, wrong) = proven(&window, manifest);
                    let took = begun.elapsed().as_secs();
                    println!("{took:>5} s  {}: {tally}", manifest.name);
                    let mut all = lock(&all);
                    all.0.add(tally);
                    all.1.extend(exempt);
                    all.2.extend(wrong);
                }
            });
        }
    });
    let all = lock(&all);
    let (tally, exempt, wrong) = &*all;
    println!(
        "permissions: {} manifests, {tally}, {} s",
        manifests.len(),
        begun.elapsed().as_secs()
    );
    for one in exempt {
        println!("  exempt: {one}");
    }
    assert!(
        wrong.is_empty(),
        "{} are not as they should be:\n\n{}",
        wrong.len(),
        wrong.join("\n\n")
    );
}

/// All policies of one manifest: how much was tried, what is exempt, and what is wrong.
fn proven(window: &Window, manifest: &Manifest) -> (Tally, BTreeSet<Exempt>, Vec<String>) {
    let (mut tally, mut exempt, mut wrong) = (Tally::default(), BTreeSet::new(), Vec::new());
    let mut runs: Vec<Run> = Vec::new();
    for scene in life::scenes(manifest) {
        match life::play(window, manifest, scene) {
            Ok(played) => runs.extend(played),
            Err(why) => wrong.push(format!("---- {}, {scene:?}\n{why}", manifest.name)),
        }
    }
    tally.whole = runs.len();
    // What is printed for plan and for drift is one policy.
    let mut policies: BTreeMap<&str, Vec<&Run>> = BTreeMap::new();
    for run in &runs {
        policies.entry(&run.policy.text).or_default().push(run);
    }
    tally.policies = policies.len();
    for under in policies.values() {
        let policy = &under[0].policy;
        for action in policy.actions() {
            match run::without(window, manifest, under, &action, &mut tally.less) {
                Ok(true) => tally.named += 1,
                Ok(false) => match Exempt::of(
                    policy,
                    &action,
                    under.iter().any(|run| run.took.contains(&action)),
                ) {
                    Some(one) => {
                        tally.exempt += 1;
                        exempt.insert(one);
                    }
                    None => wrong.push(format!(
                        "---- {}, the policy for {}: nothing fails without {action}",
                        manifest.name, policy.purpose
                    )),
                },
                Err(why) => wrong.push(format!(
                    "---- {}, {} without {action}\n{why}",
                    manifest.name, policy.purpose
                )),
            }
        }
    }
    (tally, exempt, wrong)
}

impl std::fmt::Display for Tally {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            whole,
            policies,
            named,
            less,
            exempt,
        } = self;
        write!(
            formatter,
            "{policies} policies, {whole} runs under them; {named} actions taken away and named \
             ({less} runs), {exempt} exempt"
        )
    }
}

/// What is in there. Who panicked with it has failed the test by that.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
