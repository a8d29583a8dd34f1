//! Whether an action applies to some resource of its statement.

use super::{Kind, Report, rules};
use crate::policy::actions::{self, Action};
use crate::policy::pattern;
use std::collections::BTreeSet;

impl Report<'_> {
    /// Reports a name that stands for no action which some resource of the statement is for.
    pub(super) fn applies(&mut self, name: &str) {
        let resources = &self.statement.resource;
        let meant: Vec<&Action> = actions::matching(name).collect();
        let applies = |action: &&Action| {
            let mut resources = resources.iter();
            resources.any(|resource| action.applies_to(resource))
        };
        if !resources.is_empty() && !meant.is_empty() && !meant.iter().any(applies) {
            let (message, fix) = self.elsewhere(name, &meant);
            self.add(&rules::ACTION_RESOURCE, "Action", message, fix);
        }
    }

    /// What the actions behind a name apply to, when that is none of the statement's resources.
    fn elsewhere(&self, name: &str, meant: &[&Action]) -> (String, String) {
        let types: BTreeSet<_> = meant.iter().flat_map(|action| &action.resources).collect();
        if types.is_empty() {
            let message = format!("{name} is about the account as a whole, not about a resource");
            let fix = match self.kind {
                Kind::BucketPolicy { .. } => {
                    "move it to a policy of the identity, with Resource \"*\""
                }
                _ => "give it a statement of its own with Resource \"*\"",
            };
            return (message, fix.to_owned());
        }
        let has = |name: &str| types.iter().any(|resource| resource.name == name);
        let of_s3 = meant.iter().all(|action| action.service == "s3");
        if let Some(bucket) = self.bucket().filter(|_| of_s3) {
            if has("bucket") {
                return (
                    format!("{name} applies to a bucket ({bucket}), and no Resource here is one"),
                    format!("add {bucket} to Resource"),
                );
            }
            if has("object") {
                return (
                    format!("{name} applies to objects ({bucket}/*), and no Resource here is one"),
                    format!("add {bucket}/* to Resource"),
                );
            }
        }
        let names: Vec<_> = types.iter().map(|resource| resource.name).collect();
        let formats: BTreeSet<_> = types.iter().map(|resource| resource.arn).collect();
        let formats: Vec<_> = formats.into_iter().collect();
        // `${…}` would be a policy variable.
        let example = formats.join(" or ").replace("${", "<").replace('}', ">");
        (
            format!(
                "{name} applies to {}, and no Resource here can be one",
                names.join(", ")
            ),
            format!("add an ARN such as {example} to Resource"),
        )
    }

    /// The ARN of the bucket the statement is about.
    fn bucket(&self) -> Option<String> {
        if let Kind::BucketPolicy { bucket, partition } = self.kind {
            return Some(format!("arn:{partition}:s3:::{bucket}"));
        }
        let mut resources = self.statement.resource.iter();
        resources
            .find_map(|resource| bucket_of(resource))
            .map(str::to_owned)
    }
}

/// `arn:aws:s3:::b` of an ARN of that bucket or its objects.
fn bucket_of(resource: &str) -> Option<&str> {
    let (start, path) = resource.split_once(":::")?;
    let name = path.split('/').next()?;
    let is_bucket =
        start.starts_with("arn:") && start.ends_with(":s3") && !pattern::is_pattern(name);
    let length = start.len() + ":::".len() + name.len();
    (is_bucket && !name.is_empty()).then(|| &resource[..length])
}

#[cfg(test)]
mod tests {
    use super::super::testing::{only, table};
    use super::*;

    #[test]
    fn an_action_applies_to_some_resource_of_its_statement() {
        let on = |action: &str, resource: &str| {
            format!(r#""Action":"{action}","Resource":["{resource}"]"#)
        };
        table(
            &Kind::Identity,
            &[
                (
                    &on("s3:ListBucket", "arn:aws:s3:::b/*"),
                    "Action",
                    "add arn:aws:s3:::b to Resource",
                ),
                (
                    &on("s3:GetObject", "arn:aws-cn:s3:::b"),
                    "Action",
                    "add arn:aws-cn:s3:::b/* to",
                ),
                (
                    &on("s3:GetObject", "arn:aws:s3:::b\",\"arn:aws:s3:::b/*"),
                    "",
                    "",
                ),
                (&on("s3:Get*", "arn:aws:s3:::b"), "", ""),
                (
                    &on("s3:GetObject*", "arn:aws:s3:::b"),
                    "Action",
                    "applies to objects",
                ),
                (
                    &on("s3:*", "arn:aws:kms:eu-west-1:111122223333:key/k"),
                    "Action",
                    "s3:* applies to",
                ),
                (
                    &on("s3:ListAllMyBuckets", "arn:aws:s3:::b"),
                    "Action",
                    "the account as a whole",
                ),
                (&on("s3:ListAllMyBuckets", "arn:aws:s3:::*"), "", ""),
                (
                    &on("iam:PassRole", "arn:aws:iam::111122223333:user/u"),
                    "Action",
                    ":role/<",
                ),
                (
                    &on("sts:AssumeRole", "arn:aws:iam::111122223333:role/r"),
                    "",
                    "",
                ),
                (
                    &on("kms:Decrypt", "arn:aws:kms:eu-west-1:111122223333:alias/a"),
                    "Action",
                    ":key/",
                ),
                (
                    &on("s3:GetObject", "${aws:PrincipalTag/arn}"),
                    "Resource",
                    "no ARN",
                ),
                (
                    r#""Action":"s3:ListBucket","NotResource":"arn:aws:s3:::b/*""#,
                    "",
                    "",
                ),
            ],
        );
        let open = only(&Kind::Identity, &on("s3:ListBucket", "arn:aws:s3:::*/*"));
        assert!(
            open.is_some_and(|finding| finding.fix.contains("arn:<Partition>:s3:::<BucketName>"))
        );
    }
}
