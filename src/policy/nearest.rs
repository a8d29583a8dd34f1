//! The action that was probably meant by a name that is none.

use super::actions::{Action, find, knows_service, matching};
use super::{apis, pattern};

/// How alike two names must be (1 = the same) for one to be offered for the other.
const ALIKE: f64 = 0.65;

/// No action has a name half as long: what is longer is none misspelt, and would take long to
/// compare with all of them (bytes).
const LONGEST: usize = 128;

/// The real action that was probably meant: the action behind an API's name
/// (`s3:ListObjectsV2` → `s3:ListBucket`), or else the most alike (`s3:GetObjects` →
/// `s3:GetObject`). A name without a service is looked for in all of them; a pattern that ends in
/// `*` gives a pattern. None when nothing is alike.
#[must_use]
pub fn nearest(name: &str) -> Option<String> {
    if name.len() > LONGEST {
        return None;
    }
    let name: String = name
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .collect();
    if let Some(action) = find(&name) {
        return Some(action.to_string());
    }
    if let Some(action) = apis::action_of(&name) {
        return Some(action.to_owned());
    }
    let wanted = Wanted::from(name.to_ascii_lowercase());
    matching("*")
        .filter_map(|action| wanted.score(action).map(|score| (score, action)))
        // Of two as alike the one that comes first by name.
        .max_by(|(one, a), (two, b)| one.total_cmp(two).then_with(|| b.name.cmp(a.name)))
        .map(|(_, action)| wanted.corrected(action))
}

/// A lower-cased name taken apart.
struct Wanted {
    service: Option<String>,
    name: String,
    /// Whether the name is only the beginning of one, before a `*`.
    beginning: bool,
}

impl Wanted {
    fn from(text: String) -> Wanted {
        let (service, name) = match text.split_once(':') {
            Some((service, name)) => (Some(service.to_owned()), name),
            None => (None, text.as_str()),
        };
        let stem = name
            .strip_suffix('*')
            .filter(|stem| !stem.is_empty() && !pattern::is_pattern(stem));
        Wanted {
            service,
            name: stem.unwrap_or(name).to_owned(),
            beginning: stem.is_some(),
        }
    }

    /// How alike the action is; none when too little.
    fn score(&self, action: &Action) -> Option<f64> {
        if let Some(service) = self.service.as_deref()
            && service != action.service
            && knows_service(service)
        {
            return None;
        }
        let name = self.compared(action);
        // So many letters more are too many, whichever they are.
        if name.len().min(self.name.len()) * 2 < name.len().max(self.name.len()) {
            return None;
        }
        let name = name.to_ascii_lowercase();
        let by_name = strsim::normalized_damerau_levenshtein(&self.name, &name);
        if by_name < ALIKE {
            return None;
        }
        match self.service.as_deref() {
            None => Some(by_name),
            Some(service) if service == action.service => Some(by_name + 1.0),
            Some(service) => {
                Some(by_name + strsim::normalized_damerau_levenshtein(service, action.service))
            }
        }
    }

    /// The part of the action's name that the wanted one should be like.
    fn compared(&self, action: &Action) -> &'static str {
        let length = action.name.len().min(self.name.len());
        match self.beginning {
            true => action.name.get(..length).unwrap_or(action.name),
            false => action.name,
        }
    }

    fn corrected(&self, action: &Action) -> String {
        let wildcard = if self.beginning { "*" } else { "" };
        format!("{}:{}{wildcard}", action.service, self.compared(action))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_action_that_was_meant_is_named() {
        for (name, expected) in [
            ("s3:ListObjectsV2", Some("s3:ListBucket")),
            ("s3:listobjects", Some("s3:ListBucket")),
            ("s3:HeadObject", Some("s3:GetObject")),
            ("s3:HeadBucket", Some("s3:ListBucket")),
            ("s3:GetBucketLocations", Some("s3:GetBucketLocation")),
            ("s3:UploadPart", Some("s3:PutObject")),
            ("s3:CompleteMultipartUpload", Some("s3:PutObject")),
            ("s3:DeleteObjects", Some("s3:DeleteObject")),
            (
                "s3:PutBucketEncryption",
                Some("s3:PutEncryptionConfiguration"),
            ),
            (
                "s3:PutPublicAccessBlock",
                Some("s3:PutBucketPublicAccessBlock"),
            ),
            ("s3:ListBuckets", Some("s3:ListAllMyBuckets")),
            ("s3:GetObjects", Some("s3:GetObject")),
            ("s3: getobject", Some("s3:GetObject")),
            ("s3:GteObject", Some("s3:GetObject")),
            ("GetObject", Some("s3:GetObject")),
            ("PassRole", Some("iam:PassRole")),
            ("s4:GetObject", Some("s3:GetObject")),
            ("s3:Gte*", Some("s3:Get*")),
            ("s3:GetObjcet*", Some("s3:GetObject*")),
            ("kms:Decript", Some("kms:Decrypt")),
            (
                "sts:AssumeRoleWithWebIdentiy",
                Some("sts:AssumeRoleWithWebIdentity"),
            ),
            ("s3:Zzzzzz", None),
            ("s3:putobjectannotation", Some("s3:PutObjectAnnotation")),
            ("Storage.objects.create", None),
            ("s3:FrobnicateEverything", None),
            ("", None),
            ("üüü:ü*", None),
        ] {
            assert_eq!(nearest(name).as_deref(), expected, "{name}");
        }
    }

    #[test]
    fn nothing_is_near_a_name_longer_than_any_action() {
        assert_eq!(nearest(&format!("s3:{}", "a".repeat(1_000_000))), None);
        assert_eq!(nearest(&format!("s3:{}", "*a".repeat(500_000))), None);
    }
}
