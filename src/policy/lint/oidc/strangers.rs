//! Trusts that let in every account.

use super::guards;
use crate::policy::Statement;
use crate::policy::canonical::is_account;
use crate::policy::lint::{Report, rules};

/// Keys whose value says whose request it is.
const WHOSE: [&str; 6] = [
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:SourceAccount",
    "aws:SourceArn",
];

impl Report<'_> {
    /// Whether the statement of a trust lets in everybody.
    pub(super) fn strangers(&mut self, statement: &Statement) {
        if statement.not_principal.is_some() {
            self.add(
                &rules::TRUST_ALL_BUT,
                "NotPrincipal",
                "Allow with NotPrincipal lets in everybody but those it names",
                "write Principal with those who may",
            );
        }
        let principal = statement.principal.as_ref();
        let names = principal.and_then(|principal| principal.0.get("AWS"));
        let guarded = WHOSE.iter().any(|key| {
            let tests = guards::of(statement, key);
            tests.iter().any(|test| {
                let mut values = test.values.iter();
                test.keeps_out() && values.all(|value| is_somebodys(key, value))
            })
        });
        let by_token = guards::all(statement).any(|test| {
            let provider = test
                .key
                .rsplit_once(":sub")
                .map_or("", |(provider, _)| provider);
            provider.contains('.') && test.keeps_out()
        });
        if names.is_some_and(|names| names.contains("*")) && !guarded && !by_token {
            self.add_at(
                &rules::TRUST_EVERYONE,
                format!("{}.Principal.AWS", self.path),
                "\"*\" lets every AWS account assume this role",
                "name an account or an ARN, or test aws:PrincipalOrgID",
            );
        }
    }
}

/// Whether a value of one of [`WHOSE`] is somebody's, and nobody else can have one that fits: the
/// account or the organisation is written out.
fn is_somebodys(key: &str, value: &str) -> bool {
    const OUR_OWN: [&str; 3] = [
        "${aws:ResourceAccount}",
        "${aws:ResourceOrgID}",
        "${aws:ResourceOrgPaths}",
    ];
    if value.contains("${") {
        return OUR_OWN.contains(&value);
    }
    let wild = |text: &str| text.is_empty() || text.contains(['*', '?']);
    match key {
        "aws:PrincipalAccount" | "aws:SourceAccount" => is_account(value),
        "aws:PrincipalArn" | "aws:SourceArn" => {
            let parts: Vec<&str> = value.splitn(6, ':').collect();
            matches!(parts[..], [_, _, service, _, account, rest]
                if is_account(account) || (service == "s3" && account.is_empty() && !wild(rest)))
        }
        "aws:PrincipalOrgPaths" => value.split('/').next().is_some_and(|first| !wild(first)),
        _ => !wild(value),
    }
}
