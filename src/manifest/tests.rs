//! Whole manifests: from their text to resources, or to what is wrong with them.

use super::{Compiled, load};
use crate::policy::Document;
use crate::resource::{Resource, Scope};
use crate::yaml::Source;
use std::collections::BTreeMap;

fn scope() -> Scope {
    Scope {
        account: "012345678901".into(),
        partition: "aws".into(),
        region: "eu-west-1".into(),
        project: None,
    }
}

fn read(text: &str, given: &[(&str, &str)]) -> Result<Compiled, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.yaml");
    std::fs::write(&path, text).unwrap();
    let given = given
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    load(&Source::read(&path).unwrap(), &given, &scope()).map_err(|problems| {
        let all: Vec<String> = problems
            .sorted()
            .iter()
            .map(|problem| format!("{}: {}", problem.path, problem.message))
            .collect();
        all.join("\n")
    })
}

/// What `name: m`, a bucket `b-1` and `rest` make.
fn with_bucket(rest: &str) -> Result<Compiled, String> {
    read(&format!("name: m\nbucket:\n  name: b-1\n{rest}"), &[])
}

fn resource<'a>(compiled: &'a Compiled, address: &str) -> &'a Resource {
    let found = compiled
        .wanted
        .iter()
        .find(|wanted| wanted.resource.address().as_str() == address);
    &found.unwrap_or_else(|| panic!("no {address}")).resource
}

fn bucket_policy(compiled: &Compiled) -> String {
    match resource(compiled, "bucket_policy.b-1") {
        Resource::BucketPolicy(policy) => policy.policy.to_json(),
        other => panic!("{other:?}"),
    }
}

fn trust(compiled: &Compiled, role: &str) -> String {
    match resource(compiled, &format!("role.{role}")) {
        Resource::Role(role) => role.trust_policy.to_json(),
        other => panic!("{other:?}"),
    }
}

fn same(found: &str, wanted: &str) {
    assert_eq!(
        Document::parse(found).unwrap(),
        Document::parse(wanted).unwrap(),
        "{found}"
    );
}

#[test]
fn a_grant_puts_each_action_on_what_it_applies_to() {
    let compiled = with_bucket(
        "roles: {r: {trust: {service: ec2.amazonaws.com}}}\n\
         grants: [{to: role.r, allow: [list, read, multipart], through: bucket_policy}]\n",
    )
    .unwrap();
    same(
        &bucket_policy(&compiled),
        r#"{"Version":"2012-10-17","Statement":[
            {"Sid":"RBucket","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::012345678901:role/r"},
             "Action":["s3:ListBucket","s3:ListBucketMultipartUploads"],
             "Resource":"arn:aws:s3:::b-1"},
            {"Sid":"RObjects","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::012345678901:role/r"},
             "Action":["s3:GetObject","s3:AbortMultipartUpload","s3:ListMultipartUploadParts"],
             "Resource":"arn:aws:s3:::b-1/*"}]}"#,
    );
}

#[test]
fn a_prefix_takes_two_list_statements_as_the_backup_target_page_has_them() {
    let compiled = with_bucket(
        "grants:\n  - to: arn:aws:iam::111122223333:user/backup\n    \
         allow: [list, read, write, delete]\n    prefix: backups/dataset-1\n",
    )
    .unwrap();
    let who = r#""Principal":{"AWS":"arn:aws:iam::111122223333:user/backup"}"#;
    same(
        &bucket_policy(&compiled),
        &format!(
            r#"{{"Version":"2012-10-17","Statement":[
            {{"Sid":"BackupBackupsDataset1Browse","Effect":"Allow",{who},"Action":"s3:ListBucket",
              "Resource":"arn:aws:s3:::b-1","Condition":{{"StringEquals":{{
                "s3:prefix":["","backups/","backups/dataset-1/"],"s3:delimiter":"/"}}}}}},
            {{"Sid":"BackupBackupsDataset1List","Effect":"Allow",{who},"Action":"s3:ListBucket",
              "Resource":"arn:aws:s3:::b-1",
              "Condition":{{"StringLike":{{"s3:prefix":"backups/dataset-1/*"}}}}}},
            {{"Sid":"BackupBackupsDataset1Objects","Effect":"Allow",{who},
              "Action":["s3:DeleteObject","s3:GetObject","s3:PutObject"],
              "Resource":"arn:aws:s3:::b-1/backups/dataset-1/*"}}]}}"#
        ),
    );
}

