//! What the audience adds to a trust, and what is left where nothing else is tested.

use super::guards::{self, Guard};
use super::{is_narrow, is_open, issuers};
use crate::policy::Statement;
use crate::policy::lint::{Report, rules};

impl Report<'_> {
    /// What the audience adds.
    pub(super) fn audience(&mut self, statement: &Statement, issuer: &str, has_subject: bool) {
        let key = format!("{issuer}:aud");
        let tests = guards::of(statement, &key);
        let mut strict = tests.iter().filter(|test| test.keeps_out());
        let test = strict.find(|test| !test.values.iter().all(|value| is_open(value)));
        if issuers::is_github(issuer) {
            let ours = |test: &Guard| {
                let mut names = ["sts.amazonaws.com", "sts.amazonaws.com.cn"].iter();
                names.any(|name| test.passes(name) != Some(false))
            };
            match test {
                None => self.add_at(
                    &rules::MISSING_AUDIENCE,
                    self.path.clone(),
                    "a trust in GitHub Actions tests the audience, too",
                    format!("add StringEquals on {key}: sts.amazonaws.com"),
                ),
                Some(test) if !ours(test) => self.add_at(
                    &rules::OTHER_AUDIENCE,
                    self.place_of(test),
                    "aws-actions/configure-aws-credentials asks for sts.amazonaws.com, unless its \
                     input audience says otherwise",
                    "write sts.amazonaws.com, or set the input in the workflow",
                ),
                Some(_) => {}
            }
            return;
        }
        if has_subject || issuers::tenancy_key(issuer).is_some() {
            return;
        }
        let others = guards::all(statement).any(|guard| {
            let of_issuer = guard
                .key
                .strip_prefix(issuer)
                .is_some_and(|rest| rest.starts_with(':'));
            of_issuer && guard.key != key && is_narrow(&guard)
        });
        if others {
            return;
        }
        match test.filter(|test| is_narrow(test)) {
            None => self.unrestricted(statement, issuer),
            Some(test) if issuers::is_cluster(issuer) => self.add_at(
                &rules::ANY_SERVICE_ACCOUNT,
                self.place_of(test),
                "every service account of the cluster has this audience, and so could assume this \
                 role",
                format!("add StringEquals on {issuer}:sub: system:serviceaccount:NAMESPACE:NAME"),
            ),
            Some(test) => self.add_at(
                &rules::AUDIENCE_ONLY,
                self.place_of(test),
                format!("everybody to whom {issuer} gives this audience could assume this role"),
                format!("add StringEquals on {issuer}:sub if it is one of them who is meant"),
            ),
        }
    }

    /// Nothing of the issuer's tokens is tested, or nothing that keeps anybody out.
    fn unrestricted(&mut self, statement: &Statement, issuer: &str) {
        let head = format!("{issuer}:");
        let mut tests = guards::all(statement).filter(|test| test.key.starts_with(&head));
        let fix = format!("test {issuer}:sub, or another claim that tells whose workload it is");
        let first = tests.next();
        let (rule, path, message) = match &first {
            Some(test) if test.is_negated() => (
                &rules::NEGATED_GUARD,
                self.place_of(test),
                format!(
                    "{} only says which workloads of {issuer} may not: every other one could \
                     assume this role",
                    test.name
                ),
            ),
            Some(test) if test.is_vacuous() => (
                &rules::VACUOUS_GUARD,
                self.place_of(test),
                format!(
                    "{} holds when {} is missing, so every workload of {issuer} could assume this \
                     role",
                    test.name, test.key
                ),
            ),
            _ => (
                &rules::OPEN_ISSUER,
                self.path.clone(),
                format!("whoever {issuer} vouches for could assume this role"),
            ),
        };
        self.add_at(rule, path, message, fix);
    }
}
