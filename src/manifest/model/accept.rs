//! What is meant to be so, as it is written.

use schemars::JsonSchema;
use serde::Deserialize;

/// A finding that is meant to be so.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Accept {
    /// The rule's id, as the finding shows it.
    pub id: String,
    /// Why it is meant to be so, for whoever reads it next.
    pub reason: String,
    /// Only there: an address such as `role.deploy`, or a path such as `roles.deploy.trust`.
    #[serde(default)]
    pub at: Option<String>,
}
