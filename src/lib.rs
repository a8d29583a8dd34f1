//! s3setup: a bucket and the identities around it, from one manifest.
//!
//! Imports only run down. `tests/it/floors.rs` reads this table and every `crate::…` path, and
//! fails on one that runs up or sideways; what two leaves share is itself a leaf.
//!
//! | module    | floor | what it is                                                         |
//! |-----------|-------|--------------------------------------------------------------------|
//! | cli       | 7     | one file a command: its arguments, run, exit code                  |
//! | render    | 6     | a plan, a drift report, what verify found, in every form           |
//! | aws       | 6     | the door for AWS; the only place that names the SDK                |
//! | google    | 6     | the door for Google Cloud                                          |
//! | account   | 6     | the door for an account in a file                                  |
//! | report    | 5     | all that a run has to tell: data, kept, merged, told once          |
//! | reconcile | 4     | plan and apply; knows a provider only by the door                  |
//! | verify    | 4     | access proven by trying it, against what the policies promise      |
//! | explain   | 4     | why somebody may or may not: claims and a role, an action          |
//! | access    | 3     | who gains and who loses what by a plan                             |
//! | cloud     | 3     | the door: observe, create, update, delete                          |
//! | probe     | 3     | what is tried, and the door for it                                 |
//! | journal   | 3     | what a run met, began and ended: to be undone                      |
//! | manifest  | 3     | YAML → inputs filled → grants compiled → resources                 |
//! | permissions | 2   | what AWS is called for by kind, and the policy that allows it      |
//! | plan      | 2     | action, change, step, plan: data                                   |
//! | sink      | 2     | places for secrets: forms of files, GitHub                         |
//! | resource  | 1     | one file a kind; desired and observed are one type                 |
//! | run       | 1     | what a run over many manifests and accounts came to: data          |
//! | webhook   | 1     | a message to a webhook, within a bound; its URL is a secret        |
//! | policy    | 0     | IAM policy documents: canonical form, checks, evaluation           |
//! | doctor    | 2     | what was looked at before a run, and how it is                     |
//! | codes     | 0     | what each code of an error means                                   |
//! | diff      | 0     | two values → changes                                               |
//! | http      | 0     | requests that carry a secret: over TLS or to this machine          |
//! | files     | 0     | files replaced at once or not at all                               |
//! | secrets   | 0     | the secrets that this process knows, and texts without them        |
//! | yaml      | 0     | text → tree with positions, errors that show the line              |
//! | vendors   | 0     | the manifests of `manifests/`, built in                            |

// A dependency that nothing names any more goes. Tests have some of their own.
#![cfg_attr(not(test), warn(unused_crate_dependencies))]

pub mod access;
pub mod account;
pub mod aws;
pub mod cli;
pub mod cloud;
pub mod codes;
pub mod diff;
pub mod doctor;
pub mod explain;
pub mod files;
pub mod google;
pub mod http;
pub mod journal;
pub mod manifest;
pub mod permissions;
pub mod plan;
pub mod policy;
pub mod probe;
pub mod reconcile;
pub mod render;
pub mod report;
pub mod resource;
pub mod run;
pub mod secrets;
pub mod sink;
pub mod vendors;
pub mod verify;
pub mod webhook;
pub mod yaml;
