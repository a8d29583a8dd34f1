//! The programs that the manifests are for, with what s3setup made: each can do its work, and is
//! refused everything else. What is refused leaves no trace: the objects are looked at afterwards.

mod aws_cli;
mod neon;
mod rclone;

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::support::{Account, Outcome, S3setup};

/// The tool in a folder with `manifests/NAME.yaml`, applied.
fn applied(account: &Account, name: &str, given: &[&str]) -> S3setup {
    let tool = S3setup::new(account);
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("manifests");
    let file = format!("{name}.yaml");
    let text = std::fs::read_to_string(folder.join(&file)).expect("it is in manifests/");
    tool.file(&file, &text);
    let mut arguments = vec!["apply", file.as_str(), "--yes"];
    for value in given {
        arguments.extend(["--set", value]);
    }
    tool.run(&arguments).expect_code(0);
    tool
}

/// The objects of a bucket, with what is in them, as its owner sees them.
fn objects(account: &Account, bucket: &str) -> Value {
    account.python_with(
        "keys = [o['Key'] for o in s3.list_objects_v2(Bucket=bucket).get('Contents', [])]
{key: s3.head_object(Bucket=bucket, Key=key)['ETag'] for key in keys}",
        &json!({"bucket": bucket}),
    )
}

/// Put an object, as the owner of the bucket.
fn put(account: &Account, bucket: &str, key: &str) {
    account.python_with(
        "s3.put_object(Bucket=bucket, Key=key, Body=b'of the owner')",
        &json!({"bucket": bucket, "key": key}),
    );
}

/// Fail unless the program failed because S3 refused.
#[track_caller]
fn expect_refused(outcome: &Outcome, reason: &str) {
    let refused = ["AccessDenied", "403"]
        .iter()
        .any(|word| outcome.stderr.contains(word));
    assert!(
        outcome.code.is_some_and(|code| code != 0) && refused,
        "{reason}, and it was not refused:\n{outcome}"
    );
}
