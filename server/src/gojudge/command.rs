//! From a request's commands to programs for sandboxes: every descriptor found a source, every file opened.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::os::fd::OwnedFd;
use std::sync::Arc;

use bytes::Bytes;

use super::Settings;
use super::answer::{FileError, FileErrorKind};
use super::copy_out_dir::Target;
use super::files::FileStore;
use super::go_error;
use super::links;
use super::refusal::Refusal;
use super::request::{Command, CopiedIn, File, OutputName, PipeEnd, PipeMap, Request, Source, Unusable};
use super::slot::{Collector, End, Slot};
use super::source;
use super::terminal::{self, TerminalUse};
use crate::blocking;

/// Most descriptors of one command: go-judge breaks above 253.
pub(super) const MAX_FDS: usize = 128;

/// A request with more names than this is not looked at on a thread on which others wait.
const MANY_NAMES: usize = 1000;

/// Most commands of one request.
pub(crate) const MAX_COMMANDS: usize = 128;

/// Where contents may come from, and outputs go to.
#[derive(Debug, Clone)]
pub(super) struct Sources {
    pub(super) settings: Arc<Settings>,
    pub(super) files: Arc<FileStore>,
    /// The client talks with the programs while they run: files may be `streamIn` and `streamOut`.
    pub(super) streams: bool,
}

impl Sources {
    /// Most that is kept of an output that passes through a pipe or a terminal.
    fn piped_limit(&self) -> i64 {
        i64::try_from(self.settings.piped_limit.get()).unwrap_or(i64::MAX)
    }
}

/// A file that goes into the box.
#[derive(Debug)]
pub(super) enum CopyIn {
    Content(Bytes),
    Open(Arc<OwnedFd>),
    Symlink(String),
}

/// A file that is taken out of the box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CopyOut {
    pub(super) name: String,
    pub(super) optional: bool,
    /// Into the file store instead of the answer.
    pub(super) cached: bool,
}

/// A command with everything in its hands.
#[derive(Debug)]
pub(super) struct Prepared {
    /// By descriptor number.
    pub(super) slots: Vec<Slot>,
    /// In the order of their descriptors. With a terminal only the first, which gets all that the terminal shows.
    pub(super) collectors: Vec<Collector>,
    /// Our side of the command's terminal.
    pub(super) terminal: TerminalUse,
    pub(super) copy_in: Vec<(String, CopyIn)>,
    pub(super) copy_out: Vec<CopyOut>,
    /// Where what is left in the box goes.
    pub(super) leavings: Option<Target>,
    /// Names, also of collectors and pipes, whose content goes into the file store.
    pub(super) cached: BTreeSet<String>,
    /// Files that could not be opened: then the command is not run.
    pub(super) file_errors: Vec<FileError>,
}

/// Checks what go-judge checks before a request is queued.
///
/// # Errors
/// [`Refusal::Bad`] in go-judge's words.
pub(super) async fn check(request: Request, sources: Sources) -> Result<Request, Refusal> {
    let names_files = request_sources(&request).any(|source| matches!(source, Source::Local(_)));
    with_disk(names_files || has_many_names(&request), move || {
        check_files(&request, &sources)?;
        Ok(request)
    })
    .await
}

/// Opens everything and connects the descriptors.
///
/// # Errors
/// In go-judge's words.
pub(super) async fn prepare(request: Request, sources: Sources) -> Result<(Request, Vec<Prepared>), Refusal> {
    let opens_files = request_sources(&request).any(|source| !matches!(source, Source::Content(_)));
    with_disk(opens_files || has_many_names(&request), move || {
        let prepared = prepare_all(&request, &sources)?;
        Ok((request, prepared))
    })
    .await
}

/// To look at each takes some time, even if nothing is opened.
fn has_many_names(request: &Request) -> bool {
    let of = |command: &Command| {
        command.copy_in.len() + command.copy_out.len() + command.copy_out_cached.len() + command.files.len()
    };
    request.commands.iter().map(of).sum::<usize>() + request.pipes.len() > MANY_NAMES
}

