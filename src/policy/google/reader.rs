//! Conditions in the Common Expression Language, read into what can be told of them
//! (<https://github.com/google/cel-spec/blob/master/doc/langdef.md>).

use super::cel::{By, Expression, Test};
use std::collections::BTreeSet;

/// The deepest nesting that is read.
const DEEPEST: usize = 32;

/// A word of an expression.
#[derive(Clone, Debug, PartialEq)]
enum Token {
    Name(String),
    Text(String),
    Number(String),
    Sign(&'static str),
}

const SIGNS: [&str; 25] = [
    "&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "(", ")", "[", "]", "{", "}", ".", ",", "?",
    ":", "+", "-", "*", "/", "%", "=",
];

/// Part of a comparison.
#[derive(Clone, Debug)]
enum Term {
    Text(String),
    /// `assertion.repository`; of what is asked by a call, its name.
    Path(String),
    List(Vec<Term>),
    Truth(Expression),
    Other(String),
}

/// Reads an expression.
///
/// # Errors
/// What is wrong with it, as far as that is certain.
pub(super) fn read(text: &str) -> Result<Expression, String> {
    let tokens = tokens(text)?;
    let mut reader = Reader {
        tokens: &tokens,
        at: 0,
        depth: 0,
    };
    let term = reader.choice()?;
    match reader.tokens.get(reader.at) {
        None => Ok(term.truth()),
        Some(token) => Err(format!("{} is not expected there", token.written())),
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut all = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let raw = rest.strip_prefix(['r', 'R']);
        if let Some(quoted) = raw.filter(|rest| rest.starts_with(['"', '\''])) {
            let (text, after) = quotation(quoted, true)?;
            all.push(Token::Text(text));
            rest = after;
        } else if first == '"' || first == '\'' {
            let (text, after) = quotation(rest, false)?;
            all.push(Token::Text(text));
            rest = after;
        } else if first.is_ascii_alphabetic() || first == '_' {
            let part = |c: char| !c.is_ascii_alphanumeric() && c != '_';
            let end = rest.find(part).unwrap_or(rest.len());
            all.push(Token::Name(rest[..end].to_owned()));
            rest = &rest[end..];
        } else if first.is_ascii_digit() {
            let part = |c: char| !c.is_ascii_alphanumeric() && c != '.';
            let end = rest.find(part).unwrap_or(rest.len());
            all.push(Token::Number(rest[..end].to_owned()));
            rest = &rest[end..];
        } else if rest.starts_with("//") {
            rest = rest.split_once('\n').map_or("", |(_, rest)| rest);
        } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            all.push(Token::Sign(sign));
            rest = &rest[sign.len()..];
        } else {
            return Err(format!("{first:?} is no sign of an expression"));
        }
        rest = rest.trim_start();
    }
    Ok(all)
}

/// The text in the quotation marks with which `rest` begins, and what is after them.
fn quotation(rest: &str, raw: bool) -> Result<(String, &str), String> {
    let mark = rest.chars().next().unwrap_or('"');
    let mut text = String::new();
    let mut letters = rest.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        match letter {
            letter if letter == mark => return Ok((text, &rest[at + letter.len_utf8()..])),
            '\\' if !raw => match letters.next() {
                Some((_, 'n')) => text.push('\n'),
                Some((_, 't')) => text.push('\t'),
                Some((_, other)) => text.push(other),
                None => break,
            },
            other => text.push(other),
        }
    }
    Err(format!("a text has no end: {rest}"))
}

impl Token {
    fn written(&self) -> String {
        match self {
            Self::Name(name) | Self::Number(name) => name.clone(),
            Self::Text(text) => format!("{text:?}"),
            Self::Sign(sign) => (*sign).to_owned(),
        }
    }
}

impl Term {
    fn truth(self) -> Expression {
        match self {
            Self::Truth(truth) => truth,
            other => Expression::Other(other.written()),
        }
    }

    fn written(&self) -> String {
        match self {
            Self::Text(text) => format!("{text:?}"),
            Self::Path(path) | Self::Other(path) => path.clone(),
            Self::List(all) => {
                let all: Vec<String> = all.iter().map(Self::written).collect();
                format!("[{}]", all.join(", "))
            }
            Self::Truth(truth) => truth.to_string(),
        }
    }
}

