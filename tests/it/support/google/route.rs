//! Which method a request is, and what it names.

use percent_encoding::percent_decode_str;
use std::collections::BTreeMap;

/// A request, taken apart.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The id of the method in Google's discovery documents; empty if it is none that is known.
    pub method: &'static str,
    /// The names in the path, in their order: project, pool, …
    pub names: Vec<String>,
    pub query: BTreeMap<String, Vec<String>>,
    pub body: Vec<u8>,
    pub token: Option<String>,
    /// As it was sent.
    pub path: String,
}

impl Asked {
    /// A name of the path; empty if it has not so many.
    pub fn name(&self, at: usize) -> &str {
        self.names.get(at).map_or("", String::as_str)
    }

    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.query.get(name)?.first().map(String::as_str)
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// Where the methods are: the verb, the path with `*` for a name, the id.
const ROUTES: &[(&str, &str, &str)] = &[
    ("POST", "/token", "oauth2.token"),
    ("POST", "/v1/token", "sts.token"),
    (
        "POST",
        "/v1/projects/-/serviceAccounts/*:generateAccessToken",
        "iamcredentials.projects.serviceAccounts.generateAccessToken",
    ),
    (
        "POST",
        "/v1/projects/*/secrets",
        "secretmanager.projects.secrets.create",
    ),
    (
        "GET",
        "/v1/projects/*/secrets/*",
        "secretmanager.projects.secrets.get",
    ),
    (
        "PATCH",
        "/v1/projects/*/secrets/*",
        "secretmanager.projects.secrets.patch",
    ),
    (
        "POST",
        "/v1/projects/*/secrets/*:addVersion",
        "secretmanager.projects.secrets.addVersion",
    ),
    (
        "GET",
        "/v1/projects/*/secrets/*/versions/latest",
        "secretmanager.projects.secrets.versions.get",
    ),
    (
        "GET",
        "/v1/projects/*/secrets/*/versions/latest:access",
        "secretmanager.projects.secrets.versions.access",
    ),
    ("GET", "/storage/v1/b", "storage.buckets.list"),
    ("POST", "/storage/v1/b", "storage.buckets.insert"),
    ("GET", "/storage/v1/b/*", "storage.buckets.get"),
    ("PATCH", "/storage/v1/b/*", "storage.buckets.patch"),
    ("DELETE", "/storage/v1/b/*", "storage.buckets.delete"),
    ("GET", "/storage/v1/b/*/iam", "storage.buckets.getIamPolicy"),
    ("PUT", "/storage/v1/b/*/iam", "storage.buckets.setIamPolicy"),
    (
        "GET",
        "/storage/v1/b/*/iam/testPermissions",
        "storage.buckets.testIamPermissions",
    ),
    ("GET", "/storage/v1/b/*/o", "storage.objects.list"),
    ("GET", "/storage/v1/b/*/o/*", "storage.objects.get"),
    ("DELETE", "/storage/v1/b/*/o/*", "storage.objects.delete"),
    ("POST", "/upload/storage/v1/b/*/o", "storage.objects.insert"),
    ("GET", "/v1/projects/*/roles", "iam.projects.roles.list"),
    ("POST", "/v1/projects/*/roles", "iam.projects.roles.create"),
    ("GET", "/v1/projects/*/roles/*", "iam.projects.roles.get"),
    (
        "PATCH",
        "/v1/projects/*/roles/*",
        "iam.projects.roles.patch",
    ),
    (
        "DELETE",
        "/v1/projects/*/roles/*",
        "iam.projects.roles.delete",
    ),
    (
        "POST",
        "/v1/projects/*/roles/*:undelete",
        "iam.projects.roles.undelete",
    ),
    (
        "GET",
        "/v1/projects/*/serviceAccounts",
        "iam.projects.serviceAccounts.list",
    ),
    (
        "POST",
        "/v1/projects/*/serviceAccounts",
        "iam.projects.serviceAccounts.create",
    ),
    (
        "GET",
        "/v1/projects/*/serviceAccounts/*",
        "iam.projects.serviceAccounts.get",
    ),
    (
        "PATCH",
        "/v1/projects/*/serviceAccounts/*",
        "iam.projects.serviceAccounts.patch",
    ),
    (
        "DELETE",
        "/v1/projects/*/serviceAccounts/*",
        "iam.projects.serviceAccounts.delete",
    ),
    (
        "POST",
        "/v1/projects/*/serviceAccounts/*:enable",
        "iam.projects.serviceAccounts.enable",
    ),
    (
        "POST",
        "/v1/projects/*/serviceAccounts/*:disable",
        "iam.projects.serviceAccounts.disable",
    ),
    (
        "POST",
        "/v1/projects/*/serviceAccounts/*:getIamPolicy",
        "iam.projects.serviceAccounts.getIamPolicy",
    ),
    (
        "POST",
        "/v1/projects/*/serviceAccounts/*:setIamPolicy",
        "iam.projects.serviceAccounts.setIamPolicy",
    ),
    (
        "GET",
        "/v1/projects/*/serviceAccounts/*/keys",
        "iam.projects.serviceAccounts.keys.list",
    ),
    (
        "POST",
        "/v1/projects/*/serviceAccounts/*/keys",
        "iam.projects.serviceAccounts.keys.create",
    ),
    (
        "GET",
        "/v1/projects/*/serviceAccounts/*/keys/*",
        "iam.projects.serviceAccounts.keys.get",
    ),
    (
        "POST",
        "/v1/projects/*/serviceAccounts/*/keys/*:enable",
        "iam.projects.serviceAccounts.keys.enable",
    ),
    (
        "POST",
        "/v1/projects/*/serviceAccounts/*/keys/*:disable",
        "iam.projects.serviceAccounts.keys.disable",
    ),
    (
        "DELETE",
        "/v1/projects/*/serviceAccounts/*/keys/*",
        "iam.projects.serviceAccounts.keys.delete",
    ),
    (
        "GET",
        "/v1/projects/*/locations/global/workloadIdentityPools",
        "iam.projects.locations.workloadIdentityPools.list",
    ),
    (
        "POST",
        "/v1/projects/*/locations/global/workloadIdentityPools",
        "iam.projects.locations.workloadIdentityPools.create",
    ),
    (
        "GET",
        "/v1/projects/*/locations/global/workloadIdentityPools/*",
        "iam.projects.locations.workloadIdentityPools.get",
    ),
    (
        "PATCH",
        "/v1/projects/*/locations/global/workloadIdentityPools/*",
        "iam.projects.locations.workloadIdentityPools.patch",
    ),
    (
        "DELETE",
        "/v1/projects/*/locations/global/workloadIdentityPools/*",
        "iam.projects.locations.workloadIdentityPools.delete",
    ),
    (
        "POST",
        "/v1/projects/*/locations/global/workloadIdentityPools/*:undelete",
        "iam.projects.locations.workloadIdentityPools.undelete",
    ),
    (
        "GET",
        "/v1/projects/*/locations/global/workloadIdentityPools/*/operations/*",
        "iam.projects.locations.workloadIdentityPools.operations.get",
    ),
    (
        "GET",
        "/v1/projects/*/locations/global/workloadIdentityPools/*/providers",
        "iam.projects.locations.workloadIdentityPools.providers.list",
    ),
    (
        "POST",
        "/v1/projects/*/locations/global/workloadIdentityPools/*/providers",
        "iam.projects.locations.workloadIdentityPools.providers.create",
    ),
    (
        "GET",
        "/v1/projects/*/locations/global/workloadIdentityPools/*/providers/*",
        "iam.projects.locations.workloadIdentityPools.providers.get",
    ),
    (
        "PATCH",
        "/v1/projects/*/locations/global/workloadIdentityPools/*/providers/*",
        "iam.projects.locations.workloadIdentityPools.providers.patch",
    ),
    (
        "DELETE",
        "/v1/projects/*/locations/global/workloadIdentityPools/*/providers/*",
        "iam.projects.locations.workloadIdentityPools.providers.delete",
    ),
    (
        "POST",
        "/v1/projects/*/locations/global/workloadIdentityPools/*/providers/*:undelete",
        "iam.projects.locations.workloadIdentityPools.providers.undelete",
    ),
    (
        "GET",
        "/v1/projects/*/locations/global/workloadIdentityPools/*/providers/*/operations/*",
        "iam.projects.locations.workloadIdentityPools.providers.operations.get",
    ),
];

/// A request of the XML API about uploads in parts: the bucket, and the object.
fn upload(verb: &str, path: &str, query: &str) -> Option<(&'static str, Vec<String>)> {
    let query = self::query(query);
    let (bucket, object) = path
        .trim_start_matches('/')
        .split_once('/')
        .unwrap_or((&path[1..], ""));
    let method = match (
        verb,
        query.contains_key("uploads"),
        query.contains_key("uploadId"),
    ) {
        ("POST", true, false) => "storage.multipartUploads.create",
        ("GET", true, false) => "storage.multipartUploads.list",
        ("DELETE", false, true) => "storage.multipartUploads.abort",
        _ => return None,
    };
    Some((method, vec![decoded(bucket), decoded(object)]))
}

/// The method of a request, and the names in its path.
pub fn of(verb: &str, path: &str) -> Option<(&'static str, Vec<String>)> {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    if let Some(found) = upload(verb, path, query) {
        return Some(found);
    }
    ROUTES.iter().find_map(|(known, pattern, method)| {
        let names = (*known == verb).then(|| names(pattern, path))??;
        Some((*method, names))
    })
}

