//! Issuers of identities that AWS or everybody knows.

/// GitHub Actions' issuer; an enterprise can have one below it.
pub(super) const GITHUB: &str = "token.actions.githubusercontent.com";

/// Issuers that serve everybody, with the claim that tells whose workload it is. AWS refuses trusts
/// in them that do not test it
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html>).
const SHARED: [(&str, &str); 22] = [
    (GITHUB, "sub"),
    ("vstoken.actions.githubusercontent.com", "sub"),
    ("oidc-configuration.audit-log.githubusercontent.com", "sub"),
    ("gitlab.com", "sub"),
    ("agent.buildkite.com", "sub"),
    ("app.terraform.io", "sub"),
    ("oidc.codefresh.io", "sub"),
    ("proidc.upbound.io", "sub"),
    ("scalr.io", "sub"),
    ("studio.datachain.ai/api", "sub"),
    ("tokens.cloud.shisho.dev", "sub"),
    (
        "rh-oidc.s3.us-east-1.amazonaws.com/22ejnvnnturfmt6km08idd0nt4hekbn7",
        "sub",
    ),
    (
        "rh-oidc.s3.us-east-1.amazonaws.com/23e3sd27sju1hoou6ohfs68vbno607tr",
        "sub",
    ),
    (
        "rh-oidc.s3.us-east-1.amazonaws.com/23ne21h005qjl3n33d8dui5dlrmv2tmg",
        "sub",
    ),
    (
        "rh-oidc.s3.us-east-1.amazonaws.com/24jrf12m5dj7ljlfb4ta2frhrcoadm26",
        "sub",
    ),
    (
        "oidc.op1.openshiftapps.com/2f785sojlpb85i7402pk3qogugim5nfb",
        "sub",
    ),
    (
        "oidc.op1.openshiftapps.com/2c51blsaqa9gkjt0o9rt11mle8mmropu",
        "sub",
    ),
    ("oidc.vercel.com", "aud"),
    ("api.pulumi.com/oidc", "aud"),
    ("sandboxes.cloud", "aud"),
    ("cognito-identity.amazonaws.com", "aud"),
    (
        "sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d",
        "sts:RoleSessionName",
    ),
];

/// What AWS makes condition keys of, of every issuer that it has no list of its own for ("Available
/// keys for AWS OIDC federation").
const CLAIMS: [&str; 5] = ["amr", "aud", "email", "oaud", "sub"];

/// What it makes keys of beside [`CLAIMS`] for GitHub.
const CLAIMS_OF_GITHUB: [&str; 10] = [
    "actor",
    "actor_id",
    "enterprise_id",
    "environment",
    "job_workflow_ref",
    "ref",
    "repository",
    "repository_id",
    "repository_owner_id",
    "workflow",
];

/// Issuers that AWS has a list of its own for, which may grow: by the ends of their hosts.
const WITH_OTHERS: [&str; 9] = [
    "accounts.google.com",
    "circleci.com",
    "cognito-identity.amazonaws.com",
    "facebook.com",
    "oraclecloud.com",
    "oraclecloud.eu",
    "oci.oraclegovcloud.com",
    "windows.net",
    "www.amazon.com",
];

/// The condition key that a trust in this issuer has to test, where AWS knows it for a shared one.
#[must_use]
pub fn tenancy_key(issuer: &str) -> Option<String> {
    let (_, claim) = SHARED.iter().find(|(known, _)| *known == issuer)?;
    Some(match claim.contains(':') {
        true => (*claim).to_owned(),
        false => format!("{issuer}:{claim}"),
    })
}

/// Whether the tokens are GitHub Actions': of GitHub itself, of an enterprise's own address below
/// it, or of one with a domain of its own.
#[must_use]
pub fn is_github(issuer: &str) -> bool {
    let (host, path) = issuer.split_once('/').unwrap_or((issuer, ""));
    host == GITHUB
        || (host.starts_with("token.actions.") && host.ends_with(".ghe.com"))
        || path == "_services/token"
}

/// Whether repositories may have the immutable subjects: not those of a server that a company runs.
pub(super) fn has_immutable_subjects(issuer: &str) -> bool {
    is_github(issuer) && !issuer.ends_with("/_services/token")
}

/// Whether the issuer is a cluster of EKS.
pub(super) fn is_cluster(issuer: &str) -> bool {
    issuer.starts_with("oidc.eks.") || issuer.starts_with("oidc-eks.")
}

/// Whether AWS may make a condition key of this claim of the issuer's tokens.
pub(super) fn has_claim(issuer: &str, claim: &str) -> bool {
    let host = issuer.split('/').next().unwrap_or_default();
    let known = |end: &&str| host.ends_with(*end);
    CLAIMS.contains(&claim)
        || WITH_OTHERS.iter().any(known)
        || (is_github(issuer) && CLAIMS_OF_GITHUB.contains(&claim))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shared_issuer_has_a_key_that_must_be_tested() {
        for (issuer, key) in [
            (GITHUB, Some("token.actions.githubusercontent.com:sub")),
            ("oidc.vercel.com", Some("oidc.vercel.com:aud")),
            (
                "sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d",
                Some("sts:RoleSessionName"),
            ),
            ("oidc.vercel.com/acme", None),
            ("gitlab.example.com", None),
        ] {
            assert_eq!(tenancy_key(issuer).as_deref(), key, "{issuer}");
        }
    }

    #[test]
    fn github_has_more_addresses_than_one() {
        for (issuer, github, immutable) in [
            (GITHUB, true, true),
            ("token.actions.githubusercontent.com/acme", true, true),
            ("token.actions.acme.ghe.com", true, true),
            ("github.example.com/_services/token", true, false),
            ("gitlab.com", false, false),
            (
                "token.actions.githubusercontent.com.evil.example",
                false,
                false,
            ),
        ] {
            assert_eq!(is_github(issuer), github, "{issuer}");
            assert_eq!(has_immutable_subjects(issuer), immutable, "{issuer}");
        }
    }

    #[test]
    fn aws_makes_keys_of_few_claims() {
        for (issuer, claim, known) in [
            (GITHUB, "repository_id", true),
            (GITHUB, "repository_owner", false),
            ("gitlab.com", "sub", true),
            ("gitlab.com", "project_id", false),
            (
                "oidc.circleci.com/org/a",
                "oidc.circleci.com/project-id",
                true,
            ),
            ("accounts.google.com", "oaud", true),
        ] {
            assert_eq!(has_claim(issuer, claim), known, "{issuer} {claim}");
        }
    }
}
