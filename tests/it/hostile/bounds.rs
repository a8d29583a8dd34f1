//! What has no end is given up in time, with one clear error and little memory.

use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

use super::ground;
use crate::{
    neon::{self, PLAN, flat},
    support::{Account, S3setup, Server},
};

/// In kilobytes, of any command here: generous, and far below what is sent to it.
const MOST_MEMORY: u64 = 300 * 1024;
/// The machine may be busy.
const TIME_OUT: Duration = Duration::from_secs(120);

/// Run it with `input` on its standard input: exit code, what it said, and how much memory it had at
/// the most, in kilobytes.
fn measured(tool: &S3setup, arguments: &[&str], input: Stdio) -> (Option<i32>, String, u64) {
    let mut command = tool.command(arguments);
    let said = tempfile::NamedTempFile::new().expect("the temporary folder is writable");
    let to = said.reopen().expect("it is ours");
    command
        .stdin(input)
        .stdout(Stdio::null())
        .stderr(to)
        // Two reports in parallel are not what is measured.
        .env("MALLOC_ARENA_MAX", "2");
    let mut child = command.spawn().expect("it can be started");
    let begun = Instant::now();
    let mut most = 0;
    let status = loop {
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id()));
        // The kernel keeps the peak: looking now and then is enough.
        let peak = status.unwrap_or_default().lines().find_map(|line| {
            let peak = line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?;
            peak.parse().ok()
        });
        most = most.max(peak.unwrap_or(0));
        if let Some(status) = child.try_wait().expect("it is our child") {
            break status;
        }
        if begun.elapsed() > TIME_OUT {
            child.kill().expect("it is our child");
            panic!("it did not end: {arguments:?}, {most} KB");
        }
        thread::sleep(Duration::from_millis(5));
    };
    let text = std::fs::read_to_string(said.path()).expect("it is text");
    (status.code(), text, most)
}

/// Fail unless it ends with one error that says this, within the memory.
#[track_caller]
fn refuses(tool: &S3setup, arguments: &[&str], input: Stdio, says: &str) {
    let (code, said, most) = measured(tool, arguments, input);
    assert_eq!(code, Some(1), "{arguments:?}: {said}");
    assert!(flat(&said).contains(says), "{arguments:?}: {said}");
    assert!(
        said.matches("error: ").count() == 1,
        "{arguments:?}: {said}"
    );
    assert!(said.len() < 4000, "{arguments:?}: {} bytes", said.len());
    assert!(most < MOST_MEMORY, "{arguments:?}: {most} KB");
}

