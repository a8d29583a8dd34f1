//! What bindings, roles and providers of Google let in.

use super::*;
use crate::resource::Google;
use crate::resource::google::{
    self, Bindings, Pool, Provider, PublicAccessPrevention, ServiceAccount, Stage,
};

const OURS: &str = "projects/acme-1/roles/events";
const ACCOUNT: &str = "serviceAccount:events@acme-1.iam.gserviceaccount.com";
const GITHUB: &str = "https://token.actions.githubusercontent.com";

fn bound(pairs: &[(&str, &str)]) -> Resource {
    let mut made = Bindings::of_bucket("b", "acme-1");
    for (grantable, member) in pairs {
        let members = made.bindings.entry((*grantable).to_owned()).or_default();
        members.insert((*member).to_owned());
    }
    Resource::Google(Google::Bindings(made))
}

fn google_role(permissions: &[&str], change: impl Fn(&mut google::Role)) -> Resource {
    let mut role = google::Role::named("events", "acme-1");
    role.permissions = permissions.iter().map(|one| (*one).to_owned()).collect();
    change(&mut role);
    Resource::Google(Google::Role(role))
}

fn account(disabled: bool) -> Resource {
    Resource::Google(Google::ServiceAccount(ServiceAccount {
        disabled,
        ..ServiceAccount::named("events", "acme-1")
    }))
}

fn kept(prevention: Option<PublicAccessPrevention>) -> Resource {
    Resource::Google(Google::Bucket(google::Bucket {
        public_access_prevention: prevention,
        ..google::Bucket::named("b", "acme-1", "EU")
    }))
}

fn provider(issuer: &str, condition: Option<&str>) -> [Resource; 2] {
    let provider = Provider {
        attribute_condition: condition.map(str::to_owned),
        attribute_mapping: [("google.subject".to_owned(), "assertion.sub".to_owned())].into(),
        ..Provider::named("github", "actions", "acme-1", issuer)
    };
    [
        Resource::Google(Google::Pool(Pool::named("github", "acme-1"))),
        Resource::Google(Google::Provider(provider)),
    ]
}

/// The lines, without what every name begins with.
fn told_short(before: &[Resource], after: &[Resource]) -> String {
    let lines = between(before, after).join("\n");
    lines
        .replace("projects/_/buckets/", "")
        .replace("/objects/", "/")
        .replace(".iam.gserviceaccount.com", "")
        .replace(" if assertion.aud == the provider and ", " if ")
        .replace(" and assertion.aud == the provider", "")
        .replace(" if assertion.aud == the provider", "")
}

