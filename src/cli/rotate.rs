//! `s3setup rotate`.

use super::apply::confirm;
use super::carry::Journals;
use super::door::Door;
use super::manifests::{self, Manifests};
use super::screen::{Screen, error_line};
use super::{FAILED, FINE, Global};
use crate::cloud::{Failure, Rotating, Rotation};
use crate::journal::{Ending, Header};
use crate::manifest::Compiled;
use crate::plan::Origin;
use crate::resource::{HandedKey, Provider, Resource, Scope};
use crate::{render, yaml};
use anyhow::{Context, Result};
use clap::Args;
use std::collections::BTreeSet;
use std::time::Duration;

/// Put new keys in the place of those in their sinks
///
/// A second key is made, tried and handed over; then the old one is made
/// inactive (at Google: disabled). It is deleted by the next `rotate` or
/// `apply` after nobody has missed it for a day. Cut short, `rotate` goes on
/// from where it was: the sink holds a key that works at every moment.
#[derive(Args)]
pub(super) struct Rotate {
    #[command(flatten)]
    manifests: Manifests,
    #[command(flatten)]
    journals: Journals,
    /// Only the key of this user, or of the service account of this id
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// Delete a replaced key this long after its last use; at Google, which does
    /// not tell that, after its replacement (30m, 24h, 7d)
    #[arg(long, value_name = "TIME", default_value = "24h", value_parser = duration)]
    delete_after: Duration,
    /// Delete the replaced key at once
    #[arg(long, conflicts_with = "delete_after")]
    now: bool,
    /// The file of the key in use is lost: it need not be here
    #[arg(long)]
    lost: bool,
    /// Print the secret of a key whose sink is the standard output
    #[arg(long)]
    show_secrets: bool,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

impl Rotate {
    pub async fn run(&self, global: &Global, screen: &Screen) -> Result<u8> {
        let files = self.manifests.with_inputs()?;
        let offline = manifests::load_offline(&files, global, screen)?;
        let region = manifests::named_region(&offline);
        let providers = manifests::providers(&offline);
        let mut door = Door::open(global, &providers, region, screen).await?;
        if self.show_secrets {
            door.show_secrets(screen);
        }
        if door.is_file() {
            return Err(Failure::new("an account in a file has no keys to rotate")
                .with_hint("leave --account out")
                .into());
        }
        let cloud = door.cloud();
        let compiled = manifests::load(&files, cloud.scope(), screen)?;
        let how = Rotating {
            delete_after: match self.now {
                true => Duration::ZERO,
                false => self.delete_after,
            },
            lost: self.lost,
        };
        let mut rotations = Vec::new();
        for key in self.keys(&compiled)? {
            let address = key.address();
            screen.progress(address.as_str());
            let rotation = cloud.rotation(key, &how).await;
            rotations.push(rotation.with_context(|| format!("cannot rotate {address}"))?);
        }
        screen.done();
        for rotation in &rotations {
            screen.say(rotation.address().as_str());
            for line in rotation.tells() {
                screen.say(&indented(&line));
            }
        }
        let undone = rotations.iter().find_map(Rotation::undone);
        let outcome = || undone.map_or(Ok(FINE), |undone| Err(undone.into()));
        rotations.retain(Rotation::has_work);
        if rotations.is_empty() {
            screen.say("\nNothing to be done yet.");
            return outcome();
        }
        let place = render::clean(&place(&rotations, cloud.scope()));
        let question = format!("\nDo this in {place}? (\"yes\")");
        if !self.yes && !confirm(screen, &question, "yes")? {
            screen.say("Nothing was changed.");
            return Ok(FAILED);
        }
        let sources = compiled.iter().map(|one| one.source.clone()).collect();
        let origin = Origin::Manifests(sources);
        let header = Header::without_steps("rotate", cloud.scope(), origin);
        let journal = self.journals.begin(&header)?;
        screen.interrupt.careful();
        let mut ending = Ending::Finished;
        for rotation in &rotations {
            let address = rotation.address();
            screen.progress(address.as_str());
            journal.begins(address)?;
            let rotated = tokio::select! {
                rotated = cloud.rotate(rotation) => Some(rotated),
                () = screen.interrupt.out_of_time() => None,
            };
            let Some(rotated) = rotated else {
                screen.done();
                screen.say(&format!(
                    "{address} is under way, and not waited for: `s3setup rotate` goes on from there."
                ));
                ending = Ending::Interrupted;
                break;
            };
            if let Err(error) = rotated {
                let error = error.context(format!("cannot rotate {address}"));
                journal.failed(address, &error_line(&error))?;
                journal.ended(Ending::Failed)?;
                return Err(error);
            }
            journal.done(address, None)?;
            screen.say(&format!("  {address}  done"));
            for line in rotation.told() {
                screen.say(&indented(&line));
            }
            if screen.interrupt.code().is_some() {
                ending = Ending::Interrupted;
                break;
            }
        }
        screen.done();
        journal.ended(ending)?;
        match screen.interrupt.code() {
            Some(code) => Ok(code),
            None => outcome(),
        }
    }

