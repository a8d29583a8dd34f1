//! Custom roles of a project (<https://cloud.google.com/iam/docs/reference/rest/v1/projects.roles>).

use super::super::client::Client;
use super::super::error::{Call, Result};
use super::super::request::{Request, part};
use super::page::page;
use crate::permissions::Method;
use reqwest::Method as Verb;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// A custom role, as Google shows it and as it is written.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::google) struct Role {
    /// `projects/P/roles/ID`; must not be said of one that is made.
    #[serde(skip_serializing)]
    pub(in crate::google) name: String,
    #[serde(default)]
    pub(in crate::google) title: String,
    #[serde(default)]
    pub(in crate::google) description: String,
    #[serde(default)]
    pub(in crate::google) included_permissions: Vec<String>,
    /// `GA` and others; one that has none is in `ALPHA`.
    #[serde(default)]
    pub(in crate::google) stage: String,
    /// It was deleted, and can be had back.
    #[serde(default, skip_serializing)]
    pub(in crate::google) deleted: bool,
    /// Of this very state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::google) etag: Option<String>,
}

page!(Roles of Role as "roles");

fn full_name(project: &str, id: &str) -> String {
    format!("projects/{project}/roles/{id}")
}

fn path(project: &str, id: &str) -> String {
    format!("{}/roles/{}", super::project(project), part(id))
}

fn call(method: Method, project: &str, id: &str) -> Call {
    Call::new(method, &full_name(project, id))
}

impl Client {
    /// A role, also one that was deleted some days ago.
    pub(in crate::google) async fn role(&self, project: &str, id: &str) -> Result<Role> {
        let call = call(Method::RolesGet, project, id);
        self.json(&Request::get(call, path(project, id))).await
    }

    /// Makes a role.
    pub(in crate::google) async fn create_role(
        &self,
        project: &str,
        id: &str,
        role: &Role,
    ) -> Result<Role> {
        let call = call(Method::RolesCreate, project, id);
        let body = json!({"roleId": id, "role": role});
        let path = format!("{}/roles", super::project(project));
        self.json(&Request::post(call, path, &body)).await
    }

    /// Writes these fields of it, if nobody has changed it since it was read (`role.etag`).
    pub(in crate::google) async fn patch_role(
        &self,
        project: &str,
        id: &str,
        role: &Role,
        fields: &[&str],
    ) -> Result<Role> {
        let call = call(Method::RolesPatch, project, id);
        let request = Request::new(call, Verb::PATCH, path(project, id))
            .with("updateMask", fields.join(","))
            .sending(role);
        self.json(&request).await
    }

    /// Removes a role; for some days it can be had back, and its id is taken.
    pub(in crate::google) async fn delete_role(&self, project: &str, id: &str) -> Result<()> {
        let call = call(Method::RolesDelete, project, id);
        let request = Request::delete(call, path(project, id));
        self.json::<Role>(&request).await.map(drop)
    }

    /// Has a role back.
    pub(in crate::google) async fn undelete_role(&self, project: &str, id: &str) -> Result<Role> {
        let call = call(Method::RolesUndelete, project, id);
        let path = format!("{}:undelete", path(project, id));
        self.json(&Request::post(call, path, &json!({}))).await
    }

    /// All custom roles of the project, without those that were deleted.
    pub(in crate::google) async fn roles(&self, project: &str) -> Result<Vec<Role>> {
        let call = Call::new(Method::RolesList, &format!("projects/{project}"));
        let path = format!("{}/roles", super::project(project));
        let request = Request::get(call, path)
            .with("view", "BASIC")
            .with("showDeleted", "false")
            .with("pageSize", "300");
        self.all::<Roles>(request).await
    }
}
