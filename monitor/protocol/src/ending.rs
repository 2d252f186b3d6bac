//! How a run went: facts only. What they are worth is decided by the server.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::Bytes;

/// How a program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ending {
    /// The main process called `exit`.
    Exited {
        /// Its status, 0 to 255.
        code: i32,
    },
    /// A signal that the monitor did not send ended the main process.
    Signaled {
        /// The signal's number.
        signal: i32,
    },
    /// The monitor killed the run because it had reached a limit.
    Killed {
        /// Which one.
        over: Limit,
    },
    /// The monitor killed the run because the server said [`crate::Order::Kill`].
    Cancelled,
}

/// A limit that the monitor watches by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Limit {
    /// [`crate::Limits::cpu_time`].
    CpuTime,
    /// [`crate::Limits::wall_time`].
    WallTime,
    /// [`crate::Limits::memory`].
    Memory,
}

/// What a run used, over all its processes, also those that nobody waited for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// CPU time in user mode.
    pub cpu_user: Duration,
    /// CPU time in the kernel.
    pub cpu_system: Duration,
    /// From just before exec to the end of the main process, on the monotonic clock; of a run that would have been too long, without
    /// the time in which it was [held up](crate::Limits::MOST_HELD_UP).
    pub wall_time: Duration,
    /// Peak memory. From the leaf cgroup, else the largest `ru_maxrss`.
    pub memory: Bytes,
    /// The kernel killed a process of the run for want of memory.
    pub oom: bool,
    /// A file was to grow beyond [`crate::Limits::file_size`]: SIGXFSZ ended the main process for that, and not because a process of
    /// the run had sent that signal, or it ended with another status than 0 and left a file that is as large as that.
    pub file_size_reached: bool,
    /// Most processes and threads at one time, where the kernel tells.
    pub processes: Option<u32>,
}

impl Usage {
    /// User and system time together: what [`crate::Limits::cpu_time`] is held against.
    pub fn cpu_time(&self) -> Duration {
        self.cpu_user + self.cpu_system
    }
}

/// What came of an [`crate::Order::Run`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// The program started and has ended.
    Finished {
        /// How.
        ending: Ending,
        /// At what cost.
        usage: Usage,
    },
    /// The program never started.
    NotStarted {
        /// The step that failed.
        step: Step,
        /// The kernel's error number.
        errno: i32,
    },
}

/// A step on the way to exec.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[repr(u8)]
pub enum Step {
    /// The request itself makes no sense: a descriptor that is not there, a NUL in an argument.
    Request,
    /// Putting a file into the box.
    PutFile,
    /// Making the leaf cgroup.
    MakeLeaf,
    /// Bounding how fast CPU time is given out.
    CpuRate,
    /// Choosing the CPUs to run on.
    CpuSet,
    /// Making a terminal the controlling one.
    Terminal,
    /// fork.
    Fork,
    /// Joining the leaf cgroup.
    JoinLeaf,
    /// setsid.
    Session,
    /// Placing the standard descriptors.
    Stdio,
    /// Closing all other descriptors.
    CloseDescriptors,
    /// Writing `oom_score_adj`.
    OomScore,
    /// setrlimit.
    Rlimits,
    /// chdir.
    WorkingDirectory,
    /// setgroups.
    Groups,
    /// setresgid.
    Gid,
    /// setresuid.
    Uid,
    /// The identity after the change is not the one asked for.
    VerifyIdentity,
    /// PR_SET_NO_NEW_PRIVS.
    NoNewPrivileges,
    /// The Landlock rules.
    Landlock,
    /// execve.
    Exec,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Request => "reading the request",
            Self::PutFile => "putting a file into the box",
            Self::MakeLeaf => "making the leaf cgroup",
            Self::CpuRate => "setting the CPU rate",
            Self::CpuSet => "setting the CPU set",
            Self::Terminal => "taking the terminal",
            Self::Fork => "fork",
            Self::JoinLeaf => "joining the leaf cgroup",
            Self::Session => "setsid",
            Self::Stdio => "placing the standard descriptors",
            Self::CloseDescriptors => "closing descriptors",
            Self::OomScore => "setting oom_score_adj",
            Self::Rlimits => "setrlimit",
            Self::WorkingDirectory => "changing to the working directory",
            Self::Groups => "setgroups",
            Self::Gid => "setresgid",
            Self::Uid => "setresuid",
            Self::VerifyIdentity => "verifying the program's identity",
            Self::NoNewPrivileges => "setting no_new_privs",
            Self::Landlock => "installing the Landlock rules",
            Self::Exec => "exec",
        })
    }
}
