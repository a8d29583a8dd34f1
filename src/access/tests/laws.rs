//! The laws of what is gained and lost.

use super::*;
use proptest::prelude::*;

/// A statement without its effect and its principal.
fn body() -> impl Strategy<Value = String> {
    let action = prop_oneof![
        Just("s3:*"),
        Just("s3:GetObject"),
        Just("s3:Get*"),
        Just("s3:PutObject"),
        Just("s3:ListBucket"),
        Just("*"),
        Just("ec2:Run*"),
        Just("sts:AssumeRole"),
    ];
    let resource = prop_oneof![
        Just("*"),
        Just("arn:aws:s3:::b"),
        Just("arn:aws:s3:::b/*"),
        Just("arn:aws:s3:::b/a/*"),
        Just("arn:aws:s3:::b/*.gz"),
        Just("arn:aws:s3:::b*"),
        Just("arn:aws:iam::123456789012:role/t"),
    ];
    let condition = prop_oneof![
        3 => Just(""),
        1 => Just(r#","Condition":{"StringEquals":{"aws:RequestedRegion":"us-east-1"}}"#),
        1 => Just(r#","Condition":{"StringEquals":{"aws:RequestedRegion":["us-east-1","eu-west-1"]}}"#),
        1 => Just(r#","Condition":{"StringNotEquals":{"aws:RequestedRegion":"us-east-1"}}"#),
        1 => Just(r#","Condition":{"Bool":{"aws:SecureTransport":"false"}}"#),
        1 => Just(r#","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#),
    ];
    let names = prop_oneof![4 => Just(""), 1 => Just("Not")];
    let places = prop_oneof![4 => Just(""), 1 => Just("Not")];
    (names, action, places, resource, condition).prop_map(
        |(names, action, places, on, condition)| {
            format!(r#""{names}Action":"{action}","{places}Resource":"{on}"{condition}"#)
        },
    )
}

fn effect(allow: bool, body: &str) -> String {
    let effect = if allow { "Allow" } else { "Deny" };
    format!(r#""Effect":"{effect}",{body}"#)
}

fn statement() -> impl Strategy<Value = String> {
    (prop::bool::weighted(0.7), body()).prop_map(|(allow, body)| effect(allow, &body))
}

fn of_bucket(allow: bool) -> impl Strategy<Value = String> {
    let principal = prop_oneof![
        Just(r#""*""#),
        Just(r#"{"AWS":"arn:aws:iam::123456789012:role/r"}"#),
        Just(r#"{"AWS":"999999999999"}"#),
        Just(r#"{"AWS":"123456789012"}"#),
    ];
    (principal, body()).prop_map(move |(principal, body)| {
        format!("{},\"Principal\":{principal}", effect(allow, &body))
    })
}

/// The statements of a role, of its boundary and of the bucket's policy.
type Parts = (Vec<String>, Option<Vec<String>>, Vec<String>);

fn parts() -> impl Strategy<Value = Parts> {
    let of_bucket = prop_oneof![3 => of_bucket(true), 1 => of_bucket(false)];
    (
        prop::collection::vec(statement(), 0..4),
        prop::option::weighted(0.3, prop::collection::vec(statement(), 0..3)),
        prop::collection::vec(of_bucket, 0..3),
    )
}

fn world((own, boundary, of_bucket): &Parts) -> Vec<Resource> {
    let texts = |all: &[String]| -> Document {
        document(&all.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let target = Resource::Role(Role {
        trust_policy: document(&[
            r#""Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"123456789012"}"#,
        ]),
        ..Role::named("t")
    });
    let bucket_policy = Resource::BucketPolicy(BucketPolicy {
        name: "b".into(),
        region: "us-east-1".into(),
        policy: texts(of_bucket),
    });
    let mut role = role("r", &[]);
    role.inline_policies.insert("p".to_owned(), texts(own));
    let mut all = vec![target, bucket(false), bucket_policy];
    role.permissions_boundary = Some("arn:aws:iam::123456789012:policy/bound".to_owned());
    let bounds = boundary
        .clone()
        .unwrap_or_else(|| vec![EVERYTHING.to_owned()]);
    let bounds: Vec<&str> = bounds.iter().map(String::as_str).collect();
    all.push(managed("bound", &bounds));
    all.push(Resource::Role(role));
    all
}

fn lines(before: &Parts, after: &Parts) -> Vec<Line> {
    Access::of(&plan(&world(before), &world(after))).lines
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn nothing_comes_of_the_same_policies(one in parts()) {
        // Something has to change for anything to be looked at.
        let mut before = world(&one);
        before.push(Resource::User(user("new")));
        let access = Access::of(&plan(&before, &world(&one)));
        prop_assert_eq!(access.lines, Vec::new());
    }

    #[test]
    fn who_gains_one_way_loses_the_other_way(one in parts(), two in parts()) {
        let swapped = |lines: Vec<Line>| -> Vec<String> {
            let mut all: Vec<String> = lines
                .into_iter()
                .map(|mut line| {
                    line.effect = match line.effect {
                        Effect::Gains => Effect::Loses,
                        Effect::Loses => Effect::Gains,
                    };
                    told(&line)
                })
                .collect();
            all.sort();
            all
        };
        let mut there: Vec<String> = lines(&one, &two).iter().map(told).collect();
        there.sort();
        prop_assert_eq!(there, swapped(lines(&two, &one)));
    }

    #[test]
    fn a_statement_more_that_allows_takes_nothing_away(one in parts(), more in body()) {
        let mut two = one.clone();
        two.0.push(effect(true, &more));
        let lost: Vec<String> = lines(&one, &two)
            .iter()
            .filter(|line| line.effect == Effect::Loses)
            .map(told)
            .collect();
        prop_assert_eq!(lost, Vec::<String>::new());
    }

    #[test]
    fn a_statement_more_in_the_bucket_that_allows_takes_nothing_away(
        one in parts(), more in of_bucket(true),
    ) {
        let mut two = one.clone();
        two.2.push(more);
        let lost: Vec<String> = lines(&one, &two)
            .iter()
            .filter(|line| line.effect == Effect::Loses)
            .map(told)
            .collect();
        prop_assert_eq!(lost, Vec::<String>::new());
    }

    #[test]
    fn a_statement_more_that_denies_gives_nothing(one in parts(), more in body()) {
        let mut two = one.clone();
        two.0.push(effect(false, &more));
        let gained = lines(&one, &two);
        let gained: Vec<String> = gained
            .iter()
            .filter(|line| line.effect == Effect::Gains)
            .map(told)
            .collect();
        prop_assert_eq!(gained, Vec::<String>::new());
    }

    /// What a request is answered before and after, by the evaluation itself, against the lines.
    #[test]
    fn a_request_that_is_allowed_only_afterwards_is_a_gain(
        one in parts(), two in parts(),
        action in prop_oneof![
            Just("s3:GetObject"), Just("s3:PutObject"), Just("s3:ListBucket"), Just("ec2:RunInstances"),
            Just("s3:DeleteObject"), Just("iam:CreateUser"),
        ],
        on in prop_oneof![
            Just("arn:aws:s3:::b"), Just("arn:aws:s3:::b/x"), Just("arn:aws:s3:::b/a/x"),
            Just("arn:aws:s3:::b/a/x.gz"), Just("arn:aws:s3:::c/x"),
            Just("arn:aws:ec2:us-east-1:123456789012:instance/i-1"),
        ],
        region in prop_oneof![Just("us-east-1"), Just("eu-west-1"), Just("ap-south-1")],
        secure in any::<bool>(),
        address in prop_oneof![Just("10.0.0.1"), Just("192.0.2.1")],
    ) {
        use crate::policy::actions;
        use crate::policy::evaluate::{Answer, Caller, Context, Request, Source, Sources, evaluate};
        let fits = match actions::find(action) {
            Some(action) => action.applies_to(on),
            None => !on.starts_with("arn:aws:s3:"),
        };
        let allowed = |parts: &Parts| -> bool {
            let read = |all: &[String]| document(&all.iter().map(String::as_str).collect::<Vec<_>>());
            let (own, bucket) = (read(&parts.0), read(&parts.2));
            let boundary = parts.1.as_ref().map(|all| read(all));
            let source = |document| Source { name: "", document };
            let sources = Sources {
                identity: vec![source(&own)],
                boundary: boundary.as_ref().map(source),
                resource: on.starts_with("arn:aws:s3:::b").then(|| source(&bucket)),
                ..Sources::default()
            };
            let request = Request {
                caller: Caller::Role {
                    arn: "arn:aws:iam::123456789012:role/r".into(),
                    session: "s".into(),
                    is_whole: true,
                },
                action: action.into(),
                resource: on.into(),
                resource_account: "123456789012".into(),
                context: Context::new()
                    .with("aws:RequestedRegion", region)
                    .with("aws:SecureTransport", secure.to_string())
                    .with("aws:SourceIp", address),
            };
            evaluate(&request, &sources).answer == Answer::Allowed
        };
        if fits && !allowed(&one) && allowed(&two) {
            let gained = lines(&one, &two);
            let mut gains = gained.iter().filter(|line| line.effect == Effect::Gains);
            let told_of = gains.any(|line| {
                let is_who = matches!(&line.who, Principal::Role(name) if name == "r")
                    || line.who == Principal::Anyone;
                let is_on = line
                    .resources
                    .iter()
                    .any(|pattern| crate::policy::pattern::matches(pattern, on));
                let is_action = line.actions.iter().any(|pattern| {
                    crate::policy::pattern::matches(
                            &pattern.to_ascii_lowercase(),
                            &action.to_ascii_lowercase(),
                        )
                });
                is_who && is_on && is_action
            });
            let all: Vec<String> = gained.iter().map(told).collect();
            prop_assert!(told_of, "{action} on {on} is gained, and not among {all:#?}");
        }
    }
}