struct Reader<'a> {
    tokens: &'a [Token],
    at: usize,
    depth: usize,
}

impl Reader<'_> {
    fn takes(&mut self, sign: &str) -> bool {
        let is = matches!(self.tokens.get(self.at), Some(Token::Sign(found)) if *found == sign);
        self.at += usize::from(is);
        is
    }

    fn asks(&mut self, sign: &str) -> Result<(), String> {
        match self.takes(sign) {
            true => Ok(()),
            false => Err(match self.tokens.get(self.at) {
                Some(token) => format!("{sign} is missing before {}", token.written()),
                None => format!("{sign} is missing at the end"),
            }),
        }
    }

    fn choice(&mut self) -> Result<Term, String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err("it is nested too deeply".to_owned());
        }
        let asked = self.either()?;
        let term = match self.takes("?") {
            false => asked,
            true => {
                let yes = self.choice()?;
                self.asks(":")?;
                let no = self.choice()?;
                let (asked, yes, no) = (asked.written(), yes.written(), no.written());
                Term::Truth(Expression::Other(format!("{asked} ? {yes} : {no}")))
            }
        };
        self.depth -= 1;
        Ok(term)
    }

    fn either(&mut self) -> Result<Term, String> {
        let first = self.both()?;
        let mut all = Vec::new();
        while self.takes("||") {
            all.push(self.both()?.truth());
        }
        Ok(match all.is_empty() {
            true => first,
            false => {
                all.insert(0, first.truth());
                Term::Truth(Expression::any(all))
            }
        })
    }

    fn both(&mut self) -> Result<Term, String> {
        let first = self.relation()?;
        let mut all = Vec::new();
        while self.takes("&&") {
            all.push(self.relation()?.truth());
        }
        Ok(match all.is_empty() {
            true => first,
            false => {
                all.insert(0, first.truth());
                Term::Truth(Expression::all(all))
            }
        })
    }

    fn relation(&mut self) -> Result<Term, String> {
        let left = self.sum()?;
        let found = ["==", "!=", "<=", ">=", "<", ">"];
        if let Some(sign) = found.into_iter().find(|sign| self.takes(sign)) {
            let right = self.sum()?;
            return Ok(Term::Truth(compared(&left, sign, &right)));
        }
        if self.tokens.get(self.at) == Some(&Token::Name("in".to_owned())) {
            self.at += 1;
            let right = self.sum()?;
            return Ok(Term::Truth(contained(&left, &right)));
        }
        Ok(left)
    }

    /// What is reckoned is only carried along.
    fn sum(&mut self) -> Result<Term, String> {
        let mut left = self.unary()?;
        while let Some(sign) = ["+", "-", "*", "/", "%"]
            .into_iter()
            .find(|s| self.takes(s))
        {
            let right = self.unary()?;
            left = Term::Other(format!("{} {sign} {}", left.written(), right.written()));
        }
        Ok(left)
    }

    fn unary(&mut self) -> Result<Term, String> {
        if self.takes("!") {
            self.depth += 1;
            if self.depth > DEEPEST {
                return Err("it is nested too deeply".to_owned());
            }
            let denied = self.unary()?.truth();
            self.depth -= 1;
            return Ok(Term::Truth(Expression::not(denied)));
        }
        if self.takes("-") {
            let number = self.unary()?;
            return Ok(Term::Other(format!("-{}", number.written())));
        }
        self.member()
    }

    fn member(&mut self) -> Result<Term, String> {
        let mut term = self.primary()?;
        loop {
            if self.takes(".") {
                let Some(Token::Name(name)) = self.tokens.get(self.at).cloned() else {
                    return Err("a name is missing after a dot".to_owned());
                };
                self.at += 1;
                term = match self.takes("(") {
                    true => {
                        let given = self.given(")")?;
                        called(&term, &name, &given)
                    }
                    false => match term {
                        Term::Path(path) => Term::Path(format!("{path}.{name}")),
                        other => Term::Other(format!("{}.{name}", other.written())),
                    },
                };
            } else if self.takes("[") {
                let index = self.choice()?;
                self.asks("]")?;
                term = match (term, index) {
                    (Term::Path(path), Term::Text(key)) => Term::Path(format!("{path}.{key}")),
                    (of, index) => Term::Other(format!("{}[{}]", of.written(), index.written())),
                };
            } else {
                return Ok(term);
            }
        }
    }

    fn given(&mut self, end: &str) -> Result<Vec<Term>, String> {
        let mut all = Vec::new();
        while !self.takes(end) {
            all.push(self.choice()?);
            if !self.takes(",") {
                self.asks(end)?;
                break;
            }
        }
        Ok(all)
    }

    fn primary(&mut self) -> Result<Term, String> {
        let Some(token) = self.tokens.get(self.at).cloned() else {
            return Err("it ends too early".to_owned());
        };
        self.at += 1;
        Ok(match token {
            Token::Text(text) => Term::Text(text),
            Token::Number(number) => Term::Other(number),
            Token::Name(name) if name == "true" => Term::Truth(Expression::Known(true)),
            Token::Name(name) if name == "false" => Term::Truth(Expression::Known(false)),
            Token::Name(name) if name == "in" => return Err("in stands alone".to_owned()),
            Token::Name(name) => match self.takes("(") {
                true => {
                    let given = self.given(")")?;
                    let given: Vec<String> = given.iter().map(Term::written).collect();
                    Term::Other(format!("{name}({})", given.join(", ")))
                }
                false => Term::Path(name),
            },
            Token::Sign("(") => {
                let inner = self.choice()?;
                self.asks(")")?;
                inner
            }
            Token::Sign("[") => Term::List(self.given("]")?),
            Token::Sign("{") => {
                while !self.takes("}") {
                    self.choice()?;
                    self.asks(":")?;
                    self.choice()?;
                    if !self.takes(",") {
                        self.asks("}")?;
                        break;
                    }
                }
                Term::Other("{…}".to_owned())
            }
            sign => return Err(format!("{} is not expected there", sign.written())),
        })
    }
}