#[test]
fn a_member_gains_what_the_role_has() {
    let role = || google_role(&["storage.objects.create", "storage.objects.get"], |_| {});
    let folder =
        format!("{OURS} if only a/: resource.name.startsWith(\"projects/_/buckets/b/objects/a/\")");
    let elsewhere =
        format!("{OURS} if only a/: resource.name.startsWith(\"projects/_/buckets/c/objects/a/\")");
    let until = format!("{OURS} if until: request.time < timestamp(\"2027-01-01T00:00:00Z\")");
    for (grantable, member, expected, reason) in [
        (
            OURS,
            ACCOUNT,
            "events@acme-1 gains storage.objects.create, storage.objects.get on b/*",
            "a service account",
        ),
        (
            &folder,
            ACCOUNT,
            "events@acme-1 gains storage.objects.create, storage.objects.get on b/a/*",
            "in a folder",
        ),
        (&elsewhere, ACCOUNT, "", "a folder of another bucket"),
        (
            &until,
            ACCOUNT,
            "events@acme-1 gains storage.objects.create, storage.objects.get on b/* if \
             request.time < timestamp(\"2027-01-01T00:00:00Z\")  ",
            "a condition is carried along",
        ),
        (
            "roles/storage.legacyObjectReader",
            "allUsers",
            "PUBLIC:  gains storage.objects.get on b/*",
            "the public",
        ),
        (
            "roles/storage.legacyObjectReader",
            "allAuthenticatedUsers",
            "PUBLIC:  gains storage.objects.get on b/*",
            "whoever has an account is the public, too",
        ),
        (
            "roles/pubsub.viewer",
            ACCOUNT,
            "events@acme-1 could gain what role roles/pubsub.viewer allows",
            "a role that is not known",
        ),
        (
            "roles/storage.legacyObjectReader",
            "serviceAccount:x@other-1.iam.gserviceaccount.com",
            "ACCOUNT: x@other-1 gains storage.objects.get on b/*",
            "of another project",
        ),
        (
            "roles/storage.legacyObjectReader",
            "user:ann@example.com",
            "ann@example.com gains storage.objects.get on b/*",
            "a person",
        ),
        (
            "roles/storage.legacyObjectReader",
            "user:ann@gmail.com",
            "ACCOUNT: ann@gmail.com gains storage.objects.get on b/*",
            "anybody may have such an address",
        ),
        (
            "roles/storage.legacyObjectReader",
            "domain:example.com",
            "ACCOUNT: example.com gains storage.objects.get on b/*",
            "a whole domain",
        ),
        (
            "roles/storage.legacyObjectReader",
            "deleted:user:ann@example.com?uid=1",
            "",
            "somebody who is gone",
        ),
        (
            "roles/storage.legacyObjectReader",
            "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/attribute.repository_id/7",
            "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/attribute.repository_id/7 \
             gains storage.objects.get on b/*",
            "one repository",
        ),
        (
            "roles/storage.legacyObjectReader",
            "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/*",
            "REPOSITORY: //iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/* \
             gains storage.objects.get on b/*",
            "whoever is in a pool of which nothing is known",
        ),
    ] {
        let found = told_short(
            &[role(), account(false), bound(&[])],
            &[role(), account(false), bound(&[(grantable, member)])],
        );
        assert_eq!(found, expected, "{reason}");
    }
}

#[test]
fn who_has_a_role_gains_and_loses_with_it() {
    const BOTH: [&str; 2] = ["storage.objects.create", "storage.objects.get"];
    let role = |change: &dyn Fn(&mut google::Role)| google_role(&BOTH, change);
    let plain = || role(&|_| {});
    let all = "events@acme-1 loses storage.objects.create, storage.objects.get on b/*";
    let of = |role: Resource, disabled| vec![role, account(disabled), bound(&[(OURS, ACCOUNT)])];
    let without = vec![plain(), bound(&[(OURS, ACCOUNT)])];
    for (after, expected, reason) in [
        (
            of(
                google_role(
                    &["storage.objects.create", "storage.objects.delete"],
                    |_| {},
                ),
                false,
            ),
            "events@acme-1 gains storage.objects.delete on b/*\n\
             events@acme-1 loses storage.objects.get on b/*",
            "permissions of the role",
        ),
        (
            of(role(&|role| role.deleted = true), false),
            all,
            "it is deleted",
        ),
        (
            of(role(&|role| role.stage = Stage::Disabled), false),
            all,
            "it is disabled",
        ),
        (of(plain(), true), all, "the account is disabled"),
        (without, all, "the account is deleted"),
    ] {
        let before = of(plain(), false);
        assert_eq!(told_short(&before, &after), expected, "{reason}");
        let back = told_short(&after, &before);
        let turned = |text: &str| {
            text.replace("loses", "GAINS")
                .replace("gains", "loses")
                .replace("GAINS", "gains")
        };
        let mut lines: Vec<String> = turned(&back).lines().map(str::to_owned).collect();
        lines.sort();
        assert_eq!(lines.join("\n"), expected, "the way back: {reason}");
    }
}

