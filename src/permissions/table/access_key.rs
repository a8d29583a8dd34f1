//! Access keys: on their users, and on what holds their secrets.

use super::super::Operation::{
    IamCreateAccessKey, IamDeleteAccessKey, IamGetAccessKeyLastUsed, IamGetUser, IamListAccessKeys,
    IamTagUser, IamUntagUser, IamUpdateAccessKey, SecretsManagerCreateSecret,
    SecretsManagerDescribeSecret, SecretsManagerGetSecretValue, SecretsManagerPutSecretValue,
    SsmDescribeParameters, SsmGetParameter, SsmPutParameter,
};
use super::super::row::{Aspect, On};
use super::{Part, Row, create, delete, look_up, observe, probe, rotate, update};

/// Of a row of the sink in Secrets Manager.
const fn secret(row: Row) -> Row {
    row.of(Aspect::Secret).on(On::Sink)
}

/// Of a row of the sink in Parameter Store.
const fn parameter(row: Row) -> Row {
    row.of(Aspect::Parameter).on(On::Sink)
}

/// What Secrets Manager does with a key of one's own.
const fn by_secret(row: Row, action: &'static str) -> Row {
    row.asks(action).of(Aspect::SecretKey).on(On::SinkKey)
}

/// What Parameter Store does with a key of one's own.
const fn by_parameter(row: Row, action: &'static str) -> Row {
    row.asks(action).of(Aspect::ParameterKey).on(On::SinkKey)
}

pub(super) const KEY: Part = Part {
    noun: "User",
    words: "access key",
    rows: &[
        observe(IamGetUser),
        observe(IamListAccessKeys),
        observe(IamGetAccessKeyLastUsed),
        secret(observe(SecretsManagerDescribeSecret)),
        parameter(observe(SsmDescribeParameters)).on(On::Account),
        create(IamCreateAccessKey),
        create(IamDeleteAccessKey),
        create(IamTagUser),
        create(IamUntagUser),
        secret(create(SecretsManagerCreateSecret)),
        secret(create(SecretsManagerPutSecretValue)),
        by_secret(create(SecretsManagerPutSecretValue), "kms:GenerateDataKey"),
        by_secret(create(SecretsManagerPutSecretValue), "kms:Decrypt"),
        parameter(create(SsmPutParameter)),
        by_parameter(create(SsmPutParameter), "kms:Encrypt"),
        update(IamUpdateAccessKey),
        update(IamCreateAccessKey),
        update(IamDeleteAccessKey),
        update(IamTagUser),
        update(IamUntagUser),
        look_up(IamGetAccessKeyLastUsed),
        delete(IamDeleteAccessKey),
        delete(IamUntagUser),
        rotate(IamGetUser),
        rotate(IamListAccessKeys),
        rotate(IamGetAccessKeyLastUsed),
        rotate(IamCreateAccessKey),
        rotate(IamUpdateAccessKey),
        rotate(IamDeleteAccessKey),
        rotate(IamTagUser),
        rotate(IamUntagUser),
        secret(rotate(SecretsManagerDescribeSecret)),
        secret(rotate(SecretsManagerCreateSecret)),
        secret(rotate(SecretsManagerPutSecretValue)),
        by_secret(rotate(SecretsManagerPutSecretValue), "kms:GenerateDataKey"),
        by_secret(rotate(SecretsManagerPutSecretValue), "kms:Decrypt"),
        parameter(rotate(SsmDescribeParameters)).on(On::Account),
        parameter(rotate(SsmPutParameter)),
        by_parameter(rotate(SsmPutParameter), "kms:Encrypt"),
        secret(probe(SecretsManagerGetSecretValue)),
        by_secret(probe(SecretsManagerGetSecretValue), "kms:Decrypt"),
        parameter(probe(SsmGetParameter)),
        by_parameter(probe(SsmGetParameter), "kms:Decrypt"),
    ],
};
