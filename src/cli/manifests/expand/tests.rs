//! Which files are meant.

use super::*;

/// A folder of its own with these files.
fn folder(files: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for file in files {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "").unwrap();
    }
    folder
}

/// What `arguments`, which are below `folder`, stand for.
fn found(folder: &tempfile::TempDir, arguments: &[&str]) -> Result<Vec<String>, String> {
    let root = folder.path();
    let arguments: Vec<PathBuf> = arguments.iter().map(|one| root.join(one)).collect();
    let files = expand(&arguments, None).map_err(|error| format!("{error:#}"))?;
    let below = files.iter().map(|file| file.strip_prefix(root).unwrap());
    Ok(below.map(|file| file.display().to_string()).collect())
}

const TREE: [&str; 8] = [
    "b.yaml",
    "a.YML",
    "notes.txt",
    ".hidden.yaml",
    ".git/c.yaml",
    "team/x.yaml",
    "team/deep/y.yml",
    "other/z.yaml",
];

#[test]
fn a_folder_is_all_manifests_below_it_but_nothing_hidden() {
    let tree = folder(&TREE);
    let all = [
        "a.YML",
        "b.yaml",
        "other/z.yaml",
        "team/deep/y.yml",
        "team/x.yaml",
    ];
    assert_eq!(found(&tree, &[""]).unwrap(), all);
    let deep = ["team/deep/y.yml", "team/x.yaml"];
    assert_eq!(found(&tree, &["team"]).unwrap(), deep);
    // Who names what is hidden means it.
    assert_eq!(found(&tree, &[".git"]).unwrap(), [".git/c.yaml"]);
    assert_eq!(found(&tree, &[".hidden.yaml"]).unwrap(), [".hidden.yaml"]);
}

#[test]
fn a_pattern_is_what_a_shell_would_make_of_it() {
    let tree = folder(&TREE);
    let table: [(&str, &[&str]); 6] = [
        ("*.yaml", &["b.yaml"]),
        ("*/*.yaml", &["other/z.yaml", "team/x.yaml"]),
        (
            "**/*.y*ml",
            &["b.yaml", "other/z.yaml", "team/deep/y.yml", "team/x.yaml"],
        ),
        ("te?m/[xy].yaml", &["team/x.yaml"]),
        // A folder that it stands for is a folder.
        ("t*", &["team/deep/y.yml", "team/x.yaml"]),
        (".git/*", &[".git/c.yaml"]),
    ];
    for (pattern, files) in table {
        assert_eq!(found(&tree, &[pattern]).unwrap(), files, "{pattern}");
    }
}

#[test]
fn what_stands_for_nothing_is_an_error_that_says_so() {
    let tree = folder(&["empty/notes.txt", "b.yaml"]);
    let table = [
        ("empty", "there is no manifest in"),
        ("*.json", "nothing matches it"),
        ("nowhere/*.yaml", "nothing matches it"),
        ("a[.yaml", "is no pattern"),
    ];
    for (argument, says) in table {
        let error = found(&tree, &[argument]).unwrap_err();
        assert!(error.contains(says), "{argument}: {error}");
    }
    // Of one file the reader says what is wrong with it.
    assert_eq!(found(&tree, &["nothing.yaml"]).unwrap(), ["nothing.yaml"]);
}

#[test]
fn a_file_is_read_once_and_in_its_order() {
    let tree = folder(&["b.yaml", "a.yaml", "a[1].yaml"]);
    let twice = ["b.yaml", ".", "./a.yaml", "*.yaml"];
    let once: Vec<String> = found(&tree, &twice).unwrap();
    let names: Vec<&str> = once
        .iter()
        .map(|one| one.trim_start_matches("./"))
        .collect();
    assert_eq!(names, ["b.yaml", "a.yaml", "a[1].yaml"]);
    assert_eq!(found(&tree, &["a[1].yaml"]).unwrap(), ["a[1].yaml"]);
}

#[test]
fn the_file_of_accounts_is_no_manifest() {
    let tree = folder(&["b.yaml", "accounts.yaml"]);
    let aside = tree.path().join("accounts.yaml");
    let files = expand(&[tree.path().to_owned()], Some(&aside)).unwrap();
    assert_eq!(files, [tree.path().join("b.yaml")]);
}

#[cfg(unix)]
#[test]
fn links_to_folders_are_not_followed_and_links_to_files_are_read() {
    use std::os::unix::fs::symlink;
    // As Kubernetes mounts a ConfigMap.
    let tree = folder(&["..data/m.yaml", "team/x.yaml"]);
    let root = tree.path();
    symlink("..data/m.yaml", root.join("m.yaml")).unwrap();
    symlink(".", root.join("circle")).unwrap();
    symlink("../team", root.join("team/again")).unwrap();
    symlink("nowhere.yaml", root.join("nowhere-to.yaml")).unwrap();
    let all = ["m.yaml", "nowhere-to.yaml", "team/x.yaml"];
    assert_eq!(found(&tree, &["."]).unwrap().len(), all.len());
    assert_eq!(found(&tree, &["**/*.yaml"]).unwrap(), all);
    // A link that is named is meant.
    assert_eq!(
        found(&tree, &["team/again"]).unwrap(),
        ["team/again/x.yaml"]
    );
}
