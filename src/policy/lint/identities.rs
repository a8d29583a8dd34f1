//! Whether a value below `AWS` can be a principal: an account, a user, a role or a session.
//!
//! Source: "AWS JSON policy elements: Principal" and "IAM identifiers: Unique identifiers".

use super::principals::{OF_SERVICES, Problem, is_canonical_user};
use crate::policy::canonical::{is_account, is_partition};
use crate::policy::fault::shortened;
use crate::policy::{has_unique_id, pattern};

/// What is wrong with a value below `AWS`.
pub(super) fn of_aws(value: &str) -> Option<Problem> {
    let shown = shortened(value);
    let problem = |message: String, fix: &str| Some((message, fix.to_owned()));
    let digits = value.replace(['-', ' '], "");
    if value == "*" || is_account(value) {
        None
    } else if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let length = digits.len();
        match length {
            12 => problem(
                format!("{shown:?} is no account id"),
                &format!("write {digits}"),
            ),
            _ => problem(
                format!("{shown:?} is no account id: it has {length} digits"),
                "write the 12 digits of the account, in quotes, with the zeros it begins with",
            ),
        }
    } else if let Some(what) = has_unique_id(value) {
        match what {
            "user" | "role" => problem(
                format!("{shown:?} is the id of a {what} that was deleted; AWS refuses it"),
                "remove it, or write the ARN of the one that took its place",
            ),
            _ => problem(
                format!("{shown:?} is the id of a {what}, which cannot be a principal"),
                "write the ARN of a user, a role or an account",
            ),
        }
    } else if value.starts_with("arn:") {
        of_arn(value)
    } else if pattern::is_pattern(value) {
        partial_wildcard(value)
    } else if is_canonical_user(value) {
        problem(
            format!("{shown:?} is a canonical user id"),
            "write it below CanonicalUser",
        )
    } else if OF_SERVICES.iter().any(|end| value.ends_with(end)) {
        problem(format!("{shown:?} is a service"), "write it below Service")
    } else {
        problem(
            format!("{shown:?} is no account, user or role"),
            "write an account's 12 digits, the ARN of a user or role, or \"*\"",
        )
    }
}

fn of_arn(value: &str) -> Option<Problem> {
    let shown = shortened(value);
    if pattern::is_pattern(value) {
        return partial_wildcard(value);
    }
    let malformed = |why: &str| {
        let fix =
            "write arn:aws:iam::111122223333:role/name, with the account and name that are meant";
        Some((
            format!("{shown:?} is no ARN of a principal: {why}"),
            fix.to_owned(),
        ))
    };
    let parts: Vec<_> = value.splitn(6, ':').collect();
    let [_, partition, service, region, account, rest] = parts.as_slice() else {
        return malformed("it has fewer than six parts");
    };
    if !is_partition(partition) {
        return malformed("there is no such partition");
    }
    if !matches!(*service, "iam" | "sts") {
        return malformed("it is not of IAM or STS");
    }
    if !region.is_empty() {
        return malformed("IAM and STS have no Region in their ARNs");
    }
    let (kind, name) = rest.split_once('/').unwrap_or((rest, ""));
    // An origin access identity of CloudFront is a user of no account.
    let of_cloudfront = *account == "cloudfront" && kind == "user";
    if !is_account(account) && !of_cloudfront {
        return malformed("an account id has 12 digits");
    }
    match (*service, kind, name) {
        ("iam", "root", "") if *rest == "root" => None,
        ("iam", "user" | "role", name) if !name.is_empty() && !name.ends_with('/') => None,
        ("sts", "federated-user", name) if !name.is_empty() => None,
        ("sts", "assumed-role", name) => match name.split_once('/') {
            Some((role, session)) if !role.is_empty() && !session.is_empty() => None,
            _ => malformed("an assumed role is named with its session"),
        },
        ("iam", "group", _) => Some((
            format!("{shown:?} is a group, which cannot be a principal"),
            "name its users, or a role that they may take".to_owned(),
        )),
        ("iam", "oidc-provider" | "saml-provider", _) => Some((
            format!("{shown:?} is a provider of identities"),
            "write it below Federated, in a trust policy".to_owned(),
        )),
        ("iam", "user" | "role", _) => malformed("it has no name"),
        _ => malformed("it is neither an account, a user, a role nor a session of one"),
    }
}

