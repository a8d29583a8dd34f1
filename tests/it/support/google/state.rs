//! All that the server holds: a value, which can be set up once and copied for each point of a sweep.

use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// What there is, and how the server behaves.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// Id → number.
    pub projects: BTreeMap<String, String>,
    pub buckets: BTreeMap<String, Bucket>,
    /// `projects/P/roles/ID`.
    pub roles: BTreeMap<String, Role>,
    /// By their address.
    pub accounts: BTreeMap<String, Account>,
    /// Of project and id.
    pub pools: BTreeMap<(String, String), Pool>,
    /// `projects/P/secrets/S`.
    pub secrets: BTreeMap<String, Secret>,
    /// Operations that go on: how often each says that it is not done.
    pub operations: BTreeMap<String, usize>,
    /// Token → address of a service account; empty is the operator's own.
    pub tokens: BTreeMap<String, String>,
    /// Token → the members of bindings that an identity from elsewhere is.
    pub identities: BTreeMap<String, BTreeSet<String>>,
    /// Counts everything that has to differ: etags, ids, generations.
    pub counter: u64,
    /// People and groups that exist beside service accounts.
    pub people: BTreeSet<String>,

    /// How many requests about something new are answered as if it was not there.
    pub delay: usize,
    /// How often an operation is asked for before it is done.
    pub operation_polls: usize,
    /// The organisation forbids keys.
    pub keys_forbidden: Option<&'static str>,
    /// How many seconds after a key was made it is taken for what it is.
    pub keys_late: u64,
    /// The API of IAM is not switched on.
    pub iam_disabled: bool,
    /// APIs that are not switched on, such as `iamcredentials`.
    pub disabled: BTreeSet<&'static str>,
    /// Whoever shows no token is nobody in particular; else it is the operator.
    pub strict: bool,
    /// What the operator may not do.
    pub operator_lacks: BTreeSet<String>,
    /// What the operator may do, and nothing else.
    pub operator_may: Option<BTreeSet<String>>,
}

#[derive(Clone, Debug, Default)]
pub struct Bucket {
    pub project: String,
    /// What people set.
    pub body: Map<String, Value>,
    pub metageneration: u64,
    pub policy: Policy,
    pub objects: BTreeMap<String, Object>,
    /// Uploads in parts that have not ended: id → object.
    pub uploads: BTreeMap<String, String>,
    /// Of superseded and deleted objects, with versioning.
    pub noncurrent: Vec<(String, Object)>,
}

#[derive(Clone, Debug, Default)]
pub struct Object {
    pub generation: u64,
    pub bytes: Vec<u8>,
}

/// An allow policy.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Policy {
    /// Counts its changes.
    pub etag: u64,
    pub bindings: Vec<Binding>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Binding {
    pub role: String,
    pub members: BTreeSet<String>,
    /// Title, expression, description.
    pub condition: Option<Value>,
}

#[derive(Clone, Debug, Default)]
pub struct Role {
    pub title: String,
    pub description: String,
    pub stage: String,
    pub permissions: BTreeSet<String>,
    pub etag: u64,
    pub deleted: bool,
    /// More than 7 days ago: not shown, cannot be had back, and the id is taken.
    pub retired: bool,
    /// Requests that do not know it yet.
    pub unseen: usize,
}

#[derive(Clone, Debug, Default)]
pub struct Account {
    pub project: String,
    pub unique_id: String,
    pub display_name: String,
    pub description: String,
    pub disabled: bool,
    pub policy: Policy,
    pub keys: BTreeMap<String, Key>,
    pub unseen: usize,
}

#[derive(Clone, Debug, Default)]
pub struct Key {
    pub disabled: bool,
    /// Seconds since 1970.
    pub made: u64,
    /// `Some` is when it ends, in the same way.
    pub until: Option<u64>,
}

#[derive(Clone, Debug, Default)]
pub struct Secret {
    /// What is in each version, from 1 on.
    pub versions: Vec<Vec<u8>>,
    pub aliases: BTreeMap<String, String>,
    pub annotations: Value,
    pub etag: u64,
}

/// A pool, or a provider: what people set, and the providers of a pool.
#[derive(Clone, Debug, Default)]
pub struct Pool {
    pub body: Map<String, Value>,
    pub deleted: bool,
    pub providers: BTreeMap<String, Pool>,
    pub unseen: usize,
}

impl State {
    /// Nothing but an empty project.
    pub fn of_project(id: &str, number: &str) -> Self {
        Self {
            projects: [(id.to_owned(), number.to_owned())].into(),
            operation_polls: 1,
            ..Self::default()
        }
    }

    /// A number that was not there before.
    pub fn next(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }

    /// The number of a project.
    pub fn number(&self, project: &str) -> String {
        let number = self.projects.get(project);
        number.cloned().unwrap_or_else(|| project.to_owned())
    }

    /// The id of a project that is named by id or number.
    pub fn project(&self, name: &str) -> String {
        let found = self.projects.iter().find(|(_, number)| *number == name);
        found.map_or_else(|| name.to_owned(), |(id, _)| id.clone())
    }

    /// All policies.
    pub fn policies(&mut self) -> impl Iterator<Item = &mut Policy> {
        let buckets = self.buckets.values_mut().map(|it| &mut it.policy);
        buckets.chain(self.accounts.values_mut().map(|it| &mut it.policy))
    }

    /// A service account is gone: it stays in policies as somebody who was deleted.
    pub fn forget_member(&mut self, email: &str, unique_id: &str) {
        let member = format!("serviceAccount:{email}");
        let gone = format!("deleted:{member}?uid={unique_id}");
        for policy in self.policies() {
            for binding in &mut policy.bindings {
                if binding.members.remove(&member) {
                    binding.members.insert(gone.clone());
                }
            }
        }
    }

    /// Gives a role on a bucket to somebody, as if a person had done it.
    pub fn bind(&mut self, bucket: &str, role: &str, member: &str) {
        let etag = self.next();
        let policy = &mut self.buckets.get_mut(bucket).expect("it is there").policy;
        policy.etag = etag;
        policy.bindings.push(Binding {
            role: role.to_owned(),
            members: [member.to_owned()].into(),
            condition: None,
        });
    }
}

/// An etag as Google shows them.
pub fn etag(number: u64) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(format!("e{number}"))
}
