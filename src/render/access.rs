//! Who gains and who loses what, in sentences.

mod google;

use super::row::Mark;
use super::screen::{Dialect, Place, Screen};
use super::text::{clean, listed, quoted};
use super::who::{self, People};
use crate::access::{Access, Bearing, Effect, Kind, Line, Principal, Test, WITHIN};
use crate::access::{issuer, subject};
use crate::policy::google::LIST_PREFIX;
use crate::resource::{OidcProvider, Scope};
use std::collections::{BTreeMap, BTreeSet};

/// More names than this in one sentence are counted, unless all is asked for.
const MOST_NAMES: usize = 8;
/// More sentences than this are counted, unless all is asked for; those that flag a danger never are.
const MOST_LINES: usize = 40;

/// Who it is, in words.
pub(super) fn who(line: &Line, scope: &Scope) -> String {
    whom(line, scope, usize::MAX).0
}

/// What they may do: the actions, and what of their patterns is not meant.
pub(super) fn actions(line: &Line) -> String {
    match &line.unknown {
        Some(unknown) => format!("what {} allows", clean(unknown)),
        None => doing(line, usize::MAX),
    }
}

/// On what.
pub(super) fn resources(line: &Line, scope: &Scope) -> String {
    let names = line.resources.iter().map(|name| resource(name, scope));
    names.collect::<Vec<_>>().join(", ")
}

/// When only; empty is always.
pub(super) fn condition(line: &Line) -> String {
    let told = when(line, usize::MAX);
    told.trim_start_matches(" if ")
        .trim_start_matches(", ")
        .to_owned()
}

/// One line as a sentence, with its flag, of what will be or of what has come to be.
pub(super) fn sentence(line: &Line, scope: &Scope, tense: Tense) -> String {
    said(line, scope, usize::MAX, tense)
}

/// The word that flags what has to be agreed to by itself.
pub(super) fn flag(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Public => Some("PUBLIC"),
        Kind::Repository => Some("ANY REPOSITORY"),
        Kind::Account => Some("OTHER ACCOUNT"),
        Kind::Workload | Kind::Service | Kind::Own => None,
    }
}

/// One line as a sentence, with its flag: `PUBLIC: anyone on the internet gains …`.
#[must_use]
pub fn access_line(line: &Line, scope: &Scope) -> String {
    said(line, scope, usize::MAX, Tense::Will)
}

/// What a step does to access, in two or three words.
pub(super) fn bearing(bearing: Bearing) -> Option<&'static str> {
    match bearing {
        Bearing::Widening => Some("widens access"),
        Bearing::Narrowing => Some("narrows access"),
        Bearing::Both => Some("widens and narrows access"),
        Bearing::Neither => None,
    }
}

/// Whether it is about what will be or about what has come to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tense {
    Will,
    Has,
}

/// The section of a report that tells who gains and who loses what; nothing where nobody does.
pub(super) fn section(screen: &mut Screen, access: &Access, scope: &Scope, tense: Tense) {
    if access.lines.is_empty() {
        return;
    }
    screen.paragraph(
        Mark::Blank,
        match tense {
            Tense::Will => "Access:",
            Tense::Has => "Access that is not as the manifest says:",
        },
    );
    let (names, most) = match screen.verbose {
        true => (usize::MAX, usize::MAX),
        false => (MOST_NAMES, MOST_LINES),
    };
    let told = access
        .lines
        .iter()
        .enumerate()
        .take_while(|(at, line)| *at < most || line.is_dangerous());
    let mut number = 0;
    for (_, line) in told {
        let mut text = said(line, scope, names, tense);
        if screen.verbose {
            text.push_str(&because(line));
        }
        write(screen, line, &text);
        number += 1;
    }
    if access.lines.len() > number {
        let more = format!("  ... and {} more", access.lines.len() - number);
        screen.paragraph(Mark::Same, &more);
    }
    screen.gap();
}

fn write(screen: &mut Screen, line: &Line, text: &str) {
    let (side, sign) = match line.effect {
        Effect::Gains => (Mark::Added, "+ "),
        Effect::Loses => (Mark::Removed, "- "),
    };
    let (mark, sign) = match (line.is_dangerous(), screen.dialect) {
        (true, _) => (Mark::Removed, "! "),
        (false, Dialect::Signs | Dialect::Words) => (side, sign),
        // The line itself begins with it.
        (false, Dialect::Diff) => (side, ""),
    };
    let left = if screen.dialect == Dialect::Diff {
        0
    } else {
        2
    };
    screen.write(&mut Place::at(left), side, mark, sign, text);
}

