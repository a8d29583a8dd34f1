//! How a report is written as JSON.

use super::{Account, Broken, Command, FORMAT_VERSION, Report};
use serde::{Deserialize, Serialize};

/// A report as its JSON has it: the caller's own account stands at the top.
#[derive(Serialize, Deserialize)]
pub(super) struct Written {
    format_version: String,
    #[serde(flatten)]
    only: Option<Account>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    accounts: Option<Vec<Account>>,
    #[serde(default)]
    broken: Vec<Broken>,
    command: Command,
    version: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at: Option<String>,
}

impl From<Report> for Written {
    fn from(mut report: Report) -> Self {
        let only = match &report.accounts[..] {
            [own] if own.name.is_none() => report.accounts.pop(),
            _ => None,
        };
        let accounts = only.is_none().then_some(report.accounts);
        Self {
            format_version: FORMAT_VERSION.to_owned(),
            only,
            accounts,
            broken: report.broken,
            command: report.command,
            version: report.version,
            at: report.at,
        }
    }
}

impl TryFrom<Written> for Report {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        if !written.format_version.starts_with("1.") {
            return Err(format!(
                "it is a report of another version (format_version {:?})",
                written.format_version
            ));
        }
        let mut accounts = written.accounts.unwrap_or_default();
        accounts.extend(written.only);
        Ok(Self {
            command: written.command,
            version: written.version,
            at: written.at,
            accounts,
            broken: written.broken,
        })
    }
}
