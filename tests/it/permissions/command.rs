//! The command by itself: whose account, in which form, and what it refuses.

use serde_json::{Value, json};

use crate::{
    neon::{REPOSITORY, flat, tool, with_manifest},
    support::{Outcome, Proxy, S3setup, Server},
    vendors::Manifest,
};

/// Of AWS's own examples.
const ID: &str = "111122223333";

/// The folder of the policies that the documentation shows.
const POLICIES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/policies");

/// A tool that knows no account, with Neon's manifest.
fn offline() -> S3setup {
    with_manifest(S3setup::without_credentials())
}

fn neon(tool: &S3setup, flags: &[&str]) -> Outcome {
    let words = ["permissions", "neon.yaml", "--set", REPOSITORY];
    tool.run(&[&words[..], flags].concat())
}

/// All actions of a policy.
fn actions(policy: &Value) -> Vec<&str> {
    let statements = policy["Statement"].as_array().into_iter().flatten();
    let lists = statements.flat_map(|statement| statement["Action"].as_array());
    lists.flatten().filter_map(Value::as_str).collect()
}

/// All resources of a policy.
fn resources(policy: &Value) -> Vec<&str> {
    let statements = policy["Statement"].as_array().into_iter().flatten();
    let lists = statements.flat_map(|statement| statement["Resource"].as_array());
    lists.flatten().filter_map(Value::as_str).collect()
}

/// So many roles that one policy cannot name them all.
pub fn many(tool: &S3setup) {
    let role = |nth: usize| {
        format!(
            "  a-role-with-a-rather-long-name-{nth}:\n    trust: {{service: ec2.amazonaws.com}}\n"
        )
    };
    let roles: String = (0..200).map(role).collect();
    tool.file("many.yaml", &format!("name: many\nroles:\n{roles}"));
}

/// `BLESS=1 cargo test permissions` writes them anew; read what it wrote.
#[test]
fn the_policies_of_the_documentation_are_what_is_printed() {
    let tool = offline();
    for purpose in ["apply", "drift", "verify"] {
        let printed = neon(&tool, &["--for", purpose, "--account-id", ID]);
        let path = format!("{POLICIES}/neon-{purpose}.json");
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&path, &printed.stdout).expect("the checkout is writable");
        }
        let shown = std::fs::read_to_string(&path).expect("it is there");
        assert_eq!(printed.expect_code(0).stdout, shown, "{path}");
    }
}

#[test]
fn whose_account_is_asked_by_one_call_and_needs_no_permission() {
    let account = Server::ministack().account();
    let proxy = Proxy::before(&account);
    let printed = neon(&tool(proxy.account()), &["--for", "plan"]);
    let policy = printed.expect_code(0).json();
    let roles = format!("arn:aws:iam::{}:role/", account.account_id);
    assert!(resources(&policy).iter().any(|arn| arn.starts_with(&roles)));
    assert_eq!(proxy.operations(), ["sts:GetCallerIdentity"]);
}

