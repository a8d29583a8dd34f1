//! Who may say who has access to a bucket.

use super::public::{Openness, openness};
use super::view::{
    Test, account_of, action_matches, aws_principals, listed, names_everyone, reaches, tests,
};
use super::{Kind, Report, rules};
use crate::policy::actions;

/// Who may do one of these to a bucket may do everything to it.
const CONTROL: &[&str] = &["s3:PutBucketAcl", "s3:PutBucketPolicy"];

impl Report<'_> {
    /// A statement by which others come to decide who has access to a bucket.
    pub(super) fn hands_over(&mut self) {
        let statement = &self.statement;
        // Of `s3:*` something else is said where nobody knows whether it is for the owner's own.
        let named = |name: &str| {
            let mut names = statement.action.iter();
            names.any(|one| !one.ends_with(":*") && one != "*" && action_matches(one, name))
        };
        let other = |value: &String| match (account_of(value), self.ground.account) {
            (Some(account), Some(own)) => account != own,
            _ => false,
        };
        // Whoever calls from there, or is of that organisation: not the owner alone.
        let everyone = names_everyone(statement);
        if everyone && !self.is_for_many() {
            return;
        }
        let others = everyone || aws_principals(statement).any(other);
        let own = self.ground.account.is_some() && !others;
        let reached: Vec<_> = CONTROL
            .iter()
            .filter(|name| others || named(name))
            .filter_map(|name| actions::find(name))
            .filter(|action| reaches(statement, action) && !self.is_denied(action))
            .map(ToString::to_string)
            .collect();
        if reached.is_empty() {
            return;
        }
        if statement.principal.is_some() && own {
            return;
        }
        let whom = match self.kind {
            Kind::Identity => "who has the policy may give himself, and anyone, all access",
            _ => "the principal may give himself, and anyone, all access",
        };
        let message = format!("by {} {whom}", listed(&reached));
        let fix = "name the actions that are needed, such as \
                   [\"s3:ListBucket\", \"s3:GetObject\", \"s3:PutObject\"]";
        self.add(&rules::BUCKET_CONTROL, "Action", message, fix);
    }

    /// Whether the conditions of a statement for everyone keep strangers out and name no callers:
    /// a network, an organisation. Of one that is public that is said, and of more.
    fn is_for_many(&self) -> bool {
        const CALLERS: &[&str] = &[
            "aws:PrincipalAccount",
            "aws:PrincipalArn",
            "aws:SourceAccount",
            "aws:SourceArn",
            "aws:userid",
        ];
        let tests = tests(&self.statement);
        let named = |test: &Test| test.demands() && CALLERS.contains(&test.key);
        openness(&self.statement) == Some(Openness::Closed)
            && !self.leaves_it_to_access_points()
            && !tests.iter().any(named)
    }
}
