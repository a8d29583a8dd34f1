//! The address of what has a full name at Google.

/// `projects/P/roles/R` → `google_role.R`: how people know what is behind a name.
pub(super) fn address(name: &str) -> String {
    let after = |part: &str| name.split_once(part).map(|(_, rest)| rest);
    if let Some(email) = name.strip_prefix("serviceAccount:") {
        let account = email.split('@').next().unwrap_or(email);
        return format!("service_account.{account}");
    }
    if let Some(bucket) = name.strip_prefix("projects/_/buckets/") {
        let bucket = bucket.split('/').next().unwrap_or(bucket);
        return format!("google_bucket.{bucket}");
    }
    if let Some(role) = after("/roles/") {
        return format!("google_role.{role}");
    }
    let Some(pool) = after("/workloadIdentityPools/") else {
        return name.to_owned();
    };
    match pool.split_once("/providers/") {
        Some((pool, provider)) => format!("workload_identity_provider.{pool}/{provider}"),
        None => format!("workload_identity_pool.{pool}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_name_is_shown_as_an_address() {
        let pool = "projects/p/locations/global/workloadIdentityPools/github";
        let table = [
            (
                "serviceAccount:events@p.iam.gserviceaccount.com",
                "service_account.events",
            ),
            ("projects/_/buckets/b/objects/x", "google_bucket.b"),
            ("projects/p/roles/events", "google_role.events"),
            (pool, "workload_identity_pool.github"),
            (
                &format!("{pool}/providers/actions"),
                "workload_identity_provider.github/actions",
            ),
            ("roles/storage.admin", "roles/storage.admin"),
            ("projects/p", "projects/p"),
        ];
        for (name, expected) in table {
            assert_eq!(address(name), expected);
        }
    }
}
