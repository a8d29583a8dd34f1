//! The way of a manifest from its file to resources.

use super::context::{Context, within};
use super::documents::Documents;
use super::findings::Findings;
use super::inputs::{self, Values};
use super::model::{Input, Manifest};
use super::references::is_account;
use super::{absent, accounts, bucket, google, grants, identities, kms, places, schema};
use crate::files::sha256;
use crate::plan::{Source as PlanSource, Wanted};
use crate::resource::{Provider, Scope};
use crate::yaml::{
    Key, Kind, Node, Path, Problem, Problems, Source, Span, decode, fill, names, parse,
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A manifest made into resources.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// What a plan says of where it came from.
    pub source: PlanSource,
    /// The region of the bucket.
    pub region: String,
    /// The same, if it is the manifest that says so.
    pub named_region: Option<String>,
    /// Every resource.
    pub wanted: Vec<Wanted>,
    /// Who is to be asked for it.
    pub providers: BTreeSet<Provider>,
    /// What is worth knowing of its policies, and keeps nobody from using it.
    pub findings: Findings,
    /// What a person needs next.
    pub outputs: BTreeMap<String, String>,
}

/// Makes resources of the manifest in `source` for the account of `scope`, with the inputs that were
/// `given`.
///
/// # Errors
/// Everything that is wrong with it, at once, each with its place.
pub fn load(
    source: &Source,
    given: &BTreeMap<String, String>,
    scope: &Scope,
) -> Result<Compiled, Problems> {
    let mut root = parse(source)?;
    let mut problems: Vec<(Path, Problem)> = Vec::new();
    let read = read_inputs(&root, &mut problems);
    let inputs = read.clone().unwrap_or_default();
    let Values {
        values,
        examples,
        missing,
        region,
    } = inputs::resolve(&root, &inputs, given, scope, &mut problems);
    if read.is_some() {
        // Which account it is is decided by the list, and so cannot be filled into it.
        let accounts = root.take("accounts");
        fill_all_but_inputs(&mut root, &inputs, &values, &mut problems);
        if let (Some(entry), Kind::Map(entries)) = (accounts, &mut root.kind) {
            entries.push(entry);
        }
    }
    let manifest = read_manifest(&root, &mut problems);
    let (Some(manifest), Some(_)) = (manifest, read) else {
        return Err(finish(source, &root, problems, &missing));
    };
    let scope = Scope {
        region: region.clone().unwrap_or_else(|| scope.region.clone()),
        ..scope.clone()
    };
    let left_out = problems
        .iter()
        .map(|(_, problem)| problem.path.clone())
        .collect();
    let mut context = Context::new(&scope, &manifest, left_out);
    accounts::check(&mut context, &inputs);
    let wanted = compile(&mut context);
    let mut findings = context.findings;
    for (path, found) in &mut findings {
        found.problem.span = Some(root.locate(path));
    }
    let findings = Findings::new(
        source,
        findings.into_iter().map(|(_, found)| found).collect(),
    );
    let (first, later) = (problems.len(), context.problems);
    for problem in later {
        if !problems[..first]
            .iter()
            .any(|(_, first)| follows(&problem.1.path, &first.path))
        {
            problems.push(problem);
        }
    }
    if !problems.is_empty() {
        return Err(finish(source, &root, problems, &missing));
    }
    let places = places::places(source, &root, &manifest, &wanted);
    Ok(Compiled {
        source: PlanSource {
            name: manifest.name.clone(),
            path: source.name.clone(),
            digest: sha256(source.text.as_bytes()),
            inputs: given.clone(),
            examples,
            deny_widening: manifest.deny_widening,
            regions: Vec::new(),
            places,
        },
        region: scope.region,
        named_region: region,
        providers: providers(source, &wanted),
        wanted,
        findings,
        outputs: manifest.outputs,
    })
}

/// Whose the resources are; AWS is asked where the account is filled in, too.
fn providers(source: &Source, wanted: &[Wanted]) -> BTreeSet<Provider> {
    let of_resources = wanted.iter().map(|wanted| wanted.resource.provider());
    let mut providers: BTreeSet<Provider> = of_resources.collect();
    let asks = ["${account}", "${partition}"];
    if asks.iter().any(|name| source.text.contains(name)) {
        providers.insert(Provider::Aws);
    }
    providers
}

