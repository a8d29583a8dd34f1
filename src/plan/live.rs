//! What the rules for policies find in what is live and is not what a manifest says: what somebody
//! else has written there, and what would be replaced.

use super::{OfGoogle, Plan, of_google};
use crate::policy::lint::{BlockPublicAccess, Encryption, Finding, Ground, Kind, Settings, lint};
use crate::policy::{Document, Statement};
use crate::resource::{Address, Algorithm, Bucket, ObjectOwnership, Resource, Scope};
use serde::Serialize;
use std::collections::BTreeSet;

/// Rules about what the provider refuses: it has taken what is live. (What stands where a principal was
/// deleted is the step's own business.)
const OF_WRITING: [&str; 13] = [
    "contradiction",
    "duplicate-sid",
    "empty-condition",
    "foreign-action",
    "foreign-resource",
    "google-condition-syntax",
    "google-public-prevented",
    "invalid-character",
    "invalid-principal",
    "invalid-sid",
    "misplaced-element",
    "missing-element",
    "missing-version",
];

/// A finding in a document that is live.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Live {
    /// The resource that has the document.
    pub address: Address,
    /// Which of its documents: `policy`, `trust_policy`, `inline_policies.NAME`.
    pub document: String,
    /// The Sid of the statement, if it is of one that has any.
    pub sid: Option<String>,
    /// What was found; its path is within the document as it is read.
    #[serde(flatten)]
    pub finding: Finding,
}

/// What is found in live statements that no manifest has, in the order of the steps. A finding
/// about a document as a whole counts where any of it is not the manifest's.
#[must_use]
pub fn live(plan: &Plan) -> Vec<Live> {
    let known = known_accounts(plan);
    let mut found = Vec::new();
    for step in &plan.steps {
        let Some(have) = &step.have else {
            continue;
        };
        let wanted = step.want.as_ref().map(documents).unwrap_or_default();
        for (name, document) in documents(have) {
            let wanted = wanted.iter().find(|(other, _)| *other == name);
            let wanted = wanted.map_or(&[][..], |(_, document)| &document.statement);
            let foreign = |statement: &Statement| !wanted.contains(statement);
            if !document.statement.iter().any(foreign) {
                continue;
            }
            let ground = Ground {
                account: Some(&plan.scope.account),
                known_accounts: Some(&known),
                settings: settings(plan, have),
                ..Ground::new(kind(have, &name, &plan.scope))
            };
            for finding in lint(&document.statement, document.version.as_deref(), &ground) {
                let statement = statement_of(&finding).and_then(|at| document.statement.get(at));
                let counts =
                    statement.is_none_or(foreign) && !OF_WRITING.contains(&finding.rule.id);
                if counts {
                    found.push(Live {
                        address: step.address.clone(),
                        document: name.clone(),
                        sid: statement.and_then(|statement| statement.sid.clone()),
                        finding,
                    });
                }
            }
        }
    }
    found.extend(at_google(plan));
    found
}

/// Of each manifest's resources at Google, what is found in them and not in what it wants.
fn at_google(plan: &Plan) -> Vec<Live> {
    let manifests: BTreeSet<&str> = plan.steps.iter().map(|one| one.manifest.as_str()).collect();
    let mut found = Vec::new();
    for manifest in manifests {
        let steps = || plan.steps.iter().filter(|step| step.manifest == manifest);
        let of = |resource: &'_ Option<Resource>| match resource {
            Some(Resource::Google(google)) => Some(google.clone()),
            _ => None,
        };
        let wanted: Vec<_> = steps().filter_map(|step| of(&step.want)).collect();
        let have: Vec<_> = steps().filter_map(|step| of(&step.have)).collect();
        let is_same = |one: &OfGoogle, other: &OfGoogle| {
            one.address == other.address
                && one.finding.rule == other.finding.rule
                && one.finding.message == other.finding.message
        };
        let known = of_google(&wanted);
        let new = of_google(&have)
            .into_iter()
            .filter(|one| !known.iter().any(|other| is_same(one, other)));
        let counts = |one: &OfGoogle| !OF_WRITING.contains(&one.finding.rule.id);
        found.extend(new.filter(counts).map(|one| Live {
            address: one.address,
            document: match one.grantable {
                Some(grantable) => format!("bindings.{grantable}"),
                None => one.field,
            },
            sid: None,
            finding: Finding {
                path: String::new(),
                ..one.finding
            },
        }));
    }
    found
}

