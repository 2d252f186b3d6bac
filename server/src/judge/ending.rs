//! How a program comes to its end, seen by a judge: whatever else becomes of a run is no program's doing.

use gavel_protocol::{Ending, Limit, Step};
use nix::libc;
use serde::{Deserialize, Serialize};

use super::JudgeError;
use crate::sandbox::{RunEnding, SandboxError};

/// What execve(2) fails with where the host has no more of something, or somebody has the file open for writing: that is no program's
/// doing, and another attempt may succeed. EIO is not among them: that is also what a program gets that is cut, or names a loader that
/// is, however often it is tried.
const NOT_NOW: [i32; 3] = [libc::EAGAIN, libc::ENFILE, libc::ETXTBSY];

/// How a program came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ProgramEnd {
    /// Nobody killed it.
    ByItself(OwnEnd),
    /// It was killed for what it took.
    Killed(Cap),
}

/// The end of a program that nobody killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum OwnEnd {
    /// It exited.
    Exited {
        /// Its exit status.
        code: i32,
    },
    /// A signal killed it.
    Signaled {
        /// Its number.
        signal: i32,
    },
    /// It was not executed: the kernel does not take it for a program, or not with these arguments.
    NotExecuted {
        /// The kernel's error number.
        errno: i32,
    },
}

/// What a program may take no more of. Of several the first is told, as go-judge does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Cap {
    /// Memory.
    Memory,
    /// CPU time.
    CpuTime,
    /// Time on the clock.
    WallTime,
    /// Bytes of output.
    Output,
}

impl ProgramEnd {
    /// What a run's ending says of its program.
    ///
    /// # Errors
    /// The program was never there, which is the sandbox's fault, or was cancelled.
    pub(super) fn of(ending: RunEnding) -> Result<Self, JudgeError> {
        let unfit = |step, errno| Err(SandboxError::Unfit { step, errno }.into());
        match ending {
            RunEnding::Ended(Ending::Exited { code }) => Ok(Self::ByItself(OwnEnd::Exited { code })),
            RunEnding::Ended(Ending::Signaled { signal }) => Ok(Self::ByItself(OwnEnd::Signaled { signal })),
            RunEnding::Ended(Ending::Killed { over }) => Ok(Self::Killed(over.into())),
            RunEnding::Ended(Ending::Cancelled) => Err(JudgeError::Cancelled),
            RunEnding::OutputExceeded => Ok(Self::Killed(Cap::Output)),
            RunEnding::NotStarted { step: Step::Exec, errno } if !NOT_NOW.contains(&errno) => {
                Ok(Self::ByItself(OwnEnd::NotExecuted { errno }))
            }
            RunEnding::NotStarted { step, errno } => unfit(step, errno),
            RunEnding::NotPut { errno, .. } if [libc::ENOSPC, libc::EFBIG].contains(&errno) => {
                Err(JudgeError::NoRoom)
            }
            RunEnding::NotPut { errno, .. } => unfit(Step::PutFile, errno),
        }
    }
}

impl OwnEnd {
    /// The signal that ended the program.
    pub(super) fn signal(self) -> Option<i32> {
        match self {
            Self::Signaled { signal } => Some(signal),
            Self::Exited { .. } | Self::NotExecuted { .. } => None,
        }
    }
}

impl From<Limit> for Cap {
    fn from(limit: Limit) -> Self {
        match limit {
            Limit::Memory => Self::Memory,
            Limit::CpuTime => Self::CpuTime,
            Limit::WallTime => Self::WallTime,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_failed_exec_is_the_programs_doing() {
        let of = |step| ProgramEnd::of(RunEnding::NotStarted { step, errno: 8 });
        assert_eq!(of(Step::Exec).unwrap(), ProgramEnd::ByItself(OwnEnd::NotExecuted { errno: 8 }));
        for step in [Step::Request, Step::Stdio, Step::JoinLeaf] {
            let fault = of(step).unwrap_err();
            assert!(matches!(fault, JudgeError::Sandbox(SandboxError::Unfit { errno: 8, .. })), "{fault:?}");
        }
        for errno in NOT_NOW {
            let fault = ProgramEnd::of(RunEnding::NotStarted { step: Step::Exec, errno }).unwrap_err();
            assert!(matches!(fault, JudgeError::Sandbox(SandboxError::Unfit { .. })), "{fault:?}");
        }
        let cut = ProgramEnd::of(RunEnding::NotStarted { step: Step::Exec, errno: libc::EIO }).unwrap();
        assert_eq!(cut, ProgramEnd::ByItself(OwnEnd::NotExecuted { errno: libc::EIO }));
        let not_put = |errno| ProgramEnd::of(RunEnding::NotPut { file: 1, errno }).unwrap_err();
        let unfit = SandboxError::Unfit { step: Step::PutFile, errno: 5 };
        assert_eq!(not_put(5).to_string(), JudgeError::from(unfit).to_string());
        for errno in [libc::ENOSPC, libc::EFBIG] {
            assert!(
                matches!(not_put(errno), JudgeError::NoRoom),
                "it is what was to be put that is too much"
            );
        }
    }

    #[test]
    fn who_is_cancelled_has_no_end_of_its_own() {
        let cancelled = ProgramEnd::of(RunEnding::Ended(Ending::Cancelled));
        assert!(matches!(cancelled, Err(JudgeError::Cancelled)));
        assert_eq!(ProgramEnd::of(RunEnding::OutputExceeded).unwrap(), ProgramEnd::Killed(Cap::Output));
    }
}
