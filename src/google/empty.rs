//! Emptying a bucket that is to be removed with its objects.

use super::Google;
use super::error::Result;
use crate::permissions::Method;
use crate::resource::google::Bucket;
use futures::stream::{FuturesUnordered, TryStreamExt as _};

/// As many objects as Google lists at once.
pub(super) const PAGE: u32 = 1000;
/// How many are removed at the same time.
const AT_ONCE: usize = 16;

impl Google {
    /// Removes all objects of a bucket, superseded ones too.
    pub(super) async fn empty_bucket(&self, bucket: &str) -> Result<()> {
        let name = Bucket::full_name(bucket);
        loop {
            let page = match self.client.objects(bucket, "", PAGE, true).await {
                Err(error) if error.absent() => return Ok(()),
                page => page?,
            };
            if page.items.is_empty() {
                return Ok(());
            }
            for some in page.items.chunks(AT_ONCE) {
                let removals: FuturesUnordered<_> = some
                    .iter()
                    .map(|object| {
                        self.erase(Method::ObjectsDelete, &name, || {
                            let generation = object.generation.as_deref();
                            self.client.delete_object(bucket, &object.name, generation)
                        })
                    })
                    .collect();
                removals.try_collect::<()>().await?;
            }
            let (told, more) = (page.items.len(), page.next.is_some());
            if !more {
                // Versions may have come in the meantime; the last look finds none.
                continue;
            }
            (self.client.waiting)(&format!("{told} objects of {bucket} are removed"));
        }
    }
}
