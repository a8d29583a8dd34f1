//! Ctrl-C, SIGTERM, both, and GitHub's cancel: what was begun ends within a bound, where things stand
//! is said, and the next run goes on.

use std::{
    process::{Child, Command},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{
    neon::{APPLY, PLAN, flat, found, tool, wanted, writes},
    support::{Answer, Proxy, S3setup, Server, talk},
};

/// Longer than any bound of the tool, on a busy machine: a hang, and no slowness.
const HANGS: Duration = Duration::from_secs(50);

/// A run that has come to a call that is not answered.
struct Hanging {
    proxy: Proxy,
    tool: S3setup,
    child: Child,
}

/// How a run ended.
struct Ended {
    code: Option<i32>,
    said: String,
}

impl Hanging {
    /// Runs `command` until it calls `operation`, which is answered by `answer` from then on.
    fn at(operation: &'static str, answer: Answer, command: &[&str]) -> Self {
        let proxy = Proxy::before(&Server::ministack().account());
        let tool = tool(proxy.account());
        let reached = Arc::new(AtomicBool::new(false));
        let at = Arc::clone(&reached);
        proxy.rule(move |call| {
            let is_it = call.operation == operation;
            at.fetch_or(is_it, Ordering::SeqCst);
            is_it.then(|| answer.clone())
        });
        let child = tool.command(command).spawn().expect("it can be started");
        let begun = Instant::now();
        while !reached.load(Ordering::SeqCst) {
            assert!(begun.elapsed() < HANGS, "{operation} never came");
            thread::sleep(Duration::from_millis(2));
        }
        // Time for the answers to what else was begun.
        thread::sleep(Duration::from_millis(500));
        Self { proxy, tool, child }
    }

    fn send(&self, signal: &str) {
        let command = format!("kill -{signal} {}", self.child.id());
        let sent = Command::new("sh").args(["-c", &command]).status();
        assert!(sent.expect("there is a shell").success());
    }

    /// Waits for its end, which no signal but SIGKILL brings about by itself.
    fn ended(self) -> (Ended, Proxy, S3setup) {
        let Self {
            proxy,
            tool,
            mut child,
        } = self;
        let begun = Instant::now();
        while child.try_wait().expect("it is our child").is_none() {
            if begun.elapsed() > HANGS {
                child.kill().expect("it is our child");
                panic!("it did not end");
            }
            thread::sleep(Duration::from_millis(5));
        }
        let output = child.wait_with_output().expect("it is our child");
        let ended = Ended {
            code: output.status.code(),
            said: flat(&String::from_utf8_lossy(&output.stderr)),
        };
        (ended, proxy, tool)
    }
}

/// The last line of the only journal, and how many steps were begun.
fn journal(tool: &S3setup) -> (Value, usize) {
    let list = tool.run(&["undo", "--list", "--output", "json"]).json();
    let one = &list["journals"][0];
    let begun = one["begun"].as_u64().expect("a number");
    (one["ended"].clone(), begun as usize)
}

/// The next run ends well, and all is there.
#[track_caller]
fn goes_on(proxy: &Proxy, tool: &S3setup) {
    proxy.heal();
    tool.run(APPLY).expect_code(0);
    assert_eq!(found(proxy.account()), wanted(proxy.account()));
    let plan = [PLAN, &["--detailed-exitcode"]].concat();
    tool.run(&plan).expect_code(0);
}

#[test]
fn a_signal_ends_a_run_that_hangs_within_a_bound_and_the_next_goes_on() {
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let hanging = Hanging::at("CreateRole", Answer::NEVER, APPLY);
        hanging.send(signal);
        let (ended, proxy, tool) = hanging.ended();
        let said = &ended.said;
        assert_eq!(ended.code, Some(code), "{said}");
        assert!(
            said.contains("Finishing what was begun, for at most 6 s."),
            "{said}"
        );
        let (_, after) = said
            .split_once("Under way, and not waited for")
            .expect(said);
        let (under_way, after) = after.split_once("Not begun").expect(said);
        assert!(under_way.contains("role.neon-s3-backup"), "{said}");
        assert!(
            after.contains("bucket_policy.") && after.contains("goes on from here"),
            "{said}"
        );
        assert_eq!(journal(&tool).0, "interrupted");
        goes_on(&proxy, &tool);
    }
}

