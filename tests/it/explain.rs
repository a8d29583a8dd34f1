//! Why a workflow may or may not take a role, and somebody may or may not do something.

mod access;
mod live;
mod tokens;

use serde_json::{Value, json};

use crate::neon::flat;
use crate::support::{Outcome, S3setup};

/// The account in the file.
pub const ACCOUNT: &str = "123456789012";
const GITHUB: &str = "token.actions.githubusercontent.com";
const MAIN: &str = "repo:acme/app:ref:refs/heads/main";
const IMMUTABLE: &str = "repo:acme@1/app@2:ref:refs/heads/main";
/// All that AWS says when a trust does not let somebody in.
const REFUSED: &str = "Not authorized to perform sts:AssumeRoleWithWebIdentity";

/// A tool with an account of these resources in its file.
pub fn with_account(resources: &[Value]) -> S3setup {
    let tool = S3setup::without_credentials();
    let account = json!({"account": ACCOUNT, "resources": resources});
    tool.file("account.json", &account.to_string());
    tool
}

/// `s3setup explain` against the account in the file.
#[track_caller]
pub fn explain(tool: &S3setup, arguments: &[&str]) -> Outcome {
    let arguments = [&["explain", "--account", "account.json"], arguments].concat();
    let outcome = tool.run(&arguments);
    if !arguments.contains(&"json") {
        let mut lines = outcome.stdout.lines();
        let wide = lines.find(|line| line.chars().count() > 80);
        assert_eq!(wide, None, "{outcome}");
    }
    outcome
}

fn provider(audiences: &[&str]) -> Value {
    json!({"oidc_provider": {"name": GITHUB, "audiences": audiences}})
}

fn role(trust: &Value) -> Value {
    json!({"role": {
        "name": "deploy", "path": "/ci/",
        "trust_policy": {"Version": "2012-10-17", "Statement": trust},
    }})
}

/// A statement that lets this subject in.
fn trust(operator: &str, subjects: &Value) -> Value {
    json!({
        "Sid": "Github",
        "Effect": "Allow",
        "Principal": {"Federated": format!("arn:aws:iam::{ACCOUNT}:oidc-provider/{GITHUB}")},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {
            "StringEquals": {format!("{GITHUB}:aud"): "sts.amazonaws.com"},
            operator: {format!("{GITHUB}:sub"): subjects},
        },
    })
}

fn exact(subject: &str) -> Value {
    let mut statement = trust("StringLike", &json!(subject));
    let equals = json!({
        format!("{GITHUB}:aud"): "sts.amazonaws.com",
        format!("{GITHUB}:sub"): subject,
    });
    statement["Condition"] = json!({"StringEquals": equals});
    statement
}

fn usual(statement: &Value) -> Vec<Value> {
    vec![provider(&["sts.amazonaws.com"]), role(statement)]
}

/// One thing that goes wrong for people, and what they are told.
struct Case {
    reason: &'static str,
    resources: Vec<Value>,
    arguments: Vec<String>,
    code: i32,
    says: Vec<&'static str>,
}

