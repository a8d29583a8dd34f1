//! What it costs to plan 1,000 bundles of bucket, policy, role and user: calls, time against the bound
//! that calls, parallelism and latency give, memory; and the same resources read by Ansible and by a
//! plain boto3 script. `make bench` prints the table.
//!
//! Every call goes through a proxy that counts it and holds it for 40 ms. Behind it is an AWS server of
//! this machine, written in Python, which would be what is measured where hundreds of calls come at the
//! same time. So in the first table the proxy answers by itself what that server has answered before.

#[path = "../tests/it/support/mod.rs"]
mod support;

mod common;

use common::{Used, file, lead, say, used};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use support::{Account, Answer, Proxy, S3setup, Server};

/// Of each call, on its way there.
const LATENCY: Duration = Duration::from_millis(40);
/// Resources at the same time: the default of `--parallelism`.
const PARALLELISM: usize = 10;
/// How many bundles are planned.
const SIZES: [usize; 5] = [1, 10, 100, 300, 1000];
/// How many bundles are read by others, too: Ansible takes seconds for each.
const BESIDE: usize = 10;
/// The time of a plan over the bound, at the most.
const WITHIN: f64 = 1.3;
/// Peak memory of the largest plan, in bytes, at the most.
const PEAK: f64 = 100e6;

