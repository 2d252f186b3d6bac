//! A go-judge request, whatever it came in.

use std::collections::BTreeMap;

use bytes::Bytes;

/// The body of `POST /run`, and a message on `/ws`.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Request {
    pub(crate) request_id: String,
    pub(crate) commands: Vec<Command>,
    pub(crate) pipes: Vec<PipeMap>,
    /// Who sent it, as far as that is known: by token, else by address. No part of what was sent.
    pub(crate) sender: String,
    /// What it takes in memory beside its texts and contents, in bytes.
    pub(crate) weight: u64,
}

/// What a value of a request takes in memory, roughly, whatever it is.
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
    pub(crate) copy_in: BTreeMap<String, File>,
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

/// A file as the model has it: any combination of keys. Which one counts is decided by its place.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct File {
    pub(crate) src: Option<String>,
    pub(crate) content: Option<Bytes>,
    pub(crate) file_id: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) max: Option<i64>,
    pub(crate) symlink: Option<String>,
    pub(crate) stream_in: bool,
    pub(crate) stream_out: bool,
    pub(crate) pipe: bool,
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
