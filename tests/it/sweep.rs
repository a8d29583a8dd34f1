//! The sweep: for every manifest of `manifests/` and every action, the tool is killed (SIGKILL) before
//! and after each call of its run. The next run converges, the one after has nothing to do, and the
//! account then holds what a run that nobody killed leaves: nothing doubled, nothing orphaned, nothing
//! of others touched, no key lost or left over, no file half written.
//!
//! A manifest is swept by being there. What no vendor's has is in `sweep/manifests/`.
//!
//! Each action is set up once, at a server of its own (`scene.rs`), and each point is tried on a copy
//! of that. Two points that leave the same behind (the same writes, the same files) go on as one.
//!
//! `make sweep` tries all, or what is chosen. A point that fails prints how to try it alone:
//!
//! ```text
//! SWEEP_MANIFEST=neon SWEEP_ACTION=create SWEEP_POINT="12 after" make sweep
//! ```

pub mod action;
mod all;
pub mod ground;
mod point;
pub mod scene;
mod seen;
pub mod sink;
mod tally;

use crate::{google, vendors::Manifest};

use self::all::sweep;
pub use self::{
    action::Action,
    all::Chosen,
    ground::{Ground, Window},
};

/// All manifests, the vendors' and our own.
pub fn manifests() -> Vec<Manifest> {
    let mut all = Manifest::all();
    assert!(all.len() > 30, "only {} manifests", all.len());
    all.extend(Manifest::all_in("tests/it/sweep/manifests"));
    all
}

/// Fail with what is wrong, or where nothing was tried.
#[track_caller]
fn all_are_made_good((points, wrong): &(usize, Vec<String>)) {
    assert!(*points > 0, "nothing is tried");
    assert!(
        wrong.is_empty(),
        "{} are not made good:\n\n{}",
        wrong.len(),
        wrong.join("\n\n")
    );
}

#[test]
#[ignore = "it takes many minutes: make sweep"]
fn every_manifest_is_made_good_after_a_kill_at_any_call() {
    let chosen = Chosen::by_the_environment();
    let (points, mut wrong) = google::sweep::sweep(&chosen, |_| true);
    let (more, of_aws) = sweep(&manifests(), &chosen);
    wrong.extend(of_aws);
    all_are_made_good(&(points + more, wrong));
}

/// The page that the tool was made for, each place for a key that can be read, each kind of resource.
#[test]
fn neon_and_each_kind_of_key_are_made_good_after_a_kill_at_any_call() {
    let some = [
        "neon",
        "velero",
        "every-kind",
        "parameter-store",
        "secrets-manager",
    ];
    let mut manifests = manifests();
    manifests.retain(|one| some.contains(&one.name.as_str()));
    assert_eq!(manifests.len(), some.len(), "they are all there");
    all_are_made_good(&sweep(&manifests, &Chosen::default()));
}
