//! When a listing of the account is worth its pages.
//!
//! How large an account is, nobody knows before the last page. So a listing gets an allowance: what the
//! single reads that it replaces would cost, and no more. The worst that can happen is that all of it is
//! spent in vain, and then a run has made a tenth more calls than without.

use crate::resource::Resource;
use std::collections::BTreeSet;

/// So many single reads are worth one page of a thousand identities, with all their documents. Pages come
/// one after another, where ten reads or more go at the same time; and there are two listings.
const OF_IDENTITIES: usize = 20;
/// So many calls of HeadBucket are worth one page of a thousand buckets: names and regions, no more.
const OF_BUCKETS: usize = 5;

/// What is going to be read, as far as a listing may show it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    /// Names in lower case, as IAM compares them.
    pub(super) roles: BTreeSet<String>,
    pub(super) users: BTreeSet<String>,
    pub(super) groups: BTreeSet<String>,
    /// ARNs of managed policies.
    pub(super) policies: BTreeSet<String>,
    pub(super) buckets: BTreeSet<String>,
    /// Under which all these roles are.
    pub(super) path: Option<String>,
    /// How many single reads of identities a listing replaces.
    saved: usize,
}

impl Asked {
    /// What is asked for; `arn` tells that of a managed policy.
    pub(super) fn of<'a>(
        all: impl IntoIterator<Item = &'a Resource>,
        arn: impl Fn(&Resource) -> Option<String>,
    ) -> Self {
        let mut asked = Self::default();
        for resource in all {
            match resource {
                // The role, its two lists, and each inline policy.
                Resource::Role(role) => {
                    asked.saved += 3 + role.inline_policies.len();
                    asked.path = Some(match asked.path.take() {
                        Some(path) => shared(&path, &role.path),
                        None => role.path.clone(),
                    });
                    asked.roles.insert(role.name.to_lowercase());
                }
                // A user's groups, too.
                Resource::User(user) => {
                    asked.saved += 4 + user.inline_policies.len();
                    asked.users.insert(user.name.to_lowercase());
                }
                Resource::Group(group) => {
                    asked.saved += 3 + group.inline_policies.len();
                    asked.groups.insert(group.name.to_lowercase());
                }
                // Its document; its tags are in no listing.
                Resource::Policy(_) => {
                    asked.saved += 1;
                    asked.policies.extend(arn(resource));
                }
                Resource::Bucket(bucket) => {
                    asked.buckets.insert(bucket.name.clone());
                }
                _ => {}
            }
        }
        asked
    }

    /// How many pages of each listing of identities may be read: 0 is none at all.
    pub(super) fn pages_of_identities(&self) -> usize {
        self.saved / OF_IDENTITIES
    }

    /// How many pages of buckets may be read.
    pub(super) fn pages_of_buckets(&self) -> usize {
        self.buckets.len() / OF_BUCKETS
    }
}

/// The folder that both paths are in.
fn shared(one: &str, other: &str) -> String {
    let same = one.bytes().zip(other.bytes()).take_while(|(a, b)| a == b);
    let length = same.count();
    let end = one.as_bytes()[..length].iter().rposition(|b| *b == b'/');
    one[..end.map_or(0, |at| at + 1)].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::{ManagedPolicy, Role, User};

    fn role(name: &str, path: &str) -> Resource {
        Resource::Role(Role {
            path: path.to_owned(),
            ..Role::named(name)
        })
    }

    fn asked(all: &[Resource]) -> Asked {
        Asked::of(all, |resource| Some(resource.address().to_string()))
    }

    #[test]
    fn a_few_identities_are_not_worth_a_page_and_many_are_worth_as_many_as_they_save() {
        let roles = |count: usize| -> Vec<Resource> {
            (0..count).map(|at| role(&format!("r{at}"), "/")).collect()
        };
        for (count, pages, reason) in [
            (1, 0, "one role is three reads"),
            (6, 0, "eighteen"),
            (7, 1, "twenty-one"),
            (
                20,
                3,
                "an account of 5,000 roles is given up after three thousand",
            ),
            (1000, 150, "any account is read to its end"),
        ] {
            assert_eq!(
                asked(&roles(count)).pages_of_identities(),
                pages,
                "{reason}"
            );
        }
    }

    #[test]
    fn what_is_saved_is_what_would_be_read_one_by_one() {
        let user = Resource::User(User::named("U"));
        let policy = Resource::Policy(ManagedPolicy {
            name: "p".into(),
            path: "/".into(),
            description: None,
            policy: Default::default(),
            tags: Default::default(),
        });
        let all = asked(&[role("R", "/"), user, policy]);
        assert_eq!(all.saved, 3 + 4 + 1);
        assert!(
            all.roles.contains("r") && all.users.contains("u"),
            "{all:?}"
        );
        assert!(all.policies.contains("policy.p"), "{all:?}");
    }

    #[test]
    fn roles_are_listed_below_the_path_that_all_share() {
        for (paths, expected) in [
            (&["/"][..], "/"),
            (&["/a/b/", "/a/c/"], "/a/"),
            (&["/a/b/", "/a/bc/"], "/a/"),
            (&["/a/", "/a/"], "/a/"),
            (&["/a/", "/b/"], "/"),
        ] {
            let roles: Vec<Resource> = paths.iter().map(|path| role("r", path)).collect();
            assert_eq!(asked(&roles).path.as_deref(), Some(expected), "{paths:?}");
        }
        assert_eq!(asked(&[]).path, None);
    }
}
