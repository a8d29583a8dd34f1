//! Where Google's services are, and who may be shown to whom.

use super::error::{Error, Result};
use crate::permissions::Method;
use reqwest::Url;

/// In the place of all of Google's servers: for tests, and for servers that speak as Google does.
const VARIABLE: &str = "S3SETUP_GOOGLE_ENDPOINT";
/// A file that shows who is asking.
pub(super) const CREDENTIALS: &str = "GOOGLE_APPLICATION_CREDENTIALS";

/// Where requests go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Endpoint(Option<Url>);

/// The value of a variable of the environment that is set to something.
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

impl Endpoint {
    /// As the environment has it: Google, or what is named in its place.
    ///
    /// # Errors
    /// It is no URL to which a secret may go.
    pub(super) fn of_environment() -> Result<Self> {
        match variable(VARIABLE) {
            None => Ok(Self(None)),
            Some(url) => Self::at(&url),
        }
    }

    /// At this server, and nowhere else.
    pub(super) fn at(url: &str) -> Result<Self> {
        let usable = crate::http::client(url).map(|(url, _)| url);
        let url = usable.map_err(|error| {
            Error::ours(
                format!("{VARIABLE} cannot be used: {error:#}"),
                "write https://HOST, or http://127.0.0.1:PORT, or unset it for Google",
            )
        })?;
        Ok(Self(Some(url)))
    }

    /// The server that is named in Google's place.
    pub(super) fn instead(&self) -> Option<&str> {
        let url = self.0.as_ref()?;
        Some(url.as_str().trim_end_matches('/'))
    }

    /// The beginning of the URLs of a service.
    pub(super) fn base(&self, method: Method) -> String {
        match self.instead() {
            Some(url) => url.to_owned(),
            None => format!("https://{}.googleapis.com", method.service()),
        }
    }

    /// Whether nobody has to show who they are: the server is on this machine.
    pub(super) fn asks_nobody(&self) -> bool {
        let host = self.0.as_ref().and_then(Url::host_str);
        let address = host.map(|host| host.trim_start_matches('[').trim_end_matches(']'));
        address.is_some_and(|host| {
            let is_loopback = |ip: std::net::IpAddr| ip.is_loopback();
            host == "localhost" || host.parse().is_ok_and(is_loopback)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_is_at_google_unless_another_server_is_named() {
        let google = Endpoint(None);
        let base = |method| google.base(method);
        assert_eq!(base(Method::BucketsGet), "https://storage.googleapis.com");
        assert_eq!(base(Method::PoolsGet), "https://iam.googleapis.com");
        assert!(!google.asks_nobody());
        let here = Endpoint::at("http://127.0.0.1:4567/").unwrap();
        assert_eq!(here.base(Method::RolesGet), "http://127.0.0.1:4567");
        assert!(here.asks_nobody());
        let there = Endpoint::at("https://emulator.example.com/google").unwrap();
        assert_eq!(
            there.base(Method::RolesGet),
            "https://emulator.example.com/google"
        );
        assert!(!there.asks_nobody());
        for bad in ["http://emulator.example.com", "127.0.0.1:80", "ftp://[::1]"] {
            assert!(Endpoint::at(bad).is_err(), "{bad}");
        }
    }
}
