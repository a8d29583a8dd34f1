//! Whether a trust in a provider of identities lets strangers in, or nobody.

mod audience;
mod foreign;
mod github;
mod guards;
mod issuers;
mod strangers;
mod subjects;
#[cfg(test)]
mod tests;

pub use issuers::{is_github, tenancy_key};

use super::{Kind, Report, Severity, rules};
use crate::policy::fault::{member, shortened};
use crate::policy::pattern::{is_pattern, matches};
use crate::policy::{Effect, Statement};
use guards::Guard;
use subjects::{Pinned, Verdict};

/// How a workload that a provider vouches for takes a role.
const ACTION: &str = "sts:AssumeRoleWithWebIdentity";

impl Report<'_> {
    /// The rules of trusts, for what the statement grants.
    pub(super) fn oidc(&mut self) {
        if *self.kind != Kind::Trust || self.statement.effect != Effect::Allow {
            return;
        }
        let statement = self.statement.clone();
        self.strangers(&statement);
        let mut actions = statement.action.iter();
        let takes = actions.any(|action| matches(&action.to_lowercase(), &ACTION.to_lowercase()));
        let issuers = issuers_of(&statement);
        self.keys_of_services(&statement);
        self.empty_external_id(&statement);
        if !takes && statement.not_action.is_empty() {
            return;
        }
        for (arn, issuer) in &issuers {
            self.is_our_own(arn);
            if !self.foreign_keys(&statement, issuer) {
                self.issuer(&statement, issuer);
            }
        }
        self.excluding_tests(&statement);
    }

    /// A role can trust the providers of its own account only.
    fn is_our_own(&mut self, arn: &str) {
        let of = arn.split(':').nth(4).unwrap_or_default();
        if let Some(account) = self.ground.account
            && arn.starts_with("arn:")
            && of != account
        {
            self.add_at(
                &rules::FOREIGN_PROVIDER,
                format!("{}.Principal.Federated", self.path),
                format!("{} is a provider of another account", shortened(arn)),
                "a role can trust the providers of its own account only",
            );
        }
    }

    /// What is to be said of a trust in one issuer.
    fn issuer(&mut self, statement: &Statement, issuer: &str) {
        let subject = format!("{issuer}:sub");
        let github = issuers::is_github(issuer);
        let needed = issuers::tenancy_key(issuer).or_else(|| github.then(|| subject.clone()));
        if let Some(key) = needed
            && !self.is_tested(statement, issuer, &key)
        {
            return;
        }
        let tests = guards::of(statement, &subject);
        let strict: Vec<&Guard> = tests.iter().filter(|test| test.keeps_out()).collect();
        let before = self.findings.len();
        self.subject(statement, issuer, &strict);
        let open = self.findings[before..].iter();
        // Of a subject that is wrong by itself nothing else is worth saying first.
        if !open.clone().any(|found| found.severity == Severity::Error) {
            self.audience(statement, issuer, !strict.is_empty());
        }
        self.claims(statement, issuer);
    }

    /// Whether the key that tells whose workload it is, is tested so that it keeps strangers out.
    fn is_tested(&mut self, statement: &Statement, issuer: &str, key: &str) -> bool {
        let tests = guards::of(statement, key);
        let audience = key.ends_with(":aud");
        let closed = |test: &&Guard| test.values.iter().any(|value| !is_open(value));
        if tests
            .iter()
            .filter(|test| test.keeps_out())
            .any(|test| !audience || closed(&test))
        {
            return true;
        }
        let fix = format!("add StringEquals on {key}, with the value exactly as the token has it");
        if let Some(test) = tests
            .iter()
            .find(|test| test.is_vacuous() && !test.is_negated())
        {
            let message = format!(
                "{} holds when {key} is missing, so every workload of {issuer} could assume this \
                 role",
                test.name
            );
            let fix = format!(
                "write {} (IfExists and ForAllValues do not count: they hold when it is missing)",
                test.plain()
            );
            self.add_at(&rules::VACUOUS_GUARD, self.place_of(test), message, fix);
        } else if let Some(test) = tests.iter().find(|test| test.is_negated()) {
            let message = format!(
                "{} only says which may not, so every workload of {issuer} could assume this role, \
                 but for those",
                test.name
            );
            self.add_at(&rules::NEGATED_GUARD, self.place_of(test), message, fix);
        } else if let Some(test) = tests.iter().find(|test| test.keeps_out()) {
            let message = format!("any value of {key} is every workload of {issuer}");
            self.add_at(&rules::OPEN_ISSUER, self.place_of(test), message, fix);
        } else {
            let rule = match issuers::tenancy_key(issuer) {
                Some(_) => &rules::SHARED_ISSUER,
                None => &rules::OPEN_ISSUER,
            };
            let message = format!(
                "without a test of {key} every workload of {issuer} could assume this role"
            );
            let path = self.path.clone();
            self.add_at(rule, path, message, fix);
        }
        false
    }

    /// What the subjects let in: of several tests of them, the strictest counts.
    fn subject(&mut self, statement: &Statement, issuer: &str, tests: &[&Guard]) {
        let pinned = pinned(statement, issuer);
        let mut best: Option<Vec<(String, String, Verdict)>> = None;
        for test in tests {
            let place = self.place_of(test);
            let mut found = Vec::new();
            for value in test.values {
                for verdict in subjects::judge(issuer, value, test.has_wildcards(), pinned) {
                    found.push((place.clone(), value.clone(), verdict));
                }
            }
            // Both forms of one repository's subjects, for the time of a migration.
            let ids = |value: &String| value.contains('@');
            if test.values.iter().any(ids) {
                found.retain(|(_, value, verdict)| {
                    ids(value) || *verdict.rule != rules::NAME_ONLY_SUBJECT
                });
            }
            let worst = |found: &[(String, String, Verdict)]| {
                found
                    .iter()
                    .map(|(_, _, verdict)| verdict.rule.severity)
                    .min()
            };
            let rank = |found: &[(String, String, Verdict)]| {
                worst(found).map_or(0, |severity| 3 - severity as usize)
            };
            if best.as_ref().is_none_or(|best| rank(&found) < rank(best)) {
                best = Some(found);
            }
        }
        for (place, value, verdict) in best.unwrap_or_default() {
            let message = format!("{} {}", subjects::shown(&value), verdict.message);
            self.add_at(verdict.rule, place, message, verdict.fix);
        }
    }

    /// Claims that AWS makes no key of: a test of one never holds, or always.
    fn claims(&mut self, statement: &Statement, issuer: &str) {
        let head = format!("{issuer}:");
        for test in guards::all(statement) {
            let Some(claim) = test.key.strip_prefix(&head) else {
                continue;
            };
            if issuers::has_claim(issuer, claim) || test.is_of_presence() {
                continue;
            }
            let what = match test.keeps_out() {
                true => "nobody can assume the role",
                false => "the test always holds",
            };
            let message = format!("AWS makes no condition key of the claim {claim:?}, so {what}");
            let fix = match issuers::is_github(issuer) {
                true => "test sub, repository_id or another claim that AWS has a key of",
                false => "test sub: it can hold what the claim says",
            };
            self.add_at(&rules::UNKNOWN_CLAIM, self.place_of(&test), message, fix);
        }
    }

    /// Where a test stands.
    fn place_of(&self, test: &Guard) -> String {
        let condition = member(&member(&self.path, "Condition"), test.name);
        member(&condition, test.key)
    }
}

