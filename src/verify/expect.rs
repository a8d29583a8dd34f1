//! What the policies say of a try: the requests that it is made of, in IAM's words, and the
//! evaluation of each.

use super::principal::Principal;
use super::world::{Named, World};
use crate::policy::evaluate::{Answer, Because, Context, Request, Sources, evaluate};
use crate::policy::{Document, Effect, Statement};
use crate::probe::{Operation, Place, Probe};
use crate::resource::{Scope, dns_suffix};
use std::collections::{BTreeMap, BTreeSet};

/// What the policies say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Expectation {
    /// Whether it is allowed; `None` if that depends on what cannot be known here.
    pub(super) allowed: Option<bool>,
    /// The statements that decide.
    pub(super) because: Vec<String>,
    /// Condition keys on which it depends.
    pub(super) depends_on: BTreeSet<String>,
}

/// One action that a try needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Requirement {
    /// `s3:PutObject`.
    pub(super) action: String,
    /// The ARN.
    pub(super) resource: String,
    /// The condition keys of the request, beside those of every request.
    pub(super) context: BTreeMap<String, Vec<String>>,
}

/// Where requests go, as far as policies can tell.
#[derive(Clone, Debug)]
pub(super) struct Ground<'a> {
    /// The account.
    pub(super) scope: &'a Scope,
    /// Whether requests go by plain HTTP.
    pub(super) plain_http: bool,
    /// What another account allows its own: everything, since it cannot be known.
    outside: Named,
    /// What somebody of this account is allowed whom the manifest does not make: it is not this
    /// manifest's to promise.
    elsewhere: Named,
}

impl<'a> Ground<'a> {
    pub(super) fn new(scope: &'a Scope, plain_http: bool) -> Self {
        let everything = Statement {
            action: BTreeSet::from(["*".to_owned()]),
            resource: BTreeSet::from(["*".to_owned()]),
            ..Statement::new(Effect::Allow)
        };
        Self {
            scope,
            plain_http,
            outside: Named::new("its own account".into(), Document::new([everything])),
            elsewhere: Named::new("its own policies".into(), Document::default()),
        }
    }

    fn own_policies(&self, principal: &Principal) -> &Named {
        match principal.account() == Some(self.scope.account.as_str()) {
            true => &self.elsewhere,
            false => &self.outside,
        }
    }

    /// Every policy that has a say in `action`: of the bucket, or of its key.
    fn sources<'b>(&'b self, world: &'b World, principal: &Principal, action: &str) -> Sources<'b> {
        let own = self.own_policies(principal);
        match action.starts_with("kms:") && world.key().is_some() {
            true => world.sources_of_key(principal, own),
            false => world.sources(principal, own),
        }
    }

    /// What the policies of `world` say of `principal` trying `probe`.
    pub(super) fn expect(
        &self,
        world: &World,
        principal: &Principal,
        probe: &Probe,
    ) -> Expectation {
        let nothing = |because: &[&str]| Expectation {
            allowed: Some(false),
            because: because.iter().map(|text| (*text).to_owned()).collect(),
            ..Expectation::default()
        };
        let Some(caller) = world.caller(principal) else {
            return nothing(&["the principal is not there"]);
        };
        if world.bucket.is_none() && !matches!(probe.place, Place::OtherBucket | Place::Account) {
            return nothing(&["the bucket is not there"]);
        }
        let mut expectation = Expectation {
            allowed: Some(true),
            ..Expectation::default()
        };
        for requirement in self.requirements(world, probe) {
            let sources = self.sources(world, principal, &requirement.action);
            let mut context = Context::new();
            for (key, values) in &requirement.context {
                context = context.with_all(key, values.iter().cloned());
            }
            let decision = evaluate(
                &Request {
                    caller: caller.clone(),
                    action: requirement.action,
                    resource: requirement.resource,
                    resource_account: self.scope.account.clone(),
                    context,
                },
                &sources,
            );
            let depends: BTreeSet<String> = decision
                .missing
                .into_iter()
                .filter(|key| is_unknown(key))
                .collect();
            let allowed = decision.answer == Answer::Allowed;
            // What somebody else's account allows is only supposed, and no reason.
            let known = |because: &&Because| because.source != self.outside.name();
            let because = decision.because.iter().filter(known);
            let because = because.map(ToString::to_string);
            if !allowed {
                // What refuses one of the requests refuses the whole.
                expectation.because.clear();
            }
            expectation.because.extend(because);
            expectation.allowed = match (expectation.allowed, depends.is_empty()) {
                (_, false) => None,
                (Some(so_far), true) => Some(so_far && allowed),
                (None, true) => None,
            };
            expectation.depends_on.extend(depends);
        }
        if self.is_cut_off(world, principal) {
            expectation.allowed = Some(false);
            expectation.because = vec!["the bucket's public access block".to_owned()];
        }
        expectation
    }

