//! What was announced, and nothing else, is sent.

use super::{Announced, Failure};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// The operation, and what it acts on, as a provider compares them.
pub type Key = (&'static str, String);

/// The calls that may be made; without any word, all of them.
#[derive(Debug)]
pub struct Permit {
    left: Mutex<Option<Left>>,
    key: fn(&'static str, &str) -> Key,
}

/// What is left of the announced calls.
#[derive(Debug, Default)]
struct Left {
    /// How often each may be made.
    counted: BTreeMap<Key, usize>,
    /// Those that depend on what the provider answers: as often as it takes.
    perhaps: Vec<Key>,
    /// What was to be sent and was not announced.
    refused: Option<String>,
}

fn not_announced(what: &str) -> Failure {
    Failure::new(format!("{what} was not announced, so it is not sent"))
        .with_hint("plan again with --announce, and read what is to be done now")
}

impl Permit {
    /// One whose calls are the same where these keys of them are.
    #[must_use]
    pub fn keyed(key: fn(&'static str, &str) -> Key) -> Self {
        let left = Mutex::default();
        Self { left, key }
    }

    /// From now on only these calls may be made.
    pub fn only(&self, calls: &[Announced]) {
        let mut left = Left::default();
        for call in calls {
            let key = (self.key)(call.operation, &call.on);
            match call.only_if {
                None => *left.counted.entry(key).or_default() += 1,
                Some(_) => left.perhaps.push(key),
            }
        }
        *self.left.lock().unwrap_or_else(PoisonError::into_inner) = Some(left);
    }

    /// Takes the call out of what was announced, before it is sent.
    ///
    /// # Errors
    /// It was not announced, or another one before was to be sent that was not.
    pub fn take(&self, operation: &'static str, on: &str) -> Result<(), Failure> {
        let mut permit = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(left) = permit.as_mut() else {
            return Ok(());
        };
        if let Some(what) = &left.refused {
            return Err(not_announced(what));
        }
        let key = (self.key)(operation, on);
        match left.counted.get_mut(&key).filter(|times| **times > 0) {
            Some(times) => {
                *times -= 1;
                Ok(())
            }
            None if left.perhaps.contains(&key) => Ok(()),
            None => {
                let what = match key.1.as_str() {
                    "" => operation.to_owned(),
                    on => format!("{operation} on {on}"),
                };
                left.refused = Some(what.clone());
                Err(not_announced(&what))
            }
        }
    }

    /// A call that failed has not been made: what comes in its place is no other.
    pub fn give_back(&self, operation: &'static str, on: &str) {
        let mut permit = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(left) = permit.as_mut() {
            let key = (self.key)(operation, on);
            *left.counted.entry(key).or_default() += 1;
        }
    }

    /// # Errors
    /// A call was refused.
    pub fn check(&self) -> Result<(), Failure> {
        let permit = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let refused = permit.as_ref().and_then(|left| left.refused.as_ref());
        refused.map_or(Ok(()), |what| Err(not_announced(what)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROLE: &str = "role.r";

    fn announced(operation: &'static str, on: &str, only_if: Option<&str>) -> Announced {
        Announced {
            operation,
            on: on.into(),
            which: None,
            only_if: only_if.map(str::to_owned),
        }
    }

    fn permit() -> Permit {
        Permit::keyed(|operation, on| (operation, on.to_owned()))
    }

    #[test]
    fn only_what_was_announced_may_be_sent_and_as_often() {
        let permit = permit();
        permit.take("iam:DeleteRole", ROLE).unwrap();
        permit.only(&[
            announced("iam:PutRolePolicy", ROLE, None),
            announced("iam:UntagRole", ROLE, Some("perhaps")),
        ]);
        permit.take("iam:UntagRole", ROLE).unwrap();
        permit.take("iam:UntagRole", ROLE).unwrap();
        permit.take("iam:PutRolePolicy", ROLE).unwrap();
        permit.give_back("iam:PutRolePolicy", ROLE);
        permit.take("iam:PutRolePolicy", ROLE).unwrap();
        assert!(permit.check().is_ok());
        assert!(permit.take("iam:PutRolePolicy", ROLE).is_err(), "once more");
        assert!(permit.check().is_err());
        assert!(
            permit.take("iam:UntagRole", ROLE).is_err(),
            "nothing goes on after that"
        );
    }

    #[test]
    fn another_target_is_another_call() {
        let permit = permit();
        permit.only(&[announced("iam:PutRolePolicy", "role.other", None)]);
        assert!(permit.take("iam:PutRolePolicy", ROLE).is_err());
    }
}
