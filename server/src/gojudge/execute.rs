//! Runs prepared commands in sandboxes and makes results of what came of them.

use std::collections::BTreeMap;
use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;

use futures_util::future::join_all;
use gavel_protocol::{Bytes, CpuRate, Ending, Limits, Step, Usage};
use tokio_util::sync::CancellationToken;

use super::answer::{CommandResult, FileError, FileErrorKind, Status};
use super::command::{CopyIn, Prepared};
use super::copy_out_dir::Target;
use super::files::FileStore;
use super::go_error;
use super::kept::Kept;
use super::not_started::{no_collector, not_put, not_run, start_error};
use super::outputs::{Gathered, OUTPUT_LIMIT, Outputs, Piped, kept};
use super::pipes::{PipeReader, Pipes};
use super::refusal::Refusal;
use super::request::Command;
use super::slot::{Collector, Slot};
use super::status::{Asked, Files, decide, enforced};
use super::stored::StoredFiles;
use super::stream::CommandStreams;
use super::terminal::{CommandTerminal, TerminalUse};
use super::{EXTRA_MEMORY, Settings};
use crate::account::Account;
use crate::blocking;
use crate::sandbox::{
    CollectFile, Input, Lease, Leaving, Output, Program, PutContent, PutFile, Ran, RunEnding, SandboxError,
    Wire, memory,
};

/// A command that is about to run, or whose end is known without a sandbox.
pub(super) enum Ready<'a> {
    Ended(CommandResult),
    Runs(Box<Runnable<'a>>),
}

/// A program, and our ends of what it is connected to.
pub(super) struct Runnable<'a> {
    program: Program,
    ours: Ours<'a>,
}

/// What becomes of a program's end.
struct Ours<'a> {
    command: &'a Command,
    host: Host<'a>,
    pipes: Pipes,
    readers: BTreeMap<String, PipeReader>,
    terminal: Option<CommandTerminal>,
    /// What is copied in, with the targets of links.
    links: Vec<(String, Option<String>)>,
    outputs: Outputs,
    leavings: Option<Target>,
}

/// Makes a command ready, as far as that takes no sandbox. One whose files could not be opened, or that no sandbox could
/// be told of, ends here.
///
/// # Errors
/// [`Refusal::Failed`] for the whole request, in go-judge's words.
pub(super) async fn ready<'a>(
    command: &'a Command,
    prepared: Prepared,
    mut pipes: Pipes,
    streams: CommandStreams<'_>,
    host: Host<'a>,
) -> Result<Ready<'a>, Refusal> {
    if !prepared.file_errors.is_empty() {
        return Ok(Ready::Ended(not_run(prepared.file_errors)));
    }
    let Prepared { slots, collectors, terminal, copy_in, copy_out, leavings, cached, .. } = prepared;
    let mut readers = BTreeMap::new();
    let failed = |error| Refusal::Failed(format!("pipe: create: {}", go_error::text(&error)));
    let terminal = open_terminal(&slots, &collectors, terminal, streams, host).map_err(failed)?;
    let places = Places { collectors: &collectors, terminal: terminal.as_ref(), streams, host };
    let wires = wires(slots, places, &mut pipes, &mut readers).await.map_err(failed)?;
    let copy_out_max = match command.copy_out_max {
        0 => host.settings.copy_out_limit,
        asked => Bytes(asked),
    };
    let truncate = command.copy_out_truncate;
    let outputs = Outputs { collectors, copy_out, copy_out_max, truncate, cached };
    let links: Vec<_> = copy_in.iter().map(|(name, content)| (name.clone(), link_target(content))).collect();
    let mut program = program(command, wires, copy_in, outputs.to_collect(), host.settings);
    program.terminal = terminal.as_ref().map(|terminal| Arc::clone(terminal.slave()));
    program.leavings = leavings.is_some();
    let ours = Ours { command, host, pipes, readers, terminal, links, outputs, leavings };
    match program.unspeakable() {
        None => Ok(Ready::Runs(Box::new(Runnable { program, ours }))),
        Some(ending) => {
            drop(program);
            ours.finish(Ok(Ran::not_begun(ending))).await.map(Ready::Ended)
        }
    }
}

