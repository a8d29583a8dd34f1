//! Everything of the account that carries marks of s3setup, whatever manifest it is of. Nothing lists
//! by tag: the Resource Groups Tagging API leaves out users and roles
//! (<https://docs.aws.amazon.com/resourcegroupstagging/latest/userguide/supported-services.html>).

use super::Aws;
use super::address::address;
use super::error::{Call, Error, Result};
use super::gaps::Gaps;
use super::settle::read;
use super::tags::from_iam;
use crate::cloud::{Mark, Marked};
use crate::permissions::Operation;
use crate::resource::{Address, Group, KmsKey, Tags, is_protected, manifest_of};
use aws_sdk_iam::types::EntityType;
use aws_sdk_iam::types::PolicyScopeType;
use aws_sdk_s3::types::Bucket;
use futures::stream::{self, StreamExt};

/// So many are asked for their tags at the same time.
const AT_ONCE: usize = 8;
/// As many buckets as S3 lists at once.
const PAGE: i32 = 1000;

/// What was found, and what could not be read.
type Found = Result<(Vec<Mark>, Gaps)>;

impl Aws {
    pub(super) async fn look_for_marks(&self) -> Result<Marked> {
        let (identities, policies, providers, buckets, keys) = tokio::join!(
            self.marked_identities(),
            self.marked_policies(),
            self.marked_providers(),
            self.marked_buckets(),
            self.marked_keys(),
        );
        let mut marked = Marked::default();
        for found in [identities, policies, providers, buckets, keys] {
            let (marks, gaps) = found?;
            marked.marks.extend(marks);
            marked.unreadable.extend(gaps.alone().unreadable);
        }
        marked
            .marks
            .sort_by(|one, other| one.address.cmp(&other.address));
        Ok(marked)
    }

    /// Users, roles and groups: their tags and paths are all in one listing.
    async fn marked_identities(&self) -> Found {
        let call = Call::new(Operation::IamGetAccountAuthorizationDetails, "*");
        let pages = self.iam.get_account_authorization_details();
        let pages = [EntityType::User, EntityType::Role, EntityType::Group]
            .into_iter()
            .fold(pages, |pages, kind| pages.filter(kind));
        let pages = pages.into_paginator().send();
        let pages = pages.collect::<std::result::Result<Vec<_>, _>>();
        let mut gaps = Gaps::default();
        let pages = read(call, pages).await;
        let pages = gaps.field("users, roles and groups", pages)?;
        let mut marks = Vec::new();
        for page in pages.unwrap_or_default() {
            for role in page.role_detail_list() {
                marks.extend(mark(role.arn().unwrap_or_default(), &from_iam(role.tags())));
            }
            for user in page.user_detail_list() {
                marks.extend(mark(user.arn().unwrap_or_default(), &from_iam(user.tags())));
            }
            for group in page.group_detail_list() {
                let manifest = Group::manifest_of(group.path().unwrap_or_default());
                let arn = group.arn().unwrap_or_default();
                marks.extend(manifest.map(|manifest| Mark {
                    address: Address::of(&address(arn)),
                    manifest: manifest.to_owned(),
                    protected: false,
                }));
            }
        }
        Ok((marks, gaps))
    }

    async fn marked_policies(&self) -> Found {
        let mut gaps = Gaps::default();
        let pages = self.iam.list_policies().scope(PolicyScopeType::Local);
        let pages = pages.into_paginator().items().send();
        let all = pages.collect::<std::result::Result<Vec<_>, _>>();
        let all = read(Call::new(Operation::IamListPolicies, "*"), all).await;
        let all = gaps.field("policies", all)?.unwrap_or_default();
        let arns = all.into_iter().filter_map(|policy| policy.arn);
        let marks = several(arns, |arn| self.policy_tags(arn), &mut gaps).await?;
        Ok((marks, gaps))
    }

    async fn policy_tags(&self, arn: String) -> (String, Result<Tags>) {
        let pages = self.iam.list_policy_tags().policy_arn(&arn);
        let pages = pages.into_paginator().items().send();
        let tags = pages.collect::<std::result::Result<Vec<_>, _>>();
        let tags = read(Call::new(Operation::IamListPolicyTags, &arn), tags).await;
        (arn, tags.map(|tags| from_iam(&tags)))
    }

    async fn marked_providers(&self) -> Found {
        let mut gaps = Gaps::default();
        let all = self.iam.list_open_id_connect_providers().send();
        let all = read(
            Call::new(Operation::IamListOpenIDConnectProviders, "*"),
            all,
        )
        .await;
        let all = gaps.field("OIDC providers", all)?;
        let all = all.and_then(|all| all.open_id_connect_provider_list);
        let arns = all
            .unwrap_or_default()
            .into_iter()
            .filter_map(|one| one.arn);
        let marks = several(arns, |arn| self.provider_tags(arn), &mut gaps).await?;
        Ok((marks, gaps))
    }

