//! What holds of every document, tried on many made at random.

mod variants;

use super::{Document, Effect, Principal, Statement};
use proptest::collection::{btree_map, btree_set, vec};
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::json;
use variants::{reworded, widened};

fn action() -> impl Strategy<Value = String> {
    prop_oneof![
        select(vec![
            "s3:GetObject",
            "S3:putobject",
            "s3:get*",
            "iam:*",
            "ec2:runInstances",
            "*"
        ])
        .prop_map(str::to_owned),
        "[a-z0-9]{1,3}:[A-Za-z*?]{1,6}",
    ]
}

fn resource() -> impl Strategy<Value = String> {
    prop_oneof![
        "arn:aws:s3:::[a-z]{3}(/\\*)?",
        "[ -ÿ]{0,6}",
        Just("*".to_owned())
    ]
}

fn principal() -> impl Strategy<Value = Principal> {
    let value = prop_oneof![
        "[0-9]{12}",
        "arn:aws:iam::[0-9]{12}:(root|role/[a-z]{2})",
        Just("*".to_owned()),
    ];
    let key = select(vec!["AWS", "Service", "Federated"]).prop_map(str::to_owned);
    btree_map(key, btree_set(value, 0..3), 1..3).prop_map(Principal)
}

fn condition() -> impl Strategy<Value = super::statement::Condition> {
    let operator = select(vec![
        "StringEquals",
        "stringlike",
        "ForAllValues:ArnLike",
        "Bool",
        "Odd",
    ]);
    let key = select(vec![
        "aws:sourceip",
        "s3:prefix",
        "aws:RequestTag/A",
        "x.com/A:sub",
        "odd",
    ]);
    let values = btree_set("[a-zA-Z0-9*\"\\\\ü]{0,4}", 0..3);
    let tests = btree_map(key.prop_map(str::to_owned), values, 0..3);
    btree_map(operator.prop_map(str::to_owned), tests, 0..3)
}

prop_compose! {
    fn statement()(
        sid in of("[A-Za-z0-9]{0,3}"),
        allow in any::<bool>(),
        principal in of(principal()),
        not_principal in of(principal()),
        action in btree_set(action(), 0..3),
        not_action in btree_set(action(), 0..2),
        resource in btree_set(resource(), 0..3),
        not_resource in btree_set(resource(), 0..2),
        condition in condition(),
    ) -> Statement {
        let effect = if allow { Effect::Allow } else { Effect::Deny };
        Statement {
            sid, effect, principal, not_principal, action, not_action, resource, not_resource, condition,
        }
    }
}

fn document() -> impl Strategy<Value = Document> {
    vec(statement(), 1..4).prop_map(Document::new)
}

proptest! {
    #[test]
    fn a_document_survives_being_sent(document in document()) {
        prop_assert_eq!(Document::parse(&document.to_json()), Ok(document.clone()));
        let encoded = percent_encoding::utf8_percent_encode(
            &document.to_json(), percent_encoding::NON_ALPHANUMERIC,
        ).to_string();
        prop_assert_eq!(Document::parse(&encoded), Ok(document));
    }

    #[test]
    fn a_document_survives_being_saved(document in document()) {
        let saved = serde_json::to_string(&document)?;
        prop_assert_eq!(serde_json::from_str::<Document>(&saved)?, document.clone());
        let value = serde_json::to_value(&document)?;
        prop_assert_eq!(serde_json::from_value::<Document>(value)?, document);
    }

    #[test]
    fn a_document_says_the_same_in_other_words(document in document()) {
        let words = reworded(&serde_json::to_value(&document)?);
        let second = Document::parse(&words).map_err(|fault| TestCaseError::fail(fault.to_string()))?;
        prop_assert_eq!(&second, &document, "{}", words);
        prop_assert_eq!(&document, &second, "the other way round");
        let third = Document::parse(&format!("[{}]", second.to_json()));
        prop_assert_eq!(third.as_ref(), Ok(&second));
        prop_assert_eq!(third, Ok(document), "by way of the second");
    }

    #[test]
    fn statements_have_no_order_but_a_number(statements in vec(statement(), 1..4), turn in 0usize..4) {
        let document = Document::new(statements.clone());
        let mut turned = statements.clone();
        turned.rotate_left(turn % statements.len());
        prop_assert_eq!(&Document::new(turned), &document);
        let more = statements.iter().chain(statements.first()).cloned();
        prop_assert_ne!(Document::new(more), document);
    }

    #[test]
    fn a_canonical_statement_stays_as_it_is(statement in statement()) {
        let canonical = statement.canonical();
        prop_assert_eq!(canonical.clone().canonical(), canonical);
    }

    #[test]
    fn allow_is_never_deny(statement in statement()) {
        let effect = match statement.effect {
            Effect::Allow => Effect::Deny,
            Effect::Deny => Effect::Allow,
        };
        let other = Statement { effect, ..statement.clone() };
        prop_assert_ne!(Document::new([other]), Document::new([statement]));
    }

    #[test]
    fn what_allows_more_or_says_something_else_is_never_the_same(document in document()) {
        for (what, wider) in widened(&document) {
            prop_assert_ne!(&wider, &document, "{}", what);
            prop_assert_ne!(&document, &wider, "{}", what);
        }
    }

    #[test]
    fn no_order_of_statements_says_anything(
        (one, two) in vec(statement(), 1..6).prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
    ) {
        prop_assert_eq!(Document::new(one), Document::new(two));
    }

    #[test]
    fn what_is_sent_and_taken_is_taken_for_a_comparison_alike(document in document()) {
        let sent = document.to_json();
        prop_assert_eq!(Document::parse_leniently(&sent), Document::parse(&sent));
    }

    #[test]
    fn equals_is_never_like(statement in statement(), value in "[a-z*]{1,4}") {
        let with = |operator: &str| {
            let mut statement = statement.clone();
            statement.condition = serde_json::from_value(
                json!({ operator: { "s3:prefix": [value] } }),
            )?;
            Ok::<_, serde_json::Error>(Document::new([statement]))
        };
        prop_assert_ne!(with("StringEquals")?, with("StringLike")?);
        prop_assert_ne!(with("StringEquals")?, with("StringEqualsIfExists")?);
        prop_assert_ne!(with("StringEquals")?, with("ForAllValues:StringEquals")?);
    }

    #[test]
    fn what_two_documents_have_twice_tells_them_apart(one in statement(), two in statement()) {
        let (one, two) = (one.canonical(), two.canonical());
        prop_assume!(one != two);
        let twice_one = Document::new([one.clone(), one.clone(), two.clone()]);
        let twice_two = Document::new([one, two.clone(), two]);
        prop_assert_ne!(twice_one, twice_two);
    }

    #[test]
    fn no_text_makes_reading_panic(text in ".{0,60}", around in "[{}\\[\\]\",:%a-zA-Z0-9]{0,60}") {
        let _ = Document::parse(&text);
        let _ = Document::parse(&around);
        let _ = Document::parse(&format!("{{\"Statement\":{around}}}"));
    }
}
