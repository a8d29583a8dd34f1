//! `s3setup ci`.

mod fill;
mod kubernetes;

use super::manifests::Inputs;
use super::screen::Screen;
use super::{FINE, Global};
use crate::files;
use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use fill::{Fill, check, quoted, unit};
use std::path::PathBuf;

const GITHUB: &str = include_str!("../../deploy/github/drift.yml");
const SERVICE: &str = include_str!("../../deploy/systemd/s3setup-drift.service");
const TIMER: &str = include_str!("../../deploy/systemd/s3setup-drift.timer");

/// What shows Google who the job is
/// (<https://github.com/google-github-actions/auth#preferred-direct-workload-identity-federation>).
const GOOGLE: &str = "      \
# Leaves a file with credentials, which names no secret, where s3setup looks for one.
      - uses: google-github-actions/auth@7c6bc770dae815cd3e89ee6cdf493a5fab2cc093 # v3.0.0
        with:
";
/// What the action has for AWS.
const OF_AWS: &str = "          role: \"arn:aws:iam::111122223333:role/s3setup-drift\"
          region: \"us-east-1\"
";

/// Print a scheduled drift job, filled in
///
/// github: a workflow that needs no keys, and keeps one issue open while not all
/// is as the manifests say. kubernetes: a CronJob, its service account, and a
/// ConfigMap of the manifests. systemd: a service and a timer. What is not
/// given is an example that stands out. Asks nobody and reads no AWS.
#[derive(Args)]
#[command(after_help = "\
Examples:
  s3setup ci github manifests --set repository=acme/backups \\
    --role arn:aws:iam::111122223333:role/s3setup-drift --region eu-central-1
  s3setup ci github manifests/github-actions-gcs.yaml --project acme-backups \\
    --google-provider projects/123456789012/locations/global/\\
