//! From the environment to an account: configuration, HTTP client, who is calling.

use super::assume::Role;
use super::error::{Call, Error, Result};
use super::genuine::Genuine;
use super::kms::Kms;
use super::known::Known;
use super::regions::Regions;
use super::settle::read;
use super::trail::Trail;
use super::wire::bounded;
use super::{Aws, hint, permit};
use crate::cloud::{Budget, Counter, Failure, Pace, Patience, Permit, Waiting};
use crate::files;
use crate::manifest::Account;
use crate::permissions::Operation;
use crate::resource::Scope;
use anyhow::Context as _;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_iam::config::retry::{ClientRateLimiter, RetryPartition};
use aws_sdk_s3::config::{SharedCredentialsProvider, SharedHttpClient};
use aws_sdk_sts::operation::get_caller_identity::GetCallerIdentityOutput;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_http_client::{Builder, Connector};
use std::num::NonZeroU16;
use std::path::Path;
use std::time::Duration;

/// The largest file of certificates that is read, in bytes: that of a system has a fifth of a MB.
const LARGEST_BUNDLE: u64 = 16 << 20;

/// What is chosen on the command line; all else comes from AWS's own environment variables and
/// configuration files.
#[derive(Clone, Debug)]
pub struct Options {
    /// Instead of `AWS_PROFILE`.
    pub profile: Option<String>,
    /// Instead of `AWS_REGION` and the profile's region.
    pub region: Option<String>,
    /// Where neither says one: where to ask, because every manifest names its own.
    pub otherwise: Option<String>,
    /// How many calls may be made, if there is a bound.
    pub budget: Option<Budget>,
    /// How many calls a second may go to each service, if there is a bound.
    pub per_second: Option<NonZeroU16>,
    /// The account to work in, if one is asked for: the role in it is assumed.
    pub account: Option<Account>,
    /// How long AWS may take to answer one try of a call. All tries of it together, and waiting for
    /// AWS to know what was just made, may take three times that.
    pub timeout: Duration,
}

/// How many times the time-out of one try everything together may take.
const TIMES: u32 = 3;

/// Loads the SDK's default credential chain (environment, profiles, SSO, web identity, process,
/// container and instance roles) and asks STS who the caller is.
///
/// # Errors
/// A [`crate::cloud::Failure`] with a hint if there are no credentials, or no valid ones, or no
/// region, or no answer.
pub async fn connect(options: &Options, waiting: Waiting) -> anyhow::Result<Aws> {
    let config = load(options).await?;
    let endpoint = config.endpoint_url().map(shown);
    if let Some(url) = endpoint.as_deref().filter(|url| !is_url(url)) {
        return Err(anyhow::Error::new(
            Failure::new(format!("{url:?} is no URL of a server"))
                .with_hint("write AWS_ENDPOINT_URL as http://HOST:PORT, or unset it for AWS"),
        ));
    }
    account(config, options, waiting)
        .await
        .map_err(|error| hint::explain(error, None, endpoint.as_deref()))
}

pub(super) async fn load(options: &Options) -> anyhow::Result<SdkConfig> {
    let chosen = options.profile.clone().or_else(profile_of_environment);
    if let Some(profile) = &chosen {
        require(profile).await?;
    }
    let http_client = http_client(options.per_second)?;
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http_client.clone())
        // Adaptive: slows down by itself when AWS throttles, instead of failing sooner.
        .retry_config(RetryConfig::adaptive().with_max_attempts(5))
        .timeout_config(timeouts(options));
    if let Some(profile) = &options.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(region) = &options.region {
        loader = loader.region(Region::new(region.clone()));
    }
    let config = loader.load().await;
    let Some(profile) = &options.profile else {
        return Ok(config);
    };
    // In the SDK's chain AWS_ACCESS_KEY_ID comes before any profile: whoever names a profile on the
    // command line would work in another account than they think.
    let provider = ProviderConfig::default()
        .with_http_client(http_client)
        .with_region(config.region().cloned());
    let credentials = ProfileFileCredentialsProvider::builder()
        .configure(&provider)
        .profile_name(profile)
        .build();
    let credentials = SharedCredentialsProvider::new(credentials);
    Ok(config
        .into_builder()
        .credentials_provider(credentials)
        .build())
}

/// How long AWS may take. With a bound on calls a second, the SDK's clock of a try runs while a call
/// waits for its turn: then it is the time without an answer that counts.
fn timeouts(options: &Options) -> TimeoutConfig {
    /// Longer than any call waits for its turn.
    const TURN: Duration = Duration::from_secs(60 * 60);
    let builder =
        TimeoutConfig::builder().connect_timeout(Duration::from_secs(5).min(options.timeout));
    let (builder, turn) = match options.per_second {
        Some(_) => (builder.read_timeout(options.timeout), TURN),
        None => (builder, Duration::ZERO),
    };
    builder
        .operation_attempt_timeout(options.timeout + turn)
        .operation_timeout(options.timeout * TIMES + turn)
        .build()
}

