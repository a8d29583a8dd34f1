//! What is done to a project, and killed on the way.

use crate::support::google::State;
use crate::vendors::Manifest;
use serde_json::json;
use std::fmt;

/// One thing that people do with a manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// Apply where there is nothing of it.
    Create,
    /// Apply where all that can differ was changed.
    Update,
    /// Apply where all is there, and unmarked.
    Adopt,
    /// Remove everything, with the objects in the bucket.
    Destroy,
    /// Apply where all was removed, and Google still keeps what has ids.
    Restore,
    /// Put a new key in the place of the old one.
    Rotate,
}

/// Somebody who is bound beside what the manifest binds.
const OTHER: &str = "user:other@example.com";

impl Action {
    /// All that can be done with this manifest.
    pub fn of(manifest: &Manifest) -> Vec<Self> {
        let mut all = vec![
            Self::Create,
            Self::Update,
            Self::Adopt,
            Self::Destroy,
            Self::Restore,
        ];
        if manifest.says("sink:") {
            all.push(Self::Rotate);
        }
        all
    }

    /// Brings a project where the manifest was applied to where this begins.
    pub fn prepare(self, state: &mut State) {
        match self {
            Self::Create | Self::Restore | Self::Rotate => {}
            Self::Update => change(state),
            Self::Adopt => unmark(state),
            Self::Destroy => fill(state),
        }
    }

    /// The words of the command, but for the manifest and what it is given.
    pub fn words(self, manifest: &str, buckets: &[String]) -> Vec<String> {
        let words: &[&str] = match self {
            Self::Create | Self::Update | Self::Restore | Self::Rotate => &["--yes"],
            Self::Adopt => &["--yes", "--adopt", "all"],
            Self::Destroy => &["--confirm", manifest],
        };
        let mut words: Vec<String> = words.iter().map(|it| (*it).to_owned()).collect();
        if self == Self::Destroy {
            let each = buckets.iter().flat_map(|it| ["--delete-objects", it]);
            words.extend(each.map(str::to_owned));
        }
        words
    }

    /// `apply`, `destroy` or `rotate`.
    pub fn command(self) -> &'static str {
        match self {
            Self::Rotate => "rotate",
            Self::Destroy => "destroy",
            _ => "apply",
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&format!("{self:?}").to_lowercase())
    }
}

fn is_ours(name: &str) -> bool {
    !name.contains("foreign")
}

/// Everything that can be otherwise is.
fn change(state: &mut State) {
    let number = state.next() + 1000;
    for (_, bucket) in state.buckets.iter_mut().filter(|(name, _)| is_ours(name)) {
        bucket.body["iamConfiguration"]["publicAccessPrevention"] = "inherited".into();
        bucket.body.insert("lifecycle".into(), json!({"rule": []}));
        bucket
            .body
            .insert("versioning".into(), json!({"enabled": false}));
        bucket.metageneration += 1;
        bucket
            .policy
            .bindings
            .retain(|it| it.role.starts_with("roles/"));
        bucket.policy.etag = number;
    }
    let ours: Vec<String> = state
        .buckets
        .keys()
        .filter(|it| is_ours(it))
        .cloned()
        .collect();
    let roles: Vec<String> = state
        .roles
        .keys()
        .filter(|it| is_ours(it))
        .cloned()
        .collect();
    for bucket in ours {
        state.bind(&bucket, "roles/storage.objectUser", OTHER);
        for role in &roles {
            state.bind(&bucket, role, OTHER);
        }
    }
    for (_, role) in state.roles.iter_mut().filter(|(name, _)| is_ours(name)) {
        role.permissions.insert("storage.buckets.delete".into());
        role.title = "Other".into();
        role.etag = number;
    }
    for (_, account) in state.accounts.iter_mut().filter(|(name, _)| is_ours(name)) {
        account.display_name = "Other".into();
        account.disabled = true;
        account.policy.bindings.clear();
        account.policy.etag = number;
        account
            .keys
            .values_mut()
            .for_each(|key| key.disabled = true);
    }
    for (_, pool) in state.pools.iter_mut().filter(|((_, id), _)| is_ours(id)) {
        pool.body.insert("displayName".into(), "Other".into());
        for provider in pool.providers.values_mut() {
            let all = "assertion.sub != ''";
            provider
                .body
                .insert("attributeCondition".into(), all.into());
        }
    }
}

/// Nothing carries our mark any more.
fn unmark(state: &mut State) {
    for (_, bucket) in state.buckets.iter_mut().filter(|(name, _)| is_ours(name)) {
        bucket.body.remove("labels");
        bucket.metageneration += 1;
    }
    for (_, role) in state.roles.iter_mut().filter(|(name, _)| is_ours(name)) {
        role.description.clear();
    }
    for (_, account) in state.accounts.iter_mut().filter(|(name, _)| is_ours(name)) {
        account.description.clear();
    }
    for (_, pool) in state.pools.iter_mut().filter(|((_, id), _)| is_ours(id)) {
        pool.body.remove("description");
        for provider in pool.providers.values_mut() {
            provider.body.remove("description");
        }
    }
}

/// There are objects in the bucket.
fn fill(state: &mut State) {
    for (_, bucket) in state.buckets.iter_mut().filter(|(name, _)| is_ours(name)) {
        for (number, name) in ["in/a", "in/b", "c"].into_iter().enumerate() {
            let object = crate::support::google::Object {
                generation: 1 + number as u64,
                bytes: name.into(),
            };
            bucket.noncurrent.push((name.to_owned(), object.clone()));
            let newer = crate::support::google::Object {
                generation: 10 + number as u64,
                ..object
            };
            bucket.objects.insert(name.to_owned(), newer);
        }
    }
}
