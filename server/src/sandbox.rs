//! Sandboxes as `judge` sees them: lease one, run programs in it, give it back. Has never heard of a verdict.

use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::Duration;

use gavel_protocol::{Bytes, Ending, Limits, Step, Usage};
use tokio_util::sync::CancellationToken;

use crate::blobs::Blobs;
use crate::content::Blob;
use crate::live::Tap;
pub use crate::slots::Profile;
use crate::submission::Isolation;

mod capture;
mod channel;
mod connection;
mod input;
mod member;
mod order;
mod patience;
mod pool;
mod run;
mod slot;
mod spill;
mod terminal;
mod warden_client;

pub(crate) use input::memory;
#[cfg(test)]
pub(crate) use input::sealed;
pub use member::RetireReason;
pub(crate) use order::BOX;
#[cfg(test)]
pub(crate) use pool::CLOSE;
pub(crate) use pool::name_of_tier;
pub use pool::{LeasedSandbox, Pool, PoolError, PoolStatus, ProfileStatus, SandboxState, SandboxStatus};
pub use terminal::{Terminal, TerminalMaster, TerminalSize};

/// Where `judge` gets sandboxes from: the pool, or a fake in tests.
pub trait Sandboxes: Send + Sync + 'static {
    /// A leased sandbox; dropping it gives it back.
    type Lease: Lease;

    /// Waits for a sandbox that the isolation allows to serve this user.
    ///
    /// # Errors
    /// [`SandboxError::Busy`] after `patience`, [`SandboxError::Stopping`].
    fn lease(
        &self,
        profile: &Profile,
        isolation: Isolation,
        user: Option<&str>,
        patience: Duration,
    ) -> impl Future<Output = Result<Self::Lease, SandboxError>> + Send;

    /// As [`Self::lease`], where there is one at this moment and nobody waits.
    fn lease_if_free(
        &self,
        _profile: &Profile,
        _isolation: Isolation,
        _user: Option<&str>,
    ) -> Option<Self::Lease> {
        None
    }

    /// Takes a sandbox for each of these amounts of memory, which its program will have as its limit: all at one moment,
    /// so that two groups that each have half never wait for each other. Whoever may follow anybody gets them. No `sender`
    /// has all that there are.
    ///
    /// # Errors
    /// As [`Self::lease`]; [`SandboxError::TooMany`] and [`SandboxError::TooMuchMemory`] where waiting would not help.
    fn lease_group(
        &self,
        profile: &Profile,
        memory: &[Bytes],
        sender: &str,
        patience: Duration,
    ) -> impl Future<Output = Result<Vec<Self::Lease>, SandboxError>> + Send {
        async move {
            let mut leases = Vec::with_capacity(memory.len());
            for _ in memory {
                leases.push(self.lease(profile, Isolation::Pooled, Some(sender), patience).await?);
            }
            Ok(leases)
        }
    }

    /// Id of the image that new sandboxes of a profile are made of; none before the first is there.
    fn image(&self, _profile: &Profile) -> Option<Arc<str>> {
        None
    }
}

/// A sandbox in somebody's hands. It is reset after every run, so nothing of one run is there in the next.
pub trait Lease: Send {
    /// Runs one program to its end. `cancel` kills it: the ending is then [`Ending::Cancelled`]. After an `Err` the
    /// sandbox is of no more use.
    ///
    /// # Errors
    /// Only our own failures; whatever the program does is an `Ok`.
    fn run(
        &mut self,
        program: Program,
        cancel: &CancellationToken,
    ) -> impl Future<Output = Result<Ran, SandboxError>> + Send;

    /// Names the sandbox in logs: `run-3`, `gcc-0`.
    fn name(&self) -> &str;

    /// Id of its container's image; none where there is no such thing.
    fn image(&self) -> Option<&str> {
        None
    }
}

