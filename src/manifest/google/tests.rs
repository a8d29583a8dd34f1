//! The `google:` part from its text to resources.

use crate::manifest::{Compiled, load};
use crate::resource::google::{Bindings, Bucket, LifecycleAction, Provider, Role};
use crate::resource::{Google, Resource, Scope};
use crate::yaml::Source;
use std::collections::BTreeMap;

fn scope() -> Scope {
    Scope {
        account: "123456789012".into(),
        partition: "aws".into(),
        region: "us-east-1".into(),
        project: None,
    }
}

fn compile(text: &str) -> Result<Compiled, String> {
    let source = Source {
        name: "m.yaml".into(),
        text: text.into(),
    };
    load(&source, &BTreeMap::new(), &scope()).map_err(|problems| problems.to_string())
}

fn all(text: &str) -> Vec<Google> {
    let compiled = compile(text).unwrap_or_else(|problems| panic!("{problems}"));
    let google = |resource| match resource {
        Resource::Google(google) => google,
        other => panic!("{}", other.address()),
    };
    let wanted = compiled.wanted.into_iter();
    wanted.map(|wanted| google(wanted.resource)).collect()
}

fn refused(text: &str, said: &str) {
    match compile(text) {
        Ok(_) => panic!("taken:\n{text}"),
        Err(problems) => {
            // As it was before it was folded.
            let words: Vec<&str> = problems.split_whitespace().collect();
            assert!(
                words.join(" ").contains(said),
                "{said:?} is not in:\n{problems}"
            );
        }
    }
}

const HEAD: &str = "name: events\ngoogle:\n  project: acme-backups\n";

fn with(rest: &str) -> String {
    format!("{HEAD}{rest}")
}

const BUCKET: &str = "  bucket: {name: acme-events, location: eu}\n";

#[test]
fn a_bucket_is_safe_by_default() {
    let made = all(&with(BUCKET));
    let [Google::Bucket(bucket), Google::Bindings(bindings)] = &made[..] else {
        panic!("{made:?}");
    };
    assert_eq!(bucket.location, "EU");
    assert_eq!(bucket.uniform_bucket_level_access, Some(true));
    assert_eq!(
        serde_json::to_value(bucket.public_access_prevention).unwrap(),
        "enforced"
    );
    assert_eq!(bucket.tags["s3setup:manifest"], "events");
    assert_eq!(bucket.versioning, None, "not managed");
    assert!(bindings.bindings.is_empty());
}

#[test]
fn a_grant_is_a_role_with_its_permissions_and_a_binding_of_it() {
    let made = all(&with(&format!(
        "{BUCKET}  roles:\n    rudderEvents: {{title: Events}}\n  service_accounts:\n    \
         rudder-events: {{key: {{sink: {{file: {{path: key.json}}}}}}}}\n  grants:\n    - {{to: \
         service_account.rudder-events, allow: [write, read], through: google_role.rudderEvents}}\n"
    )));
    let role = made.iter().find_map(|one| match one {
        Google::Role(role) => Some(role),
        _ => None,
    });
    let role: &Role = role.unwrap();
    let permissions: Vec<&str> = role.permissions.iter().map(String::as_str).collect();
    assert_eq!(
        permissions,
        ["storage.objects.create", "storage.objects.get"]
    );
    let bindings = made.iter().find_map(|one| match one {
        Google::Bindings(bindings) => Some(bindings),
        _ => None,
    });
    let bindings: &Bindings = bindings.unwrap();
    let each: Vec<_> = bindings.each().collect();
    let role = "projects/acme-backups/roles/rudderEvents";
    let account = "serviceAccount:rudder-events@acme-backups.iam.gserviceaccount.com";
    assert_eq!(each, [(role, account)]);
    assert_eq!(bindings.own, [role.to_owned(), account.to_owned()].into());
    let key = made
        .iter()
        .any(|one| matches!(one, Google::ServiceAccountKey(_)));
    assert!(key);
}