fn request_sources(request: &Request) -> impl Iterator<Item = &Source> {
    let in_place = request.commands.iter().flat_map(|command| &command.files).flatten();
    let in_place =
        in_place.filter_map(|file| if let File::Source(source) = file { Some(source) } else { None });
    let copied = request.commands.iter().flat_map(|command| command.copy_in.values());
    let copied =
        copied.filter_map(|file| if let CopiedIn::Source(source) = file { Some(source) } else { None });
    in_place.chain(copied)
}

/// What needs the disk, or long, is not done on a thread on which others wait.
async fn with_disk<T: Send + 'static>(
    takes_long: bool,
    work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    if !takes_long {
        return work();
    }
    let done = blocking::elsewhere(work).await;
    done.unwrap_or_else(|lost| Err(Refusal::Failed(lost.to_string())))
}

pub(super) fn check_files(request: &Request, sources: &Sources) -> Result<(), Refusal> {
    let count = request.commands.len();
    if count > MAX_COMMANDS {
        return Err(Refusal::Bad(too_many_commands(count)));
    }
    for command in &request.commands {
        for file in command.files.iter().flatten() {
            check_file(file, sources)?;
        }
        for file in command.copy_in.values() {
            check_copied_in(file, sources)?;
        }
        if command.files.len() > MAX_FDS {
            return Err(Refusal::Bad(format!("too many files: {} > {MAX_FDS}", command.files.len())));
        }
    }
    Ok(())
}

/// What a request is told that has so many commands.
pub(crate) fn too_many_commands(count: usize) -> String {
    format!("too many commands: {count} > {MAX_COMMANDS}")
}

pub(super) fn prepare_all(request: &Request, sources: &Sources) -> Result<Vec<Prepared>, Refusal> {
    let pipes: &[PipeMap] = if request.commands.len() > 1 { &request.pipes } else { &[] };
    let mapped = map_pipes(&request.commands, pipes)?;
    let prepare = |(index, command): (usize, &Command)| -> Result<Prepared, Refusal> {
        let named = pipes.iter().filter(|pipe| pipe.proxy && pipe.input.index == as_index(index));
        let pipe_names: BTreeSet<&str> = named.map(|pipe| pipe.name.as_str()).collect();
        prepare_one(index, command, &mapped, &pipe_names, sources)
    };
    request.commands.iter().enumerate().map(prepare).collect()
}

/// The descriptor of a command by itself that is connected to nothing, if there is one: pipes are between commands. Such a
/// request is no bad one to go-judge; its command does not start.
pub(super) fn unconnected(request: &Request) -> Option<String> {
    let [command] = request.commands.as_slice() else { return None };
    let fd = command.files.iter().position(Option::is_none)?;
    Some(format!("null file for index/fd: 0/{fd}"))
}

fn check_file(file: &File, sources: &Sources) -> Result<(), Refusal> {
    match file {
        File::Source(source) => check_source(source, sources),
        File::Collector { .. } => Ok(()),
        File::StreamIn | File::StreamOut if sources.streams => Ok(()),
        File::StreamIn => Err(unusable(Unusable::STREAM_IN)),
        File::StreamOut => Err(unusable(Unusable::STREAM_OUT)),
        File::Unusable(what) => Err(unusable(*what)),
    }
}

fn check_copied_in(file: &CopiedIn, sources: &Sources) -> Result<(), Refusal> {
    match file {
        CopiedIn::Source(source) => check_source(source, sources),
        CopiedIn::Symlink(_) | CopiedIn::Collector => Ok(()),
        CopiedIn::Unusable(what) => Err(unusable(*what)),
    }
}

fn check_source(source: &Source, sources: &Sources) -> Result<(), Refusal> {
    match source {
        Source::Local(src) => source::check(src, &sources.settings.src_prefixes),
        Source::Content(_) | Source::Stored(_) => Ok(()),
    }
}

fn unusable(what: Unusable) -> Refusal {
    Refusal::Bad(what.to_string())
}

/// Pipe and end, by command and descriptor.
type Ends = BTreeMap<(usize, usize), (usize, End)>;

