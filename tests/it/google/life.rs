//! Made, kept, changed, removed, and had back.

use super::{
    ACCOUNT, APPLY, BUCKET, MANIFEST, NUMBER, PLAN, PROJECT, ROLE, all_is_there, apply, ground,
};
use crate::neon::says;

#[test]
fn a_manifest_is_made_and_then_there_is_nothing_to_do() {
    let (server, tool) = ground();
    apply(&tool);
    all_is_there(&server, &tool, "made");
    let state = server.state();
    let bucket = &state.buckets[BUCKET];
    let access = &bucket.body["iamConfiguration"];
    assert_eq!(access["uniformBucketLevelAccess"]["enabled"], true);
    assert_eq!(access["publicAccessPrevention"], "enforced");
    assert_eq!(bucket.body["lifecycle"]["rule"][0]["condition"]["age"], 365);
    let account = &state.accounts[ACCOUNT];
    assert!(
        account
            .description
            .contains("[s3setup manifest=events key="),
        "{}",
        account.description
    );
    assert!(
        state.roles[ROLE]
            .description
            .starts_with("of RudderStack [s3setup manifest=events]")
    );
    server.forget();
    tool.run(APPLY).expect_code(0);
    assert_eq!(server.writes(), Vec::<String>::new());
}

#[test]
fn the_key_opens_what_is_granted_and_nothing_else() {
    let (server, tool) = ground();
    apply(&tool);
    server.change(|state| state.strict = true);
    let key: serde_json::Value = serde_json::from_str(&tool.read("key.json")).unwrap();
    assert_eq!(key["client_email"], ACCOUNT);
    let uri = key["token_uri"].as_str().unwrap();
    assert_eq!(uri, format!("{}/token", server.endpoint()));
    // As Google's Python library would: the tool itself, with that key.
    let mut other = server.tool();
    other.file("events.yaml", MANIFEST);
    other.file("mine.json", &tool.read("key.json"));
    other.env("GOOGLE_APPLICATION_CREDENTIALS", "mine.json");
    let plan = other.run(PLAN);
    plan.expect_code(1);
    plan.expect_stdout("needs storage.buckets.get");
    plan.expect_nowhere("PRIVATE KEY");
}

#[test]
fn what_is_changed_by_hand_is_changed_back() {
    let (server, tool) = ground();
    apply(&tool);
    server.change(|state| {
        let bucket = state.buckets.get_mut(BUCKET).unwrap();
        bucket.body["iamConfiguration"]["publicAccessPrevention"] = "inherited".into();
        bucket.body.remove("lifecycle");
        bucket.metageneration += 1;
        let role = state.roles.get_mut(ROLE).unwrap();
        role.permissions.insert("storage.objects.delete".into());
        role.etag += 1000;
        state.accounts.get_mut(ACCOUNT).unwrap().disabled = true;
        let pool = state
            .pools
            .get_mut(&(PROJECT.into(), "github".into()))
            .unwrap();
        let provider = pool.providers.get_mut("actions").unwrap();
        provider
            .body
            .insert("attributeCondition".into(), "assertion.sub != ''".into());
        state.bind(BUCKET, ROLE, "user:mallory@example.com");
    });
    let plan = tool.run(PLAN);
    plan.expect_code(2);
    for text in [
        "storage.objects.delete",
        "public_access_prevention",
        "disabled",
        "mallory",
    ] {
        plan.expect_stdout(text);
    }
    apply(&tool);
    all_is_there(&server, &tool, "changed back");
    let members = server.state();
    let policy = &members.buckets[BUCKET].policy;
    let mallory = policy
        .bindings
        .iter()
        .any(|it| it.members.contains("user:mallory@example.com"));
    assert!(!mallory, "{policy:?}");
}

#[test]
fn what_was_removed_is_had_back_where_its_id_is_taken() {
    let (server, tool) = ground();
    apply(&tool);
    tool.run(&["destroy", "events.yaml", "--confirm", "events"])
        .expect_code(0);
    let state = server.state();
    assert!(!state.buckets.contains_key(BUCKET) && !state.accounts.contains_key(ACCOUNT));
    assert!(state.roles[ROLE].deleted);
    let pool = &state.pools[&(PROJECT.to_owned(), "github".to_owned())];
    assert!(pool.deleted && pool.providers["actions"].deleted);
    let again = tool.run(&["destroy", "events.yaml", "--confirm", "events"]);
    again.expect_code(0);
    // The file is there, and says that its key is of this account: it opens nothing any more.
    apply(&tool);
    all_is_there(&server, &tool, "had back");
}

#[test]
fn a_role_whose_id_cannot_be_had_back_is_explained() {
    let (server, tool) = ground();
    apply(&tool);
    server.change(|state| state.roles.get_mut(ROLE).unwrap().retired = true);
    let outcome = tool.run(APPLY);
    outcome.expect_code(1);
    for text in ["marked for deletion", "37 days"] {
        says(&outcome, text);
    }
}

#[test]
fn orphans_are_found_by_their_marks() {
    let (_server, tool) = ground();
    apply(&tool);
    tool.file("other.yaml", &format!("name: other\ngoogle:\n  project: {PROJECT}\n  bucket: {{name: acme-other, location: EU}}\n"));
    let found = tool.run(&["orphans", "other.yaml", "--project", PROJECT]);
    for text in [
        "google_bucket.acme-events",
        "google_role.rudderEvents",
        "service_account.rudder-events",
        "workload_identity_pool.github",
        "workload_identity_provider.github/actions",
    ] {
        assert!(found.stdout.contains(text), "{text}:\n{found}");
    }
}

#[test]
fn what_is_announced_is_what_is_sent() {
    let (server, tool) = ground();
    for what in ["made", "changed"] {
        let outcome = tool.run(&["apply", "events.yaml", "--yes", "--announce"]);
        outcome.expect_code(0);
        let announced = outcome.stderr.lines().filter_map(|line| {
            let operation = line.trim_start().split(' ').next()?;
            let is_method = ["iam.", "storage.", "secretmanager."];
            is_method
                .iter()
                .any(|head| operation.starts_with(head))
                .then(|| operation.to_owned())
        });
        let announced: Vec<String> = announced.collect();
        for written in server.writes() {
            assert!(
                announced.contains(&written),
                "{written} was not announced:\n{outcome}"
            );
        }
        server.forget();
        if what == "changed" {
            break;
        }
        server.change(|state| {
            let role = state.roles.get_mut(ROLE).unwrap();
            role.deleted = true;
            role.title = "theirs".into();
            let bucket = state.buckets.get_mut(BUCKET).unwrap();
            bucket.policy.bindings.retain(|it| it.role != ROLE);
        });
    }
    all_is_there(&server, &tool, "announced");
}

#[test]
fn no_more_calls_are_made_than_may_be() {
    let (server, tool) = ground();
    let outcome = tool.run(&["apply", "events.yaml", "--yes", "--max-calls", "15"]);
    outcome.expect_code(1);
    says(&outcome, "--max-calls");
    assert_eq!(server.log().len(), 15);
    apply(&tool);
    all_is_there(&server, &tool, "after a run that was cut short");
    assert_eq!(server.state().number(PROJECT), NUMBER);
}
