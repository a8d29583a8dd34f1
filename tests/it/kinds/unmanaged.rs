//! What a manifest does not say is not managed, and stays as it is.

use serde_json::json;

at_both! {
    fn what_a_role_does_not_manage_stays_as_it_is(ground) {
        let role = "name: kinds\nroles: {plain: {trust: {service: SERVICE}}}\n";
        ground.manifest(&role.replace("SERVICE", "ec2.amazonaws.com"));
        ground.apply();
        ground.python(
            "arn = iam.create_policy(PolicyName='bound', PolicyDocument=json.dumps({
    'Version': '2012-10-17',
    'Statement': [{'Effect': 'Allow', 'Action': '*', 'Resource': '*'}]}))['Policy']['Arn']
iam.put_role_permissions_boundary(RoleName='plain', PermissionsBoundary=arn)
iam.update_role(RoleName='plain', Description='By hand', MaxSessionDuration=36000)",
        );
        ground.expect_settled();
        // IAM's UpdateRole resets what it is not sent, so that one of the two is managed at a time.
        for (managed, description, duration) in [
            ("service: ecs-tasks.amazonaws.com}", "By hand", 36000),
            ("service: ecs-tasks.amazonaws.com}, max_session_duration: 7200", "By hand", 7200),
            ("service: ecs-tasks.amazonaws.com}, description: Ours", "Ours", 7200),
        ] {
            ground.manifest(&role.replace("service: SERVICE}", managed));
            ground.apply();
            ground.expect_settled();
            ground.expect_seen(
                "role = iam.get_role(RoleName='plain')['Role']
[role['Description'], role['MaxSessionDuration'],
 role['PermissionsBoundary']['PermissionsBoundaryArn'],
 role['AssumeRolePolicyDocument']['Statement'][0]['Principal']['Service']]",
                &json!([
                    description,
                    duration,
                    "arn:aws:iam::111122223333:policy/bound",
                    "ecs-tasks.amazonaws.com"
                ]),
            );
        }
    }

    fn what_a_bucket_does_not_manage_stays_as_it_is(ground) {
        ground.manifest("name: kinds\nbucket: {name: 'kinds-${account}'}\n");
        ground.apply();
        ground.python(
            "s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={'Status': 'Enabled'})
s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={'Rules': [
    {'ID': 'mine', 'Status': 'Enabled', 'Filter': {'Prefix': 'x/'}, 'Expiration': {'Days': 3}}]})",
        );
        ground.expect_settled();
        ground.manifest("name: kinds\nbucket: {name: 'kinds-${account}', tags: {a: b}}\n");
        ground.apply();
        ground.expect_settled();
        ground.expect_seen(
            "[s3.get_bucket_versioning(Bucket=bucket)['Status'],
 s3.get_bucket_lifecycle_configuration(Bucket=bucket)['Rules'][0]['ID']]",
            &json!(["Enabled", "mine"]),
        );
    }
}
