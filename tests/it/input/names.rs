//! Names, descriptions, tags and regions that AWS would refuse, or keep to itself.

use super::{BUCKET, ROLE, one_error, table, validate};

#[test]
fn bucket_names_that_aws_refuses_are_refused() {
    let long = "b".repeat(64);
    for (name, message, fix, reason) in [
        (
            "B-backups",
            "no capital letters",
            "write \"b-backups\"",
            "a capital",
        ),
        (
            "b_backups",
            "'_'",
            "write for example \"b-backups\"",
            "an underscore",
        ),
        ("b backups", "' '", "\"b-backups\"", "a space"),
        ("büro", "'ü'", "", "a letter of one's own"),
        ("b/backups", "'/'", "", "a path"),
        ("s3://backups", "':'", "", "a URL"),
        ("arn:aws:s3:::backups", "':'", "", "an ARN"),
        ("", "this has 0", "longer", "empty"),
        ("ab", "this has 2", "longer", "too short"),
        (&long, "this has 64", "shorter", "too long"),
        (
            "-backups",
            "begin and end",
            "write \"backups\"",
            "begins with a hyphen",
        ),
        (
            "backups-",
            "begin and end",
            "write \"backups\"",
            "ends with a hyphen",
        ),
        (
            ".backups",
            "begin and end",
            "write \"backups\"",
            "begins with a dot",
        ),
        ("b..backups", "two dots", "one dot", "two dots"),
        ("192.168.5.4", "IP address", "letter", "an IP address"),
        (
            "xn--backups",
            "\"xn--\"",
            "another beginning",
            "kept for punycode",
        ),
        (
            "sthree-backups",
            "\"sthree-\"",
            "another beginning",
            "kept by AWS",
        ),
        (
            "amzn-s3-demo-backups",
            "\"amzn-s3-demo-\"",
            "another beginning",
            "kept by AWS",
        ),
        (
            "backups-s3alias",
            "\"-s3alias\"",
            "another ending",
            "kept for access points",
        ),
        (
            "backups--ol-s3",
            "\"--ol-s3\"",
            "another ending",
            "kept for Object Lambda",
        ),
        (
            "backups.mrap",
            "\".mrap\"",
            "another ending",
            "kept for access points of many regions",
        ),
        (
            "backups--x-s3",
            "\"--x-s3\"",
            "another ending",
            "kept for directory buckets",
        ),
        (
            "backups--table-s3",
            "\"--table-s3\"",
            "another ending",
            "kept for tables",
        ),
        (
            "backups-an",
            "\"-an\"",
            "another ending",
            "kept for account-regional names",
        ),
    ] {
        let outcome = validate(format!("name: m\nbucket:\n  name: '{name}'\n"), &[]);
        one_error(
            &outcome,
            "3:9",
            message,
            fix,
            &format!("{name:?}: {reason}"),
        );
    }
    for name in [
        "abc",
        "123",
        "a.b-c.d",
        &"b".repeat(63),
        "1.2.3.4.5",
        "my-an-b",
    ] {
        validate(format!("name: m\nbucket:\n  name: '{name}'\n"), &[]).expect_code(0);
    }
}