#[test]
fn a_grant_goes_through_the_policy_it_names_and_attaches_it() {
    let compiled = with_bucket(
        "policies: {p: {path: /x/}}\nusers: {u: }\ngroups: {g: {members: [user.u]}}\ngrants:\n  \
         - {to: group.g, allow: [write], through: policy.p}\n  \
         - {to: user.u, allow: [read]}\n  \
         - {to: user.u, allow: [delete], through: managed_policy}\n",
    )
    .unwrap();
    let Resource::Group(group) = resource(&compiled, "group.g") else {
        panic!()
    };
    assert!(
        group
            .attached_policies
            .contains("arn:aws:iam::012345678901:policy/x/p")
    );
    assert_eq!(group.path, "/s3setup/m/");
    let Resource::User(user) = resource(&compiled, "user.u") else {
        panic!()
    };
    assert!(user.inline_policies["m"].to_json().contains("s3:GetObject"));
    assert!(
        user.attached_policies
            .contains("arn:aws:iam::012345678901:policy/m-user-u")
    );
    let Resource::Policy(made) = resource(&compiled, "policy.m-user-u") else {
        panic!()
    };
    assert!(made.policy.to_json().contains("s3:DeleteObject"));
    assert!(user.groups.is_empty() && user.groups_elsewhere.contains("g"));
}

#[test]
fn grants_to_the_same_principal_are_one_statement() {
    let compiled = with_bucket(
        "users: {u: }\ngrants:\n  - {to: user.u, allow: [read]}\n  - {to: user.u, allow: [write]}\n",
    )
    .unwrap();
    let Resource::User(user) = resource(&compiled, "user.u") else {
        panic!()
    };
    assert_eq!(user.inline_policies["m"].statement.len(), 1);
}

