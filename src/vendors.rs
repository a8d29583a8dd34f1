//! The manifests of `manifests/`, built into the binary: one for each use.

/// A manifest that is built in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// The file's name without `.yaml`, which is the manifest's name, too.
    pub name: &'static str,
    /// The section of `docs/vendors.md` that it is in.
    pub section: &'static str,
    /// The whole file.
    pub text: &'static str,
}

/// All of them, in the order of `docs/vendors.md`.
pub const ALL: &[Manifest] = include!(concat!(env!("OUT_DIR"), "/manifests.rs"));

impl Manifest {
    /// What it is for: the first sentence of its comment.
    #[must_use]
    pub fn about(&self) -> String {
        let lines = self.text.lines().skip_while(|line| *line != "#").skip(1);
        let words: Vec<&str> = lines
            .map_while(|line| line.strip_prefix("# "))
            .collect::<Vec<_>>();
        let paragraph = words.join(" ");
        match paragraph.split_once(". ") {
            Some((first, _)) => format!("{first}."),
            None => paragraph,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_list_is_the_folder() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/manifests");
        let there: BTreeSet<(String, String)> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|end| end == "yaml"))
            .map(|path| {
                let name = path.file_stem().unwrap().to_string_lossy().into_owned();
                (name, std::fs::read_to_string(path).unwrap())
            })
            .collect();
        let built_in = ALL
            .iter()
            .map(|one| (one.name.to_owned(), one.text.to_owned()))
            .collect();
        assert_eq!(there, built_in);
        assert!(ALL.len() > 30, "{}", ALL.len());
    }

    #[test]
    fn each_says_in_one_sentence_what_it_is_for_and_has_a_section() {
        for one in ALL {
            let about = one.about();
            assert!(about.ends_with('.') && about.len() > 30, "{about}");
            assert!(about.len() < 200, "{}: {about}", one.name);
            assert_ne!(one.section, "Others", "docs/vendors.md: {}", one.name);
        }
    }
}
