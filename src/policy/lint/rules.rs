//! Every rule: its id, how bad a finding of it is, and where it is written.

use serde::{Deserialize, Serialize, Serializer};

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The provider refuses the policy, it can never do what it says, or it lets strangers in.
    Error,
    /// It works, and probably not as its author thinks.
    Warning,
    /// Worth knowing.
    Note,
}

/// What a policy is held against.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rule {
    /// Its stable name, by which a finding is accepted.
    pub id: &'static str,
    /// How bad a finding of it is.
    pub severity: Severity,
    /// Whether the provider refuses such a policy, or it can never have an effect: no reason makes it good,
    /// so it cannot be accepted.
    pub refused: bool,
    /// What it is about, in one line.
    pub title: &'static str,
    /// The page that says so.
    pub source: &'static str,
}

impl Serialize for Rule {
    /// As its id.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id)
    }
}

/// Writes the statics and the list of all of them, so that none is left out of it.
macro_rules! rules {
    ($($pages:literal: {
        $($name:ident = $id:literal, $severity:ident, $refused:literal, $title:literal, $source:literal;)*
    })*) => {
        $($(
            pub(super) static $name: Rule = Rule {
                id: $id,
                severity: Severity::$severity,
                refused: $refused,
                title: $title,
                source: concat!($pages, $source),
            };
        )*)*
        /// Every rule there is.
        pub static ALL: &[&Rule] = &[$($(&$name),*),*];
    };
}

