//! Why a workflow may or may not take a role.
//!
//! AWS looks at it in this order: whether the account has the provider, whether that knows the
//! token's audience, whether the role's trust lets the caller in ("AssumeRoleWithWebIdentity", STS
//! API reference). Each of the three has an error of its own, and the last one says nothing more.

use super::answer::{Answer, Outcome, Step, answer, may_be_there};
use super::closest::{Closest, Search};
use super::identity::Identity;
use super::policies::{Gap, Named, Reader};
use super::question::TakeRoleQuestion;
use super::trust_hints::hints;
use super::whom::RoleName;
use crate::cloud::Cloud;
use crate::policy::Document;
use crate::policy::evaluate::{
    Answer as Evaluated, Caller, Decision, Request, ResourceRule, Sources, StatementTrace,
    evaluate, trace,
};
use crate::resource::{OidcProvider, Resource, Role, Scope, Tags};
use anyhow::Result;
use serde::Serialize;
use std::collections::BTreeSet;

const ACTION: &str = "sts:AssumeRoleWithWebIdentity";
/// All that AWS says when the trust does not let somebody in, and when there is no such role.
const REFUSED: &str = "Not authorized to perform sts:AssumeRoleWithWebIdentity";

/// Where the trust policy is.
pub enum Trust<'a> {
    /// At the provider, with the identity provider's registration.
    Live(&'a dyn Cloud),
    /// A document, for a role of this scope; nothing else is known.
    Written(Document, Scope),
}

/// Why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TakeRole {
    /// The role's ARN.
    pub role: String,
    /// The answer.
    pub answer: Answer,
    /// What AWS says to the workflow, where it refuses.
    pub error: Option<String>,
    /// Whom AWS takes the workflow for.
    pub identity: Identity,
    /// What AWS looks at, in its order.
    pub steps: Vec<Step>,
    /// The trust policy's statements, one by one.
    pub statements: Vec<StatementTrace>,
    /// The closest subject that would match, if the subject is what does not.
    pub closest: Option<Closest>,
    /// What else stands in the way, and what to do.
    pub hints: Vec<String>,
    /// Condition keys on which the answer rests, and that were not given.
    pub rests_on: BTreeSet<String>,
    /// What could not be read.
    pub unreadable: Vec<Gap>,
}

/// Why the workflow of these claims may or may not take the role.
///
/// # Errors
/// The question makes no sense, or the provider cannot be asked.
pub async fn take_role(trust: Trust<'_>, question: &TakeRoleQuestion) -> Result<TakeRole> {
    let named = RoleName::parse(&question.role)?;
    match trust {
        Trust::Written(document, scope) => {
            let identity = question.identity(&scope)?;
            let mut report = Report::new(&named, &scope, identity);
            report.step(Step::new(
                Outcome::NotChecked,
                "the provider and its audiences: only the trust policy was given",
            ));
            let document = Named::new("the trust policy", &document);
            report.judge(&document, &scope, question);
            Ok(report.finish(Vec::new()))
        }
        Trust::Live(cloud) => {
            let scope = cloud.scope();
            let identity = question.identity(scope)?;
            let mut reader = Reader::new(cloud, None);
            let mut report = Report::new(&named, scope, identity);
            let role = report.role(&mut reader, &named).await?;
            report.provider(&mut reader).await?;
            if let Some(role) = role {
                let name = format!("the trust policy of role.{}", named.name);
                report.judge(&Named::new(name, &role.trust_policy), scope, question);
            }
            Ok(report.finish(reader.gaps))
        }
    }
}

struct Report(TakeRole);

impl Report {
    fn new(named: &RoleName, scope: &Scope, identity: Identity) -> Self {
        let (partition, account) = (&scope.partition, &scope.account);
        let arn = format!("arn:{partition}:iam::{account}:role/{}", named.name);
        Self(TakeRole {
            role: named.arn.clone().unwrap_or(arn),
            answer: Answer::Unknown,
            error: None,
            identity,
            steps: Vec::new(),
            statements: Vec::new(),
            closest: None,
            hints: Vec::new(),
            rests_on: BTreeSet::new(),
            unreadable: Vec::new(),
        })
    }

    fn step(&mut self, step: Step) {
        self.0.steps.push(step);
    }