/// The ends of all pipes.
fn map_pipes(commands: &[Command], pipes: &[PipeMap]) -> Result<Ends, Refusal> {
    for pipe in pipes {
        for end in [pipe.input, pipe.output] {
            check_end(commands, end)?;
        }
    }
    let mut ends = BTreeMap::new();
    for (number, pipe) in pipes.iter().enumerate() {
        for (end, which, name) in [(pipe.output, End::Read, "out"), (pipe.input, End::Write, "in")] {
            let place = (index_of(end.index), index_of(end.fd));
            if ends.insert(place, (number, which)).is_some() {
                let place = format!("{name} {}/{}", end.index, end.fd);
                return Err(Refusal::Failed(format!("pipe: mapping to existing file descriptor: {place}")));
            }
        }
    }
    Ok(ends)
}

fn check_end(commands: &[Command], end: PipeEnd) -> Result<(), Refusal> {
    let command = usize::try_from(end.index).ok().and_then(|index| commands.get(index));
    let Some(command) = command else {
        return Err(Refusal::Failed(format!("pipe: index out of range {}", end.index)));
    };
    // go-judge dies of a negative one and makes room for any other.
    let Some(fd) = usize::try_from(end.fd).ok().filter(|fd| *fd < MAX_FDS) else {
        return Err(Refusal::Failed(format!("pipe: fd out of range {}", end.fd)));
    };
    match command.files.get(fd) {
        Some(Some(_)) => Err(Refusal::Failed(format!("pipe: fd already occupied {} {}", end.index, end.fd))),
        _ => Ok(()),
    }
}

fn prepare_one(
    index: usize,
    command: &Command,
    mapped: &Ends,
    pipe_names: &BTreeSet<&str>,
    sources: &Sources,
) -> Result<Prepared, Refusal> {
    let last_mapped = mapped.keys().filter(|(command, _)| *command == index).map(|(_, fd)| fd + 1).max();
    let count = command.files.len().max(last_mapped.unwrap_or(0));
    let mut collectors: Vec<Collector> = Vec::new();
    let mut slots = Vec::with_capacity(count);
    for fd in 0..count {
        let slot = match (command.files.get(fd), mapped.get(&(index, fd))) {
            (Some(Some(file)), _) => descriptor(file, command.tty, &mut collectors, sources)?,
            (_, Some((pipe, end))) => Slot::Mapped { pipe: *pipe, end: *end },
            _ => return Err(Refusal::Failed(format!("null file for index/fd: {index}/{fd}"))),
        };
        slots.push(slot);
    }
    let named: BTreeSet<String> = collectors.iter().map(|collector| collector.name.clone()).collect();
    let terminal =
        if command.tty { terminal::replace(&mut slots, &mut collectors)? } else { TerminalUse::default() };
    let mut file_errors = Vec::new();
    let copy_in = copy_in(command, &collectors, sources, &mut file_errors)?;
    let is_output = |name: &str| pipe_names.contains(name) || named.contains(name);
    let cached: BTreeSet<String> = command.copy_out_cached.iter().map(|output| output.name.clone()).collect();
    let copy_out = copy_out(command, &cached, is_output);
    let leavings = Target::of(&command.copy_out_dir, sources.settings.copy_out_dir.as_deref())?;
    Ok(Prepared { slots, collectors, terminal, copy_in, copy_out, leavings, cached, file_errors })
}

fn descriptor(
    file: &File,
    tty: bool,
    collectors: &mut Vec<Collector>,
    sources: &Sources,
) -> Result<Slot, Refusal> {
    match file {
        File::Source(Source::Local(src)) => {
            let open = source::open(src, &sources.settings.src_prefixes).map_err(|error| {
                Refusal::Failed(format!("pipe: open file {src}: open {src}: {}", go_error::text(&error)))
            })?;
            Ok(Slot::Open(open))
        }
        File::Source(Source::Content(content)) => Ok(Slot::Content(content.clone())),
        File::Source(Source::Stored(id)) => Ok(Slot::Open(stored(id, &sources.files)?)),
        File::Collector { name, max, pipe } => {
            // What passes through a pipe or a terminal is in memory.
            let max = if *pipe || tty { (*max).min(sources.piped_limit()) } else { *max };
            Ok(collected(collectors, Collector { name: name.clone(), max, pipe: *pipe }))
        }
        File::StreamIn => Ok(Slot::StreamIn),
        File::StreamOut => Ok(Slot::StreamOut),
        File::Unusable(what) => Err(unusable(*what)),
    }
}

