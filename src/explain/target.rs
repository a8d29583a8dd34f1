//! What is asked for: an action, and the ARN that AWS asks it of.

use crate::cloud::Failure;
use crate::policy::actions;
use crate::resource::Scope;
use std::collections::BTreeMap;

/// An action on something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Target {
    /// In AWS's casing where it is known.
    pub(super) action: String,
    /// The ARN; `*` for an action that is about nothing.
    pub(super) resource: String,
    /// The bucket that it is of, or in.
    pub(super) bucket: Option<String>,
    /// What follows from how it was named.
    pub(super) context: BTreeMap<String, String>,
    /// What was made of what was said.
    pub(super) notes: Vec<String>,
}

impl Target {
    /// `s3:GetObject` on `s3://bucket/key` or an ARN.
    ///
    /// # Errors
    /// There is no such action, or it is of no such thing.
    pub(super) fn parse(
        action: &str,
        resource: Option<&str>,
        scope: &Scope,
    ) -> Result<Self, Failure> {
        let fault = |message: String, hint: &str| Failure::new(message).with_hint(hint.to_owned());
        let known = actions::find(action);
        if known.is_none() {
            let service = action.split_once(':').map(|(service, _)| service);
            let is_ours = service.is_none_or(|one| actions::knows_service(&one.to_lowercase()));
            if is_ours || action.contains(['*', '?']) {
                let hint = match actions::nearest(action) {
                    Some(name) if !action.contains(['*', '?']) => format!("write {name}"),
                    _ => "ask of one action, such as s3:GetObject".to_owned(),
                };
                return Err(fault(format!("{action:?} is no action"), &hint));
            }
        }
        let mut target = Self {
            action: known.map_or(action.to_owned(), ToString::to_string),
            ..Self::default()
        };
        let types: Vec<&str> = known
            .map(|known| known.resources.iter().map(|one| one.name).collect())
            .unwrap_or_default();
        let Some(resource) = resource else {
            if known.is_some() && types.is_empty() {
                target.resource = "*".to_owned();
                return Ok(target);
            }
            return Err(fault(
                format!("{} is asked of something", target.action),
                "say of what: --resource s3://BUCKET/KEY, or an ARN",
            ));
        };
        let s3 = format!("arn:{}:s3:::", scope.partition);
        let place = resource
            .strip_prefix("s3://")
            .or_else(|| resource.strip_prefix(&s3));
        let Some(place) = place else {
            if !resource.starts_with("arn:") && resource != "*" {
                return Err(fault(
                    format!("{resource:?} is no resource"),
                    "write s3://BUCKET/KEY, or an ARN",
                ));
            }
            target.resource = resource.to_owned();
            return Ok(target);
        };
        let (bucket, key) = place.split_once('/').unwrap_or((place, ""));
        if bucket.is_empty() || bucket.contains(['*', '?']) || key.contains(['*', '?']) {
            return Err(fault(
                format!("{resource:?} is no single object or bucket"),
                "name one: s3://BUCKET/KEY",
            ));
        }
        target.bucket = Some(bucket.to_owned());
        let (of_bucket, of_object) = (types.contains(&"bucket"), types.contains(&"object"));
        target.resource = match key {
            "" if of_object && !of_bucket => {
                return Err(fault(
                    format!("{} is asked of an object", target.action),
                    "name one: --resource s3://BUCKET/KEY; any key below a prefix will do",
                ));
            }
            "" => format!("{s3}{bucket}"),
            _ if of_bucket && !of_object => {
                target.notes.push(format!(
                    "{} is asked of the bucket and not of objects",
                    target.action
                ));
                if known.is_some_and(|known| known.condition_keys.contains(&"s3:prefix")) {
                    target
                        .context
                        .insert("s3:prefix".to_owned(), key.to_owned());
                }
                format!("{s3}{bucket}")
            }
            _ => format!("{s3}{bucket}/{key}"),
        };
        // An ARN is nothing that one lists by `aws s3 ls`.
        if target.action == "s3:ListBucket" && resource.starts_with("s3://") {
            let sent = [("s3:prefix", key), ("s3:delimiter", "/")];
            let sent = sent.map(|(key, value)| (key.to_owned(), value.to_owned()));
            target.context.extend(sent);
        }
        Ok(target)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(action: &str, resource: Option<&str>) -> Result<Target, Failure> {
        let scope = Scope {
            account: "123456789012".into(),
            partition: "aws".into(),
            region: "us-east-1".into(),
            project: None,
        };
        Target::parse(action, resource, &scope)
    }

    #[test]
    fn an_action_is_asked_of_what_it_is_about() {
        for (action, resource, expected, prefix) in [
            ("s3:getobject", "s3://b/a/o", "arn:aws:s3:::b/a/o", None),
            ("s3:GetObject", "arn:aws:s3:::b/o", "arn:aws:s3:::b/o", None),
            ("s3:ListBucket", "s3://b", "arn:aws:s3:::b", Some("")),
            ("s3:ListBucket", "s3://b/", "arn:aws:s3:::b", Some("")),
            ("s3:ListBucket", "arn:aws:s3:::b", "arn:aws:s3:::b", None),
            ("s3:ListBucket", "s3://b/a/", "arn:aws:s3:::b", Some("a/")),
            ("s3:GetBucketLocation", "s3://b/a/", "arn:aws:s3:::b", None),
            (
                "sts:AssumeRole",
                "arn:aws:iam::1:role/r",
                "arn:aws:iam::1:role/r",
                None,
            ),
            (
                "sqs:SendMessage",
                "arn:aws:sqs:x:1:q",
                "arn:aws:sqs:x:1:q",
                None,
            ),
        ] {
            let found = parse(action, Some(resource)).unwrap();
            assert_eq!(found.resource, expected, "{action} {resource}");
            let value = |key: &str| found.context.get(key).map(String::as_str);
            assert_eq!(value("s3:prefix"), prefix, "{action} {resource}");
            let delimiter = prefix.map(|_| "/");
            assert_eq!(value("s3:delimiter"), delimiter, "{action} {resource}");
        }
        assert_eq!(parse("s3:ListAllMyBuckets", None).unwrap().resource, "*");
        assert_eq!(
            parse("s3:getobject", Some("s3://b/o")).unwrap().action,
            "s3:GetObject"
        );
    }

    #[test]
    fn what_makes_no_question_is_refused_with_what_does() {
        for (action, resource, says) in [
            ("s3:HeadObject", Some("s3://b/o"), "s3:GetObject"),
            ("GetObject", Some("s3://b/o"), "s3:GetObject"),
            ("s3:*", Some("s3://b/o"), "one action"),
            ("s3:GetObject", Some("s3://b"), "s3://BUCKET/KEY"),
            ("s3:GetObject", None, "--resource"),
            ("s3:GetObject", Some("b/o"), "s3://BUCKET/KEY"),
            ("s3:GetObject", Some("s3://b/*"), "name one"),
            ("s3:GetObject", Some("s3:///o"), "name one"),
        ] {
            let fault = parse(action, resource).unwrap_err();
            assert!(fault.hint.as_ref().unwrap().contains(says), "{fault:?}");
        }
    }
}
