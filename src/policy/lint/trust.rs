//! Whether a trust policy allows its principal the way in which that one takes a role.

use super::{Kind, Report, rules};
use crate::policy::Statement;

impl Report<'_> {
    /// An identity of a provider takes a role by other actions than an identity of AWS.
    pub(super) fn fits_the_principal(&mut self) {
        if *self.kind != Kind::Trust {
            return;
        }
        let Some(principal) = &self.statement.principal else {
            return;
        };
        let federated = principal.0.contains_key("Federated");
        let only_federated = federated && principal.0.len() == 1;
        let all = |kind: &str| {
            let mut named = principal.0.get("Federated").into_iter().flatten();
            only_federated && named.all(|arn| arn.contains(kind))
        };
        let (of_saml, of_tokens) = (all(":saml-provider/"), all(":oidc-provider/"));
        for action in self.statement.action.clone() {
            let (message, fix) = match action.as_str() {
                "sts:AssumeRole" if only_federated => (
                    "an identity of a provider does not take a role by sts:AssumeRole",
                    "write sts:AssumeRoleWithWebIdentity (OpenID Connect) or sts:AssumeRoleWithSAML",
                ),
                "sts:AssumeRoleWithWebIdentity" if of_saml => (
                    "an identity of a SAML provider has no token of OpenID Connect",
                    "write sts:AssumeRoleWithSAML",
                ),
                "sts:AssumeRoleWithSAML" if of_tokens => (
                    "an identity of a provider of OpenID Connect makes no SAML assertion",
                    "write sts:AssumeRoleWithWebIdentity",
                ),
                "sts:AssumeRoleWithWebIdentity" | "sts:AssumeRoleWithSAML"
                    if !federated && !principal_is_open(&self.statement) =>
                {
                    (
                        "only an identity of a provider, named below Federated, takes a role this way",
                        "name the provider below Federated, or write sts:AssumeRole",
                    )
                }
                _ => continue,
            };
            self.add(&rules::TRUST_ACTION, "Action", message, fix);
        }
    }
}

/// Whether everyone is named, identities of providers among them.
fn principal_is_open(statement: &Statement) -> bool {
    let mut principals = statement.principal.iter();
    principals.any(|principal| principal.0.values().any(|values| values.contains("*")))
}

#[cfg(test)]
mod tests {
    use super::super::testing::table;
    use super::*;

    #[test]
    fn a_trust_policy_is_about_assuming_the_role_in_the_way_its_principal_can() {
        const PROVIDER: &str = r#"{"Federated":"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}"#;
        const SAML: &str = r#"{"Federated":"arn:aws:iam::111122223333:saml-provider/Okta"}"#;
        const ACCOUNT: &str = r#"{"AWS":"111122223333"}"#;
        let trust = |who: &str, action: &str| format!(r#""Principal":{who},"Action":"{action}""#);
        table(
            &Kind::Trust,
            &[
                (&trust(ACCOUNT, "sts:AssumeRole"), "", ""),
                (&trust(ACCOUNT, "sts:*"), "", ""),
                (&trust(ACCOUNT, "sts:TagSession"), "", ""),
                (
                    &trust(ACCOUNT, "sts:GetCallerIdentity"),
                    "Action",
                    "not about assuming",
                ),
                (
                    &trust(ACCOUNT, "s3:GetObject"),
                    "Action",
                    "about actions of sts",
                ),
                (
                    &trust(ACCOUNT, "sts:AssumeRoleWithWebIdentity"),
                    "Action",
                    "below Federated",
                ),
                (&trust("\"*\"", "sts:AssumeRoleWithWebIdentity"), "", ""),
                (
                    &trust(
                        r#"{"AWS":"*","Service":"ec2.amazonaws.com"}"#,
                        "sts:AssumeRoleWithSAML",
                    ),
                    "",
                    "",
                ),
                (
                    &trust(PROVIDER, "sts:AssumeRole"),
                    "Action",
                    "sts:AssumeRoleWithWebIdentity",
                ),
                (&trust(PROVIDER, "sts:AssumeRoleWithWebIdentity"), "", ""),
                (&trust(PROVIDER, "sts:TagSession"), "", ""),
                (
                    &trust(PROVIDER, "sts:AssumeRoleWithSAML"),
                    "Action",
                    "write sts:AssumeRoleWithWebIdentity",
                ),
                (&trust(SAML, "sts:AssumeRoleWithSAML"), "", ""),
                (
                    &trust(SAML, "sts:AssumeRoleWithWebIdentity"),
                    "Action",
                    "write sts:AssumeRoleWithSAML",
                ),
            ],
        );
    }
}
