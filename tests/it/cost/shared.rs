//! Identities read in one go: that nothing is taken for true because it is listed, or for gone because
//! it is not.

use super::{roles, tool_with_roles};
use crate::{
    neon::says,
    support::{Answer, Proxy, S3setup, Server},
};

const DETAILS: &str = "GetAccountAuthorizationDetails";
const COUNT: usize = 10;

#[test]
fn what_is_not_as_wanted_is_read_by_itself_and_told() {
    let account = Server::ministack().account();
    let proxy = Proxy::before(&account);
    let tool = tool_with_roles(proxy.account(), COUNT);
    account.python(
        "[iam.put_role_policy(RoleName='many-3', PolicyName='p', PolicyDocument=json.dumps({
            'Version': '2012-10-17', 'Statement': {'Effect': 'Allow', 'Action': 's3:*', 'Resource': '*'}})),
          iam.update_role(RoleName='many-4', Description='other'),
          iam.delete_role_policy(RoleName='many-5', PolicyName='p'),
          iam.delete_role(RoleName='many-5')] and None",
    );
    proxy.forget();
    let drift = tool.run(&["drift", "many.yaml"]);
    drift
        .expect_code(2)
        .expect_stdout("role.many-3")
        .expect_stdout("role.many-4")
        .expect_stdout("role.many-5");
    let asked: Vec<String> = proxy
        .calls()
        .iter()
        .filter(|call| call.operation == "GetRole")
        .filter_map(|call| call.parameter("RoleName"))
        .collect();
    let mut asked: Vec<&str> = asked.iter().map(String::as_str).collect();
    asked.sort_unstable();
    assert_eq!(asked, ["many-3", "many-4", "many-5"]);
    let operations = proxy.operations();
    assert!(operations.iter().any(|name| name.ends_with(DETAILS)));
    assert!(operations.len() < 3 * COUNT, "{operations:?}");
}

#[test]
fn a_listing_that_is_behind_hides_and_invents_nothing() {
    let account = Server::ministack().account();
    let proxy = Proxy::before(&account);
    let tool = tool_with_roles(proxy.account(), COUNT);
    // As if the listing were from before they were made.
    for name in ["many-1", "many-2"] {
        let hidden = format!("<RoleName>{name}<");
        proxy.rule(move |call| {
            (call.operation == DETAILS).then(|| {
                let hidden = hidden.clone();
                Answer::change(move |body| {
                    let text = String::from_utf8_lossy(body).into_owned();
                    text.replace(&hidden, "<RoleName>nobody<").into_bytes()
                })
            })
        });
    }
    tool.run(&["plan", "many.yaml"])
        .expect_code(0)
        .expect_stdout("No changes.");
}

#[test]
fn who_may_not_list_reads_one_by_one_and_is_told_when_asking() {
    let account = Server::ministack().account();
    let proxy = Proxy::before(&account);
    let tool = tool_with_roles(proxy.account(), COUNT);
    proxy.on(DETAILS, 99, Answer::error(403, "AccessDenied", "no"));
    let plan = tool.run(&["plan", "many.yaml"]);
    plan.expect_code(0).expect_stdout("No changes.");
    assert!(!plan.stderr.contains("one by one"), "{plan}");
    let plan = tool.run(&["plan", "-v", "many.yaml"]);
    plan.expect_code(0);
    says(
        &plan,
        "identities were read one by one: iam:GetAccountAuthorizationDetails: AccessDenied: no",
    );
}

#[test]
fn a_large_account_is_given_up_and_a_small_plan_lists_nothing() {
    let account = Server::ministack().account();
    let proxy = Proxy::before(&account);
    let tool = tool_with_roles(proxy.account(), COUNT);
    // An account without end: each page says that there is another.
    let page = "<GetAccountAuthorizationDetailsResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">\
                <GetAccountAuthorizationDetailsResult><IsTruncated>true</IsTruncated><Marker>m</Marker>\
                </GetAccountAuthorizationDetailsResult></GetAccountAuthorizationDetailsResponse>";
    proxy.on(DETAILS, 999, Answer::Text(page.to_owned()));
    proxy.forget();
    tool.run(&["plan", "many.yaml"])
        .expect_code(0)
        .expect_stdout("No changes.");
    let pages = |proxy: &Proxy| {
        let calls = proxy.calls();
        calls
            .iter()
            .filter(|call| call.operation == DETAILS)
            .count()
    };
    // Forty single reads are worth two pages.
    assert_eq!(pages(&proxy), 2);

    let tool = S3setup::new(proxy.account());
    tool.file("few.yaml", &roles(3));
    proxy.forget();
    tool.run(&["plan", "few.yaml"]).expect_code(0);
    assert_eq!(pages(&proxy), 0);
}
