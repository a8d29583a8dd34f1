//! What a plan costs: calls, round trips, time, processor, memory. `make bench` prints the table.
//!
//! Every call goes through a proxy that counts it and holds it for 40 ms, as a network would; behind
//! it is an AWS server of this machine. Beside s3setup a plain boto3 script reads the same things,
//! in the same run.

#[path = "../tests/it/support/mod.rs"]
mod support;

mod common;

use common::{Used, file, lead, say, used};
use std::fmt::Write as _;
use std::process::Command;
use std::time::Duration;
use support::{Account, Proxy, S3setup, Server};

/// Of each call, on its way there.
const LATENCY: Duration = Duration::from_millis(40);
/// The middle one of so many runs is shown.
const RUNS: usize = 5;
/// Manifests at once, in the larger comparison.
const MANY: usize = 10;
/// Resources in the account file.
const THOUSAND: usize = 1000;

fn main() {
    let mut table = Table::default();
    table.title("No changes, one kind of resource at a time");
    for (name, manifest) in KINDS {
        let place = Place::new(&[(name, manifest)]);
        table.measured(name, &place.measure(&place.tool, "plan"));
    }

    let neon = include_str!("../manifests/neon.yaml");
    table.title("No changes, manifests/neon.yaml");
    let place = Place::new(&[("neon", neon)]);
    table.measured("s3setup plan", &place.measure(&place.tool, "plan"));
    table.measured("s3setup drift", &place.measure(&place.tool, "drift"));
    table.measured("boto3, one call after another", &place.boto3(1));
    table.measured("boto3, 10 threads", &place.boto3(10));

    table.title("No changes, ten such manifests in one run");
    let manifests: Vec<(String, String)> = (0..MANY).map(|at| numbered(neon, at)).collect();
    let manifests: Vec<(&str, &str)> = manifests
        .iter()
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect();
    let place = Place::new(&manifests);
    table.measured("s3setup plan", &place.measure(&place.tool, "plan"));
    table.measured("boto3, one call after another", &place.boto3(1));
    table.measured("boto3, 10 threads", &place.boto3(10));

    table.title("From nothing, manifests/neon.yaml");
    table.measured("s3setup apply --yes", &creation(neon));

    table.title("Without a network");
    let offline = S3setup::without_credentials();
    table.measured("s3setup --help", &repeated(&offline, &["--help"]));
    offline.file("neon.yaml", neon);
    let validate = ["validate", "neon.yaml", "--set", "repository=acme/backups"];
    table.measured("s3setup validate neon.yaml", &repeated(&offline, &validate));
    offline.file("large.yaml", &large());
    offline.file("account.json", r#"{"account": "123456789012"}"#);
    offline
        .run(&["--account", "account.json", "apply", "--yes", "large.yaml"])
        .expect_code(0);
    let plan = ["--account", "account.json", "plan", "large.yaml"];
    offline
        .run(&plan)
        .expect_code(0)
        .expect_stdout("No changes");
    table.measured(
        &format!("s3setup plan --account, {THOUSAND} resources"),
        &repeated(&offline, &plan),
    );

    let size = std::fs::metadata(env!("CARGO_BIN_EXE_s3setup"))
        .expect("it was built")
        .len();
    let build = if cfg!(debug_assertions) {
        "debug"
    } else {
        "release"
    };
    table.end(&format!(
        "The binary has {:.1} MB ({build} build).",
        size as f64 / 1e6
    ));
}

/// Kind → a manifest with one resource of it, with most of what it can have.
const KINDS: [(&str, &str); 7] = [
    (
        "bucket and its policy",
        "
name: bucket
bucket:
  name: bench-${account}
  versioning: true
  deny_plain_http: true
  lifecycle: {old: {noncurrent_expire_days: 30}}
",
    ),
    (
        "role, one inline policy",
        "
name: role
roles:
  bench:
    trust: {service: ec2.amazonaws.com}
    attached_policies: [ReadOnlyAccess]
    inline_policies: {p: [{Effect: Allow, Action: 's3:ListAllMyBuckets', Resource: '*'}]}
",
    ),
    (
        "user, one inline policy",
        "
name: user
users:
  bench:
    inline_policies: {p: [{Effect: Allow, Action: 's3:ListAllMyBuckets', Resource: '*'}]}
",
    ),
    (
        "group, one inline policy",
        "
name: group
groups:
  bench:
    inline_policies: {p: [{Effect: Allow, Action: 's3:ListAllMyBuckets', Resource: '*'}]}
",
    ),
    (
        "managed policy",
        "
name: policy
policies:
  bench: {statements: [{Effect: Allow, Action: 's3:ListAllMyBuckets', Resource: '*'}]}
",
    ),
    (
        "key of KMS",
        "
name: key
kms_keys: {bench: {}}
",
    ),
    (
        "OIDC provider",
        "
name: oidc
oidc_providers:
  https://gitlab.com: {audiences: [https://gitlab.com]}
",
    ),
];

/// An account in which some manifests were applied, reached through the proxy.
struct Place {
    proxy: Proxy,
    tool: S3setup,
    account: Account,
    files: Vec<String>,
}

impl Place {
    fn new(manifests: &[(&str, &str)]) -> Self {
        let place = Self::empty(manifests);
        place
            .tool
            .run(&place.arguments("apply", &["--yes"]))
            .expect_code(0);
        place.proxy.set_latency(LATENCY);
        place
            .tool
            .run(&place.arguments("plan", &[]))
            .expect_code(0)
            .expect_stdout("No changes");
        place
    }

    fn empty(manifests: &[(&str, &str)]) -> Self {
        let account = Server::ministack().account();
        let proxy = Proxy::before(&account);
        let tool = S3setup::new(proxy.account());
        let files: Vec<String> = (0..manifests.len())
            .map(|at| format!("{at}.yaml"))
            .collect();
        for (file, (_, text)) in files.iter().zip(manifests) {
            tool.file(file, text);
        }
        Self {
            proxy,
            tool,
            account,
            files,
        }
    }

    fn arguments<'a>(&'a self, command: &'a str, more: &[&'a str]) -> Vec<&'a str> {
        let mut arguments = vec![command];
        arguments.extend(self.files.iter().map(String::as_str));
        let neon = self.tool.read("0.yaml").contains("repository:");
        arguments.extend(
            neon.then_some(["--set", "repository=acme/backups"])
                .iter()
                .flatten(),
        );
        arguments.extend(more);
        arguments
    }

    fn measure(&self, tool: &S3setup, command: &str) -> Measured {
        let arguments = self.arguments(command, &[]);
        self.counted(|| tool.command(&arguments))
    }

    fn boto3(&self, threads: usize) -> Measured {
        let mut arguments = vec![threads.to_string()];
        arguments.extend((0..self.files.len()).map(|at| {
            let end = if self.files.len() > 1 {
                format!("-{at}")
            } else {
                String::new()
            };
            let bucket = self.account.bucket("neon-s3-backup");
            format!("{bucket}{end},neon-s3-backup-github-actions{end}")
        }));
        self.counted(|| {
            let mut command = Command::new(support::python());
            command.arg(file("read_with_boto3.py")).args(&arguments);
            lead(&mut command, &self.tool);
            command
        })
    }

    fn counted(&self, command: impl Fn() -> Command) -> Measured {
        let mut runs: Vec<Measured> = (0..RUNS)
            .map(|_| {
                self.proxy.forget();
                let mut run = measured(&command());
                run.calls = Some((self.proxy.calls().len(), self.proxy.rounds()));
                run
            })
            .collect();
        middle(&mut runs)
    }
}

