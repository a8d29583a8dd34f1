//! Files as sinks: written for their owner, and nothing lost that was there.

use super::*;
use crate::resource::{Place, Sink};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

/// A sink of this form at `path`, handed to `test`.
fn with<T>(path: &Path, form: &str, test: impl FnOnce(&File, &Sink) -> T) -> T {
    let line = format!("file {} {form}", path.display());
    let sink: Sink = line.parse().unwrap();
    let Place::File { path, format } = &sink.place else {
        panic!("{line}")
    };
    let file = File {
        path,
        format,
        names: &sink.names,
    };
    test(&file, &sink)
}

fn key(sink: &Sink, id: &str) -> Credential {
    Credential::access_key(sink, id, "wJalr/X+=".to_owned().into())
}

#[test]
fn every_form_is_written_for_its_owner_alone_and_read_back() {
    let folder = tempfile::tempdir().unwrap();
    let expected = [
        (
            "dotenv",
            "AWS_ACCESS_KEY_ID=AKIA1\nAWS_SECRET_ACCESS_KEY=wJalr/X+=\n",
        ),
        ("dotenv as A B", "A=AKIA1\nB=wJalr/X+=\n"),
        (
            "json",
            "{\n  \"access_key_id\": \"AKIA1\",\n  \"secret_access_key\": \"wJalr/X+=\"\n}\n",
        ),
        (
            "aws_profile me",
            "[me]\naws_access_key_id = AKIA1\naws_secret_access_key = wJalr/X+=\n",
        ),
        (
            "rclone me eu-west-1",
            "[me]\ntype = s3\nprovider = AWS\naccess_key_id = AKIA1\n\
             secret_access_key = wJalr/X+=\nregion = eu-west-1\nno_check_bucket = true\n",
        ),
    ];
    for (at, (form, text)) in expected.into_iter().enumerate() {
        let path = folder.path().join(format!("new/{at}"));
        with(&path, form, |file, sink| {
            assert_eq!(file.held(), Ok(Held::Nothing));
            file.prove(|_| false).unwrap();
            assert!(!path.exists(), "a proof leaves nothing");
            file.put(&key(sink, "AKIA1"), |_| true).unwrap();
            assert_eq!(file.held(), Ok(Held::Key("AKIA1".into())));
            let (id, secret) = file.access_key().unwrap().unwrap();
            assert_eq!((&*id, secret.expose_secret()), ("AKIA1", "wJalr/X+="));
        });
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text, "{form}");
        assert_eq!(path.metadata().unwrap().mode() & 0o777, 0o600, "{form}");
        assert_eq!(
            path.parent().unwrap().metadata().unwrap().mode() & 0o777,
            0o700
        );
    }
    let there = std::fs::read_dir(folder.path().join("new"))
        .unwrap()
        .count();
    assert_eq!(there, 5, "no draft is left");
}

#[test]
fn a_file_that_all_may_read_is_closed_and_a_link_stays_a_link() {
    let folder = tempfile::tempdir().unwrap();
    let (real, link) = (folder.path().join("real"), folder.path().join("link"));
    std::fs::write(&real, "A=1\n").unwrap();
    std::fs::set_permissions(&real, PermissionsExt::from_mode(0o644)).unwrap();
    std::os::unix::fs::symlink(&real, &link).unwrap();
    with(&link, "dotenv", |file, sink| {
        file.prove(|_| false).unwrap();
        file.put(&key(sink, "AKIA1"), |_| true).unwrap();
    });
    assert!(link.is_symlink());
    assert_eq!(real.metadata().unwrap().mode() & 0o777, 0o600);
    assert!(
        std::fs::read_to_string(&real)
            .unwrap()
            .starts_with("A=1\nAWS_")
    );
}

#[test]
fn a_link_to_what_is_not_there_is_not_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("link");
    std::os::unix::fs::symlink(folder.path().join("gone/x"), &link).unwrap();
    with(&link, "dotenv", |file, sink| {
        let refused = file.prove(|_| false).unwrap_err();
        assert!(refused.message.contains("gone/x"), "{refused}");
        assert!(file.put(&key(sink, "AKIA1"), |_| true).is_err());
    });
    assert!(link.is_symlink());
}

