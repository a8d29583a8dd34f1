//! Workload identity pools and their providers
//! (<https://cloud.google.com/iam/docs/reference/rest/v1/projects.locations.workloadIdentityPools>).

use super::super::client::Client;
use super::super::error::{Call, Result};
use super::super::request::{Request, part};
use super::operation::Operation;
use super::page::page;
use crate::permissions::Method;
use reqwest::Method as Verb;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;

/// Whether it is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(in crate::google) enum State {
    Active,
    /// It can be had back for 30 days.
    Deleted,
    #[default]
    #[serde(other)]
    Unknown,
}

/// A pool.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::google) struct Pool {
    /// With the number of the project: `projects/1/locations/global/workloadIdentityPools/ID`.
    #[serde(skip_serializing)]
    pub(in crate::google) name: String,
    #[serde(default)]
    pub(in crate::google) display_name: String,
    #[serde(default)]
    pub(in crate::google) description: String,
    #[serde(default)]
    pub(in crate::google) disabled: bool,
    #[serde(default, skip_serializing)]
    pub(in crate::google) state: State,
}

/// A provider.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::google) struct Provider {
    /// As [`Pool::name`], and `/providers/ID`.
    #[serde(skip_serializing)]
    pub(in crate::google) name: String,
    #[serde(default)]
    pub(in crate::google) display_name: String,
    #[serde(default)]
    pub(in crate::google) description: String,
    #[serde(default)]
    pub(in crate::google) disabled: bool,
    #[serde(default, skip_serializing)]
    pub(in crate::google) state: State,
    #[serde(default)]
    pub(in crate::google) attribute_mapping: BTreeMap<String, String>,
    #[serde(default)]
    pub(in crate::google) attribute_condition: String,
    /// One of another kind, such as AWS's, has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::google) oidc: Option<Oidc>,
}

/// An issuer of tokens.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::google) struct Oidc {
    #[serde(default)]
    pub(in crate::google) issuer_uri: String,
    #[serde(default)]
    pub(in crate::google) allowed_audiences: Vec<String>,
}

page!(Pools of Pool as "workloadIdentityPools");

/// What is named below a project: a pool, or a provider of one.
#[derive(Clone, Copy, Debug)]
struct At<'a> {
    project: &'a str,
    pool: &'a str,
    provider: Option<&'a str>,
}

const POOLS: &str = "locations/global/workloadIdentityPools";

impl At<'_> {
    fn full_name(&self) -> String {
        let Self { project, pool, .. } = self;
        let provider = self.provider.map(|id| format!("/providers/{id}"));
        format!(
            "projects/{project}/{POOLS}/{pool}{}",
            provider.unwrap_or_default()
        )
    }

    /// Where it is made: with the name of the parameter that has its id, and the id.
    fn parent(&self) -> (String, &'static str, &str) {
        let pools = format!("{}/{POOLS}", super::project(self.project));
        match self.provider {
            None => (pools, "workloadIdentityPoolId", self.pool),
            Some(id) => (
                format!("{pools}/{}/providers", part(self.pool)),
                "workloadIdentityPoolProviderId",
                id,
            ),
        }
    }

    fn path(&self) -> String {
        let (parent, _, id) = self.parent();
        format!("{parent}/{}", part(id))
    }

    fn call(&self, of_pool: Method, of_provider: Method) -> Call {
        let full = self.full_name();
        match self.provider {
            None => Call::new(of_pool, &full),
            Some(_) => {
                let pool = Self {
                    provider: None,
                    ..*self
                };
                Call::new(of_provider, &full).needing(&pool.full_name())
            }
        }
    }
}

impl Client {
    async fn make(&self, at: At<'_>, body: &impl Serialize) -> Result<()> {
        let call = at.call(Method::PoolsCreate, Method::ProvidersCreate);
        let (parent, parameter, id) = at.parent();
        let request = Request::post(call, parent, body).with(parameter, id);
        let operation: Operation = self.json(&request).await?;
        self.finish(&request.call, operation).await
    }

    async fn change(&self, at: At<'_>, body: &impl Serialize, fields: &[&str]) -> Result<()> {
        let call = at.call(Method::PoolsPatch, Method::ProvidersPatch);
        let request = Request::new(call, Verb::PATCH, at.path())
            .with("updateMask", fields.join(","))
            .sending(body);
        let operation: Operation = self.json(&request).await?;
        self.finish(&request.call, operation).await
    }

    async fn remove_at(&self, at: At<'_>) -> Result<()> {
        let call = at.call(Method::PoolsDelete, Method::ProvidersDelete);
        let request = Request::delete(call, at.path());
        let operation: Operation = self.json(&request).await?;
        self.finish(&request.call, operation).await
    }

