//! For the tests of every check: the findings of statements written as JSON.

use super::*;

pub(super) const BUCKET: Kind<'static> = Kind::BucketPolicy {
    bucket: "b",
    partition: "aws",
};

pub(super) fn findings(kind: &Kind, statements: &str) -> Vec<Finding> {
    let statements: Vec<Statement> = serde_json::from_str(statements).unwrap();
    check(&statements, kind)
}

/// The rules that `lint` finds in these statements, each with its path.
pub(super) fn linted(ground: &Ground, statements: &str) -> Vec<(&'static str, String)> {
    let statements: Vec<Statement> = serde_json::from_str(statements).unwrap();
    let found = lint(&statements, Some("2012-10-17"), ground);
    let found = found
        .into_iter()
        .map(|finding| (finding.rule.id, finding.path));
    found.collect()
}

/// One statement that allows this has the one finding of this rule, or none for `""`.
pub(super) fn lints(ground: &Ground, members: &str, expected: &str) {
    let found = linted(ground, &format!(r#"[{{"Effect":"Allow",{members}}}]"#));
    let found: Vec<_> = found.into_iter().map(|(id, _)| id).collect();
    let expected: Vec<_> = Some(expected)
        .filter(|id| !id.is_empty())
        .into_iter()
        .collect();
    assert_eq!(found, expected, "{members}");
}

/// The only finding of one statement that allows this; `None` when there is none.
pub(super) fn only(kind: &Kind, members: &str) -> Option<Finding> {
    let found = findings(kind, &format!(r#"[{{"Effect":"Allow",{members}}}]"#));
    assert!(found.len() < 2, "{members}: {found:#?}");
    found.into_iter().next()
}

/// Each statement has the one finding at `path` whose text has `expected`, or none for `""`.
pub(super) fn table(kind: &Kind, rows: &[(&str, &str, &str)]) {
    for (members, path, expected) in rows {
        let found = only(kind, members);
        match found {
            None => assert_eq!(*expected, "", "{members}: nothing is found"),
            Some(finding) => {
                assert!(!expected.is_empty(), "{members}: {finding}");
                assert_eq!(finding.path, format!("Statement[0].{path}"), "{members}");
                assert!(
                    finding.to_string().contains(expected),
                    "{members}: {finding}"
                );
            }
        }
    }
}