#[test]
fn public_access_prevention_keeps_the_public_out() {
    use PublicAccessPrevention::{Enforced, Inherited};
    let read = || bound(&[("roles/storage.legacyObjectReader", "allUsers")]);
    let none = || bound(&[]);
    let kept_out = told_short(
        &[kept(Some(Enforced)), none()],
        &[kept(Some(Enforced)), read()],
    );
    assert_eq!(kept_out, "");
    assert_eq!(
        told_short(
            &[kept(Some(Enforced)), read()],
            &[kept(Some(Inherited)), read()]
        ),
        "PUBLIC:  gains storage.objects.get on b/*",
        "the binding was there, and takes effect"
    );
    let both = bound(&[
        ("roles/storage.legacyObjectReader", "allUsers"),
        ("roles/storage.legacyObjectReader", ACCOUNT),
    ]);
    assert_eq!(
        told_short(&[kept(None), read()], &[kept(None), both]),
        "",
        "told of everybody"
    );
}

#[test]
fn a_folder_is_less_than_the_bucket_and_lists_go_by_prefix() {
    let folder = "roles/storage.objectViewer if only a/: \
        resource.name.startsWith(\"projects/_/buckets/b/objects/a/\") || \
        api.getAttribute(\"storage.googleapis.com/objectListPrefix\", \"\").startsWith(\"a/\")";
    let whole = "roles/storage.objectViewer";
    assert_eq!(
        told_short(
            &[bound(&[(folder, ACCOUNT)])],
            &[bound(&[(whole, ACCOUNT)])]
        ),
        "events@acme-1 gains storage.folders.get, storage.folders.list, storage.managedFolders.get, \
         storage.managedFolders.list, storage.objects.list on b\n\
         events@acme-1 gains storage.objects.get on b/*",
        "all of it is more, and nothing is lost"
    );
    assert_eq!(
        told_short(&[], &[bound(&[(folder, ACCOUNT)])]),
        "events@acme-1 gains storage.objects.get on b/a/*\n\
         events@acme-1 gains storage.objects.list on b if \
         storage.googleapis.com/objectListPrefix startsWith a/"
    );
}

#[test]
fn a_provider_lets_in_whom_its_condition_does_not_keep_out() {
    let id = Some("assertion.repository_id == '7'");
    let in_pool = "gains ExchangeToken on workloadIdentityPools/github";
    for (issuer, condition, expected, reason) in [
        (
            GITHUB,
            None,
            format!("REPOSITORY: {GITHUB} {in_pool}"),
            "any workflow of any repository",
        ),
        (
            GITHUB,
            Some("assertion.ref == 'refs/heads/main'"),
            format!("REPOSITORY: {GITHUB} {in_pool} if assertion.ref == refs/heads/main"),
            "anybody has such a branch",
        ),
        (
            GITHUB,
            Some("assertion.repository_id in ['7', '8']"),
            format!("{GITHUB} {in_pool} if assertion.repository_id == 7, 8"),
            "one repository more",
        ),
        (
            "https://idp.example.com",
            id,
            format!("https://idp.example.com {in_pool} if assertion.repository_id == 7"),
            "another issuer",
        ),
    ] {
        let access = told_short(&provider(GITHUB, id), &provider(issuer, condition));
        let gained: Vec<&str> = access
            .lines()
            .filter(|line| line.contains("gains Exch"))
            .collect();
        assert_eq!(gained, [expected], "{reason}");
    }
    let narrower = Some("assertion.repository_id == '7' && assertion.ref == 'refs/heads/main'");
    let access = told_short(&provider(GITHUB, id), &provider(GITHUB, narrower));
    assert!(!access.contains("gains"), "{access}");
}

#[test]
fn who_may_be_a_service_account_is_told() {
    let mut users = Bindings::of_service_account("events", "acme-1");
    users.bindings.insert(
        "roles/iam.workloadIdentityUser".to_owned(),
        ["user:ann@example.com".to_owned()].into(),
    );
    let users = Resource::Google(Google::Bindings(users));
    assert_eq!(
        told_short(&[account(false)], &[account(false), users]),
        "ann@example.com gains iam.serviceAccounts.get, iam.serviceAccounts.getAccessToken, \
         iam.serviceAccounts.getOpenIdToken, iam.serviceAccounts.list on \
         projects/acme-1/serviceAccounts/events@acme-1"
    );
}
