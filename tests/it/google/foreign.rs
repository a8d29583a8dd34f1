//! Other people's: their bindings, their buckets, their changes at the same moment.

use super::{ACCOUNT, APPLY, BUCKET, PLAN, ROLE, all_is_there, apply, ground, tool};
use crate::support::google::{Binding, Bucket, Policy};
use crate::support::{Answer, Proxy};

#[test]
fn other_peoples_bindings_stay() {
    let (server, tool) = ground();
    apply(&tool);
    let condition =
        serde_json::json!({"title": "t", "expression": "true", "description": "mind this"});
    server.change(|state| {
        let bucket = state.buckets.get_mut(BUCKET).unwrap();
        bucket.policy.bindings.push(Binding {
            role: "roles/storage.objectViewer".into(),
            members: ["group:ops@example.com".to_owned()].into(),
            condition: Some(condition.clone()),
        });
        // What is ours goes, so that there is something to write.
        bucket.policy.bindings.retain(|it| it.role != ROLE);
        bucket.policy.etag += 1000;
    });
    apply(&tool);
    all_is_there(&server, &tool, "beside others");
    let policy = server.state().buckets[BUCKET].policy.clone();
    let theirs = policy
        .bindings
        .iter()
        .find(|it| it.members.contains("group:ops@example.com"));
    assert_eq!(theirs.and_then(|it| it.condition.clone()), Some(condition));
    let owner = "roles/storage.legacyBucketOwner";
    assert!(policy.bindings.iter().any(|it| it.role == owner));
}

#[test]
fn a_policy_that_somebody_changes_at_the_same_moment_is_read_again() {
    let (server, _) = ground();
    let proxy = Proxy::before_google(&server);
    let mut tool = tool(&server);
    tool.env("S3SETUP_GOOGLE_ENDPOINT", proxy.endpoint());
    let shared = std::sync::Arc::new(server);
    let meddler = std::sync::Arc::clone(&shared);
    let mut times = 0;
    proxy.rule(move |call| {
        if call.operation == "storage.buckets.setIamPolicy" && times < 2 {
            times += 1;
            let who = format!("user:{times}@example.com");
            meddler.change(|state| state.bind(BUCKET, "roles/storage.objectViewer", &who));
        }
        None
    });
    apply(&tool);
    all_is_there(&shared, &tool, "two at once");
    let policy = shared.state().buckets[BUCKET].policy.clone();
    for who in ["user:1@example.com", "user:2@example.com"] {
        assert!(
            policy.bindings.iter().any(|it| it.members.contains(who)),
            "{who}: {policy:?}"
        );
    }
}

#[test]
fn a_bucket_of_another_project_is_not_taken_for_ours_whatever_its_labels_say() {
    let (server, tool) = ground();
    server.change(|state| {
        state.projects.insert("evil-project".into(), "666".into());
        let labels = serde_json::json!({"managed-by": "s3setup", "s3setup-manifest": "events"});
        let body =
            serde_json::json!({"location": "EU", "storageClass": "STANDARD", "labels": labels});
        let bucket = Bucket {
            project: "evil-project".into(),
            body: body.as_object().cloned().unwrap(),
            metageneration: 1,
            policy: Policy::default(),
            ..Bucket::default()
        };
        state.buckets.insert(BUCKET.into(), bucket);
    });
    let plan = tool.run(PLAN);
    assert_ne!(plan.code, Some(0), "{plan}");
    plan.expect_stdout("666");
    let outcome = tool.run(APPLY);
    outcome.expect_code(1);
    assert_eq!(server.state().buckets[BUCKET].metageneration, 1);
}

#[test]
fn what_is_there_and_nobodys_is_not_taken_without_a_word() {
    let (server, tool) = ground();
    apply(&tool);
    server.change(|state| {
        state.accounts.get_mut(ACCOUNT).unwrap().description = "made by hand".into();
    });
    let outcome = tool.run(APPLY);
    outcome.expect_code(1).expect_stderr("adopt");
    assert_eq!(server.state().accounts[ACCOUNT].description, "made by hand");
}

#[test]
fn an_account_that_is_made_again_is_bound_again() {
    let (server, tool) = ground();
    apply(&tool);
    server.change(|state| {
        let gone = state.accounts.remove(ACCOUNT).unwrap();
        state.forget_member(ACCOUNT, &gone.unique_id);
    });
    std::fs::remove_file(tool.folder().join("key.json")).unwrap();
    apply(&tool);
    all_is_there(&server, &tool, "made again");
    let policy = server.state().buckets[BUCKET].policy.clone();
    let dead = |it: &Binding| {
        it.members
            .iter()
            .any(|member| member.starts_with("deleted:"))
    };
    assert!(!policy.bindings.iter().any(dead), "{policy:?}");
}

#[test]
fn an_answer_that_is_not_googles_is_none() {
    let (server, _) = ground();
    let proxy = Proxy::before_google(&server);
    let mut tool = tool(&server);
    tool.env("S3SETUP_GOOGLE_ENDPOINT", proxy.endpoint());
    let page = Answer::Page {
        status: 200,
        body: "<html><title>Sign in</title></html>".into(),
    };
    proxy.on("storage.buckets.setIamPolicy", 2, page.clone());
    proxy.on("iam.projects.roles.get", 2, page.clone());
    apply(&tool);
    all_is_there(&server, &tool, "after a login page");
    proxy.on("iam.projects.roles.get", 99, page);
    let plan = tool.run(PLAN);
    plan.expect_code(1)
        .expect_stderr("the answer is not Google's")
        .expect_stderr("login page");
}
