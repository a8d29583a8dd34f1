//! Default encryption, to and from S3's form.

use super::error::Result;
use crate::resource::{Algorithm, Encryption};
use aws_sdk_s3::types::{
    BlockedEncryptionTypes, ServerSideEncryption, ServerSideEncryptionByDefault,
    ServerSideEncryptionConfiguration, ServerSideEncryptionRule,
};

/// What a bucket has. Without a configuration, or with one that only blocks SSE-C, it is SSE-S3.
pub(super) fn decode(configuration: Option<&ServerSideEncryptionConfiguration>) -> Encryption {
    let rule = configuration.and_then(|configuration| configuration.rules().first());
    let Some(default) = rule.and_then(|rule| rule.apply_server_side_encryption_by_default()) else {
        return Encryption::sse_s3();
    };
    let algorithm = match default.sse_algorithm() {
        ServerSideEncryption::AwsKms => Algorithm::SseKms,
        ServerSideEncryption::AwsKmsDsse => Algorithm::DsseKms,
        _ => return Encryption::sse_s3(),
    };
    Encryption {
        algorithm,
        kms_key: default.kms_master_key_id().map(str::to_owned),
        bucket_key: rule
            .and_then(|rule| rule.bucket_key_enabled())
            .unwrap_or(false),
    }
}

/// Which kinds of encryption uploads may not choose. s3setup does not manage this, but it lives in
/// the same rule, and a put may drop what it leaves out: what was read is sent back.
pub(super) fn blocked(
    configuration: Option<&ServerSideEncryptionConfiguration>,
) -> Option<BlockedEncryptionTypes> {
    let rule = configuration.and_then(|configuration| configuration.rules().first());
    rule.and_then(|rule| rule.blocked_encryption_types().cloned())
}

/// What to send.
pub(super) fn encode(
    want: &Encryption,
    blocked: Option<BlockedEncryptionTypes>,
) -> Result<ServerSideEncryptionConfiguration> {
    let algorithm = match want.algorithm {
        Algorithm::SseS3 => ServerSideEncryption::Aes256,
        Algorithm::SseKms => ServerSideEncryption::AwsKms,
        Algorithm::DsseKms => ServerSideEncryption::AwsKmsDsse,
    };
    let default = ServerSideEncryptionByDefault::builder()
        .sse_algorithm(algorithm)
        .set_kms_master_key_id(want.kms_key.clone())
        .build()?;
    let rule = ServerSideEncryptionRule::builder()
        .apply_server_side_encryption_by_default(default)
        .bucket_key_enabled(want.bucket_key)
        .set_blocked_encryption_types(blocked)
        .build();
    Ok(ServerSideEncryptionConfiguration::builder()
        .rules(rule)
        .build()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_s3::types::EncryptionType;

    #[test]
    fn encryption_survives_the_way_there_and_back() {
        let kms = Encryption {
            algorithm: Algorithm::SseKms,
            kms_key: Some("arn:aws:kms:eu-west-1:1:key/k".into()),
            bucket_key: true,
        };
        let double = Encryption {
            algorithm: Algorithm::DsseKms,
            kms_key: None,
            bucket_key: false,
        };
        for want in [Encryption::sse_s3(), kms, double] {
            assert_eq!(decode(Some(&encode(&want, None).unwrap())), want);
        }
        assert_eq!(decode(None), Encryption::sse_s3());
    }

    #[test]
    fn what_is_blocked_is_sent_back() {
        let ssec = BlockedEncryptionTypes::builder()
            .encryption_type(EncryptionType::SseC)
            .build();
        let sent = encode(&Encryption::sse_s3(), Some(ssec.clone())).unwrap();
        assert_eq!(blocked(Some(&sent)), Some(ssec));
        assert_eq!(
            decode(Some(&sent)),
            Encryption::sse_s3(),
            "and it is no difference"
        );
    }

    #[test]
    fn a_bucket_key_without_kms_is_none() {
        let odd = Encryption {
            bucket_key: true,
            ..Encryption::sse_s3()
        };
        assert_eq!(
            decode(Some(&encode(&odd, None).unwrap())),
            Encryption::sse_s3()
        );
    }
}
