//! What the evaluation of policies answers, against a server that enforces them by its own reading.

use s3setup::policy::Document;
use s3setup::policy::evaluate::{
    Answer, Caller, Context, Request, ResourceRule, Source, Sources, evaluate,
};
use serde_json::{Value, json};

use crate::support::{Account, Server};

/// Asks as a user or as a session of a role, after its policies and the bucket's are in place.
const ASK: &str = include_str!("evaluate/ask.py");

/// The same five requests, for us.
fn requests(account: &Account, bucket: &str, caller: &Caller) -> Vec<Request> {
    let request = |action: &str, path: &str, prefix: Option<&str>| {
        let context = Context::new()
            .with("aws:SecureTransport", "false")
            .with("aws:SourceIp", "127.0.0.1");
        Request {
            caller: caller.clone(),
            action: action.to_owned(),
            resource: format!("arn:aws:s3:::{bucket}{path}"),
            resource_account: account.account_id.clone(),
            context: prefix.map_or(context.clone(), |prefix| context.with("s3:prefix", prefix)),
        }
    };
    vec![
        request("s3:GetObject", "/a/o", None),
        request("s3:PutObject", "/a/o", None),
        request("s3:GetObject", "/b/o", None),
        request("s3:ListBucket", "", Some("a/")),
        request("s3:ListBucket", "", None),
    ]
}

/// A policy of these statements; BUCKET, and ME for whoever asks, are filled in.
fn policy(statements: &[Value]) -> String {
    json!({"Version": "2012-10-17", "Statement": statements}).to_string()
}

fn one(effect: &str, action: &str, resource: &str, condition: &Value) -> Value {
    let resource = format!("arn:aws:s3:::BUCKET{resource}");
    json!({"Effect": effect, "Action": action, "Resource": resource, "Condition": condition})
}

fn to(principal: &Value, mut statement: Value) -> String {
    statement["Principal"] = principal.clone();
    policy(&[statement])
}

struct Case {
    reason: &'static str,
    role: bool,
    own: Option<String>,
    boundary: Option<String>,
    session: Option<String>,
    bucket: Option<String>,
}

impl Case {
    fn new(reason: &'static str, own: Option<String>) -> Case {
        Case {
            reason,
            role: false,
            own,
            boundary: None,
            session: None,
            bucket: None,
        }
    }
}

