//! The floors that are fuzzed, and what must hold of them.
#![allow(dead_code, reason = "the floors above use the rest")]

#[path = "../../src/diff/mod.rs"]
pub mod diff;
#[path = "../../src/files.rs"]
pub mod files;
#[path = "../../src/manifest/mod.rs"]
pub mod manifest;
#[path = "../../src/plan/mod.rs"]
pub mod plan;
#[path = "../../src/policy/mod.rs"]
pub mod policy;
#[path = "../properties/mod.rs"]
pub mod properties;
#[path = "../../src/resource/mod.rs"]
pub mod resource;
#[path = "../../src/yaml/mod.rs"]
pub mod yaml;