fn names(pattern: &str, path: &str) -> Option<Vec<String>> {
    let (mut patterns, mut parts) = (pattern.split('/'), path.split('/'));
    let mut names = Vec::new();
    loop {
        match (patterns.next(), parts.next()) {
            (None, None) => return Some(names),
            (Some(pattern), Some(part)) => match pattern.split_once('*') {
                // A name of its own may have a colon, encoded.
                Some(("", verb)) => {
                    let name = part.strip_suffix(verb)?;
                    if verb.is_empty() && name.contains(':') || name.is_empty() {
                        return None;
                    }
                    names.push(decoded(name));
                }
                _ if pattern == part => {}
                _ => return None,
            },
            _ => return None,
        }
    }
}

pub fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// The parameters of a query, or of a form.
pub fn query(text: &str) -> BTreeMap<String, Vec<String>> {
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let plain = |text: &str| decoded(&text.replace('+', " "));
        all.entry(plain(name)).or_default().push(plain(value));
    }
    all
}

#[test]
fn a_request_is_known_for_what_it_is() {
    let pools = "/v1/projects/p/locations/global/workloadIdentityPools";
    for (verb, path, method, expected) in [
        (
            "GET",
            "/storage/v1/b?project=p",
            "storage.buckets.list",
            vec![],
        ),
        (
            "GET",
            "/storage/v1/b/x/o/a%2Fb?alt=media",
            "storage.objects.get",
            vec!["x", "a/b"],
        ),
        (
            "POST",
            "/v1/projects/example.com%3Ap/serviceAccounts/a%40p.x:enable",
            "iam.projects.serviceAccounts.enable",
            vec!["example.com:p", "a@p.x"],
        ),
        (
            "GET",
            &format!("{pools}/g/providers/a"),
            "iam.projects.locations.workloadIdentityPools.providers.get",
            vec!["p", "g", "a"],
        ),
    ] {
        let (found, names) = of(verb, path).expect(path);
        assert_eq!(
            (found, names),
            (method, expected.iter().map(|it| (*it).to_owned()).collect())
        );
    }
    assert_eq!(of("PUT", "/storage/v1/b"), None);
    assert_eq!(of("GET", "/v1/projects/p/serviceAccounts/a:enable"), None);
}
