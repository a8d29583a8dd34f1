//! What the rules for policies find in a manifest, and what of it is meant to be so.

use super::context::{Context, within};
use super::model::Accept;
use crate::policy::lint::{ALL, Finding, Rule, Severity};
use crate::resource::Address;
use crate::yaml::{Level, Path, Problem, Problems, Source, suggestion};
use std::collections::BTreeSet;

/// An acceptance that accepts nothing. It is of the manifest and no policy's, and stands here.
static STALE: Rule = Rule {
    id: "stale-acceptance",
    severity: Severity::Warning,
    refused: true,
    title: "What is accepted is not found",
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
};

/// One finding in a manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// By which rule.
    pub rule: &'static Rule,
    /// The resource whose policy it is in, such as `role.deploy`.
    pub address: String,
    /// What, where, and what to write instead.
    pub problem: Problem,
    /// Why it is meant to be so, if it is.
    pub accepted: Option<String>,
}

/// All findings in one manifest that do not keep it from being used.
#[derive(Clone, Debug)]
pub struct Findings {
    source: Source,
    list: Vec<Found>,
}

impl Findings {
    /// A grant is several statements: what is found in each of them at the same place is one
    /// finding.
    pub(super) fn new(source: &Source, all: Vec<Found>) -> Findings {
        let source = source.clone();
        let mut list: Vec<Found> = Vec::new();
        for found in all {
            let same = |other: &Found| {
                other.problem.span == found.problem.span
                    && other.problem.message == found.problem.message
            };
            if !list.iter().any(same) {
                list.push(found);
            }
        }
        Findings { source, list }
    }

    /// Each of them, in the order of the file.
    #[must_use]
    pub fn all(&self) -> Vec<&Found> {
        let mut all: Vec<&Found> = self.list.iter().collect();
        all.sort_by_key(|found| found.problem.span.map(|span| span.start));
        all
    }

    /// The file they are in.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// What a person is shown: warnings that nobody has accepted, or with `all` everything, notes
    /// and what was accepted with its reason. `None` when that is nothing.
    #[must_use]
    pub fn shown(&self, all: bool) -> Option<Problems> {
        let told = self.list.iter().filter_map(|found| {
            let mut problem = found.problem.clone();
            if let Some(reason) = &found.accepted {
                problem.level = Level::Note;
                problem.fix = Some(format!("accepted: {reason}"));
            }
            (all || problem.level < Level::Note).then_some(problem)
        });
        let problems = Problems::of(&self.source, told.collect());
        (!problems.is_empty()).then_some(problems)
    }
}

/// What a manifest accepts, and what of that was found.
#[derive(Debug, Default)]
pub(super) struct Acceptances {
    used: BTreeSet<usize>,
}

impl Acceptances {
    /// The reason for which a finding of `rule` at `place`, in the policy of the resource at
    /// `whole`, is meant to be so.
    fn reason(
        &mut self,
        all: &[Accept],
        rule: &Rule,
        address: &str,
        places: [&str; 2],
    ) -> Option<String> {
        let (at, accept) = all.iter().enumerate().find(|(_, accept)| {
            accept.id == rule.id
                && accept
                    .at
                    .as_ref()
                    .is_none_or(|at| at == address || places.iter().any(|place| within(place, at)))
        })?;
        self.used.insert(at);
        (!rule.refused).then(|| accept.reason.clone())
    }
}

