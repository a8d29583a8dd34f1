//! The part of the Common Expression Language that conditions of folders are written in. What is not
//! known is not fulfilled.

/// What a condition can ask about.
pub struct About<'a> {
    pub resource: &'a str,
    /// The prefix of a list.
    pub prefix: &'a str,
}

const LIST_PREFIX: &str = "api.getAttribute(\"storage.googleapis.com/objectListPrefix\", \"\")";

/// Whether it is fulfilled.
pub fn holds(expression: &str, about: &About<'_>) -> bool {
    expression
        .split("||")
        .any(|all| all.split("&&").all(|one| atom(one.trim(), about)))
}

fn atom(text: &str, about: &About<'_>) -> bool {
    let text = text.trim_start_matches('(').trim();
    let (value, rest) = match () {
        () if text.starts_with("resource.name") => (about.resource, &text["resource.name".len()..]),
        () if text.starts_with(LIST_PREFIX) => (about.prefix, &text[LIST_PREFIX.len()..]),
        () if text == "true" => return true,
        () => return false,
    };
    let quoted = |text: &str| {
        let (_, rest) = text.split_once('"')?;
        rest.rsplit_once('"').map(|(quoted, _)| quoted.to_owned())
    };
    let Some(said) = quoted(rest) else {
        return false;
    };
    match rest.trim_start() {
        rest if rest.starts_with(".startsWith(") => value.starts_with(&said),
        rest if rest.starts_with(".endsWith(") => value.ends_with(&said),
        rest if rest.starts_with("==") => value == said,
        _ => false,
    }
}

#[test]
fn a_folder_is_told_from_another() {
    let folder = "resource.name.startsWith(\"projects/_/buckets/b/objects/in/\")";
    let listed = format!("{folder} || {LIST_PREFIX}.startsWith(\"in/\")");
    for (expression, resource, prefix, expected) in [
        (folder, "projects/_/buckets/b/objects/in/x", "", true),
        (folder, "projects/_/buckets/b/objects/out/x", "", false),
        (folder, "projects/_/buckets/b", "in/", false),
        (&listed, "projects/_/buckets/b", "in/", true),
        (&listed, "projects/_/buckets/b", "", false),
        (
            "request.time < timestamp(\"x\")",
            "projects/_/buckets/b",
            "",
            false,
        ),
    ] {
        let about = About { resource, prefix };
        assert_eq!(
            holds(expression, &about),
            expected,
            "{expression} {resource}"
        );
    }
}
