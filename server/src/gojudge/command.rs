//! From a request's commands to programs for sandboxes: every descriptor found a source, every file opened.

use std::collections::{BTreeMap, BTreeSet};
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;

use super::Settings;
use super::answer::{FileError, FileErrorKind};
use super::copy_out_dir::Target;
use super::files::FileStore;
use super::go_error;
use super::refusal::Refusal;
use super::request::{Command, File, OutputName, PipeEnd, PipeMap, Request};
use super::slot::{Collector, End, Slot};
use super::source;
use super::terminal::{self, TerminalUse};
use crate::blocking;

/// Most descriptors of one command: go-judge breaks above 253.
pub(super) const MAX_FDS: usize = 128;

/// Most commands of one request.
const MAX_COMMANDS: usize = 128;

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
    let names_files = all_files(&request).any(|file| file.src.is_some());
    with_disk(names_files, move || {
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
    let opens_files = all_files(&request).any(|file| file.src.is_some() || file.file_id.is_some());
    with_disk(opens_files, move || {
        let prepared = prepare_all(&request, &sources)?;
        Ok((request, prepared))
    })
    .await
}

fn all_files(request: &Request) -> impl Iterator<Item = &File> {
    request.commands.iter().flat_map(|command| command.files.iter().flatten().chain(command.copy_in.values()))
}

/// What needs the disk is not done on a thread on which others wait.
async fn with_disk<T: Send + 'static>(
    needs_disk: bool,
    work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    if !needs_disk {
        return work();
    }
    let done = blocking::elsewhere(work).await;
    done.unwrap_or_else(|lost| Err(Refusal::Failed(lost.to_string())))
}

fn check_files(request: &Request, sources: &Sources) -> Result<(), Refusal> {
    let count = request.commands.len();
    if count > MAX_COMMANDS {
        return Err(Refusal::Bad(format!("too many commands: {count} > {MAX_COMMANDS}")));
    }
    for command in &request.commands {
        let is_stream = |file: &&File| sources.streams && (file.stream_in || file.stream_out);
        let in_place = command.files.iter().flatten().filter(|file| !is_stream(file));
        let copied = command.copy_in.values().filter(|file| file.symlink.is_none());
        for file in in_place.chain(copied) {
            check_file(file, &sources.settings.src_prefixes)?;
        }
        if command.files.len() > MAX_FDS {
            return Err(Refusal::Bad(format!("too many files: {} > {MAX_FDS}", command.files.len())));
        }
    }
    Ok(())
}

fn prepare_all(request: &Request, sources: &Sources) -> Result<Vec<Prepared>, Refusal> {
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

fn check_file(file: &File, prefixes: &[PathBuf]) -> Result<(), Refusal> {
    if let Some(src) = &file.src {
        return source::check(src, prefixes);
    }
    let usable =
        file.content.is_some() || file.file_id.is_some() || (file.name.is_some() && file.max.is_some());
    match usable {
        true => Ok(()),
        false => Err(Refusal::Bad(invalid_file(file))),
    }
}

/// go-judge prints the struct, with the addresses of what is there.
fn invalid_file(file: &File) -> String {
    let pointer = |there: bool| if there { "0xc000000000" } else { "<nil>" };
    let File { src, content, file_id, name, max, symlink, stream_in, stream_out, pipe } = file;
    let pointers = [
        src.is_some(),
        content.is_some(),
        file_id.is_some(),
        name.is_some(),
        max.is_some(),
        symlink.is_some(),
    ];
    let pointers: Vec<_> = pointers.into_iter().map(pointer).collect();
    format!("file type is not valid for cmd: &{{{} {stream_in} {stream_out} {pipe}}}", pointers.join(" "))
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
    let terminal = match command.tty {
        true => terminal::replace(&mut slots, &mut collectors)?,
        false => TerminalUse::default(),
    };
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
    if sources.streams && file.stream_in {
        return Ok(Slot::StreamIn);
    }
    if sources.streams && file.stream_out {
        return Ok(Slot::StreamOut);
    }
    if let Some(src) = &file.src {
        let open = source::open(src, &sources.settings.src_prefixes).map_err(|error| {
            Refusal::Failed(format!("pipe: open file {src}: open {src}: {}", go_error::text(&error)))
        })?;
        return Ok(Slot::Open(open));
    }
    if let Some(content) = &file.content {
        return Ok(Slot::Content(content.clone()));
    }
    if let Some(id) = &file.file_id {
        return Ok(Slot::Open(stored(id, &sources.files)?));
    }
    let (name, max) = (file.name.clone().unwrap_or_default(), file.max.unwrap_or_default());
    // The first of several collectors of one name counts, and they share what it opened.
    let pipe = match collectors.iter().find(|collector| collector.name == name) {
        Some(first) => first.pipe,
        None => {
            let through_memory = file.pipe || tty;
            let max = if through_memory { max.min(sources.piped_limit()) } else { max };
            collectors.push(Collector { name: name.clone(), max, pipe: file.pipe });
            file.pipe
        }
    };
    Ok(if pipe { Slot::Pipe(name) } else { Slot::BoxFile(name) })
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
    let (mut open_sources, mut open_stored) = (BTreeMap::new(), BTreeMap::new());
    // go-judge opens its collectors first, cannot make a directory where one is, and says nothing of it.
    let below_collector = |name: &str| {
        let below = |collector: &Collector| name.strip_prefix(&*collector.name)?.strip_prefix('/');
        collectors.iter().any(|collector| !collector.pipe && below(collector).is_some())
    };
    let files =
        command.copy_in.iter().filter(|(name, file)| file.symlink.is_none() && !below_collector(name));
    for (name, file) in files {
        let opened = if let Some(src) = &file.src {
            let failed = |error| format!("open {src}: {}", go_error::text(&error));
            once(&mut open_sources, src, || source::open(src, &sources.settings.src_prefixes))
                .map(CopyIn::Open)
                .map_err(failed)
        } else if let Some(content) = &file.content {
            Ok(CopyIn::Content(content.clone()))
        } else if let Some(id) = &file.file_id {
            Ok(CopyIn::Open(once(&mut open_stored, id, || stored(id, &sources.files))?))
        } else {
            Err("file cannot open as reader: *envexec.FileCollector".to_owned())
        };
        match opened {
            Ok(content) => put.push((name.clone(), content)),
            Err(message) => {
                errors.push(FileError { name: name.clone(), kind: FileErrorKind::CopyInOpenFile, message });
            }
        }
    }
    for (name, file) in &command.copy_in {
        let Some(target) = &file.symlink else { continue };
        // go-judge opens its collectors before it makes links.
        match collectors.iter().any(|collector| !collector.pipe && collector.name == *name) {
            true => errors.push(link_error(name, target, "file exists")),
            false => put.push((name.clone(), CopyIn::Symlink(target.clone()))),
        }
    }
    Ok(put)
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
    for OutputName { name, optional } in command.copy_out.iter().chain(&command.copy_out_cached) {
        if is_output(name) {
            continue;
        }
        match wanted.iter_mut().find(|seen| seen.name == *name) {
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
            (File { src: Some(src), ..File::default() }, true, true),
            (File { file_id: Some(stored), ..File::default() }, false, true),
            (File { content: Some("x".into()), ..File::default() }, false, false),
        ] {
            let (checked, waited) = with_others_busy(|| check(of(file.clone()), sources.clone()));
            assert_eq!(waited, is_checked, "{file:?}");
            let (prepared, waited) = with_others_busy(|| prepare(checked.unwrap(), sources.clone()));
            assert_eq!((prepared.unwrap().1.len(), waited), (1, is_opened), "{file:?}");
        }
    }
}
