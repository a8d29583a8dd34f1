//! The question before an apply: what is an answer, and what nobody's silence means.

use serde_json::json;

use crate::{
    neon::{PLAN, REPOSITORY, found, says, tool, wanted, writes},
    support::{Proxy, Server},
};

#[test]
fn anything_but_yes_is_no() {
    let proxy = Proxy::before(&Server::ministack().account());
    let tool = tool(proxy.account());
    tool.run(PLAN).expect_code(0);
    for answer in [
        "no\n",
        "\n",
        "n\n",
        "nope\nyes\n",
        "yes please\n",
        "YES!\n",
        "adopt\n",
        "\u{1b}[A\n",
    ] {
        let outcome = tool.run_with_input(&["apply"], answer);
        outcome
            .expect_code(1)
            .expect_stderr(&format!(
                "Apply to account {}? (\"yes\")",
                proxy.account().account_id
            ))
            .expect_stderr("Nothing was changed.");
        assert_eq!(
            outcome.stdout, "",
            "after {answer:?}: no outputs of what was not done"
        );
        assert_eq!(writes(&proxy), Vec::<String>::new(), "after {answer:?}");
    }
}

#[test]
fn silence_is_an_error_that_names_the_flag() {
    let proxy = Proxy::before(&Server::ministack().account());
    let tool = tool(proxy.account());
    tool.run(PLAN).expect_code(0);
    let applies: [&[&str]; 2] = [&["apply"], &["apply", "neon.yaml", "--set", REPOSITORY]];
    for apply in applies {
        tool.run(apply)
            .expect_code(1)
            .expect_stderr("error: nobody answered; nothing was changed")
            .expect_stderr("hint: add --yes");
    }
    assert_eq!(writes(&proxy), Vec::<String>::new());
}

#[test]
fn yes_applies_what_was_shown_before_the_question() {
    for answer in ["yes\n", "yes", "  yes \r\n", "y\n"] {
        let account = Server::ministack().account();
        let tool = tool(&account);
        tool.run(PLAN).expect_code(0);
        let outcome = tool.run_with_input(&["apply"], answer);
        outcome.expect_code(0).expect_stdout("AWS_ACCOUNT_ID");
        let (plan, question) = (
            outcome.stderr.find("Plan: 4 to create"),
            outcome.stderr.find("Apply to"),
        );
        assert!(
            plan.is_some() && plan < question,
            "first the plan:\n{outcome}"
        );
        assert_eq!(found(&account), wanted(&account), "after {answer:?}");
    }
}

#[test]
fn nothing_is_asked_where_there_is_nothing_to_do() {
    let tool = tool(&Server::ministack().account());
    tool.run(&["apply", "neon.yaml", "--set", REPOSITORY, "--yes"])
        .expect_code(0);
    let again = tool.run(&["apply", "neon.yaml", "--set", REPOSITORY]);
    again
        .expect_code(0)
        .expect_stderr("No changes.")
        .expect_nowhere("Apply to account");
}

#[test]
fn what_exists_unmarked_is_adopted_by_name_only() {
    let account = Server::ministack().account();
    let proxy = Proxy::before(&account);
    let tool = tool(proxy.account());
    let bucket = super::bucket(&account);
    account.python_with(
        "s3.create_bucket(Bucket=bucket)",
        &json!({"bucket": bucket}),
    );
    tool.run(PLAN)
        .expect_code(0)
        .expect_stdout("3 to create, 1 to update");

    let adopt = format!("--adopt bucket.{bucket}");
    let unnamed = tool.run(&["apply", "--yes"]);
    says(&unnamed, &adopt);
    let wrong = [
        "apply",
        "--yes",
        "--adopt",
        "role.neon-s3-backup-github-actions",
    ];
    says(tool.run(&wrong).expect_code(1), &adopt);
    tool.run_with_input(&["apply"], "yes\n")
        .expect_code(1)
        .expect_stderr("Nothing was changed");
    assert_eq!(writes(&proxy), Vec::<String>::new());

    tool.run_with_input(&["apply"], "adopt\n").expect_code(0);
    assert_eq!(found(&account), wanted(&account));
}
