//! The one casing of an action's name, which AWS compares without case.

use super::{actions, apis};

/// Verbs that begin the names of actions, of services whose table is not known here.
const VERBS: &[&str] = &[
    "Batch",
    "Add",
    "Assume",
    "Attach",
    "Cancel",
    "Create",
    "Delete",
    "Deregister",
    "Describe",
    "Detach",
    "Disable",
    "Enable",
    "Execute",
    "Get",
    "Import",
    "Invoke",
    "List",
    "Modify",
    "Publish",
    "Put",
    "Receive",
    "Register",
    "Remove",
    "Run",
    "Send",
    "Set",
    "Start",
    "Stop",
    "Subscribe",
    "Tag",
    "Untag",
    "Update",
];

/// An action's name in one casing that depends only on its lower-cased text, because AWS compares
/// actions without case. A known action or API has AWS's casing; a pattern borrows it from the
/// first action it matches (`s3:*acl` → `s3:*Acl`); anything else gets capitals by a simple rule.
pub(super) fn action(name: &str) -> String {
    if let Some(known) = actions::find(name) {
        return known.to_string();
    }
    let lower = name.to_ascii_lowercase();
    let Some((service, pattern)) = lower.split_once(':') else {
        return lower;
    };
    if let Some(api) = apis::cased(&lower) {
        return format!("{service}:{api}");
    }
    let borrowed = actions::matching(&lower)
        .next()
        .and_then(|known| borrow(pattern, known.name));
    let pattern = borrowed.unwrap_or_else(|| {
        let mut parts = pattern.split('*');
        let first = parts.next().map(|part| begun(service, part));
        let parts: Vec<_> = first.into_iter().chain(parts.map(capitals)).collect();
        parts.join("*")
    });
    format!("{service}:{pattern}")
}

/// The lower-cased pattern in the casing of a name it matches.
fn borrow(pattern: &str, name: &str) -> Option<String> {
    let parts: Vec<&str> = pattern.split('*').collect();
    let last = parts.len() - 1;
    let mut rest = name;
    let mut cased = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        let latest = rest.len().checked_sub(part.len())?;
        // The first part begins the name and the last one ends it; those between are somewhere.
        let start = match index {
            _ if index == last => latest,
            0 => 0,
            _ => (0..=latest).find(|&start| fits(part, rest.get(start..)))?,
        };
        let found = rest.get(start..start + part.len())?;
        let letters = part.chars().zip(found.chars());
        cased.push(
            letters
                .map(|(asked, letter)| if asked == '?' { '?' } else { letter })
                .collect(),
        );
        rest = rest.get(start + part.len()..)?;
    }
    let cased: Vec<String> = cased;
    Some(cased.join("*"))
}

/// Whether the text begins with the part, in which `?` is any letter.
fn fits(part: &str, text: Option<&str>) -> bool {
    text.is_some_and(|text| {
        part.len() <= text.len()
            && part
                .chars()
                .zip(text.chars())
                .all(|(asked, letter)| asked == '?' || asked.eq_ignore_ascii_case(&letter))
    })
}

/// The lower-cased beginning of a name in the casing of the action of the service that begins most
/// alike: `putbucketwebsites` → `PutBucketWebsites`.
fn begun(service: &str, lower: &str) -> String {
    let shared = |name: &str| {
        let letters = name.bytes().zip(lower.bytes());
        letters
            .take_while(|(known, asked)| known.to_ascii_lowercase() == *asked)
            .count()
    };
    let mut best = "";
    for known in actions::matching(&format!("{service}:*")) {
        if shared(known.name) > shared(best) {
            best = known.name;
        }
    }
    // What is shared is ASCII, so it ends between characters in both.
    let (same, other) = best.split_at(shared(best));
    let rest = &lower[same.len()..];
    let within_a_word = other.is_empty() || other.starts_with(|c: char| c.is_ascii_lowercase());
    match !same.is_empty() && (within_a_word || is_plural(rest)) {
        true => format!("{same}{rest}"),
        false => format!("{same}{}", capitals(rest)),
    }
}

/// The end of a word that means several, perhaps of a version of an API: `s`, `sv2`.
fn is_plural(rest: &str) -> bool {
    let Some(version) = rest.strip_prefix('s') else {
        return false;
    };
    let digits = version.strip_prefix('v').unwrap_or(version);
    version.is_empty() || (digits != version && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// `describeinstances` → `DescribeInstances`: a capital for the verb and for what follows it.
fn capitals(lower: &str) -> String {
    let mut cased = String::with_capacity(lower.len());
    let mut rest = lower;
    while let Some(verb) = VERBS
        .iter()
        .find(|verb| rest.starts_with(&verb.to_ascii_lowercase()))
    {
        cased.push_str(verb);
        rest = &rest[verb.len()..];
        if *verb != "Batch" {
            break;
        }
    }
    let mut letters = rest.chars();
    cased.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
    cased.extend(letters);
    cased
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_action_has_one_casing() {
        for (name, expected) in [
            ("s3:getobject", "s3:GetObject"),
            ("S3:GET*", "s3:Get*"),
            ("s3:getob*", "s3:GetOb*"),
            ("s3:*acl", "s3:*Acl"),
            ("s3:get*ACL", "s3:Get*Acl"),
            ("s3:get?bject", "s3:Get?bject"),
            ("s3:*object*tagging", "s3:*Object*Tagging"),
            ("S3:*", "s3:*"),
            ("*", "*"),
            ("*:*", "*:*"),
            ("EC2:describeinstances", "ec2:DescribeInstances"),
            ("dynamodb:batchgetitem", "dynamodb:BatchGetItem"),
            ("sqs:SENDmessage", "sqs:SendMessage"),
            ("sqs:get*url", "sqs:Get*Url"),
            ("s3:listobjectsv2", "s3:ListObjectsV2"),
            ("s3:listobjectsv3", "s3:ListObjectsv3"),
            ("s3:putbucketwebsites", "s3:PutBucketWebsites"),
            ("s3:getobjekt", "s3:GetObjekt"),
            ("s3:getobjekt*acls", "s3:GetObjekt*Acls"),
            ("s3:", "s3:"),
            (":", ":"),
            ("GetObject", "getobject"),
            ("s3:ÄÜ*é", "s3:ÄÜ*é"),
        ] {
            assert_eq!(action(name), expected);
        }
    }

    proptest! {
        #[test]
        fn the_casing_of_an_action_depends_on_its_lower_case_only(
            name in "(s3|S3|iam|ec2|\\*|):?[a-zA-Z*?éÄ:]{0,12}",
        ) {
            let cased = action(&name);
            prop_assert_eq!(&action(&name.to_ascii_lowercase()), &cased);
            prop_assert_eq!(&action(&name.to_ascii_uppercase()), &cased);
            prop_assert_eq!(&action(&cased), &cased);
            prop_assert_eq!(cased.to_ascii_lowercase(), name.to_ascii_lowercase());
        }
    }
}