fn partial_wildcard(value: &str) -> Option<Problem> {
    Some((
        format!(
            "{:?} is no principal: a principal has no wildcard in it",
            shortened(value)
        ),
        "name each principal, or write \"*\" and a condition with ArnLike on aws:PrincipalArn"
            .into(),
    ))
}

#[cfg(test)]
mod tests {
    use super::super::Kind;
    use super::super::testing::table;

    #[test]
    fn an_aws_principal_is_an_account_a_user_a_role_or_a_session() {
        let aws =
            |value: &str| format!(r#""Principal":{{"AWS":"{value}"}},"Action":"sts:AssumeRole""#);
        let canonical = "0123456789abcdef".repeat(4);
        const AT: &str = "Principal.AWS";
        table(
            &Kind::Trust,
            &[
                (&aws("*"), "", ""),
                (&aws("111122223333"), "", ""),
                (&aws("arn:aws:iam::111122223333:root"), "", ""),
                (&aws("arn:aws-cn:iam::111122223333:user/path/u"), "", ""),
                (&aws("arn:aws:iam::111122223333:role/r"), "", ""),
                (&aws("arn:aws:sts::111122223333:assumed-role/r/s"), "", ""),
                (&aws("arn:aws:sts::111122223333:federated-user/f"), "", ""),
                (
                    &aws("arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"),
                    "",
                    "",
                ),
                (&aws("arn:aws:iam::111122223333:group/g"), AT, "is a group"),
                (
                    &aws("arn:aws:iam::111122223333:role/*"),
                    AT,
                    "aws:PrincipalArn",
                ),
                (&aws("arn:aws:iam::*:root"), AT, "no wildcard"),
                (&aws("1111*"), AT, "no wildcard"),
                (&aws("11112222333"), AT, "it has 11 digits"),
                (&aws("1111-2222-3333"), AT, "write 111122223333"),
                (&aws("arn:aws:iam::11112222333:root"), AT, "12 digits"),
                (&aws("arn:aws:iam:111122223333:root"), AT, "six parts"),
                (
                    &aws("arn:aws:iam:eu-west-1:111122223333:role/r"),
                    AT,
                    "no Region",
                ),
                (&aws("arn:aws:iam::111122223333:role/"), AT, "no name"),
                (&aws("arn:aws:iam::111122223333:role"), AT, "no name"),
                (&aws("arn:aws:iam::111122223333:root/"), AT, "neither"),
                (&aws("arn:aws:iam::111122223333:root/x"), AT, "neither"),
                (&aws("arn:aws:iam::111122223333:policy/p"), AT, "neither"),
                (
                    &aws("arn:aws:iam::111122223333:oidc-provider/h.example"),
                    AT,
                    "below Federated",
                ),
                (
                    &aws("arn:aws:sts::111122223333:assumed-role/r"),
                    AT,
                    "session",
                ),
                (&aws("arn:aws:s3:::b"), AT, "not of IAM or STS"),
                (&aws("arn:amazon:iam::111122223333:root"), AT, "partition"),
                (&aws("AROAEXAMPLEEXAMPLE123"), AT, "a role that was deleted"),
                (&aws("AIDAEXAMPLEEXAMPLE123"), AT, "a user that was deleted"),
                (&aws("AGPAEXAMPLEEXAMPLE123"), AT, "a group, which cannot"),
                (&aws(&canonical), AT, "below CanonicalUser"),
                (&aws("lambda.amazonaws.com"), AT, "below Service"),
                (&aws("deploy"), AT, "no account, user or role"),
                (&aws(""), AT, "no account, user or role"),
            ],
        );
    }
}
