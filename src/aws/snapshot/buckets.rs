//! The account's buckets and their regions, listed.

use super::super::Aws;
use super::super::error::{Call, Result};
use super::super::settle::read;
use super::worth::Asked;
use crate::permissions::Operation;
use std::collections::BTreeMap;

/// As many as S3 lists at once.
const PAGE: i32 = 1000;

impl Aws {
    /// The region of each bucket that is asked for and is listed; one that is not may be on a page that
    /// was not read.
    pub(super) async fn list_buckets(&self, asked: &Asked) -> Result<BTreeMap<String, String>> {
        let s3 = self.regions.client(&self.scope.region);
        let mut found = BTreeMap::new();
        let mut token: Option<String> = None;
        for _ in 0..asked.pages_of_buckets() {
            let request = s3
                .list_buckets()
                .max_buckets(PAGE)
                .set_continuation_token(token.take());
            let page = read(Call::new(Operation::S3ListBuckets, "*"), request.send()).await?;
            for bucket in page.buckets.unwrap_or_default() {
                if let (Some(name), Some(region)) = (bucket.name, bucket.bucket_region)
                    && asked.buckets.contains(&name)
                {
                    found.insert(name, region);
                }
            }
            token = page.continuation_token.filter(|token| !token.is_empty());
            if token.is_none() {
                break;
            }
        }
        Ok(found)
    }
}
