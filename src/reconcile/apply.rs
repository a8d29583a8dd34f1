//! A plan carried out: independent steps at the same time, a failed one stops what needs it.

use crate::cloud::{Announced, Cloud, Deed};
use crate::plan::{Action, Plan, Step};
use crate::resource::{Address, Resource};
use anyhow::{Context, Error, Result, anyhow};
use futures::future::{self, Either};
use futures::stream::{FuturesUnordered, StreamExt};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::pin::pin;

/// Told of each step as it goes on.
pub trait Watcher: Send + Sync {
    /// The step is about to begin.
    ///
    /// # Errors
    /// It must not: neither this one nor any other is begun.
    fn begins(&self, step: &Step) -> Result<()>;
    /// The step has ended.
    fn finished(&self, step: &Step, result: &Result<()>);
    /// Whether no further step is to be begun.
    fn stopped(&self) -> bool {
        false
    }
}

/// A step that was not begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Of the step.
    pub address: Address,
    /// The first failed step of the plan that it needs, directly or through others.
    pub because: Address,
}

/// What became of each step that had something to do.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Done, in the order in which they ended.
    pub done: Vec<Address>,
    /// Failed, with the reason, in the plan's order.
    pub failed: Vec<(Address, Error)>,
    /// Not begun, in the order of what failed.
    pub skipped: Vec<Skipped>,
    /// Begun, and abandoned before they ended: nobody knows how far they came.
    pub under_way: Vec<Address>,
    /// Not begun because the watcher stopped it.
    pub left: Vec<Address>,
    /// Why the watcher let nothing begin any more, unless it was asked to stop.
    pub refused: Option<Error>,
}

impl Outcome {
    /// Whether everything was done.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.failed.is_empty() && self.under_way.is_empty() && self.left.is_empty()
    }
}

/// Carries out `plan`, at most `parallelism` steps at a time. Reads nothing but the plan. Once
/// `abandon` is ready, what is still running is dropped where it is.
///
/// Blocked steps and gaps are the caller's to refuse before; here they fail as steps.
pub async fn apply(
    cloud: &dyn Cloud,
    plan: &Plan,
    parallelism: usize,
    watcher: &dyn Watcher,
    abandon: impl Future<Output = ()>,
) -> Outcome {
    let mut abandon = pin!(abandon);
    let mut schedule = Schedule::new(plan);
    let mut outcome = Outcome::default();
    let mut running = FuturesUnordered::new();
    let mut begun: BTreeSet<&Address> = BTreeSet::new();
    loop {
        while outcome.refused.is_none() && !watcher.stopped() && running.len() < parallelism.max(1)
        {
            let Some(step) = schedule.next() else { break };
            if let Err(error) = watcher.begins(step) {
                outcome.refused = Some(error);
                break;
            }
            begun.insert(&step.address);
            running.push(async move { (step, carry_out(cloud, step).await) });
        }
        let next = future::select(running.next(), abandon.as_mut());
        let Either::Left((Some((step, result)), _)) = next.await else {
            break;
        };
        begun.remove(&step.address);
        watcher.finished(step, &result);
        match result {
            Ok(()) => {
                outcome.done.push(step.address.clone());
                schedule.succeeded(&step.address);
            }
            Err(error) => {
                schedule.failed(&step.address);
                outcome.failed.push((step.address.clone(), error));
            }
        }
    }
    // Which of two calls fails first is chance; what is reported must not be.
    let position = |address: &Address| plan.steps.iter().position(|s| &s.address == address);
    outcome.failed.sort_by_key(|(address, _)| position(address));
    outcome.skipped = schedule.skipped_because_of(outcome.failed.iter().map(|(a, _)| a));
    outcome.under_way = begun.iter().map(|address| (*address).clone()).collect();
    outcome.under_way.sort_by_key(position);
    let failed = outcome.failed.iter().map(|(address, _)| address);
    let ended: BTreeSet<&Address> = outcome.done.iter().chain(failed).chain(begun).collect();
    outcome.left = schedule
        .steps
        .keys()
        .filter(|address| !ended.contains(*address) && !schedule.skipped.contains(*address))
        .map(|address| (*address).clone())
        .collect();
    outcome
}

