//! The plans of a run in a file: bound to the accounts, the manifests' content and what was observed.
//!
//! It holds names, ARNs and policies, and no secret; anybody who may see the account may see it.

use crate::plan::{Plan, Step};
use crate::resource::Resource;
use crate::run::Named;
use crate::{diff, files};
use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Of the file's form where the plan is that of the caller's own account.
const FORMAT: &str = "s3setup-plan-1";
/// Of its form where accounts were named.
const FORMAT_OF_SEVERAL: &str = "s3setup-plan-2";

/// Larger files are no plans of ours: 1,000 steps take about 2 MB.
const MAX_BYTES: u64 = 32 << 20;

/// What one run of `plan` has saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// A plan an account: that of the caller's own, or of each that was named.
    pub plans: Vec<Kept>,
    /// The file that named the accounts, if it was not the manifests.
    pub accounts: Option<AccountsFile>,
    /// Where it was made: paths may be relative to it.
    pub directory: PathBuf,
}

/// The plan of one account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// Which account was asked for; `None` is that of the caller's own credentials.
    pub account: Option<Named>,
    /// Its plan.
    pub plan: Plan,
}

/// A file of accounts. How each is reached is read from it again, and not kept beside the plans: so it
/// cannot be another way than the one in the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountsFile {
    /// The file as given on the command line.
    pub path: String,
    /// SHA-256 of its text, hexadecimal.
    pub digest: String,
}

