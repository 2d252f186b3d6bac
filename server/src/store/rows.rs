//! What rows hold, apart from the types that the rest of the server works with: a change there changes nothing that is
//! on disk. Rows of earlier versions are read as well.

use std::time::Duration;

use gavel_protocol::Bytes;
use serde::{Deserialize, Serialize};

use crate::judge::Verdict;
use crate::submission::RunLimits;

mod content;
mod judgement;
mod submission;

pub(super) use content::ContentRow;
pub(super) use judgement::JudgementRow;
pub(super) use submission::{ProgramRow, RequestRow, TestRow};

#[derive(Debug, Serialize, Deserialize)]
struct LimitsRow {
    cpu: Duration,
    wall: Duration,
    memory: u64,
    stack: u64,
    file: u64,
    output: u64,
    processes: u32,
    open_files: u32,
}

/// What a row says makes no sense.
#[derive(Debug, thiserror::Error)]
pub(super) enum RowError {
    #[error("no base64")]
    Base64(#[from] base64::DecodeError),
    #[error("no name of a blob")]
    Blob(#[from] blake3::HexError),
    #[error(transparent)]
    Problem(#[from] crate::problem::NoFile),
    #[error("there is no verdict `{0}`")]
    Verdict(String),
    #[error("nothing of secret tests is shown as `{0}`")]
    Show(String),
}

impl LimitsRow {
    fn of(limits: &RunLimits) -> Self {
        let RunLimits { cpu, wall, memory, stack, file, output, processes, open_files } = *limits;
        Self {
            cpu,
            wall,
            memory: memory.get(),
            stack: stack.get(),
            file: file.get(),
            output: output.get(),
            processes,
            open_files,
        }
    }

    fn limits(&self) -> RunLimits {
        RunLimits {
            cpu: self.cpu,
            wall: self.wall,
            memory: Bytes(self.memory),
            stack: Bytes(self.stack),
            file: Bytes(self.file),
            output: Bytes(self.output),
            processes: self.processes,
            open_files: self.open_files,
        }
    }
}

/// The verdict of this name.
pub(super) fn verdict(name: &str) -> Result<Verdict, RowError> {
    Verdict::parse(name).ok_or_else(|| RowError::Verdict(name.to_owned()))
}
