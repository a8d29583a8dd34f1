//! The predefined roles that have a say in a bucket or over a service account, with what they have of
//! the permissions that are known here (<https://cloud.google.com/storage/docs/access-control/iam-roles>,
//! <https://cloud.google.com/iam/docs/roles-permissions/iam>).

use super::permissions;
use std::collections::BTreeSet;

const READ_FOLDERS: [&str; 4] = [
    "storage.folders.get",
    "storage.folders.list",
    "storage.managedFolders.get",
    "storage.managedFolders.list",
];
const CREATE_FOLDERS: [&str; 2] = ["storage.folders.create", "storage.managedFolders.create"];
const DELETE_FOLDERS: [&str; 3] = [
    "storage.folders.delete",
    "storage.folders.rename",
    "storage.managedFolders.delete",
];
const UPLOAD: [&str; 3] = [
    "storage.multipartUploads.abort",
    "storage.multipartUploads.create",
    "storage.multipartUploads.listParts",
];
const USE_OBJECTS: [&str; 9] = [
    "storage.objects.create",
    "storage.objects.createContext",
    "storage.objects.delete",
    "storage.objects.deleteContext",
    "storage.objects.get",
    "storage.objects.list",
    "storage.objects.move",
    "storage.objects.restore",
    "storage.objects.update",
];
const READ_BUCKET: [&str; 3] = [
    "storage.buckets.get",
    "storage.multipartUploads.list",
    "storage.objects.list",
];
const WRITE_BUCKET: [&str; 4] = [
    "storage.objects.create",
    "storage.objects.delete",
    "storage.objects.restore",
    "storage.objects.setRetention",
];
const OWN_BUCKET: [&str; 8] = [
    "storage.buckets.createTagBinding",
    "storage.buckets.deleteTagBinding",
    "storage.buckets.enableObjectRetention",
    "storage.buckets.getIamPolicy",
    "storage.buckets.listEffectiveTags",
    "storage.buckets.listTagBindings",
    "storage.buckets.setIamPolicy",
    "storage.buckets.update",
];
const BE_ACCOUNT: [&str; 4] = [
    "iam.serviceAccounts.get",
    "iam.serviceAccounts.getAccessToken",
    "iam.serviceAccounts.getOpenIdToken",
    "iam.serviceAccounts.list",
];

/// `roles/owner` and its like, which are of a whole project.
#[must_use]
pub fn is_basic(role: &str) -> bool {
    matches!(
        role,
        "roles/owner"
            | "roles/editor"
            | "roles/viewer"
            | "roles/admin"
            | "roles/writer"
            | "roles/reader"
    )
}

/// Those that stand for what was in ACLs.
#[must_use]
pub fn is_legacy(role: &str) -> bool {
    role.starts_with("roles/storage.legacy")
}

/// Whether it is one of Google's, and not of a project or an organisation.
#[must_use]
pub fn is_predefined(role: &str) -> bool {
    role.starts_with("roles/")
}