#[test]
fn keys_that_are_handed_over_at_the_same_time_are_all_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("credentials");
    let form = |at: usize| format!("aws_profile p{at}");
    std::thread::scope(|scope| {
        for at in 0..16 {
            let path = &path;
            scope.spawn(move || {
                with(path, &form(at), |file, sink| {
                    file.prove(|_| false).unwrap();
                    file.put(&key(sink, &format!("AKIA{at}")), |_| true)
                        .unwrap();
                });
            });
        }
    });
    for at in 0..16 {
        let held = with(&path, &form(at), |file, _| file.held());
        assert_eq!(held, Ok(Held::Key(format!("AKIA{at}"))));
    }
}

#[test]
fn a_draft_that_a_run_has_left_is_removed() {
    let folder = tempfile::tempdir().unwrap();
    let left = folder.path().join(".s3setup-a.env-x1");
    let others = [
        ".s3setup-b.env-x1",
        ".s3setup-a.env-b-x1",
        ".s3setup-a.env-b.lock",
    ]
    .map(|name| folder.path().join(name));
    std::fs::write(&left, "secret").unwrap();
    for other in &others {
        std::fs::write(other, "of another file").unwrap();
    }
    with(&folder.path().join("a.env"), "dotenv", |file, _| {
        file.prove(|_| false).unwrap();
    });
    assert!(!left.exists() && others.iter().all(|other| other.exists()));
}

#[test]
fn where_others_may_write_no_secret_goes() {
    let folder = tempfile::tempdir().unwrap();
    let open = folder.path().join("open");
    std::fs::create_dir_all(open.join("in")).unwrap();
    std::fs::set_permissions(&open, PermissionsExt::from_mode(0o777)).unwrap();
    for path in [open.join("a.env"), open.join("in/a.env")] {
        let refused = with(&path, "dotenv", |file, sink| {
            assert!(file.put(&key(sink, "AKIA1"), |_| true).is_err());
            file.prove(|_| false).unwrap_err()
        });
        assert!(refused.message.contains("others may write"), "{refused}");
        assert!(!path.exists());
    }
    std::fs::set_permissions(&open, PermissionsExt::from_mode(0o1777)).unwrap();
    with(&open.join("a.env"), "dotenv", |file, _| {
        file.prove(|_| false)
    })
    .unwrap();
}

#[test]
fn a_link_where_others_may_write_leads_to_no_file_of_ours() {
    let folder = tempfile::tempdir().unwrap();
    let (open, home) = (folder.path().join("open"), folder.path().join("home"));
    let real = home.join("profile");
    std::fs::create_dir_all(&open).unwrap();
    std::fs::create_dir_all(&home).unwrap();
    std::fs::write(&real, "A=1\n").unwrap();
    std::os::unix::fs::symlink(&real, open.join("a.env")).unwrap();
    std::os::unix::fs::symlink(&home, open.join("home")).unwrap();
    let refused = |why: &str| {
        for path in [open.join("a.env"), open.join("home/profile")] {
            let refused = with(&path, "dotenv", |file, sink| {
                assert!(file.put(&key(sink, "AKIA1"), |_| true).is_err());
                file.prove(|_| false).unwrap_err()
            });
            assert!(refused.message.contains(why), "{refused}");
            assert_eq!(std::fs::read_to_string(&real).unwrap(), "A=1\n");
        }
    };
    std::fs::set_permissions(&open, PermissionsExt::from_mode(0o777)).unwrap();
    refused("others may write");
    std::fs::set_permissions(&open, PermissionsExt::from_mode(0o755)).unwrap();
    // Only root can give a folder away.
    if std::os::unix::fs::chown(&open, Some(65534), None).is_ok() {
        refused("belongs to somebody else");
    }
}

