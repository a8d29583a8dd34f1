//! What is to be said of a resource when it goes or comes back, and of keys whichever provider's they
//! are, so that who plans need not know the kinds.

use super::google::ServiceAccount;
use super::{AccessKey, Address, Google, Kind, Replaced, Resource, Sink, User};
use std::collections::{BTreeMap, BTreeSet};

/// A key that is handed over to a sink: what the providers' have in common.
#[derive(Clone, Debug)]
pub struct HandedKey<'a> {
    /// Whose key it is: they go and stay as one.
    pub of: Address,
    /// The name of who that is.
    pub name: &'a str,
    /// The id of the key in use.
    pub id: Option<&'a str>,
    /// Where the key in use was handed over.
    pub sink: Option<&'a Sink>,
    /// Whether it is on record where that was, though perhaps not in words.
    pub is_recorded: bool,
    /// Keys that nothing is known of.
    pub others: &'a BTreeSet<String>,
    /// Keys that a run has left which was cut short.
    pub unfinished: &'a BTreeSet<String>,
    /// Keys that another one was put in the place of.
    pub replaced: &'a BTreeMap<String, Replaced>,
    /// Whether a run was cut short while it made a key.
    pub interrupted: bool,
    /// What a key is that does not work any more and can be made to again, in its provider's word.
    pub retired: &'static str,
    /// The command that makes such a key work again; its id comes after it.
    pub gives_back: String,
    /// Whether any key of ours works, or did when the last was put in its place.
    pub works: bool,
    /// Whether a key is in use, as far as that is on record.
    pub is_made: bool,
}

impl HandedKey<'_> {
    /// Whether a key that was replaced still works.
    fn has_active(&self) -> bool {
        self.replaced
            .values()
            .any(|state| *state == Replaced::Active)
    }
}

/// Tags that only AWS writes.
const OF_AWS: &str = "aws:";

