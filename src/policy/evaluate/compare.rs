//! One value of a condition against one value of the request.
//!
//! Source: "IAM JSON policy elements: Condition operators".

use super::template::{Null, Template};
use crate::policy::operators::{Operator, Values};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ipnet::IpNet;
use std::cmp::Ordering;
use std::net::IpAddr;
use time::format_description::well_known::Iso8601;
use time::{Date, OffsetDateTime, PrimitiveDateTime};

/// What comes of comparing one written value with one of the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compared {
    /// What the operator asks for, its negation left aside, is so.
    Is,
    /// It is not.
    IsNot,
    /// The written value is no number, no date, no address, whatever the operator compares.
    NothingWritten,
    /// The request's value is none.
    NothingAsked,
}

impl Compared {
    fn of<A, W>(asked: Option<A>, written: Option<W>, is: impl Fn(A, W) -> bool) -> Compared {
        match (asked, written) {
            (None, _) => Compared::NothingAsked,
            (_, None) => Compared::NothingWritten,
            (Some(asked), Some(written)) => Compared::from(is(asked, written)),
        }
    }
}

impl From<bool> for Compared {
    fn from(is: bool) -> Compared {
        match is {
            true => Compared::Is,
            false => Compared::IsNot,
        }
    }
}

/// Compares as the operator does, its negation left aside.
pub(super) fn compare(
    operator: Operator,
    written: &Result<Template<'_>, Null>,
    actual: &str,
) -> Compared {
    let Ok(template) = written else {
        // "There is no equal or like value": what is not equal is true of null.
        return Compared::IsNot;
    };
    let text = template.text();
    match operator.values {
        Values::Text => strings(operator.base, template, actual).into(),
        Values::Arn => arns(template, actual),
        Values::Boolean => Compared::of(boolean(actual), boolean(&text), |a, w| a == w),
        Values::Binary => {
            let decoded = |text: &str| STANDARD.decode(text).ok();
            Compared::of(decoded(actual), decoded(&text), |a, w| a == w)
        }
        Values::Address => {
            let is_in = |address: IpAddr, network: IpNet| network.contains(&address);
            Compared::of(address(actual), network(&text), is_in)
        }
        Values::Number => Compared::of(number(actual), number(&text), |actual, written| {
            let order = actual.partial_cmp(&written);
            order.is_some_and(|order| ordered(operator.base, order))
        }),
        Values::Date => Compared::of(instant(actual), instant(&text), |actual, written| {
            ordered(operator.base, actual.cmp(&written))
        }),
    }
}

fn strings(base: &str, template: &Template<'_>, actual: &str) -> bool {
    if base.ends_with("Like") {
        template.is_like(actual)
    } else if base.ends_with("IgnoreCase") {
        template.text().to_lowercase() == actual.to_lowercase()
    } else {
        template.text() == actual
    }
}

/// "Each of the six colon-delimited components of the ARN is checked separately and each can
/// include" wildcards; "ArnEquals and ArnLike behave identically".
fn arns(template: &Template<'_>, actual: &str) -> Compared {
    let fields: Vec<&str> = actual.splitn(6, ':').collect();
    if fields.len() != 6 || fields.first() != Some(&"arn") {
        return Compared::NothingAsked;
    }
    match template.is_like_each(&fields) {
        Some(is) => is.into(),
        None => Compared::NothingWritten,
    }
}

fn ordered(base: &str, order: Ordering) -> bool {
    let asked = base.strip_prefix("Numeric");
    let asked = asked.or_else(|| base.strip_prefix("Date"));
    match asked.unwrap_or_default() {
        "Equals" | "NotEquals" => order.is_eq(),
        "LessThan" => order.is_lt(),
        "LessThanEquals" => order.is_le(),
        "GreaterThan" => order.is_gt(),
        "GreaterThanEquals" => order.is_ge(),
        _ => false,
    }
}

fn boolean(text: &str) -> Option<bool> {
    [true, false]
        .into_iter()
        .find(|value| text.eq_ignore_ascii_case(&value.to_string()))
}

fn number(text: &str) -> Option<f64> {
    let number: f64 = text.trim().parse().ok()?;
    number.is_finite().then_some(number)
}

fn address(text: &str) -> Option<IpAddr> {
    text.trim().parse().ok()
}

/// A range, or one address.
fn network(text: &str) -> Option<IpNet> {
    let text = text.trim();
    text.parse().ok().or_else(|| address(text).map(IpNet::from))
}

/// Nanoseconds since 1970. AWS takes the forms of W3C's profile of ISO 8601, of which a year is the
/// shortest, and seconds since 1970, which are told from a year by their length.
fn instant(text: &str) -> Option<i128> {
    let text = text.trim();
    let is_year = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    if let (false, Some(instant)) = (is_year, unix_time(text)) {
        return Some(instant);
    }
    let text = text.to_ascii_uppercase();
    let instant = if text.contains('T') {
        OffsetDateTime::parse(&text, &Iso8601::DEFAULT)
            .or_else(|_| {
                PrimitiveDateTime::parse(&text, &Iso8601::DEFAULT)
                    .map(PrimitiveDateTime::assume_utc)
            })
            .ok()?
    } else {
        let rest = "0000-01-01".get(text.len()..).unwrap_or_default();
        let date = Date::parse(&format!("{text}{rest}"), &Iso8601::DEFAULT).ok()?;
        date.midnight().assume_utc()
    };
    Some(instant.unix_timestamp_nanos())
}

/// Seconds since 1970, whole or with a fraction.
fn unix_time(text: &str) -> Option<i128> {
    const SECOND: i128 = 1_000_000_000;
    // Of the year 9999, the last that a date can have. More must be milliseconds.
    const LAST_SECOND: i128 = 253_402_300_799;
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let whole = i128::from(whole.parse::<i64>().ok()?);
    let digits = fraction.get(..9).unwrap_or(fraction);
    let is_fraction = !digits.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit());
    let nanoseconds: i128 = format!("{digits:0<9}").parse().ok()?;
    let unit = if whole > LAST_SECOND {
        SECOND / 1_000
    } else {
        SECOND
    };
    is_fraction.then_some(whole * unit + nanoseconds * unit / SECOND)
}
