//! The vendors' manifests: each says what it follows, is planned by its examples, allows exactly what
//! `vendors/expected/NAME.txt` says, settles at a server, and lets in whom it should and nobody else.
//!
//! A new vendor is a file in `manifests/`, one in `vendors/expected/`, and a row each in
//! `docs/vendors.md` and in `README.md`.

mod allowed;
mod call;
mod documents;
mod expected;
mod manifest;
mod session;

use std::{
    collections::BTreeSet,
    fs,
    path::Path,
    sync::{Mutex, PoisonError},
    thread,
};

pub use self::{
    manifest::Manifest,
    session::{claims, handed_over},
};

use self::{allowed::allowed, call::Call, expected::Expected};
use crate::support::{Account, S3setup, Server};

/// How many manifests are tried at the same time: the tool waits for the server a good deal.
const AT_ONCE: usize = 4;

/// An account that nobody has touched.
const EMPTY_ACCOUNT: &str = r#"{"account": "123456789012", "region": "us-east-1"}"#;

#[test]
fn every_manifest_says_what_it_is() {
    for_each(|manifest| manifest.check_text());
}

#[test]
fn every_manifest_allows_exactly_what_is_expected() {
    for_each(|manifest| {
        let tool = S3setup::without_credentials();
        tool.file("account.json", EMPTY_ACCOUNT);
        let file = manifest.write_to(&tool);
        let valid = tool.run(&["validate", &file]);
        if valid.code != Some(0) {
            return Err(format!("it is not valid:\n{valid}"));
        }
        let arguments = ["--account", "account.json", "--output", "json"];
        let plan = tool.run(&[&["plan", &file], &arguments[..]].concat());
        if plan.code != Some(0) {
            return Err(format!("there is no plan by its examples:\n{plan}"));
        }
        let (found, expected) = (
            allowed(&plan.json()),
            Expected::of(&manifest.name)?.allowed(),
        );
        match found == expected {
            true => Ok(()),
            false => Err(format!("it allows\n\n{found}\nand not\n\n{expected}")),
        }
    });
}

#[test]
fn every_manifest_settles_and_lets_in_whom_it_should() {
    for_each(|manifest| {
        let account = account_for(manifest)?;
        let tool = S3setup::new(&account);
        let file = manifest.write_to(&tool);
        let given = manifest.examples_as_arguments();
        let run = |command: &str, more: &[&str]| {
            let mut arguments = vec![command, file.as_str()];
            arguments.extend(given.iter().map(String::as_str));
            arguments.extend(more);
            let outcome = tool.run(&arguments);
            match outcome.code {
                Some(0) => Ok(outcome),
                _ => Err(format!("it does not settle:\n{outcome}")),
            }
        };
        run("apply", &["--yes"])?;
        run("plan", &["--detailed-exitcode"])?;
        run("drift", &[])?;
        let outputs = run("outputs", &["--output", "json"])?.json();
        for (name, value) in outputs.as_object().into_iter().flatten() {
            // An expression of GitHub Actions is for GitHub to fill in.
            let ours = value.to_string().replace("${{", "");
            if ours.contains("${") {
                return Err(format!("the output {name} is not filled in: {value}"));
            }
        }
        try_calls(&account, &tool, manifest)
    });
}

/// Snowflake tells whom to trust only when it knows the role. The first step is tried with all others.
#[test]
fn snowflake_gets_in_once_its_user_and_external_id_are_given() {
    for name in ["snowflake", "snowflake-unload"] {
        let manifests = Manifest::all();
        let manifest = manifests.iter().find(|one| one.name == name);
        let manifest = manifest.expect("it is in manifests/");
        let account = Server::ministack().account();
        let tool = S3setup::new(&account);
        let file = manifest.write_to(&tool);
        tool.run(&["apply", &file, "--yes"]).expect_code(0);
        let user =
            "user_arn=arn:aws:iam::555566667777:user/snowflake-of-NAME".replace("NAME", name);
        let given = ["--set", &user, "--set", "external_id=ACME_SFCRole=2_abc/d="];
        let run = |command: &str, more: &[&str]| {
            let arguments = [&[command, file.as_str()], &given[..], more].concat();
            tool.run(&arguments).expect_code(0).clone()
        };
        run("apply", &["--yes"]).expect_stderr("updated");
        run("plan", &["--detailed-exitcode"]);
        let role = format!("role.{name}");
        let snowflake = session::of(&account, &role, "snowflake-2").expect("it is let in");
        let bucket = manifest.bucket(&account);
        let list = Call::parse("list snowflake/").expect("it is a call");
        list.make(&account, &snowflake, &bucket).expect("it may");
    }
}

