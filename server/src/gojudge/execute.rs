//! Runs prepared commands in sandboxes and makes results of what came of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File as OsFile;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use gavel_protocol::{Bytes, CpuRate, Ending, Limits, Step};
use tokio_util::sync::CancellationToken;

use super::answer::{CommandResult, FileError, FileErrorKind, Status};
use super::command::{CopyIn, CopyOut, Prepared, link_error};
use super::copy_out_dir::Target;
use super::files::FileStore;
use super::go_error;
use super::pipes::{PipeReader, Pipes};
use super::refusal::Refusal;
use super::request::Command;
use super::room::{self, Held, Room};
use super::slot::{Collector, Slot};
use super::status::{Asked, Files, decide, enforced};
use super::stream::CommandStreams;
use super::terminal::{CommandTerminal, TerminalUse};
use super::{EXTRA_MEMORY, Settings};
use crate::sandbox::{
    CollectFile, CollectedOutput, Input, Lease, Leaving, Output, Program, PutContent, PutFile, Ran,
    RunEnding, Wire,
};

/// What is told when a collector is over its maximum.
const OUTPUT_LIMIT: &str = "Output Limit Exceeded";

/// Runs one command to its end.
///
/// # Errors
/// [`Refusal::Failed`] for the whole request, in go-judge's words.
pub(super) async fn execute(
    lease: &mut impl Lease,
    command: &Command,
    prepared: Prepared,
    mut pipes: Pipes,
    streams: CommandStreams<'_>,
    host: Host<'_>,
    cancel: &CancellationToken,
) -> Result<CommandResult, Refusal> {
    if !prepared.file_errors.is_empty() {
        return Ok(not_run(prepared.file_errors));
    }
    let Prepared { slots, collectors, terminal, copy_in, copy_out, leavings, cached, .. } = prepared;
    let mut readers = BTreeMap::new();
    let failed = |error| Refusal::Failed(format!("pipe: create: {}", go_error::text(&error)));
    let terminal = open_terminal(&slots, &collectors, terminal, streams).map_err(failed)?;
    let wires =
        wires(slots, &collectors, terminal.as_ref(), &mut pipes, streams, &mut readers).map_err(failed)?;
    let copy_out_max = match command.copy_out_max {
        0 => host.settings.copy_out_limit,
        asked => Bytes(asked),
    };
    let mut collect: Vec<CollectFile> =
        collectors.iter().filter(|collector| !collector.pipe).map(collected).collect();
    collect.extend(copy_out.iter().map(|file| CollectFile {
        path: file.name.clone(),
        anywhere: true,
        max: copy_out_max,
        truncate: command.copy_out_truncate,
    }));
    let links: Vec<_> = copy_in.iter().map(|(name, content)| (name.clone(), link_target(content))).collect();
    let mut program = program(command, wires, copy_in, collect, host.settings);
    program.terminal = terminal.as_ref().map(|terminal| Arc::clone(terminal.slave()));
    program.leavings = leavings.is_some();
    let ran = lease.run(program, cancel).await;
    // Their other ends are the program's, which is dead: what is in them comes to its end.
    pipes.close();
    let mut outputs = Vec::new();
    for (name, reader) in readers {
        outputs.push((name, reader.finish().await));
    }
    if let Some(terminal) = terminal {
        let shown = terminal.finish().await;
        outputs.extend(collectors.first().map(|collector| (collector.name.clone(), shown)));
    }
    let mut ran = ran.map_err(|error| Refusal::Failed(error.to_string()))?;
    if let RunEnding::NotPut { file, errno } = ran.ending {
        return Ok(not_run(vec![not_put(&links, file, errno)]));
    }
    if let RunEnding::NotStarted { step: Step::Stdio, errno } = ran.ending {
        return Err(no_collector(&collectors, errno));
    }
    let left = std::mem::take(&mut ran.leavings);
    let unwritten = match leavings {
        Some(target) if !left.is_empty() => write_leavings(target, left, host.settings.copy_out_limit).await,
        _ => None,
    };
    let taken = Taken { collectors, copy_out, cached, copy_out_max, outputs, unwritten };
    let room = match taken.room(&ran.collected) {
        0 => Ok(None),
        needed => host.room.take(needed).await.map(Some).ok_or(NoRoom),
    };
    Ok(taken.result(command, ran, host, room))
}

