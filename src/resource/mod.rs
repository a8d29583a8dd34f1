//! The kinds of resource. Desired and observed are one type per kind, and each type is canonical:
//! two values that mean the same are `==`, so that one generic diff serves them all.

mod access_key;
mod bucket;
mod bucket_policy;
mod declared;
pub mod google;
mod group;
mod handed;
mod kms_key;
mod managed_policy;
mod names;
mod oidc_provider;
mod ownership;
mod role;
mod sink;
mod user;

pub use access_key::{AccessKey, Replaced};
pub use bucket::{
    Algorithm, Bucket, Encryption, LifecycleRule, ObjectOwnership, PublicAccessBlock, Transition,
};
pub use bucket_policy::BucketPolicy;
pub use declared::Declared;
pub use google::Google;
pub use group::Group;
pub use handed::HandedKey;
pub use kms_key::KmsKey;
pub use managed_policy::ManagedPolicy;
pub use names::{Fault, MOST_TAGS, check_path, check_tags};
pub use oidc_provider::OidcProvider;
pub use ownership::{Owner, Tags, carries, is_protected, manifest_of, mark, owner, protection};
pub use role::Role;
pub use sink::{Format, Names, Place, Sink};
pub use user::User;

use crate::policy::Document;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt;

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

/// `kind.name`: how a resource is named in manifests, plans and errors.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Address(String);

impl Address {
    /// The address of the resource of this kind and name.
    #[must_use]
    pub fn new(kind: &str, name: &str) -> Self {
        Self(format!("{kind}.{name}"))
    }

    /// The address that is written so.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The whole text, `kind.name`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What follows the kind.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.split_once('.').map_or(&self.0, |(_, name)| name)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// What must be there before a resource: addresses or ARNs. Those that the manifest does not hold
/// are taken to exist.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// The provider refuses the resource without these (a principal, an attached policy, …).
    pub must: BTreeSet<String>,
    /// Named, but not looked at by the provider (the Resource of a policy). Kept where it closes
    /// no circle: a policy must not grant access to a bucket name that somebody else may take.
    pub should: BTreeSet<String>,
}

/// What one kind of resource has to say of itself; no input, no output.
pub trait Kind: Sized {
    /// The word before the dot of its address.
    const KIND: &'static str;
    /// Fields that cannot be changed after creation.
    const FIXED: &'static [&'static str] = &[];
    /// Fields that are never a difference: what the provider gives, or does not tell.
    const NEVER_DIFFERS: &'static [&'static str] = &[];

    /// The name, unique among the resources of this kind.
    fn name(&self) -> &str;
    /// The ARN, where the kind has one.
    fn arn(&self, scope: &Scope) -> Option<String>;
    /// What must be there before.
    fn needs(&self) -> Needs;
    /// `self` as observed, without what `want` does not manage: fields left out, foreign tags.
    /// The only place that knows what is ours.
    #[must_use]
    fn limited_to(self, want: &Self) -> Self;
    /// `self` as wanted, with what it does not manage taken from `have`: what there is once it
    /// was written. `want.with_foreign(have).limited_to(want) == want`.
    #[must_use]
    fn with_foreign(self, have: &Self) -> Self;
    /// The tags, where the kind has tags.
    fn tags(&self) -> Option<&Tags>;
    /// Whether documents that name it are bound to this very one, by an id that the provider gives:
    /// they do not hold for another one of the same name
    /// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>).
    fn has_unique_id(&self) -> bool {
        false
    }
    /// Whether the provider keeps one of it for the whole account, so that nobody owns it.
    fn shared(&self) -> bool {
        false
    }
    /// The resource that it is a part of, and whose owner is its owner.
    fn part_of(&self) -> Option<Address> {
        None
    }
    /// Whether a name or path given by s3setup shows it to be of `manifest`, for a kind that has
    /// no tags.
    fn belongs_to(&self, _manifest: &str) -> bool {
        false
    }
    /// Why `have` cannot become `self` (as wanted) by writing, and what to do instead.
    fn obstacle(&self, _have: &Self) -> Option<String> {
        None
    }
    /// What is worth knowing of it (as observed), and is no difference.
    fn remark(&self) -> Option<String> {
        None
    }
}

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

/// Whose door a resource is behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    /// Amazon Web Services.
    Aws,
    /// Google Cloud.
    Google,
}

impl fmt::Display for Provider {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Aws => "AWS",
            Self::Google => "Google Cloud",
        })
    }
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
mod tests {
    use super::*;

