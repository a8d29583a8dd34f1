//! OIDC identity providers: one for the whole account, so that nothing of others is ever taken.

use serde_json::json;

const MANIFEST: &str = "
name: kinds
oidc_providers:
  https://gitlab.com: {audiences: [https://gitlab.com, vault]}
roles:
  deploy:
    trust: {github_actions: {repository: acme/backups, branch: main}}
";

const LOOK: &str = "
providers = {}
for provider in iam.list_open_id_connect_providers()['OpenIDConnectProviderList']:
    found = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=provider['Arn'])
    # One server gives the URL with its scheme, one without, as AWS does.
    providers[found['Url'].removeprefix('https://')] = [
        found['ClientIDList'], {tag['Key']: tag['Value'] for tag in found.get('Tags', [])}]
providers";

const GITHUB: &str = "arn:aws:iam::{account}:oidc-provider/token.actions.githubusercontent.com";

at_both! {
    fn oidc_providers_settle_and_disappear(ground) {
        let tags = json!({"managed-by": "s3setup", "s3setup:manifest": "kinds"});
        let seen = json!({
            "gitlab.com": [["https://gitlab.com", "vault"], tags],
            "token.actions.githubusercontent.com": ["sts.amazonaws.com", tags],
        });
        ground.manifest(MANIFEST);
        ground.apply();
        ground.expect_settled();
        ground.expect_seen(LOOK, &seen);

        ground.python(&format!(
            "iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=f'{GITHUB}')"
        ));
        ground
            .run("drift", &[])
            .expect_code(2)
            .expect_stdout("oidc_provider.token.actions.githubusercontent.com  missing");
        ground.apply();
        ground.expect_settled();
        ground.expect_seen(LOOK, &seen);
    }

    fn audiences_tags_and_thumbprints_of_others_are_no_difference(ground) {
        ground.python(
            "iam.create_open_id_connect_provider(
    Url='https://token.actions.githubusercontent.com',
    ClientIDList=['theirs', 'sts.amazonaws.com'], ThumbprintList=['a' * 40],
    Tags=[{'Key': 'managed-by', 'Value': 'terraform'}])
iam.create_open_id_connect_provider(
    Url='https://gitlab.com', ClientIDList=['vault', 'https://gitlab.com'], ThumbprintList=[])",
        );
        let before = ground.python(LOOK);
        ground.manifest(MANIFEST);
        // Nobody is asked for leave: nothing is done to them.
        ground.apply();
        ground.expect_settled();
        if ground.can("thumbprints") {
            ground.python(&format!(
                "iam.update_open_id_connect_provider_thumbprint(
    OpenIDConnectProviderArn=f'{GITHUB}', ThumbprintList=['b' * 40])"
            ));
        }
        if ground.can("oidc-tags") {
            ground.python(&format!(
                "iam.tag_open_id_connect_provider(
    OpenIDConnectProviderArn=f'{GITHUB}', Tags=[{{'Key': 'managed-by', 'Value': 'terraform'}}])"
            ));
        }
        ground.expect_settled();
        ground.expect_seen(LOOK, &before);
    }

    fn a_missing_audience_is_added_or_the_reason_told_and_nothing_is_lost(ground) {
        ground.python(
            "iam.create_open_id_connect_provider(
    Url='https://token.actions.githubusercontent.com', ClientIDList=['theirs'], ThumbprintList=[])",
        );
        ground.manifest(MANIFEST);
        let drift = ground.run("drift", &[]);
        drift.expect_code(2);
        drift.expect_stdout("oidc_provider.token.actions.githubusercontent.com  differs");
        drift.expect_stdout("sts.amazonaws.com");
        let applied = ground.run("apply", &["--yes"]);
        if ground.can("add-audience") {
            applied.expect_code(0);
            ground.expect_settled();
            return;
        }
        applied.expect_code(1);
        applied.expect_stderr("cannot update oidc_provider.token.actions.githubusercontent.com");
        applied.expect_stderr("cannot add an audience");
        // What does not need it is done all the same; the role, which does, is not begun.
        applied.expect_stderr("oidc_provider.gitlab.com  created");
        applied.expect_stderr("role.deploy (needs oidc_provider.token.actions.githubusercontent.com)");
        ground.expect_seen(
            &format!(
                "[iam.get_open_id_connect_provider(OpenIDConnectProviderArn=f'{GITHUB}')['ClientIDList'],
 [role['RoleName'] for role in iam.list_roles()['Roles']]]"
            ),
            &json!([["theirs"], []]),
        );
    }
}