/// What went wrong with `copyOutDir`, if anything did.
async fn write_leavings(target: Target, left: Vec<Leaving>, most: Bytes) -> Option<FileError> {
    match tokio::task::spawn_blocking(move || target.write(&left, most)).await {
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
    pub(super) files: &'a FileStore,
    pub(super) room: &'a Room,
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
            CopyIn::Content(content) => PutContent::Bytes(content[..].into()),
            CopyIn::Open(descriptor) => PutContent::Descriptor(descriptor),
            CopyIn::Symlink(target) => PutContent::Symlink(target),
        },
    };
    Program {
        argv: bytes(&command.args),
        env: bytes(&command.env),
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

/// The terminal of a command that is to have one.
fn open_terminal(
    slots: &[Slot],
    collectors: &[Collector],
    terminal: TerminalUse,
    streams: CommandStreams<'_>,
) -> io::Result<Option<CommandTerminal>> {
    if !slots.iter().any(|slot| matches!(slot, Slot::Terminal)) {
        return Ok(None);
    }
    let keep = collectors.first().map_or(0, |collector| kept(collector.max));
    CommandTerminal::start(terminal, streams, keep).map(Some)
}

/// Connects every descriptor; collectors that are pipes get a reader.
fn wires(
    slots: Vec<Slot>,
    collectors: &[Collector],
    terminal: Option<&CommandTerminal>,
    pipes: &mut Pipes,
    streams: CommandStreams<'_>,
    readers: &mut BTreeMap<String, PipeReader>,
) -> io::Result<BTreeMap<u16, Wire>> {
    let mut wires = BTreeMap::new();
    let mut opened: BTreeMap<String, Arc<OwnedFd>> = BTreeMap::new();
    for (fd, slot) in (0u16..).zip(slots) {
        let wire = match slot {
            Slot::Content(content) => Wire::Descriptor(Arc::new(crate::sandbox::sealed(&content)?)),
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
                    let (writer, reader) = PipeReader::start(kept(max.map_or(0, |collector| collector.max)))?;
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

/// go-judge keeps one byte more than the maximum.
fn kept(max: i64) -> usize {
    usize::try_from(max).map_or(0, |max| max.saturating_add(1))
}

fn collected(collector: &Collector) -> CollectFile {
    let max = Bytes(u64::try_from(collector.max).unwrap_or(0));
    CollectFile { path: collector.name.clone(), anywhere: false, max, truncate: true }
}

fn link_target(content: &CopyIn) -> Option<String> {
    match content {
        CopyIn::Symlink(target) => Some(target.clone()),
        CopyIn::Content(_) | CopyIn::Open(_) => None,
    }
}

/// A command whose files could not be put in place.
fn not_run(errors: Vec<FileError>) -> CommandResult {
    let error = match errors.first() {
        Some(first) if first.kind == FileErrorKind::Symlink => {
            format!("symlink: {} operations failed", errors.len())
        }
        first => first.map(|first| first.message.clone()).unwrap_or_default(),
    };
    CommandResult { status: Status::FileError, error, file_error: errors, ..CommandResult::default() }
}

/// Which of the files it was. go-judge says nothing of a file that it cannot create and runs the command without it.
fn not_put(links: &[(String, Option<String>)], file: u32, errno: i32) -> FileError {
    let why = go_error::errno_text(errno);
    let found = usize::try_from(file).ok().and_then(|file| links.get(file));
    let (name, target) = found.cloned().unwrap_or_default();
    match target {
        Some(target) => link_error(&name, &target, &why),
        None if [nix::libc::ENOSPC, nix::libc::EFBIG].contains(&errno) => {
            let message = format!("write {name}: {why}");
            FileError { name, kind: FileErrorKind::CopyInCopyContent, message }
        }
        None => {
            let message = format!("open {name}: {why}");
            FileError { name, kind: FileErrorKind::CopyInCreateFile, message }
        }
    }
}

/// The collector whose file could not be made: the first whose name cannot be one, else the first in a directory.
fn no_collector(collectors: &[Collector], errno: i32) -> Refusal {
    let files = || collectors.iter().filter(|collector| !collector.pipe);
    let odd = |collector: &&Collector| collector.name.is_empty() || collector.name.contains('/');
    let name = files().find(odd).or_else(|| files().next()).map_or("", |collector| collector.name.as_str());
    let why = match errno {
        nix::libc::EINVAL if name.is_empty() => nix::libc::ENOENT,
        nix::libc::EINVAL => nix::libc::EROFS,
        other => other,
    };
    Refusal::Failed(format!("container: {name}: open {name}: {}", go_error::errno_text(why)))
}

/// The contents of an answer are too large, or those of too many at once.
struct NoRoom;

/// What is to be made of a run's outputs.
struct Taken {
    collectors: Vec<Collector>,
    copy_out: Vec<CopyOut>,
    cached: BTreeSet<String>,
    copy_out_max: Bytes,
    /// Of collectors that are pipes: what was kept.
    outputs: Vec<(String, Vec<u8>)>,
    /// What went wrong with `copyOutDir`.
    unwritten: Option<FileError>,
}

impl Taken {
    /// The room that what is to be in the answer needs. What cannot be read is told when it is to be read.
    fn room(&self, collected: &[CollectedOutput]) -> u64 {
        let boxed = self.collectors.iter().filter(|collector| !collector.pipe);
        let boxed = boxed.map(|collector| (&collector.name, kept(collector.max) as u64));
        let copied = self.copy_out.iter().map(|wanted| (&wanted.name, self.copy_out_max.get()));
        let files = boxed.chain(copied).zip(collected).map(|((name, max), output)| match output {
            CollectedOutput::File { descriptor, size } if !self.cached.contains(name) => {
                room::of_file(descriptor, (*size).min(Bytes(max))).unwrap_or(0)
            }
            _ => 0,
        });
        let piped = self
            .outputs
            .iter()
            .filter(|(name, bytes)| !self.cached.contains(name) && room::counts(bytes.len() as u64));
        files.sum::<u64>() + piped.map(|(_, bytes)| room::of_bytes(bytes)).sum::<u64>()
    }

    fn result(
        self,
        command: &Command,
        ran: Ran,
        host: Host<'_>,
        room: Result<Option<Held>, NoRoom>,
    ) -> CommandResult {
        let Ran { ending, usage, collected, .. } = ran;
        let mut gathered = Gathered::new(host.files, &self.cached, room.is_ok());
        let mut collected = collected.into_iter();
        let boxed = self.collectors.iter().filter(|collector| !collector.pipe);
        let boxed: Vec<_> = boxed.zip(collected.by_ref()).collect();
        for (wanted, output) in self.copy_out.iter().zip(collected) {
            gathered.copy_out(wanted, output, self.copy_out_max, command.copy_out_truncate);
        }
        if let Some(FileError { name, kind, message }) = self.unwritten {
            gathered.fail(&name, kind, message);
        }
        // In the order of their names; go-judge's is that of its threads.
        let from_files = gathered.errors.len();
        for (collector, output) in boxed {
            gathered.collect(collector, output);
        }
        for (name, bytes) in self.outputs {
            let max = self.collectors.iter().find(|collector| collector.name == name);
            gathered.pipe(&name, bytes, max.map_or(0, |collector| collector.max));
        }
        if let Some(of_collectors) = gathered.errors.get_mut(from_files..) {
            of_collectors.sort_by(|a, b| a.name.cmp(&b.name));
        }
        let mut result = CommandResult {
            time: nanos(usage.cpu_time()),
            run_time: nanos(usage.wall_time),
            memory: usage.memory.get(),
            proc_peak: usage.processes.filter(|_| host.settings.tells_processes).unwrap_or(0),
            files: gathered.contents,
            file_ids: gathered.ids,
            file_error: gathered.errors,
            room: room.unwrap_or_default(),
            ..CommandResult::default()
        };
        match started(ending) {
            Ok(ended) => {
                let (status, exit_status) = decide(ended, &usage, asked(command), gathered.fault);
                (result.status, result.exit_status) = (status, exit_status);
                if ended == (Ending::Exited { code: 0 }) {
                    result.error = match gathered.fault {
                        Files::Fine => String::new(),
                        Files::OverMaximum => OUTPUT_LIMIT.to_owned(),
                        Files::Failed => gathered.first_failure,
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
}

fn started(ending: RunEnding) -> Result<Ending, (Step, i32)> {
    match ending {
        RunEnding::Ended(ending) => Ok(ending),
        RunEnding::OutputExceeded => Ok(Ending::Cancelled),
        RunEnding::NotStarted { step, errno } => Err((step, errno)),
        RunEnding::NotPut { errno, .. } => Err((Step::PutFile, errno)),
    }
}

/// go-judge tells apart what its container could not find and what the kernel would not execute.
fn start_error(command: &Command, step: Step, errno: i32) -> String {
    let why = go_error::errno_text(errno);
    let Some(name) = command.args.first() else {
        return "execve: no argument was given".to_owned();
    };
    let searched = !name.contains('/');
    match step {
        Step::Exec if searched && errno == nix::libc::ENOENT => {
            let has_path = command.env.iter().any(|variable| variable.starts_with("PATH="));
            let what = match has_path {
                true => "executable file not found in $PATH",
                false => "no PATH environment variable provided for look up",
            };
            format!("execve: handle: {name}: {what}")
        }
        Step::Exec => format!("start: {name}: execve: {why}"),
        // A NUL in an argument or in the environment.
        Step::Request => format!("execve: start: {name}: {why}"),
        Step::CpuSet => format!("execve: cgroup: failed to set cpuset limit: write cpuset.cpus: {why}"),
        Step::CpuRate => format!("execve: cgroup: failed to set cpu rate limit: {why}"),
        step => format!("execve: {step}: {why}"),
    }
}

/// The files of an answer, as they come together.
struct Gathered<'a> {
    store: &'a FileStore,
    cached: &'a BTreeSet<String>,
    contents: BTreeMap<String, Vec<u8>>,
    ids: BTreeMap<String, String>,
    errors: Vec<FileError>,
    fault: Files,
    first_failure: String,
    /// For contents in the answer that count.
    has_room: bool,
}

impl<'a> Gathered<'a> {
    fn new(store: &'a FileStore, cached: &'a BTreeSet<String>, has_room: bool) -> Self {
        Self {
            store,
            cached,
            contents: BTreeMap::new(),
            ids: BTreeMap::new(),
            errors: Vec::new(),
            fault: Files::Fine,
            first_failure: String::new(),
            has_room,
        }
    }

    fn copy_out(&mut self, wanted: &CopyOut, output: CollectedOutput, max: Bytes, truncate: bool) {
        let name = &wanted.name;
        let failed = |what: String| (FileErrorKind::CopyOutOpen, what);
        let exceeds = |size: Option<Bytes>| {
            let size = size.map(|size| format!(" ({})", size.get())).unwrap_or_default();
            let message =
                format!("copyout: {} size{size} exceeds limit ({})", go_error::quote(name), max.get());
            (FileErrorKind::CopyOutSizeExceeded, message)
        };
        let (kind, message) = match output {
            CollectedOutput::File { descriptor, size } if size <= max => {
                return self.keep(name, &descriptor, size);
            }
            CollectedOutput::File { descriptor, .. } if truncate => {
                self.keep(name, &descriptor, max);
                exceeds(None)
            }
            CollectedOutput::File { size, .. } | CollectedOutput::TooLarge(size) => exceeds(Some(size)),
            CollectedOutput::NotRegular | CollectedOutput::Failed(_) if wanted.optional => return,
            CollectedOutput::NotRegular => failed(format!("{name} is not a regular file")),
            CollectedOutput::Failed(errno) => failed(format!("open {name}: {}", go_error::errno_text(errno))),
        };
        self.fail(name, kind, message);
    }

    fn collect(&mut self, collector: &Collector, output: CollectedOutput) {
        let Collector { name, max, .. } = collector;
        match output {
            CollectedOutput::File { descriptor, size } => {
                self.keep(name, &descriptor, size.min(Bytes(u64::try_from(kept(*max)).unwrap_or(u64::MAX))));
                self.check_maximum(name, size.get(), *max);
            }
            CollectedOutput::TooLarge(size) => self.check_maximum(name, size.get(), *max),
            CollectedOutput::NotRegular => {
                let message = format!("{name} is not a regular file");
                self.fail(name, FileErrorKind::CopyOutNotRegularFile, message);
            }
            CollectedOutput::Failed(errno) => {
                let message = format!("open {name}: {}", go_error::errno_text(errno));
                self.fail(name, FileErrorKind::CopyOutOpen, message);
            }
        }
    }

    fn pipe(&mut self, name: &str, bytes: Vec<u8>, max: i64) {
        let size = bytes.len() as u64;
        if self.cached.contains(name) {
            let added = self.store.add(name, &bytes);
            self.stored(name, added);
        } else if self.fits(name, size) {
            self.contents.insert(name.to_owned(), bytes);
        }
        self.check_maximum(name, size, max);
    }

    fn check_maximum(&mut self, name: &str, size: u64, max: i64) {
        if u64::try_from(max).is_ok_and(|max| size <= max) {
            return;
        }
        let (kind, message) = (FileErrorKind::CollectSizeExceeded, OUTPUT_LIMIT.to_owned());
        self.errors.push(FileError { name: name.to_owned(), kind, message });
        self.fault = Files::OverMaximum;
    }

    /// Into the answer or into the store.
    fn keep(&mut self, name: &str, descriptor: &OwnedFd, size: Bytes) {
        if self.cached.contains(name) {
            let added = self.store.add_from(name, descriptor, size);
            return self.stored(name, added);
        }
        if !self.fits(name, size.get()) {
            return;
        }
        match read(descriptor, size) {
            Ok(bytes) => drop(self.contents.insert(name.to_owned(), bytes)),
            Err(error) => {
                let why = go_error::text(&error);
                let message = format!("copyout: failed to copy content for {}: {why}", go_error::quote(name));
                self.fail(name, FileErrorKind::CopyOutCopyContent, message);
            }
        }
    }

    /// Whether there is room for it in the answer; if not, that is told.
    fn fits(&mut self, name: &str, size: u64) -> bool {
        let fits = self.has_room || !room::counts(size);
        if !fits {
            let message = format!("copyout: {} is too large for an answer", go_error::quote(name));
            self.fail(name, FileErrorKind::CopyOutCopyContent, message);
        }
        fits
    }

    fn stored(&mut self, name: &str, added: io::Result<String>) {
        match added {
            Ok(id) => drop(self.ids.insert(name.to_owned(), id)),
            Err(error) => self.fail(name, FileErrorKind::CopyOutCopyContent, go_error::text(&error)),
        }
    }

    fn fail(&mut self, name: &str, kind: FileErrorKind, message: String) {
        if self.first_failure.is_empty() {
            self.first_failure.clone_from(&message);
        }
        self.errors.push(FileError { name: name.to_owned(), kind, message });
        if self.fault == Files::Fine {
            self.fault = Files::Failed;
        }
    }
}

/// By position, and no more than was seen: the file comes from a sandbox.
fn read(descriptor: &OwnedFd, size: Bytes) -> io::Result<Vec<u8>> {
    let file = OsFile::from(descriptor.try_clone()?);
    let mut bytes = vec![0; usize::try_from(size.get()).map_err(io::Error::other)?];
    file.read_exact_at(&mut bytes, 0)?;
    Ok(bytes)
}

fn nanos(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