/// What every form of the file begins with.
#[derive(Deserialize)]
struct Head {
    format: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: String,
    /// SHA-256 of the plan's compact JSON: tells a file that was cut or edited. It is no signature,
    /// and need not be: apply plans anew and refuses whatever differs.
    digest: String,
    directory: PathBuf,
    plan: Plan,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileOfSeveral {
    format: String,
    /// As that of [`File`], of all plans.
    digest: String,
    directory: PathBuf,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    accounts: Option<AccountsFile>,
    plans: Vec<Kept>,
}

fn digest(plans: &impl Serialize) -> Result<String> {
    Ok(files::sha256(&serde_json::to_vec(plans)?))
}

/// Writes `plans`, of the accounts that `accounts` names, to `path`, replacing what is there at once or not
/// at all.
///
/// # Errors
/// The folder cannot be made or written to.
pub fn save(plans: Vec<Kept>, accounts: Option<AccountsFile>, path: &Path) -> Result<()> {
    const MARK: &str = "s3setup-plan-";
    let directory = std::env::current_dir().unwrap_or_default();
    let written = match <[Kept; 1]>::try_from(plans) {
        Ok(
            [
                Kept {
                    account: None,
                    plan,
                },
            ],
        ) => {
            let file = File {
                format: FORMAT.to_owned(),
                digest: digest(&plan)?,
                directory,
                plan,
            };
            files::replace_json(path, &file, MARK)
        }
        plans => {
            let plans = plans.map_or_else(|plans| plans, Vec::from);
            let file = FileOfSeveral {
                format: FORMAT_OF_SEVERAL.to_owned(),
                digest: digest(&plans)?,
                directory,
                accounts,
                plans,
            };
            files::replace_json(path, &file, MARK)
        }
    };
    written.with_context(|| format!("cannot save the plan to {}", path.display()))
}

/// Reads what [`save`] wrote.
///
/// # Errors
/// There is none, it is no plan, or it is not as it was written (cut, edited).
pub fn load(path: &Path) -> Result<Saved> {
    let shown = path.display();
    let text = files::read_text(path, MAX_BYTES).with_context(|| match path.exists() {
        true => format!("the saved plan {shown} cannot be read"),
        false => format!("there is no saved plan at {shown}"),
    })?;
    parse(&text, &shown.to_string())
}

/// [`load`], of the text of a file that errors call `shown`.
///
/// # Errors
/// It is no plan, or it is not as it was written.
pub fn parse(text: &str, shown: &str) -> Result<Saved> {
    let cut = || format!("{shown} is no plan of this version of s3setup, or was cut");
    let head: Head = serde_json::from_str(text).with_context(cut)?;
    let (written, kept, saved) = match head.format.as_str() {
        FORMAT => {
            let file: File = serde_json::from_str(text).with_context(cut)?;
            let digest = digest(&file.plan)?;
            let plan = Kept {
                account: None,
                plan: file.plan,
            };
            let saved = Saved {
                plans: vec![plan],
                accounts: None,
                directory: file.directory,
            };
            (file.digest, digest, saved)
        }
        FORMAT_OF_SEVERAL => {
            let file: FileOfSeveral = serde_json::from_str(text).with_context(cut)?;
            let digest = digest(&file.plans)?;
            let saved = Saved {
                plans: file.plans,
                accounts: file.accounts,
                directory: file.directory,
            };
            (file.digest, digest, saved)
        }
        other => bail!("{shown} is a plan of another version of s3setup ({other:?})"),
    };
    if written != kept {
        bail!("{shown} was edited or damaged since it was saved: its digest does not fit");
    }
    Ok(saved)
}

/// As [`moved`], of all accounts: a line of an account that was named begins with its name.
#[must_use]
pub fn all_moved(saved: &Saved, now: &[(Option<&Named>, &Plan)]) -> Vec<String> {
    let label = |account: Option<&Named>| match account {
        Some(account) => format!("{}: ", account.name),
        None => String::new(),
    };
    let mut lines = Vec::new();
    for Kept { account, plan } in &saved.plans {
        let account = account.as_ref();
        match now.iter().find(|(other, _)| *other == account) {
            Some((_, now)) => {
                let moved = moved(plan, now).into_iter();
                lines.extend(moved.map(|line| format!("{}{line}", label(account))));
            }
            None => lines.push(format!("{}it is no longer planned", label(account))),
        }
    }
    for (account, _) in now {
        if !saved
            .plans
            .iter()
            .any(|one| one.account.as_ref() == *account)
        {
            lines.push(format!("{}it was not planned", label(*account)));
        }
    }
    lines
}

/// What is different now from when `saved` was made, a line each; empty means that applying `now`
/// does exactly what `saved` showed.
#[must_use]
pub fn moved(saved: &Plan, now: &Plan) -> Vec<String> {
    let mut lines = Vec::new();
    if saved.scope.account != now.scope.account {
        lines.push(format!(
            "the plan is for account {}, and this is {}",
            saved.scope.account, now.scope.account
        ));
        return lines;
    }
    if let (Some(then), Some(now)) = (saved.origin.undo(), now.origin.undo())
        && then.digest != now.digest
    {
        lines.push(format!("the journal {} was changed", now.journal));
    }
    for (then, source) in saved.manifests().iter().zip(now.manifests()) {
        if then.digest != source.digest {
            lines.push(format!("the manifest {} was changed", source.path));
        }
    }
    let current: std::collections::BTreeMap<_, &Step> =
        now.steps.iter().map(|step| (&step.address, step)).collect();
    for then in &saved.steps {
        match current.get(&then.address) {
            // What must not be there and is not is in no plan.
            None if then.want.is_none() => {
                lines.push(format!("{} was there, and now is not", then.address));
            }
            None => lines.push(format!("{} is no longer in the manifest", then.address)),
            Some(step) => lines.extend(step_moved(then, step)),
        }
    }
    let planned: std::collections::BTreeSet<_> =
        saved.steps.iter().map(|step| &step.address).collect();
    for step in &now.steps {
        match (planned.contains(&step.address), &step.want) {
            (true, _) => {}
            (false, None) => lines.push(format!("{} was not there, and now is", step.address)),
            (false, _) => lines.push(format!("{} is new in the manifest", step.address)),
        }
    }
    lines
}

fn step_moved(then: &Step, now: &Step) -> Vec<String> {
    let address = &then.address;
    let mut lines = Vec::new();
    match (&then.have, &now.have) {
        (None, Some(_)) => lines.push(format!("{address} was not there, and now is")),
        (Some(_), None) => lines.push(format!("{address} was there, and now is not")),
        (then, now) => lines.extend(
            paths(then.as_ref(), now.as_ref())
                .into_iter()
                .map(|path| format!("{address}: {path} was changed")),
        ),
    }
    // Everything may read as it did: what named the one before lets nobody in any more.
    if let (Some(before), Some(after)) = (&then.ids.own, &now.ids.own)
        && before != after
    {
        lines.push(format!(
            "{address} was deleted and made again: its id was {before}, and is {after}"
        ));
    }
    // Compared as they are saved: what is not saved of a resource is no part of the promise.
    let saved = |step: &Step| serde_json::to_value(step).ok();
    if lines.is_empty() && saved(then) != saved(now) {
        lines.push(format!("{address} would be handled differently now"));
    }
    lines
}

fn paths(then: Option<&Resource>, now: Option<&Resource>) -> Vec<String> {
    let (then, now) = (then.map(Resource::fields), now.map(Resource::fields));
    diff::changes(then.as_ref(), now.as_ref())
        .into_iter()
        .map(|change| change.path)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Action, Origin};
    use crate::resource::{Role, Scope};

