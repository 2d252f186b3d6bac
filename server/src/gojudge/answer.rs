//! What go-judge answers with, whatever that goes out in.

use std::collections::BTreeMap;

use super::outputs::OUTPUT_LIMIT;
use super::stored::StoredFiles;
use crate::account::Held;

/// What came of one command.
#[derive(Debug, Default)]
pub(crate) struct CommandResult {
    pub(crate) status: Status,
    /// The exit status, or the number of the signal that ended it.
    pub(crate) exit_status: i32,
    pub(crate) error: String,
    /// Nanoseconds.
    pub(crate) time: u64,
    /// Bytes.
    pub(crate) memory: u64,
    /// Nanoseconds.
    pub(crate) run_time: u64,
    pub(crate) proc_peak: u32,
    pub(crate) files: BTreeMap<String, Vec<u8>>,
    pub(crate) file_ids: StoredFiles,
    pub(crate) file_error: Vec<FileError>,
    /// What the contents of `files` have of the account.
    pub(crate) held: Vec<Held>,
}

impl CommandResult {
    /// A file that was asked for is missing for this reason.
    pub(crate) fn fail(&mut self, why: String) {
        self.status = Status::FileError;
        self.error = why;
    }

    /// An output of this name is over its maximum, which counts for a program that did well.
    pub(crate) fn exceed(&mut self, name: &str) {
        let message = OUTPUT_LIMIT.to_owned();
        if self.status == Status::Accepted {
            (self.status, self.error) = (Status::OutputLimitExceeded, message.clone());
        }
        let kind = FileErrorKind::CollectSizeExceeded;
        self.file_error.push(FileError { name: name.to_owned(), kind, message });
    }
}

/// The statuses that go-judge ever sends; clients know no others.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    #[default]
    Accepted,
    MemoryLimitExceeded,
    TimeLimitExceeded,
    OutputLimitExceeded,
    FileError,
    NonzeroExit,
    Signalled,
    DangerousSyscall,
    InternalError,
}

impl Status {
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Accepted => "Accepted",
            Self::MemoryLimitExceeded => "Memory Limit Exceeded",
            Self::TimeLimitExceeded => "Time Limit Exceeded",
            Self::OutputLimitExceeded => "Output Limit Exceeded",
            Self::FileError => "File Error",
            Self::NonzeroExit => "Nonzero Exit Status",
            Self::Signalled => "Signalled",
            Self::DangerousSyscall => "Dangerous Syscall",
            Self::InternalError => "Internal Error",
        }
    }
}

/// A file that could not be put in or taken out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileError {
    pub(crate) name: String,
    pub(crate) kind: FileErrorKind,
    pub(crate) message: String,
}

/// At which step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileErrorKind {
    CopyInOpenFile,
    CopyInCreateFile,
    CopyInCopyContent,
    CopyOutOpen,
    CopyOutNotRegularFile,
    CopyOutSizeExceeded,
    CopyOutCreateFile,
    CopyOutCopyContent,
    CollectSizeExceeded,
    Symlink,
}

impl FileErrorKind {
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::CopyInOpenFile => "CopyInOpenFile",
            Self::CopyInCreateFile => "CopyInCreateFile",
            Self::CopyInCopyContent => "CopyInCopyContent",
            Self::CopyOutOpen => "CopyOutOpen",
            Self::CopyOutNotRegularFile => "CopyOutNotRegularFile",
            Self::CopyOutSizeExceeded => "CopyOutSizeExceeded",
            Self::CopyOutCreateFile => "CopyOutCreateFile",
            Self::CopyOutCopyContent => "CopyOutCopyContent",
            Self::CollectSizeExceeded => "CollectSizeExceeded",
            Self::Symlink => "Symlink",
        }
    }
}