rules! {
    "https://docs.aws.amazon.com/": {
    DUPLICATE_SID = "duplicate-sid", Error, true, "Two statements have the same Sid",
        "IAM/latest/UserGuide/reference_policies_elements_sid.html";
    INVALID_SID = "invalid-sid", Error, true, "A Sid has characters that IAM refuses",
        "IAM/latest/UserGuide/reference_policies_elements_sid.html";
    INVALID_CHARACTER = "invalid-character", Error, true, "A text has a character that AWS refuses",
        "IAM/latest/APIReference/API_CreatePolicy.html";
    CONTRADICTION = "contradiction", Error, true, "An element stands beside its negation",
        "IAM/latest/UserGuide/reference_policies_grammar.html";
    MISSING_ELEMENT = "missing-element", Error, true, "A statement lacks an element",
        "IAM/latest/UserGuide/reference_policies_grammar.html";
    MISPLACED_ELEMENT = "misplaced-element", Error, true, "An element does not belong in such a policy",
        "IAM/latest/UserGuide/reference_policies_elements_principal.html";
    INVALID_PRINCIPAL = "invalid-principal", Error, true, "A principal is none",
        "IAM/latest/UserGuide/reference_policies_elements_principal.html";
    UNKNOWN_ACTION = "unknown-action", Error, true, "AWS has no such action",
        "service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html";
    FOREIGN_ACTION = "foreign-action", Error, true, "An action does not belong in such a policy",
        "IAM/latest/UserGuide/access_policies_identity-vs-resource.html";
    TRUST_ACTION = "trust-action", Error, true, "The principal does not take a role by this action",
        "STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html";
    ACTION_RESOURCE = "action-resource", Error, true, "An action applies to none of the resources",
        "service-authorization/latest/reference/list_amazons3.html";
    INVALID_RESOURCE = "invalid-resource", Error, true, "A resource is no ARN",
        "IAM/latest/UserGuide/reference_policies_elements_resource.html";
    FOREIGN_RESOURCE = "foreign-resource", Error, true, "A bucket policy names something else",
        "AmazonS3/latest/userguide/bucket-policies.html";
    UNKNOWN_OPERATOR = "unknown-operator", Error, true, "AWS has no such condition operator",
        "IAM/latest/UserGuide/reference_policies_elements_condition_operators.html";
    UNKNOWN_KEY = "unknown-condition-key", Error, true, "AWS has no such condition key",
        "IAM/latest/UserGuide/reference_policies_condition-keys.html";
    EMPTY_CONDITION = "empty-condition", Error, true, "A condition key has no values",
        "IAM/latest/UserGuide/reference_policies_elements_condition.html";
    CONDITION_VALUE = "condition-value", Error, true, "A value is not what its operator compares",
        "IAM/latest/UserGuide/reference_policies_elements_condition_operators.html";
    SHARED_ISSUER = "shared-issuer", Error, true, "A trust in an issuer of everybody's workloads does not test whose it is",
        "IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html";
    FOREIGN_PROVIDER = "foreign-provider", Error, true, "A role trusts a provider of another account",
        "IAM/latest/UserGuide/id_roles_providers_create_oidc.html";
    DEAD_CONDITION = "dead-condition", Error, true, "No request can ever pass the conditions",
        "IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif";
    OPEN_ISSUER = "open-issuer", Error, false, "Whoever the issuer vouches for could assume the role",
        "IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html";
    VACUOUS_GUARD = "vacuous-guard", Error, false, "The only test of a claim holds when it is absent",
        "IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html";
    NEGATED_GUARD = "negated-guard", Error, false, "A trust says who may not assume the role, and not who may",
        "IAM/latest/UserGuide/reference_policies_elements_condition_operators.html";
    OPEN_SUBJECT = "open-subject", Error, false, "Workloads of anybody have such a subject",
        "IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html#idp_oidc_Create_GitHub";
    OWNER_WILDCARD = "owner-wildcard", Error, false, "A subject has a wildcard where the owner is named",
        "IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html#idp_oidc_Create_GitHub";
    MISSING_AUDIENCE = "missing-audience", Error, false, "A trust in GitHub Actions does not test the audience",
        "IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html#idp_oidc_Create_GitHub";
    UNKNOWN_SUBJECT = "unknown-subject", Error, false, "The issuer gives no such subject",
        "IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html#idp_oidc_Create_GitHub";
    TRUST_EVERYONE = "trust-everyone", Error, false, "Every AWS account could assume the role",
        "IAM/latest/UserGuide/reference_policies_elements_principal.html";
    TRUST_ALL_BUT = "trust-all-but", Error, false, "Everybody but those that are named could assume the role",
        "IAM/latest/UserGuide/reference_policies_elements_notprincipal.html";
    UNKNOWN_CLAIM = "unknown-claim", Warning, false, "AWS makes no condition key of a claim",
        "IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif";
    OWNER_ANY_REPOSITORY = "owner-any-repository", Warning, false, "Every repository of an owner could assume the role",
        "IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html#idp_oidc_Create_GitHub";
    REPOSITORY_WILDCARD = "repository-wildcard", Warning, false, "A subject has a wildcard where the repository is named",
        "IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html#idp_oidc_Create_GitHub";
    REPOSITORY_ANY_BRANCH = "repository-any-branch", Warning, false, "Every branch of a repository could assume the role",
        "IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html#idp_oidc_Create_GitHub";
    PULL_REQUEST = "pull-request", Warning, false, "Workflows of pull requests could assume the role",
        "IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html#idp_oidc_Create_GitHub";
    CUSTOM_SUBJECT = "custom-subject", Warning, false, "Only a customised template gives such a subject",
        "IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html#idp_oidc_Create_GitHub";
    ANY_SERVICE_ACCOUNT = "any-service-account", Warning, false, "Every service account of a cluster could assume the role",
        "eks/latest/userguide/associate-service-account-role.html";
    AUDIENCE_ONLY = "audience-only", Note, false, "A trust tests the audience alone",
        "IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html";
    OTHER_AUDIENCE = "other-audience", Note, false, "The official action asks for another audience",
        "IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html#idp_oidc_Create_GitHub";
    ANY_BRANCH_BY_ID = "any-branch-by-id", Note, false, "Every branch of a repository named by its ids could assume the role",
        "IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html#idp_oidc_Create_GitHub";
    NAME_ONLY_SUBJECT = "name-only-subject", Note, false, "A subject names a repository without the ids",
        "IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html#idp_oidc_Create_GitHub";
    INVALID_JSON = "invalid-json", Error, true, "The text is no JSON",
        "IAM/latest/UserGuide/reference_policies_grammar.html";
    INVALID_DOCUMENT = "invalid-document", Error, true, "The JSON is no policy",
        "IAM/latest/UserGuide/reference_policies_grammar.html";
    INVALID_VERSION = "invalid-version", Error, true, "AWS has no such version of the policy language",
        "IAM/latest/UserGuide/reference_policies_elements_version.html";
    MISSING_VERSION = "missing-version", Note, false, "The policy is of the old version of the language",
        "IAM/latest/UserGuide/reference_policies_elements_version.html";
    LITERAL_VARIABLE = "literal-variable", Warning, false, "A policy variable is taken literally",
        "IAM/latest/UserGuide/reference_policies_variables.html";
    BROKEN_VARIABLE = "broken-variable", Error, false, "A policy variable is none",
        "IAM/latest/UserGuide/reference_policies_variables.html";
    QUOTA = "quota", Error, false, "The policy is longer than AWS takes",
        "IAM/latest/UserGuide/reference_iam-quotas.html";
    ALL_ACTIONS = "all-actions", Warning, false, "Every action is allowed",
        "IAM/latest/UserGuide/best-practices.html";
    NOT_ACTION = "not-action", Warning, false, "Everything but some actions is allowed",
        "IAM/latest/UserGuide/reference_policies_elements_notaction.html";
    NOT_RESOURCE = "not-resource", Warning, false, "Everything but some resources is allowed",
        "IAM/latest/UserGuide/reference_policies_elements_notresource.html";
    FULL_SERVICE = "full-service", Warning, false, "Every action of a service is allowed on everything",
        "IAM/latest/UserGuide/best-practices.html";
    SERVICE_WILDCARD = "service-wildcard", Note, false, "Every action of a service is allowed on some resources",
        "IAM/latest/UserGuide/best-practices.html";
    WRITE_EVERYWHERE = "write-everywhere", Warning, false, "Data may be changed or decrypted everywhere",
        "IAM/latest/UserGuide/best-practices.html";
    EVERYWHERE = "everywhere", Note, false, "An action is allowed on every resource",
        "IAM/latest/UserGuide/best-practices.html";
    PASS_ROLE = "pass-role", Warning, false, "Every role may be passed to every service",
        "IAM/latest/UserGuide/id_roles_use_passrole.html";
    ASSUME_ANY_ROLE = "assume-any-role", Warning, false, "Every role that trusts the account may be taken",
        "IAM/latest/UserGuide/id_roles_use_permissions-to-switch.html";
    PRIVILEGE_ESCALATION = "privilege-escalation", Warning, false, "Who has the policy may give himself any right",
        "IAM/latest/UserGuide/access_policies_boundaries.html";
    BUCKET_CONTROL = "bucket-control", Warning, false, "The right over who has access to a bucket is given away",
        "AmazonS3/latest/userguide/security-best-practices.html";
    PUBLIC_ACCESS = "public-access", Error, false, "Anyone is let in",
        "AmazonS3/latest/userguide/access-control-block-public-access.html";
    PUBLIC_BY_DEFINITION = "public-by-definition", Warning, false, "S3 takes the policy for public, though strangers are kept out",
        "AmazonS3/latest/userguide/access-control-block-public-access.html";
    PUBLIC_CUTS_ACCOUNTS = "public-cuts-accounts", Warning, false, "One public statement cuts off the other accounts",
        "AmazonS3/latest/userguide/access-control-block-public-access.html";
    ALLOW_NOT_PRINCIPAL = "allow-not-principal", Error, false, "Everyone but some is let in",
        "IAM/latest/UserGuide/reference_policies_elements_notprincipal.html";
    DENY_NOT_PRINCIPAL = "deny-not-principal", Warning, false, "NotPrincipal shuts out those it means to spare",
        "IAM/latest/UserGuide/reference_policies_elements_notprincipal.html";
    NOT_PRINCIPAL = "not-principal", Note, false, "Everyone but some is shut out by NotPrincipal",
        "IAM/latest/UserGuide/reference_policies_elements_notprincipal.html";
    CONFUSED_DEPUTY = "confused-deputy", Warning, false, "A service may act for anyone's account",
        "IAM/latest/UserGuide/confused-deputy.html";
    UNKNOWN_ACCOUNT = "unknown-account", Warning, false, "A principal is of an account that is not known",
        "IAM/latest/UserGuide/reference_policies_elements_principal.html";
    VENDOR_EXTERNAL_ID = "vendor-external-id", Error, false, "A vendor's account is trusted without an external id",
        "IAM/latest/UserGuide/confused-deputy.html";
    EXTERNAL_ID = "external-id", Warning, false, "Another account is trusted without an external id",
        "IAM/latest/UserGuide/confused-deputy.html";
    ACL_REFUSED = "acl-refused", Warning, false, "An ACL is asked for where the bucket has none",
        "AmazonS3/latest/userguide/about-object-ownership.html";
    ACL_OWNERSHIP = "acl-ownership", Note, false, "A right over ACLs, which most buckets do not have",
        "AmazonS3/latest/userguide/about-object-ownership.html";
    ENCRYPTION_CONFLICT = "encryption-conflict", Warning, false, "Uploads must ask for another encryption than the bucket's",
        "AmazonS3/latest/userguide/UsingKMSEncryption.html";
    ENCRYPTION_HEADER = "encryption-header", Note, false, "Uploads must ask for an encryption that the bucket does itself",
        "AmazonS3/latest/userguide/default-bucket-encryption.html";
    HEAD_BUCKET = "head-bucket", Note, false, "A condition on the prefix refuses HeadBucket",
        "AmazonS3/latest/API/API_HeadBucket.html";
    LOCK_OUT = "lock-out", Error, false, "Nobody could change the policy any more",
        "AmazonS3/latest/userguide/bucket-policies.html";
    NETWORK_LOCK_OUT = "network-lock-out", Note, false, "From elsewhere nobody can change the policy",
        "AmazonS3/latest/userguide/example-bucket-policies-vpc-endpoint.html";
    KEY_LOCK_OUT = "key-lock-out", Error, false, "Nobody could change the key's policy",
        "kms/latest/developerguide/key-policy-default.html";
    KEY_WITHOUT_ACCOUNT = "key-without-account", Note, false, "Policies of IAM do not count for the key",
        "kms/latest/developerguide/key-policy-default.html";
    DEAD_KEY = "dead-key", Error, false, "A condition key that an action never has",
        "IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html";
    UNDOCUMENTED_KEY = "undocumented-key", Warning, false, "A condition key that AWS does not document",
        "IAM/latest/UserGuide/reference_policies_condition-keys.html";
    TYPE_MISMATCH = "type-mismatch", Warning, false, "A key's values are not what the operator compares",
        "IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html";
    IMPOSSIBLE_VALUE = "impossible-value", Warning, false, "A value that the key never has",
        "IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html";
    LITERAL_WILDCARD = "literal-wildcard", Warning, false, "A wildcard under an operator that takes it literally",
        "IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html";
    PRIVATE_ADDRESS = "private-address", Warning, false, "A private address, which the internet never shows",
        "IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html";
    UNPAIRED_KEY = "unpaired-key", Warning, false, "A private address without the network it is in",
        "IAM/latest/UserGuide/reference_policies_condition-keys.html";
    ADDRESS_BITS = "address-bits", Note, false, "An address has bits that its range ignores",
        "IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html";
    OPEN_GUARD = "open-guard", Warning, false, "A guard that is open when the key is absent",
        "IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html";
    OPEN_SET = "open-set", Note, false, "A guard of a set that is open when the set is empty",
        "IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html";
    MISSING_SET_OPERATOR = "missing-set-operator", Warning, false, "A key with several values is compared as if it had one",
        "IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html";
    MFA_ABSENT = "mfa-absent", Warning, false, "A test of MFA that who has none passes",
        "IAM/latest/UserGuide/reference_policies_condition-keys.html";
    ALWAYS_TRUE = "always-true", Warning, false, "A condition that is always true",
        "IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html";
    REPEATED_STATEMENT = "repeated-statement", Note, false, "A statement says what another says",
        "IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html";
    REDUNDANT_ACTION = "redundant-action", Note, false, "An action is already part of another",
        "IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html";
    }
    "https://cloud.google.com/": {
    GOOGLE_PUBLIC = "google-public", Error, false, "Everybody on the internet has a role at Google",
        "storage/docs/access-control/making-data-public";
    GOOGLE_ANY_ACCOUNT = "google-any-account", Error, false, "Everybody who has a Google account has a role",
        "iam/docs/principals-overview";
    GOOGLE_PUBLIC_PREVENTED = "google-public-prevented", Error, true, "The public is bound where public access prevention refuses it",
        "storage/docs/public-access-prevention";
    GOOGLE_PUBLIC_ACCOUNT = "google-public-account", Error, false, "Everybody may act as a service account",
        "iam/docs/service-account-impersonation";
    GOOGLE_BASIC_ROLE = "google-basic-role", Error, false, "A role of whole projects is granted",
        "iam/docs/roles-overview#basic";
    GOOGLE_BUCKET_CONTROL = "google-bucket-control", Warning, false, "A role has the right over who has access to the bucket",
        "storage/docs/access-control/iam-roles";
    GOOGLE_WIDE_ROLE = "google-wide-role", Note, false, "A role has more than the use of objects",
        "storage/docs/access-control/iam-roles";
    GOOGLE_UNKNOWN_PERMISSION = "google-unknown-permission", Warning, false, "Google is not known to have such a permission",
        "storage/docs/access-control/iam-permissions";
    GOOGLE_NO_OVERWRITE = "google-no-overwrite", Note, false, "Who may write may not write over what is there",
        "storage/docs/access-control/iam-permissions";
    GOOGLE_LIST_WITHOUT_GET = "google-list-without-get", Note, false, "Who may list objects may not read them",
        "storage/docs/access-control/iam-permissions";
    GOOGLE_CONDITION_SYNTAX = "google-condition-syntax", Error, true, "A condition is no expression",
        "iam/docs/conditions-overview";
    GOOGLE_DEAD_CONDITION = "google-dead-condition", Error, true, "No request can fulfil the condition of a binding",
        "iam/docs/conditions-resource-attributes";
    GOOGLE_ACLS = "google-acls", Warning, false, "Access control lists count beside the policy",
        "storage/docs/uniform-bucket-level-access";
    GOOGLE_NO_PREVENTION = "google-no-prevention", Warning, false, "Nothing keeps the public out but the policy",
        "storage/docs/public-access-prevention";
    GOOGLE_KEY = "google-key", Note, false, "A service account has a key",
        "iam/docs/best-practices-for-managing-service-account-keys";
    GOOGLE_KEY_BESIDE_POOL = "google-key-beside-pool", Warning, false, "A service account has a key though there is a pool",
        "iam/docs/best-practices-for-managing-service-account-keys#alternatives";
    GOOGLE_NO_CONDITION = "google-no-condition", Error, true, "A provider of everybody's workloads has no condition",
        "iam/docs/workload-identity-federation-with-deployment-pipelines#conditions";
    GOOGLE_OPEN_CONDITION = "google-open-condition", Error, false, "A stranger's workload can fulfil the condition of a provider",
        "iam/docs/workload-identity-federation-with-deployment-pipelines#conditions";
    GOOGLE_OWNER_CONDITION = "google-owner-condition", Warning, false, "Every repository of an owner is let into a pool",
        "iam/docs/workload-identity-federation-with-deployment-pipelines#conditions";
    GOOGLE_NAME_CONDITION = "google-name-condition", Warning, false, "A condition names a repository or project without its id",
        "iam/docs/workload-identity-federation-with-deployment-pipelines#conditions";
    GOOGLE_CHOSEN_SUBJECT = "google-chosen-subject", Warning, false, "Identities of a pool are known by what a stranger chooses",
        "iam/docs/best-practices-for-using-workload-identity-federation";
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_rule_has_an_id_of_its_own_that_can_be_typed() {
        let ids: BTreeSet<_> = ALL.iter().map(|rule| rule.id).collect();
        assert_eq!(ids.len(), ALL.len());
        let plain = |id: &str| {
            id.bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'-')
        };
        assert_eq!(ids.into_iter().find(|id| !plain(id)), None);
    }

    #[test]
    fn what_aws_refuses_is_an_error() {
        let soft = |rule: &&&Rule| rule.refused && rule.severity != Severity::Error;
        assert_eq!(ALL.iter().find(soft), None);
    }
}
