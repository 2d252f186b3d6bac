//! The go-judge API without its transports: requests decoded, run in sandboxes, and answered as it answers.
//! `docs/go-judge.md` lists what differs.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{BoxFuture, join_all};
use gavel_protocol::Bytes;
use tokio_util::sync::CancellationToken;

use crate::account::{Account, Purpose};
use crate::blocking;
use crate::config::GoJudgeConfig;
use crate::sandbox::{Profile, SandboxError, Sandboxes};
use crate::shares::Shares;

pub(crate) mod answer;
pub(crate) mod command;
mod copy_out_dir;
mod descriptors;
mod execute;
pub(crate) mod files;
#[cfg(any(test, feature = "fuzz"))]
pub(crate) mod fuzz;
pub(crate) mod go_error;
mod kept;
mod links;
mod not_started;
mod outputs;
mod pipes;
pub(crate) mod refusal;
pub(crate) mod request;
mod running;
mod slot;
mod source;
mod status;
pub(crate) mod stored;
pub(crate) mod stream;
mod terminal;
mod turns;

use answer::{CommandResult, Status};
use command::{Prepared, Sources};
use descriptors::Descriptors;
use execute::{Host, Ready};
use files::{FileStore, Ids};
use pipes::{Keep, Pipes, Relay, Relayed};
pub(crate) use refusal::Outcome;
use refusal::Refusal;
use request::{PipeMap, Request};
use running::Running;
use slot::Slot;
use stream::{CommandStreams, Streaming, Streams};
use turns::{Count, Turns};

/// What go-judge's `-extra-memory-limit` allows above a command's limit, so that going over it can be seen.
const EXTRA_MEMORY: Bytes = Bytes::kib(16);

/// How long a request waits for what it takes in memory.
const MEMORY_PATIENCE: Duration = Duration::from_secs(3);

/// How long a request waits for its sandboxes.
const PATIENCE: Duration = Duration::from_secs(600);

/// What `[gojudge]` says, in the form in which it is used.
#[derive(Debug, Default)]
struct Settings {
    src_prefixes: Vec<PathBuf>,
    output_limit: Bytes,
    copy_out_limit: Bytes,
    copy_out_dir: Option<PathBuf>,
    /// Most that is kept of an output that passes through a pipe or a terminal: it is in the server's memory.
    piped_limit: Bytes,
    open_files: u32,
    max_memory: Bytes,
    max_time: Duration,
    max_processes: u32,
    /// The period of CPU rates; none = a rate that a command asks for is ignored, as go-judge does by default.
    cpu_period: Option<Duration>,
    /// Most commands of one request: as many as may run at one time.
    max_commands: usize,
    /// go-judge tells the most processes at one time on cgroup v2 only.
    tells_processes: bool,
}

/// Runs requests, whatever the sandboxes are.
trait Commands: fmt::Debug + Send + Sync {
    /// Runs a request to its end, or until it is cancelled.
    fn run(self: Arc<Self>, request: Request, cancel: CancellationToken) -> BoxFuture<'static, Outcome>;

    /// As `run`, for a request whose programs talk with their client. It does not wait for a turn.
    fn run_with_streams(
        self: Arc<Self>,
        request: Request,
        streams: Streams,
        cancel: CancellationToken,
    ) -> BoxFuture<'static, Outcome>;

    /// What requests share.
    fn files(&self) -> &Arc<FileStore>;

    /// What contents are on.
    fn account(&self) -> &Account;
}

/// The go-judge API of a server.
#[derive(Debug, Clone)]
pub struct GoJudge(Arc<dyn Commands>);

