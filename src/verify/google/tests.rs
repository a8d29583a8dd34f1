//! Whole runs against a Google that answers by bindings of its own.

use super::*;
use crate::manifest;
use crate::policy::Document;
use crate::probe::{Actor, Left, Means, NoWay, Operation, Place, Probe, Question};
use crate::resource::google::Role;
use crate::resource::{Scope, Sink};
use crate::verify::{Key, Verdict};
use crate::yaml::Source;
use async_trait::async_trait;
use secrecy::SecretString;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// As RudderStack asks for it.
const EVENTS: &str = "name: events
google:
  project: acme-backups
  bucket: {name: acme-events, location: EU}
  roles: {rudderEvents: {}}
  service_accounts: {rudder-events: {}}
  grants:
    - {to: service_account.rudder-events, allow: [write, read], through: google_role.rudderEvents}
";
const EMAIL: &str = "rudder-events@acme-backups.iam.gserviceaccount.com";

fn resources(text: &str) -> Vec<Resource> {
    let scope = Scope {
        account: String::new(),
        partition: "aws".into(),
        region: "us-east-1".into(),
        project: None,
    };
    let compiled = manifest::load(&Source::new("m.yaml", text), &BTreeMap::new(), &scope);
    let wanted = compiled
        .unwrap_or_else(|problems| panic!("{problems}"))
        .wanted;
    wanted.into_iter().map(|wanted| wanted.resource).collect()
}

struct Server {
    live: World,
    /// Whether the caller may become service accounts.
    impersonates: bool,
    objects: Mutex<BTreeSet<String>>,
}

struct Fake(Arc<Server>);

/// Somebody, or the caller, who may do everything with objects.
struct Somebody(Arc<Server>, Option<Who>);

#[async_trait]
impl Prober for Fake {
    async fn become_by(&self, means: &Means) -> Result<std::result::Result<Arc<dyn Actor>, NoWay>> {
        let email = match means {
            Means::Key { .. } => EMAIL,
            Means::Assume { role, .. } if self.0.impersonates => role,
            _ => {
                return Ok(Err(NoWay(
                    "iam.serviceAccounts.getAccessToken is missing".into(),
                )));
            }
        };
        let who = Who::Account {
            name: "rudder-events".into(),
            email: email.to_owned(),
        };
        Ok(Ok(Arc::new(Somebody(self.0.clone(), Some(who)))))
    }

    async fn whose(&self, means: &Means) -> Option<String> {
        match means {
            Means::Key { id, .. } if id == "theirs" => {
                Some("x@other.iam.gserviceaccount.com".into())
            }
            _ => Some(EMAIL.to_owned()),
        }
    }

    async fn locks_objects(&self, _bucket: &str, _region: &str) -> bool {
        false
    }

    async fn key_in(&self, _sink: &Sink) -> std::result::Result<(String, SecretString), NoWay> {
        Err(NoWay("no sink".into()))
    }

    fn caller(&self) -> Arc<dyn Actor> {
        Arc::new(Somebody(self.0.clone(), None))
    }

    fn caller_arn(&self) -> &str {
        "ann@example.com"
    }

    fn anyone(&self) -> Arc<dyn Actor> {
        Arc::new(Somebody(self.0.clone(), Some(Who::Anyone)))
    }

    fn is_plain_http(&self) -> bool {
        false
    }

    async fn other_bucket(&self, _than: &str) -> Option<(String, String)> {
        Some(("other".into(), String::new()))
    }

    async fn managed_document(&self, _arn: &str) -> Option<Document> {
        None
    }

    async fn simulate(&self, _question: &Question) -> Option<bool> {
        None
    }
}

#[async_trait]
impl Actor for Somebody {
    async fn act(&self, probe: &Probe) -> Result<Answer> {
        let allowed = match &self.1 {
            None => true,
            Some(who) => self.0.live.expect(who, probe).allowed == Some(true),
        };
        let key = probe.key.clone().unwrap_or_default();
        let mut objects = self.0.objects.lock().unwrap();
        Ok(match probe.operation {
            Operation::StartUpload | Operation::AbortUpload => {
                Answer::Unclear("parts are asked for elsewhere".into())
            }
            _ if !allowed => Answer::Refused("403".into()),
            Operation::Put | Operation::Overwrite => {
                objects.insert(key.clone());
                Answer::Done(Some(Left::Object {
                    bucket: probe.bucket.clone(),
                    region: String::new(),
                    key,
                    version: None,
                }))
            }
            Operation::Delete => {
                objects.remove(&key);
                Answer::Done(None)
            }
            _ => Answer::Done(None),
        })
    }

    async fn clear(&self, left: &Left) -> bool {
        self.1.is_none() && self.0.objects.lock().unwrap().remove(left.key())
    }

    fn by_plain_http(&self) -> Arc<dyn Actor> {
        Arc::new(Self(self.0.clone(), self.1.clone()))
    }
}

/// How the run goes: with a key of this id, or by what the caller may.
struct Way {
    key: Option<&'static str>,
    impersonates: bool,
}

