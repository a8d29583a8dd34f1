//! The bucket.

use super::{Ground, tags};
use crate::manifest::context::Context;
use crate::manifest::model::{GoogleBucket, GoogleLifecycleAction, GoogleLifecycleRule};
use crate::resource::google::{Bucket, LifecycleAction, LifecycleRule};
use crate::resource::{Google, Tags};
use crate::yaml::Path;
use std::collections::BTreeSet;

/// The most labels of a bucket (<https://cloud.google.com/storage/docs/tags-and-labels>), less our own.
const MOST_LABELS: usize = 64 - 3;
/// The most rules (<https://cloud.google.com/storage/quotas>).
const MOST_RULES: usize = 100;

/// The bucket, if there is one.
pub(super) fn compile(context: &mut Context, ground: &Ground) -> Option<Google> {
    let written = ground.google.bucket.as_ref()?;
    let path = ground.path.key("bucket");
    context.check(&path.key("name"), Bucket::check_name(&written.name));
    check_location(context, &path.key("location"), &written.location);
    let tags = labels(context, &path, written);
    let lifecycle = written.lifecycle.as_ref().map(|rules| {
        let path = path.key("lifecycle");
        if rules.len() > MOST_RULES {
            let message = format!("{} rules, and Google takes {MOST_RULES}", rules.len());
            context.refuse(&path, message, "put several into one");
        }
        let rules = rules.iter().enumerate();
        rules
            .map(|(at, rule)| compile_rule(context, &path.index(at), rule))
            .collect()
    });
    Some(Google::Bucket(Bucket {
        storage_class: written.storage_class.map(|class| class.word().to_owned()),
        uniform_bucket_level_access: Some(written.uniform_bucket_level_access),
        public_access_prevention: Some(written.public_access_prevention.into()),
        versioning: written.versioning,
        lifecycle,
        tags,
        ..Bucket::named(
            &written.name,
            ground.project,
            &written.location.to_uppercase(),
        )
    }))
}

/// Regions and multi-regions grow, so the form is checked and no list kept: `europe-west1`, or `EU` and
/// `nam4` (<https://cloud.google.com/storage/docs/locations>).
fn check_location(context: &mut Context, path: &Path, location: &str) {
    let small = location.to_ascii_lowercase();
    let is_word = |text: &str| !text.is_empty() && text.bytes().all(|c| c.is_ascii_lowercase());
    let numberless = small.trim_end_matches(|c: char| c.is_ascii_digit());
    let fits = match numberless.split_once('-') {
        Some((area, place)) => numberless.len() < small.len() && is_word(area) && is_word(place),
        None => (2..=4).contains(&numberless.len()) && is_word(numberless),
    };
    if fits {
        return;
    }
    let parts: Vec<&str> = small.split('-').collect();
    let (fault, fix) = match parts[..] {
        [area, place, number] if is_word(area) && number.parse::<u8>().is_ok() => (
            format!("{location:?} reads like a region of AWS, and is no location of Google"),
            format!("Google's are written like {area}-{place}{number}; or EU, US, eur4"),
        ),
        _ => (
            format!("{location:?} is no location of Google"),
            "such a one reads EU, US, europe-west1 or eur4".to_owned(),
        ),
    };
    context.refuse(path, fault, fix);
}

fn labels(context: &mut Context, path: &Path, written: &GoogleBucket) -> Tags {
    let place = path.key("labels");
    for (key, value) in &written.labels {
        let fault = fault_of_label(key, value);
        let ours = key == "managed-by" || key.starts_with("s3setup");
        if ours {
            context.refuse(
                &place.key(key),
                format!("the label {key:?} is s3setup's own: such labels mark what is ours"),
                "leave it out; s3setup sets it",
            );
        } else if let Some(fault) = fault {
            context.refuse(&place.key(key), fault, "choose another one");
        }
    }
    if written.labels.len() > MOST_LABELS {
        let message = format!(
            "{} labels, and {MOST_LABELS} are the most",
            written.labels.len()
        );
        context.refuse(&place, message, "leave some out");
    }
    let marks = tags(context, written.protect);
    let name = context.manifest.name.clone();
    if fault_of_label("name", &name).is_some() {
        context.refuse(
            &Path::root().key("name"),
            format!(
                "{name:?} cannot mark a bucket of Google, whose labels have no capitals and dots"
            ),
            format!("write {:?}", name.to_lowercase().replace('.', "-")),
        );
    }
    let mut labels = written.labels.clone();
    labels.extend(marks);
    labels
}

/// Keys begin with a letter; keys and values have small letters, digits, `_` and `-`, 63 at the most
/// (<https://cloud.google.com/storage/docs/tags-and-labels#bucket-labels>).
fn fault_of_label(key: &str, value: &str) -> Option<String> {
    let odd = |c: &char| {
        let letter = c.is_alphabetic() && !c.is_uppercase();
        !letter && !c.is_numeric() && !matches!(c, '_' | '-')
    };
    if let Some(odd) = key.chars().chain(value.chars()).find(odd) {
        return Some(format!(
            "labels consist of small letters, digits, '_' and '-', and this has {odd:?}"
        ));
    }
    let long = |text: &str| text.chars().count() > 63 || text.len() > 128;
    if long(key) || long(value) || !key.starts_with(char::is_alphabetic) {
        return Some(
            "a label's key begins with a letter, and neither it nor its value has more than \
                     63 characters"
                .to_owned(),
        );
    }
    None
}

fn compile_rule(context: &mut Context, path: &Path, rule: &GoogleLifecycleRule) -> LifecycleRule {
    let set = |texts: &[String]| -> BTreeSet<String> { texts.iter().cloned().collect() };
    let action = match rule.action {
        GoogleLifecycleAction::Delete => LifecycleAction::Delete,
        GoogleLifecycleAction::AbortIncompleteMultipartUpload => {
            LifecycleAction::AbortIncompleteMultipartUpload
        }
        GoogleLifecycleAction::SetStorageClass(class) => {
            LifecycleAction::SetStorageClass(class.word().to_owned())
        }
    };
    let of_versions =
        rule.live.is_some() || rule.noncurrent_days.is_some() || rule.newer_versions.is_some();
    let conditions = of_versions
        || rule.age_days.is_some()
        || !rule.prefixes.is_empty()
        || !rule.suffixes.is_empty()
        || !rule.storage_classes.is_empty();
    if !conditions {
        context.refuse(
            path,
            "a rule without a condition is about every object at once",
            "write for example age_days: 30",
        );
    }
    let uploads = action == LifecycleAction::AbortIncompleteMultipartUpload;
    if uploads && (of_versions || !rule.storage_classes.is_empty()) {
        context.refuse(
            path,
            "an upload has an age and a name, and nothing else",
            "leave age_days, prefixes and suffixes only",
        );
    }
    for (field, texts) in [("prefixes", &rule.prefixes), ("suffixes", &rule.suffixes)] {
        if texts.iter().any(String::is_empty) {
            context.refuse(
                &path.key(field),
                "an empty one is every name",
                "leave it out",
            );
        }
    }
    LifecycleRule {
        age_days: rule.age_days,
        live: rule.live,
        noncurrent_days: rule.noncurrent_days,
        newer_versions: rule.newer_versions,
        prefixes: set(&rule.prefixes),
        suffixes: set(&rule.suffixes),
        storage_classes: rule
            .storage_classes
            .iter()
            .map(|class| class.word().to_owned())
            .collect(),
        ..LifecycleRule::of(action)
    }
}
