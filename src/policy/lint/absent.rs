//! Conditions that hold when the key is absent, or always, though they look like guards.
//!
//! Source: "Set operators for multi-valued context keys", "IfExists condition operators".

use super::view::{Test, names_everyone, tests};
use super::{Report, rules};
use crate::policy::keys;

/// Keys with several values.
const SEVERAL: &[&str] = &[
    "aws:CalledVia",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalServiceNamesList",
    "aws:ResourceOrgPaths",
    "aws:SourceOrgPaths",
    "aws:TagKeys",
    "aws:VpceOrgPaths",
    "iam:TemplateArn",
    "kms:EncryptionContextKeys",
    "kms:GrantOperations",
    "kms:ResourceAliases",
    "s3:InventoryAccessibleOptionalFields",
    "s3:RequestObjectTagKeys",
    "sts:RequestContextProviders",
    "sts:TransitiveTagKeys",
];

/// Keys that say who calls or from where, which a request may lack.
const OF_CALLERS: &[&str] = &[
    "aws:MultiFactorAuthAge",
    "aws:MultiFactorAuthPresent",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceIdentity",
    "aws:SourceIp",
    "aws:SourceOrgID",
    "aws:SourceVpc",
    "aws:SourceVpce",
    "aws:VpcSourceIp",
    "sts:ExternalId",
];

impl Report<'_> {
    pub(super) fn absent(&mut self) {
        let statement = self.statement.clone();
        let tests = tests(&statement);
        for test in &tests {
            // The keys of providers of identities have rules of their own.
            if test
                .key
                .split(':')
                .next()
                .is_some_and(|host| host.contains('.'))
            {
                continue;
            }
            self.sets(test, &tests);
            self.if_exists(test);
            self.mfa(test);
            self.always(test);
        }
    }

    fn sets(&mut self, test: &Test, all: &[Test]) {
        let several = SEVERAL.contains(&test.key);
        let operator = test.operator;
        let plain = operator.to_string().replace("ForAllValues:", "");
        if operator.base == "Null" && operator.set.is_some() {
            let (message, fix) = (
                format!("Null knows no sets: {operator} is the same for every request"),
                "write Null",
            );
            self.add(&rules::ALWAYS_TRUE, &test.path, message, fix);
            return;
        }
        if several && operator.set.is_none() && operator.base != "Null" {
            let message = format!(
                "{} has several values, of which only sets can be tested",
                test.key
            );
            let fix = format!("write ForAnyValue:{operator} or ForAllValues:{operator}");
            self.add(&rules::MISSING_SET_OPERATOR, &test.path, message, fix);
        }
        if operator.set != Some("ForAllValues") || !self.allows() || test.is_negated() {
            return;
        }
        let present = |other: &Test| {
            let is_null = other.operator.base == "Null" && other.values.contains("false");
            other.key == test.key && (is_null || other.operator.set == Some("ForAnyValue"))
        };
        if all.iter().any(present) {
            return;
        }
        let attribute = test.key.starts_with("saml:") || test.key.contains('/');
        let single = !several && keys::is_known(test.key) && !attribute;
        if single || OF_CALLERS.contains(&test.key) {
            let message = format!("{operator} is true when the request has no {}", test.key);
            let fix = match single {
                true => format!("write {plain}"),
                false => format!("write ForAnyValue:{plain}"),
            };
            self.add(&rules::OPEN_GUARD, &test.path, message, fix);
        } else {
            let message = format!("{operator} is true when the request has no {}", test.key);
            let fix = format!(
                "if the key must be there, add \"Null\": {{\"{}\": \"false\"}}",
                test.key
            );
            self.add(&rules::OPEN_SET, &test.path, message, fix);
        }
    }

    fn if_exists(&mut self, test: &Test) {
        let guards = OF_CALLERS.contains(&test.key) && !test.is_negated();
        if !self.allows() || !test.operator.if_exists || !guards || test.operator.set.is_some() {
            return;
        }
        let message = format!(
            "{} is true when the request has no {}",
            test.operator, test.key
        );
        let fix = format!("write {}", test.operator.base);
        self.add(&rules::OPEN_GUARD, &test.path, message, fix);
    }

    /// "… this combination … does not deny … requests made using long-term credentials".
    fn mfa(&mut self, test: &Test) {
        let denies = !self.allows()
            && test.key == "aws:MultiFactorAuthPresent"
            && test.operator.base == "Bool"
            && !test.operator.if_exists
            && test.values.contains("false");
        if denies {
            let message = "requests with an access key have no aws:MultiFactorAuthPresent, and \
                           are not denied";
            self.add(
                &rules::MFA_ABSENT,
                &test.path,
                message,
                "write BoolIfExists",
            );
        }
        let prefers = self.allows()
            && test.key == "aws:MultiFactorAuthPresent"
            && test.operator.base == "Bool"
            && test.values.iter().all(|value| value == "false");
        if prefers {
            let message = "this allows only who has not proven himself by MFA";
            self.add(&rules::MFA_ABSENT, &test.path, message, "write \"true\"");
        }
    }

    fn always(&mut self, test: &Test) {
        let values = &test.values;
        let boolean = matches!(test.operator.base, "Bool" | "Null");
        if boolean && values.contains("true") && values.contains("false") {
            let message = "both true and false are let through";
            self.add(
                &rules::ALWAYS_TRUE,
                &test.path,
                message,
                "write one of the two",
            );
        }
        let everywhere = ["0.0.0.0/0", "::/0"].map(|range| values.contains(range));
        // Where everyone is let in, that is said of the principal.
        let everyone = names_everyone(&self.statement);
        let open = test.operator.base == "IpAddress" && everywhere.contains(&true);
        if open && self.allows() && !everyone {
            let message = "every address is in the range, so that the condition guards nothing";
            let fix = "write the addresses that are meant, such as 203.0.113.0/24";
            self.add(&rules::ALWAYS_TRUE, &test.path, message, fix);
        }
    }
}

#[cfg(test)]
mod tests;