#[test]
fn a_key_that_is_somebody_elses_is_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("credentials");
    std::fs::write(&path, "[default]\naws_access_key_id = AKIA9\n").unwrap();
    with(&path, "aws_profile default", |file, _| {
        let refused = file.prove(|_| false).unwrap_err();
        assert!(refused.message.contains("AKIA9"), "{refused}");
        assert!(refused.fix.contains("deleted that key"), "{refused}");
        file.prove(|id| id == "AKIA9").unwrap();
    });
    with(&path, "aws_profile other", |file, _| file.prove(|_| false)).unwrap();
    std::fs::write(&path, "[default]\nAWS_ACCESS_KEY_ID = AKIA9\n").unwrap();
    with(&path, "aws_profile default", |file, _| {
        let refused = file.prove(|_| false).unwrap_err();
        assert!(refused.message.contains("AKIA9"), "{refused}");
    });
}

#[test]
fn a_session_token_beside_the_key_goes_and_one_of_another_key_stays() {
    let folder = tempfile::tempdir().unwrap();
    let table = [
        ("dotenv", "A=1\nAWS_SESSION_TOKEN=tok\n", false),
        (
            "dotenv as B_ACCESS_KEY_ID B",
            "B_SESSION_TOKEN=tok\n",
            false,
        ),
        (
            "dotenv as B_ACCESS_KEY_ID B",
            "AWS_SESSION_TOKEN=tok\n",
            true,
        ),
        ("dotenv as A B", "AWS_SESSION_TOKEN=tok\n", true),
        ("json", r#"{"session_token": "tok", "a": 1}"#, false),
        (
            "json as AWS_ACCESS_KEY_ID B",
            r#"{"AWS_SESSION_TOKEN": "tok"}"#,
            false,
        ),
        ("json", r#"{"AWS_SESSION_TOKEN": "tok"}"#, true),
        ("aws_profile me", "[me]\nAWS_Session_Token = tok\n", false),
    ];
    for (at, (form, old, stays)) in table.into_iter().enumerate() {
        let path = folder.path().join(at.to_string());
        std::fs::write(&path, old).unwrap();
        with(&path, form, |file, sink| {
            file.put(&key(sink, "AKIA1"), |_| true)
        })
        .unwrap();
        let new = std::fs::read_to_string(&path).unwrap();
        assert_eq!(
            new.contains("tok\n") || new.contains("\"tok\""),
            stays,
            "{form}: {new}"
        );
    }
}

#[test]
fn what_is_no_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    with(folder.path(), "dotenv", |file, _| {
        assert!(file.prove(|_| true).is_err());
    });
    with(Path::new("/dev/null"), "dotenv", |file, _| {
        assert!(file.prove(|_| true).is_err());
    });
}

#[test]
fn what_is_no_id_is_never_shown_as_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("swapped.env");
    let swapped = "AWS_ACCESS_KEY_ID=wJalrXUtnFEMI/K7\nAWS_SECRET_ACCESS_KEY=AKIA1\n";
    for text in [swapped, "AWS_ACCESS_KEY_ID=\u{1b}[31mX\n"] {
        std::fs::write(&path, text).unwrap();
        with(&path, "dotenv", |file, _| {
            assert_eq!(file.held(), Ok(Held::Nothing));
            assert!(file.access_key().unwrap().is_none());
            let refused = file.prove(|_| true).unwrap_err();
            assert!(!refused.message.contains("wJalr"), "{}", refused.message);
        });
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    }
}

#[test]
fn a_key_that_came_since_the_proof_is_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shared.env");
    with(&path, "dotenv", |file, sink| {
        file.prove(|_| false).unwrap();
        file.put(&key(sink, "AKIA1"), |_| false).unwrap();
        let refused = file.put(&key(sink, "AKIA2"), |_| false).unwrap_err();
        assert!(refused.message.contains("AKIA1"), "{}", refused.message);
        assert_eq!(file.held(), Ok(Held::Key("AKIA1".into())));
        file.put(&key(sink, "AKIA2"), |id| id == "AKIA1").unwrap();
    });
}
