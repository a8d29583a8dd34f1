//! Whole runs against a provider that answers by policies of its own.

use super::expect::Ground;
use super::principal::Principal;
use super::world::World;
use super::{Check, Credentials, Key, Options, Proof, Report, Subject, Verdict, verify};
use crate::cloud::{Calls, Cloud, Observation};
use crate::manifest;
use crate::plan::Wanted;
use crate::policy::Document;
use crate::probe::{Actor, Answer, Left, Means, NoWay, Operation, Place, Probe, Prober, Question};
use crate::resource::{Resource, Scope, Sink};
use crate::yaml::Source;
use anyhow::Result;
use async_trait::async_trait;
use secrecy::SecretString;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const BACKUP: &str = "name: m
bucket:
  name: b-1
users:
  backup: {}
grants:
  - {to: user.backup, allow: [list, read, write, delete], prefix: backups/}
";

fn scope() -> Scope {
    Scope {
        account: "111122223333".into(),
        partition: "aws".into(),
        region: "eu-west-1".into(),
        project: None,
    }
}

fn resources(text: &str) -> Vec<Resource> {
    let source = Source::new("m.yaml", text);
    let compiled = manifest::load(&source, &BTreeMap::new(), &scope()).unwrap();
    let wanted = compiled.wanted.into_iter();
    let there = wanted.filter(|wanted| !wanted.absent);
    there.map(|Wanted { resource, .. }| resource).collect()
}

/// What the provider does.
#[derive(Default)]
struct Server {
    live: World,
    /// Whether the caller may write and remove objects.
    caller_may: bool,
    /// So many answers say that the key is not accepted.
    unaccepted: AtomicUsize,
    /// So many answers refuse what is allowed.
    late: AtomicUsize,
    assumable: bool,
    /// Whether objects stay, whoever deletes them.
    locks: bool,
    simulates: Option<bool>,
    there: Mutex<BTreeSet<String>>,
}

struct Fake(Arc<Server>, Scope);

enum As {
    Caller,
    Principal(Principal),
}

struct Somebody(Arc<Server>, As);

fn one_less(counter: &AtomicUsize) -> bool {
    let less = |left: usize| left.checked_sub(1);
    counter
        .fetch_update(Ordering::SeqCst, Ordering::SeqCst, less)
        .is_ok()
}

#[async_trait]
impl Actor for Somebody {
    async fn act(&self, probe: &Probe) -> Result<Answer> {
        let scope = scope();
        let allowed = match &self.1 {
            As::Caller => self.0.caller_may,
            As::Principal(principal) => {
                let trusted = *principal != Principal::Anyone;
                if trusted && one_less(&self.0.unaccepted) {
                    return Ok(Answer::NotAccepted("InvalidAccessKeyId".into()));
                }
                let expected = Ground::new(&scope, false).expect(&self.0.live, principal, probe);
                let allowed = expected.allowed.unwrap_or_default();
                allowed && !(trusted && one_less(&self.0.late))
            }
        };
        if !allowed {
            return Ok(Answer::Refused("AccessDenied".into()));
        }
        let key = probe.key.clone().unwrap_or_default();
        let mut there = self.0.there.lock().unwrap();
        Ok(match probe.operation {
            Operation::Put | Operation::PutEncrypted | Operation::PutWithKms => {
                there.insert(key.clone());
                Answer::Done(Some(Left::Object {
                    bucket: probe.bucket.clone(),
                    region: probe.region.clone(),
                    key,
                    version: None,
                }))
            }
            Operation::Get if !there.contains(&key) => Answer::Unclear("no such object".into()),
            Operation::Delete => {
                there.remove(&key);
                Answer::Done(None)
            }
            Operation::PutAcl => Answer::Unclear("ACLs are off in this bucket".into()),
            _ => Answer::Done(None),
        })
    }

    async fn clear(&self, left: &Left) -> bool {
        let may = match &self.1 {
            As::Caller => self.0.caller_may,
            As::Principal(_) => false,
        };
        may && self.0.there.lock().unwrap().remove(left.key())
    }

    fn by_plain_http(&self) -> Arc<dyn Actor> {
        let who = match &self.1 {
            As::Caller => As::Caller,
            As::Principal(principal) => As::Principal(principal.clone()),
        };
        Arc::new(Self(self.0.clone(), who))
    }
}

