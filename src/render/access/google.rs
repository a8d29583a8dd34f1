//! What lines say of Google, in short names.

use super::super::text::quoted;
use crate::access::{Kind, Line};
use crate::policy::google;
use crate::policy::lint::is_github;
use std::collections::BTreeSet;

/// With one pattern in the place of all permissions that Google has of a resource.
pub(super) fn folded(actions: &BTreeSet<String>) -> BTreeSet<String> {
    let mut folded = actions.clone();
    for (of, verbs) in google::ALL {
        let all: Vec<String> = verbs.iter().map(|verb| format!("{of}.{verb}")).collect();
        if all.len() > 1 && all.iter().all(|one| actions.contains(one)) {
            folded.retain(|one| !all.contains(one));
            folded.insert(format!("{of}.*"));
        }
    }
    folded
}

/// The full name of something at Google in short: `b/backups/*`, `service account events@acme-1`.
pub(super) fn resource(name: &str) -> Option<String> {
    if let Some(name) = name.strip_prefix("projects/_/buckets/") {
        return Some(quoted(&name.replacen("/objects/", "/", 1)));
    }
    if let Some(pool) = name.strip_prefix("workloadIdentityPools/") {
        return Some(format!("pool {}", quoted(pool)));
    }
    let (_, address) = name.split_once("/serviceAccounts/")?;
    let address = address
        .strip_suffix(".iam.gserviceaccount.com")
        .unwrap_or(address);
    Some(format!("service account {}", quoted(address)))
}

/// Whom a provider of a pool vouches for: what it asks for beside stands in the condition.
pub(super) fn vouched_for(line: &Line, issuer: &str) -> (String, bool) {
    let host = issuer.trim_start_matches("https://");
    match (is_github(host), line.kind) {
        (true, Kind::Repository)
            if line
                .condition
                .0
                .iter()
                .all(|test| test.key == "assertion.aud") =>
        {
            ("any workflow of any repository of GitHub".to_owned(), false)
        }
        (true, _) => ("GitHub workflows".to_owned(), true),
        _ if issuer == "none" => (
            "whoever another kind of provider vouches for".to_owned(),
            false,
        ),
        _ => (format!("whoever {} vouches for", quoted(host)), false),
    }
}

#[cfg(test)]
mod tests {
    use super::super::*;

    fn line(who: (&str, &str), kind: Kind, actions: &[&str], on: &str) -> Line {
        Line {
            who: Principal::Named {
                kind: who.0.to_owned(),
                name: who.1.to_owned(),
            },
            kind,
            effect: Effect::Gains,
            actions: actions.iter().map(|one| (*one).to_owned()).collect(),
            but: BTreeSet::new(),
            resources: [on.to_owned()].into(),
            condition: crate::access::Condition::default(),
            is_certain: true,
            unknown: None,
            because: BTreeSet::new(),
        }
    }

    #[test]
    fn what_is_of_google_is_told_in_short_names() {
        let scope = Scope {
            account: "123456789012".into(),
            partition: "aws".into(),
            region: "us-east-1".into(),
            project: None,
        };
        let hub = "https://token.actions.githubusercontent.com";
        let test = |operator: &str, key: &str, values: &[&str]| Test {
            operator: operator.to_owned(),
            key: key.to_owned(),
            values: values.iter().map(|one| (*one).to_owned()).collect(),
        };
        let with = |mut line: Line, tests: Vec<Test>| {
            line.condition = crate::access::Condition(tests);
            line
        };
        let account = ("serviceAccount", "events@acme-1.iam.gserviceaccount.com");
        let put = line(
            account,
            Kind::Own,
            &["storage.objects.create"],
            "projects/_/buckets/b/objects/a/*",
        );
        let uploads = [
            "storage.multipartUploads.abort",
            "storage.multipartUploads.create",
            "storage.multipartUploads.list",
            "storage.multipartUploads.listParts",
        ];
        let enter = |kind| {
            line(
                ("issuer", hub),
                kind,
                &["ExchangeToken"],
                "workloadIdentityPools/github",
            )
        };
        let aud = || test("==", "assertion.aud", &["the provider"]);
        for (line, expected) in [
            (
                put.clone(),
                "service account events@acme-1 gains storage.objects.create on b/a/*",
            ),
            (
                line(
                    ("allUsers", ""),
                    Kind::Public,
                    &uploads,
                    "projects/_/buckets/b",
                ),
                "PUBLIC: anyone on the internet gains storage.multipartUploads.* on b",
            ),
            (
                with(put.clone(), vec![test("", "request.time < now()", &[])]),
                "service account events@acme-1 gains storage.objects.create on b/a/* if request.time \
                 < now()",
            ),
            (
                Line {
                    unknown: Some("role roles/x".into()),
                    actions: BTreeSet::new(),
                    ..put
                },
                "service account events@acme-1 gains what role roles/x allows on b/a/*",
            ),
            (
                with(enter(Kind::Repository), vec![aud()]),
                "ANY REPOSITORY: any workflow of any repository of GitHub gains ExchangeToken on pool \
                 github",
            ),
            (
                with(
                    enter(Kind::Workload),
                    vec![aud(), test("==", "assertion.repository_id", &["7"])],
                ),
                "GitHub workflows gain ExchangeToken on pool github if assertion.repository_id == 7",
            ),
            (
                line(
                    ("group", "ops@example.com"),
                    Kind::Own,
                    &["iam.serviceAccounts.getAccessToken"],
                    "projects/acme-1/serviceAccounts/events@acme-1.iam.gserviceaccount.com",
                ),
                "group ops@example.com gains iam.serviceAccounts.getAccessToken on service account \
                 events@acme-1",
            ),
        ] {
            assert_eq!(access_line(&line, &scope), expected);
        }
    }
}
