//! By what a call is the same as one that was announced.

use super::address::address;

/// The method, and the address of what it acts on. Bindings are of a bucket or a service account, and so
/// is what is done for a key.
pub(super) fn key(operation: &'static str, on: &str) -> (&'static str, String) {
    let of_bucket = on.strip_prefix("bindings.bucket/");
    let of_account = ["bindings.service_account/", "service_account_key."]
        .iter()
        .find_map(|head| on.strip_prefix(head));
    let on = match (of_bucket, of_account) {
        (Some(bucket), _) => format!("google_bucket.{bucket}"),
        (None, Some(account)) => format!("service_account.{account}"),
        (None, None) => address(on),
    };
    (operation, on)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_announced_is_known_by_the_name_that_is_called() {
        for (announced, called) in [
            ("google_bucket.b", "projects/_/buckets/b"),
            ("bindings.bucket/b", "projects/_/buckets/b"),
            ("google_role.r", "projects/p/roles/r"),
            (
                "service_account.a",
                "serviceAccount:a@p.iam.gserviceaccount.com",
            ),
            (
                "service_account_key.a",
                "serviceAccount:a@p.iam.gserviceaccount.com",
            ),
            (
                "bindings.service_account/a",
                "serviceAccount:a@p.iam.gserviceaccount.com",
            ),
        ] {
            assert_eq!(key("x", announced), key("x", called));
        }
    }
}