#[test]
fn without_an_account_nothing_is_printed() {
    let outcome = neon(&offline(), &["--for", "plan"]);
    outcome.expect_code(1).expect_stderr("--account-id");
    assert_eq!(outcome.stdout, "");
    let tool = offline();
    tool.file("account.json", r#"{"account": "444455556666"}"#);
    neon(&tool, &["--for", "plan", "--account", "account.json"])
        .expect_code(0)
        .expect_stdout("arn:aws:iam::444455556666:role/");
    for id in ["1234", "11112222333a"] {
        neon(&tool, &["--for", "plan", "--account-id", id])
            .expect_code(1)
            .expect_stderr("an account id has 12 digits");
    }
}

#[test]
fn a_region_is_asked_for_only_where_the_policy_names_one_and_tells_the_partition() {
    let tool = offline();
    let all = Manifest::all_in("tests/it/sweep/manifests");
    let every = all.iter().find(|one| one.name == "every-kind");
    let file = every.expect("it is there").write_to(&tool);
    let run = |more: &[&str]| {
        let words = ["permissions", &file, "--for", "apply", "--account-id", ID];
        tool.run(&[&words[..], more].concat())
    };
    let outcome = run(&[]);
    outcome.expect_code(1).expect_stderr("give --region");
    assert_eq!(outcome.stdout, "");
    run(&["--region", "eu-west-1"])
        .expect_code(0)
        .expect_stdout(&format!("arn:aws:kms:eu-west-1:{ID}:key/*"))
        .expect_nowhere("us-east-1");
    let china = run(&["--region", "cn-north-1"]).json();
    for arn in resources(&china) {
        assert!(arn == "*" || arn.starts_with("arn:aws-cn:"), "{arn}");
    }
    // The ARNs of Neon's name none.
    neon(&tool, &["--for", "apply", "--account-id", ID]).expect_code(0);
}

#[test]
fn what_is_too_long_for_one_policy_is_refused_or_split() {
    let tool = S3setup::without_credentials();
    many(&tool);
    let words = [
        "permissions",
        "many.yaml",
        "--for",
        "apply",
        "--account-id",
        ID,
    ];
    let outcome = tool.run(&words);
    outcome.expect_code(1).expect_stderr("add --split");
    assert!(flat(&outcome.stderr).contains("AWS takes 6144 in one"));
    assert_eq!(outcome.stdout, "");
    let split = tool.run(&[&words[..], &["--split"]].concat());
    let policies = split.expect_code(0).json();
    let policies = policies.as_array().expect("a list");
    assert!(policies.len() > 1);
    let named: usize = policies
        .iter()
        .flat_map(resources)
        .filter(|arn| arn.ends_with("-199"))
        .count();
    assert_eq!(named, 2, "to read and to write");
}

#[test]
fn every_form_has_every_permission() {
    let tool = offline();
    let flags = |form| {
        [
            "--for",
            "apply,destroy",
            "--account-id",
            ID,
            "--output",
            form,
        ]
    };
    let policy = neon(&tool, &flags("json")).json();
    assert!(actions(&policy).len() > 30, "{policy:#}");
    for form in ["text", "markdown"] {
        let outcome = neon(&tool, &flags(form));
        for one in actions(&policy).into_iter().chain(resources(&policy)) {
            outcome.expect_code(0).expect_stdout(one);
        }
    }
}

#[test]
fn our_own_linter_finds_nothing_but_what_is_meant() {
    let tool = S3setup::without_credentials();
    let mut files = Vec::new();
    for manifest in Manifest::all() {
        let file = manifest.write_to(&tool);
        for purposes in ["drift", "plan,apply,verify,destroy"] {
            let mut words = vec!["permissions", &file, "--for", purposes, "--account-id", ID];
            let examples = manifest.examples_as_arguments();
            words.extend(examples.iter().map(String::as_str));
            words.extend(["--region", "eu-west-1", "--split"]);
            let printed = tool.run(&words).expect_code(0).json();
            for (at, policy) in printed.as_array().into_iter().flatten().enumerate() {
                let name = format!("{}-{}-{at}.json", manifest.name, purposes.len());
                tool.file(&name, &policy.to_string());
                files.push(name);
            }
        }
    }
    assert!(files.len() > 60, "{}", files.len());
    let mut words = vec!["policy", "lint", "--kind", "identity", "--account", ID];
    words.extend(["--output", "json"]);
    words.extend(files.iter().map(String::as_str));
    let found = tool.run(&words).expect_code(2).json();
    // Which group somebody has put a user into cannot be known; to write a bucket's policy is the job.
    let meant = [
        "iam:RemoveUserFromGroup can be allowed on single resources",
        "by s3:PutBucketPolicy who has the policy may give himself",
    ];
    let is_meant = |text: &str| meant.iter().any(|start| text.starts_with(start));
    let found = found.as_array().into_iter().flatten();
    let other: Vec<&Value> = found
        .filter(|one| !one["message"].as_str().is_some_and(is_meant))
        .collect();
    assert_eq!(other, Vec::<&Value>::new());
}

#[test]
fn what_makes_no_sense_is_refused() {
    let tool = offline();
    for (flags, said) in [
        (
            &["--for", "rotate"][..],
            "no user of the manifests has an access_key",
        ),
        (
            &["--for", "destroy", "--delete-objects", "other"],
            "no manifest has that bucket",
        ),
        (&["--for", "sing"], "invalid value"),
        (&[], "--for"),
        (&["--for", "plan", "--branch", "main"], "--github"),
        (
            &["--for", "plan", "--github", "a/b", "--split"],
            "cannot be used with",
        ),
    ] {
        let flags = [flags, &["--account-id", ID]].concat();
        let outcome = neon(&tool, &flags);
        assert!(
            flat(&outcome.expect_code(1).stderr).contains(said),
            "{outcome}"
        );
        assert_eq!(outcome.stdout, "");
    }
    let bucket = format!("neon-s3-backup-{ID}");
    let flags = ["--account-id", ID, "--delete-objects", &bucket];
    let destroy = neon(&tool, &[&["--for", "destroy"], &flags[..]].concat()).json();
    assert!(resources(&destroy).contains(&format!("arn:aws:s3:::{bucket}/*").as_str()));
    neon(&tool, &[&["--for", "apply"], &flags[..]].concat())
        .expect_code(1)
        .expect_stderr("goes with --for destroy");
}

#[test]
fn what_a_command_can_do_without_is_printed_only_if_it_is_asked_for() {
    let tool = offline();
    let drift = ["--for", "drift", "--account-id", ID];
    let plain = neon(&tool, &drift).expect_code(0).json();
    assert!(!actions(&plain).contains(&"cloudtrail:LookupEvents"));
    let more = neon(&tool, &[&drift[..], &["--with", "who"]].concat());
    let more = more.expect_code(0).json();
    let statements = more["Statement"].as_array().expect("a list");
    let optional = statements
        .iter()
        .find(|one| one["Sid"] == "OptionalWho")
        .expect("it is a statement of its own");
    assert_eq!(optional["Action"], json!(["cloudtrail:LookupEvents"]));
    assert_eq!(optional["Resource"], json!(["*"]));
    let both = neon(&tool, &[&drift[..], &["--with", "who,listings"]].concat());
    let both = both.expect_code(0).json();
    let added: Vec<&str> = actions(&both)
        .into_iter()
        .filter(|action| !actions(&plain).contains(action))
        .collect();
    assert_eq!(
        added,
        [
            "iam:GetAccountAuthorizationDetails",
            "iam:ListRoles",
            "s3:ListAllMyBuckets",
            "cloudtrail:LookupEvents",
        ]
    );
    for (flags, said) in [
        (["apply", "who"], "--with who goes with --for drift"),
        (["rotate", "listings"], "--with listings: rotate reads"),
    ] {
        let [purpose, extra] = flags;
        let flags = ["--for", purpose, "--with", extra, "--account-id", ID];
        neon(&tool, &flags).expect_code(1).expect_stderr(said);
    }
}

#[test]
fn several_manifests_are_one_policy() {
    let tool = offline();
    tool.file("other.yaml", "name: other\nbucket:\n  name: other-bucket\n");
    let both = neon(&tool, &["other.yaml", "--for", "plan", "--account-id", ID]).json();
    let buckets = json!([
        "arn:aws:s3:::neon-s3-backup-111122223333",
        "arn:aws:s3:::other-bucket"
    ]);
    let statements = both["Statement"].as_array().into_iter().flatten();
    let all: Vec<&str> = statements
        .filter_map(|one| one["Resource"].as_array())
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    for bucket in buckets.as_array().into_iter().flatten() {
        assert!(
            all.contains(&bucket.as_str().unwrap_or_default()),
            "{both:#}"
        );
    }
}

#[test]
fn a_manifest_that_names_its_accounts_needs_one_of_them() {
    let tool = S3setup::without_credentials();
    let text = format!("name: m\naccounts:\n  - account: \"{ID}\"\nusers: {{reader: {{}}}}\n");
    tool.file("m.yaml", &text);
    let ask = ["permissions", "m.yaml", "--for", "plan", "--account-id"];
    let policy = tool.run(&[&ask[..], &[ID]].concat()).expect_code(0).json();
    assert_eq!(
        resources(&policy),
        [format!("arn:aws:iam::{ID}:user/reader")]
    );
    tool.run(&[&ask[..], &["444455556666"]].concat())
        .expect_code(1)
        .expect_stderr("it is not for account 444455556666");
}
