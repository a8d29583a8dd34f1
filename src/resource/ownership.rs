//! Whose a resource is, by the marks on it. s3setup keeps no state: the marks are all there is.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Tags, or whatever the provider calls its key-value marks.
pub type Tags = BTreeMap<String, String>;

/// The key whose value is [`MANAGER`] on everything that s3setup created or adopted.
const MANAGED_BY: &str = "managed-by";
/// The value of `managed-by` on what is ours.
const MANAGER: &str = "s3setup";
/// The key that names the manifest.
const MANIFEST: &str = "s3setup:manifest";

/// The key that keeps what carries it from being removed, whatever a manifest says.
const PROTECT: &str = "s3setup:protect";
/// Its value while it does.
const PROTECTED: &str = "true";
/// Its value once it does no longer: setting a tag takes no permission that removing one does not.
const UNPROTECTED: &str = "false";

/// Whose a live resource is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Owner {
    /// It carries our mark for this manifest.
    Us,
    /// It carries our mark for another manifest.
    Manifest(String),
    /// Another tool marks it as its own: the tool, and the mark that says so.
    Tool(String),
    /// Nothing says whose it is.
    Nobody,
    /// One for the whole account; nobody owns it.
    Shared,
}

/// The tags that say "made by s3setup for `manifest`".
#[must_use]
pub fn mark(manifest: &str) -> Tags {
    Tags::from([
        (MANAGED_BY.to_owned(), MANAGER.to_owned()),
        (MANIFEST.to_owned(), manifest.to_owned()),
    ])
}

/// Whether something carries every one of our tags. Nothing carries none: without marks there is
/// no telling whose it is.
#[must_use]
pub fn carries(have: &Tags, want: &Tags) -> bool {
    !want.is_empty() && want.iter().all(|(key, value)| have.get(key) == Some(value))
}

/// The manifest that these tags say something was made for.
#[must_use]
pub fn manifest_of(tags: &Tags) -> Option<&str> {
    let ours = tags.get(MANAGED_BY).is_some_and(|by| by == MANAGER);
    tags.get(MANIFEST).filter(|_| ours).map(String::as_str)
}

/// Whose a resource with these tags is, seen from `manifest`.
///
/// The marks of other tools: CloudFormation's and CDK's `aws:cloudformation:stack-name`
/// (<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-resource-tags.html>),
/// ACK's `services.k8s.aws/…`, Crossplane's `crossplane-…`, and the tags by which Terraform,
/// OpenTofu and Pulumi users mark theirs.
#[must_use]
pub fn owner(tags: &Tags, manifest: &str) -> Owner {
    if tags.get(MANAGED_BY).is_some_and(|by| by == MANAGER) {
        return match tags.get(MANIFEST) {
            Some(name) if name == manifest => Owner::Us,
            Some(name) => Owner::Manifest(name.clone()),
            None => Owner::Nobody,
        };
    }
    // From the end: of CloudFormation's tags the stack-name says most.
    for (key, value) in tags.iter().rev() {
        if let Some(tool) = tool(&key.to_lowercase(), &value.to_lowercase()) {
            return Owner::Tool(format!("{tool} (tag {key}={value})"));
        }
    }
    Owner::Nobody
}

fn tool(key: &str, value: &str) -> Option<&'static str> {
    const BY_KEY: [(&str, &str); 5] = [
        ("aws:cloudformation:", "CloudFormation"),
        ("services.k8s.aws/", "ACK"),
        ("crossplane-", "Crossplane"),
        ("pulumi:", "Pulumi"),
        ("alchemy::", "alchemy"),
    ];
    const BY_VALUE: [(&str, &str); 9] = [
        ("terraform", "Terraform"),
        ("opentofu", "OpenTofu"),
        ("tofu", "OpenTofu"),
        ("terragrunt", "Terragrunt"),
        ("cloudformation", "CloudFormation"),
        ("cdk", "AWS CDK"),
        ("pulumi", "Pulumi"),
        ("crossplane", "Crossplane"),
        ("ansible", "Ansible"),
    ];
    if let Some((_, tool)) = BY_KEY.iter().find(|(prefix, _)| key.starts_with(prefix)) {
        return Some(tool);
    }
    let bare: String = key.chars().filter(char::is_ascii_alphanumeric).collect();
    if matches!(
        bare.as_str(),
        "managedby" | "createdby" | "provisionedby" | "provisioner" | "iac"
    ) {
        return BY_VALUE
            .iter()
            .find(|(name, _)| value == *name)
            .map(|(_, tool)| *tool);
    }
    if matches!(bare.as_str(), "terraform" | "opentofu") && matches!(value, "true" | "yes" | "1") {
        return Some("Terraform");
    }
    None
}

