//! What the descriptors of a command are connected to.

use std::os::fd::OwnedFd;
use std::sync::Arc;

use bytes::Bytes;

/// What a descriptor of a command is connected to.
#[derive(Debug)]
pub(super) enum Slot {
    Content(Bytes),
    Open(Arc<OwnedFd>),
    /// A file of the box of this name.
    BoxFile(String),
    /// A pipe that is read up to the maximum of the collector of this name.
    Pipe(String),
    /// One end of the pipe mapping of this number.
    Mapped {
        pipe: usize,
        end: End,
    },
    /// What the client sends while the command runs.
    StreamIn,
    /// To the client while the command runs.
    StreamOut,
    /// The command's terminal.
    Terminal,
}

/// Which end of a pipe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum End {
    Write,
    Read,
}

/// A named output of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Collector {
    pub(super) name: String,
    pub(super) max: i64,
    pub(super) pipe: bool,
}
