//! Documents are bound to the unique ids of those they name, and live ones may show these ids. Here
//! an id is read as the ARN of whoever has it now; what is left is of somebody who was deleted, or
//! of somebody whom the plan does not read.
//!
//! What is never told by the text is a document that shows an ARN and is bound to a former identity
//! of that name. AWS shows no such: once the identity is deleted it shows the id, for ever. So a
//! run that was cut short between making an identity anew and writing what names it leaves ids, and
//! the next run finds them here.

use crate::cloud::Observation;
use crate::plan::{Action, Step, Wanted, Whose};
use crate::policy::{Document, Statement, has_unique_id};
use crate::resource::{Resource, Scope};
use std::collections::{BTreeMap, BTreeSet};

/// What can be a principal: as addresses, ARNs and unique ids call it.
const KINDS: [&str; 2] = ["user", "role"];

/// The identities that a plan has read.
#[derive(Default)]
pub(super) struct Identities {
    /// Unique id → ARN, of those that are there.
    arns: BTreeMap<String, String>,
    /// ARN → address, of all that are wanted and have an id once they are there.
    addresses: BTreeMap<String, String>,
    /// ARNs of which it is certain that an id not in `arns` is not theirs: they have another one, or
    /// are not there.
    certain: BTreeSet<String>,
}

impl Identities {
    pub(super) fn of<'a>(
        observed: impl IntoIterator<Item = (&'a Wanted, &'a Observation)>,
        scope: &Scope,
    ) -> Self {
        let mut all = Self::default();
        for (wanted, found) in observed {
            let resource = found.resource.as_ref().unwrap_or(&wanted.resource);
            if !resource.has_unique_id() {
                continue;
            }
            let Some(arn) = resource.arn(scope) else {
                continue;
            };
            let address = resource.address().to_string();
            all.addresses.insert(arn.clone(), address);
            let is_missing = found.resource.is_none() && found.unreadable.is_empty();
            if is_missing || found.id.is_some() {
                all.certain.insert(arn.clone());
            }
            if let Some(id) = &found.id {
                all.arns.insert(id.clone(), arn);
            }
        }
        all
    }

    /// Reads the ids of those who are there as their ARNs. AWS shows the id of a principal for a
    /// while after the document was written, and that is no difference.
    pub(super) fn read(&self, found: &mut Observation) {
        let Some(live) = found.resource.take() else {
            return;
        };
        let read = live
            .principals()
            .map(|document| document.with_arns(|id| self.arns.get(id).cloned()));
        found.resource = Some(match read {
            Some(document) => live.with_principals(document),
            None => live,
        });
    }

    /// Notes in each step whose ids its documents name, and what follows from those of the dead.
    pub(super) fn tell(&self, steps: &mut [Step]) {
        let mut former: BTreeMap<String, String> = BTreeMap::new();
        for step in steps.iter() {
            former.extend(self.former(step));
        }
        let anew = self.made_anew(steps);
        for step in steps {
            let named = self.named(step, &former);
            let remark = join(
                self.bound_to(step, &named),
                self.in_conditions(step, &named, &anew),
            );
            step.ids.named = named;
            step.note = join(step.note.take(), remark);
        }
    }

    /// The ids in the live document that stand where the wanted one has an ARN, in a statement that
    /// is otherwise the same: that identity was deleted, and nobody else can have had its place.
    fn former(&self, step: &Step) -> BTreeMap<String, String> {
        let mut found = BTreeMap::new();
        let (Some(have), Some(want)) = documents(step) else {
            return found;
        };
        for live in &have.statement {
            let rest = live.clone().without_principals();
            let same = |wanted: &&Statement| (*wanted).clone().without_principals() == rest;
            for wanted in want.statement.iter().filter(same) {
                for kind in KINDS {
                    if let Some((id, arn)) = replaced(live, wanted, kind)
                        && self.certain.contains(&arn)
                    {
                        found.insert(id, arn);
                    }
                }
            }
        }
        found
    }

    fn named(&self, step: &Step, former: &BTreeMap<String, String>) -> BTreeMap<String, Whose> {
        let (have, want) = documents(step);
        let all = have.into_iter().chain(want);
        let ids = all.flat_map(|document| {
            let mut ids = document.ids_of_principals();
            ids.append(&mut document.ids_in_conditions());
            ids
        });
        ids.map(|id| {
            let whose = match (self.arns.get(id), former.get(id)) {
                (Some(arn), _) => Whose::Now(arn.clone()),
                (None, Some(arn)) => Whose::Former(arn.clone()),
                (None, None) => Whose::Unknown,
            };
            (id.to_owned(), whose)
        })
        .collect()
    }

    fn address<'a>(&'a self, arn: &'a str) -> &'a str {
        self.addresses.get(arn).map_or(arn, String::as_str)
    }

    /// Why a document is written again whose text in the manifest is as it was.
    fn bound_to(&self, step: &Step, named: &BTreeMap<String, Whose>) -> Option<String> {
        let (Some(have), Some(_)) = documents(step) else {
            return None;
        };
        // That it names somebody who is made anew says it already.
        if step.again || step.action != Action::Update {
            return None;
        }
        let ids = have.ids_of_principals().into_iter();
        let dead: Vec<String> = ids
            .filter_map(|id| match named.get(id) {
                Some(Whose::Former(arn)) => Some(format!("{id}, a former {}", self.address(arn))),
                _ => None,
            })
            .collect();
        (!dead.is_empty()).then(|| {
            format!(
                "written again: it is bound to {} that was deleted, and not to the one of now",
                dead.join(", and to ")
            )
        })
    }

    /// What is wrong with ids in the wanted document's conditions: they are text, so that writing
    /// the document again does not help.
    fn in_conditions(
        &self,
        step: &Step,
        named: &BTreeMap<String, Whose>,
        anew: &BTreeMap<&'static str, BTreeSet<String>>,
    ) -> Option<String> {
        let (_, Some(want)) = documents(step) else {
            return None;
        };
        let remarks = want.ids_in_conditions().into_iter().filter_map(|id| {
            let who = match named.get(id)? {
                Whose::Now(_) => return None,
                Whose::Former(arn) => format!("a former {}", self.address(arn)),
                Whose::Unknown => {
                    let kind = has_unique_id(id)?;
                    let makes: Vec<&str> = anew.get(kind)?.iter().map(String::as_str).collect();
                    format!(
                        "a {kind} that is not there; {} is made anew",
                        makes.join(", ")
                    )
                }
            };
            Some(format!(
                "a condition on aws:userid names {id}, {who}: put the new id into the manifest, \
                 for writing the policy again does not change it"
            ))
        });
        remarks.reduce(|all, one| format!("{all}; {one}"))
    }

    /// The addresses of the identities that are made, by the kind of their id.
    fn made_anew(&self, steps: &[Step]) -> BTreeMap<&'static str, BTreeSet<String>> {
        let mut anew: BTreeMap<&'static str, BTreeSet<String>> = BTreeMap::new();
        for step in steps.iter().filter(|step| step.action == Action::Create) {
            let address = step.address.as_str();
            for kind in KINDS {
                if address.split('.').next() == Some(kind) {
                    anew.entry(kind).or_default().insert(address.to_owned());
                }
            }
        }
        anew
    }
}