#[test]
fn a_github_trust_has_the_audience_and_exact_subjects() {
    let github = |rest: &str| {
        let text = format!(
            "roles:\n  r:\n    trust:\n      github_actions:\n        repository: o/n\n{rest}"
        );
        with_bucket(&text).map(|compiled| trust(&compiled, "r"))
    };
    let expect = |rest: &str, subjects: &str| {
        same(
            &github(rest).unwrap(),
            &format!(
                r#"{{"Version":"2012-10-17","Statement":{{"Sid":"GithubActions","Effect":"Allow",
                "Principal":{{"Federated":
                  "arn:aws:iam::012345678901:oidc-provider/token.actions.githubusercontent.com"}},
                "Action":"sts:AssumeRoleWithWebIdentity","Condition":{{"StringEquals":{{
                  "token.actions.githubusercontent.com:aud":"sts.amazonaws.com",
                  "token.actions.githubusercontent.com:sub":{subjects}}}}}}}}}"#
            ),
        );
    };
    expect(
        "        branch: main\n",
        r#""repo:o/n:ref:refs/heads/main""#,
    );
    expect(
        "        tag: [v1, v2]\n",
        r#"["repo:o/n:ref:refs/tags/v1","repo:o/n:ref:refs/tags/v2"]"#,
    );
    expect(
        "        environment: a:b\n",
        r#""repo:o/n:environment:a%3Ab""#,
    );
    expect("        pull_request: true\n", r#""repo:o/n:pull_request""#);
    let ids = "        branch: on\n        owner_id: 012\n        repository_id: 34\n";
    expect(ids, r#""repo:o@012/n@34:ref:refs/heads/on""#);
    expect(
        &format!("{ids}        subject_format: both\n"),
        r#"["repo:o@012/n@34:ref:refs/heads/on","repo:o/n:ref:refs/heads/on"]"#,
    );
    assert!(github("").unwrap_err().contains("every workflow"));
    assert!(
        github("        branch: '*'\n")
            .unwrap_err()
            .contains("wildcard")
    );
    assert!(
        github("        branch: main\n        owner_id: 1\n")
            .unwrap_err()
            .contains("both ids")
    );
}

#[test]
fn trusts_that_let_strangers_in_are_refused_however_they_are_written() {
    let federated = |condition: &str| {
        format!(
            "statements: [{{Effect: Allow, Action: 'sts:AssumeRoleWithWebIdentity', Principal: \
             {{Federated: 'arn:aws:iam::012345678901:oidc-provider/{}'}}, Condition: {condition}}}]",
            crate::resource::OidcProvider::GITHUB
        )
    };
    let any = |condition: &str| {
        format!(
            "statements: [{{Effect: Allow, Action: 'sts:AssumeRole', Principal: '*', Condition: \
             {{{condition}}}}}]"
        )
    };
    let sub = "token.actions.githubusercontent.com:sub";
    let table = [
        (any("StringLike: {'aws:PrincipalArn': 'arn:aws:iam::*:role/deploy'}"), "every AWS account"),
        (any("StringLike: {'aws:PrincipalOrgID': 'o-*'}"), "every AWS account"),
        (any("StringLike: {'aws:PrincipalAccount': '1*'}"), "every AWS account"),
        (any("StringEquals: {'aws:PrincipalAccount': '${aws:PrincipalAccount}'}"), "every AWS account"),
        (
            "statements: [{Effect: Allow, Action: 'sts:AssumeRoleWithWebIdentity', Principal: \
             {Federated: accounts.google.com}}]".to_owned(),
            "vouches for",
        ),
        ("oidc: {issuer: 'https://x.example.com', audience: a, subject_like: '*'}".to_owned(), "anybody"),
        (federated(&format!("{{StringEquals: {{'{sub}': 'repo:o/n:pull_request'}}}}")), "the audience, too"),
        ("principal: {arn: role.r}".to_owned(), "trusts itself"),
        ("github_actions: {repository: 'o/*', branch: main}".to_owned(), "wildcard"),
        ("github_actions: {repository: 'https://github.com/o/n', branch: main}".to_owned(), "no repository"),
        (federated("{}"), "every workload"),
        (federated(&format!("{{StringLike: {{'{sub}': 'repo:o*/n:*'}}}}")), "owner is named"),
        (federated(&format!("{{StringLike: {{'{sub}': '*'}}}}")), "anybody"),
        (federated(&format!("{{StringEqualsIfExists: {{'{sub}': 'repo:o/n:x'}}}}")), "every workload"),
        (federated(&format!("{{'ForAllValues:StringEquals': {{'{sub}': 'repo:o/n:x'}}}}")), "every workload"),
        ("statements: [{Effect: Allow, Action: 'sts:AssumeRole', Principal: '*'}]".to_owned(), "every AWS account"),
        ("oidc: {issuer: 'https://gitlab.com', audience: a}".to_owned(), "every workload"),
        ("oidc: {issuer: 'https://gitlab.com', audience: a, subject_like: 'project_path:g*'}".to_owned(), "owner is named"),
        ("oidc: {issuer: 'https://token.actions.githubusercontent.com', audience: a, subject: b}".to_owned(), "trust of its own"),
        ("account: {id: 12345678901}".to_owned(), "12 digits"),
        ("principal: {arn: 'arn:aws:iam::012345678901:role/*'}".to_owned(), "wildcard"),
        ("principal: {arn: 'arn:aws:iam::012345678901:group/g'}".to_owned(), "group cannot"),
    ];
    for (trust, reason) in table {
        let error = with_bucket(&format!("roles: {{r: {{trust: {{{trust}}}}}}}\n")).unwrap_err();
        assert!(error.contains(reason), "{trust}\n{error}");
    }
    let good = federated(&format!(
        "{{StringLike: {{'{sub}': 'repo:o/n:ref:refs/tags/*'}}, StringEquals: \
         {{'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com'}}}}"
    ));
    assert!(with_bucket(&format!("roles: {{r: {{trust: {{{good}}}}}}}\n")).is_ok());
}

#[test]
fn inputs_are_given_or_defaults_or_examples() {
    let text = "name: m\ninputs:\n  place: {description: d, default: eu-north-1}\n  \
                stem: {description: d, example: 'x-${region}-${account}'}\nregion: ${place}\n\
                bucket: {name: '${stem}-${region}'}\n";
    let compiled = read(text, &[]).unwrap();
    resource(&compiled, "bucket.x-eu-north-1-012345678901-eu-north-1");
    assert_eq!(compiled.source.examples, ["stem"]);
    assert_eq!(compiled.region, "eu-north-1");
    let compiled = read(text, &[("stem", "a"), ("place", "us-east-1")]).unwrap();
    resource(&compiled, "bucket.a-us-east-1");
    assert!(compiled.source.examples.is_empty());
    assert!(
        read(text, &[("steem", "a")])
            .unwrap_err()
            .contains("no input \"steem\"")
    );
    let value = "a\nroles: {evil: {}}";
    assert!(
        read(text, &[("stem", value)])
            .unwrap_err()
            .contains("bucket names")
    );
}

#[test]
fn references_to_what_is_not_there_are_refused_where_they_stand() {
    let error = with_bucket(
        "users: {u: {groups: [group.h], attached_policies: [policy.q]}}\n\
         grants: [{to: user.uu, allow: [reed]}, {to: '*', allow: [read]}, {to: [], allow: []}]\n",
    )
    .unwrap_err();
    for line in [
        "grants[0].to: there is no user \"uu\" in this manifest",
        "grants[0].allow[0]: \"reed\" is nothing that a grant can allow",
        "grants[1].to: \"*\" is everybody on the internet",
        "grants[2].to: this grant is to nobody",
        "users.u.groups[0]: there is no group \"h\" in this manifest",
        "users.u.attached_policies[0]: there is no policy \"q\" in this manifest",
    ] {
        assert!(error.contains(line), "{line}\n{error}");
    }
}

#[test]
fn without_statements_no_bucket_policy_is_wanted() {
    let compiled = with_bucket("").unwrap();
    let policy = compiled.wanted.iter().find(|wanted| wanted.absent).unwrap();
    assert_eq!(policy.resource.address().as_str(), "bucket_policy.b-1");
    let compiled = with_bucket("  deny_plain_http: true\n").unwrap();
    assert!(bucket_policy(&compiled).contains("aws:SecureTransport"));
}

#[test]
fn the_neon_manifest_is_what_the_page_asks_for() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("manifests/neon.yaml");
    let given = BTreeMap::from([("repository".to_owned(), "o/n".to_owned())]);
    let compiled = load(&Source::read(&path).unwrap(), &given, &scope()).unwrap();
    let addresses: Vec<String> = compiled
        .wanted
        .iter()
        .map(|wanted| wanted.resource.address().to_string())
        .collect();
    assert_eq!(
        addresses,
        [
            "bucket.neon-s3-backup-012345678901",
            "bucket_policy.neon-s3-backup-012345678901",
            "role.neon-s3-backup-github-actions",
            "oidc_provider.token.actions.githubusercontent.com",
        ]
    );
    assert_eq!(
        compiled.outputs["S3_BUCKET_NAME"],
        "neon-s3-backup-012345678901"
    );
}

