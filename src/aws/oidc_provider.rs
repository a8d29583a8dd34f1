//! OIDC identity providers: one per issuer, shared by the whole account.

use super::Aws;
use super::error::{Call, Error, Result};
use super::gaps::Gaps;
use super::settle::read;
use super::tags::{from_iam, to_iam};
use super::ties::still_trusted;
use crate::cloud::Observation;
use crate::permissions::Operation;
use crate::resource::{Kind as _, OidcProvider, Resource};

/// How often roles are looked for that trust a provider which is to be removed.
const LOOKS: u32 = 4;

impl Aws {
    fn oidc_arn(&self, provider: &OidcProvider) -> String {
        provider.arn(&self.scope).unwrap_or_default()
    }

    pub(super) async fn observe_oidc_provider(&self, want: &OidcProvider) -> Result<Observation> {
        let arn = self.oidc_arn(want);
        let mut gaps = Gaps::default();
        let get = self
            .iam
            .get_open_id_connect_provider()
            .open_id_connect_provider_arn(&arn);
        let answer = read(
            Call::new(Operation::IamGetOpenIDConnectProvider, &arn),
            get.send(),
        )
        .await;
        let Some(found) = gaps.whole(answer)? else {
            return Ok(gaps.alone());
        };
        let provider = OidcProvider {
            name: OidcProvider::issuer(found.url().unwrap_or(&want.name)).to_owned(),
            audiences: found.client_id_list().iter().cloned().collect(),
            tags: from_iam(found.tags()),
        };
        Ok(gaps.around(Resource::OidcProvider(provider)))
    }

    /// If the account has one by now, the caller goes on with an update: it belongs to everybody.
    pub(super) async fn create_oidc_provider(&self, want: &OidcProvider) -> Result<()> {
        let arn = self.oidc_arn(want);
        let tags = to_iam(&want.tags)?;
        self.write(
            Call::new(Operation::IamCreateOpenIDConnectProvider, &arn),
            || {
                self.iam
                    .create_open_id_connect_provider()
                    .url(format!("https://{}", want.name))
                    .set_client_id_list(Some(want.audiences.iter().cloned().collect()))
                    .set_tags(Some(tags.clone()).filter(|tags| !tags.is_empty()))
                    .send()
            },
        )
        .await?;
        self.known.made(&arn);
        Ok(())
    }

    /// Adds audiences, and never removes one: others may rely on it.
    pub(super) async fn update_oidc_provider(
        &self,
        have: &OidcProvider,
        want: &OidcProvider,
    ) -> Result<()> {
        let arn = self.oidc_arn(want);
        for audience in want.audiences.difference(&have.audiences) {
            self.write(
                Call::new(Operation::IamAddClientIDToOpenIDConnectProvider, &arn),
                || {
                    let request = self.iam.add_client_id_to_open_id_connect_provider();
                    request
                        .open_id_connect_provider_arn(&arn)
                        .client_id(audience)
                        .send()
                },
            )
            .await
            .map_err(|error| by_hand(error, &arn, audience))?;
        }
        Ok(())
    }

    /// IAM itself does not look whether a role trusts it, so this does, once more. A role that was
    /// just deleted may still be listed for a moment.
    pub(super) async fn delete_oidc_provider(&self, have: &OidcProvider) -> Result<()> {
        let mut looks = 0;
        loop {
            let roles = self.roles_that_trust(have).await?;
            if roles.is_empty() {
                break;
            }
            if looks == LOOKS {
                return Err(still_trusted(have, &roles));
            }
            (self.waiting)(&format!("waiting until role.{} is gone", roles[0]));
            tokio::time::sleep(self.patience.pause(looks)).await;
            looks += 1;
        }
        let arn = self.oidc_arn(have);
        self.erase(
            Call::new(Operation::IamDeleteOpenIDConnectProvider, &arn),
            || {
                let request = self.iam.delete_open_id_connect_provider();
                request.open_id_connect_provider_arn(&arn).send()
            },
        )
        .await
    }
}

/// Not every server that speaks IAM can add an audience.
fn by_hand(error: Error, arn: &str, audience: &str) -> Error {
    if error.code() == "InvalidAction" || error.status() >= 500 {
        error.with_hint(format!(
            "this server cannot add an audience to a provider that is there: make the provider \
             anew by hand with the audience {audience} as well (`aws iam \
             delete-open-id-connect-provider --open-id-connect-provider-arn {arn}`, then apply), if \
             no other role needs it meanwhile"
        ))
    } else {
        error
    }
}
