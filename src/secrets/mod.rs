//! The secrets that this process knows, and texts without them. What a server answers is shown where
//! it refuses something, and it may send back what it was sent.

mod jwt;

pub use jwt::{claims, has_token};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::borrow::Cow;
use std::sync::{PoisonError, RwLock};
use zeroize::Zeroizing;

/// Shorter ones are no secret, or a word that is met elsewhere. AWS's have 40 characters.
const SHORTEST: usize = 12;
/// What stands in the place of one.
const HIDDEN: &str = "(a secret, not shown)";
/// Variables that hold one.
const VARIABLES: [&str; 6] = [
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "GH_TOKEN",
    "GITHUB_TOKEN",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
];
/// Variables that hold a URL, which may have a password in it, begin or end like this.
const URLS: [&str; 2] = ["_PROXY", "AWS_ENDPOINT_URL"];
/// What a URL has as it is (RFC 3986, unreserved characters).
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// In all the forms in which they may come back.
static KNOWN: RwLock<Vec<Zeroizing<String>>> = RwLock::new(Vec::new());

/// From now on `secret` is not shown.
pub fn keep(secret: &str) {
    if secret.len() < SHORTEST {
        return;
    }
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    for form in forms(secret).map(Zeroizing::new) {
        if !known.contains(&form) {
            known.push(form);
        }
    }
}

/// As it is, as in a URL or a form of either case, and in JSON whose slashes are escaped.
fn forms(secret: &str) -> impl Iterator<Item = String> {
    let encoded = utf8_percent_encode(secret, UNRESERVED).to_string();
    let lower = secret
        .bytes()
        .map(|byte| match byte {
            b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
            _ if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
            _ => format!("%{byte:02x}"),
        })
        .collect();
    let escaped = secret.replace('/', "\\/");
    [secret.to_owned(), encoded, lower, escaped].into_iter()
}

/// Keeps what the environment has of secrets.
pub fn keep_environment() {
    for (name, value) in std::env::vars_os() {
        let (Some(name), Some(value)) = (name.to_str(), value.to_str()) else {
            continue;
        };
        let name = name.to_ascii_uppercase();
        if VARIABLES.contains(&name.as_str()) {
            keep(value);
        }
        if URLS.iter().any(|part| name.contains(part))
            && let Some(password) = password(value)
        {
            keep(password);
        }
    }
}

/// The password in a URL.
fn password(url: &str) -> Option<&str> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (user, _) = authority.rsplit_once('@')?;
    user.split_once(':').map(|(_, password)| password)
}

/// `text` without the secrets that were [kept](keep), and without tokens of identity providers.
#[must_use]
pub fn hide(text: &str) -> Cow<'_, str> {
    let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner);
    let mut shown = Cow::Borrowed(text);
    // Longest first: one may be part of another.
    let mut found: Vec<&Zeroizing<String>> = known
        .iter()
        .filter(|secret| text.contains(secret.as_str()))
        .collect();
    found.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    for secret in found {
        shown = Cow::Owned(shown.replace(secret.as_str(), HIDDEN));
    }
    match jwt::without_tokens(&shown) {
        Cow::Borrowed(_) => shown,
        Cow::Owned(shown) => Cow::Owned(shown),
    }
}

/// `text` without the passwords of the URLs in it, such as a database's.
#[must_use]
pub fn hide_passwords(text: &str) -> Cow<'_, str> {
    let mut shown = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, url) = rest.split_at(at + "://".len());
        let end = |c: char| c.is_whitespace() || "/?#\"'`<>".contains(c);
        let authority = &url[..url.find(end).unwrap_or(url.len())];
        shown.push_str(before);
        rest = url;
        if let Some(password) = password(authority).filter(|password| !password.is_empty())
            && let Some((user, _)) = authority.split_once(':')
        {
            shown.push_str(user);
            shown.push(':');
            shown.push_str(HIDDEN);
            rest = &url[user.len() + 1 + password.len()..];
        }
    }
    if shown.is_empty() {
        return Cow::Borrowed(text);
    }
    shown.push_str(rest);
    Cow::Owned(shown)
}