impl GoJudge {
    /// An API whose commands run in these sandboxes, and whose files are kept in this directory, which is emptied. What it
    /// holds in memory is on the account.
    ///
    /// # Errors
    /// When the directory cannot be made.
    pub fn new<S: Sandboxes + fmt::Debug>(
        config: &GoJudgeConfig,
        sandboxes: S,
        slots: usize,
        directory: PathBuf,
        account: Account,
    ) -> std::io::Result<Self> {
        let timeout = (!config.file_timeout.is_zero()).then_some(config.file_timeout);
        let ids = if config.short_ids { Ids::Short } else { Ids::Long };
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let turns = Count::of(config.parallelism, cores);
        let settings = Settings {
            src_prefixes: config.src_prefixes.clone(),
            output_limit: config.output_limit,
            copy_out_limit: config.copy_out_limit,
            copy_out_dir: config.copy_out_dir.clone(),
            piped_limit: piped_limit(config.output_limit, &account),
            open_files: config.open_files,
            max_memory: config.max_memory,
            max_time: config.max_time,
            max_processes: config.max_processes,
            cpu_period: config.cpu_rate.then_some(config.cpu_period),
            max_commands: slots,
            tells_processes: std::path::Path::new("/sys/fs/cgroup/cgroup.controllers").exists(),
        };
        Ok(Self(Arc::new(Service {
            sandboxes,
            files: Arc::new(FileStore::new(directory, config.file_store, timeout, &account)?.with_ids(ids)),
            turns: Turns::new(turns, &config.cpu_sets, config.queue),
            streams: Shares::new(config.streams.unwrap_or(slots / 2).max(1)),
            descriptors: Descriptors::new(),
            settings: Arc::new(settings),
            account,
        })))
    }

    /// Runs a request for whoever awaits it.
    pub(crate) fn run(&self, request: Request) -> Running {
        let cancel = CancellationToken::new();
        Running::new(Arc::clone(&self.0).run(request, cancel.clone()), cancel)
    }

    /// Starts a request whose files may be `streamIn` and `streamOut`. It runs at once or, where too many do, ends at
    /// once with a refusal.
    pub(crate) fn stream(&self, request: Request) -> Streaming {
        let commands = Arc::clone(&self.0);
        Streaming::start(request, |request, streams, cancel| {
            commands.run_with_streams(request, streams, cancel)
        })
    }

    /// The stored files.
    pub(crate) fn files(&self) -> &Arc<FileStore> {
        self.0.files()
    }

    /// What its contents are on, and what answers are to be on.
    pub(crate) fn account(&self) -> &Account {
        self.0.account()
    }

    /// Removes stored files that nobody has used for too long, for ever.
    pub(crate) async fn sweep(self) {
        loop {
            tokio::time::sleep(Duration::from_secs(15)).await;
            let files = Arc::clone(self.0.files());
            if let Err(error) = blocking::on_disk(move || files.sweep()).await {
                tracing::warn!(%error, "Failed to remove old files");
            }
        }
    }
}

#[derive(Debug)]
struct Service<S> {
    sandboxes: S,
    files: Arc<FileStore>,
    settings: Arc<Settings>,
    /// For what programs write.
    account: Account,
    descriptors: Descriptors,
    /// One for each request that may run.
    turns: Turns,
    /// A place for each command of requests with streams that may run.
    streams: Shares,
}

impl<S: Sandboxes + fmt::Debug> Commands for Service<S> {
    fn run(self: Arc<Self>, request: Request, cancel: CancellationToken) -> BoxFuture<'static, Outcome> {
        Box::pin(async move {
            let mut request = command::check(request, self.sources(false)).await?;
            let turn = tokio::select! {
                biased;
                turn = self.turns.take(&request.sender) => turn?,
                () = cancel.cancelled() => return Err(cancelled_before_execute()),
            };
            turn.pin(&mut request);
            self.run_now(request, None, &cancel).await
        })
    }

    fn run_with_streams(
        self: Arc<Self>,
        request: Request,
        streams: Streams,
        cancel: CancellationToken,
    ) -> BoxFuture<'static, Outcome> {
        Box::pin(async move {
            let size = stream::most_held(&request);
            let _held = self.account.take(Purpose::Requests, size, MEMORY_PATIENCE).await?;
            let request = command::check(request, self.sources(true)).await?;
            // A request holds as many sandboxes as it has commands, for as long as its client wants to talk.
            let (count, most) = (request.commands.len(), self.streams.most_of_one());
            if count > most {
                let why = format!("too many commands with streams: {count} > {most} (gojudge.streams)");
                return Err(Refusal::Bad(why));
            }
            let places = self.streams.try_take(&request.sender, count);
            let _places = places.ok_or_else(|| {
                Refusal::Failed("too many commands with streams at once (gojudge.streams)".to_owned())
            })?;
            self.run_now(request, Some(&streams), &cancel).await
        })
    }

    fn files(&self) -> &Arc<FileStore> {
        &self.files
    }

    fn account(&self) -> &Account {
        &self.account
    }
}

