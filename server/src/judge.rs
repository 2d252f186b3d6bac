//! Judges a submission: compile, run each test case, compare, sum up. Knows neither HTTP nor Docker.

use tokio_util::sync::CancellationToken;

use crate::sandbox::{SandboxError, Sandboxes};
use crate::submission::Submission;

pub mod judgement;

pub use judgement::{Compilation, Judgement, Reason, Stream, Summary, TestResult, Verdict};

/// Where a judging has got to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// The source is being compiled.
    Compiling,
    /// So many test cases are done.
    Running {
        /// Test cases done.
        done: u32,
    },
}

/// Why there is no judgement. Never the program's fault.
#[derive(Debug, thiserror::Error)]
pub enum JudgeError {
    /// The submission was cancelled.
    #[error("cancelled")]
    Cancelled,
    /// A sandbox failed; another attempt may succeed.
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    /// The workspace failed; another attempt may succeed.
    #[error("failed to {doing} in the workspace")]
    Workspace {
        /// What was tried.
        doing: &'static str,
        /// Why it failed.
        source: std::io::Error,
    },
}

/// Judges submissions in the sandboxes it was given.
#[derive(Debug)]
pub struct Judge<S> {
    sandboxes: S,
}

impl<S: Sandboxes> Judge<S> {
    /// Judges one submission to its end.
    ///
    /// # Errors
    /// Only our own failures and [`JudgeError::Cancelled`]; everything that is the program's fault is `Ok`.
    pub async fn judge(
        &self,
        submission: &Submission,
        progress: &(dyn Fn(Progress) + Send + Sync),
        cancel: &CancellationToken,
    ) -> Result<Judgement, JudgeError> {
        let _ = (&self.sandboxes, submission, progress, cancel);
        Err(JudgeError::Cancelled)
    }
}
