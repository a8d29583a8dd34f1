//! Condition keys, whose names AWS compares without case.
//!
//! Source: "IAM JSON policy elements: Condition" ("Condition key names are not case-sensitive")
//! and "AWS global condition context keys".

use super::actions;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Keys every service has, in AWS's casing; `/` ends those that a tag's key follows.
const GLOBAL: &[&str] = &[
    "aws:AssumedRoot",
    "aws:CalledVia",
    "aws:CalledViaFirst",
    "aws:CalledViaLast",
    "aws:ChatbotSourceArn",
    "aws:CurrentTime",
    "aws:Ec2InstanceSourcePrivateIPv4",
    "aws:Ec2InstanceSourceVpc",
    "aws:EpochTime",
    "aws:FederatedProvider",
    "aws:MultiFactorAuthAge",
    "aws:MultiFactorAuthPresent",
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalIsAWSService",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalServiceName",
    "aws:PrincipalServiceNamesList",
    "aws:PrincipalTag/",
    "aws:PrincipalType",
    "aws:referer",
    "aws:RequestedRegion",
    "aws:RequestTag/",
    "aws:ResourceAccount",
    "aws:ResourceOrgID",
    "aws:ResourceOrgPaths",
    "aws:ResourceTag/",
    "aws:SecureTransport",
    "aws:SignInSessionArn",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceIdentity",
    "aws:SourceIp",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
    "aws:SourceVpc",
    "aws:SourceVpcArn",
    "aws:SourceVpce",
    "aws:TagKeys",
    "aws:TokenIssueTime",
    "aws:UserAgent",
    "aws:userid",
    "aws:username",
    "aws:ViaAWSService",
    "aws:VpceAccount",
    "aws:VpceOrgID",
    "aws:VpceOrgPaths",
    "aws:VpcSourceIp",
];

/// Lower-cased key → AWS's casing; keys with a variable end are cut before it (`aws:resourcetag/`).
static KNOWN: LazyLock<BTreeMap<String, &'static str>> = LazyLock::new(|| {
    actions::condition_keys()
        .map(|key| key.split_once("${").map_or(key, |(fixed, _)| fixed))
        .chain(GLOBAL.iter().copied())
        .map(|key| (key.to_ascii_lowercase(), key))
        .collect()
});

/// The key as it is compared: AWS's casing where the key is known, else lower case.
///
/// What follows the name (a tag's key, an encryption context's) stays as it is, and so does the
/// path of an identity provider's address, which is case-sensitive in the provider's ARN.
pub(super) fn canonical(key: &str) -> String {
    if let Some(known) = KNOWN.get(&key.to_ascii_lowercase()) {
        return (*known).to_owned();
    }
    let Some((service, name)) = key.split_once(':') else {
        return key.to_owned();
    };
    if service.contains('.') {
        let (host, path) = service.split_at(service.find('/').unwrap_or(service.len()));
        return format!(
            "{}{path}:{}",
            host.to_ascii_lowercase(),
            name.to_ascii_lowercase()
        );
    }
    let cut = name.find(['/', ':']).map_or(name.len(), |end| end + 1);
    let (fixed, variable) = name.split_at(cut);
    let fixed = format!("{service}:{fixed}").to_ascii_lowercase();
    let fixed = KNOWN.get(&fixed).map_or(fixed, |known| (*known).to_owned());
    format!("{fixed}{variable}")
}

/// Whether this canonical key is one AWS documents.
pub(super) fn is_known(key: &str) -> bool {
    KNOWN.contains_key(&key.to_ascii_lowercase())
}

/// The key that was probably meant by one that is not known, of a service that is. Services get
/// new keys, so only what differs from a known one by a slip of the hand counts as misspelt.
pub(super) fn misspelt(key: &str) -> Option<&'static str> {
    const SLIPS: usize = 2;
    let lower = key.to_ascii_lowercase();
    let (service, name) = lower.split_once(':')?;
    let ours = service == "aws" || actions::knows_service(service);
    if !ours || KNOWN.contains_key(&lower) || name.contains(['/', ':']) || name.len() < 6 {
        return None;
    }
    KNOWN
        .iter()
        .filter(|(known, _)| {
            // Names that go on (`SourceVpce`, `SourceVpceX`) are how AWS names new keys.
            let same = known
                .split_once(':')
                .is_some_and(|(known, _)| known == service);
            same && !known.ends_with(['/', ':']) && !lower.starts_with(known.as_str())
        })
        .map(|(known, spelled)| (strsim::damerau_levenshtein(known, &lower), *spelled))
        .filter(|(slips, _)| *slips <= SLIPS)
        .min()
        .map(|(_, spelled)| spelled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_one_spelling() {
        for (key, expected) in [
            ("AWS:SECURETRANSPORT", "aws:SecureTransport"),
            ("aws:sourceip", "aws:SourceIp"),
            ("S3:Prefix", "s3:prefix"),
            ("s3:TLSversion", "s3:TlsVersion"),
            ("aws:principaltag/Team", "aws:PrincipalTag/Team"),
            ("AWS:ResourceTag/a:B", "aws:ResourceTag/a:B"),
            (
                "kms:encryptioncontext:aws:s3:Arn",
                "kms:EncryptionContext:aws:s3:Arn",
            ),
            (
                "Token.Actions.GitHubUserContent.com:Sub",
                "token.actions.githubusercontent.com:sub",
            ),
            (
                "OIDC.eks.example.com/id/AB12:aud",
                "oidc.eks.example.com/id/AB12:aud",
            ),
            ("ec2:InstanceType", "ec2:instancetype"),
            ("no-service", "no-service"),
        ] {
            assert_eq!(canonical(key), expected);
            assert_eq!(canonical(expected), expected, "a canonical key stays");
        }
    }

    #[test]
    fn only_a_slip_of_the_hand_is_misspelt() {
        for (key, expected) in [
            ("aws:SecureTransprot", Some("aws:SecureTransport")),
            ("s3:prefixx", None),
            ("s3:perfix", Some("s3:prefix")),
            ("aws:SourceIp", None),
            ("aws:SomethingQuiteNew", None),
            ("aws:PrincipalTag/anything", None),
            ("sqs:Securetransport", None),
        ] {
            assert_eq!(misspelt(key), expected, "{key}");
        }
    }
}
