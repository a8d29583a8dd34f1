//! In which order steps can be done: a step needs every other step whose ARN or address its
//! resource names.

use crate::plan::{Action, Step};
use crate::resource::{Address, Resource, Scope};
use anyhow::{Result, bail};
use petgraph::Direction;
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

/// How strong an edge is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Need {
    Must,
    Should,
}

/// Fills in the `needs` of each step and puts the steps into an order that respects them.
///
/// # Errors
/// Resources that need each other in a circle, by name.
pub(super) fn order(steps: Vec<Step>, scope: &Scope) -> Result<Vec<Step>> {
    let mut graph: DiGraph<usize, Need> = DiGraph::new();
    let nodes: Vec<NodeIndex> = (0..steps.len()).map(|at| graph.add_node(at)).collect();
    for (from, to, need) in edges(&steps, scope) {
        if from != to {
            graph.add_edge(nodes[from], nodes[to], need);
        }
    }
    for component in kosaraju_scc(&graph) {
        if component.len() > 1 {
            break_circle(&mut graph, &component, &steps)?;
        }
    }
    let sequence = sequence(&graph);
    let mut needs: BTreeMap<usize, Vec<Address>> = BTreeMap::new();
    for edge in graph.edge_indices() {
        if let Some((from, to)) = graph.edge_endpoints(edge) {
            needs
                .entry(from.index())
                .or_default()
                .push(steps[to.index()].address.clone());
        }
    }
    let mut steps: Vec<Option<Step>> = steps.into_iter().map(Some).collect();
    Ok(sequence
        .into_iter()
        .filter_map(|node| {
            let mut step = steps[node.index()].take()?;
            step.needs = needs.remove(&node.index()).unwrap_or_default();
            step.needs.sort();
            step.needs.dedup();
            Some(step)
        })
        .collect())
}

/// A circle is broken where a document only names a resource. What is left is a real one.
fn break_circle(
    graph: &mut DiGraph<usize, Need>,
    circle: &[NodeIndex],
    steps: &[Step],
) -> Result<()> {
    let members: BTreeSet<NodeIndex> = circle.iter().copied().collect();
    graph.retain_edges(|graph, edge| {
        let inside = graph
            .edge_endpoints(edge)
            .is_some_and(|(from, to)| members.contains(&from) && members.contains(&to));
        !inside || graph[edge] == Need::Must
    });
    let inner = graph.filter_map(
        |node, at| members.contains(&node).then_some(*at),
        |_, need| Some(*need),
    );
    match kosaraju_scc(&inner)
        .into_iter()
        .find(|component| component.len() > 1)
    {
        None => Ok(()),
        Some(component) => {
            let names: Vec<String> = component
                .iter()
                .map(|node| steps[inner[*node]].address.to_string())
                .collect();
            bail!(
                "these resources need one another in a circle, so none can be made first: {}",
                names.join(", ")
            )
        }
    }
}

/// What is needed first; where the needs leave a choice, the order of the manifest.
fn sequence(graph: &DiGraph<usize, Need>) -> Vec<NodeIndex> {
    let mut missing: Vec<usize> = graph
        .node_indices()
        .map(|node| graph.edges(node).count())
        .collect();
    let mut ready: BinaryHeap<Reverse<NodeIndex>> = graph
        .node_indices()
        .filter(|node| missing[node.index()] == 0)
        .map(Reverse)
        .collect();
    let mut sequence = Vec::with_capacity(missing.len());
    while let Some(Reverse(node)) = ready.pop() {
        sequence.push(node);
        for waiting in graph.neighbors_directed(node, Direction::Incoming) {
            missing[waiting.index()] -= 1;
            if missing[waiting.index()] == 0 {
                ready.push(Reverse(waiting));
            }
        }
    }
    sequence
}

