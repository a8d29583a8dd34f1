//! Every method of Google's APIs that s3setup calls, and the IAM permission that allows it
//! (<https://cloud.google.com/storage/docs/access-control/iam-json>,
//! <https://cloud.google.com/iam/docs/permissions-reference>). `google::error::Call` takes nothing else,
//! so that what is not here cannot be called. Uploads in parts are of the XML API, whose methods have no ids:
//! they are called as their permissions are
//! (<https://cloud.google.com/storage/docs/access-control/iam-xml>).

/// One row each: the method, its id in Google's discovery documents, the permission.
macro_rules! methods {
    ($($method:ident $name:literal $permission:literal)+) => {
        /// A method of Google's.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Method {
            $(#[doc = $name] $method,)+
        }

        impl Method {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$method),+];

            /// Its id in Google's discovery documents, such as `storage.buckets.get`.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$method => $name,)+
                }
            }

            /// The permission that it takes; empty where it takes none.
            #[must_use]
            pub fn permission(self) -> &'static str {
                match self {
                    $(Self::$method => $permission,)+
                }
            }
        }
    };
}

methods! {
    BucketsDelete "storage.buckets.delete" "storage.buckets.delete"
    BucketsGet "storage.buckets.get" "storage.buckets.get"
    BucketsGetIamPolicy "storage.buckets.getIamPolicy" "storage.buckets.getIamPolicy"
    BucketsInsert "storage.buckets.insert" "storage.buckets.create"
    BucketsList "storage.buckets.list" "storage.buckets.list"
    BucketsPatch "storage.buckets.patch" "storage.buckets.update"
    BucketsSetIamPolicy "storage.buckets.setIamPolicy" "storage.buckets.setIamPolicy"
    BucketsTestIamPermissions "storage.buckets.testIamPermissions" ""
    ObjectsDelete "storage.objects.delete" "storage.objects.delete"
    ObjectsGet "storage.objects.get" "storage.objects.get"
    ObjectsInsert "storage.objects.insert" "storage.objects.create"
    ObjectsList "storage.objects.list" "storage.objects.list"
    RolesCreate "iam.projects.roles.create" "iam.roles.create"
    RolesDelete "iam.projects.roles.delete" "iam.roles.delete"
    RolesGet "iam.projects.roles.get" "iam.roles.get"
    RolesList "iam.projects.roles.list" "iam.roles.list"
    RolesPatch "iam.projects.roles.patch" "iam.roles.update"
    RolesUndelete "iam.projects.roles.undelete" "iam.roles.undelete"
    AccountsCreate "iam.projects.serviceAccounts.create" "iam.serviceAccounts.create"
    AccountsDelete "iam.projects.serviceAccounts.delete" "iam.serviceAccounts.delete"
    AccountsDisable "iam.projects.serviceAccounts.disable" "iam.serviceAccounts.disable"
    AccountsEnable "iam.projects.serviceAccounts.enable" "iam.serviceAccounts.enable"
    AccountsGet "iam.projects.serviceAccounts.get" "iam.serviceAccounts.get"
    AccountsGetIamPolicy "iam.projects.serviceAccounts.getIamPolicy" "iam.serviceAccounts.getIamPolicy"
    AccountsList "iam.projects.serviceAccounts.list" "iam.serviceAccounts.list"
    AccountsPatch "iam.projects.serviceAccounts.patch" "iam.serviceAccounts.update"
    AccountsSetIamPolicy "iam.projects.serviceAccounts.setIamPolicy" "iam.serviceAccounts.setIamPolicy"
    KeysCreate "iam.projects.serviceAccounts.keys.create" "iam.serviceAccountKeys.create"
    KeysDelete "iam.projects.serviceAccounts.keys.delete" "iam.serviceAccountKeys.delete"
    KeysDisable "iam.projects.serviceAccounts.keys.disable" "iam.serviceAccountKeys.disable"
    KeysEnable "iam.projects.serviceAccounts.keys.enable" "iam.serviceAccountKeys.enable"
    KeysList "iam.projects.serviceAccounts.keys.list" "iam.serviceAccountKeys.list"
    PoolsCreate "iam.projects.locations.workloadIdentityPools.create" "iam.workloadIdentityPools.create"
    PoolsDelete "iam.projects.locations.workloadIdentityPools.delete" "iam.workloadIdentityPools.delete"
    PoolsGet "iam.projects.locations.workloadIdentityPools.get" "iam.workloadIdentityPools.get"
    PoolsList "iam.projects.locations.workloadIdentityPools.list" "iam.workloadIdentityPools.list"
    PoolsOperation "iam.projects.locations.workloadIdentityPools.operations.get" "iam.workloadIdentityPools.get"
    PoolsPatch "iam.projects.locations.workloadIdentityPools.patch" "iam.workloadIdentityPools.update"
    PoolsUndelete "iam.projects.locations.workloadIdentityPools.undelete" "iam.workloadIdentityPools.undelete"
    ProvidersCreate "iam.projects.locations.workloadIdentityPools.providers.create" "iam.workloadIdentityPoolProviders.create"
    ProvidersDelete "iam.projects.locations.workloadIdentityPools.providers.delete" "iam.workloadIdentityPoolProviders.delete"
    ProvidersGet "iam.projects.locations.workloadIdentityPools.providers.get" "iam.workloadIdentityPoolProviders.get"
    ProvidersList "iam.projects.locations.workloadIdentityPools.providers.list" "iam.workloadIdentityPoolProviders.list"
    ProvidersOperation "iam.projects.locations.workloadIdentityPools.providers.operations.get" "iam.workloadIdentityPoolProviders.get"
    ProvidersPatch "iam.projects.locations.workloadIdentityPools.providers.patch" "iam.workloadIdentityPoolProviders.update"
    ProvidersUndelete "iam.projects.locations.workloadIdentityPools.providers.undelete" "iam.workloadIdentityPoolProviders.undelete"
    SecretsAddVersion "secretmanager.projects.secrets.addVersion" "secretmanager.versions.add"
    SecretsCreate "secretmanager.projects.secrets.create" "secretmanager.secrets.create"
    SecretsGet "secretmanager.projects.secrets.get" "secretmanager.secrets.get"
    SecretsPatch "secretmanager.projects.secrets.patch" "secretmanager.secrets.update"
    TokensExchange "sts.token" ""
    TokensGenerate "iamcredentials.projects.serviceAccounts.generateAccessToken" "iam.serviceAccounts.getAccessToken"
    UploadsAbort "storage.multipartUploads.abort" "storage.multipartUploads.abort"
    UploadsCreate "storage.multipartUploads.create" "storage.multipartUploads.create"
    UploadsList "storage.multipartUploads.list" "storage.multipartUploads.list"
    VersionsGet "secretmanager.projects.secrets.versions.get" "secretmanager.versions.get"
    VersionsAccess "secretmanager.projects.secrets.versions.access" "secretmanager.versions.access"
}

