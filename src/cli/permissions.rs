//! `s3setup permissions`.

use super::door::Door;
use super::manifests::{self, Chosen, Manifests, nowhere};
use super::screen::Screen;
use super::{FINE, Global, Output, account_id};
use crate::cloud::Failure;
use crate::manifest::Compiled;
use crate::permissions::{self, Asked, Extra, Purpose};
use crate::plan::Wanted;
use crate::policy::Document;
use crate::policy::lint::{self, Kind};
use crate::render::{self, Runner};
use crate::resource::{Google, Provider, Resource, Scope, partition_of};
use anyhow::{Result, bail};
use clap::{Args, ValueEnum};
use std::collections::BTreeSet;

/// Print what a command needs for these manifests: a policy, or a role
///
/// At AWS an IAM policy on the ARNs of the manifests' resources, from the table
/// that the calls themselves are made of. At Google Cloud, for manifests that
/// have nothing of AWS or with --google, the permissions of a custom role.
/// Reads nothing: at the most it asks AWS who the caller is, which takes no
/// permission, and with --account-id not even that.
#[derive(Args)]
#[command(after_help = "\
Examples:
  s3setup permissions manifests/neon.yaml --for apply --account-id 111122223333
  s3setup permissions manifests/*.yaml --for drift --output markdown
  s3setup permissions manifests/neon.yaml --for drift \\
    --github acme/infra > drift.yaml && s3setup apply drift.yaml")]
pub(super) struct Permissions {
    #[command(flatten)]
    manifests: Manifests,
    /// What is to be allowed; several are one policy
    #[arg(
        long = "for",
        value_name = "COMMAND",
        required = true,
        value_delimiter = ','
    )]
    purposes: Vec<Command>,
    /// Allow this, too, which the command can do without
    #[arg(long = "with", value_name = "EXTRA", value_delimiter = ',')]
    extras: Vec<More>,
    /// The account, 12 digits; without it, that of the credentials
    #[arg(long, value_name = "ID", value_parser = account_id, conflicts_with = "account")]
    account_id: Option<String>,
    /// With destroy: this bucket may be removed with all objects in it
    #[arg(long, value_name = "BUCKET")]
    delete_objects: Vec<String>,
    /// Print what it takes at Google Cloud: a custom role, for
    /// `gcloud iam roles create --file` (so it is if nothing is of AWS)
    #[arg(long)]
    google: bool,
    /// A list of policies, each below the quota of a managed policy (6,144
    /// characters)
    #[arg(long)]
    split: bool,
    /// Form of the policy on the standard output
    #[arg(long, value_name = "FORM", default_value = "json")]
    output: Output,
    #[command(flatten)]
    github: Github,
}

/// Who runs it, if that is a workflow.
#[derive(Args)]
struct Github {
    /// Print a manifest instead: a role with this policy for workflows of this
    /// repository, which take it without any key
    #[arg(long, value_name = "OWNER/NAME", conflicts_with_all = ["split", "output"])]
    github: Option<String>,
    /// Only workflows that run on this branch; main, if nothing is said
    #[arg(
        long,
        value_name = "BRANCH",
        requires = "github",
        conflicts_with = "environment"
    )]
    branch: Option<String>,
    /// Only jobs of this environment
    #[arg(long, value_name = "NAME", requires = "github")]
    environment: Option<String>,
    /// Name of the role and the manifest; s3setup-COMMAND, if nothing is said
    #[arg(long, value_name = "NAME", requires = "github")]
    role: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Command {
    /// To read and compare
    Plan,
    /// To make and change, and what plan takes
    Apply,
    /// The same as plan
    Drift,
    /// To try access, and what plan takes
    Verify,
    /// To remove, and what plan takes
    Destroy,
    /// To replace keys
    Rotate,
}

/// What a command can do without.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum More {
    /// To read many in one go, which takes fewer calls
    Listings,
    /// What `drift --who` asks
    Who,
}

impl More {
    fn extra(self) -> Extra {
        match self {
            Self::Listings => Extra::Listings,
            Self::Who => Extra::Who,
        }
    }

    /// Whether the command would ever ask for it.
    fn goes_with(self, command: Command) -> bool {
        match self {
            Self::Listings => command != Command::Rotate,
            Self::Who => command == Command::Drift,
        }
    }
}

impl Command {
    fn purpose(self) -> Purpose {
        match self {
            Self::Plan => Purpose::Plan,
            Self::Apply => Purpose::Apply,
            Self::Drift => Purpose::Drift,
            Self::Verify => Purpose::Verify,
            Self::Destroy => Purpose::Destroy,
            Self::Rotate => Purpose::Rotate,
        }
    }

    fn name(self) -> String {
        self.to_possible_value()
            .map(|value| value.get_name().to_owned())
            .unwrap_or_default()
    }
}

impl Permissions {
    pub async fn run(&self, global: &Global, screen: &Screen) -> Result<u8> {
        let files = self.manifests.with_inputs()?;
        let offline = manifests::load_offline(&files, global, screen)?;
        let region = manifests::named_region(&offline);
        let providers = manifests::providers(&offline);
        if self.google || !providers.contains(&Provider::Aws) {
            return self.at_google(&files, global, screen);
        }
        let (scope, unsure) = self.scope(global, region, screen).await?;
        let compiled = manifests::load(&files, &scope, screen)?;
        screen.done();
        let document = self.document(&compiled, &scope)?;
        let guessed = format!(":{}:", scope.region);
        let resources = document.resources();
        if unsure && resources.iter().any(|one| one.contains(&guessed)) {
            return Err(Failure::new("the policy names a region, and none is set")
                .with_hint("give --region, or `region:` in the manifest")
                .into());
        }
        for manifest in compiled
            .iter()
            .filter(|one| !one.source.examples.is_empty())
        {
            let names = manifest.source.examples.join(", ");
            let path = render::clean(&manifest.source.path);
            screen.say(&format!(
                "{path}: with the example for {names}; --set gives another"
            ));
        }
        if let Some(repository) = &self.github.github {
            let commands: BTreeSet<String> = self.purposes.iter().map(|one| one.name()).collect();
            let runner = self.github.runner(repository, commands);
            screen.data(&render::permissions_manifest(&document, &runner))?;
            return Ok(FINE);
        }
        let documents = match self.split {
            true => permissions::split(&document),
            false => vec![document],
        };
        if let Some(long) = documents
            .iter()
            .find(|one| !permissions::fits(&one.statement))
        {
            return Err(Failure::new(format!(
                "the policy has {} characters, and AWS takes {} in one",
                long.size(),
                lint::quota(&Kind::Identity)
            ))
            .with_hint("add --split: it prints a list of policies, each short enough")
            .into());
        }
        screen.data(&match self.output {
            Output::Json if self.split => render::json_text(&documents),
            Output::Json => documents.iter().map(render::json_text).collect(),
            Output::Text => render::permissions_text(&documents),
            Output::Markdown => render::permissions_markdown(&documents),
        })?;
        Ok(FINE)
    }

    /// A custom role of Google Cloud, in the form that `gcloud iam roles create --file` takes.
    fn at_google(&self, files: &[Chosen], global: &Global, screen: &Screen) -> Result<u8> {
        if self.split || self.github.github.is_some() || self.account_id.is_some() {
            bail!("--split, --github and --account-id are about a policy of AWS");
        }
        let compiled = manifests::load_offline(files, global, screen)?;
        screen.done();
        self.refuse_strange_buckets(&compiled)?;
        let wanted = compiled.iter().flat_map(|one| &one.wanted);
        let asked = wanted.map(|wanted| self.asked(wanted));
        let purposes = self.purposes.iter().map(|one| one.purpose()).collect();
        let permissions = permissions::google(asked, &purposes);
        if permissions.is_empty() {
            bail!(
                "nothing has to be allowed at Google: nothing of the manifests is there, or, for \
                 rotate, no service account has a key"
            );
        }
        let commands: Vec<String> = self.purposes.iter().map(|one| one.name()).collect();
        screen.data(&match self.output {
            Output::Text => permissions
                .into_iter()
                .map(|one| format!("{one}\n"))
                .collect(),
            Output::Json | Output::Markdown => render::permissions_role(&commands, &permissions),
        })?;
        Ok(FINE)
    }

    /// The account that the ARNs are of; and whether its region is only guessed.
    async fn scope(
        &self,
        global: &Global,
        named: Option<String>,
        screen: &Screen,
    ) -> Result<(Scope, bool)> {
        if let Some(account) = &self.account_id {
            let mut scope = nowhere(global);
            let unsure = global.region.is_none()
                && named.is_none()
                && std::env::var("AWS_REGION").map_or(true, |region| region.is_empty());
            scope.region = named.unwrap_or(scope.region);
            scope.partition = partition_of(&scope.region).to_owned();
            scope.account.clone_from(account);
            return Ok((scope, unsure));
        }
        match Door::open(global, &[Provider::Aws].into(), named, screen).await {
            Ok(door) => Ok((door.cloud().scope().clone(), false)),
            Err(error) if global.account.is_some() => Err(error),
            Err(error) => Err(Failure::new(format!(
                "whose account it is for could not be asked: {error:#}"
            ))
            .with_hint(
                "give --account-id and its 12 digits, or any credentials of the account: to \
                     ask takes no permission",
            )
            .into()),
        }
    }

    /// A bucket that no manifest has was mistyped.
    fn refuse_strange_buckets(&self, compiled: &[Compiled]) -> Result<()> {
        let wanted = compiled.iter().flat_map(|one| &one.wanted);
        let buckets: BTreeSet<&str> = wanted
            .filter_map(|wanted| match &wanted.resource {
                Resource::Bucket(bucket) => Some(bucket.name.as_str()),
                Resource::Google(Google::Bucket(bucket)) => Some(bucket.name.as_str()),
                _ => None,
            })
            .collect();
        for name in &self.delete_objects {
            if !buckets.contains(name.as_str()) {
                bail!("--delete-objects {name}: no manifest has that bucket");
            }
        }
        if !self.delete_objects.is_empty() && !self.purposes.contains(&Command::Destroy) {
            bail!("--delete-objects goes with --for destroy");
        }
        Ok(())
    }

    fn document(&self, compiled: &[Compiled], scope: &Scope) -> Result<Document> {
        let wanted = || compiled.iter().flat_map(|one| &one.wanted);
        self.refuse_strange_buckets(compiled)?;
        for extra in &self.extras {
            if !self.purposes.iter().any(|one| extra.goes_with(*one)) {
                match extra {
                    More::Listings => bail!("--with listings: rotate reads no more than its users"),
                    More::Who => bail!("--with who goes with --for drift"),
                }
            }
        }
        let extras = self.extras.iter().map(|one| one.extra()).collect();
        let asked: Vec<Asked> = wanted().map(|wanted| self.asked(wanted)).collect();
        let purposes = self.purposes.iter().map(|one| one.purpose()).collect();
        let document = permissions::policy(&asked, &purposes, &extras, scope);
        if document.statement.is_empty() {
            bail!("nothing has to be allowed: no user of the manifests has an access_key");
        }
        Ok(document)
    }

    fn asked<'a>(&self, wanted: &'a Wanted) -> Asked<'a> {
        let emptied = match &wanted.resource {
            Resource::Bucket(bucket) => self.delete_objects.contains(&bucket.name),
            Resource::Google(Google::Bucket(bucket)) => self.delete_objects.contains(&bucket.name),
            _ => false,
        };
        Asked {
            resource: &wanted.resource,
            absent: wanted.absent,
            emptied,
        }
    }
}

impl Github {
    fn runner(&self, repository: &str, commands: BTreeSet<String>) -> Runner {
        let joined: Vec<String> = commands.into_iter().collect();
        Runner {
            role: self
                .role
                .clone()
                .unwrap_or_else(|| format!("s3setup-{}", joined.join("-"))),
            repository: repository.to_owned(),
            commands: joined,
            subject: match (&self.environment, &self.branch) {
                (Some(environment), _) => ("environment", environment.clone()),
                (None, branch) => ("branch", branch.clone().unwrap_or_else(|| "main".into())),
            },
        }
    }
}
