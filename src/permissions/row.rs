//! A row of the table: what is called to do one thing to one aspect of a resource, and on what.

use super::Operation;

/// What is done to a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verb {
    /// It is read, and compared.
    Observe,
    /// It is made.
    Create,
    /// It is led to what the manifest says.
    Update,
    /// What a removal of it would meet is looked up.
    LookUp,
    /// It is removed.
    Delete,
    /// It is removed with the objects in it.
    Empty,
    /// Its key is replaced by another one.
    Rotate,
    /// A run is taken back: what `undo` takes beside all of the above.
    Undo,
    /// Access to it is tried.
    Try,
    /// The whole account is searched for what is ours, or for why somebody may do something.
    Search,
    /// Many are read in one go.
    List,
    /// Who has changed it is looked up.
    Trace,
}

/// What of a resource a row is about: the row counts where the manifest's resource has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Aspect {
    /// The resource as such, and what others may have added to it.
    Whole,
    /// The tags that it is made with.
    Tags,
    /// Versioning, of whichever sort.
    Versioning,
    /// Versioning that is on.
    VersioningOn,
    /// The default encryption.
    Encryption,
    /// A key of the manifest that encrypts it.
    KeyOfManifest,
    /// A key that encrypts it, whosever.
    Key,
    /// Block Public Access.
    PublicAccessBlock,
    /// Object ownership.
    ObjectOwnership,
    /// Lifecycle rules, or that there are none.
    Lifecycle,
    /// Lifecycle rules.
    Rules,
    /// That there are no lifecycle rules.
    NoRules,
    /// The description, or what is written with it: a role's session length.
    Description,
    /// The permissions boundary.
    Boundary,
    /// Inline policies.
    InlinePolicies,
    /// Attached policies.
    AttachedPolicies,
    /// A group's members.
    Members,
    /// Groups outside the manifest that a user is in.
    Groups,
    /// Rotation that is on.
    RotationOn,
    /// Rotation that is off.
    RotationOff,
    /// A trust in this account.
    TrustInAccount,
    /// A secret of Secrets Manager that holds its key.
    Secret,
    /// A parameter that holds its key.
    Parameter,
    /// A KMS key of one's own for that secret.
    SecretKey,
    /// A KMS key of one's own for that parameter.
    ParameterKey,
}

/// What a permission is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum On {
    /// The resource; of a bucket's policy the bucket, of an access key its user.
    Itself,
    /// AWS knows no resource here: `*`.
    Account,
    /// The objects of a bucket.
    Objects,
    /// The objects that `verify` writes.
    Tries,
    /// Any key of the region: its id is AWS's to choose.
    AnyKey,
    /// The alias of a key.
    Alias,
    /// The key that encrypts a bucket.
    KeyOfBucket,
    /// The groups outside the manifest that a user is in.
    Groups,
    /// Any group of the account.
    AnyGroup,
    /// The managed policies that are attached, and the boundary.
    Policies,
    /// The secret or parameter that holds an access key.
    Sink,
    /// The KMS key of that.
    SinkKey,
}

/// On which condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Under {
    /// None.
    Nothing,
    /// The identity has the boundary that the manifest gives it.
    Boundary,
    /// The policy is one that the manifest attaches; and as `Boundary`.
    OnlyAttached,
    /// The key is made with the mark that says which alias it belongs to.
    NewKeyTag,
    /// The key carries that mark.
    KeyTag,
}

/// One row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// What is done.
    pub verb: Verb,
    /// To which aspect.
    pub aspect: Aspect,
    /// What is called for it.
    pub operation: Operation,
    /// What AWS asks for beside the operation's own action, if the row is about that.
    pub beside: Option<&'static str>,
    /// On what.
    pub on: On,
    /// On which condition.
    pub under: Under,
}

impl Row {
    pub(super) const fn new(verb: Verb, operation: Operation) -> Self {
        Self {
            verb,
            aspect: Aspect::Whole,
            operation,
            beside: None,
            on: On::Itself,
            under: Under::Nothing,
        }
    }

    pub(super) const fn of(mut self, aspect: Aspect) -> Self {
        self.aspect = aspect;
        self
    }

    pub(super) const fn asks(mut self, action: &'static str) -> Self {
        self.beside = Some(action);
        self
    }

    pub(super) const fn on(mut self, on: On) -> Self {
        self.on = on;
        self
    }

    pub(super) const fn under(mut self, under: Under) -> Self {
        self.under = under;
        self
    }

    /// The action that has to be allowed.
    #[must_use]
    pub fn action(&self) -> &'static str {
        self.beside.unwrap_or_else(|| self.operation.action())
    }
}
