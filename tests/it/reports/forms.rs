//! Each form is what its readers take: read by programs that are not ours.

use std::process::Command;

use serde_json::Value;

use super::{DRIFT, MANIFEST, applied, drift, drifted};
use crate::support::{S3setup, python};

/// What a program of the test environment says of a file of the tool's.
#[track_caller]
fn ask(tool: &S3setup, program: &str, file: &str) -> Value {
    let asked = Command::new(python())
        .args(["-c", program, file])
        .current_dir(tool.folder())
        .output()
        .expect("Python is there");
    assert!(
        asked.status.success(),
        "{}",
        String::from_utf8_lossy(&asked.stderr)
    );
    serde_json::from_slice(&asked.stdout).expect("it answers in JSON")
}

/// Reads JUnit's XML, holds it against what both of its schemas ask for (Jenkins' and the one of Ant), and
/// counts.
const JUNIT: &str = r#"
import json, sys, xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
assert root.tag == "testsuites" and not root.attrib, root.attrib
wrong = []
for suite in root:
    need = {"id", "package", "name", "timestamp", "hostname", "tests", "failures", "errors", "time"}
    assert set(suite.attrib) == need, suite.attrib
    order = [child.tag for child in suite]
    cases = suite.findall("testcase")
    assert order == ["properties"] + ["testcase"] * len(cases) + ["system-out", "system-err"], order
    assert int(suite.get("tests")) == len(cases)
    for kind, counted in (("failure", "failures"), ("error", "errors")):
        found = [case for case in cases if case.find(kind) is not None]
        assert int(suite.get(counted)) == len(found)
        wrong += [[kind, case.get("name"), case.find(kind).get("message")] for case in found]
    for case in cases:
        assert set(case.attrib) == {"classname", "name", "time"} and len(case) <= 1
        assert all(set(child.attrib) == {"type", "message"} for child in case)
print(json.dumps(wrong))
"#;

/// Reads what node_exporter would, by Prometheus' own parser.
const PROMETHEUS: &str = r#"
import json, sys
from prometheus_client.parser import text_string_to_metric_families as parse
families = {family.name: family for family in parse(open(sys.argv[1]).read())}
assert all(family.documentation and family.type == "gauge" for family in families.values())
print(json.dumps({name: [[sample.labels, sample.value] for sample in family.samples]
                  for name, family in families.items()}))
"#;

#[test]
fn one_run_writes_every_form() {
    let tool = drifted();
    let files = [
        "--report",
        "json=r.json",
        "--report",
        "html=r.html",
        "--report",
        "junit=r.xml",
        "--report",
        "sarif=r.sarif",
        "--report",
        "prometheus=r.prom",
        "--report",
        "markdown=r.md",
        "--report",
        "text=r.txt",
    ];
    let outcome = tool.run(&[&DRIFT[..], &files].concat());
    outcome.expect_code(2);
    assert_eq!(
        tool.read("r.txt"),
        outcome.stdout,
        "the file has what is shown"
    );
    assert_eq!(
        ask(&tool, JUNIT, "r.xml"),
        serde_json::json!([["failure", "role.deploy", "differs from the manifest"]])
    );
    let metrics = ask(&tool, PROMETHEUS, "r.prom");
    let resources = metrics["s3setup_drift_resources"]
        .as_array()
        .expect("they are there");
    let changed = resources.iter().find(|one| one[0]["state"] == "changed");
    assert_eq!(changed.expect("each state has a sample")[1], 1.0);
    assert_eq!(
        changed.expect("each state has a sample")[0]["manifest"],
        "app"
    );
    assert!(metrics["s3setup_last_run_timestamp_seconds"][0][1].as_f64() > Some(1.7e9));
    assert_eq!(metrics["s3setup_up"][0][1], 1.0, "all could be told");
    let sarif: Value = serde_json::from_str(&tool.read("r.sarif")).expect("it is JSON");
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!(result["ruleId"], "drifted");
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "m.yaml");
    assert_eq!(place["region"]["startLine"], 6, "where the role's block is");
    let page = tool.read("r.html");
    assert!(
        page.starts_with("<!doctype html>") && page.contains("role.deploy"),
        "{page}"
    );
    assert!(tool.read("r.md").contains("\nCoverage: "));
}