#[async_trait]
impl Prober for Fake {
    async fn become_by(&self, means: &Means) -> Result<std::result::Result<Arc<dyn Actor>, NoWay>> {
        let name = |arn: &str| arn.rsplit('/').next().unwrap_or_default().to_owned();
        let principal = match means {
            Means::Key { id, .. } => Principal::User(id.clone()),
            Means::Assume { role, .. } if self.0.assumable => Principal::Role(name(role)),
            Means::Token { role, .. } => Principal::Role(name(role)),
            Means::Assume { .. } => return Ok(Err(NoWay("AccessDenied".into()))),
        };
        Ok(Ok(Arc::new(Somebody(
            self.0.clone(),
            As::Principal(principal),
        ))))
    }
    async fn whose(&self, means: &Means) -> Option<String> {
        match means {
            Means::Key { id, .. } => Some(format!("arn:aws:iam::111122223333:user/{id}")),
            _ => None,
        }
    }
    async fn locks_objects(&self, _: &str, _: &str) -> bool {
        self.0.locks
    }
    async fn key_in(&self, _: &Sink) -> std::result::Result<(String, SecretString), NoWay> {
        Err(NoWay("none".into()))
    }
    fn caller(&self) -> Arc<dyn Actor> {
        Arc::new(Somebody(self.0.clone(), As::Caller))
    }
    fn caller_arn(&self) -> &'static str {
        "arn:aws:iam::111122223333:user/admin"
    }
    fn anyone(&self) -> Arc<dyn Actor> {
        Arc::new(Somebody(self.0.clone(), As::Principal(Principal::Anyone)))
    }
    fn is_plain_http(&self) -> bool {
        false
    }
    async fn other_bucket(&self, _: &str) -> Option<(String, String)> {
        Some(("other".into(), "eu-west-1".into()))
    }
    async fn managed_document(&self, _: &str) -> Option<Document> {
        None
    }
    async fn simulate(&self, _: &Question) -> Option<bool> {
        self.0.simulates
    }
}

#[async_trait]
impl Cloud for Fake {
    fn scope(&self) -> &Scope {
        &self.1
    }
    async fn observe(&self, _: &Resource) -> Result<Observation> {
        Ok(Observation::default())
    }
    async fn create(&self, _: &Resource) -> Result<()> {
        panic!("verify makes nothing")
    }
    async fn update(&self, _: &Resource, _: &Resource) -> Result<()> {
        panic!("verify changes nothing")
    }
    async fn delete(&self, _: &Resource) -> Result<()> {
        panic!("verify deletes nothing")
    }
    fn calls(&self) -> Calls {
        Calls::default()
    }
}

/// Verifies `wanted` at a server where `live` is what there is, and everybody can be become.
async fn run(wanted: &str, live: &str, server: Server) -> Report {
    let (wanted, live) = (resources(wanted), resources(live));
    let server = Server {
        live: World::of(&live, &scope()),
        ..server
    };
    run_on(wanted, live, server).await
}

async fn run_on(wanted: Vec<Resource>, live: Vec<Resource>, server: Server) -> Report {
    run_as("backup", wanted, live, server).await
}

/// As [`run_on`], where the sink of `user` holds the key of the user `backup`.
async fn run_as(user: &str, wanted: Vec<Resource>, live: Vec<Resource>, server: Server) -> Report {
    let fake = Fake(Arc::new(server), scope());
    let subject = Subject {
        manifest: "m".into(),
        wanted,
        live,
        drifted: Vec::new(),
        unreadable: Vec::new(),
    };
    let (credentials, options) = (keys(user), options());
    let waiting: crate::cloud::Waiting = Arc::new(|_: &str| {});
    let report = verify(
        &fake,
        Some(&fake),
        &subject,
        &credentials,
        &options,
        &waiting,
        &|| false,
    );
    let report = report.await.unwrap();
    if report.left.is_empty() {
        assert!(fake.0.there.lock().unwrap().is_empty(), "something stays");
    }
    report
}

fn keys(user: &str) -> Credentials {
    let key = Key {
        id: "backup".into(),
        secret: SecretString::from("s"),
        from: "backup.env".into(),
    };
    Credentials {
        keys: BTreeMap::from([(user.to_owned(), Ok(key))]),
        ..Credentials::default()
    }
}

fn options() -> Options {
    Options {
        parallelism: 4,
        window: Duration::from_secs(20),
        only: BTreeSet::new(),
    }
}

