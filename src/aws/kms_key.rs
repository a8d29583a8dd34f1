//! Keys of KMS, found by their alias. What KMS takes for a key is its id; people know it by its
//! alias, and s3setup writes the full ARN wherever AWS asks for a key.

use super::Aws;
use super::described_key::Described;
use super::document::document;
use super::error::{Call, Error, Result};
use super::gaps::Gaps;
use super::lost_kms_key::to_kms;
use super::replace::Aspect;
use super::role::described;
use super::settle::read;
use crate::cloud::{Observation, look_again};
use crate::permissions::Operation;
use crate::policy::Document;
use crate::resource::{Kind as _, KmsKey, Resource, Tags, carries};

impl Aws {
    /// The key that has this ARN or alias.
    pub(super) async fn describe_kms_key(&self, region: &str, id: &str) -> Result<Described> {
        let on = match id.starts_with("arn:") {
            true => id.to_owned(),
            false => self.any_kms_key(region),
        };
        let get = self.kms.client(region).describe_key().key_id(id);
        let answer = read(Call::new(Operation::KmsDescribeKey, &on), get.send()).await?;
        let found = answer.key_metadata.and_then(|metadata| {
            let arn = metadata.arn()?.to_owned();
            Some(Described { arn, metadata })
        });
        found.ok_or_else(|| {
            Error::ours(
                "kms:DescribeKey answers without an ARN",
                "check AWS_ENDPOINT_URL: this is not the answer of AWS",
            )
        })
    }

    /// What a permission on a key whose id is not known is about.
    fn any_kms_key(&self, region: &str) -> String {
        let (partition, account) = (&self.scope.partition, &self.scope.account);
        format!("arn:{partition}:kms:{region}:{account}:key/*")
    }

