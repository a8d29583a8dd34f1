//! What to do about an error, where that is known.

use super::address::address;
use super::answer::FOREIGN;
use super::code;
use super::error::{CallError, Cause, Error, Lack, Refusal};
use crate::cloud::Failure;
use crate::permissions::Method;

/// Who is asking, and whom: what a hint can name.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Around<'a> {
    /// The address of the service account that is asking, where that is known.
    pub(super) caller: Option<&'a str>,
    /// The server that is named in Google's place.
    pub(super) endpoint: Option<&'a str>,
}

/// The error as the rest of the program sees it: one line, and a hint.
pub(super) fn explain(error: Error, around: Around<'_>) -> anyhow::Error {
    let code = code::of(&error);
    let failure = match error {
        Error::Ours(failure) => *failure,
        Error::Call(error) => Failure {
            code,
            message: error.text(),
            hint: error.hint.clone().or_else(|| hint(&error, around)),
        },
        Error::Unintelligible(message) => Failure {
            code,
            message,
            hint: Some("correct it by hand, or remove it".into()),
        },
        Error::Appeared => Failure {
            code,
            message: Error::Appeared.to_string(),
            hint: Some("plan again".into()),
        },
    };
    anyhow::Error::new(failure)
}

fn hint(error: &CallError, around: Around<'_>) -> Option<String> {
    match &error.cause {
        Cause::Credentials(lack, _) => Some(credentials(*lack)),
        Cause::Unreachable(text) => Some(unreachable(text, around.endpoint)),
        Cause::Refused(refusal) => refused(error, refusal, around),
    }
}

pub(super) fn credentials(lack: Lack) -> String {
    match lack {
        Lack::Nothing => {
            "run `gcloud auth application-default login`, or name a file of credentials with \
             GOOGLE_APPLICATION_CREDENTIALS; in GitHub Actions, google-github-actions/auth does \
             that. Without Google: `--account FILE` plans against an account in a file"
        }
        Lack::Unusable => {
            "the Google credentials that are configured cannot be used: see \
             GOOGLE_APPLICATION_CREDENTIALS, or run `gcloud auth application-default login`"
        }
        Lack::Expired => {
            "run `gcloud auth application-default login` again; in GitHub Actions, let \
             google-github-actions/auth run in the same job"
        }
        Lack::Unreachable => {
            "the server that gives tokens does not answer: check the network, HTTPS_PROXY and \
             NO_PROXY, then try again"
        }
    }
    .to_owned()
}

fn unreachable(text: &str, endpoint: Option<&str>) -> String {
    let lower = text.to_lowercase();
    if lower.contains("certificate") {
        return "the server's certificate is not trusted: behind a proxy that inspects TLS, name \
                its certificates with SSL_CERT_FILE=FILE"
            .into();
    }
    match endpoint {
        Some(endpoint) => format!(
            "nothing usable answers at {endpoint}: start it, or unset S3SETUP_GOOGLE_ENDPOINT to \
             reach Google"
        ),
        None if lower.contains("dns") || lower.contains("lookup") => {
            "the name of Google's server cannot be looked up: check the network and HTTPS_PROXY"
                .into()
        }
        None => "Google cannot be reached: check the network, HTTPS_PROXY and NO_PROXY".into(),
    }
}