    /// The role, if its trust can be looked at.
    async fn role(&mut self, reader: &mut Reader<'_>, named: &RoleName) -> Result<Option<Role>> {
        let scope = reader.scope();
        if let Some(account) = named.account.as_ref().filter(|one| **one != scope.account) {
            let text = format!(
                "the role is of account {account}, and this is account {}: its trust cannot be \
                 seen from here",
                scope.account
            );
            let hint = format!("ask with credentials of account {account}");
            self.step(Step::new(Outcome::Unknown, text).hint(hint));
            return Ok(None);
        }
        let want = Resource::Role(Role::named(&named.name));
        let before = reader.gaps.len();
        let found = reader.observe(&want, &["trust_policy"]).await?;
        let Some(Resource::Role(role)) = found else {
            self.step(match reader.gaps.len() > before {
                true => Step::new(Outcome::Unknown, "the role could not be read"),
                false => Step::new(
                    Outcome::Failed,
                    format!("account {} has no role {}", scope.account, named.name),
                )
                .hint("check the role's name and account in the workflow")
                .error(REFUSED),
            });
            return Ok(None);
        };
        let arn = Resource::Role(role.clone()).arn(scope).unwrap_or_default();
        if let Some(asked) = named.arn.as_ref().filter(|asked| **asked != arn) {
            self.step(
                Step::new(
                    Outcome::Failed,
                    format!("there is no role {asked}; the one of this name is {arn}"),
                )
                .hint(format!("in the workflow: role-to-assume: {arn}"))
                .error(REFUSED),
            );
        } else {
            self.step(Step::new(Outcome::Met, "the role is there"));
        }
        self.0.role = arn;
        let unread = reader.gaps.len() > before;
        if unread {
            let text = "the role's trust policy could not be read";
            self.step(Step::new(Outcome::Unknown, text));
        }
        Ok((!unread).then_some(role))
    }

    /// Whether the account knows the provider, and the provider the audience.
    async fn provider(&mut self, reader: &mut Reader<'_>) -> Result<()> {
        let (issuer, audiences) = (&self.0.identity.issuer, &self.0.identity.audiences);
        if OidcProvider::is_built_in(issuer) {
            let text = format!("AWS knows {issuer} by itself");
            self.step(Step::new(Outcome::Met, text));
            return Ok(());
        }
        let want = Resource::OidcProvider(OidcProvider {
            name: issuer.clone(),
            audiences: BTreeSet::new(),
            tags: Tags::new(),
        });
        let before = reader.gaps.len();
        let found = reader.observe(&want, &[]).await?;
        let account = &reader.scope().account;
        let Some(Resource::OidcProvider(provider)) = found else {
            let step = match reader.gaps.len() > before {
                true => Step::new(Outcome::Unknown, "the identity provider could not be read"),
                false => Step::new(
                    Outcome::Failed,
                    format!("account {account} has no identity provider {issuer}"),
                )
                .hint(
                    "make it: s3setup does, with the role (trust: github_actions or oidc); or \
                     `aws iam create-open-id-connect-provider`",
                )
                .error(format!(
                    "No OpenIDConnect provider found in your account for https://{issuer}"
                )),
            };
            self.step(step);
            return Ok(());
        };
        let met = format!("account {account} has the identity provider {issuer}");
        let shown = audiences.join(", ");
        let knows = audiences
            .iter()
            .any(|audience| provider.audiences.contains(audience));
        let listed: Vec<&str> = provider.audiences.iter().map(String::as_str).collect();
        let audience = match (audiences.is_empty(), knows) {
            (true, _) => Step::new(Outcome::Unknown, "the claims have no audience")
                .hint("give it: --claim aud=..."),
            (_, true) => Step::new(
                Outcome::Met,
                format!("the provider knows the audience {shown}"),
            ),
            (_, false) => Step::new(
                Outcome::Failed,
                format!(
                    "the provider does not know the audience {shown}; it knows {}",
                    match listed.is_empty() {
                        true => "none".to_owned(),
                        false => listed.join(", "),
                    }
                ),
            )
            .hint(match listed.first() {
                Some(known) => format!(
                    "in the workflow: audience: {known}; or add {shown} to the provider \
                     (`aws iam add-client-id-to-open-id-connect-provider`, or the manifest's \
                     audience:)"
                ),
                None => format!("add {shown} to the provider"),
            })
            .error("Incorrect token audience"),
        };
        self.step(Step::new(Outcome::Met, met));
        self.step(audience);
        Ok(())
    }

