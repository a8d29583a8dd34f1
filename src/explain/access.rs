//! Why somebody may or may not do something to an object, a bucket or a role.

use super::answer::{Answer, Outcome, Step, answer, may_be_there};
use super::further;
use super::policies::{Gap, Named, Own, Reader};
use super::target::Target;
use super::whom::Whom;
use crate::cloud::{Cloud, Failure};
use crate::policy::evaluate::{
    Answer as Evaluated, Caller, Context, Decision, Layers, Request, ResourceRule, Sources,
    StatementTrace, Together, evaluate, trace,
};
use crate::policy::{Document, Effect};
use crate::probe::Prober;
use crate::resource::{
    Bucket, BucketPolicy, Encryption, ObjectOwnership, PublicAccessBlock, Resource, Role, Scope,
};
use anyhow::Result;
use serde::Serialize;
use std::collections::BTreeSet;
use time::OffsetDateTime;

/// What stands for the account of a bucket that is somebody else's.
const ELSEWHERE: &str = "another account";

/// Who wants to do what.
#[derive(Clone, Debug)]
pub struct AccessQuestion {
    /// `user/NAME`, `role/NAME`, `anyone`, an ARN, an account, a service.
    pub principal: String,
    /// `s3:GetObject`.
    pub action: String,
    /// `s3://bucket/key` or an ARN; none for an action that is about nothing.
    pub resource: Option<String>,
    /// More of the request: condition key → values.
    pub context: Context,
    /// Seconds since 1970.
    pub now: u64,
}

/// Why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Access {
    /// Who asks: an ARN, `anyone`, a service.
    pub principal: String,
    /// In AWS's casing.
    pub action: String,
    /// The ARN.
    pub resource: String,
    /// The answer.
    pub answer: Answer,
    /// What was made of the question, and what is not looked at.
    pub notes: Vec<String>,
    /// What AWS looks at, in its order.
    pub steps: Vec<Step>,
    /// Which kinds of policy allow it; none where nothing could be evaluated.
    pub layers: Option<Layers>,
    /// Every statement, one by one.
    pub statements: Vec<StatementTrace>,
    /// Places in `statements` of those that decide.
    pub deciding: Vec<usize>,
    /// Places in `statements` of those that miss the least, where nothing allows.
    pub nearest: Vec<usize>,
    /// Condition keys on which the answer rests, and that were not given.
    pub rests_on: BTreeSet<String>,
    /// What could not be read.
    pub unreadable: Vec<Gap>,
}

/// How many statements that almost allow are told.
const MOST_NEAREST: usize = 3;

/// Why the principal may or may not do it.
///
/// # Errors
/// The question makes no sense, or the provider cannot be asked.
pub async fn access(
    cloud: &dyn Cloud,
    prober: Option<&dyn Prober>,
    question: &AccessQuestion,
) -> Result<Access> {
    let scope = cloud.scope();
    let whom = Whom::parse(&question.principal, scope)?;
    let target = Target::parse(&question.action, question.resource.as_deref(), scope)?;
    let mut reader = Reader::new(cloud, prober);
    let mut scene = Scene::new(scope, target);
    scene.caller(&mut reader, &whom).await?;
    scene.place(&mut reader).await?;
    let mut report = scene.judge(&reader, question);
    if scene.is_open(&report) {
        let more = further::steps(&scene, &mut reader, question).await?;
        report.steps.extend(more);
    }
    report.answer = answer(&report.steps);
    report.unreadable = reader.gaps;
    Ok(report)
}

/// All that has a say.
pub(super) struct Scene<'a> {
    pub(super) scope: &'a Scope,
    pub(super) target: Target,
    pub(super) caller: Caller,
    pub(super) own: Own,
    /// What the caller's account allows it cannot be seen.
    pub(super) unseen: bool,
    pub(super) bucket: Option<Bucket>,
    pub(super) policy: Option<Named>,
    rule: ResourceRule,
    pub(super) resource_account: String,
    steps: Vec<Step>,
}

impl<'a> Scene<'a> {
    fn new(scope: &'a Scope, target: Target) -> Self {
        Self {
            scope,
            target,
            caller: Caller::Anonymous,
            own: Own::default(),
            unseen: false,
            bucket: None,
            policy: None,
            rule: ResourceRule::Ordinary,
            resource_account: scope.account.clone(),
            steps: Vec::new(),
        }
    }

