//! What the page's examples leave out.

use super::*;

fn found(json: serde_json::Value) -> Vec<String> {
    let project: Project = serde_json::from_value(json).unwrap();
    let found = lint(&project).into_iter();
    found
        .map(|finding| format!("{} {}", finding.path, finding.rule.id))
        .collect()
}

#[test]
fn what_google_binds_by_itself_is_no_finding() {
    let json = serde_json::json!({
        "bucket": {"name": "b"},
        "bindings": [
            {"role": "roles/storage.legacyBucketOwner",
             "members": ["projectEditor:acme-1", "projectOwner:acme-1"]},
            {"role": "roles/storage.legacyBucketReader", "members": ["projectViewer:acme-1"]},
        ],
    });
    assert_eq!(found(json), [""; 0]);
}

#[test]
fn what_several_roles_have_counts_together() {
    let of = |roles: &[&str]| {
        let bindings: Vec<_> = roles
            .iter()
            .map(|role| serde_json::json!({"role": role, "members": ["user:a@example.com"]}))
            .collect();
        found(serde_json::json!({
            "bindings": bindings,
            "roles": {"projects/p/roles/d": ["storage.objects.delete"]},
        }))
    };
    let creator = "roles/storage.objectCreator";
    assert_eq!(of(&[creator]), ["bindings[0].role google-no-overwrite"]);
    assert_eq!(of(&[creator, "projects/p/roles/d"]), [""; 0]);
}

#[test]
fn a_condition_that_something_may_fulfil_is_fine() {
    for (expression, dead) in [
        (
            "resource.name.startsWith('projects/_/buckets/b/objects/a/')",
            false,
        ),
        ("resource.name.startsWith('projects/_/buckets/b')", false),
        (
            "resource.name.startsWith('projects/_/buckets/c/objects/a/')",
            true,
        ),
        ("resource.name.startsWith('b/a/')", true),
        ("resource.name == 'projects/_/buckets/b'", false),
        ("resource.name == 'a'", true),
        ("resource.name == 'a' || request.time < now()", false),
        ("resource.name.endsWith('.sql')", false),
    ] {
        let found = found(serde_json::json!({
            "bucket": {"name": "b"},
            "bindings": [{"role": "roles/storage.legacyObjectReader", "condition": expression,
                "members": ["user:a@example.com"]}],
        }));
        assert_eq!(!found.is_empty(), dead, "{expression}: {found:?}");
    }
}
