//! Users and roles that are deleted and made again, and the policies that are bound to them by id.
//!
//! The servers keep a policy as it was written. What AWS does, which is to show the id of whoever
//! was deleted, is done here by writing the id.

use serde_json::{Value, json};

use crate::{
    neon::{flat, writes},
    support::{Account, Answer, Outcome, Proxy, S3setup, Server},
};

/// A role that a bucket policy, a key's policy and another role's trust name.
fn manifest(account: &Account) -> String {
    format!(
        r#"name: dead
region: us-east-1
kms_keys:
  backups:
    administrators: ["arn:aws:iam::${{account}}:root"]
    users: [role.deploy]
bucket:
  name: {}
roles:
  deploy: {{trust: {{service: ec2.amazonaws.com}}}}
  helper:
    trust:
      statements:
        - Effect: Allow
          Principal: {{AWS: "arn:aws:iam::${{account}}:role/deploy"}}
          Action: sts:AssumeRole
grants:
  - {{to: role.deploy, allow: [read], through: bucket_policy}}
"#,
        account.bucket("dead")
    )
}

/// What writes the three policies that name the role.
const WRITTEN: [&str; 3] = [
    "iam:UpdateAssumeRolePolicy",
    "kms:PutKeyPolicy",
    "s3:PutBucketPolicy",
];

/// Replaces `old` by `new` in the three policies, as AWS does by itself.
const SHOW: &str = "
key = kms.describe_key(KeyId='alias/backups')['KeyMetadata']['KeyId']
def shown(text):
    assert old in text, (old, text)
    return text.replace(old, new)
bucket_policy = shown(s3.get_bucket_policy(Bucket=bucket)['Policy'])
key_policy = shown(kms.get_key_policy(KeyId=key, PolicyName='default')['Policy'])
trust = shown(json.dumps(iam.get_role(RoleName='helper')['Role']['AssumeRolePolicyDocument']))
s3.put_bucket_policy(Bucket=bucket, Policy=bucket_policy)
kms.put_key_policy(KeyId=key, PolicyName='default', Policy=key_policy)
iam.update_assume_role_policy(RoleName='helper', PolicyDocument=trust)";

const AGAIN: &str = "
role = iam.get_role(RoleName='deploy')['Role']
iam.delete_role(RoleName='deploy')
made = iam.create_role(RoleName='deploy', Tags=role['Tags'],
    AssumeRolePolicyDocument=json.dumps(role['AssumeRolePolicyDocument']))
assert made['Role']['RoleId'] != role['RoleId'], 'each has its own id'";

struct Ground {
    account: Account,
    proxy: Proxy,
    tool: S3setup,
}

impl Ground {
    /// The manifest is applied.
    fn applied() -> Self {
        let account = Server::ministack().account();
        let proxy = Proxy::before(&account);
        let tool = S3setup::new(proxy.account());
        tool.file("m.yaml", &manifest(&account));
        tool.run(&["apply", "m.yaml", "--yes"]).expect_code(0);
        proxy.forget();
        Self {
            account,
            proxy,
            tool,
        }
    }

    /// The id of the role.
    fn id(&self) -> String {
        let id = self
            .account
            .python("iam.get_role(RoleName='deploy')['Role']['RoleId']");
        id.as_str().expect("an id is text").to_owned()
    }

    fn arn(&self) -> String {
        format!("arn:aws:iam::{}:role/deploy", self.account.account_id)
    }

    fn show(&self, old: &str, new: &str) {
        let arguments = json!({"bucket": self.account.bucket("dead"), "old": old, "new": new});
        self.account.python_with(SHOW, &arguments);
    }

    /// Whom the three policies let in, in the order of [`WRITTEN`].
    fn named(&self) -> Value {
        let look = "
key = kms.describe_key(KeyId='alias/backups')['KeyMetadata']['KeyId']
def who(document):
    return sorted({each['Principal']['AWS'] for each in document['Statement']
                   if not str(each['Principal']['AWS']).endswith(('root', account))})
[who(iam.get_role(RoleName='helper')['Role']['AssumeRolePolicyDocument']),
 who(json.loads(kms.get_key_policy(KeyId=key, PolicyName='default')['Policy'])),
 who(json.loads(s3.get_bucket_policy(Bucket=bucket)['Policy']))]";
        let arguments = json!({"bucket": self.account.bucket("dead"),
                               "account": self.account.account_id});
        self.account.python_with(look, &arguments)
    }

