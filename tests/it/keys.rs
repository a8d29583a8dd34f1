//! Access keys: handed over to their sinks, and found again.

mod ground;
mod sinks;

use serde_json::json;

use crate::keys::ground::{APPLY, Ground, PLAN};

#[test]
fn a_key_is_made_once_works_and_is_for_its_owner_alone() {
    let ground = Ground::new("file: {path: keys/backup.env, format: dotenv}");
    let outcome = ground.tool.run(APPLY);
    outcome.expect_code(0);
    let key = ground.dotenv("keys/backup.env");
    ground.works(&key);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let file = ground.tool.folder().join("keys/backup.env");
        let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&file), mode(file.parent().unwrap())), (0o600, 0o700));
    }
    let before = ground.tool.read("keys/backup.env");
    let plan = ground.tool.run(PLAN);
    plan.expect_code(0).expect_stdout("No changes.");
    ground.tool.run(APPLY).expect_code(0);
    assert_eq!(ground.tool.read("keys/backup.env"), before);
    assert_eq!(
        ground.tags(),
        json!({key.0.clone(): "s3setup: file keys/backup.env dotenv"})
    );
    assert_eq!(ground.keys(), json!([[key.0, "Active"]]));
}
