//! A manifest that was applied, to be verified.

use serde_json::{Value, json};

use crate::{
    support::{Account, Outcome, S3setup, Server},
    vendors::{Manifest, claims},
};

/// Every object, version, delete marker and unfinished upload of the account.
const LEFT: &str = "left = []
for bucket in [bucket['Name'] for bucket in s3.list_buckets()['Buckets']]:
    found = s3.list_object_versions(Bucket=bucket)
    for kind in ('Versions', 'DeleteMarkers'):
        left += [f'{kind} {one[\"Key\"]}' for one in found.get(kind, [])]
    uploads = s3.list_multipart_uploads(Bucket=bucket).get('Uploads', [])
    left += [f'Uploads {one[\"Key\"]}' for one in uploads]
left";

/// A manifest in an account of its own, and the tool beside it.
pub struct Ground {
    pub account: Account,
    pub tool: S3setup,
    /// The manifest's file, and its inputs.
    pub arguments: Vec<String>,
}

impl Ground {
    /// `manifest` with the values of its examples, applied; with a token where a role wants one.
    ///
    /// # Errors
    /// It cannot be applied.
    pub fn of(manifest: &Manifest) -> Result<Self, String> {
        let account = Server::ministack().account();
        let tool = S3setup::new(&account);
        let file = manifest.write_to(&tool);
        let arguments = [vec![file], manifest.examples_as_arguments()].concat();
        let mut ground = Self {
            account,
            tool,
            arguments,
        };
        ground.apply()?;
        if let Some(token) = ground.token() {
            ground.tool.file("token", &token);
            let more = ["--web-identity-token-file", "token"].map(str::to_owned);
            ground.arguments.extend(more);
        }
        Ok(ground)
    }

    /// A manifest that is only this text.
    pub fn of_text(text: &str) -> Self {
        let account = Server::ministack().account();
        let tool = S3setup::new(&account);
        tool.file("m.yaml", text);
        let ground = Self {
            account,
            tool,
            arguments: vec!["m.yaml".to_owned()],
        };
        ground.apply().unwrap_or_else(|why| panic!("{why}"));
        ground
    }

    fn apply(&self) -> Result<(), String> {
        let outcome = self.run("apply", &["--yes"]);
        match outcome.code {
            Some(0) => Ok(()),
            _ => Err(format!("it cannot be applied:\n{outcome}")),
        }
    }

    /// The command with the manifest and its inputs.
    pub fn run(&self, command: &str, more: &[&str]) -> Outcome {
        let given = self.arguments.iter().map(String::as_str);
        let arguments: Vec<&str> = [command].into_iter().chain(given).collect();
        self.tool.run(&[&arguments, more].concat())
    }

    /// `verify`, which asks nothing a second time.
    pub fn verify(&self, more: &[&str]) -> Outcome {
        self.run("verify", &[&["--wait", "0"], more].concat())
    }

    /// A token of the identity provider that a role trusts, if one does.
    fn token(&self) -> Option<String> {
        let roles = self.account.python(
            "[r['AssumeRolePolicyDocument']['Statement'] for r in iam.list_roles()['Roles']]",
        );
        let mut statements = roles.as_array()?.iter().filter_map(|all| all.get(0));
        let statement = statements.find(|one| one["Principal"].get("Federated").is_some())?;
        Some(token(&self.account, &claims(statement)))
    }

    /// What there is in the account's buckets.
    pub fn left(&self) -> Value {
        self.account.python(LEFT)
    }
}

/// A token that says this.
pub fn token(account: &Account, claims: &Value) -> String {
    let token = account.python_with("web_identity_token(**claims)", &json!({"claims": claims}));
    token.as_str().expect("it is a text").to_owned()
}

/// The checks of a report, each with its principal.
pub fn checks(report: &Value) -> Vec<(&str, &Value)> {
    let principals = report["manifests"]
        .as_array()
        .expect("a report has manifests")
        .iter()
        .flat_map(|manifest| manifest["principals"].as_array().into_iter().flatten());
    principals
        .flat_map(|tried| {
            let name = tried["principal"].as_str().expect("it has a name");
            let checks = tried["checks"].as_array().into_iter().flatten();
            checks.map(move |check| (name, check))
        })
        .collect()
}

/// The sentences of a list.
pub fn texts(list: &Value) -> Vec<&str> {
    let all = list.as_array().into_iter().flatten();
    all.filter_map(Value::as_str).collect()
}