#[test]
fn the_schema_beside_the_manifests_is_the_one_that_is_printed() {
    let path =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("manifests/s3setup.schema.json");
    let kept = std::fs::read_to_string(path).unwrap();
    let printed = serde_json::to_string_pretty(&super::schema()).unwrap();
    assert_eq!(
        kept.trim(),
        printed,
        "run: s3setup schema > manifests/s3setup.schema.json"
    );
}

#[test]
fn a_public_policy_under_the_block_is_refused_before_s3_refuses_it() {
    let with = |condition: &str, bucket: &str| {
        with_bucket(&format!(
            "{bucket}  policy: [{{Effect: Allow, Principal: '*', Action: 's3:GetObject', Resource: \
             'arn:aws:s3:::b-1/*'{condition}}}]\n"
        ))
    };
    assert!(
        with("", "")
            .unwrap_err()
            .contains("everybody on the internet")
    );
    let open = ", Condition: {IpAddress: {'aws:SourceIp': '0.0.0.0/0'}}";
    assert!(with(open, "").is_err());
    assert!(
        with(
            ", Condition: {StringEquals: {'aws:PrincipalOrgID': 'o-1'}}",
            ""
        )
        .is_ok()
    );
    assert!(with("", "  public_access_block: {block_public_policy: false}\n").is_ok());
}

#[test]
fn one_mistake_is_one_error() {
    let table = [
        (
            "name: m\ninputs: {b: {description: d}}\nbucket: {name: '${b}'}\n",
            "has no value",
        ),
        (
            "name: m\ntags: {managed-by: me}\nbucket: {name: b-1}\nusers: {u: }\n",
            "s3setup's own",
        ),
        (
            "name: m\nbucket: {name: b-1}\nusers: {u: }\ngrants: [{to: user.u, \
          allow: [list_all_buckets], through: bucket_policy}]\n",
            "cannot be granted",
        ),
        (
            "name: m\nroles: {r: {trust: {account: {id: 12345}}}}\n",
            "12 digits",
        ),
    ];
    for (text, reason) in table {
        let error = read(text, &[]).unwrap_err();
        assert!(
            error.contains(reason) && error.lines().count() == 1,
            "{text}\n{error}"
        );
    }
}

