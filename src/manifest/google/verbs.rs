//! The verbs of grants, and the permissions that they are
//! (<https://cloud.google.com/storage/docs/access-control/iam-permissions>).

use crate::yaml::suggestion;

/// Verb → permissions. To write over an object that is there takes `delete`, too.
const VERBS: [(&str, &[&str]); 6] = [
    ("list", &["storage.objects.list"]),
    ("read", &["storage.objects.get"]),
    ("write", &["storage.objects.create"]),
    ("delete", &["storage.objects.delete"]),
    (
        "multipart",
        &[
            "storage.multipartUploads.abort",
            "storage.multipartUploads.create",
            "storage.multipartUploads.list",
            "storage.multipartUploads.listParts",
        ],
    ),
    ("location", &["storage.buckets.get"]),
];

/// The permissions that `word` is: a verb's, or itself.
///
/// # Errors
/// It is neither: what is wrong, and what to write.
pub(super) fn permissions(word: &str) -> Result<Vec<String>, (String, String)> {
    if let Some((_, all)) = VERBS.iter().find(|(verb, _)| *verb == word) {
        return Ok(all.iter().map(|one| (*one).to_owned()).collect());
    }
    if word.contains('.') {
        check_permission(word)?;
        return Ok(vec![word.to_owned()]);
    }
    let verbs = VERBS.iter().map(|(verb, _)| *verb);
    Err((
        format!("{word:?} is no verb"),
        format!(
            "{} or write a permission such as storage.objects.get",
            suggestion(word, verbs)
        ),
    ))
}

/// `service.resource.verb`, the service in small letters; no wildcards in a role.
///
/// # Errors
/// What is wrong, and what to write.
pub(super) fn check_permission(permission: &str) -> Result<(), (String, String)> {
    let parts: Vec<&str> = permission.split('.').collect();
    let word = |part: &&str| {
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
        !part.is_empty() && part.bytes().all(plain)
    };
    if permission.contains('*') {
        return Err((
            format!("{permission:?} has a wildcard, and a role takes none"),
            "name each permission".to_owned(),
        ));
    }
    if parts.len() != 3 || !parts.iter().all(word) {
        return Err((
            format!("{permission:?} is no permission"),
            "such a one reads storage.objects.create".to_owned(),
        ));
    }
    let small = |part: &str| part.starts_with(|c: char| c.is_ascii_lowercase());
    let fixed = parts.iter().map(|part| {
        let mut letters = part.chars();
        let first = letters.next().map(|c| c.to_ascii_lowercase());
        first.into_iter().chain(letters).collect::<String>()
    });
    if !parts.iter().all(|part| small(part)) || parts[0] != parts[0].to_lowercase() {
        let fixed: Vec<String> = fixed.collect();
        return Err((
            format!("{permission:?} has a capital letter where Google has none"),
            format!("write {:?}", fixed.join(".")),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_a_verb_or_a_permission() {
        let all = |word: &str| permissions(word).map(|all| all.join(" "));
        assert_eq!(all("write"), Ok("storage.objects.create".to_owned()));
        assert_eq!(
            all("storage.buckets.get"),
            Ok("storage.buckets.get".to_owned())
        );
        let fix = |word: &str| permissions(word).unwrap_err().1;
        assert!(fix("reed").contains("`read`"), "{}", fix("reed"));
        assert!(fix("storage.objects.*").contains("name each"));
        assert!(fix("objects.get").contains("storage.objects.create"));
        // As RudderStack's page has it.
        assert_eq!(
            fix("Storage.objects.create"),
            "write \"storage.objects.create\""
        );
    }
}
