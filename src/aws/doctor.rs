//! Whether AWS can be worked with from here: configuration, credentials, clock, reachability.

use super::connect::{self, Options};
use super::error::{Call, Cause, Error, Result};
use super::genuine::Genuine;
use super::hint;
use super::settle::read;
use crate::cloud::{Clock, Failure};
use crate::doctor::{Finding, State};
use crate::permissions::Operation;
use crate::resource::Provider;
use aws_config::{Region, SdkConfig};
use aws_sdk_iam::config::ProvideCredentials;
use aws_sdk_iam::config::retry::RetryConfig;
use std::time::{Duration, SystemTime};

/// A clock that is off by more is told, in seconds.
const WORTH_KNOWING: u64 = 60;
/// AWS refuses a signature that is older, in seconds
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-signing-elements.html>).
const TOO_FAR: u64 = 300;
/// Credentials that end sooner may not last a run.
const SOON: Duration = Duration::from_mins(15);

/// Looks at what a run needs, one after another as a run meets it. Changes nothing; what does not work
/// is told and is no error.
pub async fn examine(options: &Options) -> Vec<Finding> {
    let found = look(options).await;
    found.into_iter().map(|one| one.of(Provider::Aws)).collect()
}

async fn look(options: &Options) -> Vec<Finding> {
    let mut found = Vec::new();
    let config = match connect::load(options).await {
        Ok(config) => config,
        Err(error) => {
            found.push(of_error("configuration", &error));
            return found;
        }
    };
    found.push(region(&config, options));
    let credentials = credentials(&config).await;
    let is_nobody = credentials.is_none();
    found.extend(credentials);
    if let Some(endpoint) = config.endpoint_url() {
        found.push(Finding::wrong(
            "endpoint",
            State::Doubtful,
            format!("all calls go to {}", connect::shown(endpoint)),
            Some("unset AWS_ENDPOINT_URL to reach AWS itself".into()),
        ));
    }
    found.extend(calls(&config, options, is_nobody).await);
    found
}

fn of_error(what: &'static str, error: &anyhow::Error) -> Finding {
    let hint = error
        .chain()
        .find_map(|cause| cause.downcast_ref::<Failure>())
        .and_then(|failure| failure.hint.clone());
    Finding::wrong(what, State::Bad, format!("{error:#}"), hint)
}

fn region(config: &SdkConfig, options: &Options) -> Finding {
    let region = config.region().map(AsRef::as_ref).unwrap_or_default();
    if !region.is_empty() {
        return Finding::good("region", region);
    }
    let (state, text) = match &options.otherwise {
        Some(named) => (
            State::Good,
            format!("none is set; the manifests name {named}"),
        ),
        None => (State::Doubtful, "none is set".to_owned()),
    };
    let hint =
        "give --region, AWS_REGION, `region = …` in the profile, or `region:` in every manifest";
    Finding::wrong(
        "region",
        state,
        text,
        (state != State::Good).then(|| hint.into()),
    )
}

/// What there is to sign with; `None` if there is nothing, which the first call tells better.
async fn credentials(config: &SdkConfig) -> Option<Finding> {
    let what = "credentials";
    let provider = config.credentials_provider()?;
    let credentials = provider.provide_credentials().await.ok()?;
    let id = credentials.access_key_id();
    let kind = match credentials.session_token() {
        Some(_) => "of a session",
        None => "of a user, without an end",
    };
    let left = credentials
        .expiry()
        .map(|end| end.duration_since(SystemTime::now()).unwrap_or_default());
    let Some(left) = left else {
        return Some(Finding::good(what, format!("{id}, {kind}")));
    };
    let text = format!("{id}, {kind}, for {} more minutes", left.as_secs() / 60);
    Some(match left < SOON {
        true => {
            let hint = "get new ones before a long run";
            Finding::wrong(what, State::Doubtful, text, Some(hint.into()))
        }
        false => Finding::good(what, text),
    })
}

