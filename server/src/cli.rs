//! The command line: `gavel serve`, `gavel warden`, the operator's commands, and those that any client has.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, CommandFactory, Parser, Subcommand};

use self::client::Client;
use crate::config::{Config, Overrides};
use crate::language::Languages;
use crate::{telemetry, version, warden};

mod client;
mod config;
mod doctor;
mod gojudge_flags;
mod healthcheck;
mod languages;
mod node;
mod nodes;
mod output;
mod proxy;
mod recycle;
mod serve;
mod shell;

/// A judge service: compiles and runs programs in containers and says what they are worth.
#[derive(Debug, Parser)]
#[command(name = "gavel", version = version::LONG)]
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

/// Which server to talk to.
#[derive(Debug, Args)]
struct Server {
    /// Its address [default: $GAVEL_URL, else http.listen of the configuration]
    #[arg(long, visible_alias = "server")]
    url: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    #[command(flatten)]
    Service(Service),
    #[command(flatten)]
    Client(gavel_client::Command),
    /// Print completions of this command line for a shell
    Completions(gavel_client::Completions),
}

/// What the service is made of, and what its operators do.
#[derive(Debug, Subcommand)]
enum Service {
    /// Serve the API and judge submissions; takes go-judge's flags too (docs/go-judge.md)
    Serve {
        /// Address to listen on (http.listen)
        #[arg(long)]
        listen: Option<String>,
    },
    /// Keep the containers: the only part that talks to Docker
    Warden,
    /// Judge for a server elsewhere: take tasks of the broker that cluster.url names (docs/cluster.md)
    Node {
        #[command(subcommand)]
        command: Option<nodes::OfOne>,
    },
    /// Check engine, images, cgroups, workspace, kernel and server; name the cause and the remedy of each problem
    Doctor {
        #[command(flatten)]
        server: Server,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Open a shell in a sandbox, or run a command there
    #[command(after_help = shell::EXAMPLES)]
    Shell {
        #[command(flatten)]
        server: Server,
        #[command(flatten)]
        options: shell::Options,
    },
    /// List the languages, with their versions and states
    Languages {
        #[command(flatten)]
        server: Server,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// List the nodes of a cluster, or have one begin nothing more
    Nodes {
        #[command(flatten)]
        server: Server,
        #[command(subcommand)]
        command: nodes::Command,
    },
    /// Have every sandbox replaced; for the host's cron
    Recycle {
        #[command(flatten)]
        server: Server,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Exit with 0 if the service can serve; for container health checks
    Healthcheck {
        #[command(flatten)]
        server: Server,
        /// Only ask whether the process answers
        #[arg(long)]
        alive: bool,
        /// Ask the warden instead of the server
        #[arg(long)]
        warden: bool,
    },
    /// Translate between go-judge's REST and gRPC, as its proxy
    Proxy(proxy::Proxy),
    /// Print the effective configuration, secrets masked
    Config {
        /// Print nothing: see that a server would take the configuration, and its languages
        #[arg(long)]
        check: bool,
    },
}

/// Exit code for a command line that makes no sense, as the parser's.
const USAGE: u8 = 2;

/// Runs the command that was given.
pub fn main() -> ExitCode {
    let separated = match gojudge_flags::separate(std::env::args_os()) {
        Ok(separated) => separated,
        Err(why) => {
            output::complain(&why.to_string());
            return ExitCode::from(USAGE);
        }
    };
    let Cli { settings, command } = Cli::parse_from(separated.arguments);
    let command = match command {
        Command::Service(command) => command,
        // These ask any server, and know nothing of the configuration of one.
        Command::Client(command) => return command.run(),
        Command::Completions(shell) => return gavel_client::print_completions(&shell, Cli::command()),
    };
    let mut flags = separated.settings;
    flags.extend(settings.set);
    if let Service::Serve { listen: Some(listen) } = &command {
        flags.push(("http.listen".into(), listen.clone()));
    }
    let overrides = Overrides::from_process(settings.config, flags);
    telemetry::start_logging(if separated.silent { Some("off") } else { overrides.log_filter() });
    if matches!(command, Service::Serve { .. }) {
        for warning in separated.warnings.into_iter().chain(overrides.warnings()) {
            tracing::warn!("{warning}");
        }
    }
    let outcome =
        Config::load(&overrides).map_err(Failure::from).and_then(|config| run(&command, config, &overrides));
    match outcome {
        Ok(code) => code,
        Err(why) => {
            output::complain(&why.0);
            ExitCode::FAILURE
        }
    }
}

fn run(command: &Service, config: Config, overrides: &Overrides) -> Result<ExitCode, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    match command {
        Service::Serve { .. } => runtime.block_on(serve::serve(config))?,
        Service::Warden => {
            let languages = Languages::configured(&config)?;
            runtime.block_on(warden::serve(&config, &languages))?;
        }
        Service::Node { command: None } => runtime.block_on(node::node(config))?,
        Service::Node { command: Some(command) } => {
            let (server, command) = command.parts();
            let client = Client::new(server.url.as_deref(), &config, overrides)?;
            runtime.block_on(nodes::nodes(&client, &command))?;
        }
        Service::Doctor { server, json } => {
            let client = Client::new(server.url.as_deref(), &config, overrides)?;
            let healthy = runtime.block_on(doctor::examine(&config, &client, *json))?;
            return Ok(if healthy { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
        Service::Shell { server, options } => {
            let client = Client::new(server.url.as_deref(), &config, overrides)?;
            let client = client.with_token(options.token.clone());
            let status = runtime.block_on(shell::shell(&client, options));
            // Whoever takes our output may not do so any more.
            runtime.shutdown_background();
            return Ok(status?.into());
        }
        Service::Languages { server, json } => {
            let client = Client::new(server.url.as_deref(), &config, overrides)?;
            if let Err(why) = runtime.block_on(languages::languages(&client, *json)) {
                // As of the commands that any client has.
                output::complain(&telemetry::chain(&why));
                return Ok(gavel_client::Status::Server.into());
            }
        }
        Service::Nodes { server, command } => {
            let client = Client::new(server.url.as_deref(), &config, overrides)?;
            runtime.block_on(nodes::nodes(&client, command))?;
        }
        Service::Recycle { server, json } => {
            let client = Client::new(server.url.as_deref(), &config, overrides)?;
            runtime.block_on(recycle::recycle(&client, *json))?;
        }
        Service::Healthcheck { warden: true, .. } => runtime.block_on(healthcheck::warden(&config))?,
        Service::Healthcheck { server, alive, warden: false } => {
            let client = Client::new(server.url.as_deref(), &config, overrides)?;
            runtime.block_on(healthcheck::server(&client, *alive))?;
        }
        Service::Proxy(proxy) => runtime.block_on(proxy.serve(config))?,
        Service::Config { check: false } => config::print(&config)?,
        Service::Config { check: true } => drop(Languages::configured(&config)?),
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
