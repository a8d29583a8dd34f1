//! Whom AWS takes the holder of a token for.

use super::keys::of_provider;
use crate::policy::evaluate::Context;
use serde::Serialize;

/// Whom AWS takes the holder of a token for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Identity {
    /// Host and path of the issuer.
    pub issuer: String,
    /// How a trust policy names it: the provider's ARN, or the name of one that AWS knows.
    pub provider: String,
    /// What the provider's list of audiences is searched for, and the key `aud` has.
    pub audiences: Vec<String>,
    /// The claim `sub`.
    pub subject: Option<String>,
    /// What was assumed, and what is odd.
    pub notes: Vec<String>,
    /// Whether nothing is unknown of the claims.
    #[serde(skip)]
    pub(super) whole: bool,
    #[serde(skip)]
    pub(super) context: Context,
}

impl Identity {
    /// The claim that the condition key `key` of this issuer sees; `Err` is the name of a claim that
    /// AWS keeps from conditions. None: the key is not the issuer's.
    pub(super) fn claim_of(&self, key: &str) -> Option<Result<String, String>> {
        let rest = key.get(self.issuer.len()..)?;
        let head = &key[..self.issuer.len()];
        let name = rest.strip_prefix(':')?;
        if !head.eq_ignore_ascii_case(&self.issuer) {
            return None;
        }
        let everywhere = ["aud", "oaud", "amr", "email", "sub"];
        let is_seen = everywhere.contains(&name) || of_provider(&self.issuer).contains(&name);
        Some(match is_seen {
            true => Ok(name.to_owned()),
            false => Err(name.to_owned()),
        })
    }
}