fn edges(steps: &[Step], scope: &Scope) -> Vec<(usize, usize, Need)> {
    let mut by_name: BTreeMap<String, usize> = BTreeMap::new();
    for (at, step) in steps.iter().enumerate() {
        by_name.insert(step.address.to_string(), at);
        for resource in step.want.iter().chain(&step.have) {
            if let Some(arn) = resource.arn(scope) {
                by_name.insert(arn, at);
            }
        }
    }
    let mut edges = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        if let (Some(want), true) = (&step.want, step.action != Action::Delete) {
            let needs = want.needs();
            let all = needs.must.iter().map(|name| (name, Need::Must));
            for (name, need) in all.chain(needs.should.iter().map(|name| (name, Need::Should))) {
                if let Some(to) = by_name
                    .get(name)
                    .filter(|to| steps[**to].action != Action::Delete)
                {
                    edges.push((at, *to, need));
                }
            }
        }
        // What is deleted goes after everything that names it has let go of it.
        if let Some(have) = &step.have {
            let hard = have.clone().without_principals().needs().must;
            for name in have.needs().must {
                // A group lets go of its members by itself.
                if matches!(have, Resource::User(_)) && name.starts_with("group.") {
                    continue;
                }
                if let Some(to) = by_name
                    .get(&name)
                    .filter(|to| steps[**to].action == Action::Delete)
                {
                    // A principal may go before the document that names it, if it has to.
                    let need = match hard.contains(&name) {
                        true => Need::Must,
                        false => Need::Should,
                    };
                    edges.push((*to, at, need));
                }
            }
        }
    }
    edges
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Document;
    use crate::resource::{Bucket, BucketPolicy, Group, Role, User};

    fn scope() -> Scope {
        Scope {
            account: "123456789012".into(),
            partition: "aws".into(),
            region: "us-east-1".into(),
            project: None,
        }
    }

    fn step(resource: Resource, action: Action) -> Step {
        let (have, want) = match action {
            Action::Delete => (Some(resource.clone()), None),
            Action::Create => (None, Some(resource.clone())),
            _ => (Some(resource.clone()), Some(resource.clone())),
        };
        Step {
            address: resource.address(),
            manifest: "m".into(),
            action,
            changes: Vec::new(),
            adopt: false,
            again: false,
            ids: Default::default(),
            blocked: None,
            note: None,
            exact: false,
            unreadable: Vec::new(),
            needs: Vec::new(),
            owner: None,
            have,
            want,
        }
    }

    fn trusting(name: &str, principal: &str) -> Resource {
        let trust = format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow",
                "Principal":{{"AWS":"arn:aws:iam::123456789012:role/{principal}"}},
                "Action":"sts:AssumeRole"}}}}"#
        );
        Resource::Role(Role {
            trust_policy: Document::parse(&trust).unwrap(),
            ..Role::named(name)
        })
    }

    fn with_inline(role: Resource, target: &str) -> Resource {
        let inline = format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"sts:AssumeRole",
                "Resource":"{target}"}}}}"#
        );
        match role {
            Resource::Role(role) => Resource::Role(Role {
                inline_policies: [("p".to_owned(), Document::parse(&inline).unwrap())].into(),
                ..role
            }),
            other => other,
        }
    }

    fn bucket_policy(role: &str) -> Resource {
        let policy = format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow",
                "Principal":{{"AWS":"arn:aws:iam::123456789012:role/{role}"}},
                "Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}}}}"#
        );
        Resource::BucketPolicy(BucketPolicy {
            name: "b".into(),
            region: "us-east-1".into(),
            policy: Document::parse(&policy).unwrap(),
        })
    }

    fn ordered(steps: Vec<Step>) -> Vec<String> {
        order(steps, &scope())
            .unwrap()
            .iter()
            .map(|step| step.address.to_string())
            .collect()
    }

    #[test]
    fn a_bucket_policy_comes_after_its_bucket_and_its_principals() {
        let steps = vec![
            step(bucket_policy("r"), Action::Create),
            step(Resource::Role(Role::named("r")), Action::Create),
            step(
                Resource::Bucket(Bucket::named("b", "us-east-1")),
                Action::Create,
            ),
        ];
        let ordered = order(steps, &scope()).unwrap();
        assert_eq!(ordered[2].address.as_str(), "bucket_policy.b");
        let needs: Vec<_> = ordered[2].needs.iter().map(Address::as_str).collect();
        assert_eq!(needs, ["bucket.b", "role.r"]);
    }

    #[test]
    fn a_circle_through_a_resource_element_is_no_circle() {
        let arn = |name: &str| format!("arn:aws:iam::123456789012:role/{name}");
        let steps = vec![
            step(
                with_inline(Resource::Role(Role::named("a")), &arn("b")),
                Action::Create,
            ),
            step(trusting("b", "a"), Action::Create),
        ];
        assert_eq!(ordered(steps), ["role.a", "role.b"]);
    }

    #[test]
    fn a_circle_of_principals_is_refused_by_name() {
        let steps = vec![
            step(trusting("a", "b"), Action::Create),
            step(trusting("b", "a"), Action::Create),
        ];
        let error = order(steps, &scope()).unwrap_err().to_string();
        assert!(
            error.contains("role.a") && error.contains("role.b"),
            "{error}"
        );
    }

    #[test]
    fn what_is_deleted_goes_after_what_names_it() {
        let mut policy = step(bucket_policy("old"), Action::Update);
        policy.want = Some(bucket_policy("new"));
        let steps = vec![
            step(Resource::Role(Role::named("old")), Action::Delete),
            policy,
            step(Resource::Role(Role::named("new")), Action::Create),
        ];
        assert_eq!(ordered(steps), ["role.new", "bucket_policy.b", "role.old"]);
    }

    #[test]
    fn a_group_and_its_member_and_roles_that_trust_each_other_can_all_be_deleted() {
        let set = |name: &str| [name.to_owned()].into();
        let user = Resource::User(User {
            groups: set("g"),
            ..User::named("u")
        });
        let group = Resource::Group(Group {
            members: set("u"),
            ..Group::named("g", "/")
        });
        let all = [user, group, trusting("a", "b"), trusting("b", "a")];
        let order = ordered(all.map(|one| step(one, Action::Delete)).into());
        assert_eq!(order.len(), 4);
        assert_eq!(order[..2], ["group.g", "user.u"]);
    }

    #[test]
    fn what_needs_nothing_keeps_the_order_of_the_manifest() {
        let steps =
            ["c", "a", "b"].map(|name| step(Resource::Role(Role::named(name)), Action::Create));
        assert_eq!(ordered(steps.into()), ["role.c", "role.a", "role.b"]);
    }

    #[test]
    fn a_thousand_roles_in_a_chain_are_put_in_order() {
        let mut steps: Vec<Step> = (0..1000)
            .map(|at| {
                step(
                    trusting(&format!("r{at}"), &format!("r{}", at + 1)),
                    Action::Create,
                )
            })
            .collect();
        steps.push(step(Resource::Role(Role::named("r1000")), Action::Create));
        assert_eq!(ordered(steps)[0], "role.r1000");
    }
}
