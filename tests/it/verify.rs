//! `s3setup verify` at a server that enforces policies: every manifest is verified, and whatever of
//! it is broken is named.

mod broken;
mod edges;
mod federated;
mod github;
mod google;
mod ground;
mod policies;
mod screens;
mod stopped;
mod walk;

/// A user with a key in a file, for a bucket of the account.
const USER: &str = "name: m
bucket:
  name: m-${account}
users:
  m:
    access_key:
      sink: {file: {path: m.env, format: dotenv}}
grants:
  - {to: user.m, allow: [list, read, write, delete]}
";

/// A role that only another account may assume.
const VENDOR: &str = "name: vendor
bucket:
  name: vendor-${account}
roles:
  vendor:
    trust: {account: {id: '444455556666', external_id: x1}}
grants:
  - {to: role.vendor, allow: [write]}
";
