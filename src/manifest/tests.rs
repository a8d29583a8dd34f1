//! Tests of whole manifests.
