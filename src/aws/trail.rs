//! Who has changed what, from CloudTrail's event history: management events of the last 90 days, one
//! history a region (<https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html>).

use super::Aws;
use super::error::{Call, Result};
use super::gaps::Gaps;
use super::genuine::Genuine;
use super::settle::read;
use crate::cloud::{Counter, Pace};
use crate::permissions::Operation;
use crate::plan::{Changed, History, Unreadable};
use crate::resource::{Resource, partition_of};
use crate::secrets;
use aws_config::SdkConfig;
use aws_sdk_cloudtrail::Client;
use aws_sdk_cloudtrail::config::{Builder, Region};
use aws_sdk_cloudtrail::types::{Event, LookupAttribute, LookupAttributeKey};
use aws_smithy_types::date_time::Format;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::num::NonZeroU16;
use std::sync::{Mutex, PoisonError};

/// As many events as CloudTrail gives at once.
const PAGE: i32 = 50;
/// No more pages are read of one resource: reads are events, too, and a job makes many.
const PAGES: usize = 5;
/// So many changes of one resource are told.
const MOST: usize = 3;
/// CloudTrail takes two lookups a second in each region of an account.
const PER_SECOND: NonZeroU16 = NonZeroU16::new(2).unwrap();

/// The clients of one account, by region, and whose turn it is.
pub(super) struct Trail {
    base: SdkConfig,
    counter: Counter,
    clients: Mutex<BTreeMap<String, Client>>,
    pace: Pace,
    /// Regions in which the caller may not look: asked once.
    refused: Mutex<BTreeMap<String, Unreadable>>,
}

impl Trail {
    pub(super) fn new(base: SdkConfig, counter: Counter) -> Self {
        Self {
            base,
            counter,
            clients: Mutex::default(),
            pace: Pace::per_second(PER_SECOND),
            refused: Mutex::default(),
        }
    }

    fn client(&self, region: &str) -> Client {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        clients
            .entry(region.to_owned())
            .or_insert_with(|| {
                let config = Builder::from(&self.base)
                    .region(Region::new(region.to_owned()))
                    .retry_partition(super::connect::adaptive("cloudtrail"))
                    .interceptor(self.counter.clone())
                    .interceptor(Genuine)
                    .retry_classifier(Genuine);
                Client::from_conf(config.build())
            })
            .clone()
    }

    fn refusal(&self, region: &str) -> Option<Unreadable> {
        let refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        refused.get(region).cloned()
    }
}

/// What the events of a resource have in common.
struct Sought {
    region: String,
    /// What they name it.
    name: String,
    /// Of its service: `iam.amazonaws.com`.
    source: &'static str,
    /// What they call its kind, where a name may be that of several kinds.
    kind: Option<&'static str>,
    /// Whether an event of this name is about it, and not about something that goes by its name.
    is_of_it: fn(&str) -> bool,
}

impl Aws {
    pub(super) async fn look_up_history(&self, of: &Resource) -> Result<History> {
        let sought = self.sought(of);
        let region = &sought.region;
        let mut history = History {
            unreadable: self.trail.refusal(region),
            ..History::default()
        };
        if history.unreadable.is_some() {
            return Ok(history);
        }
        let client = self.trail.client(region);
        let mut next: Option<String> = None;
        for _ in 0..PAGES {
            self.trail.pace.turn(region).await;
            let name = LookupAttribute::builder()
                .attribute_key(LookupAttributeKey::ResourceName)
                .attribute_value(&sought.name)
                .build()?;
            let request = client
                .lookup_events()
                .lookup_attributes(name)
                .max_results(PAGE)
                .set_next_token(next.take());
            let call = Call::new(Operation::CloudTrailLookupEvents, "*");
            let mut gaps = Gaps::default();
            let Some(page) = gaps.field("", read(call, request.send()).await)? else {
                history.unreadable = gaps.alone().unreadable.pop();
                let mut refused = self.trail.refused.lock();
                if let (Ok(refused), Some(gap)) = (&mut refused, &history.unreadable) {
                    refused.insert(region.clone(), gap.clone());
                }
                return Ok(history);
            };
            let events = page.events.unwrap_or_default();
            let told = events.iter().filter_map(|event| sought.changed(event));
            history.changes.extend(told);
            next = page.next_token.filter(|token| !token.is_empty());
            history.since = match next.is_some() {
                true => events.last().and_then(moment),
                false => None,
            };
            if next.is_none() || !history.changes.is_empty() {
                break;
            }
        }
        history.changes.truncate(MOST);
        Ok(history)
    }

