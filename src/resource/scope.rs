//! Where resources live: the account, its partition and region; the project.

use serde::{Deserialize, Serialize};

/// Where resources live: what an ARN is made of beside the name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// The account's id: 12 digits on AWS. Empty where AWS has no part in it.
    pub account: String,
    /// `aws`, `aws-cn`, `aws-us-gov`, …
    pub partition: String,
    /// The region that a bucket is in unless the manifest says otherwise.
    pub region: String,
    /// The project of Google Cloud that resources are in unless the manifest says otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
}

impl Scope {
    /// Where it is, in words: `account 123456789012, us-east-1`, `project acme of Google Cloud`, or
    /// both. Texts in it come from outside.
    #[must_use]
    pub fn place(&self) -> String {
        let account = (!self.account.is_empty()).then(|| match self.region.is_empty() {
            true => format!("account {}", self.account),
            false => format!("account {}, {}", self.account, self.region),
        });
        let project = self.project.as_ref();
        let project = project.map(|project| format!("project {project} of Google Cloud"));
        let all: Vec<String> = account.into_iter().chain(project).collect();
        all.join(" and ")
    }

    /// The same without the region: `account 123456789012`.
    #[must_use]
    pub fn in_short(&self) -> String {
        let account = (!self.account.is_empty()).then(|| format!("account {}", self.account));
        let project = self
            .project
            .iter()
            .map(|project| format!("project {project}"));
        let all: Vec<String> = account.into_iter().chain(project).collect();
        all.join(" and ")
    }
}

/// What the names of a partition's servers end with
/// (<https://docs.aws.amazon.com/general/latest/gr/rande.html>).
#[must_use]
pub fn dns_suffix(partition: &str) -> &'static str {
    match partition {
        "aws-cn" => "amazonaws.com.cn",
        "aws-eusc" => "amazonaws.eu",
        _ => "amazonaws.com",
    }
}

/// The partition that a region is in
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>; the names of regions begin so).
#[must_use]
pub fn partition_of(region: &str) -> &'static str {
    const OTHERS: [(&str, &str); 8] = [
        ("cn-", "aws-cn"),
        ("us-gov-", "aws-us-gov"),
        ("eusc-", "aws-eusc"),
        ("us-iso-", "aws-iso"),
        ("us-isob-", "aws-iso-b"),
        ("eu-isoe-", "aws-iso-e"),
        ("us-isof-", "aws-iso-f"),
        ("eu-isof-", "aws-iso-f"),
    ];
    let other = OTHERS.iter().find(|(start, _)| region.starts_with(start));
    other.map_or("aws", |(_, partition)| partition)
}