fn cases() -> Vec<Case> {
    let none = json!({});
    let all = || policy(&[json!({"Effect": "Allow", "Action": "s3:*", "Resource": "*"})]);
    let when = |condition: Value| policy(&[one("Allow", "s3:*", "*", &condition)]);
    let except = |statement: Value| {
        Some(policy(&[
            json!({"Effect": "Allow", "Action": "s3:*", "Resource": "*"}),
            statement,
        ]))
    };
    let read = || one("Allow", "s3:GetObject", "/*", &json!({}));
    let me = json!({"AWS": "ME"});
    let case = Case::new;
    vec![
        case("nothing", None),
        case("everything", Some(all())),
        case("reading", Some(policy(&[read()]))),
        case(
            "a prefix",
            Some(policy(&[one("Allow", "s3:*Object", "/a/*", &none)])),
        ),
        case(
            "a denial",
            except(one("Deny", "S3:getobject", "/a/*", &none)),
        ),
        case(
            "all but an action",
            Some(policy(&[
                json!({"Effect": "Allow", "NotAction": "s3:Put*", "Resource": "*"}),
            ])),
        ),
        case(
            "all but a resource",
            Some(policy(&[
                json!({"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::BUCKET/b/*"}),
            ])),
        ),
        case(
            "a prefix that is listed",
            Some(when(json!({"StringLike": {"s3:prefix": "a/*"}}))),
        ),
        case(
            "a prefix if there is one",
            Some(when(json!({"StringLikeIfExists": {"s3:prefix": "a/*"}}))),
        ),
        case(
            "any other prefix",
            Some(when(json!({"StringNotEquals": {"s3:prefix": "a/"}}))),
        ),
        case(
            "no prefix at all",
            Some(when(json!({"Null": {"s3:prefix": "true"}}))),
        ),
        case(
            "plain HTTP",
            except(one(
                "Deny",
                "s3:*",
                "*",
                &json!({"Bool": {"aws:SecureTransport": "false"}}),
            )),
        ),
        case(
            "this address",
            Some(when(json!({"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}))),
        ),
        case(
            "another address",
            Some(when(
                json!({"NotIpAddress": {"aws:SourceIp": "127.0.0.0/8"}}),
            )),
        ),
        case(
            "a name in a condition",
            Some(when(json!({"StringEquals": {"aws:PrincipalType": "User"}}))),
        ),
        Case {
            boundary: Some(policy(&[read()])),
            ..case("a boundary", Some(all()))
        },
        Case {
            boundary: Some(all()),
            ..case("a boundary alone", None)
        },
        Case {
            bucket: Some(to(&me, read())),
            ..case("the bucket names the user", None)
        },
        Case {
            bucket: Some(to(&json!({"AWS": "ACCOUNT"}), read())),
            ..case("the bucket names the account", None)
        },
        Case {
            bucket: Some(to(&json!("*"), one("Deny", "s3:GetObject", "/b/*", &none))),
            ..case("the bucket denies everyone", Some(all()))
        },
        Case {
            role: true,
            ..case("a role", Some(policy(&[read()])))
        },
        Case {
            role: true,
            bucket: Some(to(&me, read())),
            ..case("the bucket names the role", None)
        },
        Case {
            role: true,
            session: Some(policy(&[read()])),
            ..case("a session policy", Some(all()))
        },
        Case {
            role: true,
            session: Some(all()),
            ..case("a session policy alone", None)
        },
        Case {
            role: true,
            boundary: Some(all()),
            session: Some(policy(&[one("Allow", "s3:*", "/a/*", &none)])),
            ..case("all three", Some(policy(&[read()])))
        },
    ]
}

#[test]
fn a_server_that_enforces_policies_answers_the_same() {
    let account = Server::ministack().account();
    let bucket = account.bucket("evaluate");
    let id = &account.account_id;
    let arn = |index: usize, case: &Case| {
        let kind = if case.role { "role" } else { "user" };
        format!("arn:aws:iam::{id}:{kind}/e{index}")
    };
    let mut cases = cases();
    for (index, case) in cases.iter_mut().enumerate() {
        let me = arn(index, case);
        for text in [
            &mut case.own,
            &mut case.boundary,
            &mut case.session,
            &mut case.bucket,
        ] {
            let filled = text.take();
            *text = filled.map(|text| {
                text.replace("BUCKET", &bucket)
                    .replace("ME", &me)
                    .replace("ACCOUNT", id)
            });
        }
    }
    let asked: Vec<Value> = cases
        .iter()
        .map(|case| {
            json!({"role": case.role, "own": case.own, "boundary": case.boundary,
                "session": case.session, "bucket": case.bucket})
        })
        .collect();
    let arguments = json!({"bucket": bucket, "cases": asked, "account_id": id,
        "endpoint": account.endpoint});
    let theirs = account.python_with(ASK, &arguments);
    for (index, case) in cases.iter().enumerate() {
        let mut caller = Caller::parse(&arn(index, case)).expect("it is a user or a role");
        if let Caller::Role { session, .. } = &mut caller {
            *session = "test".to_owned();
        }
        let read = |text: &Option<String>| -> Option<Document> {
            text.as_ref()
                .map(|text| Document::parse(text).expect("it is a policy"))
        };
        let (own, boundary) = (read(&case.own), read(&case.boundary));
        let (session, bucket_policy) = (read(&case.session), read(&case.bucket));
        let source = |document| Source {
            name: "x",
            document,
        };
        let sources = Sources {
            identity: own.iter().map(source).collect(),
            boundary: boundary.as_ref().map(source),
            session: session.iter().map(source).collect(),
            resource: bucket_policy.as_ref().map(source),
            resource_rule: ResourceRule::Ordinary,
        };
        let ours: Vec<bool> = requests(&account, &bucket, &caller)
            .iter()
            .map(|request| evaluate(request, &sources).answer == Answer::Allowed)
            .collect();
        assert_eq!(
            json!(ours),
            theirs[index],
            "{}: {case_own:?}",
            case.reason,
            case_own = case.own
        );
    }
}
