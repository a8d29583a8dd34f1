//! A CronJob, and the manifests as a ConfigMap.

use super::fill::{Fill, check, quoted};
use super::{Ci, Global};
use crate::files;
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::path::Path;

const JOB: &str = include_str!("../../../deploy/kubernetes/drift.yaml");

/// What a ConfigMap can hold, in bytes
/// (<https://kubernetes.io/docs/concepts/configuration/configmap/#motivation>).
const LARGEST: usize = 1 << 20;

impl Ci {
    pub(super) fn kubernetes(&self, global: &Global) -> Result<String> {
        let mut fill = Fill::of(JOB);
        self.common(&mut fill, global)?;
        if let Some(shards) = self.shards {
            fill.put("completions: 1\n", &format!("completions: {shards}\n"))?;
            fill.put(
                "parallelism: 1\n",
                &format!("parallelism: {}\n", shards.min(10)),
            )?;
            fill.put("auto/1", &format!("auto/{shards}"))?;
        }
        if let Some(image) = &self.image {
            let form = r"[\w][\w.:/@-]*";
            check(image, form, "registry.example.com/s3setup:1.0.0", "--image")?;
            fill.put("REGISTRY/s3setup:VERSION", image)?;
        }
        let mut arguments = String::new();
        for set in self.set(global)? {
            arguments += &format!("                - {}\n", quoted(&set)?);
        }
        fill.put(
            "                - --\n",
            &format!("{arguments}                - --\n"),
        )?;
        let mut text = fill.text();
        if !self.manifests.is_empty() {
            text = format!("{}---\n{text}", self.config_map()?);
        }
        Ok(text)
    }

    fn config_map(&self) -> Result<String> {
        let mut texts = BTreeMap::new();
        for path in &self.manifests {
            let text = files::read_text(path, LARGEST as u64)
                .with_context(|| format!("cannot read {}", path.display()))?;
            let name = key(path)?;
            if texts.insert(name.clone(), text).is_some() {
                bail!("two manifests are named {name}: a ConfigMap has one of each name");
            }
        }
        if texts.values().map(String::len).sum::<usize>() > LARGEST {
            bail!("the manifests are larger than a ConfigMap can be (1 MiB): make several jobs");
        }
        let mut map = String::from(
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: s3setup-manifests\ndata:\n",
        );
        for (name, text) in texts {
            map += &format!("  {name}: {}\n", block(&text)?);
        }
        Ok(map)
    }
}

/// The name of a file as a key
/// (<https://kubernetes.io/docs/concepts/configuration/configmap/#configmap-object>).
fn key(path: &Path) -> Result<String> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let good = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if path.is_dir() || name.is_empty() || !name.chars().all(good) {
        bail!(
            "{}: kubernetes needs the files themselves, named by letters, digits, - _ and .",
            path.display()
        );
    }
    Ok(name.into_owned())
}

/// A text as a block that can be read, if all of it can be in one; else in quotes.
fn block(text: &str) -> Result<String> {
    let readable =
        |c: char| c == '\n' || (!c.is_control() && !"\u{2028}\u{2029}\u{85}\u{feff}".contains(c));
    let body = text.strip_suffix('\n');
    match body {
        Some(body) if text.chars().all(readable) && !body.ends_with('\n') && !body.is_empty() => {
            let lines = body.lines().map(|line| match line.is_empty() {
                true => "\n".to_owned(),
                false => format!("    {line}\n"),
            });
            Ok(format!(
                "|2\n{}",
                lines.collect::<String>().trim_end_matches('\n')
            ))
        }
        _ => Ok(serde_json::to_string(text)?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn a_block_is_the_text_again(text in "(?s)[ -~\n\t#:é\u{85}]{0,40}\n?") {
            let map = format!("data:\n  a: {}\n", block(&text).unwrap());
            let read: BTreeMap<String, BTreeMap<String, String>> =
                serde_saphyr::from_str(&map).unwrap();
            proptest::prop_assert_eq!(&read["data"]["a"], &text);
        }
    }

    #[test]
    fn a_manifest_can_be_read_in_it() {
        let text = block("name: a\n\nbucket:\n  name: b\n").unwrap();
        assert_eq!(text, "|2\n    name: a\n\n    bucket:\n      name: b");
    }

    #[test]
    fn a_key_is_a_plain_name() {
        assert_eq!(key(Path::new("a/neon.yaml")).unwrap(), "neon.yaml");
        for bad in ["a/b c.yaml", "..", "/", "é.yaml"] {
            assert!(key(Path::new(bad)).is_err(), "{bad}");
        }
    }
}