#[test]
fn a_grant_without_a_role_has_one_of_its_own() {
    let made = all(&with(&format!(
        "{BUCKET}  service_accounts: {{rudder-events: {{}}}}\n  grants:\n    - {{to: \
         service_account.rudder-events, allow: [read], prefix: backups}}\n    - {{to: \
         'group:ops@example.com', role: roles/storage.objectViewer}}\n"
    )));
    let addresses: Vec<String> = made
        .iter()
        .map(|one| Resource::Google(one.clone()).address().to_string())
        .collect();
    assert_eq!(
        addresses,
        [
            "google_bucket.acme-events",
            "google_role.events.rudder_events",
            "service_account.rudder-events",
            "bindings.bucket/acme-events",
        ]
    );
    let Some(Google::Bindings(bindings)) = made.last() else {
        panic!("{made:?}");
    };
    let granted: Vec<&String> = bindings.bindings.keys().collect();
    assert_eq!(
        granted,
        [
            "projects/acme-backups/roles/events.rudder_events if only backups/: \
             resource.name.startsWith(\"projects/_/buckets/acme-events/objects/backups/\")",
            "roles/storage.objectViewer",
        ]
    );
}

#[test]
fn who_lists_in_a_folder_does_it_by_prefix() {
    let made = all(&with(&format!(
        "{BUCKET}  grants:\n    - {{to: 'group:ops@example.com', allow: [list], prefix: a/b/}}\n"
    )));
    let Some(Google::Bindings(bindings)) = made.last() else {
        panic!("{made:?}");
    };
    let granted = bindings.bindings.keys().next().unwrap();
    let prefix = "objectListPrefix\", \"\").startsWith(\"a/b/\")";
    assert!(granted.contains(prefix), "{granted}");
}

const POOL: &str = "  project_number: '42'\n  workload_identity_pools:\n    github:\n      providers:\n        \
                    actions:\n          github_actions:\n            repository_id: '7'\n            \
                    repository: acme/backups\n            branch: [main, release]\n";

#[test]
fn github_is_let_in_by_the_id_of_its_repository() {
    let made = all(&with(&format!(
        "{BUCKET}{POOL}  grants:\n    - {{to: workload_identity_pool.github, allow: [write]}}\n"
    )));
    let provider = made.iter().find_map(|one| match one {
        Google::Provider(provider) => Some(provider),
        _ => None,
    });
    let provider: &Provider = provider.unwrap();
    assert_eq!(provider.name, "github/actions");
    assert_eq!(
        provider.attribute_condition.as_deref(),
        Some(
            "assertion.repository_id == '7' && assertion.repository == 'acme/backups' && \
             assertion.ref in ['refs/heads/main', 'refs/heads/release']"
        )
    );
    assert_eq!(
        provider.attribute_mapping["google.subject"],
        "assertion.sub"
    );
    let Some(Google::Bindings(bindings)) = made.last() else {
        panic!("{made:?}");
    };
    let (_, member) = bindings.each().next().unwrap();
    assert_eq!(
        member,
        "principalSet://iam.googleapis.com/projects/42/locations/global/workloadIdentityPools/github/\
         attribute.repository_id/7"
    );
}

#[test]
fn who_may_act_as_a_service_account_is_bound_to_it() {
    let made = all(&with(&format!(
        "{POOL}  service_accounts:\n    deployer: {{used_by: [workload_identity_pool.github, \
         'user:ann@example.com']}}\n"
    )));
    let users = made.iter().find_map(|one| match one {
        Google::Bindings(bindings) => Some(bindings),
        _ => None,
    });
    let users: &Bindings = users.unwrap();
    assert_eq!(users.name, "service_account/deployer");
    let each: Vec<_> = users.each().collect();
    assert_eq!(
        each[0],
        (
            "roles/iam.serviceAccountTokenCreator",
            "user:ann@example.com"
        )
    );
    assert!(each[1].0 == "roles/iam.workloadIdentityUser" && each[1].1.contains("/7"));
}

