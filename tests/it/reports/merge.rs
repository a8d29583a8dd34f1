//! The reports of shards as one.

use serde_json::Value;

use super::{MANIFEST, applied};

#[test]
fn the_reports_of_shards_are_one_report_with_its_exit_code() {
    let tool = applied();
    let other = MANIFEST
        .replace("app-data", "other-data")
        .replace("name: app\n", "name: other\n");
    tool.file("other.yaml", &other.replace("deploy:", "other:"));
    let drift = |manifest: &str, report: &str, code: i32| {
        let arguments = [
            "drift",
            manifest,
            "--account",
            "account.json",
            "--report",
            report,
        ];
        tool.run(&arguments).expect_code(code);
    };
    drift("m.yaml", "json=1.json", 0);
    drift("other.yaml", "json=2.json", 2);
    let merged = tool.run(&[
        "report",
        "merge",
        "1.json",
        "2.json",
        "--report",
        "json=all.json",
    ]);
    merged
        .expect_code(2)
        .expect_stdout("app and other in account")
        .expect_stdout("Drift: 2 of 4 resources differ (2 missing).");
    let all: Value = serde_json::from_str(&tool.read("all.json")).expect("it is JSON");
    assert_eq!(all["manifests"].as_array().map(Vec::len), Some(2));
    tool.run(&["report", "merge", "1.json"])
        .expect_code(0)
        .expect_stdout("In sync: 2 resources");
    let again = tool.run(&["report", "merge", "1.json", "all.json"]);
    again
        .expect_code(1)
        .expect_stderr("tells of the manifest \"app\"");
    let plan = [
        "plan",
        "m.yaml",
        "--account",
        "account.json",
        "--report",
        "json=p.json",
    ];
    tool.run(&plan).expect_code(0);
    let mixed = tool.run(&["report", "merge", "1.json", "p.json"]);
    mixed.expect_code(1).expect_stderr("merge those of one");
}
