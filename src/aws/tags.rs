//! Tags: what of ours is missing on what there is.

use super::Aws;
use super::error::Result;
use super::replace::Aspect;
use crate::resource::{Tags, unprotection};

/// Whether something carries every one of our tags. Nothing carries none: without marks there is
/// no telling whose it is.
pub(super) fn carries(have: &Tags, want: &Tags) -> bool {
    !want.is_empty() && want.iter().all(|(key, value)| have.get(key) == Some(value))
}

/// The tags to write so that `have` has those of `want`, and no protection that `want` has not.
pub(super) fn missing(have: &Tags, want: &Tags) -> Tags {
    want.iter()
        .filter(|(key, value)| have.get(*key) != Some(*value))
        .map(|(key, value)| (key.clone(), value.clone()))
        .chain(unprotection(have, want))
        .collect()
}

/// What to send where a put replaces all tags: ours, and everything that is there. That includes
/// `aws:*`, exactly as read: S3 answers InvalidTag "System tags cannot be removed by requester" to
/// a put without them (terraform-provider-aws issue 7323).
pub(super) fn merged(have: &Tags, want: &Tags) -> Tags {
    let mut all = have.clone();
    all.extend(want.clone());
    all.extend(unprotection(have, want));
    all
}

/// All tags of something, of which only those that are written count: two are the same if these are.
#[derive(Clone, Debug)]
pub(super) struct Watched {
    pub(super) all: Tags,
    written: Tags,
}

impl Watched {
    pub(super) fn new(all: Tags, written: &Tags) -> Self {
        let written = written.clone();
        Self { all, written }
    }
}

impl PartialEq for Watched {
    fn eq(&self, other: &Self) -> bool {
        let keys = self.written.keys().chain(other.written.keys());
        keys.into_iter()
            .all(|key| self.all.get(key) == other.all.get(key))
    }
}

impl Aspect<Watched> {
    /// Tags that are written over those of the same keys that the plan saw.
    pub(super) fn tags(on: &str, have: &Tags, written: &Tags) -> Self {
        let seen = Watched::new(have.clone(), written);
        let wanted = Watched::new(written.clone(), written);
        Self::new(format!("the tags of {on}"), seen, wanted)
    }
}

impl Aws {
    /// Writes what is missing of `want`, unless somebody has changed those tags since the plan. `look`
    /// reads all of them, and `put` adds some.
    pub(super) async fn add_tags<L, P>(
        &self,
        on: &str,
        (have, want): (&Tags, &Tags),
        look: impl Fn() -> L,
        put: impl FnOnce(Tags) -> P,
    ) -> Result<()>
    where
        L: Future<Output = Result<Tags>>,
        P: Future<Output = Result<()>>,
    {
        let written = missing(have, want);
        if written.is_empty() {
            return Ok(());
        }
        let look = || async { Ok(Watched::new(look().await?, &written)) };
        let aspect = Aspect::tags(on, have, &written);
        self.replace(aspect, look, |_| put(written.clone())).await
    }
}

/// The SDK's tags, both ways, for each service's own type.
macro_rules! tags_of {
    ($service:ident, $to:ident, $from:ident) => {
        pub(super) fn $to(tags: &Tags) -> Result<Vec<$service::types::Tag>> {
            tags.iter()
                .map(|(key, value)| {
                    $service::types::Tag::builder()
                        .key(key)
                        .value(value)
                        .build()
                })
                .map(|tag| Ok(tag?))
                .collect()
        }

        pub(super) fn $from(tags: &[$service::types::Tag]) -> Tags {
            tags.iter()
                .map(|tag| (tag.key().to_owned(), tag.value().to_owned()))
                .collect()
        }
    };
}
tags_of!(aws_sdk_s3, to_s3, from_s3);
tags_of!(aws_sdk_iam, to_iam, from_iam);

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(pairs: &[(&str, &str)]) -> Tags {
        pairs
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn foreign_tags_stay_and_ours_are_put() {
        let have = tags(&[
            ("aws:cloudformation:stack-name", "s"),
            ("theirs", "1"),
            ("ours", "old"),
        ]);
        let want = tags(&[("ours", "new"), ("more", "")]);
        assert_eq!(missing(&have, &want), want);
        assert_eq!(
            merged(&have, &want),
            tags(&[
                ("aws:cloudformation:stack-name", "s"),
                ("theirs", "1"),
                ("ours", "new"),
                ("more", "")
            ])
        );
    }

    #[test]
    fn marks_are_carried_only_if_there_are_any_and_all() {
        let mark = tags(&[("managed-by", "s3setup"), ("s3setup:manifest", "neon")]);
        let more = tags(&[
            ("managed-by", "s3setup"),
            ("s3setup:manifest", "neon"),
            ("x", "y"),
        ]);
        assert!(carries(&more, &mark));
        assert!(!carries(&tags(&[("managed-by", "s3setup")]), &mark));
        let loud = tags(&[("Managed-By", "s3setup"), ("s3setup:manifest", "neon")]);
        assert!(!carries(&loud, &mark), "our marks are exact");
        assert!(!carries(&more, &Tags::new()));
    }

    #[test]
    fn only_what_is_written_is_watched() {
        let written = tags(&[("ours", "new")]);
        let seen = |pairs| Watched::new(tags(pairs), &written);
        let have = seen(&[("ours", "old"), ("theirs", "1")]);
        assert!(have == seen(&[("ours", "old"), ("more", "2")]), "foreign");
        assert!(have != seen(&[("ours", "else"), ("theirs", "1")]));
        assert!(have != seen(&[("theirs", "1")]));
    }

    #[test]
    fn an_empty_value_survives() {
        let empty = tags(&[("k", "")]);
        assert_eq!(from_s3(&to_s3(&empty).unwrap()), empty);
        assert_eq!(from_iam(&to_iam(&empty).unwrap()), empty);
    }
}
