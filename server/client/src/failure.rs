//! How commands end.

use std::io;
use std::process::ExitCode;

use crate::text;

/// The exit status of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// 0: done; of judged programs: Accepted, or as it is expected.
    Good,
    /// 1: another verdict, or not as it is expected.
    Bad,
    /// 2: the command line, a file or the package that was given makes no sense, to the command or to the server.
    Usage,
    /// 3: the server was not reached, refuses whoever asks or whatever is asked for at that time, or answers nonsense.
    Server,
    /// 4: there is no judgement yet.
    NotYet,
}

impl Status {
    /// The number that a shell sees.
    #[must_use]
    pub fn number(self) -> u8 {
        match self {
            Self::Good => 0,
            Self::Bad => 1,
            Self::Usage => 2,
            Self::Server => 3,
            Self::NotYet => 4,
        }
    }
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(status.number())
    }
}

/// Why a command did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// What was given makes no sense, or cannot be read.
    #[error("{0}")]
    Usage(String),
    /// The package that was given has faults; nothing was sent.
    #[error("the package has faults:\n{}", indented(.0))]
    Package(Vec<String>),
    /// No answer.
    #[error("{url} does not answer: {why}")]
    Unreachable {
        /// The server's address.
        url: String,
        /// What happened instead.
        why: String,
    },
    /// An answer that says no.
    #[error("{0}")]
    Refused(Refusal),
    /// An answer that no Gavel would give.
    #[error("the server's answer makes no sense: {0}")]
    Nonsense(String),
    /// What is to be said cannot be written.
    #[error("the output cannot be written: {0}")]
    Output(#[from] io::Error),
}

/// Stands for what a refusal does not say.
pub(crate) const NO_REASON: &str = "without a reason";

/// What a server says where it refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// HTTP's status.
    pub status: u16,
    /// A sentence.
    pub detail: String,
    /// What is wrong, each with its place.
    pub errors: Vec<String>,
}

impl Refusal {
    /// The same would be refused again, whoever asks: what was given makes no sense to the server, or names what it does not have.
    /// Every Gavel says why; what does not may be another server.
    fn is_for_good(&self) -> bool {
        self.detail != NO_REASON && matches!(self.status, 400 | 404 | 405 | 409 | 410 | 413 | 415 | 422)
    }

    /// Something is wrong with this field.
    pub(crate) fn names(&self, field: &str) -> bool {
        let begins = |error: &String| error.trim_start_matches('`').starts_with(field);
        self.errors.iter().any(begins) || begins(&self.detail)
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the server refuses ({}): {}", self.status, self.detail)?;
        match self.errors.as_slice() {
            [] => Ok(()),
            [only] if self.detail.contains(only.as_str()) => Ok(()),
            errors => write!(f, "\n{}", indented(errors)),
        }
    }
}

impl Failure {
    /// The exit status that tells of it.
    #[must_use]
    pub fn status(&self) -> Status {
        match self {
            Self::Usage(_) | Self::Package(_) | Self::Output(_) => Status::Usage,
            Self::Refused(refusal) if refusal.is_for_good() => Status::Usage,
            Self::Unreachable { .. } | Self::Refused(_) | Self::Nonsense(_) => Status::Server,
        }
    }

    /// What is wrong with a file that was given.
    pub(crate) fn file(path: &std::path::Path, why: impl std::fmt::Display) -> Self {
        Self::Usage(format!("`{}`: {why}", path.display()))
    }
}

fn indented(lines: &[String]) -> String {
    lines.iter().map(|line| format!("  {}", text::line(line))).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_tells_what_was_wrong_with_its_request_from_a_server_that_is_not_there() {
        let of = |status, detail: &str| {
            let refusal = Refusal { status, detail: detail.to_owned(), errors: Vec::new() };
            Failure::Refused(refusal).status()
        };
        for status in [400, 404, 409, 413, 422] {
            assert_eq!(of(status, "there is no such problem"), Status::Usage, "{status}");
        }
        for status in [401, 403, 408, 429, 500, 502, 503, 507] {
            assert_eq!(of(status, "not now"), Status::Server, "{status}");
        }
        assert_eq!(of(404, NO_REASON), Status::Server, "it may be no Gavel");
    }
}
