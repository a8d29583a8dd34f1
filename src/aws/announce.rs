//! Which calls change something when a resource is created, updated or deleted: told from the plan alone,
//! before one is sent. A test holds it against what is sent, for every manifest that there is; and what a
//! run that announces would send beside it is refused (`cloud/permit.rs`).

mod access_keys;
mod buckets;
mod identities;
mod kms_keys;

use super::Aws;
use super::tags::Change;
use crate::cloud::{Announced, Deed};
use crate::permissions::Operation;
use crate::resource::{AccessKey, OidcProvider, Resource, Tags};

/// The calls so far, on one resource.
pub(super) struct Calls {
    on: String,
    all: Vec<Announced>,
}

impl Calls {
    fn on(resource: &Resource) -> Self {
        Self {
            on: resource.address().to_string(),
            all: Vec::new(),
        }
    }

    fn add(&mut self, operation: Operation) {
        self.add_which(operation, None);
    }

    /// A call that makes a difference only together with this name.
    fn add_which(&mut self, operation: Operation, which: Option<&str>) {
        let on = self.on.clone();
        self.add_on(operation, on, which);
    }

    fn add_on(&mut self, operation: Operation, on: String, which: Option<&str>) {
        self.all.push(Announced {
            operation: operation.name(),
            on,
            which: which.map(str::to_owned),
            only_if: None,
        });
    }

    /// A call that is made only if AWS answers so.
    fn perhaps(&mut self, operation: Operation, only_if: &str) {
        self.add(operation);
        self.only_if(only_if);
    }

    /// The last call is made only in this case.
    fn only_if(&mut self, case: &str) {
        if let Some(last) = self.all.last_mut() {
            last.only_if = Some(case.to_owned());
        }
    }

    /// Tags that are added and taken away by these two.
    fn tags(&mut self, (have, want): (&Tags, &Tags), tag: Operation, untag: Operation) {
        let change = Change::between(have, want);
        if !change.written.is_empty() {
            self.add(tag);
        }
        if !change.gone.is_empty() {
            self.add(untag);
        }
    }

    fn provider(&mut self, have: Option<&OidcProvider>, want: &OidcProvider) {
        let Some(have) = have else {
            return self.add(Operation::IamCreateOpenIDConnectProvider);
        };
        for audience in want.audiences.difference(&have.audiences) {
            self.add_which(
                Operation::IamAddClientIDToOpenIDConnectProvider,
                Some(audience),
            );
        }
    }
}

impl Aws {
    /// The calls that change something, in the order in which they are made.
    pub(super) fn announced(&self, deed: &Deed<'_>) -> Vec<Announced> {
        let mut calls = match deed {
            Deed::Create(on) | Deed::Update(_, on) | Deed::Delete(on) => Calls::on(on),
        };
        match deed {
            Deed::Create(want) => match want {
                Resource::AccessKey(want) => {
                    let none = AccessKey::none(&want.name, &want.path);
                    calls.update_access_key(&none, want, &self.scope);
                }
                Resource::Bucket(want) => calls.create_bucket(want),
                Resource::BucketPolicy(want) => calls.bucket_policy(want, true),
                Resource::Group(want) => calls.create_group(want),
                Resource::KmsKey(want) => calls.create_kms_key(want),
                Resource::Policy(_) => calls.add(Operation::IamCreatePolicy),
                Resource::OidcProvider(want) => calls.provider(None, want),
                Resource::Role(want) => calls.create_role(want),
                Resource::User(want) => calls.create_user(want),
                Resource::Google(_) => {}
            },
            Deed::Update(have, want) => match (have, want) {
                (Resource::AccessKey(have), Resource::AccessKey(want)) => {
                    calls.update_access_key(have, want, &self.scope);
                }
                (Resource::Bucket(have), Resource::Bucket(want)) => {
                    calls.update_bucket(have, want);
                }
                (Resource::BucketPolicy(have), Resource::BucketPolicy(want))
                    if have.policy != want.policy =>
                {
                    calls.bucket_policy(want, true);
                }
                (Resource::Group(have), Resource::Group(want)) => calls.update_group(have, want),
                (Resource::KmsKey(have), Resource::KmsKey(want)) => {
                    calls.update_kms_key(have, want);
                }
                (Resource::Policy(have), Resource::Policy(want)) => {
                    calls.update_policy(have, want);
                }
                (Resource::OidcProvider(have), Resource::OidcProvider(want)) => {
                    calls.provider(Some(have), want);
                }
                (Resource::Role(have), Resource::Role(want)) => calls.update_role(have, want),
                (Resource::User(have), Resource::User(want)) => calls.update_user(have, want),
                // A policy that stays; or a step that fails before its first call.
                _ => {}
            },
            Deed::Delete(resource) => match resource {
                Resource::AccessKey(have) => calls.delete_access_key(have),
                Resource::Bucket(_) => {
                    calls.delete_bucket(self.removal.empties(&resource.address()));
                }
                Resource::BucketPolicy(have) => calls.bucket_policy(have, false),
                Resource::Group(have) => calls.delete_group(have),
                Resource::KmsKey(_) => calls.add(Operation::KmsScheduleKeyDeletion),
                Resource::Policy(_) => calls.delete_policy(),
                Resource::OidcProvider(_) => calls.add(Operation::IamDeleteOpenIDConnectProvider),
                Resource::Role(have) => calls.delete_role(have),
                Resource::User(have) => calls.delete_user(have),
                Resource::Google(_) => {}
            },
        }
        calls.all
    }
}