    /// Whether what a statement of `world` allows is allowed in the end. Of a conditional one this
    /// is taken to be so unless it is denied: the condition may well hold.
    pub(super) fn takes_effect(
        &self,
        world: &World,
        principal: &Principal,
        statement: &Statement,
        action: &str,
        on: &str,
    ) -> bool {
        let Some(caller) = world.caller(principal) else {
            return false;
        };
        let sources = self.sources(world, principal, action);
        let request = Request {
            caller,
            action: action.to_owned(),
            resource: on.to_owned(),
            resource_account: self.scope.account.clone(),
            context: Context::new(),
        };
        let answer = evaluate(&request, &sources).answer;
        !self.is_cut_off(world, principal)
            && match statement.condition.is_empty() {
                true => answer == Answer::Allowed,
                false => answer != Answer::DeniedExplicitly,
            }
    }

    /// Public access that the bucket's settings cut off, whatever policies say.
    fn is_cut_off(&self, world: &World, principal: &Principal) -> bool {
        let block = world
            .bucket
            .as_ref()
            .and_then(|bucket| bucket.public_access_block);
        *principal == Principal::Anyone && block.is_some_and(|block| block.restrict_public_buckets)
    }

    /// The actions that `probe` needs in `world`; all of them.
    pub(super) fn requirements(&self, world: &World, probe: &Probe) -> Vec<Requirement> {
        let mut all = self.of_s3(probe);
        all.extend(self.of_key(world, probe));
        all
    }

