//! The accounts that manifests are for: a file of them, or a manifest's own list.

use super::context::Context;
use super::load::is_region;
use super::model::{Account, Input};
use super::references::is_account;
use crate::yaml::{Form, Path, Problem, Problems, Source, decode, parse, parse_as, suggestion};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

impl Account {
    /// What people call it.
    #[must_use]
    pub fn label(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.account)
    }

    /// The ARN of the role to assume, if there is one; `partition` is the caller's.
    #[must_use]
    pub fn role_arn(&self, partition: &str) -> Option<String> {
        let role = self.role.as_deref()?;
        Some(match role.starts_with("arn:") {
            true => role.to_owned(),
            false => {
                let name = role.trim_start_matches('/');
                format!("arn:{partition}:iam::{}:role/{name}", self.account)
            }
        })
    }

    /// Whether the other one is reached in the same way.
    #[must_use]
    pub fn is_reached_as(&self, other: &Self) -> bool {
        let way = |one: &Self| {
            let Self {
                account,
                name,
                role,
                external_id,
                session_name,
                ..
            } = one.clone();
            (account, name, role, external_id, session_name)
        };
        way(self) == way(other)
    }
}

/// A file of accounts.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct File {
    /// Each account once.
    accounts: Vec<Account>,
}

const FORM: Form = Form {
    what: "file of accounts",
    empty: "write `accounts:`, and below it a line for each: - {account: \"111122223333\", role: s3setup}",
    begin: "begin with `accounts:`, and put the list below it",
};

/// The accounts in a file, which has the same list as a manifest's `accounts`.
///
/// # Errors
/// Everything that is wrong with it, at once, each with its place.
pub fn accounts(source: &Source) -> Result<Vec<Account>, Problems> {
    let root = parse_as(source, &FORM)?;
    let mut problems = Vec::new();
    let schema = schemars::schema_for!(File).to_value();
    let value = decode(&root, &schema, &mut problems);
    let list = match value.map(serde_json::from_value::<File>) {
        Some(Ok(file)) => file.accounts,
        Some(Err(error)) => {
            problems.push(Problem::new(error.to_string()));
            Vec::new()
        }
        None => Vec::new(),
    };
    for (path, message, fix) in faults(&list, &Path::root().key("accounts")) {
        let problem = Problem::new(message).path(&path).fix(fix);
        problems.push(problem.at(root.locate(&path)));
    }
    if list.is_empty() && problems.is_empty() {
        problems.push(Problem::new("there is no account in this file").fix(FORM.empty));
    }
    Problems::of(source, problems).unless_any(list)
}

/// The accounts that the manifest in `source` names; none if it is none, or something is wrong with
/// them (which [`super::load`] says).
#[must_use]
pub fn own_accounts(source: &Source) -> Vec<Account> {
    let root = parse(source).ok();
    let node = root.and_then(|mut root| root.take("accounts"));
    let schema = schemars::schema_for!(Vec<Account>).to_value();
    let mut problems = Vec::new();
    let value: Option<Value> = node.and_then(|(_, node)| decode(&node, &schema, &mut problems));
    let list: Option<Vec<Account>> = value.and_then(|value| serde_json::from_value(value).ok());
    let good = |list: &Vec<Account>| faults(list, &Path::root()).is_empty();
    list.filter(good)
        .filter(|_| problems.is_empty())
        .unwrap_or_default()
}

/// Checks the manifest's own list.
pub(super) fn check(context: &mut Context, inputs: &BTreeMap<String, Input>) {
    let at = Path::root().key("accounts");
    let manifest = context.manifest;
    for (path, message, fix) in faults(&manifest.accounts, &at) {
        context.refuse(&path, message, fix);
    }
    for (index, account) in manifest.accounts.iter().enumerate() {
        let unknown = account
            .set
            .keys()
            .filter(|name| !inputs.contains_key(*name));
        for name in unknown {
            let path = at.index(index).key("set").key(name);
            let fix = suggestion(name, inputs.keys().map(String::as_str));
            context.refuse(&path, format!("this manifest has no input {name:?}"), fix);
        }
    }
}

/// What is wrong with the list at `at`: where, what, and what to write instead.
fn faults(list: &[Account], at: &Path) -> Vec<(Path, String, String)> {
    let mut faults = Vec::new();
    let mut known = BTreeSet::new();
    for (index, account) in list.iter().enumerate() {
        let at = at.index(index);
        let mut fault = |field: &str, message: String, fix: &str| {
            faults.push((at.key(field), message, fix.to_owned()));
        };
        let id = &account.account;
        if !is_account(id) {
            let message = format!("{id:?} is no account's id: it has 12 digits");
            fault("account", message, "write it in quotes: \"012345678901\"");
        } else if !known.insert(id) {
            let message = format!("the account {id} is in the list twice");
            fault(
                "account",
                message,
                "one entry an account: put the regions in one",
            );
        }
        if let Some(role) = &account.role
            && let Some(message) = wrong_role(role, id)
        {
            let fix = "its name, such as s3setup, or its ARN: arn:aws:iam::ACCOUNT:role/NAME";
            fault("role", message, fix);
        }
        let of_role = [
            ("external_id", &account.external_id, 1224, "+=,.@:/-_"),
            ("session_name", &account.session_name, 64, "+=,.@-_"),
        ];
        for (field, value, longest, marks) in of_role {
            let Some(value) = value else { continue };
            let good = |c: char| c.is_ascii_alphanumeric() || marks.contains(c);
            if account.role.is_none() {
                let message = format!("there is no role that the {field} would be for");
                fault(field, message, "name the role, or leave this out");
            } else if !(2..=longest).contains(&value.len()) || !value.chars().all(good) {
                // Of an external id nothing is shown: some take it for a secret.
                let message = format!("this is none that AWS takes as {field}");
                let fix = format!("2 to {longest} letters, digits and {marks}");
                fault(field, message, &fix);
            }
        }
        for (number, region) in account.regions.iter().enumerate() {
            let path = at.key("regions").index(number);
            if !is_region(region) {
                let fix = "such a name reads us-east-1 or eu-central-1".to_owned();
                faults.push((path, format!("{region:?} is no region of AWS"), fix));
            } else if account.regions[..number].contains(region) {
                let fix = "leave it out".to_owned();
                faults.push((path, format!("{region} is in the list twice"), fix));
            }
        }
    }
    faults
}