/// The documents of a step that name principals: live and wanted.
fn documents(step: &Step) -> (Option<&Document>, Option<&Document>) {
    (
        step.have.as_ref().and_then(Resource::principals),
        step.want.as_ref().and_then(Resource::principals),
    )
}

/// The one id of this kind that `live` names and the one ARN that `wanted` names in its place.
fn replaced(live: &Statement, wanted: &Statement, kind: &str) -> Option<(String, String)> {
    let part = format!(":{kind}/");
    let (live, wanted) = (names(live), names(wanted));
    let mut ids = live.iter().filter(|id| has_unique_id(id) == Some(kind));
    let mut arns = wanted
        .difference(&live)
        .filter(|arn| arn.starts_with("arn:") && arn.contains(&part));
    match (ids.next(), ids.next(), arns.next(), arns.next()) {
        (Some(id), None, Some(arn), None) => Some(((*id).to_owned(), (*arn).to_owned())),
        _ => None,
    }
}

fn names(statement: &Statement) -> BTreeSet<&str> {
    [&statement.principal, &statement.not_principal]
        .into_iter()
        .flatten()
        .filter_map(|principal| principal.0.get("AWS"))
        .flatten()
        .map(String::as_str)
        .collect()
}

fn join(one: Option<String>, other: Option<String>) -> Option<String> {
    match (one, other) {
        (Some(one), Some(other)) => Some(format!("{one}; {other}")),
        (one, other) => one.or(other),
    }
}

#[cfg(test)]
mod tests {
    use super::super::compare::compare;
    use super::super::plan::bind_again;
    use super::*;
    use crate::resource::{BucketPolicy, Role, User, mark};

    const ROLE: &str = "arn:aws:iam::123456789012:role/deploy";
    const OLD: &str = "AROAEXAMPLEOLD";
    const NEW: &str = "AROAEXAMPLENEW";

    fn scope() -> Scope {
        Scope {
            account: "123456789012".into(),
            partition: "aws".into(),
            region: "us-east-1".into(),
            project: None,
        }
    }

    fn role(name: &str) -> Resource {
        Resource::Role(Role {
            tags: mark("m"),
            ..Role::named(name)
        })
    }

