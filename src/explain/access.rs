//! Why somebody may or may not do something to an object, a bucket or a role.

use super::answer::{Answer, Outcome, Step, answer, may_be_asked_with};
use super::further;
use super::policies::{Gap, Named, Reader};
use super::scene::Scene;
use super::target::Target;
use super::whom::Whom;
use crate::cloud::Cloud;
use crate::policy::Effect;
use crate::policy::evaluate::{
    Answer as Evaluated, Caller, Context, Decision, Layers, Request, Sources, StatementTrace,
    Together, evaluate, trace,
};
use crate::probe::Prober;
use anyhow::Result;
use serde::Serialize;
use std::collections::BTreeSet;

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

impl Scene<'_> {
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
        let mut layers = Layers::of(&request, &sources, &statements);
        if self.unseen {
            layers.identity = None;
        }
        let rests_on: BTreeSet<String> = decision
            .missing
            .iter()
            .filter(|key| may_be_asked_with(key, &self.caller, &self.target.action))
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
        notes.extend(self.listing(question));
        notes.push(
            "not looked at: policies of an organization, of VPC endpoints and access points, ACLs, \
             Block Public Access of the account"
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

    /// What a listing is taken to ask for, as far as nobody has said otherwise.
    fn listing(&self, question: &AccessQuestion) -> Option<String> {
        let assumed = self.target.context.iter();
        let assumed = assumed.filter(|(key, _)| question.context.get(key).is_none());
        let assumed: Vec<String> = assumed
            .map(|(key, value)| format!("{key} {value:?}"))
            .collect();
        (!assumed.is_empty()).then(|| {
            format!(
                "taken for what `aws s3 ls` asks for: {}; --context says otherwise",
                assumed.join(" and ")
            )
        })
    }

    /// The name of one session, where a statement that it alone keeps from applying is about one: the
    /// question named none.
    fn rests_on_session(&self, answer: Evaluated, statements: &[StatementTrace]) -> Option<String> {
        let turns = match answer {
            Evaluated::Allowed => Effect::Deny,
            _ => Effect::Allow,
        };
        let Caller::Role { arn, session, .. } = &self.caller else {
            return None;
        };
        let role = arn.rsplit('/').next().filter(|_| session.is_empty())?;
        let head = format!(":assumed-role/{role}/");
        let mut about = statements
            .iter()
            .filter(|one| one.statement.effect == turns && one.missed() == 1);
        about.find_map(|one| {
            let who = one.elements.iter().find(|element| !element.met)?;
            let mut named = who.written.iter();
            let named = named.find(|arn| who.element == "Principal" && arn.contains(&head))?;
            Some(named.clone())
        })
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
        if let Some(session) = self.rests_on_session(decision.answer, statements) {
            let text = "what the policies say rests on the name of the role's session";
            return Step::new(Outcome::Unknown, text)
                .hint(format!("ask for one session: --principal {session}"));
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
        let elsewhere = self.resource_account != self.scope.account;
        Step::new(Outcome::Failed, lacking(layers, elsewhere))
    }
}

/// What would have to allow it and does not, as far as it is seen: `elsewhere`, the resource's policy
/// is not.
fn lacking(layers: &Layers, elsewhere: bool) -> String {
    let limits = [
        (layers.boundary, "the permissions boundary"),
        (layers.session, "the session's policy"),
    ];
    let mut missing: Vec<&str> = limits
        .iter()
        .filter(|(allows, _)| *allows == Some(false))
        .map(|(_, name)| *name)
        .collect();
    let resource = elsewhere || layers.resource == Some(true);
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
        [] => "AWS keeps this to itself, whatever policies say".to_owned(),
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