#[test]
fn rules_of_a_lifecycle_are_a_set() {
    let made = all(&with(
        "  bucket:\n    name: acme-events\n    location: EU\n    lifecycle:\n      - {action: delete, \
         age_days: 30, prefixes: [tmp/]}\n      - {action: {set_storage_class: NEARLINE}, age_days: 7}\n",
    ));
    let Some(Google::Bucket(Bucket {
        lifecycle: Some(rules),
        ..
    })) = made.first()
    else {
        panic!("{made:?}");
    };
    let actions: Vec<_> = rules.iter().map(|rule| &rule.action).collect();
    assert_eq!(
        actions,
        [
            &LifecycleAction::Delete,
            &LifecycleAction::SetStorageClass("NEARLINE".into())
        ]
    );
}

#[test]
fn what_must_not_be_there_is_named_by_its_kind() {
    let made = all(&format!(
        "{HEAD}absent: [google_bucket.old-events, service_account.old-account, google_role.old, \
         workload_identity_provider.pool/old]\n"
    ));
    assert_eq!(made.len(), 7, "each with its parts: {made:?}");
}

#[test]
fn what_google_would_refuse_is_refused_before() {
    let with_grant = |grant: &str| with(&format!("{BUCKET}  grants: [{grant}]\n"));
    for (text, said) in [
        (
            "name: m\ngoogle: {bucket: {name: abc, location: EU}}\n".to_owned(),
            "--project",
        ),
        (
            "name: m\ngoogle: {project: '123456789012'}\n".to_owned(),
            "project's number",
        ),
        (
            with("  bucket: {name: Acme, location: EU}\n"),
            "write for example \"acme\"",
        ),
        (
            with("  bucket: {name: acme, location: 'e u'}\n"),
            "no location",
        ),
        (
            with("  bucket: {name: acme, location: us-east-1}\n"),
            "a region of AWS",
        ),
        (
            with("  bucket: {name: acme, location: europe}\n"),
            "no location",
        ),
        (
            with("  bucket: {name: acme, location: us-east}\n"),
            "no location",
        ),
        (
            with("  bucket: {name: acme, location: EU, labels: {Team: x}}\n"),
            "'T'",
        ),
        (
            with("  bucket: {name: acme, location: EU, labels: {managed-by: x}}\n"),
            "s3setup's own",
        ),
        (
            "name: Events.1\ngoogle:\n  project: acme-1\n  bucket: {name: acme, location: EU}\n"
                .to_owned(),
            "write \"events-1\"",
        ),
        (
            with("  bucket: {name: acme, location: EU, lifecycle: [{action: delete}]}\n"),
            "without a condition",
        ),
        (
            with("  roles: {my-role: {permissions: [storage.objects.get]}}\n"),
            "write \"my_role\"",
        ),
        (
            with("  roles: {role1: {permissions: [Storage.objects.create]}}\n"),
            "write \"storage.objects.create\"",
        ),
        (with("  roles: {role1: {}}\n"), "allows nothing"),
        (with("  service_accounts: {abc: {}}\n"), "6 to 30"),
        (
            with("  service_accounts: {abcdef: {description: 'is [s3setup mine]'}}\n"),
            "other words",
        ),
        (
            with(&format!(
                "  service_accounts: {{abcdef: {{description: {}}}}}\n",
                "d".repeat(250)
            )),
            "room for",
        ),
        (
            with("  service_accounts: {abcdef: {key: {sink: {stdout: {}}, name: KEY}}}\n"),
            "leave it out",
        ),
        (
            with_grant("{to: service_account.abcdef, allow: [read]}"),
            "google.service_accounts",
        ),
        (
            with_grant("{to: 'ann@example.com', allow: [read]}"),
            "nobody at Google",
        ),
        (with_grant("{to: allUsers}"), "allows nothing"),
        (with_grant("{to: allUsers, allow: [reed]}"), "`read`"),
        (with_grant("{to: allUsers, role: viewer}"), "no role"),
        (
            with_grant("{to: allUsers, role: roles/viewer, allow: [read]}"),
            "either role",
        ),
        (
            with_grant("{to: allUsers, allow: [read], through: google_role.x}"),
            "google.roles",
        ),
        (
            with_grant("{to: allUsers, allow: [read], prefix: /}"),
            "empty prefix",
        ),
        (
            with_grant("{to: allUsers, allow: [read], condition: {title: 'a: b', expression: x}}"),
            "title",
        ),
        (
            with_grant("{to: workload_identity_pool.github, allow: [read]}"),
            "workload_identity_pools",
        ),
        (
            with(&format!(
                "{BUCKET}{}  grants: [{{to: workload_identity_pool.github, allow: [read]}}]\n",
                POOL.replace("  project_number: '42'\n", "")
            )),
            "project_number",
        ),
        (with(&POOL.replace("'7'", "acme/backups")), "numbers"),
        (
            with(&POOL.replace("[main, release]", "'ma*'")),
            "letter by letter",
        ),
        (
            with("  workload_identity_pools: {gitlab: {}}\n"),
            "nobody vouches",
        ),
        (
            with(
                "  workload_identity_pools: {gitlab: {providers: {oidc-1: {oidc: {issuer: \
               'https://gitlab.com', attribute_mapping: {a: b}}}}}}\n",
            ),
            "google.subject",
        ),
        (
            "name: m\nabsent: [google_role.old]\n".to_owned(),
            "--project",
        ),
    ] {
        refused(&text, said);
    }
}

