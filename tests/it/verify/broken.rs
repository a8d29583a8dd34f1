//! Manifests that are broken behind the tool's back: verify names what is wrong.

use std::slice;

use serde_json::{Value, json};

use super::ground::{Ground, checks, texts};
use super::policies::Policy;
use crate::vendors::{Manifest, for_each};

const MORE: &str = "allowed_but_not_promised";
const LESS: &str = "refused_but_promised";

/// One of each shape is broken in every way. Of all others a statement is taken, by the walk that
/// verifies them: everything of every manifest would take more than a minute.
const SHAPES: [&str; 13] = [
    "backup-target",              // a user with an inline policy
    "backup-target-prefix",       // in a folder
    "datadog-archives",           // a role of this account that others make
    "gitlab",                     // a role with an inline policy, by a token
    "neon",                       // a role by the bucket policy
    "pgbackrest",                 // several statements for one action
    "restic-append-only",         // two folders, one in the other
    "rudderstack-events-backup",  // a group and a managed policy
    "rudderstack-s3-kms",         // a key
    "rudderstack-s3-sse-s3",      // a statement that denies
    "rudderstack-s3-vendor-user", // somebody of another account, by the bucket policy
    "snowflake",                  // a role in a folder
    "terraform-state",            // two objects
];

#[test]
fn whatever_is_broken_of_a_manifest_is_named() {
    let manifests = Manifest::all();
    let there = |name: &&str| manifests.iter().any(|one| one.name == **name);
    assert!(SHAPES.iter().all(there), "one is not there");
    for_each(|manifest| {
        if !SHAPES.contains(&manifest.name.as_str()) {
            return Ok(());
        }
        // The server here is asked by plain HTTP, at which this refuses everything anyway.
        let manifest = manifest.with(|text| text.replace("  deny_plain_http: true\n", ""));
        let ground = Ground::of(&manifest)?;
        let whole = ground.verify(&["--output", "json"]).expect_code(0).json();
        each_statement_gone(&ground)?;
        a_statement_too_many(&ground, &whole)?;
        another_folder(&ground, &whole)?;
        an_inactive_key(&ground)?;
        let healed = ground.verify(&[]);
        match (healed.code, ground.left()) {
            (Some(0), left) if left == json!([]) => Ok(()),
            (_, left) => Err(format!("all is as before, and {left} is left:\n{healed}")),
        }
    });
}

/// The report of `ground` while `policies` are otherwise; then they are again as they were.
fn while_otherwise(ground: &Ground, before: &[Policy], now: &[Policy]) -> Result<Value, String> {
    now.iter().for_each(|policy| policy.write(&ground.account));
    let outcome = ground.verify(&["--output", "json"]);
    before
        .iter()
        .for_each(|policy| policy.write(&ground.account));
    match outcome.code {
        Some(2) => Ok(outcome.json()),
        _ => Err(format!("it is broken, and that is not told:\n{outcome}")),
    }
}

/// Whether one check of this verdict names `what` among its reasons.
fn expect(report: &Value, verdict: &str, reasons: &str, what: &str) -> Result<(), String> {
    let all = checks(report);
    let wrong: Vec<_> = all
        .iter()
        .filter(|(_, check)| check["verdict"] == verdict)
        .collect();
    let named = |check: &Value| {
        texts(&check[reasons])
            .iter()
            .any(|text| text.contains(what))
    };
    match wrong.iter().any(|(_, check)| named(check)) {
        true => Ok(()),
        false => Err(format!("no {verdict} names {what:?}, of {wrong:#?}")),
    }
}

fn each_statement_gone(ground: &Ground) -> Result<(), String> {
    for policy in Policy::all(&ground.account) {
        for at in 0..policy.statements().len() {
            gone(ground, &policy, at)?;
        }
    }
    Ok(())
}

/// The last statement of the last policy is taken away for a while, and has to be named.
///
/// # Errors
/// It is not.
pub fn a_statement_gone(ground: &Ground) -> Result<(), String> {
    let all = Policy::all(&ground.account);
    let policy = all.last().ok_or("there is no policy")?;
    gone(ground, policy, policy.statements().len() - 1)
}