    #[test]
    fn a_resource_survives_being_saved() {
        let role = Resource::Role(Role {
            description: Some("d".into()),
            ..Role::named("deploy")
        });
        let text = serde_json::to_string(&role).unwrap();
        assert!(text.starts_with(r#"{"role":{"name":"deploy""#), "{text}");
        assert_eq!(serde_json::from_str::<Resource>(&text).unwrap(), role);
    }

    #[test]
    fn what_is_not_managed_survives_and_is_no_difference() {
        let tag = |key: &str| Tags::from([(key.to_owned(), "1".to_owned())]);
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let pairs = [
            (
                Resource::Bucket(Bucket {
                    versioning: Some(true),
                    tags: tag("a"),
                    ..Bucket::named("b", "r")
                }),
                Resource::Bucket(Bucket {
                    tags: tag("b"),
                    ..Bucket::named("b", "r")
                }),
            ),
            (
                Resource::Role(Role {
                    description: Some("d".into()),
                    tags: tag("a"),
                    ..Role::named("x")
                }),
                Resource::Role(Role {
                    attached_policies: set(&["p"]),
                    tags: tag("b"),
                    ..Role::named("x")
                }),
            ),
            (
                Resource::User(User {
                    groups: set(&["g", "h"]),
                    ..User::named("x")
                }),
                Resource::User(User {
                    groups_elsewhere: std::sync::Arc::new(set(&["g"])),
                    ..User::named("x")
                }),
            ),
            (
                Resource::OidcProvider(OidcProvider {
                    name: "i".into(),
                    audiences: set(&["a"]),
                    tags: tag("a"),
                }),
                Resource::OidcProvider(OidcProvider {
                    name: "i".into(),
                    audiences: set(&["b"]),
                    tags: tag("b"),
                }),
            ),
            (
                Resource::KmsKey(KmsKey {
                    description: Some("d".into()),
                    tags: tag("a"),
                    ..KmsKey::named("k", "r")
                }),
                Resource::KmsKey(KmsKey {
                    tags: tag("b"),
                    ..KmsKey::named("k", "r")
                }),
            ),
        ];
        for (have, want) in pairs {
            let written = want.clone().with_foreign(&have);
            assert_eq!(written.clone().limited_to(&want), want);
            assert_ne!(written, want, "something foreign was there to keep");
        }
    }

    #[test]
    fn fields_leave_out_the_name() {
        let fields = Resource::Role(Role::named("deploy")).fields();
        assert_eq!(fields.get("name"), None);
        assert_eq!(fields["path"], "/");
    }

    /// Every field of every kind that may be left out is cleared by `limited_to` where it is: so what the
    /// ledger calls not managed is no difference either. And no other field is optional.
    #[test]
    fn what_is_optional_is_what_may_be_left_out() {
        let all = |resource: Resource| {
            let optional = resource.declared().into_iter();
            let optional = optional.filter(|field| field.optional);
            let names: Vec<&str> = optional.map(|field| field.name).collect();
            names
        };
        let key = AccessKey::none("u", "/");
        let provider = OidcProvider {
            name: "i".into(),
            audiences: BTreeSet::new(),
            tags: Tags::new(),
        };
        for (resource, optional) in [
            (
                Resource::Bucket(Bucket::named("b", "r")),
                &[
                    "versioning",
                    "encryption",
                    "public_access_block",
                    "object_ownership",
                    "lifecycle",
                ][..],
            ),
            (
                Resource::Role(Role::named("r")),
                &[
                    "description",
                    "max_session_duration",
                    "permissions_boundary",
                ],
            ),
            (Resource::User(User::named("u")), &["permissions_boundary"]),
            (Resource::KmsKey(KmsKey::named("k", "r")), &["description"]),
            // Always set in a manifest's own.
            (Resource::AccessKey(key), &["sink", "status"]),
            (Resource::OidcProvider(provider), &[]),
        ] {
            assert_eq!(all(resource.clone()), optional, "{}", resource.address());
            let fields = resource.fields();
            let declared: BTreeSet<&str> =
                resource.declared().iter().map(|field| field.name).collect();
            let written = fields.as_object().unwrap().keys();
            let forgotten: Vec<_> = written
                .filter(|name| !declared.contains(name.as_str()))
                .filter(|name| *name != "deletion_window_days")
                .collect();
            assert_eq!(forgotten, Vec::<&String>::new(), "{}", resource.address());
        }
    }
}