#[test]
fn a_report_that_was_kept_is_shown_in_every_form_later() {
    let tool = drifted();
    tool.run(
        &[
            &DRIFT[..],
            &["--report", "json=r.json", "--report", "html=then.html"],
        ]
        .concat(),
    )
    .expect_code(2);
    for form in [
        "text",
        "json",
        "markdown",
        "junit",
        "sarif",
        "prometheus",
        "html",
    ] {
        let shown = tool.run(&["report", "show", "r.json", "--output", form]);
        shown.expect_code(0);
        match form {
            "html" => assert_eq!(shown.stdout, tool.read("then.html")),
            "json" => assert_eq!(shown.stdout, tool.read("r.json")),
            _ => {}
        }
        assert!(
            shown.stdout.contains(if form == "prometheus" {
                "app"
            } else {
                "role.deploy"
            }),
            "{shown}"
        );
        let wide = shown.stdout.lines().any(|line| line.chars().count() > 80);
        assert!(!(form == "text" && wide), "{shown}");
    }
    let none = tool.run(&["report", "show", "m.yaml"]);
    none.expect_code(1)
        .expect_stderr("m.yaml is no report of plan, drift or verify");
}

#[test]
fn plan_and_verify_have_the_forms_too() {
    let tool = drifted();
    let plan = [
        "plan",
        "m.yaml",
        "--account",
        "account.json",
        "--report",
        "junit=p.xml",
    ];
    tool.run(&plan).expect_code(0);
    assert_eq!(
        ask(&tool, JUNIT, "p.xml"),
        serde_json::json!([["failure", "role.deploy", "to update"]])
    );
    let verify = [
        "verify",
        "m.yaml",
        "--account",
        "account.json",
        "--wait",
        "0",
        "--report",
        "junit=v.xml",
        "--report",
        "json=v.json",
        "--report",
        "html=v.html",
        "--report",
        "sarif=v.sarif",
    ];
    tool.run(&verify).expect_code(2);
    let wrong = ask(&tool, JUNIT, "v.xml");
    assert!(wrong.to_string().contains("role.deploy"), "{wrong}");
    assert!(tool.read("v.html").contains("What was tried"));
    tool.run(&["report", "show", "v.json"])
        .expect_code(0)
        .expect_stdout("Not verified");
    let sarif: Value = serde_json::from_str(&tool.read("v.sarif")).expect("it is JSON");
    let place = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "m.yaml");
}

#[test]
fn validate_has_a_case_a_manifest_and_a_broken_one_is_a_failure() {
    let tool = S3setup::without_credentials();
    tool.file("good.yaml", MANIFEST);
    tool.file("bad.yaml", "name: bad\nbuckt: <b>{}\n");
    let validate = ["validate", "good.yaml", "bad.yaml"];
    let forms = ["text", "json", "markdown", "junit", "sarif", "html"];
    let files: Vec<String> = forms.iter().map(|one| format!("{one}=v.{one}")).collect();
    let mut words = validate.to_vec();
    for file in &files {
        words.extend(["--report", file.as_str()]);
    }
    let outcome = tool.run(&words);
    outcome
        .expect_code(1)
        .expect_stderr("good.yaml: good, 3 resources");
    assert_eq!(
        ask(&tool, JUNIT, "v.junit"),
        serde_json::json!([["failure", "bad.yaml", "it cannot be used"]])
    );
    for form in &forms[1..] {
        let shown = tool.run(&[&validate[..], &["--output", form]].concat());
        shown.expect_code(1);
        // But for the time.
        let is_timed = ["junit", "html"].contains(form);
        assert!(
            is_timed || shown.stdout == tool.read(&format!("v.{form}")),
            "{form}"
        );
    }
    for form in forms {
        let text = tool.read(&format!("v.{form}"));
        assert!(
            text.contains("bad.yaml") && text.contains("buckt"),
            "{form}:\n{text}"
        );
        assert!(
            form == "json" || form == "sarif" || text.contains("good.yaml"),
            "{form}:\n{text}"
        );
        assert!(form != "html" || !text.contains("<b>{}"), "{text}");
    }
    for (report, says) in [
        ("html=no/v.html", "there is no folder no"),
        (
            "prometheus=v",
            "is no form of a report: text, json, markdown, junit, sarif, html",
        ),
    ] {
        let refused = tool.run(&[&validate[..], &["--report", report]].concat());
        refused.expect_code(1);
        let said = refused
            .stderr
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        assert!(said.contains(says), "no {says:?} in\n{refused}");
    }
}