    /// Who asks, with all that it carries.
    async fn caller(&mut self, reader: &mut Reader<'_>, whom: &Whom) -> Result<()> {
        let before = reader.gaps.len();
        let (found, kind, name) = match whom {
            Whom::User(name) => (reader.user(name).await?, "user", name),
            Whom::Role(name, _) => (reader.role(name).await?, "role", name),
            Whom::Caller(caller) => {
                let account = caller.account();
                self.unseen = account.is_some_and(|account| account != self.scope.account);
                self.caller = caller.clone();
                return Ok(());
            }
        };
        let account = &self.scope.account;
        if found.is_none() && reader.gaps.len() == before {
            let text = format!("account {account} has no {kind} {name}");
            self.steps.push(Step::new(Outcome::Failed, text));
        }
        let partition = &self.scope.partition;
        let arn = format!("arn:{partition}:iam::{account}:{kind}/{name}");
        self.own = found.unwrap_or(Own {
            arn,
            ..Own::default()
        });
        let arn = self.own.arn.clone();
        self.caller = match whom {
            Whom::Role(_, session) => Caller::Role {
                arn,
                session: session.clone(),
            },
            _ => Caller::User { arn },
        };
        Ok(())
    }

    /// What it is asked of, with its policy.
    async fn place(&mut self, reader: &mut Reader<'_>) -> Result<()> {
        if let Some(name) = self.target.bucket.clone() {
            return self.in_bucket(reader, &name).await;
        }
        let resource = self.target.resource.clone();
        let account = resource.split(':').nth(4).unwrap_or_default();
        if !account.is_empty() && account != self.scope.account {
            self.elsewhere(account, &resource);
            return Ok(());
        }
        let is_role = resource.contains(":role/") && self.target.action.starts_with("sts:");
        let service = resource.split(':').nth(2).unwrap_or_default();
        if is_role {
            let name = resource.rsplit('/').next().unwrap_or_default();
            let want = Resource::Role(Role::named(name));
            self.rule = ResourceRule::Trust;
            let before = reader.gaps.len();
            match reader.observe(&want, &["trust_policy"]).await? {
                Some(Resource::Role(role)) => {
                    let name = format!("the trust policy of role.{name}");
                    self.policy = Some(Named::new(name, &role.trust_policy));
                }
                _ if reader.gaps.len() == before => {
                    let text = format!("account {} has no role {name}", self.scope.account);
                    self.steps.push(Step::new(Outcome::Failed, text));
                }
                _ => {}
            }
        } else if !matches!(service, "" | "iam" | "sts") {
            let text = format!("policies of {service} resources are not read");
            self.steps.push(Step::new(Outcome::Unknown, text));
        }
        Ok(())
    }

    fn elsewhere(&mut self, account: &str, what: &str) {
        self.resource_account = account.to_owned();
        let text = format!("{what} is of {account}: its policy cannot be seen from here");
        let hint = "the caller's side is told below; ask for the other with credentials of there";
        self.steps
            .push(Step::new(Outcome::Unknown, text).hint(hint));
    }

    async fn in_bucket(&mut self, reader: &mut Reader<'_>, name: &str) -> Result<()> {
        let want = Resource::Bucket(Bucket {
            encryption: Some(Encryption::sse_s3()),
            public_access_block: Some(PublicAccessBlock::all(true)),
            object_ownership: Some(ObjectOwnership::BucketOwnerEnforced),
            ..Bucket::named(name, &self.scope.region)
        });
        let before = reader.gaps.len();
        let found = reader
            .observe(&want, &["public_access_block", "encryption"])
            .await;
        let found = match found {
            Err(error) if is_taken(&error) => {
                self.elsewhere(ELSEWHERE, &format!("the bucket {name}"));
                return Ok(());
            }
            other => other?,
        };
        match found {
            Some(Resource::Bucket(bucket)) => {
                let region = bucket.region.clone();
                self.bucket = Some(bucket);
                let want = Resource::BucketPolicy(BucketPolicy {
                    name: name.to_owned(),
                    region,
                    policy: Document::default(),
                });
                let found = reader.observe(&want, &["policy"]).await?;
                if let Some(Resource::BucketPolicy(found)) = found {
                    let name = format!("the policy of bucket.{name}");
                    self.policy = Some(Named::new(name, &found.policy));
                }
            }
            _ if reader.gaps.len() == before => {
                let text = format!("there is no bucket {name} (NoSuchBucket)");
                self.steps.push(Step::new(Outcome::Failed, text));
            }
            _ => {}
        }
        Ok(())
    }

