//! Reading a file: all that can be wrong before the first character is looked at.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use super::limits::MAX_BYTES;
use super::nearest::{listed, nearest};
use super::problem::Problem;
use super::problems::Problems;
use super::source::{Source, Span};

impl Source {
    /// Reads a file, or whatever else the path opens (a pipe), up to [`MAX_BYTES`].
    ///
    /// # Errors
    ///
    /// One problem with its fix: no such file (with the name that was meant, when one is near), a
    /// directory, not to be read, too large (refused without reading it), not UTF-8 (with the
    /// place of the first bad byte).
    pub fn read(path: &Path) -> Result<Source, Problems> {
        let name = path.display().to_string();
        let unread = |problem| Problems::unread(name.clone(), problem);
        let bytes = bytes(path).map_err(unread)?;
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Source { name, text }),
            Err(error) => Err(not_utf8(name, &error)),
        }
    }
}

fn bytes(path: &Path) -> Result<Vec<u8>, Problem> {
    let about = fs::metadata(path).map_err(|error| unopened(path, &error))?;
    if about.is_dir() {
        return Err(directory(path));
    }
    if about.len() > MAX_BYTES as u64 {
        return Err(too_large(Some(about.len())));
    }
    let file = File::open(path).map_err(|error| unopened(path, &error))?;
    let mut bytes = Vec::new();
    // A pipe has no size beforehand, and a file may grow: read one byte more than allowed.
    let mut bounded = file.take(MAX_BYTES as u64 + 1);
    bounded
        .read_to_end(&mut bytes)
        .map_err(|error| unopened(path, &error))?;
    if bytes.len() > MAX_BYTES {
        return Err(too_large(None));
    }
    Ok(bytes)
}

/// Also said of text that did not come from a file, when it is parsed.
pub(super) fn too_large(size: Option<u64>) -> Problem {
    let limit = MAX_BYTES / 1024 / 1024;
    let message = match size {
        Some(size) => format!(
            "the file has {} KiB; a manifest may have {limit} MiB",
            size.div_ceil(1024)
        ),
        None => format!("the text has more than the {limit} MiB that a manifest may have"),
    };
    Problem::new(message).fix("is it the right file? a large manifest can be split: resources that do not name each other can be in several")
}

fn unopened(path: &Path, error: &io::Error) -> Problem {
    let problem = |message: &str| Problem::new(message);
    match error.kind() {
        io::ErrorKind::NotFound => problem("there is no such file").fix(missing(path)),
        io::ErrorKind::PermissionDenied => problem("the file may not be read: permission denied")
            .fix("check its owner and mode with `ls -l`"),
        io::ErrorKind::NotADirectory => {
            problem("a part of this path is a file and not a directory").fix("check the path")
        }
        _ => problem(&format!("the file cannot be read: {error}")),
    }
}

fn missing(path: &Path) -> String {
    let folder = folder(path);
    if !folder.is_dir() {
        return format!(
            "the directory `{}` does not exist either; check the path",
            folder.display()
        );
    }
    let names = manifests(folder);
    let wanted = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    match nearest(&wanted, names.iter().map(String::as_str)) {
        Some(name) => format!("did you mean `{}`?", path.with_file_name(name).display()),
        None => "check the path; manifests/neon.yaml is one to begin with".to_owned(),
    }
}