fn main() {
    let most = SIZES.iter().copied().max().unwrap_or_default();
    let place = Place::before(Server::ministack().account());
    say(&format!(
        "Making {most} bundles of a bucket, a managed policy, a role and a user at a server of this \
         machine …"
    ));
    place.make(most);
    place.proxy.set_latency(LATENCY);

    say(&format!(
        "\nNo changes, {} ms added to each call, answers as the server gave them before; the bound is\n\
         calls ÷ {PARALLELISM} × {} ms\n",
        LATENCY.as_millis(),
        LATENCY.as_millis()
    ));
    say("bundles   calls  a bundle  rounds   time s  bound s  of it  cpu s  peak MB");
    let mut wrong = Vec::new();
    for size in SIZES {
        let run = place.plan(size);
        let bound = run.calls.div_ceil(PARALLELISM) as f64 * LATENCY.as_secs_f64();
        say(&format!(
            "{size:>7}  {:>6}  {:>8.1}  {:>6}  {:>7.2}  {bound:>7.2}  {:>5.2}  {:>5.2}  {:>7}",
            run.calls,
            run.calls as f64 / size as f64,
            run.rounds,
            run.used.seconds,
            run.used.seconds / bound,
            run.used.cpu,
            run.used.peak(),
        ));
        // A few calls are a chain, whatever the parallelism.
        if size >= 100 && run.used.seconds > WITHIN * bound {
            let took = run.used.seconds;
            wrong.push(format!(
                "{size} bundles take {took:.2} s, more than {WITHIN} × {bound:.2} s"
            ));
        }
        if size == 1000 && run.used.peak > PEAK {
            wrong.push(format!("{size} bundles take {:.0} MB", run.used.peak / 1e6));
        }
    }

    say(&format!(
        "\nThe same {BESIDE} bundles, no changes, answered by the server itself\n"
    ));
    say("                                     calls   time s  cpu s  peak MB");
    let beside = |name: &str, run: &Measured| {
        say(&format!(
            "{name:36} {:>5}  {:>7.2}  {:>5.2}  {:>7}",
            run.calls,
            run.used.seconds,
            run.used.cpu,
            run.used.peak()
        ));
    };
    beside("s3setup plan", &place.counted(&place.command(BESIDE)));
    beside("boto3, one call after another", &place.boto3(1));
    beside("boto3, 10 threads", &place.boto3(PARALLELISM));
    match ansible() {
        None => say("Ansible is not installed: `make ansible` does that, and runs this"),
        Some(program) => {
            let run = place.ansible(&program);
            beside("Ansible, amazon.aws", &run);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("; "));
}

/// An account with bundles, reached through the proxy.
struct Place {
    proxy: Proxy,
    tool: S3setup,
    account: Account,
}

/// A bucket, a managed policy, a role and a user; `benches/ansible.yaml` and
/// `benches/bundles_with_boto3.py` have the same.
fn bundle(number: usize) -> String {
    format!(
        "name: bundle-{number}
bucket: {{name: 'bundle-{number}-${{account}}'}}
policies:
  bundle-{number}: {{statements: [{{Effect: Allow, Action: 's3:ListAllMyBuckets', Resource: '*'}}]}}
roles:
  bundle-{number}:
    description: Bundle {number}
    max_session_duration: 7200
    trust: {{service: ec2.amazonaws.com}}
    attached_policies: ['arn:aws:iam::${{account}}:policy/bundle-{number}']
users:
  bundle-{number}: {{tags: {{team: storage}}}}
"
    )
}

impl Place {
    fn before(account: Account) -> Self {
        let proxy = Proxy::before(&account);
        let tool = S3setup::new(proxy.account());
        Self {
            proxy,
            tool,
            account,
        }
    }

    fn make(&self, count: usize) {
        let files: Vec<String> = (0..count).map(|at| format!("{at}.yaml")).collect();
        for (at, file) in files.iter().enumerate() {
            self.tool.file(file, &bundle(at));
        }
        for part in files.chunks(50) {
            let mut arguments = vec!["apply", "--yes"];
            arguments.extend(part.iter().map(String::as_str));
            self.tool.run(&arguments).expect_code(0);
        }
    }

    fn command(&self, count: usize) -> Command {
        let files: Vec<String> = (0..count).map(|at| format!("{at}.yaml")).collect();
        let mut arguments = vec!["plan"];
        arguments.extend(files.iter().map(String::as_str));
        self.tool.command(&arguments)
    }

    /// A plan whose calls are answered by the proxy, once the server has answered each of them.
    fn plan(&self, count: usize) -> Measured {
        let command = self.command(count);
        self.proxy.forget();
        used(&command);
        self.proxy.rule(|_| Some(Answer::Earlier));
        let run = self.counted(&command);
        self.proxy.heal();
        run
    }

    fn counted(&self, command: &Command) -> Measured {
        self.proxy.count_anew();
        let used = used(command);
        Measured {
            calls: self.proxy.calls().len(),
            rounds: self.proxy.rounds(),
            used,
        }
    }

    fn boto3(&self, threads: usize) -> Measured {
        let mut command = Command::new(support::python());
        command
            .arg(file("bundles_with_boto3.py"))
            .args([threads.to_string(), BESIDE.to_string()])
            .arg(&self.account.account_id);
        lead(&mut command, &self.tool);
        self.counted(&command)
    }

    /// In an account of its own: it makes the bundles first, so that nothing is to be changed.
    fn ansible(&self, program: &Path) -> Measured {
        let other = Place::before(Server::ministack().account());
        let play = || {
            let mut command = Command::new(program);
            lead(&mut command, &other.tool);
            let path = program.parent().unwrap_or(Path::new("."));
            command
                .env("PATH", format!("{}:/usr/bin:/bin", path.display()))
                .env("ANSIBLE_LOCALHOST_WARNING", "false")
                .arg(file("ansible.yaml"))
                .args(["--extra-vars", &format!("bundles={BESIDE}")])
                .args([
                    "--extra-vars",
                    &format!("account=\"{}\"", other.account.account_id),
                ]);
            command
        };
        used(&play());
        other.proxy.set_latency(LATENCY);
        other.counted(&play())
    }
}

/// Where `make ansible` puts it.
fn ansible() -> Option<PathBuf> {
    let program = support::checkout().join(".venv-ansible/bin/ansible-playbook");
    program.exists().then_some(program)
}

/// What one run took.
struct Measured {
    calls: usize,
    rounds: usize,
    used: Used,
}