/// What a predefined role has; `None` where that is not known.
#[must_use]
pub fn role(name: &str) -> Option<BTreeSet<String>> {
    let lists: Vec<&[&str]> = match name {
        "roles/storage.objectCreator" => {
            vec![
                &["storage.objects.create", "storage.objects.createContext"],
                &CREATE_FOLDERS,
                &UPLOAD,
            ]
        }
        "roles/storage.objectViewer" => {
            vec![
                &["storage.objects.get", "storage.objects.list"],
                &READ_FOLDERS,
            ]
        }
        "roles/storage.objectUser" => vec![
            &USE_OBJECTS,
            &[
                "storage.multipartUploads.list",
                "storage.objects.updateContext",
            ],
            &UPLOAD,
            &READ_FOLDERS,
            &CREATE_FOLDERS,
            &DELETE_FOLDERS,
        ],
        "roles/storage.bucketViewer" => vec![&["storage.buckets.get", "storage.buckets.list"]],
        "roles/storage.insightsCollectorService" => {
            vec![&["storage.buckets.get", "storage.buckets.getObjectInsights"]]
        }
        "roles/storage.hmacKeyAdmin" => return Some(all_of(&["storage.hmacKeys"])),
        "roles/storage.objectAdmin" => {
            return Some(all_of(&[
                "storage.folders",
                "storage.managedFolders",
                "storage.multipartUploads",
                "storage.objects",
            ]));
        }
        "roles/storage.folderAdmin" => {
            return Some(all_of(&[
                "storage.folders",
                "storage.managedFolders",
                "storage.multipartUploads",
                "storage.objects",
            ]));
        }
        "roles/storage.admin" => return Some(all_of(&["storage."])),
        "roles/storage.legacyObjectReader" => vec![&["storage.objects.get"]],
        "roles/storage.legacyObjectOwner" => vec![&[
            "storage.objects.get",
            "storage.objects.getIamPolicy",
            "storage.objects.overrideUnlockedRetention",
            "storage.objects.setIamPolicy",
            "storage.objects.setRetention",
            "storage.objects.update",
        ]],
        "roles/storage.legacyBucketReader" => vec![&READ_BUCKET, &READ_FOLDERS],
        "roles/storage.legacyBucketWriter" => vec![
            &READ_BUCKET,
            &READ_FOLDERS,
            &CREATE_FOLDERS,
            &DELETE_FOLDERS,
            &WRITE_BUCKET,
            &UPLOAD,
        ],
        "roles/storage.legacyBucketOwner" => vec![
            &READ_BUCKET,
            &READ_FOLDERS,
            &CREATE_FOLDERS,
            &DELETE_FOLDERS,
            &WRITE_BUCKET,
            &UPLOAD,
            &OWN_BUCKET,
            &[
                "storage.managedFolders.getIamPolicy",
                "storage.managedFolders.setIamPolicy",
            ],
        ],
        "roles/iam.workloadIdentityUser" => vec![&BE_ACCOUNT],
        "roles/iam.serviceAccountTokenCreator" => vec![
            &BE_ACCOUNT,
            &[
                "iam.serviceAccounts.implicitDelegation",
                "iam.serviceAccounts.signBlob",
                "iam.serviceAccounts.signJwt",
            ],
        ],
        "roles/iam.serviceAccountOpenIdTokenCreator" => {
            vec![&["iam.serviceAccounts.getOpenIdToken"]]
        }
        "roles/iam.serviceAccountUser" => vec![&[
            "iam.serviceAccounts.actAs",
            "iam.serviceAccounts.get",
            "iam.serviceAccounts.list",
        ]],
        "roles/iam.serviceAccountViewer" => vec![&[
            "iam.serviceAccounts.get",
            "iam.serviceAccounts.getIamPolicy",
            "iam.serviceAccounts.list",
        ]],
        "roles/iam.serviceAccountKeyAdmin" => {
            let mut all = all_of(&["iam.serviceAccountKeys"]);
            all.extend(["iam.serviceAccounts.get", "iam.serviceAccounts.list"].map(str::to_owned));
            return Some(all);
        }
        _ => return None,
    };
    let all = lists.into_iter().flatten();
    Some(all.map(|one| (*one).to_owned()).collect())
}

/// All permissions of these resources.
fn all_of(resources: &[&str]) -> BTreeSet<String> {
    let fits = |of: &str| {
        let mut resources = resources.iter();
        resources.any(|one| *one == of || (one.ends_with('.') && of.starts_with(one)))
    };
    let table = permissions::ALL.iter().filter(|(of, _)| fits(of));
    table
        .flat_map(|(of, verbs)| verbs.iter().map(move |verb| format!("{of}.{verb}")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_have_permissions_that_exist() {
        for name in [
            "roles/storage.admin",
            "roles/storage.objectAdmin",
            "roles/storage.objectCreator",
            "roles/storage.objectUser",
            "roles/storage.objectViewer",
            "roles/storage.legacyBucketOwner",
            "roles/storage.legacyBucketReader",
            "roles/storage.legacyBucketWriter",
            "roles/storage.legacyObjectOwner",
            "roles/storage.legacyObjectReader",
            "roles/iam.serviceAccountTokenCreator",
            "roles/iam.serviceAccountKeyAdmin",
            "roles/iam.workloadIdentityUser",
        ] {
            let all = role(name).unwrap();
            assert!(!all.is_empty(), "{name}");
            for permission in &all {
                assert!(
                    permissions::is_permission_known(permission),
                    "{name}: {permission}"
                );
            }
        }
        assert!(
            role("roles/storage.admin")
                .unwrap()
                .contains("storage.buckets.setIamPolicy")
        );
        assert!(
            !role("roles/storage.objectViewer")
                .unwrap()
                .contains("storage.buckets.get")
        );
        assert!(
            !role("roles/storage.objectCreator")
                .unwrap()
                .contains("storage.objects.delete")
        );
        assert_eq!(role("roles/viewer"), None);
    }
}
