//! One manifest that was chosen, with its inputs and the accounts that it is for.

use crate::manifest::{self, Account, Compiled};
use crate::reconcile::AccountsFile;
use crate::resource::Scope;
use crate::yaml::{Problem, Problems, Source};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

/// A manifest and its inputs. It is read once: what comes through a pipe cannot be read again.
pub(in crate::cli) struct Chosen {
    source: Result<Source, Problems>,
    /// What is given for its inputs in every account.
    pub(super) inputs: BTreeMap<String, String>,
    /// The inputs that it has.
    pub(super) names: BTreeSet<String>,
    /// The accounts that it is for; none for that of the caller's own credentials.
    pub(super) accounts: Arc<[Account]>,
    /// The file that named them, if it was not the manifest.
    pub(super) named_in: Option<AccountsFile>,
}

impl Chosen {
    pub fn new(file: &Path, inputs: BTreeMap<String, String>) -> Self {
        let source = Source::read(file);
        let names = source.as_ref().map(manifest::input_names);
        let accounts = source.as_ref().map(manifest::own_accounts);
        Self {
            names: names.unwrap_or_default(),
            accounts: accounts.unwrap_or_default().into(),
            source,
            inputs,
            named_in: None,
        }
    }

    /// The same for these accounts, which that file names.
    pub fn for_accounts(mut self, accounts: &Arc<[Account]>, file: &AccountsFile) -> Self {
        self.accounts = Arc::clone(accounts);
        self.named_in = Some(file.clone());
        self
    }

    /// The same with `inputs`, of which those that the account of this id has of its own are left out.
    pub fn with_inputs_in(mut self, id: Option<&str>, inputs: &BTreeMap<String, String>) -> Self {
        let own = id.and_then(|id| self.account(id)).map(|one| &one.set);
        let is_own = |name: &String| own.is_some_and(|own| own.contains_key(name));
        let given = inputs.iter().filter(|(name, _)| !is_own(name));
        let given = given.map(|(name, value)| (name.clone(), value.clone()));
        self.inputs = given.collect();
        self
    }

    /// The file that named its accounts, if it was not the manifest.
    pub fn named_in(&self) -> Option<&AccountsFile> {
        self.named_in.as_ref()
    }

    /// The file, as it is called in errors.
    pub fn file(&self) -> &str {
        match &self.source {
            Ok(source) => &source.name,
            Err(problems) => problems.name(),
        }
    }

    /// The manifest's own name, or else the file.
    pub(super) fn name(&self) -> String {
        let name = self.source.as_ref().ok().and_then(manifest::name);
        name.unwrap_or_else(|| self.file().to_owned())
    }

    /// In bytes.
    pub(super) fn size(&self) -> usize {
        self.source.as_ref().map_or(0, |source| source.text.len())
    }

    /// Its resources in the account of `scope`: once for each region that the account is given.
    ///
    /// # Errors
    /// It cannot be read, or all that is wrong with it; or it is for other accounts.
    pub fn compile(&self, scope: &Scope) -> Result<Vec<Compiled>, Problems> {
        let source = self.source.as_ref().map_err(Clone::clone)?;
        if self.accounts.is_empty() {
            return Ok(vec![manifest::load(source, &self.inputs, scope)?]);
        }
        match self.account(&scope.account) {
            Some(account) => self.load_in(source, account, scope),
            None => {
                let ids: Vec<&str> = self
                    .accounts
                    .iter()
                    .map(|one| one.account.as_str())
                    .collect();
                let message = format!("it is not for account {}", scope.account);
                let fix = format!("use credentials of {}", ids.join(" or "));
                let problem = Problem::new(message).fix(fix);
                Err(Problems::unread(self.file(), problem))
            }
        }
    }

    /// Its resources, without asking anybody: in every account that it is for. `nowhere` is taken for
    /// what is not known.
    ///
    /// # Errors
    /// As [`Chosen::compile`].
    pub fn compile_offline(&self, nowhere: &Scope) -> Result<Vec<Compiled>, Problems> {
        if self.accounts.is_empty() {
            return self.compile(nowhere);
        }
        let mut all = Vec::new();
        for account in self.accounts.iter() {
            all.extend(self.compile(&offline_scope(account, nowhere))?);
        }
        Ok(all)
    }

    /// How the account of this id is reached, if the manifest is for it.
    pub(super) fn account(&self, id: &str) -> Option<&Account> {
        self.accounts.iter().find(|one| one.account == id)
    }

    fn load_in(
        &self,
        source: &Source,
        account: &Account,
        scope: &Scope,
    ) -> Result<Vec<Compiled>, Problems> {
        let mut inputs = self.inputs.clone();
        let set = account
            .set
            .iter()
            .filter(|(name, _)| self.names.contains(*name));
        inputs.extend(set.map(|(name, value)| (name.clone(), value.clone())));
        let mut regions = account.regions.clone();
        if regions.is_empty() {
            regions.push(scope.region.clone());
        }
        let scopes = regions.into_iter().map(|region| Scope {
            region,
            ..scope.clone()
        });
        scopes
            .map(|scope| manifest::load(source, &inputs, &scope))
            .collect()
    }
}

/// What is known of an account before anybody is asked.
pub(super) fn offline_scope(account: &Account, nowhere: &Scope) -> Scope {
    let of_role = |role: &String| Some(role.strip_prefix("arn:")?.split(':').next()?.to_owned());
    let region = account.regions.first().unwrap_or(&nowhere.region);
    let of_region = match region {
        region if region.starts_with("cn-") => "aws-cn",
        region if region.starts_with("us-gov-") => "aws-us-gov",
        region if region.starts_with("eusc-") => "aws-eusc",
        _ => &nowhere.partition,
    };
    let partition = account.role.as_ref().and_then(of_role);
    Scope {
        account: account.account.clone(),
        partition: partition.unwrap_or_else(|| of_region.to_owned()),
        region: region.clone(),
        project: nowhere.project.clone(),
    }
}
