//! `gavel-client`: the commands that talk to a Gavel, alone.

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};
use gavel_client::{Command, Completions, ListLanguages};

/// Submits programs to a Gavel, and keeps its problems.
#[derive(Debug, Parser)]
#[command(name = "gavel-client", version)]
struct Cli {
    #[command(subcommand)]
    command: All,
}

#[derive(Debug, Subcommand)]
enum All {
    #[command(flatten)]
    Client(Command),
    /// List the server's languages, with their versions and states
    Languages(ListLanguages),
    /// Print completions of this command line for a shell
    Completions(Completions),
}

fn main() -> ExitCode {
    match Cli::parse().command {
        All::Client(command) => command.run(),
        All::Languages(languages) => languages.run(),
        All::Completions(shell) => gavel_client::print_completions(&shell, Cli::command()),
    }
}