fn said(line: &Line, scope: &Scope, most: usize, tense: Tense) -> String {
    let (who, are_many) = whom(line, scope, most);
    let flag = match line.is_dangerous() {
        true => flag(line.kind).map(|flag| format!("{flag}: ")),
        false => None,
    };
    let verb = match (line.effect, tense) {
        (Effect::Gains, Tense::Will) => "gain",
        (Effect::Loses, Tense::Will) => "lose",
        (Effect::Gains, Tense::Has) => "gained",
        (Effect::Loses, Tense::Has) => "lost",
    };
    let is_sure = line.is_certain || line.unknown.is_some();
    let verb = match (tense, is_sure, are_many) {
        (Tense::Will, true, false) => format!("{verb}s"),
        (Tense::Will, true, true) => verb.to_owned(),
        (Tense::Will, false, _) => format!("could {verb}"),
        (Tense::Has, true, false) => format!("has {verb}"),
        (Tense::Has, true, true) => format!("have {verb}"),
        (Tense::Has, false, _) => format!("could have {verb}"),
    };
    format!(
        "{}{who} {verb} {}{}",
        flag.unwrap_or_default(),
        what(line, scope, most),
        when(line, most)
    )
}

fn what(line: &Line, scope: &Scope, most: usize) -> String {
    let resources = line.resources.iter().map(|name| resource(name, scope));
    let resources: Vec<String> = resources.collect();
    if let Some(unknown) = &line.unknown {
        let what = format!("what {} allows", clean(unknown));
        return match resources.is_empty() {
            true => what,
            false => format!("{what} on {}", few(&resources, most)),
        };
    }
    format!("{} on {}", doing(line, most), few(&resources, most))
}

fn doing(line: &Line, most: usize) -> String {
    let cleaned = |names: &BTreeSet<String>| -> Vec<String> {
        names.iter().map(|name| clean(name)).collect()
    };
    let (actions, but) = (cleaned(&google::folded(&line.actions)), cleaned(&line.but));
    let but = match but.is_empty() {
        true => String::new(),
        false => format!(" (but not {})", few(&but, most)),
    };
    format!("{}{but}", few(&actions, most))
}

/// `a, b, c`, or `a, b and 7 more`.
fn few(names: &[String], most: usize) -> String {
    match names.len() > most {
        true => listed(names, most),
        false => names.join(", "),
    }
}

/// An ARN as short as it is clear: buckets and objects by their names, roles of the account too.
fn resource(arn: &str, scope: &Scope) -> String {
    let of_s3 = format!("arn:{}:s3:::", scope.partition);
    let of_roles = format!("arn:{}:iam::{}:role/", scope.partition, scope.account);
    if let Some(name) = google::resource(arn) {
        return name;
    }
    match (arn.strip_prefix(&of_s3), arn.strip_prefix(&of_roles)) {
        (Some(name), _) if !name.is_empty() => quoted(name),
        (_, Some(name)) if !name.contains(['*', '?']) => format!("role {}", quoted(name)),
        _ => quoted(arn),
    }
}

/// The condition, without what is said of who it is.
fn when(line: &Line, most: usize) -> String {
    let is_said = |test: &&Test| match &line.who {
        Principal::Named { kind, name } if kind == "Federated" => {
            let key = test.key.to_lowercase();
            let issuer = issuer(name).to_lowercase();
            key == format!("{issuer}:sub") || key == format!("{issuer}:aud")
        }
        Principal::Named { kind, .. } if kind == "issuer" => test.key == "assertion.aud",
        _ => false,
    };
    let tests = line.condition.0.iter().filter(|test| !is_said(test));
    let mut parts: Vec<String> = Vec::new();
    let mut within = String::new();
    for test in tests {
        if test.operator == WITHIN {
            let name = test.key.rsplit('/').next().unwrap_or(&test.key);
            within = format!(", within policy {}", quoted(name));
            continue;
        }
        let values: Vec<String> = test.values.iter().map(|value| quoted(value)).collect();
        // What is no test is told as it is written.
        if test.operator.is_empty() {
            parts.push(clean(&test.key));
            continue;
        }
        let key = match test.key.as_str() {
            LIST_PREFIX => "objectListPrefix",
            key => key,
        };
        parts.push(format!(
            "{} {} {}",
            clean(key),
            clean(&test.operator),
            few(&values, most)
        ));
    }
    match parts.is_empty() {
        true => within,
        false => format!(" if {}{within}", parts.join(" and ")),
    }
}

