//! Saved plans: one is read as it was saved or refused, and whatever it holds is shown without harm.

use super::access::Access;
use super::cloud::Calls;
use super::plan::{Histories, Plan};
use super::render::{self, Style};
use super::report::Command;
use super::run::Run;
use super::{files, is_harmless, reconcile};
use serde_json::json;
use std::time::Duration;

/// The input is the text of a file, or the plan in one.
pub fn holds(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    if let Err(error) = reconcile::parse(text, "plan.json") {
        assert!(!format!("{error:#}").is_empty());
    }
    let Ok(plan) = serde_json::from_str::<Plan>(text) else {
        return;
    };
    let written = serde_json::to_vec(&plan).expect("a plan is JSON");
    let file = json!({
        "format": "s3setup-plan-1", "digest": files::sha256(&written), "directory": "", "plan": plan,
    });
    let saved = reconcile::parse(&file.to_string(), "plan.json").expect("it was saved so");
    let read = saved.plans.into_iter().next().expect("there is one").plan;
    assert_eq!(read, plan, "it comes back as it was");
    let moved = reconcile::moved(&plan, &read);
    assert!(moved.is_empty() || twice(&plan), "{moved:?}");
    let (calls, elapsed) = (Calls::default(), Duration::from_millis(1));
    for verbose in [false, true] {
        let style = Style {
            verbose,
            ..Style::default()
        };
        is_harmless(&render::plan_text(&plan, &calls, elapsed, &style));
        is_harmless(&render::drift_text(
            &plan,
            &Histories::new(),
            &calls,
            elapsed,
            &style,
        ));
    }
    let report = render::report_of(Command::Drift, &Run::of_one(&plan), |plan| {
        render::compared(plan, &Access::of(plan), Command::Drift, &calls, elapsed)
    });
    is_harmless(&render::report_json(&report));
    is_harmless(&render::report_html(&report));
    is_harmless(&render::report_junit(&report));
    let page = render::plan_markdown(&plan, &calls, elapsed);
    is_harmless(&page);
    assert!(page.len() < 65_536, "{} bytes", page.len());
}

/// Whether a step is in it more than once, which is no plan of ours.
fn twice(plan: &Plan) -> bool {
    let addresses: std::collections::BTreeSet<_> =
        plan.steps.iter().map(|step| &step.address).collect();
    addresses.len() < plan.steps.len()
}
