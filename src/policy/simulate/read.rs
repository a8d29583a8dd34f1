//! From JSON to requests with their policies.

use super::context::context;
use super::resource::{kind, owner, rule};
use crate::policy::evaluate::{Caller, Context, Request, ResourceRule, Source, Sources};
use crate::policy::fault::{Fault, element, member, shortened};
use crate::policy::lint::{Kind, Written};
use crate::policy::node::Node;
use crate::policy::{Document, lenient, parse, read};
use std::collections::BTreeMap;

const MEMBERS: &[&str] = &[
    "identity_policies",
    "resource_policy",
    "boundary",
    "session_policies",
    "principal",
    "action",
    "resource",
    "resource_account",
    "context",
];

/// What was asked: one request, which has one answer, or a list, which has a list.
#[derive(Clone, Debug)]
pub enum Questions {
    /// One.
    One(Box<Question>),
    /// Any number, in order.
    Many(Vec<Question>),
}

/// One request with the policies that have a say in it.
#[derive(Clone, Debug)]
pub struct Question {
    pub(super) request: Request,
    identity: Vec<Named>,
    boundary: Option<Named>,
    session: Vec<Named>,
    resource: Option<Named>,
    resource_rule: ResourceRule,
}

/// A policy, its statements in the order written, by the member of the request that it is.
#[derive(Clone, Debug)]
struct Named {
    name: String,
    document: Document,
    /// What AWS would refuse in it.
    warnings: Vec<String>,
}

impl Questions {
    /// Reads a request or a list of them.
    ///
    /// # Errors
    /// A [`Fault`] whose path says in which request (`[3]`, if there is a list) and in which
    /// member: what is no JSON, has a member that no request has or lacks one that every request
    /// needs, or has a policy that is none.
    pub fn parse(text: &str) -> Result<Questions, Fault> {
        let tree = parse::json(text.trim_start_matches('\u{feff}').trim())?;
        tree.refuse_duplicates("")?;
        match &tree {
            Node::List(items) => {
                let items = items.iter().enumerate();
                let read = items.map(|(index, item)| question(item, &element("", index)));
                Ok(Questions::Many(read.collect::<Result<_, _>>()?))
            }
            single => Ok(Questions::One(Box::new(question(single, "")?))),
        }
    }
}

impl Question {
    /// What AWS would refuse in the policies, in the order of the members.
    pub(super) fn warnings(&self) -> Vec<String> {
        let all = self.identity.iter().chain(&self.resource);
        let all = all.chain(&self.boundary).chain(&self.session);
        all.flat_map(|named| named.warnings.clone()).collect()
    }

    pub(super) fn sources(&self) -> Sources<'_> {
        fn source(named: &Named) -> Source<'_> {
            Source {
                name: &named.name,
                document: &named.document,
            }
        }
        Sources {
            identity: self.identity.iter().map(source).collect(),
            boundary: self.boundary.as_ref().map(source),
            session: self.session.iter().map(source).collect(),
            resource: self.resource.as_ref().map(source),
            resource_rule: self.resource_rule,
        }
    }
}

fn question(node: &Node, path: &str) -> Result<Question, Fault> {
    let members = Members::of(node, path)?;
    let principal = members.required("principal")?;
    let caller = Caller::parse_leniently(principal).ok_or_else(|| {
        let message = format!(
            "{:?} is no principal; write the ARN of a user, a role, a session or an identity \
             provider, an account, a service, or * for anybody",
            shortened(principal)
        );
        Fault::new(member(path, "principal"), message)
    })?;
    let action = members.required("action")?;
    let is_action = action.split_once(':').is_some_and(|(service, name)| {
        let is_part = |part: &str| !part.is_empty() && !part.contains(char::is_whitespace);
        is_part(service) && is_part(name)
    });
    if !is_action && action != "*" {
        let message = format!("{:?} is no action; write service:Name", shortened(action));
        return Err(Fault::new(member(path, "action"), message));
    }
    let resource = members.required("resource")?;
    let account = members.text("resource_account")?;
    let account = account.filter(|account| !account.is_empty());
    let account = account.or_else(|| owner(resource)).or(caller.account());
    let account = account.unwrap_or_default().to_owned();
    let context = match members.get("context") {
        Some(node) => context(node, &member(path, "context"))?,
        None => Context::new(),
    };
    Ok(Question {
        resource_rule: rule(action, resource),
        identity: members.policies("identity_policies")?,
        boundary: members.policy("boundary", &Kind::Identity)?,
        session: members.policies("session_policies")?,
        resource: members.policy("resource_policy", &kind(resource))?,
        request: Request {
            caller,
            action: action.to_owned(),
            resource: resource.to_owned(),
            resource_account: account,
            context,
        },
    })
}