/// What is wrong with a role of the account `id`.
fn wrong_role(role: &str, id: &str) -> Option<String> {
    let name = match role.strip_prefix("arn:") {
        None => role.trim_start_matches('/'),
        Some(rest) => {
            let parts: Vec<&str> = rest.splitn(5, ':').collect();
            let &[_, "iam", "", account, resource] = &parts[..] else {
                return Some(format!("{role:?} is no ARN of a role"));
            };
            if account != id {
                return Some(format!(
                    "the role is one of account {account}, and not of {id}"
                ));
            }
            match resource.strip_prefix("role/") {
                Some(name) => name,
                None => return Some(format!("{role:?} is no ARN of a role")),
            }
        }
    };
    let good = |c: char| c.is_ascii_alphanumeric() || "+=,.@-_/".contains(c);
    let last = name.rsplit('/').next().unwrap_or_default();
    let named = (1..=64).contains(&last.len()) && name.chars().all(good);
    (!named).then(|| format!("{role:?} is no name of a role"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(list: &str) -> Result<Vec<Account>, String> {
        let source = Source::new("accounts.yaml", format!("accounts:\n{list}\n"));
        accounts(&source).map_err(|problems| told(&problems))
    }

    fn told(problems: &Problems) -> String {
        let told = problems.located().into_iter().map(|(problem, place)| {
            let path = problem.path.trim_start_matches("accounts");
            format!("{}:{path} {}", place.line, problem.message)
        });
        told.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn an_account_is_an_id_and_how_it_is_reached() {
        let all = read(
            "- account: \"111122223333\"\n- {account: \"222233334444\", name: prod, role: ops/s3setup, \
             external_id: a-1, session_name: drift, regions: [eu-west-1, us-east-1], set: {env: p}}\n\
             - {account: \"333344445555\", role: 'arn:aws-cn:iam::333344445555:role/r'}\n",
        )
        .unwrap();
        let arns: Vec<_> = all.iter().map(|one| one.role_arn("aws")).collect();
        let arn = |text: &str| Some(text.to_owned());
        assert_eq!(
            arns,
            [
                None,
                arn("arn:aws:iam::222233334444:role/ops/s3setup"),
                arn("arn:aws-cn:iam::333344445555:role/r"),
            ]
        );
        let labels: Vec<&str> = all.iter().map(Account::label).collect();
        assert_eq!(labels, ["111122223333", "prod", "333344445555"]);
        assert_eq!(all[1].regions, ["eu-west-1", "us-east-1"]);
        assert!(all[0].is_reached_as(&all[0]) && !all[0].is_reached_as(&all[1]));
    }

    #[test]
    fn a_file_of_accounts_is_called_so() {
        for (text, says) in [
            ("", "1: the file of accounts is empty"),
            (
                "- a",
                "1: a file of accounts is a map of `key: value` lines; this is a list",
            ),
            ("accounts: []", "1: there is no account in this file"),
        ] {
            let source = Source::new("accounts.yaml", text);
            assert_eq!(told(&accounts(&source).unwrap_err()), says, "{text}");
        }
    }

    #[test]
    fn what_is_wrong_with_an_account_is_told_at_its_place() {
        let table = [
            (
                "- {account: 12}",
                "2:[0].account \"12\" is no account's id: it has 12 digits",
            ),
            (
                "- account: \"111122223333\"\n- account: \"111122223333\"",
                "3:[1].account the account 111122223333 is in the list twice",
            ),
            (
                "- {account: \"111122223333\", role: 'arn:aws:iam::222233334444:role/r'}",
                "2:[0].role the role is one of account 222233334444, and not of 111122223333",
            ),
            (
                "- {account: \"111122223333\", role: 'arn:aws:iam::111122223333:user/r'}",
                "2:[0].role \"arn:aws:iam::111122223333:user/r\" is no ARN of a role",
            ),
            (
                "- {account: \"111122223333\", role: 'a b'}",
                "2:[0].role \"a b\" is no name of a role",
            ),
            (
                "- {account: \"111122223333\", external_id: abc}",
                "2:[0].external_id there is no role that the external_id would be for",
            ),
            (
                "- {account: \"111122223333\", role: r, external_id: 'a b'}",
                "2:[0].external_id this is none that AWS takes as external_id",
            ),
            (
                "- {account: \"111122223333\", regions: [europe]}",
                "2:[0].regions[0] \"europe\" is no region of AWS",
            ),
            (
                "- {account: \"111122223333\", regions: [us-east-1, us-east-1]}",
                "2:[0].regions[1] us-east-1 is in the list twice",
            ),
        ];
        for (text, says) in table {
            assert_eq!(read(text).unwrap_err(), says, "{text}");
        }
    }
}
