//! Service accounts. What their descriptions say of keys stays: it is the key's (`key/`).

use super::Google;
use super::api;
use super::change::{Fields, to_write};
use super::error::Result;
use super::gaps::Gaps;
use crate::cloud::Observation;
use crate::permissions::Method;
use crate::resource::Google as Kind;
use crate::resource::google::ServiceAccount;
use crate::resource::google::marks::{KeyRecord, from_marks, with_marks};
use serde_json::Value;

/// The account as s3setup has it, and what its description says of its key.
pub(super) fn read(
    project: &str,
    name: &str,
    account: &api::Account,
) -> (ServiceAccount, KeyRecord) {
    let (description, tags, record) = from_marks(&account.description);
    let account = ServiceAccount {
        display_name: Some(account.display_name.clone()),
        description: Some(description),
        disabled: account.disabled,
        tags,
        ..ServiceAccount::named(name, project)
    };
    (account, record)
}

fn fields(account: &ServiceAccount, record: &KeyRecord) -> Fields {
    let text = account.description.as_deref().unwrap_or_default();
    let name = account.display_name.clone().unwrap_or_default();
    Fields::from_iter([
        ("displayName".to_owned(), Value::from(name)),
        (
            "description".to_owned(),
            Value::from(with_marks(text, &account.tags, record)),
        ),
    ])
}

/// Whether what can be patched of them differs.
pub(super) fn differ(have: &ServiceAccount, want: &ServiceAccount) -> bool {
    let none = KeyRecord::default();
    fields(have, &none) != fields(want, &none)
}

impl Google {
    pub(super) async fn observe_service_account(
        &self,
        want: &ServiceAccount,
    ) -> Result<Observation> {
        let mut gaps = Gaps::default();
        let email = ServiceAccount::email(&want.name, &want.project);
        let account = self.client.account(&want.project, &email).await;
        Ok(match gaps.whole(account)? {
            Some(account) => {
                let (found, _) = read(&want.project, &want.name, &account);
                let mut found = gaps.around(Kind::ServiceAccount(found));
                found.id = Some(account.unique_id).filter(|id| !id.is_empty());
                found
            }
            None => gaps.alone(),
        })
    }

    pub(super) async fn create_service_account(&self, want: &ServiceAccount) -> Result<()> {
        let email = ServiceAccount::email(&want.name, &want.project);
        let member = ServiceAccount::member(&want.name, &want.project);
        let text = want.description.as_deref().unwrap_or_default();
        let text = with_marks(text, &want.tags, &KeyRecord::default());
        let name = want.display_name.clone().unwrap_or_default();
        let made = self
            .write(Method::AccountsCreate, &member, || {
                self.client
                    .create_account(&want.project, &want.name, &email, &name, &text)
            })
            .await?;
        self.known.made(&member);
        self.known.was_given(&member, &made.unique_id);
        match want.disabled {
            true => self.enable(want, false).await,
            false => Ok(()),
        }
    }

    async fn enable(&self, account: &ServiceAccount, enabled: bool) -> Result<()> {
        let method = match enabled {
            true => Method::AccountsEnable,
            false => Method::AccountsDisable,
        };
        let email = ServiceAccount::email(&account.name, &account.project);
        let member = ServiceAccount::member(&account.name, &account.project);
        self.write(method, &member, || {
            self.client
                .enable_account(&account.project, &email, enabled)
        })
        .await
    }

    pub(super) async fn update_service_account(
        &self,
        have: &ServiceAccount,
        want: &ServiceAccount,
    ) -> Result<()> {
        let email = ServiceAccount::email(&want.name, &want.project);
        let now = self
            .settled(|| self.client.account(&want.project, &email))
            .await?;
        let (now, record) = read(&want.project, &want.name, &now);
        let what = format!("service_account.{}", want.name);
        let written = to_write(
            &what,
            &fields(have, &record),
            &fields(&now, &record),
            &fields(want, &record),
        )?;
        if !written.is_empty() {
            self.patch_account(want, &written).await?;
        }
        match have.disabled == want.disabled || now.disabled == want.disabled {
            true => Ok(()),
            false => self.enable(want, !want.disabled).await,
        }
    }

    /// Writes these fields of an account.
    pub(super) async fn patch_account(
        &self,
        account: &ServiceAccount,
        written: &Fields,
    ) -> Result<()> {
        let email = ServiceAccount::email(&account.name, &account.project);
        let member = ServiceAccount::member(&account.name, &account.project);
        let written = written.iter();
        let written: Vec<(&str, &str)> = written
            .map(|(name, value)| (name.as_str(), value.as_str().unwrap_or_default()))
            .collect();
        self.write(Method::AccountsPatch, &member, || {
            self.client
                .patch_account(&account.project, &email, &written)
        })
        .await
        .map(drop)
    }

    pub(super) async fn delete_service_account(&self, have: &ServiceAccount) -> Result<()> {
        let email = ServiceAccount::email(&have.name, &have.project);
        let member = ServiceAccount::member(&have.name, &have.project);
        self.erase(Method::AccountsDelete, &member, || {
            self.client.delete_account(&have.project, &email)
        })
        .await
    }
}
