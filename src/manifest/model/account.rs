//! An account that manifests are for, as it is written.

use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// An account, and how it is reached.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// Its id: 12 digits. Whatever answers must be of this account.
    pub account: String,
    /// What to call it in reports; its id if left out.
    #[serde(default)]
    pub name: Option<String>,
    /// The role to assume in it: its name, with its path if it has one, or its ARN. Without it, the
    /// caller's own credentials have to be of the account.
    #[serde(default)]
    pub role: Option<String>,
    /// The external id that the role's trust asks for.
    #[serde(default)]
    pub external_id: Option<String>,
    /// The name of the session, as CloudTrail shows it: `s3setup` if left out.
    #[serde(default)]
    pub session_name: Option<String>,
    /// Regions in which each manifest is set up that names none itself.
    #[serde(default)]
    pub regions: Vec<String>,
    /// Values for inputs in this account.
    #[serde(default)]
    pub set: BTreeMap<String, String>,
}
