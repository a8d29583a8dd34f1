//! The order of findings: that of what they are about in the document.

use super::Finding;
use crate::policy::read::OF_STATEMENT;

/// Sorts by statement, then element; what is about the whole comes before its parts.
pub(super) fn sort(findings: &mut [Finding]) {
    findings.sort_by_cached_key(|finding| {
        let path = &finding.path;
        let (statement, rest) = match path.strip_prefix("Statement[") {
            Some(rest) => {
                let (index, rest) = rest.split_once(']').unwrap_or((rest, ""));
                (index.parse::<usize>().map_or(0, |index| index + 1), rest)
            }
            None => (0, path.as_str()),
        };
        let rest = rest.trim_start_matches('.');
        let name = rest.split(['.', '[']).next().unwrap_or_default();
        // Of the document as a whole, then of a statement.
        let mut elements = ["Version", "Id"].iter().chain(OF_STATEMENT);
        let rank = elements.position(|element| *element == name);
        (statement, rank.map_or(0, |rank| rank + 1), path.clone())
    });
}

#[cfg(test)]
mod tests {
    use super::super::rules;
    use super::*;

    #[test]
    fn findings_are_in_the_order_of_what_they_are_about() {
        let at = |path: &str| Finding {
            rule: &rules::UNKNOWN_ACTION,
            severity: rules::UNKNOWN_ACTION.severity,
            path: path.to_owned(),
            message: String::new(),
            fix: String::new(),
        };
        let expected = [
            "",
            "Version",
            "Statement[0]",
            "Statement[0].Principal.AWS",
            "Statement[0].Action",
            "Statement[2].Condition.Bool",
            "Statement[10].Sid",
        ];
        let mut findings: Vec<_> = expected.iter().rev().map(|path| at(path)).collect();
        sort(&mut findings);
        let paths: Vec<_> = findings.iter().map(|finding| &finding.path).collect();
        assert_eq!(paths, expected);
    }
}
