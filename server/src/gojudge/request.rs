//! A go-judge request, whatever it came in.

use std::collections::BTreeMap;
use std::fmt;

use bytes::Bytes;

/// The body of `POST /run`, and a message on `/ws`.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Request {
    pub(crate) request_id: String,
    pub(crate) commands: Vec<Command>,
    pub(crate) pipes: Vec<PipeMap>,
    /// Who sent it, as far as that is known: by token, else by address. No part of what was sent.
    pub(crate) sender: String,
    /// What it takes in memory beside its texts and contents, in bytes: who decodes it has that on the account.
    pub(crate) weight: u64,
}

/// What a value of a request takes in memory, roughly, whatever it is. Commands are larger, and few.
const OF_VALUE: u64 = 256;

/// The weight of so many values.
pub(crate) fn weight(values: usize) -> u64 {
    values as u64 * OF_VALUE
}

/// One program to run. Times in nanoseconds, sizes in bytes; what is missing is 0.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Command {
    pub(crate) args: Vec<String>,
    pub(crate) env: Vec<String>,
    pub(crate) files: Vec<Option<File>>,
    pub(crate) tty: bool,
    pub(crate) cpu_limit: u64,
    pub(crate) clock_limit: u64,
    pub(crate) real_cpu_limit: u64,
    pub(crate) memory_limit: u64,
    pub(crate) stack_limit: u64,
    pub(crate) proc_limit: u64,
    pub(crate) cpu_rate_limit: u64,
    pub(crate) cpu_set_limit: String,
    pub(crate) copy_in: BTreeMap<String, CopiedIn>,
    pub(crate) copy_out: Vec<OutputName>,
    pub(crate) copy_out_cached: Vec<OutputName>,
    pub(crate) copy_out_max: u64,
    pub(crate) copy_out_dir: String,
    pub(crate) copy_out_truncate: bool,
    pub(crate) data_segment_limit: bool,
    pub(crate) strict_memory_limit: bool,
    pub(crate) address_space_limit: bool,
}

/// The name of a file to take out.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct OutputName {
    pub(crate) name: String,
    /// That it is missing is no error. In JSON, a `?` behind the name.
    pub(crate) optional: bool,
}

/// What can be read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Source {
    /// A file of the server, by its path.
    Local(String),
    Content(Bytes),
    /// What is stored under this id.
    Stored(String),
}

/// What a descriptor is connected to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum File {
    Source(Source),
    /// An output that is answered with, up to `max` bytes.
    Collector {
        name: String,
        max: i64,
        /// It passes through a pipe, and is no file.
        pipe: bool,
    },
    /// What the client sends while the command runs.
    StreamIn,
    /// To the client while the command runs.
    StreamOut,
    Unusable(Unusable),
}

/// What is put into the box.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum CopiedIn {
    Source(Source),
    /// To what it points.
    Symlink(String),
    /// Only a descriptor can be one.
    Collector,
    Unusable(Unusable),
}

/// A file that is none of them. go-judge prints its struct, with the addresses of what is there.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unusable {
    /// Whether `src`, `content`, `fileId`, `name`, `max` and `symlink` are there.
    pub(crate) is_there: [bool; 6],
    /// `streamIn`, `streamOut` and `pipe`.
    pub(crate) flags: [bool; 3],
}

impl Unusable {
    /// A stream where there are none.
    pub(crate) const STREAM_IN: Self = Self { is_there: [false; 6], flags: [true, false, false] };
    /// As above.
    pub(crate) const STREAM_OUT: Self = Self { is_there: [false; 6], flags: [false, true, false] };
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { is_there, flags: [stream_in, stream_out, pipe] } = self;
        let pointers = is_there.map(|there| if there { "0xc000000000" } else { "<nil>" }).join(" ");
        write!(f, "file type is not valid for cmd: &{{{pointers} {stream_in} {stream_out} {pipe}}}")
    }
}

/// A pipe between two commands: `input` is the end that is written to.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct PipeMap {
    pub(crate) input: PipeEnd,
    pub(crate) output: PipeEnd,
    pub(crate) name: String,
    pub(crate) max: i64,
    pub(crate) proxy: bool,
}

/// A descriptor of one of the commands. Hostile: either number may be anything.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
pub(crate) struct PipeEnd {
    pub(crate) index: i64,
    pub(crate) fd: i64,
}
