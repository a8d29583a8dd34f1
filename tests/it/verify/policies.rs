//! The policies of an account, read and written behind the tool's back.

use serde_json::{Value, json};

use crate::support::Account;

const READ: &str = "found = []
def add(kind, of, name, document):
    found.append({'kind': kind, 'of': of, 'name': name, 'document': document})
for kind, of in [(k, one[k.title() + 'Name']) for k, all in (
        ('user', iam.list_users()['Users']), ('role', iam.list_roles()['Roles']),
        ('group', iam.list_groups()['Groups'])) for one in all]:
    who = {kind.title() + 'Name': of}
    for name in getattr(iam, f'list_{kind}_policies')(**who)['PolicyNames']:
        get = getattr(iam, f'get_{kind}_policy')
        add(kind, of, name, get(PolicyName=name, **who)['PolicyDocument'])
for policy in iam.list_policies(Scope='Local')['Policies']:
    arn, version = policy['Arn'], policy['DefaultVersionId']
    version = iam.get_policy_version(PolicyArn=arn, VersionId=version)['PolicyVersion']
    add('policy', arn, policy['PolicyName'], version['Document'])
for bucket in [bucket['Name'] for bucket in s3.list_buckets()['Buckets']]:
    try:
        add('bucket', bucket, '', json.loads(s3.get_bucket_policy(Bucket=bucket)['Policy']))
    except ClientError:
        pass
found";

const WRITE: &str = "text = json.dumps(document) if document else None
who = {kind.title() + 'Name': of}
if kind == 'bucket':
    if text:
        s3.put_bucket_policy(Bucket=of, Policy=text)
    else:
        s3.delete_bucket_policy(Bucket=of)
elif kind == 'policy':
    for old in iam.list_policy_versions(PolicyArn=of)['Versions']:
        if not old['IsDefaultVersion']:
            iam.delete_policy_version(PolicyArn=of, VersionId=old['VersionId'])
    iam.create_policy_version(PolicyArn=of, PolicyDocument=text, SetAsDefault=True)
elif text:
    getattr(iam, f'put_{kind}_policy')(PolicyName=name, PolicyDocument=text, **who)
else:
    getattr(iam, f'delete_{kind}_policy')(PolicyName=name, **who)";

/// A policy, and what it is of.
#[derive(Clone)]
pub struct Policy {
    /// `user`, `role`, `group`, `policy` (managed), `bucket`.
    pub kind: String,
    /// The identity's name, the ARN of a managed policy, the bucket's name.
    pub of: String,
    /// The policy's name; none of a bucket's.
    pub name: String,
    /// `Null` is no such policy.
    pub document: Value,
}

impl Policy {
    /// All of an account.
    pub fn all(account: &Account) -> Vec<Self> {
        let found = account.python(READ);
        let text = |value: &Value| value.as_str().expect("it is a text").to_owned();
        let all = found.as_array().expect("it is a list").iter();
        all.map(|one| Self {
            kind: text(&one["kind"]),
            of: text(&one["of"]),
            name: text(&one["name"]),
            document: one["document"].clone(),
        })
        .collect()
    }

    /// What a report calls it.
    pub fn called(&self) -> String {
        match self.kind.as_str() {
            "bucket" => "the bucket policy".to_owned(),
            "policy" => format!("policy.{}", self.name),
            kind => format!("inline policy {} of {kind}.{}", self.name, self.of),
        }
    }

    /// The same with another document.
    #[must_use]
    pub fn with(&self, document: Value) -> Self {
        Self {
            document,
            ..self.clone()
        }
    }

    /// Its statements.
    pub fn statements(&self) -> &[Value] {
        let statements = self.document["Statement"].as_array();
        statements.map_or(&[], Vec::as_slice)
    }

    /// The same with other statements; one that allows nothing stands for none, since a policy
    /// has one at least.
    #[must_use]
    pub fn with_statements(&self, statements: &[Value]) -> Self {
        let nothing = [json!({"Effect": "Deny", "Action": "s3:DeleteBucket",
            "Resource": "arn:aws:s3:::nothing", "Sid": "Nothing"})];
        let nothing = match self.kind.as_str() {
            "bucket" if statements.is_empty() => return self.with(Value::Null),
            _ => nothing,
        };
        let statements = match statements.is_empty() {
            true => &nothing[..],
            false => statements,
        };
        self.with(json!({"Version": "2012-10-17", "Statement": statements}))
    }

    /// Make it so.
    pub fn write(&self, account: &Account) {
        let arguments = json!({
            "kind": self.kind, "of": self.of, "name": self.name, "document": self.document,
        });
        account.python_with(WRITE, &arguments);
    }
}
