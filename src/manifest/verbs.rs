//! What the verbs of a grant stand for: IAM actions, and on what each of them applies.

use crate::policy::actions;
use crate::yaml::nearest;

/// On what an action is granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// The bucket; its answer depends on no key.
    Bucket,
    /// The bucket, listing keys: limited by `s3:prefix` under a prefix.
    Listing,
    /// The objects.
    Object,
    /// No resource at all: only `*`.
    Account,
}

/// Verb → actions. The names of actions are IAM's, which are often not those of the API
/// (<https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html>).
///
/// No condition key limits `s3:ListBucketMultipartUploads` to a prefix: `multipart` under a prefix
/// shows the keys of unfinished uploads in the whole bucket, as the page on backup targets has it.
const VERBS: [(&str, &[&str]); 11] = [
    ("list", &["s3:ListBucket"]),
    ("read", &["s3:GetObject"]),
    ("write", &["s3:PutObject"]),
    ("delete", &["s3:DeleteObject"]),
    (
        "multipart",
        &[
            "s3:AbortMultipartUpload",
            "s3:ListMultipartUploadParts",
            "s3:ListBucketMultipartUploads",
        ],
    ),
    ("acl", &["s3:PutObjectAcl"]),
    ("tags", &["s3:GetObjectTagging", "s3:PutObjectTagging"]),
    (
        "versions",
        &["s3:ListBucketVersions", "s3:GetObjectVersion"],
    ),
    ("location", &["s3:GetBucketLocation"]),
    ("list_all_buckets", &["s3:ListAllMyBuckets"]),
    ("create_bucket", &["s3:CreateBucket"]),
];

/// All verbs.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    VERBS.iter().map(|(name, _)| *name)
}

/// The actions that `word` (a verb, or an action of S3) stands for.
///
/// # Errors
/// What is wrong, and the fix.
pub(super) fn actions(word: &str) -> Result<Vec<(Level, String)>, (String, String)> {
    if let Some((_, actions)) = VERBS.iter().find(|(name, _)| *name == word) {
        return actions.iter().map(|action| level(action)).collect();
    }
    if word.contains(':') {
        return Ok(vec![level(word)?]);
    }
    if word.contains('*') {
        return Err((
            format!("{word:?} would allow everything"),
            format!("name what is needed: {}", list()),
        ));
    }
    let fix = match nearest(word, names()) {
        Some(near) => format!("did you mean {near:?}? All verbs: {}", list()),
        None => match actions::nearest(&format!("s3:{word}")) {
            Some(action) if action.len() < 64 => format!("write {action}, or a verb: {}", list()),
            _ => format!(
                "write one of {}, or an action such as s3:GetObjectVersion",
                list()
            ),
        },
    };
    Err((format!("{word:?} is nothing that a grant can allow"), fix))
}

fn list() -> String {
    names().collect::<Vec<_>>().join(", ")
}

fn level(action: &str) -> Result<(Level, String), (String, String)> {
    if action.contains(['*', '?']) {
        return Err((
            format!("{action:?} has a wildcard: what it allows grows with every action AWS adds"),
            "name the actions, or write a statement of your own".to_owned(),
        ));
    }
    let Some(known) = actions::find(action) else {
        return Err((
            format!("there is no IAM action {action:?}"),
            match actions::nearest(action) {
                Some(near) => format!("write {near}"),
                None => "see AWS's list of the actions of S3".to_owned(),
            },
        ));
    };
    let name = known.to_string();
    if known.service != "s3" {
        return Err((
            format!(
                "a grant is about the bucket, and {name} is an action of {}",
                known.service
            ),
            "write a statement in inline_policies".to_owned(),
        ));
    }
    let on = |kind: &str| known.resources.iter().any(|resource| resource.name == kind);
    let level = match name.as_str() {
        "s3:ListBucket" | "s3:ListBucketVersions" => Level::Listing,
        _ if on("object") => Level::Object,
        _ if on("bucket") => Level::Bucket,
        _ if known.resources.is_empty() => Level::Account,
        _ => {
            return Err((
                format!("{name} applies neither to buckets nor to objects"),
                "write a statement in inline_policies".to_owned(),
            ));
        }
    };
    Ok((level, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_verb_is_made_of_actions_that_exist() {
        for name in names() {
            assert!(
                actions(name).is_ok_and(|actions| !actions.is_empty()),
                "{name}"
            );
        }
    }

    #[test]
    fn actions_are_put_on_what_they_apply_to() {
        let level = |word: &str| actions(word).unwrap()[0].0;
        assert_eq!(level("s3:abortmultipartupload"), Level::Object);
        assert_eq!(level("s3:GetBucketLocation"), Level::Bucket);
        assert_eq!(level("list"), Level::Listing);
        assert_eq!(level("list_all_buckets"), Level::Account);
        assert_eq!(level("create_bucket"), Level::Bucket);
    }

    #[test]
    fn what_is_no_verb_is_refused_with_the_nearest() {
        let fix = |word: &str| actions(word).unwrap_err().1;
        assert!(fix("reed").contains("\"read\""), "{}", fix("reed"));
        assert!(fix("s3:ListObjectsV2").contains("s3:ListBucket"));
        assert!(fix("s3:HeadObject").contains("s3:GetObject"));
        assert!(actions("*").is_err() && actions("s3:*").is_err() && actions("s3:Get*").is_err());
        assert!(actions("iam:CreateUser").is_err());
    }
}
