//! Why somebody may or may not do something to an object.

mod cases;

use serde_json::json;

use super::{explain, explain_json, with_account};
use crate::neon::flat;
use cases::{ROLE, allow, bucket, of_keys, of_others, of_policies, of_requests, policy, role};

#[test]
fn why_an_object_may_be_read_or_not_is_told() {
    let all = [of_policies(), of_others(), of_keys(), of_requests()];
    for case in all.into_iter().flatten() {
        let tool = with_account(&case.resources);
        let outcome = explain(&tool, &case.arguments);
        assert_eq!(outcome.code, Some(case.code), "{}: {outcome}", case.reason);
        let said = flat(&outcome.stdout);
        for part in case.says {
            assert!(
                said.contains(part),
                "{}: no {part:?} in {outcome}",
                case.reason
            );
        }
    }
}

#[test]
fn a_user_has_the_policies_of_its_groups() {
    let tool = with_account(&[
        json!({"user": {"name": "ann", "groups": ["readers"]}}),
        json!({"group": {
            "name": "readers", "members": ["ann"],
            "inline_policies": {"read": policy(&json!([allow("Read", "s3:GetObject", "/*")]))},
        }}),
        bucket(&json!({})),
    ]);
    for who in ["user/ann", "user.ann", "arn:aws:iam::123456789012:user/ann"] {
        let ask = [
            "--principal",
            who,
            "--action",
            "s3:getobject",
            "--resource",
            "s3://backups/o",
        ];
        explain(&tool, &ask)
            .expect_code(0)
            .expect_stdout("Read of inline policy read of group.readers allows it");
    }
}

#[test]
fn a_bucket_of_another_account_is_told_as_far_as_it_can_be_seen() {
    let tool = with_account(&[]);
    let account = json!({
        "account": super::ACCOUNT, "taken_buckets": ["backups"],
        "resources": [role(&json!([allow("Read", "s3:GetObject", "/a/*")]))],
    });
    tool.file("account.json", &account.to_string());
    let ask = |key: &str| {
        let resource = format!("s3://backups/{key}");
        let ask = [
            "--principal",
            "role/backup",
            "--action",
            "s3:GetObject",
            "--resource",
            &resource,
        ];
        explain(&tool, &ask)
    };
    ask("a/o")
        .expect_code(1)
        .expect_stdout("its policy cannot be seen from")
        .expect_stdout("the caller's own policies allow it");
    ask("b/o")
        .expect_code(2)
        .expect_stdout("it is not allowed by the caller's own policies\n");
}

#[test]
fn who_may_assume_a_role_is_told_by_its_trust() {
    let trust = json!([{
        "Sid": "Ann", "Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": {"AWS": "arn:aws:iam::123456789012:user/ann"},
    }]);
    let tool = with_account(&[
        json!({"user": {"name": "ann"}}),
        json!({"user": {"name": "bob"}}),
        json!({"role": {"name": "backup", "trust_policy": policy(&trust)}}),
    ]);
    let ask = |who: &str| {
        let role = "arn:aws:iam::123456789012:role/backup";
        explain(
            &tool,
            &[
                "--principal",
                who,
                "--action",
                "sts:AssumeRole",
                "--resource",
                role,
            ],
        )
    };
    ask("user/ann")
        .expect_code(0)
        .expect_stdout("Ann of the trust policy");
    ask("user/bob")
        .expect_code(2)
        .expect_stdout("the resource's policy");
}

#[test]
fn json_of_access_has_the_shape_that_programs_rely_on() {
    let tool = with_account(&[
        role(&json!([
            allow("Read", "s3:GetObject", "/b/*"),
            allow("Put", "s3:PutObject", "/a/*")
        ])),
        bucket(&json!({})),
    ]);
    let ask = [
        "--principal",
        "role/backup",
        "--action",
        "s3:GetObject",
        "--resource",
        "s3://backups/a/o",
    ];
    let report = explain_json(&tool, &ask);
    let names: Vec<&str> = report
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let mut wanted = [
        "format_version",
        "question",
        "account",
        "region",
        "principal",
        "action",
        "resource",
        "answer",
        "notes",
        "steps",
        "layers",
        "statements",
        "deciding",
        "nearest",
        "rests_on",
        "unreadable",
        "calls",
    ];
    wanted.sort_unstable();
    assert_eq!(names, wanted);
    assert_eq!(report["question"], "access");
    assert_eq!(report["answer"], "denied");
    assert_eq!(report["principal"], ROLE);
    let layers = json!({"together": "either", "identity": false, "boundary": null,
        "session": null, "resource": null});
    assert_eq!(report["layers"], layers);
    assert_eq!(report["deciding"], json!([]));
    let nearest = report["nearest"][0].as_u64().unwrap();
    let nearest = &report["statements"][usize::try_from(nearest).unwrap()];
    assert_eq!(nearest["sid"], "Read");
    assert_eq!(nearest["layer"], "identity");
}

#[test]
fn what_makes_no_question_is_refused() {
    let tool = with_account(&[]);
    let object = "s3://backups/o";
    for (who, action, resource, says) in [
        ("ann", "s3:GetObject", object, "user/NAME"),
        ("role/r", "s3:HeadObject", object, "write s3:GetObject"),
        ("role/r", "s3:GetObject", "s3://backups", "s3://BUCKET/KEY"),
        (
            "arn:aws:iam::123456789012:oidc-provider/x",
            "s3:GetObject",
            object,
            "takes a role first",
        ),
    ] {
        let ask = [
            "--principal",
            who,
            "--action",
            action,
            "--resource",
            resource,
        ];
        let outcome = explain(&tool, &ask);
        outcome.expect_code(1);
        assert!(flat(&outcome.stderr).contains(says), "{says}: {outcome}");
    }
}
