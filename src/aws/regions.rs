//! S3 clients by region, each made once, and where buckets were found to be.

use super::calls::Counter;
use super::whole::Whole;
use aws_config::SdkConfig;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::{Builder, Region};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// The clients of one account.
pub(super) struct Regions {
    base: SdkConfig,
    path_style: bool,
    counter: Counter,
    clients: Mutex<BTreeMap<String, Client>>,
    buckets: Mutex<BTreeMap<String, String>>,
}

impl Regions {
    /// `path_style` puts the bucket into the path instead of the host name: servers other than AWS
    /// rarely have a DNS name for each bucket.
    pub(super) fn new(base: SdkConfig, path_style: bool, counter: Counter) -> Self {
        Self {
            base,
            path_style,
            counter,
            clients: Mutex::default(),
            buckets: Mutex::default(),
        }
    }

    /// The client of this region.
    pub(super) fn client(&self, region: &str) -> Client {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        clients
            .entry(region.to_owned())
            .or_insert_with(|| {
                let config = Builder::from(&self.base)
                    .region(Region::new(region.to_owned()))
                    .force_path_style(self.path_style)
                    .retry_partition(super::connect::adaptive("s3"))
                    .interceptor(self.counter.clone())
                    .interceptor(Whole);
                Client::from_conf(config.build())
            })
            .clone()
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
