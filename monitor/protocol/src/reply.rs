//! What the monitor answers.

use serde::{Deserialize, Serialize};

use crate::{Bytes, Descriptor, Outcome};

/// Most files that are handed out for [`crate::Run::leavings`].
pub const MAX_LEAVINGS: usize = 1000;

/// A frame from the monitor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reply {
    /// The first frame of a connection.
    Hello(Hello),
    /// Files of the box itself, where [`crate::Run::leavings`] asks for them: regular ones, by name, those that have a
    /// name in UTF-8. At most one more than [`MAX_LEAVINGS`] in all of a run's frames, before the others.
    Leavings(Vec<Collected>),
    /// Collected files of the run whose [`Reply::Report`] follows, when one frame is too small.
    Collected(Vec<Collected>),
    /// The run is over and nothing of it is alive.
    Report(Box<Report>),
    /// The box after the run.
    Clean(Clean),
    /// Answers a Ping.
    Pong,
}

/// What this monitor is and can do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// Package version of the monitor, for people.
    pub build: String,
    /// How limits are enforced here.
    pub cgroup: CgroupTier,
    /// Landlock ABI of the kernel; 0 = none.
    pub landlock_abi: u8,
    /// The monitor is PID 1 of its container.
    pub is_init: bool,
    /// What the self-check at start found wrong; empty = fit to run programs.
    pub problems: Vec<String>,
}

/// Which cgroups the monitor may write below `/cg`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum CgroupTier {
    /// The unified hierarchy.
    V2,
    /// The memory, pids and cpuacct hierarchies.
    V1,
    /// None: rlimits, rusage and the container's own limits carry alone.
    None,
}

/// What came of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// How it went.
    pub outcome: Outcome,
    /// One entry for each [`crate::Collect`] not yet sent in a [`Reply::Collected`], in order.
    pub collected: Vec<Collected>,
    /// Which file could not be put into the box, counted from 0 over all of the run's files, where
    /// [`crate::Step::PutFile`] failed.
    pub unput: Option<u32>,
    /// A sentence about what went wrong, for the log; empty when nothing did.
    pub detail: String,
}

/// The fate of one [`crate::Collect`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collected {
    /// The path as asked for.
    pub path: String,
    /// What was there.
    pub file: CollectedFile,
}

/// What stood at a collected path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum CollectedFile {
    /// A regular file, open for reading.
    File {
        /// Its descriptor in this frame.
        descriptor: Descriptor,
        /// Its size when opened.
        size: Bytes,
    },
    /// Larger than allowed.
    TooLarge {
        /// How large.
        size: Bytes,
    },
    /// Something else than a regular file.
    NotRegular,
    /// It could not be opened.
    Failed {
        /// The kernel's error number.
        errno: i32,
    },
}

/// The proof of cleanliness after a run: a sandbox without one is retired.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Clean {
    /// Leaf gone, no process left but the monitor's, box directories empty, no SysV IPC object, no stray descriptor.
    Proven,
    /// What was left; the container must go.
    Doubtful(String),
}
