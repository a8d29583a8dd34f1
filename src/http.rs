//! Requests that carry a secret: over TLS or to this machine, and to nobody else.

use anyhow::{Context, Result, anyhow, bail};
use reqwest::{Client, Response, Url, redirect};
use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

/// A client for requests below `url` that carry a secret.
///
/// It follows no redirect, since another server would be given the secret, and asks no proxy for
/// this very machine.
///
/// # Errors
/// `url` is none, has a user or password in it, or is neither `https` nor of this machine.
pub fn client(url: &str) -> Result<(Url, Client)> {
    let url = Url::parse(url).context("it is no URL")?;
    if !url.username().is_empty() || url.password().is_some() {
        bail!("it has a user or password in it");
    }
    let Some(host) = url.host_str() else {
        bail!("it names no server");
    };
    let address = host.trim_start_matches('[').trim_end_matches(']');
    let is_loopback = |address: IpAddr| address.is_loopback();
    let loopback = host == "localhost" || address.parse().is_ok_and(is_loopback);
    match url.scheme() {
        "https" => {}
        "http" if loopback => {}
        _ => bail!("it is no https:// URL, and a secret must not go there"),
    }
    // Once a process; a second time it is there already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut client = Client::builder()
        .user_agent("s3setup")
        .redirect(redirect::Policy::none())
        .connect_timeout(Duration::from_secs(5))
        .timeout(Duration::from_secs(30));
    if loopback {
        client = client.no_proxy();
    }
    Ok((url, client.build()?))
}

/// The largest answer that is read, in bytes. Those that are asked for have a few hundred.
const LARGEST: usize = 1 << 20;

/// An answer that was given up because it has more than so many bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong(usize);

impl fmt::Display for TooLong {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "it has more than {} MB", self.0 >> 20)
    }
}

impl std::error::Error for TooLong {}

/// An answer, if it has no more than so many bytes.
///
/// # Errors
/// It is cut short, or [`TooLong`]. Nothing of it is in the error.
pub async fn bytes(mut answer: Response, most: usize) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(reqwest::Error::without_url)? {
        if bytes.len() + chunk.len() > most {
            bail!(TooLong(most));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// The text of an answer.
///
/// # Errors
/// It is cut short, has more than 1 MB, or is not UTF-8. Nothing of it is in the error.
pub async fn text(answer: Response) -> Result<String> {
    let bytes = bytes(answer, LARGEST).await?;
    String::from_utf8(bytes).map_err(|_| anyhow!("it is no text (UTF-8)"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_goes_over_tls_or_to_this_machine() {
        let table = [
            ("https://api.github.com", true, "TLS"),
            ("https://ghes.example.com/api/v3", true, "TLS"),
            ("http://127.0.0.1:8080/x?y=z", true, "this machine"),
            ("http://[::1]:1", true, "this machine"),
            ("http://localhost", true, "this machine"),
            ("http://api.github.com", false, "no TLS"),
            ("http://localhost.example.com", false, "another machine"),
            ("http://localhost:1@example.com", false, "a user in it"),
            ("http://[::1]@example.com", false, "no host at all"),
            ("https://u:p@example.com", false, "a password in it"),
            ("file:///etc/passwd", false, "no server"),
            ("ftp://127.0.0.1", false, "another protocol"),
            ("nonsense", false, "no URL"),
        ];
        for (url, good, reason) in table {
            assert_eq!(client(url).is_ok(), good, "{url}: {reason}");
        }
    }
}