fn serving() -> Server {
    Server {
        caller_may: true,
        ..Server::default()
    }
}

fn wrong(report: &Report) -> Vec<(Operation, Place, Verdict)> {
    let checks = report.checks().map(|(_, check)| check);
    let wrong = checks.filter(|check| check.verdict.is_wrong());
    wrong
        .map(|check| (check.operation, check.place.clone(), check.verdict))
        .collect()
}

fn find(report: &Report, principal: &str, operation: Operation) -> Check {
    let all: Vec<&Check> = report
        .checks()
        .filter(|(tried, check)| tried.principal == principal && check.operation == operation)
        .map(|(_, check)| check)
        .collect();
    all[0].clone()
}

#[tokio::test(start_paused = true)]
async fn what_is_as_promised_is_told_and_leaves_nothing() {
    let report = run(BACKUP, BACKUP, serving()).await;
    assert_eq!(wrong(&report), []);
    assert!(!report.is_wrong() && !report.is_incomplete());
    assert_eq!(report.left, []);
    let names: Vec<&str> = report
        .principals
        .iter()
        .map(|tried| tried.principal.as_str())
        .collect();
    assert_eq!(names, ["user.backup", "anyone"]);
    let put = find(&report, "user.backup", Operation::Put);
    assert_eq!(
        (put.verdict, put.proof),
        (Verdict::AllowedAsPromised, Proof::Call)
    );
    let elsewhere = report
        .checks()
        .filter(|(_, check)| matches!(check.place, Place::Elsewhere | Place::OtherBucket))
        .filter(|(_, check)| check.verdict == Verdict::RefusedAsPromised);
    assert_eq!(elsewhere.count(), 12, "list, get, put, delete in three");
}

#[tokio::test(start_paused = true)]
async fn a_statement_too_many_is_named() {
    let more = BACKUP.replace(
        "  backup: {}",
        "  backup:
    inline_policies:
      extra:
        - {Sid: Tags, Effect: Allow, Action: s3:GetObjectTagging, Resource: '*'}",
    );
    let report = run(BACKUP, &more, serving()).await;
    let place = Place::Folder("backups/".into());
    assert_eq!(
        wrong(&report),
        [(Operation::GetTags, place, Verdict::AllowedButNotPromised)]
    );
    assert_eq!(
        find(&report, "user.backup", Operation::GetTags).because,
        ["Tags of inline policy extra of user.backup"]
    );
    assert!(report.is_wrong());
}

