//! Tokens are secrets, and claims are anybody's text.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::{GITHUB, MAIN, exact, explain, usual, with_account};

/// A token of these claims whose every part but the claims is a secret that can be found again.
fn token(claims: &Value) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for chunk in claims.to_string().as_bytes().chunks(3) {
        let mut word = 0u32;
        for at in 0..3 {
            word = word << 8 | u32::from(chunk.get(at).copied().unwrap_or_default());
        }
        for at in 0..=chunk.len() {
            let digit = word >> (18 - 6 * at) & 63;
            text.push(char::from(DIGITS[digit as usize]));
        }
    }
    format!("eyJSECRETheader.{text}.SECRETsignature")
}

#[test]
fn a_token_is_read_and_no_part_of_it_is_shown() {
    let tool = with_account(&usual(&exact(MAIN)));
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let claims = |expires: u64| {
        json!({
            "iss": format!("https://{GITHUB}"), "aud": "sts.amazonaws.com", "sub": MAIN,
            "exp": expires, "jti": "SECRETjti",
        })
    };
    let good = token(&claims(now + 600));
    tool.file("token", &good);
    let file = ["--role", "deploy", "--token", "token"];
    let outcome = explain(&tool, &file);
    outcome
        .expect_code(0)
        .expect_nowhere("SECRET")
        .expect_nowhere("! the");
    let piped = [
        "explain",
        "--account",
        "account.json",
        "--role",
        "deploy",
        "--token",
        "-",
    ];
    tool.run_with_input(&piped, &good)
        .expect_code(0)
        .expect_nowhere("SECRET");
    tool.file("token", &token(&claims(now - 7300)));
    explain(&tool, &file)
        .expect_code(0)
        .expect_stdout("expired 2 h ago");
    let json = [&file[..], &["--output", "json", "-v"]].concat();
    explain(&tool, &json)
        .expect_code(0)
        .expect_nowhere("SECRET");
    for (text, flag, says) in [
        (good.replace('.', ""), "--token", "1 of 3 parts"),
        (format!("{good}.SECRET"), "--token", "4 of 3 parts"),
        (good.replacen('.', ".!SECRET", 1), "--token", "base64url"),
        ("SECRET".repeat(50_000), "--token", "longer than"),
        (good.clone(), "--claims", "--token"),
        (r#"{"value": "SECRET"}"#.to_owned(), "--token", "--claims"),
    ] {
        tool.file("token", &text);
        let outcome = explain(&tool, &["--role", "deploy", flag, "token"]);
        outcome.expect_code(1).expect_nowhere("SECRET");
        crate::neon::says(&outcome, says);
        assert_eq!(outcome.stdout, "");
    }
    explain(&tool, &["--role", "deploy", "--token", &good])
        .expect_code(1)
        .expect_stderr("a token and no file")
        .expect_nowhere("SECRET");
}

#[test]
fn a_token_in_the_place_of_something_else_is_not_shown() {
    let tool = with_account(&usual(&exact(MAIN)));
    let good = token(&json!({"sub": MAIN, "jti": "SECRETjti"}));
    let claim = format!("sub={good}");
    let joined = format!("--claims={good}");
    let account = ["--account", "account.json"];
    let refused: [&[&str]; 12] = [
        &["--role", &good, "--claim", "sub=repo:x"],
        &["--role", "deploy", "--claims", &good],
        &["--role", "deploy", &joined],
        &["--role", "deploy", "--claim", &claim],
        &["--role", "deploy", "--claim", &format!("{good}=x")],
        &[
            "--role",
            "deploy",
            "--claim",
            "sub=repo:x",
            "--context",
            &claim,
        ],
        &[
            "--role",
            "deploy",
            "--claim",
            "sub=repo:x",
            "--trust",
            &good,
        ],
        &[
            "--role",
            "deploy",
            "--claim",
            "sub=repo:x",
            "--region",
            &good,
        ],
        &["--principal", &good, "--action", "s3:GetObject"],
        &["--principal", "role/deploy", "--action", &good],
        &[
            "--principal",
            "anyone",
            "--action",
            "s3:GetObject",
            "--resource",
            &good,
        ],
        &[
            "--role",
            "deploy",
            "--claim",
            "sub=repo:x",
            "--profile",
            &good,
        ],
    ];
    for arguments in refused {
        let outcome = tool.run(&[&["explain"], &account[..], arguments].concat());
        outcome.expect_code(1).expect_nowhere("SECRET");
        crate::neon::says(&outcome, "looks like a token");
        crate::neon::says(&outcome, "give it by --token FILE or -");
    }
    let not_understood: [&[&str]; 6] = [
        &["explain", "--role", "deploy", &good],
        &["explain", "--role", "deploy", "--claim", &good],
        &["explain", "--role", "deploy", "--context", &good],
        &["explain", "--role", "deploy", "--output", &good],
        &["plan", "--parallelism", &good],
        &[&good],
    ];
    for arguments in not_understood {
        let outcome = tool.run(arguments);
        outcome.expect_code(1).expect_nowhere("SECRET");
        crate::neon::says(&outcome, "(a token, not shown)");
    }
    tool.run(&["validate", &good])
        .expect_code(1)
        .expect_nowhere("SECRET");
}

#[test]
fn claims_cannot_deceive_the_reader() {
    let tool = with_account(&usual(&exact(MAIN)));
    let hostile = "sub=repo:acme/app:ref:refs/heads/\u{1b}[31m\u{202e}x\nAnswer: allowed";
    for form in ["text", "json"] {
        let ask = ["--role", "deploy", "--claim", hostile, "--output", form];
        let outcome = explain(&tool, &ask);
        outcome
            .expect_code(2)
            .expect_nowhere("\u{1b}")
            .expect_nowhere("\u{202e}");
        assert!(
            !outcome
                .stdout
                .lines()
                .any(|line| line.starts_with("Answer"))
        );
    }
}