impl Resource {
    /// The key that it is, if it is one.
    #[must_use]
    pub fn handed_key(&self) -> Option<HandedKey<'_>> {
        let mut handed = match self {
            Self::AccessKey(key) => Some(HandedKey {
                of: Address::new(User::KIND, &key.name),
                name: &key.name,
                id: key.id.as_deref(),
                sink: key.sink.as_ref(),
                is_recorded: key.sink.is_some(),
                others: &key.others,
                unfinished: &key.unfinished,
                replaced: &key.replaced,
                interrupted: key.interrupted,
                retired: "inactive",
                gives_back: format!(
                    "aws iam update-access-key --user-name {} --status Active --access-key-id",
                    key.name
                ),
                works: key.id.is_some(),
                is_made: key.status.is_some(),
            }),
            Self::Google(Google::ServiceAccountKey(key)) => Some(HandedKey {
                of: Address::new(ServiceAccount::KIND, &key.name),
                name: &key.name,
                id: key.id.as_deref(),
                sink: key.sink.as_ref(),
                is_recorded: key.sink.is_some() || key.elsewhere,
                others: &key.others,
                unfinished: &key.unfinished,
                replaced: &key.replaced,
                interrupted: key.interrupted,
                retired: "disabled",
                // https://cloud.google.com/iam/docs/keys-disable-enable
                gives_back: format!(
                    "gcloud iam service-accounts keys enable --iam-account {}",
                    key.email()
                ),
                works: key.id.is_some(),
                is_made: key.status.is_some(),
            }),
            _ => None,
        };
        if let Some(key) = &mut handed {
            key.works |= key.has_active();
        }
        handed
    }

    /// Another key in its place, for the same sink; nothing if it is no key that was handed over.
    #[must_use]
    pub fn another_key(&self) -> Option<Resource> {
        let handed = self.handed_key().filter(|key| key.is_made)?;
        let sink = handed.sink?.clone();
        Some(match self {
            Self::AccessKey(key) => Self::AccessKey(AccessKey::wanted(&key.name, &key.path, sink)),
            Self::Google(Google::ServiceAccountKey(key)) => {
                Self::Google(Google::ServiceAccountKey(
                    super::google::ServiceAccountKey::wanted(&key.name, &key.project, sink),
                ))
            }
            _ => return None,
        })
    }

    /// Whether the provider does not remove it, or removes `other` with it, while `other` needs it.
    #[must_use]
    pub fn is_held_by(&self, other: &Resource) -> bool {
        matches!(
            (self, other),
            (Self::Policy(_) | Self::KmsKey(_), _)
                | (Self::User(_), Self::AccessKey(_))
                | (
                    Self::Google(Google::ServiceAccount(_)),
                    Self::Google(Google::ServiceAccountKey(_)),
                )
                | (
                    Self::Google(Google::Pool(_)),
                    Self::Google(Google::Provider(_))
                )
        )
    }

    /// What is to be known before it goes.
    #[must_use]
    pub fn farewell(&self) -> Option<String> {
        if let Some(key) = self.handed_key() {
            let sink = key.sink.filter(|_| key.works)?;
            return Some(format!(
                "what is in {sink} stays, and opens nothing any more"
            ));
        }
        match self {
            // The account-regional namespace: no other account can take such a name
            // (https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html).
            Self::Bucket(bucket) if !bucket.name.ends_with("-an") => {
                Some("its name is then free for anyone, in any account".to_owned())
            }
            Self::KmsKey(key) => Some(format!(
                "from then on nobody can read what it encrypted. KMS deletes it after {} days, and \
                 can be made to keep it until then",
                key.deletion_window_days
            )),
            Self::Google(Google::Bucket(_)) => {
                Some("its name is then free for anyone, in any project".to_owned())
            }
            // https://cloud.google.com/iam/docs/creating-custom-roles#deleting-custom-role
            Self::Google(Google::Role(_)) => Some(
                "its id is taken for 37 days; within 7 it can be had back as it was".to_owned(),
            ),
            // https://cloud.google.com/iam/docs/service-accounts-delete-undelete
            Self::Google(Google::ServiceAccount(_)) => Some(
                "one of the same name is another one: what names this one has to be written again"
                    .to_owned(),
            ),
            Self::Google(Google::Pool(_) | Google::Provider(_)) => {
                Some("its id is taken for 30 days; within these it can be had back".to_owned())
            }
            _ => None,
        }
    }

    /// What is to be known when it is made again as it was.
    #[must_use]
    pub fn return_note(&self) -> Option<&'static str> {
        match self {
            Self::AccessKey(_) | Self::Google(Google::ServiceAccountKey(_)) => Some(
                "another key: the one that was deleted does not come back, nor does its secret; take \
                 it out of its sink first if it is a file that still holds it",
            ),
            Self::Bucket(_) | Self::Google(Google::Bucket(_)) => {
                Some("it comes back empty: its objects are gone")
            }
            Self::KmsKey(_) => Some(
                "kept if KMS has not deleted it yet; if it has, another key, which cannot read what \
                 the old one encrypted",
            ),
            Self::Google(Google::ServiceAccount(_)) => Some(
                "another one of that name: what names it outside of this plan has to be written again",
            ),
            other if other.has_unique_id() => Some(
                "another one of that name, with an id of its own: what names it outside of this plan \
                 has to be written again",
            ),
            _ => None,
        }
    }

    /// As it can be made anew: without what only the provider can write, and what was said of keys that
    /// are gone.
    #[must_use]
    pub fn as_new(&self) -> Resource {
        let gone =
            |key: &str, value: &str| key.starts_with(OF_AWS) || AccessKey::is_record(key, value);
        let mut new = self.clone().without_tags(gone);
        if let Self::Google(google) = &mut new {
            match google {
                Google::Role(role) => role.deleted = false,
                Google::Pool(pool) => pool.deleted = false,
                Google::Provider(provider) => provider.deleted = false,
                _ => {}
            }
        }
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::google::{Role, ServiceAccountKey};

    #[test]
    fn keys_of_both_providers_are_alike() {
        let sink: Sink = "stdout".parse().unwrap();
        let of_aws = Resource::AccessKey(AccessKey::wanted("u", "/", sink.clone()));
        let of_google = ServiceAccountKey::wanted("events", "acme-1", sink);
        let of_google = Resource::Google(Google::ServiceAccountKey(of_google));
        for (key, of) in [(&of_aws, "user.u"), (&of_google, "service_account.events")] {
            let handed = key.handed_key().unwrap();
            assert_eq!(handed.of.as_str(), of);
            assert!(handed.is_made && !handed.works && handed.is_recorded);
            assert!(of.ends_with(handed.name));
            assert_eq!(key.farewell(), None, "no key works");
            assert_eq!(key.another_key().as_ref(), Some(key));
        }
        let none = Resource::AccessKey(AccessKey::none("u", "/"));
        assert!(none.another_key().is_none());
    }

    #[test]
    fn what_is_made_anew_was_not_deleted() {
        let role = Role {
            deleted: true,
            ..Role::named("abc", "acme-1")
        };
        let new = Resource::Google(Google::Role(role)).as_new();
        assert_eq!(
            new,
            Resource::Google(Google::Role(Role::named("abc", "acme-1")))
        );
    }
}
