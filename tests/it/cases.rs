//! Cases as folders: a manifest meets an account, and the plan's text must be that of `plan.txt`.
//! Then the plan is applied, and the next one must have no changes.
//!
//! A case is a folder of `tests/cases` with
//!
//! - `manifest.yaml`,
//! - `plan.txt`, what `s3setup plan` prints, without its last line, which tells the time,
//! - `account.json`, the account that it meets; without it, an empty one,
//! - `args`, more arguments of `plan` and `apply`, one a line,
//! - `adopt`, an empty file: what is there already may be adopted.
//!
//! A plan that cannot be applied, by its exit code, has to be refused, with nothing changed.
//! `BLESS=1 cargo test cases` writes every `plan.txt` anew; read what it wrote.

mod difference;

use std::{
    fs,
    path::{Path, PathBuf},
};

use self::difference::difference;
use crate::support::{Outcome, S3setup};

const EMPTY_ACCOUNT: &str = r#"{"account": "123456789012", "region": "us-east-1"}"#;

/// A folder of `tests/cases`.
struct Case {
    folder: PathBuf,
}

impl Case {
    fn all() -> Vec<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
        let mut folders: Vec<PathBuf> = fs::read_dir(&root)
            .expect("tests/cases is there")
            .map(|entry| entry.expect("it can be listed").path())
            .filter(|path| path.is_dir())
            .collect();
        folders.sort();
        folders.into_iter().map(|folder| Self { folder }).collect()
    }

    fn name(&self) -> String {
        self.folder
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    }

    fn read(&self, file: &str) -> Option<String> {
        fs::read_to_string(self.folder.join(file)).ok()
    }

    /// What is wrong with it, if anything is.
    fn check(&self, bless: bool) -> Result<(), String> {
        let tool = S3setup::without_credentials();
        let manifest = self
            .read("manifest.yaml")
            .ok_or("there is no manifest.yaml")?;
        let account = self
            .read("account.json")
            .unwrap_or_else(|| EMPTY_ACCOUNT.to_owned());
        tool.file("manifest.yaml", &manifest);
        tool.file("account.json", &account);
        let args = self.read("args").unwrap_or_default();
        let run = |command: &str, more: &[&str]| -> Outcome {
            let mut arguments = vec![command, "manifest.yaml", "--account", "account.json"];
            arguments.extend(args.lines().filter(|line| !line.trim().is_empty()));
            arguments.extend(more);
            tool.run(&arguments)
        };

        let plan = run("plan", &[]);
        if plan.stdout.is_empty() {
            return Err(format!("there is no plan:\n{plan}"));
        }
        self.compare(&without_last_line(&plan.stdout), bless)?;

        if plan.code != Some(0) {
            let refused = run("apply", &["--yes", "--adopt", "all"]);
            return match (refused.code, tool.read("account.json") == account) {
                (Some(1), true) => Ok(()),
                (_, same) => Err(format!(
                    "a plan with obstacles is not refused, or the account has changed ({}):\n{refused}",
                    !same
                )),
            };
        }
        let adopt: &[&str] = match self.folder.join("adopt").exists() {
            true => &["--adopt", "all"],
            false => &[],
        };
        let applied = run("apply", &[&["--yes"], adopt].concat());
        expect(
            &applied,
            "the plan cannot be applied",
            applied.code == Some(0),
        )?;
        let again = run("plan", &["--detailed-exitcode"]);
        let settled = again.code == Some(0) && again.stdout.contains("No changes.");
        expect(&again, "once applied, there are changes still", settled)
    }

    /// Fail unless `plan` is what `plan.txt` says, or write it there.
    fn compare(&self, plan: &str, bless: bool) -> Result<(), String> {
        let file = self.folder.join("plan.txt");
        if bless {
            return fs::write(&file, plan).map_err(|error| format!("{}: {error}", file.display()));
        }
        let expected = self.read("plan.txt").unwrap_or_default();
        match expected == plan {
            true => Ok(()),
            false => Err(format!(
                "the plan is not that of plan.txt (- expected, + now):\n{}\
                 If it is right now: BLESS=1 cargo test cases",
                difference(&expected, plan)
            )),
        }
    }
}

fn expect(outcome: &Outcome, wrong: &str, good: bool) -> Result<(), String> {
    if good {
        Ok(())
    } else {
        Err(format!("{wrong}:\n{outcome}"))
    }
}

/// The last line tells how long it took.
fn without_last_line(text: &str) -> String {
    let (head, last) = text.trim_end().rsplit_once('\n').unwrap_or_default();
    assert!(
        last.contains(" call"),
        "the last line tells what it has cost: {last:?}"
    );
    format!("{}\n", head.trim_end())
}

#[test]
fn cases_are_planned_as_written_and_settle() {
    let bless = std::env::var_os("BLESS").is_some();
    let cases = Case::all();
    assert!(cases.len() >= 20, "only {} cases were found", cases.len());
    let mut wrong = Vec::new();
    for case in &cases {
        match case.check(bless) {
            Ok(()) => println!("case {} ... ok", case.name()),
            Err(why) => {
                println!("case {} ... FAILED", case.name());
                wrong.push(format!("---- tests/cases/{}\n{why}\n", case.name()));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {} cases failed:\n\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
}
