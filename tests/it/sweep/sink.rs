//! The keys that were handed over: in a file or at AWS, they work, and nothing else is there.

use std::path::Path;

use serde_json::{Value, json};

use super::{ground::Ground, seen::Seen};
use crate::{
    support::Account,
    vendors::{Manifest, handed_over},
};

/// What others have in the file, in its form.
pub fn foreign_lines(manifest: &Manifest) -> &'static str {
    match () {
        () if manifest.says("format: json") => "{\n  \"foreign\": \"kept\"\n}\n",
        () if manifest.says("format: dotenv") => "# Somebody's own.\nFOREIGN=\"kept as it is\"\n",
        () => "# Somebody's own.\n[foreign]\nkept = as it is\n",
    }
}

/// The key in the sink, as credentials.
///
/// # Errors
/// There is none.
pub fn held(ground: &Ground, manifest: &Manifest) -> Result<Account, String> {
    let account = ground.account();
    let text = match manifest.key_file() {
        Some(file) => std::fs::read_to_string(ground.tool().folder().join(file))
            .map_err(|error| error.to_string())?,
        None => {
            let texts = ground.python(
                "secrets, parameters = client('secretsmanager'), client('ssm')
json.dumps([secrets.get_secret_value(SecretId=one['Name'])['SecretString']
 for one in secrets.list_secrets()['SecretList'] if one['Name'] != 'foreign'] +
[parameters.get_parameter(Name=one['Name'], WithDecryption=True)['Parameter']['Value']
 for one in parameters.describe_parameters()['Parameters'] if one['Name'] != '/foreign'])",
                &json!({}),
            )?;
            texts.as_str().unwrap_or_default().to_owned()
        }
    };
    handed_over(&account, &text)
}

/// Whether the key in the sink is taken for a user's; gives its id.
///
/// # Errors
/// It is not.
pub fn works(ground: &Ground, manifest: &Manifest) -> Result<String, String> {
    let key = held(ground, manifest).map_err(|why| format!("the sink: {why}"))?;
    key.try_python("sts.get_caller_identity()['Arn']")
        .map_err(|refused| format!("the key {} in the sink: {refused}", key.access_key))?;
    Ok(key.access_key)
}

/// Whether each user has one key that is active, the one in the sink.
///
/// # Errors
/// What is wrong.
pub fn check(ground: &Ground, manifest: &Manifest, seen: &Seen) -> Result<(), String> {
    let in_sink = works(ground, manifest)?;
    for (user, keys) in seen.keys() {
        let active: Vec<&String> = keys
            .iter()
            .filter(|(status, _)| status == "Active")
            .map(|(_, id)| id)
            .collect();
        if active != [&in_sink] {
            return Err(format!("{user} has {keys:?}, and the sink {in_sink}"));
        }
    }
    Ok(())
}

/// Whether the folder is tidy: the file whole, its owner's alone, with the lines of others; no draft.
///
/// # Errors
/// What is wrong.
pub fn check_folder(ground: &Ground, manifest: &Manifest) -> Result<(), String> {
    let folder = ground.tool().folder();
    let mut wrong = Vec::new();
    drafts(&folder, &mut wrong);
    if let Some(file) = manifest.key_file() {
        let path = folder.join(&file);
        let text = std::fs::read_to_string(&path).map_err(|error| format!("{file}: {error}"))?;
        if !is_whole(manifest, &text) {
            wrong.push(format!("{file} is not of its form:\n{text}"));
        }
        for line in foreign_lines(manifest).lines() {
            let line = line.trim_end_matches(',');
            if !text.contains(line) {
                wrong.push(format!("{file} has lost {line:?}"));
            }
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = path.metadata().map_err(|error| error.to_string())?;
            let mode = mode.permissions().mode() & 0o777;
            if mode != 0o600 {
                wrong.push(format!("{file} has the mode {mode:o}"));
            }
        }
    }
    match wrong.is_empty() {
        true => Ok(()),
        false => Err(wrong.join("\n")),
    }
}

/// What is left of files that were to take the place of others.
fn drafts(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        if name.to_string_lossy().starts_with(".s3setup-") {
            found.push(format!("{} is left", path.display()));
        }
        if path.is_dir() {
            drafts(&path, found);
        }
    }
}

fn is_whole(manifest: &Manifest, text: &str) -> bool {
    if manifest.says("format: json") {
        return serde_json::from_str::<Value>(text).is_ok();
    }
    let sections = !manifest.says("format: dotenv");
    text.ends_with('\n')
        && text.lines().all(|line| {
            let named = line
                .split_once('=')
                .is_some_and(|(name, _)| !name.is_empty());
            let section = sections && line.starts_with('[') && line.ends_with(']');
            line.is_empty() || line.starts_with('#') || named || section
        })
}