#[tokio::test(start_paused = true)]
async fn a_statement_that_is_gone_is_named_by_what_it_allowed() {
    let less = BACKUP.replace(", delete]", "]");
    let report = run(BACKUP, &less, serving()).await;
    let place = Place::Folder("backups/".into());
    assert_eq!(
        wrong(&report),
        [(Operation::Delete, place, Verdict::RefusedButPromised)]
    );
    let delete = find(&report, "user.backup", Operation::Delete);
    assert_eq!(
        delete.promised_by,
        ["BackupsObjects of inline policy m of user.backup"]
    );
    assert_eq!(delete.because, Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn another_prefix_is_wrong_in_both_places() {
    let moved = BACKUP.replace("prefix: backups/", "prefix: back");
    let report = run(BACKUP, &moved, serving()).await;
    assert!(report.count(Verdict::RefusedButPromised) >= 5, "{report:?}");
    let whole = BACKUP.replace(", prefix: backups/", "");
    let report = run(BACKUP, &whole, serving()).await;
    let elsewhere = wrong(&report)
        .into_iter()
        .filter(|(_, place, _)| *place == Place::Elsewhere)
        .count();
    assert_eq!(
        elsewhere, 8,
        "list, get, put, delete, in both that are elsewhere"
    );
}

#[tokio::test(start_paused = true)]
async fn a_folder_too_wide_or_without_its_slash_is_found() {
    let deep = BACKUP.replace("prefix: backups/", "prefix: backups/one/");
    let own = |resource: &str| {
        BACKUP.replace(
            "  backup: {}",
            &format!(
                "  backup:
    inline_policies:
      m:
        - {{Sid: Wide, Effect: Allow, Action: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
           Resource: 'arn:aws:s3:::b-1/{resource}'}}"
            ),
        )
        .replace("grants:\n  - {to: user.backup, allow: [list, read, write, delete], prefix: backups/}\n", "")
    };
    for resource in ["backups/*", "backups/one*"] {
        let report = run(&deep, &own(resource), serving()).await;
        let more = wrong(&report).into_iter().filter(|(_, place, verdict)| {
            *place == Place::Elsewhere && *verdict == Verdict::AllowedButNotPromised
        });
        assert!(more.count() >= 3, "{resource}: {report:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_no_call_shows_is_found_in_the_statements() {
    let with = |statement: &str| {
        BACKUP.replace(
            "  backup: {}",
            &format!("  backup:\n    inline_policies:\n      extra:\n        - {statement}"),
        )
    };
    for (statement, actions) in [
        (
            "{Sid: X, Effect: Allow, Action: ['s3:PutBucketPolicy', 'iam:*'], Resource: '*'}",
            vec!["iam:*", "s3:PutBucketPolicy"],
        ),
        (
            "{Sid: X, Effect: Allow, Action: 'ec2:RunInstances', Resource: '*'}",
            vec!["ec2:RunInstances"],
        ),
        (
            "{Sid: X, Effect: Allow, Action: 's3:PutObject', Resource: 'arn:aws:s3:::b-2/logs/*'}",
            vec!["s3:PutObject"],
        ),
    ] {
        let report = run(BACKUP, &with(statement), serving()).await;
        let other = find(&report, "user.backup", Operation::Other);
        assert_eq!(other.actions, actions, "{statement}");
        assert_eq!(other.because, ["X of inline policy extra of user.backup"]);
        assert_eq!(other.verdict, Verdict::AllowedButNotPromised);
    }
    // The same in other words, or less of it, is no surplus.
    for statement in [
        "{Effect: Allow, Action: 's3:PutObject', Resource: 'arn:aws:s3:::b-1/backups/x/*'}",
        "{Effect: Deny, Action: 's3:PutBucketPolicy', Resource: '*'}",
        "{Effect: Allow, Action: 's3:ListBucket', Resource: 'arn:aws:s3:::b-1',
          Condition: {StringLike: {'s3:prefix': 'backups/*'}, Bool: {'aws:SecureTransport': 'true'}}}",
    ] {
        let report = run(BACKUP, &with(statement), serving()).await;
        let others = report.checks().filter(|(_, check)| check.operation == Operation::Other);
        assert_eq!(others.count(), 0, "{statement}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_trust_that_lets_in_more_is_found() {
    let report = run(VENDOR, VENDOR, serving()).await;
    assert!(!report.is_wrong());
    for more in [
        VENDOR.replace("{account: {id: '444455556666', external_id: x1}}", "[{account: {id: '444455556666', external_id: x1}}, {account: {id: '777788889999', external_id: x1}}]"),
        VENDOR.replace("x1", "x2"),
    ] {
        let report = run(VENDOR, &more, serving()).await;
        let other = find(&report, "role.vendor", Operation::Other);
        assert!(other.because[0].ends_with("of the trust policy of role.vendor"), "{other:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn plain_http_is_tried_and_refused_only_if_the_bucket_says_so() {
    let closed = BACKUP.replace("  name: b-1", "  name: b-1\n  deny_plain_http: true");
    let plain = |report: &Report| -> Vec<(Operation, Verdict)> {
        let checks = report.checks().map(|(_, check)| check);
        let plain = checks.filter(|check| check.place == Place::PlainHttp);
        plain
            .map(|check| (check.operation, check.verdict))
            .collect()
    };
    for (wanted, live, verdict) in [
        (BACKUP, BACKUP, Verdict::AllowedAsPromised),
        (&*closed, &*closed, Verdict::RefusedAsPromised),
        (&*closed, BACKUP, Verdict::AllowedButNotPromised),
    ] {
        let report = run(wanted, live, serving()).await;
        let expected = [(Operation::Get, verdict), (Operation::Put, verdict)];
        assert_eq!(plain(&report), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn where_the_policies_that_there_are_name_a_folder_it_is_tried_too() {
    let moved = BACKUP.replace("prefix: backups/", "prefix: moved/");
    let report = run(BACKUP, &moved, serving()).await;
    let more = wrong(&report).into_iter().filter(|(_, place, verdict)| {
        *place == Place::Folder("moved/".into()) && *verdict == Verdict::AllowedButNotPromised
    });
    assert!(more.count() >= 5, "{report:?}");
}

#[tokio::test(start_paused = true)]
async fn whom_only_the_live_bucket_policy_names_is_not_promised_anything() {
    let with = |who: &str| {
        let policy = format!(
            "  name: b-1
  policy:
    - {{Sid: Guest, Effect: Allow, Principal: {{AWS: '{who}'}}, Action: s3:GetObject, Resource: 'arn:aws:s3:::b-1/*'}}
"
        );
        BACKUP.replace("  name: b-1\n", &policy)
    };
    for (who, name) in [
        ("444455556666", "account 444455556666"),
        (
            "arn:aws:iam::444455556666:user/u",
            "arn:aws:iam::444455556666:user/u",
        ),
        (
            "arn:aws:iam::111122223333:role/r",
            "arn:aws:iam::111122223333:role/r",
        ),
    ] {
        let report = run(BACKUP, &with(who), serving()).await;
        let get = find(&report, name, Operation::Get);
        assert_eq!(get.verdict, Verdict::AllowedButNotPromised, "{who}");
        assert_eq!(get.because[0], "Guest of the bucket policy", "{who}");
        let put = find(&report, name, Operation::Put);
        assert_eq!(put.verdict, Verdict::RefusedAsPromised, "{who}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_stopped_takes_away_what_it_put() {
    let (wanted, scope) = (resources(BACKUP), scope());
    let server = Server {
        live: World::of(&wanted, &scope),
        ..serving()
    };
    let fake = Fake(Arc::new(server), scope);
    let subject = Subject {
        manifest: "m".into(),
        live: wanted.clone(),
        wanted,
        drifted: Vec::new(),
        unreadable: Vec::new(),
    };
    let put = fake.0.clone();
    let stop = move || !put.there.lock().unwrap().is_empty();
    let (credentials, options) = (keys("backup"), options());
    let waiting: crate::cloud::Waiting = Arc::new(|_: &str| {});
    let report = verify(
        &fake,
        Some(&fake),
        &subject,
        &credentials,
        &options,
        &waiting,
        &stop,
    );
    let report = report.await.unwrap();
    assert_eq!(report.principals, [], "nothing of it is known");
    assert_eq!(report.left, []);
    assert!(fake.0.there.lock().unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_public_bucket_is_told_of_anyone() {
    let public = "name: m
bucket:
  name: b-1
  public_access_block: {block_public_policy: false, restrict_public_buckets: false}
  policy:
    - {Sid: Site, Effect: Allow, Principal: '*', Action: s3:GetObject, Resource: 'arn:aws:s3:::b-1/*'}
";
    let closed = "name: m\nbucket:\n  name: b-1\n";
    let report = run(closed, public, serving()).await;
    let get = find(&report, "anyone", Operation::Get);
    assert_eq!(get.verdict, Verdict::AllowedButNotPromised);
    assert_eq!(get.because, ["Site of the bucket policy"]);
    let report = run(public, public, serving()).await;
    assert!(!report.is_wrong(), "{report:?}");
}

#[tokio::test(start_paused = true)]
async fn what_is_not_known_yet_is_asked_for_again() {
    let late = Server {
        late: AtomicUsize::new(12),
        unaccepted: AtomicUsize::new(40),
        ..serving()
    };
    let report = run(BACKUP, BACKUP, late).await;
    assert!(!report.is_wrong(), "{report:?}");
}

#[tokio::test(start_paused = true)]
async fn a_key_that_is_never_accepted_is_the_problem() {
    let dead = Server {
        unaccepted: AtomicUsize::new(usize::MAX),
        ..serving()
    };
    let report = run(BACKUP, BACKUP, dead).await;
    assert_eq!(
        report.principals[0].problem.as_deref(),
        Some("its key backup from backup.env is not accepted: InvalidAccessKeyId")
    );
    assert!(report.is_wrong());
}

#[tokio::test(start_paused = true)]
async fn what_nobody_may_delete_is_told() {
    let archive = BACKUP.replace("[list, read, write, delete]", "[write]");
    let nobody = Server::default;
    let report = run(&archive, &archive, nobody()).await;
    assert!(!report.is_wrong(), "{report:?}");
    let keys: Vec<&str> = report.left.iter().map(Left::key).collect();
    assert_eq!(keys.len(), 2, "one to read, one written: {keys:?}");
    assert!(
        keys.iter()
            .all(|key| key.starts_with("backups/s3setup-verify-"))
    );
    let report = run(&archive, &archive, serving()).await;
    assert_eq!(report.left, [], "the caller may");
}

#[tokio::test(start_paused = true)]
async fn without_an_object_to_read_reading_is_judged_by_the_policies() {
    let reader = BACKUP.replace("[list, read, write, delete]", "[list, read]");
    let report = run(&reader, &reader, Server::default()).await;
    let get = find(&report, "user.backup", Operation::Get);
    assert_eq!(
        (get.verdict, get.proof),
        (Verdict::AllowedAsPromised, Proof::Evaluation)
    );
    assert!(get.detail.unwrap().contains("nobody here may write one"));
}

const VENDOR: &str = "name: m
bucket:
  name: b-1
roles:
  vendor:
    trust: {account: {id: '444455556666', external_id: x1}}
grants:
  - {to: role.vendor, allow: [write]}
";

#[tokio::test(start_paused = true)]
async fn whom_nobody_can_be_is_simulated_or_evaluated_and_the_report_says_which() {
    let proofs = |report: &Report| -> BTreeSet<Proof> {
        let checks = report.checks();
        let vendor = checks.filter(|(tried, _)| tried.principal == "role.vendor");
        vendor.map(|(_, check)| check.proof).collect()
    };
    let report = run(VENDOR, VENDOR, serving()).await;
    assert_eq!(proofs(&report), BTreeSet::from([Proof::Evaluation]));
    assert!(!report.is_wrong() && !report.principals[0].tried);
    assert_eq!(report.principals[0].how, "AccessDenied");
    let never = Server {
        simulates: Some(false),
        ..serving()
    };
    let report = run(VENDOR, VENDOR, never).await;
    assert_eq!(proofs(&report), BTreeSet::from([Proof::Simulation]));
    let put = find(&report, "role.vendor", Operation::Put);
    assert_eq!(put.verdict, Verdict::RefusedButPromised);
    // The simulation does not know bucket policies for roles.
    let through = VENDOR.replace("[write]}", "[write], through: bucket_policy}");
    let simulates = Server {
        simulates: Some(false),
        ..serving()
    };
    let report = run(&through, &through, simulates).await;
    assert_eq!(proofs(&report), BTreeSet::from([Proof::Evaluation]));
}

#[tokio::test(start_paused = true)]
async fn that_the_caller_may_assume_a_vendors_role_is_not_promised() {
    let open = Server {
        assumable: true,
        ..serving()
    };
    let report = run(VENDOR, VENDOR, open).await;
    assert_eq!(
        report.principals[0].problem.as_deref(),
        Some(
            "arn:aws:iam::111122223333:user/admin may assume it, and the manifest does not say so"
        )
    );
}

#[tokio::test(start_paused = true)]
async fn access_that_depends_on_what_is_not_known_is_not_told_as_known() {
    let office = "name: m
bucket:
  name: b-1
users:
  backup:
    inline_policies:
      office:
        - Effect: Allow
          Action: s3:ListBucket
          Resource: arn:aws:s3:::b-1
          Condition: {IpAddress: {'aws:SourceIp': 192.0.2.0/24}}
";
    let report = run(office, office, serving()).await;
    let list = find(&report, "user.backup", Operation::List);
    assert_eq!(list.promised, None);
    assert_eq!(list.verdict, Verdict::NotKnown);
    assert!(list.detail.unwrap().contains("aws:SourceIp"));
    assert!(!report.is_wrong());
}

#[tokio::test(start_paused = true)]
async fn a_key_that_does_not_let_somebody_use_it_is_named() {
    let encrypted = "name: m
kms_keys: {k: {}}
bucket:
  name: b-1
  encryption: {sse_kms: {key: kms_key.k}}
users:
  backup: {}
grants:
  - {to: user.backup, allow: [read, write, delete]}
";
    let report = run(encrypted, encrypted, serving()).await;
    assert!(!report.is_wrong(), "{report:?}");
    let put = find(&report, "user.backup", Operation::Put);
    assert_eq!(put.actions, ["s3:PutObject", "kms:GenerateDataKey"]);
    let mut broken = resources(encrypted);
    for resource in &mut broken {
        if let Resource::KmsKey(key) = resource {
            key.policy = Document::new([]);
        }
    }
    let server = Server {
        live: World::of(&broken, &scope()),
        ..serving()
    };
    let report = run_on(resources(encrypted), broken, server).await;
    let operations: Vec<Operation> = wrong(&report)
        .into_iter()
        .filter(|(_, place, _)| *place == Place::Folder(String::new()))
        .map(|(one, ..)| one)
        .collect();
    assert_eq!(
        operations,
        [Operation::Get, Operation::Put, Operation::StartUpload],
        "what S3 needs the key for; with SSE-S3 it does not"
    );
    let put = find(&report, "user.backup", Operation::Put);
    assert!(
        put.promised_by
            .iter()
            .any(|by| by.ends_with("the policy of kms_key.k")),
        "{put:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_refusal_that_is_gone_is_told() {
    let refusing = BACKUP.replace(
        "  name: b-1",
        "  name: b-1
  policy:
    - {Sid: Keep, Effect: Deny, Principal: '*', Action: s3:DeleteObject,
       Resource: 'arn:aws:s3:::b-1/backups/keep/*'}",
    );
    let report = run(&refusing, &refusing, serving()).await;
    assert!(!report.is_wrong(), "{report:?}");
    let report = run(&refusing, BACKUP, serving()).await;
    let other = find(&report, "user.backup", Operation::Other);
    assert_eq!(other.actions, ["s3:DeleteObject"]);
    assert_eq!(
        other.because,
        ["Keep of the bucket policy, which denies it in the manifest, is not there"]
    );
}

#[tokio::test(start_paused = true)]
async fn a_refusal_that_could_not_be_read_is_not_told_as_gone() {
    let refusing = VENDOR.replace(
        "  vendor:\n",
        "  vendor:\n    attached_policies: [ReadOnlyAccess]\n    inline_policies:
      keep:
        - {Sid: Keep, Effect: Deny, Action: s3:PutObject, Resource: 'arn:aws:s3:::b-1/keep/*'}\n",
    );
    let read = refusing.replace("Sid: Keep, Effect: Deny", "Sid: Keep, Effect: Allow");
    let report = run(&refusing, &read, serving()).await;
    let gone = report
        .checks()
        .filter(|(_, check)| check.because.iter().any(|why| why.ends_with("not there")));
    assert_eq!(
        gone.count(),
        0,
        "not all could be read: {:?}",
        report.unreadable
    );
    let all = |text: &str| text.replace("    attached_policies: [ReadOnlyAccess]\n", "");
    let report = run(&all(&refusing), &all(&read), serving()).await;
    let other = find(&report, "role.vendor", Operation::Other);
    assert!(other.because[0].ends_with("not there"), "{other:?}");
}

#[tokio::test(start_paused = true)]
async fn a_bucket_that_keeps_everything_is_not_written_to() {
    let locked = || Server {
        locks: true,
        ..serving()
    };
    let report = run(BACKUP, BACKUP, locked()).await;
    assert!(!report.is_wrong() && report.left.is_empty(), "{report:?}");
    for operation in [Operation::Put, Operation::StartUpload, Operation::Get] {
        let check = find(&report, "user.backup", operation);
        assert_eq!(check.proof, Proof::Evaluation, "{check:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_of_somebody_else_is_the_problem() {
    let other = BACKUP.replace("backup", "other");
    let (wanted, live) = (resources(&other), resources(&other));
    let server = Server {
        live: World::of(&live, &scope()),
        ..serving()
    };
    let report = run_as("other", wanted, live, server).await;
    assert_eq!(
        report.principals[0].problem.as_deref(),
        Some("backup.env holds the key backup of arn:aws:iam::111122223333:user/backup")
    );
    assert!(!report.principals[0].tried && report.is_wrong());
}

#[tokio::test(start_paused = true)]
async fn a_policy_that_cannot_be_read_leaves_what_it_decides_unknown() {
    let attached = VENDOR.replace(
        "  vendor:\n",
        "  vendor:\n    attached_policies: [ReadOnlyAccess]\n",
    );
    let report = run(&attached, &attached, serving()).await;
    assert_eq!(
        report.unreadable,
        ["arn:aws:iam::aws:policy/ReadOnlyAccess (iam:GetPolicy, iam:GetPolicyVersion)"]
    );
    let put = find(&report, "role.vendor", Operation::Put);
    assert_eq!(put.verdict, Verdict::NotKnown);
    assert!(report.is_incomplete());
}
