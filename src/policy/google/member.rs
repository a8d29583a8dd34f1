//! Whom a binding names
//! (<https://cloud.google.com/iam/docs/principal-identifiers>).

/// Somebody, as a binding names them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Member<'a> {
    /// Anybody on the internet.
    AllUsers,
    /// Anybody who has an account of Google's.
    AllAuthenticatedUsers,
    /// A person, by an address.
    User(&'a str),
    /// A group of people.
    Group(&'a str),
    /// Everybody of a domain.
    Domain(&'a str),
    /// A service account, by its address.
    ServiceAccount(&'a str),
    /// Owners, editors or viewers of a project.
    OfProject {
        /// `projectOwner`, `projectEditor`, `projectViewer`.
        kind: &'a str,
        /// The project's id.
        project: &'a str,
    },
    /// Identities of a workload identity pool.
    OfPool {
        /// The number of the project that the pool is in.
        number: &'a str,
        /// The pool's id.
        pool: &'a str,
        /// `*`, `attribute.repository_id/7`, `group/G`, `subject/S`.
        whom: &'a str,
    },
    /// Somebody who was deleted, and can do nothing.
    Deleted(&'a str),
    /// Somebody of another kind.
    Other(&'a str),
}

/// Whether it is somebody who was deleted.
#[must_use]
pub fn is_deleted(member: &str) -> bool {
    member.starts_with("deleted:")
}

impl<'a> Member<'a> {
    /// Reads it.
    #[must_use]
    pub fn of(member: &'a str) -> Self {
        let Some((kind, rest)) = member.split_once(':') else {
            return match member {
                "allUsers" => Self::AllUsers,
                "allAuthenticatedUsers" => Self::AllAuthenticatedUsers,
                other => Self::Other(other),
            };
        };
        match kind {
            "deleted" => Self::Deleted(rest),
            "user" => Self::User(rest),
            "group" => Self::Group(rest),
            "domain" => Self::Domain(rest),
            "serviceAccount" => Self::ServiceAccount(rest),
            "projectOwner" | "projectEditor" | "projectViewer" => Self::OfProject {
                kind,
                project: rest,
            },
            "principal" | "principalSet" => Self::of_pool(rest).unwrap_or(Self::Other(member)),
            _ => Self::Other(member),
        }
    }

    fn of_pool(rest: &'a str) -> Option<Self> {
        let (project, rest) = rest.split_once("/locations/global/workloadIdentityPools/")?;
        let (pool, whom) = rest.split_once('/')?;
        Some(Self::OfPool {
            number: project.rsplit('/').next()?,
            pool,
            whom,
        })
    }

    /// Whether it is everybody.
    #[must_use]
    pub fn is_public(&self) -> bool {
        matches!(self, Self::AllUsers | Self::AllAuthenticatedUsers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_read() {
        let pool = "principalSet://iam.googleapis.com/projects/42/locations/global/workloadIdentityPools/github";
        let whom = format!("{pool}/attribute.repository_id/7");
        for (member, expected) in [
            ("allUsers", Member::AllUsers),
            ("user:ann@example.com", Member::User("ann@example.com")),
            (
                "deleted:serviceAccount:a@p.iam.gserviceaccount.com?uid=1",
                Member::Deleted("serviceAccount:a@p.iam.gserviceaccount.com?uid=1"),
            ),
            (
                whom.as_str(),
                Member::OfPool {
                    number: "42",
                    pool: "github",
                    whom: "attribute.repository_id/7",
                },
            ),
            (
                "principal://goog/subject/x",
                Member::Other("principal://goog/subject/x"),
            ),
            ("nobody", Member::Other("nobody")),
        ] {
            assert_eq!(Member::of(member), expected, "{member}");
        }
    }
}
