//! The address of what is behind an ARN.

/// `arn:aws:iam::1:role/path/name` → `role.name`: how people know what is behind an ARN.
pub(super) fn address(arn: &str) -> String {
    let Some(resource) = arn.splitn(6, ':').nth(5) else {
        return arn.to_owned();
    };
    if arn.contains(":s3:::") {
        return format!("bucket.{}", resource.split('/').next().unwrap_or(resource));
    }
    match resource.split_once('/') {
        Some(("oidc-provider", url)) => format!("oidc_provider.{url}"),
        Some(("alias", name)) => format!("kms_key.{name}"),
        Some((kind, rest)) => format!("{kind}.{}", rest.rsplit('/').next().unwrap_or(rest)),
        None => arn.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_is_shown_as_an_address() {
        let table = [
            ("arn:aws:iam::123456789012:role/a/b/deploy", "role.deploy"),
            ("arn:aws:iam::123456789012:user/u", "user.u"),
            ("arn:aws-cn:s3:::b/key", "bucket.b"),
            ("arn:aws:iam::1:oidc-provider/x.y/z", "oidc_provider.x.y/z"),
            ("arn:aws:kms:eu-west-1:1:alias/a/b", "kms_key.a/b"),
            ("arn:aws:iam::1:root", "arn:aws:iam::1:root"),
            ("123456789012", "123456789012"),
        ];
        for (arn, expected) in table {
            assert_eq!(address(arn), expected);
        }
    }
}
