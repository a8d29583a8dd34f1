//! The policy documents of a manifest in the making, by who carries them: grants write into them
//! before the identities are compiled.

use super::context::Context;
use super::draft::Draft;
use super::references::Principal;
use crate::yaml::Path;
use std::collections::{BTreeMap, BTreeSet};

/// All documents of a manifest but the trusts, and the attachments that grants make.
#[derive(Default)]
pub(super) struct Documents {
    bucket: Draft,
    pub inline: BTreeMap<(&'static str, String), BTreeMap<String, Draft>>,
    pub managed: BTreeMap<String, Draft>,
    /// Managed policies that grants make, and where.
    pub made: BTreeMap<String, Path>,
    pub attached: BTreeMap<(&'static str, String), BTreeSet<String>>,
}

impl Documents {
    /// The bucket policy.
    #[expect(
        clippy::unnecessary_wraps,
        reason = "the same form as the other places of a grant"
    )]
    pub fn bucket_policy(&mut self) -> Option<&mut Draft> {
        Some(&mut self.bucket)
    }

    /// The inline policy `name` of a principal of this manifest.
    pub fn inline(&mut self, principal: &Principal, name: &str) -> Option<&mut Draft> {
        let key = key(principal)?;
        Some(
            self.inline
                .entry(key)
                .or_default()
                .entry(name.to_owned())
                .or_default(),
        )
    }

    /// The managed policy that is made for the grants of one principal.
    pub fn managed_of(
        &mut self,
        context: &Context,
        principal: &Principal,
        path: &Path,
    ) -> Option<&mut Draft> {
        // With the kind: a role and a user of one name are two principals.
        let (kind, name) = key(principal)?;
        let policy = format!("{}-{kind}-{name}", context.manifest.name);
        if !context.manifest.policies.contains_key(&policy) {
            self.made
                .entry(policy.clone())
                .or_insert_with(|| path.clone());
        }
        self.attached(context, principal, &policy)
    }

    /// The managed policy `name`, attached to the principal.
    pub fn attached(
        &mut self,
        context: &Context,
        principal: &Principal,
        name: &str,
    ) -> Option<&mut Draft> {
        let declared = context.manifest.policies.get(name);
        let path = declared
            .and_then(|policy| policy.path.as_deref())
            .unwrap_or("/");
        let arn = context.policy_arn(path, name);
        self.attached
            .entry(key(principal)?)
            .or_default()
            .insert(arn);
        Some(self.managed.entry(name.to_owned()).or_default())
    }

    /// The bucket policy's statements.
    pub fn into_bucket_policy(self) -> Draft {
        self.bucket
    }
}

fn key(principal: &Principal) -> Option<(&'static str, String)> {
    match principal {
        Principal::Role(name) => Some(("role", name.clone())),
        Principal::User(name) => Some(("user", name.clone())),
        Principal::Group(name) => Some(("group", name.clone())),
        Principal::Arn(_) | Principal::Account(_) => None,
    }
}