/// The same manifest under another name, for another role and bucket.
fn numbered(neon: &str, at: usize) -> (String, String) {
    let text = neon
        .replace("name: neon\n", &format!("name: neon-{at}\n"))
        .replace(
            "neon-s3-backup-${account}",
            &format!("neon-s3-backup-${{account}}-{at}"),
        )
        .replace(
            "neon-s3-backup-github-actions",
            &format!("neon-s3-backup-github-actions-{at}"),
        );
    (format!("neon-{at}"), text)
}

/// Each run in an account of its own.
fn creation(manifest: &str) -> Measured {
    let mut runs: Vec<Measured> = (0..RUNS)
        .map(|_| {
            let place = Place::empty(&[("neon", manifest)]);
            place.proxy.set_latency(LATENCY);
            let mut run = measured(&place.tool.command(&place.arguments("apply", &["--yes"])));
            run.calls = Some((place.proxy.calls().len(), place.proxy.rounds()));
            run
        })
        .collect();
    middle(&mut runs)
}

fn repeated(tool: &S3setup, arguments: &[&str]) -> Measured {
    let mut runs: Vec<Measured> = (0..RUNS)
        .map(|_| measured(&tool.command(arguments)))
        .collect();
    middle(&mut runs)
}

/// One bucket with its policy, and roles, users, groups and policies up to a thousand resources.
fn large() -> String {
    let mut text = String::from("name: large\nbucket: {name: bench-large}\nroles:\n");
    let each = (THOUSAND - 2) / 3;
    for at in 0..(THOUSAND - 2 - 2 * each) {
        let _ = writeln!(
            text,
            "  r{at}:\n    trust: {{service: ec2.amazonaws.com}}\n    tags: {{team: t{at}}}\n    \
             inline_policies: {{p: [{{Effect: Allow, Action: 's3:GetObject', \
             Resource: 'arn:aws:s3:::bench-large/{at}/*'}}]}}"
        );
    }
    text.push_str("users:\n");
    for at in 0..each {
        let _ = writeln!(text, "  u{at}: {{tags: {{team: t{at}}}}}");
    }
    text.push_str("policies:\n");
    for at in 0..each {
        let _ = writeln!(
            text,
            "  p{at}: {{statements: [{{Effect: Allow, Action: 's3:PutObject', \
             Resource: 'arn:aws:s3:::bench-large/{at}/*'}}]}}"
        );
    }
    // The bucket's policy is the thousandth resource.
    text.push_str("grants:\n  - {to: role.r0, allow: [list], through: bucket_policy}\n");
    text
}

