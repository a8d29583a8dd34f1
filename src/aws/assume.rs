//! A role in the account that is asked for: its credentials, for as long as a run takes.

use super::error::{Call, Error, Result};
use super::settle::read;
use crate::manifest::Account;
use crate::secrets;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, future};
use aws_sdk_sts::config::Credentials;
use std::time::{Duration, SystemTime};
use tokio::sync::Mutex;

/// What these credentials are called in the SDK.
const PROVIDER: &str = "s3setup-role";
/// What the session is called unless something else is asked for.
const SESSION: &str = "s3setup";
/// Credentials that have less time left are renewed: no call takes longer.
const SPARE: Duration = Duration::from_secs(5 * 60);

/// Gives the credentials of a role, and asks for new ones in time.
#[derive(Debug)]
pub(super) struct Role {
    sts: aws_sdk_sts::Client,
    arn: String,
    external_id: Option<String>,
    session: String,
    /// All clients share them: STS is asked once.
    latest: Mutex<Option<Credentials>>,
}

impl Role {
    /// The role of `account`, assumed by `caller` (an ARN) through `sts`, if the account names one.
    ///
    /// # Errors
    /// It may not be assumed; with what that takes.
    pub(super) async fn assume(
        account: &Account,
        caller: &str,
        sts: &aws_sdk_sts::Client,
    ) -> Result<Option<Self>> {
        let partition = caller.split(':').nth(1).unwrap_or("aws");
        let Some(arn) = account.role_arn(partition) else {
            return Ok(None);
        };
        let session = account.session_name.clone();
        let role = Self {
            sts: sts.clone(),
            arn,
            external_id: account.external_id.clone(),
            session: session.unwrap_or_else(|| SESSION.to_owned()),
            latest: Mutex::default(),
        };
        match role.credentials().await {
            Ok(_) => Ok(Some(role)),
            // Whoever sets this up is told both halves: one of them is missing, and STS does not say which.
            Err(error) if error.status() == 403 => {
                Err(error.with_hint(role.remedy(caller, account)))
            }
            Err(error) => Err(error),
        }
    }

    async fn credentials(&self) -> Result<Credentials> {
        let mut latest = self.latest.lock().await;
        if let Some(known) = latest.as_ref().filter(|known| lasts(known)) {
            return Ok(known.clone());
        }
        let request = self.sts.assume_role().role_arn(&self.arn);
        let request = request
            .role_session_name(&self.session)
            .set_external_id(self.external_id.clone());
        let call = Call::new("sts:AssumeRole", &self.arn);
        let answer = read(call, request.send()).await?;
        let Some(session) = answer.credentials else {
            return Err(Error::ours(
                "sts:AssumeRole answers without credentials",
                "check AWS_ENDPOINT_URL: this is not the answer of AWS",
            ));
        };
        secrets::keep(&session.secret_access_key);
        secrets::keep(&session.session_token);
        let credentials = Credentials::new(
            session.access_key_id,
            session.secret_access_key,
            Some(session.session_token),
            SystemTime::try_from(session.expiration).ok(),
            PROVIDER,
        );
        *latest = Some(credentials.clone());
        Ok(credentials)
    }

    fn remedy(&self, caller: &str, account: &Account) -> String {
        let external = match &self.external_id {
            Some(_) => " under this external id (condition sts:ExternalId)",
            None => ", without an external id",
        };
        format!(
            "for {}: the trust policy of {} has to allow sts:AssumeRole to {caller}{external}, and \
             {caller} has to be allowed sts:AssumeRole on that role",
            account.label(),
            self.arn
        )
    }
}

/// Whether there is time enough left.
fn lasts(credentials: &Credentials) -> bool {
    let soon = SystemTime::now() + SPARE;
    credentials.expiry().is_none_or(|expiry| expiry > soon)
}

impl ProvideCredentials for Role {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async move {
            let credentials = self.credentials().await;
            credentials.map_err(|error| {
                let text = match &error {
                    Error::Call(call) => call.text(),
                    _ => "the role cannot be assumed any more".to_owned(),
                };
                CredentialsError::provider_error(text)
            })
        })
    }
}
