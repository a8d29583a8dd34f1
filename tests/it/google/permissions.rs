//! What `permissions --google` prints is enough, and not too much: each command of each manifest's life
//! goes well for an operator who has exactly that, and fails without any one of them, naming it.

use super::sweep::scene::Scene;
use super::sweep::{Action, manifests};
use crate::faults::in_parallel;
use crate::support::Outcome;
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// What is printed and goes well without: the command, the permission (of both, `*` is any), and the reason.
const EXEMPT: &[(&str, &str, &str)] = &[
    (
        "apply",
        "iam.serviceAccountKeys.delete",
        "a key that could not be handed over is deleted",
    ),
    (
        "apply",
        "iam.serviceAccountKeys.disable",
        "a rotation that was cut short is finished",
    ),
    (
        "rotate",
        "iam.serviceAccountKeys.delete",
        "a key that was replaced is deleted once its time has come",
    ),
    (
        "rotate",
        "secretmanager.secrets.create",
        "a secret that somebody deleted is made again",
    ),
    (
        "*",
        "secretmanager.versions.get",
        "asked where a run was cut short that handed a key over",
    ),
    (
        "apply",
        "iam.serviceAccounts.disable",
        "an account that an undo leads back may have been disabled",
    ),
    (
        "verify",
        "*",
        "it need not read what it can try, and tells what it could not try or remove",
    ),
];

/// A command, and where in a manifest's life it is run.
struct Purpose {
    command: &'static str,
    begins: &'static [Action],
}

const PURPOSES: [Purpose; 6] = [
    Purpose {
        command: "plan",
        begins: &[Action::Create, Action::Update],
    },
    Purpose {
        command: "apply",
        begins: &[
            Action::Create,
            Action::Update,
            Action::Adopt,
            Action::Restore,
        ],
    },
    Purpose {
        command: "drift",
        begins: &[Action::Destroy],
    },
    Purpose {
        command: "verify",
        begins: &[Action::Destroy],
    },
    Purpose {
        command: "destroy",
        begins: &[Action::Destroy],
    },
    Purpose {
        command: "rotate",
        begins: &[Action::Rotate],
    },
];

/// Runs the command where the scene begins, as an operator who may do this and nothing else.
fn run(scene: &Scene, command: &str, may: Option<&BTreeSet<String>>) -> Outcome {
    let mut ground = scene.ground();
    ground.limit_operator(may.cloned());
    if command == "verify" {
        ground.tell_apart(scene);
    }
    let words = match command {
        "apply" | "destroy" | "rotate" => scene.command(),
        "verify" => scene.words("verify", &["--wait", "0"]),
        other => scene.words(other, &[]),
    };
    // A refusal right after something was made is waited for, as it may be that Google does not know it yet.
    let words = words.iter().map(String::as_str).chain(["--timeout", "2"]);
    ground.tool.run(&words.collect::<Vec<_>>())
}

/// The permissions that are printed for a command of a manifest.
fn printed(scene: &Scene, command: &str) -> BTreeSet<String> {
    let mut flags = vec!["--google", "--for", command, "--output", "text"];
    let buckets = scene.buckets();
    if command == "destroy" {
        flags.extend(buckets.iter().flat_map(|it| ["--delete-objects", it]));
    }
    let words = scene.words("permissions", &flags);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let printed = scene.ground().tool.run(&words);
    printed.expect_code(0);
    printed.stdout.lines().map(str::to_owned).collect()
}

/// What is wrong with the permissions of one command, and how many were taken away.
fn proven(scenes: &[Scene], command: &str) -> (usize, Vec<String>) {
    let may = printed(scenes.last().expect("there is one"), command);
    assert!(!may.is_empty(), "{command} takes nothing?");
    let mut wrong = Vec::new();
    let whole: Vec<Option<i32>> = scenes
        .iter()
        .map(|scene| {
            let (free, held) = (run(scene, command, None), run(scene, command, Some(&may)));
            if free.code != held.code {
                wrong.push(format!("{} is not enough: {held}", scene.action));
            }
            held.code
        })
        .collect();
    let mut named = 0;
    for one in &may {
        let mut less = may.clone();
        less.remove(one);
        let fails = scenes.iter().zip(&whole).any(|(scene, code)| {
            let outcome = run(scene, command, Some(&less));
            let is_named = [&outcome.stdout, &outcome.stderr]
                .into_iter()
                .any(|text| text.contains(one.as_str()));
            outcome.code != *code && is_named
        });
        let exempt = EXEMPT
            .iter()
            .any(|(of, name, _)| [command, "*"].contains(of) && [one.as_str(), "*"].contains(name));
        match fails {
            true => named += 1,
            false if exempt => {}
            false => wrong.push(format!("nothing fails without {one}, and names it")),
        }
    }
    (named, wrong)
}

#[test]
fn what_is_printed_is_enough_and_not_too_much() {
    let manifests = manifests();
    let all: Vec<_> = manifests
        .iter()
        .flat_map(|manifest| PURPOSES.iter().map(move |purpose| (manifest, purpose)))
        .filter(|(manifest, purpose)| {
            let of = Action::of(manifest);
            purpose.begins.iter().all(|begins| of.contains(begins))
        })
        .collect();
    let told: Mutex<(usize, Vec<String>)> = Mutex::default();
    in_parallel(all.len(), |number| {
        let (manifest, Purpose { command, begins }) = all[number];
        let scenes: Result<Vec<Scene>, String> =
            begins.iter().map(|it| Scene::new(manifest, *it)).collect();
        let (named, wrong) = match scenes {
            Ok(scenes) => proven(&scenes, command),
            Err(why) => (0, vec![why]),
        };
        let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
        told.0 += named;
        let wrong = wrong
            .iter()
            .map(|why| format!("---- {}, {command}: {why}", manifest.name));
        told.1.extend(wrong);
    });
    let (named, wrong) = told.into_inner().unwrap_or_else(PoisonError::into_inner);
    println!("permissions at Google: {named} taken away and named");
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn a_bucket_that_no_manifest_has_was_mistyped() {
    let (_server, tool) = super::ground();
    let ask = |bucket: &str| {
        let words = ["permissions", "events.yaml", "--google", "--for", "destroy"];
        tool.run(&[&words[..], &["--delete-objects", bucket]].concat())
    };
    ask(super::BUCKET).expect_code(0);
    let wrong = ask("acme-event");
    wrong.expect_code(1);
    crate::neon::says(&wrong, "no manifest has that bucket");
}
