//! What was announced, and nothing else, is sent.

use super::address::address;
use super::error::{Call, Error, Result};
use crate::cloud::Announced;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// The calls that may be made; without any word, all of them.
#[derive(Debug, Default)]
pub(super) struct Permit(Mutex<Option<Left>>);

/// What is left of the announced calls.
#[derive(Debug, Default)]
struct Left {
    /// Operation and target → how often.
    counted: BTreeMap<Key, usize>,
    /// Those that depend on what AWS answers: as often as it takes.
    perhaps: Vec<Key>,
    /// What was to be sent and was not announced.
    refused: Option<String>,
}

/// The operation, and what it acts on.
type Key = (&'static str, String);

/// The ARN of a key of KMS is not known before it is made.
fn key(operation: &'static str, on: &str) -> Key {
    let on = match operation.starts_with("kms:") {
        true => String::new(),
        false => address(on),
    };
    (operation, on)
}

fn not_announced(what: &str) -> Error {
    Error::ours(
        format!("{what} was not announced, so it is not sent"),
        "plan again with --announce, and read what is to be done now",
    )
}

impl Permit {
    /// From now on only these calls may be made.
    pub(super) fn only(&self, calls: &[Announced]) {
        let mut left = Left::default();
        for call in calls {
            let key = key(call.operation, &call.on);
            match call.only_if {
                None => *left.counted.entry(key).or_default() += 1,
                Some(_) => left.perhaps.push(key),
            }
        }
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(left);
    }

    /// Takes the call out of what was announced, before it is sent.
    ///
    /// # Errors
    /// It was not announced, or another one before was to be sent that was not.
    pub(super) fn take(&self, call: &Call) -> Result<()> {
        let mut permit = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(left) = permit.as_mut() else {
            return Ok(());
        };
        if let Some(what) = &left.refused {
            return Err(not_announced(what));
        }
        let key = key(call.name(), &call.on);
        match left.counted.get_mut(&key).filter(|times| **times > 0) {
            Some(times) => {
                *times -= 1;
                Ok(())
            }
            None if left.perhaps.contains(&key) => Ok(()),
            None => {
                let what = format!("{} on {}", call.name(), address(&call.on));
                left.refused = Some(what.clone());
                Err(not_announced(&what))
            }
        }
    }

    /// A call that failed has not been made: what comes in its place is no other.
    pub(super) fn give_back(&self, call: &Call) {
        let mut permit = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(left) = permit.as_mut() {
            let key = key(call.name(), &call.on);
            *left.counted.entry(key).or_default() += 1;
        }
    }

    /// # Errors
    /// A call was refused.
    pub(super) fn check(&self) -> Result<()> {
        let permit = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let refused = permit.as_ref().and_then(|left| left.refused.as_ref());
        refused.map_or(Ok(()), |what| Err(not_announced(what)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::permissions::Operation;

    const ROLE: &str = "arn:aws:iam::1:role/r";

    fn announced(operation: Operation, on: &str, only_if: Option<&str>) -> Announced {
        Announced {
            operation: operation.name(),
            on: on.into(),
            which: None,
            only_if: only_if.map(str::to_owned),
        }
    }

    fn call(operation: Operation) -> Call {
        Call::new(operation, ROLE)
    }

    #[test]
    fn only_what_was_announced_may_be_sent_and_as_often() {
        let permit = Permit::default();
        permit.take(&call(Operation::IamDeleteRole)).unwrap();
        permit.only(&[
            announced(Operation::IamPutRolePolicy, "role.r", None),
            announced(Operation::IamUntagRole, "role.r", Some("perhaps")),
            announced(Operation::KmsCreateAlias, "kms_key.k", None),
        ]);
        permit.take(&call(Operation::IamUntagRole)).unwrap();
        permit.take(&call(Operation::IamUntagRole)).unwrap();
        permit
            .take(&Call::new(
                Operation::KmsCreateAlias,
                "arn:aws:kms:r:1:key/7",
            ))
            .unwrap();
        permit.take(&call(Operation::IamPutRolePolicy)).unwrap();
        permit.give_back(&call(Operation::IamPutRolePolicy));
        permit.take(&call(Operation::IamPutRolePolicy)).unwrap();
        assert!(permit.check().is_ok());
        assert!(
            permit.take(&call(Operation::IamPutRolePolicy)).is_err(),
            "once more"
        );
        assert!(permit.check().is_err());
        assert!(
            permit.take(&call(Operation::IamUntagRole)).is_err(),
            "nothing goes on after that"
        );
    }

    #[test]
    fn another_target_is_another_call() {
        let permit = Permit::default();
        permit.only(&[announced(Operation::IamPutRolePolicy, "role.other", None)]);
        assert!(permit.take(&call(Operation::IamPutRolePolicy)).is_err());
    }
}