fn refused(error: &CallError, it: &Refusal, around: Around<'_>) -> Option<String> {
    let text = match it {
        it if it.unauthenticated() => {
            "Google does not take the token: it is of credentials that were deleted, or the clock \
             of this machine is wrong; run `gcloud auth application-default login`, or see \
             GOOGLE_APPLICATION_CREDENTIALS"
                .into()
        }
        it if it.service_disabled() => {
            let own = format!("{}.googleapis.com", error.call.method.service());
            let service = it.service.as_deref().unwrap_or(&own);
            format!(
                "switch it on with `gcloud services enable {service}{}`, and try again in some minutes",
                project(&error.call.on)
            )
        }
        it if it.unpaid() => {
            "the project has no billing account that is open: link one, or use another project".into()
        }
        it if it.code.is_empty() && it.message.contains(FOREIGN) => {
            "something else answers in the place of Google: a proxy, a login page, or what \
             S3SETUP_GOOGLE_ENDPOINT names; try again, or reach Google without it"
                .into()
        }
        it if it.public() => {
            "the bucket keeps the public out: name the members, or set public_access_prevention: \
             inherited if everybody may really have this"
                .into()
        }
        it if forbids_keys(error.call.method, it) => {
            "an organisation's policy forbids keys of service accounts. Who runs outside of Google \
             Cloud can do without: a workload identity pool lets in who shows a token of GitHub, \
             GitLab, AWS or any other issuer (`workload_identity` in the manifest). Who has to have \
             a key asks an Organization Policy Administrator for an exception for this project"
                .into()
        }
        Refusal {
            constraint: Some(rule),
            ..
        } => format!(
            "an organisation's policy ({rule}) forbids it: ask an Organization Policy Administrator, \
             or use another project"
        ),
        it if it.throttled() => "Google asks for fewer calls: try again in a minute".into(),
        it if it.used_up() => used_up(error.call.method),
        it if it.denied() => denied(error, it, around),
        it if it.unknown_principal() => {
            "whoever is named does not exist, or was deleted: check the address in the manifest. Who \
             was deleted and made again is another one, though the address is the same"
                .into()
        }
        it if it.unknown_role() => {
            "there is no such role, or it cannot be given here: check its name, and that it is of \
             this project"
                .into()
        }
        it if it.marked_for_deletion() => {
            "the role was deleted more than 7 days ago and cannot be had back; its id is free again \
             37 days after it was deleted: choose another id"
                .into()
        }
        it if it.not_empty() => "empty it first, or allow its objects to go with it".into(),
        it if it.already_there() && error.call.method == Method::BucketsInsert => {
            "names of buckets are shared by everybody at Google: choose another one".into()
        }
        it if it.conflict() => {
            "somebody else changes the same thing at the same time: let that end, then try again".into()
        }
        it if it.status >= 500 => "Google fails: try again in a minute".into(),
        _ => return None,
    };
    Some(text)
}

/// Whether it is an organisation's rule that keys of service accounts must not be made.
pub(super) fn forbids_keys(method: Method, it: &Refusal) -> bool {
    const MARKS: [&str; 2] = [
        "disableServiceAccountKeyCreation",
        "disableServiceAccountKey",
    ];
    let named = it.constraint.as_deref().unwrap_or_default();
    let is_rule = MARKS.iter().any(|mark| named.contains(mark));
    is_rule || (method == Method::KeysCreate && it.message.contains("Key creation is not allowed"))
}

fn used_up(method: Method) -> String {
    match method {
        Method::KeysCreate => {
            "a service account can have 10 keys: delete one that nobody uses (`gcloud iam \
             service-accounts keys list`)"
        }
        _ => "a quota of the project is used up: remove what is not needed, or ask for more under IAM & Admin, Quotas",
    }
    .to_owned()
}

/// `--project P`, if the name says which.
fn project(name: &str) -> String {
    let id = name.strip_prefix("projects/");
    let id = id.and_then(|rest| rest.split('/').next());
    let id = id.or_else(|| {
        let (_, domain) = name.split_once('@')?;
        domain.strip_suffix(".iam.gserviceaccount.com")
    });
    match id.filter(|id| *id != "_") {
        Some(id) => format!(" --project {id}"),
        None => String::new(),
    }
}

fn denied(error: &CallError, it: &Refusal, around: Around<'_>) -> String {
    let permission = it.permission.as_deref();
    let permission = permission.unwrap_or(error.call.method.permission());
    let whom = around.caller.map(|caller| format!(" to {caller}"));
    let whom = whom.unwrap_or_default();
    format!(
        "give {permission} on {}{whom}, by a role that has it",
        address(&error.call.on)
    )
}

#[cfg(test)]
mod tests;
