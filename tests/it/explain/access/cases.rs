//! Accounts in which somebody may or may not read an object.

use serde_json::{Value, json};

const BUCKET: &str = "arn:aws:s3:::backups";

pub fn policy(statements: &Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

pub fn allow(sid: &str, action: &str, resource: &str) -> Value {
    json!({"Sid": sid, "Effect": "Allow", "Action": action, "Resource": format!("{BUCKET}{resource}")})
}

fn to(principal: &Value, mut statement: Value) -> Value {
    statement["Principal"] = principal.clone();
    statement
}

pub fn bucket(more: &Value) -> Value {
    let mut bucket = json!({"name": "backups", "region": "us-east-1"});
    for (name, value) in more.as_object().into_iter().flatten() {
        bucket[name] = value.clone();
    }
    json!({"bucket": bucket})
}

fn bucket_policy(statements: &Value) -> Value {
    json!({"bucket_policy": {"name": "backups", "policy": policy(statements)}})
}

pub fn role(statements: &Value) -> Value {
    json!({"role": {
        "name": "backup", "path": "/jobs/", "tags": {"team": "data"},
        "trust_policy": policy(&json!([])),
        "inline_policies": {"own": policy(statements)},
    }})
}

/// The role of the cases.
pub const ROLE: &str = "arn:aws:iam::123456789012:role/jobs/backup";

/// All four switches of Block Public Access.
fn blocked(on: bool) -> Value {
    json!({"public_access_block": {
        "block_public_acls": on, "ignore_public_acls": on,
        "block_public_policy": on, "restrict_public_buckets": on,
    }})
}

/// Somebody wants an object, and what is told.
pub struct Case {
    pub reason: &'static str,
    pub resources: Vec<Value>,
    pub arguments: Vec<&'static str>,
    pub code: i32,
    pub says: Vec<&'static str>,
}

/// To get an object as the role, with this in the account.
fn as_role(
    reason: &'static str,
    resources: Vec<Value>,
    more: &[&'static str],
    code: i32,
    says: &[&'static str],
) -> Case {
    by("role/backup", reason, resources, more, code, says)
}

fn by(
    who: &'static str,
    reason: &'static str,
    resources: Vec<Value>,
    more: &[&'static str],
    code: i32,
    says: &[&'static str],
) -> Case {
    let get = [
        "--principal",
        who,
        "--action",
        "s3:GetObject",
        "--resource",
        "s3://backups/a/o",
    ];
    Case {
        reason,
        resources,
        arguments: [&get, more].concat(),
        code,
        says: says.to_vec(),
    }
}

pub fn of_policies() -> Vec<Case> {
    let own = || role(&json!([allow("Read", "s3:GetObject", "/a/*")]));
    let plain = || bucket(&json!({}));
    let tls = json!([{
        "Sid": "Tls", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }]);
    let to_role = to(&json!({"AWS": ROLE}), allow("Role", "s3:GetObject", "/*"));
    let mut from_office = allow("Office", "s3:GetObject", "/*");
    from_office["Condition"] = json!({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}});
    let mut by_team = allow("Team", "s3:GetObject", "/*");
    by_team["Condition"] = json!({"StringEquals": {"aws:PrincipalTag/team": "data"}});
    let limited = |boundary: &str| {
        let mut role = own();
        role["role"]["permissions_boundary"] =
            json!(format!("arn:aws:iam::123456789012:policy/{boundary}"));
        role
    };
    let edge = json!({"policy": {
        "name": "edge", "policy": policy(&json!([allow("List", "s3:ListBucket", "")])),
    }});
    let mut with_foreign = own();
    with_foreign["role"]["attached_policies"] = json!(["arn:aws:iam::aws:policy/ReadOnlyAccess"]);
    let mut with_foreign_denied = with_foreign.clone();
    with_foreign_denied["role"]["inline_policies"]["no"] = policy(&json!([
        {"Sid": "Never", "Effect": "Deny", "Action": "s3:*", "Resource": "*"}
    ]));
    vec![
        as_role(
            "its own policy",
            vec![own(), plain()],
            &[],
            0,
            &[
                "Read of inline policy own of role.backup allows it",
                "own policies yes",
            ],
        ),
        as_role(
            "another folder",
            vec![
                role(&json!([allow("Read", "s3:GetObject", "/b/*")])),
                plain(),
            ],
            &[],
            2,
            &[
                "neither the caller's own policies nor",
                "no Resource arn:aws:s3:::backups/b/*",
            ],
        ),
        as_role(
            "the bucket's policy alone",
            vec![role(&json!([])), plain(), bucket_policy(&json!([to_role]))],
            &[],
            0,
            &["Role of the policy of bucket.backups allows it"],
        ),
        as_role(
            "a denial that does not apply",
            vec![own(), plain(), bucket_policy(&tls)],
            &[],
            0,
            &["allowed"],
        ),
        as_role(
            "a denial that does",
            vec![own(), plain(), bucket_policy(&tls)],
            &["--context", "aws:SecureTransport=false"],
            2,
            &[
                "Tls of the policy of bucket.backups denies it",
                "Bool aws:SecureTransport is false",
            ],
        ),
        as_role(
            "a boundary that does not allow it",
            vec![limited("edge"), edge, plain()],
            &[],
            2,
            &[
                "not allowed by the permissions boundary",
                "the permissions boundary no",
            ],
        ),
        as_role(
            "a boundary that is not known",
            vec![limited("gone"), plain()],
            &[],
            1,
            &[
                "could not be told",
                "allow iam:GetPolicy, iam:GetPolicyVersion",
            ],
        ),
        as_role(
            "a policy of AWS's that is not in the file",
            vec![with_foreign, plain()],
            &[],
            1,
            &["could not be read: arn:aws:iam::aws:policy/ReadOnlyAccess"],
        ),
        as_role(
            "a denial, whatever could not be read",
            vec![with_foreign_denied, plain()],
            &[],
            2,
            &["Never of inline policy no of role.backup denies it"],
        ),
        as_role(
            "an address that was not given",
            vec![role(&json!([from_office])), plain()],
            &[],
            1,
            &["give it: --context aws:SourceIp=..."],
        ),
        as_role(
            "an address that was",
            vec![role(&json!([from_office])), plain()],
            &["--context", "aws:SourceIp=203.0.113.7"],
            0,
            &["allowed"],
        ),
        as_role(
            "a tag of the role",
            vec![role(&json!([by_team])), plain()],
            &[],
            0,
            &["aws:PrincipalTag/team is data"],
        ),
        as_role(
            "no bucket",
            vec![own()],
            &[],
            2,
            &["no bucket backups (NoSuchBucket)"],
        ),
        as_role("no role", vec![plain()], &[], 2, &["has no role backup"]),
    ]
}

pub fn of_others() -> Vec<Case> {
    let plain = || bucket(&json!({}));
    let get = || allow("Get", "s3:GetObject", "/*");
    let everyone = || bucket_policy(&json!([to(&json!("*"), get())]));
    let vendor = json!({"AWS": "arn:aws:iam::999999999999:role/vendor"});
    let vendors = || bucket_policy(&json!([to(&vendor, get())]));
    let both = || bucket_policy(&json!([to(&vendor, get()), to(&json!("*"), get())]));
    let other = "arn:aws:iam::999999999999:role/vendor";
    vec![
        by(
            "anyone",
            "nothing for anyone",
            vec![plain()],
            &[],
            2,
            &["the resource's policy"],
        ),
        by(
            "anyone",
            "a public policy",
            vec![bucket(&blocked(false)), everyone()],
            &[],
            0,
            &["to anyone", "allowed"],
        ),
        by(
            "anyone",
            "a public policy that is cut off",
            vec![bucket(&blocked(true)), everyone()],
            &[],
            2,
            &["Block Public Access cuts it off"],
        ),
        by(
            other,
            "a vendor whose own policies are not known",
            vec![bucket(&blocked(true)), vendors()],
            &[],
            1,
            &["account 999999999999 has to allow it, too", "lets it be"],
        ),
        by(
            other,
            "a vendor cut off by one public statement",
            vec![bucket(&blocked(true)), both()],
            &[],
            2,
            &["Block Public Access cuts it off"],
        ),
        by(
            other,
            "a vendor that nothing names",
            vec![plain()],
            &[],
            2,
            &["not allowed by", "Between accounts both sides"],
        ),
    ]
}

/// What the client of a request sends, and what only some requests have.
pub fn of_requests() -> Vec<Case> {
    let plain = || bucket(&json!({}));
    let asks = |mut case: Case, action: &'static str, resource: &'static str| {
        (case.arguments[3], case.arguments[5]) = (action, resource);
        case
    };
    let own = |action: &str, below: &str, condition: Value| {
        let mut statement = allow("Own", action, below);
        statement["Condition"] = condition;
        role(&json!([statement]))
    };
    let public = |condition: Value| {
        let mut statement = to(&json!("*"), allow("Public", "s3:GetObject", "/*"));
        statement["Condition"] = condition;
        bucket_policy(&json!([statement]))
    };
    let list = json!({"StringEquals": {"s3:prefix": ["", "a/"], "s3:delimiter": "/"}});
    let few = json!({"NumericLessThanEquals": {"s3:max-keys": "10"}});
    let encrypted = json!({"StringEquals": {"s3:x-amz-server-side-encryption": "AES256"}});
    let unencrypted = json!([{
        "Sid": "Plain", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::backups/*",
        "Condition": {"StringNotEquals": {"s3:x-amz-server-side-encryption": "AES256"}},
    }]);
    let factor = json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}});
    let session = "arn:aws:sts::123456789012:assumed-role/backup/s";
    let to_session = to(&json!({"AWS": session}), allow("S", "s3:GetObject", "/*"));
    let no_acls = bucket(&json!({"object_ownership": "BucketOwnerEnforced"}));
    let put_acl = || role(&json!([allow("Acl", "s3:PutObjectAcl", "/*")]));
    let anyone = |reason, condition: Value| {
        by(
            "anyone",
            reason,
            vec![plain(), public(condition)],
            &[],
            2,
            &["denied"],
        )
    };
    let lists = |reason, resource, more: &[&'static str], code, says: &[&'static str]| {
        let resources = vec![own("s3:ListBucket", "", list.clone()), plain()];
        asks(
            as_role(reason, resources, more, code, says),
            "s3:ListBucket",
            resource,
        )
    };
    vec![
        lists(
            "a listing of all",
            "s3://backups",
            &[],
            0,
            &["taken for what `aws s3 ls` asks for: s3:delimiter \"/\" and s3:prefix \"\""],
        ),
        lists(
            "a listing of a folder",
            "s3://backups/a/",
            &[],
            0,
            &["s3:prefix \"a/\""],
        ),
        lists(
            "a listing of another folder",
            "s3://backups/b/",
            &[],
            2,
            &["denied"],
        ),
        lists(
            "a listing of which nothing is said",
            "arn:aws:s3:::backups",
            &[],
            1,
            &["--context s3:delimiter=... --context s3:prefix=..."],
        ),
        lists(
            "a listing of which something else is said",
            "s3://backups",
            &["--context", "s3:prefix=b/"],
            2,
            &["asks for: s3:delimiter \"/\";"],
        ),
        asks(
            as_role(
                "how many keys a listing asks for",
                vec![own("s3:ListBucket", "", few), plain()],
                &[],
                1,
                &["--context s3:max-keys=..."],
            ),
            "s3:ListBucket",
            "s3://backups",
        ),
        asks(
            as_role(
                "a header that the client may send",
                vec![own("s3:PutObject", "/*", encrypted), plain()],
                &[],
                1,
                &["--context s3:x-amz-server-side-encryption=..."],
            ),
            "s3:PutObject",
            "s3://backups/o",
        ),
        asks(
            as_role(
                "a header without which it is denied",
                vec![
                    role(&json!([allow("Put", "s3:PutObject", "/*")])),
                    plain(),
                    bucket_policy(&unencrypted),
                ],
                &[],
                1,
                &["--context s3:x-amz-server-side-encryption=..."],
            ),
            "s3:PutObject",
            "s3://backups/o",
        ),
        as_role(
            "a second factor",
            vec![own("s3:GetObject", "/*", factor.clone()), plain()],
            &[],
            1,
            &["--context aws:MultiFactorAuthPresent=..."],
        ),
        anyone("a second factor of nobody", factor),
        anyone(
            "the organization of nobody",
            json!({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}),
        ),
        anyone(
            "a tag of nobody",
            json!({"StringEquals": {"aws:PrincipalTag/t": "x"}}),
        ),
        anyone(
            "the name of nobody",
            json!({"StringEquals": {"aws:username": "x"}}),
        ),
        anyone(
            "a session of nobody",
            json!({"Null": {"aws:TokenIssueTime": "false"}}),
        ),
        anyone(
            "the account of nobody",
            json!({"StringEquals": {"aws:PrincipalAccount": "1"}}),
        ),
        by(
            "anyone",
            "a public policy, and nothing known of what blocks it",
            vec![plain(), public(json!({}))],
            &[],
            0,
            &[
                "- Block Public Access of the account",
                "- the bucket's Block Public Access",
            ],
        ),
        asks(
            as_role(
                "an ACL where there are none",
                vec![put_acl(), no_acls],
                &[],
                2,
                &["S3 answers 400"],
            ),
            "s3:PutObjectAcl",
            "s3://backups/o",
        ),
        asks(
            as_role(
                "an ACL where there are some",
                vec![put_acl(), plain()],
                &[],
                0,
                &["allowed"],
            ),
            "s3:PutObjectAcl",
            "s3://backups/o",
        ),
        as_role(
            "one session's",
            vec![
                role(&json!([])),
                plain(),
                bucket_policy(&json!([to_session.clone()])),
            ],
            &[],
            1,
            &["name of the role's session", "assumed-role/backup/s"],
        ),
        by(
            session,
            "one session's, by that",
            vec![
                role(&json!([])),
                plain(),
                bucket_policy(&json!([to_session])),
            ],
            &[],
            0,
            &["allowed"],
        ),
    ]
}

pub fn of_keys() -> Vec<Case> {
    let own = |more: &[Value]| {
        let mut statements = vec![allow("Read", "s3:GetObject", "/a/*")];
        statements.extend_from_slice(more);
        role(&json!(statements))
    };
    let encrypted = |key: &Value| {
        bucket(&json!({"encryption": {"algorithm": "SSE-KMS", "kms_key": key, "bucket_key": true}}))
    };
    let key = |statements: &Value, enabled: bool| {
        json!({"kms_key": {
            "name": "data", "region": "us-east-1", "enabled": enabled, "rotation": true,
            "deletion_window_days": 30, "policy": policy(statements),
        }})
    };
    let root = json!([{
        "Sid": "Iam", "Effect": "Allow", "Principal": {"AWS": "123456789012"},
        "Action": "kms:*", "Resource": "*",
    }]);
    let decrypt = json!({
        "Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*",
        "Condition": {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}},
    });
    let by_id = json!({
        "Effect": "Allow", "Action": "kms:Decrypt",
        "Resource": "arn:aws:kms:us-east-1:123456789012:key/1234",
    });
    let named = json!("kms_key.data");
    let alias = json!("arn:aws:kms:us-east-1:123456789012:alias/data");
    let id = json!("arn:aws:kms:us-east-1:123456789012:key/1234");
    vec![
        as_role(
            "a key that nothing allows",
            vec![own(&[]), encrypted(&named), key(&root, true)],
            &[],
            2,
            &["kms:Decrypt on the bucket's key kms_key.data is needed as well, and nothing allows"],
        ),
        as_role(
            "a key that is left to the role's policy",
            vec![
                own(std::slice::from_ref(&decrypt)),
                encrypted(&alias),
                key(&root, true),
            ],
            &[],
            0,
            &["is needed as well", "allows it"],
        ),
        as_role(
            "a key that is disabled",
            vec![own(&[decrypt]), encrypted(&named), key(&root, false)],
            &[],
            2,
            &["is disabled"],
        ),
        as_role(
            "a key that the role's policy names by its id",
            vec![own(&[by_id]), encrypted(&named), key(&root, true)],
            &[],
            1,
            &["could not be told"],
        ),
        as_role(
            "a key by its id",
            vec![own(&[]), encrypted(&id)],
            &[],
            1,
            &["its policy is not read"],
        ),
        as_role(
            "the key of AWS",
            vec![own(&[]), encrypted(&Value::Null)],
            &[],
            0,
            &["everybody of the account may use"],
        ),
    ]
}
