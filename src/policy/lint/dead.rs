//! Condition keys that an action never has, so that what the statement says of it never happens.
//!
//! Source: the condition keys of each action in AWS's Service Authorization Reference.

use super::view::{Test, listed, tests};
use super::{Report, rules};
use crate::policy::actions::{self, Action};
use crate::policy::keys;

impl Report<'_> {
    pub(super) fn dead_keys(&mut self) {
        let statement = self.statement.clone();
        for test in tests(&statement) {
            let Some((service, _)) = test.key.split_once(':') else {
                continue;
            };
            // Of issuers AWS makes keys as it learns of them.
            if service.contains('.')
                || matches!(service, "https" | "saml")
                || keys::misspelt(test.key).is_some()
            {
                continue;
            }
            if let Some((message, fix)) = self.of_a_service(&test) {
                self.add(&rules::DEAD_KEY, &test.path, message, fix);
            } else if let Some((message, fix)) = undocumented(service, test.key) {
                self.add(&rules::UNDOCUMENTED_KEY, &test.path, message, fix);
            } else if service != "aws"
                && let Some((message, fix)) = self.dead_key(&test)
            {
                self.add(&rules::DEAD_KEY, &test.path, message, fix);
            }
        }
    }

    /// A service has an account and an organisation only as the source for which it acts.
    fn of_a_service(&self, test: &Test) -> Option<(String, String)> {
        let principal = self.statement.principal.as_ref()?;
        let only_services = principal.0.contains_key("Service") && principal.0.len() == 1;
        let instead = match test.key {
            "aws:PrincipalAccount" => "aws:SourceAccount",
            "aws:PrincipalArn" => "aws:SourceArn",
            "aws:PrincipalOrgID" => "aws:SourceOrgID",
            "aws:PrincipalOrgPaths" => "aws:SourceOrgPaths",
            _ => return None,
        };
        (only_services && test.demands()).then(|| {
            let message = format!(
                "the principal is a service, and a service has no {}",
                test.key
            );
            (
                message,
                format!("write {instead}, which is that for which the service acts"),
            )
        })
    }

    /// Which actions never have the key of a service that the test demands.
    fn dead_key(&self, test: &Test) -> Option<(String, String)> {
        let names: Vec<&String> = self.statement.action.iter().collect();
        let ours = |name: &&&String| {
            name.split_once(':')
                .is_some_and(|(prefix, _)| actions::knows_service(prefix))
        };
        // A test that is true without the key is no obstacle.
        if !test.demands() {
            return None;
        }
        let has = |action: &Action| {
            action
                .condition_keys
                .iter()
                .any(|known| is(known, test.key))
        };
        let dead: Vec<String> = names
            .iter()
            .filter(ours)
            .filter(|name| {
                let mut meant = actions::matching(name).peekable();
                meant.peek().is_some() && !meant.any(has)
            })
            .map(|name| (**name).clone())
            .collect();
        if dead.is_empty() {
            return None;
        }
        let never = match self.allows() {
            true => "never allowed here",
            false => "never denied here",
        };
        let are = match dead.len() {
            1 => "is",
            _ => "are",
        };
        let message = format!(
            "{} {are} {never}: such a request has no {}",
            listed(&dead),
            test.key
        );
        let fix = match dead.len() == names.len() {
            true => "remove the condition, or name actions that have the key".to_owned(),
            false => format!(
                "put {} into a statement without this condition",
                listed(&dead)
            ),
        };
        Some((message, fix))
    }
}

/// What is wrong with a key of a service whose keys are all known.
fn undocumented(service: &str, key: &str) -> Option<(String, String)> {
    if service == "aws" {
        return global(key);
    }
    if !actions::knows_service(service) || actions::condition_keys().any(|known| is(known, key)) {
        return None;
    }
    let message = format!("{service} has no condition key {key}");
    let fix = "look for the key that is meant in the Service Authorization Reference";
    Some((message, fix.to_owned()))
}

