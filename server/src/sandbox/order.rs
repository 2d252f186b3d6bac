//! A `Program` as frames for the monitor.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use gavel_protocol::{
    BoxFile, Collect, Content, Descriptor, Limits, MAX_DESCRIPTORS, MAX_FRAME, Order, Run, Stdio,
    StdioSource, Step,
};

use super::capture::Capture;
use super::input;
use super::{CollectFile, Input, Output, Program, PutContent, PutFile, RunEnding, SandboxError, Wire};

/// Where a program starts, and what its relative paths are relative to.
pub(crate) const BOX: &str = "/w";

/// Larger files travel as descriptors.
const INLINE: usize = 16 * 1024;

/// Most bytes of files in one frame, of [`gavel_protocol::MAX_FRAME`]; the rest is for arguments and paths.
const FRAME_FILES: usize = 64 * 1024;

/// Descriptors of the executable, standard input, output and error, and the terminal.
const STANDARD: usize = 5;

/// Most descriptors of files in one frame; the rest is for stdio and the executable.
const FRAME_DESCRIPTORS: usize = MAX_DESCRIPTORS - 10;

/// Longest path that Linux takes, with the zero at its end.
const PATH_MAX: usize = 4096;

/// `E2BIG`: as execve(2) says it of arguments and environment together.
pub(super) const E2BIG: i32 = rustix::io::Errno::TOOBIG.raw_os_error();
/// `ENAMETOOLONG`: as open(2) and symlink(2) say it.
const ENAMETOOLONG: i32 = rustix::io::Errno::NAMETOOLONG.raw_os_error();

/// What goes out beside a frame as a descriptor.
#[derive(Debug)]
pub(super) enum Passed {
    /// Made for this run; closed once it is sent.
    Own(OwnedFd),
    /// Kept by somebody else as well.
    Shared(Arc<OwnedFd>),
    /// Of these bytes one is made when the frame is sent: of many frames no more are open than those of one.
    Content(Bytes),
    /// Cannot be opened.
    #[cfg(test)]
    Broken,
}

/// A descriptor that is sent.
#[derive(Debug)]
pub(super) enum Open {
    Own(OwnedFd),
    Shared(Arc<OwnedFd>),
}

impl Passed {
    /// The descriptor.
    pub(super) async fn open(self) -> Result<Open, SandboxError> {
        Ok(match self {
            Self::Own(descriptor) => Open::Own(descriptor),
            Self::Shared(descriptor) => Open::Shared(descriptor),
            Self::Content(bytes) => {
                Open::Own(input::memory(bytes).await.map_err(failed("pass a file to the sandbox"))?)
            }
            #[cfg(test)]
            Self::Broken => {
                return Err(failed("pass a file to the sandbox")(rustix::io::Errno::MFILE.into()));
            }
        })
    }
}

impl AsFd for Open {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::Own(descriptor) => descriptor.as_fd(),
            Self::Shared(descriptor) => descriptor.as_fd(),
        }
    }
}

/// Files of one frame.
#[derive(Debug, Default)]
pub(super) struct Parcel {
    pub(super) files: Vec<BoxFile>,
    pub(super) descriptors: Vec<Passed>,
    bytes: usize,
}

/// An order, and what goes beside it.
#[derive(Debug)]
pub(super) struct Message {
    pub(super) order: Order,
    pub(super) descriptors: Vec<Passed>,
}

/// What the report of a run must fulfil.
#[derive(Debug)]
pub(super) struct Expect {
    /// The longest that it may take by the clock.
    pub(super) wall: Duration,
    /// Bytes that are copied before the clock runs.
    pub(super) copied: u64,
    /// Files that are to be handed out, in order.
    pub(super) collect: Vec<Collect>,
    /// What is left in the box, too.
    pub(super) leavings: bool,
}

impl Expect {
    /// The same of a run that starts nothing after all.
    pub(super) fn of_nothing(self) -> Self {
        Self { collect: Vec::new(), leavings: false, ..self }
    }
}

/// All that is sent for one run, and our ends of it.
#[derive(Debug)]
pub(super) struct Outgoing {
    /// Files that go before, and the run with the last files.
    pub(super) messages: Vec<Message>,
    /// What its report must fulfil.
    pub(super) expect: Expect,
    /// Standard output, where it is captured.
    pub(super) stdout: Option<Capture>,
    /// Standard error, where it is captured for itself.
    pub(super) stderr: Option<Capture>,
}

/// How a program ends that no frame can hold, without a monitor being asked: a name that the kernel would refuse, or more
/// arguments, environment and names than there is room for beside the files.
pub(super) fn unspeakable(program: &Program) -> Option<RunEnding> {
    if let Some(file) = program.files.iter().position(has_too_long_a_name) {
        return Some(RunEnding::NotPut {
            file: u32::try_from(file).unwrap_or(u32::MAX),
            errno: ENAMETOOLONG,
        });
    }
    is_too_large(program).then_some(RunEnding::NotStarted { step: Step::Request, errno: E2BIG })
}