#[test]
fn mistakes_of_every_sort_come_in_one_pass_and_without_their_consequences() {
    let error = read(
        "name: m\ninputs: {b: {description: d, default: b-1}}\nregoin: x\n\
         bucket:\n  name: My_${b}\n  versioning: yes\n  lifecycle: {a: {expire_days: soon}}\n\
         roles:\n  r: {trust: {github_actions: {repository: o/n, branch: [[]]}}}\n  \
         s: {trust: {service: 5}, description: \"a \u{2014} b\"}\nusers: {u: {path: x, color: red}}\n\
         grants: [{to: role.r, allow: [reed]}, {to: user.u, allow: [read], prefx: a}]\n",
        &[],
    )
    .unwrap_err();
    let paths: Vec<&str> = error
        .lines()
        .filter_map(|line| line.split(": ").next())
        .collect();
    assert_eq!(
        paths,
        [
            "regoin",
            "bucket.name",
            "bucket.versioning",
            "bucket.lifecycle.a.expire_days",
            "roles.r.trust.github_actions.branch[0]",
            "roles.s.trust.service",
            "roles.s.description",
            "users.u.path",
            "users.u.color",
            "grants[0].allow[0]",
            "grants[1].prefx",
        ],
        "{error}"
    );
}

#[test]
fn a_policy_can_be_pasted_as_a_page_has_it() {
    let compiled = with_bucket(
        "  policy: {\"Version\": \"2012-10-17\", \"Statement\": {\"Effect\": \"Allow\", \
         \"Principal\": {\"AWS\": \"111122223333\"}, \"Action\": \"s3:GetObject\", \"Resource\": \
         \"arn:aws:s3:::b-1/*\"}}\n",
    )
    .unwrap();
    assert!(bucket_policy(&compiled).contains("111122223333"));
    let error = with_bucket(
        "  policy: {Statement: [{Effect: Allow, Action: 's3:GetObjekt', Principal: \
         {AWS: '111122223333'}, Resource: 'arn:aws:s3:::b-1/*'}]}\n",
    )
    .unwrap_err();
    assert!(
        error.starts_with("bucket.policy.Statement[0].Action"),
        "{error}"
    );
    let old = "  policy: {Version: 2008-10-17, Statement: []}\n";
    assert!(with_bucket(old).unwrap_err().contains("2008-10-17"));
}

#[test]
fn what_s3_refuses_of_lifecycles_and_policies_is_refused_offline() {
    let days = |first: &str, then: &str| {
        with_bucket(&format!(
            "  lifecycle: {{a: {{transitions: [{{{first}}}, {{{then}}}]}}}}\n"
        ))
    };
    let (ia, glacier) = (
        "days: 30, storage_class: STANDARD_IA",
        "storage_class: GLACIER",
    );
    assert!(days(ia, &format!("days: 60, {glacier}")).is_ok());
    assert!(
        days(ia, &format!("days: 59, {glacier}"))
            .unwrap_err()
            .contains("30 days at least")
    );
    assert!(
        days(
            "days: 90, storage_class: STANDARD_IA",
            &format!("days: 30, {glacier}")
        )
        .unwrap_err()
        .contains("colder classes only")
    );
    let deny = |action: &str| {
        with_bucket(&format!(
            "  policy: [{{Effect: Deny, Principal: '*', Action: '{action}', Resource: ['arn:aws:s3:::b-1', \
             'arn:aws:s3:::b-1/*']}}]\n"
        ))
    };
    assert!(
        deny("s3:*")
            .unwrap_err()
            .contains("only the account's root")
    );
    assert!(deny("s3:DeleteBucket").is_ok());
    let wide = "  policy: [{Effect: Allow, Principal: '*', Action: 's3:GetObject', Resource: \
                'arn:aws:s3:::b-1/*', Condition: {IpAddress: {'aws:SourceIp': '10.0.0.0/7'}}}]\n";
    assert!(with_bucket(wide).unwrap_err().contains("everybody"));
    assert!(
        with_bucket("outputs: {'A B': x}\n")
            .unwrap_err()
            .contains("name of a variable")
    );
}