fn compared(left: &Term, sign: &str, right: &Term) -> Expression {
    let test = match (left, right) {
        (Term::Path(path), Term::Text(text)) | (Term::Text(text), Term::Path(path)) => {
            Some(Test::of(path, By::Is, [text.clone()]))
        }
        _ => None,
    };
    match (sign, test, left, right) {
        ("==", Some(test), ..) => Expression::Test(test),
        ("!=", Some(test), ..) => Expression::not(Expression::Test(test)),
        ("==", None, Term::Text(one), Term::Text(two)) => Expression::Known(one == two),
        ("!=", None, Term::Text(one), Term::Text(two)) => Expression::Known(one != two),
        ("==", None, Term::Truth(truth), Term::Truth(Expression::Known(true))) => truth.clone(),
        _ => Expression::Other(format!("{} {sign} {}", left.written(), right.written())),
    }
}

fn contained(left: &Term, right: &Term) -> Expression {
    let other = || Expression::Other(format!("{} in {}", left.written(), right.written()));
    match (left, right) {
        (Term::Path(path), Term::List(all)) => {
            let texts = all.iter().map(|one| match one {
                Term::Text(text) => Some(text.clone()),
                _ => None,
            });
            match texts.collect::<Option<BTreeSet<String>>>() {
                Some(texts) => Expression::Test(Test::of(path, By::Is, texts)),
                None => other(),
            }
        }
        (Term::Text(text), Term::Path(path)) => {
            Expression::Test(Test::of(path, By::Has, [text.clone()]))
        }
        _ => other(),
    }
}

/// What a method says of a term.
fn called(term: &Term, name: &str, given: &[Term]) -> Term {
    if let (Term::Path(path), [Term::Text(attribute), ..]) = (term, given)
        && path == "api"
        && name == "getAttribute"
    {
        return Term::Path(attribute.clone());
    }
    let by = match name {
        "startsWith" => Some(By::StartsWith),
        "endsWith" => Some(By::EndsWith),
        "contains" => Some(By::Contains),
        "matches" => Some(By::Matches),
        _ => None,
    };
    match (by, term, given) {
        (Some(by), Term::Path(path), [Term::Text(text)]) => {
            Term::Truth(Expression::Test(Test::of(path, by, [text.clone()])))
        }
        _ => {
            let given: Vec<String> = given.iter().map(Term::written).collect();
            Term::Other(format!("{}.{name}({})", term.written(), given.join(", ")))
        }
    }
}