    /// How the events of a resource are found. Those of IAM are in one region of a partition.
    fn sought(&self, of: &Resource) -> Sought {
        let iam = |name: &str, kind, is_of_it| Sought {
            region: home(&self.scope.partition).to_owned(),
            name: name.to_owned(),
            source: "iam.amazonaws.com",
            kind,
            is_of_it,
        };
        let s3 = |name: &str, region: &str, is_of_it| Sought {
            region: self.regions.of(name, region),
            name: name.to_owned(),
            source: "s3.amazonaws.com",
            kind: Some("AWS::S3::Bucket"),
            is_of_it,
        };
        let any: fn(&str) -> bool = |_| true;
        match of {
            Resource::Role(role) => iam(&role.name, Some("AWS::IAM::Role"), any),
            Resource::Group(group) => iam(&group.name, Some("AWS::IAM::Group"), any),
            Resource::User(user) => {
                let is_of_it = |event: &str| !event.contains("AccessKey");
                iam(&user.name, Some("AWS::IAM::User"), is_of_it)
            }
            Resource::AccessKey(key) => {
                let is_of_it = |event: &str| event.contains("AccessKey") || event == "DeleteUser";
                iam(&key.name, Some("AWS::IAM::User"), is_of_it)
            }
            // Their requests name them by ARN.
            Resource::Policy(_) | Resource::OidcProvider(_) => {
                iam(&of.arn(&self.scope).unwrap_or_default(), None, any)
            }
            Resource::Bucket(bucket) => s3(&bucket.name, &bucket.region, |event| {
                !event.contains("BucketPolicy")
            }),
            Resource::BucketPolicy(policy) => s3(&policy.name, &self.scope.region, |event| {
                event.contains("BucketPolicy") || event == "DeleteBucket"
            }),
            // Behind another door.
            Resource::Google(_) => iam("", None, |_| false),
            // What was read of it has told which key it is; else there is only the alias.
            Resource::KmsKey(key) => Sought {
                name: self
                    .kms
                    .of(&key.region, &key.name)
                    .or_else(|| of.arn(&self.scope))
                    .unwrap_or_default(),
                region: key.region.clone(),
                source: "kms.amazonaws.com",
                kind: None,
                is_of_it: any,
            },
        }
    }
}

/// Where IAM's events of a partition are
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html>).
fn home(partition: &str) -> &'static str {
    const HOMES: [&str; 8] = [
        "us-east-1",
        "cn-north-1",
        "us-gov-west-1",
        "eusc-de-east-1",
        "us-iso-east-1",
        "us-isob-east-1",
        "eu-isoe-west-1",
        "us-isof-south-1",
    ];
    let its = HOMES.iter().find(|home| partition_of(home) == partition);
    its.copied().unwrap_or("us-east-1")
}

/// What of an event's own record is told.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Record {
    user_identity: Identity,
    #[serde(rename = "sourceIPAddress")]
    source_ip_address: Option<String>,
    error_code: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Identity {
    arn: Option<String>,
    user_name: Option<String>,
    account_id: Option<String>,
    invoked_by: Option<String>,
}

impl Sought {
    /// What the event has changed of the resource, if it has.
    fn changed(&self, event: &Event) -> Option<Changed> {
        let name = event.event_name()?;
        let is_named = event.resources().iter().any(|one| {
            let its_kind = one.resource_type().filter(|kind| !kind.is_empty());
            one.resource_name() == Some(&self.name)
                && (self.kind.is_none() || its_kind.is_none() || its_kind == self.kind)
        });
        let source = event.event_source()?;
        let reads = event.read_only() == Some("true");
        if reads || source != self.source || !is_named || !(self.is_of_it)(name) {
            return None;
        }
        let record = event.cloud_trail_event().unwrap_or_default();
        let record: Record = serde_json::from_str(record).unwrap_or_default();
        // It was refused, and so has changed nothing.
        if record.error_code.is_some() {
            return None;
        }
        let service = source.split('.').next().unwrap_or_default();
        let said = |text: Option<String>| {
            let text = text.filter(|text| !text.is_empty())?;
            Some(secrets::hide(&text).into_owned())
        };
        let Identity {
            arn,
            user_name,
            account_id,
            invoked_by,
        } = record.user_identity;
        let through = said(invoked_by);
        let named = [arn, user_name, event.username.clone()];
        let who = named.into_iter().find_map(said);
        let account = said(account_id).map(|id| format!("account {id}"));
        Some(Changed {
            at: moment(event).unwrap_or_default(),
            event: secrets::hide(&format!("{service}:{name}")).into_owned(),
            // A service that calls by itself is nobody else.
            who: who
                .or_else(|| through.clone())
                .or(account)
                .unwrap_or_else(|| "somebody who is not named".to_owned()),
            through,
            from: said(record.source_ip_address),
            id: event.event_id().unwrap_or_default().to_owned(),
        })
    }
}

fn moment(event: &Event) -> Option<String> {
    event.event_time()?.fmt(Format::DateTime).ok()
}

#[cfg(test)]
mod tests;
