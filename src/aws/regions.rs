//! S3 clients by region, each made once, and where buckets were found to be; and clients with other
//! credentials than the caller's.

use super::genuine::Genuine;
use super::probe::As;
use crate::cloud::Counter;
use crate::resource::dns_suffix;
use aws_config::SdkConfig;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::{Builder, Region, SharedCredentialsProvider};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The clients of one account; clones share them.
#[derive(Clone)]
pub(super) struct Regions {
    base: SdkConfig,
    partition: String,
    /// Where S3 is, unless it is AWS's own.
    endpoint: Option<String>,
    counter: Counter,
    clients: Arc<Mutex<BTreeMap<String, Client>>>,
    buckets: Arc<Mutex<BTreeMap<String, String>>>,
}

impl Regions {
    /// `endpoint` is where S3 is, unless it is AWS's own.
    pub(super) fn new(
        base: SdkConfig,
        partition: &str,
        endpoint: Option<String>,
        counter: Counter,
    ) -> Self {
        Self {
            base,
            partition: partition.to_owned(),
            endpoint,
            counter,
            clients: Arc::default(),
            buckets: Arc::default(),
        }
    }

    /// The client of this region.
    pub(super) fn client(&self, region: &str) -> Client {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        clients
            .entry(region.to_owned())
            .or_insert_with(|| {
                let config = self.config(&self.base, region);
                let config = config.retry_partition(super::connect::adaptive("s3"));
                Client::from_conf(config.build())
            })
            .clone()
    }

    /// A server other than AWS rarely has a DNS name for each bucket: there the bucket goes into
    /// the path instead of the host name.
    fn config(&self, base: &SdkConfig, region: &str) -> Builder {
        Builder::from(base)
            .region(Region::new(region.to_owned()))
            .force_path_style(self.endpoint.is_some())
            .interceptor(self.counter.clone())
            .interceptor(Genuine)
            .retry_classifier(Genuine)
    }

    /// A client of this region for somebody else than the caller, or by another transport.
    pub(super) fn client_as(&self, who: &As, region: &str, plain_http: bool) -> Client {
        let base = match who {
            As::Caller => self.base.clone(),
            As::Key(key) => {
                let provider = SharedCredentialsProvider::new(key.clone());
                let base = self.base.clone().into_builder();
                base.credentials_provider(provider).build()
            }
            As::Anyone => {
                let mut base = self.base.clone().into_builder();
                base.set_credentials_provider(None);
                base.build()
            }
        };
        // A refusal is an answer here, and not one of a busy server: no long retries.
        let mut config = self
            .config(&base, region)
            .retry_config(RetryConfig::standard().with_max_attempts(3));
        if matches!(who, As::Anyone) {
            config = config.allow_no_auth();
        }
        if plain_http {
            config = config.endpoint_url(self.plain_endpoint(region));
        }
        Client::from_conf(config.build())
    }

    /// Whether requests go by plain HTTP as it is.
    pub(super) fn is_plain_http(&self) -> bool {
        self.endpoint
            .as_ref()
            .is_some_and(|url| url.starts_with("http:"))
    }

    /// S3 without TLS
    /// (<https://docs.aws.amazon.com/general/latest/gr/s3.html>).
    fn plain_endpoint(&self, region: &str) -> String {
        match &self.endpoint {
            Some(url) => url.replacen("https:", "http:", 1),
            None => {
                let suffix = dns_suffix(&self.partition);
                format!("http://s3.{region}.{suffix}")
            }
        }
    }

    /// Remembers where a bucket is.
    pub(super) fn found(&self, bucket: &str, region: &str) {
        self.buckets
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(bucket.to_owned(), region.to_owned());
    }

    /// Where the bucket is, or should be.
    pub(super) fn of(&self, bucket: &str, otherwise: &str) -> String {
        self.buckets
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(bucket)
            .cloned()
            .unwrap_or_else(|| otherwise.to_owned())
    }
}
