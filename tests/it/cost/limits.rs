//! `--max-calls`, `--max-rps`, and an account that throttles.

use std::time::Duration;

use super::{roles, tool_with_roles};
use crate::{
    neon::says,
    support::{Answer, Proxy, S3setup, Server},
};

#[test]
fn a_plan_stops_before_the_call_that_is_one_too_many() {
    let account = Server::ministack().account();
    let proxy = Proxy::before(&account);
    let tool = tool_with_roles(proxy.account(), 3);
    proxy.forget();
    let plan = tool.run(&["drift", "many.yaml", "--max-calls", "5"]);
    plan.expect_code(1);
    says(
        &plan,
        "this run has made the 5 calls that --max-calls allows",
    );
    says(&plan, "hint: allow more");
    assert_eq!(proxy.calls().len(), 5, "{:?}", proxy.operations());
    let all = tool.run(&["drift", "many.yaml", "--max-calls", "999"]);
    all.expect_code(0);
    let wrong = tool.run(&["drift", "many.yaml", "--max-calls", "0"]);
    wrong.expect_code(1);
}

#[test]
fn an_apply_that_has_made_its_calls_begins_nothing_more_and_goes_on_with_the_next() {
    let account = Server::ministack().account();
    let proxy = Proxy::before(&account);
    let tool = S3setup::new(proxy.account());
    tool.file("many.yaml", &roles(6));
    proxy.forget();
    tool.run(&["plan", "many.yaml"]).expect_code(0);
    let planned = proxy.calls().len();
    proxy.forget();
    let most = (planned + 5).to_string();
    let apply = ["apply", "--yes", "many.yaml", "--parallelism", "2"];
    let cut = tool.run(&[&apply[..], &["--max-calls", &most]].concat());
    cut.expect_code(1);
    says(&cut, "calls that --max-calls allows");
    says(&cut, "Not begun, for that reason:");
    assert_eq!(proxy.calls().len(), planned + 5);
    let made = account.python("len(iam.list_roles()['Roles'])");
    assert!(
        made.as_u64().is_some_and(|made| (1..6).contains(&made)),
        "{made}"
    );
    tool.run(&apply).expect_code(0);
    tool.run(&["plan", "many.yaml"])
        .expect_code(0)
        .expect_stdout("No changes.");
}

#[test]
fn calls_keep_their_distance() {
    let account = Server::ministack().account();
    let proxy = Proxy::before(&account);
    let tool = tool_with_roles(proxy.account(), 3);
    proxy.forget();
    tool.run(&["plan", "many.yaml", "--max-rps", "10"])
        .expect_code(0)
        .expect_stdout("No changes.");
    let iam = |call: &&crate::support::Call| call.service == "iam";
    let calls = proxy.calls();
    let times: Vec<Duration> = calls.iter().filter(iam).map(|call| call.started).collect();
    assert_eq!(times.len(), 12, "{:?}", proxy.operations());
    let took = times[times.len() - 1].saturating_sub(times[0]);
    // Eleven gaps of a tenth of a second; they arrive as the machine has time.
    assert!(took >= Duration::from_millis(900), "{took:?}");
}

#[test]
fn an_account_that_throttles_is_asked_more_slowly() {
    let account = Server::ministack().account();
    let proxy = Proxy::before(&account);
    let tool = tool_with_roles(proxy.account(), 4);
    // A bucket of five calls, which takes in another every 50 ms.
    let mut tokens = 5.0_f64;
    let mut last = Duration::ZERO;
    proxy.rule(move |call| {
        if call.service != "iam" {
            return None;
        }
        let passed = call.started.saturating_sub(last).as_secs_f64();
        last = call.started;
        tokens = (tokens + passed * 20.0).min(5.0);
        if tokens >= 1.0 {
            tokens -= 1.0;
            return None;
        }
        Some(Answer::error(400, "Throttling", "Rate exceeded"))
    });
    proxy.forget();
    tool.run(&["plan", "many.yaml"])
        .expect_code(0)
        .expect_stdout("No changes.");
    let calls = proxy.calls();
    let refused = calls.iter().filter(|call| call.status == Some(400)).count();
    assert!(refused > 0, "it was too fast at first");
    assert!(
        refused <= calls.len() / 2,
        "{refused} of {} were in vain",
        calls.len()
    );
}