impl Ready<'_> {
    /// What its sandbox must have room for, where it needs one: what the program may have, and what is copied in for it.
    pub(super) fn memory(&self) -> Option<Bytes> {
        let Self::Runs(runnable) = self else { return None };
        let Runnable { program, .. } = &**runnable;
        let copied = program.copied();
        Some(Bytes(program.limits.memory.get().saturating_add(copied)))
    }

    /// Runs it to its end, in this sandbox.
    ///
    /// # Errors
    /// [`Refusal::Failed`] for the whole request, in go-judge's words.
    pub(super) async fn run(
        self,
        lease: Option<impl Lease>,
        cancel: &CancellationToken,
    ) -> Result<CommandResult, Refusal> {
        match (self, lease) {
            (Self::Ended(result), _) => Ok(result),
            (Self::Runs(runnable), Some(mut lease)) => {
                let Runnable { program, ours } = *runnable;
                let ran = lease.run(program, cancel).await;
                ours.finish(ran).await
            }
            (Self::Runs(_), None) => Err(Refusal::Failed("failed to get environment".to_owned())),
        }
    }
}

impl Ours<'_> {
    /// What the client is told of a run.
    async fn finish(self, ran: Result<Ran, SandboxError>) -> Result<CommandResult, Refusal> {
        let Self { command, host, mut pipes, readers, terminal, links, outputs, leavings } = self;
        // Their other ends are the program's, which is dead: what is in them comes to its end.
        pipes.close();
        let piped = piped(readers, terminal, &outputs.collectors).await;
        let mut ran = ran.map_err(|error| Refusal::Failed(error.to_string()))?;
        if let RunEnding::NotPut { file, errno } = ran.ending {
            return Ok(not_run(vec![not_put(&links, file, errno)]));
        }
        if let RunEnding::NotStarted { step: Step::Stdio, errno } = ran.ending {
            return Err(no_collector(&outputs.collectors, errno));
        }
        let left = std::mem::take(&mut ran.leavings);
        let unwritten = match leavings {
            Some(target) if !left.is_empty() => {
                write_leavings(target, left, host.settings.copy_out_limit).await
            }
            _ => None,
        };
        let gathered = outputs.gather(ran.collected, piped, unwritten, host.account, host.files).await;
        Ok(result(command, ran.ending, &ran.usage, gathered, host))
    }
}

/// What was kept of a command's pipes and of its terminal, all of which are drained at one time.
async fn piped(
    readers: BTreeMap<String, PipeReader>,
    terminal: Option<CommandTerminal>,
    collectors: &[Collector],
) -> Vec<Piped> {
    let readers = readers.into_iter().map(async |(name, reader)| Piped { name, kept: reader.finish().await });
    let shown = async {
        let shown = terminal?.finish().await;
        Some(Piped { name: collectors.first()?.name.clone(), kept: shown })
    };
    let (mut piped, shown) = tokio::join!(join_all(readers), shown);
    piped.extend(shown);
    piped
}

/// What went wrong with `copyOutDir`, if anything did.
async fn write_leavings(target: Target, left: Vec<Leaving>, most: Bytes) -> Option<FileError> {
    match blocking::elsewhere(move || target.write(&left, most)).await {
        Ok(written) => written.err(),
        Err(panic) => {
            let (kind, message) = (FileErrorKind::CopyOutCopyContent, panic.to_string());
            Some(FileError { name: String::new(), kind, message })
        }
    }
}

/// What commands run with beside their own.
#[derive(Debug, Clone, Copy)]
pub(super) struct Host<'a> {
    pub(super) settings: &'a Settings,
    pub(super) files: &'a Arc<FileStore>,
    pub(super) account: &'a Account,
    /// What is read from a pipe or a terminal at one time.
    pub(super) block: usize,
}

