//! The command line: `gavel serve`, `gavel warden`, and the operator's commands.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::config::{Config, Overrides};
use crate::language::Languages;
use crate::{telemetry, warden};

mod config;
mod serve;

/// A judge service: compiles and runs programs in containers and says what they are worth.
#[derive(Debug, Parser)]
#[command(name = "gavel", version)]
struct Cli {
    #[command(flatten)]
    settings: Settings,
    #[command(subcommand)]
    command: Command,
}

/// Flags that beat the environment and the file.
#[derive(Debug, Args)]
struct Settings {
    /// The configuration file [default: $GAVEL_CONFIG, else /etc/gavel/gavel.toml where there is one]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Sets one key, such as http.listen=127.0.0.1:8080; may be given more than once
    #[arg(long = "set", global = true, value_name = "KEY=VALUE", value_parser = key_value)]
    set: Vec<(String, String)>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API and judge submissions
    Serve {
        /// Address to listen on (http.listen)
        #[arg(long)]
        listen: Option<String>,
    },
    /// Keep the containers: the only part that talks to Docker
    Warden,
    /// Print the effective configuration, secrets masked
    Config,
}

/// Runs the command that was given.
pub fn main() -> ExitCode {
    let Cli { settings, command } = Cli::parse();
    let mut flags = settings.set;
    if let Command::Serve { listen: Some(listen) } = &command {
        flags.push(("http.listen".into(), listen.clone()));
    }
    let overrides = Overrides::from_process(settings.config, flags);
    telemetry::start_logging(overrides.environment.get("GAVEL_LOG").map(String::as_str));
    let outcome = Config::load(&overrides).map_err(Failure::from).and_then(|config| run(&command, config));
    match outcome {
        Ok(code) => code,
        Err(why) => {
            eprintln!("gavel: {}", why.0);
            ExitCode::FAILURE
        }
    }
}

fn run(command: &Command, config: Config) -> Result<ExitCode, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    match command {
        Command::Serve { .. } => runtime.block_on(serve::serve(config))?,
        Command::Warden => {
            let languages = Languages::load(&config.languages)?;
            runtime.block_on(warden::serve(&config, &languages))?;
        }
        Command::Config => config::print(&config)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// What is printed when a command fails: the error with all its causes.
struct Failure(String);

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(telemetry::chain(&error))
    }
}

fn key_value(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("expected KEY=VALUE")?;
    Ok((key.to_owned(), value.to_owned()))
}
