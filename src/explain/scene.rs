//! All that has a say in a question of access, read by the door.

use super::access::AccessQuestion;
use super::answer::{Outcome, Step};
use super::policies::{Named, Own, Reader};
use super::target::Target;
use super::whom::Whom;
use crate::cloud::Failure;
use crate::policy::Document;
use crate::policy::evaluate::{Caller, Context, ResourceRule};
use crate::resource::{
    Bucket, BucketPolicy, Encryption, ObjectOwnership, PublicAccessBlock, Resource, Role, Scope,
};
use anyhow::Result;
use time::OffsetDateTime;

/// What stands for the account of a bucket that is somebody else's.
const ELSEWHERE: &str = "another account";

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
    pub(super) rule: ResourceRule,
    pub(super) resource_account: String,
    pub(super) steps: Vec<Step>,
}

impl<'a> Scene<'a> {
    pub(super) fn new(scope: &'a Scope, target: Target) -> Self {
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
    pub(super) async fn caller(&mut self, reader: &mut Reader<'_>, whom: &Whom) -> Result<()> {
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
        let is_whole = found.is_some();
        self.own = found.unwrap_or(Own {
            arn,
            ..Own::default()
        });
        let arn = self.own.arn.clone();
        self.caller = match whom {
            Whom::Role(_, session) => Caller::Role {
                arn,
                session: session.clone(),
                is_whole,
            },
            _ => Caller::User { arn },
        };
        Ok(())
    }

    /// What it is asked of, with its policy.
    pub(super) async fn place(&mut self, reader: &mut Reader<'_>) -> Result<()> {
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
        // Nobody asks through a service unless it is said.
        if !matches!(self.caller, Caller::Anonymous | Caller::Service(_)) {
            context = context.with("aws:ViaAWSService", "false");
        }
        for (key, value) in &self.own.tags {
            context = context.with(&format!("aws:PrincipalTag/{key}"), value);
        }
        for (key, value) in &self.target.context {
            context = context.with(key, value);
        }
        context.over(&question.context)
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
