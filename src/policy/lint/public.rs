//! Whether a statement lets anyone in, by S3's own definition of "public".
//!
//! Source: "Blocking public access to your Amazon S3 storage", "The meaning of public".

use super::view::{Test, account_of, aws_principals, names_everyone, tests_of};
use super::{Finding, Ground, Kind, Report, finding, rules};
use crate::policy::fault::element;
use crate::policy::statement::Condition;
use crate::policy::{Effect, Statement, pattern};
use std::collections::BTreeSet;

/// Keys that make a statement not public when their values are fixed.
const CONFINING: &[&str] = &[
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalServiceName",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
    "aws:SourceOwner",
    "aws:SourceVpc",
    "aws:SourceVpcArn",
    "aws:SourceVpce",
    "aws:VpceAccount",
    "aws:VpceOrgID",
    "aws:VpceOrgPaths",
    "aws:userid",
    "elasticfilesystem:AccessedViaMountTarget",
    "kms:CallerAccount",
    "s3:DataAccessPointAccount",
    "s3:DataAccessPointArn",
    "s3:x-amz-server-side-encryption-aws-kms-key-id",
];

/// How open a statement for everyone is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Openness {
    /// A condition lets in only callers that it names.
    Closed,
    /// A condition keeps strangers out, by values that S3 does not take for fixed.
    ByDefinition,
    Open,
}

/// How open this statement is; none when it does not name everyone, or allows nothing.
pub(super) fn openness(statement: &Statement) -> Option<Openness> {
    let is_for_everyone = statement.effect == Effect::Allow && names_everyone(statement);
    is_for_everyone.then(|| under(&statement.condition))
}

/// How open a statement for everyone is under this condition.
fn under(condition: &Condition) -> Openness {
    let tests = tests_of(condition);
    let each = tests.iter().filter(|test| test.demands()).map(of_test);
    each.min().unwrap_or(Openness::Open)
}

/// Whether S3 takes a policy with this statement for public.
#[must_use]
pub fn is_public(statement: &Statement) -> bool {
    let everyone = statement.not_principal.is_some() || names_everyone(statement);
    statement.effect == Effect::Allow && everyone && is_public_under(&statement.condition)
}

/// Whether S3 takes a statement for everyone that is under this condition for public.
#[must_use]
pub fn is_public_under(condition: &Condition) -> bool {
    under(condition) != Openness::Closed
}

fn of_test(test: &Test) -> Openness {
    if test.key == "aws:SourceIp" {
        return match test.values.iter().all(|value| is_narrow(value)) {
            true => Openness::Closed,
            false => Openness::Open,
        };
    }
    if !CONFINING.contains(&test.key) || test.values.is_empty() {
        return Openness::Open;
    }
    // "This value can contain a wildcard for the access point name … as long as the account ID is
    // fixed."
    let of_access_point = test.key == "s3:DataAccessPointArn"
        && test.values.iter().all(|value| account_of(value).is_some());
    // An operator that knows no wildcard compares its letters, which no caller has.
    let literal = matches!(
        test.operator.base,
        "StringEquals" | "StringEqualsIgnoreCase"
    );
    if test.is_fixed() || of_access_point || literal && !has_variable(test) {
        return Openness::Closed;
    }
    match test.values.iter().all(|value| begins_fixed(value)) {
        true => Openness::ByDefinition,
        false => Openness::Open,
    }
}

fn has_variable(test: &Test) -> bool {
    test.values.iter().any(|value| value.contains("${"))
}

/// Whether a pattern names an account, an organisation or a unique id before its first wildcard.
fn begins_fixed(value: &str) -> bool {
    let fixed = &value[..value.find(['*', '?', '$']).unwrap_or(value.len())];
    account_of(value).is_some_and(|account| fixed.contains(account))
        || fixed.starts_with("o-") && fixed.contains('/')
        || fixed.len() > 16 && fixed.contains(':') && !fixed.starts_with("arn:")
        || fixed.starts_with("arn:aws:s3:::") && fixed.len() > "arn:aws:s3:::".len()
}

/// "Values broader than /8 for IPv4 and /32 for IPv6" are public.
fn is_narrow(range: &str) -> bool {
    let (address, length) = range.split_once('/').unwrap_or((range, "128"));
    let Ok(length) = length.parse::<u8>() else {
        return false;
    };
    match address.contains(':') {
        true => length >= 32,
        false => length >= 8,
    }
}