impl Context<'_> {
    /// Notes a finding in the policy that stands at `whole`: what is no obstacle, or is accepted,
    /// is kept apart from the problems.
    pub fn found(&mut self, whole: &Path, statement: &Path, place: &Path, finding: Finding) {
        let rule = finding.rule;
        if OTHERWISE.contains(&rule.id) {
            return;
        }
        if let Some((message, fix)) = self.in_its_words(whole, rule) {
            self.refuse(statement, message, fix);
            self.name_the_last(rule);
            return;
        }
        let address = self.address_of(whole);
        let places = [&*place.to_string(), &*whole.to_string()];
        let reason = self
            .acceptances
            .reason(&self.manifest.accept, rule, &address, places)
            .or_else(|| self.is_wanted(whole, rule));
        if finding.severity == Severity::Error && reason.is_none() {
            let fix = match rule.refused {
                true => finding.fix,
                false => format!(
                    "{}; if it is meant to be so, accept: [{{id: {}, reason: WHY}}]",
                    finding.fix, rule.id
                ),
            };
            self.refuse(place, finding.message, fix);
            self.name_the_last(rule);
            return;
        }
        let level = match finding.severity {
            Severity::Error => Level::Error,
            Severity::Warning => Level::Warning,
            Severity::Note => Level::Note,
        };
        let problem = Problem::new(finding.message)
            .path(place)
            .fix(finding.fix)
            .of(level, rule.id);
        self.findings.push((
            place.clone(),
            Found {
                rule,
                address,
                problem,
                accepted: reason,
            },
        ));
    }

    fn name_the_last(&mut self, rule: &'static Rule) {
        if let Some((_, problem)) = self.problems.last_mut() {
            problem.id = rule.id;
        }
    }

    /// What a manifest has a field or a check of its own for is said in its words.
    fn in_its_words(&self, whole: &Path, rule: &Rule) -> Option<(&'static str, &'static str)> {
        let of_key = whole.to_string().starts_with("kms_keys.");
        Some(match (rule.id, of_key) {
            ("public-access", true) => (
                "this lets everybody in the world use the key",
                "name the principals, or whose requests are meant with kms:CallerAccount",
            ),
            ("public-access" | "public-by-definition", false) if self.blocks_public_policies() => (
                "this lets in everybody on the internet, and the bucket's public access block \
                 refuses such a policy",
                "name the principals; if the world really may, write public_access_block: \
                 {block_public_policy: false, restrict_public_buckets: false}",
            ),
            ("lock-out", true) => (
                "this denies everybody, you too, to mend the policy: only AWS's support could",
                "deny what is meant (kms:ScheduleKeyDeletion, …), or add a condition",
            ),
            ("lock-out", false) => (
                "this denies everybody, you too, to mend the policy: only the account's root could",
                "deny what is meant (s3:PutObject, …), or add a condition",
            ),
            _ => return None,
        })
    }

    /// Who switches the block off wants the world to be let in.
    fn is_wanted(&self, whole: &Path, rule: &Rule) -> Option<String> {
        let public = matches!(rule.id, "public-access" | "public-by-definition");
        let of_bucket = whole.to_string().starts_with("bucket.");
        (public && of_bucket && !self.blocks_public_policies())
            .then(|| "public_access_block.block_public_policy is false".to_owned())
    }

    fn blocks_public_policies(&self) -> bool {
        let bucket = self.manifest.bucket.as_ref();
        bucket.is_none_or(|bucket| bucket.public_access_block.block_public_policy)
    }

    /// Refuses acceptances that accept nothing there is, or for no reason.
    pub fn check_acceptances(&mut self) {
        for (at, accept) in self.manifest.accept.iter().enumerate() {
            let path = Path::root().key("accept").index(at);
            match ALL.iter().find(|rule| rule.id == accept.id) {
                None => {
                    let known = ALL.iter().map(|rule| rule.id);
                    let message = format!("there is no rule {:?}", accept.id);
                    self.refuse(&path.key("id"), message, suggestion(&accept.id, known));
                }
                Some(rule) if rule.refused => {
                    let message = format!(
                        "{} cannot be accepted: AWS refuses it, or it never works",
                        rule.id
                    );
                    let fix = "mend what is found; no reason makes it work";
                    self.refuse(&path.key("id"), message, fix);
                }
                Some(_) => {}
            }
            if accept.reason.trim().is_empty() {
                let fix = "say why it is meant to be so, for whoever reads it next";
                self.refuse(&path.key("reason"), "the reason is empty", fix);
            }
        }
    }

    /// Notes the acceptances of what was not found.
    pub fn note_stale_acceptances(&mut self) {
        for (at, accept) in self.manifest.accept.iter().enumerate() {
            if self.acceptances.used.contains(&at) {
                continue;
            }
            let path = Path::root().key("accept").index(at);
            let place = accept
                .at
                .as_ref()
                .map_or_else(String::new, |at| format!(" at {at}"));
            let problem = Problem::new(format!("{} is accepted and not found{place}", accept.id))
                .path(&path)
                .fix("leave it out, or mend what it names")
                .of(Level::Warning, STALE.id);
            let found = Found {
                rule: &STALE,
                address: String::new(),
                problem,
                accepted: None,
            };
            self.findings.push((path, found));
        }
    }
}

/// Rules that a manifest has checks of its own for, which know more: inline policies share one
/// quota, and a key's administrators are a field.
const OTHERWISE: [&str; 2] = ["quota", "key-lock-out"];

impl Context<'_> {
    /// The address of the resource whose policy stands at `whole`; empty where that is not known.
    fn address_of(&self, whole: &Path) -> String {
        let text = whole.to_string();
        if let Some(bucket) = self
            .manifest
            .bucket
            .as_ref()
            .filter(|_| text.starts_with("bucket."))
        {
            return Address::new("bucket_policy", &bucket.name).to_string();
        }
        if let Some(rest) = text.strip_prefix("google.") {
            return self.address_at_google(rest);
        }
        for (list, kind) in [
            ("roles.", "role"),
            ("users.", "user"),
            ("groups.", "group"),
            ("policies.", "policy"),
            ("kms_keys.", "kms_key"),
        ] {
            if text.starts_with(list)
                && let Some(crate::yaml::Segment::Key(name)) = whole.segments().get(1)
            {
                return Address::new(kind, name).to_string();
            }
        }
        String::new()
    }

    /// The same, of what stands below `google`.
    fn address_at_google(&self, rest: &str) -> String {
        let parts: Vec<&str> = rest.split('.').collect();
        let bucket = self.manifest.google.as_ref();
        let bucket = bucket.and_then(|google| google.bucket.as_ref());
        let bucket = bucket.map_or("", |bucket| &bucket.name);
        let address = match parts[..] {
            ["bucket", ..] => Address::new("google_bucket", bucket),
            ["grants", ..] => Address::new("bindings", &format!("bucket/{bucket}")),
            ["service_accounts", name, "key"] => Address::new("service_account_key", name),
            ["service_accounts", name, ..] => Address::new("service_account", name),
            ["workload_identity_pools", pool, "providers", id] => {
                Address::new("workload_identity_provider", &format!("{pool}/{id}"))
            }
            ["roles", ..] => Address::new("google_role", rest.trim_start_matches("roles.")),
            _ => return String::new(),
        };
        address.to_string()
    }
}

#[cfg(test)]
mod tests;
