//! What was looked at before anything is done with a provider, and how it is.

use crate::resource::Provider;
use serde::Serialize;

/// How one thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// As it should be.
    Good,
    /// It works, and is worth a thought.
    Doubtful,
    /// Nothing will work, or not all.
    Bad,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// In a word: `region`.
    pub what: &'static str,
    /// Whose it is, if it is one provider's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<Provider>,
    /// How it is.
    pub state: State,
    /// What was found, in a line.
    pub text: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl Finding {
    /// All is well.
    #[must_use]
    pub fn good(what: &'static str, text: impl Into<String>) -> Self {
        Self {
            what,
            provider: None,
            state: State::Good,
            text: text.into(),
            hint: None,
        }
    }

    /// Something is not as it should be.
    #[must_use]
    pub fn wrong(
        what: &'static str,
        state: State,
        text: impl Into<String>,
        hint: Option<String>,
    ) -> Self {
        Self {
            what,
            provider: None,
            state,
            text: text.into(),
            hint,
        }
    }

    /// The same, as one provider's.
    #[must_use]
    pub fn of(self, provider: Provider) -> Self {
        Self {
            provider: Some(provider),
            ..self
        }
    }
}
