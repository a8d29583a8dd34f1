//! One request as somebody, and what its answer says of whether it may be made.

use super::super::client::Client;
use super::super::error::{Cause, Error, Result as Answered};
use super::super::{Around, hint};
use crate::probe::{Actor, Answer, Left, Operation, Place, Probe};
use anyhow::Result;
use async_trait::async_trait;
use std::sync::Arc;
use tokio::time::Instant;

/// An upload that does not exist: whoever may not end one is told so all the same.
const NO_UPLOAD: &str = "s3setup-verify-no-such-upload";

/// Somebody who asks.
#[derive(Clone)]
pub(super) struct Somebody {
    pub(super) client: Client,
    pub(super) project: Option<String>,
    /// Google answers 401 to who shows nothing, and that is a refusal then.
    pub(super) is_anyone: bool,
    /// When the token ends that is shown: from then on 401 says nothing of who it is of.
    pub(super) until: Option<Instant>,
}

impl Somebody {
    async fn ask(&self, probe: &Probe) -> Answered<Answer> {
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
            // What it is given is of no use to anybody, and ends by itself.
            Operation::ActAs => {
                self.client.access_token(key).await?;
                done
            }
            Operation::ListBuckets => match &self.project {
                Some(project) => {
                    self.client.buckets(project).await?;
                    done
                }
                None => Answer::Unclear("no project was given (--project)".to_owned()),
            },
            Operation::StartUpload => {
                let id = self.client.begin_upload(bucket, key).await?;
                Answer::Done(Some(Left::Upload {
                    bucket: bucket.to_owned(),
                    region: String::new(),
                    key: key.to_owned(),
                    id,
                }))
            }
            Operation::AbortUpload => {
                let id = probe.upload.as_deref().unwrap_or(NO_UPLOAD);
                self.client.abort_upload(bucket, key, id).await?;
                done
            }
            Operation::ListUploads => {
                self.client.uploads(bucket).await?;
                done
            }
            _ => Answer::Unclear("not tried: Google has no such request".to_owned()),
        })
    }

    /// `generation` 0 is of an object that is not there yet.
    async fn put(&self, probe: &Probe, generation: Option<u64>) -> Answered<Answer> {
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
            () if refusal.unauthenticated()
                && self.until.is_some_and(|it| it <= Instant::now()) =>
            {
                Answer::Unclear("the token has come to its end: --wait less".to_owned())
            }
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
                None => Err(hint::explain(error, Around::default())),
            },
        }
    }

    async fn clear(&self, left: &Left) -> bool {
        let gone = match left {
            Left::Object {
                bucket,
                key,
                version,
                ..
            } => {
                let version = version.as_deref();
                self.client.delete_object(bucket, key, version).await
            }
            Left::Upload {
                bucket, key, id, ..
            } => self.client.abort_upload(bucket, key, id).await,
        };
        gone.map_or_else(|error| error.absent(), |()| true)
    }

    fn by_plain_http(&self) -> Arc<dyn Actor> {
        Arc::new(self.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::Options;
    use super::super::super::error::{Call, Refusal};
    use super::*;
    use crate::permissions::Method;
    use std::time::Duration;

    fn judged(is_anyone: bool, until: Option<Instant>, status: u16, code: &str) -> Option<Answer> {
        let options = Options {
            endpoint: Some("http://127.0.0.1:9".into()),
            budget: None,
            per_second: None,
            timeout: Duration::from_secs(1),
        };
        let somebody = Somebody {
            client: Client::new(&options, Arc::new(|_| {})).unwrap(),
            project: None,
            is_anyone,
            until,
        };
        let probe = Probe {
            operation: Operation::AbortUpload,
            place: Place::Bucket,
            bucket: "b".into(),
            region: String::new(),
            key: None,
            upload: None,
        };
        let refusal = Refusal {
            status,
            code: code.to_owned(),
            message: "said".into(),
            ..Refusal::default()
        };
        let call = Call::new(Method::UploadsAbort, "b");
        let error = Error::of(&call, Cause::Refused(Box::new(refusal)));
        somebody.judged(&probe, &error)
    }

    #[test]
    fn a_token_that_has_ended_says_nothing_of_who_has_it() {
        let said = || "said".to_owned();
        let now = Instant::now();
        let later = Some(now + Duration::from_secs(60));
        let unknown = |until| judged(false, until, 401, "authError");
        assert_eq!(unknown(None), Some(Answer::NotAccepted(said())));
        assert_eq!(unknown(later), Some(Answer::NotAccepted(said())));
        assert!(matches!(unknown(Some(now)), Some(Answer::Unclear(why)) if why.contains("--wait")));
        let nobody = judged(true, None, 401, "AuthenticationRequired");
        assert_eq!(nobody, Some(Answer::Refused(said())));
        // Whether one may end an upload that is not there is not told for sure.
        let missing = judged(false, None, 404, "NoSuchUpload");
        assert_eq!(missing, Some(Answer::Unclear(said())));
        let denied = judged(false, None, 403, "AccessDenied");
        assert_eq!(denied, Some(Answer::Refused(said())));
    }
}