/// The tag that says that a resource must not be removed. On the resource, and not in a manifest
/// alone: it outlives the manifest.
#[must_use]
pub fn protection() -> Tags {
    Tags::from([(PROTECT.to_owned(), PROTECTED.to_owned())])
}

/// Whether these tags say that a resource must not be removed.
#[must_use]
pub fn is_protected(tags: &Tags) -> bool {
    tags.iter()
        .any(|(key, value)| key.eq_ignore_ascii_case(PROTECT) && value == PROTECTED)
}

/// The tag that takes a protection away, where `have` has one that `want` does not have.
fn unprotection(have: &Tags, want: &Tags) -> Tags {
    let ends = |key: &&String| have[*key] == PROTECTED && key.eq_ignore_ascii_case(PROTECT);
    match is_protected(want) {
        true => Tags::new(),
        false => have
            .keys()
            .filter(ends)
            .map(|key| (key.clone(), UNPROTECTED.to_owned()))
            .collect(),
    }
}

/// How a provider compares the keys of tags
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html>).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Keys {
    /// Letter by letter: buckets, policies.
    Exact,
    /// Without case, and kept as first written: IAM's users and roles.
    IgnoringCase,
}

impl Keys {
    fn same(self, one: &str, other: &str) -> bool {
        match self {
            Self::Exact => one == other,
            Self::IgnoringCase => one.eq_ignore_ascii_case(other),
        }
    }
}

/// Of the observed tags, those whose keys the manifest writes, under the name that it writes; and a
/// protection, which is ours though the manifest does not write it any more.
pub(super) fn our_tags(observed: Tags, want: &Tags, keys: Keys) -> Tags {
    let ended = unprotection(&observed, want).into_keys();
    let ended: Tags = ended.map(|key| (key, PROTECTED.to_owned())).collect();
    want.keys()
        .filter_map(|key| {
            let exact = observed.get(key);
            let value = exact.or_else(|| {
                let like = observed.iter().find(|(other, _)| keys.same(other, key));
                like.map(|(_, value)| value)
            });
            value.map(|value| (key.clone(), value.clone()))
        })
        .chain(ended)
        .collect()
}

/// Sets each field to `None` that `want` has as `None`.
macro_rules! unmanaged {
    ($have:ident, $want:ident; $($field:ident),+ $(,)?) => {
        $(if $want.$field.is_none() { $have.$field = None; })+
    };
}
pub(super) use unmanaged;

/// Takes each field that is `None` from `have`.
macro_rules! keep_unmanaged {
    ($want:ident, $have:ident; $($field:ident),+ $(,)?) => {
        $(if $want.$field.is_none() { $want.$field.clone_from(&$have.$field); })+
    };
}
pub(super) use keep_unmanaged;

/// The part of `Kind` that is about ownership, for a kind with tags and these fields that may be left out:
/// what is not written is not managed, and stays.
macro_rules! owned_by_tags {
    ($keys:expr; $($field:ident),+ $(,)?) => {
        fn limited_to(mut self, want: &Self) -> Self {
            crate::resource::ownership::unmanaged!(self, want; $($field),+);
            self.tags = crate::resource::ownership::our_tags(self.tags, &want.tags, $keys);
            self
        }

        fn with_foreign(mut self, have: &Self) -> Self {
            crate::resource::ownership::keep_unmanaged!(self, have; $($field),+);
            self.tags =
                crate::resource::ownership::with_foreign_tags(self.tags, &have.tags, $keys);
            self
        }

        fn tags(&self) -> Option<&Tags> {
            Some(&self.tags)
        }
    };
}
pub(super) use owned_by_tags;

