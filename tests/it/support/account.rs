//! Credentials for one account at one server: what a test gives to the tool and to boto3.

use serde::Serialize;
use serde_json::{Value, json};

use super::boto::{self, Refused};

/// An account, as seen by the owner of these credentials.
#[derive(Clone, Debug, Serialize)]
pub struct Account {
    /// The server or proxy, such as `http://127.0.0.1:40969`.
    pub endpoint: String,
    /// The access key's id.
    pub access_key: String,
    /// The secret of the access key.
    pub secret_key: String,
    /// The token of a session; none for root and for users.
    pub session_token: Option<String>,
    /// Twelve digits.
    pub account_id: String,
    /// The Region that clients are made for.
    pub region: String,
}

impl Account {
    /// The environment that leads an AWS client here.
    pub fn env(&self) -> Vec<(&'static str, String)> {
        let mut env = vec![
            ("AWS_ENDPOINT_URL", self.endpoint.clone()),
            ("AWS_ACCESS_KEY_ID", self.access_key.clone()),
            ("AWS_SECRET_ACCESS_KEY", self.secret_key.clone()),
            ("AWS_REGION", self.region.clone()),
            ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
        ];
        env.extend(
            self.session_token
                .clone()
                .map(|token| ("AWS_SESSION_TOKEN", token)),
        );
        env
    }

    /// A bucket name that no other account uses: names are shared by all accounts of a server.
    pub fn bucket(&self, name: &str) -> String {
        format!("{name}-{}", self.account_id)
    }

    /// `text` with this account's number replaced by `111122223333`, so that it can be compared
    /// with a text in a file.
    pub fn redact(&self, text: &str) -> String {
        text.replace(&self.account_id, "111122223333")
    }

    /// The same credentials at another endpoint.
    #[must_use]
    pub fn at(&self, endpoint: &str) -> Self {
        Self {
            endpoint: endpoint.to_owned(),
            ..self.clone()
        }
    }

    /// The same credentials in another Region.
    #[must_use]
    pub fn in_region(&self, region: &str) -> Self {
        Self {
            region: region.to_owned(),
            ..self.clone()
        }
    }

    /// The same account with other credentials, such as those of a user.
    #[must_use]
    pub fn with_key(&self, access_key: &str, secret_key: &str) -> Self {
        Self {
            access_key: access_key.to_owned(),
            secret_key: secret_key.to_owned(),
            session_token: None,
            ..self.clone()
        }
    }

    /// A session of `role`, taken by the owner of these credentials. `more` are further arguments
    /// of AssumeRole, such as `{"ExternalId": "…"}`.
    ///
    /// # Errors
    /// What the server answered, if it refused.
    pub fn assume_role(&self, role: &str, more: &Value) -> Result<Self, Refused> {
        self.try_python_with(
            "sts.assume_role(RoleArn=role, RoleSessionName='test', **more)",
            &json!({"role": role, "more": more}),
        )
        .map(|answer| self.session(role, &answer["Credentials"]))
    }

    /// A session of `role` for the holder of an identity token with these `claims`: at least
    /// `iss` (a URL), `aud` (a string) and `sub`. Uses no credentials, as in a CI job.
    ///
    /// # Errors
    /// What the server answered, if it refused. Only ministack does; it looks at the trust
    /// policy's conditions on `aud` and `sub`, and not whether the OIDC provider is there.
    pub fn assume_role_with_web_identity(
        &self,
        role: &str,
        claims: &Value,
    ) -> Result<Self, Refused> {
        self.try_python_with(
            "client('sts', signed=False).assume_role_with_web_identity(
                 RoleArn=role, RoleSessionName='test',
                 WebIdentityToken=web_identity_token(**claims))",
            &json!({"role": role, "claims": claims}),
        )
        .map(|answer| self.session(role, &answer["Credentials"]))
    }

    /// The value of a Python snippet that sees boto3 clients `s3`, `iam`, `sts` and `kms` with
    /// these credentials: `account.python("iam.get_role(RoleName='x')['Role']")`.
    ///
    /// # Panics
    /// If AWS refuses or the snippet fails.
    #[track_caller]
    pub fn python(&self, snippet: &str) -> Value {
        self.python_with(snippet, &json!({}))
    }

    /// As [`Account::python`], with the members of the object `arguments` bound by name.
    ///
    /// # Panics
    /// If AWS refuses or the snippet fails.
    #[track_caller]
    pub fn python_with(&self, snippet: &str, arguments: &Value) -> Value {
        match self.try_python_with(snippet, arguments) {
            Ok(value) => value,
            Err(refused) => panic!("{refused}, for the snippet: {snippet}"),
        }
    }

    /// As [`Account::python`], for a snippet that AWS may refuse.
    ///
    /// # Errors
    /// What the server answered, if it refused.
    #[track_caller]
    pub fn try_python(&self, snippet: &str) -> Result<Value, Refused> {
        self.try_python_with(snippet, &json!({}))
    }

    /// As [`Account::python_with`], for a snippet that AWS may refuse.
    ///
    /// # Errors
    /// What the server answered, if it refused.
    #[track_caller]
    pub fn try_python_with(&self, snippet: &str, arguments: &Value) -> Result<Value, Refused> {
        boto::run(self, snippet, arguments)
    }

    fn session(&self, role: &str, credentials: &Value) -> Self {
        let member = |name: &str| {
            credentials[name]
                .as_str()
                .unwrap_or_else(|| panic!("STS answers with {name}: {credentials}"))
                .to_owned()
        };
        Self {
            access_key: member("AccessKeyId"),
            secret_key: member("SecretAccessKey"),
            session_token: Some(member("SessionToken")),
            // The account of the role, which need not be the caller's.
            account_id: role.split(':').nth(4).unwrap_or_default().to_owned(),
            ..self.clone()
        }
    }
}
