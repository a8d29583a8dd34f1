//! `s3setup policy simulate`.

use super::super::FINE;
use super::super::screen::Screen;
use super::input;
use crate::policy::simulate::{Question, Questions};
use crate::render;
use anyhow::{Context, Result};
use clap::Args;
use std::path::PathBuf;

/// What AWS would answer to a request, and which statements decide
///
/// A request is a JSON object of
///
///   principal          who asks: an ARN, an account, a service, * for anybody
///   action             s3:GetObject
///   resource           an ARN, or * where the action knows none
///
/// and, each of which may be left out or null,
///
///   identity_policies  a list of the principal's policies
///   resource_policy    the resource's: of a bucket, a key, a role (its trust)
///   boundary           the principal's permissions boundary
///   session_policies   a list of those that the session was made with
///   resource_account   whose the resource is, if its ARN does not say; else
///                      the principal's
///   context            condition key: value, or a list of values
///
/// A policy is an object, or a text of JSON. The answer is
///
///   {"decision": "allow" | "explicit_deny" | "implicit_deny",
///    "because": {"reason": TEXT, "statements": [{"source": "boundary",
///                "sid": TEXT | null, "index": 0, "effect": "Allow"}],
///                "lacking": [["identity_policies", "boundary"], …],
///                "missing": ["aws:SourceIp", …],
///                "warnings": [TEXT, …]}}
///
/// statements are those that decide, by their place as written. lacking: what
/// would have to allow, each list one way to it. missing: condition keys that
/// the request does not have and that could change the answer. warnings: what
/// AWS would refuse in the policies, each with its place; it is answered as if
/// AWS took them, and a statement with an unknown operator applies to nothing.
/// A list of requests has a list of answers.
///
/// Policies of organizations and VPC endpoints, ACLs, grants of keys and Block
/// Public Access are not asked for. Exit codes: 0 answered, 1 something is no
/// request or no policy, and then nothing is answered.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Simulate {
    /// One request or a list of them, as JSON; - is the standard input
    #[arg(value_name = "REQUEST.json")]
    request: PathBuf,
}

impl Simulate {
    pub fn run(&self, screen: &Screen) -> Result<u8> {
        let questions = Questions::parse(&input::text(&self.request)?)
            .with_context(|| format!("{} is no request", input::name(&self.request)))?;
        screen.data(&match questions {
            Questions::One(question) => render::json_text(&question.answer()),
            Questions::Many(questions) => {
                let answers: Vec<_> = questions.iter().map(Question::answer).collect();
                render::json_text(&answers)
            }
        })?;
        Ok(FINE)
    }
}
