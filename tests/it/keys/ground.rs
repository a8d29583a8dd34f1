//! A user with an access key in an account of its own, and what can be asked about it.

use serde_json::{Value, json};

use crate::support::{Account, Outcome, Proxy, S3setup, Server};

pub const APPLY: &[&str] = &["apply", "keys.yaml", "--yes"];
pub const PLAN: &[&str] = &["plan", "keys.yaml", "--detailed-exitcode"];

/// The tool before one account, with `keys.yaml` in its folder.
pub struct Ground {
    pub proxy: Proxy,
    pub tool: S3setup,
}

impl Ground {
    /// A manifest whose user `backup` has a key in this sink.
    pub fn new(sink: &str) -> Self {
        let proxy = Proxy::before(&Server::ministack().account());
        let tool = S3setup::new(proxy.account());
        let ground = Self { proxy, tool };
        ground.manifest(sink, "");
        ground
    }

    /// The manifest anew, with `more` below `access_key`.
    pub fn manifest(&self, sink: &str, more: &str) {
        self.tool.file(
            "keys.yaml",
            &format!(
                "name: keys
users:
  backup:
    access_key:
      sink:
        {sink}
{more}"
            ),
        );
    }

    /// Another proxy: what a killed run had under way ends with its own.
    pub fn begin_anew(&mut self) {
        let account = self.account().at(Server::ministack().endpoint());
        self.proxy = Proxy::before(&account);
        self.tool.lead_to(self.proxy.account());
    }

    pub fn account(&self) -> &Account {
        self.proxy.account()
    }

    /// The id and secret in a file of `NAME=value` lines.
    #[track_caller]
    pub fn dotenv(&self, file: &str) -> (String, String) {
        let text = self.tool.read(file);
        let value = |name: &str| {
            text.lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix('='))
                .unwrap_or_else(|| panic!("{name} is in {file}"))
                .to_owned()
        };
        (value("AWS_ACCESS_KEY_ID"), value("AWS_SECRET_ACCESS_KEY"))
    }

    /// The id and secret in whichever sink the manifest names.
    #[track_caller]
    pub fn held(&self) -> (String, String) {
        let manifest = self.tool.read("keys.yaml");
        let read = match () {
            () if manifest.contains("secrets_manager:") => {
                "client('secretsmanager').get_secret_value(SecretId='backup/s3')['SecretString']"
            }
            () if manifest.contains("parameter_store:") => {
                "client('ssm').get_parameter(Name='/backup/s3', WithDecryption=True)['Parameter']['Value']"
            }
            () => return self.dotenv("backup.env"),
        };
        let text = self.account().python(read);
        let value: Value =
            serde_json::from_str(text.as_str().expect("it is text")).expect("it is JSON");
        let member = |name: &str| value[name].as_str().expect("it is text").to_owned();
        (member("access_key_id"), member("secret_access_key"))
    }

    /// Fail unless AWS takes the key for the user's.
    #[track_caller]
    pub fn works(&self, (id, secret): &(String, String)) {
        let answer = self
            .account()
            .with_key(id, secret)
            .try_python("sts.get_caller_identity()['Arn'].split(':')[-1]");
        assert_eq!(answer, Ok(json!("user/backup")), "{id}");
    }

    /// Ids and statuses of the user's keys.
    pub fn keys(&self) -> Value {
        self.account().python(
            "sorted([key['AccessKeyId'], key['Status']]
 for key in iam.list_access_keys(UserName='backup')['AccessKeyMetadata'])",
        )
    }

    /// The user's tags, less the marks.
    pub fn tags(&self) -> Value {
        self.account().python(
            "{tag['Key']: tag['Value'] for tag in iam.list_user_tags(UserName='backup')['Tags']
 if tag['Key'] not in ('managed-by', 's3setup:manifest')}",
        )
    }

    /// A key that somebody makes by hand: its id.
    pub fn by_hand(&self) -> String {
        let id = self
            .account()
            .python("iam.create_access_key(UserName='backup')['AccessKey']['AccessKeyId']");
        id.as_str().expect("it is text").to_owned()
    }

    /// Fail unless nothing is to be done.
    #[track_caller]
    pub fn is_settled(&self, reason: &str) {
        let plan: Outcome = self.tool.run(PLAN);
        assert_eq!(plan.code, Some(0), "{reason}:\n{plan}");
        assert!(plan.stdout.contains("No changes."), "{reason}:\n{plan}");
    }
}