impl<S: Sandboxes + fmt::Debug> Service<S> {
    /// `streams`: whether files may be `streamIn` and `streamOut`.
    fn sources(&self, streams: bool) -> Sources {
        Sources { settings: Arc::clone(&self.settings), files: Arc::clone(&self.files), streams }
    }

    async fn run_now(
        &self,
        request: Request,
        streams: Option<&Streams>,
        cancel: &CancellationToken,
    ) -> Result<Vec<CommandResult>, Refusal> {
        let count = request.commands.len();
        if count > self.settings.max_commands {
            let most = self.settings.max_commands;
            return Err(Refusal::Bad(format!("too many commands: {count} > {most} (gojudge.commands)")));
        }
        if let Some(error) = command::unconnected(&request) {
            let (status, error) = (Status::InternalError, format!("execve: {error}"));
            return Ok(vec![CommandResult { status, error, ..CommandResult::default() }]);
        }
        let _descriptors = self.descriptors.take(&request).await?;
        let (request, prepared) = command::prepare(request, self.sources(streams.is_some())).await?;
        let cached: Vec<_> = prepared.iter().map(|prepared| prepared.cached.clone()).collect();
        let maps = if count > 1 { request.pipes.as_slice() } else { &[] };
        let readers = readers(maps, &prepared);
        let block = pipes::block(readers);
        let _blocks = self.account.take(Purpose::Outputs, (readers * block) as u64, MEMORY_PATIENCE).await?;
        let most = usize::try_from(self.settings.piped_limit.get()).unwrap_or(usize::MAX);
        let keep = Keep { account: &self.account, most, block };
        let (pipes, relays) = pipes::make(maps, count, keep)
            .map_err(|error| Refusal::Failed(format!("pipe: create: {}", go_error::text(&error))))?;
        let host = Host { settings: &self.settings, files: &self.files, account: &self.account, block };
        let mut results = self.execute(&request, prepared, pipes, (streams, host), cancel).await?;
        for relayed in Relay::finish_all(relays).await {
            self.add_relayed(relayed, &cached, &mut results).await;
        }
        Ok(results)
    }