/// The member of a request that something else in it is probably meant to be. A comment or a name
/// is not; a policy that is not read would make another answer.
fn meant(key: &str) -> Option<String> {
    // Of the length of both, what has to be the same: one letter of six may differ.
    const ALIKE: f64 = 0.8;
    let plain = |text: &str| text.to_ascii_lowercase().replace(['_', '-'], "");
    if MEMBERS.contains(&key) {
        return None;
    }
    let key = plain(key);
    let likeness = |name: &&&str| strsim::normalized_damerau_levenshtein(&plain(name), &key);
    let nearest = MEMBERS
        .iter()
        .max_by(|one, two| likeness(one).total_cmp(&likeness(two)))?;
    if likeness(&nearest) >= ALIKE {
        return Some((*nearest).to_owned());
    }
    let is_policy = ["policy", "policies", "boundary"]
        .iter()
        .any(|end| key.ends_with(end));
    is_policy.then(|| format!("{nearest}, or leave it out: no other policy is asked"))
}

/// The members of a request that are there and not null.
struct Members<'a> {
    members: BTreeMap<&'a str, &'a Node>,
    path: &'a str,
}

impl<'a> Members<'a> {
    fn of(node: &'a Node, path: &'a str) -> Result<Members<'a>, Fault> {
        let Node::Object(written) = node else {
            let message = format!("{} where a request, an object, belongs", node.kind());
            return Err(Fault::new(path, message));
        };
        for (key, _) in written {
            if let Some(name) = meant(key) {
                let message = format!("not a member of a request; write {name}");
                return Err(Fault::new(member(path, key), message));
            }
        }
        let there = written.iter().filter(|(_, node)| *node != Node::Null);
        let members = there.map(|(key, node)| (key.as_str(), node)).collect();
        Ok(Members { members, path })
    }

    fn get(&self, name: &str) -> Option<&'a Node> {
        self.members.get(name).copied()
    }

    fn text(&self, name: &str) -> Result<Option<&'a str>, Fault> {
        match self.get(name) {
            None => Ok(None),
            Some(Node::Text(text)) => Ok(Some(text)),
            Some(other) => {
                let message = format!("{} where a text belongs", other.kind());
                Err(Fault::new(member(self.path, name), message))
            }
        }
    }

    fn required(&self, name: &str) -> Result<&'a str, Fault> {
        let message = || Fault::new(self.path, format!("the request has no {name}"));
        self.text(name)?.ok_or_else(message)
    }

    fn policy(&self, name: &str, kind: &Kind<'_>) -> Result<Option<Named>, Fault> {
        let node = self.get(name);
        node.map(|node| policy(node, self.path, name.to_owned(), kind))
            .transpose()
    }

    fn policies(&self, name: &str) -> Result<Vec<Named>, Fault> {
        match self.get(name) {
            None => Ok(Vec::new()),
            Some(Node::List(items)) => items
                .iter()
                .enumerate()
                .map(|(index, item)| policy(item, self.path, element(name, index), &Kind::Identity))
                .collect(),
            Some(Node::Bool(_) | Node::Number(_)) => {
                let message = "no list where a list of policies belongs";
                Err(Fault::new(member(self.path, name), message))
            }
            Some(single) => Ok(vec![policy(
                single,
                self.path,
                element(name, 0),
                &Kind::Identity,
            )?]),
        }
    }
}

fn policy(node: &Node, request: &str, name: String, kind: &Kind<'_>) -> Result<Named, Fault> {
    let (written, document) = document(node).map_err(|fault| {
        let path = [request, &name, &fault.path];
        let path: Vec<&str> = path.into_iter().filter(|part| !part.is_empty()).collect();
        Fault::new(path.join("."), format!("no policy: {}", fault.message))
    })?;
    let refused = Written::of(&written).refusals(kind).into_iter();
    let warnings = refused.map(|found| {
        let place = [name.as_str(), &found.path].join(".");
        format!("{}: {}", place.trim_end_matches('.'), found.message)
    });
    let warnings = warnings.collect();
    Ok(Named {
        name,
        document,
        warnings,
    })
}

/// The policy in an object, a list of one, or a text of JSON: as it is written, and its statements in
/// that order.
/// What AWS would refuse but what can mean only one thing is that, as policies that are only looked
/// at are written: `"Principal": "arn:…"`.
fn document(node: &Node) -> Result<(Node, Document), Fault> {
    let written = match node {
        // A form's encoding has a plus for a blank, where JSON has none.
        Node::Text(text) => parse::tree(text)
            .or_else(|fault| parse::tree(&text.replace('+', " ")).map_err(|_| fault))?,
        other => other.clone(),
    };
    written.refuse_duplicates("")?;
    let mut tree = written.clone();
    // No policy at all is more likely to be meant than one that allows nothing.
    if tree != Node::List(Vec::new()) {
        lenient::document(&mut tree);
    }
    Ok((written, read::as_written(&tree)?))
}