workloadIdentityPools/github/providers/drift
  s3setup ci kubernetes manifests/*.yaml --shards 4 --image registry/s3setup:1
  s3setup ci systemd manifests --out /etc/systemd/system

`s3setup permissions MANIFEST --for drift` prints what the role must be allowed.")]
pub(super) struct Ci {
    /// What runs the job
    engine: Engine,
    /// Manifests, as the job will name them; kubernetes reads them
    #[arg(value_name = "MANIFEST")]
    manifests: Vec<PathBuf>,
    #[command(flatten)]
    inputs: Inputs,
    /// Role that the job takes on
    #[arg(long, value_name = "ARN")]
    role: Option<String>,
    /// Provider of a workload identity pool of Google Cloud that takes the job's
    /// token (github)
    #[arg(long, value_name = "PROVIDER")]
    google_provider: Option<String>,
    /// Service account of Google Cloud that the job then acts as (github)
    #[arg(long, value_name = "EMAIL", requires = "google_provider")]
    google_account: Option<String>,
    /// When: as cron has it (\"17 5 * * *\"), for systemd as OnCalendar has it
    #[arg(long, value_name = "WHEN")]
    schedule: Option<String>,
    /// Pods that share the manifests (kubernetes)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000))]
    shards: Option<u16>,
    /// Image of s3setup (kubernetes)
    #[arg(long, value_name = "IMAGE")]
    image: Option<String>,
    /// Repository and commit of the action (github)
    #[arg(long, value_name = "OWNER/NAME@COMMIT")]
    action: Option<String>,
    /// Folder to write the files to, instead of the standard output
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

/// What runs a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Engine {
    /// GitHub Actions
    Github,
    /// Kubernetes
    Kubernetes,
    /// Systemd
    Systemd,
}

/// A file of the job: its usual name, and its text.
type File = (&'static str, String);

impl Ci {
    pub fn run(&self, global: &Global, screen: &Screen) -> Result<u8> {
        self.refuse_what_does_not_belong()?;
        let files = match self.engine {
            Engine::Github => vec![("drift.yml", self.github(global)?)],
            Engine::Kubernetes => vec![("s3setup-drift.yaml", self.kubernetes(global)?)],
            Engine::Systemd => vec![
                ("s3setup-drift.service", self.service(global)?),
                ("s3setup-drift.timer", self.timer()?),
            ],
        };
        let Some(folder) = &self.out else {
            screen.data(&in_one(&files))?;
            return Ok(FINE);
        };
        for (name, _) in &files {
            let path = folder.join(name);
            if path.symlink_metadata().is_ok() {
                bail!(
                    "{} is there already: remove it, or choose another folder",
                    path.display()
                );
            }
        }
        for (name, text) in &files {
            let path = folder.join(name);
            files::write_new(&path, text, false)
                .with_context(|| format!("cannot write {}", path.display()))?;
            screen.say(&format!("wrote {}", path.display()));
        }
        Ok(FINE)
    }

    /// An option that does nothing would be missed when the job runs.
    fn refuse_what_does_not_belong(&self) -> Result<()> {
        let table = [
            ("--shards", self.shards.is_some(), Engine::Kubernetes),
            ("--image", self.image.is_some(), Engine::Kubernetes),
            ("--action", self.action.is_some(), Engine::Github),
            (
                "--google-provider",
                self.google_provider.is_some(),
                Engine::Github,
            ),
        ];
        for (option, given, engine) in table {
            if given && engine != self.engine {
                let of = engine.to_possible_value();
                bail!(
                    "{option} goes with {} alone",
                    of.as_ref().map_or("", |of| of.get_name())
                );
            }
        }
        if self.role.is_some() && self.engine == Engine::Systemd {
            bail!(
                "--role goes with github and kubernetes: on a machine of one's own, the profile names it"
            );
        }
        Ok(())
    }

    fn github(&self, global: &Global) -> Result<String> {
        let mut fill = Fill::of(GITHUB);
        self.google(&mut fill, global)?;
        self.common(&mut fill, global)?;
        if let Some(action) = &self.action {
            check(
                action,
                r"[\w.-]+/[\w.-]+@[\w./-]+",
                "OWNER/NAME@COMMIT",
                "--action",
            )?;
            let (repository, commit) = action.split_once('@').unwrap_or_default();
            fill.put(
                "OWNER/s3setup/deploy/action@COMMIT",
                &format!("{repository}/deploy/action@{commit}"),
            )?;
        }
        let manifests = self.manifests()?;
        if !manifests.is_empty() {
            let lines = manifests.join("\n            ");
            fill.put("            manifests\n", &format!("            {lines}\n"))?;
        }
        let set = self.set(global)?;
        if !set.is_empty() {
            fill.put(
                "arguments: \"\"",
                &format!("arguments: {}", quoted(&set.join("\n"))?),
            )?;
        }
        Ok(fill.text())
    }

    fn service(&self, global: &Global) -> Result<String> {
        let mut fill = Fill::of(SERVICE);
        if let Some(region) = region(global)? {
            fill.put("us-east-1", region)?;
        }
        let mut words = self.set(global)?;
        words.push("--".into());
        let manifests = self.manifests()?;
        match manifests.is_empty() {
            true => words.push("manifests".into()),
            false => words.extend(manifests),
        }
        let words: Result<Vec<String>> = words.iter().map(|word| unit(word)).collect();
        fill.put("drift -- manifests", &format!("drift {}", words?.join(" ")))?;
        Ok(fill.text())
    }

    fn timer(&self) -> Result<String> {
        let mut fill = Fill::of(TIMER);
        if let Some(when) = &self.schedule {
            check(when, r"[\w*:.,/~ -]+", "*-*-* 05:17:00", "--schedule")?;
            fill.put("*-*-* 05:17:00", when)?;
        }
        Ok(fill.text())
    }

    /// A step that has Google take GitHub's token. Without a role nothing is of AWS.
    fn google(&self, fill: &mut Fill, global: &Global) -> Result<()> {
        let Some(provider) = &self.google_provider else {
            return Ok(());
        };
        check(
            provider,
            "projects/[0-9]+/locations/global/workloadIdentityPools/[a-z0-9-]+/providers/[a-z0-9-]+",
            "projects/123456789012/locations/global/workloadIdentityPools/POOL/providers/NAME",
            "--google-provider",
        )?;
        let mut step = format!("{GOOGLE}          workload_identity_provider: {provider}\n");
        if let Some(account) = &self.google_account {
            let form = r"[a-z][a-z0-9-]+@[a-z0-9.:-]+\.iam\.gserviceaccount\.com";
            let example = "drift@acme-backups.iam.gserviceaccount.com";
            check(account, form, example, "--google-account")?;
            step.push_str(&format!("          service_account: {account}\n"));
        }
        const LAST: &str = "      # Exit code 2 (drifted)";
        fill.put(LAST, &format!("{step}{LAST}"))?;
        if self.role.is_none() && global.region.is_none() {
            fill.put(OF_AWS, "")?;
        }
        Ok(())
    }

    /// Role, region and schedule, in YAML.
    fn common(&self, fill: &mut Fill, global: &Global) -> Result<()> {
        if let Some(role) = &self.role {
            let form = "arn:aws:iam::111122223333:role/NAME";
            check(
                role,
                r"arn:aws[a-z-]*:iam::[0-9]{12}:role/[\w+=,.@/-]+",
                form,
                "--role",
            )?;
            fill.put("arn:aws:iam::111122223333:role/s3setup-drift", role)?;
        }
        if let Some(region) = region(global)? {
            fill.put("us-east-1", region)?;
        }
        if let Some(when) = &self.schedule {
            let field = r"[\w*,/?#-]+";
            let cron = format!("{field}( +{field}){{4}}");
            check(when, &cron, "17 5 * * *", "--schedule")?;
            fill.put("17 5 * * *", when)?;
        }
        Ok(())
    }

    /// The paths, as the job will have them.
    fn manifests(&self) -> Result<Vec<String>> {
        let mut all = Vec::new();
        for path in &self.manifests {
            match path.to_str() {
                Some(text) if !text.contains(char::is_control) && !text.contains("${{") => {
                    all.push(text.to_owned());
                }
                _ => bail!("the name {} cannot be written into a job", path.display()),
            }
        }
        Ok(all)
    }

    /// The inputs, and the project of Google Cloud, as options.
    fn set(&self, global: &Global) -> Result<Vec<String>> {
        let set = self.inputs.set.iter();
        let mut words: Vec<String> = set
            .map(|(name, value)| format!("--set={name}={value}"))
            .collect();
        if let Some(project) = &global.project {
            check(
                project,
                r"[a-z][a-z0-9-]+[a-z0-9]",
                "acme-backups",
                "--project",
            )?;
            words.push(format!("--project={project}"));
        }
        Ok(words)
    }
}

/// The region of the command line, if it is one's name.
fn region(global: &Global) -> Result<Option<&str>> {
    let Some(region) = &global.region else {
        return Ok(None);
    };
    check(
        region,
        "[a-z]{2}(-[a-z]+)+-[0-9]",
        "eu-central-1",
        "--region",
    )?;
    Ok(Some(region))
}

/// Several files one after another, each below its name.
fn in_one(files: &[File]) -> String {
    match files {
        [(_, text)] => text.clone(),
        files => files
            .iter()
            .map(|(name, text)| format!("# {name}\n{text}"))
            .collect::<Vec<_>>()
            .join("\n"),
    }
}
