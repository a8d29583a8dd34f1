//! The question of who may take a role.

use super::claims::Claims;
use super::identity::Identity;
use super::keys::seen;
use crate::cloud::Failure;
use crate::policy::evaluate::Context;
use crate::resource::Scope;

/// Who wants to take which role.
#[derive(Clone, Debug)]
pub struct TakeRoleQuestion {
    /// By name or ARN.
    pub role: String,
    /// Of the workflow.
    pub claims: Claims,
    /// More of the request than the claims: condition key → values.
    pub context: Context,
    /// Seconds since 1970.
    pub now: u64,
}

impl TakeRoleQuestion {
    /// Whom AWS takes the workflow for.
    ///
    /// # Errors
    /// The claims make no sense, or something else says otherwise than they do.
    pub(super) fn identity(&self, scope: &Scope) -> Result<Identity, Failure> {
        let identity = self.claims.identity(scope, self.now)?;
        let seen = seen(&identity.issuer).into_iter();
        for name in seen.map(|(_, name)| name).chain(Some("aud".to_owned())) {
            let key = format!("{}:{name}", identity.issuer);
            let both = identity.context.get(&key).and(self.context.get(&key));
            if both.is_some() {
                return Err(Failure::new(format!(
                    "{key} is a claim, and --context says it once more"
                ))
                .with_hint(format!("give it as a claim only: --claim {name}=...")));
            }
        }
        Ok(identity)
    }
}
