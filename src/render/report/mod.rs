//! A report in every form that it has, from its data alone; and the data, from a plan or from what verify
//! found.

mod build;
mod html;
mod junit;
mod markdown;
mod notification;
mod prometheus;
mod sarif;
mod text;
mod validated;
mod words;
mod xml;

pub use build::{compared, report_of, verified};
pub use html::{report_html, validated_html};
pub use junit::report_junit;
pub use markdown::report_markdown;
pub use notification::{report_message, report_slack};
pub use prometheus::report_prometheus;
pub use sarif::report_sarif;
pub(super) use text::ledger;
pub use text::report_text;
pub use validated::{Validated, validated_junit, validated_markdown};
pub use words::coverage_line;
pub(super) use words::when;

use super::json;
use crate::report::Report;

/// A report as JSON.
///
/// # Guarantees
/// The keys: `format_version` (`"1.0"`); of one account, what follows for it, and of several `accounts`, a
/// list of the same with their `label`; `broken` (manifests that cannot be used: `file`, `line`, `column`,
/// `message`, `fix`); `calls` (`total`, `by_operation`, `seconds`); `command` (`plan`, `drift`,
/// `verify`), `version`, `at`.
///
/// An account: `account`, `region`, and one of three. `error`: it could not be asked. Of `verify`:
/// `manifests` (`manifest`, `principals`: `principal`, `how`, `tried`, `problem`, `checks`: `operation`,
/// `place`, `target`, `actions`, `promised`, `found`, `verdict`, `proof`, `because`, `detail`; `left`;
/// `drifted`; `unreadable`), `summary` (a number for each verdict). `promised` and `found` are `null` where
/// it is not known.
///
/// Of `plan` and `drift`, in this order: `manifests` (`name`, `path`, `digest`, `inputs`, `examples`),
/// `undoes` (of a plan of `undo` only: the run's id), `steps` (`address`, `manifest`, `action`: `create`,
/// `update`, `delete` or `keep`, `adopt`, `blocked`, `note`, `owner`, `unreadable`, `needs`, `ids` (only where
/// its documents name unique ids: `{"now": ARN}`, `{"former": ARN}` or `"unknown"` for each), `changes`:
/// `path`, `before`, `after`; `access`: `widening`, `narrowing`, `both` or `neither`; of an update in which
/// policies change, `policies`: `path`, `statements` as [`super::policy_diff_json`] has them; `ledger`: each
/// `aspect`, its `state`: `in_sync`, `drifted`, `unreadable` or `not_managed`, its `changes`, and the
/// `permission` that is missing, `on` what, and the `error`; `diff`: the changes for people, a line each;
/// `place`: `file`, `line`, `column`; with `drift --who` `history`: `changes`: `at`, `event`, `who`, `through`,
/// `from`, `id`, the newest first; `since`: older records were not read; `unreadable`), `access` (who gains and who loses what if the plan is applied: `who`,
/// `kind`: `public`, `repository`, `account`, `workload`, `service` or `own`, `effect`: `gains` or `loses`,
/// `actions`, `but_not`, `resources`, `condition`: `operator`, `key`, `values`, `certain`, `unknown`: a policy
/// whose document was not read, `because`: `step`, `statement`, `text`, `danger`), `summary` (a number for
/// each action, `unreadable`, `blocked`, `aspects`), `lint` (what is found in live documents that are not as
/// the manifests say: `address`, `document`, `sid`, `id`, `severity`, `path`, `message`, `fix`), `reach` (who
/// can reach what: `who`, `kind`, `actions`, `resources`, `condition`, `live`, `wanted`). `before` is what
/// there is and `after` is what the manifest says; `null` is "not there". A step of action `keep` is in sync
/// only if its `unreadable` is empty.
#[must_use]
pub fn report_json(report: &Report) -> String {
    json::document(report)
}