/// One call to each service that every run asks: whether it answers, who we are, what time it is there.
/// Of nobody, only why that is.
async fn calls(config: &SdkConfig, options: &Options, is_nobody: bool) -> Vec<Finding> {
    let clock = Clock::default();
    let region = config
        .region()
        .map(|region| region.as_ref().to_owned())
        .filter(|region| !region.is_empty())
        .or_else(|| options.otherwise.clone())
        .unwrap_or_else(|| "us-east-1".into());
    let region = Region::new(region);
    let retry = RetryConfig::standard().with_initial_backoff(Duration::from_millis(200));
    macro_rules! client {
        ($sdk:ident) => {
            $sdk::Client::from_conf(
                $sdk::config::Builder::from(config)
                    .region(region.clone())
                    .retry_config(retry.clone())
                    .interceptor(clock.clone())
                    .interceptor(Genuine)
                    .retry_classifier(Genuine)
                    .build(),
            )
        };
    }
    let sts = client!(aws_sdk_sts);
    let iam = client!(aws_sdk_iam);
    let s3 = client!(aws_sdk_s3);
    let endpoint = config.endpoint_url();
    let identity = connect::identity(&sts);
    if is_nobody {
        let why = identity.await.err();
        let why = why.map(|error| of_error("credentials", &hint::explain(error, None, endpoint)));
        return why.into_iter().collect();
    }
    let (identity, providers, buckets) = tokio::join!(
        identity,
        read(
            Call::new(Operation::IamListOpenIDConnectProviders, "*"),
            iam.list_open_id_connect_providers().send()
        ),
        read(
            Call::new(Operation::S3ListBuckets, "*"),
            s3.list_buckets().max_buckets(1).send()
        ),
    );
    let mut found = Vec::new();
    match identity {
        Ok(identity) => found.push(caller(
            identity.account().unwrap_or_default(),
            identity.arn().unwrap_or_default(),
        )),
        Err(error) => found.push(of_error("account", &hint::explain(error, None, endpoint))),
    }
    found.push(answers("iam", providers.map(drop), endpoint));
    found.push(answers("s3", buckets.map(drop), endpoint));
    if let Some(skew) = clock.seconds_ahead() {
        found.push(time(skew));
    }
    found
}

fn caller(account: &str, arn: &str) -> Finding {
    let text = format!("{account}, as {arn}");
    if arn.ends_with(":root") {
        let hint = "make a user or a role for it, and keep the root user for what only it may do: \
                    https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-best-practices.html";
        return Finding::wrong("account", State::Doubtful, text, Some(hint.into()));
    }
    Finding::good("account", text)
}

/// Whoever is refused was answered. What is needed of a service is what the manifests need.
fn answers(what: &'static str, outcome: Result<()>, endpoint: Option<&str>) -> Finding {
    match outcome {
        Ok(()) => Finding::good(what, "answers"),
        Err(Error::Call(error))
            if error.denied() && matches!(error.cause, Cause::Refused { .. }) =>
        {
            Finding::good(what, "answers; a list is not allowed, nor needed")
        }
        Err(error) => of_error(what, &hint::explain(error, None, endpoint)),
    }
}

fn time(ahead: i64) -> Finding {
    let off = ahead.unsigned_abs();
    let way = if ahead < 0 { "behind" } else { "ahead of" };
    let text = format!("{off} s {way} AWS's");
    let state = match off {
        off if off >= TOO_FAR => State::Bad,
        off if off >= WORTH_KNOWING => State::Doubtful,
        _ => return Finding::good("clock", text),
    };
    let hint = format!("set this machine's clock: AWS refuses signatures that are {TOO_FAR} s off");
    Finding::wrong("clock", state, text, Some(hint))
}

#[cfg(test)]
mod tests {
    use super::super::error::refusal;
    use super::*;

    #[test]
    fn a_clock_is_told_from_a_minute_on_and_bad_where_signatures_are_refused() {
        let table = [
            (0, State::Good, "0 s ahead of AWS's"),
            (-59, State::Good, "59 s behind AWS's"),
            (60, State::Doubtful, "60 s ahead of AWS's"),
            (-300, State::Bad, "300 s behind AWS's"),
        ];
        for (ahead, state, text) in table {
            let found = time(ahead);
            assert_eq!((found.state, found.text.as_str()), (state, text));
            assert_eq!(found.hint.is_some(), state != State::Good);
        }
    }

    #[test]
    fn a_refusal_is_an_answer_and_a_wrong_key_is_none_to_work_with() {
        let denied = refusal("iam:ListOpenIDConnectProviders", 403, "AccessDenied", "no");
        assert_eq!(answers("iam", Err(denied), None).state, State::Good);
        let unknown = refusal(
            "iam:ListOpenIDConnectProviders",
            403,
            "InvalidClientTokenId",
            "no",
        );
        let found = answers("iam", Err(unknown), None);
        assert_eq!(found.state, State::Bad);
        assert!(found.hint.unwrap().contains("access key"));
    }

    #[test]
    fn the_root_user_is_worth_a_word() {
        assert_eq!(caller("1", "arn:aws:iam::1:root").state, State::Doubtful);
        assert_eq!(caller("1", "arn:aws:iam::1:user/root").state, State::Good);
    }
}