async fn carry_out(cloud: &dyn Cloud, step: &Step) -> Result<()> {
    let address = &step.address;
    if let Some(reason) = &step.blocked {
        return Err(anyhow!("{reason}"));
    }
    let (before, after) = (before(step), step.after());
    match deed(step, before.as_deref(), after.as_deref()) {
        Some(Deed::Create(want)) => cloud
            .create(want)
            .await
            .with_context(|| format!("cannot create {address}")),
        Some(Deed::Update(have, want)) => cloud
            .update(have, want)
            .await
            .with_context(|| format!("cannot update {address}")),
        Some(Deed::Delete(have)) => cloud
            .delete(have)
            .await
            .with_context(|| format!("cannot delete {address}")),
        None => Err(anyhow!(
            "the step for {address} contradicts itself; plan again"
        )),
    }
}

/// What an update sets out from: a document that is bound to somebody's former self names nobody.
fn before(step: &Step) -> Option<Cow<'_, Resource>> {
    let have = step.have.as_ref()?;
    Some(match step.again {
        true => Cow::Owned(have.clone().without_principals()),
        false => Cow::Borrowed(have),
    })
}

/// What a step does, if it does anything and makes sense.
fn deed<'a>(
    step: &Step,
    before: Option<&'a Resource>,
    after: Option<&'a Resource>,
) -> Option<Deed<'a>> {
    match (step.action, before, after) {
        (Action::Create, None, Some(want)) => Some(Deed::Create(want)),
        (Action::Update, Some(have), Some(want)) => Some(Deed::Update(have, want)),
        (Action::Delete, Some(have), None) => Some(Deed::Delete(have)),
        _ => None,
    }
}

/// The calls that change something when `plan` is applied, in the order of its steps. Asks nobody.
pub fn announce(cloud: &dyn Cloud, plan: &Plan) -> Vec<Announced> {
    let calls = plan.steps.iter().filter(|step| step.blocked.is_none());
    let calls = calls.filter_map(|step| {
        let (before, after) = (before(step), step.after());
        let deed = deed(step, before.as_deref(), after.as_deref())?;
        Some(cloud.announce(&deed))
    });
    calls.flatten().collect()
}

/// Which steps are ready. Steps with nothing to do count as done from the start.
struct Schedule<'a> {
    steps: BTreeMap<&'a Address, &'a Step>,
    missing: BTreeMap<&'a Address, usize>,
    needed_by: BTreeMap<&'a Address, Vec<&'a Address>>,
    ready: VecDeque<&'a Address>,
    skipped: BTreeSet<&'a Address>,
}

impl<'a> Schedule<'a> {
    fn new(plan: &'a Plan) -> Self {
        let steps: BTreeMap<&Address, &Step> = plan
            .steps
            .iter()
            .filter(|step| step.action != Action::Keep)
            .map(|step| (&step.address, step))
            .collect();
        let mut schedule = Self {
            missing: BTreeMap::new(),
            needed_by: BTreeMap::new(),
            ready: VecDeque::new(),
            skipped: BTreeSet::new(),
            steps,
        };
        for step in plan.steps.iter().filter(|step| step.action != Action::Keep) {
            let needs = step
                .needs
                .iter()
                .filter(|need| schedule.steps.contains_key(need));
            let mut count = 0;
            for need in needs {
                count += 1;
                schedule
                    .needed_by
                    .entry(need)
                    .or_default()
                    .push(&step.address);
            }
            if count == 0 {
                schedule.ready.push_back(&step.address);
            } else {
                schedule.missing.insert(&step.address, count);
            }
        }
        schedule
    }