#[test]
fn names_in_iam_have_their_lengths_and_characters() {
    let role = |name: &str| {
        format!("{BUCKET}roles:\n  {name}:\n    trust: {{service: ec2.amazonaws.com}}\n")
    };
    let user = |name: &str| format!("{BUCKET}users:\n  {name}: {{}}\n");
    let group = |name: &str| format!("{BUCKET}groups:\n  {name}: {{}}\n");
    let statement = "{statements: [{Effect: Allow, Action: 's3:ListAllMyBuckets', Resource: '*'}]}";
    let policy = |name: &str| format!("{BUCKET}policies:\n  {name}: {statement}\n");
    table(&[
        (
            &role(&"r".repeat(65)),
            "5:3",
            "role names have 1 to 64 characters, and this has 65",
            "shorter",
            "a long role",
        ),
        (
            &user(&"u".repeat(65)),
            "5:3",
            "user names have 1 to 64",
            "shorter",
            "a long user",
        ),
        (
            &group(&"g".repeat(129)),
            "5:3",
            "group names have 1 to 128",
            "shorter",
            "a long group",
        ),
        (
            &policy(&"p".repeat(129)),
            "5:3",
            "policy names have 1 to 128",
            "shorter",
            "a long policy",
        ),
        (&role("'a b'"), "5:3", "' '", "another name", "a space"),
        (
            &role("team/backup"),
            "5:3",
            "'/'",
            "another name",
            "a path in the name",
        ),
        (
            &user("müller"),
            "5:3",
            "'ü'",
            "another name",
            "a letter of one's own",
        ),
        (
            &role("'${account}:x'"),
            "5:3",
            "':'",
            "another name",
            "an ARN, nearly",
        ),
        (
            &user("u: {path: backups}\n  v"),
            "5:13",
            "begins and ends with \"/\"",
            "write \"/backups/\"",
            "a path without slashes",
        ),
        (
            "name: my app\nbucket:\n  name: b-backups\n",
            "1:7",
            "no name for a manifest",
            "such as neon",
            "it becomes a tag and a path",
        ),
    ]);
    for good in [
        role(&"r".repeat(64)),
        user("a+b=c,d.e@f-g_h"),
        group(&"g".repeat(128)),
        policy("p"),
    ] {
        validate(&good, &[]).expect_code(0);
    }
}

#[test]
fn descriptions_tags_and_regions_are_what_aws_takes() {
    let described = |text: &str| format!("{ROLE}    description: {text}\n");
    let [some, more] = ["", "  "].map(|indent| -> String {
        (0..30)
            .map(|at| format!("{indent}  t{indent}{at:02}: x\n").replace("t  ", "u"))
            .collect()
    });
    let many: String = (0..49).map(|at| format!("  t{at:02}: x\n")).collect();
    table(&[
        (
            &described("backups — nightly"),
            "8:18",
            "Latin-1 characters only",
            "\"-\" for a dash",
            "an em dash",
        ),
        (
            &described("Neon’s backups"),
            "8:18",
            "'’'",
            "' for a quotation mark",
            "a curly apostrophe",
        ),
        (
            &described(&"x".repeat(1001)),
            "8:18",
            "at most 1000",
            "shorten",
            "too long",
        ),
        (
            &format!("{BUCKET}region: Frankfurt\n"),
            "4:9",
            "\"Frankfurt\" is no region",
            "eu-central-1",
            "a city",
        ),
        (
            &format!("{BUCKET}region: us-east\n"),
            "4:9",
            "\"us-east\" is no region",
            "us-east-1",
            "no number",
        ),
        (
            &format!("{BUCKET}region: us-east-1a\n"),
            "4:9",
            "is no region",
            "us-east-1",
            "a zone",
        ),
        (
            &format!("{BUCKET}  region: eu\n"),
            "4:11",
            "\"eu\" is no region",
            "us-east-1",
            "of the bucket",
        ),
        (
            &format!("{BUCKET}tags: {{'aws:x': y}}\n"),
            "4:17",
            "are AWS's own",
            "another key",
            "a key of AWS",
        ),
        (
            &format!("{BUCKET}tags: {{a: 'x;y'}}\n"),
            "4:11",
            "';'",
            "without",
            "a character that no tag has",
        ),
        (
            &format!("{BUCKET}tags: {{a: '{}'}}\n", "v".repeat(257)),
            "4:11",
            "at most 256",
            "shorter",
            "a long value",
        ),
        (
            &format!("{BUCKET}tags:\n{many}"),
            "53:",
            "at most 48 tags",
            "leave some out",
            "49 tags",
        ),
        (
            &format!("name: m\ntags:\n{some}bucket:\n  name: b-backups\n  tags:\n{more}"),
            "35:",
            "48 are the most",
            "leave some out",
            "60 tags in two places",
        ),
        (
            &format!("{ROLE}tags: {{managed-by: me}}\n"),
            "8:",
            "s3setup's own",
            "leave it out",
            "our mark",
        ),
    ]);
    validate(described("Neon-Sicherungen für alle, täglich"), &[]).expect_code(0);
}
