//! Service accounts (<https://cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts>).

use super::super::client::Client;
use super::super::error::{Call, Result};
use super::super::request::{Request, part};
use super::page::page;
use crate::permissions::Method;
use reqwest::Method as Verb;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// A service account.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::google) struct Account {
    pub(in crate::google) email: String,
    /// Another one each time that one of this address is made.
    pub(in crate::google) unique_id: String,
    #[serde(default)]
    pub(in crate::google) display_name: String,
    #[serde(default)]
    pub(in crate::google) description: String,
    #[serde(default)]
    pub(in crate::google) disabled: bool,
}

page!(Accounts of Account as "accounts");

/// An object without anything that matters.
pub(super) type Done = BTreeMap<String, IgnoredAny>;

/// `/v1/projects/P/serviceAccounts/A`. Not by `projects/-`: then Google says of an account that is not
/// there that it is forbidden.
pub(super) fn path(project: &str, email: &str) -> String {
    format!(
        "{}/serviceAccounts/{}",
        super::project(project),
        part(email)
    )
}

/// As policies name it.
pub(super) fn member(email: &str) -> String {
    format!("serviceAccount:{email}")
}

impl Client {
    /// A service account.
    pub(in crate::google) async fn account(&self, project: &str, email: &str) -> Result<Account> {
        let call = Call::new(Method::AccountsGet, &member(email));
        self.json(&Request::get(call, path(project, email))).await
    }

    /// Makes the service account of this id.
    pub(in crate::google) async fn create_account(
        &self,
        project: &str,
        id: &str,
        email: &str,
        display_name: &str,
        description: &str,
    ) -> Result<Account> {
        let call = Call::new(Method::AccountsCreate, &member(email));
        let account = json!({"displayName": display_name, "description": description});
        let body = json!({"accountId": id, "serviceAccount": account});
        let path = format!("{}/serviceAccounts", super::project(project));
        self.json(&Request::post(call, path, &body)).await
    }

    /// Writes these fields of it.
    pub(in crate::google) async fn patch_account(
        &self,
        project: &str,
        email: &str,
        fields: &[(&str, &str)],
    ) -> Result<Account> {
        let call = Call::new(Method::AccountsPatch, &member(email));
        let mask: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
        let fields = fields.iter();
        let account: Map<String, Value> = fields
            .map(|(name, value)| ((*name).to_owned(), Value::from(*value)))
            .collect();
        let body = json!({"serviceAccount": account, "updateMask": mask.join(",")});
        let request = Request::new(call, Verb::PATCH, path(project, email)).sending(&body);
        self.json(&request).await
    }

    /// Lets it do what it may, or nothing at all.
    pub(in crate::google) async fn enable_account(
        &self,
        project: &str,
        email: &str,
        enabled: bool,
    ) -> Result<()> {
        let (method, verb) = match enabled {
            true => (Method::AccountsEnable, "enable"),
            false => (Method::AccountsDisable, "disable"),
        };
        let call = Call::new(method, &member(email));
        let path = format!("{}:{verb}", path(project, email));
        self.json::<Done>(&Request::post(call, path, &json!({})))
            .await
            .map(drop)
    }

    /// Removes it. One that is made under its address later is another one.
    pub(in crate::google) async fn delete_account(&self, project: &str, email: &str) -> Result<()> {
        let call = Call::new(Method::AccountsDelete, &member(email));
        let request = Request::delete(call, path(project, email));
        self.json::<Done>(&request).await.map(drop)
    }

    /// Whether service accounts of the project are listed: of one at the most.
    pub(in crate::google) async fn lists_accounts(&self, project: &str) -> Result<()> {
        let call = Call::new(Method::AccountsList, &format!("projects/{project}"));
        let path = format!("{}/serviceAccounts", super::project(project));
        let request = Request::get(call, path).with("pageSize", "1");
        self.json::<Accounts>(&request).await.map(drop)
    }

    /// All service accounts of the project.
    pub(in crate::google) async fn accounts(&self, project: &str) -> Result<Vec<Account>> {
        let call = Call::new(Method::AccountsList, &format!("projects/{project}"));
        let path = format!("{}/serviceAccounts", super::project(project));
        let request = Request::get(call, path).with("pageSize", "100");
        self.all::<Accounts>(request).await
    }
}
