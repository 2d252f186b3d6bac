//! A submission, parsed once and valid ever after.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use gavel_protocol::Bytes;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub(crate) mod text;

/// Names a submission; random, so that nobody can guess another's.
pub type SubmissionId = Uuid;

/// What a client asked to be judged. The store keeps it as JSON, so a changed field needs a default.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Submission {
    /// Its name.
    pub id: SubmissionId,
    /// Id of a [`crate::language::Language`] that exists.
    pub language: String,
    /// Source files by name: at least one; names are plain (no `/`, not `.` or `..`).
    #[serde(with = "text::map")]
    pub files: BTreeMap<String, Text>,
    /// What to run it on: at least one.
    pub tests: Vec<TestCase>,
    /// Limits of each test's run.
    pub limits: RunLimits,
    /// Limits of the compilation.
    pub compile_limits: RunLimits,
    /// Whose it is: the unit of fairness and of the throttle.
    pub user: Option<String>,
    /// Which sandboxes may serve it.
    pub isolation: Isolation,
}

/// Bytes that came as text or as base64. In JSON: text where it is UTF-8, else `{"base64": "…"}`.
pub type Text = Arc<[u8]>;

/// The limit on time on the clock that goes with a limit on CPU time.
pub fn wall_for(cpu: Duration) -> Duration {
    cpu * 3 + Duration::from_secs(1)
}

/// One input and, where there is something to compare, the answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TestCase {
    /// Standard input.
    #[serde(with = "text")]
    pub stdin: Text,
    /// The expected output; without it a run that exits 0 is accepted.
    #[serde(default, with = "text::option")]
    pub expected: Option<Text>,
}

/// What a client may set of a run's limits, with every default filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunLimits {
    /// CPU time of all processes together.
    pub cpu: Duration,
    /// Time on the clock.
    pub wall: Duration,
    /// Peak memory.
    pub memory: Bytes,
    /// Stack of each process.
    pub stack: Bytes,
    /// Largest file written.
    pub file: Bytes,
    /// Standard output, and standard error, each. For a compilation: the log.
    pub output: Bytes,
    /// Processes and threads at one time.
    pub processes: u32,
    /// Open files of each process.
    pub open_files: u32,
}

/// Which sandboxes may serve a submission.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Isolation {
    /// Any that is proven clean.
    #[default]
    Pooled,
    /// None that has served another user.
    PerUser,
    /// Only one that has served nobody.
    Fresh,
}