/// `ours` and what is foreign among those of `have`.
pub(super) fn with_foreign_tags(ours: Tags, have: &Tags, keys: Keys) -> Tags {
    let mut tags = have.clone();
    tags.retain(|key, _| !ours.keys().any(|our| keys.same(our, key)));
    tags.extend(unprotection(have, &ours));
    tags.extend(ours);
    tags
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_protection_is_ours_though_the_manifest_writes_it_no_more() {
        let foreign = Tags::from([("team".to_owned(), "data".to_owned())]);
        let live: Tags = foreign.clone().into_iter().chain(protection()).collect();
        assert!(is_protected(&live) && !is_protected(&foreign));
        let limited = |want: &Tags| our_tags(live.clone(), want, Keys::Exact);
        assert_eq!(limited(&Tags::new()), protection(), "a difference");
        assert_eq!(limited(&protection()), protection(), "and none");
        let written = with_foreign_tags(Tags::new(), &live, Keys::Exact);
        assert!(!is_protected(&written) && written["team"] == "data");
        assert_eq!(our_tags(written, &Tags::new(), Keys::Exact), Tags::new());
        assert_eq!(unprotection(&live, &protection()), Tags::new());
        assert_eq!(unprotection(&foreign, &Tags::new()), Tags::new());
    }

    #[test]
    fn marks_tell_whose_it_is() {
        let us = mark("neon");
        assert_eq!(owner(&us, "neon"), Owner::Us);
        assert_eq!(owner(&us, "other"), Owner::Manifest("neon".into()));
        assert_eq!(owner(&Tags::new(), "neon"), Owner::Nobody);
        let table = [
            ("aws:cloudformation:stack-name", "x", "CloudFormation"),
            ("services.k8s.aws/controller-version", "iam-1", "ACK"),
            ("crossplane-kind", "bucket.s3", "Crossplane"),
            ("ManagedBy", "Terraform", "Terraform"),
            ("managed-by", "OpenTofu", "OpenTofu"),
            ("managed_by", "pulumi", "Pulumi"),
            ("Terraform", "true", "Terraform"),
        ];
        for (key, value, tool) in table {
            let tags = Tags::from([(key.to_owned(), value.to_owned())]);
            match owner(&tags, "neon") {
                Owner::Tool(text) => assert!(text.starts_with(tool), "{text}"),
                other => panic!("{key}={value}: {other:?}"),
            }
        }
        let mut both = mark("neon");
        both.insert("Managed-By".into(), "Terraform".into());
        assert_eq!(
            owner(&both, "neon"),
            Owner::Us,
            "S3 tells the two keys apart"
        );
        let loud = Tags::from([
            ("Managed-By".into(), "S3Setup".into()),
            ("S3SETUP:MANIFEST".into(), "neon".into()),
        ]);
        assert_eq!(owner(&loud, "neon"), Owner::Nobody, "our mark is exact");
        for (key, value) in [
            ("team", "terraform"),
            ("managed-by", "alice"),
            ("terraform", "no"),
        ] {
            let tags = Tags::from([(key.to_owned(), value.to_owned())]);
            assert_eq!(owner(&tags, "neon"), Owner::Nobody, "{key}={value}");
        }
    }

    #[test]
    fn keys_are_compared_as_the_provider_does() {
        let tags = |key: &str| Tags::from([(key.to_owned(), "1".to_owned())]);
        assert_eq!(
            our_tags(tags("TEAM"), &tags("team"), Keys::Exact),
            Tags::new()
        );
        assert_eq!(
            our_tags(tags("TEAM"), &tags("team"), Keys::IgnoringCase),
            tags("team")
        );
        assert_eq!(
            with_foreign_tags(tags("team"), &tags("TEAM"), Keys::Exact).len(),
            2
        );
        assert_eq!(
            with_foreign_tags(tags("team"), &tags("TEAM"), Keys::IgnoringCase).len(),
            1
        );
    }
}