/// One program to run in a leased sandbox.
#[derive(Debug)]
pub struct Program {
    /// The argument vector.
    pub argv: Vec<Vec<u8>>,
    /// The whole environment, `KEY=value`.
    pub env: Vec<Vec<u8>>,
    /// The executable, as an open descriptor; else `argv[0]` is looked up in the sandbox.
    pub executable: Option<Arc<OwnedFd>>,
    /// Look `argv[0]` up in the box before `PATH`.
    pub search_box: bool,
    /// What is in the box when it starts.
    pub files: Vec<PutFile>,
    /// Its standard input.
    pub stdin: Input,
    /// Its standard output.
    pub stdout: Output,
    /// Its standard error.
    pub stderr: Output,
    /// Descriptors beside those three, by number.
    pub others: Vec<(u16, Wire)>,
    /// Its controlling terminal: [`Terminal::slave`], which is on its descriptors too where they name it.
    pub terminal: Option<Arc<OwnedFd>>,
    /// What it may use.
    pub limits: Limits,
    /// Files to hand out after the end.
    pub collect: Vec<CollectFile>,
    /// Hand out also every regular file that it leaves in the box itself, not in directories below.
    pub leavings: bool,
}

impl Program {
    /// How it ends without a monitor being asked, where none could be told of it: with a name that the kernel would
    /// refuse, or more arguments, environment and names than there is room for in a frame. To be asked before a sandbox
    /// is leased; what has no such end can be put into frames.
    pub fn unspeakable(&self) -> Option<RunEnding> {
        order::unspeakable(self)
    }

    /// Bytes that are copied into the sandbox before it starts.
    pub(crate) fn copied(&self) -> u64 {
        self.files.iter().map(|file| file.content.size()).fold(0, u64::saturating_add)
    }
}

/// A file in the box.
#[derive(Debug, Clone)]
pub struct PutFile {
    /// Relative to the box.
    pub path: String,
    /// Permission bits.
    pub mode: u32,
    /// What is in it.
    pub content: PutContent,
}

/// What a [`PutFile`] is made of.
#[derive(Debug, Clone)]
pub enum PutContent {
    /// These bytes.
    Bytes(bytes::Bytes),
    /// A copy of this descriptor.
    Descriptor(Arc<OwnedFd>),
    /// A symbolic link to this target.
    Symlink(String),
}

impl PutContent {
    fn size(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Symlink(_) => 0,
            // What cannot be looked at cannot be copied either.
            Self::Descriptor(file) => {
                rustix::fs::fstat(file).map_or(0, |stat| u64::try_from(stat.st_size).unwrap_or(0))
            }
        }
    }
}

/// Something that a program's descriptor is connected to.
#[derive(Debug, Clone)]
pub enum Wire {
    /// This descriptor. The program may do with it whatever its mode and its seals allow.
    Descriptor(Arc<OwnedFd>),
    /// A file of the box, made for writing or, where it was put, written over. The same path twice is the same open file, and a
    /// [`CollectFile`] of that path hands out that very file, whatever the program did with its name.
    BoxFile(String),
}

/// A program's standard input.
#[derive(Debug, Clone)]
pub enum Input {
    /// An empty file.
    Empty,
    /// These bytes, then the end.
    Bytes(Arc<[u8]>),
    /// Connected to something.
    Wire(Wire),
    /// Not open at all.
    Closed,
}

/// What becomes of a program's output.
#[derive(Debug, Clone)]
pub enum Output {
    /// `/dev/null`.
    Discard,
    /// Kept up to a cap.
    Capture {
        /// Bytes kept from the start.
        head: usize,
        /// Bytes kept from the end, once the head is full; only with `kill: false`.
        tail: usize,
        /// Kill the run at byte `head` + 1; else what is too much is read and dropped.
        kill: bool,
    },
    /// Kept whole, of which little in memory: what is longer than `head` is a file. The run is killed at byte `most` + 1.
    Spill {
        /// Bytes that may be in memory, and are of what is longer.
        head: usize,
        /// Bytes in all.
        most: u64,
        /// Where the file is made.
        blobs: Blobs,
    },
    /// As the other says, and while it runs it can be looked at.
    Tapped(Box<Output>, Tap),
    /// Into the same pipe as standard output. Only for standard error.
    WithStdout,
    /// Connected to something.
    Wire(Wire),
    /// Not open at all.
    Closed,
}

/// A file to hand out.
#[derive(Debug, Clone)]
pub struct CollectFile {
    /// Relative to the box, or absolute.
    pub path: String,
    /// Also outside the box, and through symbolic links to directories, inside the container.
    pub anywhere: bool,
    /// A larger file is refused, unless `truncate`.
    pub max: Bytes,
    /// Hand a larger file out all the same; its reader stops at `max`.
    pub truncate: bool,
}

