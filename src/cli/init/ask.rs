//! The questions: one for each input, each answer checked at once.

use super::Draft;
use crate::cli::screen::Screen;
use crate::cloud::Failure;
use crate::manifest::Input;
use crate::render;
use crate::yaml::{Problems, wrap};
use anyhow::Result;
use std::collections::BTreeMap;

/// Columns of a line.
const WIDTH: usize = 78;

/// `given`, and an answer for each of `inputs`. Without an answer an input keeps its default.
///
/// # Errors
/// Nobody answers any more.
pub(super) fn all(
    draft: &Draft,
    inputs: &[&(String, Input)],
    mut given: BTreeMap<String, String>,
    screen: &Screen,
) -> Result<BTreeMap<String, String>> {
    if inputs.is_empty() {
        return Ok(given);
    }
    let (name, about) = (draft.built_in.name, draft.built_in.about());
    screen.say(&wrap(&format!("{name}: {about}"), WIDTH));
    screen.say("Enter alone takes what is in brackets.");
    for (name, input) in inputs.iter().copied() {
        screen.say(&format!("\n{}", wrap(&input.description, WIDTH)));
        while let Some(answer) = one(name, input, screen)? {
            given.insert(name.clone(), answer);
            match draft.own(&given) {
                Ok(_) => break,
                Err(problems) => screen.say(&wrap(&objection(&problems), WIDTH)),
            }
            given.remove(name);
        }
    }
    screen.say("");
    Ok(given)
}

/// The answer; `None` for the default.
fn one(name: &str, input: &Input, screen: &Screen) -> Result<Option<String>> {
    let question = match (&input.default, &input.example) {
        (Some(default), _) => format!("  {name} [{default}]:"),
        (None, Some(example)) => format!("  {name}, such as {example}:"),
        (None, None) => format!("  {name}:"),
    };
    loop {
        let Some(answer) = screen.ask(&question)? else {
            return Err(Failure::new("nobody answered; nothing was written")
                .with_hint("give the values with --set where nobody can be asked")
                .into());
        };
        match (answer.is_empty(), &input.default) {
            (false, _) => return Ok(Some(answer)),
            (true, Some(_)) => return Ok(None),
            (true, None) => screen.say("  It has no default: a value is needed."),
        }
    }
}

/// What a manifest with the answer would be refused for: without its lines, which nobody has seen.
fn objection(problems: &Problems) -> String {
    let list = problems.to_json();
    let text = |problem: &serde_json::Value, field: &str| {
        render::clean(problem[field].as_str().unwrap_or_default())
    };
    let mut said: Vec<String> = Vec::new();
    for problem in list.as_array().into_iter().flatten() {
        let (message, fix) = (text(problem, "message"), text(problem, "fix"));
        let sentence = match fix.is_empty() {
            true => format!("  No: {message}"),
            false => format!("  No: {message}; {fix}"),
        };
        if !said.contains(&sentence) {
            said.push(sentence);
        }
    }
    said.join("\n")
}