/// Where a collector writes to. The first of several of one name counts, and they share what it opened.
fn collected(collectors: &mut Vec<Collector>, new: Collector) -> Slot {
    let name = new.name.clone();
    let pipe = match collectors.iter().find(|collector| collector.name == name) {
        Some(first) => first.pipe,
        None => {
            let pipe = new.pipe;
            collectors.push(new);
            pipe
        }
    };
    if pipe { Slot::Pipe(name) } else { Slot::BoxFile(name) }
}

fn stored(id: &str, files: &FileStore) -> Result<Arc<OwnedFd>, Refusal> {
    match files.open(id) {
        Ok(stored) => Ok(Arc::new(stored.file.into())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Err(Refusal::Failed(format!("file does not exists with id: {}", go_error::quote(id))))
        }
        Err(error) => Err(Refusal::Failed(format!("open stored file: {}", go_error::text(&error)))),
    }
}

/// Files first, then links, each in the order of their names.
fn copy_in(
    command: &Command,
    collectors: &[Collector],
    sources: &Sources,
    errors: &mut Vec<FileError>,
) -> Result<Vec<(String, CopyIn)>, Refusal> {
    let mut put = Vec::new();
    let (mut open_local, mut open_stored) = (BTreeMap::new(), BTreeMap::new());
    // go-judge opens its collectors first, cannot make a directory where one is, and says nothing of it.
    let below_collector = |name: &str| {
        let below = |collector: &Collector| name.strip_prefix(&*collector.name)?.strip_prefix('/');
        collectors.iter().any(|collector| !collector.pipe && below(collector).is_some())
    };
    for (name, file) in command.copy_in.iter().filter(|(name, _)| !below_collector(name)) {
        let opened = match file {
            CopiedIn::Source(Source::Local(src)) => {
                let failed = |error| format!("open {src}: {}", go_error::text(&error));
                once(&mut open_local, src, || source::open(src, &sources.settings.src_prefixes))
                    .map(CopyIn::Open)
                    .map_err(failed)
            }
            CopiedIn::Source(Source::Content(content)) => Ok(CopyIn::Content(content.clone())),
            CopiedIn::Source(Source::Stored(id)) => {
                Ok(CopyIn::Open(once(&mut open_stored, id, || stored(id, &sources.files))?))
            }
            CopiedIn::Collector => Err("file cannot open as reader: *envexec.FileCollector".to_owned()),
            CopiedIn::Symlink(_) => continue,
            CopiedIn::Unusable(what) => return Err(unusable(*what)),
        };
        match opened {
            Ok(content) => put.push((name.clone(), content)),
            Err(message) => {
                errors.push(FileError { name: name.clone(), kind: FileErrorKind::CopyInOpenFile, message });
            }
        }
    }
    // Nor does it make links where a file has failed, and before them it opens its collectors.
    let links = if errors.is_empty() { links_of(command) } else { Vec::new() };
    let names: Vec<&str> = links.iter().map(|(name, _)| *name).collect();
    let collected = collectors.iter().filter(|collector| !collector.pipe);
    let collected = collected.map(|collector| collector.name.as_str());
    let files: Vec<&str> = put.iter().map(|(name, _)| name.as_str()).chain(collected).collect();
    let failures = links::failures(&names, &files);
    for ((name, target), failure) in links.into_iter().zip(failures) {
        match failure {
            Some(why) => errors.push(link_error(name, target, why)),
            None => put.push((name.to_owned(), CopyIn::Symlink(target.to_owned()))),
        }
    }
    Ok(put)
}

/// Names and targets.
fn links_of(command: &Command) -> Vec<(&str, &str)> {
    let mut links = Vec::new();
    for (name, file) in &command.copy_in {
        let CopiedIn::Symlink(target) = file else { continue };
        links.push((name.as_str(), target.as_str()));
    }
    links
}

