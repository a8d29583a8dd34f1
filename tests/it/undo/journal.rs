//! The journal itself: before the first call that writes, or none is sent.

use std::process::Command;

use super::{ground, listed};
use crate::{
    neon::{self, APPLY, flat, writes},
    support::S3setup,
};

/// The only journal's path in the tool's folder, and its text.
fn journal(tool: &S3setup) -> (String, String) {
    let run = listed(tool)[0]["run"].as_str().expect("a name").to_owned();
    let path = format!(".s3setup/journal/{run}.jsonl");
    let text = tool.read(&path);
    (path, text)
}

#[test]
fn without_a_journal_nothing_is_changed() {
    let (proxy, tool) = ground();
    neon::manifest(&tool);
    // Root may write anywhere, but not below a file.
    tool.file("file", "");
    let commands: [&[&str]; 2] = [
        &[APPLY, &["--journal", "file/journal"]].concat(),
        &[APPLY, &["--journal", "/proc/journal"]].concat(),
    ];
    for command in commands {
        let outcome = tool.run(command);
        outcome.expect_code(1);
        let said = flat(&outcome.stderr);
        assert!(said.contains("error: cannot write a journal in"), "{said}");
        assert!(said.contains("nothing was changed"), "{said}");
        assert!(
            said.contains("hint: every change is noted before it is made"),
            "{said}"
        );
        assert_eq!(writes(&proxy), Vec::<String>::new());
    }
    tool.run(APPLY).expect_code(0);
    let set = [
        "--set",
        neon::REPOSITORY,
        "--confirm",
        "neon",
        "--journal",
        "file/journal",
    ];
    proxy.forget();
    tool.run(&[&["destroy", "neon.yaml"], &set[..]].concat())
        .expect_code(1);
    assert_eq!(writes(&proxy), Vec::<String>::new());
}

#[test]
fn once_the_disk_is_full_no_new_step_is_begun_and_a_second_run_goes_on() {
    let (proxy, tool) = ground();
    neon::manifest(&tool);
    tool.run(APPLY).expect_code(0);
    let (_, text) = journal(&tool);
    let header = text.lines().next().expect("the header").len() + 1;
    let (proxy_of_full, full) = ground();
    neon::manifest(&full);
    // The file may have a few lines after its first: dash counts in blocks of 512 bytes.
    let blocks = header.div_ceil(512);
    let ours = full.command(APPLY);
    let limited = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
    let output = Command::new("sh")
        .args(["-c", &limited])
        .arg(ours.get_program())
        .args(ours.get_args())
        .current_dir(full.folder())
        .env_clear()
        .envs(
            ours.get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .output()
        .expect("there is a shell");
    let said = flat(&String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("cannot write the journal"), "{said}");
    assert!(said.contains("Not begun, for that reason:"), "{said}");
    assert!(
        writes(&proxy_of_full).len() < writes(&proxy).len(),
        "not all was begun"
    );
    full.run(APPLY).expect_code(0);
    assert_eq!(
        neon::found(proxy_of_full.account()),
        neon::wanted(proxy_of_full.account())
    );
}

#[cfg(unix)]
#[test]
fn a_journal_is_its_owners_alone_and_has_each_step_before_its_call() {
    use std::os::unix::fs::PermissionsExt;
    let (proxy, tool) = ground();
    neon::manifest(&tool);
    let folder = tool.folder().join(".s3setup/journal");
    let seen = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let (note, at) = (std::sync::Arc::clone(&seen), folder.clone());
    proxy.rule(move |call| {
        if call.operation == "CreateRole" {
            let texts = std::fs::read_dir(&at).into_iter().flatten().flatten();
            let texts =
                texts.map(|entry| std::fs::read_to_string(entry.path()).unwrap_or_default());
            note.lock().expect("nobody panicked").extend(texts);
        }
        None
    });
    tool.run(APPLY).expect_code(0);
    let seen = seen.lock().expect("nobody panicked").clone();
    let begun = format!("\"step\":\"role.{}\"}}}}", neon::ROLE);
    let noted = seen[0]
        .lines()
        .any(|line| line.contains("begun") && line.ends_with(&begun));
    assert!(noted, "{seen:?}");
    let mode = |path: &std::path::Path| {
        std::fs::metadata(path)
            .expect("it is there")
            .permissions()
            .mode()
            & 0o777
    };
    let (path, text) = journal(&tool);
    assert_eq!(
        (mode(&folder), mode(&tool.folder().join(path))),
        (0o700, 0o600)
    );
    assert!(
        text.lines().last().expect("a line").contains("finished"),
        "{text}"
    );
}

#[test]
fn a_rotation_has_a_journal_and_no_way_back() {
    let (_proxy, tool) = ground();
    tool.file(
        "k.yaml",
        "name: k
users:
  writer: {access_key: {sink: {file: {path: writer.env, format: dotenv}}}}
",
    );
    tool.run(&["apply", "k.yaml", "--yes"]).expect_code(0);
    tool.run(&["rotate", "k.yaml", "--yes"]).expect_code(0);
    let runs = listed(&tool);
    assert_eq!(
        (&runs[0]["command"], &runs[0]["done"]),
        (&"rotate".into(), &1.into())
    );
    let run = runs[0]["run"].as_str().expect("a name");
    tool.run(&["undo", run])
        .expect_code(1)
        .expect_stderr("a rotation cannot be undone");
    let secret = tool.read("writer.env");
    let secret = secret
        .lines()
        .find_map(|line| line.strip_prefix("AWS_SECRET_ACCESS_KEY="));
    let secret = secret
        .expect("it is in the sink")
        .trim_matches('"')
        .to_owned();
    for run in &runs {
        let path = format!(
            ".s3setup/journal/{}.jsonl",
            run["run"].as_str().expect("a name")
        );
        assert!(!tool.read(&path).contains(&secret), "a secret in a journal");
    }
}