fn gone(ground: &Ground, policy: &Policy, at: usize) -> Result<(), String> {
    let mut rest = policy.statements().to_vec();
    let gone = rest.remove(at);
    let what = format!("{} of {}", text(&gone["Sid"]), policy.called());
    let less = policy.with_statements(&rest);
    let (verdict, reasons, what) = match gone["Effect"] == "Deny" {
        // What it denied is allowed by another one.
        true => (MORE, "because", String::new()),
        false => (LESS, "promised_by", what),
    };
    while_otherwise(ground, slice::from_ref(policy), &[less])
        .and_then(|report| expect(&report, verdict, reasons, &what))
        .map_err(|why| format!("without {gone} of {}: {why}", policy.called()))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Everything in the bucket, for each principal in turn.
fn a_statement_too_many(ground: &Ground, whole: &Value) -> Result<(), String> {
    let policies = Policy::all(&ground.account);
    let bucket = ground
        .account
        .python("s3.list_buckets()['Buckets'][0]['Name']");
    let bucket = bucket.as_str().expect("there is one");
    let arn = format!("arn:aws:s3:::{bucket}");
    let everything = json!({"Sid": "TooMuch", "Effect": "Allow", "Action": "s3:*",
        "Resource": [arn, format!("{arn}/*")]});
    let principals = whole["manifests"][0]["principals"].as_array();
    for tried in principals.into_iter().flatten() {
        let name = tried["principal"].as_str().expect("it has a name");
        let nothing = |kind: &str, of: &str, name: &str| Policy {
            kind: kind.to_owned(),
            of: of.to_owned(),
            name: name.to_owned(),
            document: Value::Null,
        };
        let (before, statement) = match name.split_once('.') {
            _ if name == "anyone" => continue,
            Some((kind @ ("user" | "role"), name)) => {
                (nothing(kind, name, "extra"), everything.clone())
            }
            _ => {
                let is_of_bucket = |policy: &&Policy| policy.kind == "bucket";
                let policy = policies.iter().find(is_of_bucket).cloned();
                let mut statement = everything.clone();
                statement["Principal"] = json!({"AWS": name});
                let policy = policy.unwrap_or_else(|| nothing("bucket", bucket, ""));
                (policy, statement)
            }
        };
        let statements = [before.statements(), &[statement]].concat();
        let now = before.with_statements(&statements);
        let report = while_otherwise(ground, slice::from_ref(&before), &[now])?;
        expect(
            &report,
            MORE,
            "because",
            &format!("TooMuch of {}", before.called()),
        )
        .map_err(|why| format!("everything for {name}: {why}"))?;
    }
    Ok(())
}

/// Where access is to one folder, it is to another one.
fn another_folder(ground: &Ground, whole: &Value) -> Result<(), String> {
    let all = checks(whole);
    let mut folders = all
        .iter()
        .filter(|(name, _)| *name != "anyone")
        .filter_map(|(_, check)| check["place"]["folder"].as_str());
    let Some(folder) = folders.find(|folder| !folder.is_empty()) else {
        return Ok(());
    };
    let before = Policy::all(&ground.account);
    let moved = |policy: &Policy| {
        let text = policy.document.to_string().replace(folder, "moved/");
        policy.with(text.parse().expect("it is JSON still"))
    };
    let now: Vec<Policy> = before.iter().map(moved).collect();
    let report = while_otherwise(ground, &before, &now)?;
    let at = |verdict: &str, folder: &str| {
        checks(&report)
            .iter()
            .any(|(_, check)| check["verdict"] == verdict && check["place"]["folder"] == folder)
    };
    match at(LESS, folder) && at(MORE, "moved/") {
        true => Ok(()),
        false => Err(format!(
            "{folder} was moved, and that is not told: {report:#}"
        )),
    }
}

fn an_inactive_key(ground: &Ground) -> Result<(), String> {
    let set = |status: &str| {
        ground.account.python_with(
            "keys = [key for user in iam.list_users()['Users']
    for key in iam.list_access_keys(UserName=user['UserName'])['AccessKeyMetadata']]
for key in keys:
    iam.update_access_key(
        UserName=key['UserName'], AccessKeyId=key['AccessKeyId'], Status=status)
[key['AccessKeyId'] for key in keys]",
            &json!({"status": status}),
        )
    };
    let keys = set("Inactive");
    let outcome = ground.verify(&["--output", "json"]);
    set("Active");
    let keys = texts(&keys);
    let Some(key) = keys.first() else {
        return Ok(());
    };
    let report = outcome.json();
    let problem = report["manifests"][0]["principals"][0]["problem"].as_str();
    match problem.is_some_and(|problem| problem.contains(key)) && outcome.code == Some(2) {
        true => Ok(()),
        false => Err(format!(
            "the key {key} is inactive, and that is not told:\n{outcome}"
        )),
    }
}

/// Whoever the bucket policy lets in besides.
#[test]
fn somebody_else_in_the_bucket_policy_is_named() {
    let manifests = Manifest::all();
    let neon = manifests.iter().find(|one| one.name == "neon");
    let ground = Ground::of(neon.expect("it is in manifests/")).expect("it can be applied");
    let policies = Policy::all(&ground.account);
    let policy = policies.iter().find(|policy| policy.kind == "bucket");
    let policy = policy.expect("Neon's access is by the bucket policy");
    let temporary = json!({"Sid": "Temporary", "Effect": "Allow", "Action": "s3:GetObject",
        "Principal": {"AWS": "444455556666"},
        "Resource": format!("arn:aws:s3:::{}/old/*", policy.of)});
    let now = policy.with_statements(&[policy.statements(), &[temporary]].concat());
    let report = while_otherwise(&ground, slice::from_ref(policy), &[now]).expect("it is told");
    expect(&report, MORE, "because", "Temporary of the bucket policy").expect("it is named");
    let wrong = checks(&report);
    let wrong: Vec<_> = wrong
        .iter()
        .filter(|(_, check)| check["verdict"] == MORE)
        .map(|(name, check)| (*name, check["operation"].clone(), check["place"].clone()))
        .collect();
    let expected = (
        "account 444455556666",
        json!("get"),
        json!({"folder": "old/"}),
    );
    assert_eq!(wrong, [expected]);
}
