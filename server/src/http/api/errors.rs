//! All that is wrong with what a client has sent, told together.

use super::Problem;
use crate::http::FieldError;

/// What a client wrote, short enough for a message.
pub(super) fn shown(text: &str) -> String {
    text.chars().take(60).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// Collects everything that is wrong.
#[derive(Debug, Default)]
pub(super) struct Errors(Vec<FieldError>);

impl Errors {
    pub(super) fn add(&mut self, field: impl Into<String>, detail: impl Into<String>) {
        // A client that gets everything wrong need not be told a thousand times.
        if self.0.len() < 20 {
            self.0.push(FieldError { field: field.into(), detail: detail.into() });
        }
    }

    /// Sees that nothing is wrong.
    pub(super) fn none(self) -> Result<(), Problem> {
        if self.0.is_empty() { Ok(()) } else { Err(self.told()) }
    }

    /// All of it.
    pub(super) fn told(self) -> Problem {
        Problem::Invalid(self.0)
    }

    /// Nothing is wrong.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Something is wrong with this field, or in it.
    pub(super) fn has(&self, field: &str) -> bool {
        let of = |error: &FieldError| {
            error.field.strip_prefix(field).map(|rest| rest.starts_with(['.', '[']) || rest.is_empty())
        };
        self.0.iter().filter_map(of).any(|is| is)
    }
}
