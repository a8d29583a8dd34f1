//! Somebody else changes an aspect that the plan has read: before the write it is refused and theirs
//! stays, after the write it is told.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::{
    faults::in_parallel,
    neon::flat,
    support::{Account, Answer, Outcome, Proxy, S3setup, Server},
};

/// One of everything that is replaced as a whole. What a case changes is written here once.
const FIRST: &str = r#"
name: twice
tags: {team: data}
bucket:
  name: twice-${account}
  encryption: {sse_kms: {key: alias/first}}
  object_ownership: BucketOwnerPreferred
  public_access_block: {block_public_acls: true, ignore_public_acls: true, block_public_policy: true, restrict_public_buckets: true}
  lifecycle: {old: {expire_days: 10}}
  tags: {purpose: first}
  policy: [{Sid: Ours, Effect: Allow, Principal: {AWS: "444455556666"}, Action: "s3:GetObject", Resource: "arn:aws:s3:::twice-${account}/*"}]
kms_keys:
  data:
    description: the first
    tags: {tier: first}
    policy: [{Sid: Ours, Effect: Allow, Principal: {AWS: "arn:aws:iam::444455556666:root"}, Action: "kms:DescribeKey", Resource: "*"}]
policies:
  bound: {statements: [{Effect: Allow, Action: "s3:*", Resource: "*"}]}
  bound-2: {statements: [{Effect: Allow, Action: "s3:Get*", Resource: "*"}]}
  bound-3: {statements: [{Effect: Allow, Action: "s3:Put*", Resource: "*"}]}
  shared: {statements: [{Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::shared/*"}], tags: {tier: policy-first}}
roles:
  deploy:
    description: role-first
    permissions_boundary: policy.bound
    trust: {service: ec2.amazonaws.com}
    tags: {tier: role-first}
    inline_policies: {own: [{Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::role/*"}]}
users:
  alice:
    permissions_boundary: policy.bound
    tags: {tier: user-first}
    inline_policies: {own: [{Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::user/*"}]}
groups:
  team:
    inline_policies: {own: [{Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::group/*"}]}
"#;

/// One aspect.
struct Case {
    /// How the error names it; `ACCOUNT` for the number.
    named: &'static str,
    /// What of [`FIRST`] is to be what.
    change: [&'static str; 2],
    /// The call that reads the aspect, and what is in the request.
    read: [&'static str; 2],
    /// What somebody else does.
    theirs: &'static str,
    /// What is to stay of it.
    look: &'static str,
}

const fn case(
    named: &'static str,
    change: [&'static str; 2],
    read: [&'static str; 2],
    theirs: &'static str,
    look: &'static str,
) -> Case {
    Case {
        named,
        change,
        read,
        theirs,
        look,
    }
}

const ROLE: &str = "RoleName=deploy";
const USER: &str = "UserName=alice";

const CASES: &[Case] = &[
    case(
        "the policy of bucket.twice-ACCOUNT",
        ["{Sid: Ours, Effect: Allow, Principal: {AWS: \"444455556666\"}", "{Sid: Ours, Effect: Allow, Principal: {AWS: \"777788889999\"}"],
        ["GetBucketPolicy", ""],
        "policy = json.loads(s3.get_bucket_policy(Bucket=bucket)['Policy'])
policy['Statement'].append({**policy['Statement'][0], 'Sid': 'Theirs', 'Principal': {'AWS': '999999999999'}})
s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))",
        "json.loads(s3.get_bucket_policy(Bucket=bucket)['Policy'])",
    ),
    case(
        "the policy of bucket.twice-ACCOUNT",
        ["  policy: [{Sid: Ours, Effect: Allow, Principal: {AWS: \"444455556666\"}, Action: \"s3:GetObject\", Resource: \"arn:aws:s3:::twice-${account}/*\"}]\n", ""],
        ["GetBucketPolicy", ""],
        "s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({'Version': '2012-10-17', 'Statement': [
    {'Sid': 'Theirs', 'Effect': 'Allow', 'Principal': {'AWS': '999999999999'},
     'Action': 's3:GetObject', 'Resource': f'arn:aws:s3:::{bucket}/*'}]}))",
        "json.loads(s3.get_bucket_policy(Bucket=bucket)['Policy'])",
    ),
    case(
        "the lifecycle of bucket.twice-ACCOUNT",
        ["expire_days: 10", "expire_days: 20"],
        ["GetBucketLifecycleConfiguration", ""],
        "s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={'Rules': [
    {'ID': 'theirs', 'Status': 'Enabled', 'Filter': {'Prefix': ''}, 'Expiration': {'Days': 99}}]})",
        "s3.get_bucket_lifecycle_configuration(Bucket=bucket)['Rules']",
    ),
    case(
        "the encryption of bucket.twice-ACCOUNT",
        ["alias/first", "alias/second"],
        ["GetBucketEncryption", ""],
        "s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={'Rules': [{
    'ApplyServerSideEncryptionByDefault': {'SSEAlgorithm': 'aws:kms', 'KMSMasterKeyID': 'alias/theirs'}}]})",
        "s3.get_bucket_encryption(Bucket=bucket)['ServerSideEncryptionConfiguration']['Rules']",
    ),
    case(
        "the public access block of bucket.twice-ACCOUNT",
        ["block_public_acls: true", "block_public_acls: false"],
        ["GetPublicAccessBlock", ""],
        "s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration={
    'BlockPublicAcls': True, 'IgnorePublicAcls': False, 'BlockPublicPolicy': True, 'RestrictPublicBuckets': True})",
        "s3.get_public_access_block(Bucket=bucket)['PublicAccessBlockConfiguration']",
    ),
    case(
        "the object ownership of bucket.twice-ACCOUNT",
        ["BucketOwnerPreferred", "BucketOwnerEnforced"],
        ["GetBucketOwnershipControls", ""],
        "s3.put_bucket_ownership_controls(Bucket=bucket,
    OwnershipControls={'Rules': [{'ObjectOwnership': 'ObjectWriter'}]})",
        "s3.get_bucket_ownership_controls(Bucket=bucket)['OwnershipControls']['Rules']",
    ),
    case(
        "the policy of kms_key.data",
        ["{Sid: Ours, Effect: Allow, Principal: {AWS: \"arn:aws:iam::444455556666:root\"}", "{Sid: Ours, Effect: Allow, Principal: {AWS: \"arn:aws:iam::777788889999:root\"}"],
        ["GetKeyPolicy", ""],
        "key = kms.describe_key(KeyId='alias/data')['KeyMetadata']['KeyId']
policy = json.loads(kms.get_key_policy(KeyId=key, PolicyName='default')['Policy'])
policy['Statement'].append({**policy['Statement'][-1], 'Sid': 'Theirs', 'Action': 'kms:Decrypt'})
kms.put_key_policy(KeyId=key, PolicyName='default', Policy=json.dumps(policy))",
        "json.loads(kms.get_key_policy(KeyId=kms.describe_key(KeyId='alias/data')['KeyMetadata']['KeyId'],
    PolicyName='default')['Policy'])",
    ),
    case(
        "the description of kms_key.data",
        ["the first", "the second"],
        ["DescribeKey", ""],
        "kms.update_key_description(Description='theirs',
    KeyId=kms.describe_key(KeyId='alias/data')['KeyMetadata']['KeyId'])",
        "kms.describe_key(KeyId='alias/data')['KeyMetadata']['Description']",
    ),
    case(
        "the tags of kms_key.data",
        ["{tier: first}", "{tier: second}"],
        ["ListResourceTags", ""],
        "kms.tag_resource(Tags=[{'TagKey': 'tier', 'TagValue': 'theirs'}],
    KeyId=kms.describe_key(KeyId='alias/data')['KeyMetadata']['KeyId'])",
        "kms.list_resource_tags(KeyId=kms.describe_key(KeyId='alias/data')['KeyMetadata']['KeyId'])['Tags']",
    ),
    case(
        "the default version of policy.shared",
        ["arn:aws:s3:::shared/*", "arn:aws:s3:::second/*"],
        ["GetPolicy", "policy%2Fshared"],
        "iam.create_policy_version(PolicyArn=f'arn:aws:iam::{account}:policy/shared', SetAsDefault=True,
    PolicyDocument=json.dumps({'Version': '2012-10-17', 'Statement': [
        {'Effect': 'Allow', 'Action': 's3:GetObject', 'Resource': 'arn:aws:s3:::theirs/*'}]}))",
        "[v['IsDefaultVersion'] for v in
    iam.list_policy_versions(PolicyArn=f'arn:aws:iam::{account}:policy/shared')['Versions']]",
    ),
    case(
        "the tags of policy.shared",
        ["tier: policy-first", "tier: second"],
        ["GetPolicy", "policy%2Fshared"],
        "iam.tag_policy(PolicyArn=f'arn:aws:iam::{account}:policy/shared',
    Tags=[{'Key': 'tier', 'Value': 'theirs'}])",
        "iam.get_policy(PolicyArn=f'arn:aws:iam::{account}:policy/shared')['Policy']['Tags']",
    ),
    case(
        "the trust policy of role.deploy",
        ["ec2.amazonaws.com", "ecs-tasks.amazonaws.com"],
        ["GetRole", ROLE],
        "iam.update_assume_role_policy(RoleName='deploy', PolicyDocument=json.dumps({
    'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Action': 'sts:AssumeRole',
        'Principal': {'Service': 'lambda.amazonaws.com'}}]}))",
        "iam.get_role(RoleName='deploy')['Role']['AssumeRolePolicyDocument']",
    ),
    case(
        "the description or session duration of role.deploy",
        ["description: role-first", "description: role-second"],
        ["GetRole", ROLE],
        "iam.update_role(RoleName='deploy', Description='role-first', MaxSessionDuration=7200)",
        "iam.get_role(RoleName='deploy')['Role']['MaxSessionDuration']",
    ),
    case(
        "the permissions boundary of role.deploy",
        ["description: role-first\n    permissions_boundary: policy.bound", "description: role-first\n    permissions_boundary: policy.bound-2"],
        ["GetRole", ROLE],
        "iam.put_role_permissions_boundary(RoleName='deploy',
    PermissionsBoundary=f'arn:aws:iam::{account}:policy/bound-3')",
        "iam.get_role(RoleName='deploy')['Role']['PermissionsBoundary']",
    ),
    case(
        "the tags of role.deploy",
        ["tier: role-first", "tier: second"],
        ["GetRole", ROLE],
        "iam.tag_role(RoleName='deploy', Tags=[{'Key': 'tier', 'Value': 'theirs'}])",
        "iam.get_role(RoleName='deploy')['Role']['Tags']",
    ),
    case(
        "the inline policy own of role.deploy",
        ["arn:aws:s3:::role/*", "arn:aws:s3:::second/*"],
        ["GetRolePolicy", ROLE],
        "iam.put_role_policy(RoleName='deploy', PolicyName='own', PolicyDocument=json.dumps({
    'Version': '2012-10-17', 'Statement': [
        {'Effect': 'Allow', 'Action': 's3:GetObject', 'Resource': 'arn:aws:s3:::theirs/*'}]}))",
        "iam.get_role_policy(RoleName='deploy', PolicyName='own')['PolicyDocument']",
    ),
    case(
        "the inline policy own of role.deploy",
        ["    inline_policies: {own: [{Effect: Allow, Action: \"s3:GetObject\", Resource: \"arn:aws:s3:::role/*\"}]}\n", ""],
        ["GetRolePolicy", ROLE],
        "iam.put_role_policy(RoleName='deploy', PolicyName='own', PolicyDocument=json.dumps({
    'Version': '2012-10-17', 'Statement': [
        {'Effect': 'Allow', 'Action': 's3:GetObject', 'Resource': 'arn:aws:s3:::theirs/*'}]}))",
        "iam.get_role_policy(RoleName='deploy', PolicyName='own')['PolicyDocument']",
    ),
    case(
        "the permissions boundary of user.alice",
        ["alice:\n    permissions_boundary: policy.bound", "alice:\n    permissions_boundary: policy.bound-2"],
        ["GetUser", USER],
        "iam.put_user_permissions_boundary(UserName='alice',
    PermissionsBoundary=f'arn:aws:iam::{account}:policy/bound-3')",
        "iam.get_user(UserName='alice')['User']['PermissionsBoundary']",
    ),
    case(
        "the tags of user.alice",
        ["tier: user-first", "tier: second"],
        ["GetUser", USER],
        "iam.tag_user(UserName='alice', Tags=[{'Key': 'tier', 'Value': 'theirs'}])",
        "iam.get_user(UserName='alice')['User']['Tags']",
    ),
    case(
        "the inline policy own of user.alice",
        ["arn:aws:s3:::user/*", "arn:aws:s3:::second/*"],
        ["GetUserPolicy", USER],
        "iam.put_user_policy(UserName='alice', PolicyName='own', PolicyDocument=json.dumps({
    'Version': '2012-10-17', 'Statement': [
        {'Effect': 'Allow', 'Action': 's3:GetObject', 'Resource': 'arn:aws:s3:::theirs/*'}]}))",
        "iam.get_user_policy(UserName='alice', PolicyName='own')['PolicyDocument']",
    ),
    case(
        "the inline policy own of group.team",
        ["arn:aws:s3:::group/*", "arn:aws:s3:::second/*"],
        ["GetGroupPolicy", "GroupName=team"],
        "iam.put_group_policy(GroupName='team', PolicyName='own', PolicyDocument=json.dumps({
    'Version': '2012-10-17', 'Statement': [
        {'Effect': 'Allow', 'Action': 's3:GetObject', 'Resource': 'arn:aws:s3:::theirs/*'}]}))",
        "iam.get_group_policy(GroupName='team', PolicyName='own')['PolicyDocument']",
    ),
];

/// The manifest before and after the change, applied before it.
struct Ground {
    account: Account,
    proxy: Proxy,
    tool: S3setup,
}

impl Ground {
    fn new() -> Self {
        let account = Server::ministack().account();
        let proxy = Proxy::before(&account);
        let tool = S3setup::new(proxy.account());
        tool.file("m.yaml", FIRST);
        tool.run(&["apply", "m.yaml", "--yes", "--confirm-widening", "public"])
            .expect_code(0);
        proxy.forget();
        Self {
            account,
            proxy,
            tool,
        }
    }

    fn arguments(&self) -> Value {
        json!({"account": self.account.account_id, "bucket": self.account.bucket("twice")})
    }

    /// Applies the manifest with this change; somebody else does `theirs` at the arrival of the read
    /// of this number, 0 being the plan's. What `look` sees right after that, and then.
    fn race(
        &self,
        [old, new]: [&str; 2],
        [read, within]: [&'static str; 2],
        number: usize,
        theirs: &'static str,
        look: &'static str,
    ) -> (Outcome, Value, Value) {
        assert_eq!(FIRST.matches(old).count(), 1, "{old}");
        self.tool.file("m.yaml", &FIRST.replace(old, new));
        let seen = Arc::new(Mutex::new(Value::Null));
        let (kept, account, arguments) =
            (Arc::clone(&seen), self.account.clone(), self.arguments());
        let mut reads = 0;
        self.proxy.rule(move |call| -> Option<Answer> {
            if call.operation == read && call.body.contains(within) {
                if reads == number {
                    account.python_with(theirs, &arguments);
                    *kept.lock().expect("no test panics with it") =
                        account.python_with(look, &arguments);
                }
                reads += 1;
            }
            None
        });
        let outcome = self.tool.run(&["apply", "m.yaml", "--yes"]);
        let then = self.account.python_with(look, &self.arguments());
        let seen = seen.lock().expect("no test panics with it").clone();
        (outcome, seen, then)
    }
}

#[test]
fn what_somebody_changed_since_the_plan_is_refused_and_theirs_stays() {
    in_parallel(CASES.len(), |at| {
        let case = &CASES[at];
        let ground = Ground::new();
        let named = case.named.replace("ACCOUNT", &ground.account.account_id);
        let (outcome, seen, then) = ground.race(case.change, case.read, 1, case.theirs, case.look);
        assert_ne!(
            seen,
            Value::Null,
            "{named}: it was not read again\n{outcome}"
        );
        assert_eq!(outcome.code, Some(1), "{named}:\n{outcome}");
        let said = flat(&outcome.stderr);
        let told = format!("{named} was changed since the plan was made");
        assert!(said.contains(&told), "{named}:\n{outcome}");
        assert!(said.contains("plan again"), "{named}:\n{outcome}");
        assert_eq!(then, seen, "{named}: theirs is overwritten\n{outcome}");
        // Whoever plans again sees it and may decide.
        ground.proxy.heal();
        ground
            .tool
            .run(&["apply", "m.yaml", "--yes"])
            .expect_code(0);
        ground
            .tool
            .run(&["plan", "m.yaml", "--detailed-exitcode"])
            .expect_code(0);
    });
    println!("{} aspects", CASES.len());
}

#[test]
fn what_somebody_changes_right_after_the_write_is_told() {
    in_parallel(CASES.len(), |at| {
        let case = &CASES[at];
        let ground = Ground::new();
        let named = case.named.replace("ACCOUNT", &ground.account.account_id);
        // A put of encryption or lifecycle reads what it sends back of it.
        let sends_back = ["GetBucketEncryption", "GetBucketLifecycleConfiguration"];
        let number = 2 + usize::from(sends_back.contains(&case.read[0]));
        let (outcome, seen, then) =
            ground.race(case.change, case.read, number, case.theirs, case.look);
        assert_ne!(
            seen,
            Value::Null,
            "{named}: it was not read again\n{outcome}"
        );
        assert_eq!(outcome.code, Some(1), "{named}:\n{outcome}");
        let told = format!("{named} was changed by somebody else at the same moment");
        assert!(flat(&outcome.stderr).contains(&told), "{named}:\n{outcome}");
        assert_eq!(then, seen, "{named}: {outcome}");
    });
}

const TAGS: &str =
    "{tag['Key']: tag['Value'] for tag in s3.get_bucket_tagging(Bucket=bucket)['TagSet']
 if not tag['Key'].startswith(('managed', 's3setup'))}";

#[test]
fn tags_that_somebody_sets_on_a_bucket_meanwhile_stay() {
    let add = "tags = s3.get_bucket_tagging(Bucket=bucket)['TagSet']
s3.put_bucket_tagging(Bucket=bucket, Tagging={'TagSet': tags + [{'Key': 'theirs', 'Value': '1'}]})";
    // Who read the tags before our put, and puts all of them after it.
    let over = "s3.put_bucket_tagging(Bucket=bucket, Tagging={'TagSet': [
    {'Key': 'managed-by', 'Value': 's3setup'}, {'Key': 's3setup:manifest', 'Value': 'twice'},
    {'Key': 'team', 'Value': 'data'}, {'Key': 'theirs', 'Value': '1'}]})";
    let ours_too = "tags = s3.get_bucket_tagging(Bucket=bucket)['TagSet']
s3.put_bucket_tagging(Bucket=bucket, Tagging={'TagSet':
    [t for t in tags if t['Key'] != 'purpose'] + [{'Key': 'purpose', 'Value': 'theirs'}]})";
    let read = ["GetBucketTagging", ""];
    let change = ["purpose: first", "purpose: second"];
    let all = json!({"team": "data", "purpose": "second", "theirs": "1"});
    for (theirs, number, code, left, reason) in [
        (add, 1, 0, &all, "a foreign one before the put"),
        (add, 2, 0, &all, "a foreign one after the put"),
        (
            ours_too,
            1,
            1,
            &json!({"team": "data", "purpose": "theirs"}),
            "a value of ours before the put",
        ),
    ] {
        let ground = Ground::new();
        let (outcome, _, then) = ground.race(change, read, number, theirs, TAGS);
        assert_eq!(outcome.code, Some(code), "{reason}:\n{outcome}");
        assert_eq!(then, *left, "{reason}:\n{outcome}");
    }
    // The tag that the put is about is a new one, which their put takes away.
    let ground = Ground::new();
    let new = ["{purpose: first}", "{purpose: first, more: \"2\"}"];
    let over = over.replace(
        "{'Key': 'team',",
        "{'Key': 'purpose', 'Value': 'first'}, {'Key': 'team',",
    );
    let (outcome, _, then) = ground.race(new, read, 2, over.leak(), TAGS);
    assert_eq!(outcome.code, Some(0), "{outcome}");
    let expected = json!({"team": "data", "purpose": "first", "more": "2", "theirs": "1"});
    assert_eq!(then, expected, "{outcome}");
}

/// What is added and taken away one by one touches nothing beside itself.
#[test]
fn members_and_attachments_of_somebody_else_stay() {
    for (change, read, theirs, look, left) in [
        (
            ["  team:\n", "  team:\n    members: [user.alice]\n"],
            ["AddUserToGroup", ""],
            "iam.create_user(UserName='bob')\niam.add_user_to_group(UserName='bob', GroupName='team')",
            "sorted(u['UserName'] for u in iam.get_group(GroupName='team')['Users'])",
            json!(["alice", "bob"]),
        ),
        (
            [
                "    trust: {service: ec2.amazonaws.com}\n",
                "    trust: {service: ec2.amazonaws.com}\n    attached_policies: [policy.shared]\n",
            ],
            ["AttachRolePolicy", ""],
            "iam.attach_role_policy(RoleName='deploy', PolicyArn=f'arn:aws:iam::{account}:policy/bound')",
            "sorted(p['PolicyName'] for p in
    iam.list_attached_role_policies(RoleName='deploy')['AttachedPolicies'])",
            json!(["bound", "shared"]),
        ),
    ] {
        let ground = Ground::new();
        let (outcome, _, then) = ground.race(change, read, 0, theirs, look);
        outcome.expect_code(0);
        assert_eq!(then, left);
    }
}
