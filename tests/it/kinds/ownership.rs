//! What is there already: adopted by name only, and taken from other tools only when told to.

use serde_json::json;

use super::ground::Ground;

const MANIFEST: &str = "
name: kinds
tags: {team: data}
bucket: {name: 'kinds-${account}', versioning: true}
roles: {deploy: {trust: {service: ec2.amazonaws.com}}}
users: {reader: {}}
groups: {writers: {}}
policies: {access: {statements: [{Effect: Allow, Action: 's3:GetObject', Resource: '*'}]}}
";

/// Makes one of each kind, with the tags `tags`.
const MAKE: &str = "
trust = {'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Action': 'sts:AssumeRole',
         'Principal': {'Service': 'lambda.amazonaws.com'}}]}
allow = {'Version': '2012-10-17', 'Statement': [
         {'Effect': 'Allow', 'Action': 's3:PutObject', 'Resource': '*'}]}
s3.create_bucket(Bucket=bucket)
s3.put_bucket_tagging(Bucket=bucket, Tagging={'TagSet': tags})
iam.create_role(RoleName='deploy', AssumeRolePolicyDocument=json.dumps(trust), Tags=tags)
iam.create_user(UserName='reader', Tags=tags)
iam.create_policy(PolicyName='access', PolicyDocument=json.dumps(allow), Tags=tags)";

/// The tags of all of them.
const TAGS: &str = "
found = [
    s3.get_bucket_tagging(Bucket=bucket)['TagSet'],
    iam.list_role_tags(RoleName='deploy')['Tags'],
    iam.list_user_tags(UserName='reader')['Tags'],
    iam.get_policy(PolicyArn=f'arn:aws:iam::{account}:policy/access')['Policy']['Tags'],
]
[{tag['Key']: tag['Value'] for tag in tags} for tags in found]";

fn make(ground: &Ground, key: &str, value: &str) {
    ground.python(&format!(
        "tags = [{{'Key': '{key}', 'Value': '{value}'}}]{MAKE}"
    ));
}

/// The addresses of what [`MAKE`] makes.
fn made(ground: &Ground) -> [String; 4] {
    [
        format!("bucket.{}", ground.bucket()),
        "role.deploy".to_owned(),
        "user.reader".to_owned(),
        "policy.access".to_owned(),
    ]
}

fn each_with<'a>(flag: &'a str, addresses: &'a [String]) -> Vec<&'a str> {
    addresses
        .iter()
        .flat_map(|address| [flag, address])
        .collect()
}

