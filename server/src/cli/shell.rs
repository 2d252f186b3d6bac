//! `gavel shell`: a shell, or another command, in a sandbox, through `/stream`.

use std::time::Duration;

use bytesize::ByteSize;
use clap::Args;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;

use self::connection::{Connection, ConnectionError, End, Event, Sender};
use self::terminal::RawMode;
use super::client::Client;
use super::output;

mod connection;
mod terminal;

/// What is run where nothing else is asked for: the better of the shells that are there.
const SHELL: [&str; 3] = ["/bin/sh", "-c", "command -v bash >/dev/null && exec bash; exec sh"];

/// Blocks of local input that wait to be sent.
const BLOCKS: usize = 2;

/// The shell's own options.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// The token, where the server wants one [default: that of the configuration]
    #[arg(long, env = "GAVEL_TOKEN", hide_env_values = true)]
    pub(super) token: Option<String>,
    /// How long it may run, and compute (the server cuts what is above gojudge.max_time)
    #[arg(long, default_value = "10m", value_name = "DURATION", value_parser = humantime::parse_duration)]
    time: Duration,
    /// Memory it may use, with its files (the server cuts what is above gojudge.max_memory)
    #[arg(long, default_value = "512MiB", value_name = "SIZE")]
    memory: ByteSize,
    /// Processes and threads it may have at one time (the server cuts what is above gojudge.max_processes)
    #[arg(long, default_value_t = 64, value_name = "COUNT")]
    processes: u32,
    /// A variable of its environment; may be given more than once
    #[arg(long = "env", value_name = "NAME=VALUE")]
    variables: Vec<String>,
    /// The command, searched for in the sandbox [default: bash, else sh]
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<String>,
}

/// What `--help` says behind the options.
pub(super) const EXAMPLES: &str = "\
The command runs in a container of gojudge.image, in an empty /w, without network. From a terminal it gets a terminal; \
else its standard input, output and error are connected to ours. Its exit status is ours: 128 and the number where a \
signal or a limit ended it, 1 where it did not run.

Examples:
  gavel shell
  gavel shell --memory 1GiB --time 2m -- python3
  gavel shell -- sh -c 'gcc -x c - -o a && ./a' < program.c";

