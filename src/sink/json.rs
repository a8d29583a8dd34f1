//! One JSON object.

use super::{Fault, Field, fault};
use secrecy::ExposeSecret;
use serde_json::{Map, Value};
use std::ops::Range;
use zeroize::{Zeroize, Zeroizing};

/// How many bytes of JSON a byte of text takes at most: `\u001f`.
const LONGEST: usize = 6;

/// The object in `old` with the fields as members: in place where they are, at the end where they
/// are not. Members of the name `without` go. All else stays byte for byte, for a number may be
/// longer than this program can hold.
pub(super) fn edit(
    old: &str,
    fields: &[Field],
    without: Option<&str>,
) -> Result<Zeroizing<String>, Fault> {
    if old.trim().is_empty() {
        return Ok(object(fields));
    }
    if !is_object(old) {
        return Err(fault(
            "it holds something else than a JSON object",
            "name another file, or remove it",
        ));
    }
    let rest = without
        .filter(|name| fields.iter().all(|field| field.name != *name))
        .map(|name| remove(old, name));
    let old = rest.as_ref().map_or(old, |rest| rest.as_str());
    let members = members(old);
    let Some(last) = members.last() else {
        return Ok(object(fields));
    };
    let added: usize = fields
        .iter()
        .map(|field| (field.name.len() + field.value.expose_secret().len() + 2) * LONGEST)
        .sum();
    // What stands before each member, as far as it is blanks: members of ours line up with them.
    let lead = lead(old);
    // Room for each field in the place of each member, so that the buffer never moves and leaves a
    // copy behind.
    let room = old.len() + (added + lead.len() + 4) * (members.len() + fields.len());
    let mut text = Zeroizing::new(String::with_capacity(room));
    let mut done = 0;
    for member in &members {
        if let Some(field) = fields.iter().find(|field| field.name == member.name) {
            text.push_str(&old[done..member.value.start]);
            text.push_str(&quoted(field.value.expose_secret()));
            done = member.value.end;
        }
    }
    text.push_str(&old[done..last.value.end]);
    for field in fields {
        if members.iter().all(|member| member.name != field.name) {
            text.push(',');
            text.push_str(if lead.is_empty() { " " } else { lead });
            text.push_str(&quoted(&field.name));
            text.push_str(": ");
            text.push_str(&quoted(field.value.expose_secret()));
        }
    }
    text.push_str(&old[last.value.end..]);
    Ok(text)
}

/// The object that `old` is known to be, with no member `name`, nor the comma that it had.
fn remove(old: &str, name: &str) -> Zeroizing<String> {
    let mut text = Zeroizing::new(old.to_owned());
    loop {
        let members = members(&text);
        let Some(at) = members.iter().position(|member| member.name == name) else {
            return text;
        };
        let Member { start, value, .. } = &members[at];
        let gone = match (at.checked_sub(1), members.get(at + 1)) {
            (Some(before), _) => members[before].value.end..value.end,
            (None, Some(next)) => *start..next.start,
            (None, None) => *start..value.end,
        };
        text.replace_range(gone, "");
    }
}

/// An object of nothing but the fields, in their order.
pub(super) fn object(fields: &[Field]) -> Zeroizing<String> {
    let mut parts = Zeroizing::new(Vec::with_capacity(fields.len()));
    for field in fields {
        parts.push(format!(
            "  {}: {}",
            *quoted(&field.name),
            *quoted(field.value.expose_secret())
        ));
    }
    Zeroizing::new(format!("{{\n{}\n}}\n", *Zeroizing::new(parts.join(",\n"))))
}

/// The text of member `name`.
pub(super) fn find(text: &str, name: &str) -> Option<String> {
    let mut value = Value::Object(read(text)?);
    let found = value.get(name).and_then(Value::as_str).map(str::to_owned);
    wipe(&mut value);
    found.filter(|found| !found.is_empty())
}

fn read(text: &str) -> Option<Map<String, Value>> {
    match serde_json::from_str(text) {
        Ok(Value::Object(members)) => Some(members),
        _ => None,
    }
}

fn is_object(text: &str) -> bool {
    let read = read(text);
    let is_one = read.is_some();
    wipe(&mut read.map_or(Value::Null, Value::Object));
    is_one
}

/// A member of an object: its name, where it begins, and where its value stands.
struct Member {
    name: String,
    start: usize,
    value: Range<usize>,
}

/// The members of the object that `text` is known to be, in their order.
fn members(text: &str) -> Vec<Member> {
    let mut found = Vec::new();
    let mut at = text.find('{').map_or(text.len(), |brace| brace + 1);
    while let Some(quote) = text[at..].find(['"', '}']) {
        let start = at + quote;
        if text[start..].starts_with('}') {
            break;
        }
        let colon = end_of_value(text, start);
        let name = serde_json::from_str(&text[start..colon]).unwrap_or_default();
        let after = colon + text[colon..].find(':').map_or(0, |colon| colon + 1);
        let blanks = text[after..].len() - text[after..].trim_start().len();
        let value = after + blanks..end_of_value(text, after + blanks);
        at = value.end;
        found.push(Member { name, start, value });
    }
    found
}

/// Where the JSON value that begins at `start` ends.
fn end_of_value(text: &str, start: usize) -> usize {
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    for (at, byte) in text.bytes().enumerate().skip(start) {
        let whole = match byte {
            _ if escaped => {
                escaped = false;
                false
            }
            b'\\' => {
                escaped = true;
                false
            }
            b'"' => {
                in_text = !in_text;
                !in_text && depth == 0
            }
            _ if in_text => false,
            b'{' | b'[' => {
                depth += 1;
                false
            }
            // Of the object around it: a number or a word ends here.
            b'}' | b']' | b',' if depth == 0 => return at,
            b'}' | b']' => {
                depth -= 1;
                depth == 0
            }
            _ if byte.is_ascii_whitespace() && depth == 0 => return at,
            _ => false,
        };
        if whole {
            return at + 1;
        }
    }
    text.len()
}

/// The blanks before the first member.
fn lead(text: &str) -> &str {
    let inside = text.find('{').map_or("", |brace| &text[brace + 1..]);
    &inside[..inside.len() - inside.trim_start().len()]
}

/// A JSON string.
fn quoted(text: &str) -> Zeroizing<String> {
    let mut value = Value::String(text.to_owned());
    let quoted = Zeroizing::new(value.to_string());
    wipe(&mut value);
    quoted
}

fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(items) => items.iter_mut().for_each(wipe),
        Value::Object(members) => members.values_mut().for_each(wipe),
        _ => {}
    }
}

#[cfg(test)]
mod tests;