/// What is wrong with a global key.
fn global(key: &str) -> Option<(String, String)> {
    if keys::is_known(key) {
        // `aws:ResourceTag/` with nothing behind.
        return key.ends_with('/').then(|| {
            let message = format!("{key} names no tag");
            (message, format!("write the tag's key behind it: {key}TAG"))
        });
    }
    if key
        .split_once('/')
        .is_some_and(|(start, _)| keys::is_known(&format!("{start}/")))
    {
        return None;
    }
    let lower = key.to_ascii_lowercase();
    let fix = match lower.as_str() {
        "aws:arn" => "write aws:PrincipalArn".to_owned(),
        "aws:principaltag" | "aws:requesttag" | "aws:resourcetag" => {
            format!("write the tag's key behind it: {key}/TAG")
        }
        // AWS's own policies and pages of services have them.
        "aws:sourceowner" | "aws:principalorgmasteraccountid" => return None,
        _ => "write one that AWS has, such as aws:PrincipalArn".to_owned(),
    };
    Some((format!("there is no global condition key {key}"), fix))
}

/// Whether the table's key (`s3:BucketTag/${TagKey}`) is this one.
fn is(known: &str, key: &str) -> bool {
    match known.split_once("${") {
        Some((start, _)) => {
            let start = start.to_ascii_lowercase();
            key.to_ascii_lowercase().starts_with(&start)
        }
        None => known.eq_ignore_ascii_case(key),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::lints;
    use super::super::{Ground, Kind};

    #[test]
    fn an_action_has_the_keys_that_its_statement_tests() {
        for (action, operator, key, expected) in [
            (r#""s3:ListBucket""#, "StringLikeIfExists", "s3:prefix", ""),
            (r#""s3:GetObject""#, "StringLike", "s3:prefix", "dead-key"),
            (
                r#"["s3:GetObject","s3:ListBucketVersions"]"#,
                "StringLike",
                "s3:prefix",
                "dead-key",
            ),
            (r#""s3:GetObject""#, "StringLikeIfExists", "s3:prefix", ""),
            (r#""s3:GetObject""#, "StringNotLike", "s3:prefix", ""),
            (
                r#""s3:GetObject""#,
                "StringEquals",
                "s3:ExistingObjectTag/team",
                "",
            ),
            (
                r#""s3:PutObject""#,
                "StringEquals",
                "s3:ExistingObjectTag/team",
                "dead-key",
            ),
            (r#""s3:PutObject""#, "StringEquals", "s3:x-amz-acl", ""),
            (
                r#""s3:PutObject""#,
                "StringEquals",
                "s3:no-such-key",
                "undocumented-key",
            ),
            (
                r#""s3:PutObject""#,
                "StringEquals",
                "kms:ViaService",
                "dead-key",
            ),
            (
                r#""s3:PutObject""#,
                "StringEquals",
                "ec2:InstanceType",
                "dead-key",
            ),
            (
                r#""sqs:SendMessage""#,
                "StringEquals",
                "ec2:InstanceType",
                "",
            ),
            (
                r#""s3:PutObject""#,
                "StringEquals",
                "aws:ARN",
                "undocumented-key",
            ),
            (
                r#""s3:PutObject""#,
                "StringEquals",
                "aws:PrincipalTag/team",
                "",
            ),
            (
                r#""s3:PutObject""#,
                "StringEquals",
                "aws:PrincipalTag",
                "undocumented-key",
            ),
        ] {
            let statement = format!(
                r#""Action":{action},"Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"],"Condition":{{"{operator}":{{"{key}":"s3.eu-west-1.amazonaws.com"}}}}"#
            );
            lints(&Ground::new(Kind::Identity), &statement, expected);
        }
    }

    #[test]
    fn a_service_is_of_no_organisation() {
        let to = |principal: &str, key: &str| {
            format!(
                r#""Principal":{principal},"Action":"s3:PutObject","Resource":"arn:aws:s3:::b/*","Condition":{{"StringEquals":{{"{key}":"o-abcdefghij","aws:SourceAccount":"111122223333"}}}}"#
            )
        };
        const SERVICE: &str = r#"{"Service":"logging.s3.amazonaws.com"}"#;
        let ground = Ground::new(super::super::testing::BUCKET);
        lints(&ground, &to(SERVICE, "aws:PrincipalOrgID"), "dead-key");
        lints(&ground, &to(SERVICE, "aws:SourceOrgID"), "");
        lints(&ground, &to("\"*\"", "aws:PrincipalOrgID"), "");
    }
}
