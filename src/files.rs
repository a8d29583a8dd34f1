//! Files that are replaced at once or not at all, and the digest that tells one text from another.

use anyhow::{Result, bail};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

/// SHA-256 in lower-case hexadecimal.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes of a file, or of whatever else the path opens, up to `most`.
///
/// # Errors
/// It cannot be opened or read; [`ErrorKind::FileTooLarge`] if there are more: a device or a pipe has
/// no size that could be looked at before.
pub fn read(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    // Room for all at once: a buffer that grows leaves copies behind, perhaps of a secret.
    let size = file.metadata()?.len().min(most) + 1;
    read_from(file, most, usize::try_from(size).unwrap_or_default())
}

/// [`read`], of a text.
///
/// # Errors
/// As [`read`]; [`ErrorKind::InvalidData`] if it is not UTF-8.
pub fn read_text(path: &Path, most: u64) -> io::Result<String> {
    text(read(path, most)?)
}

/// All that `reader` has, up to `most` bytes, as text.
///
/// # Errors
/// As [`read_text`].
pub fn text_from(reader: impl Read, most: u64) -> io::Result<String> {
    text(read_from(reader, most, 0)?)
}

fn text(bytes: Vec<u8>) -> io::Result<String> {
    String::from_utf8(bytes)
        .map_err(|_| io::Error::new(ErrorKind::InvalidData, "it is no text (UTF-8)"))
}

fn read_from(reader: impl Read, most: u64, size: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(size);
    // One more than allowed, which tells that there is more.
    reader.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        let message = match most >> 20 {
            0 => format!("it has more than {} KB", most >> 10),
            megabytes => format!("it has more than {megabytes} MB"),
        };
        return Err(io::Error::new(ErrorKind::FileTooLarge, message));
    }
    Ok(bytes)
}

/// Makes a folder and those around it, each for its owner alone. What is there stays as it is.
///
/// # Errors
/// One cannot be made, or is something else.
pub fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(folder)
}

/// How much of a file is looked at to tell what it is.
const HEAD: u64 = 4096;

/// Writes `value` as JSON to `path`, in place of what is there. The folder is made if need be; it and
/// the file are for their owner alone. A link is followed, and a device or pipe is written to.
///
/// # Errors
/// The folder cannot be made or written to, or the disk is full, or there is something that is not
/// ours to replace: a folder, or a file without `mark` at its beginning. What was there is left as
/// it was.
pub fn replace_json(path: &Path, value: &impl Serialize, mark: &str) -> Result<()> {
    let path = &path.canonicalize().unwrap_or_else(|_| path.to_owned());
    match std::fs::metadata(path) {
        Ok(there) if there.is_dir() => bail!("it is a folder"),
        Ok(there) if !there.is_file() => {
            let device = OpenOptions::new().write(true).open(path)?;
            return write_json(device, value).map(drop);
        }
        Ok(there) if there.len() > 0 && !begins_with(path, mark)? => {
            bail!("there is a file that s3setup did not write: name another, or remove it")
        }
        _ => {}
    }
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    make_private(folder)?;
    let temporary = tempfile::NamedTempFile::new_in(folder)?;
    let temporary = write_json(temporary, value)?;
    temporary.as_file().sync_all()?;
    temporary.persist(path)?;
    Ok(())
}

/// Writes `text` to `path`, whole or not at all. A new file has the mode that the umask says.
///
/// # Errors
/// There is something at `path`, unless it is a file and may be written `over`; the folder is not
/// there or cannot be written to, or the disk is full.
pub fn write_new(path: &Path, text: &str, over: bool) -> Result<()> {
    // A link stays one: what it leads to is written over.
    let path = &path.canonicalize().unwrap_or_else(|_| path.to_owned());
    if over && path.exists() && !path.is_file() {
        bail!("what is there is no file");
    }
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let mut temporary = builder.tempfile_in(folder)?;
    temporary.write_all(text.as_bytes())?;
    temporary.as_file().sync_all()?;
    match over {
        true => temporary.persist(path)?,
        false => temporary.persist_noclobber(path)?,
    };
    Ok(())
}

