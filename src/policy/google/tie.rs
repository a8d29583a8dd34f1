//! Whose tokens a provider takes: how closely its condition holds on to one tenant of the issuer.

use super::cel::{By, Expression, Test};
use crate::policy::lint::{is_github, tenancy_key};

/// How closely.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tie {
    /// Whoever the issuer vouches for.
    Nobody,
    /// It asks for something, of which it cannot be told here whether a stranger has it.
    Unknown,
    /// All repositories of one owner, or projects of one namespace.
    Owner,
    /// One repository or project, by a name that somebody else may take once it is given up.
    Name,
    /// One repository or project, by its id.
    One,
}

/// Claims that name one repository by its id, by its name, its owner by id, and by name.
struct Claims {
    id: &'static [&'static str],
    name: &'static [&'static str],
    owner: &'static [&'static str],
    /// How a subject begins, and how many parts name the repository.
    subject: Option<(&'static str, char)>,
}

const GITHUB: Claims = Claims {
    id: &["repository_id"],
    name: &["repository"],
    owner: &["repository_owner_id", "repository_owner", "enterprise_id"],
    subject: Some(("repo:", ':')),
};
const GITLAB: Claims = Claims {
    id: &["project_id"],
    name: &["project_path"],
    owner: &["namespace_id", "namespace_path"],
    subject: Some(("project_path:", ':')),
};
const TERRAFORM: Claims = Claims {
    id: &["terraform_workspace_id", "terraform_project_id"],
    name: &[],
    owner: &["terraform_organization_id", "terraform_organization_name"],
    subject: None,
};
/// Of others only the subject, or the claim that AWS knows, tells whose it is.
const OTHERS: Claims = Claims {
    id: &[],
    name: &[],
    owner: &[],
    subject: None,
};

/// Without `https://` and a slash at the end.
fn bare(issuer: &str) -> &str {
    issuer.trim_start_matches("https://").trim_end_matches('/')
}

/// Whether the issuer serves everybody, so that a token of it is nobody's in particular.
#[must_use]
pub fn is_shared(issuer: &str) -> bool {
    let issuer = bare(issuer);
    is_github(issuer)
        || tenancy_key(issuer).is_some()
        || matches!(issuer, "accounts.google.com" | "oidc.circleci.com")
}

fn claims(issuer: &str) -> Claims {
    match bare(issuer) {
        issuer if is_github(issuer) => GITHUB,
        "gitlab.com" => GITLAB,
        "app.terraform.io" => TERRAFORM,
        _ => OTHERS,
    }
}

/// What a test asks of the token: `assertion.repository`, `google.subject` → `sub`. Attributes are
/// the claims that the mapping makes them of.
#[must_use]
pub fn claim<'a>(
    of: &'a str,
    mapping: &'a std::collections::BTreeMap<String, String>,
) -> Option<&'a str> {
    if let Some(claim) = of.strip_prefix("assertion.") {
        return Some(claim);
    }
    let value = mapping.get(of)?;
    value.strip_prefix("assertion.")
}

/// How closely `condition` holds on to one tenant of `issuer`, which serves everybody.
#[must_use]
pub fn tie(
    issuer: &str,
    condition: &Expression,
    mapping: &std::collections::BTreeMap<String, String>,
) -> Tie {
    of(&claims(issuer), condition, mapping)
}

fn of(
    claims: &Claims,
    condition: &Expression,
    mapping: &std::collections::BTreeMap<String, String>,
) -> Tie {
    match condition {
        // All of them hold: the closest counts. One of them holds: the loosest does.
        Expression::All(parts) => {
            let ties = parts.iter().map(|part| of(claims, part, mapping));
            ties.max().unwrap_or(Tie::Nobody)
        }
        Expression::Any(parts) => {
            let ties = parts.iter().map(|part| of(claims, part, mapping));
            ties.min().unwrap_or(Tie::Nobody)
        }
        Expression::Test(test) => match claim(&test.of, mapping) {
            Some(claim) => of_test(claims, claim, test),
            None => Tie::Unknown,
        },
        // No token fulfils it.
        Expression::Known(false) => Tie::One,
        Expression::Known(true) | Expression::Not(_) => Tie::Nobody,
        Expression::Other(text) => match text.contains("assertion.") || text.contains("attribute.")
        {
            true => Tie::Unknown,
            false => Tie::Nobody,
        },
    }
}