/// `AWS_PROFILE`, unless access keys in the environment come before it.
fn profile_of_environment() -> Option<String> {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    if set("AWS_ACCESS_KEY_ID").is_some() {
        None
    } else {
        set("AWS_PROFILE")
    }
}

/// The SDK passes over a profile that does not exist, and looks for credentials elsewhere.
async fn require(profile: &str) -> anyhow::Result<()> {
    let (fs, env, files) = Default::default();
    let found = aws_config::profile::load(&fs, &env, &files, None)
        .await
        .context("cannot read AWS's configuration files")?;
    if found.get_profile(profile).is_some() {
        return Ok(());
    }
    let mut known: Vec<&str> = found.profiles().collect();
    known.sort_unstable();
    Err(anyhow::Error::new(
        Failure::new(format!("there is no AWS profile {profile:?}")).with_hint(
            match known.as_slice() {
                [] => "~/.aws/config and ~/.aws/credentials name none: `aws configure` makes one"
                    .into(),
                known => format!(
                    "~/.aws/config and ~/.aws/credentials name: {}",
                    known.join(", ")
                ),
            },
        ),
    ))
}

/// One client for all services, so that connections are shared. The SDK's default client is left
/// out of the build (its TLS alone doubles the compile time), and it heeds neither proxies nor
/// `AWS_CA_BUNDLE`.
fn http_client(per_second: Option<NonZeroU16>) -> anyhow::Result<SharedHttpClient> {
    let mut trust = TrustStore::empty().with_native_roots(true);
    if let Some(path) = std::env::var_os("AWS_CA_BUNDLE").filter(|path| !path.is_empty()) {
        let pem = files::read(Path::new(&path), LARGEST_BUNDLE)
            .with_context(|| format!("cannot read AWS_CA_BUNDLE {}", path.display()))?;
        trust = trust.with_pem_certificate(pem);
    }
    let context = TlsContext::builder().with_trust_store(trust).build()?;
    let local = is_local(std::env::var("AWS_ENDPOINT_URL").ok().as_deref());
    let client = Builder::new().build_with_connector_fn(move |settings, components| {
        let mut connector = Connector::builder();
        connector.set_connector_settings(settings.cloned());
        connector.set_sleep_impl(components.and_then(|components| components.sleep_impl()));
        // No proxy leads to a server on this very machine.
        let proxy = if local {
            ProxyConfig::disabled()
        } else {
            ProxyConfig::from_env()
        };
        connector
            .proxy_config(proxy)
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .tls_context(context.clone())
            .build()
    });
    Ok(bounded(client, per_second.map(Pace::per_second)))
}

/// A URL without the user and password that it may have.
pub(super) fn shown(url: &str) -> String {
    match url.split_once("://") {
        Some((scheme, rest)) => {
            let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
            let host = rest[..end].rfind('@').map_or(0, |at| at + 1);
            format!("{scheme}://{}", &rest[host..])
        }
        None => url.to_owned(),
    }
}

fn is_url(url: &str) -> bool {
    url.split_once("://").is_some_and(|(scheme, rest)| {
        matches!(scheme, "http" | "https") && !rest.is_empty() && !rest.starts_with('/')
    })
}

fn is_local(endpoint: Option<&str>) -> bool {
    let host = endpoint
        .and_then(|url| url.split_once("://"))
        .map(|(_, rest)| rest);
    host.is_some_and(|host| {
        ["127.", "localhost", "[::1]"]
            .iter()
            .any(|local| host.starts_with(local))
    })
}

/// The limits of adaptive retries, for one client.
///
/// The SDK's limiter measures how fast calls go out, and after a throttling slows down to less than
/// that. A process that has just begun has sent next to nothing: it would measure almost none, and
/// send its first retry after 20 seconds. So it begins with a rate that it will have anyway.
pub(super) fn adaptive(name: &'static str) -> RetryPartition {
    // The first measurement counts for four fifths, and is of the time since 1970: nothing.
    const PER_SECOND: f64 = 10.0;
    let limiter = ClientRateLimiter::builder().tokens_retrieved_per_second(PER_SECOND * 5.0);
    RetryPartition::custom(name)
        .client_rate_limiter(limiter.build())
        .build()
}

fn sts(config: &SdkConfig, region: &str, counter: &Counter) -> aws_sdk_sts::Client {
    let sts = aws_sdk_sts::config::Builder::from(config)
        .region(Region::new(region.to_owned()))
        // The first call of all: whoever has the wrong network wants to know it soon.
        .retry_config(RetryConfig::standard().with_initial_backoff(Duration::from_millis(200)))
        .interceptor(counter.clone())
        .interceptor(Genuine)
        .retry_classifier(Genuine);
    aws_sdk_sts::Client::from_conf(sts.build())
}