    fn plan(&self) -> Outcome {
        self.tool.run(&["plan", "m.yaml", "--detailed-exitcode"])
    }

    /// Applies; everything that names the role is written once, and then there is nothing to do.
    #[track_caller]
    fn binds_again(&self) {
        self.proxy.forget();
        self.tool.run(&["apply", "m.yaml", "--yes"]).expect_code(0);
        let mut written = writes(&self.proxy);
        written.retain(|call| WRITTEN.contains(&call.as_str()));
        written.sort();
        assert_eq!(written, WRITTEN);
        let arn = [self.arn()];
        assert_eq!(self.named(), json!([arn, arn, arn]));
        self.plan().expect_code(0).expect_stdout("No changes.");
    }
}

#[test]
fn an_id_that_aws_shows_of_a_role_that_is_there_is_no_difference() {
    let ground = Ground::applied();
    ground.show(&ground.arn(), &ground.id());
    ground.plan().expect_code(0).expect_stdout("No changes.");
    ground
        .tool
        .run(&["drift", "m.yaml"])
        .expect_code(0)
        .expect_stdout("In sync");
    ground.proxy.forget();
    ground
        .tool
        .run(&["apply", "m.yaml", "--yes"])
        .expect_code(0);
    assert_eq!(writes(&ground.proxy), Vec::<String>::new());
}

#[test]
fn a_role_that_somebody_made_again_is_let_in_again() {
    let ground = Ground::applied();
    let old = ground.id();
    ground.show(&ground.arn(), &old);
    ground.account.python(AGAIN);
    let plan = ground.plan();
    let said = flat(&plan.stdout);
    plan.expect_code(2)
        .expect_stdout("Plan: 0 to create, 3 to update");
    let bound = format!("written again: it is bound to {old}, a former role.deploy");
    assert_eq!(said.matches(&bound).count(), 3, "{plan}");
    assert!(
        said.contains(&format!("- {old} (a former role deploy)")),
        "{plan}"
    );
    let drift = ground.tool.run(&["drift", "m.yaml"]);
    drift.expect_code(2);
    let said = flat(&drift.stdout);
    assert_eq!(
        said.matches("bound to an identity that was deleted")
            .count(),
        3,
        "{drift}"
    );
    ground.binds_again();
}

/// Right after it was written, AWS may show ids of principals that are there, of other accounts too.
#[test]
fn one_read_of_an_id_that_nobody_knows_is_no_drift() {
    let account = Server::ministack().account();
    let proxy = Proxy::before(&account);
    let tool = S3setup::new(proxy.account());
    let vendor = "arn:aws:iam::444455556666:user/s3-copy";
    tool.file(
        "m.yaml",
        &format!(
            "name: m\nbucket:\n  name: {}\ngrants:\n  - {{to: \"{vendor}\", allow: [read]}}\n",
            account.bucket("dead")
        ),
    );
    tool.run(&["apply", "m.yaml", "--yes"]).expect_code(0);
    let look = "s3.get_bucket_policy(Bucket=bucket)['Policy']";
    let policy = account.python_with(look, &json!({"bucket": account.bucket("dead")}));
    let policy = policy.as_str().expect("it is text").to_owned();
    assert!(policy.contains(vendor));
    let fresh = Answer::Text(policy.replace(vendor, "AIDAEXAMPLEEXAMPLE12"));
    let plan = || tool.run(&["plan", "m.yaml", "--detailed-exitcode"]);
    proxy.on("GetBucketPolicy", 2, fresh.clone());
    plan().expect_code(0).expect_stdout("No changes.");
    // What stays so is told, and no plan takes long for it.
    proxy.forget();
    proxy.on("GetBucketPolicy", usize::MAX, fresh);
    plan()
        .expect_code(2)
        .expect_stdout("- AIDAEXAMPLEEXAMPLE12 (a deleted or unknown user)");
    let reads = proxy.operations();
    let reads = reads.iter().filter(|call| *call == "s3:GetBucketPolicy");
    assert_eq!(reads.count(), 3);
}