/// The limits that the sandbox enforces. What a client asks beyond our maxima is cut to them, as its clients expect.
pub(super) fn limits(command: &Command, settings: &Settings) -> Limits {
    let asked = asked(command);
    let wall = if asked.clock.is_zero() { asked.cpu } else { asked.clock };
    let memory = asked.memory.min(settings.max_memory);
    let with_extra = Bytes(memory.get().saturating_add(EXTRA_MEMORY.get()));
    let stack = match command.stack_limit {
        0 => with_extra,
        asked => Bytes(asked).min(with_extra),
    };
    let processes = u32::try_from(command.proc_limit).unwrap_or(u32::MAX);
    Limits {
        cpu_time: enforced(asked.cpu).min(settings.max_time),
        wall_time: enforced(wall).min(settings.max_time),
        memory,
        stack,
        file_size: settings.output_limit,
        open_files: settings.open_files,
        processes: processes.clamp(1, settings.max_processes),
        core: Bytes(1),
        address_space: command.address_space_limit.then_some(with_extra),
        data: (command.data_segment_limit || command.strict_memory_limit).then_some(with_extra),
        cpu_rate: cpu_rate(command, settings),
        cpus: (!command.cpu_set_limit.is_empty()).then(|| command.cpu_set_limit.clone()),
    }
}

fn cpu_rate(command: &Command, settings: &Settings) -> Option<CpuRate> {
    let period = settings.cpu_period.filter(|_| command.cpu_rate_limit > 0)?;
    let thousandths = u32::try_from(command.cpu_rate_limit).unwrap_or(u32::MAX);
    Some(CpuRate { thousandths, period })
}

/// What the status depends on.
pub(super) fn asked(command: &Command) -> Asked {
    let clock = if command.real_cpu_limit > 0 { command.real_cpu_limit } else { command.clock_limit };
    Asked {
        cpu: std::time::Duration::from_nanos(command.cpu_limit),
        clock: std::time::Duration::from_nanos(clock),
        memory: Bytes(command.memory_limit),
    }
}

fn program(
    command: &Command,
    mut wires: BTreeMap<u16, Wire>,
    copy_in: Vec<(String, CopyIn)>,
    collect: Vec<CollectFile>,
    settings: &Settings,
) -> Program {
    let bytes = |words: &[String]| words.iter().map(|word| word.clone().into_bytes()).collect();
    let output = |wire: Option<Wire>| wire.map_or(Output::Closed, Output::Wire);
    let put = |(path, content)| PutFile {
        path,
        mode: 0o777,
        content: match content {
            CopyIn::Content(content) => PutContent::Bytes(content),
            CopyIn::Open(descriptor) => PutContent::Descriptor(descriptor),
            CopyIn::Symlink(target) => PutContent::Symlink(target),
        },
    };
    Program {
        argv: bytes(&command.args),
        env: environment(&command.env),
        executable: None,
        search_box: true,
        files: copy_in.into_iter().map(put).collect(),
        stdin: wires.remove(&0).map_or(Input::Closed, Input::Wire),
        stdout: output(wires.remove(&1)),
        stderr: output(wires.remove(&2)),
        others: wires.into_iter().collect(),
        terminal: None,
        limits: limits(command, settings),
        collect,
        leavings: false,
    }
}

/// What the client says, and where it does not say how sanitizers are to work: without a search for leaks, which takes
/// ptrace(2) and would fail a right program at its end. An environment without so much as a PATH is meant to be bare.
fn environment(given: &[String]) -> Vec<Vec<u8>> {
    let sets = |name: &str| given.iter().any(|variable| variable.split('=').next() == Some(name));
    let ours = ["ASAN_OPTIONS", "LSAN_OPTIONS"].into_iter().filter(|name| sets("PATH") && !sets(name));
    let ours = ours.map(|name| format!("{name}=detect_leaks=0"));
    given.iter().cloned().chain(ours).map(String::into_bytes).collect()
}