/// Every policy of a resource, by the field that it is in.
fn documents(resource: &Resource) -> Vec<(String, &Document)> {
    let inline = match resource {
        Resource::Role(role) => Some(&role.inline_policies),
        Resource::User(user) => Some(&user.inline_policies),
        Resource::Group(group) => Some(&group.inline_policies),
        _ => None,
    };
    let inline = inline.into_iter().flatten();
    let inline = inline.map(|(name, document)| (format!("inline_policies.{name}"), document));
    let own = match resource {
        Resource::Role(role) => Some(("trust_policy", &role.trust_policy)),
        Resource::BucketPolicy(policy) => Some(("policy", &policy.policy)),
        Resource::KmsKey(key) => Some(("policy", &key.policy)),
        Resource::Policy(policy) => Some(("policy", &policy.policy)),
        _ => None,
    };
    let own = own.map(|(name, document)| (name.to_owned(), document));
    own.into_iter().chain(inline).collect()
}

fn kind<'a>(resource: &'a Resource, document: &str, scope: &'a Scope) -> Kind<'a> {
    match resource {
        Resource::Role(_) if document == "trust_policy" => Kind::Trust,
        Resource::BucketPolicy(policy) => Kind::BucketPolicy {
            bucket: &policy.name,
            partition: &scope.partition,
        },
        Resource::KmsKey(_) => Kind::KeyPolicy,
        _ => Kind::Identity,
    }
}

/// The accounts that the manifests' own documents name.
fn known_accounts(plan: &Plan) -> BTreeSet<String> {
    let wanted = plan.steps.iter().filter_map(|step| step.want.as_ref());
    let named = wanted
        .flat_map(documents)
        .flat_map(|(_, document)| document.principals());
    named
        .map(|name| match name.strip_prefix("arn:") {
            Some(rest) => rest.split(':').nth(3).unwrap_or_default().to_owned(),
            None => name.to_owned(),
        })
        .collect()
}

/// How the bucket of a bucket policy is set, as far as it was read.
fn settings(plan: &Plan, resource: &Resource) -> Settings {
    let Resource::BucketPolicy(policy) = resource else {
        return Settings::default();
    };
    let buckets = plan.steps.iter().filter_map(|step| match &step.have {
        Some(Resource::Bucket(bucket)) => Some(bucket),
        _ => None,
    });
    let mut buckets = buckets.filter(|bucket| bucket.name == policy.name);
    buckets.next().map(settings_of).unwrap_or_default()
}

fn settings_of(bucket: &Bucket) -> Settings {
    let block = bucket.public_access_block.as_ref();
    let enforced =
        |ownership: &ObjectOwnership| matches!(ownership, ObjectOwnership::BucketOwnerEnforced);
    Settings {
        ownership_enforced: bucket.object_ownership.as_ref().map(enforced),
        block_public_access: BlockPublicAccess {
            block_public_acls: block.map(|block| block.block_public_acls),
            ignore_public_acls: block.map(|block| block.ignore_public_acls),
            block_public_policy: block.map(|block| block.block_public_policy),
            restrict_public_buckets: block.map(|block| block.restrict_public_buckets),
        },
        encryption: bucket.encryption.as_ref().map(|one| match one.algorithm {
            Algorithm::SseS3 => Encryption::S3,
            Algorithm::SseKms | Algorithm::DsseKms => Encryption::Kms,
        }),
    }
}

/// `Statement[3].Action` → 3.
fn statement_of(finding: &Finding) -> Option<usize> {
    let rest = finding.path.strip_prefix("Statement[")?;
    rest.split(']').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Action, Origin, Step};
    use crate::resource::Google;
    use crate::resource::google::Bindings;

    #[test]
    fn what_somebody_else_has_bound_at_google_is_told_and_what_the_manifest_has_is_not() {
        let bound = |members: &[&str]| {
            let mut bindings = Bindings::of_bucket("b", "acme-1");
            let members = members.iter().map(|one| (*one).to_owned()).collect();
            let role = "roles/storage.objectViewer".to_owned();
            bindings.bindings.insert(role, members);
            Some(Resource::Google(Google::Bindings(bindings)))
        };
        let found = |have, want| {
            let plan = Plan {
                scope: Scope {
                    account: String::new(),
                    partition: "aws".into(),
                    region: "us-east-1".into(),
                    project: None,
                },
                origin: Origin::Manifests(Vec::new()),
                steps: vec![Step::plain(Action::Update, have, want)],
            };
            let told = live(&plan).into_iter();
            told.map(|one| format!("{} {} {}", one.address, one.document, one.finding.rule.id))
                .collect::<Vec<_>>()
        };
        let (public, people) = (bound(&["allUsers"]), bound(&["group:ops@example.com"]));
        assert_eq!(
            found(public.clone(), people.clone()),
            ["bindings.bucket/b bindings.roles/storage.objectViewer google-public"]
        );
        assert_eq!(found(public.clone(), public), [""; 0]);
        assert_eq!(found(people.clone(), people), [""; 0]);
    }
}
