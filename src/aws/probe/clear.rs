//! What tries have left is taken away.

use super::act::Somebody;
use crate::probe::Left;

impl Somebody {
    /// Whether it is gone.
    pub(super) async fn remove(&self, left: &Left) -> bool {
        match left {
            Left::Object {
                bucket,
                region,
                key,
                version,
            } => {
                let request = self.client(region).delete_object().bucket(bucket).key(key);
                request.set_version_id(version.clone()).send().await.is_ok()
            }
            Left::Upload {
                bucket,
                region,
                key,
                id,
            } => {
                let client = self.client(region);
                let request = client.abort_multipart_upload().bucket(bucket).key(key);
                request.upload_id(id).send().await.is_ok()
            }
        }
    }
}