    /// Runs all commands at one time; all have ended when it returns.
    async fn execute(
        &self,
        request: &Request,
        prepared: Vec<Prepared>,
        pipes: Vec<Pipes>,
        (streams, host): (Option<&Streams>, Host<'_>),
        cancel: &CancellationToken,
    ) -> Result<Vec<CommandResult>, Refusal> {
        let mut ready = Vec::with_capacity(prepared.len());
        for (index, ((command, prepared), pipes)) in
            request.commands.iter().zip(prepared).zip(pipes).enumerate()
        {
            let streams = CommandStreams { streams, index };
            ready.push(execute::ready(command, prepared, pipes, streams, host).await?);
        }
        let leases = cancel.run_until_cancelled(self.leases(&ready, &request.sender)).await;
        let mut leases = leases.ok_or_else(cancelled_before_execute)??.into_iter();
        // Where one fails nobody is told what came of the others: they need not go on.
        let stop = &cancel.child_token();
        let runs = ready.into_iter().map(|ready| {
            let lease = if ready.memory().is_some() { leases.next() } else { None };
            async move {
                let ran = ready.run(lease, stop).await;
                if ran.is_err() {
                    stop.cancel();
                }
                ran
            }
        });
        join_all(runs).await.into_iter().collect()
    }

    /// A sandbox for each command that needs one, all at one moment.
    async fn leases(&self, ready: &[Ready<'_>], sender: &str) -> Result<Vec<S::Lease>, Refusal> {
        let memory: Vec<Bytes> = ready.iter().filter_map(Ready::memory).collect();
        if memory.is_empty() {
            return Ok(Vec::new());
        }
        let leases = self.sandboxes.lease_group(&Profile::Command, &memory, sender, PATIENCE).await;
        leases.map_err(|error| no_environment(&error))
    }

    /// What passed through a named relay belongs to the command that wrote it, if that was run.
    async fn add_relayed(
        &self,
        relayed: Relayed,
        cached: &[std::collections::BTreeSet<String>],
        results: &mut [CommandResult],
    ) {
        let Relayed { writer, name, is_over, kept } = relayed;
        let Some(result) = results.get_mut(writer) else { return };
        let was_run = result.status != Status::FileError || result.run_time > 0;
        if name.is_empty() || !was_run {
            return;
        }
        if is_over {
            result.exceed(&name);
        }
        let Some((bytes, held)) = kept else {
            return result.fail(format!("copyout: {} is too large for an answer", go_error::quote(&name)));
        };
        if !cached.get(writer).is_some_and(|cached| cached.contains(&name)) {
            result.files.insert(name, bytes);
            return result.held.push(held);
        }
        let (files, stored) = (Arc::clone(&self.files), name.clone());
        match blocking::on_disk(move || files.add(&stored, &bytes)).await {
            Ok(id) => result.file_ids.add(name, id),
            Err(error) => result.fail(go_error::text(&error)),
        }
    }
}

/// Readers of pipes and terminals that a request has.
fn readers(maps: &[PipeMap], prepared: &[Prepared]) -> usize {
    let relays = maps.iter().filter(|map| map.proxy).count();
    let piped = |prepared: &Prepared| {
        let pipes = prepared.collectors.iter().filter(|collector| collector.pipe).count();
        // All that a terminal shows is read even where none of it is kept.
        pipes.max(prepared.slots.iter().any(|slot| matches!(slot, Slot::Terminal)).into())
    };
    relays + prepared.iter().map(piped).sum::<usize>()
}

/// Why there are no sandboxes for a request: it may ask for more than there ever are, or others have them.
fn no_environment(error: &SandboxError) -> Refusal {
    let told = format!("failed to get environment: {error}");
    match error {
        SandboxError::TooMany { .. } | SandboxError::TooMuchMemory { .. } => Refusal::TooMuch(told),
        SandboxError::Busy { .. } => Refusal::Busy(told),
        _ => Refusal::Failed(told),
    }
}

fn cancelled_before_execute() -> Refusal {
    Refusal::Failed("request cancelled before execute".to_owned())
}

/// Of an output above its maximum one byte more is kept, and that must be possible too.
fn piped_limit(output_limit: Bytes, account: &Account) -> Bytes {
    output_limit.min(Bytes(account.most(Purpose::Outputs).saturating_sub(1)))
}

#[cfg(test)]
mod tests {
    use super::request::Command;
    use super::*;
    use crate::config::{Config, Overrides};
    use crate::judge::test_support::Scripted;

    #[tokio::test]
    async fn a_request_that_has_failed_does_not_wait_for_its_other_commands() {
        let directory = tempfile::tempdir().unwrap();
        let settings = Overrides { file: Some("/dev/null".into()), ..Overrides::default() };
        let config = Config::load(&settings).unwrap().gojudge;
        // The second runs until it is cancelled.
        let sandboxes = Scripted::new([Err(SandboxError::Died("gone".to_owned()))]);
        let (files, account) = (directory.path().join("files"), Account::new(Bytes::mib(64)));
        let gojudge = GoJudge::new(&config, sandboxes, 2, files, account).unwrap();
        let command = || Command { args: vec!["a".to_owned()], memory_limit: 1 << 20, ..Command::default() };
        let request = Request { commands: vec![command(), command()], ..Request::default() };
        let outcome = tokio::time::timeout(Duration::from_secs(20), gojudge.run(request)).await.unwrap();
        assert_eq!(outcome.unwrap_err(), Refusal::Failed("the sandbox died: gone".to_owned()));
    }
}