fn directory(path: &Path) -> Problem {
    let names = manifests(path);
    let fix = if names.is_empty() {
        "name a file in it, such as neon.yaml".to_owned()
    } else {
        let names: Vec<String> = names
            .iter()
            .map(|name| path.join(name).display().to_string())
            .collect();
        format!(
            "name one file: {}",
            listed(names.iter().map(String::as_str))
        )
    };
    Problem::new("this is a directory and not a manifest").fix(fix)
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// The YAML files of a directory, by name; none when it cannot be listed, for this is only advice.
fn manifests(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .take(1000);
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.filter(|name| is_yaml(name)).collect();
    names.sort();
    names
}

fn is_yaml(name: &str) -> bool {
    let ending = Path::new(name)
        .extension()
        .map(|ending| ending.to_string_lossy().to_lowercase());
    matches!(ending.as_deref(), Some("yaml" | "yml"))
}

fn not_utf8(name: String, error: &std::string::FromUtf8Error) -> Problems {
    let bytes = error.as_bytes();
    let message = match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "the file is UTF-16 and not UTF-8",
        _ => "the file is not UTF-8 text from here on",
    };
    let start = error.utf8_error().valid_up_to();
    // The text up to the bad byte is the same, so the place holds in the repaired text too.
    let source = Source::new(name, String::from_utf8_lossy(bytes));
    let place = Span::new(start, start + '\u{fffd}'.len_utf8());
    let problem = Problem::new(message)
        .at(place)
        .fix("save the file as UTF-8");
    Problems::of(&source, vec![problem])
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    /// A directory of its own for one test, gone afterwards.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path =
                std::env::temp_dir().join(format!("s3setup-yaml-{}-{name}", std::process::id()));
            fs::create_dir_all(&path).unwrap();
            Self(path)
        }

        fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
            let path = self.0.join(name);
            fs::write(&path, bytes).unwrap();
            path
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn refusal(path: &Path) -> String {
        let text = Source::read(path).unwrap_err().to_string();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_file_is_read_as_it_is() {
        let folder = Folder::new("reads");
        let path = folder.write("a.yaml", "\u{feff}a: é\r\n".as_bytes());
        let source = Source::read(&path).unwrap();
        assert_eq!(
            (source.name, source.text),
            (path.display().to_string(), "\u{feff}a: é\r\n".to_owned())
        );
    }

    #[test]
    fn a_missing_file_names_the_one_that_was_meant() {
        let folder = Folder::new("missing");
        folder.write("neon.yaml", b"");
        let near = refusal(&folder.0.join("noen.yaml"));
        assert!(
            near.contains("no such file")
                && near.contains("did you mean")
                && near.contains("neon.yaml"),
            "{near}"
        );
        let far = refusal(&folder.0.join("something_else.yaml"));
        assert!(far.contains("check the path"), "{far}");
        let nowhere = refusal(&folder.0.join("no/where.yaml"));
        assert!(nowhere.contains("does not exist either"), "{nowhere}");
    }

    #[test]
    fn a_directory_names_its_manifests() {
        let folder = Folder::new("directory");
        assert!(refusal(&folder.0).contains("name a file"));
        folder.write("b.yml", b"");
        folder.write("notes.txt", b"");
        let text = refusal(&folder.0);
        assert!(
            text.contains("directory") && text.contains("b.yml") && !text.contains("notes"),
            "{text}"
        );
    }

    #[test]
    fn a_large_file_is_refused_by_its_size_and_the_limit_itself_is_read() {
        let folder = Folder::new("large");
        let large = folder.write("large.yaml", &vec![b'#'; 10 * 1024 * 1024]);
        assert!(refusal(&large).contains("10240 KiB"), "{}", refusal(&large));
        let full = folder.write("full.yaml", &vec![b'#'; MAX_BYTES]);
        assert_eq!(Source::read(&full).unwrap().text.len(), MAX_BYTES);
    }

    #[cfg(unix)]
    #[test]
    fn an_endless_device_is_refused_too() {
        assert!(refusal(Path::new("/dev/zero")).contains("more than the 1 MiB"));
    }

    #[test]
    fn text_that_is_not_utf8_shows_where() {
        let folder = Folder::new("utf8");
        let latin = folder.write("latin.yaml", b"a: 1\nname: M\xfcller\n");
        let text = refusal(&latin);
        assert!(
            text.contains("not UTF-8") && text.contains("latin.yaml:2:8"),
            "{text}"
        );
        let wide = folder.write("wide.yaml", b"\xff\xfea\0:\0");
        assert!(refusal(&wide).contains("UTF-16"), "{}", refusal(&wide));
    }
}
