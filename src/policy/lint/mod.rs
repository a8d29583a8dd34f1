//! Lint of one policy: what AWS would refuse, what could never work, and what lets strangers in.
//!
//! # Guarantees
//!
//! All findings at once, in the order of the statements. Where AWS's answer is not known, nothing
//! is reported. Each finding is of a [`Rule`], whose id is stable.

mod absent;
mod accounts;
mod actions;
mod applies;
mod conditions;
mod control;
mod danger;
mod dead;
mod elements;
pub mod google;
mod ground;
mod guess;
mod identities;
mod lockout;
mod oidc;
mod order;
#[cfg(test)]
mod page;
mod principals;
mod public;
mod quota;
mod repeats;
mod resources;
mod rules;
mod settings;
mod slips;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod text;
mod trust;
mod values;
mod version;
mod view;

pub use ground::{BlockPublicAccess, Encryption, Ground, Settings};
pub use guess::Guess;
pub use oidc::{is_github, tenancy_key};
pub use public::{is_public, is_public_under};
pub use rules::{ALL, Rule, Severity};
pub use text::Written;

use super::Statement;
use super::fault::element;
use serde::Serialize;
use std::fmt;

/// One thing that is wrong with a policy.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// Of which rule.
    #[serde(rename = "id")]
    pub rule: &'static Rule,
    /// How bad it is: the rule's.
    pub severity: Severity,
    /// Where: `Statement[1].Action`. The number is that of the order given, from 0.
    pub path: String,
    /// What is wrong, as a sentence without its full stop.
    pub message: String,
    /// What to write instead, as an instruction without its full stop.
    pub fix: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {} ({})", self.path, self.message, self.fix)
    }
}

/// What a policy is attached to, which decides what may be in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind<'a> {
    /// A managed or inline policy of a user, group or role.
    Identity,
    /// The policy of a bucket.
    BucketPolicy {
        /// The bucket's name.
        bucket: &'a str,
        /// The partition it is in: `aws`, `aws-cn`.
        partition: &'a str,
    },
    /// The trust policy of a role.
    Trust,
    /// The policy of a KMS key.
    KeyPolicy,
    /// The policy of something else, or of a bucket whose name is not known.
    Resource,
}

impl Kind<'_> {
    /// What this is called, with its article.
    fn name(&self) -> &'static str {
        match self {
            Kind::Identity => "an identity policy",
            Kind::BucketPolicy { .. } => "a bucket policy",
            Kind::Trust => "a trust policy",
            Kind::KeyPolicy => "a key policy",
            Kind::Resource => "a resource's policy",
        }
    }
}

/// The most characters a policy of this kind may have, as [`super::Document::size`] counts them.
///
/// A managed policy for [`Kind::Identity`]; inline policies share a smaller quota among all of one
/// user (2,048), group (5,120) or role (10,240). For [`Kind::Trust`] AWS raises the quota on
/// request, to 8,192. Source: "IAM and AWS STS quotas", "Bucket policies", "KMS resource quotas".
#[must_use]
pub fn quota(kind: &Kind) -> usize {
    match kind {
        Kind::Identity => 6_144,
        Kind::BucketPolicy { .. } => 20 * 1_024,
        Kind::Trust => 2_048,
        // Of the others none is known that has more.
        Kind::KeyPolicy | Kind::Resource => 32 * 1_024,
    }
}

/// What AWS refuses in these statements, or what can never work, whatever the reason for it; the
/// statements are in the order a person wrote them.
#[must_use]
pub fn check(statements: &[Statement], kind: &Kind) -> Vec<Finding> {
    let ground = Ground::new(*kind);
    let mut findings = Vec::new();
    each(statements, &ground, &mut findings, |report| {
        report.refusals();
    });
    findings
}

/// Everything there is to say about these statements, which are in the order a person wrote them:
/// what [`check`] finds, and what works otherwise than its author probably thinks.
///
/// `version` is the document's; none is `2008-10-17` to AWS. The findings are in the order of what
/// they are about.
#[must_use]
pub fn lint(statements: &[Statement], version: Option<&str>, ground: &Ground) -> Vec<Finding> {
    let mut findings = Vec::new();
    let found = &mut findings;
    let all = statements.iter().cloned().map(Statement::canonical);
    let all: Vec<_> = all.collect();
    version::version(version, &all, found);
    if !quota::size(&all, ground, found) {
        return findings;
    }
    public::cuts_accounts(&all, ground, found);
    lockout::key(&all, ground, found);
    settings::head_bucket(&all, ground, found);
    repeats::statements(&all, found);
    each(statements, ground, found, |report| {
        report.refusals();
        report.absent();
        report.accounts();
        report.dead_keys();
        report.lock_out();
        report.oidc();
        report.public();
        report.redundant();
        report.settings();
        report.values();
        report.variables();
        report.wildcards();
    });
    order::sort(&mut findings);
    findings
}

/// A finding about something that is not one element of a statement.
fn finding(
    rule: &'static Rule,
    path: &str,
    message: impl Into<String>,
    fix: impl Into<String>,
) -> Finding {
    Finding {
        rule,
        severity: rule.severity,
        path: path.to_owned(),
        message: message.into(),
        fix: fix.into(),
    }
}

/// Looks at each statement by itself.
fn each(
    statements: &[Statement],
    ground: &Ground,
    findings: &mut Vec<Finding>,
    look: impl Fn(&mut Report),
) {
    for (index, statement) in statements.iter().enumerate() {
        look(&mut Report {
            statement: statement.clone().canonical(),
            index,
            all: statements,
            kind: &ground.kind,
            ground,
            path: element("Statement", index),
            findings,
        });
    }
}

/// The checks of one statement. Each file below adds the checks of one element or theme.
struct Report<'a> {
    /// Canonical.
    statement: Statement,
    /// Its number among all.
    index: usize,
    /// All statements, as given.
    all: &'a [Statement],
    kind: &'a Kind<'a>,
    ground: &'a Ground<'a>,
    path: String,
    findings: &'a mut Vec<Finding>,
}

impl Report<'_> {
    /// What no reason makes good: the rules that are `refused`.
    fn refusals(&mut self) {
        self.duplicate_sid();
        self.elements();
        self.principals();
        self.actions();
        self.fits_the_principal();
        self.resources();
        self.conditions();
    }
}

impl Report<'_> {
    /// Adds a finding about an element of the statement, or about what is below one.
    fn add(
        &mut self,
        rule: &'static Rule,
        element: &str,
        message: impl Into<String>,
        fix: impl Into<String>,
    ) {
        self.add_at(rule, format!("{}.{element}", self.path), message, fix);
    }

    fn add_at(
        &mut self,
        rule: &'static Rule,
        path: String,
        message: impl Into<String>,
        fix: impl Into<String>,
    ) {
        self.findings.push(finding(rule, &path, message, fix));
    }
}