/// `text` without the words in it that may be keys or tokens: long, of capital and small letters and
/// digits, as nobody writes them.
#[must_use]
pub fn hide_keys(text: &str) -> String {
    const LONG: usize = 32;
    let is_in_key = |c: char| c.is_ascii_alphanumeric() || "/+=".contains(c);
    let is_key = |word: &str| {
        let has = |is: fn(&u8) -> bool| word.as_bytes().iter().any(is);
        word.len() >= LONG
            // A path.
            && !word.starts_with('/')
            && has(u8::is_ascii_uppercase)
            && has(u8::is_ascii_lowercase)
            && has(u8::is_ascii_digit)
    };
    let mut shown = String::new();
    for part in text.split_inclusive(|c| !is_in_key(c)) {
        let word = part.trim_end_matches(|c| !is_in_key(c));
        shown.push_str(if is_key(word) { HIDDEN } else { word });
        shown.push_str(&part[word.len()..]);
    }
    shown
}

/// Whether `text` is known to be a secret, or looks like nothing else: a URL with a password, a private
/// key, a token of GitHub.
#[must_use]
pub fn is_one(text: &str) -> bool {
    // <https://github.blog/2021-04-05-behind-githubs-new-authentication-token-formats/>
    const TOKENS: [&str; 6] = ["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"];
    let is_token = TOKENS
        .iter()
        .any(|head| text.starts_with(head) && text.len() >= head.len() + SHORTEST);
    is_token
        || text.contains("PRIVATE KEY-----")
        || matches!(hide(text), Cow::Owned(_))
        || hide_passwords(text) != text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_not_shown_in_any_form_that_comes_back() {
        keep("wJalr/XUtnFEMI+K7=");
        keep("wJalr/XUtnFEMI+K7=AndMore");
        for form in [
            "wJalr/XUtnFEMI+K7=",
            "wJalr%2FXUtnFEMI%2BK7%3D",
            "wJalr%2fXUtnFEMI%2bK7%3d",
            "wJalr\\/XUtnFEMI+K7=",
            "wJalr/XUtnFEMI+K7=AndMore",
        ] {
            let text = format!("Value '{form}' at 'x', and {form}");
            let shown = format!("Value '{HIDDEN}' at 'x', and {HIDDEN}");
            assert_eq!(hide(&text), shown, "{form}");
        }
        assert_eq!(hide("nothing of it"), "nothing of it");
    }

    #[test]
    fn a_word_that_is_met_elsewhere_stays() {
        keep("secret");
        keep("");
        assert_eq!(hide("a secret of the user"), "a secret of the user");
    }

    #[test]
    fn a_password_is_found_in_a_url() {
        for (url, found) in [
            ("http://user:pass@host:1/x@y:z", Some("pass")),
            ("user:p:a@ss@host", Some("p:a@ss")),
            ("http://user@host", None),
            ("http://host:80/a:b@c", None),
            ("", None),
        ] {
            assert_eq!(password(url), found, "{url}");
        }
    }

    #[test]
    fn passwords_of_urls_are_hidden_and_the_rest_stays() {
        for (text, shown) in [
            (
                "postgres://me:hunter2@db/x",
                format!("postgres://me:{HIDDEN}@db/x"),
            ),
            (
                "a 'x://u:p:@q@h' and y://:z@h",
                format!("a 'x://u:{HIDDEN}@h' and y://:{HIDDEN}@h"),
            ),
            (
                "https://host:80/a@b:c@d s3://b/k",
                "https://host:80/a@b:c@d s3://b/k".to_owned(),
            ),
            ("http://u@h ://", "http://u@h ://".to_owned()),
            ("", String::new()),
        ] {
            assert_eq!(hide_passwords(text), shown, "{text}");
        }
    }

    #[test]
    fn what_may_be_a_key_is_hidden_and_sentences_stay() {
        let said =
            "exit status: 1. Stderr: {\"SecretAccessKey\": \"wJalrXUtnFEMI/K7MDENG+bPxRfiCY01\"}";
        let shown = format!("exit status: 1. Stderr: {{\"SecretAccessKey\": \"{HIDDEN}\"}}");
        assert_eq!(hide_keys(said), shown);
        for said in [
            "vault: not logged in, see https://vault.example.com/ui (profile admin-2)\n",
            "cannot read /home/Me2/CloudStorage/Company/Credentials/Aws",
        ] {
            assert_eq!(hide_keys(said), said);
        }
    }

    #[test]
    fn what_can_only_be_a_secret_is_known_for_one() {
        for text in [
            "postgres://me:hunter2@db/x",
            "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
            "-----BEGIN RSA PRIVATE KEY-----",
        ] {
            assert!(is_one(text), "{text}");
        }
        for text in [
            "",
            "acme/backups",
            "ghp_",
            "arn:aws:iam::1:role/a@b:c",
            "s3://b/k",
        ] {
            assert!(!is_one(text), "{text}");
        }
    }
}