    /// What S3 asks of the key in the caller's name
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html>).
    fn of_key(&self, world: &World, probe: &Probe) -> Option<Requirement> {
        let action = match probe.operation {
            Operation::Put | Operation::StartUpload => "kms:GenerateDataKey",
            Operation::Get | Operation::GetVersion => "kms:Decrypt",
            _ => return None,
        };
        let name = world.key()?;
        let is_of_bucket = world
            .bucket
            .as_ref()
            .is_some_and(|bucket| bucket.name == probe.bucket);
        if !is_of_bucket {
            return None;
        }
        let Scope {
            partition, account, ..
        } = self.scope;
        let region = probe.region.as_str();
        let service = format!("s3.{region}.{}", dns_suffix(partition));
        let bucket = format!("arn:{partition}:s3:::{}", probe.bucket);
        let keys = [
            ("kms:ViaService", service.as_str()),
            ("kms:CallerAccount", account),
            ("kms:EncryptionContext:aws:s3:arn", bucket.as_str()),
        ];
        Some(Requirement {
            action: action.to_owned(),
            // Its id is made up by KMS; a key policy speaks of its own key as `*`.
            resource: format!("arn:{partition}:kms:{region}:{account}:key/{name}"),
            context: self.context(probe, &keys),
        })
    }

    fn of_s3(&self, probe: &Probe) -> Vec<Requirement> {
        let bucket = format!("arn:{}:s3:::{}", self.scope.partition, probe.bucket);
        let key = probe.key.as_deref().unwrap_or_default();
        let object = format!("{bucket}/{key}");
        let prefix = probe.key.iter().map(|key| ("s3:prefix", key.as_str()));
        let one = |action: &str, on: &str, keys: &[(&str, &str)]| Requirement {
            action: action.to_owned(),
            resource: on.to_owned(),
            context: self.context(probe, keys),
        };
        match probe.operation {
            Operation::List => {
                let keys: Vec<_> = prefix.chain([("s3:max-keys", "1")]).collect();
                vec![one("s3:ListBucket", &bucket, &keys)]
            }
            Operation::Browse => {
                let more = [("s3:delimiter", "/"), ("s3:max-keys", "1")];
                let keys: Vec<_> = prefix.chain(more).collect();
                vec![one("s3:ListBucket", &bucket, &keys)]
            }
            Operation::ListVersions => vec![one("s3:ListBucketVersions", &bucket, &[])],
            Operation::ListUploads => vec![one("s3:ListBucketMultipartUploads", &bucket, &[])],
            Operation::Location => vec![one("s3:GetBucketLocation", &bucket, &[])],
            Operation::ReadPolicy => vec![one("s3:GetBucketPolicy", &bucket, &[])],
            Operation::CreateBucket => vec![one("s3:CreateBucket", &bucket, &[])],
            // Another provider's.
            Operation::Overwrite
            | Operation::ReadBucket
            | Operation::SetPolicy
            | Operation::ActAs => Vec::new(),
            Operation::Other => Vec::new(),
            Operation::ListBuckets => vec![one("s3:ListAllMyBuckets", "*", &[])],
            Operation::Get => vec![one("s3:GetObject", &object, &[])],
            Operation::GetVersion => {
                vec![one(
                    "s3:GetObjectVersion",
                    &object,
                    &[("s3:VersionId", "null")],
                )]
            }
            Operation::Put | Operation::StartUpload => vec![one("s3:PutObject", &object, &[])],
            Operation::PutEncrypted => {
                let header = [("s3:x-amz-server-side-encryption", "AES256")];
                vec![one("s3:PutObject", &object, &header)]
            }
            Operation::PutWithKms => {
                let header = [("s3:x-amz-server-side-encryption", "aws:kms")];
                vec![one("s3:PutObject", &object, &header)]
            }
            Operation::Delete => vec![one("s3:DeleteObject", &object, &[])],
            Operation::DeleteVersion => {
                let version = [("s3:VersionId", "null")];
                vec![one("s3:DeleteObjectVersion", &object, &version)]
            }
            Operation::PutAcl => {
                let acl = [("s3:x-amz-acl", "bucket-owner-full-control")];
                vec![one("s3:PutObjectAcl", &object, &acl)]
            }
            Operation::GetTags => vec![one("s3:GetObjectTagging", &object, &[])],
            Operation::PutTags => vec![one("s3:PutObjectTagging", &object, &[])],
            Operation::AbortUpload => vec![one("s3:AbortMultipartUpload", &object, &[])],
            Operation::ListParts => vec![one("s3:ListMultipartUploadParts", &object, &[])],
        }
    }

    /// The condition keys of every request, and those of this one
    /// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>).
    fn context(&self, probe: &Probe, keys: &[(&str, &str)]) -> BTreeMap<String, Vec<String>> {
        let plain = self.plain_http || probe.place == Place::PlainHttp;
        let account = self.scope.account.as_str();
        let common = [
            ("aws:SecureTransport", if plain { "false" } else { "true" }),
            ("aws:RequestedRegion", probe.region.as_str()),
            ("aws:ResourceAccount", account),
            ("s3:ResourceAccount", account),
        ];
        common
            .iter()
            .chain(keys)
            .map(|(key, value)| ((*key).to_owned(), vec![(*value).to_owned()]))
            .collect()
    }
}

/// Whether a condition key may well be in the request that is made, with a value that is not known
/// here: where it comes from, what the caller's tags are. All others are known to be absent.
fn is_unknown(key: &str) -> bool {
    const ABSENT: [&str; 4] = [
        "aws:multifactorauthpresent",
        "aws:multifactorauthage",
        "aws:viaawsservice",
        "aws:referer",
    ];
    let key = key.to_lowercase();
    key.starts_with("aws:") && !ABSENT.contains(&key.as_str())
}