#[test]
fn what_is_running_ends_and_nothing_more_is_begun() {
    let proxy = Proxy::before(&Server::ministack().account());
    let tool = tool(proxy.account());
    proxy.set_latency(Duration::from_millis(400));
    let child = tool.command(APPLY).spawn().expect("it can be started");
    let begun = Instant::now();
    let (reached, at) = (Arc::new(AtomicBool::new(false)), Instant::now());
    let is = Arc::clone(&reached);
    proxy.rule(move |call| {
        is.fetch_or(call.operation == "CreateBucket", Ordering::SeqCst);
        None
    });
    while !reached.load(Ordering::SeqCst) {
        assert!(
            begun.elapsed() < HANGS,
            "no bucket after {:?}",
            at.elapsed()
        );
        thread::sleep(Duration::from_millis(2));
    }
    let hanging = Hanging { proxy, tool, child };
    hanging.send("INT");
    let (ended, proxy, tool) = hanging.ended();
    let said = &ended.said;
    assert_eq!(ended.code, Some(130), "{said}");
    assert!(
        said.contains("Done:") && said.contains("Not begun, interrupted:"),
        "{said}"
    );
    assert!(
        !said.contains("Under way") && !said.contains("Failed:"),
        "{said}"
    );
    let operations = proxy.operations();
    let last = |name: &str| operations.iter().any(|one| one == name);
    assert!(
        last("s3:PutPublicAccessBlock"),
        "the bucket was finished: {operations:?}"
    );
    assert!(
        !last("s3:PutBucketPolicy"),
        "nothing came after it: {operations:?}"
    );
    proxy.set_latency(Duration::ZERO);
    goes_on(&proxy, &tool);
}

#[test]
fn a_second_signal_ends_at_once_and_leaves_a_whole_journal() {
    for (first, second, code) in [("INT", "TERM", 143), ("TERM", "INT", 130)] {
        let hanging = Hanging::at("CreateRole", Answer::NEVER, APPLY);
        hanging.send(first);
        thread::sleep(Duration::from_millis(300));
        hanging.send(second);
        let (ended, proxy, tool) = hanging.ended();
        // The bound's end would have the code of the first one.
        assert_eq!(ended.code, Some(code), "{}", ended.said);
        assert!(!ended.said.contains("Under way"), "{}", ended.said);
        let (how, begun) = journal(&tool);
        assert!(
            how.is_null() && begun > 0,
            "cut short, and whole: {how} {begun}"
        );
        goes_on(&proxy, &tool);
    }
}

/// SIGINT, 7.5 s, SIGTERM, 2.5 s, SIGKILL: in these times.
#[test]
fn a_job_that_github_cancels_says_where_things_stand_and_the_next_goes_on() {
    let hanging = Hanging::at("CreateRole", Answer::NEVER, APPLY);
    let id = hanging.child.id();
    let signals = thread::spawn(move || {
        for (after, signal) in [(0, "INT"), (7500, "TERM"), (2500, "KILL")] {
            thread::sleep(Duration::from_millis(after));
            let command = format!("kill -{signal} {id} 2>/dev/null");
            let _ = Command::new("sh").args(["-c", &command]).status();
        }
    });
    let (ended, proxy, tool) = hanging.ended();
    signals.join().expect("it only sends signals");
    assert!(
        matches!(ended.code, Some(130 | 143)),
        "it was killed: {}",
        ended.said
    );
    goes_on(&proxy, &tool);
}

#[test]
fn nothing_that_is_only_waited_for_holds_the_end() {
    let late = Answer::error(400, "MalformedPolicy", "Invalid principal in policy");
    let hanging = Hanging::at("PutBucketPolicy", late, APPLY);
    hanging.send("INT");
    let (ended, proxy, tool) = hanging.ended();
    assert_eq!(ended.code, Some(130), "{}", ended.said);
    assert!(ended.said.contains("Under way"), "{}", ended.said);
    goes_on(&proxy, &tool);
}

#[test]
fn a_run_that_only_reads_ends_at_once() {
    let drift = ["drift", "neon.yaml", "--set", crate::neon::REPOSITORY];
    let commands: [&[&str]; 3] = [PLAN, APPLY, &drift];
    for command in commands {
        for (signal, code) in [("INT", 130), ("TERM", 143)] {
            let hanging = Hanging::at("GetRole", Answer::NEVER, command);
            hanging.send(signal);
            let (ended, proxy, tool) = hanging.ended();
            assert_eq!(ended.code, Some(code), "{command:?}: {}", ended.said);
            assert!(
                !ended.said.contains("Finishing"),
                "{command:?}: {}",
                ended.said
            );
            assert_eq!(writes(&proxy), Vec::<String>::new());
            assert!(
                !tool.folder().join(".s3setup").exists(),
                "nothing was begun"
            );
        }
    }
}

#[test]
fn the_line_of_what_goes_on_is_taken_off_the_terminal() {
    let proxy = Proxy::before(&Server::ministack().account());
    let tool = tool(proxy.account());
    proxy.on("GetRole", 99, Answer::NEVER);
    let talk = talk(&tool, PLAN, &[("reading 4 resources", "\u{3}")]);
    assert_eq!(talk.code, Some(130), "{}", talk.text);
    let (_, after) = talk.text.rsplit_once("reading").expect("it was shown");
    assert!(after.contains("\u{1b}[2K"), "the line is erased: {after:?}");
}