/// What is opened by this name, which is opened once: the sandbox reads by position.
fn once<'a, E>(
    opened: &mut BTreeMap<&'a str, Arc<OwnedFd>>,
    name: &'a str,
    open: impl FnOnce() -> Result<Arc<OwnedFd>, E>,
) -> Result<Arc<OwnedFd>, E> {
    if let Some(opened) = opened.get(name) {
        return Ok(Arc::clone(opened));
    }
    let new = open()?;
    opened.insert(name, Arc::clone(&new));
    Ok(new)
}

/// A link that could not be made.
pub(super) fn link_error(name: &str, target: &str, why: &str) -> FileError {
    let (quoted_name, quoted_target) = (go_error::quote(name), go_error::quote(target));
    let message = format!("symlink: {quoted_name} -> {quoted_target}: symlink {target} {name}: {why}");
    FileError { name: name.to_owned(), kind: FileErrorKind::Symlink, message }
}

/// Each file once. It may be missing if it may wherever it is named.
fn copy_out(command: &Command, cached: &BTreeSet<String>, is_output: impl Fn(&str) -> bool) -> Vec<CopyOut> {
    let mut wanted: Vec<CopyOut> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for OutputName { name, optional } in command.copy_out.iter().chain(&command.copy_out_cached) {
        if is_output(name) {
            continue;
        }
        let place = *places.entry(name).or_insert(wanted.len());
        match wanted.get_mut(place) {
            Some(seen) => seen.optional &= optional,
            None => wanted.push(CopyOut {
                name: name.clone(),
                optional: *optional,
                cached: cached.contains(name),
            }),
        }
    }
    wanted
}

fn index_of(number: i64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn as_index(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Account;
    use crate::blocking::tests::with_others_busy;

    #[test]
    fn files_are_looked_for_and_opened_where_nobody_waits() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("x"), "x").unwrap();
        let src = directory.path().join("x").display().to_string();
        let settings = Settings { src_prefixes: vec![directory.path().to_owned()], ..Settings::default() };
        let account = Account::new(gavel_protocol::Bytes::mib(1));
        let files = directory.path().join("files");
        let files = FileStore::new(files, gavel_protocol::Bytes::mib(1), None, &account).unwrap();
        let sources = Sources { settings: Arc::new(settings), files: Arc::new(files), streams: false };
        let stored = sources.files.add("x", b"x").unwrap();
        let of = |file: File| Request {
            commands: vec![Command { files: vec![Some(file)], ..Command::default() }],
            ..Request::default()
        };
        for (file, is_checked, is_opened) in [
            (Source::Local(src), true, true),
            (Source::Stored(stored), false, true),
            (Source::Content("x".into()), false, false),
        ] {
            let file = File::Source(file);
            let (checked, waited) = with_others_busy(|| check(of(file.clone()), sources.clone()));
            assert_eq!(waited, is_checked, "{file:?}");
            let (prepared, waited) = with_others_busy(|| prepare(checked.unwrap(), sources.clone()));
            assert_eq!((prepared.unwrap().1.len(), waited), (1, is_opened), "{file:?}");
        }
    }
    #[test]
    fn many_names_are_looked_at_in_no_time_and_where_nobody_waits() {
        let names = |count: usize| (0..count).map(|number| format!("{number:09}"));
        let output = |name: String| OutputName { name, optional: false };
        let copy_out: Vec<_> = names(100_000).map(output).collect();
        let command = Command { copy_out_cached: copy_out.clone(), copy_out, ..Command::default() };
        let begun = std::time::Instant::now();
        assert_eq!(super::copy_out(&command, &BTreeSet::new(), |_| false).len(), 100_000);
        assert!(begun.elapsed() < std::time::Duration::from_secs(5), "{:?}", begun.elapsed());
        for (count, long) in [(MANY_NAMES / 2, false), (MANY_NAMES, true)] {
            let copy_out: Vec<_> = names(count).map(output).collect();
            let command = Command { copy_out_cached: copy_out.clone(), copy_out, ..Command::default() };
            assert_eq!(has_many_names(&Request { commands: vec![command], ..Request::default() }), long);
        }
    }
}
