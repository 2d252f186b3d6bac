//! What keeps a submission from being judged.

use crate::sandbox::SandboxError;
use crate::store::StoreError;

/// Why there is no judgement. Never the program's fault.
#[derive(Debug, thiserror::Error)]
pub enum JudgeError {
    /// The submission was cancelled.
    #[error("cancelled")]
    Cancelled,
    /// The language was taken out of `languages.toml` after the submission had been accepted.
    #[error("there is no language `{0}` any more")]
    UnknownLanguage(String),
    /// The problem was taken away after the submission had been accepted.
    #[error("there is no problem `{0}` any more, or not in this version")]
    UnknownProblem(String),
    /// The database failed; another attempt may succeed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A sandbox failed; another attempt may succeed.
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    /// Several nodes have tried a part of it, and none has done it; no attempt will succeed.
    #[error("no node could do a part of the judging: {0}")]
    GivenUp(String),
    /// What is put beside a program does not fit into the folder that it runs in (`sandbox.box_size`); no attempt will succeed.
    #[error("what is put beside the program is more than a sandbox has room for")]
    NoRoom,
    /// What the submission is made of is not there any more, or not as it was; no attempt will succeed.
    #[error("a source, an input or an answer of the submission is missing in the workspace, or damaged")]
    Missing {
        /// What the disk says.
        source: std::io::Error,
    },
    /// The workspace failed; another attempt may succeed.
    #[error("failed to {doing} in the workspace")]
    Workspace {
        /// What was tried.
        doing: &'static str,
        /// Why it failed.
        source: std::io::Error,
    },
}

impl JudgeError {
    /// No other attempt will succeed.
    pub(crate) fn is_final(&self) -> bool {
        match self {
            Self::UnknownLanguage(_)
            | Self::UnknownProblem(_)
            | Self::GivenUp(_)
            | Self::NoRoom
            | Self::Missing { .. } => true,
            Self::Cancelled | Self::Store(_) | Self::Sandbox(_) | Self::Workspace { .. } => false,
        }
    }
}
