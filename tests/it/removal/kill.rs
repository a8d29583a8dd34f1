//! A destroy that ends in the middle is finished by the next.

use serde_json::json;

use super::{APPLY, DESTROY, ground, only, there};
use crate::faults::{in_parallel, kill_at};
use crate::support::{Proxy, S3setup};

/// All there is, with an object in the bucket; and the flag that lets it go.
fn full() -> (Proxy, S3setup, String) {
    let (proxy, tool) = ground();
    tool.run(APPLY).expect_code(0);
    let bucket = proxy.account().bucket("all");
    proxy.account().python_with(
        "s3.put_object(Bucket=bucket, Key='k', Body=b'')
iam.create_user(UserName='alice')",
        &json!({"bucket": bucket}),
    );
    proxy.forget();
    (proxy, tool, bucket)
}

#[test]
fn a_destroy_that_is_killed_at_any_call_is_finished_by_the_next() {
    let (proxy, tool, bucket) = full();
    tool.run(&[DESTROY, &["--delete-objects", &bucket]].concat())
        .expect_code(0);
    let calls = proxy.operations();
    let reads = |name: &String| {
        let verb = name.split_once(':').map_or("", |(_, verb)| verb);
        ["Get", "List", "Head", "Describe"]
            .iter()
            .any(|read| verb.starts_with(read))
    };
    // Before the first write nothing can be half done: one point there stands for all.
    let first = calls.iter().position(|name| !reads(name)).unwrap_or(0) - 1;
    let points = calls.len() - first;
    assert!(points >= 15, "{calls:?}");
    in_parallel(points, |point| {
        let point = first + point;
        let (proxy, tool, bucket) = full();
        let destroy = [DESTROY, &["--delete-objects", &bucket]].concat();
        kill_at(&proxy, &tool, &destroy, point);
        let reason = format!("killed at call {point} of {}", calls.len());
        // The bucket may be gone by now, and is then none that can be named.
        let second = match there(proxy.account())["buckets"] == json!([]) {
            true => tool.run(DESTROY),
            false => tool.run(&destroy),
        };
        assert_eq!(second.code, Some(0), "{reason}: the second run\n{second}");
        let left = there(proxy.account());
        assert_eq!(left, only(json!({"users": ["alice"]})), "{reason}");
        let orphans = tool.run(&["orphans"]);
        assert_eq!(orphans.code, Some(0), "{reason}:\n{orphans}");
    });
    println!("destroy was killed at each of {points} calls");
}