/// The names of the inputs of the manifest in `source`; none if it is none (which [`load`] says).
#[must_use]
pub fn input_names(source: &Source) -> BTreeSet<String> {
    let root = parse(source).ok();
    let inputs = root.and_then(|root| read_inputs(&root, &mut Vec::new()));
    inputs.unwrap_or_default().into_keys().collect()
}

/// The name of the manifest in `source`, as it is written; nothing if it is none (which [`load`] says).
#[must_use]
pub fn name(source: &Source) -> Option<String> {
    let root = parse(source).ok()?;
    root.get("name")?.text().map(str::to_owned)
}

/// Whether a problem at `later` may be no more than a consequence of one at `first`: what was wrong
/// there was left out of what is around it.
fn follows(later: &str, first: &str) -> bool {
    !first.is_empty() && (within(later, first) || (!later.is_empty() && within(first, later)))
}

/// The digest of the manifest at `path`, as a plan keeps it; `None` if it cannot be read.
#[must_use]
pub fn digest(path: &std::path::Path) -> Option<String> {
    Source::read(path)
        .ok()
        .map(|source| sha256(source.text.as_bytes()))
}

/// The problems with their places, less those that are only about an input without a value.
fn finish(
    source: &Source,
    root: &Node,
    problems: Vec<(Path, Problem)>,
    missing: &[String],
) -> Problems {
    let uses: Vec<String> = missing.iter().map(|name| format!("${{{name}}}")).collect();
    // One mistake in a grant is one in each statement that is made of it.
    let mut said: BTreeSet<(Option<Span>, String)> = BTreeSet::new();
    let placed = problems.into_iter().filter_map(|(path, mut problem)| {
        if problem.span.is_none() && !path.segments().is_empty() {
            problem.span = Some(root.locate(&path));
        }
        let text = problem
            .span
            .map(|span| source.slice(span))
            .unwrap_or_default();
        let follows = uses.iter().any(|name| text.contains(name.as_str()));
        (!follows && said.insert((problem.span, problem.message.clone()))).then_some(problem)
    });
    Problems::of(source, placed.collect())
}

/// The part of the schema for `inputs`, which are read before anything is filled in.
fn inputs_schema() -> Value {
    let mut schema = schema();
    let field = schema
        .pointer("/properties/inputs")
        .cloned()
        .unwrap_or_default();
    if let Some(root) = schema.as_object_mut() {
        let wanted = serde_json::json!({ "inputs": field });
        root.insert("properties".to_owned(), wanted);
        root.remove("required");
    }
    schema
}

/// The inputs as they are declared; `None` if something is wrong with them.
pub(super) fn read_inputs(
    root: &Node,
    problems: &mut Vec<(Path, Problem)>,
) -> Option<BTreeMap<String, Input>> {
    #[derive(serde::Deserialize)]
    struct Only {
        #[serde(default)]
        inputs: BTreeMap<String, Input>,
    }
    let written = root.get("inputs").map(|node| {
        let key = Key {
            text: "inputs".to_owned(),
            span: node.span,
        };
        vec![(key, node.clone())]
    });
    let only = Node {
        kind: Kind::Map(written.unwrap_or_default()),
        span: root.span,
    };
    let mut found = Vec::new();
    let value = decode(&only, &inputs_schema(), &mut found);
    if !found.is_empty() {
        // Found again, and reported, when the whole manifest is read.
        return None;
    }
    match value.map(serde_json::from_value::<Only>) {
        Some(Ok(only)) => Some(only.inputs),
        Some(Err(error)) => {
            let path = Path::root().key("inputs");
            problems.push((path.clone(), Problem::new(error.to_string()).path(&path)));
            None
        }
        None => Some(BTreeMap::new()),
    }
}

fn fill_all_but_inputs(
    root: &mut Node,
    inputs: &BTreeMap<String, Input>,
    values: &BTreeMap<String, String>,
    problems: &mut Vec<(Path, Problem)>,
) {
    let kept = root.take("inputs");
    let used = names(root);
    for name in inputs::unused(inputs, &used) {
        let path = Path::root().key("inputs").key(name);
        let problem = Problem::new(format!("the input {name:?} is used nowhere"))
            .path(&path)
            .fix(format!(
                "write ${{{name}}} where it belongs, or leave it out"
            ));
        let problem = match &kept {
            Some((_, node)) => problem.at(node.locate(&Path::root().key(name))),
            None => problem,
        };
        problems.push((path, problem));
    }
    let mut found = Vec::new();
    fill(root, values, &mut found);
    problems.extend(found.into_iter().map(|problem| (Path::root(), problem)));
    if let (Some(entry), Kind::Map(entries)) = (kept, &mut root.kind) {
        entries.push(entry);
    }
}

