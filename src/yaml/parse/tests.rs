//! What parsing promises: every scalar verbatim, every error at its place, nothing hostile hurts.

use super::super::{Kind, MAX_BYTES, MAX_PROBLEMS, Node, Source, Span};
use super::parse;

fn tree(text: &str) -> Node {
    parse(&Source::new("m.yaml", text)).unwrap_or_else(|problems| panic!("{text:?}\n{problems}"))
}

/// The tree in one line: plain text bare, quoted text in quotes.
fn short(node: &Node) -> String {
    match &node.kind {
        Kind::Null => "NULL".to_owned(),
        Kind::Scalar { text, quoted: true } => format!("{text:?}"),
        Kind::Scalar { text, .. } => text.clone(),
        Kind::List(items) => format!(
            "[{}]",
            items.iter().map(short).collect::<Vec<_>>().join(",")
        ),
        Kind::Map(entries) => {
            let entries = entries
                .iter()
                .map(|(key, value)| format!("{}:{}", key.text, short(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(","))
        }
    }
}

/// The problems as `line:column message | fix`.
fn said(text: &str) -> Vec<String> {
    let json = parse(&Source::new("m.yaml", text))
        .expect_err(text)
        .to_json();
    let line = |entry: &serde_json::Value| {
        let part = |name: &str| entry[name].as_str().unwrap_or("-").to_owned();
        format!(
            "{}:{} {} | {}",
            entry["line"],
            entry["column"],
            part("message"),
            part("fix")
        )
    };
    json.as_array().unwrap().iter().map(line).collect()
}

#[test]
fn plain_scalars_are_verbatim() {
    for text in [
        "012345678901",
        "2012-10-17",
        "on",
        "yes",
        "y",
        "n",
        "1e3",
        "0x1F",
        "0o17",
        "1_000",
        "1.10",
        "+1",
        "-0",
        ".inf",
        ".nan",
        "TRUE",
        "True",
        "12:30:45",
        "1.0",
        "00",
        "s3:*",
        "arn:aws:s3:::b/*",
        "é 東京",
        "a#b",
        "${x}",
        "=",
        "-x",
        "?x",
        ":x",
        "2024-01-01T00:00:00Z",
        "nULL",
    ] {
        let source = format!(
            "a: {text}\nb: [{}]\n",
            if text.contains(['{', '?', ':']) {
                "x"
            } else {
                text
            }
        );
        let node = tree(&source);
        let value = node.get("a").unwrap();
        assert_eq!(
            value.kind,
            Kind::Scalar {
                text: text.to_owned(),
                quoted: false
            }
        );
        assert_eq!(
            &source[value.span.start..value.span.end],
            text,
            "the span is the text"
        );
    }
}

#[test]
fn keys_are_verbatim_too() {
    assert_eq!(
        short(&tree(
            "on: 1\nnull: 2\n~: 3\n012: 4\n\"q: x\": 5\n1e3: 6\n? k\n: 7\n"
        )),
        "{on:1,null:2,~:3,012:4,q: x:5,1e3:6,k:7}"
    );
}

#[test]
fn every_style_gives_its_text() {
    for (text, wanted, reason) in [
        (
            "a: 'it''s'\nb: \"x\\ty\\u00e9\"\n",
            "{a:\"it's\",b:\"x\\tyé\"}",
            "quotes and escapes",
        ),
        (
            "a: |\n  x\n   y\n\nb: >-\n  z\n  w\n",
            "{a:\"x\\n y\\n\",b:\"z w\"}",
            "blocks are text",
        ),
        (
            "a: x\n  y\n\n  z\nb: 1\n",
            "{a:x y\nz,b:1}",
            "plain text over lines is folded",
        ),
        (
            "a: 1 # c\n# d\nb: 'x' # e\n",
            "{a:1,b:\"x\"}",
            "comments are gone",
        ),
        (
            "\u{feff}a: é\r\nb:\r\n  - x\r\n",
            "{a:é,b:[x]}",
            "byte-order mark and CR LF",
        ),
        (
            "a: ~\nb:\nc: null\nd: NULL\ne: '~'\nf: \"\"\n",
            "{a:NULL,b:NULL,c:NULL,d:NULL,e:\"~\",f:\"\"}",
            "null",
        ),
        ("---\na: 1\n...\n", "{a:1}", "document marks"),
        ("%YAML 1.2\n---\na: 1\n", "{a:1}", "a directive"),
        (
            "{\"a\": [1, \"x\", true, null]}",
            "{a:[1,\"x\",true,NULL]}",
            "JSON is YAML",
        ),
        (
            "a: !!str 012\nb: !!str\nc: !!map {d: !!seq [1]}\n",
            "{a:\"012\",b:\"\",c:{d:[1]}}",
            "tags that say what is there",
        ),
        (
            "a: &x 012\nb: *x\nc: &y [1, *x]\nd: *y\n",
            "{a:012,b:012,c:[1,012],d:[1,012]}",
            "aliases",
        ),
        (
            "a: &x 1\nb: &x 2\nc: *x\n",
            "{a:1,b:2,c:2}",
            "an anchor is defined anew",
        ),
        (
            "a: &x {p: 1, q: 2}\nb:\n  <<: *x\n  q: 3\n",
            "{a:{p:1,q:2},b:{q:3,p:1}}",
            "a merge key yields to what is written",
        ),
        (
            "a: &x {p: 1}\nb: &y {p: 2, r: 4}\nc: {<<: [*x, *y]}\n",
            "{a:{p:1},b:{p:2,r:4},c:{p:1,r:4}}",
            "of several the first wins",
        ),
        (
            "a: {'<<': 1}\n",
            "{a:{<<:1}}",
            "a quoted merge key is a key",
        ),
    ] {
        assert_eq!(short(&tree(text)), wanted, "{reason}");
    }
}

#[test]
fn an_alias_keeps_the_place_of_its_definition() {
    let text = "a: &x {p: 12}\nb: *x\n";
    let node = tree(text);
    let value = node.get("b").and_then(|b| b.get("p")).unwrap();
    assert_eq!(value.span, Span::new(10, 12));
}

#[test]
fn spans_cover_what_is_written() {
    let text = "m:\n  a: 'x'\n  l:\n    - 1\n    - 2\n\n# c\nn: {b: [1, 2]}\n";
    let node = tree(text);
    let slice = |node: &Node| text[node.span.start..node.span.end].to_owned();
    let m = node.get("m").unwrap();
    assert_eq!(slice(m.get("a").unwrap()), "'x'");
    assert_eq!(slice(m.get("l").unwrap()), "- 1\n    - 2\n\n# c");
    assert_eq!(slice(node.get("n").unwrap()), "{b: [1, 2]}");
}

#[test]
fn duplicate_keys_are_all_found() {
    assert_eq!(
        said("a: 1\nb: {c: 1, c: 2}\na: 3\n'a': 4\n"),
        [
            "2:11 the key `c` is written twice; it is on line 2 already | keep one of the two, or rename one",
            "3:1 the key `a` is written twice; it is on line 1 already | keep one of the two, or rename one",
            "4:1 the key `a` is written twice; it is on line 1 already | keep one of the two, or rename one",
        ]
    );
}

#[test]
fn what_is_not_a_manifest_says_so() {
    let empty = "null:null the manifest is empty | begin with a copy of manifests/neon.yaml";
    for text in ["", "\n\n", "# only a comment\n", "---\n", "~\n", "\u{feff}"] {
        assert_eq!(said(text), [empty], "{text:?}");
    }
    for (text, problem) in [
        (
            "- a\n- b\n",
            "1:3 a manifest is a map of `key: value` lines; this is a list | begin with `name:`, as manifests/neon.yaml does",
        ),
        (
            "hello\n",
            "1:1 a manifest is a map of `key: value` lines; this is the text `hello` | begin with `name:`, as manifests/neon.yaml does",
        ),
        (
            "a:b\n",
            "1:1 a manifest is a map of `key: value` lines; this is the text `a:b` | write a space behind the `:`",
        ),
        (
            "a: 1\n---\nb: 2\n",
            "2:1 the file holds several YAML documents | keep one document in a file, and remove the `---` here",
        ),
        (
            "a: 1\n---\n",
            "2:1 the file holds several YAML documents | keep one document in a file, and remove the `---` here",
        ),
    ] {
        assert_eq!(said(text), [problem], "{text:?}");
    }
}

#[test]
fn tags_and_keys_that_mean_nothing_are_refused() {
    for (text, problem) in [
        (
            "a: !!int 3\n",
            "1:4 the tag `!!int` means nothing here | remove it: each field knows what it wants",
        ),
        (
            "a: !Ref x\n",
            "1:4 the tag `!Ref` means nothing here | remove it; an input is written `${name}`, and a text that starts with `!` in quotes",
        ),
        (
            "a: !!seq {}\n",
            "1:4 the tag `!!seq` means nothing here | remove it: each field knows what it wants",
        ),
        (
            "a: !!binary aGk=\n",
            "1:4 the tag `!!binary` means nothing here | remove it; an input is written `${name}`, and a text that starts with `!` in quotes",
        ),
        (
            ": 1\n",
            "1:1 there is no key before this `:` | write `key: value`",
        ),
        (
            "'': 1\n",
            "1:1 there is no key before this `:` | write `key: value`",
        ),
        (
            "[a]: 1\n",
            "1:1 a key must be text, and this is a list or a map | write `key: value`; a text that starts with `[` or `{` is written in quotes",
        ),
        (
            "a: {{ x }}\n",
            "1:5 `{{ … }}` is not replaced here | an input is written `${name}`; a text with braces is written in quotes",
        ),
        (
            "a: *x\n",
            "1:4 there is no anchor `x` above, which this alias names | a text that starts with `*` is written in quotes: \"*x\"",
        ),
        (
            "a: &x [*x]\n",
            "1:8 this alias stands inside of what it refers to | write the value out",
        ),
        (
            "a: 1\nb: {<<: 1}\n",
            "2:9 `<<` merges maps, and this is none | write `<<: *name`, where `&name` marks a map",
        ),
        (
            "a: {<<: {b: 1}, <<: {c: 1}}\n",
            "1:17 the key `<<` is written twice; it is on line 1 already | merge several with one list: `<<: [*first, *second]`",
        ),
    ] {
        assert_eq!(said(text), [problem], "{text:?}");
    }
}

#[test]
fn what_is_not_yaml_says_what_to_write() {
    for (text, problem) in [
        (
            "a:\n\tb: 1\n",
            "2:1 a tab is used to indent, and YAML knows spaces only | replace the tab by spaces",
        ),
        (
            "a: 1\n\tb: 2\n",
            "2:1 a tab is used to indent, and YAML knows spaces only | replace the tab by spaces",
        ),
        (
            "url: a: b\n",
            "1:7 there is a second `: ` in the value of `url` | put the value in quotes: \"a: b\"",
        ),
        (
            "a: 1\n b: 2\n",
            "2:2 this line is indented deeper than the line above, which has a value already | indent both lines alike, or remove the value above",
        ),
        (
            "foo\nbar: 1\n",
            "2:1 the line above has no `:`, so it runs on into this one | write `key:` above",
        ),
        (
            "a: 1\nfoo\nb: 2\n",
            "2:1 this line is no `key: value` | write a `:` behind the key, or indent the line if it belongs to the value above",
        ),
        (
            "a: 1\nfoo:x\nb: 2\n",
            "2:1 this line is no `key: value` | write a space behind the `:`",
        ),
        (
            "a: *\n",
            "1:4 a text that starts with `*` or `&` must be in quotes | write \"*\"",
        ),
        (
            "a: [s3:*, *]\n",
            "1:11 a text that starts with `*` or `&` must be in quotes | write \"*\"",
        ),
        (
            "a: @x y # c\n",
            "1:4 a text that starts with `@` must be in quotes | write \"@x y\"",
        ),
        (
            "a: `x`\n",
            "1:4 a text that starts with a backtick must be in quotes | write \"`x`\"",
        ),
        (
            "a: %x\n",
            "1:4 a text that starts with `%` must be in quotes | write \"%x\"",
        ),
        (
            "a: [\"b\", ${x}]\n",
            "1:10 inside of [ ] and { } an input must be in quotes | write \"${x}\"",
        ),
        (
            "a: {b: ${x}}\n",
            "1:8 inside of [ ] and { } an input must be in quotes | write \"${x}\"",
        ),
        (
            "a: [1, 2\nb: 1\n",
            "2:2 a `,` or the closing bracket is missing before this | close the bracket, or separate the values with `,`",
        ),
        (
            "a: [1, 2\n",
            "1:4 this `[` is not closed | close it behind its last value",
        ),
        (
            "a: ]\n",
            "1:4 this bracket closes nothing | remove it, or put the text in quotes",
        ),
        (
            "a: [1}\n",
            "1:4 `[` is open, and `}` cannot close it | use the bracket of the same kind",
        ),
        (
            "a: 'x\nb: 1\n",
            "2:1 a quote that is opened above is not closed before this line | close the quote at the end of its value",
        ),
        (
            "a: 'x",
            "1:4 this quote is not closed | close it, at the end of the value",
        ),
        (
            "a: 'x'y\n",
            "1:7 there is text behind the closing quote | put the whole value in quotes; inside of '…' a quote is written twice, inside of \"…\" it is \\\"",
        ),
        (
            "a: \"\\q\"\n",
            "1:4 there is a backslash in these quotes that starts no known escape | use single quotes, '…', or write the backslash twice",
        ),
        (
            "a:\n    b: 1\n  c: 2\n",
            "3:3 the indentation of this line fits none of the lines above | indent it exactly as the other entries of its list or map",
        ),
        (
            "  a: 1\nb: 2\n",
            "2:1 the indentation of this line fits none of the lines above | indent it exactly as the other entries of its list or map",
        ),
        (
            "a: - b\n",
            "1:4 a list cannot start on the line of its key | put `- ` on a line of its own below, indented; or write `[a, b]`",
        ),
        (
            "a: \u{1}x\n",
            "1:4 the control character U+0001 is not allowed in YAML | remove it, or write it as an escape in double quotes",
        ),
        (
            "a: ,b\n",
            "1:4 a text that starts with `,` must be in quotes | write \",b\"",
        ),
    ] {
        assert_eq!(said(text), [problem], "{text:?}");
    }
}

#[test]
fn problems_before_the_end_of_the_yaml_are_kept() {
    let found = said("a: 1\na: 2\nb: *x\nc: @\nd: d: d\n");
    assert_eq!(found.len(), 3, "{found:#?}");
}

#[test]
fn bombs_are_refused_at_once() {
    let laughs: String = (1..30)
        .map(|n| format!("a{n}: &a{n} [{}]\n", format!("*a{}, ", n - 1).repeat(9)))
        .collect();
    let chain: String = (1..200)
        .map(|n| format!("a{n}: &a{n} [*a{}]\n", n - 1))
        .collect();
    let text = format!(
        "a: &a \"{}\"\nb: [{}]\n",
        "x".repeat(500_000),
        "*a, ".repeat(1000)
    );
    let merges: String = (1..40)
        .map(|n| format!("a{n}: &a{n} {{b{n}: *a{p}, c{n}: *a{p}}}\n", p = n - 1))
        .collect();
    let anchors = format!(
        "a: {}{}\n",
        (0..60).map(|n| format!("&a{n} [")).collect::<String>(),
        "x, ".repeat(100_000)
    ) + &"]".repeat(60);
    for (text, part) in [
        (format!("a0: &a0 [x]\n{laughs}"), "200000 values"),
        (format!("a0: &a0 [x]\n{merges}"), "200000 values"),
        (format!("a0: &a0 [x]\n{chain}"), "deeper than 64"),
        (text, "4 MiB of text"),
        (anchors, "200000 values"),
        (format!("a: {}", "[".repeat(500_000)), "deeper than 64"),
        (format!("a: {}", "{a: ".repeat(200_000)), "deeper than 64"),
        (format!("a:\n {}", "- ".repeat(400_000)), "deeper than 64"),
        (format!("a: [{}]", "x,".repeat(400_000)), "200000 values"),
        (format!("a: {}", "x".repeat(MAX_BYTES)), "1 MiB"),
    ] {
        let start = std::time::Instant::now();
        let found = said(&text);
        assert!(
            found.len() == 1 && found[0].contains(part),
            "{part}: {found:?}"
        );
        assert!(
            start.elapsed().as_secs() < 5,
            "{part}: {:?}",
            start.elapsed()
        );
    }
}

#[test]
fn many_problems_are_cut() {
    let text: String = (0..50_000).map(|_| "a: 1\n").collect();
    assert_eq!(said(&text).len(), MAX_PROBLEMS);
}