fn of_test(claims: &Claims, claim: &str, test: &Test) -> Tie {
    let is_exact = test.by == By::Is && !test.values.is_empty();
    if claims.id.contains(&claim) {
        return if is_exact { Tie::One } else { loose(test) };
    }
    if claims.name.contains(&claim) {
        return match test.by {
            By::Is => Tie::Name,
            // `acme/` is all of an owner, and `acme/backups` that and `acme/backups-of-mallory`.
            By::StartsWith if test.values.iter().all(|value| value.contains('/')) => Tie::Owner,
            _ => loose(test),
        };
    }
    if claims.owner.contains(&claim) {
        return if is_exact { Tie::Owner } else { loose(test) };
    }
    match (claim, claims.subject) {
        ("sub", Some((head, end))) => {
            let ties = test
                .values
                .iter()
                .map(|value| of_subject(value, test.by, head, end));
            ties.min().unwrap_or(Tie::Nobody)
        }
        ("sub", None) if is_exact => Tie::Name,
        _ => match (claims.id.is_empty() && claims.subject.is_none(), test.by) {
            // Of an issuer whose claims are not known here it cannot be told what they say.
            (true, _) => Tie::Unknown,
            (false, By::Matches) => Tie::Unknown,
            // A branch, a workflow, an actor: everybody may have one of that name.
            (false, _) => Tie::Nobody,
        },
    }
}

fn loose(test: &Test) -> Tie {
    match test.by {
        By::Matches => Tie::Unknown,
        _ => Tie::Nobody,
    }
}

/// `repo:acme/backups:ref:refs/heads/main`.
fn of_subject(value: &str, by: By, head: &str, end: char) -> Tie {
    if !matches!(by, By::Is | By::StartsWith) {
        return if by == By::Matches {
            Tie::Unknown
        } else {
            Tie::Nobody
        };
    }
    let Some(rest) = value.strip_prefix(head) else {
        return Tie::Nobody;
    };
    match rest.split_once(end) {
        // With the ids of both: `repo:acme@1/backups@2:…`.
        Some((repository, _)) if repository.matches('@').count() == 2 => Tie::One,
        Some((repository, _)) if repository.contains('/') => Tie::Name,
        _ if rest.contains('/') => Tie::Owner,
        _ => Tie::Nobody,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_holds_on_to_one_tenant_or_lets_strangers_in() {
        const HUB: &str = "https://token.actions.githubusercontent.com";
        let mapping = [
            ("google.subject".to_owned(), "assertion.sub".to_owned()),
            (
                "attribute.repo".to_owned(),
                "assertion.repository".to_owned(),
            ),
        ]
        .into();
        for (issuer, condition, expected) in [
            (HUB, "true", Tie::Nobody),
            (HUB, "assertion.repository_id == '7'", Tie::One),
            (
                HUB,
                "assertion.repository_id == '7' || assertion.ref == 'x'",
                Tie::Nobody,
            ),
            (
                HUB,
                "assertion.repository == 'acme/b' && assertion.ref == 'x'",
                Tie::Name,
            ),
            (HUB, "attribute.repo == 'acme/b'", Tie::Name),
            (HUB, "assertion.repository.startsWith('acme/')", Tie::Owner),
            (HUB, "assertion.repository.startsWith('acme')", Tie::Nobody),
            (HUB, "assertion.repository_owner_id == '1'", Tie::Owner),
            (HUB, "assertion.repository_owner != 'mallory'", Tie::Nobody),
            (HUB, "assertion.ref == 'refs/heads/main'", Tie::Nobody),
            (HUB, "assertion.repository.matches('acme/.*')", Tie::Unknown),
            (HUB, "google.subject.startsWith('repo:acme/b:')", Tie::Name),
            (HUB, "google.subject.startsWith('repo:acme/b')", Tie::Owner),
            (
                HUB,
                "assertion.sub == 'repo:acme@1/b@2:ref:refs/heads/main'",
                Tie::One,
            ),
            (HUB, "assertion.sub.contains('acme')", Tie::Nobody),
            (
                "https://gitlab.com",
                "assertion.project_id == '7'",
                Tie::One,
            ),
            (
                "https://gitlab.com/",
                "assertion.namespace_path == 'acme'",
                Tie::Owner,
            ),
            (
                "https://gitlab.com",
                "assertion.ref_protected == 'true'",
                Tie::Nobody,
            ),
            (
                "https://agent.buildkite.com",
                "assertion.organization_slug == 'a'",
                Tie::Unknown,
            ),
        ] {
            let found = tie(issuer, &Expression::of(condition), &mapping);
            assert_eq!(found, expected, "{condition}");
            assert!(is_shared(issuer));
        }
        assert!(!is_shared("https://gitlab.example.com"));
    }
}
