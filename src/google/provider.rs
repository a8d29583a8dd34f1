//! Providers of workload identity pools. One that was deleted is there for 30 days, vouches for nobody,
//! and is had back.

use super::Google;
use super::api::{self, Oidc, State};
use super::change::{Fields, to_write};
use super::error::Result;
use super::gaps::Gaps;
use super::pool;
use super::role::description;
use crate::cloud::Observation;
use crate::permissions::Method;
use crate::resource::Google as Kind;
use crate::resource::google::Provider;
use crate::resource::google::marks::from_marks;
use serde_json::Value;

/// The issuer of a provider that has none: of AWS, or of SAML.
const NONE: &str = "none";

fn full_name(provider: &Provider) -> String {
    let (pool, id) = provider.ids();
    format!(
        "{}/providers/{id}",
        pool::full_name(&provider.project, pool)
    )
}

fn read(want: &Provider, provider: &api::Provider) -> Provider {
    let (description, tags, _) = from_marks(&provider.description);
    let (pool, id) = want.ids();
    let oidc = provider.oidc.as_ref();
    let issuer = oidc.map_or(NONE, |oidc| oidc.issuer_uri.as_str());
    let audiences = oidc.map(|oidc| oidc.allowed_audiences.iter().cloned());
    let condition = Some(provider.attribute_condition.clone());
    Provider {
        display_name: Some(provider.display_name.clone()),
        description: Some(description),
        disabled: provider.disabled,
        deleted: provider.state == State::Deleted,
        audiences: audiences.into_iter().flatten().collect(),
        attribute_mapping: provider.attribute_mapping.clone(),
        attribute_condition: condition.filter(|text| !text.is_empty()),
        tags,
        ..Provider::named(pool, id, &want.project, issuer)
    }
}

fn written(provider: &Provider) -> api::Provider {
    let audiences = provider.audiences.iter().cloned();
    api::Provider {
        display_name: provider.display_name.clone().unwrap_or_default(),
        description: description(provider.description.as_deref(), &provider.tags),
        disabled: provider.disabled,
        attribute_mapping: provider.attribute_mapping.clone(),
        attribute_condition: provider.attribute_condition.clone().unwrap_or_default(),
        oidc: Some(Oidc {
            issuer_uri: provider.issuer.clone(),
            allowed_audiences: audiences.collect(),
        }),
        ..api::Provider::default()
    }
}

pub(super) fn fields(provider: &Provider) -> Fields {
    match serde_json::to_value(written(provider)) {
        Ok(Value::Object(fields)) => fields,
        _ => Fields::new(),
    }
}

impl Google {
    async fn seen_provider(&self, want: &Provider) -> Result<api::Provider> {
        let (pool, id) = want.ids();
        self.client.provider(&want.project, pool, id).await
    }

    pub(super) async fn observe_provider(&self, want: &Provider) -> Result<Observation> {
        let mut gaps = Gaps::default();
        let provider = self.seen_provider(want).await;
        Ok(match gaps.whole(provider)? {
            Some(provider) => gaps.around(Kind::Provider(read(want, &provider))),
            None => gaps.alone(),
        })
    }

    pub(super) async fn create_provider(&self, want: &Provider) -> Result<()> {
        let (pool, id) = want.ids();
        let provider = written(want);
        self.write(Method::ProvidersCreate, &full_name(want), || {
            self.client
                .create_provider(&want.project, pool, id, &provider)
        })
        .await?;
        self.known.made(&full_name(want));
        Ok(())
    }

    pub(super) async fn update_provider(&self, have: &Provider, want: &Provider) -> Result<()> {
        let (pool, id) = want.ids();
        let name = full_name(want);
        if have.deleted && !want.deleted {
            let back = self
                .write(Method::ProvidersUndelete, &name, || {
                    self.client.undelete_provider(&want.project, pool, id)
                })
                .await;
            self.known.made(&name);
            if let Err(error) = back {
                // An answer that was lost, or somebody else.
                let provider = self.seen_provider(want).await;
                if provider.is_ok_and(|provider| provider.state == State::Deleted) {
                    return Err(error);
                }
            }
        }
        let now = self.settled(|| self.seen_provider(want)).await?;
        let what = format!("workload_identity_provider.{}", want.name);
        let now = fields(&read(want, &now));
        let written = to_write(&what, &fields(have), &now, &fields(want))?;
        if written.is_empty() {
            return Ok(());
        }
        let mask: Vec<&str> = written.keys().map(String::as_str).collect();
        let provider = self::written(want);
        self.write(Method::ProvidersPatch, &name, || {
            self.client
                .patch_provider(&want.project, pool, id, &provider, &mask)
        })
        .await
    }

    pub(super) async fn delete_provider(&self, have: &Provider) -> Result<()> {
        if have.deleted {
            return Ok(());
        }
        let (pool, id) = have.ids();
        let gone = self
            .erase(Method::ProvidersDelete, &full_name(have), || {
                self.client.delete_provider(&have.project, pool, id)
            })
            .await;
        match gone {
            Ok(()) => Ok(()),
            Err(error) => match self.seen_provider(have).await {
                Ok(provider) if provider.state == State::Deleted => Ok(()),
                _ => Err(error),
            },
        }
    }
}
