//! What one kind of resource has to say of itself.

use super::{Address, Scope, Tags};
use std::collections::BTreeSet;

/// What must be there before a resource: addresses or ARNs. Those that the manifest does not hold
/// are taken to exist.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// The provider refuses the resource without these (a principal, an attached policy, …).
    pub must: BTreeSet<String>,
    /// Named, but not looked at by the provider (the Resource of a policy). Kept where it closes
    /// no circle: a policy must not grant access to a bucket name that somebody else may take.
    pub should: BTreeSet<String>,
}

/// What one kind of resource has to say of itself; no input, no output.
pub trait Kind: Sized {
    /// The word before the dot of its address.
    const KIND: &'static str;
    /// Fields that cannot be changed after creation.
    const FIXED: &'static [&'static str] = &[];
    /// Fields that are never a difference: what the provider gives, or does not tell.
    const NEVER_DIFFERS: &'static [&'static str] = &[];

    /// The name, unique among the resources of this kind.
    fn name(&self) -> &str;
    /// The ARN, where the kind has one.
    fn arn(&self, scope: &Scope) -> Option<String>;
    /// What must be there before.
    fn needs(&self) -> Needs;
    /// `self` as observed, without what `want` does not manage: fields left out, foreign tags.
    /// The only place that knows what is ours.
    #[must_use]
    fn limited_to(self, want: &Self) -> Self;
    /// `self` as wanted, with what it does not manage taken from `have`: what there is once it
    /// was written. `want.with_foreign(have).limited_to(want) == want`.
    #[must_use]
    fn with_foreign(self, have: &Self) -> Self;
    /// The tags, where the kind has tags.
    fn tags(&self) -> Option<&Tags>;
    /// Whether documents that name it are bound to this very one, by an id that the provider gives:
    /// they do not hold for another one of the same name
    /// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>).
    fn has_unique_id(&self) -> bool {
        false
    }
    /// Whether the provider keeps one of it for the whole account, so that nobody owns it.
    fn shared(&self) -> bool {
        false
    }
    /// The resource that it is a part of, and whose owner is its owner.
    fn part_of(&self) -> Option<Address> {
        None
    }
    /// Whether a name or path given by s3setup shows it to be of `manifest`, for a kind that has
    /// no tags.
    fn belongs_to(&self, _manifest: &str) -> bool {
        false
    }
    /// Why `have` cannot become `self` (as wanted) by writing, and what to do instead.
    fn obstacle(&self, _have: &Self) -> Option<String> {
        None
    }
    /// What is worth knowing of it (as observed), and is no difference.
    fn remark(&self) -> Option<String> {
        None
    }
}
