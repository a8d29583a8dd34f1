//! What a policy is attached to, guessed from what it says.

use crate::policy::{Statement, pattern};

/// What a policy is probably attached to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guess {
    /// A user, a group or a role.
    Identity,
    /// A bucket, or something else that has a policy of its own.
    Resource,
    /// A role, as the policy that says who may take it.
    Trust,
    /// A KMS key.
    Key,
}

impl Guess {
    /// Of these statements. Only policies of identities name no principal, only trust policies name
    /// no resource and are about STS, and only policies of keys are about KMS alone.
    pub(super) fn of<'a>(statements: impl Iterator<Item = &'a Statement> + Clone) -> Guess {
        let named = |statement: &&Statement| {
            statement.principal.is_some() || statement.not_principal.is_some()
        };
        let (all, with) = (
            statements.clone().count(),
            statements.clone().filter(named).count(),
        );
        // Where most name none, the one that does is the slip.
        if with * 2 < all || with == 0 {
            return Guess::Identity;
        }
        let names = || {
            let statements = statements.clone();
            statements.flat_map(|statement| statement.action.union(&statement.not_action))
        };
        let of = |service: &str| names().any(|name| name.starts_with(service));
        let only = |service: &str| of(service) && names().all(|name| name.starts_with(service));
        let federated = statements.clone().any(|statement| {
            let principal = statement.principal.as_ref();
            principal.is_some_and(|principal| principal.0.contains_key("Federated"))
        });
        let mut rest = statements.clone();
        let has_resource = rest
            .any(|statement| !statement.resource.is_empty() || !statement.not_resource.is_empty());
        // "*" is the key itself; policies of endpoints name keys.
        let names_keys = statements.clone().any(|statement| {
            let mut named = statement.resource.union(&statement.not_resource);
            named.any(|resource| resource.starts_with("arn:"))
        });
        match () {
            () if only("sts:") => Guess::Trust,
            () if !has_resource && (federated || of("sts:")) => Guess::Trust,
            () if only("kms:") && !names_keys => Guess::Key,
            () => Guess::Resource,
        }
    }
}

/// The partition and the name of the only bucket that these statements name.
pub(super) fn bucket<'a>(
    statements: impl Iterator<Item = &'a Statement>,
) -> Option<(&'a str, &'a str)> {
    let mut found = None;
    let resources =
        statements.flat_map(|statement| statement.resource.union(&statement.not_resource));
    for resource in resources {
        let rest = resource.strip_prefix("arn:")?;
        let (partition, rest) = rest.split_once(':')?;
        let name = rest.strip_prefix("s3:::")?.split('/').next()?;
        if name.is_empty() || pattern::is_pattern(name) || name.contains("${") {
            return None;
        }
        if found.is_some_and(|known| known != (partition, name)) {
            return None;
        }
        found = Some((partition, name));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::Written;
    use super::*;

    #[test]
    fn a_policy_shows_what_it_is_attached_to() {
        const ROLE: &str = r#""Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole""#;
        const KEY: &str = r#""Principal":{"AWS":"111122223333"},"Action":"kms:*","Resource":"*""#;
        const READ: &str = r#""Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*""#;
        let bucket = format!(r#""Principal":"*",{READ}"#);
        let of_keys = KEY.replace("\"*\"", "\"arn:aws:kms:eu-west-1:111122223333:key/*\"");
        for (statements, expected) in [
            (vec![READ], Guess::Identity),
            (vec![READ, READ, &bucket], Guess::Identity),
            (vec![&bucket, READ], Guess::Resource),
            (
                vec![r#""NotPrincipal":"*","Action":"sqs:*","Resource":"*""#],
                Guess::Resource,
            ),
            (vec![ROLE], Guess::Trust),
            (
                vec![r#""Principal":{"Federated":"h.example"},"Action":"s3:GetObject""#],
                Guess::Trust,
            ),
            (vec![KEY], Guess::Key),
            (vec![KEY, &bucket], Guess::Resource),
            (vec![&of_keys], Guess::Resource),
            (vec![], Guess::Identity),
        ] {
            let all = statements
                .iter()
                .map(|members| format!(r#"{{"Effect":"Allow",{members}}}"#));
            let text = format!(r#"{{"Statement":[{}]}}"#, all.collect::<Vec<_>>().join(","));
            assert_eq!(Written::read(&text).guess(), expected, "{text}");
        }
    }

    #[test]
    fn the_bucket_is_the_only_one_named() {
        let of = |resources: &str| {
            let text = format!(
                r#"{{"Statement":{{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":[{resources}]}}}}"#
            );
            let written = Written::read(&text);
            written
                .bucket()
                .map(|(partition, name)| format!("{partition} {name}"))
        };
        assert_eq!(
            of(r#""arn:aws-cn:s3:::b","arn:aws-cn:s3:::b/*""#).as_deref(),
            Some("aws-cn b")
        );
        for none in [
            r#""arn:aws:s3:::a","arn:aws:s3:::b""#,
            r#""arn:aws:s3:::*""#,
            r#""*""#,
            r#""arn:aws:sqs:eu-west-1:111122223333:q""#,
            "",
        ] {
            assert_eq!(of(none), None, "{none}");
        }
    }
}
