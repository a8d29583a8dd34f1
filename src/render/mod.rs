//! A plan, a drift report, what verify found and how two policies differ as text, JSON and Markdown. Nothing here prints, and
//! nothing here knows a provider's calls.
//!
//! A step becomes rows (`fields`, `statement`, `step`), rows become lines (`layout`, `screen`) in
//! one of three dialects: signs for a plan, words for a drift report, a diff for Markdown. Every
//! text from outside passes [`clean`] on its way.

mod access;
mod announced;
mod change;
mod destroy_text;
mod doctor;
mod drift_text;
mod escape;
mod explain;
mod field;
mod fields;
mod history;
mod journals;
mod json;
mod layout;
mod lint;
mod live;
mod markdown;
mod orphans;
mod path;
mod permissions;
mod plan_text;
mod policy;
mod report;
mod row;
mod run;
mod screen;
mod statement;
mod step;
mod summary;
#[cfg(test)]
mod tests;
mod text;
mod value;
mod verify;
mod who;

pub use access::access_line;
pub use announced::announced_text;
pub use destroy_text::destroy_text;
pub use doctor::{doctor_json, doctor_text};
pub use drift_text::drift_text;
pub use explain::{access_json, access_text, take_role_json, take_role_text};
pub use journals::{journals_json, journals_text};
pub use json::document as json_text;
pub use lint::{Found, lint_json, lint_sarif, lint_summary, lint_text};
pub use live::live_text;
pub use markdown::{drift_markdown, plan_markdown};
pub use orphans::{orphans_json, orphans_text};
pub use permissions::{
    Runner, permissions_manifest, permissions_markdown, permissions_role, permissions_text,
};
pub use plan_text::plan_text;
pub use policy::{policy_diff_json, policy_diff_markdown, policy_diff_text};
pub use report::{
    Validated, compared, coverage_line, report_html, report_json, report_junit, report_markdown,
    report_message, report_of, report_prometheus, report_sarif, report_slack, report_text,
    validated_html, validated_junit, validated_markdown, verified,
};
pub use run::{Page, run_markdown, run_text};
pub use step::{step_done, unreadable};
pub use summary::{drift_verdict, plan_verdict};
pub use text::{clean, count, guarded};
pub use verify::{summary as verify_verdict, verify_markdown, verify_stopped, verify_text};

/// How text for people is laid out; what it says is the same in every style.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether to colour marks.
    pub color: bool,
    /// Whether to show what stays as it is, and values at full length.
    pub verbose: bool,
    /// Columns of the terminal. Lines are wrapped here, or at 40 or 120 columns if it is less or
    /// more than that.
    pub width: usize,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            color: false,
            verbose: false,
            width: 80,
        }
    }
}

impl Style {
    fn screen(self, dialect: screen::Dialect) -> screen::Screen {
        screen::Screen::new(dialect, self.color, self.verbose, self.width)
    }
}