/// The terminal of a command that is to have one.
fn open_terminal(
    slots: &[Slot],
    collectors: &[Collector],
    terminal: TerminalUse,
    streams: CommandStreams<'_>,
    host: Host<'_>,
) -> io::Result<Option<CommandTerminal>> {
    if !slots.iter().any(|slot| matches!(slot, Slot::Terminal)) {
        return Ok(None);
    }
    let keep = collectors.first().map_or(0, |collector| kept(collector.max));
    CommandTerminal::start(terminal, streams, Kept::new(host.account, keep, host.block)).map(Some)
}

/// What descriptors are connected to, beside pipes.
#[derive(Clone, Copy)]
struct Places<'a> {
    collectors: &'a [Collector],
    terminal: Option<&'a CommandTerminal>,
    streams: CommandStreams<'a>,
    /// That what is read from pipes is on.
    host: Host<'a>,
}

/// Connects every descriptor; collectors that are pipes get a reader.
async fn wires(
    slots: Vec<Slot>,
    places: Places<'_>,
    pipes: &mut Pipes,
    readers: &mut BTreeMap<String, PipeReader>,
) -> io::Result<BTreeMap<u16, Wire>> {
    let Places { collectors, terminal, streams, host } = places;
    let mut wires = BTreeMap::new();
    let mut opened: BTreeMap<String, Arc<OwnedFd>> = BTreeMap::new();
    for (fd, slot) in (0u16..).zip(slots) {
        let wire = match slot {
            Slot::Content(content) => Wire::Descriptor(Arc::new(memory(content).await?)),
            Slot::Open(descriptor) => Wire::Descriptor(descriptor),
            Slot::BoxFile(name) => Wire::BoxFile(name),
            Slot::Mapped { pipe, end } => Wire::Descriptor(pipes.take(pipe, end)?),
            Slot::StreamIn => Wire::Descriptor(Arc::new(streams.input(usize::from(fd))?)),
            Slot::StreamOut => Wire::Descriptor(Arc::new(streams.output(usize::from(fd))?)),
            Slot::Terminal => Wire::Descriptor(
                terminal.map(|terminal| Arc::clone(terminal.slave())).ok_or(io::ErrorKind::NotFound)?,
            ),
            Slot::Pipe(name) => match opened.get(&name) {
                Some(writer) => Wire::Descriptor(Arc::clone(writer)),
                None => {
                    let max = collectors.iter().find(|collector| collector.name == name);
                    let keep = kept(max.map_or(0, |collector| collector.max));
                    let (writer, reader) = PipeReader::start(Kept::new(host.account, keep, host.block))?;
                    let writer = Arc::new(writer);
                    readers.insert(name.clone(), reader);
                    opened.insert(name, Arc::clone(&writer));
                    Wire::Descriptor(writer)
                }
            },
        };
        wires.insert(fd, wire);
    }
    Ok(wires)
}

fn link_target(content: &CopyIn) -> Option<String> {
    match content {
        CopyIn::Symlink(target) => Some(target.clone()),
        CopyIn::Content(_) | CopyIn::Open(_) => None,
    }
}

fn result(
    command: &Command,
    ending: RunEnding,
    usage: &Usage,
    gathered: Gathered,
    host: Host<'_>,
) -> CommandResult {
    let Gathered { contents, ids, errors, fault, first_failure, held } = gathered;
    let mut result = CommandResult {
        time: nanos(usage.cpu_time()),
        run_time: nanos(usage.wall_time),
        memory: usage.memory.get(),
        proc_peak: usage.processes.filter(|_| host.settings.tells_processes).unwrap_or(0),
        files: contents,
        file_ids: StoredFiles::new(ids, host.files),
        file_error: errors,
        held,
        ..CommandResult::default()
    };
    match started(ending) {
        Ok(ended) => {
            let (status, exit_status) = decide(ended, usage, asked(command), fault);
            (result.status, result.exit_status) = (status, exit_status);
            if ended == (Ending::Exited { code: 0 }) {
                result.error = match fault {
                    Files::Fine => String::new(),
                    Files::OverMaximum => OUTPUT_LIMIT.to_owned(),
                    Files::Failed => first_failure,
                };
            }
        }
        Err((step, errno)) => {
            result.status = Status::InternalError;
            result.error = start_error(command, step, errno);
        }
    }
    result
}