fn read_manifest(root: &Node, problems: &mut Vec<(Path, Problem)>) -> Option<Manifest> {
    let mut found = Vec::new();
    let value = decode(root, &schema(), &mut found);
    problems.extend(found.into_iter().map(|problem| (Path::root(), problem)));
    match serde_json::from_value(value?) {
        Ok(manifest) => Some(manifest),
        Err(error) => {
            problems.push((Path::root(), Problem::new(error.to_string())));
            None
        }
    }
}

fn compile(context: &mut Context) -> Vec<Wanted> {
    let manifest = context.manifest;
    check_name(context);
    check_region(context);
    context.check_tags(&Path::root(), &manifest.tags);
    check_outputs(context);
    check_known_accounts(context);
    context.check_acceptances();
    let mut documents = Documents::default();
    grants::compile(context, &mut documents);
    let identities = identities::compile(context, &mut documents);
    let keys = kms::compile(context, &identities);
    let mut wanted: Vec<Wanted> = match &manifest.bucket {
        Some(bucket) => bucket::compile(context, bucket, documents.into_bucket_policy()),
        None => Vec::new(),
    };
    wanted.extend(keys.into_iter().chain(identities).map(|resource| Wanted {
        resource,
        manifest: manifest.name.clone(),
        absent: false,
        exact: false,
    }));
    wanted.extend(google::compile(context));
    let removed = absent::compile(context, &wanted);
    wanted.extend(removed);
    context.note_stale_acceptances();
    if wanted.is_empty() && context.problems.is_empty() {
        context.lacks(
            &Path::root(),
            "there is nothing in this manifest",
            "declare a bucket:, or google:",
        );
    }
    wanted
}

/// Outputs are read as variables. A text of several lines is none, and may be named like a file.
fn check_outputs(context: &mut Context) {
    let manifest = context.manifest;
    for (name, value) in &manifest.outputs {
        let good = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.bytes().all(|b| {
                b.is_ascii_alphanumeric() || b == b'_' || (b == b'-' && value.contains('\n'))
            });
        if !good {
            let path = Path::root().key("outputs").key(name);
            let message = format!("{name:?} is no name of a variable");
            context.refuse(
                &path,
                message,
                "letters, digits and _, such as S3_BUCKET_NAME",
            );
        }
    }
}

/// Whose account it is, is for people to read; the id is compared.
fn check_known_accounts(context: &mut Context) {
    for id in context.manifest.known_accounts.keys() {
        if !is_account(id) {
            let message = format!("{id:?} is no account's id: it has 12 digits");
            let path = Path::root().key("known_accounts").key(id);
            context.refuse(&path, message, "copy it from the vendor's page");
        }
    }
}

/// The name marks resources: in a tag's value and in the path of groups.
fn check_name(context: &mut Context) {
    let name = &context.manifest.name;
    let good = !name.is_empty()
        && name.len() <= 64
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    if !good {
        context.refuse(
            &Path::root().key("name"),
            format!("{name:?} is no name for a manifest"),
            "1 to 64 letters, digits, '-', '_' and '.', such as neon",
        );
    }
}

/// `xx-xxxx-1`: the regions of AWS grow, so the form is checked and no list kept.
pub(super) fn is_region(region: &str) -> bool {
    let parts: Vec<&str> = region.split('-').collect();
    let letters = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase());
    matches!(&parts[..], [head @ .., last]
        if head.len() >= 2 && head.iter().all(letters)
            && last.len() == 1 && last.bytes().all(|b| b.is_ascii_digit()))
}

fn check_region(context: &mut Context) {
    let region = context.scope.region.as_str();
    if !is_region(region) {
        let bucket = context.manifest.bucket.as_ref();
        let path = match bucket.and_then(|bucket| bucket.region.as_ref()) {
            Some(_) => Path::root().key("bucket").key("region"),
            None => Path::root().key("region"),
        };
        let message = format!("{region:?} is no region of AWS");
        context.refuse(
            &path,
            message,
            "such a name reads us-east-1 or eu-central-1",
        );
    }
}