    fn plan() -> Plan {
        let role = Resource::Role(Role::named("deploy"));
        Plan {
            scope: Scope {
                account: "123456789012".into(),
                partition: "aws".into(),
                region: "us-east-1".into(),
                project: None,
            },
            origin: Origin::Manifests(Vec::new()),
            steps: vec![Step {
                address: role.address(),
                manifest: "neon".into(),
                action: Action::Keep,
                changes: Vec::new(),
                adopt: false,
                again: false,
                ids: Default::default(),
                blocked: None,
                note: None,
                exact: false,
                unreadable: Vec::new(),
                needs: Vec::new(),
                owner: None,
                have: Some(role.clone()),
                want: Some(role),
            }],
        }
    }

    fn named(name: &str) -> Named {
        Named {
            name: name.into(),
            id: "123456789012".into(),
        }
    }

    fn kept(account: Option<&str>) -> Kept {
        Kept {
            account: account.map(named),
            plan: plan(),
        }
    }

    #[test]
    fn a_saved_plan_comes_back_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/plan.json");
        save(vec![kept(None)], None, &path).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains("s3setup-plan-1"), "as ever: {text}");
        assert_eq!(load(&path).unwrap().plans, [kept(None)]);
        let file = AccountsFile {
            path: "accounts.yaml".into(),
            digest: "0".into(),
        };
        let plans = vec![kept(Some("prod")), kept(None)];
        save(plans.clone(), Some(file.clone()), &path).unwrap();
        let saved = load(&path).unwrap();
        assert_eq!((saved.plans, saved.accounts), (plans, Some(file)));
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replace("\"prod\"", "\"dev\"")).unwrap();
        assert!(format!("{:#}", load(&path).unwrap_err()).contains("edited"));
    }

    #[test]
    fn what_moved_in_any_account_is_named_with_the_account() {
        let saved = Saved {
            plans: vec![kept(Some("prod")), kept(Some("dev"))],
            accounts: None,
            directory: PathBuf::new(),
        };
        let (prod, dev, hub) = (named("prod"), named("dev"), named("hub"));
        let (same, mut other) = (plan(), plan());
        other.steps[0].have = None;
        let now = [(Some(&prod), &same), (Some(&dev), &same)];
        assert_eq!(all_moved(&saved, &now), Vec::<String>::new());
        let now = [(Some(&hub), &same), (Some(&dev), &other)];
        assert_eq!(
            all_moved(&saved, &now),
            [
                "prod: it is no longer planned",
                "dev: role.deploy was there, and now is not",
                "hub: it was not planned",
            ]
        );
    }

    #[test]
    fn a_plan_that_was_cut_or_edited_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("plan.json");
        save(vec![kept(None)], None, &path).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, &text[..text.len() / 2]).unwrap();
        assert!(format!("{:#}", load(&path).unwrap_err()).contains("was cut"));
        std::fs::write(&path, text.replace("deploy", "admin")).unwrap();
        assert!(format!("{:#}", load(&path).unwrap_err()).contains("edited"));
        std::fs::remove_file(&path).unwrap();
        assert!(format!("{:#}", load(&path).unwrap_err()).contains("no saved plan"));
    }

    #[test]
    fn what_moved_is_named() {
        let saved = plan();
        assert_eq!(moved(&saved, &saved), Vec::<String>::new());
        let mut now = plan();
        now.steps[0].have = Some(Resource::Role(Role {
            description: Some("new".into()),
            ..Role::named("deploy")
        }));
        assert_eq!(
            moved(&saved, &now),
            ["role.deploy: description was changed"]
        );
        now.steps[0].have = None;
        assert_eq!(
            moved(&saved, &now),
            ["role.deploy was there, and now is not"]
        );
        let (mut saved, mut now) = (plan(), plan());
        saved.steps[0].ids.own = Some("AROAEXAMPLEOLD".into());
        now.steps[0].ids.own = Some("AROAEXAMPLENEW".into());
        assert_eq!(
            moved(&saved, &now),
            [
                "role.deploy was deleted and made again: its id was AROAEXAMPLEOLD, and is \
              AROAEXAMPLENEW"
            ]
        );
        now.scope.account = "999999999999".into();
        assert_eq!(moved(&saved, &now).len(), 1);
    }
}