    /// The request, with what is known of every request.
    pub(super) fn context(&self, question: &AccessQuestion) -> Context {
        let region = self.bucket.as_ref().map(|bucket| bucket.region.as_str());
        let mut context = Context::new()
            .with("aws:SecureTransport", "true")
            .with("aws:RequestedRegion", region.unwrap_or(&self.scope.region))
            .with("aws:EpochTime", question.now.to_string())
            .with("aws:CurrentTime", instant(question.now));
        if self.resource_account != ELSEWHERE {
            context = context
                .with("aws:ResourceAccount", &self.resource_account)
                .with("s3:ResourceAccount", &self.resource_account);
        }
        for (key, value) in &self.own.tags {
            context = context.with(&format!("aws:PrincipalTag/{key}"), value);
        }
        for (key, value) in &self.target.context {
            context = context.with(key, value);
        }
        context.over(&question.context)
    }

    /// What the policies say.
    fn judge(&self, reader: &Reader<'_>, question: &AccessQuestion) -> Access {
        let request = Request {
            caller: self.caller.clone(),
            action: self.target.action.clone(),
            resource: self.target.resource.clone(),
            resource_account: self.resource_account.clone(),
            context: self.context(question),
        };
        let sources = Sources {
            identity: self.own.policies.iter().map(Named::source).collect(),
            boundary: self.own.boundary.as_ref().map(Named::source),
            session: Vec::new(),
            resource: self.policy.as_ref().map(Named::source),
            resource_rule: self.rule,
        };
        let decision = evaluate(&request, &sources);
        let statements = trace(&request, &sources);
        let layers = Layers::of(&request, &sources, &statements);
        let rests_on: BTreeSet<String> = decision
            .missing
            .iter()
            .filter(|key| may_be_there(key, None))
            .cloned()
            .collect();
        let mut steps = self.steps.clone();
        steps.push(self.verdict(reader, &decision, &layers, &statements, &rests_on));
        let places = |asked: &dyn Fn(&StatementTrace) -> bool| -> Vec<usize> {
            let each = statements.iter().enumerate();
            each.filter(|(_, one)| asked(one))
                .map(|(at, _)| at)
                .collect()
        };
        let mut nearest = match decision.answer {
            Evaluated::DeniedImplicitly => {
                places(&|one| one.statement.effect == Effect::Allow && !one.applies)
            }
            _ => Vec::new(),
        };
        // The action is the first thing one looks for.
        nearest.sort_by_key(|at| (!statements[*at].meets("Action"), statements[*at].missed()));
        if nearest.iter().any(|at| statements[*at].meets("Action")) {
            nearest.retain(|at| statements[*at].meets("Action"));
        }
        nearest.truncate(MOST_NEAREST);
        let mut notes = self.target.notes.clone();
        notes.push(
            "not looked at: policies of an organization, of VPC endpoints and access points, ACLs"
                .to_owned(),
        );
        Access {
            principal: shown(&self.caller),
            action: request.action,
            resource: request.resource,
            answer: Answer::Unknown,
            notes,
            steps,
            layers: Some(layers),
            deciding: places(&|one| decision.because.contains(&one.statement)),
            nearest,
            statements,
            rests_on,
            unreadable: Vec::new(),
        }
    }

    /// Whether it goes on after the policies.
    fn is_open(&self, report: &Access) -> bool {
        !report
            .steps
            .iter()
            .any(|step| step.outcome == Outcome::Failed)
    }