/// The findings of a manifest, each with its place.
fn found(text: &str) -> Vec<String> {
    let compiled = compile(text).unwrap_or_else(|problems| panic!("{problems}"));
    let all = compiled.findings.all().into_iter();
    all.map(|found| format!("{} {} {}", found.rule.id, found.address, found.problem.path))
        .collect()
}

#[test]
fn what_the_rules_find_stands_where_it_is_written() {
    let accept = "accept: [{id: google-any-account, reason: it is a test}]\n";
    let text = format!(
        "{accept}{}",
        with(
            "  bucket: {name: acme-events, location: EU, public_access_prevention: inherited, \
             uniform_bucket_level_access: false}\n  roles: {events: {permissions: \
             [storage.objects.creat]}}\n  service_accounts: {events-1: {key: {sink: {stdout: \
             {}}}}}\n  workload_identity_pools: {gitlab: {providers: {oidc-1: {oidc: {issuer: \
             'https://gitlab.com', attribute_mapping: {google.subject: assertion.sub}, \
             attribute_condition: \"assertion.namespace_id == '7'\"}}}}}\n  grants:\n    - {to: \
             'group:ops@example.com', role: roles/storage.admin}\n    - {to: \
             allAuthenticatedUsers, role: roles/storage.objectViewer}\n"
        )
    );
    let mut all = found(&text);
    all.sort();
    assert_eq!(
        all,
        [
            "google-acls google_bucket.acme-events google.bucket.uniform_bucket_level_access",
            "google-any-account bindings.bucket/acme-events google.grants[1]",
            "google-bucket-control bindings.bucket/acme-events google.grants[0]",
            "google-key-beside-pool service_account_key.events-1 \
             google.service_accounts.events-1.key",
            "google-owner-condition workload_identity_provider.gitlab/oidc-1 \
             google.workload_identity_pools.gitlab.providers.oidc-1.oidc.attribute_condition",
            "google-unknown-permission google_role.events google.roles.events.permissions",
        ]
    );
}

#[test]
fn what_lets_strangers_in_is_refused_unless_it_is_accepted() {
    let public = "  grants: [{to: allUsers, role: roles/storage.objectViewer}]\n";
    let open = "  bucket: {name: acme-events, location: EU, public_access_prevention: inherited}\n";
    refused(
        &with(&format!("{BUCKET}{public}")),
        "public access prevention refuses",
    );
    refused(
        &with(&format!("{open}{public}")),
        "everybody on the internet",
    );
    let accepted = format!(
        "accept: [{{id: google-public, reason: a site}}]\n{}",
        with(&format!("{open}{public}"))
    );
    assert_eq!(
        found(&accepted),
        ["google-public bindings.bucket/acme-events google.grants[0]"]
    );
    refused(
        &with(
            "  workload_identity_pools: {hub-1: {providers: {oidc-1: {oidc: {issuer: \
             'https://token.actions.githubusercontent.com', attribute_mapping: {google.subject: \
             assertion.sub}}}}}}\n",
        ),
        "vouches for everybody",
    );
}
