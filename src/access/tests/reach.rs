//! Who can reach what, on either side of a plan.

use super::*;
use crate::access::reach;

/// Each thing that is reached, and on which sides; that somebody can become the role is left out.
fn told(before: &[Resource], after: &[Resource]) -> Vec<String> {
    let plan = plan(before, after);
    let rows = reach(&plan, &Access::of(&plan)).into_iter();
    let rows = rows.filter(|row| !row.line.resources.iter().any(|on| on.contains(":role/")));
    let told = rows.map(|row| {
        let words = |set: &std::collections::BTreeSet<String>| {
            set.iter().cloned().collect::<Vec<_>>().join("+")
        };
        let side = match (row.live, row.wanted) {
            (true, true) => "both",
            (true, false) => "live",
            _ => "wanted",
        };
        format!(
            "{side}: {} {}",
            words(&row.line.actions),
            words(&row.line.resources)
        )
    });
    told.collect()
}

#[test]
fn what_is_the_same_on_both_sides_is_told_apart_from_what_is_not() {
    let may = |statements: &[&str]| [with(statements)];
    let get = |folder: &str| {
        format!(r#""Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/{folder}*""#)
    };
    let on = |folder: &str| format!("arn:aws:s3:::b/{folder}*");
    let all = on("");
    let both = format!("both: s3:GetObject {all}");
    let cases = [
        (may(&[GET]), may(&[GET]), vec![both.clone()], "the same"),
        (
            may(&[GET]),
            may(&[GET_AND_PUT]),
            vec![both.clone(), format!("wanted: s3:PutObject {all}")],
            "one action more is wanted, and only that is not live",
        ),
        (
            may(&[GET_AND_PUT]),
            may(&[GET]),
            vec![both.clone(), format!("live: s3:PutObject {all}")],
            "one action more is live",
        ),
        (
            may(&[GET]),
            may(&[&get("a/")]),
            vec![
                format!("both: s3:GetObject {}", on("a/")),
                format!("live: s3:GetObject {all}"),
            ],
            "what is within something wider is live, too",
        ),
    ];
    for (before, after, expected, reason) in cases {
        assert_eq!(told(&before, &after), expected, "{reason}");
    }
    assert_eq!(
        told(&[], &may(&[GET])),
        [format!("wanted: s3:GetObject {all}")]
    );
}