/// What came of a run.
#[derive(Debug)]
pub struct Ran {
    /// How it ended.
    pub ending: RunEnding,
    /// What it used; zero when it never started.
    pub usage: Usage,
    /// What it wrote to standard output.
    pub stdout: Captured,
    /// What it wrote to standard error.
    pub stderr: Captured,
    /// One entry for each [`CollectFile`], in order.
    pub collected: Vec<CollectedOutput>,
    /// What [`Program::leavings`] asked for; at most one more than [`gavel_protocol::MAX_LEAVINGS`].
    pub leavings: Vec<Leaving>,
}

impl Ran {
    /// What is told of a program that was not even sent.
    pub(crate) fn not_begun(ending: RunEnding) -> Self {
        Self {
            ending,
            usage: Usage::default(),
            stdout: Captured::default(),
            stderr: Captured::default(),
            collected: Vec::new(),
            leavings: Vec::new(),
        }
    }
}

/// How a run ended, seen from the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunEnding {
    /// As the monitor says.
    Ended(Ending),
    /// Killed because it wrote more than an [`Output::Capture`] with `kill` allows.
    OutputExceeded,
    /// The program never started.
    NotStarted {
        /// The step that failed.
        step: Step,
        /// The kernel's error number.
        errno: i32,
    },
    /// The program never started because a file could not be put into the box.
    NotPut {
        /// Its position in [`Program::files`].
        file: u32,
        /// The kernel's error number.
        errno: i32,
    },
}

/// Captured output.
#[derive(Debug, Clone, Default)]
pub struct Captured {
    /// The head.
    pub head: Vec<u8>,
    /// The tail, where one was asked for and the head was full.
    pub tail: Vec<u8>,
    /// All bytes that were read, also those dropped.
    pub total: u64,
    /// All of them, where they are more than an [`Output::Spill`] has in memory.
    pub whole: Option<Blob>,
}

/// A regular file that a program left in the box. Hostile, as that of [`CollectedOutput::File`].
#[derive(Debug)]
pub struct Leaving {
    /// Its name: one part of a path, and not `.` or `..`.
    pub name: String,
    /// Open for reading.
    pub descriptor: OwnedFd,
    /// Its size.
    pub size: Bytes,
}

/// The fate of one [`CollectFile`].
#[derive(Debug)]
pub enum CollectedOutput {
    /// A regular file within its maximum. Hostile: read it with pread, to a cap, and never map it.
    File {
        /// Open for reading.
        descriptor: OwnedFd,
        /// Its size.
        size: Bytes,
    },
    /// Larger than allowed.
    TooLarge(Bytes),
    /// Something else than a regular file.
    NotRegular,
    /// It could not be opened: the kernel's error number.
    Failed(i32),
}

/// Why a sandbox could not serve: our fault, never the program's. All are worth another attempt in another sandbox.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// No sandbox became free in time.
    #[error("no sandbox became free within {waited:?}")]
    Busy {
        /// How long it was waited for.
        waited: Duration,
    },
    /// The container or its monitor went away.
    #[error("the sandbox died: {0}")]
    Died(String),
    /// The monitor broke the protocol.
    #[error("the monitor broke the protocol: {0}")]
    Protocol(String),
    /// The monitor did not report within the deadline.
    #[error("the monitor did not report within {0:?}")]
    Overdue(Duration),
    /// More sandboxes at once than ever are in use at one time.
    #[error("{count} sandboxes at one time, of {most}")]
    TooMany {
        /// How many were asked for.
        count: usize,
        /// How many there may be.
        most: usize,
    },
    /// More memory at once than is set aside for all.
    #[error("{memory} of memory at one time, of {most}")]
    TooMuchMemory {
        /// How much was asked for.
        memory: Bytes,
        /// How much there may be.
        most: Bytes,
    },
    /// A descriptor could not be made or passed.
    #[error("failed to {doing}")]
    Io {
        /// What was tried.
        doing: &'static str,
        /// Why it failed.
        source: std::io::Error,
    },
    /// The sandbox could not do its part for a program to start.
    #[error("the sandbox failed at {step} (errno {errno})")]
    Unfit {
        /// The step that failed.
        step: Step,
        /// The kernel's error number.
        errno: i32,
    },
    /// The pool is shutting down.
    #[error("the server is stopping")]
    Stopping,
}
