//! Files for secrets: in every form the key that is written is read back, and again nothing changes.

use super::resource::{Place, Sink};
use super::sinks::{Credential, File};
use secrecy::ExposeSecret;

const FORMS: [&str; 5] = [
    "file f dotenv",
    "file f dotenv as A B",
    "file f json",
    "file f aws_profile me",
    "file f rclone me eu-west-1",
];

/// The input is the text of a file; and once a line of a sink, as a tag has it.
pub fn holds(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    if let Ok(sink) = text.parse::<Sink>() {
        assert_eq!(sink.to_string().parse(), Ok(sink), "{text:?}");
    }
    for form in FORMS {
        let sink: Sink = form.parse().expect("it is a sink");
        let Place::File { path, format } = &sink.place else {
            panic!("{form} is a file");
        };
        let names = &sink.names;
        let file = File {
            path,
            format,
            names,
        };
        drop(file.key_in(text));
        let secret = "wJalr/X+=";
        let key = Credential::access_key(&sink, "AKIA1", secret.to_owned().into());
        let Ok(edited) = file.edit(text, &key) else {
            continue;
        };
        let (id, read) = file.key_in(&edited).expect("it was written");
        assert_eq!(
            (&*id, read.expose_secret()),
            ("AKIA1", secret),
            "{form}: {text:?}"
        );
        let again = file.edit(&edited, &key).expect("it was written so");
        assert_eq!(*again, *edited, "{form}: written twice");
        assert!(!again.contains("AKIA2") || text.contains("AKIA2"));
    }
}
