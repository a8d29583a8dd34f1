//! Access tried at Google: as who has a key, as nobody, and as the caller.

use super::Google;
use super::client::Client;
use super::credentials::Source;
use super::error::{Cause, Error};
use super::key_file::KeyFile;
use crate::policy::Document;
use crate::probe::{Actor, Answer, Left, Means, NoWay, Operation, Place, Probe, Prober, Question};
use crate::resource::{Place as Where, Sink};
use anyhow::Result;
use async_trait::async_trait;
use secrecy::SecretString;
use std::sync::Arc;

/// Somebody who asks.
struct Somebody {
    client: Client,
    project: Option<String>,
    /// Google answers 401 to who shows nothing, and that is a refusal then.
    is_anyone: bool,
}

impl Google {
    fn somebody(&self, source: Option<Source>) -> Arc<dyn Actor> {
        let is_anyone = matches!(source, Some(Source::Nobody));
        Arc::new(Somebody {
            client: match source {
                Some(source) => self.client.asking_as(source),
                None => self.client.clone(),
            },
            project: self.scope.project.clone(),
            is_anyone,
        })
    }
}

#[async_trait]
impl Prober for Google {
    async fn become_by(&self, means: &Means) -> Result<std::result::Result<Arc<dyn Actor>, NoWay>> {
        Ok(match means {
            Means::Key { secret, .. } => Ok(self.somebody(Some(Source::Json(secret.clone())))),
            Means::Assume { .. } => Err(NoWay(
                "no key of it is at hand, and tokens of service accounts are not asked for".into(),
            )),
            Means::Token { .. } => Err(NoWay("tokens are not exchanged here".into())),
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
        self.somebody(None)
    }

    fn caller_arn(&self) -> &str {
        "the caller"
    }

    fn anyone(&self) -> Arc<dyn Actor> {
        self.somebody(Some(Source::Nobody))
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

impl Somebody {
    async fn ask(&self, probe: &Probe) -> super::error::Result<Answer> {
        let bucket = probe.bucket.as_str();
        let key = probe.key.as_deref().unwrap_or_default();
        let done = Answer::Done(None);
        Ok(match probe.operation {
            Operation::List | Operation::Browse => {
                self.client.objects(bucket, key, 1, false).await?;
                done
            }
            Operation::Get => {
                self.client.object(bucket, key).await?;
                done
            }
            Operation::Put => self.put(probe, Some(0)).await?,
            Operation::Overwrite => self.put(probe, None).await?,
            Operation::Delete => {
                self.client.delete_object(bucket, key, None).await?;
                done
            }
            Operation::ReadBucket => {
                self.client.bucket(bucket).await?;
                done
            }
            Operation::ReadPolicy => {
                self.client.bucket_policy(bucket).await?;
                done
            }
            // Setting it would be no try.
            Operation::SetPolicy => {
                let asked = ["storage.buckets.setIamPolicy"];
                let had = self.client.test_bucket_permissions(bucket, &asked).await?;
                match had.is_empty() {
                    true => Answer::Refused("testIamPermissions does not list it".to_owned()),
                    false => done,
                }
            }
            Operation::ListBuckets => match &self.project {
                Some(project) => {
                    self.client.buckets(project).await?;
                    done
                }
                None => Answer::Unclear("no project was given (--project)".to_owned()),
            },
            _ => Answer::Unclear("not tried: it is asked for by another API".to_owned()),
        })
    }

    /// `generation` 0 is of an object that is not there yet.
    async fn put(&self, probe: &Probe, generation: Option<u64>) -> super::error::Result<Answer> {
        let (bucket, key) = (probe.bucket.clone(), probe.key.clone().unwrap_or_default());
        let bytes = b"s3setup verify".to_vec();
        let made = self
            .client
            .insert_object(&bucket, &key, generation, bytes)
            .await;
        let version = match made {
            Ok(object) => object.generation,
            // It was there from the try before, and may be written but for that.
            Err(error) if generation.is_some() && error.conflict() => None,
            Err(error) => return Err(error),
        };
        Ok(Answer::Done(Some(Left::Object {
            bucket,
            region: String::new(),
            key,
            version,
        })))
    }

    /// What an error says of whether it may be done.
    fn judged(&self, probe: &Probe, error: &Error) -> Option<Answer> {
        if let Error::Call(call) = error
            && let Cause::Credentials(_, said) = &call.cause
        {
            return Some(Answer::NotAccepted(said.to_string()));
        }
        let refusal = error.refusal()?;
        let said = refusal.message.clone();
        Some(match () {
            () if error.denied() => Answer::Refused(said),
            () if refusal.unauthenticated() && self.is_anyone => Answer::Refused(said),
            () if refusal.unauthenticated() => Answer::NotAccepted(said),
            // Who may not have it is told so; that an object is not there is told only to who may.
            () if error.absent() && !said.contains("bucket does not exist") => {
                match (probe.operation, &probe.place) {
                    (Operation::Delete, _) | (Operation::Get, Place::OtherBucket) => {
                        Answer::Done(None)
                    }
                    _ => Answer::Unclear(said),
                }
            }
            () => Answer::Unclear(said),
        })
    }
}

#[async_trait]
impl Actor for Somebody {
    async fn act(&self, probe: &Probe) -> Result<Answer> {
        match self.ask(probe).await {
            Ok(answer) => Ok(answer),
            Err(error) => match self.judged(probe, &error) {
                Some(answer) => Ok(answer),
                None => Err(super::hint::explain(error, super::Around::default())),
            },
        }
    }

    async fn clear(&self, left: &Left) -> bool {
        let Left::Object {
            bucket,
            key,
            version,
            ..
        } = left
        else {
            return false;
        };
        let gone = self
            .client
            .delete_object(bucket, key, version.as_deref())
            .await;
        gone.map_or_else(|error| error.absent(), |()| true)
    }

    fn by_plain_http(&self) -> Arc<dyn Actor> {
        Arc::new(Self {
            client: self.client.clone(),
            project: self.project.clone(),
            is_anyone: self.is_anyone,
        })
    }
}
