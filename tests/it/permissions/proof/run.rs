//! A run with one action less.

use super::{life::Run, server};
use crate::{sweep::ground::Window, vendors::Manifest};

/// Whether a run fails without this action, and names it: the first that does of those that take it.
/// `runs` is counted up.
///
/// # Errors
/// One fails and does not say why.
pub fn without(
    window: &Window,
    manifest: &Manifest,
    under: &[&Run],
    action: &str,
    runs: &mut usize,
) -> Result<bool, String> {
    for run in under.iter().filter(|run| run.took.contains(action)) {
        let less = server::without(&run.policy.value(), action);
        let (outcome, _) = run.under(window, manifest, &less)?;
        *runs += 1;
        let names = [&outcome.stdout, &outcome.stderr]
            .iter()
            .any(|text| text.contains(action));
        // Something stays because it could not be looked up; there is drift beside what could not be read.
        let fails = match run.policy.purpose {
            "destroy" | "drift" => outcome.code == Some(1) || outcome.code == Some(2),
            _ => outcome.code == Some(1),
        };
        match (fails, names) {
            (true, true) => return Ok(true),
            (true, false) if outcome.code != run.code => {
                return Err(format!("it fails and does not name it:\n{outcome}"));
            }
            _ => {}
        }
    }
    Ok(false)
}
