//! `s3setup explain`.

use super::door::Door;
use super::manifests::nowhere;
use super::policy::input;
use super::screen::Screen;
use super::{CHANGES, FAILED, FINE, Form, Global};
use crate::cloud::{Calls, Failure};
use crate::explain::{
    self, AccessQuestion, Answer, Claims, TakeRoleQuestion, Trust, access, take_role,
};
use crate::policy::evaluate::{Caller, Context};
use crate::render;
use crate::resource::Provider;
use crate::resource::Scope;
use crate::secrets::has_token;
use anyhow::{Context as _, Result, bail};
use clap::Args;
use secrecy::SecretString;
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Why somebody may or may not: take a role, or do something in S3
///
/// With --role: why a workflow of these claims may take the role or may not,
/// condition by condition of the trust that AWS has, and the closest subject
/// that would. The signature of a token is not looked at.
///
/// With --principal: why it may do the action on the resource or may not, by
/// the policies that AWS has: which statement decides, and which almost allows.
///
/// Reads, and changes nothing. Exit codes: 0 allowed, 2 denied, 1 it could not
/// be told.
#[derive(Args)]
#[command(after_help = "\
Examples:
  s3setup explain --role deploy --claim sub=repo:acme/app:ref:refs/heads/main
  s3setup explain --role deploy --token token.jwt
  s3setup explain --role deploy --claims claims.json --trust trust.json
  s3setup explain --principal role/deploy --action s3:GetObject \\
      --resource s3://backups/2026/dump.gz
  s3setup explain --principal anyone --action s3:ListBucket --resource s3://b")]
pub(super) struct Explain {
    /// The role: its name or its ARN
    #[arg(long, value_name = "ROLE", conflicts_with_all = ["principal", "action", "resource"])]
    role: Option<String>,
    /// A claim of the workflow's token, such as sub=repo:acme/app:ref:refs/heads/main
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair, requires = "role")]
    claim: Vec<(String, String)>,
    /// The claims as a JSON object; - is the standard input
    #[arg(
        long,
        value_name = "FILE.json",
        requires = "role",
        conflicts_with = "token"
    )]
    claims: Option<PathBuf>,
    /// The token itself; it is never shown; - is the standard input
    #[arg(long, value_name = "FILE", requires = "role")]
    token: Option<PathBuf>,
    /// The role's trust policy, in place of the one that AWS has; no credentials
    /// are needed
    #[arg(long, value_name = "FILE.json", requires = "role")]
    trust: Option<PathBuf>,
    /// Who: user/NAME, role/NAME, anyone, an ARN, an account or a service
    #[arg(long, value_name = "PRINCIPAL", requires = "action")]
    principal: Option<String>,
    /// The action, such as s3:GetObject
    #[arg(long, value_name = "ACTION", requires = "principal")]
    action: Option<String>,
    /// On what: s3://BUCKET/KEY, s3://BUCKET or an ARN
    #[arg(long, value_name = "RESOURCE", requires = "principal")]
    resource: Option<String>,
    /// A condition key of the request, such as aws:SourceIp=203.0.113.7; again
    /// for several values
    #[arg(long, value_name = "KEY=VALUE", value_parser = pair)]
    context: Vec<(String, String)>,
    /// Form of the report on the standard output
    #[arg(long, value_name = "FORM", default_value = "text")]
    output: Form,
}

impl Explain {
    pub async fn run(&self, global: &Global, screen: &Screen) -> Result<u8> {
        let started = Instant::now();
        self.refuse_tokens(global)?;
        let (text, answer) = match (&self.role, &self.principal) {
            (Some(role), _) => self.take_role(role, global, screen, started).await?,
            (None, Some(principal)) => self.access(principal, global, screen, started).await?,
            (None, None) => {
                bail!("say what to explain: --role with claims, or --principal with --action")
            }
        };
        screen.done();
        screen.data(&text)?;
        Ok(match answer {
            Answer::Allowed => FINE,
            Answer::Denied => CHANGES,
            Answer::Unknown => FAILED,
        })
    }

    /// A token in any argument would be told in the report or in an error.
    fn refuse_tokens(&self, global: &Global) -> Result<()> {
        let path = |path: &Option<PathBuf>| path.as_ref().map(|one| one.display().to_string());
        let mut given = vec![
            ("--role", self.role.clone()),
            ("--principal", self.principal.clone()),
            ("--action", self.action.clone()),
            ("--resource", self.resource.clone()),
            ("--trust", path(&self.trust)),
            ("--claims", path(&self.claims)),
            ("--account", path(&global.account)),
            ("--profile", global.profile.clone()),
            ("--region", global.region.clone()),
        ];
        let pairs = |name, pairs: &[(String, String)]| -> Vec<_> {
            let each = pairs.iter();
            each.map(|(key, value)| (name, Some(format!("{key}={value}"))))
                .collect()
        };
        given.extend(pairs("--claim", &self.claim));
        given.extend(pairs("--context", &self.context));
        for (name, text) in given {
            if text.is_some_and(|text| has_token(&text)) {
                return Err(
                    Failure::new(format!("what is given to {name} looks like a token"))
                        .with_hint("it is a secret: give it by --token FILE or -")
                        .into(),
                );
            }
        }
        Ok(())
    }