#[test]
fn an_output_of_several_lines_may_be_named_like_a_file_and_a_variable_may_not() {
    let named = |value: &str| with_bucket(&format!("outputs: {{the-workflow: \"{value}\"}}\n"));
    let workflow = named("on: push\\nurl: ${{ secrets.URL }}\\n").unwrap();
    assert_eq!(
        workflow.outputs["the-workflow"],
        "on: push\nurl: ${{ secrets.URL }}\n"
    );
    assert!(named("x").unwrap_err().contains("name of a variable"));
}

#[test]
fn a_value_is_of_its_pattern() {
    let text = "name: m\ninputs:\n  days:\n    description: d\n    default: \"7\"\n    pattern: \"[0-9]+\"\n\
                bucket: {name: b-1}\noutputs: {A: \"${days}\"}\n";
    for (value, good) in [
        ("30", true),
        ("30 ", false),
        ("x30", false),
        ("30\n", false),
        ("a|7", false),
    ] {
        assert_eq!(read(text, &[("days", value)]).is_ok(), good, "{value:?}");
    }
    let said = read(text, &[("days", "x")]).unwrap_err();
    assert!(said.contains("which is like [0-9]+"), "{said}");
    let broken = text.replace("[0-9]+", "[0-9");
    let said = read(&broken, &[]).unwrap_err();
    assert!(said.contains("is no regular expression"), "{said}");
    let default = text.replace("\"7\"", "week");
    assert!(read(&default, &[]).is_err(), "a default is a value, too");
}

#[test]
fn what_must_not_be_there_is_wanted_absent_with_its_parts() {
    let rest = "absent: [role.old, user.x, bucket.b-2, group.g, policy.team/p, kms_key.a/b]\n";
    let compiled = with_bucket(rest).unwrap();
    let absent: Vec<String> = compiled
        .wanted
        .iter()
        .filter(|wanted| wanted.absent && wanted.manifest == "m")
        .map(|wanted| wanted.resource.address().to_string())
        .filter(|address| address != "bucket_policy.b-1")
        .collect();
    let expected = [
        "role.old",
        "user.x",
        "access_key.x",
        "bucket.b-2",
        "bucket_policy.b-2",
        "group.g",
        "policy.p",
        "kms_key.a/b",
    ];
    assert_eq!(absent, expected);
    let arn = resource(&compiled, "policy.p").arn(&scope()).unwrap();
    assert_eq!(arn, "arn:aws:iam::012345678901:policy/team/p");
    let Resource::Group(group) = resource(&compiled, "group.g") else {
        panic!("a group");
    };
    assert_eq!(group.path, "/s3setup/m/");
}

#[test]
fn what_is_absent_is_named_once_and_declared_nowhere() {
    let table = [
        ("absent: [bucket.b-1]", "absent[0]: bucket.b-1 is declared"),
        (
            "absent: [role.a, role.A]",
            "absent[1]: role.A is named twice",
        ),
        ("absent: [roles.a]", "names nothing that can be removed"),
        ("absent: [old]", "names nothing that can be removed"),
        (
            "absent: [bucket_policy.b-1]",
            "names nothing that can be removed",
        ),
        ("absent: [\"role.a b\"]", "absent[0]:"),
    ];
    for (rest, expected) in table {
        let told = with_bucket(&format!("{rest}\n")).unwrap_err();
        assert!(told.contains(expected), "{rest}: {told}");
    }
    read("name: m\nabsent: [role.old]\n", &[]).expect("nothing but a removal is a manifest, too");
}

#[test]
fn a_protection_is_a_tag() {
    let text = "  protect: true\nusers: {u: {protect: true}, v: {}}\nkms_keys: {k: {protect: true}}
roles: {r: {trust: {service: ec2.amazonaws.com}, protect: true}}
policies: {p: {protect: true, statements: [{Effect: Allow, Action: 's3:ListAllMyBuckets', Resource: '*'}]}}
";
    let compiled = with_bucket(text).unwrap();
    for address in ["bucket.b-1", "user.u", "kms_key.k", "role.r", "policy.p"] {
        assert!(resource(&compiled, address).is_protected(), "{address}");
    }
    assert!(!resource(&compiled, "user.v").is_protected());
}
