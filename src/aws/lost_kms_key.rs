//! Keys without the alias that they were made for. CreateKey and CreateAlias are two calls, and
//! CreateKey makes another key each time it is called: a run that ends between the two, or an answer
//! that is lost, leaves a key that costs money and that nobody finds by its name. Its tags tell.

use super::Aws;
use super::error::{Call, Error, Result};
use super::settle::read;
use crate::permissions::Operation;
use crate::resource::{KmsKey, Tags, carries};
use aws_sdk_kms::config::retry::RetryConfig;
use aws_sdk_kms::types::Tag;
use futures::stream::{self, StreamExt};

/// So many keys are asked for their tags at the same time.
const AT_ONCE: usize = 8;
/// How often a key is looked for whose creation was not answered: for some seconds, in which KMS
/// lists what it has made.
const LOOKS: u32 = 5;

/// The least number of days that KMS keeps a key which is to be deleted.
const SHORTEST_WINDOW: i32 = 7;

impl Aws {
    /// The key that carries all marks of `want`, wherever its alias went; of several the first one.
    /// All keys of the region are asked for their tags: only worth it where one is to be made.
    pub(super) async fn lost_kms_key(&self, want: &KmsKey) -> Result<Option<String>> {
        let marks = want.marks();
        let marks = &marks;
        let kms = self.kms.client(&want.region);
        let pages = kms.list_keys().limit(1000).into_paginator().items().send();
        let keys = pages.collect::<std::result::Result<Vec<_>, _>>();
        let keys = read(Call::new(Operation::KmsListKeys, "*"), keys).await?;
        let arns = keys.into_iter().filter_map(|key| key.key_arn);
        let mut asked = stream::iter(arns)
            .map(|arn| async move {
                let is_it = self.is_marked(&want.region, &arn, marks).await;
                is_it.map(|is_it| is_it.then_some(arn))
            })
            .buffered(AT_ONCE);
        while let Some(answer) = asked.next().await {
            if let Some(arn) = answer? {
                return Ok(Some(arn));
            }
        }
        Ok(None)
    }

    /// Whether a key carries these marks, and is not on its way out.
    async fn is_marked(&self, region: &str, arn: &str, marks: &Tags) -> Result<bool> {
        match self.kms_key_tags(region, arn).await {
            // Somebody else's key, or one that is gone.
            Err(error) if error.denied() || error.absent() => Ok(false),
            Err(error) => Err(error),
            Ok(tags) if !carries(&tags, marks) => Ok(false),
            Ok(_) => Ok(self.describe_kms_key(region, arn).await?.is_alive()),
        }
    }

    /// A new key, with its marks. Sent once: a second try would make a second key.
    pub(super) async fn new_kms_key(&self, want: &KmsKey) -> Result<String> {
        let kms = self.kms.client(&want.region);
        let (text, tags) = (want.policy.to_json(), to_kms(&want.tags)?);
        let call = Call::new(Operation::KmsCreateKey, "*").naming(&want.policy);
        let made = self
            .write(call, || {
                let once = aws_sdk_kms::config::Builder::new();
                kms.create_key()
                    .set_description(want.description.clone())
                    .policy(&text)
                    .set_tags(Some(tags.clone()).filter(|tags| !tags.is_empty()))
                    .customize()
                    .config_override(once.retry_config(RetryConfig::disabled()))
                    .send()
            })
            .await;
        match made {
            Ok(answer) => answer.key_metadata.and_then(|key| key.arn).ok_or_else(|| {
                Error::ours(
                    "kms:CreateKey answers without an ARN",
                    "check AWS_ENDPOINT_URL",
                )
            }),
            Err(error) if error.uncertain() => self.look_for_kms_key(want, error).await,
            Err(error) => Err(error),
        }
    }

    /// The key that a call made whose answer was lost, or `error` if it made none.
    async fn look_for_kms_key(&self, want: &KmsKey, error: Error) -> Result<String> {
        for look in 0..LOOKS {
            (self.waiting)("the answer to kms:CreateKey was lost: looking for the key by its tags");
            tokio::time::sleep(self.patience.pause(look)).await;
            if let Some(arn) = self.lost_kms_key(want).await? {
                return Ok(arn);
            }
        }
        Err(error.with_hint(
            "the key may have been made all the same: apply again, and it is found by its tags",
        ))
    }

    /// Does away with a key that this call made, and whose alias another run gave to another key at
    /// the same moment: nobody can have used it, and it would cost money. Always fails: the caller goes
    /// on with the other one, if it is the manifest's.
    pub(super) async fn discard_kms_key(&self, want: &KmsKey, arn: &str) -> Result<()> {
        let kms = self.kms.client(&want.region);
        let call = Call::new(Operation::KmsScheduleKeyDeletion, arn);
        let scheduled = self.erase(call, || {
            let request = kms.schedule_key_deletion().key_id(arn);
            request.pending_window_in_days(SHORTEST_WINDOW).send()
        });
        match scheduled.await {
            Ok(()) => Err(Error::Appeared),
            Err(error) => Err(error.with_hint(format!(
                "{} was given to another key since the plan was made, and the one that was made for \
                 it costs money: `aws kms schedule-key-deletion --key-id {arn}`, then plan again",
                want.alias()
            ))),
        }
    }

    /// All tags of a key.
    pub(super) async fn kms_key_tags(&self, region: &str, arn: &str) -> Result<Tags> {
        let kms = self.kms.client(region);
        let pages = kms.list_resource_tags().key_id(arn);
        let tags = pages.into_paginator().items().send();
        let tags = tags.collect::<std::result::Result<Vec<_>, _>>();
        let tags = read(Call::new(Operation::KmsListResourceTags, arn), tags).await?;
        Ok(from_kms(&tags))
    }
}

/// The SDK's tags: KMS has words of its own.
pub(super) fn to_kms(tags: &Tags) -> Result<Vec<Tag>> {
    let tag = |(key, value)| Tag::builder().tag_key(key).tag_value(value).build();
    tags.iter()
        .map(|(key, value)| Ok(tag((key.as_str(), value.as_str()))?))
        .collect()
}

fn from_kms(tags: &[Tag]) -> Tags {
    let pair = |tag: &Tag| (tag.tag_key().to_owned(), tag.tag_value().to_owned());
    tags.iter().map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_survive_the_way_there_and_back() {
        let tags = Tags::from([("a".into(), String::new()), ("b".into(), "c".into())]);
        assert_eq!(from_kms(&to_kms(&tags).unwrap()), tags);
    }
}
