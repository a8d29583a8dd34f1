//! A `SecureString` of AWS's Parameter Store as a sink.
//!
//! The id of the key is in the parameter's description: so it is read without the secret, and value
//! and id change at once.

use super::super::Aws;
use super::super::error::{Call, Error, Result};
use super::super::genuine::Genuine;
use super::super::settle::read;
use crate::permissions::Operation;
use crate::resource::Scope;
use crate::sink::{Credential, Held};
use aws_sdk_ssm::Client;
use aws_sdk_ssm::config::{Builder, Region};
use aws_sdk_ssm::types::{ParameterMetadata, ParameterStringFilter, ParameterType};
use secrecy::SecretString;

/// How the description of a parameter of ours begins.
const DESCRIPTION: &str = "s3setup: access key ";
/// The description of one that has no key yet.
const EMPTY: &str = "s3setup: no access key yet";
/// Its value: a parameter cannot be empty.
const NO_VALUE: &str = "{}";

/// One parameter.
pub(super) struct Parameter<'a> {
    pub(super) aws: &'a Aws,
    pub(super) name: &'a str,
    pub(super) region: &'a str,
    pub(super) kms_key: Option<&'a str>,
}

impl Parameter<'_> {
    fn client(&self) -> Client {
        let config = Builder::from(&self.aws.config)
            .region(Region::new(self.region.to_owned()))
            .interceptor(self.aws.calls.clone())
            .interceptor(Genuine)
            .retry_classifier(Genuine);
        Client::from_conf(config.build())
    }

    fn call(&self, operation: Operation) -> Call {
        let on = match operation {
            // It knows no resources.
            Operation::SsmDescribeParameters => "*".to_owned(),
            _ => parameter_arn(&self.aws.scope, self.region, self.name),
        };
        Call::new(operation, &on)
    }

    async fn metadata(&self) -> Result<Option<ParameterMetadata>> {
        let filter = ParameterStringFilter::builder()
            .key("Name")
            .option("Equals")
            .values(self.name)
            .build()?;
        let pages = self
            .client()
            .describe_parameters()
            .parameter_filters(filter)
            .into_paginator()
            .send();
        let found = read(
            self.call(Operation::SsmDescribeParameters),
            pages.collect::<std::result::Result<Vec<_>, _>>(),
        )
        .await?;
        let all = found
            .into_iter()
            .flat_map(|page| page.parameters.unwrap_or_default());
        let mut named = all.filter(|found| found.name() == Some(self.name));
        Ok(named.next())
    }

    /// The current value; `None` if there is none.
    pub(super) async fn value(&self) -> Result<Option<SecretString>> {
        let request = self.client().get_parameter().name(self.name);
        let request = request.with_decryption(true);
        match read(self.call(Operation::SsmGetParameter), request.send()).await {
            Err(error) if error.code() == "ParameterNotFound" => Ok(None),
            Err(error) => Err(error),
            Ok(answer) => {
                let value = answer.parameter.and_then(|parameter| parameter.value);
                Ok(value.map(SecretString::from))
            }
        }
    }

    pub(super) async fn held(&self) -> Result<Held> {
        let found = self.metadata().await?;
        let description = found.as_ref().and_then(ParameterMetadata::description);
        Ok(held(description.unwrap_or_default()))
    }

    /// Makes the parameter if there is none. Whether one that is there may be overwritten cannot be
    /// known without doing it: there would be a moment without its value.
    pub(super) async fn prove(&self, known: impl Fn(&str) -> bool) -> Result<()> {
        let Some(found) = self.metadata().await? else {
            return self.write(NO_VALUE, EMPTY, false).await;
        };
        let description = found.description().unwrap_or_default();
        let what = match held(description) {
            Held::Key(id) if !known(&id) => {
                format!("holds the key {id}, which is none of this user's")
            }
            Held::Nothing if description != EMPTY => "was not written by s3setup".to_owned(),
            _ if found.r#type() != Some(&ParameterType::SecureString) => {
                "is not encrypted: it is no SecureString".to_owned()
            }
            _ => return Ok(()),
        };
        Err(Error::ours(
            format!("the parameter {} {what}", self.name),
            "choose another name, or delete the parameter",
        ))
    }

    pub(super) async fn put(&self, credential: &Credential) -> Result<()> {
        let description = format!("{DESCRIPTION}{}", credential.id);
        self.write(&credential.json(), &description, true).await
    }

    async fn write(&self, value: &str, description: &str, overwrite: bool) -> Result<()> {
        let request = || {
            self.client()
                .put_parameter()
                .name(self.name)
                .r#type(ParameterType::SecureString)
                .value(value)
                .description(description)
                .overwrite(overwrite)
                .set_key_id(self.kms_key.map(str::to_owned))
                .send()
        };
        match self
            .aws
            .write(self.call(Operation::SsmPutParameter), request)
            .await
        {
            // The answer of the first try was lost.
            Err(error) if !overwrite && error.code() == "ParameterAlreadyExists" => Ok(()),
            other => other.map(drop),
        }
    }
}

/// The ARN of a parameter.
pub(in crate::aws) fn parameter_arn(scope: &Scope, region: &str, name: &str) -> String {
    let name = name.trim_start_matches('/');
    let (partition, account) = (&scope.partition, &scope.account);
    format!("arn:{partition}:ssm:{region}:{account}:parameter/{name}")
}

fn held(description: &str) -> Held {
    match description.strip_prefix(DESCRIPTION) {
        Some(id) => Held::Key(id.to_owned()),
        None => Held::Nothing,
    }
}
