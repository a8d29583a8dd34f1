//! What is tried to see who may do what: operations on a bucket, where, and what comes of it. The
//! traits below are the door to a provider for it, beside that of `crate::cloud`.

mod door;
mod operation;

pub use door::{Actor, Means, NoWay, Prober, Question};
pub use operation::{Operation, Phase};

use serde::{Deserialize, Serialize};
use std::fmt;

/// The name of the sessions in which roles are tried.
pub const SESSION: &str = "s3setup-verify";
/// How the names of objects begin that are written to try something.
pub const PREFIX: &str = "s3setup-verify-";

/// Where something is tried.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// The bucket itself.
    Bucket,
    /// In this folder, which ends with `/`; empty is anywhere in the bucket.
    Folder(String),
    /// The one object of this key, which is not ours to write.
    Key(String),
    /// In the bucket, in a folder that no policy names.
    Elsewhere,
    /// In another bucket of the account.
    OtherBucket,
    /// In the bucket, by plain HTTP.
    PlainHttp,
    /// The whole account.
    Account,
    /// The service account of this id.
    ServiceAccount(String),
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bucket => out.write_str("the bucket"),
            Self::Folder(folder) if folder.is_empty() => out.write_str("anywhere in it"),
            Self::Folder(folder) => out.write_str(folder),
            Self::Key(key) => out.write_str(key),
            Self::Elsewhere => out.write_str("elsewhere in it"),
            Self::OtherBucket => out.write_str("another bucket"),
            Self::PlainHttp => out.write_str("by plain HTTP"),
            Self::Account => out.write_str("the account"),
            Self::ServiceAccount(name) => write!(out, "service_account.{name}"),
        }
    }
}

/// One thing to try.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Probe {
    /// What.
    pub operation: Operation,
    /// Where, in words.
    pub place: Place,
    /// In this bucket.
    pub bucket: String,
    /// The bucket's region.
    pub region: String,
    /// The object, the prefix that is listed, or the address of the service account; `None` is none
    /// at all.
    pub key: Option<String>,
    /// The upload that is ended or looked at; `None` is one that does not exist.
    pub upload: Option<String>,
}

/// What came of a try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It may be done, and was; with what it left behind.
    Done(Option<Left>),
    /// It may not be done; with the provider's words.
    Refused(String),
    /// The credentials are not accepted at all; with the provider's words.
    NotAccepted(String),
    /// It was answered, but not whether it may be done; why.
    Unclear(String),
}

/// Something that a try left in a bucket.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Left {
    /// An object, or one version of it where the bucket keeps versions.
    Object {
        /// Its bucket.
        bucket: String,
        /// The bucket's region.
        #[serde(skip)]
        region: String,
        /// Its key.
        key: String,
        /// Its version.
        #[serde(skip_serializing_if = "Option::is_none")]
        version: Option<String>,
    },
    /// An upload in parts that was begun.
    Upload {
        /// Its bucket.
        bucket: String,
        /// The bucket's region.
        #[serde(skip)]
        region: String,
        /// The key of the object that it would become.
        key: String,
        /// The upload's id.
        id: String,
    },
}

impl Left {
    /// Its key.
    #[must_use]
    pub fn key(&self) -> &str {
        match self {
            Self::Object { key, .. } | Self::Upload { key, .. } => key,
        }
    }
}

impl fmt::Display for Left {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Object { bucket, key, .. } => write!(out, "{bucket}/{key}"),
            Self::Upload { bucket, key, .. } => write!(out, "the upload to {bucket}/{key}"),
        }
    }
}