impl Method {
    /// The method of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|each| each.name() == name)
    }

    /// Whose it is: `storage`, `iam`, `iamcredentials`, `secretmanager` or `sts`.
    #[must_use]
    pub fn service(self) -> &'static str {
        let name = self.name();
        name.split_once('.').map_or(name, |(service, _)| service)
    }

    /// Whether it changes nothing: nor does a token that is given.
    #[must_use]
    pub fn reads(self) -> bool {
        let verb = self.name().rsplit('.').next().unwrap_or_default();
        ["get", "list", "access", "testIam", "generate", "token"]
            .iter()
            .any(|reads| verb.starts_with(reads))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_told_apart_and_a_permission_is_of_the_service_of_its_method() {
        let names: BTreeSet<&str> = Method::ALL.iter().map(|each| each.name()).collect();
        assert_eq!(names.len(), Method::ALL.len());
        for method in Method::ALL {
            assert_eq!(Method::named(method.name()), Some(*method));
            let of = method.permission().split('.').next().unwrap_or_default();
            // Tokens of service accounts are given by a service of their own.
            let service = method.service().trim_end_matches("credentials");
            assert!(of.is_empty() || of == service, "{method:?}");
        }
        assert!(Method::BucketsGetIamPolicy.reads() && Method::VersionsAccess.reads());
        assert!(Method::TokensGenerate.reads() && Method::TokensExchange.reads());
        assert!(!Method::AccountsEnable.reads() && !Method::KeysCreate.reads());
    }
}
