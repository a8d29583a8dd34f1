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

/// Whether what the operator asks for, its negation left aside, is so; none when the request's value
/// cannot be compared at all, because it is no number, no date, no address. Nothing is equal to a
/// written value that is none: a negated test "returns true only if all values evaluate to false".
pub(super) fn compare(
    operator: Operator,
    written: &Result<Template<'_>, Null>,
    actual: &str,
) -> Option<bool> {
    let Ok(template) = written else {
        // "There is no equal or like value": what is not equal is true of null.
        return Some(false);
    };
    let text = template.text();
    match operator.values {
        Values::Text => Some(strings(operator.base, template, actual)),
        Values::Arn => arns(template, actual),
        Values::Boolean => {
            let actual = boolean(actual)?;
            Some(boolean(&text) == Some(actual))
        }
        Values::Binary => {
            let actual = STANDARD.decode(actual).ok()?;
            Some(STANDARD.decode(text.as_bytes()).ok() == Some(actual))
        }
        Values::Address => {
            let actual = address(actual)?;
            Some(network(&text).is_some_and(|network| network.contains(&actual)))
        }
        Values::Number => {
            let actual = number(actual)?;
            let order = number(&text).and_then(|written| actual.partial_cmp(&written));
            Some(order.is_some_and(|order| ordered(operator.base, order)))
        }
        Values::Date => {
            let actual = instant(actual)?;
            let order = instant(&text).map(|written| actual.cmp(&written));
            Some(order.is_some_and(|order| ordered(operator.base, order)))
        }
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
fn arns(template: &Template<'_>, actual: &str) -> Option<bool> {
    let fields: Vec<&str> = actual.splitn(6, ':').collect();
    let is_arn = fields.len() == 6 && fields.first() == Some(&"arn");
    is_arn.then(|| template.is_like_each(&fields) == Some(true))
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