/// Each provider of OpenID Connect that a statement lets in: as it is named, and its issuer.
fn issuers_of(statement: &Statement) -> Vec<(String, String)> {
    let principal = statement.principal.as_ref();
    let federated = principal.and_then(|principal| principal.0.get("Federated"));
    let named = federated.into_iter().flatten().filter_map(|arn| {
        let issuer = match arn.split_once(":oidc-provider/") {
            Some((_, issuer)) => issuer,
            None if arn.starts_with("arn:") => return None,
            None => arn,
        };
        let (host, path) = issuer.split_at(issuer.find('/').unwrap_or(issuer.len()));
        let path = path.trim_end_matches('/');
        (host.contains('.') && !host.contains([':', '*', '?']))
            .then(|| (arn.clone(), format!("{}{path}", host.to_ascii_lowercase())))
    });
    named.collect()
}

/// What other claims of GitHub's tokens pin down.
fn pinned(statement: &Statement, issuer: &str) -> Pinned {
    let mut pinned = Pinned::default();
    if !issuers::is_github(issuer) {
        return pinned;
    }
    let exact = |claim: &str| {
        let tests = guards::of(statement, &format!("{issuer}:{claim}"));
        tests.iter().any(|test| {
            test.keeps_out()
                && !test.values.is_empty()
                && test.values.iter().all(|value| {
                    !(value.contains("${") || test.has_wildcards() && is_pattern(value))
                })
        })
    };
    pinned.repository = exact("repository") || exact("repository_id");
    pinned.owner = pinned.repository
        || ["repository_owner_id", "enterprise_id", "actor_id"]
            .into_iter()
            .any(exact);
    pinned.branch = exact("ref") || exact("environment");
    pinned
}

/// Whether a test keeps out whoever does not have one of a few values.
fn is_narrow(test: &Guard) -> bool {
    let mut values = test.values.iter();
    test.keeps_out() && values.all(|value| !is_open(value) && !value.contains("${"))
}

fn is_open(value: &str) -> bool {
    value.chars().all(|letter| matches!(letter, '*' | '?'))
}
