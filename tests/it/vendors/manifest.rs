//! A manifest of `manifests/`, as text: what a person who looks for a vendor reads.

use super::{names_in, read, root};
use crate::support::{Account, S3setup};

/// A manifest of `manifests/`.
pub struct Manifest {
    /// The file's name without `.yaml`.
    pub name: String,
    text: String,
}

/// An input as it is written.
#[derive(Default)]
struct Input {
    name: String,
    description: String,
    default: Option<String>,
    example: Option<String>,
}

impl Manifest {
    /// All of `manifests/` that AWS has a part in, by name.
    pub fn all() -> Vec<Self> {
        let mut all = Self::all_in("manifests");
        all.retain(|one| !one.is_of_google());
        all
    }

    /// All of `manifests/` that are of Google Cloud, by name.
    pub fn all_of_google() -> Vec<Self> {
        let mut all = Self::all_in("manifests");
        all.retain(Self::is_of_google);
        all
    }

    fn is_of_google(&self) -> bool {
        self.text.lines().any(|line| line == "google:")
    }

    /// All of a folder of the checkout, by name.
    pub fn all_in(folder: &str) -> Vec<Self> {
        let folder = root().join(folder);
        names_in(&folder, "yaml")
            .into_iter()
            .map(|name| Self {
                text: read(&folder.join(format!("{name}.yaml"))),
                name,
            })
            .collect()
    }

    /// Whether `text` is in it.
    pub fn says(&self, text: &str) -> bool {
        self.text.contains(text)
    }

    /// The same with another text.
    #[must_use]
    pub fn with(&self, change: impl FnOnce(&str) -> String) -> Self {
        Self {
            name: self.name.clone(),
            text: change(&self.text),
        }
    }

    /// Write it to the tool's folder.
    pub fn write_to(&self, tool: &S3setup) -> String {
        let file = format!("{}.yaml", self.name);
        tool.file(&file, &self.text);
        file
    }

    /// `--set NAME=EXAMPLE` for every input that has an example: a server takes no plan with those.
    pub fn examples_as_arguments(&self) -> Vec<String> {
        let given = |input: Input| Some(format!("{}={}", input.name, input.example?));
        self.inputs()
            .into_iter()
            .filter_map(given)
            .flat_map(|value| ["--set".to_owned(), value])
            .collect()
    }

    /// The name of the bucket in `account`.
    pub fn bucket(&self, account: &Account) -> String {
        let input = self.inputs().into_iter().find(|one| one.name == "bucket");
        let default = input.and_then(|input| input.default);
        default
            .expect("the input bucket has a default")
            .replace("${account}", &account.account_id)
    }

    /// The file that a user's key is handed over to, if there is one.
    pub fn key_file(&self) -> Option<String> {
        let input = self.inputs().into_iter().find(|one| one.name == "key_file");
        input.and_then(|input| input.default)
    }

    /// Whether it says what it is, what it follows, and what to do.
    ///
    /// # Errors
    /// What is missing.
    pub fn check_text(&self) -> Result<(), String> {
        let expect = |good: bool, what: &str| match good {
            true => Ok(()),
            false => Err(what.to_owned()),
        };
        let mut lines = self.text.lines();
        expect(
            lines.next() == Some("# yaml-language-server: $schema=s3setup.schema.json"),
            "its first line names the schema",
        )?;
        expect(lines.next() == Some("#"), "an empty comment line follows")?;
        let comment: Vec<&str> = lines.take_while(|line| line.starts_with('#')).collect();
        let comment = comment.join(" ").replace(" # ", " ");
        expect(
            comment.trim_start_matches("# ").len() > 40,
            "it says what it is for",
        )?;
        let page = comment
            .split_once("Follows https://")
            .and_then(|(_, rest)| rest.split_once("(checked "))
            .and_then(|(_, date)| date.get(..11));
        expect(
            page.is_some_and(|date| is_date(&date[..10]) && date.ends_with(')')),
            "it names the page that it follows, and when that was checked",
        )?;
        let command = format!("manifests/{}.yaml", self.name);
        expect(
            comment.contains(&format!("s3setup plan {command}"))
                || comment.contains(&format!("s3setup apply {command}")),
            "it shows the command",
        )?;
        let named = format!("\nname: {}\n", self.name);
        expect(self.text.contains(&named), "its name is that of its file")?;
        for input in self.inputs() {
            let name = &input.name;
            expect(
                input.description.len() > 9 && input.description.ends_with('.'),
                &format!("the input {name} has a description, a sentence"),
            )?;
            expect(
                input.default.is_some() != input.example.is_some(),
                &format!("the input {name} has a default or an example, and not both"),
            )?;
            expect(
                input.example.is_none() || comment.contains(&format!("--set {name}=")),
                &format!("the command shows --set {name}=, which has to be given"),
            )?;
        }
        let users = self.text.contains("\nusers:\n");
        expect(
            users == self.text.contains("\n    access_key:\n"),
            "a user has a key",
        )?;
        expect(
            users == self.key_file().is_some_and(|file| comment.contains(&file)),
            "it says which file a user's key is in, by the default of the input key_file",
        )?;
        expect(self.text.contains("\noutputs:\n"), "it has outputs")
    }

    /// The inputs, from lines in the one form that the manifests have.
    fn inputs(&self) -> Vec<Input> {
        let lines = self.text.lines().skip_while(|line| *line != "inputs:");
        let mut inputs: Vec<Input> = Vec::new();
        for line in lines.skip(1) {
            let text = line.trim_start();
            match line.len() - text.len() {
                0 if !text.is_empty() => break,
                2 => inputs.push(Input {
                    name: text.trim_end_matches(':').to_owned(),
                    ..Input::default()
                }),
                4 => {
                    let (field, value) = text.split_once(": ").expect("FIELD: VALUE");
                    let value = value.trim_matches('"').to_owned();
                    let input = inputs.last_mut().expect("a name comes first");
                    match field {
                        "description" => input.description = value,
                        "default" => input.default = Some(value),
                        "example" => input.example = Some(value),
                        "pattern" => {}
                        other => panic!("{}: an input has no {other:?}", self.name),
                    }
                }
                _ => {}
            }
        }
        inputs
    }
}

/// `2026-11-22`.
fn is_date(text: &str) -> bool {
    let digits =
        |part: &str, length| part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
    let parts: Vec<&str> = text.split('-').collect();
    matches!(parts[..], [year, month, day]
        if digits(year, 4) && digits(month, 2) && digits(day, 2))
}