/// Nothing can be told by the text at this server; on AWS it would show the id.
#[test]
fn what_names_a_role_that_is_made_anew_is_written_again_though_it_reads_the_same() {
    let ground = Ground::applied();
    ground.account.python("iam.delete_role(RoleName='deploy')");
    let drift = ground.tool.run(&["drift", "m.yaml"]);
    drift.expect_code(2).expect_stdout("role.deploy  missing");
    let said = flat(&drift.stdout);
    assert_eq!(
        said.matches("bound to an identity that was deleted")
            .count(),
        3,
        "{drift}"
    );
    ground.binds_again();
}

#[test]
fn what_names_a_role_that_is_made_anew_may_change_at_the_same_time() {
    let ground = Ground::applied();
    ground.account.python("iam.delete_role(RoleName='deploy')");
    let text = ground.tool.read("m.yaml");
    let changed = text.replace("allow: [read]", "allow: [read, write]");
    assert_ne!(text, changed);
    ground.tool.file("m.yaml", &changed);
    ground.binds_again();
}

#[test]
fn what_another_manifest_of_the_run_has_is_written_again_too() {
    let ground = Ground::applied();
    ground.tool.file(
        "other.yaml",
        "name: other
roles:
  guest:
    trust:
      statements:
        - Effect: Allow
          Principal: {AWS: \"arn:aws:iam::${account}:role/deploy\"}
          Action: sts:AssumeRole
",
    );
    let both = |command: &[&str]| ground.tool.run(command);
    both(&["apply", "other.yaml", "--yes"]).expect_code(0);
    ground.account.python("iam.delete_role(RoleName='deploy')");
    ground.proxy.forget();
    both(&["apply", "other.yaml", "m.yaml", "--yes"]).expect_code(0);
    let calls = writes(&ground.proxy);
    let trusts = calls
        .iter()
        .filter(|call| *call == "iam:UpdateAssumeRolePolicy");
    assert_eq!(trusts.count(), 2, "helper's and guest's: {calls:?}");
    let position = |name: &str| calls.iter().position(|call| call == name);
    assert!(
        position("iam:CreateRole") < position("iam:UpdateAssumeRolePolicy"),
        "{calls:?}"
    );
    both(&["plan", "other.yaml", "m.yaml", "--detailed-exitcode"]).expect_code(0);
}

#[test]
fn a_saved_plan_notices_that_a_role_is_another_one() {
    let ground = Ground::applied();
    let text = ground.tool.read("m.yaml");
    let changed = text.replace("allow: [read]", "allow: [read, write]");
    ground.tool.file("m.yaml", &changed);
    ground
        .tool
        .run(&["plan", "m.yaml", "--out", "saved.json"])
        .expect_code(0);
    let old = ground.id();
    ground.account.python(AGAIN);
    ground.proxy.forget();
    let refused = ground.tool.run(&["apply", "--plan", "saved.json", "--yes"]);
    refused.expect_code(1);
    let said = flat(&refused.stderr);
    let moved = format!(
        "role.deploy was deleted and made again: its id was {old}, and is {}",
        ground.id()
    );
    assert!(said.contains(&moved), "{refused}");
    assert_eq!(writes(&ground.proxy), Vec::<String>::new());
}

#[test]
fn a_record_of_an_account_has_the_ids() {
    let ground = Ground::applied();
    ground.show(&ground.arn(), &ground.id());
    ground
        .tool
        .run(&["record", "m.yaml", "--out", "account.json"])
        .expect_code(0);
    ground
        .tool
        .run(&["plan", "m.yaml", "--account", "account.json"])
        .expect_code(0)
        .expect_stdout("No changes.");
    let recorded: Value =
        serde_json::from_str(&ground.tool.read("account.json")).expect("it is JSON");
    assert_eq!(recorded["ids"]["role.deploy"], json!(ground.id()));
}
