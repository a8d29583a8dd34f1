//! Putting an observation together when some of it may not be read.

use super::error::{Error, Result};
use crate::cloud::Observation;
use crate::plan::Unreadable;
use crate::resource::Resource;

/// What could not be read so far.
#[derive(Default)]
pub(super) struct Gaps(Vec<Unreadable>);

impl Gaps {
    /// One field. `None` if the caller may not read it or nobody can understand it (which is noted),
    /// or if it went away while it was being read.
    pub(super) fn field<T>(&mut self, field: &str, read: Result<T>) -> Result<Option<T>> {
        match read {
            Ok(value) => Ok(Some(value)),
            Err(error) if error.absent() => Ok(None),
            Err(error) if error.denied() => {
                self.note(field, &error);
                Ok(None)
            }
            Err(Error::Unintelligible(error)) => {
                self.0.push(Unreadable {
                    aspect: field.to_owned(),
                    permission: String::new(),
                    on: String::new(),
                    error,
                });
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// The resource as such: without it nothing is known, not even whether it is there.
    pub(super) fn whole<T>(&mut self, read: Result<T>) -> Result<Option<T>> {
        self.field("", read)
    }

    /// Notes that a permission is missing.
    pub(super) fn note(&mut self, field: &str, error: &Error) {
        if let Error::Call(error) = error {
            self.0.push(Unreadable {
                aspect: field.to_owned(),
                permission: error.call.action().to_owned(),
                on: error.call.on.clone(),
                error: error.text(),
            });
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The observation of what was found.
    pub(super) fn around(self, resource: Resource) -> Observation {
        Observation {
            resource: Some(resource),
            unreadable: self.0,
            id: None,
        }
    }

    /// The same of something that has a unique id.
    pub(super) fn around_known(self, resource: Resource, id: &str) -> Observation {
        Observation {
            id: Some(id.to_owned()).filter(|id| !id.is_empty()),
            ..self.around(resource)
        }
    }

    /// The observation of nothing, or of nothing that may be seen.
    pub(super) fn alone(self) -> Observation {
        Observation {
            resource: None,
            unreadable: self.0,
            id: None,
        }
    }
}

/// Reads only what is managed.
pub(super) async fn when<T>(
    managed: bool,
    read: impl Future<Output = Result<T>>,
) -> Result<Option<T>> {
    if managed {
        read.await.map(Some)
    } else {
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::super::error::refusal;
    use super::*;

    #[test]
    fn a_missing_permission_is_a_gap_and_anything_else_an_error() {
        let mut gaps = Gaps::default();
        let denied = refusal("s3:GetBucketEncryption", 403, "AccessDenied", "no");
        assert_eq!(gaps.field::<u8>("encryption", Err(denied)), Ok(None));
        let gone = refusal("iam:GetRole", 404, "NoSuchEntity", "");
        assert_eq!(gaps.field::<u8>("x", Err(gone)), Ok(None));
        let odd = Error::Unintelligible("no policy".into());
        assert_eq!(gaps.field::<u8>("trust_policy", Err(odd)), Ok(None));
        let throttled = refusal("iam:GetRole", 400, "Throttling", "");
        assert_eq!(
            gaps.field::<u8>("x", Err(throttled.clone())),
            Err(throttled)
        );
        let observation = gaps.alone();
        assert_eq!(observation.unreadable.len(), 2);
        assert_eq!(observation.unreadable[1].error, "no policy");
        let gap = &observation.unreadable[0];
        assert_eq!(gap.permission, "s3:GetEncryptionConfiguration");
        assert_eq!(gap.on, "arn:aws:s3:::b");
        assert_eq!(gap.error, "s3:GetBucketEncryption: AccessDenied: no");
    }
}
