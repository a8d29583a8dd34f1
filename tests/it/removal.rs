//! What is taken away again: by `destroy`, by `absent:`, never what is protected, and what is listed
//! by `orphans`.

mod destroy;
mod orphans;
mod protect;
mod stays;

use serde_json::{Value, json};

use crate::support::{Account, Proxy, S3setup, Server};

pub const APPLY: &[&str] = &["apply", "all.yaml", "--yes"];
const DESTROY: &[&str] = &["destroy", "all.yaml", "--confirm", "all"];

/// A proxy before a new account, and a tool with a manifest of one of every kind, as `all.yaml`.
fn ground() -> (Proxy, S3setup) {
    let proxy = Proxy::before(&Server::ministack().account());
    let tool = S3setup::new(proxy.account());
    manifest(&tool, proxy.account());
    (proxy, tool)
}

/// Writes `all.yaml`, a manifest of one of every kind.
pub fn manifest(tool: &S3setup, account: &Account) {
    let bucket = account.bucket("all");
    tool.file(
        "all.yaml",
        &format!(
            "name: all
bucket:
  name: {bucket}
  versioning: true
  encryption: {{sse_kms: {{key: kms_key.data}}}}
kms_keys:
  data: {{deletion_window_days: 7}}
roles:
  ci:
    trust: {{github_actions: {{repository: acme/app, branch: main}}}}
    inline_policies:
      list: [{{Effect: Allow, Action: \"s3:ListAllMyBuckets\", Resource: \"*\"}}]
    attached_policies: [policy.shared]
users:
  writer:
    groups: [group.writers]
    access_key: {{sink: {{file: {{path: writer.env, format: dotenv}}}}}}
groups:
  writers: {{}}
policies:
  shared: {{}}
grants:
  - {{to: group.writers, allow: [write]}}
  - {{to: role.ci, allow: [read], through: bucket_policy}}
  - {{to: user.writer, allow: [list], through: policy.shared}}
"
        ),
    );
}

/// The names of everything that there is in the account, but for keys of KMS on their way out.
fn there(account: &Account) -> Value {
    account.python(
        "{'roles': sorted(r['RoleName'] for r in iam.list_roles()['Roles']),
 'users': sorted(u['UserName'] for u in iam.list_users()['Users']),
 'groups': sorted(g['GroupName'] for g in iam.list_groups()['Groups']),
 'policies': sorted(p['PolicyName'] for p in iam.list_policies(Scope='Local')['Policies']),
 'providers': len(iam.list_open_id_connect_providers()['OpenIDConnectProviderList']),
 'buckets': sorted(b['Name'] for b in s3.list_buckets()['Buckets']),
 'keys': sorted(kms.describe_key(KeyId=k['KeyId'])['KeyMetadata']['KeyState']
                for k in kms.list_keys()['Keys'])}",
    )
}

/// [`there`] where there is nothing but what is named.
fn only(more: Value) -> Value {
    let mut all = json!({"roles": [], "users": [], "groups": [], "policies": [], "providers": 0,
        "buckets": [], "keys": ["PendingDeletion"]});
    for (kind, names) in more.as_object().into_iter().flatten() {
        all[kind] = names.clone();
    }
    all
}