/// An endless source of `y`, as a standard input.
fn endless() -> Stdio {
    let mut yes = std::process::Command::new("sh")
        .args(["-c", "yes | tr -d '\\n'"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("yes is there");
    let output = yes.stdout.take().expect("it is piped");
    // It ends by itself when nobody reads any more.
    std::thread::spawn(move || yes.wait());
    Stdio::from(output)
}

#[test]
fn a_device_without_end_is_no_file_of_ours() {
    let tool = ground();
    let neon = "repository=octo/databases";
    for (arguments, says) in [
        (&["validate", "/dev/zero"][..], "more than the 1 MiB"),
        (&["apply", "--plan", "/dev/zero"], "more than 32 MB"),
        (
            &["plan", "neon.yaml", "--set", neon, "--account", "/dev/zero"],
            "more than 32 MB",
        ),
        (&["policy", "lint", "/dev/zero"], "more than 64 MB"),
        (
            &["policy", "diff", "/dev/zero", "/dev/zero"],
            "more than 64 MB",
        ),
        (&["policy", "simulate", "/dev/zero"], "more than 64 MB"),
        (&["undo", "/dev/zero"], "more than 64 MB"),
        (
            &["explain", "--role", "r", "--token", "/dev/zero"],
            "more than 64 MB",
        ),
        (
            &["explain", "--role", "r", "--claims", "/dev/zero"],
            "more than 64 MB",
        ),
        (
            &[
                "explain",
                "--role",
                "r",
                "--claim",
                "sub=x",
                "--trust",
                "/dev/zero",
            ],
            "more than 64 MB",
        ),
        (
            &[
                "verify",
                "neon.yaml",
                "--set",
                neon,
                "--web-identity-token-file",
                "/dev/zero",
            ],
            "holds no token",
        ),
    ] {
        refuses(&tool, arguments, Stdio::null(), says);
    }
}

#[test]
fn a_pipe_without_end_is_no_answer_of_a_person() {
    let mut tool = ground();
    for (arguments, says) in [
        (&["policy", "simulate", "-"][..], "more than 64 MB"),
        (
            &["explain", "--role", "r", "--token", "-"],
            "more than 64 MB",
        ),
        (&["validate", "/dev/stdin"], "more than the 1 MiB"),
        (
            &[
                "apply",
                "neon.yaml",
                "--set",
                "repository=a/b",
                "--account",
                "account.json",
            ],
            "its line does not end",
        ),
    ] {
        refuses(&tool, arguments, endless(), says);
    }
    tool.env("AWS_CA_BUNDLE", "/dev/zero");
    refuses(&tool, PLAN, Stdio::null(), "more than 16 MB");
}

#[test]
fn large_and_deep_files_are_refused_or_read_in_bounds() {
    let tool = ground();
    tool.file(
        "large.yaml",
        &format!("name: x\n# {}\n", "y".repeat(10 << 20)),
    );
    refuses(
        &tool,
        &["validate", "large.yaml"],
        Stdio::null(),
        "a manifest may have 1 MiB",
    );
    for (name, open, close) in [("[", "[", "]"), ("{", "{\"a\":", "}")] {
        let deep = format!("{}1{}", open.repeat(300_000), close.repeat(300_000));
        tool.file("deep.json", &deep);
        for arguments in [
            &["policy", "lint", "deep.json"][..],
            &["policy", "simulate", "deep.json"],
            &["apply", "--plan", "deep.json"],
            &["explain", "--role", "r", "--claims", "deep.json"],
            &[
                "plan",
                "neon.yaml",
                "--set",
                "repository=a/b",
                "--account",
                "deep.json",
            ],
        ] {
            let (code, said, most) = measured(&tool, arguments, Stdio::null());
            assert!(
                matches!(code, Some(1 | 2)),
                "{name} {arguments:?}: {code:?} {said}"
            );
            assert!(
                !said.contains("panicked") && most < MOST_MEMORY,
                "{most} KB: {said}"
            );
        }
    }
    // An account of 100,000 resources is read.
    let resources: Vec<String> = (0..100_000)
        .map(|at| format!("{{\"group\": {{\"name\": \"g{at}\", \"path\": \"/\"}}}}"))
        .collect();
    let text = format!(
        "{{\"account\": \"123456789012\", \"resources\": [{}]}}",
        resources.join(",")
    );
    tool.file("account.json", &text);
    let plan = [PLAN, &["--account", "account.json"]].concat();
    let (code, said, most) = measured(&tool, &plan, Stdio::null());
    assert_eq!(code, Some(0), "{said}");
    assert!(most < MOST_MEMORY, "{most} KB");
    // A manifest of as many is none.
    let users: String = (0..100_000).map(|at| format!("  u{at}: {{}}\n")).collect();
    tool.file("users.yaml", &format!("name: x\nusers:\n{users}"));
    refuses(&tool, &["validate", "users.yaml"], Stdio::null(), "1 MiB");
}

#[test]
fn an_argument_or_a_variable_of_absurd_length_is_one_short_error() {
    let long = "x".repeat(100_000);
    let set = format!("repository={long}");
    let tool = ground();
    for arguments in [
        &["validate", "neon.yaml", "--set", &set][..],
        &[
            "plan",
            "neon.yaml",
            "--set",
            &set,
            "--account",
            "account.json",
        ],
        &["init", &long],
        &[
            "explain",
            "--role",
            &long,
            "--claim",
            "sub=x",
            "--account",
            "account.json",
        ],
    ] {
        let (code, said, _) = measured(&tool, arguments, Stdio::null());
        assert!(matches!(code, Some(1 | 2)), "{said}");
        assert!(
            said.len() < 400_000 && !said.contains("panicked"),
            "{} bytes",
            said.len()
        );
    }
    for name in [
        "AWS_REGION",
        "AWS_PROFILE",
        "AWS_ACCESS_KEY_ID",
        "AWS_ENDPOINT_URL",
        "AWS_CA_BUNDLE",
        "HTTPS_PROXY",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
    ] {
        let mut tool = ground();
        tool.env(name, &long);
        tool.env("AWS_ENDPOINT_URL", "http://127.0.0.1:9");
        tool.env(name, &long);
        let (code, said, most) = measured(&tool, PLAN, Stdio::null());
        assert_eq!(code, Some(1), "{name}: {said}");
        assert!(
            !said.contains("panicked") && most < MOST_MEMORY,
            "{name}: {most} KB"
        );
    }
}

/// A server whose every answer has a body of `length` bytes after this beginning.
fn server_of(beginning: &'static str, length: u64) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("127.0.0.1 has free ports");
    let address = format!("http://{}", listener.local_addr().expect("it is bound"));
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || flood(stream, beginning, length));
        }
    });
    address
}

fn flood(mut stream: TcpStream, beginning: &str, length: u64) -> std::io::Result<()> {
    let mut request = [0; 4096];
    let _ = stream.read(&mut request)?;
    write!(
        stream,
        "HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\ncontent-length: {length}\r\n\r\n{beginning}"
    )?;
    let part = vec![b' '; 1 << 20];
    for _ in 0..length >> 20 {
        stream.write_all(&part)?;
    }
    Ok(())
}

#[test]
fn an_answer_of_a_gigabyte_is_not_read() {
    let account: &Account = &Server::ministack().account();
    let address = server_of("<GetCallerIdentityResponse>", 1 << 30);
    let tool = neon::tool(&account.at(&address));
    refuses(&tool, PLAN, Stdio::null(), "it has more than 16 MB");
    // GitHub's, too.
    let mut tool = S3setup::new(account);
    tool.file(
        "keys.yaml",
        "name: keys\nusers:\n  u: {access_key: {sink: {github_actions: {repository: a/b}}}}\n",
    );
    tool.env("GITHUB_API_URL", &server_of("{", 1 << 30));
    tool.env("GH_TOKEN", "ghp_TokenOfATest");
    let (code, said, most) = measured(&tool, &["apply", "keys.yaml", "--yes"], Stdio::null());
    assert_eq!(code, Some(1), "{said}");
    assert!(flat(&said).contains("more than 1 MB"), "{said}");
    assert!(most < MOST_MEMORY, "{most} KB");
}
