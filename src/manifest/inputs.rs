//! The values of `${…}`: what was given, the default, or the example.

use super::model::Input;
use crate::resource::Scope;
use crate::secrets;
use crate::yaml::{Kind, Node, Path, Problem, Span, fill, suggestion};
use regex_lite::Regex;
use std::collections::{BTreeMap, BTreeSet};

/// Every name that can be used, with its value.
pub(super) struct Values {
    /// Name → value, those that are always known among them.
    pub values: BTreeMap<String, String>,
    /// Inputs whose value is still the manifest's example.
    pub examples: Vec<String>,
    /// Inputs without a value.
    pub missing: Vec<String>,
    /// The region that the manifest names, if it does.
    pub region: Option<String>,
}

/// Names that are always known.
pub(super) const KNOWN: [&str; 4] = ["account", "google_project", "partition", "region"];

/// The values of `inputs`, with what is wrong with them in `problems`.
pub(super) fn resolve(
    root: &Node,
    inputs: &BTreeMap<String, Input>,
    given: &BTreeMap<String, String>,
    scope: &Scope,
    problems: &mut Vec<(Path, Problem)>,
) -> Values {
    let at = Path::root().key("inputs");
    let mut refuse = |path: Path, message: String, fix: String| {
        problems.push((path.clone(), Problem::new(message).path(&path).fix(fix)));
    };
    for name in inputs.keys() {
        let good = name.starts_with(|c: char| c.is_ascii_lowercase())
            && name
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if !good {
            let fix = "a name begins with a letter and has a-z, 0-9 and _".to_owned();
            refuse(
                at.key(name),
                format!("{name:?} is no name of an input"),
                fix,
            );
        }
        if KNOWN.contains(&name.as_str()) {
            let message = format!("${{{name}}} is known by itself");
            refuse(at.key(name), message, "leave this input out".to_owned());
        }
    }
    for name in given.keys().filter(|name| !inputs.contains_key(*name)) {
        let fix = match inputs.is_empty() {
            true => "leave --set out".to_owned(),
            false => suggestion(name, inputs.keys().map(String::as_str)),
        };
        refuse(
            Path::root(),
            format!("--set {name}=…: this manifest has no input {name:?}"),
            fix,
        );
    }
    // The region may be an input, and an input's default may use the region: hence twice.
    let first = values(root, inputs, given, scope, &scope.region, problems, false);
    let region = region(root, &first);
    let known = region.as_deref().unwrap_or(&scope.region);
    let mut values = values(root, inputs, given, scope, known, problems, true);
    let mut hidden = BTreeSet::new();
    for (name, input) in inputs {
        let value = values.get(name);
        if let Some((message, fix)) =
            value.and_then(|value| secret(value).or_else(|| fault(name, input, value)))
        {
            let given = given.contains_key(name);
            let path = if given { Path::root() } else { at.key(name) };
            let message = match given {
                true => format!("--set {name}=…: {message}"),
                false => message,
            };
            problems.push((path.clone(), Problem::new(message).path(&path).fix(fix)));
        }
        if let Some(value) = values.get_mut(name).filter(|value| secrets::is_one(value)) {
            // What else is wrong with it would be told with a part of it.
            value.clear();
            hidden.insert(name);
        }
    }
    let taken_from_example = |(name, input): &(&String, &Input)| {
        !given.contains_key(*name) && input.default.is_none() && input.example.is_some()
    };
    let without = |(name, input): &(&String, &Input)| {
        !given.contains_key(*name) && input.default.is_none() && input.example.is_none()
    };
    Values {
        missing: inputs
            .iter()
            .filter(|one| without(one) || hidden.contains(one.0))
            .map(|(name, _)| name.clone())
            .collect(),
        examples: inputs
            .iter()
            .filter(taken_from_example)
            .map(|(name, _)| name.clone())
            .collect(),
        values,
        region,
    }
}

/// What is wrong with a value that is a secret. It is not repeated.
fn secret(value: &str) -> Option<(String, String)> {
    secrets::is_one(value).then(|| {
        (
            "this is a secret, and an input is shown in plans, policies and tags".to_owned(),
            "take it out: nothing that s3setup makes needs it".to_owned(),
        )
    })
}

/// What is wrong with the value of an input that has a pattern.
fn fault(name: &str, input: &Input, value: &str) -> Option<(String, String)> {
    let pattern = input.pattern.as_ref()?;
    let Ok(whole) = Regex::new(&format!("^(?:{pattern})$")) else {
        return Some((
            format!("the pattern of {name:?} is no regular expression: {pattern}"),
            "write for example [a-z]+".to_owned(),
        ));
    };
    (!value.is_empty() && !whole.is_match(value)).then(|| {
        (
            format!("{value:?} is no value of {name:?}, which is like {pattern}"),
            format!("give another one ({})", input.description),
        )
    })
}

fn values(
    root: &Node,
    inputs: &BTreeMap<String, Input>,
    given: &BTreeMap<String, String>,
    scope: &Scope,
    region: &str,
    problems: &mut Vec<(Path, Problem)>,
    last: bool,
) -> BTreeMap<String, String> {
    let known: BTreeMap<String, String> = [
        ("account", scope.account.as_str()),
        (
            "google_project",
            // Without one there is no plan either, and this is not what is to be said of it.
            scope
                .project
                .as_deref()
                .unwrap_or(crate::resource::google::EXAMPLE_PROJECT),
        ),
        ("partition", scope.partition.as_str()),
        ("region", region),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .collect();
    let mut values = known.clone();
    for (name, input) in inputs {
        let path = Path::root().key("inputs").key(name);
        let value = match (given.get(name), &input.default, &input.example) {
            (Some(value), _, _) => Some(value.clone()),
            (None, Some(text), _) | (None, None, Some(text)) => {
                let field = if input.default.is_some() {
                    "default"
                } else {
                    "example"
                };
                let (filled, wrong) = fill_text(text, &known);
                if last {
                    let path = path.key(field);
                    problems.extend(wrong.into_iter().map(|mut problem| {
                        problem.span = None;
                        (path.clone(), problem.path(&path))
                    }));
                }
                Some(filled)
            }
            (None, None, None) => {
                if last {
                    let span = root.locate(&path);
                    let problem = Problem::new(format!("the input {name:?} has no value"))
                        .at(span)
                        .path(&path)
                        .fix(format!("give one: --set {name}=… ({})", input.description));
                    problems.push((path, problem));
                }
                None
            }
        };
        // A name without a value stays known, so that its uses are not reported as well.
        values.insert(name.clone(), value.unwrap_or_default());
    }
    values
}

fn fill_text(text: &str, values: &BTreeMap<String, String>) -> (String, Vec<Problem>) {
    let mut node = Node {
        kind: Kind::Scalar {
            text: text.to_owned(),
            quoted: true,
        },
        span: Span::default(),
    };
    let mut problems = Vec::new();
    fill(&mut node, values, &mut problems);
    (node.text().unwrap_or(text).to_owned(), problems)
}

/// The region that the manifest names, filled in.
fn region(root: &Node, values: &BTreeMap<String, String>) -> Option<String> {
    let of_bucket = root.get("bucket").and_then(|bucket| bucket.get("region"));
    let text = of_bucket.or_else(|| root.get("region"))?.text()?;
    Some(fill_text(text, values).0)
}

/// Inputs that are declared and used nowhere.
pub(super) fn unused<'a>(
    inputs: &'a BTreeMap<String, Input>,
    used: &'a BTreeSet<String>,
) -> impl Iterator<Item = &'a String> {
    inputs.keys().filter(|name| !used.contains(*name))
}