#[test]
fn nothing_is_expected_of_a_manifest_that_is_not_there() {
    let names: BTreeSet<String> = Manifest::all().into_iter().map(|one| one.name).collect();
    assert_eq!(names, Expected::names());
}

/// An account of its own; or the vendor's, where a bucket policy names a user of it: ministack knows
/// whole accounts only across accounts, so that user is tried from within.
fn account_for(manifest: &Manifest) -> Result<Account, String> {
    let server = Server::ministack();
    let principals = Expected::of(&manifest.name)?.principals();
    let vendor = principals
        .iter()
        .find_map(|principal| principal.name.strip_prefix("arn:aws:iam::")?.get(..12));
    Ok(vendor.map_or_else(|| server.account(), |id| server.account_with_id(id)))
}

/// Become each principal that calls are written for, and make them.
fn try_calls(account: &Account, tool: &S3setup, manifest: &Manifest) -> Result<(), String> {
    let bucket = manifest.bucket(account);
    for principal in Expected::of(&manifest.name)?.principals() {
        let key_file = manifest
            .key_file()
            .filter(|_| principal.name.starts_with("user."));
        let who = match key_file {
            Some(file) => session::handed_over(account, &tool.read(&file)),
            None => session::of(account, &principal.name, &manifest.name),
        };
        let who = who.map_err(|why| format!("nobody can become {}: {why}", principal.name))?;
        for (can, call) in &principal.calls {
            let answer = Call::parse(call)?.make(account, &who, &bucket);
            let right = match &answer {
                Ok(()) => *can,
                Err(refused) => !can && refused.status == 403,
            };
            if !right {
                let wanted = if *can { "can" } else { "cannot" };
                let name = &principal.name;
                return Err(format!(
                    "{name} {wanted} {call:?}, it says, but: {answer:?}"
                ));
            }
        }
    }
    Ok(())
}

/// Try all manifests, several at once, and fail with what is wrong with each.
pub fn for_each(check: impl Fn(&Manifest) -> Result<(), String> + Sync) {
    let manifests = Manifest::all();
    assert!(manifests.len() > 30, "only {} manifests", manifests.len());
    let left = Mutex::new(manifests.iter());
    let wrong = Mutex::new(Vec::new());
    let next = || left.lock().unwrap_or_else(PoisonError::into_inner).next();
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(manifest) = next() {
                    if let Err(why) = check(manifest) {
                        let text = format!("---- manifests/{}.yaml\n{why}\n", manifest.name);
                        wrong
                            .lock()
                            .unwrap_or_else(PoisonError::into_inner)
                            .push(text);
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap_or_else(PoisonError::into_inner);
    assert!(
        wrong.is_empty(),
        "{} of {} manifests:\n\n{}",
        wrong.len(),
        manifests.len(),
        wrong.join("\n")
    );
}

/// The checkout.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    fs::read_to_string(path)
        .unwrap_or_else(|error| panic!("{} cannot be read: {error}", path.display()))
}

/// The names of the files in `folder` that end in `.EXTENSION`, without that, sorted.
fn names_in(folder: &Path, extension: &str) -> BTreeSet<String> {
    fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{} cannot be listed: {error}", folder.display()))
        .map(|entry| entry.expect("it can be listed").path())
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned()))
        .collect()
}