    fn verdict(
        &self,
        reader: &Reader<'_>,
        decision: &Decision,
        layers: &Layers,
        statements: &[StatementTrace],
        rests_on: &BTreeSet<String>,
    ) -> Step {
        let because: Vec<String> = decision.because.iter().map(ToString::to_string).collect();
        let because = because.join(", ");
        // One that denies whatever else there is.
        if decision.answer == Evaluated::DeniedExplicitly && rests_on.is_empty() {
            return Step::new(Outcome::Failed, format!("{because} denies it"));
        }
        if !reader.gaps.is_empty() {
            let what: Vec<&str> = reader.gaps.iter().map(|gap| gap.what.as_str()).collect();
            let text = format!("could not be read: {}", what.join(", "));
            return Step::new(Outcome::Unknown, text);
        }
        if !rests_on.is_empty() {
            let keys: Vec<&str> = rests_on.iter().map(String::as_str).collect();
            let give: Vec<String> = keys
                .iter()
                .map(|key| format!("--context {key}=..."))
                .collect();
            let text = format!("what the policies say rests on {}", keys.join(", "));
            return Step::new(Outcome::Unknown, text).hint(format!("give it: {}", give.join(" ")));
        }
        if decision.answer == Evaluated::Allowed {
            return Step::new(
                Outcome::Met,
                match because.is_empty() {
                    true if statements.is_empty() => {
                        "it takes no permission of a policy".to_owned()
                    }
                    true => "an account's root needs no policy".to_owned(),
                    false => format!("{because} allows it"),
                },
            );
        }
        if self.unseen && layers.resource == Some(true) {
            let account = self.caller.account().unwrap_or_default();
            let text = format!(
                "this account allows it, and account {account} has to allow it, too: that cannot be \
                 seen from here"
            );
            return Step::new(Outcome::Unknown, text).hint(format!(
                "its own policies have to allow {}",
                self.target.action
            ));
        }
        if self.resource_account != self.scope.account && layers.identity == Some(true) {
            return Step::new(Outcome::Met, "the caller's own policies allow it");
        }
        Step::new(Outcome::Failed, lacking(layers))
    }
}

/// What would have to allow it and does not.
fn lacking(layers: &Layers) -> String {
    let limits = [
        (layers.boundary, "the permissions boundary"),
        (layers.session, "the session's policy"),
    ];
    let mut missing: Vec<&str> = limits
        .iter()
        .filter(|(allows, _)| *allows == Some(false))
        .map(|(_, name)| *name)
        .collect();
    let resource = layers.resource == Some(true);
    let identity = layers.identity != Some(false);
    let sides = match layers.together {
        Together::ResourceAlone if !resource => "the resource's policy",
        Together::Either if !resource && !identity => {
            "neither the caller's own policies nor the resource's"
        }
        Together::ResourceFirst if !resource => "the resource's policy",
        Together::ResourceFirst if !identity => "the caller's own policies",
        Together::Both => match (resource, identity) {
            (false, false) => "the caller's own policies and the resource's",
            (false, true) => "the resource's policy",
            (true, false) => "the caller's own policies",
            (true, true) => "",
        },
        _ => "",
    };
    missing.extend(Some(sides).filter(|text| !text.is_empty()));
    match missing.as_slice() {
        [] => "nothing allows it".to_owned(),
        [only] if only.starts_with("neither") => format!("{only} allow it"),
        many => format!("it is not allowed by {}", many.join(", nor by ")),
    }
}

fn shown(caller: &Caller) -> String {
    match caller {
        Caller::Anonymous => "anyone".to_owned(),
        Caller::Service(name) => name.clone(),
        Caller::Root { account } => format!("the root of account {account}"),
        Caller::User { arn }
        | Caller::Role { arn, .. }
        | Caller::FederatedUser { arn }
        | Caller::Federated { provider: arn } => arn.clone(),
    }
}

/// The door says so of a bucket that another account has.
fn is_taken(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.downcast_ref::<Failure>().is_some_and(|failure| {
            failure.message.starts_with("the bucket ")
                && failure.message.ends_with("another account")
        })
    })
}

/// `2026-11-22T10:00:00Z`.
fn instant(seconds: u64) -> String {
    let at = i64::try_from(seconds)
        .ok()
        .and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok())
        .unwrap_or(OffsetDateTime::UNIX_EPOCH);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
        at.year(),
        u8::from(at.month()),
        at.day(),
        at.hour(),
        at.minute(),
        at.second()
    )
}