fn has_too_long_a_name(file: &PutFile) -> bool {
    let target = match &file.content {
        PutContent::Symlink(target) => target.len(),
        PutContent::Bytes(_) | PutContent::Descriptor(_) => 0,
    };
    file.path.len().max(target) >= PATH_MAX
}

/// Arguments, environment, names of outputs and CPUs do not fit into a frame beside the files.
fn is_too_large(program: &Program) -> bool {
    let words = program.argv.iter().chain(&program.env).map(Vec::len);
    let names = program.collect.iter().map(|file| file.path.len());
    let cpus = program.limits.cpus.iter().map(String::len);
    let wires = wires(program).map(|wire| match wire {
        Wire::BoxFile(path) => path.len(),
        Wire::Descriptor(_) => 0,
    });
    let lengths = words.chain(names).chain(cpus).chain(wires);
    lengths.map(|length| length + 16).sum::<usize>() > MAX_FRAME - FRAME_FILES - 4096
}

fn wires<'a>(program: &'a Program) -> impl Iterator<Item = &'a Wire> {
    let stdin = match &program.stdin {
        Input::Wire(wire) => Some(wire),
        Input::Empty | Input::Bytes(_) | Input::Closed => None,
    };
    let output = |output: &'a Output| match output {
        Output::Wire(wire) => Some(wire),
        Output::Discard
        | Output::Capture { .. }
        | Output::Spill { .. }
        | Output::Tapped(..)
        | Output::WithStdout
        | Output::Closed => None,
    };
    let outputs = [&program.stdout, &program.stderr].into_iter().filter_map(output);
    stdin.into_iter().chain(outputs).chain(program.others.iter().map(|(_, wire)| wire))
}

/// Makes the frames and the descriptors of a run.
pub(super) async fn outgoing(program: Program) -> Result<Outgoing, SandboxError> {
    let copied = program.copied();
    let mut parcels = pack(program.files);
    let room = MAX_DESCRIPTORS.saturating_sub(program.others.len() + STANDARD);
    let last = parcels.pop_if(|parcel| parcel.descriptors.len() <= room).unwrap_or_default();
    let Parcel { files, mut descriptors, .. } = last;
    let executable = program.executable.map(|executable| pass(&mut descriptors, Passed::Shared(executable)));
    let stdin = input(program.stdin, &mut descriptors).await.map_err(failed("make standard input"))?;
    let pipe = failed("make a pipe for the output");
    let (out_source, stdout) = output(program.stdout, &mut descriptors).map_err(&pipe)?;
    let (error_source, stderr) = match program.stderr {
        Output::WithStdout => (out_source.clone(), None),
        other => output(other, &mut descriptors).map_err(&pipe)?,
    };
    let mut stdio: Vec<_> = [(0, stdin), (1, out_source), (2, error_source)]
        .into_iter()
        .filter_map(|(fd, source)| Some(Stdio { fd, source: source? }))
        .collect();
    stdio.extend(program.others.into_iter().map(|(fd, to)| Stdio { fd, source: wire(to, &mut descriptors) }));
    let terminal = program.terminal.map(|terminal| pass(&mut descriptors, Passed::Shared(terminal)));
    let expect = Expect {
        wall: program.limits.longest(),
        copied,
        collect: collect(program.collect),
        leavings: program.leavings,
    };
    let run = Box::new(Run {
        argv: program.argv,
        env: program.env,
        cwd: BOX.to_owned(),
        search_cwd: program.search_box,
        executable,
        files,
        stdio,
        terminal,
        collect: expect.collect.clone(),
        leavings: program.leavings,
        limits: program.limits,
    });
    let before = parcels
        .into_iter()
        .map(|parcel| Message { order: Order::Files(parcel.files), descriptors: parcel.descriptors });
    let messages = before.chain([Message { order: Order::Run(run), descriptors }]).collect();
    Ok(Outgoing { messages, expect, stdout, stderr })
}

/// A run that starts nothing, since it names an executable that does not come with it: the monitor forgets the files that it has
/// for that run, and is ready for the next.
pub(super) fn forget() -> Order {
    Order::Run(Box::new(Run {
        argv: Vec::new(),
        env: Vec::new(),
        cwd: BOX.to_owned(),
        search_cwd: false,
        executable: Some(Descriptor(u16::MAX)),
        files: Vec::new(),
        stdio: Vec::new(),
        terminal: None,
        collect: Vec::new(),
        leavings: false,
        limits: Limits::NOTHING,
    }))
}

