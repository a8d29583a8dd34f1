//! Pages of an account, and what is kept of them.

use super::*;
use crate::resource::{Group, Resource, Role, User};

const DOCUMENT: &str = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%5D%7D";

fn asked() -> Asked {
    let all = [
        Resource::Role(Role::named("Wanted")),
        Resource::User(User::named("ann")),
        Resource::Group(Group::named("ours", "/")),
    ];
    Asked::of(&all, |_| None)
}

fn role(name: &str) -> iam::RoleDetail {
    let policy = iam::PolicyDetail::builder()
        .policy_name("p")
        .policy_document(DOCUMENT);
    let attached = iam::AttachedPolicy::builder().policy_arn("arn:aws:iam::aws:policy/x");
    iam::RoleDetail::builder()
        .role_name(name)
        .assume_role_policy_document(DOCUMENT)
        .role_policy_list(policy.build())
        .attached_managed_policies(attached.build())
        .tags(iam::Tag::builder().key("k").value("v").build().unwrap())
        .build()
}

fn user(name: &str, groups: &[&str]) -> iam::UserDetail {
    iam::UserDetail::builder()
        .user_name(name)
        .user_id("AIDA")
        .arn(format!("arn:aws:iam::1:user/{name}"))
        .path("/")
        .create_date(aws_smithy_types::DateTime::from_secs(0))
        .set_group_list(Some(groups.iter().map(|one| (*one).to_owned()).collect()))
        .build()
}

fn group(name: &str, path: &str) -> iam::GroupDetail {
    iam::GroupDetail::builder()
        .group_name(name)
        .path(path)
        .build()
}

fn page(
    roles: Vec<iam::RoleDetail>,
    users: Vec<iam::UserDetail>,
    groups: Vec<iam::GroupDetail>,
) -> Page {
    Page::builder()
        .set_role_detail_list(Some(roles))
        .set_user_detail_list(Some(users))
        .set_group_detail_list(Some(groups))
        .build()
}

#[test]
fn of_a_page_is_kept_what_is_asked_for() {
    let mut found = Identities::default();
    let strangers = (0..500).map(|at| role(&format!("stranger-{at}")));
    let roles = strangers.chain([role("wanted")]).collect();
    let users = vec![user("bob", &[]), user("ANN", &[])];
    found.keep(page(roles, users, Vec::new()), &asked());
    assert_eq!(found.roles.keys().collect::<Vec<_>>(), ["wanted"]);
    assert_eq!(found.users.keys().collect::<Vec<_>>(), ["ann"]);
}

#[test]
fn a_role_is_put_together_of_both_listings() {
    let mut found = Identities::default();
    found.keep(page(vec![role("wanted")], Vec::new(), Vec::new()), &asked());
    assert!(found.take_role("Wanted").is_none(), "in one listing only");
    found.keep(page(vec![role("wanted")], Vec::new(), Vec::new()), &asked());
    let listed = iam::Role::builder()
        .role_name("wanted")
        .role_id("AROA")
        .arn("arn:aws:iam::1:role/wanted")
        .path("/")
        .create_date(aws_smithy_types::DateTime::from_secs(0))
        .description("text")
        .max_session_duration(7200)
        .build()
        .unwrap();
    found.listed.insert("wanted".into(), listed);
    let (role, permissions) = found.take_role("Wanted").unwrap();
    assert_eq!(role.description(), Some("text"));
    assert_eq!(role.max_session_duration, Some(7200));
    assert_eq!(role.tags().len(), 1);
    assert!(role.assume_role_policy_document().is_some());
    assert!(permissions.inline.unwrap().contains_key("p"));
    assert_eq!(permissions.attached.len(), 1);
    assert!(found.take_role("Wanted").is_none(), "told once");
}

#[test]
fn the_members_of_a_group_are_on_all_pages() {
    let mut found = Identities::default();
    let first = page(
        Vec::new(),
        vec![user("bob", &["ours"])],
        vec![group("ours", "/g/")],
    );
    found.keep(first, &asked());
    let second = vec![user("ann", &["ours", "theirs"]), user("eve", &["theirs"])];
    found.keep(page(Vec::new(), second, Vec::new()), &asked());
    assert!(
        found.take_group("ours").is_none(),
        "there may be another page"
    );
    found.is_whole = true;
    let (itself, _) = found.take_group("Ours").unwrap();
    let members = ["ann", "bob"].map(str::to_owned);
    assert_eq!(itself, ("/g/".to_owned(), BTreeSet::from(members)));
}

#[test]
fn a_user_comes_with_the_paths_of_its_groups_or_not_at_all() {
    let mut found = Identities::default();
    let users = || vec![user("ann", &["theirs"])];
    found.keep(page(Vec::new(), users(), Vec::new()), &asked());
    assert!(
        found.take_user("ann").is_none(),
        "whose the group is, no page told"
    );
    let groups = vec![group("theirs", "/s3setup/theirs/")];
    found.keep(page(Vec::new(), users(), groups), &asked());
    let (user, _, groups) = found.take_user("ann").unwrap();
    assert_eq!(user.user_id(), "AIDA");
    assert_eq!(groups["theirs"], "/s3setup/theirs/");
}

#[test]
fn a_document_is_that_of_the_version_it_was_listed_for() {
    let mut found = Identities::default();
    let listed = || ("v2".to_owned(), "text".to_owned());
    found.versions.insert("arn".into(), listed());
    assert_eq!(found.take_version("arn", "v3"), None);
    found.versions.insert("arn".into(), listed());
    assert_eq!(found.take_version("arn", "v2").as_deref(), Some("text"));
    assert!(found.is_new(Address::new("role", "r")) && !found.is_new(Address::new("role", "r")));
}
