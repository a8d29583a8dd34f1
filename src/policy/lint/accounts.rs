//! Principals of other accounts: those nobody knows, and those that need an external id.
//!
//! Source: "The confused deputy problem" and the vendors' own pages, which say which account is
//! theirs.

use super::view::{Test, account_of, aws_principals, is_about, tests};
use super::{Kind, Report, rules};
use crate::policy::pattern;
use std::collections::BTreeSet;

/// Accounts in which a vendor acts for all of its customers, so that only the external id tells
/// one customer's role from another's.
const VENDORS: &[(&str, &str)] = &[
    ("094410056844", "Airbyte"),
    ("202493300829", "Amplitude"),
    ("358203115967", "Amplitude"),
    ("422074288268", "RudderStack"),
    ("464622532012", "Datadog"),
    ("485438090326", "Mixpanel"),
    ("595280932656", "Segment"),
    ("834469178297", "Fivetran"),
];

/// Services whose own pages give policies without a source.
const WITHOUT_SOURCE: &[&str] = &["logdelivery.elasticloadbalancing.amazonaws.com"];

/// Keys of a service that acts for somebody.
const SOURCES: &[&str] = &[
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
    "kms:ViaService",
];

impl Report<'_> {
    pub(super) fn accounts(&mut self) {
        if !self.allows() || *self.kind == Kind::Identity {
            return;
        }
        self.sources();
        let named: BTreeSet<String> = aws_principals(&self.statement)
            .filter_map(|value| account_of(value))
            .filter(|account| self.ground.account != Some(*account))
            .map(str::to_owned)
            .collect();
        for account in named {
            let vendor = VENDORS.iter().find(|(id, _)| *id == account);
            let vendor = vendor.map(|(_, name)| *name);
            let known = self.ground.known_accounts;
            let known = known.is_some_and(|known| known.contains(&account));
            self.external_id(&account, vendor, known);
            // Who has agreed on an external id knows whose account it is.
            if self.ground.account.is_some() && vendor.is_none() && !known && !self.has_exact_id() {
                let message = format!("account {account} is neither the owner's nor known");
                let fix = "remove the principal, if nobody knows it; tell whose account it is, \
                           if somebody does";
                let path = format!("{}.Principal.AWS", self.path);
                self.add_at(&rules::UNKNOWN_ACCOUNT, path, message, fix);
            }
        }
    }

    /// Whether a trust demands one external id or another, written out.
    fn has_exact_id(&self) -> bool {
        let exact = |test: &Test| {
            let wild = test.operator.base.ends_with("Like") && !test.is_fixed();
            let mut values = test.values.iter();
            test.key == "sts:ExternalId"
                && test.demands()
                && !wild
                && values.all(|value| !value.is_empty() && !value.contains("${"))
        };
        *self.kind == Kind::Trust && tests(&self.statement).iter().any(exact)
    }

    /// Without one, whoever is a customer of the same vendor can have it act on this role.
    fn external_id(&mut self, account: &str, vendor: Option<&str>, known: bool) {
        if *self.kind != Kind::Trust || !is_about(&self.statement, "sts:AssumeRole") {
            return;
        }
        let confines = |key: &str| {
            matches!(
                key,
                "sts:ExternalId" | "aws:PrincipalOrgID" | "aws:PrincipalOrgPaths"
            )
        };
        let has_one = tests(&self.statement).iter().any(|test| {
            let says = |value: &String| !value.chars().all(|letter| "*?".contains(letter));
            let wild = test.operator.base.ends_with("Like");
            confines(test.key) && test.demands() && (!wild || test.values.iter().all(says))
        });
        if has_one {
            return;
        }
        let fix = "add \"Condition\": {\"StringEquals\": {\"sts:ExternalId\": \"the id the other \
                   side gives\"}}";
        let path = format!("{}.Principal.AWS", self.path);
        match vendor {
            Some(vendor) => {
                let message = format!(
                    "{vendor} ({account}) acts for all of its customers, and no external id says \
                     for which one here"
                );
                self.add_at(&rules::VENDOR_EXTERNAL_ID, path, message, fix);
            }
            None if !known && self.ground.account.is_some() => {
                let message = format!("account {account} may take the role without an external id");
                self.add_at(&rules::EXTERNAL_ID, path, message, fix);
            }
            None => {}
        }
    }

    /// A service that acts for its callers in a resource's policy.
    fn sources(&mut self) {
        if *self.kind == Kind::Trust {
            return;
        }
        let principal = self.statement.principal.as_ref();
        let service = principal
            .and_then(|principal| principal.0.get("Service"))
            .and_then(|services| services.iter().find(|name| !pattern::is_pattern(name)));
        let service = service.filter(|name| !WITHOUT_SOURCE.contains(&name.as_str()));
        let Some(service) = service.cloned() else {
            return;
        };
        let tests = tests(&self.statement);
        let says = |value: &String| value.chars().any(|letter| !"*?".contains(letter));
        let sourced = |test: &Test| {
            SOURCES.contains(&test.key) && test.demands() && test.values.iter().all(says)
        };
        if tests.iter().any(sourced) {
            return;
        }
        let message = format!("{service} may act here for anyone who uses it");
        let fix = match self.ground.account {
            Some(account) => format!(
                "add \"Condition\": {{\"StringEquals\": {{\"aws:SourceAccount\": \"{account}\"}}}}"
            ),
            None => "add \"Condition\": {\"StringEquals\": {\"aws:SourceAccount\": \"the account \
                     for which it acts\"}}"
                .to_owned(),
        };
        let path = format!("{}.Principal.Service", self.path);
        self.add_at(&rules::CONFUSED_DEPUTY, path, message, fix);
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{BUCKET, linted, lints};
    use super::super::{Ground, Kind};
    use super::*;

    const OWN: &str = "111122223333";

    fn ids(ground: &Ground, principal: &str, condition: &str) -> Vec<&'static str> {
        let text = format!(
            r#"[{{"Effect":"Allow","Principal":{principal},"Action":"sts:AssumeRole","Condition":{{{condition}}}}}]"#
        );
        linted(ground, &text)
            .into_iter()
            .map(|(id, _)| id)
            .collect()
    }

    #[test]
    fn a_trusted_account_says_for_whom_it_acts() {
        const ID: &str = r#""StringEquals":{"sts:ExternalId":"x-1"}"#;
        const VENDOR: &str = r#"{"AWS":"arn:aws:iam::422074288268:root"}"#;
        const OTHER: &str = r#"{"AWS":"arn:aws:iam::444455556666:role/r"}"#;
        let known = BTreeSet::from(["444455556666".to_owned()]);
        let plain = Ground::new(Kind::Trust);
        let own = Ground {
            account: Some(OWN),
            ..plain
        };
        let friends = Ground {
            known_accounts: Some(&known),
            ..own
        };
        for (ground, principal, condition, expected) in [
            (&plain, VENDOR, "", &["vendor-external-id"][..]),
            (&plain, VENDOR, ID, &[]),
            (
                &plain,
                VENDOR,
                r#""StringLike":{"sts:ExternalId":"*"}"#,
                &["vendor-external-id"],
            ),
            (
                &plain,
                VENDOR,
                r#""StringNotEquals":{"sts:ExternalId":"x"}"#,
                &["vendor-external-id"],
            ),
            (&plain, OTHER, "", &[]),
            (&own, OTHER, "", &["external-id", "unknown-account"]),
            (&own, OTHER, ID, &[]),
            (
                &own,
                OTHER,
                r#""StringLike":{"sts:ExternalId":"x-*"}"#,
                &["unknown-account"],
            ),
            (&own, r#"{"AWS":"111122223333"}"#, "", &[]),
            (&own, VENDOR, ID, &[]),
            (&friends, OTHER, "", &[]),
        ] {
            assert_eq!(
                ids(ground, principal, condition),
                expected,
                "{principal} {condition}"
            );
        }
    }

    #[test]
    fn a_service_says_for_which_account_it_acts() {
        let to = |condition: &str| {
            format!(
                r#""Principal":{{"Service":"logging.s3.amazonaws.com"}},"Action":"s3:PutObject","Resource":"arn:aws:s3:::b/*","Condition":{{{condition}}}"#
            )
        };
        lints(&Ground::new(BUCKET), &to(""), "confused-deputy");
        let source = r#""StringEquals":{"aws:SourceAccount":"111122223333"}"#;
        lints(&Ground::new(BUCKET), &to(source), "");
        let any = r#""ArnLike":{"aws:SourceArn":"*"}"#;
        lints(&Ground::new(BUCKET), &to(any), "confused-deputy");
    }
}