/// Why there is no exit status to hand on.
#[derive(Debug, thiserror::Error)]
pub(super) enum ShellError {
    #[error(transparent)]
    Connection(#[from] ConnectionError),
    #[error("it did not run: {0}")]
    NotRun(String),
    #[error("failed to {doing}")]
    Local { doing: &'static str, source: std::io::Error },
}

/// Runs the command; its exit status.
///
/// # Errors
/// The server cannot be reached or refuses, the command cannot be started, the local terminal fails.
pub(super) async fn shell(client: &Client, options: &Options) -> Result<u8, ShellError> {
    let local = |doing| move |source| ShellError::Local { doing, source };
    let has_terminal = terminal::is_ours();
    // Before there is anything that a signal would leave behind.
    let mut signals = Signals::new().map_err(local("watch for signals"))?;
    let mut resized = signal(SignalKind::window_change()).map_err(local("watch for signals"))?;
    let (mut connection, mut sender) = Connection::open(client).await?;
    sender.request(&request(options, has_terminal)).await?;
    let _raw =
        if has_terminal { Some(RawMode::enter().map_err(local("prepare the terminal"))?) } else { None };
    let sending = async {
        let mut input = local_input();
        if has_terminal {
            resize(&mut sender).await?;
        }
        loop {
            tokio::select! {
                Some(()) = resized.recv(), if has_terminal => resize(&mut sender).await?,
                block = input.recv() => match block {
                    Some(block) => sender.input(&block).await?,
                    None => break,
                },
            }
        }
        sender.end_of_input().await?;
        std::future::pending::<Result<End, ShellError>>().await
    };
    let showing = async {
        loop {
            match connection.next().await? {
                Event::Output(fd, bytes) => {
                    terminal::show(fd, &bytes).await.map_err(local("write the output"))?
                }
                Event::End(end) => return Ok::<End, ShellError>(end),
            }
        }
    };
    let end = tokio::select! {
        biased;
        end = showing => end?,
        end = sending => end?,
        number = signals.next() => return Ok(by_signal(number)),
    };
    drop(_raw);
    status(end)
}

/// Reads standard input in a thread of its own, which no runtime waits for at its end.
fn local_input() -> mpsc::Receiver<Vec<u8>> {
    let (blocks, input) = mpsc::channel(BLOCKS);
    std::thread::spawn(move || {
        while let Some(block) = terminal::read_block() {
            if blocks.blocking_send(block).is_err() {
                return;
            }
        }
    });
    input
}

async fn resize(sender: &mut Sender) -> Result<(), ShellError> {
    // One without a size stays without.
    if let Some(size) = terminal::size() {
        sender.resize(size).await?;
    }
    Ok(())
}

/// A request as go-judge's.
fn request(options: &Options, has_terminal: bool) -> serde_json::Value {
    let mut env = vec!["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin".to_owned()];
    env.push("HOME=/w".to_owned());
    if has_terminal {
        env.push(format!("TERM={}", std::env::var("TERM").unwrap_or_else(|_| "dumb".to_owned())));
    }
    env.extend(options.variables.iter().cloned());
    let args = match options.command.as_slice() {
        [] => SHELL.map(str::to_owned).to_vec(),
        command => command.to_vec(),
    };
    let time = u64::try_from(options.time.as_nanos()).unwrap_or(u64::MAX);
    serde_json::json!({"cmd": [{
        "args": args,
        "env": env,
        "files": [{"streamIn": true}, {"streamOut": true}, {"streamOut": true}],
        "tty": has_terminal,
        "cpuLimit": time,
        "clockLimit": time,
        "memoryLimit": options.memory.as_u64(),
        "procLimit": options.processes,
    }]})
}

fn status(end: End) -> Result<u8, ShellError> {
    let Some(result) = end.results.first() else {
        return Err(ShellError::NotRun(end.error.unwrap_or_else(|| "no reason was given".to_owned())));
    };
    let number = u8::try_from(result.exit_status).unwrap_or(u8::MAX);
    match result.status.as_str() {
        "Accepted" | "Nonzero Exit Status" => Ok(number),
        "Internal Error" | "File Error" => Err(ShellError::NotRun(result.error.clone())),
        // What a signal did is told by the status alone, as by any shell.
        "Signalled" => Ok(by_signal(number)),
        limit => {
            output::complain(limit);
            Ok(by_signal(if number == 0 { 9 } else { number }))
        }
    }
}

/// The exit status of what a signal ended, as shells have it.
fn by_signal(number: u8) -> u8 {
    number.saturating_add(128)
}

/// What ends us, so that the terminal can be given back before.
struct Signals([(u8, Signal); 4]);

impl Signals {
    fn new() -> std::io::Result<Self> {
        let watch = |kind| signal(kind);
        Ok(Self([
            (1, watch(SignalKind::hangup())?),
            (2, watch(SignalKind::interrupt())?),
            (3, watch(SignalKind::quit())?),
            (15, watch(SignalKind::terminate())?),
        ]))
    }

    /// The number of the next.
    async fn next(&mut self) -> u8 {
        let [(hangup, a), (interrupt, b), (quit, c), (terminate, d)] = &mut self.0;
        tokio::select! {
            _ = a.recv() => *hangup,
            _ = b.recv() => *interrupt,
            _ = c.recv() => *quit,
            _ = d.recv() => *terminate,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::connection::Result;
    use super::*;

    fn status_of(status: &str, exit_status: i64, error: &str) -> std::result::Result<u8, String> {
        let result = Result { status: status.into(), exit_status, error: error.into() };
        super::status(End { results: vec![result], error: None }).map_err(|error| error.to_string())
    }

    #[test]
    fn the_exit_status_is_the_commands() {
        assert_eq!(status_of("Accepted", 0, ""), Ok(0));
        assert_eq!(status_of("Nonzero Exit Status", 3, ""), Ok(3));
        assert_eq!(status_of("Signalled", 15, ""), Ok(143));
        assert_eq!(status_of("Time Limit Exceeded", 9, ""), Ok(137));
        assert_eq!(status_of("Memory Limit Exceeded", 0, ""), Ok(137));
        assert_eq!(status_of("Internal Error", 0, "no such"), Err("it did not run: no such".into()));
        let refused = End { results: Vec::new(), error: Some("too many".into()) };
        assert_eq!(status(refused).unwrap_err().to_string(), "it did not run: too many");
    }
}
