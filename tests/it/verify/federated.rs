//! Identities of a workload identity pool: become by a token of their issuer, and what they may act as.

use serde_json::{Value, json};

use super::github::{answer, in_a_workflow, response};
use super::google::made_of;
use crate::support::S3setup;
use crate::support::google::{Binding, Google, federation::token};

const POOL: &str = "name: events
google:
  project: acme-backups
  project_number: '123456789012'
  bucket: {name: acme-events, location: EU}
  service_accounts:
    deployer: {used_by: [workload_identity_pool.github]}
  workload_identity_pools:
    github:
      providers:
        actions:
          github_actions: {repository: acme/backups, repository_id: '4711', branch: main}
  grants:
    - {to: workload_identity_pool.github, allow: [write, read, list], prefix: in/}
";
const MEMBER: &str = "principalSet://iam.googleapis.com/projects/123456789012/locations/global/\
                      workloadIdentityPools/github/attribute.repository_id/4711";
const AUDIENCE: &str = "https://iam.googleapis.com/projects/123456789012/locations/global/\
                        workloadIdentityPools/github/providers/actions";
const ACCOUNT: &str = "deployer@acme-backups.iam.gserviceaccount.com";
const VERIFY: &[&str] = &["verify", "manifest.yaml", "--wait", "0"];
const BY_TOKEN: &[&str] = &["--web-identity-token-file", "token", "--output", "json"];

/// Of a workflow of the repository, on this branch.
fn claims(branch: &str) -> Value {
    json!({
        "iss": "https://token.actions.githubusercontent.com", "aud": AUDIENCE,
        "sub": format!("repo:acme/backups:ref:refs/heads/{branch}"),
        "repository": "acme/backups", "repository_id": "4711",
        "ref": format!("refs/heads/{branch}"),
    })
}

/// Everything of the manifest, made; and the token of a workflow of the branch `main`.
fn made() -> (Google, S3setup) {
    let (server, tool) = made_of(POOL);
    tool.file("token", &token(&claims("main")));
    (server, tool)
}

fn principal(report: &Value, name: &str) -> Value {
    let all = report["manifests"][0]["principals"].as_array();
    let found = all
        .expect("a list")
        .iter()
        .find(|it| it["principal"] == name);
    found.unwrap_or_else(|| panic!("{report:#}")).clone()
}

/// What was found of an operation in a place.
fn check(principal: &Value, operation: &str, place: &Value) -> Value {
    let all = principal["checks"].as_array().expect("a list");
    let mut fits = all
        .iter()
        .filter(|it| it["operation"] == operation && it["place"] == *place);
    fits.next()
        .unwrap_or_else(|| panic!("{principal:#}"))
        .clone()
}

#[test]
fn a_workflow_may_do_what_its_pool_is_granted_and_act_as_who_is_used_by_it() {
    let (server, tool) = made();
    let told = tool.run(&[VERIFY, BY_TOKEN, &["--verbose"]].concat());
    told.expect_code(0)
        .expect_nowhere("ya29.")
        .expect_nowhere(&token(&claims("main")));
    let identity = principal(&told.json(), MEMBER);
    assert_eq!(identity["how"], "a session by the token from token");
    let (inside, outside) = (json!({"folder": "in/"}), json!("elsewhere"));
    let deployer = json!({"service_account": "deployer"});
    for (operation, place, verdict) in [
        ("put", &inside, "allowed_as_promised"),
        ("get", &inside, "allowed_as_promised"),
        ("list", &inside, "allowed_as_promised"),
        ("delete", &inside, "refused_as_promised"),
        ("put", &outside, "refused_as_promised"),
        ("act_as", &deployer, "allowed_as_promised"),
    ] {
        let check = check(&identity, operation, place);
        assert_eq!(
            (&check["verdict"], &check["proof"]),
            (&json!(verdict), &json!("call")),
            "{check}"
        );
    }
    // Nobody else may.
    let anyone = principal(&told.json(), "anyone");
    let check = check(&anyone, "act_as", &deployer);
    assert_eq!(check["verdict"], "refused_as_promised");
    assert!(server.state().buckets["acme-events"].objects.is_empty());
}

