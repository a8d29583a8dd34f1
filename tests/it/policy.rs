//! `s3setup policy`: documents on their own, offline.

mod diff;
mod lint;
mod simulate;
