//! Every fault: how it is made, at which calls there can be one, how long it lasts, how it ends.

use crate::support::{Answer, Call};

/// What goes wrong.
pub struct Fault {
    pub name: &'static str,
    /// The calls that it can befall.
    pub at: fn(&Call) -> bool,
    /// What comes in place of the answer.
    pub answer: fn(&Call) -> Answer,
    pub lasts: Lasts,
    pub ends: Ends,
    /// The tool's `--timeout`: small where it is what ends the run.
    pub seconds: u16,
}

/// How long it goes on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Lasts {
    /// For so many tries of the one call.
    Tries(usize),
    /// For all tries of the one call.
    ThisCall,
    /// From that call on, for all calls.
    FromHere,
    /// For the first two tries of each read that comes after it.
    ReadsAfter,
    /// For the first two tries of each call that names what it made.
    WhatItMade,
}

/// How the run ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    /// In success, as if nothing had been.
    Well,
    /// In one error, from which a second run goes on.
    Told,
}

/// A page that is nobody's of AWS.
const PAGE: &str =
    "<!DOCTYPE html><html><head><title>Sign in</title></head><body>Pay</body></html>";
/// The answer to a question that nobody asked.
const OTHER: &str = "<GetLoginProfileResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">\
    <GetLoginProfileResult/></GetLoginProfileResponse>";
/// Bytes: more than anybody has memory for.
const ENDLESS: u64 = 1 << 40;

fn any(_: &Call) -> bool {
    true
}

/// CreateKey is sent once, so that what says nothing of it cannot be asked again: `key.rs`.
fn repeatable(call: &Call) -> bool {
    call.operation != "CreateKey"
}

fn of_s3(call: &Call) -> bool {
    call.service == "s3"
}

fn writes_s3(call: &Call) -> bool {
    of_s3(call) && !call.reads()
}

fn writes_iam(call: &Call) -> bool {
    call.service == "iam" && !call.reads()
}

fn writes(call: &Call) -> bool {
    !call.reads()
}

fn creates(call: &Call) -> bool {
    made(call).is_some()
}

/// Its document names a principal that this run has made or met.
fn binds(call: &Call) -> bool {
    match call.operation.as_str() {
        "PutBucketPolicy" => true,
        "CreateRole" | "UpdateAssumeRolePolicy" => call.body.contains("oidc-provider"),
        "CreateKey" | "PutKeyPolicy" => call.body.contains(":role/"),
        _ => false,
    }
}

/// An answer to HEAD has no body: of one in the form of AWS nobody can tell that it is another's.
fn has_body(call: &Call) -> bool {
    call.method != "HEAD" && repeatable(call)
}

/// The name of what a call makes, as others name it.
pub fn made(call: &Call) -> Option<String> {
    let name = match call.operation.as_str() {
        "CreateBucket" => return call.bucket().map(str::to_owned),
        "CreateRole" => "RoleName",
        "CreateUser" => "UserName",
        "CreateGroup" => "GroupName",
        "CreatePolicy" => "PolicyName",
        _ => return None,
    };
    call.parameter(name)
}

/// By service, since each has its own word.
fn coded(call: &Call, status: u16, codes: [(&str, &str); 3], message: &str) -> Answer {
    let found = codes.iter().find(|(service, _)| *service == call.service);
    let (_, code) = found.unwrap_or(&codes[2]);
    Answer::error(status, code, message)
}

fn throttled(call: &Call) -> Answer {
    match call.service.as_str() {
        "s3" => Answer::error(503, "SlowDown", "Please reduce your request rate."),
        "iam" | "sts" => Answer::error(400, "Throttling", "Rate exceeded"),
        _ => Answer::error(400, "ThrottlingException", "Rate exceeded"),
    }
}

fn failing(call: &Call) -> Answer {
    let codes = [
        ("s3", "InternalError"),
        ("iam", "ServiceFailure"),
        ("", "InternalFailure"),
    ];
    coded(call, 500, codes, "We encountered an internal error.")
}

fn expired(call: &Call) -> Answer {
    let status = if of_s3(call) { 400 } else { 403 };
    let codes = [
        ("s3", "ExpiredToken"),
        ("iam", "ExpiredToken"),
        ("", "ExpiredTokenException"),
    ];
    coded(call, status, codes, "The security token is expired")
}

fn denied(call: &Call) -> Answer {
    let codes = [
        ("s3", "AccessDenied"),
        ("iam", "AccessDenied"),
        ("", "AccessDeniedException"),
    ];
    coded(call, 403, codes, "not now")
}

fn unknown(call: &Call) -> Answer {
    let codes = [
        ("s3", "NoSuchBucket"),
        ("iam", "NoSuchEntity"),
        ("", "NotFoundException"),
    ];
    coded(call, 404, codes, "")
}

