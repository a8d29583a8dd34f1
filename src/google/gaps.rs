//! Putting an observation together when some of it may not be read.

use super::error::{Cause, Error, Result};
use crate::cloud::Observation;
use crate::plan::Unreadable;
use crate::resource::{Google, Resource};

/// What could not be read so far.
#[derive(Default)]
pub(super) struct Gaps(Vec<Unreadable>);

impl Gaps {
    /// One field. `None` if the caller may not read it or nobody can understand it (which is noted),
    /// or if it is not there.
    pub(super) fn field<T>(&mut self, field: &str, read: Result<T>) -> Result<Option<T>> {
        match read {
            Ok(value) => Ok(Some(value)),
            Err(error) if error.absent() => Ok(None),
            Err(error) if error.denied() => {
                self.0.extend(gap(field, &error));
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

    /// The observation of what was found.
    pub(super) fn around(self, resource: Google) -> Observation {
        Observation {
            resource: Some(Resource::Google(resource)),
            unreadable: self.0,
            id: None,
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

    /// What could not be read.
    pub(super) fn into_inner(self) -> Vec<Unreadable> {
        self.0
    }
}

/// That a permission is missing.
fn gap(field: &str, error: &Error) -> Option<Unreadable> {
    let Error::Call(error) = error else {
        return None;
    };
    let named = match &error.cause {
        Cause::Refused(refusal) => refusal.permission.clone(),
        _ => None,
    };
    Some(Unreadable {
        aspect: field.to_owned(),
        permission: named.unwrap_or_else(|| error.call.method.permission().to_owned()),
        on: error.call.on.clone(),
        error: error.text(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::error::{Call, Refusal};
    use super::*;
    use crate::permissions::Method;

    fn refused(status: u16, code: &str) -> Error {
        let refusal = Refusal {
            status,
            code: code.into(),
            ..Refusal::default()
        };
        let call = Call::new(Method::RolesGet, "projects/p/roles/r");
        Error::of(&call, Cause::Refused(Box::new(refusal)))
    }

    #[test]
    fn a_missing_permission_is_a_gap_and_anything_else_an_error() {
        let mut gaps = Gaps::default();
        let denied = refused(403, "PERMISSION_DENIED");
        assert_eq!(gaps.whole::<u8>(Err(denied)), Ok(None));
        assert_eq!(gaps.whole::<u8>(Err(refused(404, "NOT_FOUND"))), Ok(None));
        let failed = refused(500, "INTERNAL");
        assert_eq!(gaps.whole::<u8>(Err(failed.clone())), Err(failed));
        let gaps = gaps.alone().unreadable;
        assert_eq!(gaps.len(), 1);
        assert_eq!(gaps[0].permission, "iam.roles.get");
        assert_eq!(gaps[0].on, "projects/p/roles/r");
    }
}
