//! What users of command lines expect of one: completions, pages of the manual, a folder to run in, colour
//! where it is wanted, and no file that is read unasked.

use std::process::Command;

use super::{COMMANDS, imagined};
use crate::{
    neon::REPOSITORY,
    support::{S3setup, Server},
};

#[test]
fn shells_complete_every_command() {
    let tool = S3setup::without_credentials();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let outcome = tool.run(&["completions", shell]);
        outcome.expect_code(0);
        for command in COMMANDS {
            outcome.expect_stdout(command);
        }
    }
    let script = tool.run(&["completions", "bash"]).stdout;
    let ask = format!(
        "{script}\nCOMP_WORDS=(s3setup dri) COMP_CWORD=1; _s3setup s3setup dri s3setup; echo \"${{COMPREPLY[@]}}\""
    );
    let completed = Command::new("bash").args(["-c", &ask]).output();
    let completed = completed.expect("there is a shell").stdout;
    assert_eq!(String::from_utf8_lossy(&completed), "drift\n");
}

#[test]
fn every_command_has_a_page_of_the_manual() {
    let tool = S3setup::without_credentials();
    for command in COMMANDS {
        let page = tool.run(&["man", command]);
        page.expect_code(0)
            .expect_stdout(&format!(".TH s3setup-{command} 1"))
            .expect_stdout(".SH SYNOPSIS")
            .expect_stdout(".SH OPTIONS");
    }
    tool.run(&["man"])
        .expect_code(0)
        .expect_stdout(".TH s3setup 1");
    tool.run(&["man", "plam"])
        .expect_code(1)
        .expect_stderr("there is no command plam");
    std::fs::create_dir(tool.folder().join("man1")).expect("it is ours");
    for _ in 0..2 {
        tool.run(&["man", "--out", "man1"]).expect_code(0);
    }
    let diff = tool.run(&["man", "policy-diff"]).stdout;
    assert_eq!(tool.read("man1/s3setup-policy-diff.1"), diff);
}

#[test]
fn paths_are_from_the_folder_that_is_named() {
    let (tool, account) = imagined();
    let plan = ["plan", "neon.yaml", "--set", REPOSITORY];
    let here = tool.run(&[&plan[..], &account].concat());
    here.expect_code(0);
    let up = S3setup::without_credentials();
    let folder = tool.folder();
    let from = folder.to_str().expect("it is text");
    let there = up.run(&[&["-C", from], &plan[..], &account].concat());
    there.expect_code(0);
    let without_time = |text: &str| {
        text.rsplit_once(" calls, ")
            .map(|(head, _)| head.to_owned())
    };
    assert_eq!(without_time(&there.stdout), without_time(&here.stdout));
    assert!(here.stdout.contains("4 calls, "));
    up.run(&["-C", "nowhere", "schema"])
        .expect_code(1)
        .expect_stderr("error: -C nowhere: ");
}

#[test]
fn colour_is_where_it_is_wanted() {
    type Case<'a> = (&'a [(&'a str, &'a str)], &'a [&'a str], bool);
    let table: [Case<'_>; 6] = [
        (&[], &[], false),
        (&[("CLICOLOR_FORCE", "1")], &[], true),
        (&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], &[], false),
        (&[("CLICOLOR_FORCE", "1"), ("CLICOLOR", "0")], &[], true),
        (&[("NO_COLOR", "1")], &["--color", "always"], true),
        (&[("CLICOLOR_FORCE", "1")], &["--color", "never"], false),
    ];
    let plan = ["plan", "neon.yaml", "--set", REPOSITORY];
    for (environment, arguments, coloured) in table {
        let (mut tool, account) = imagined();
        tool.env("NO_COLOR", "");
        for (name, value) in environment {
            tool.env(name, value);
        }
        let outcome = tool.run(&[&plan[..], &account, arguments].concat());
        outcome.expect_code(0);
        assert_eq!(
            outcome.stdout.contains('\u{1b}'),
            coloured,
            "{environment:?} {arguments:?}"
        );
    }
}

#[test]
fn a_file_with_variables_is_not_read_unasked() {
    let account = Server::ministack().account();
    let tool = S3setup::new(&account);
    tool.file(".env", "AWS_REGION=eu-west-3\nAWS_ACCESS_KEY_ID=AKIAINTRUDER\nAWS_ENDPOINT_URL=http://127.0.0.1:1\n");
    tool.run(&["doctor"])
        .expect_code(0)
        .expect_nowhere("eu-west-3")
        .expect_nowhere("AKIAINTRUDER");
}