fn started(ending: RunEnding) -> Result<Ending, (Step, i32)> {
    match ending {
        RunEnding::Ended(ending) => Ok(ending),
        RunEnding::OutputExceeded => Ok(Ending::Cancelled),
        RunEnding::NotStarted { step, errno } => Err((step, errno)),
        RunEnding::NotPut { errno, .. } => Err((Step::PutFile, errno)),
    }
}

fn nanos(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::super::pipes::DRAIN;
    use super::*;

    fn of(given: &[&str]) -> Vec<String> {
        let given: Vec<String> = given.iter().map(|variable| (*variable).to_owned()).collect();
        environment(&given).into_iter().map(|word| String::from_utf8(word).unwrap()).collect()
    }

    #[test]
    fn sanitizers_look_for_no_leaks_unless_the_client_says_how_they_work() {
        let ours = ["PATH=/bin", "ASAN_OPTIONS=detect_leaks=0", "LSAN_OPTIONS=detect_leaks=0"];
        assert_eq!(of(&["PATH=/bin"]), ours);
        let own = ["PATH=/bin", "ASAN_OPTIONS=x=1", "LSAN_OPTIONS="];
        assert_eq!(of(&own), own);
        assert_eq!(of(&["A=1", "PATHS=/bin"]), ["A=1", "PATHS=/bin"]);
    }

    #[test]
    fn whatever_is_asked_for_the_limits_are_those_of_the_settings_at_most() {
        let second = std::time::Duration::from_secs(1);
        let settings = Settings {
            max_memory: Bytes::mib(64),
            max_time: 30 * second,
            max_processes: 9,
            cpu_period: Some(second / 10),
            ..Settings::default()
        };
        let most = Command {
            memory_limit: u64::MAX,
            cpu_limit: u64::MAX,
            clock_limit: u64::MAX,
            real_cpu_limit: u64::MAX,
            proc_limit: u64::MAX,
            stack_limit: u64::MAX,
            cpu_rate_limit: u64::from(u32::MAX) + 1,
            address_space_limit: true,
            ..Command::default()
        };
        let limits = limits(&most, &settings);
        assert_eq!((limits.memory, limits.processes), (Bytes::mib(64), 9));
        assert_eq!((limits.cpu_time, limits.wall_time), (30 * second, 30 * second));
        let with_extra = Bytes(Bytes::mib(64).get() + EXTRA_MEMORY.get());
        assert_eq!((limits.stack, limits.address_space), (with_extra, Some(with_extra)));
        assert_eq!(limits.cpu_rate.unwrap().thousandths, u32::MAX);
    }

    #[tokio::test(start_paused = true)]
    async fn outputs_that_do_not_end_are_given_up_all_at_one_time() {
        let account = Account::new(Bytes::mib(16));
        let start = |_: usize| PipeReader::start(Kept::new(&account, 100, 4096)).unwrap();
        let (_kept_open, readers): (Vec<_>, Vec<_>) = (0..8).map(start).unzip();
        let readers = readers.into_iter().enumerate().map(|(at, reader)| (at.to_string(), reader));
        let begun = Instant::now();
        let piped = piped(readers.collect(), None, &[]).await;
        assert!(piped.len() == 8 && piped.iter().all(|piped| piped.kept.is_none()));
        assert!(begun.elapsed() < DRAIN * 2, "{:?}", begun.elapsed());
    }
}
