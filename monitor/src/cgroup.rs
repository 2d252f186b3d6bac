//! The cgroup of one run: its limits, its figures, and its end.

use std::os::fd::BorrowedFd;
use std::time::Duration;

use gavel_protocol::{Bytes, CgroupTier, Limits};
use rustix::io::Errno;
use rustix::process::Pid;

use crate::crowd;

/// What a leaf has counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counted {
    /// User time.
    pub(crate) user: Duration,
    /// System time.
    pub(crate) system: Duration,
    /// Peak memory.
    pub(crate) memory: Bytes,
    /// The kernel killed something in it for want of memory.
    pub(crate) oom: bool,
    /// Most processes and threads at one time.
    pub(crate) processes: Option<u32>,
}

/// Where runs get their leaves from.
#[derive(Debug)]
pub(crate) struct Leaves {
    uid: u32,
}

impl Leaves {
    /// For programs of this uid.
    pub(crate) fn new(uid: u32) -> Self {
        Self { uid }
    }

    /// How limits are enforced here.
    pub(crate) fn tier() -> CgroupTier {
        CgroupTier::None
    }

    /// A leaf for one run.
    pub(crate) fn take(&mut self, _limits: &Limits) -> Result<Leaf, Errno> {
        Ok(Leaf { uid: self.uid })
    }
}

/// The leaf of one run.
#[derive(Debug)]
pub(crate) struct Leaf {
    uid: u32,
}

impl Leaf {
    /// `cgroup.procs` of each hierarchy, for the child to write.
    pub(crate) fn joins(&self) -> Vec<BorrowedFd<'_>> {
        Vec::new()
    }

    /// CPU time so far; `main` is the program's main process.
    pub(crate) fn cpu_time(&self, main: Pid) -> Duration {
        let pid = nix::unistd::Pid::from_raw(main.as_raw_nonzero().get());
        let clock = nix::time::clock_getcpuclockid(pid);
        clock.and_then(nix::time::clock_gettime).map(Duration::from).unwrap_or_default()
    }

    /// Kills everything in it, once.
    pub(crate) fn kill(&self) -> Result<(), Errno> {
        crowd::kill(self.uid)
    }

    /// Nothing is left in it, not even unreaped.
    pub(crate) fn is_empty(&self) -> bool {
        crowd::of(self.uid).is_empty()
    }

    /// What it has counted; None without cgroups.
    pub(crate) fn counted(&self) -> Option<Counted> {
        None
    }
}
