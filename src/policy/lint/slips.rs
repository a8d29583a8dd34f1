//! Names of services that are slips of those whose actions are known here.

/// What is put before the name of a service, or behind it, by other names that it has.
const AROUND: [(&str, &str); 6] = [
    ("amazon", ""),
    ("amazon-", ""),
    ("aws", ""),
    ("aws-", ""),
    ("", "api"),
    ("", "control"),
];

const SERVICES: [&str; 4] = ["iam", "kms", "s3", "sts"];

/// The service that was probably meant by a prefix that no service has: one letter too many or too
/// few, two in the wrong order, or the name as it is elsewhere. Another letter is not looked at:
/// `ses`, `sns` and `sqs` are one from `sts`, `dms` and `fms` from `kms`, `ram` from `iam`.
pub(super) fn of_service(prefix: &str) -> Option<&'static str> {
    let prefix = prefix.to_ascii_lowercase();
    if SERVICES.contains(&prefix.as_str()) {
        return None;
    }
    let mut services = SERVICES.into_iter();
    services.find(|service| {
        let around =
            |(before, behind): &(&str, &str)| format!("{before}{service}{behind}") == prefix;
        let same_length = prefix.len() == service.len();
        let near = match same_length {
            true => is_swapped(&prefix, service),
            false => strsim::levenshtein(&prefix, service) == 1,
        };
        near || AROUND.iter().any(around)
    })
}

/// Whether one is the other with two letters in the wrong order.
fn is_swapped(one: &str, other: &str) -> bool {
    one != other && strsim::osa_distance(one, other) == 1 && {
        let sorted = |text: &str| {
            let mut letters: Vec<_> = text.bytes().collect();
            letters.sort_unstable();
            letters
        };
        sorted(one) == sorted(other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_near_and_no_service_of_aws() {
        for (prefix, expected) in [
            ("s33", Some("s3")),
            ("ss3", Some("s3")),
            ("3s", Some("s3")),
            ("amazons3", Some("s3")),
            ("s3control", Some("s3")),
            ("iams", Some("iam")),
            ("aim", Some("iam")),
            ("st", Some("sts")),
            ("kmss", Some("kms")),
            ("mks", Some("kms")),
            ("AWSKMS", Some("kms")),
            ("S3", None),
        ] {
            assert_eq!(of_service(prefix), expected, "{prefix}");
        }
        for service in [
            "acm",
            "aps",
            "ce",
            "dms",
            "ds",
            "ec2",
            "ecs",
            "eks",
            "es",
            "fms",
            "iq",
            "ivs",
            "rds",
            "ram",
            "s3-object-lambda",
            "s3-outposts",
            "s3express",
            "s3tables",
            "s3vectors",
            "ses",
            "signin",
            "sms",
            "sns",
            "sqs",
            "ssm",
            "sso",
            "sso-directory",
            "swf",
            "sts",
            "wam",
            "q",
            "tag",
            "tax",
            "iam",
            "kms",
            "iot",
            "dlm",
            "fis",
            "mgn",
            "mq",
            "a4b",
        ] {
            assert_eq!(of_service(service), None, "{service}");
        }
    }
}