    fn next(&mut self) -> Option<&'a Step> {
        let address = self.ready.pop_front()?;
        self.steps.get(address).copied()
    }

    fn succeeded(&mut self, address: &Address) {
        for waiting in self.needed_by.remove(address).unwrap_or_default() {
            let Some(missing) = self.missing.get_mut(waiting) else {
                continue;
            };
            *missing -= 1;
            if *missing == 0 && !self.skipped.contains(waiting) {
                self.ready.push_back(waiting);
            }
        }
    }

    /// Nothing that needs `address`, directly or through others, is begun any more.
    fn failed(&mut self, address: &Address) {
        let waiting = self.waiting_for(address);
        self.skipped.extend(waiting);
    }

    /// What is not begun because of `failed`, each under the first that it needs.
    fn skipped_because_of<'b>(&self, failed: impl Iterator<Item = &'b Address>) -> Vec<Skipped> {
        let mut seen = BTreeSet::new();
        let mut skipped = Vec::new();
        for because in failed {
            for address in self.waiting_for(because) {
                if seen.insert(address) {
                    skipped.push(Skipped {
                        address: address.clone(),
                        because: because.clone(),
                    });
                }
            }
        }
        skipped
    }

    /// Everything that needs `address`, directly or through others, nearest first.
    fn waiting_for(&self, address: &Address) -> Vec<&'a Address> {
        let next = |address: &Address| self.needed_by.get(address).cloned().unwrap_or_default();
        let (mut found, mut seen) = (Vec::new(), BTreeSet::new());
        let mut queue: VecDeque<&'a Address> = next(address).into();
        while let Some(waiting) = queue.pop_front() {
            if seen.insert(waiting) {
                found.push(waiting);
                queue.extend(next(waiting));
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::{Calls, Observation};
    use crate::plan::Origin;
    use crate::resource::{Resource, Role, Scope};
    use async_trait::async_trait;
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// Records what it is asked; fails for the names it is told to; counts how many run at once.
    struct Fake {
        scope: Scope,
        fails: Vec<&'static str>,
        log: Mutex<Vec<String>>,
        running: AtomicUsize,
        most: AtomicUsize,
    }

    impl Fake {
        fn new(fails: &[&'static str]) -> Self {
            Self {
                scope: Scope {
                    account: "1".into(),
                    partition: "aws".into(),
                    region: "r".into(),
                    project: None,
                },
                fails: fails.to_vec(),
                log: Mutex::default(),
                running: AtomicUsize::new(0),
                most: AtomicUsize::new(0),
            }
        }
    }

    #[async_trait]
    impl Cloud for Fake {
        fn scope(&self) -> &Scope {
            &self.scope
        }
        async fn observe(&self, _: &Resource) -> Result<Observation> {
            Ok(Observation::default())
        }
        async fn create(&self, want: &Resource) -> Result<()> {
            let now = self.running.fetch_add(1, Ordering::SeqCst) + 1;
            self.most.fetch_max(now, Ordering::SeqCst);
            let name = want.address().to_string();
            let turns = if name.ends_with("slow") { 9 } else { 1 };
            for _ in 0..turns {
                tokio::task::yield_now().await;
            }
            self.running.fetch_sub(1, Ordering::SeqCst);
            self.log.lock().unwrap().push(name.clone());
            if self.fails.iter().any(|fails| name.ends_with(fails)) {
                return Err(anyhow!("no"));
            }
            Ok(())
        }
        async fn update(&self, _: &Resource, _: &Resource) -> Result<()> {
            Ok(())
        }
        async fn delete(&self, _: &Resource) -> Result<()> {
            Ok(())
        }
        fn calls(&self) -> Calls {
            Calls::default()
        }
    }

    struct Silent;
    impl Watcher for Silent {
        fn begins(&self, _: &Step) -> Result<()> {
            Ok(())
        }
        fn finished(&self, _: &Step, _: &Result<()>) {}
    }

    fn never() -> impl Future<Output = ()> {
        future::pending()
    }

    fn create(name: &str, needs: &[&str]) -> Step {
        let role = Resource::Role(Role::named(name));
        Step {
            address: role.address(),
            manifest: "m".into(),
            action: Action::Create,
            changes: Vec::new(),
            adopt: false,
            again: false,
            ids: Default::default(),
            blocked: None,
            note: None,
            exact: false,
            unreadable: Vec::new(),
            needs: needs
                .iter()
                .map(|need| Address::new("role", need))
                .collect(),
            owner: None,
            have: None,
            want: Some(role),
        }
    }

    fn plan(steps: Vec<Step>) -> Plan {
        Plan {
            scope: Fake::new(&[]).scope,
            origin: Origin::Manifests(Vec::new()),
            steps,
        }
    }

    #[tokio::test]
    async fn steps_wait_for_what_they_need_and_independent_ones_run_together() {
        let cloud = Fake::new(&[]);
        let plan = plan(vec![
            create("c", &["a", "b"]),
            create("a", &[]),
            create("b", &[]),
        ]);
        let outcome = apply(&cloud, &plan, 10, &Silent, never()).await;
        assert_eq!(cloud.log.lock().unwrap()[2], "role.c");
        assert_eq!(cloud.most.load(Ordering::SeqCst), 2);
        assert_eq!(outcome.done.len(), 3);
    }

    #[tokio::test]
    async fn what_is_running_ends_and_nothing_more_is_begun_once_stopped() {
        struct StopsAfterOne(AtomicUsize);
        impl Watcher for StopsAfterOne {
            fn begins(&self, _: &Step) -> Result<()> {
                Ok(())
            }
            fn finished(&self, _: &Step, _: &Result<()>) {
                self.0.fetch_add(1, Ordering::SeqCst);
            }
            fn stopped(&self) -> bool {
                self.0.load(Ordering::SeqCst) > 0
            }
        }
        let cloud = Fake::new(&[]);
        let steps = ["a", "b", "c"].map(|name| create(name, &[]));
        let watcher = StopsAfterOne(AtomicUsize::new(0));
        let outcome = apply(&cloud, &plan(steps.into()), 2, &watcher, never()).await;
        assert_eq!((outcome.done.len(), outcome.left.len()), (2, 1));
    }

    #[tokio::test]
    async fn what_is_still_running_when_it_is_abandoned_is_told() {
        let cloud = Fake::new(&[]);
        let plan = plan(vec![
            create("slow", &[]),
            create("b", &[]),
            create("c", &["slow"]),
        ]);
        // Ready once the quick one is done, long before the slow one is.
        let abandon = async {
            while cloud.log.lock().unwrap().is_empty() {
                tokio::task::yield_now().await;
            }
        };
        let outcome = apply(&cloud, &plan, 10, &Silent, abandon).await;
        assert!(!outcome.is_whole());
        assert_eq!(outcome.under_way, [Address::new("role", "slow")]);
        assert_eq!(outcome.left, [Address::new("role", "c")]);
        assert_eq!(*cloud.log.lock().unwrap(), ["role.b"], "it was dropped");
    }

    #[tokio::test]
    async fn a_watcher_that_cannot_take_note_lets_nothing_begin() {
        struct Full(AtomicUsize);
        impl Watcher for Full {
            fn begins(&self, _: &Step) -> Result<()> {
                match self.0.fetch_add(1, Ordering::SeqCst) {
                    0 => Ok(()),
                    _ => Err(anyhow!("the disk is full")),
                }
            }
            fn finished(&self, _: &Step, _: &Result<()>) {}
        }
        let cloud = Fake::new(&[]);
        let steps = ["a", "b", "c"].map(|name| create(name, &[]));
        let plan = plan(steps.into());
        let outcome = apply(&cloud, &plan, 3, &Full(AtomicUsize::new(0)), never()).await;
        assert_eq!(*cloud.log.lock().unwrap(), ["role.a"]);
        assert_eq!((outcome.done.len(), outcome.left.len()), (1, 2));
        assert!(outcome.refused.is_some());
    }

    #[tokio::test]
    async fn no_more_than_so_many_run_at_a_time() {
        let cloud = Fake::new(&[]);
        let names: Vec<String> = (0..20).map(|at| format!("r{at}")).collect();
        let steps = names.iter().map(|name| create(name, &[])).collect();
        apply(&cloud, &plan(steps), 3, &Silent, never()).await;
        assert_eq!(cloud.most.load(Ordering::SeqCst), 3);
    }

    #[tokio::test]
    async fn a_failed_step_stops_what_needs_it_and_nothing_else() {
        let cloud = Fake::new(&["a"]);
        let plan = plan(vec![
            create("a", &[]),
            create("b", &["a"]),
            create("c", &["b", "d"]),
            create("d", &[]),
        ]);
        let outcome = apply(&cloud, &plan, 10, &Silent, never()).await;
        assert_eq!(outcome.done, [Address::new("role", "d")]);
        assert_eq!(outcome.failed[0].0, Address::new("role", "a"));
        let skipped: Vec<_> = outcome
            .skipped
            .iter()
            .map(|step| step.address.as_str())
            .collect();
        assert_eq!(skipped, ["role.b", "role.c"]);
        let mut asked = cloud.log.lock().unwrap().clone();
        asked.sort();
        assert_eq!(asked, ["role.a", "role.d"]);
    }

    #[tokio::test]
    async fn failures_are_told_in_the_plans_order_whichever_came_first() {
        let cloud = Fake::new(&["a-slow", "b"]);
        let plan = plan(vec![
            create("a-slow", &[]),
            create("b", &[]),
            create("c", &["b", "a-slow"]),
            create("d", &["b"]),
        ]);
        let outcome = apply(&cloud, &plan, 10, &Silent, never()).await;
        assert_eq!(*cloud.log.lock().unwrap(), ["role.b", "role.a-slow"]);
        let failed: Vec<_> = outcome.failed.iter().map(|(at, _)| at.as_str()).collect();
        assert_eq!(failed, ["role.a-slow", "role.b"]);
        let skipped = |name, because| Skipped {
            address: Address::new("role", name),
            because: Address::new("role", because),
        };
        assert_eq!(outcome.skipped, [skipped("c", "a-slow"), skipped("d", "b")]);
    }
}
