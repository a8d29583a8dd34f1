//! What carries marks of s3setup and is named by no manifest.

use super::json::{FORMAT_VERSION, document};
use super::row::Mark as Sign;
use super::screen::Dialect;
use super::text::{clean, count, quoted};
use super::{Style, step};
use crate::cloud::Mark;
use crate::plan::Unreadable;
use crate::resource::Scope;
use serde::Serialize;

/// The list as text for people.
#[must_use]
pub fn orphans_text(
    scope: &Scope,
    orphans: &[Mark],
    unreadable: &[Unreadable],
    style: &Style,
) -> String {
    let mut screen = style.screen(Dialect::Signs);
    let keys = match scope.account.is_empty() {
        true => String::new(),
        false => format!(" (keys of KMS: {})", clean(&scope.region)),
    };
    screen.paragraph(
        Sign::Blank,
        &format!("Marked by s3setup in {}{keys}", clean(&scope.in_short())),
    );
    if !orphans.is_empty() || !unreadable.is_empty() {
        screen.gap();
    }
    let width = orphans
        .iter()
        .map(|one| clean(one.address.as_str()).chars().count());
    let width = width.max().unwrap_or(0);
    for orphan in orphans {
        let protected = if orphan.protected { ", protected" } else { "" };
        let address = clean(orphan.address.as_str());
        let of = quoted(&orphan.manifest);
        screen.paragraph(
            Sign::Blank,
            &format!("  {address:width$}  of {of}{protected}"),
        );
    }
    for gap in unreadable {
        screen.paragraph(
            Sign::Unknown,
            &format!("could not be read: {}", step::gap(gap)),
        );
    }
    screen.gap();
    let found = match (orphans.len(), unreadable.len()) {
        (0, 0) => "No orphans.".to_owned(),
        (0, _) => "No orphan was found, but not all could be read.".to_owned(),
        (number, _) => format!(
            "{} that no manifest names. `absent: [{}]` in its manifest removes one.",
            count(number, "orphan"),
            orphans
                .first()
                .map(|one| clean(one.address.as_str()))
                .unwrap_or_default()
        ),
    };
    screen.paragraph(Sign::Blank, &found);
    screen.finish()
}

#[derive(Serialize)]
struct Report<'a> {
    format_version: &'static str,
    account: &'a str,
    region: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    project: Option<&'a str>,
    orphans: &'a [Mark],
    unreadable: &'a [Unreadable],
}

/// The list as JSON.
///
/// # Guarantees
/// The keys, in this order: `format_version` (`"1.0"`), `account`, `region`, `project`: if one was asked
/// for, `orphans` (`address`,
/// `manifest`, `protected`), `unreadable` (`aspect`, `permission`, `on`, `error`).
#[must_use]
pub fn orphans_json(scope: &Scope, orphans: &[Mark], unreadable: &[Unreadable]) -> String {
    document(&Report {
        format_version: FORMAT_VERSION,
        account: &scope.account,
        region: &scope.region,
        project: scope.project.as_deref(),
        orphans,
        unreadable,
    })
}
