//! Access tried for real: becoming somebody, and what AWS is asked besides.

mod act;
mod clear;
mod key;

use super::Aws;
use super::document::document;
use super::error::{Call, Error};
use super::settle::read;
use crate::permissions::Operation;
use crate::policy::Document;
use crate::probe::{Actor, Means, NoWay, Prober, Question, SESSION};
use crate::resource::Sink;
use act::Somebody;
use anyhow::Result;
use async_trait::async_trait;
use aws_sdk_iam::types::{ContextEntry, ContextKeyTypeEnum, PolicyEvaluationDecisionType};
use aws_sdk_s3::config::{Credentials, SharedCredentialsProvider};
use aws_sdk_sts::types::Credentials as Session;
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;

/// What credentials given by hand are called in the SDK.
const PROVIDER: &str = "s3setup-verify";
/// Seconds: the shortest that STS gives.
const SESSION_SECONDS: i32 = 900;

/// Allows one prefix and no other.
const CONTROL: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*","Condition":{"StringEquals":{"s3:prefix":"a"}}}]}"#;

type Become = std::result::Result<Arc<dyn Actor>, NoWay>;

#[async_trait]
impl Prober for Aws {
    async fn become_by(&self, means: &Means) -> Result<Become> {
        match means {
            Means::Key { id, secret } => {
                let secret = secret.expose_secret();
                let key = Credentials::new(id, secret, None, None, PROVIDER);
                Ok(Ok(self.somebody(As::Key(key))))
            }
            Means::Assume { role, external_id } => {
                let request = self.sts.assume_role().role_arn(role);
                let request = request
                    .role_session_name(SESSION)
                    .duration_seconds(SESSION_SECONDS)
                    .set_external_id(external_id.clone());
                let answer = read(Call::new(Operation::StsAssumeRole, role), request.send()).await;
                self.session(answer.map(|answer| answer.credentials))
            }
            Means::Token { role, token } => {
                let request = self.sts.assume_role_with_web_identity().role_arn(role);
                let request = request
                    .role_session_name(SESSION)
                    .duration_seconds(SESSION_SECONDS)
                    .web_identity_token(token.expose_secret());
                let call = Call::new(Operation::StsAssumeRoleWithWebIdentity, role);
                let answer = read(call, request.send()).await;
                self.session(answer.map(|answer| answer.credentials))
            }
        }
    }

    async fn whose(&self, means: &Means) -> Option<String> {
        let Means::Key { id, secret } = means else {
            return None;
        };
        let key = Credentials::new(id, secret.expose_secret(), None, None, PROVIDER);
        let config = self.sts.config().to_builder();
        let config = config.credentials_provider(SharedCredentialsProvider::new(key));
        let sts = aws_sdk_sts::Client::from_conf(config.build());
        let call = Call::new(Operation::StsGetCallerIdentity, "*");
        let answer = read(call, sts.get_caller_identity().send()).await;
        answer.ok()?.arn
    }

    async fn locks_objects(&self, bucket: &str, region: &str) -> bool {
        let client = self.regions.client(region);
        let request = client.get_object_lock_configuration().bucket(bucket);
        let call = Call::new(Operation::S3GetObjectLockConfiguration, bucket);
        // Who may not ask finds out by what stays.
        let answer = read(call, request.send()).await.ok();
        let lock = answer.and_then(|answer| answer.object_lock_configuration);
        lock.and_then(|lock| lock.rule)
            .is_some_and(|rule| rule.default_retention.is_some())
    }

    async fn key_in(&self, sink: &Sink) -> std::result::Result<(String, SecretString), NoWay> {
        self.key_of(sink).await.map_err(NoWay)
    }

    fn caller(&self) -> Arc<dyn Actor> {
        self.somebody(As::Caller)
    }

    fn caller_arn(&self) -> &str {
        &self.caller
    }

    fn anyone(&self) -> Arc<dyn Actor> {
        self.somebody(As::Anyone)
    }

    fn is_plain_http(&self) -> bool {
        self.regions.is_plain_http()
    }

    async fn other_bucket(&self, than: &str) -> Option<(String, String)> {
        let client = self.regions.client(&self.scope.region);
        // Few are enough, and the parameter brings the region with each.
        let request = client.list_buckets().max_buckets(10);
        let answer = read(Call::new(Operation::S3ListBuckets, "*"), request.send()).await;
        let buckets = answer.ok()?.buckets.unwrap_or_default();
        buckets.into_iter().find_map(|bucket| {
            let name = bucket.name.filter(|name| name != than)?;
            let region = bucket
                .bucket_region
                .unwrap_or_else(|| self.scope.region.clone());
            Some((name, region))
        })
    }

