//! Every manifest of `manifests/`, applied and verified.

use serde_json::{Value, json};

use super::broken::a_statement_gone;
use super::ground::{Ground, checks, texts};
use crate::vendors::{Manifest, for_each};

#[test]
fn every_manifest_is_verified_and_no_longer_without_a_statement() {
    for_each(|manifest| {
        let ground = Ground::of(manifest)?;
        let outcome = ground.verify(&["--output", "json"]);
        if outcome.code != Some(0) {
            return Err(format!("it is not verified:\n{outcome}"));
        }
        let report = outcome.json();
        let summary = &report["summary"];
        for wrong in ["allowed_but_not_promised", "refused_but_promised"] {
            if summary[wrong] != 0 {
                return Err(format!("{wrong}:\n{outcome}"));
            }
        }
        let proven = is_proven(manifest, &report);
        if let Err(why) = proven {
            return Err(format!("{why}:\n{outcome}"));
        }
        a_statement_gone(&ground)?;
        match ground.left() {
            left if left == json!([]) => Ok(()),
            left => Err(format!("it leaves {left}")),
        }
    });
}

/// Whether each principal is judged in the best way that there is: users by their key, roles of an
/// identity provider by its token, roles of this account by the caller; others by their policies.
fn is_proven(manifest: &Manifest, report: &Value) -> Result<(), String> {
    let principals = report["manifests"][0]["principals"].as_array();
    for tried in principals.into_iter().flatten() {
        let name = tried["principal"].as_str().unwrap_or_default();
        let how = tried["how"].as_str().unwrap_or_default();
        let ours = name.starts_with("user.")
            || name == "anyone"
            || manifest.says("      oidc:\n")
            || manifest.says("      github_actions:\n")
            || manifest.says("        id: ${account}\n")
            // Until its user is known, this account stands for it.
            || manifest.name.starts_with("snowflake");
        if tried["tried"] != ours {
            return Err(format!(
                "{name} is tried by calls or not, as it should: {how}"
            ));
        }
        let proof = if ours { "call" } else { "evaluation" };
        let own = checks(report).into_iter().filter(|(who, _)| *who == name);
        let by = own.filter(|(_, check)| check["proof"] == proof).count();
        if by == 0 {
            return Err(format!("nothing of {name} is known by {proof}"));
        }
        let promised = checks(report).into_iter().filter(|(who, check)| {
            *who == name && check["promised"] == true && !texts(&check["promised_by"]).is_empty()
        });
        if name != "anyone" && promised.count() == 0 && !manifest.says("deny_plain_http") {
            return Err(format!("nothing is promised to {name}"));
        }
    }
    Ok(())
}
