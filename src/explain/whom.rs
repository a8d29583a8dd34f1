//! Roles and principals as they are named on a command line.

use crate::cloud::Failure;
use crate::policy::evaluate::Caller;
use crate::resource::Scope;

/// A role by its name, or by its ARN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RoleName {
    /// Without its path.
    pub(super) name: String,
    /// Its ARN, if it was named by that.
    pub(super) arn: Option<String>,
    /// The account of that ARN.
    pub(super) account: Option<String>,
}

impl RoleName {
    /// `deploy`, `role/deploy`, `role.deploy`, or an ARN.
    ///
    /// # Errors
    /// It is no role.
    pub(super) fn parse(text: &str) -> Result<Self, Failure> {
        let fault = || {
            Failure::new(format!("{text:?} is no role"))
                .with_hint("give its name or its ARN, arn:aws:iam::111122223333:role/NAME")
        };
        if text.starts_with("arn:") {
            let Some(caller @ Caller::Role { .. }) = Caller::parse(text) else {
                return Err(fault());
            };
            if !text.contains(":role/") {
                return Err(fault());
            }
            let name = text.rsplit('/').next().filter(|name| !name.is_empty());
            return Ok(Self {
                name: name.ok_or_else(fault)?.to_owned(),
                arn: Some(text.to_owned()),
                account: caller.account().map(str::to_owned),
            });
        }
        let short = text.strip_prefix("role").unwrap_or_default();
        let name = short.strip_prefix(['/', '.']).unwrap_or(text);
        let name = name.rsplit('/').next().unwrap_or(name);
        if name.is_empty() || name.contains([':', ' ']) {
            return Err(fault());
        }
        Ok(Self {
            name: name.to_owned(),
            arn: None,
            account: None,
        })
    }
}

/// Somebody who does something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Whom {
    /// A user of the account.
    User(String),
    /// A role of the account, and its session if that was named.
    Role(String, String),
    /// Anybody else: of another account, a root, a service, anyone.
    Caller(Caller),
}

impl Whom {
    /// `user/NAME`, `role/NAME` (a dot does for the slash), `anyone`, or whatever
    /// [`Caller::parse`] knows.
    ///
    /// # Errors
    /// It is nobody.
    pub(super) fn parse(text: &str, scope: &Scope) -> Result<Self, Failure> {
        let name = |kind: &str| {
            let rest = text.strip_prefix(kind)?.strip_prefix(['/', '.'])?;
            let name = rest.rsplit('/').next()?;
            (!name.is_empty() && !name.contains(':')).then(|| name.to_owned())
        };
        if let Some(name) = name("user") {
            return Ok(Self::User(name));
        }
        if let Some(name) = name("role") {
            return Ok(Self::Role(name, String::new()));
        }
        if matches!(text, "anyone" | "anonymous") {
            return Ok(Self::Caller(Caller::Anonymous));
        }
        let last = |arn: &str| arn.rsplit('/').next().unwrap_or(arn).to_owned();
        let hint = |hint: &str| {
            Failure::new(format!("{text:?} is no principal that does something"))
                .with_hint(hint.to_owned())
        };
        let caller = Caller::parse(text).ok_or_else(|| {
            hint("give user/NAME, role/NAME, anyone, an ARN, an account's 12 digits or a service")
        })?;
        let ours = caller.account() == Some(scope.account.as_str());
        Ok(match caller {
            Caller::User { arn } if ours => Self::User(last(&arn)),
            Caller::Role { arn, session, .. } if ours => Self::Role(last(&arn), session),
            Caller::Federated { .. } => {
                return Err(hint(
                    "whoever comes from a provider takes a role first: ask with --role and the \
                     claims, then with --principal role/NAME",
                ));
            }
            Caller::FederatedUser { .. } => {
                return Err(hint(
                    "what a federated user may do rests on the policies of its session",
                ));
            }
            other => Self::Caller(other),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_has_a_name_or_an_arn() {
        let arn = "arn:aws:iam::123456789012:role/a/deploy";
        for (text, name, account) in [
            ("deploy", "deploy", None),
            ("role/deploy", "deploy", None),
            ("role.deploy", "deploy", None),
            ("role/ci/deploy", "deploy", None),
            ("roles", "roles", None),
            (arn, "deploy", Some("123456789012")),
        ] {
            let found = RoleName::parse(text).unwrap();
            let account = account.map(str::to_owned);
            assert_eq!(
                (found.name.as_str(), found.account),
                (name, account),
                "{text}"
            );
        }
        for text in [
            "",
            "role/",
            "arn:aws:iam::123456789012:user/x",
            "arn:aws:sts::123456789012:assumed-role/r/s",
            "arn:aws:iam::12:role/x",
            "a b",
        ] {
            assert!(RoleName::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn somebody_has_a_short_name_in_the_account_and_an_arn_elsewhere() {
        let scope = Scope {
            account: "123456789012".into(),
            partition: "aws".into(),
            region: "us-east-1".into(),
            project: None,
        };
        let user = || Whom::User("ann".into());
        let role = |session: &str| Whom::Role("r".into(), session.into());
        for (text, expected) in [
            ("user/ann", user()),
            ("user.ann", user()),
            ("arn:aws:iam::123456789012:user/team/ann", user()),
            ("role/r", role("")),
            ("arn:aws:iam::123456789012:role/p/r", role("")),
            ("arn:aws:sts::123456789012:assumed-role/r/s", role("s")),
            ("anyone", Whom::Caller(Caller::Anonymous)),
            ("*", Whom::Caller(Caller::Anonymous)),
        ] {
            assert_eq!(Whom::parse(text, &scope).unwrap(), expected, "{text}");
        }
        let elsewhere = Whom::parse("arn:aws:iam::999999999999:user/ann", &scope);
        assert!(matches!(elsewhere, Ok(Whom::Caller(Caller::User { .. }))));
        for text in [
            "ann",
            "user/",
            "arn:aws:iam::123456789012:oidc-provider/x",
            "arn:aws:sts::123456789012:federated-user/x",
            "arn:aws:iam::123456789012:group/g",
        ] {
            assert!(Whom::parse(text, &scope).is_err(), "{text}");
        }
    }
}