async fn run(live: &[Resource], way: Way) -> (Report, usize) {
    let subject = Subject {
        manifest: "events".into(),
        wanted: resources(EVENTS),
        live: live.to_vec(),
        drifted: Vec::new(),
        unreadable: Vec::new(),
    };
    let server = Arc::new(Server {
        live: World::of(&of_google(live)),
        impersonates: way.impersonates,
        objects: Mutex::default(),
    });
    let key = way.key.map(|id| {
        let key = Key {
            id: id.to_owned(),
            secret: "{}".into(),
            from: "key.json".into(),
        };
        ("service_account.rudder-events".to_owned(), Ok(key))
    });
    let credentials = Credentials {
        keys: key.into_iter().collect(),
        ..Credentials::default()
    };
    let options = Options {
        parallelism: 4,
        window: Duration::ZERO,
        only: BTreeSet::new(),
    };
    let fake = Fake(server.clone());
    let waiting: Waiting = Arc::new(|_: &str| {});
    let report = verify_google(
        Some(&fake),
        &subject,
        &credentials,
        &options,
        &waiting,
        &|| false,
    );
    let report = report.await.unwrap();
    let left = server.objects.lock().unwrap().len();
    (report, left)
}

fn told(report: &Report, verdict: Verdict) -> Vec<String> {
    let checks = report
        .checks()
        .filter(|(_, check)| check.verdict == verdict);
    checks
        .map(|(tried, check)| {
            format!(
                "{} {} {}",
                tried.principal,
                check.operation.text(),
                check.place
            )
        })
        .collect()
}

const BY_KEY: Way = Way {
    key: Some("1"),
    impersonates: false,
};

#[tokio::test]
async fn what_is_granted_may_be_done_and_nothing_else() {
    let (report, left) = run(&resources(EVENTS), BY_KEY).await;
    assert!(!report.is_wrong(), "{report:#?}");
    assert_eq!(left, 0, "everything is removed again");
    assert!(report.left.is_empty());
    let account = "service_account.rudder-events";
    assert_eq!(
        told(&report, Verdict::AllowedAsPromised),
        [
            format!("{account} put anywhere in it"),
            format!("{account} get anywhere in it"),
        ]
    );
    let refused = told(&report, Verdict::RefusedAsPromised);
    for operation in [
        "list the bucket",
        "delete anywhere in it",
        "write over anywhere in it",
    ] {
        assert!(
            refused.contains(&format!("{account} {operation}")),
            "{operation}: {refused:?}"
        );
    }
    assert!(refused.contains(&"anyone get anywhere in it".to_owned()));
    assert_eq!(report.principals[0].how, "its key 1 from key.json");
}

#[tokio::test]
async fn a_role_that_was_widened_is_found_by_calls_and_what_no_call_asks_for_by_its_permissions() {
    let mut live = resources(EVENTS);
    for resource in &mut live {
        if let Resource::Google(Google::Role(Role { permissions, .. })) = resource {
            permissions.insert("storage.objects.delete".into());
            permissions.insert("storage.objects.setRetention".into());
        }
    }
    let (report, left) = run(&live, BY_KEY).await;
    assert_eq!(left, 0);
    let account = "service_account.rudder-events";
    assert_eq!(
        told(&report, Verdict::AllowedButNotPromised),
        [
            format!("{account} write over anywhere in it"),
            format!("{account} delete anywhere in it"),
            format!("{account} more than is tried the bucket"),
        ]
    );
    let check = report
        .checks()
        .find(|(_, check)| check.operation == Operation::Delete);
    let because = &check.unwrap().1.because;
    assert_eq!(
        because,
        &["the binding of projects/acme-backups/roles/rudderEvents"]
    );
}

#[tokio::test]
async fn who_cannot_be_become_is_judged_by_the_bindings_that_there_are() {
    let no = Way {
        key: None,
        impersonates: false,
    };
    let (report, _) = run(&resources(EVENTS), no).await;
    assert!(!report.is_wrong());
    let account = &report.principals[0];
    assert!(
        !account.tried && account.how.contains("getAccessToken"),
        "{}",
        account.how
    );
    let put = account
        .checks
        .iter()
        .find(|check| check.operation == Operation::Put)
        .unwrap();
    assert_eq!(put.proof, crate::verify::Proof::Evaluation);
    let caller = Way {
        key: None,
        impersonates: true,
    };
    let (report, _) = run(&resources(EVENTS), caller).await;
    assert_eq!(
        report.principals[0].how,
        "a token that ann@example.com may have"
    );
    let theirs = Way {
        key: Some("theirs"),
        impersonates: true,
    };
    let (report, _) = run(&resources(EVENTS), theirs).await;
    assert!(report.is_wrong(), "somebody else's key is in the sink");
}

#[test]
fn a_condition_decides_where_and_what_cannot_be_told_depends() {
    let text = |more: &str| {
        EVENTS.replace(
            "allow: [write, read]",
            &format!("allow: [write, list], {more}"),
        )
    };
    let probe = |operation, key: &str| Probe {
        operation,
        place: Place::Folder(String::new()),
        bucket: "acme-events".into(),
        region: String::new(),
        key: Some(key.to_owned()),
        upload: None,
    };
    let who = Who::Account {
        name: "rudder-events".into(),
        email: EMAIL.into(),
    };
    let expect = |more: &str, operation, key: &str| {
        let all = resources(&text(more));
        let world = World::of(&of_google(&all));
        world.expect(&who, &probe(operation, key))
    };
    let folder = "prefix: a/";
    assert_eq!(expect(folder, Operation::Put, "a/x").allowed, Some(true));
    assert_eq!(expect(folder, Operation::Put, "b/x").allowed, Some(false));
    assert_eq!(expect(folder, Operation::List, "a/").allowed, Some(true));
    assert_eq!(expect(folder, Operation::List, "").allowed, Some(false));
    let time = "condition: {title: until, expression: 'request.time < timestamp(\"2030-01-01T00:00:00Z\")'}";
    let depends = expect(time, Operation::Put, "x");
    assert_eq!(depends.allowed, None);
    assert!(
        depends
            .depends_on
            .iter()
            .any(|on| on.contains("request.time")),
        "{depends:?}"
    );
}