/// What one run took.
#[derive(Clone, Debug)]
struct Measured {
    used: Used,
    calls: Option<(usize, usize)>,
}

/// The run with the middle time, and the highest peak of all.
fn middle(runs: &mut [Measured]) -> Measured {
    runs.sort_by(|one, other| one.used.seconds.total_cmp(&other.used.seconds));
    let peak = runs.iter().map(|run| run.used.peak).fold(0.0, f64::max);
    let mut middle = runs[runs.len() / 2].clone();
    middle.used.peak = peak;
    middle
}

/// A run whose calls are not counted.
fn measured(command: &Command) -> Measured {
    let used = used(command);
    Measured { used, calls: None }
}

/// The table, a line at a time: some of it takes minutes.
#[derive(Default)]
struct Table(usize);

impl Table {
    fn title(&mut self, title: &str) {
        if self.0 == 0 {
            let latency = LATENCY.as_millis();
            say(&format!(
                "{RUNS} runs each, the middle one shown; {latency} ms added to each call"
            ));
        }
        self.0 += 1;
        say(&format!(
            "\n{title:41} calls  rounds   time s  cpu s  peak MB"
        ));
    }

    fn measured(&mut self, name: &str, run: &Measured) {
        let (calls, rounds) = match run.calls {
            Some((calls, rounds)) => (calls.to_string(), rounds.to_string()),
            None => ("-".to_owned(), "-".to_owned()),
        };
        let Used { seconds, cpu, .. } = run.used;
        let peak = run.used.peak();
        say(&format!(
            "{name:41} {calls:>5}  {rounds:>6}  {seconds:>7.3}  {cpu:>5.3}  {peak:>7}"
        ));
    }

    fn end(&mut self, text: &str) {
        say(&format!("\n{text}"));
    }
}
