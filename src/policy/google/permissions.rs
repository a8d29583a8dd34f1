//! The permissions of Cloud Storage and of service accounts
//! (<https://cloud.google.com/storage/docs/access-control/iam-permissions>,
//! <https://cloud.google.com/iam/docs/roles-permissions/iam>).

/// What there is of each resource.
const TABLE: [(&str, &[&str]); 15] = [
    (
        "iam.serviceAccountKeys",
        &["create", "delete", "disable", "enable", "get", "list"],
    ),
    (
        "iam.serviceAccounts",
        &[
            "actAs",
            "create",
            "createTagBinding",
            "delete",
            "deleteTagBinding",
            "disable",
            "enable",
            "get",
            "getAccessToken",
            "getIamPolicy",
            "getOpenIdToken",
            "implicitDelegation",
            "list",
            "listEffectiveTags",
            "listTagBindings",
            "setIamPolicy",
            "signBlob",
            "signJwt",
            "undelete",
            "update",
        ],
    ),
    (
        "storage.anywhereCaches",
        &[
            "create", "disable", "get", "list", "pause", "resume", "update",
        ],
    ),
    ("storage.bucketOperations", &["cancel", "get", "list"]),
    (
        "storage.buckets",
        &[
            "create",
            "createTagBinding",
            "delete",
            "deleteTagBinding",
            "enableObjectRetention",
            "exemptFromIpFilter",
            "get",
            "getIamPolicy",
            "getIpFilter",
            "getObjectInsights",
            "list",
            "listEffectiveTags",
            "listTagBindings",
            "relocate",
            "restore",
            "setIamPolicy",
            "setIpFilter",
            "update",
        ],
    ),
    (
        "storage.folders",
        &["create", "delete", "get", "list", "rename"],
    ),
    (
        "storage.hmacKeys",
        &["create", "delete", "get", "list", "update"],
    ),
    ("storage.intelligenceConfigs", &["get", "update"]),
    (
        "storage.managedFolders",
        &[
            "create",
            "delete",
            "get",
            "getIamPolicy",
            "list",
            "setIamPolicy",
        ],
    ),
    (
        "storage.multipartUploads",
        &["abort", "create", "list", "listParts"],
    ),
    (
        "storage.objects",
        &[
            "create",
            "createContext",
            "delete",
            "deleteContext",
            "dropContexts",
            "get",
            "getIamPolicy",
            "list",
            "move",
            "overrideUnlockedRetention",
            "restore",
            "setIamPolicy",
            "setRetention",
            "update",
            "updateContext",
        ],
    ),
    (
        "iam.roles",
        &["create", "delete", "get", "list", "undelete", "update"],
    ),
    (
        "iam.workloadIdentityPools",
        &[
            "create",
            "createPolicyBinding",
            "delete",
            "deletePolicyBinding",
            "get",
            "list",
            "searchPolicyBindings",
            "undelete",
            "update",
        ],
    ),
    (
        "iam.workloadIdentityPoolProviders",
        &["create", "delete", "get", "list", "undelete", "update"],
    ),
    (
        "iam.workloadIdentityPoolProviderKeys",
        &["create", "delete", "get", "list", "undelete"],
    ),
];

/// Resources, each with its verbs.
pub const ALL: &[(&str, &[&str])] = &TABLE;

/// Every permission, in full.
fn each() -> impl Iterator<Item = String> {
    let each = TABLE.iter();
    each.flat_map(|(of, verbs)| verbs.iter().map(move |verb| format!("{of}.{verb}")))
}

/// Whether there is such a permission.
#[must_use]
pub fn is_permission_known(permission: &str) -> bool {
    let Some((of, verb)) = permission.rsplit_once('.') else {
        return false;
    };
    let mut table = TABLE.iter();
    table.any(|(known, verbs)| *known == of && verbs.contains(&verb))
}

/// Whether all permissions are known of the service that it is of: of `iam` only those of the
/// resources in the table are.
#[must_use]
pub fn service_is_known(permission: &str) -> bool {
    permission.starts_with("storage.")
        || TABLE.iter().any(|(of, _)| {
            let rest = permission.strip_prefix(of);
            rest.is_some_and(|rest| rest.starts_with('.'))
        })
}

/// The one that was probably meant.
#[must_use]
pub fn nearest_permission(permission: &str) -> Option<String> {
    let all = each().map(|known| {
        let near = strsim::normalized_damerau_levenshtein(
            &known.to_lowercase(),
            &permission.to_lowercase(),
        );
        (near, known)
    });
    let best = all.max_by(|(one, _), (other, _)| one.total_cmp(other));
    best.filter(|(near, _)| *near > 0.7).map(|(_, known)| known)
}

/// Whether it is asked for with an object's name: all others are asked of the bucket.
#[must_use]
pub fn is_of_object(permission: &str) -> bool {
    match permission.rsplit_once('.') {
        Some(("storage.objects", verb)) => verb != "list",
        Some(("storage.multipartUploads", verb)) => verb != "list",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_permission_that_does_not_exist_has_a_neighbour() {
        assert!(is_permission_known("storage.objects.create"));
        assert!(!is_permission_known("storage.objects.read"));
        for (wrong, meant) in [
            ("storage.objects.creat", Some("storage.objects.create")),
            ("storage.object.get", Some("storage.objects.get")),
            (
                "storage.buckets.setIAMPolicy",
                Some("storage.buckets.setIamPolicy"),
            ),
            ("pubsub.topics.publish", None),
        ] {
            assert_eq!(nearest_permission(wrong).as_deref(), meant, "{wrong}");
        }
        assert!(service_is_known("storage.object.get"));
        assert!(service_is_known("iam.serviceAccounts.use"));
        assert!(!service_is_known("iam.policyBindings.get"));
        assert!(!service_is_known("pubsub.topics.publish"));
    }
}