/// A new file in `folder` whose name begins with `prefix` and ends with `suffix`: another one than any
/// that is there. The folder is made if need be. Both are their owner's alone.
///
/// # Errors
/// The folder cannot be made or written to.
pub fn new_private(folder: &Path, prefix: &str, suffix: &str) -> Result<(PathBuf, File)> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    let mut file = tempfile::Builder::new();
    file.prefix(prefix).suffix(suffix);
    let (file, path) = file.tempfile_in(folder)?.keep()?;
    Ok((path, file))
}

/// Makes sure that a file that was made in `folder` is found there after a power failure.
///
/// # Errors
/// The folder cannot be opened or kept.
pub fn keep_entry(folder: &Path) -> Result<()> {
    // Only Unix opens folders.
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

fn write_json<W: Write>(to: W, value: &impl Serialize) -> Result<W> {
    let mut writer = BufWriter::new(to);
    serde_json::to_writer_pretty(&mut writer, value)?;
    writer.write_all(b"\n")?;
    Ok(writer.into_inner().map_err(|error| error.into_error())?)
}

fn begins_with(path: &Path, mark: &str) -> Result<bool> {
    let mut head = Vec::new();
    File::open(path)?.take(HEAD).read_to_end(&mut head)?;
    Ok(String::from_utf8_lossy(&head).contains(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_is_the_one_of_fips_180() {
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sha256(b"abc"), abc);
    }

    #[test]
    fn what_has_no_end_is_not_read_to_it() {
        for most in [0, 3, 1 << 20] {
            let error = text_from(io::repeat(b'y'), most).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::FileTooLarge);
        }
        assert_eq!(text_from(&b"yes"[..], 3).unwrap(), "yes");
        let bad = text_from(&b"\xff"[..], 3).unwrap_err();
        assert_eq!(bad.kind(), ErrorKind::InvalidData);
    }

    #[cfg(unix)]
    #[test]
    fn what_is_written_is_for_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b/c.json");
        replace_json(&path, &1, "1").unwrap();
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        let around = path.parent().unwrap();
        assert_eq!(mode(&path), 0o600);
        assert_eq!(
            (mode(around), mode(around.parent().unwrap())),
            (0o700, 0o700)
        );
    }

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
        replace_json(&path, &1, "1").unwrap();
        assert!(replace_json(&path, &Fails, "1").is_err());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "1\n");
        assert_eq!(
            std::fs::read_dir(path.parent().unwrap()).unwrap().count(),
            1
        );
    }

    #[test]
    fn only_what_is_ours_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("manifest.yaml"), "name: neon\n").unwrap();
        assert!(replace_json(&at("manifest.yaml"), &1, "ours").is_err());
        assert!(replace_json(folder.path(), &1, "ours").is_err());
        std::fs::write(at("plan.json"), "\"ours\"").unwrap();
        replace_json(&at("plan.json"), &2, "ours").unwrap();
        assert_eq!(std::fs::read_to_string(at("plan.json")).unwrap(), "2\n");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link_and_a_device_a_device() {
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real"), folder.path().join("link"));
        std::fs::write(&real, "ours").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        replace_json(&link, &3, "ours").unwrap();
        assert!(link.is_symlink());
        assert_eq!(std::fs::read_to_string(&real).unwrap(), "3\n");
        // A link to a device stands for the device: root must not replace the real one by a file.
        let null = folder.path().join("null");
        std::os::unix::fs::symlink("/dev/null", &null).unwrap();
        let before = std::fs::metadata("/dev/null").unwrap().file_type();
        assert!(!before.is_file(), "this machine's /dev/null is a file");
        let sink = File::options().write(true).open(&null).unwrap();
        assert!(write_json(sink, &4).is_ok());
    }

    #[cfg(unix)]
    #[test]
    fn a_new_file_is_written_over_only_if_that_is_said() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("m.yaml");
        let there = || std::fs::read_to_string(&path).unwrap();
        write_new(&path, "1", false).unwrap();
        assert!(write_new(&path, "2", false).is_err());
        assert_eq!(there(), "1");
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o400, 0o400);
        assert_eq!(mode & 0o111, 0, "{mode:o}");
        write_new(&path, "2", true).unwrap();
        assert_eq!(there(), "2");
        assert!(write_new(folder.path(), "3", true).is_err());
        assert!(write_new(&folder.path().join("no/m.yaml"), "3", false).is_err());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