/// The statements because of which it is so.
fn because(line: &Line) -> String {
    let all: BTreeSet<String> = line
        .because
        .iter()
        .map(|why| clean(&why.statement))
        .collect();
    let all: Vec<String> = all.into_iter().collect();
    match all.is_empty() {
        true => String::new(),
        false => format!(" (by {})", all.join(", ")),
    }
}

/// Who it is, and whether that is more than one.
fn whom(line: &Line, scope: &Scope, most: usize) -> (String, bool) {
    match &line.who {
        Principal::User(name) => (format!("user {}", quoted(name)), false),
        Principal::Role(name) => (format!("role {}", quoted(name)), false),
        Principal::Anyone => {
            let is_of_roles = line.resources.iter().all(|arn| arn.contains(":role/"));
            let who = match line.kind {
                Kind::Public if is_of_roles => "anyone with an AWS account",
                Kind::Public => "anyone on the internet",
                _ => "anyone",
            };
            (who.to_owned(), false)
        }
        Principal::Named { kind, name } if kind == "Federated" => workloads(line, name, most),
        Principal::Named { kind, name } if kind == "issuer" => google::vouched_for(line, name),
        Principal::Named { kind, name } => {
            // Who is only an id is nobody who gains or loses.
            let ids = BTreeMap::new();
            (who::words(kind, name, People { scope, ids: &ids }), false)
        }
    }
}

/// Whom a provider vouches for, by the subjects that are asked for.
fn workloads(line: &Line, provider: &str, most: usize) -> (String, bool) {
    let issuer = issuer(provider);
    let github = issuer.starts_with(OidcProvider::GITHUB);
    let subjects = subject(provider, &line.condition);
    let subjects: Vec<String> = subjects
        .iter()
        .flat_map(|test| &test.values)
        .map(|value| match github {
            true => workflow(value),
            false => quoted(value),
        })
        .collect();
    match (github, subjects.is_empty()) {
        (true, true) => ("all workflows of GitHub".to_owned(), true),
        (true, false) => (
            format!("GitHub workflows {}", any_of(&subjects, most)),
            true,
        ),
        (false, true) => (format!("whoever {} vouches for", quoted(issuer)), false),
        (false, false) => (
            format!(
                "whoever {} vouches for as {}",
                quoted(issuer),
                any_of(&subjects, most)
            ),
            false,
        ),
    }
}

fn any_of(names: &[String], most: usize) -> String {
    match names.len() > most {
        true => listed(names, most),
        false => names.join(" or "),
    }
}

/// `repo:acme/backups:ref:refs/heads/main` → `of acme/backups on branch main`.
fn workflow(subject: &str) -> String {
    let raw = || format!("like {}", quoted(subject));
    let Some((repository, context)) = subject
        .strip_prefix("repo:")
        .and_then(|rest| rest.split_once(':'))
    else {
        return raw();
    };
    if repository.contains(['*', '?']) || !repository.contains('/') {
        return raw();
    }
    let of = format!("of {}", quoted(repository));
    let context = match context.split_once(':') {
        _ if context == "pull_request" => "in pull requests".to_owned(),
        _ if context == "*" => "whatever they run on".to_owned(),
        Some(("environment", name)) => format!("in environment {}", quoted(name)),
        Some(("ref", name)) => match name
            .split_once("refs/heads/")
            .or(name.split_once("refs/tags/"))
        {
            Some(("", branch)) if name.starts_with("refs/heads/") => {
                format!("on branch {}", quoted(branch))
            }
            Some(("", tag)) => format!("on tag {}", quoted(tag)),
            _ => return raw(),
        },
        _ => return raw(),
    };
    format!("{of} {context}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_of_github_is_told_in_words() {
        for (subject, expected) in [
            (
                "repo:acme/backups:ref:refs/heads/main",
                "of acme/backups on branch main",
            ),
            ("repo:acme/b:ref:refs/tags/v*", "of acme/b on tag v*"),
            (
                "repo:acme/b:environment:prod",
                "of acme/b in environment prod",
            ),
            ("repo:acme/b:pull_request", "of acme/b in pull requests"),
            ("repo:acme/b:*", "of acme/b whatever they run on"),
            ("repo:acme/*", "like repo:acme/*"),
            (
                "repo:acme/b*:ref:refs/heads/main",
                "like repo:acme/b*:ref:refs/heads/main",
            ),
            ("repo:acme/b:other:x", "like repo:acme/b:other:x"),
            ("*", "like *"),
        ] {
            assert_eq!(workflow(subject), expected);
        }
    }
}