    /// The keys that are to be rotated.
    ///
    /// # Errors
    /// There are none.
    fn keys<'a>(&self, compiled: &'a [Compiled]) -> Result<Vec<&'a Resource>> {
        let wanted = compiled.iter().flat_map(|one| &one.wanted);
        let wanted = wanted.filter(|wanted| !wanted.absent);
        let is_asked_for =
            |key: &HandedKey| self.user.as_deref().is_none_or(|name| name == key.name);
        let keys = wanted.map(|wanted| &wanted.resource);
        let keys = keys.filter(|one| one.handed_key().is_some_and(|key| is_asked_for(&key)));
        let keys: Vec<&Resource> = keys.collect();
        if !keys.is_empty() {
            return Ok(keys);
        }
        let message = match &self.user {
            Some(name) => {
                format!("no user or service account {name:?} of the manifest has a key")
            }
            None => "no user or service account of the manifest has a key".to_owned(),
        };
        Err(Failure::new(message)
            .with_hint("give a user an access_key:, or a service account a key:, with its sink")
            .into())
    }
}

/// Where these keys are.
fn place(rotations: &[Rotation], scope: &Scope) -> String {
    let projects = rotations.iter().filter_map(|one| one.want.project());
    let projects: BTreeSet<&str> = projects.collect();
    let is_of_aws = |one: &Rotation| one.want.provider() == Provider::Aws;
    let account = rotations.iter().any(is_of_aws);
    let account = account.then(|| format!("account {}", scope.account));
    let projects = projects
        .into_iter()
        .map(|project| format!("project {project} of Google Cloud"));
    let all: Vec<String> = account.into_iter().chain(projects).collect();
    all.join(" and ")
}

/// A line of a list, within the width of the screen.
fn indented(line: &str) -> String {
    const WIDTH: usize = 80;
    let text = yaml::wrap(&render::clean(line), WIDTH - 4);
    let mut lines = text.lines().map(str::trim_start);
    let first = lines.next().unwrap_or_default();
    let rest: String = lines.map(|line| format!("\n    {line}")).collect();
    format!("  - {first}{rest}")
}

/// `30m`, `24h`, `7d`; at least a second, for 0 is `--now`.
fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || "a number with s, m, h or d, such as 24h".to_owned();
    let (at, unit) = text.char_indices().next_back().ok_or_else(wrong)?;
    let seconds: u64 = match unit {
        's' => 1,
        'm' => 60,
        'h' => 60 * 60,
        'd' => 24 * 60 * 60,
        _ => return Err(wrong()),
    };
    let number: u32 = text[..at].parse().map_err(|_| wrong())?;
    match u64::from(number) * seconds {
        0 => Err("at once is --now".to_owned()),
        seconds => Ok(Duration::from_secs(seconds)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_numbers_with_a_unit() {
        let table = [("90s", 90), ("30m", 1800), ("24h", 86400), ("7d", 604_800)];
        for (text, seconds) in table {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)));
        }
        for text in ["", "h", "24", "-1h", "1.5h", "0h", "1 d", "99999999999d"] {
            assert!(duration(text).is_err(), "{text:?}");
        }
    }
}