#[test]
fn what_the_identity_may_do_beyond_its_grant_is_found_by_calls() {
    let (server, tool) = made();
    server.change(|state| state.bind("acme-events", "roles/storage.objectAdmin", MEMBER));
    let told = tool.run(&[VERIFY, BY_TOKEN].concat());
    told.expect_code(2);
    let identity = principal(&told.json(), MEMBER);
    let check = check(&identity, "delete", &json!({"folder": "in/"}));
    assert_eq!(
        (&check["verdict"], &check["proof"]),
        (&json!("allowed_but_not_promised"), &json!("call"))
    );
}

#[test]
fn a_token_that_the_condition_does_not_let_in_is_told_and_breaks_no_promise() {
    let (_server, tool) = made();
    tool.file("token", &token(&claims("feature")));
    let told = tool.run(&[VERIFY, BY_TOKEN].concat());
    told.expect_code(0);
    let identity = principal(&told.json(), MEMBER);
    assert_eq!(
        identity["how"],
        "the token from token is not of those whom the condition of github/actions lets in: \
         sts.token: unauthorized_client: The given credential is rejected by the attribute condition."
    );
    let put = check(&identity, "put", &json!({"folder": "in/"}));
    assert_eq!(
        (&put["verdict"], &put["proof"]),
        (&json!("allowed_as_promised"), &json!("evaluation"))
    );
    // Of another issuer, for somebody else, and none at all.
    let mut other = claims("main");
    other["aud"] = "sts.amazonaws.com".into();
    tool.file("token", &token(&other));
    let told = tool.run(&[VERIFY, BY_TOKEN].concat());
    told.expect_code(0)
        .expect_stdout("The audience in ID Token does not match");
    other["iss"] = "https://gitlab.com".into();
    tool.file("token", &token(&other));
    tool.run(&[VERIFY, BY_TOKEN].concat())
        .expect_code(0)
        .expect_stdout("the token from token is of gitlab.com");
    tool.run(VERIFY)
        .expect_code(0)
        .expect_stdout("(--web-identity-token-file)");
}

#[test]
fn a_provider_that_lets_in_whom_the_manifest_does_not_is_found() {
    let (server, tool) = made();
    server.change(|state| {
        for pool in state.pools.values_mut() {
            for provider in pool.providers.values_mut() {
                let wide = "assertion.repository_id == '4711'";
                provider
                    .body
                    .insert("attributeCondition".into(), wide.into());
            }
        }
    });
    tool.file("token", &token(&claims("feature")));
    let told = tool.run(&[VERIFY, BY_TOKEN].concat());
    told.expect_code(2);
    let identity = principal(&told.json(), MEMBER);
    let problem = identity["problem"].as_str().unwrap_or_default();
    assert!(
        problem.contains(
            "github/actions lets in the token from token, and the manifest's condition does not"
        ),
        "{identity:#}"
    );
}

#[test]
fn who_else_may_act_as_a_service_account_is_found() {
    let (server, tool) = made();
    server.change(|state| {
        let account = state.accounts.get_mut(ACCOUNT).expect("it is there");
        account.policy.bindings.push(Binding {
            role: "roles/iam.serviceAccountTokenCreator".to_owned(),
            members: ["user:eve@example.com".to_owned()].into(),
            condition: None,
        });
    });
    let told = tool.run(&[VERIFY, BY_TOKEN].concat());
    told.expect_code(2);
    let eve = principal(&told.json(), "user:eve@example.com");
    let check = check(&eve, "act_as", &json!({"service_account": "deployer"}));
    assert_eq!(check["verdict"], "allowed_but_not_promised");
    assert_eq!(
        check["because"],
        json!(["the binding of roles/iam.serviceAccountTokenCreator"])
    );
}

#[test]
fn in_a_workflow_the_token_is_githubs_for_that_provider() {
    let (_server, mut tool) = made();
    let body = json!({"value": token(&claims("main"))}).to_string();
    let (address, asked) = answer(response("200 OK", "", &body));
    in_a_workflow(&mut tool, &address);
    let told = tool.run(&[VERIFY, &["--output", "json"]].concat());
    told.expect_code(0).expect_nowhere(&token(&claims("main")));
    let identity = principal(&told.json(), MEMBER);
    assert_eq!(identity["how"], "a session by the token from GitHub");
    let asked = asked.join().expect("it does not panic");
    let audience = "https%3A%2F%2Fiam.googleapis.com%2Fprojects%2F123456789012%2Flocations%2Fglobal%2F\
                    workloadIdentityPools%2Fgithub%2Fproviders%2Factions";
    assert_eq!(
        asked[0],
        format!("GET /token?api-version=2.0&audience={audience} HTTP/1.1")
    );
}
