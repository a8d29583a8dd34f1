//! Where the bucket is made when the manifest does not say.

use serde_json::json;

/// Who names the Region beside the profile, which says eu-north-1.
struct Named {
    reason: &'static str,
    manifest: &'static str,
    environment: Option<&'static str>,
    flag: Option<&'static str>,
    made_in: &'static str,
}

const TABLE: [Named; 4] = [
    Named {
        reason: "nobody but the profile names it",
        manifest: "",
        environment: None,
        flag: None,
        made_in: "eu-north-1",
    },
    Named {
        reason: "the environment wins over the profile",
        manifest: "",
        environment: Some("eu-west-2"),
        flag: None,
        made_in: "eu-west-2",
    },
    Named {
        reason: "the command line wins over both",
        manifest: "",
        environment: Some("eu-west-2"),
        flag: Some("eu-west-3"),
        made_in: "eu-west-3",
    },
    Named {
        reason: "the manifest wins over all that is outside of it",
        manifest: "region: eu-west-1\n",
        environment: Some("eu-west-2"),
        flag: None,
        made_in: "eu-west-1",
    },
];

at_both! {
    fn a_bucket_is_made_in_the_region_that_is_named_nearest(ground) {
        for Named { reason, manifest, environment, flag, made_in } in TABLE {
            let ground = ground.another();
            let mut tool = crate::support::S3setup::without_credentials();
            let account = &ground.account;
            let token = account.session_token.as_ref().map(|token| {
                format!("aws_session_token = {token}\n")
            });
            let profile = format!(
                "[profile work]\nregion = eu-north-1\naws_access_key_id = {}\n\
                 aws_secret_access_key = {}\n{}endpoint_url = {}\n",
                account.access_key,
                account.secret_key,
                token.unwrap_or_default(),
                account.endpoint
            );
            std::fs::create_dir(tool.home().join(".aws")).expect("the home folder is ours");
            std::fs::write(tool.home().join(".aws/config"), profile).expect("it is writable");
            if let Some(region) = environment {
                tool.env("AWS_REGION", region);
            }
            tool.file(
                "manifest.yaml",
                &format!("name: kinds\n{manifest}bucket: {{name: 'kinds-${{account}}'}}\n"),
            );
            let mut arguments = vec!["apply", "manifest.yaml", "--yes", "--profile", "work"];
            arguments.extend(flag.iter().flat_map(|region| ["--region", region]));
            tool.run(&arguments).expect_code(0);
            let seen = ground.python("s3.get_bucket_location(Bucket=bucket)['LocationConstraint']");
            assert_eq!(seen, json!(made_in), "{reason}");
        }
    }
}