at_both! {
    fn what_exists_unmarked_is_adopted_by_name_only(ground) {
        make(ground, "theirs", "kept");
        ground.manifest(MANIFEST);
        let plan = ground.run("plan", &[]);
        plan.expect_code(0);
        for address in made(ground) {
            plan.expect_stdout(&format!("{address}  adopt: exists, unmarked"));
        }
        let before = ground.python(TAGS);

        let addresses = made(ground);
        let all_but_one = each_with("--adopt", &addresses[1..]);
        for flags in [vec![], all_but_one] {
            let refused = ground.run("apply", &[&["--yes"][..], &flags[..]].concat());
            refused.expect_code(1);
            refused.expect_stderr("nothing was changed");
            refused.expect_stderr(&format!("--adopt {}", addresses[0]));
            ground.expect_seen(TAGS, &before);
        }

        let flags = each_with("--adopt", &addresses);
        ground.run("apply", &[&["--yes"][..], &flags[..]].concat()).expect_code(0);
        ground.expect_settled();
        let marked = json!({"theirs": "kept", "team": "data", "managed-by": "s3setup",
                            "s3setup:manifest": "kinds"});
        ground.expect_seen(TAGS, &json!([marked, marked, marked, marked]));
        // From now on they are ours: a repair needs no leave.
        ground.python("iam.tag_role(RoleName='deploy', Tags=[{'Key': 'team', 'Value': 'x'}])");
        ground.apply();
    }

    fn what_exists_unmarked_is_adopted_all_at_once_when_told_so(ground) {
        make(ground, "theirs", "kept");
        ground.manifest(MANIFEST);
        ground.run("apply", &["--yes", "--adopt", "all"]).expect_code(0);
        ground.expect_settled();
    }

    fn what_belongs_to_another_tool_is_left_alone_unless_taken_over(ground) {
        for (number, (key, value, tool)) in [
            // Servers refuse aws: tags from clients, so CloudFormation's own mark is in a case
            // with an account in a file.
            ("ManagedBy", "Terraform", "Terraform"),
            ("crossplane-name", "x", "Crossplane"),
        ]
        .into_iter()
        .enumerate()
        {
            let fresh;
            let ground = match number {
                0 => ground,
                _ => {
                    fresh = ground.another();
                    &fresh
                }
            };
            make(ground, key, value);
            ground.manifest(MANIFEST);
            let addresses = made(ground);
            let before = ground.python(TAGS);
            let plan = ground.run("plan", &[]);
            plan.expect_code(1);
            plan.expect_stdout(&format!("it belongs to {tool} (tag {key}={value})"));
            for flags in [vec![], vec!["--adopt", "all"], each_with("--adopt", &addresses)] {
                let refused = ground.run("apply", &[&["--yes"][..], &flags[..]].concat());
                refused.expect_code(1).expect_stderr("nothing was changed");
                ground.expect_seen(TAGS, &before);
            }
            let flags = each_with("--take-over", &addresses);
            ground.run("apply", &[&["--yes"][..], &flags[..]].concat()).expect_code(0);
            ground.expect_settled();
        }
    }

    fn what_was_taken_over_is_ours_from_then_on(ground) {
        // S3 tells tag keys apart by case, so that both marks are there afterwards.
        make(ground, "Managed-By", "Terraform");
        ground.manifest(MANIFEST);
        let addresses = made(ground);
        let flags = each_with("--take-over", &addresses);
        ground.run("apply", &[&["--yes"][..], &flags[..]].concat()).expect_code(0);
        ground.expect_settled();
        ground.python(
            "s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={'Status': 'Suspended'})
iam.put_user_policy(UserName='reader', PolicyName='mine', PolicyDocument=json.dumps({
    'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Action': '*', 'Resource': '*'}]}))",
        );
        ground.apply();
        ground.expect_settled();
    }

    fn what_belongs_to_another_manifest_is_left_alone_unless_taken_over(ground) {
        ground.manifest(&MANIFEST.replace("name: kinds\n", "name: first\n"));
        ground.apply();
        ground.manifest(MANIFEST);
        let plan = ground.run("plan", &[]);
        plan.expect_code(1);
        plan.expect_stdout("it belongs to the manifest \"first\" of s3setup");
        ground.run("apply", &["--yes", "--adopt", "all"]).expect_code(1);
        let marked = json!({"team": "data", "managed-by": "s3setup", "s3setup:manifest": "first"});
        ground.expect_seen(TAGS, &json!([marked, marked, marked, marked]));
        // A group's path is its mark and cannot be changed, so that it stays where it is.
        let said = crate::neon::flat(&plan.stdout);
        assert!(said.contains("its path is /s3setup/first/ and cannot be changed"), "{plan}");
        ground.manifest(&MANIFEST.replace("groups: {writers: {}}\n", ""));
        let addresses = made(ground);
        let flags = each_with("--take-over", &addresses);
        ground.run("apply", &[&["--yes"][..], &flags[..]].concat()).expect_code(0);
        ground.expect_settled();
        let taken = json!({"team": "data", "managed-by": "s3setup", "s3setup:manifest": "kinds"});
        ground.expect_seen(TAGS, &json!([taken, taken, taken, taken]));
    }

    fn a_mark_that_is_gone_makes_it_an_adoption_again(ground) {
        ground.manifest("name: kinds\nroles: {deploy: {trust: {service: ec2.amazonaws.com}}}\n");
        ground.apply();
        ground.python("iam.untag_role(RoleName='deploy', TagKeys=['managed-by', 's3setup:manifest'])");
        ground.run("drift", &[]).expect_code(2).expect_stdout("tags");
        ground.run("apply", &["--yes"]).expect_code(1).expect_stderr("--adopt role.deploy");
        ground.run("apply", &["--yes", "--adopt", "role.deploy"]).expect_code(0);
        ground.expect_settled();
    }
}