fn collect(files: Vec<CollectFile>) -> Vec<Collect> {
    let asked = |file: CollectFile| Collect {
        path: file.path,
        anywhere: file.anywhere,
        max: file.max,
        truncate: file.truncate,
    };
    files.into_iter().map(asked).collect()
}

/// Spreads files over frames, in order.
fn pack(files: Vec<PutFile>) -> Vec<Parcel> {
    let mut parcels = vec![];
    let mut parcel = Parcel::default();
    for file in files {
        let inline = match &file.content {
            PutContent::Bytes(bytes) if bytes.len() <= INLINE => bytes.len(),
            PutContent::Symlink(target) => target.len(),
            PutContent::Bytes(_) | PutContent::Descriptor(_) => 0,
        };
        let bytes = inline + file.path.len() + 16;
        if parcel.bytes + bytes > FRAME_FILES || parcel.descriptors.len() == FRAME_DESCRIPTORS {
            parcels.push(std::mem::take(&mut parcel));
        }
        parcel.bytes += bytes;
        let content = match file.content {
            PutContent::Bytes(bytes) if bytes.len() <= INLINE => Content::Inline(bytes.to_vec()),
            PutContent::Bytes(bytes) => {
                Content::Descriptor(pass(&mut parcel.descriptors, Passed::Content(bytes)))
            }
            PutContent::Descriptor(descriptor) => {
                Content::Descriptor(pass(&mut parcel.descriptors, Passed::Shared(descriptor)))
            }
            PutContent::Symlink(target) => Content::Symlink(target),
        };
        parcel.files.push(BoxFile { path: file.path, mode: file.mode, content });
    }
    parcels.push(parcel);
    parcels
}

/// `None` = the program has no such descriptor.
async fn input(input: Input, descriptors: &mut Vec<Passed>) -> io::Result<Option<StdioSource>> {
    Ok(match input {
        Input::Empty => Some(own(input::sealed(&[])?, descriptors)),
        Input::Bytes(bytes) => Some(own(input::memory(Bytes::from_owner(bytes)).await?, descriptors)),
        Input::Wire(to) => Some(wire(to, descriptors)),
        Input::Closed => None,
    })
}

fn output(
    output: Output,
    descriptors: &mut Vec<Passed>,
) -> io::Result<(Option<StdioSource>, Option<Capture>)> {
    Ok(match output {
        Output::Tapped(output, tap) => {
            let (theirs, ours) = self::output(*output, descriptors)?;
            (theirs, ours.map(|ours| ours.tapped(tap)))
        }
        Output::Capture { head, tail, kill } => {
            let (theirs, ours) = Capture::new(head, tail, kill)?;
            (Some(StdioSource::Descriptor(pass(descriptors, Passed::Own(theirs)))), Some(ours))
        }
        Output::Spill { head, most, blobs } => {
            let (theirs, ours) = Capture::new(head, 0, true)?;
            let ours = ours.spilling(most, blobs);
            (Some(StdioSource::Descriptor(pass(descriptors, Passed::Own(theirs)))), Some(ours))
        }
        // For standard output itself there is nothing to go with.
        Output::Discard | Output::WithStdout => (Some(StdioSource::Null), None),
        Output::Wire(to) => (Some(wire(to, descriptors)), None),
        Output::Closed => (None, None),
    })
}

fn own(descriptor: OwnedFd, descriptors: &mut Vec<Passed>) -> StdioSource {
    StdioSource::Descriptor(pass(descriptors, Passed::Own(descriptor)))
}

fn wire(to: Wire, descriptors: &mut Vec<Passed>) -> StdioSource {
    match to {
        Wire::Descriptor(descriptor) => {
            StdioSource::Descriptor(pass(descriptors, Passed::Shared(descriptor)))
        }
        Wire::BoxFile(path) => StdioSource::WriteFile(path),
    }
}

/// Adds a descriptor to a frame and names it.
fn pass(descriptors: &mut Vec<Passed>, descriptor: Passed) -> Descriptor {
    descriptors.push(descriptor);
    Descriptor(u16::try_from(descriptors.len() - 1).unwrap_or(u16::MAX))
}

fn failed(doing: &'static str) -> impl Fn(io::Error) -> SandboxError {
    move |source| SandboxError::Io { doing, source }
}

#[cfg(test)]
mod tests {
    use gavel_protocol::{Envelope, RunId, VERSION, encode};
    use proptest::prelude::*;

    use super::*;

    fn file(name: usize, length: usize) -> PutFile {
        PutFile { path: format!("f{name}"), mode: 0o444, content: PutContent::Bytes(vec![1; length].into()) }
    }

