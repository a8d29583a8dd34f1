//! The kinds of resource. Desired and observed are one type per kind, and each type is canonical:
//! two values that mean the same are `==`, so that one generic diff serves them all.

mod access_key;
mod address;
mod bucket;
mod bucket_policy;
mod declared;
pub mod google;
mod group;
mod handed;
mod kind;
mod kms_key;
mod managed_policy;
mod names;
mod oidc_provider;
mod ownership;
mod role;
mod scope;
mod sink;
mod user;

pub use access_key::{AccessKey, Replaced};
pub use address::{Address, Provider};
pub use bucket::{
    Algorithm, Bucket, Encryption, LifecycleRule, ObjectOwnership, PublicAccessBlock, Transition,
};
pub use bucket_policy::BucketPolicy;
pub use declared::Declared;
pub use google::Google;
pub use group::Group;
pub use handed::HandedKey;
pub use kind::{Kind, Needs};
pub use kms_key::KmsKey;
pub use managed_policy::ManagedPolicy;
pub use names::{Fault, MOST_TAGS, check_path, check_tags};
pub use oidc_provider::OidcProvider;
pub use ownership::{Owner, Tags, carries, is_protected, manifest_of, mark, owner, protection};
pub use role::Role;
pub use scope::{Scope, dns_suffix, partition_of};
pub use sink::{Format, Names, Place, Sink};
pub use user::User;

use crate::policy::Document;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A resource of any kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resource {
    /// The access key of an IAM user.
    AccessKey(AccessKey),
    /// An S3 bucket and its settings.
    Bucket(Bucket),
    /// The one policy of a bucket.
    BucketPolicy(BucketPolicy),
    /// A resource of Google Cloud.
    Google(Google),
    /// An IAM group, with its members.
    Group(Group),
    /// A key of AWS KMS.
    KmsKey(KmsKey),
    /// A customer managed policy.
    Policy(ManagedPolicy),
    /// An IAM OIDC identity provider.
    OidcProvider(OidcProvider),
    /// An IAM role.
    Role(Role),
    /// An IAM user.
    User(User),
}

/// The same expression for whichever kind it is.
macro_rules! each {
    ($resource:expr, $kind:ident => $body:expr) => {
        match $resource {
            Resource::AccessKey($kind) => $body,
            Resource::Bucket($kind) => $body,
            Resource::BucketPolicy($kind) => $body,
            Resource::Google(Google::Bindings($kind)) => $body,
            Resource::Google(Google::Bucket($kind)) => $body,
            Resource::Google(Google::Pool($kind)) => $body,
            Resource::Google(Google::Provider($kind)) => $body,
            Resource::Google(Google::Role($kind)) => $body,
            Resource::Google(Google::ServiceAccount($kind)) => $body,
            Resource::Google(Google::ServiceAccountKey($kind)) => $body,
            Resource::Group($kind) => $body,
            Resource::KmsKey($kind) => $body,
            Resource::Policy($kind) => $body,
            Resource::OidcProvider($kind) => $body,
            Resource::Role($kind) => $body,
            Resource::User($kind) => $body,
        }
    };
}

/// A method of two resources of Google of the same kind.
macro_rules! each_google_pair {
    ($left:expr, $right:expr, $method:ident) => {
        match ($left, $right) {
            (Google::Bindings(left), Google::Bindings(right)) => {
                Google::Bindings(left.$method(right))
            }
            (Google::Bucket(left), Google::Bucket(right)) => Google::Bucket(left.$method(right)),
            (Google::Pool(left), Google::Pool(right)) => Google::Pool(left.$method(right)),
            (Google::Provider(left), Google::Provider(right)) => {
                Google::Provider(left.$method(right))
            }
            (Google::Role(left), Google::Role(right)) => Google::Role(left.$method(right)),
            (Google::ServiceAccount(left), Google::ServiceAccount(right)) => {
                Google::ServiceAccount(left.$method(right))
            }
            (Google::ServiceAccountKey(left), Google::ServiceAccountKey(right)) => {
                Google::ServiceAccountKey(left.$method(right))
            }
            (left, _) => left,
        }
    };
}