    async fn take_role(
        &self,
        role: &str,
        global: &Global,
        screen: &Screen,
        started: Instant,
    ) -> Result<(String, Answer)> {
        let question = TakeRoleQuestion {
            role: role.to_owned(),
            claims: self.claims()?,
            context: self.context(),
            now: now(),
        };
        let written = self.trust.as_deref().map(input::document).transpose()?;
        let (report, scope, calls) = match written {
            Some(trust) => {
                let scope = self.written_scope(role, &trust, global);
                let report = take_role(Trust::Written(trust, scope.clone()), &question).await?;
                (report, scope, Calls::default())
            }
            None => {
                let door = Door::open(global, &[Provider::Aws].into(), None, screen).await?;
                let cloud = door.cloud();
                screen.progress(&format!("reading role.{role}"));
                let report = take_role(Trust::Live(cloud), &question).await?;
                (report, cloud.scope().clone(), cloud.calls())
            }
        };
        let elapsed = started.elapsed();
        let text = match self.output {
            Form::Text => {
                let style = screen.style(global.verbose);
                render::take_role_text(&report, &calls, elapsed, &style)
            }
            Form::Json => render::take_role_json(&report, &scope, &calls, elapsed),
        };
        Ok((text, report.answer))
    }

    async fn access(
        &self,
        principal: &str,
        global: &Global,
        screen: &Screen,
        started: Instant,
    ) -> Result<(String, Answer)> {
        let question = AccessQuestion {
            principal: principal.to_owned(),
            action: self.action.clone().unwrap_or_default(),
            resource: self.resource.clone(),
            context: self.context(),
            now: now(),
        };
        let door = Door::open(global, &[Provider::Aws].into(), None, screen).await?;
        let cloud = door.cloud();
        screen.progress("reading the policies");
        let report: explain::Access = access(cloud, door.prober(), &question).await?;
        let (calls, elapsed) = (cloud.calls(), started.elapsed());
        let text = match self.output {
            Form::Text => {
                let style = screen.style(global.verbose);
                render::access_text(&report, &calls, elapsed, &style)
            }
            Form::Json => render::access_json(&report, cloud.scope(), &calls, elapsed),
        };
        Ok((text, report.answer))
    }

    /// Those of the file or the token, and those that are given one by one.
    fn claims(&self) -> Result<Claims> {
        refuse_a_token(self.token.as_deref())?;
        let mut claims = match (&self.token, &self.claims) {
            (Some(path), _) => {
                let token: SecretString = input::text(path)?.into();
                Claims::from_token(&token).with_context(|| read(path))?
            }
            (None, Some(path)) => {
                Claims::from_json(&input::text(path)?).with_context(|| read(path))?
            }
            (None, None) if self.claim.is_empty() => bail!(
                "say who wants to take the role: --claim sub=..., --claims FILE.json or \
                 --token FILE"
            ),
            (None, None) => Claims::default(),
        };
        for (name, value) in &self.claim {
            claims = claims.with(name, value);
        }
        Ok(claims)
    }

    fn context(&self) -> Context {
        let mut context = Context::new();
        for (key, value) in &self.context {
            let mut values = context.get(key).unwrap_or_default().to_vec();
            values.push(value.clone());
            context = context.with_all(key, values);
        }
        context
    }

    /// The account of a trust policy that is not read from one: the role's, else the provider's
    /// that it names.
    fn written_scope(&self, role: &str, trust: &crate::policy::Document, global: &Global) -> Scope {
        let mut scope = nowhere(global);
        let providers = trust.principals();
        let arns = [role].into_iter().chain(providers);
        let account =
            arns.filter(|arn| arn.starts_with("arn:"))
                .find_map(|arn| match Caller::parse(arn)? {
                    Caller::Federated { provider } => place(&provider),
                    Caller::Role { arn, .. } => place(&arn),
                    _ => None,
                });
        if let Some((partition, account)) = account {
            (scope.partition, scope.account) = (partition, account);
        }
        scope
    }
}

/// Partition and account of an ARN.
fn place(arn: &str) -> Option<(String, String)> {
    let mut fields = arn.split(':');
    let (partition, account) = (fields.nth(1)?, fields.nth(2)?);
    Some((partition.to_owned(), account.to_owned()))
}

/// A token where the name of a file belongs would be told in the error that there is no such file.
fn refuse_a_token(path: Option<&Path>) -> Result<()> {
    let is_token = |path: &Path| path.to_string_lossy().starts_with("eyJ") && !path.exists();
    if !path.is_some_and(is_token) {
        return Ok(());
    }
    Err(Failure::new("this is a token and no file that has one")
        .with_hint(
            "it is a secret: write it to a file, or hand it to the standard input of --token -",
        )
        .into())
}

fn read(path: &Path) -> String {
    format!("cannot read the claims in {}", input::name(path))
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}

fn pair(text: &str) -> std::result::Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write it as NAME=VALUE".to_owned()),
    }
}
