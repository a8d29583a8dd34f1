//! `s3setup permissions`: what it prints, and the proof that it is enough and not too much.
//!
//! For the proof the tool goes through the life of a manifest as a user who may do what is printed and
//! nothing else, at a server that enforces policies. Then each action of each policy is taken away in
//! turn: the run fails and names it. What the server does not ask for is in `proof/exempt.rs`, with the
//! reason.
//!
//! A manifest is proven by being there. `make permissions` proves all, `make test` some.

mod command;
mod github;
mod page;
mod proof;

use crate::vendors::Manifest;

#[test]
fn the_policies_of_neon_of_a_key_and_of_one_of_every_kind_are_enough_and_not_too_much() {
    let some = ["neon", "velero", "every-kind"];
    let mut manifests = crate::sweep::manifests();
    manifests.retain(|one| some.contains(&one.name.as_str()));
    assert_eq!(manifests.len(), some.len(), "they are all there");
    proof::prove(&manifests);
}

/// As the sweep: for every manifest that there is.
pub mod sweep {
    use super::{Manifest, proof};
    use crate::sweep;

    /// Those that `SWEEP_MANIFEST` names, with commas between them, or all.
    fn chosen() -> Vec<Manifest> {
        let names = std::env::var("SWEEP_MANIFEST").unwrap_or_default();
        let mut all = sweep::manifests();
        all.retain(|one| names.is_empty() || names.split(',').any(|name| name == one.name));
        all
    }

    #[test]
    #[ignore = "it takes many minutes: make permissions"]
    fn every_policy_is_enough_and_not_too_much() {
        proof::prove(&chosen());
    }
}
