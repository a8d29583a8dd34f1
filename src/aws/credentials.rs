//! What of a user stands in the way of its removal: credentials that are not ours, and keys that are
//! used.

use super::Aws;
use super::error::{Call, Result};
use super::settle::read;
use super::ties::{all, readable, unknown};
use crate::cloud::Tie;
use crate::permissions::Operation;
use crate::resource::{AccessKey, Address, Kind as _, User};
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use std::time::SystemTime;

const SECONDS_OF_A_DAY: u64 = 24 * 60 * 60;

impl Aws {
    /// Whatever else opens the user's door: DeleteUser is refused while there is any of it
    /// (<https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUser.html>), and none of it
    /// is s3setup's.
    pub(super) async fn credentials(&self, have: &User) -> Result<Vec<Tie>> {
        let arn = have.arn(&self.scope).unwrap_or_default();
        let (iam, name) = (&self.iam, &have.name);
        let call = |operation: Operation| Call::new(operation, &arn);
        let keys = async {
            all!(
                call(Operation::IamListAccessKeys),
                iam.list_access_keys().user_name(name)
            )
        };
        let login = async {
            let request = iam.get_login_profile().user_name(name);
            match read(call(Operation::IamGetLoginProfile), request.send()).await {
                Ok(_) => Ok(1),
                Err(error) if error.absent() => Ok(0),
                Err(error) => Err(error),
            }
        };
        let devices = async {
            let all = all!(
                call(Operation::IamListMFADevices),
                iam.list_mfa_devices().user_name(name)
            );
            all.map(|all| all.len())
        };
        let certificates = async {
            let request = iam.list_signing_certificates().user_name(name);
            all!(call(Operation::IamListSigningCertificates), request).map(|all| all.len())
        };
        let ssh = async {
            let request = iam.list_ssh_public_keys().user_name(name);
            all!(call(Operation::IamListSSHPublicKeys), request).map(|all| all.len())
        };
        let special = async {
            let request = iam.list_service_specific_credentials().user_name(name);
            let answer = read(
                call(Operation::IamListServiceSpecificCredentials),
                request.send(),
            )
            .await;
            answer.map(|answer| answer.service_specific_credentials().len())
        };
        let (keys, login, devices, certificates, ssh, special) =
            tokio::join!(keys, login, devices, certificates, ssh, special);
        let mut ties = Vec::new();
        match readable(keys)? {
            None => ties.push(unknown("its access keys", "iam:ListAccessKeys")),
            Some(keys) if keys.is_empty() => {}
            Some(keys) => {
                let ids = keys.iter().filter_map(|key| key.access_key_id());
                let ids: Vec<&str> = ids.collect();
                ties.push(Tie::Held {
                    by: Address::new("access_key", name),
                    how: format!("it has the access key {}", ids.join(" and ")),
                });
            }
        }
        let counted = [
            (login, "a password for the console", "iam:GetLoginProfile"),
            (devices, "an MFA device", "iam:ListMFADevices"),
            (
                certificates,
                "a signing certificate",
                "iam:ListSigningCertificates",
            ),
            (ssh, "an SSH key", "iam:ListSSHPublicKeys"),
            (
                special,
                "credentials of one service",
                "iam:ListServiceSpecificCredentials",
            ),
        ];
        for (count, what, permission) in counted {
            match readable(count) {
                Ok(Some(0)) => {}
                Ok(Some(_)) => ties.push(Tie::Foreign(format!(
                    "somebody gave it {what}, which is not s3setup's to delete"
                ))),
                Ok(None) => {
                    let what = format!("whether it has {what}");
                    ties.push(unknown(&what, permission));
                }
                // A server that speaks IAM and does not know these has none of them.
                Err(error) if error.code() == "InvalidAction" => {}
                Err(error) => return Err(error),
            }
        }
        Ok(ties)
    }

    pub(super) async fn uses(&self, have: &AccessKey) -> Result<Vec<Tie>> {
        let mut ties = Vec::new();
        let ids = have.id.iter().chain(&have.unfinished);
        for id in ids.chain(have.replaced.keys()) {
            let request = self.iam.get_access_key_last_used().access_key_id(id);
            let call = Call::new(
                Operation::IamGetAccessKeyLastUsed,
                &have.user_arn(&self.scope),
            );
            let answer = read(call, request.send()).await;
            let what = format!("when {id} was used last");
            let Some(answer) = readable(answer)? else {
                ties.push(unknown(&what, "iam:GetAccessKeyLastUsed"));
                continue;
            };
            let used = answer.access_key_last_used();
            let Some(at) = used.and_then(|used| used.last_used_date()) else {
                continue;
            };
            let service = used.map(|used| used.service_name()).unwrap_or("N/A");
            let date = at.fmt(Format::DateTime).unwrap_or_default();
            let date = date.split('T').next().unwrap_or_default();
            let ago = DateTime::from(SystemTime::now()).secs() - at.secs();
            ties.push(Tie::Used {
                key: id.clone(),
                days: u64::try_from(ago).unwrap_or(0) / SECONDS_OF_A_DAY,
                when: match service {
                    "N/A" => format!("on {date}"),
                    service => format!("on {date}, for {service}"),
                },
            });
        }
        Ok(ties)
    }
}