    async fn managed_document(&self, arn: &str) -> Option<Document> {
        let get = self.iam.get_policy().policy_arn(arn);
        let policy = read(Call::new(Operation::IamGetPolicy, arn), get.send()).await;
        let version = policy.ok()?.policy?.default_version_id?;
        let get = self.iam.get_policy_version().policy_arn(arn);
        let get = get.version_id(&version);
        let answer = read(Call::new(Operation::IamGetPolicyVersion, arn), get.send()).await;
        let text = answer.ok()?.policy_version?.document?;
        document(&text, arn).ok()
    }

    async fn simulate(&self, question: &Question) -> Option<bool> {
        if !self.simulates().await {
            return None;
        }
        let mut request = self
            .iam
            .simulate_principal_policy()
            .policy_source_arn(&question.principal)
            .action_names(&question.action)
            .resource_arns(&question.resource);
        if let Some(policy) = &question.resource_policy {
            request = request
                .resource_policy(policy)
                .caller_arn(&question.principal);
        }
        for (key, values) in &question.context {
            request = request.context_entries(entry(key, values.clone()));
        }
        let call = Call::new(Operation::IamSimulatePrincipalPolicy, &question.principal);
        let answer = read(call, request.send()).await.ok()?;
        let results = answer.evaluation_results.unwrap_or_default();
        let [result] = results.as_slice() else {
            return None;
        };
        // What it has to guess it does not know.
        if !result.missing_context_values().is_empty() {
            return None;
        }
        Some(result.eval_decision == PolicyEvaluationDecisionType::Allowed)
    }
}

/// With which credentials somebody asks.
#[derive(Clone)]
pub(super) enum As {
    /// The caller's own.
    Caller,
    /// These.
    Key(Credentials),
    /// None.
    Anyone,
}

/// A condition key of a simulated request.
fn entry(key: &str, values: Vec<String>) -> ContextEntry {
    let entry = ContextEntry::builder().context_key_name(key);
    entry
        .set_context_key_values(Some(values))
        .context_key_type(ContextKeyTypeEnum::String)
        .build()
}

impl Aws {
    /// Whether the simulation knows conditions. AWS's does; that of a server in its place is asked
    /// something whose answer is known, since a wrong "no" would be told as a fault of the account.
    async fn simulates(&self) -> bool {
        if self.endpoint.is_none() {
            return true;
        }
        let ask = || async {
            let request = self
                .iam
                .simulate_custom_policy()
                .policy_input_list(CONTROL)
                .action_names("s3:ListBucket")
                .resource_arns("arn:aws:s3:::control")
                .context_entries(entry("s3:prefix", vec!["a".to_owned()]));
            let answer = read(
                Call::new(Operation::IamSimulateCustomPolicy, "*"),
                request.send(),
            )
            .await;
            let results = answer.ok().and_then(|answer| answer.evaluation_results);
            results
                .unwrap_or_default()
                .first()
                .is_some_and(|result| result.eval_decision == PolicyEvaluationDecisionType::Allowed)
        };
        *self.simulates.get_or_init(ask).await
    }

    fn somebody(&self, credentials: As) -> Arc<dyn Actor> {
        Arc::new(Somebody {
            regions: self.regions.clone(),
            credentials,
            plain_http: false,
        })
    }

    /// A session, or why there is none. What is refused is an answer; what is not answered, an
    /// error.
    fn session(&self, answer: super::error::Result<Option<Session>>) -> Result<Become> {
        match answer {
            Ok(Some(session)) => {
                let key = Credentials::new(
                    session.access_key_id,
                    session.secret_access_key,
                    Some(session.session_token),
                    None,
                    PROVIDER,
                );
                Ok(Ok(self.somebody(As::Key(key))))
            }
            Ok(None) => Ok(Err(NoWay("STS answers without credentials".to_owned()))),
            Err(error) if (400..500).contains(&error.status()) => Ok(Err(NoWay(said(&error)))),
            Err(error) => Err(self.explain(error)),
        }
    }
}

/// What AWS says, in a few words.
pub(super) fn said(error: &Error) -> String {
    match error {
        Error::Call(call) => {
            let text = call.text();
            // The request's id is another one each time, and of use for AWS's support only.
            let text = text.split(" (request ").next().unwrap_or_default();
            text.trim_start_matches(": ").to_owned()
        }
        Error::Ours(failure) => failure.message.clone(),
        other => other.code().to_owned(),
    }
}