    /// A bucket policy of one statement that allows `action` to `who`, on a condition.
    fn policy_if(who: &str, action: &str, condition: &str) -> Resource {
        let text = format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"{action}",
                "Principal":{{"AWS":[{who}]}},"Resource":"arn:aws:s3:::b/*",
                "Condition":{condition}}}}}"#
        );
        Resource::BucketPolicy(BucketPolicy {
            name: "b".into(),
            region: "us-east-1".into(),
            policy: Document::parse(&text).unwrap(),
        })
    }

    fn policy(who: &str) -> Resource {
        policy_if(who, "s3:GetObject", "{}")
    }

    /// What is there, with its id, and what is wanted.
    type Pair = (Option<Resource>, Option<&'static str>, Resource);

    fn there(role: Resource, id: Option<&'static str>) -> Pair {
        (Some(role.clone()), id, role)
    }

    /// The steps for these.
    fn steps(pairs: Vec<Pair>) -> Vec<Step> {
        let observed: Vec<(Wanted, Observation)> = pairs
            .into_iter()
            .map(|(resource, id, want)| {
                let wanted = Wanted {
                    resource: want,
                    manifest: "m".into(),
                    absent: false,
                    exact: false,
                };
                let found = Observation {
                    resource,
                    id: id.map(str::to_owned),
                    ..Observation::default()
                };
                (wanted, found)
            })
            .collect();
        let identities = Identities::of(
            observed.iter().map(|(wanted, found)| (wanted, found)),
            &scope(),
        );
        let compared = observed.into_iter().map(|(wanted, mut found)| {
            identities.read(&mut found);
            compare(wanted, found, &BTreeSet::new())
        });
        let mut steps: Vec<Step> = compared.collect();
        bind_again(&mut steps, &scope());
        identities.tell(&mut steps);
        steps
    }

    /// The step of a policy that wants the role by its ARN and has `who`; beside the role.
    fn met(who: &str, role: Pair) -> Step {
        let want = policy(&format!("{ROLE:?}"));
        steps(vec![(Some(policy(who)), None, want), role]).swap_remove(0)
    }

    #[test]
    fn the_id_of_somebody_who_is_there_is_the_arn() {
        let step = met(&format!("{NEW:?}"), there(role("deploy"), Some(NEW)));
        assert_eq!((step.action, &step.note), (Action::Keep, &None));
        assert_eq!(step.have, step.want, "it is read as the ARN");
        assert!(step.ids.named.is_empty());
    }

    /// A run that was cut short between making the role and writing the policy leaves just that.
    #[test]
    fn the_id_of_a_role_that_was_made_again_is_a_former_ones_and_the_policy_is_written_again() {
        let step = met(&format!("{OLD:?}"), there(role("deploy"), Some(NEW)));
        assert_eq!(step.action, Action::Update);
        let former = Whose::Former(ROLE.into());
        assert_eq!(step.ids.named, BTreeMap::from([(OLD.to_owned(), former)]));
        assert_eq!(
            step.note.as_deref(),
            Some(
                "written again: it is bound to AROAEXAMPLEOLD, a former role.deploy that was \
                 deleted, and not to the one of now"
            )
        );
    }

    #[test]
    fn of_a_role_that_is_not_there_the_id_is_a_former_ones_and_one_note_is_enough() {
        let step = met(&format!("{OLD:?}"), (None, None, role("deploy")));
        assert!(step.again && step.action == Action::Update);
        let former = Whose::Former(ROLE.into());
        assert_eq!(step.ids.named[OLD], former);
        let note = step.note.unwrap();
        assert_eq!(
            note,
            "written again: it names role.deploy, which is made anew"
        );
    }

    #[test]
    fn whose_an_id_was_is_not_guessed() {
        let other = r#""AROAEXAMPLEOTHER""#;
        let both = format!("{OLD:?},{other}");
        for (who, live, reason) in [
            (
                both.as_str(),
                there(role("deploy"), Some(NEW)),
                "one of two, and nobody knows which",
            ),
            (
                r#""AIDAEXAMPLE""#,
                there(role("deploy"), Some(NEW)),
                "a user was no role",
            ),
            (
                r#""AROAEXAMPLEOLD""#,
                there(role("deploy"), None),
                "the role may have this very id",
            ),
            (
                r#""AROAEXAMPLEOLD""#,
                there(role("other"), Some(NEW)),
                "nobody reads that role",
            ),
        ] {
            let step = met(who, live);
            assert_eq!(step.action, Action::Update, "{reason}");
            let named: Vec<_> = step.ids.named.values().collect();
            assert!(
                named.iter().all(|whose| **whose == Whose::Unknown),
                "{reason}: {named:?}"
            );
            assert_eq!(step.note, None, "{reason}");
        }
        let live = policy_if(r#""AROAEXAMPLEOLD""#, "s3:PutObject", "{}");
        let want = policy(&format!("{ROLE:?}"));
        let steps = steps(vec![
            (Some(live), None, want),
            there(role("deploy"), Some(NEW)),
        ]);
        assert_eq!(
            steps[0].ids.named[OLD],
            Whose::Unknown,
            "the statement is another"
        );
    }

    #[test]
    fn a_statement_of_others_with_a_dead_id_goes_with_everything_that_is_not_in_the_manifest() {
        let text = format!(
            r#"{{"Version":"2012-10-17","Statement":[
                {{"Effect":"Allow","Action":"s3:GetObject","Principal":{{"AWS":"{ROLE}"}},
                  "Resource":"arn:aws:s3:::b/*"}},
                {{"Sid":"Theirs","Effect":"Allow","Action":"s3:PutObject",
                  "Principal":{{"AWS":["AROAEXAMPLETHEIRS","444455556666"]}},
                  "Resource":"arn:aws:s3:::b/*"}}]}}"#
        );
        let live = policy("").with_principals(Document::parse(&text).unwrap());
        let want = policy(&format!("{ROLE:?}"));
        let step = steps(vec![
            (Some(live.clone()), None, want.clone()),
            there(role("deploy"), Some(NEW)),
        ])
        .swap_remove(0);
        assert_eq!(step.action, Action::Update);
        assert_eq!(step.ids.named["AROAEXAMPLETHEIRS"], Whose::Unknown);
        // AWS takes no document that has the id of somebody deleted.
        let written = want.with_foreign(&live);
        assert!(written.principals().unwrap().ids_of_principals().is_empty());
    }

    #[test]
    fn an_id_in_a_condition_is_tied_to_whom_it_is_of_and_cannot_be_written_again() {
        let condition = |id: &str| format!(r#"{{"StringLike":{{"aws:userid":"{id}:*"}}}}"#);
        let arn = format!("{ROLE:?}");
        let wanted = |id: &str| policy_if(&arn, "s3:GetObject", &condition(id));
        let now = steps(vec![
            (Some(wanted(NEW)), None, wanted(NEW)),
            there(role("deploy"), Some(NEW)),
        ]);
        assert_eq!((now[0].action, &now[0].note), (Action::Keep, &None));
        assert_eq!(now[0].ids.named[NEW], Whose::Now(ROLE.into()));

        let live = policy_if(&format!("{OLD:?}"), "s3:GetObject", &condition(OLD));
        let dead = steps(vec![
            (Some(live), None, wanted(OLD)),
            there(role("deploy"), Some(NEW)),
        ]);
        let note = dead[0].note.as_deref().unwrap();
        assert!(
            note.ends_with(
                "; a condition on aws:userid names AROAEXAMPLEOLD, a former role.deploy: put the \
                 new id into the manifest, for writing the policy again does not change it"
            ),
            "{note}"
        );

        let anew = steps(vec![
            (Some(wanted(OLD)), None, wanted(OLD)),
            (None, None, role("deploy")),
        ]);
        let note = anew[0].note.as_deref().unwrap();
        assert!(
            note.contains("a role that is not there; role.deploy is made anew"),
            "{note}"
        );
    }

    #[test]
    fn users_and_keys_and_trusts_are_bound_by_id_too() {
        let arn = "arn:aws:iam::123456789012:user/u";
        let trust = |who: &str| {
            let text = format!(
                r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow",
                    "Action":"sts:AssumeRole","Principal":{{"AWS":"{who}"}}}}}}"#
            );
            role("deploy").with_principals(Document::parse(&text).unwrap())
        };
        let user = || {
            Resource::User(User {
                tags: mark("m"),
                ..User::named("u")
            })
        };
        let key = |who: &str| {
            Resource::KmsKey(crate::resource::KmsKey::named("k", "us-east-1"))
                .with_principals(trust(who).principals().unwrap().clone())
        };
        for (live, want) in [
            (trust("AIDAEXAMPLE"), trust(arn)),
            (key("AIDAEXAMPLE"), key(arn)),
        ] {
            let same = steps(vec![
                (Some(live.clone()), None, want.clone()),
                there(user(), Some("AIDAEXAMPLE")),
            ]);
            assert_eq!(same[0].action, Action::Keep);
            let dead = steps(vec![
                (Some(live), None, want),
                there(user(), Some("AIDANEW")),
            ]);
            assert_eq!(dead[0].action, Action::Update);
            let note = dead[0].note.as_deref().unwrap();
            assert!(note.contains("AIDAEXAMPLE, a former user.u that"), "{note}");
        }
    }
}