    #[test]
    fn a_small_file_travels_in_the_frame_and_a_large_one_beside_it() {
        let parcels = pack(vec![file(0, INLINE), file(1, INLINE + 1)]);
        assert_eq!(parcels.len(), 1);
        assert!(matches!(parcels[0].files[0].content, Content::Inline(_)));
        assert!(matches!(parcels[0].files[1].content, Content::Descriptor(Descriptor(0))));
    }

    #[test]
    fn many_files_take_more_frames_and_keep_their_order() {
        let parcels =
            pack((0..1000).map(|name| file(name, if name % 2 == 0 { 10 } else { 20_000 })).collect());
        let names: Vec<_> = parcels.iter().flat_map(|parcel| &parcel.files).map(|file| &file.path).collect();
        assert_eq!(names.len(), 1000);
        assert!(names.iter().enumerate().all(|(at, name)| **name == format!("f{at}")));
        assert!(parcels.len() > 1);
        assert!(parcels.iter().all(|parcel| parcel.descriptors.len() <= FRAME_DESCRIPTORS));
        assert!(parcels.iter().all(|parcel| parcel.bytes <= FRAME_FILES));
    }

    /// Short, or about as long as the bounds allow.
    fn text() -> impl Strategy<Value = String> {
        let length = prop_oneof![6 => 0..40usize, 2 => 40..3000usize, 1 => PATH_MAX - 3..PATH_MAX + 1];
        length.prop_map(|length| "x".repeat(length))
    }

    /// A text so often that all together take about a part of what a frame has room for.
    fn texts() -> impl Strategy<Value = Vec<String>> {
        (text(), 0..25_000usize).prop_map(|(text, room)| {
            let count = room / (text.len() + 8);
            vec![text; count]
        })
    }

    fn put_file() -> impl Strategy<Value = PutFile> {
        let bytes = prop_oneof![0..100usize, INLINE - 3..INLINE + 3];
        let content = prop_oneof![
            bytes.prop_map(|length| PutContent::Bytes(vec![1; length].into())),
            text().prop_map(PutContent::Symlink),
        ];
        (text(), any::<u32>(), content).prop_map(|(path, mode, content)| PutFile { path, mode, content })
    }

    /// Whatever the door may be asked to let in.
    fn any_program() -> impl Strategy<Value = Program> {
        let words =
            || texts().prop_map(|words| words.into_iter().map(String::into_bytes).collect::<Vec<_>>());
        let files = (proptest::collection::vec(put_file(), 0..6), 0..200usize).prop_map(|(files, times)| {
            let count = files.len();
            files.into_iter().cycle().take(count * times).collect::<Vec<_>>()
        });
        let collect = (texts(), any::<u64>()).prop_map(|(paths, max)| {
            let one =
                |path| CollectFile { path, anywhere: true, max: gavel_protocol::Bytes(max), truncate: true };
            paths.into_iter().map(one).collect::<Vec<_>>()
        });
        let others =
            texts().prop_map(|paths| (3..).zip(paths.into_iter().map(Wire::BoxFile)).collect::<Vec<_>>());
        let cpus = proptest::option::of(text());
        (words(), words(), files, collect, others, cpus).prop_map(
            |(argv, env, files, collect, others, cpus)| Program {
                argv,
                env,
                executable: None,
                search_box: true,
                files,
                stdin: Input::Closed,
                stdout: Output::Discard,
                stderr: Output::WithStdout,
                others,
                terminal: None,
                limits: limits(cpus),
                collect,
                leavings: true,
            },
        )
    }

    /// The largest there are.
    fn limits(cpus: Option<String>) -> Limits {
        let (most, long) = (gavel_protocol::Bytes(u64::MAX), Duration::from_secs(u64::MAX));
        Limits {
            cpu_time: long,
            wall_time: long,
            memory: most,
            stack: most,
            file_size: most,
            open_files: u32::MAX,
            processes: u32::MAX,
            core: most,
            address_space: Some(most),
            data: Some(most),
            cpu_rate: Some(gavel_protocol::CpuRate { thousandths: u32::MAX, period: long }),
            cpus,
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 500, max_global_rejects: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn whatever_has_no_end_before_it_begins_fits_into_frames(program in any_program()) {
            prop_assume!(unspeakable(&program).is_none());
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let outgoing = runtime.block_on(outgoing(program)).unwrap();
            for Message { order, descriptors } in outgoing.messages {
                prop_assert!(descriptors.len() <= MAX_DESCRIPTORS);
                let envelope =
                    Envelope { version: VERSION, run: RunId(u64::MAX), sequence: u64::MAX, message: order };
                let encoded = encode(&envelope);
                prop_assert!(encoded.is_ok(), "{:?}", encoded.map(|frame| frame.len()));
            }
        }
    }
}