    /// What the trust policy says.
    fn judge(&mut self, trust: &Named, scope: &Scope, question: &TakeRoleQuestion) {
        let request = Request {
            caller: Caller::Federated {
                provider: self.0.identity.provider.clone(),
            },
            action: ACTION.to_owned(),
            resource: self.0.role.clone(),
            resource_account: scope.account.clone(),
            context: self.0.identity.context.clone().over(&question.context),
        };
        let sources = Sources {
            resource: Some(trust.source()),
            resource_rule: ResourceRule::Trust,
            ..Sources::default()
        };
        let decision = evaluate(&request, &sources);
        let statements = trace(&request, &sources);
        self.0.rests_on = decision
            .missing
            .iter()
            .filter(|key| may_be_there(key, &self.0.identity))
            .cloned()
            .collect();
        let step = match self.turns_on_audience(&request, &sources, decision.answer) {
            true => Step::new(
                Outcome::Unknown,
                format!(
                    "what {} says rests on which of the token's audiences its conditions see",
                    trust.name
                ),
            )
            .hint("ask the provider for a token of one audience"),
            false => self.verdict(trust, &decision, statements.len()),
        };
        if step.outcome != Outcome::Met {
            let with = |subject: &str| {
                let key = format!("{}:sub", self.0.identity.issuer);
                let context = request.context.clone().with(&key, subject);
                let request = Request {
                    context,
                    ..request.clone()
                };
                trace(&request, &sources)
            };
            let search = Search {
                traces: &statements,
                identity: &self.0.identity,
                document: &trust.document,
                context: &request.context,
                with: &with,
            };
            let (closest, none) = search.closest();
            let mut hints = hints(&statements, &self.0.identity, scope);
            hints.extend(none);
            (self.0.closest, self.0.hints) = (closest, hints);
        }
        self.0.statements = statements;
        self.step(step);
    }

    /// Whether one of several audiences, had the token no other, would be answered otherwise.
    fn turns_on_audience(
        &self,
        request: &Request,
        sources: &Sources<'_>,
        answer: Evaluated,
    ) -> bool {
        let identity = &self.0.identity;
        let alone = |audience: &String| {
            let key = format!("{}:aud", identity.issuer);
            let context = request.context.clone().with(&key, audience);
            let request = Request {
                context,
                ..request.clone()
            };
            evaluate(&request, sources).answer
        };
        let audiences = &identity.audiences;
        audiences.len() > 1 && audiences.iter().any(|one| alone(one) != answer)
    }

    fn verdict(&self, trust: &Named, decision: &Decision, statements: usize) -> Step {
        if !self.0.rests_on.is_empty() {
            let keys: Vec<&str> = self.0.rests_on.iter().map(String::as_str).collect();
            let text = format!("what {} says rests on {}", trust.name, keys.join(", "));
            return Step::new(Outcome::Unknown, text).hint(give(&keys, &self.0.identity));
        }
        let because: Vec<String> = decision.because.iter().map(ToString::to_string).collect();
        let because = because.join(", ");
        match decision.answer {
            Evaluated::Allowed => Step::new(Outcome::Met, format!("{because} lets it in")),
            Evaluated::DeniedExplicitly => {
                Step::new(Outcome::Failed, format!("{because} denies it")).error(REFUSED)
            }
            Evaluated::DeniedImplicitly => {
                let text = match statements {
                    0 => format!("{} has no statement", trust.name),
                    1 => format!("the one statement of {} does not let it in", trust.name),
                    many => format!("none of the {many} statements of {} lets it in", trust.name),
                };
                Step::new(Outcome::Failed, text).error(REFUSED)
            }
        }
    }

    fn finish(mut self, gaps: Vec<Gap>) -> TakeRole {
        let report = &mut self.0;
        report.unreadable = gaps;
        report.answer = answer(&report.steps);
        // What AWS says first; not known if something before it is not.
        let first = report
            .steps
            .iter()
            .find(|step| matches!(step.outcome, Outcome::Failed | Outcome::Unknown));
        report.error = first.and_then(|step| step.error.clone());
        self.0
    }
}

/// How to say what was not given.
fn give(keys: &[&str], identity: &Identity) -> String {
    let each = keys.iter().map(|key| match identity.claim_of(key) {
        Some(Ok(claim)) => format!("--claim {claim}=..."),
        _ => format!("--context {key}=..."),
    });
    format!("give it: {}", each.collect::<Vec<_>>().join(" "))
}
