//! Whether a trust in a provider of identities lets strangers in, or nobody.

use super::Report;

impl Report<'_> {
    pub(super) fn oidc(&mut self) {}
}
