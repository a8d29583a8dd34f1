//! Access tried at Google: as who has a key or a token, as nobody, and as the caller.

mod act;
mod becoming;

use super::Google;
use super::credentials::Source;
use super::key_file::KeyFile;
use crate::policy::Document;
use crate::probe::{Actor, Means, NoWay, Prober, Question};
use crate::resource::{Place as Where, Sink};
use act::Somebody;
use anyhow::Result;
use async_trait::async_trait;
use secrecy::SecretString;
use std::sync::Arc;
use tokio::time::Instant;

impl Google {
    /// Whoever shows this; the caller, if it is nothing of its own.
    pub(super) fn somebody(
        &self,
        source: Option<Source>,
        until: Option<Instant>,
    ) -> Arc<dyn Actor> {
        let is_anyone = matches!(source, Some(Source::Nobody));
        Arc::new(Somebody {
            client: match source {
                Some(source) => self.client.asking_as(source),
                None => self.client.clone(),
            },
            project: self.scope.project.clone(),
            is_anyone,
            until,
        })
    }
}

#[async_trait]
impl Prober for Google {
    async fn become_by(&self, means: &Means) -> Result<std::result::Result<Arc<dyn Actor>, NoWay>> {
        Ok(match means {
            Means::Key { secret, .. } => {
                let source = Source::Json(secret.clone());
                Ok(self.somebody(Some(source), None))
            }
            Means::Assume { role, .. } => self.as_account(role).await?,
            Means::Token { role, token } => self.as_identity(role, token).await?,
        })
    }

    async fn whose(&self, means: &Means) -> Option<String> {
        match means {
            Means::Key { secret, .. } => KeyFile::of(secret.clone())?.email,
            Means::Assume { .. } | Means::Token { .. } => None,
        }
    }

    /// What is kept for some time stays, and is told as left.
    async fn locks_objects(&self, _bucket: &str, _region: &str) -> bool {
        false
    }

    async fn key_in(&self, sink: &Sink) -> std::result::Result<(String, SecretString), NoWay> {
        let found = match &sink.place {
            Where::File { path, .. } => {
                KeyFile::at(path).map_err(|error| NoWay(format!("{path}: {error}")))?
            }
            Where::GoogleSecretManager { project, name } => {
                let newest = self.client.newest_version(project, name).await;
                let unread = |why: String| NoWay(format!("the secret {name} is not read: {why}"));
                let newest = newest.map_err(|error| unread(error.to_string()))?;
                KeyFile::of(newest.ok_or_else(|| unread("it is no text".to_owned()))?)
            }
            Where::GithubActions { .. } => {
                return Err(NoWay("GitHub gives no secret back".to_owned()));
            }
            Where::Stdout => {
                return Err(NoWay(
                    "its key was printed once, and is nowhere else".to_owned(),
                ));
            }
            _ => return Err(NoWay(format!("{} is not read", sink.where_it_is()))),
        };
        match found {
            Some(key) => Ok((key.id, key.text)),
            None => Err(NoWay(format!(
                "{} holds no key of a service account",
                sink.where_it_is()
            ))),
        }
    }

    fn caller(&self) -> Arc<dyn Actor> {
        self.somebody(None, None)
    }

    fn caller_arn(&self) -> &str {
        "the caller"
    }

    fn anyone(&self) -> Arc<dyn Actor> {
        self.somebody(Some(Source::Nobody), None)
    }

    fn is_plain_http(&self) -> bool {
        let instead = self.client.instead();
        instead.is_some_and(|url| url.starts_with("http://"))
    }

    async fn other_bucket(&self, than: &str) -> Option<(String, String)> {
        let project = self.scope.project.as_deref()?;
        let buckets = self.client.buckets(project).await.ok()?;
        let mut others = buckets.into_iter().filter(|bucket| bucket.name != than);
        others.next().map(|bucket| (bucket.name, String::new()))
    }

    async fn managed_document(&self, _arn: &str) -> Option<Document> {
        None
    }

    async fn simulate(&self, _question: &Question) -> Option<bool> {
        None
    }
}
