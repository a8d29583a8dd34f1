//! A plan in a file: bound to the account, the manifests' content and what was observed.
//!
//! It holds names, ARNs and policies, and no secret; anybody who may see the account may see it.

use crate::plan::{Plan, Step};
use crate::resource::Resource;
use crate::{diff, files};
use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Of the file's form; another one is refused.
const FORMAT: &str = "s3setup-plan-1";

/// Larger files are no plans of ours: 1,000 steps take about 2 MB.
const MAX_BYTES: u64 = 32 << 20;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: String,
    /// SHA-256 of the plan's compact JSON: tells a file that was cut or edited. It is no signature,
    /// and need not be: apply plans anew and refuses whatever differs.
    digest: String,
    /// Where the plan was made: the paths of its manifests may be relative to it.
    directory: PathBuf,
    plan: Plan,
}

fn digest(plan: &Plan) -> Result<String> {
    Ok(files::sha256(&serde_json::to_vec(plan)?))
}

/// Writes `plan` to `path`, replacing what is there at once or not at all.
///
/// # Errors
/// The folder cannot be made or written to.
pub fn save(plan: &Plan, path: &Path) -> Result<()> {
    let file = File {
        format: FORMAT.to_owned(),
        digest: digest(plan)?,
        directory: std::env::current_dir().unwrap_or_default(),
        plan: plan.clone(),
    };
    files::replace_json(path, &file, "s3setup-plan-")
        .with_context(|| format!("cannot save the plan to {}", path.display()))
}

/// Reads a plan that [`save`] wrote, and the folder that it was made in.
///
/// # Errors
/// There is none, it is no plan, or it is not as it was written (cut, edited).
pub fn load(path: &Path) -> Result<(Plan, PathBuf)> {
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
pub fn parse(text: &str, shown: &str) -> Result<(Plan, PathBuf)> {
    let file: File = serde_json::from_str(text)
        .with_context(|| format!("{shown} is no plan of this version of s3setup, or was cut"))?;
    if file.format != FORMAT {
        bail!(
            "{shown} is a plan of another version of s3setup ({:?})",
            file.format
        );
    }
    if digest(&file.plan)? != file.digest {
        bail!("{shown} was edited or damaged since it was saved: its digest does not fit");
    }
    Ok((file.plan, file.directory))
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

    #[test]
    fn a_saved_plan_comes_back_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/plan.json");
        save(&plan(), &path).unwrap();
        assert_eq!(load(&path).unwrap().0, plan());
    }

    #[test]
    fn a_plan_that_was_cut_or_edited_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("plan.json");
        save(&plan(), &path).unwrap();
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