#[test]
fn a_run_that_fails_as_a_whole_leaves_files_that_say_so() {
    let tool = S3setup::without_credentials();
    tool.file("m.yaml", MANIFEST);
    for command in ["plan", "drift", "verify"] {
        tool.file("r.json", "of an earlier run");
        let files = ["--report", "json=r.json", "--report", "junit=r.xml"];
        let region = ["--region", "us-east-1"];
        let outcome = tool.run(&[&[command, "m.yaml"], &region[..], &files].concat());
        outcome.expect_code(1).expect_stderr("no AWS credentials");
        let json: Value = serde_json::from_str(&tool.read("r.json")).expect("it is JSON");
        assert_eq!(json["command"], command);
        let error = json["error"].as_str().expect("why is in it");
        assert!(error.contains("no AWS credentials"), "{error}");
        let wrong = ask(&tool, JUNIT, "r.xml");
        assert_eq!(wrong[0][2], "the account could not be asked", "{command}");
    }
}

#[test]
fn a_file_that_cannot_be_written_is_an_error_after_the_report() {
    let tool = applied();
    let early = [
        (vec!["--report", "html=no/r.html"], "there is no folder no"),
        (vec!["--report", "html=."], "it is a folder"),
        (
            vec!["--report", "html=r", "--report", "json=r"],
            "names r twice",
        ),
        (
            vec!["--report", "pdf=r"],
            "is no form of a report: text, json, markdown",
        ),
        (vec!["--report", "r.html"], "write it as FORM=FILE"),
    ];
    for (arguments, says) in early {
        let outcome = tool.run(&[&DRIFT[..], &arguments].concat());
        outcome.expect_code(1);
        let stderr = outcome
            .stderr
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        assert!(stderr.contains(says), "no {says:?} in\n{outcome}");
        assert_eq!(outcome.stdout, "", "before anything was asked:\n{outcome}");
    }
    drift(&tool);
    // That it is no file is known only once it is written to.
    let made = Command::new("mkfifo")
        .arg(tool.folder().join("odd"))
        .status();
    assert!(made.expect("there is mkfifo").success());
    let late = tool.run(
        &[
            &DRIFT[..],
            &["--report", "html=odd", "--report", "json=r.json"],
        ]
        .concat(),
    );
    late.expect_code(1)
        .expect_stdout("Drift: 1 of 2")
        .expect_stderr("cannot write the report odd");
    assert!(
        tool.read("r.json").contains("role.deploy"),
        "it hides no other"
    );
}

#[test]
fn verbose_tells_of_every_aspect() {
    let tool = drifted();
    let shown = tool.run(&[&DRIFT[..], &["--verbose"]].concat());
    shown
        .expect_code(2)
        .expect_stdout("not managed: description, max_session_duration")
        .expect_stdout("drifted: inline_policies")
        .expect_stdout("Coverage: ");
}
