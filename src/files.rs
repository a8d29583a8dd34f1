//! Files that are replaced at once or not at all.

use anyhow::Result;
use serde::Serialize;
use std::io::Write;
use std::path::Path;

/// Writes `value` as JSON to `path`, in place of what is there. The folder is made if need be; the
/// file is readable by its owner alone.
///
/// # Errors
/// The folder cannot be made or written to, or the disk is full; what was there is left as it was.
pub fn replace_json(path: &Path, value: &impl Serialize) -> Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    std::fs::create_dir_all(folder)?;
    let mut temporary = tempfile::NamedTempFile::new_in(folder)?;
    let mut writer = std::io::BufWriter::new(&mut temporary);
    serde_json::to_writer_pretty(&mut writer, value)?;
    writer.write_all(b"\n")?;
    writer.flush()?;
    drop(writer);
    temporary.as_file().sync_all()?;
    temporary.persist(path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_write_leaves_what_was_there() {
        struct Fails;
        impl Serialize for Fails {
            fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
                Err(serde::ser::Error::custom("no"))
            }
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b.json");
        replace_json(&path, &1).unwrap();
        assert!(replace_json(&path, &Fails).is_err());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "1\n");
        assert_eq!(
            std::fs::read_dir(path.parent().unwrap()).unwrap().count(),
            1
        );
    }
}
