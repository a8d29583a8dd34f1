//! Conditions of a trust that no request can pass: the role looks safe and does not work.

use super::guards::{self, Guard};
use crate::policy::Statement;
use crate::policy::fault::shortened;
use crate::policy::lint::{Report, rules};
use std::collections::BTreeMap;

impl Report<'_> {
    /// Tests of keys that no token of `issuer` brings. Whether there were any.
    pub(super) fn foreign_keys(&mut self, statement: &Statement, issuer: &str) -> bool {
        let before = self.findings.len();
        for test in guards::all(statement) {
            if !test.keeps_out() || test.values.is_empty() {
                continue;
            }
            let place = self.place_of(&test);
            let Some(other) = provider_of(test.key) else {
                continue;
            };
            if other == issuer && !test.key.starts_with("https:") {
                continue;
            }
            let claim = test.key.rsplit(':').next().unwrap_or_default();
            let message = format!(
                "no token of {issuer} brings {}, so nobody can assume the role",
                shortened(test.key)
            );
            let fix = format!("write {issuer}:{claim}");
            self.add_at(&rules::DEAD_CONDITION, place, message, fix);
        }
        self.findings.len() > before
    }

    /// Services come with no token. (A role may: what a token brought stays with its session, and
    /// goes with it to the next role.)
    pub(super) fn keys_of_services(&mut self, statement: &Statement) {
        let principal = statement.principal.as_ref();
        if !principal.is_some_and(|principal| principal.0.keys().all(|kind| kind == "Service")) {
            return;
        }
        for test in guards::all(statement).filter(Guard::keeps_out) {
            if let Some(issuer) = provider_of(test.key) {
                let message = format!("no service brings a token of {issuer}");
                let fix = "name the provider as the principal, or leave the condition out";
                self.add_at(&rules::DEAD_CONDITION, self.place_of(&test), message, fix);
            }
        }
    }

    /// "… a minimum of 2 characters": no caller can give an empty external id.
    pub(super) fn empty_external_id(&mut self, statement: &Statement) {
        let tests = guards::of(statement, "sts:ExternalId");
        for test in tests.iter().filter(|test| test.keeps_out()) {
            if test.values.iter().any(|value| !value.is_empty()) || test.values.is_empty() {
                continue;
            }
            let message = "no caller has an empty external id, so nobody can assume the role";
            let fix = "write the id that the other side gives";
            self.add_at(&rules::DEAD_CONDITION, self.place_of(test), message, fix);
        }
    }

    /// Tests of one key that exclude each other.
    pub(super) fn excluding_tests(&mut self, statement: &Statement) {
        let mut tests: BTreeMap<&str, Vec<Guard>> = BTreeMap::new();
        for test in guards::all(statement) {
            tests.entry(test.key).or_default().push(test);
        }
        for (key, tests) in tests {
            let exact =
                |test: &&Guard| test.keeps_out() && test.is_of_text() && !test.has_wildcards();
            let absent = tests.iter().find(|test| test.wants_absence());
            if let (Some(absent), true) = (absent, tests.iter().any(Guard::keeps_out)) {
                let message = format!("{key} cannot be missing and have a value");
                let place = self.place_of(absent);
                self.add_at(&rules::DEAD_CONDITION, place, message, "leave Null out");
                continue;
            }
            let Some(values) = tests.iter().find(exact) else {
                continue;
            };
            let others = || {
                tests
                    .iter()
                    .filter(|test| test.name != values.name && !test.is_of_presence())
            };
            let passes = |value: &&String| others().all(|test| test.passes(value) != Some(false));
            let variable = values.values.iter().any(|value| value.contains("${"));
            if variable
                || values.values.is_empty()
                || values.values.iter().any(|value| passes(&value))
            {
                continue;
            }
            let other = others().find(|test| {
                values
                    .values
                    .iter()
                    .any(|value| test.passes(value) == Some(false))
            });
            let message = format!(
                "no value of {} passes {} as well, so nobody can assume the role",
                values.name,
                other.map_or("the others", |test| test.name)
            );
            let place = self.place_of(other.unwrap_or(values));
            self.add_at(
                &rules::DEAD_CONDITION,
                place,
                message,
                format!("keep {} alone", values.name),
            );
        }
    }
}

/// The provider whose tokens bring a key: what is before the last colon, where it is a host.
fn provider_of(key: &str) -> Option<&str> {
    let (provider, _) = key.rsplit_once(':')?;
    let provider = provider.strip_prefix("https://").unwrap_or(provider);
    // The claim of CircleCI's projects is an address, too.
    let provider = provider
        .split_once(':')
        .map_or(provider, |(provider, _)| provider);
    let host = provider.split('/').next().unwrap_or_default();
    (host.contains('.') && !host.contains(' ')).then_some(provider)
}