    async fn have_back(&self, at: At<'_>) -> Result<()> {
        let call = at.call(Method::PoolsUndelete, Method::ProvidersUndelete);
        let request = Request::post(call, format!("{}:undelete", at.path()), &json!({}));
        let operation: Operation = self.json(&request).await?;
        self.finish(&request.call, operation).await
    }
}

/// A pool of a project.
fn pool_at<'a>(project: &'a str, pool: &'a str) -> At<'a> {
    At {
        project,
        pool,
        provider: None,
    }
}

/// A provider of a pool.
fn provider_at<'a>(project: &'a str, pool: &'a str, provider: &'a str) -> At<'a> {
    At {
        project,
        pool,
        provider: Some(provider),
    }
}

impl Client {
    /// A pool, also one that was deleted some days ago.
    pub(in crate::google) async fn pool(&self, project: &str, id: &str) -> Result<Pool> {
        let at = pool_at(project, id);
        let call = at.call(Method::PoolsGet, Method::ProvidersGet);
        self.json(&Request::get(call, at.path())).await
    }

    /// Makes a pool, and waits until it is there.
    pub(in crate::google) async fn create_pool(
        &self,
        project: &str,
        id: &str,
        pool: &Pool,
    ) -> Result<()> {
        self.make(pool_at(project, id), pool).await
    }

    /// Writes these fields of a pool.
    pub(in crate::google) async fn patch_pool(
        &self,
        project: &str,
        id: &str,
        pool: &Pool,
        fields: &[&str],
    ) -> Result<()> {
        self.change(pool_at(project, id), pool, fields).await
    }

    /// Removes a pool; for 30 days it can be had back, and its id is taken.
    pub(in crate::google) async fn delete_pool(&self, project: &str, id: &str) -> Result<()> {
        self.remove_at(pool_at(project, id)).await
    }

    /// Has a pool back.
    pub(in crate::google) async fn undelete_pool(&self, project: &str, id: &str) -> Result<()> {
        self.have_back(pool_at(project, id)).await
    }

    /// All pools of the project, without those that were deleted.
    pub(in crate::google) async fn pools(&self, project: &str) -> Result<Vec<Pool>> {
        let call = Call::new(Method::PoolsList, &format!("projects/{project}"));
        let (path, ..) = pool_at(project, "").parent();
        let path = path.to_owned();
        let request = Request::get(call, path).with("pageSize", "50");
        self.all::<Pools>(request).await
    }

    /// A provider of a pool, also one that was deleted some days ago.
    pub(in crate::google) async fn provider(
        &self,
        project: &str,
        pool: &str,
        id: &str,
    ) -> Result<Provider> {
        let at = provider_at(project, pool, id);
        let call = at.call(Method::PoolsGet, Method::ProvidersGet);
        self.json(&Request::get(call, at.path())).await
    }

    /// Makes a provider, and waits until it is there.
    pub(in crate::google) async fn create_provider(
        &self,
        project: &str,
        pool: &str,
        id: &str,
        provider: &Provider,
    ) -> Result<()> {
        self.make(provider_at(project, pool, id), provider).await
    }

    /// Writes these fields of a provider.
    pub(in crate::google) async fn patch_provider(
        &self,
        project: &str,
        pool: &str,
        id: &str,
        provider: &Provider,
        fields: &[&str],
    ) -> Result<()> {
        self.change(provider_at(project, pool, id), provider, fields)
            .await
    }

    /// Removes a provider; for 30 days it can be had back, and its id is taken.
    pub(in crate::google) async fn delete_provider(
        &self,
        project: &str,
        pool: &str,
        id: &str,
    ) -> Result<()> {
        self.remove_at(provider_at(project, pool, id)).await
    }

    /// Has a provider back.
    pub(in crate::google) async fn undelete_provider(
        &self,
        project: &str,
        pool: &str,
        id: &str,
    ) -> Result<()> {
        self.have_back(provider_at(project, pool, id)).await
    }

    /// All providers of a pool, without those that were deleted.
    pub(in crate::google) async fn providers(
        &self,
        project: &str,
        pool: &str,
    ) -> Result<Vec<Provider>> {
        page!(Providers of Provider as "workloadIdentityPoolProviders");
        let at = pool_at(project, pool);
        let call = Call::new(Method::ProvidersList, &at.full_name());
        let request = Request::get(call, format!("{}/providers", at.path())).with("pageSize", "50");
        self.all::<Providers>(request).await
    }
}
