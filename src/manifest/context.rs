//! What the steps of compiling share: where everything lives, what is declared, what is wrong.

use super::findings::{Acceptances, Found};
use super::model::Manifest;
use crate::policy::lint::{Ground, Kind, Settings};
use crate::resource::{Fault, MOST_TAGS, Scope, Tags, mark, protection};
use crate::yaml::{Path, Problem};
use std::collections::{BTreeMap, BTreeSet};

/// The state of one compilation.
pub(super) struct Context<'a> {
    /// Account, partition, and the region of the bucket.
    pub scope: &'a Scope,
    /// As written, inputs filled in.
    pub manifest: &'a Manifest,
    /// The paths of what was wrong, and was left out of the manifest: what is missing may be no
    /// mistake.
    left_out: Vec<String>,
    /// What is wrong so far. Places are found afterwards, by the paths.
    pub problems: Vec<(Path, Problem)>,
    /// What is found in the policies, and is no obstacle.
    pub findings: Vec<(Path, Found)>,
    /// What of it is meant to be so.
    pub acceptances: Acceptances,
    /// The ids of the accounts that the manifest names as meant: in a trust, in a grant, or as
    /// known.
    pub known_accounts: BTreeSet<String>,
}

impl<'a> Context<'a> {
    pub fn new(scope: &'a Scope, manifest: &'a Manifest, left_out: Vec<String>) -> Self {
        Self {
            scope,
            manifest,
            left_out,
            problems: Vec::new(),
            findings: Vec::new(),
            acceptances: Acceptances::default(),
            known_accounts: manifest.known_accounts.keys().cloned().collect(),
        }
    }

    /// Notes a problem at `path`.
    pub fn refuse(&mut self, path: &Path, message: impl Into<String>, fix: impl Into<String>) {
        let problem = Problem::new(message).path(path).fix(fix);
        self.problems.push((path.clone(), problem));
    }

    /// Notes that something is missing, unless it may only have been left out.
    pub fn lacks(&mut self, path: &Path, message: impl Into<String>, fix: impl Into<String>) {
        if self.left_out.is_empty() {
            self.refuse(path, message, fix);
        }
    }

    /// Whether something was left out of what is at `path`.
    pub fn is_partial(&self, path: &Path) -> bool {
        let path = path.to_string();
        self.left_out.iter().any(|wrong| within(wrong, &path))
    }

    /// What the rules may know around a policy of this kind.
    pub fn ground<'b>(&'b self, kind: &Kind<'b>) -> Ground<'b> {
        let settings = match &self.manifest.bucket {
            Some(bucket) => super::bucket::settings(bucket),
            None => Settings::default(),
        };
        Ground {
            account: Some(&self.scope.account),
            known_accounts: Some(&self.known_accounts),
            settings,
            ..Ground::new(*kind)
        }
    }

    /// Notes the rule that a value breaks, if it does.
    pub fn check(&mut self, path: &Path, result: Result<(), Fault>) {
        if let Err(fault) = result {
            self.refuse(path, fault.message, fault.fix);
        }
    }

    /// The tags of a resource: the manifest's, its own, our mark, and what protects it.
    pub fn tags(&mut self, path: &Path, own: &BTreeMap<String, String>, protect: bool) -> Tags {
        self.check_tags(path, own);
        let mut tags = self.manifest.tags.clone();
        tags.extend(own.clone());
        let room = MOST_TAGS - usize::from(protect);
        if tags.len() > room && own.len() <= MOST_TAGS && self.manifest.tags.len() <= MOST_TAGS {
            self.refuse(
                &path.key("tags"),
                format!(
                    "with the manifest's tags these are {}, and {room} are the most",
                    tags.len()
                ),
                "leave some out",
            );
        }
        if protect {
            tags.extend(protection());
        }
        tags.extend(mark(&self.manifest.name));
        tags
    }

    /// Checks the tags written below `path`.
    pub fn check_tags(&mut self, path: &Path, own: &BTreeMap<String, String>) {
        let path = path.key("tags");
        for (key, fault) in crate::resource::check_tags(own) {
            self.refuse(&path.key(key), fault.message, fault.fix);
        }
        let mark = mark(&self.manifest.name);
        let ours = |key: &&String| {
            let begins = key.to_lowercase().starts_with("s3setup:");
            begins || mark.keys().any(|mark| mark.eq_ignore_ascii_case(key))
        };
        for key in own.keys().filter(ours) {
            self.refuse(
                &path.key(key),
                format!("the tag {key:?} is s3setup's own: such tags mark what is ours"),
                "leave it out; s3setup sets it",
            );
        }
    }

    /// The ARN of a customer managed policy of this account.
    pub fn policy_arn(&self, path: &str, name: &str) -> String {
        format!(
            "arn:{}:iam::{}:policy{path}{name}",
            self.scope.partition, self.scope.account
        )
    }
}

/// Whether the path `inner` is `outer` or leads on from it.
pub(super) fn within(inner: &str, outer: &str) -> bool {
    inner
        .strip_prefix(outer)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}
