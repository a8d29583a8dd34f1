//! Reports of a scheduled job: every form, in files too, merged, and told to a webhook once; and who has
//! changed what has drifted.

mod forms;
mod merge;
mod notify;
mod who;

use crate::support::S3setup;

/// A bucket and a role. Each test applies it to an account in a file and then looks from another side.
pub const MANIFEST: &str = "\
name: app
bucket:
  name: app-data-123456789012
  versioning: true
roles:
  deploy:
    trust:
      service: ec2.amazonaws.com
    inline_policies:
      read:
        - Effect: Allow
          Action: s3:GetObject
          Resource: arn:aws:s3:::app-data-123456789012/*
";

/// The drift report of it, of the account in the file.
pub const DRIFT: [&str; 4] = ["drift", "m.yaml", "--account", "account.json"];

/// A tool in whose account the manifest is applied.
pub fn applied() -> S3setup {
    let tool = S3setup::without_credentials();
    tool.file("m.yaml", MANIFEST);
    let nothing = r#"{"account": "123456789012", "resources": []}"#;
    tool.file("account.json", nothing);
    let apply = ["apply", "m.yaml", "--account", "account.json", "--yes"];
    tool.run(&apply).expect_code(0);
    tool
}

/// The same, and what is live is not what the manifest says any more.
pub fn drifted() -> S3setup {
    let tool = applied();
    drift(&tool);
    tool
}

/// The manifest says something else now.
pub fn drift(tool: &S3setup) {
    tool.file("m.yaml", &MANIFEST.replace("s3:GetObject", "s3:PutObject"));
}
