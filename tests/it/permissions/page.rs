//! Whether `docs/permissions.md` has the table, as it is. `BLESS=1 cargo test permissions` writes its
//! tables anew.

use std::fmt::Write as _;

use s3setup::permissions::{ALL, Aspect, On, Part, Row, Under, Verb};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/permissions.md");

/// The tables of the page: the name in the comment before it, and what it is about.
const TABLES: &[(&str, &[Verb])] = &[
    ("reading", &[Verb::Observe]),
    ("writing", &[Verb::Create, Verb::Update]),
    ("removing", &[Verb::LookUp, Verb::Delete, Verb::Empty]),
    ("rotating", &[Verb::Rotate]),
    ("undoing", &[Verb::Undo]),
    ("trying", &[Verb::Try]),
    ("searching", &[Verb::Search]),
    ("optional", &[Verb::List, Verb::Trace]),
];

/// Where a row counts.
fn place(row: &Row) -> String {
    let mut text = match row.aspect {
        Aspect::Whole => match row.verb {
            Verb::List => "many identities or buckets",
            Verb::Trace => "`drift --who`",
            Verb::Empty => "with `--delete-objects`",
            _ => "always",
        },
        Aspect::Tags => "always: the marks are tags",
        Aspect::Versioning => "`versioning:`",
        Aspect::VersioningOn => "`versioning: true`",
        Aspect::Encryption => "`encryption:`, which is the default",
        Aspect::KeyOfManifest => "encrypted with `kms_key.NAME`",
        Aspect::Key => "encrypted with a key of one's own",
        Aspect::PublicAccessBlock => "`public_access_block:`, which is the default",
        Aspect::ObjectOwnership => "`object_ownership:`, which is the default",
        Aspect::Lifecycle => "`lifecycle:`",
        Aspect::Rules => "`lifecycle:` with rules",
        Aspect::NoRules => "`lifecycle: {}`",
        Aspect::Description => "`description:` (of a role, or `max_session_duration:`)",
        Aspect::Boundary => "`permissions_boundary:`",
        Aspect::InlinePolicies => "`inline_policies:`, or grants",
        Aspect::AttachedPolicies => "`attached_policies:`",
        Aspect::Members => "`members:`",
        Aspect::Groups => "in groups outside the manifest",
        Aspect::RotationOn => "`rotation:`, which is the default",
        Aspect::RotationOff => "`rotation: false`",
        Aspect::TrustInAccount => "it trusts this account",
        Aspect::Secret => "`sink: secrets_manager`",
        Aspect::Parameter => "`sink: parameter_store`",
        Aspect::SecretKey => "`secrets_manager` with a `kms_key:`",
        Aspect::ParameterKey => "`parameter_store` with a `kms_key:`",
    }
    .to_owned();
    text += match row.under {
        Under::Nothing => "",
        Under::Boundary => "; if there is a boundary, only with that",
        Under::OnlyAttached => "; only those policies, and only with the boundary",
        Under::NewKeyTag => "; only with our mark",
        Under::KeyTag => "; only of a key with our mark",
    };
    text
}

fn on(row: &Row) -> &'static str {
    match row.on {
        On::Itself => "it",
        On::Account => "`*`",
        On::Objects => "`BUCKET/*`",
        On::Tries => "`BUCKET/*s3setup-verify-*`",
        On::AnyKey => "`key/*` of the region",
        On::Alias => "`alias/NAME`",
        On::KeyOfBucket => "that key",
        On::Groups => "those groups",
        On::AnyGroup => "`group/*`",
        On::Policies => "those policies",
        On::Sink => "the secret or parameter",
        On::SinkKey => "that key",
    }
}

/// One table.
fn table(verbs: &[Verb]) -> String {
    let mut text = "| kind | permissions | on | where |\n|---|---|---|---|\n".to_owned();
    for part in ALL {
        let mut lines: Vec<(Vec<&str>, String)> = Vec::new();
        let rows = part.rows.iter().filter(|row| verbs.contains(&row.verb));
        // Who one is may be asked by everybody.
        for row in rows.filter(|row| !row.action().starts_with("sts:Get")) {
            let rest = format!("{} | {}", on(row), place(row));
            match lines.iter_mut().find(|(_, other)| *other == rest) {
                Some((actions, _)) if actions.contains(&row.action()) => {}
                Some((actions, _)) => actions.push(row.action()),
                None => lines.push((vec![row.action()], rest)),
            }
        }
        for (at, (actions, rest)) in lines.iter().enumerate() {
            let actions: Vec<String> = actions.iter().map(|one| format!("`{one}`")).collect();
            _ = writeln!(
                text,
                "| {} | {} | {rest} |",
                kind(part, at),
                actions.join(", ")
            );
        }
    }
    text
}

/// The kind, on its first line.
fn kind(part: &Part, at: usize) -> &'static str {
    match at {
        0 => part.words,
        _ => "",
    }
}

#[test]
fn the_page_has_the_table_as_it_is() {
    let page = std::fs::read_to_string(PAGE).expect("it is there");
    let mut wanted = page.clone();
    for (name, verbs) in TABLES {
        let begin = format!("<!-- table: {name} -->\n\n");
        let (before, rest) = wanted.split_once(&begin).expect("the page has that table");
        let (_, after) = rest.split_once("\n<!-- end -->").expect("it ends");
        wanted = format!("{before}{begin}{}\n<!-- end -->{after}", table(verbs));
    }
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(PAGE, &wanted).expect("the checkout is writable");
    } else {
        assert!(
            page == wanted,
            "the tables of docs/permissions.md are not what src/permissions/table/ says: \
             BLESS=1 cargo test permissions"
        );
    }
    let all = TABLES.iter().flat_map(|(_, verbs)| *verbs);
    let shown: Vec<&Verb> = all.collect();
    let rows = ALL.iter().flat_map(|part| part.rows);
    assert!(rows.into_iter().all(|row| shown.contains(&&row.verb)));
}