impl Report<'_> {
    pub(super) fn public(&mut self) {
        self.not_principal();
        if matches!(self.kind, Kind::Identity | Kind::Trust) {
            return;
        }
        let what = match self.kind {
            Kind::KeyPolicy => "key",
            Kind::Resource => "resource",
            _ => "bucket",
        };
        match openness(&self.statement) {
            Some(Openness::Open) => {
                let message = match self.statement.condition.is_empty() {
                    true => format!("the {what} is open to anyone on the internet"),
                    false => format!(
                        "the {what} is open to anyone: no condition names the callers, by \
                         values without wildcards"
                    ),
                };
                let fix = "name who is meant, such as {\"AWS\": \"111122223333\"}, or add \
                           \"Condition\": {\"StringEquals\": {\"aws:PrincipalOrgID\": \"o-…\"}}";
                self.add(&rules::PUBLIC_ACCESS, "Principal", message, fix);
            }
            Some(Openness::ByDefinition) if what == "bucket" => {
                let message = "S3 takes a condition with wildcards for public: Block Public \
                               Access refuses the policy or cuts it off";
                let fix = "add a condition without wildcards, such as \
                           {\"StringEquals\": {\"aws:PrincipalAccount\": \"111122223333\"}}";
                self.add(&rules::PUBLIC_BY_DEFINITION, "Principal", message, fix);
            }
            _ => {}
        }
    }

    fn not_principal(&mut self) {
        if self.statement.not_principal.is_none() || *self.kind == Kind::Trust {
            return;
        }
        if self.allows() {
            let message = "NotPrincipal with Allow lets in everyone else, anonymous callers \
                           among them";
            let fix = "write Principal with who is meant";
            self.add(&rules::ALLOW_NOT_PRINCIPAL, "NotPrincipal", message, fix);
        } else {
            let fix = "write \"Principal\": \"*\" and \"Condition\": {\"ArnNotEquals\": \
                       {\"aws:PrincipalArn\": [the ARNs that are spared]}}";
            if let Some(message) = unspared(&self.statement) {
                self.add(&rules::DENY_NOT_PRINCIPAL, "NotPrincipal", message, fix);
                return;
            }
            let message = "NotPrincipal with Deny shuts out whoever it does not name, and AWS \
                           advises against it";
            self.add(&rules::NOT_PRINCIPAL, "NotPrincipal", message, fix);
        }
    }
}

/// Whom NotPrincipal means to spare and denies all the same: "you must also specify the account ARN",
/// and a role is another principal than its sessions.
fn unspared(statement: &Statement) -> Option<String> {
    let named = statement.not_principal.as_ref()?.0.get("AWS")?;
    for value in named.iter().filter(|value| value.starts_with("arn:")) {
        let account = account_of(value)?;
        if !named.iter().any(|other| other == account) {
            return Some(format!(
                "NotPrincipal with Deny shuts out {value} with its account, which is not named"
            ));
        }
        let rest = value.rsplit(':').next().unwrap_or_default();
        let Some(role) = rest.strip_prefix("role/") else {
            continue;
        };
        let session = format!(":assumed-role/{}/", role.rsplit('/').next().unwrap_or(role));
        if !named.iter().any(|other| other.contains(&session)) {
            return Some(format!(
                "NotPrincipal with Deny shuts out the sessions of {value}, which have another ARN"
            ));
        }
    }
    None
}

/// "… including non-public delegation to specific accounts": what one public statement does to the
/// others under RestrictPublicBuckets, which new buckets have.
pub(super) fn cuts_accounts(
    statements: &[Statement],
    ground: &Ground,
    findings: &mut Vec<Finding>,
) {
    let restricts = ground.settings.block_public_access.restrict_public_buckets;
    if !matches!(ground.kind, Kind::BucketPolicy { .. }) || restricts == Some(false) {
        return;
    }
    let public = statements.iter().position(|statement| {
        matches!(
            openness(statement),
            Some(Openness::Open | Openness::ByDefinition)
        )
    });
    let Some(public) = public else {
        return;
    };
    let accounts: BTreeSet<_> = statements
        .iter()
        .filter(|statement| statement.effect == Effect::Allow)
        .flat_map(aws_principals)
        .filter(|value| !pattern::is_pattern(value))
        .filter_map(|value| account_of(value))
        .filter(|account| ground.account != Some(*account))
        .collect();
    // One account may be the bucket's own, if that is not known.
    let Some(account) = accounts.first() else {
        return;
    };
    if ground.account.is_none() && accounts.len() < 2 {
        return;
    }
    let named = match ground.account {
        Some(_) => format!("that of {account}"),
        None => "that of every other account it names".to_owned(),
    };
    let message = format!(
        "under RestrictPublicBuckets this public statement cuts all access from other accounts, \
         {named} among it"
    );
    let fix = "put what is public into a bucket of its own";
    let path = element("Statement", public);
    findings.push(finding(&rules::PUBLIC_CUTS_ACCOUNTS, &path, message, fix));
}

#[cfg(test)]
mod tests;