fn case(
    reason: &'static str,
    resources: Vec<Value>,
    claims: &[&str],
    code: i32,
    says: &[&'static str],
) -> Case {
    let mut arguments = vec!["--role".to_owned(), "deploy".to_owned()];
    for claim in claims {
        arguments.extend(["--claim".to_owned(), (*claim).to_owned()]);
    }
    Case {
        reason,
        resources,
        arguments,
        code,
        says: says.to_vec(),
    }
}

fn with_role(mut case: Case, role: &str) -> Case {
    case.arguments[1] = role.to_owned();
    case
}

fn cases() -> Vec<Case> {
    let sub = |subject: &str| format!("sub={subject}");
    let main = sub(MAIN);
    let main = main.as_str();
    let usual_main = || usual(&exact(MAIN));
    let mut of_another = exact(MAIN);
    of_another["Principal"]["Federated"] =
        json!(format!("arn:aws:iam::999999999999:oidc-provider/{GITHUB}"));
    let mut by_assume_role = exact(MAIN);
    by_assume_role["Action"] = json!("sts:AssumeRole");
    let mut by_owner = exact(MAIN);
    by_owner["Condition"]["StringEquals"][format!("{GITHUB}:repository_owner")] = json!("acme");
    let mut by_id = exact(MAIN);
    by_id["Condition"]["StringEquals"][format!("{GITHUB}:repository_id")] = json!("7");
    let mut by_address = exact(MAIN);
    by_address["Condition"]["IpAddress"] = json!({"aws:SourceIp": "203.0.113.0/24"});
    let mut denied = exact(MAIN);
    denied["Effect"] = json!("Deny");
    denied["Sid"] = json!("Never");
    let mut by_host = exact(MAIN);
    by_host["Principal"]["Federated"] = json!(GITHUB);
    let mut not_main = exact(MAIN);
    not_main["Effect"] = json!("Deny");
    not_main["Sid"] = json!("NotMain");
    let overriding = format!("{GITHUB}:sub=repo:acme/web:pull_request");
    let mut overridden = case(
        "a context that says otherwise than the claims",
        usual_main(),
        &[main],
        1,
        &["give it as a claim only: --claim sub=..."],
    );
    overridden
        .arguments
        .extend(["--context".to_owned(), overriding]);
    vec![
        overridden,
        case(
            "a closest subject that is denied",
            usual(&json!([exact(MAIN), not_main])),
            &["sub=repo:acme/app:ref:refs/heads/dev"],
            2,
            &["no subject was found that the trust lets in", "(NotMain of"],
        ),
        case(
            "more than the subject",
            usual_main(),
            &["sub=repo:acme/app:ref:refs/heads/dev", "aud=mine"],
            2,
            &["more than it stands in the way"],
        ),
        case(
            "several audiences",
            usual_main(),
            &[main, "aud=mine", "aud=sts.amazonaws.com"],
            1,
            &["which of the token's audiences", "a token of one audience"],
        ),
        case(
            "several audiences that are nothing to the trust",
            usual_main(),
            &[
                "sub=repo:acme/app:pull_request",
                "aud=mine",
                "aud=sts.amazonaws.com",
            ],
            2,
            &["pull request"],
        ),
        case(
            "several subjects",
            usual_main(),
            &[main, "sub=repo:acme/app:pull_request"],
            1,
            &["a token has one"],
        ),
        case(
            "a provider by its host",
            usual(&by_host),
            &[main],
            2,
            &["names it by its ARN, arn:aws:iam::123456789012:oidc-provider/token"],
        ),
        case(
            "the right subject",
            usual_main(),
            &[main],
            0,
            &[
                "role/ci/deploy: allowed",
                "lets it in",
                "is repo:acme/app:ref:refs/heads/main",
            ],
        ),
        case(
            "upper and lower case",
            usual_main(),
            &["sub=repo:Acme/app:ref:refs/heads/main"],
            2,
            &[
                REFUSED,
                "only upper and lower case differ",
                "write it as GitHub does, Acme/app",
            ],
        ),
        case(
            "an environment in place of the branch",
            usual_main(),
            &["sub=repo:acme/app:environment:prod"],
            2,
            &[
                "in place of branch",
                "environment: prod",
                "take environment: out of the job",
            ],
        ),
        case(
            "another branch",
            usual_main(),
            &["sub=repo:acme/app:ref:refs/heads/dev"],
            2,
            &[
                "another branch",
                "branch: dev",
                "let it run for the branch main",
            ],
        ),
        case(
            "names against an immutable subject",
            usual_main(),
            &["sub=repo:acme@1/app@2:ref:refs/heads/main"],
            2,
            &[
                "immutable subject",
                "owner_id: \"1\"",
                "repository_id: \"2\"",
            ],
        ),
        case(
            "an immutable trust against names",
            usual(&exact(IMMUTABLE)),
            &[main],
            2,
            &["subject_format: both"],
        ),
        case(
            "a wildcard that is taken literally",
            usual(&exact("repo:acme/app:*")),
            &[main],
            2,
            &[
                "stand for themselves",
                "a wildcard, which stands for itself",
            ],
        ),
        case(
            "a wildcard that is one",
            usual(&trust("StringLike", &json!("repo:acme/app:*"))),
            &[main],
            0,
            &["allowed"],
        ),
        case(
            "no provider in the account",
            vec![role(&exact(MAIN))],
            &[main],
            2,
            &[
                "No OpenIDConnect provider found in your account for https://token",
                "make it",
            ],
        ),
        case(
            "an audience that the provider does not know",
            usual_main(),
            &[main, "aud=https://github.com/acme"],
            2,
            &[
                "AWS says: Incorrect token audience",
                "audience: sts.amazonaws.com",
            ],
        ),
        case(
            "an audience that the trust does not know",
            vec![provider(&["sts.amazonaws.com", "mine"]), role(&exact(MAIN))],
            &[main, "aud=mine"],
            2,
            &[REFUSED, "in the workflow: audience: sts.amazonaws.com"],
        ),
        case(
            "the provider of another account",
            usual(&of_another),
            &[main],
            2,
            &["trusts the provider of account 999999999999"],
        ),
        case(
            "the action of people",
            usual(&by_assume_role),
            &[main],
            2,
            &["takes a role by sts:AssumeRoleWithWebIdentity"],
        ),
        case(
            "a claim that no condition sees",
            usual(&by_owner),
            &[main, "repository_owner=acme"],
            2,
            &["no claim repository_owner", "never met"],
        ),
        case(
            "a claim that was not given",
            usual(&by_id),
            &[main],
            1,
            &["could not be told", "give it: --claim repository_id=..."],
        ),
        case(
            "the claim given",
            usual(&by_id),
            &[main, "repository_id=7"],
            0,
            &["allowed"],
        ),
        case(
            "a key of the request that was not given",
            usual(&by_address),
            &[main],
            1,
            &["give it: --context aws:SourceIp=..."],
        ),
        case(
            "a statement that denies",
            usual(&json!([exact(MAIN), denied])),
            &[main],
            2,
            &["Never of the trust policy of role.deploy denies it"],
        ),
        case(
            "an empty trust",
            usual(&json!([])),
            &[main],
            2,
            &["has no statement"],
        ),
        case(
            "no such role",
            vec![provider(&["sts.amazonaws.com"])],
            &[main],
            2,
            &[REFUSED, "has no role deploy"],
        ),
        with_role(
            case(
                "the role's path left out",
                usual_main(),
                &[main],
                2,
                &["role-to-assume: arn:aws:iam::123456789012:role/ci/deploy"],
            ),
            "arn:aws:iam::123456789012:role/deploy",
        ),
        with_role(
            case("the role's own ARN", usual_main(), &[main], 0, &["allowed"]),
            "arn:aws:iam::123456789012:role/ci/deploy",
        ),
        with_role(
            case(
                "a role of another account",
                usual_main(),
                &[main],
                1,
                &[
                    "is of account 999999999999",
                    "with credentials of account 999999999999",
                ],
            ),
            "arn:aws:iam::999999999999:role/deploy",
        ),
        case(
            "an issuer that nobody knows",
            usual_main(),
            &["sub=x", "iss=https://gitlab.com", "aud=y"],
            2,
            &[
                "no identity provider gitlab.com",
                "and the token is of gitlab.com",
            ],
        ),
    ]
}

#[test]
fn what_goes_wrong_with_roles_of_workflows_is_told() {
    for case in cases() {
        let tool = with_account(&case.resources);
        let arguments: Vec<&str> = case.arguments.iter().map(String::as_str).collect();
        let outcome = explain(&tool, &arguments);
        assert_eq!(outcome.code, Some(case.code), "{}: {outcome}", case.reason);
        let said = flat(&format!("{}\n{}", outcome.stdout, outcome.stderr));
        for part in case.says {
            assert!(
                said.contains(part),
                "{}: no {part:?} in {outcome}",
                case.reason
            );
        }
        let word = ["allowed", "could not be told", "denied"][usize::try_from(case.code).unwrap()];
        if outcome.stdout.is_empty() {
            continue;
        }
        let json = explain_json(&tool, &arguments);
        let word = if word.starts_with("could") {
            "unknown"
        } else {
            word
        };
        assert_eq!(json["answer"], word, "{}", case.reason);
    }
}

/// The report as JSON, whatever the answer.
fn explain_json(tool: &S3setup, arguments: &[&str]) -> Value {
    let arguments = [
        &["explain", "--account", "account.json", "--output", "json"],
        arguments,
    ]
    .concat();
    tool.run(&arguments).json()
}

#[test]
fn the_mark_stands_where_the_subjects_part() {
    let tool = with_account(&usual(&exact(MAIN)));
    let outcome = explain(
        &tool,
        &[
            "--role",
            "deploy",
            "--claim",
            "sub=repo:acme/app:ref:refs/heads/dev",
        ],
    );
    let lines: Vec<&str> = outcome.stdout.lines().collect();
    let at = lines
        .iter()
        .position(|line| line.starts_with("The closest"))
        .unwrap();
    let (has, wants, mark) = (lines[at + 1], lines[at + 2], lines[at + 3]);
    let column = mark.find('^').unwrap();
    assert_eq!(has[..column].replace("has  ", "wants"), wants[..column]);
    assert_ne!(
        has.chars().nth(column),
        wants.chars().nth(column),
        "{outcome}"
    );
    let long = format!("sub=repo:acme/app:ref:refs/heads/{}", "x".repeat(300));
    explain(&tool, &["--role", "deploy", "--claim", &long]).expect_stdout("...");
}

#[test]
fn json_has_the_shape_that_programs_rely_on() {
    let tool = with_account(&usual(&exact(MAIN)));
    let arguments = [
        "--role",
        "deploy",
        "--claim",
        "sub=repo:acme/app:pull_request",
    ];
    let report = explain_json(&tool, &arguments);
    let names: Vec<&str> = report
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let mut wanted = [
        "format_version",
        "question",
        "account",
        "region",
        "role",
        "answer",
        "error",
        "identity",
        "steps",
        "statements",
        "closest",
        "hints",
        "rests_on",
        "unreadable",
        "calls",
    ];
    wanted.sort_unstable();
    assert_eq!(names, wanted);
    assert_eq!(report["format_version"], "1.0");
    assert_eq!(report["question"], "take_role");
    assert_eq!(report["error"], REFUSED);
    assert_eq!(report["identity"]["issuer"], GITHUB);
    let steps = report["steps"].as_array().unwrap();
    let outcomes: Vec<&Value> = steps.iter().map(|step| &step["outcome"]).collect();
    assert_eq!(outcomes, ["met", "met", "met", "failed"]);
    let statement = &report["statements"][0];
    assert_eq!(statement["sid"], "Github");
    assert_eq!(statement["applies"], false);
    assert_eq!(statement["elements"][0]["element"], "Principal");
    assert_eq!(statement["conditions"][1]["key"], format!("{GITHUB}:sub"));
    assert_eq!(statement["conditions"][1]["met"], false);
    assert_eq!(report["closest"]["subject"], MAIN);
    assert_eq!(report["closest"]["difference"], "pull_request");
    assert_eq!(report["closest"]["differs_at"], 14);
}

#[test]
fn a_trust_in_a_file_takes_no_account() {
    let tool = S3setup::without_credentials();
    let document = json!({"Version": "2012-10-17", "Statement": exact(MAIN)});
    tool.file("trust.json", &document.to_string());
    tool.file(
        "claims.json",
        &json!({"sub": MAIN, "repository_id": 7}).to_string(),
    );
    let ask = |claims: &[&str]| {
        let arguments = [
            &["explain", "--role", "deploy", "--trust", "trust.json"],
            claims,
        ]
        .concat();
        tool.run(&arguments)
    };
    ask(&["--claims", "claims.json"])
        .expect_code(0)
        .expect_stdout("only the trust policy was given");
    ask(&["--claim", "sub=repo:acme/app:pull_request"])
        .expect_code(2)
        .expect_stdout("pull request");
    ask(&[])
        .expect_code(1)
        .expect_stderr("who wants to take the role");
    tool.run(&["explain"])
        .expect_code(1)
        .expect_stderr("--role");
    tool.run(&[
        "explain",
        "--role",
        "r",
        "--principal",
        "p",
        "--action",
        "a",
    ])
    .expect_code(1)
    .expect_stderr("cannot be used with");
    tool.file("trust.json", "{");
    ask(&["--claims", "claims.json"])
        .expect_code(1)
        .expect_stderr("not a policy");
}
