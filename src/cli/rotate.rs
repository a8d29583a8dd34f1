//! `s3setup rotate`.

use super::apply::confirm;
use super::carry::Journals;
use super::door::Door;
use super::manifests::{self, Manifests};
use super::screen::{Screen, error_line};
use super::{FAILED, FINE, Global};
use crate::cloud::{Cloud, Failure};
use crate::journal::{Ending, Header};
use crate::plan::Origin;
use crate::resource::{AccessKey, Address, Resource};
use crate::{render, yaml};
use anyhow::{Context, Result};
use clap::Args;
use std::time::Duration;

/// Put new access keys in the place of those in their sinks
///
/// A second key is made, tried and handed over; then the old one is made
/// inactive. It is deleted by the next `rotate` or `apply` after nobody has
/// missed it for a day. Cut short, `rotate` goes on from where it was: the sink
/// holds a key that works at every moment.
#[derive(Args)]
pub(super) struct Rotate {
    #[command(flatten)]
    manifests: Manifests,
    #[command(flatten)]
    journals: Journals,
    /// Only the key of this user
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// Delete a replaced key this long after its last use (30m, 24h, 7d)
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
        let Some(aws) = door.into_aws() else {
            let (message, hint) = match global.account {
                Some(_) => (
                    "an account in a file has no keys to rotate",
                    "leave --account out",
                ),
                None => (
                    "nothing of these manifests is of AWS, and only its keys can be rotated",
                    "delete the key at Google; the next apply makes another one",
                ),
            };
            return Err(Failure::new(message).with_hint(hint).into());
        };
        let compiled = manifests::load(&files, aws.scope(), screen)?;
        let wanted = compiled.iter().flat_map(|one| &one.wanted);
        let keys: Vec<&AccessKey> = wanted
            .filter_map(|wanted| match &wanted.resource {
                Resource::AccessKey(key) => Some(key),
                _ => None,
            })
            .filter(|key| self.user.as_ref().is_none_or(|user| *user == key.name))
            .collect();
        if keys.is_empty() {
            let message = match &self.user {
                Some(user) => format!("no user {user:?} of the manifest has an access_key"),
                None => "no user of the manifest has an access_key".to_owned(),
            };
            let hint = Some("give one an access_key: with its sink".into());
            return Err(Failure {
                hint,
                ..Failure::new(message)
            }
            .into());
        }
        let delete_after = match self.now {
            true => Duration::ZERO,
            false => self.delete_after,
        };
        let mut rotations = Vec::new();
        for key in keys {
            screen.progress(&key.name);
            let rotation = aws
                .rotation(key, delete_after, self.lost)
                .await
                .with_context(|| format!("cannot rotate access_key.{}", key.name))?;
            rotations.push(rotation);
        }
        screen.done();
        for rotation in &rotations {
            screen.say(&format!("access_key.{}", rotation.user()));
            for line in rotation.tells() {
                screen.say(&indented(&line));
            }
        }
        let undone = rotations.iter().find_map(crate::aws::Rotation::undone);
        let outcome = || undone.map_or(Ok(FINE), |undone| Err(undone.into()));
        rotations.retain(crate::aws::Rotation::has_work);
        if rotations.is_empty() {
            screen.say("\nNothing to be done yet.");
            return outcome();
        }
        let question = format!("\nDo this in account {}? (\"yes\")", aws.scope().account);
        if !self.yes && !confirm(screen, &question, "yes")? {
            screen.say("Nothing was changed.");
            return Ok(FAILED);
        }
        let sources = compiled.iter().map(|one| one.source.clone()).collect();
        let origin = Origin::Manifests(sources);
        let header = Header::without_steps("rotate", aws.scope(), origin);
        let journal = self.journals.begin(&header)?;
        screen.interrupt.careful();
        let mut ending = Ending::Finished;
        for rotation in &rotations {
            screen.progress(rotation.user());
            let address = Address::new("access_key", rotation.user());
            journal.begins(&address)?;
            let rotated = tokio::select! {
                rotated = aws.rotate(rotation) => Some(rotated),
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
                journal.failed(&address, &error_line(&error))?;
                journal.ended(Ending::Failed)?;
                return Err(error);
            }
            journal.done(&address, None)?;
            screen.say(&format!("  access_key.{}  done", rotation.user()));
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