fn unbound(call: &Call) -> Answer {
    let codes = [
        ("s3", "MalformedPolicy"),
        ("iam", "MalformedPolicyDocument"),
        ("", "MalformedPolicyDocumentException"),
    ];
    let said = match call.service.as_str() {
        "kms" => "Policy contains a statement with one or more invalid principals.",
        _ => "Invalid principal in policy",
    };
    coded(call, 400, codes, said)
}

fn page(status: u16, body: &str) -> Answer {
    let body = body.to_owned();
    Answer::Page { status, body }
}

fn half(body: &[u8]) -> Vec<u8> {
    body[..body.len() / 2].to_vec()
}

const fn once(name: &'static str, at: fn(&Call) -> bool, answer: fn(&Call) -> Answer) -> Fault {
    lasting(name, at, answer, Lasts::Tries(1), Ends::Well, 20)
}

const fn twice(name: &'static str, at: fn(&Call) -> bool, answer: fn(&Call) -> Answer) -> Fault {
    lasting(name, at, answer, Lasts::Tries(2), Ends::Well, 20)
}

const fn lasting(
    name: &'static str,
    at: fn(&Call) -> bool,
    answer: fn(&Call) -> Answer,
    lasts: Lasts,
    ends: Ends,
    seconds: u16,
) -> Fault {
    Fault {
        name,
        at,
        answer,
        lasts,
        ends,
        seconds,
    }
}

/// What passes.
pub const TRANSIENT: &[Fault] = &[
    twice("throttling", any, throttled),
    once("an internal failure", repeatable, failing),
    twice("503 SlowDown", of_s3, throttled),
    once("a reset connection", repeatable, |_| Answer::Reset),
    lasting(
        "an answer that never comes",
        repeatable,
        |_| Answer::NEVER,
        Lasts::Tries(1),
        Ends::Well,
        3,
    ),
    once("an answer lost after the work", any, |_| Answer::DropAfter),
    twice("409 OperationAborted", writes_s3, |_| {
        Answer::error(
            409,
            "OperationAborted",
            "A conflicting operation is under way",
        )
    }),
    twice("409 ConcurrentModification", writes_iam, |_| {
        Answer::error(409, "ConcurrentModification", "try again")
    }),
    twice("a principal not known yet", binds, unbound),
    lasting(
        "reads from before a write",
        writes,
        |_| Answer::Earlier,
        Lasts::ReadsAfter,
        Ends::Well,
        20,
    ),
    lasting(
        "not known right after creation",
        creates,
        unknown,
        Lasts::WhatItMade,
        Ends::Well,
        20,
    ),
    once("a body shorter than its length", any, |_| {
        Answer::Longer(100)
    }),
    once("half a body", any, |_| Answer::change(half)),
    once("a login page with 200", repeatable, |_| page(200, PAGE)),
    once("a login page with 302", repeatable, |_| page(302, PAGE)),
    once("a login page with 503", repeatable, |_| page(503, PAGE)),
    once("a login page with 511", repeatable, |_| page(511, PAGE)),
    once("nothing with 200", repeatable, |_| page(200, "")),
    once("the answer to another call", has_body, |_| {
        Answer::Text(OTHER.to_owned())
    }),
    once("an endless answer", any, |_| Answer::Longer(ENDLESS)),
];

/// What stays.
pub const PERMANENT: &[Fault] = &[
    lasting("denied", any, denied, Lasts::ThisCall, Ends::Told, 20),
    lasting(
        "credentials that expire",
        any,
        expired,
        Lasts::FromHere,
        Ends::Told,
        20,
    ),
    lasting(
        "throttling for good",
        any,
        throttled,
        Lasts::FromHere,
        Ends::Told,
        3,
    ),
    lasting(
        "no answers any more",
        any,
        |_| Answer::NEVER,
        Lasts::FromHere,
        Ends::Told,
        2,
    ),
    lasting(
        "a network that is gone",
        any,
        |_| Answer::Reset,
        Lasts::FromHere,
        Ends::Told,
        20,
    ),
    lasting(
        "a login page for good",
        any,
        |_| page(200, PAGE),
        Lasts::FromHere,
        Ends::Told,
        20,
    ),
    lasting(
        "409 for good",
        writes_s3,
        |_| {
            Answer::error(
                409,
                "OperationAborted",
                "A conflicting operation is under way",
            )
        },
        Lasts::ThisCall,
        Ends::Told,
        2,
    ),
    lasting(
        "a quota that is used up",
        writes_iam,
        |_| Answer::error(409, "LimitExceeded", "Cannot exceed quota"),
        Lasts::ThisCall,
        Ends::Told,
        20,
    ),
];
