//! The commands that talk to any Gavel: `gavel submit`, `gavel submissions`, `gavel show`, `gavel cancel`, `gavel problem`,
//! `gavel rejudge`, `gavel token`, `gavel completions`.
//!
//! A command line is parsed into a [`Command`], which is run on a [`Terminal`] and ends with an exit status. What
//! a server says is not trusted: answers are bounded, and nothing that could steer a terminal is shown.

#![forbid(unsafe_code)]

mod amount;
mod cancel;
mod completions;
mod failure;
mod http;
mod languages;
mod list_languages;
mod options;
mod paint;
mod pair;
mod patience;
mod problem;
mod rejudge;
mod submission;
mod submissions;
mod submit;
mod table;
mod terminal;
pub mod text;
mod token;

use std::process::ExitCode;

use clap::Subcommand;

pub use cancel::Cancel;
pub use completions::{Completions, print as print_completions};
pub use failure::{Failure, Status};
pub use list_languages::ListLanguages;
pub use problem::ProblemCommand;
pub use rejudge::Rejudge;
pub use submissions::{Show, Submissions};
pub use submit::Submit;
pub use terminal::Terminal;
pub use token::TokenCommand;

/// What to ask a server for.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Have programs judged, and tell what they are worth
    #[command(after_long_help = submit::HELP)]
    Submit(Box<Submit>),
    /// List submissions, the newest first
    Submissions(Box<Submissions>),
    /// Show a submission, and what came of it
    Show(Show),
    /// End submissions that wait or run
    Cancel(Cancel),
    /// Keep problems: packages with tests, and what judges by them
    #[command(subcommand)]
    Problem(ProblemCommand),
    /// Have submissions judged again, and tell what that has changed
    #[command(after_long_help = rejudge::HELP)]
    Rejudge(Box<Rejudge>),
    /// Keep named tokens: who may use the server, and for what
    #[command(subcommand, after_long_help = token::HELP)]
    Token(TokenCommand),
}

impl Command {
    /// Runs the command on the process's own terminal.
    #[must_use]
    pub fn run(&self) -> ExitCode {
        on_terminal(|terminal| self.execute(terminal))
    }

    /// Runs the command on a terminal.
    ///
    /// # Errors
    /// Why it did not do what it was asked for.
    pub fn execute(&self, terminal: &mut Terminal<'_>) -> Result<Status, Failure> {
        match self {
            Self::Submit(submit) => submit.execute(terminal),
            Self::Submissions(submissions) => submissions.execute(terminal),
            Self::Show(show) => show.execute(terminal),
            Self::Cancel(cancel) => cancel.execute(terminal),
            Self::Problem(command) => command.execute(terminal),
            Self::Rejudge(rejudge) => rejudge.execute(terminal),
            Self::Token(command) => command.execute(terminal),
        }
    }
}

impl ListLanguages {
    /// As [`Command::run`].
    #[must_use]
    pub fn run(&self) -> ExitCode {
        on_terminal(|terminal| self.execute(terminal))
    }
}

/// Does something on the process's own terminal.
fn on_terminal(act: impl FnOnce(&mut Terminal<'_>) -> Result<Status, Failure>) -> ExitCode {
    let (mut out, mut err) = (std::io::stdout(), std::io::stderr());
    let mut terminal = Terminal::of_process(&mut out, &mut err);
    match act(&mut terminal) {
        Ok(status) => status.into(),
        Err(failure) => {
            // Whoever closes standard error does not want to know.
            drop(terminal.complain(&failure));
            failure.status().into()
        }
    }
}
