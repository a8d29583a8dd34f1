//! Scalars: text, words, whole numbers, true and false.

use serde_json::{Number, Value};

use super::super::nearest::suggestion;
use super::super::node::Node;
use super::super::problem::Problem;
use super::super::visible::shown;
use super::Checker;
use super::shape::Shape;

impl<'s> Checker<'s, '_> {
    /// Checks a scalar; the first kind that it fits is what it is, and text fits last.
    pub(super) fn scalar(
        &mut self,
        node: &Node,
        text: &str,
        quoted: bool,
        shape: &Shape<'s>,
    ) -> Option<Value> {
        if shape.words.contains(&text) {
            return Some(Value::String(text.to_owned()));
        }
        if shape.boolean && !quoted && matches!(text, "true" | "false") {
            return Some(Value::Bool(text == "true"));
        }
        if let Some(schema) = shape.whole
            && !quoted
            && let Some(whole) = whole(text)
            && bounds(whole, schema).is_none()
        {
            return number(whole);
        }
        if shape.number && !quoted && decimal(text) {
            return text
                .parse()
                .ok()
                .and_then(Number::from_f64)
                .map(Value::Number);
        }
        if shape.text || shape.anything {
            return Some(Value::String(text.to_owned()));
        }
        let problem = self.misfit(node, text, quoted, shape);
        self.report(problem.at(node.span))
    }

    fn misfit(&self, node: &Node, text: &str, quoted: bool, shape: &Shape<'s>) -> Problem {
        let name = self.name();
        let found = node.described();
        let message = format!("{name} must be {}, and is {found}", shape.wanted());
        let choices = shape.choices();
        let (message, fix) = if !choices.is_empty() {
            (
                format!("{name} cannot be {}", shown(text)),
                self.choose(text, &choices, shape),
            )
        } else if let Some(schema) = shape.whole {
            self.not_whole(text, quoted, schema, message)
        } else if shape.boolean {
            let fix = match boolean(text) {
                Some(meant) if quoted => format!("write `{meant}` without quotes"),
                Some(meant) => format!("write `{meant}`"),
                None => "write `true` or `false`".to_owned(),
            };
            (message, fix)
        } else if shape.list.is_some() {
            (
                message,
                format!("write `[{text}]`, or each entry on its own line behind `- `"),
            )
        } else if shape.number {
            (
                message,
                "write a number such as 1.5, without quotes".to_owned(),
            )
        } else {
            (
                message,
                "write its fields on the lines below, indented".to_owned(),
            )
        };
        let example = shape
            .example()
            .zip(self.key())
            .map(|(example, key)| format!("for example `{key}: {example}`"));
        // An example says more than "write its fields"; a correction of what is there says most.
        let general =
            choices.is_empty() && shape.whole.is_none() && !shape.boolean && shape.list.is_none();
        let fix = shape.fix().or(example.filter(|_| general)).unwrap_or(fix);
        Problem::new(message).fix(fix)
    }

    /// The fix for a word that is none of an enum's.
    fn choose(&self, text: &str, choices: &[&str], shape: &Shape<'s>) -> String {
        let is_tag = shape
            .tags()
            .is_some_and(|tags| tags.iter().any(|(tag, _)| *tag == text));
        match self.key() {
            Some(key) if is_tag => format!(
                "`{text}` has values of its own: write `{key}: {{{text}: …}}`, or `{text}:` on the line below, indented"
            ),
            _ => suggestion(text, choices.iter().copied()),
        }
    }

    fn not_whole(
        &self,
        text: &str,
        quoted: bool,
        schema: &Value,
        message: String,
    ) -> (String, String) {
        let name = self.name();
        if let Some(whole) = whole(text) {
            if let Some(bound) = bounds(whole, schema) {
                return (
                    format!("{name} is {whole}, and must be {bound}"),
                    format!("write a number that is {bound}"),
                );
            }
            return (message, format!("write `{whole}` without quotes"));
        }
        let fix = match meant(text).filter(|meant| bounds(*meant, schema).is_none()) {
            Some(meant) => format!("write it in plain digits: `{meant}`"),
            None => "write digits only, for example 30".to_owned(),
        };
        (
            message,
            if quoted {
                format!("{fix}, without quotes")
            } else {
                fix
            },
        )
    }
}

/// A whole number in plain decimal digits, without leading zeros.
fn whole(text: &str) -> Option<i128> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    let leading = digits.len() > 1 && digits.starts_with('0');
    (plain && !leading && text != "-0")
        .then(|| text.parse().ok())
        .flatten()
}

/// The number that other spellings of YAML and programming languages stand for.
fn meant(text: &str) -> Option<i128> {
    let plain = text.replace(['_', ',', ' '], "");
    let radix = |prefix, radix| i128::from_str_radix(plain.strip_prefix(prefix)?, radix).ok();
    if let Some(number) = radix("0x", 16).or(radix("0o", 8)).or(radix("0b", 2)) {
        return Some(number);
    }
    // A leading zero is decimal for people and octal for YAML 1.1; the author says which.
    if let Ok(number) = plain.trim_start_matches('+').parse() {
        return Some(number);
    }
    let number: f64 = plain.parse().ok()?;
    (number.fract() == 0.0 && number.abs() < 1e15)
        .then(|| format!("{number:.0}").parse().ok())
        .flatten()
}

fn decimal(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let mut parts = digits.split('.');
    let whole = |part: &str| !part.is_empty() && part.bytes().all(|digit| digit.is_ascii_digit());
    parts.next().is_some_and(whole) && parts.next().is_none_or(whole) && parts.next().is_none()
}

/// What reserved words of YAML 1.1 and other spellings mean.
fn boolean(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "true" | "yes" | "y" | "on" | "1" | "enabled" => Some(true),
        "false" | "no" | "n" | "off" | "0" | "disabled" => Some(false),
        _ => None,
    }
}

/// The bound of the schema, or of the integer type behind it, that `number` breaks.
fn bounds(number: i128, schema: &Value) -> Option<String> {
    let bound = |name: &str| {
        schema.get(name).and_then(|bound| {
            bound
                .as_i64()
                .map(i128::from)
                .or(bound.as_u64().map(i128::from))
        })
    };
    let unsigned = schema
        .get("format")
        .and_then(Value::as_str)
        .is_some_and(|format| format.starts_with("uint"));
    let (least_type, most_type) = if unsigned {
        (0, i128::from(u64::MAX))
    } else {
        (i128::from(i64::MIN), i128::from(i64::MAX))
    };
    let least = bound("minimum").unwrap_or(least_type).max(least_type);
    let most = bound("maximum").unwrap_or(most_type).min(most_type);
    if number < least {
        return Some(format!("{least} or more"));
    }
    (number > most).then(|| format!("{most} or less"))
}

fn number(number: i128) -> Option<Value> {
    let signed = i64::try_from(number).map(Number::from);
    let unsigned = u64::try_from(number).map(Number::from);
    unsigned.or(signed).ok().map(Value::Number)
}
