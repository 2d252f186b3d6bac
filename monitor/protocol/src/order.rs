//! What the server tells the monitor.

use serde::{Deserialize, Serialize};

use crate::{Bytes, Limits};

/// A descriptor of the same frame, by position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Descriptor(pub u16);

/// A frame from the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Order {
    /// Answers the monitor's Hello.
    Welcome(Setup),
    /// Files for the run whose [`Order::Run`] follows with the same run id, when one frame is too small.
    Files(Vec<BoxFile>),
    /// Starts a run. The monitor runs one at a time.
    Run(Box<Run>),
    /// Ends the run of this id; a run that has ended already is left alone.
    Kill,
    /// Asks for a Pong.
    Ping,
}

/// Who programs are in this container, for the life of the connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setup {
    /// Uid and gid of every program; differs from slot to slot, because the kernel counts per uid over the host.
    pub uid: u32,
    /// The gid.
    pub gid: u32,
}

/// One program to run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// The argument vector. Without `executable`, `argv[0]` is looked up: with a `/` as a path from `cwd`, else in
    /// `cwd`'s own directory first only if `search_cwd`, then along `PATH` of `env`.
    #[serde(with = "crate::frame::byte_strings")]
    pub argv: Vec<Vec<u8>>,
    /// The whole environment, `KEY=value`.
    #[serde(with = "crate::frame::byte_strings")]
    pub env: Vec<Vec<u8>>,
    /// Working directory, absolute inside the container.
    pub cwd: String,
    /// Look `argv[0]` up in `cwd` before `PATH`, as go-judge does.
    pub search_cwd: bool,
    /// Executes this descriptor (`execveat` with AT_EMPTY_PATH) instead of looking `argv[0]` up.
    pub executable: Option<Descriptor>,
    /// What to put into the box first, in this order.
    pub files: Vec<BoxFile>,
    /// The program's descriptors; every other one is closed.
    pub stdio: Vec<Stdio>,
    /// A terminal, which becomes the program's controlling one: job control, `/dev/tty`, signals by keys. It is the
    /// server's; a descriptor of this frame, and on the program's own only where `stdio` names it too.
    pub terminal: Option<Descriptor>,
    /// What to hand out after the end.
    pub collect: Vec<Collect>,
    /// Hand out also every regular file that the program leaves in the box itself, but not in directories below it.
    pub leavings: bool,
    /// What the run may use.
    pub limits: Limits,
}

/// Something in the box before the program starts. Missing parent directories are made, mode 0777.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoxFile {
    /// Relative to the box, or absolute below one of the box's directories; no `..`.
    pub path: String,
    /// Permission bits, exactly (no umask).
    pub mode: u32,
    /// What is there.
    pub content: Content,
}

/// What a [`BoxFile`] is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Content {
    /// These bytes.
    Inline(#[serde(with = "crate::frame::bytes")] Vec<u8>),
    /// A copy of a readable descriptor, from offset 0 to its end.
    Descriptor(Descriptor),
    /// A symbolic link to this target.
    Symlink(String),
}

/// One descriptor of the program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stdio {
    /// Its number in the program.
    pub fd: u16,
    /// What it is.
    pub source: StdioSource,
}

/// What a program's descriptor is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum StdioSource {
    /// A descriptor of this frame.
    Descriptor(Descriptor),
    /// A file of the box, made with mode 0777 or, where it was put, written over; for reading too. Its directory must be
    /// there. The same path twice is the same open file, and a [`Collect`] of that path hands out that very file, whatever
    /// the program did with its name.
    WriteFile(String),
    /// `/dev/null`, for reading and writing.
    Null,
}

/// A file to hand out after the run, opened under the program's uid: regular files only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collect {
    /// Relative to the box, or absolute.
    pub path: String,
    /// Also outside the box's directories, and through symbolic links to directories. They are followed inside the
    /// container, and only to what the program could have read; never into the kernel's own file systems.
    pub anywhere: bool,
    /// A larger file is not handed out, unless `truncate`.
    pub max: Bytes,
    /// Hand out the descriptor of a larger file all the same; the server reads up to `max`.
    pub truncate: bool,
}