    async fn provider_tags(&self, arn: String) -> (String, Result<Tags>) {
        let request = self.iam.get_open_id_connect_provider();
        let request = request.open_id_connect_provider_arn(&arn);
        let call = Call::new(Operation::IamGetOpenIDConnectProvider, &arn);
        let answer = read(call, request.send()).await;
        (arn, answer.map(|answer| from_iam(answer.tags())))
    }

    async fn marked_buckets(&self) -> Found {
        let mut gaps = Gaps::default();
        let s3 = self.regions.client(&self.scope.region);
        let mut buckets: Vec<Bucket> = Vec::new();
        let mut next: Option<String> = None;
        loop {
            let request = s3.list_buckets().max_buckets(PAGE);
            let request = request.set_continuation_token(next.take());
            let page = read(Call::new(Operation::S3ListBuckets, "*"), request.send()).await;
            let Some(page) = gaps.field("buckets", page)? else {
                break;
            };
            buckets.extend(page.buckets.unwrap_or_default());
            next = page.continuation_token.filter(|token| !token.is_empty());
            if next.is_none() {
                break;
            }
        }
        let marks = several(
            buckets.into_iter(),
            |bucket| self.tags_of_bucket(bucket),
            &mut gaps,
        )
        .await?;
        Ok((marks, gaps))
    }

    async fn tags_of_bucket(&self, bucket: Bucket) -> (String, Result<Tags>) {
        let name = bucket.name().unwrap_or_default();
        let region = bucket.bucket_region().unwrap_or(&self.scope.region);
        (self.bucket_arn(name), self.bucket_tags(name, region).await)
    }

    /// Of this region only; those that are going to be deleted are no rest.
    async fn marked_keys(&self) -> Found {
        let mut gaps = Gaps::default();
        let region = self.scope.region.as_str();
        let kms = self.kms.client(region);
        let pages = kms.list_keys().limit(1000).into_paginator().items().send();
        let keys = pages.collect::<std::result::Result<Vec<_>, _>>();
        let keys = read(Call::new(Operation::KmsListKeys, "*"), keys).await;
        let keys = gaps.field("keys of KMS", keys)?.unwrap_or_default();
        let mut asked = stream::iter(keys.into_iter().filter_map(|key| key.key_arn))
            .map(|arn| async move {
                let tags = self.kms_key_tags(region, &arn).await;
                (arn, tags)
            })
            .buffered(AT_ONCE);
        let mut marks = Vec::new();
        while let Some((arn, tags)) = asked.next().await {
            let tags = gaps.field("tags", tags)?.unwrap_or_default();
            let Some(manifest) = manifest_of(&tags) else {
                continue;
            };
            let described = self.describe_kms_key(region, &arn).await;
            let gone = match described {
                Ok(key) => !key.is_alive(),
                Err(error) if error.absent() => true,
                Err(error) if error.denied() => false,
                Err(error) => return Err(error),
            };
            let name = KmsKey::alias_in(&tags).unwrap_or(&arn);
            marks.extend((!gone).then(|| Mark {
                address: Address::new("kms_key", name),
                manifest: manifest.to_owned(),
                protected: is_protected(&tags),
            }));
        }
        Ok((marks, gaps))
    }
}

/// The mark of what has this ARN and these tags, if they are one.
fn mark(arn: &str, tags: &Tags) -> Option<Mark> {
    let with_path = arn.split_once(":policy/");
    let address = match with_path {
        Some((_, name)) => Address::new("policy", name),
        None => Address::of(&address(arn)),
    };
    manifest_of(tags).map(|manifest| Mark {
        address,
        manifest: manifest.to_owned(),
        protected: is_protected(tags),
    })
}

/// The marks of all that `ask` tells an ARN and tags of.
async fn several<T, F: Future<Output = (String, Result<Tags>)>>(
    all: impl Iterator<Item = T>,
    ask: impl Fn(T) -> F,
    gaps: &mut Gaps,
) -> std::result::Result<Vec<Mark>, Error> {
    let mut asked = stream::iter(all.map(ask)).buffered(AT_ONCE);
    let mut marks = Vec::new();
    while let Some((arn, tags)) = asked.next().await {
        let tags = gaps.field("tags", tags)?;
        marks.extend(tags.and_then(|tags| mark(&arn, &tags)));
    }
    Ok(marks)
}
