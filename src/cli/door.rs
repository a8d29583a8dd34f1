//! Which provider a command speaks to.

use super::Global;
use super::screen::Screen;
use crate::account::Account;
use crate::aws;
use crate::cloud::Cloud;
use anyhow::Result;

/// The provider behind the door.
pub(super) enum Door {
    Aws(Box<aws::Aws>),
    File(Account),
}

impl Door {
    /// Opens the account file, or connects to AWS.
    ///
    /// # Errors
    /// No such file; no credentials, or AWS cannot be reached.
    pub async fn open(global: &Global, region: Option<&str>, screen: &Screen) -> Result<Self> {
        let region = global.region.as_deref().or(region);
        if let Some(path) = &global.account {
            return Ok(Self::File(Account::open(path, region)?));
        }
        screen.progress("asking AWS who we are");
        let options = aws::Options {
            profile: global.profile.clone(),
            region: region.map(str::to_owned),
        };
        Ok(Self::Aws(Box::new(
            aws::connect(&options, screen.waiting()).await?,
        )))
    }

    /// The provider.
    pub fn cloud(&self) -> &dyn Cloud {
        match self {
            Self::Aws(aws) => &**aws,
            Self::File(account) => account,
        }
    }

    /// Whether it is an account in a file.
    pub fn is_file(&self) -> bool {
        matches!(self, Self::File(_))
    }

    /// Keeps what was written.
    ///
    /// # Errors
    /// The account file cannot be written.
    pub fn save(&self) -> Result<()> {
        match self {
            Self::Aws(_) => Ok(()),
            Self::File(account) => account.save(),
        }
    }
}