/// A method of two resources of the same kind; of two kinds, the first one is left as it is.
macro_rules! each_pair {
    ($left:expr, $right:expr, $method:ident) => {
        match ($left, $right) {
            (Resource::AccessKey(left), Resource::AccessKey(right)) => {
                Resource::AccessKey(left.$method(right))
            }
            (Resource::Bucket(left), Resource::Bucket(right)) => {
                Resource::Bucket(left.$method(right))
            }
            (Resource::BucketPolicy(left), Resource::BucketPolicy(right)) => {
                Resource::BucketPolicy(left.$method(right))
            }
            (Resource::Google(left), Resource::Google(right)) => {
                Resource::Google(each_google_pair!(left, right, $method))
            }
            (Resource::Group(left), Resource::Group(right)) => Resource::Group(left.$method(right)),
            (Resource::KmsKey(left), Resource::KmsKey(right)) => {
                Resource::KmsKey(left.$method(right))
            }
            (Resource::Policy(left), Resource::Policy(right)) => {
                Resource::Policy(left.$method(right))
            }
            (Resource::OidcProvider(left), Resource::OidcProvider(right)) => {
                Resource::OidcProvider(left.$method(right))
            }
            (Resource::Role(left), Resource::Role(right)) => Resource::Role(left.$method(right)),
            (Resource::User(left), Resource::User(right)) => Resource::User(left.$method(right)),
            (left, _) => left,
        }
    };
}

impl Resource {
    /// Whose door it is behind.
    #[must_use]
    pub fn provider(&self) -> Provider {
        match self {
            Self::Google(_) => Provider::Google,
            _ => Provider::Aws,
        }
    }

    /// The project that it is in, of Google's.
    #[must_use]
    pub fn project(&self) -> Option<&str> {
        match self {
            Self::Google(google) => Some(google.project()),
            _ => None,
        }
    }

    /// `kind.name`.
    #[must_use]
    pub fn address(&self) -> Address {
        fn of<K: Kind>(kind: &K) -> Address {
            Address::new(K::KIND, kind.name())
        }
        each!(self, kind => of(kind))
    }

    /// How a manifest's `absent` names it: a policy is found by its path, too.
    #[must_use]
    pub fn reference(&self) -> Address {
        match self {
            Self::Policy(policy) => {
                let path = policy.path.trim_start_matches('/');
                Address::new(ManagedPolicy::KIND, &format!("{path}{}", policy.name))
            }
            other => other.address(),
        }
    }

    /// The ARN, where the kind has one.
    #[must_use]
    pub fn arn(&self, scope: &Scope) -> Option<String> {
        each!(self, kind => kind.arn(scope))
    }

    /// What must be there before it.
    #[must_use]
    pub fn needs(&self) -> Needs {
        each!(self, kind => kind.needs())
    }

    /// The tags, where the kind has tags.
    #[must_use]
    pub fn tags(&self) -> Option<&Tags> {
        each!(self, kind => kind.tags())
    }

    /// The manifest that it was made for, by its marks.
    #[must_use]
    pub fn marked_for(&self) -> Option<&str> {
        match self {
            Self::Group(group) => Group::manifest_of(&group.path),
            other => other.tags().and_then(manifest_of),
        }
    }

    /// Whether it (as observed) carries all marks of `want`, which has some: of a kind without marks it
    /// never does, and of what the whole account shares it always does.
    #[must_use]
    pub fn carries_marks_of(&self, want: &Resource) -> bool {
        match (self, want) {
            // Groups have no tags; a path of ours is their mark.
            (Self::Group(have), Self::Group(want)) => {
                have.path == want.path && Group::manifest_of(&want.path).is_some()
            }
            _ if want.shared() => true,
            _ => match (self.tags(), want.tags()) {
                (Some(have), Some(want)) => carries(have, want),
                _ => false,
            },
        }
    }

    /// Whether it says of itself that it must not be removed.
    #[must_use]
    pub fn is_protected(&self) -> bool {
        self.tags().is_some_and(is_protected)
    }

    /// Whether documents that name it are bound to this very one and to no other of its name.
    #[must_use]
    pub fn has_unique_id(&self) -> bool {
        each!(self, kind => kind.has_unique_id())
    }

    /// The document that names principals, where the kind has one: who may use it.
    #[must_use]
    pub fn principals(&self) -> Option<&Document> {
        match self {
            Self::BucketPolicy(kind) => Some(&kind.policy),
            Self::KmsKey(kind) => Some(&kind.policy),
            Self::Role(kind) => Some(&kind.trust_policy),
            _ => None,
        }
    }

    /// The same with another document in its place.
    #[must_use]
    pub fn with_principals(mut self, document: Document) -> Resource {
        match &mut self {
            Self::BucketPolicy(kind) => kind.policy = document,
            Self::KmsKey(kind) => kind.policy = document,
            Self::Role(kind) => kind.trust_policy = document,
            _ => {}
        }
        self
    }

    /// As if that document named nobody.
    #[must_use]
    pub fn without_principals(self) -> Resource {
        match self.principals().map(Document::without_principals) {
            Some(document) => self.with_principals(document),
            None => self,
        }
    }

    /// Whether the provider keeps one of it for the whole account.
    #[must_use]
    pub fn shared(&self) -> bool {
        each!(self, kind => kind.shared())
    }

    /// The resource that it is a part of, and whose owner is its owner.
    #[must_use]
    pub fn part_of(&self) -> Option<Address> {
        each!(self, kind => kind.part_of())
    }

