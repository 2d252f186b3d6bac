//! `gavel problem`: keeps problems on a server.

mod archive;
mod list;
mod push;
mod show;
mod verify;

use std::str::FromStr;

use clap::{Args, Subcommand};
use serde_json::json;

use crate::failure::{Failure, Status};
use crate::http::Ask;
use crate::options::Server;
use crate::terminal::Terminal;

/// What to do with problems.
#[derive(Debug, Subcommand)]
pub enum ProblemCommand {
    /// Send a package; a new version of the problem, where there is one of this id
    Push(push::Push),
    /// List the problems
    List(list::List),
    /// Tell what is known of a problem
    Show(show::Show),
    /// Run a package's example submissions, and compare with what is expected of them
    #[command(after_long_help = verify::HELP)]
    Verify(verify::Verify),
    /// Remove a problem with all its versions
    Delete(Delete),
}

impl ProblemCommand {
    pub(crate) fn execute(&self, terminal: &mut Terminal<'_>) -> Result<Status, Failure> {
        match self {
            Self::Push(push) => push.execute(terminal),
            Self::List(list) => list.execute(terminal),
            Self::Show(show) => show.execute(terminal),
            Self::Verify(verify) => verify.execute(terminal),
            Self::Delete(delete) => delete.execute(terminal),
        }
    }
}

/// A problem to remove.
#[derive(Debug, Args)]
pub struct Delete {
    #[command(flatten)]
    server: Server,
    /// The problem
    id: Id,
    /// Print JSON: which problem, and that it is removed
    #[arg(long)]
    json: bool,
}

impl Delete {
    fn execute(&self, terminal: &mut Terminal<'_>) -> Result<Status, Failure> {
        self.server.client()?.ask(Ask::remove(&self.id.path()))?;
        if self.json {
            terminal.json(&json!({"id": self.id.as_str(), "removed": true}))?;
        } else {
            terminal.remark(&format!("removed {}", self.id.as_str()))?;
        }
        Ok(Status::Good)
    }
}

/// The id of a problem: 1 to 64 letters, digits, `_`, `-` and `.`, of which the first is a letter or a digit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Id(String);

impl Id {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Its path below the API's.
    pub(crate) fn path(&self) -> String {
        format!("problems/{}", self.0)
    }
}

impl FromStr for Id {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let may_be = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
        let begins = text.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric());
        if begins && text.len() <= 64 && text.bytes().all(may_be) {
            return Ok(Self(text.to_owned()));
        }
        Err("an id has 1 to 64 letters, digits, `_`, `-` and `.`, and begins with a letter or digit"
            .to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_never_paths() {
        for id in ["a", "Sum-of_2.b", &"x".repeat(64)] {
            assert_eq!(id.parse::<Id>().unwrap().as_str(), id);
        }
        for id in ["", ".", "..", "-a", "a/b", "a b", "a?b", "é", &"x".repeat(65)] {
            assert!(id.parse::<Id>().is_err(), "{id}");
        }
    }
}