    /// The ARN of the key that is behind `alias/NAME` now.
    pub(super) async fn kms_key_behind(&self, region: &str, name: &str) -> Result<Option<String>> {
        match self
            .describe_kms_key(region, &format!("alias/{name}"))
            .await
        {
            Ok(key) => Ok(Some(key.arn)),
            Err(error) if error.absent() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The ARN of the key `name`, which is there or was made by this run.
    pub(super) async fn kms_key_arn(&self, region: &str, name: &str) -> Result<String> {
        if let Some(arn) = self.kms.of(region, name) {
            return Ok(arn);
        }
        self.kms_key_behind(region, name).await?.ok_or_else(|| {
            Error::ours(
                format!("there is no key behind alias/{name} in {region}"),
                "plan again: the manifest makes it",
            )
        })
    }

    pub(super) async fn observe_kms_key(&self, want: &KmsKey) -> Result<Observation> {
        let mut gaps = Gaps::default();
        let answer = self.describe_kms_key(&want.region, &want.alias()).await;
        let Some(found) = gaps.whole(answer)? else {
            return Ok(gaps.alone());
        };
        found.check(&want.alias())?;
        self.kms.found(&want.region, &want.name, &found.arn);
        self.observe_described(want, found, gaps).await
    }

    async fn observe_described(
        &self,
        want: &KmsKey,
        found: Described,
        mut gaps: Gaps,
    ) -> Result<Observation> {
        let (region, arn) = (want.region.as_str(), found.arn.as_str());
        let (policy, rotation, tags) = tokio::join!(
            self.kms_key_policy(region, arn),
            self.kms_key_rotation(region, arn),
            self.kms_key_tags(region, arn),
        );
        let key = KmsKey {
            description: described(found.metadata.description(), want.description.as_ref()),
            enabled: found.is_enabled(),
            rotation: gaps.field("rotation", rotation)?.unwrap_or_default(),
            deletion_window_days: want.deletion_window_days,
            policy: gaps.field("policy", policy)?.unwrap_or_default(),
            tags: gaps.field("tags", tags)?.unwrap_or_default(),
            ..KmsKey::named(&want.name, region)
        };
        Ok(gaps.around(Resource::KmsKey(key)))
    }

    async fn kms_key_policy(&self, region: &str, arn: &str) -> Result<Document> {
        let kms = self.kms.client(region);
        // Each key has exactly one policy, of this name.
        let get = kms.get_key_policy().key_id(arn).policy_name("default");
        let answer = read(Call::new(Operation::KmsGetKeyPolicy, arn), get.send()).await?;
        document(&answer.policy.unwrap_or_default(), "the key policy")
    }

    async fn kms_key_rotation(&self, region: &str, arn: &str) -> Result<bool> {
        let get = self
            .kms
            .client(region)
            .get_key_rotation_status()
            .key_id(arn);
        match read(
            Call::new(Operation::KmsGetKeyRotationStatus, arn),
            get.send(),
        )
        .await
        {
            Ok(answer) => Ok(answer.key_rotation_enabled),
            // Key material that was imported cannot be rotated.
            Err(error) if error.code() == "UnsupportedOperationException" => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Looks first for a key that a run before made: one that has no alias yet, or is to be deleted.
    pub(super) async fn create_kms_key(&self, want: &KmsKey) -> Result<()> {
        if let Some(arn) = self.kms_key_behind(&want.region, &want.name).await? {
            return self.bring_back(want, &arn).await;
        }
        if let Some(arn) = self.lost_kms_key(want).await? {
            self.name_kms_key(want, &arn).await?;
            let found = self.describe_kms_key(&want.region, &arn).await?;
            let have = self.observe_described(want, found, Gaps::default()).await?;
            return match have.resource {
                Some(Resource::KmsKey(have)) => {
                    let whole = want.clone().with_foreign(&have);
                    self.lead_kms_key(&arn, &have, &whole).await
                }
                _ => Ok(()),
            };
        }
        let arn = self.new_kms_key(want).await?;
        self.known.made(&arn);
        if let Err(error) = self.name_kms_key(want, &arn).await {
            return match error {
                Error::Appeared => self.discard_kms_key(want, &arn).await,
                error => Err(error),
            };
        }
        match want.rotation {
            true => self.rotate_kms_key(want, &arn).await,
            false => Ok(()),
        }
    }

    /// Keeps a key that is on its way out and is ours. Any other that is there is not made here.
    async fn bring_back(&self, want: &KmsKey, arn: &str) -> Result<()> {
        let region = want.region.as_str();
        if self.describe_kms_key(region, arn).await?.is_alive() {
            return Err(Error::Appeared);
        }
        if !carries(&self.kms_key_tags(region, arn).await?, &want.marks()) {
            return Err(Error::Appeared);
        }
        let kms = self.kms.client(region);
        self.write(Call::new(Operation::KmsCancelKeyDeletion, arn), || {
            kms.cancel_key_deletion().key_id(arn).send()
        })
        .await?;
        let found = self.describe_kms_key(region, arn).await?;
        let have = self.observe_described(want, found, Gaps::default()).await?;
        match have.resource {
            // It comes back disabled.
            Some(Resource::KmsKey(have)) => {
                let whole = want.clone().with_foreign(&have);
                self.lead_kms_key(arn, &have, &whole).await
            }
            _ => Ok(()),
        }
    }

    /// Gives the key its alias.
    async fn name_kms_key(&self, want: &KmsKey, arn: &str) -> Result<()> {
        let (kms, alias) = (self.kms.client(&want.region), want.alias());
        let named = self
            .write(Call::new(Operation::KmsCreateAlias, arn), || {
                let request = kms.create_alias().alias_name(&alias);
                request.target_key_id(arn).send()
            })
            .await;
        match named {
            // The SDK asks again if the answer is lost.
            Err(error) if error.code() == "AlreadyExistsException" => {
                let behind = look_again(&self.patience, Option::is_none, || {
                    self.kms_key_behind(&want.region, &want.name)
                });
                if behind.await?.as_deref() != Some(arn) {
                    return Err(Error::Appeared);
                }
            }
            other => other.map(drop)?,
        }
        self.kms.found(&want.region, &want.name, arn);
        Ok(())
    }

    pub(super) async fn update_kms_key(&self, have: &KmsKey, want: &KmsKey) -> Result<()> {
        let arn = self.kms_key_arn(&want.region, &want.name).await?;
        self.lead_kms_key(&arn, have, want).await
    }

    /// Marks first, then what makes it usable: a disabled key takes no rotation.
    async fn lead_kms_key(&self, arn: &str, have: &KmsKey, want: &KmsKey) -> Result<()> {
        let kms = &self.kms.client(&want.region);
        let on = format!("kms_key.{}", want.name);
        let region = want.region.as_str();
        let look = || async { self.kms_key_tags(region, arn).await };
        let tag = |tags: Tags| async move {
            let tags = to_kms(&tags)?;
            self.write(Call::new(Operation::KmsTagResource, arn), || {
                let request = kms.tag_resource().key_id(arn);
                request.set_tags(Some(tags.clone())).send()
            })
            .await
            .map(drop)
        };
        let untag = |keys: Vec<String>| async move {
            self.erase(Call::new(Operation::KmsUntagResource, arn), || {
                let request = kms.untag_resource().key_id(arn);
                request.set_tag_keys(Some(keys.clone())).send()
            })
            .await
        };
        self.lead_tags(&on, (&have.tags, &want.tags), look, tag, untag)
            .await?;
        if !have.enabled && want.enabled {
            // AWS takes the id as well as the ARN; the tests' second server knows only the id here.
            let id = arn.rsplit('/').next().unwrap_or(arn);
            self.write(Call::new(Operation::KmsEnableKey, arn), || {
                kms.enable_key().key_id(id).send()
            })
            .await?;
        }
        if have.description != want.description {
            let what = format!("the description of {on}");
            let (seen, wanted) = (have.description.clone(), want.description.clone());
            let look = || async {
                let now = self.describe_kms_key(region, arn).await?;
                Ok(described(
                    now.metadata.description(),
                    want.description.as_ref(),
                ))
            };
            self.replace(Aspect::new(what, seen, wanted), look, |_| async {
                let description = want.description.as_deref().unwrap_or_default();
                let call = Call::new(Operation::KmsUpdateKeyDescription, arn);
                self.write(call, || {
                    let request = kms.update_key_description().key_id(arn);
                    request.description(description).send()
                })
                .await
                .map(drop)
            })
            .await?;
        }
        if have.policy != want.policy {
            let what = format!("the policy of {on}");
            let (seen, wanted) = (have.policy.clone(), want.policy.clone());
            let look = || async {
                let now = self.kms_key_policy(region, arn).await?;
                Ok(Some(self.known.named(&now)))
            };
            let aspect = Aspect::bound(what, Some(seen), Some(wanted));
            self.replace(aspect, look, |_| async {
                let text = want.policy.to_json();
                let call = Call::new(Operation::KmsPutKeyPolicy, arn).naming(&want.policy);
                self.write(call, || {
                    let request = kms.put_key_policy().key_id(arn).policy_name("default");
                    request.policy(&text).send()
                })
                .await
                .map(drop)
            })
            .await?;
        }
        match have.rotation == want.rotation {
            true => Ok(()),
            false => self.rotate_kms_key(want, arn).await,
        }
    }

    async fn rotate_kms_key(&self, want: &KmsKey, arn: &str) -> Result<()> {
        let kms = self.kms.client(&want.region);
        if want.rotation {
            let call = Call::new(Operation::KmsEnableKeyRotation, arn);
            let send = || kms.enable_key_rotation().key_id(arn).send();
            return self.write(call, send).await.map(drop);
        }
        let call = Call::new(Operation::KmsDisableKeyRotation, arn);
        let send = || kms.disable_key_rotation().key_id(arn).send();
        self.write(call, send).await.map(drop)
    }

    /// Schedules it: KMS deletes no key at once. The alias stays, so that whoever wants the key back
    /// finds it.
    pub(super) async fn delete_kms_key(&self, have: &KmsKey) -> Result<()> {
        let Some(arn) = self.kms_key_behind(&have.region, &have.name).await? else {
            return Ok(());
        };
        if !self.describe_kms_key(&have.region, &arn).await?.is_alive() {
            return Ok(());
        }
        let kms = self.kms.client(&have.region);
        self.erase(Call::new(Operation::KmsScheduleKeyDeletion, &arn), || {
            let request = kms.schedule_key_deletion().key_id(&arn);
            request
                .pending_window_in_days(have.deletion_window_days)
                .send()
        })
        .await
    }
}
