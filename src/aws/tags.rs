//! Tags: what leads from those that there are to those that are wanted.

use super::Aws;
use super::error::Result;
use super::replace::Aspect;
use crate::resource::Tags;

/// The tags to write so that `have` has those of `want`.
pub(super) fn missing(have: &Tags, want: &Tags) -> Tags {
    want.iter()
        .filter(|(key, value)| have.get(*key) != Some(*value))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

/// The keys that `have` has and `want` has not, in whatever case: IAM does not tell keys apart by it.
pub(super) fn gone(have: &Tags, want: &Tags) -> Vec<String> {
    let stays = |key: &String| want.keys().any(|other| other.eq_ignore_ascii_case(key));
    have.keys().filter(|key| !stays(key)).cloned().collect()
}

/// What to send where a put replaces all tags: those that are there `now`, with what leads from
/// `have` to `want`. That includes `aws:*`, exactly as read: S3 answers InvalidTag "System tags
/// cannot be removed by requester" to a put without them (terraform-provider-aws issue 7323).
pub(super) fn merged(now: &Tags, have: &Tags, want: &Tags) -> Tags {
    let mut all = now.clone();
    all.retain(|key, _| want.contains_key(key) || !have.contains_key(key));
    all.extend(missing(have, want));
    all
}

/// What leads from one set of tags to another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Change {
    /// To be written.
    pub(super) written: Tags,
    /// The keys of those to be taken away.
    pub(super) gone: Vec<String>,
}

impl Change {
    pub(super) fn between(have: &Tags, want: &Tags) -> Self {
        Self {
            written: missing(have, want),
            gone: gone(have, want),
        }
    }

    pub(super) fn is_nothing(&self) -> bool {
        self.written.is_empty() && self.gone.is_empty()
    }
}

/// All tags of something, of which only those that are changed count: two are the same if these are.
#[derive(Clone, Debug)]
pub(super) struct Watched {
    pub(super) all: Tags,
    keys: Vec<String>,
}

impl Watched {
    pub(super) fn new(all: Tags, change: &Change) -> Self {
        let keys = change.written.keys().chain(&change.gone);
        let keys = keys.cloned().collect();
        Self { all, keys }
    }

    /// The tag of this key; IAM may have it in another case than it was written in.
    fn get(&self, key: &str) -> Option<&String> {
        let like = || {
            self.all
                .iter()
                .find(|(other, _)| other.eq_ignore_ascii_case(key))
        };
        self.all.get(key).or_else(|| Some(like()?.1))
    }
}

impl PartialEq for Watched {
    fn eq(&self, other: &Self) -> bool {
        let mut keys = self.keys.iter().chain(&other.keys);
        keys.all(|key| self.get(key) == other.get(key))
    }
}

impl Aspect<Watched> {
    /// Tags that are written over, or taken away from, those of the same keys that the plan saw.
    pub(super) fn tags(on: &str, have: &Tags, change: &Change) -> Self {
        let seen = Watched::new(have.clone(), change);
        let wanted = Watched::new(change.written.clone(), change);
        Self::new(format!("the tags of {on}"), seen, wanted)
    }
}

impl Aws {
    /// Leads tags from `have` to `want`, unless somebody has changed those of them since the plan.
    /// `look` reads all of them, `tag` adds some, and `untag` takes away those of some keys.
    pub(super) async fn lead_tags<L, P, U>(
        &self,
        on: &str,
        (have, want): (&Tags, &Tags),
        look: impl Fn() -> L,
        tag: impl FnOnce(Tags) -> P,
        untag: impl FnOnce(Vec<String>) -> U,
    ) -> Result<()>
    where
        L: Future<Output = Result<Tags>>,
        P: Future<Output = Result<()>>,
        U: Future<Output = Result<()>>,
    {
        let change = Change::between(have, want);
        if change.is_nothing() {
            return Ok(());
        }
        let look = || async { Ok(Watched::new(look().await?, &change)) };
        self.replace(Aspect::tags(on, have, &change), look, |_| async {
            if !change.written.is_empty() {
                tag(change.written.clone()).await?;
            }
            match change.gone.is_empty() {
                true => Ok(()),
                false => untag(change.gone.clone()).await,
            }
        })
        .await
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
    use crate::resource::carries;

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
        let whole = tags(&[
            ("aws:cloudformation:stack-name", "s"),
            ("theirs", "1"),
            ("ours", "new"),
            ("more", ""),
        ]);
        assert_eq!(merged(&have, &have, &whole), whole);
        assert_eq!(gone(&have, &whole), Vec::<String>::new());
    }

    #[test]
    fn what_is_not_wanted_any_more_goes_and_what_came_meanwhile_stays() {
        let have = tags(&[("theirs", "1"), ("ours", "old")]);
        let want = tags(&[("theirs", "1")]);
        let now = tags(&[("theirs", "2"), ("ours", "old"), ("new", "3")]);
        assert_eq!(gone(&have, &want), ["ours"]);
        assert_eq!(
            merged(&now, &have, &want),
            tags(&[("theirs", "2"), ("new", "3")])
        );
        assert_eq!(
            gone(&tags(&[("Team", "x")]), &tags(&[("team", "y")])),
            Vec::<String>::new(),
            "IAM has it as Team, and takes team for it"
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
    fn only_what_is_changed_is_watched() {
        let change = Change::between(
            &tags(&[("ours", "old"), ("former", "3")]),
            &tags(&[("ours", "new")]),
        );
        let seen = |pairs| Watched::new(tags(pairs), &change);
        let have = seen(&[("ours", "old"), ("theirs", "1")]);
        assert!(have == seen(&[("ours", "old"), ("more", "2")]), "foreign");
        assert!(have != seen(&[("ours", "else"), ("theirs", "1")]));
        assert!(have != seen(&[("theirs", "1")]));
        assert!(have != seen(&[("ours", "old"), ("former", "3")]), "it goes");
        assert!(have == seen(&[("Ours", "old")]), "IAM tells no case");
    }

    #[test]
    fn an_empty_value_survives() {
        let empty = tags(&[("k", "")]);
        assert_eq!(from_s3(&to_s3(&empty).unwrap()), empty);
        assert_eq!(from_iam(&to_iam(&empty).unwrap()), empty);
    }
}
