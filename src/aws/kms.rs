//! KMS clients by region, each made once, and which key was found behind which alias.

use super::genuine::Genuine;
use crate::cloud::Counter;
use aws_config::SdkConfig;
use aws_sdk_kms::Client;
use aws_sdk_kms::config::{Builder, Region};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// The clients of one account.
pub(super) struct Kms {
    base: SdkConfig,
    counter: Counter,
    clients: Mutex<BTreeMap<String, Client>>,
    /// (Region, alias without `alias/`) → the key's ARN.
    found: Mutex<BTreeMap<(String, String), String>>,
}

impl Kms {
    pub(super) fn new(base: SdkConfig, counter: Counter) -> Self {
        Self {
            base,
            counter,
            clients: Mutex::default(),
            found: Mutex::default(),
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
                    .retry_partition(super::connect::adaptive("kms"))
                    .interceptor(self.counter.clone())
                    .interceptor(Genuine)
                    .retry_classifier(Genuine);
                Client::from_conf(config.build())
            })
            .clone()
    }

    /// Remembers which key is behind an alias: KMS itself may not tell at once what was just made.
    pub(super) fn found(&self, region: &str, name: &str, arn: &str) {
        self.found
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert((region.to_owned(), name.to_owned()), arn.to_owned());
    }

    /// The key behind an alias, as far as this run knows.
    pub(super) fn of(&self, region: &str, name: &str) -> Option<String> {
        self.found
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&(region.to_owned(), name.to_owned()))
            .cloned()
    }
}
