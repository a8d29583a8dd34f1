//! What can be tried: the requests by which people and tools use a bucket.

use serde::{Deserialize, Serialize};

/// A request to S3, or to what takes its place at another provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// List the keys under a prefix.
    List,
    /// List one level of a folder.
    Browse,
    /// Read an object.
    Get,
    /// Write an object.
    Put,
    /// Write an object with the header that asks for SSE-S3.
    PutEncrypted,
    /// Write an object with the header that asks for SSE-KMS, by the key that AWS keeps for S3.
    PutWithKms,
    /// Write over an object that is there.
    Overwrite,
    /// Delete an object.
    Delete,
    /// Set the ACL of an object.
    PutAcl,
    /// Read the tags of an object.
    GetTags,
    /// Write the tags of an object.
    PutTags,
    /// Read a version of an object.
    GetVersion,
    /// Delete a version of an object.
    DeleteVersion,
    /// Begin an upload in parts.
    StartUpload,
    /// List the parts of an upload.
    ListParts,
    /// Give an upload in parts up.
    AbortUpload,
    /// List the unfinished uploads of the bucket.
    ListUploads,
    /// List the versions of objects.
    ListVersions,
    /// Ask in which region the bucket is.
    Location,
    /// Read the bucket's settings.
    ReadBucket,
    /// Read the bucket's policy.
    ReadPolicy,
    /// Set the bucket's policy: the provider is only asked whether one may.
    SetPolicy,
    /// List the buckets of the account.
    ListBuckets,
    /// Act as a service account: be given a token of it.
    ActAs,
    /// Make the bucket.
    CreateBucket,
    /// Anything else.
    Other,
}

/// When something is tried: what is written comes before what is read, and what is read before it
/// is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// What puts something there.
    Write,
    /// What leaves everything as it is.
    Look,
    /// What takes away what was put there.
    Remove,
}

impl Operation {
    /// In a few words.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Browse => "browse",
            Self::Get => "get",
            Self::Put => "put",
            Self::PutEncrypted => "put with SSE-S3",
            Self::PutWithKms => "put with SSE-KMS",
            Self::Overwrite => "write over",
            Self::Delete => "delete",
            Self::PutAcl => "set an ACL",
            Self::GetTags => "get tags",
            Self::PutTags => "put tags",
            Self::GetVersion => "get a version",
            Self::DeleteVersion => "delete a version",
            Self::StartUpload => "begin an upload in parts",
            Self::ListParts => "list parts",
            Self::AbortUpload => "abort an upload",
            Self::ListUploads => "list uploads",
            Self::ListVersions => "list versions",
            Self::Location => "ask for the region",
            Self::ReadBucket => "read the settings",
            Self::ReadPolicy => "read the policy",
            Self::SetPolicy => "set the policy",
            Self::ListBuckets => "list all buckets",
            Self::ActAs => "act as it",
            Self::CreateBucket => "create the bucket",
            Self::Other => "more than is tried",
        }
    }

    /// When it is tried.
    #[must_use]
    pub fn phase(self) -> Phase {
        match self {
            Self::Put | Self::PutEncrypted | Self::PutWithKms | Self::StartUpload => Phase::Write,
            Self::Delete | Self::DeleteVersion | Self::AbortUpload => Phase::Remove,
            _ => Phase::Look,
        }
    }

    /// Whether trying it could harm what is there, so that it is never tried.
    #[must_use]
    pub fn is_never_tried(self) -> bool {
        // In us-east-1 it succeeds on a bucket of one's own, and resets its ACL.
        matches!(self, Self::CreateBucket | Self::Other)
    }
}