    /// Whether a name or path shows it to be of `manifest`, for a kind without tags.
    #[must_use]
    pub fn belongs_to(&self, manifest: &str) -> bool {
        each!(self, kind => kind.belongs_to(manifest))
    }

    /// Why `have` cannot become `self` by writing, and what to do instead.
    #[must_use]
    pub fn obstacle(&self, have: &Resource) -> Option<String> {
        match (self, have) {
            (Self::AccessKey(want), Self::AccessKey(have)) => want.obstacle(have),
            (Self::User(want), Self::User(have)) => want.obstacle(have),
            (
                Self::Google(Google::ServiceAccountKey(want)),
                Self::Google(Google::ServiceAccountKey(have)),
            ) => want.obstacle(have),
            _ => None,
        }
    }

    /// What is worth knowing of it, and is no difference.
    #[must_use]
    pub fn remark(&self) -> Option<String> {
        each!(self, kind => kind.remark())
    }

    /// Whether the field at the front of `path` cannot be changed after creation.
    #[must_use]
    pub fn is_fixed(&self, path: &str) -> bool {
        fn fixed<K: Kind>(_: &K) -> &'static [&'static str] {
            K::FIXED
        }
        each!(self, kind => fixed(kind)).contains(&path)
    }

    /// `self` as observed, without what `want` does not manage. Another kind or name is left whole.
    #[must_use]
    pub fn limited_to(self, want: &Resource) -> Resource {
        each_pair!(self, want, limited_to)
    }

    /// `self` as it is once written over `have`: what it does not manage stays.
    #[must_use]
    pub fn with_foreign(self, have: &Resource) -> Resource {
        each_pair!(self, have, with_foreign)
    }

    /// With what its written form leaves out taken from `other`: see [`Resource::fields`].
    #[must_use]
    pub fn with_unwritten_of(mut self, other: &Resource) -> Resource {
        match (&mut self, other) {
            (Self::BucketPolicy(one), Self::BucketPolicy(other)) => {
                one.region.clone_from(&other.region);
            }
            (Self::AccessKey(one), Self::AccessKey(other)) => one.path.clone_from(&other.path),
            (Self::Google(Google::Bindings(one)), Self::Google(Google::Bindings(other))) => {
                one.own.clone_from(&other.own);
            }
            (Self::User(one), Self::User(other)) => {
                one.groups_elsewhere.clone_from(&other.groups_elsewhere);
            }
            _ => {}
        }
        self
    }

    /// Without the tags of which `leaves`, asked for key and value, says so.
    #[must_use]
    pub fn without_tags(mut self, leaves: impl Fn(&str, &str) -> bool) -> Resource {
        let tags = match &mut self {
            Self::Bucket(kind) => &mut kind.tags,
            Self::KmsKey(kind) => &mut kind.tags,
            Self::Policy(kind) => &mut kind.tags,
            Self::OidcProvider(kind) => &mut kind.tags,
            Self::Role(kind) => &mut kind.tags,
            Self::User(kind) => &mut kind.tags,
            Self::Google(Google::Bucket(kind)) => &mut kind.tags,
            Self::Google(Google::Pool(kind)) => &mut kind.tags,
            Self::Google(Google::Provider(kind)) => &mut kind.tags,
            Self::Google(Google::Role(kind)) => &mut kind.tags,
            Self::Google(Google::ServiceAccount(kind)) => &mut kind.tags,
            Self::Google(Google::Bindings(_) | Google::ServiceAccountKey(_)) => return self,
            Self::AccessKey(_) | Self::BucketPolicy(_) | Self::Group(_) => return self,
        };
        tags.retain(|key, value| !leaves(key, value));
        self
    }

    /// All that can differ of its kind, whether it is set here or not.
    #[must_use]
    pub fn declared(&self) -> Vec<Declared> {
        fn of<K: Kind + serde::de::DeserializeOwned>(_: &K) -> Vec<Declared> {
            declared::declared::<K>()
        }
        each!(self, kind => of(kind))
    }

    /// Whether the field `name` is the document that names principals.
    #[must_use]
    pub fn is_of_principals(&self, name: &str) -> bool {
        match self {
            Self::BucketPolicy(_) | Self::KmsKey(_) => name == "policy",
            Self::Role(_) => name == "trust_policy",
            _ => false,
        }
    }

    /// Its fields as a tree for the diff, without the name (which is the address).
    #[must_use]
    pub fn fields(&self) -> Value {
        let tree = each!(self, kind => serde_json::to_value(kind));
        let mut tree = tree.unwrap_or_default();
        if let Some(fields) = tree.as_object_mut() {
            fields.remove("name");
        }
        tree
    }
}

#[cfg(test)]
mod tests;