/// Who is calling, as STS sees it.
pub(super) async fn identity(sts: &aws_sdk_sts::Client) -> Result<GetCallerIdentityOutput> {
    let call = Call::new(Operation::StsGetCallerIdentity, "*");
    read(call, sts.get_caller_identity().send()).await
}

async fn account(mut config: SdkConfig, options: &Options, waiting: Waiting) -> Result<Aws> {
    let counter = Counter::new(options.budget.clone(), waiting.clone());
    // Without a region, ask anyway: what is wrong with the profile or the credentials is then said
    // first, and is often why there is no region.
    let region = config
        .region()
        .map(|region| region.as_ref().to_owned())
        .filter(|region| !region.is_empty())
        .or_else(|| options.otherwise.clone());
    let asked = region.clone().unwrap_or_else(|| "us-east-1".into());
    let mut sts = sts(&config, &asked, &counter);
    let mut identity = identity(&sts).await?;
    if let Some(account) = &options.account
        && let Some(role) = Role::assume(account, identity.arn().unwrap_or_default(), &sts).await?
    {
        let role = SharedCredentialsProvider::new(role);
        config = config.into_builder().credentials_provider(role).build();
        sts = self::sts(&config, &asked, &counter);
        identity = self::identity(&sts).await?;
    }
    let Some(region) = region else {
        return Err(Error::ours(
            "no AWS region is set",
            "give --region, AWS_REGION, or `region = …` in the profile: buckets are made there \
             unless the manifest says otherwise",
        )
        .with_code("no-region"));
    };
    let caller = identity.arn().unwrap_or_default().to_owned();
    let (Some(partition), Some(account)) = (caller.split(':').nth(1), identity.account()) else {
        return Err(Error::ours(
            format!("sts:GetCallerIdentity answers without an ARN or account ({caller:?})"),
            "check AWS_ENDPOINT_URL: this is not the answer of AWS",
        ));
    };
    let iam = aws_sdk_iam::config::Builder::from(&config)
        .region(Region::new(region.clone()))
        .retry_partition(adaptive("iam"))
        .interceptor(counter.clone())
        .interceptor(Genuine)
        .retry_classifier(Genuine);
    let endpoint = config.endpoint_url().map(shown);
    let s3_endpoint = std::env::var("AWS_ENDPOINT_URL_S3")
        .ok()
        .filter(|url| !url.is_empty());
    let s3 = s3_endpoint.clone().or_else(|| endpoint.clone());
    Ok(Aws {
        scope: Scope {
            account: account.to_owned(),
            partition: partition.to_owned(),
            region,
            project: None,
        },
        iam: aws_sdk_iam::Client::from_conf(iam.build()),
        sts,
        simulates: tokio::sync::OnceCell::new(),
        kms: Kms::new(config.clone(), counter.clone()),
        trail: Trail::new(config.clone(), counter.clone()),
        regions: Regions::new(config.clone(), partition, s3, counter.clone()),
        config,
        endpoint: endpoint.or(s3_endpoint.as_deref().map(shown)),
        calls: counter,
        caller,
        known: Known::default(),
        snapshot: Default::default(),
        permit: Permit::keyed(permit::key),
        budget: options.budget.clone(),
        patience: Patience::within(options.timeout * TIMES),
        waiting,
        disclose: None,
        removal: Default::default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_in_a_url_is_not_shown() {
        for (url, seen) in [
            ("http://u:secret@127.0.0.1:9/x@y", "http://127.0.0.1:9/x@y"),
            ("https://h", "https://h"),
            ("nonsense", "nonsense"),
        ] {
            assert_eq!(shown(url), seen);
        }
        assert!(is_url("http://localhost:1") && !is_url("localhost:1") && !is_url("http://"));
    }

    proptest::proptest! {
        #[test]
        fn whatever_a_url_is_its_password_is_not_shown(
            start in "[a-z]{0,5}(://)?", user in "[^/?#\\s]{0,6}", rest in "(?s).{0,12}",
        ) {
            let url = format!("{start}{user}:hunter2hunter2@h{rest}");
            let seen = shown(&url);
            proptest::prop_assert!(!start.contains("://") || !seen.contains("hunter2"), "{seen}");
            let _ = (is_url(&url), is_local(Some(&url)));
        }
    }

    #[test]
    fn only_this_machine_is_local() {
        let table = [
            (Some("http://127.0.0.1:4566"), true),
            (Some("http://localhost:4566/"), true),
            (Some("http://[::1]:1"), true),
            (Some("https://minio.example.com"), false),
            (Some("nonsense"), false),
            (None, false),
        ];
        for (endpoint, local) in table {
            assert_eq!(is_local(endpoint), local, "{endpoint:?}");
        }
    }
}
