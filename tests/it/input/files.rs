//! Files that are no manifest at all: not there, not text, not YAML, or one that would explode.

use super::{BUCKET, one_error, table, validate};
use crate::{neon::flat, support::S3setup};

#[test]
fn what_is_no_manifest_at_all_is_told_by_what_it_is() {
    let bomb: String = ('a'..='h')
        .zip(std::iter::once('x').chain('a'..='h'))
        .map(|(name, before)| {
            let one = if before == 'x' {
                "x, ".to_owned()
            } else {
                format!("*{before}, ")
            };
            format!("{name}: &{name} [{}]\n", one.repeat(9))
        })
        .collect();
    table(&[
        (
            "",
            "",
            "the manifest is empty",
            "manifests/neon.yaml",
            "nothing",
        ),
        (
            "# to do\n\n",
            "",
            "the manifest is empty",
            "manifests/neon.yaml",
            "a comment",
        ),
        (
            "hello\n",
            "1:1",
            "this is the text `hello`",
            "`name:`",
            "a word",
        ),
        (
            "- a\n- b\n",
            "1:3",
            "this is a list",
            "`name:`",
            "a list at the root",
        ),
        ("name: [\n", "1:7", "is not closed", "close it", "no YAML"),
        (
            "name: m\nbucket:\n\tname: b\n",
            "3:1",
            "a tab",
            "spaces",
            "a tab",
        ),
        ("name: m\u{0}\n", "1:8", "U+0000", "remove it", "a NUL"),
        (
            "name: \u{1b}[31m\n",
            "1:7",
            "U+001B",
            "remove it",
            "an escape for terminals",
        ),
        (
            &format!("{BUCKET}name: again\n"),
            "4:1",
            "written twice",
            "keep one",
            "a key twice",
        ),
        (
            &format!("{BUCKET}  name: c-backups\n"),
            "4:3",
            "written twice",
            "keep one",
            "a key twice",
        ),
        (
            &format!("{BUCKET}---\n{BUCKET}"),
            "4:1",
            "several YAML documents",
            "---",
            "two documents",
        ),
        (
            &format!("{BUCKET}outputs: {{A: *x}}\n"),
            "4:14",
            "no anchor",
            "quotes",
            "an alias",
        ),
        (
            "name: !!python/object:os.system m\n",
            "1:7",
            "means nothing here",
            "remove it",
            "a tag",
        ),
        (
            &bomb,
            "6:8",
            "more than 200000 values",
            "fewer aliases",
            "a bomb of aliases",
        ),
        (
            &"[".repeat(5000),
            "1:65",
            "nested deeper than 64",
            "right file",
            "a bomb of brackets",
        ),
    ]);
}

#[test]
fn what_is_no_text_is_told_by_where_it_stops_being_one() {
    let bytes: Vec<u8> = (0..=255).cycle().take(4096).collect();
    let wide: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain(BUCKET.bytes().flat_map(|byte| [byte, 0]))
        .collect();
    let big: Vec<u8> = [0xfe, 0xff]
        .into_iter()
        .chain(BUCKET.bytes().flat_map(|byte| [0, byte]))
        .collect();
    let latin = [BUCKET.as_bytes(), b"  tags: {name: M\xfcller}\n"].concat();
    for (bytes, place, message, reason) in [
        (bytes, "3:115", "not UTF-8", "binary"),
        (wide, "1:1", "UTF-16", "UTF-16, little end first"),
        (big, "1:1", "UTF-16", "UTF-16, big end first"),
        (latin, "4:17", "not UTF-8", "Latin-1"),
    ] {
        one_error(&validate(bytes, &[]), place, message, "UTF-8", reason);
    }
    let marked = validate(format!("\u{feff}{BUCKET}").replace('\n', "\r\n"), &[]);
    marked.expect_code(0).expect_stderr("good, 2 resources");
}

#[test]
fn what_is_no_file_to_read_is_told_by_its_path() {
    let tool = S3setup::without_credentials();
    tool.file("neon.yaml", BUCKET);
    tool.file("large.yaml", &"# 16 characters\n".repeat(10 << 16));
    for (path, message, fix, reason) in [
        (
            "noen.yaml",
            "there is no such file",
            "did you mean `neon.yaml`?",
            "missing, with a near name",
        ),
        (
            "else.yaml",
            "there is no such file",
            "check the path",
            "missing",
        ),
        (
            "no/m.yaml",
            "there is no such file",
            "`no` does not exist either",
            "no directory",
        ),
        (
            "neon.yaml/m.yaml",
            "is a file and not a directory",
            "check the path",
            "below a file",
        ),
        (
            "large.yaml",
            "the file has 10240 KiB; a manifest may have 1 MiB",
            "split",
            "10 MB",
        ),
        ("/dev/zero", "more than the 1 MiB", "split", "no end"),
        (
            "/dev/null",
            "the manifest is empty",
            "manifests/neon.yaml",
            "no content",
        ),
    ] {
        let outcome = tool.run(&["validate", path]);
        assert_eq!(
            (outcome.code, &*outcome.stdout),
            (Some(1), ""),
            "{reason}:\n{outcome}"
        );
        assert_eq!(
            outcome.stderr.matches("error: ").count(),
            1,
            "{reason}:\n{outcome}"
        );
        let said = flat(&outcome.stderr);
        assert!(
            said.contains(&format!("--> {path}")),
            "{reason}: it names the file:\n{outcome}"
        );
        assert!(
            said.contains(message) && said.contains(fix),
            "{reason}:\n{outcome}"
        );
    }
}
