//! Leaves in the unified hierarchy.

use std::cell::Cell;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;
use std::time::Duration;

use gavel_protocol::{CpuRate, Limits};
use rustix::io::Errno;

use super::directory::{Directory, entry};
use super::own::Own;
use super::peak::{Floor, Peak};
use super::{Counted, files, kill_one_by_one, killed_beyond};

/// The container's own cgroup, ready to hold leaves.
#[derive(Debug)]
pub(crate) struct Base(Own);

impl Base {
    /// Settles in and hands the controllers down.
    ///
    /// # Errors
    /// ENOENT without the memory and pids controllers; else as write(2).
    pub(crate) fn settle(root: &Path) -> Result<Self, Errno> {
        let own = Own::settle(root)?;
        for controller in ["+memory", "+pids"] {
            own.base.write("cgroup.subtree_control", controller)?;
        }
        // cpu.stat tells user and system time without the controller as well.
        let _optional = own.base.write("cgroup.subtree_control", "+cpu");
        Ok(Self(own))
    }

    /// Makes a leaf.
    ///
    /// # Errors
    /// As mkdir(2).
    pub(crate) fn make(&self, name: String) -> Result<Leaf, Errno> {
        let directory = self.0.base.make(&name)?;
        let join = directory.writer("cgroup.procs")?;
        Ok(Leaf { name, directory, join, is_on_cpus: false, sampled: Cell::new(0) })
    }

    /// Removes an empty leaf.
    ///
    /// # Errors
    /// As rmdir(2).
    pub(crate) fn remove(&self, leaf: &Leaf) -> Result<(), Errno> {
        self.0.base.remove_if_there(&leaf.name)?;
        if leaf.is_on_cpus { self.0.base.write("cgroup.subtree_control", "-cpuset") } else { Ok(()) }
    }

    /// Keeps a leaf on these CPUs. The controller is handed down for this run only: it costs every process that joins a
    /// leaf.
    ///
    /// # Errors
    /// As write(2): ENOENT where there is no such controller, ERANGE for a CPU that no machine has, EINVAL for what is no
    /// list.
    pub(crate) fn keep(&self, leaf: &mut Leaf, cpus: &str) -> Result<(), Errno> {
        self.0.base.write("cgroup.subtree_control", "+cpuset")?;
        leaf.is_on_cpus = true;
        leaf.directory.write("cpuset.cpus", cpus)
    }

    /// OOM kills among the monitor's own processes.
    pub(crate) fn oom_kills(&self) -> u64 {
        let events = ["memory.events.local", "memory.events"];
        events.iter().find_map(|file| self.0.monitor.entry(file, "oom_kill")).unwrap_or(0)
    }
}

/// The leaf of one run.
#[derive(Debug)]
pub(crate) struct Leaf {
    name: String,
    directory: Directory,
    join: OwnedFd,
    is_on_cpus: bool,
    /// The largest `memory.current` seen, for kernels without `memory.peak` (before 5.19).
    sampled: Cell<u64>,
}

impl Leaf {
    /// Where a child can be born.
    pub(crate) fn directory(&self) -> BorrowedFd<'_> {
        self.directory.as_fd()
    }

    /// What the child writes `0` to.
    pub(crate) fn joins(&self) -> Vec<BorrowedFd<'_>> {
        vec![self.join.as_fd()]
    }

    /// Sets its limits.
    ///
    /// # Errors
    /// As write(2).
    pub(crate) fn limit(&self, limits: &Limits) -> Result<(), Errno> {
        self.directory.write("memory.max", killed_beyond(limits))?;
        optional(self.directory.write("memory.swap.max", 0))?;
        optional(self.directory.write("memory.oom.group", 1))?;
        self.directory.write("pids.max", limits.processes)
    }

    /// Gives out CPU time at this rate only.
    ///
    /// # Errors
    /// As write(2): ENOENT where there is no such controller.
    pub(crate) fn bound(&self, rate: CpuRate) -> Result<(), Errno> {
        let (quota, period) = rate.quota_and_period();
        self.directory.write("cpu.max", format_args!("{quota} {period}"))
    }

    /// What is in it now, in bytes, and where more is told.
    pub(crate) fn memory(&self) -> (u64, &Directory) {
        (self.directory.number("memory.current").unwrap_or(u64::MAX), &self.directory)
    }

    /// All threads in it.
    ///
    /// # Errors
    /// As read(2).
    pub(crate) fn threads(&self) -> Result<Vec<i32>, Errno> {
        self.directory.numbers("cgroup.threads")
    }

    /// CPU time so far.
    pub(crate) fn cpu_time(&self) -> Option<Duration> {
        self.sample();
        self.directory.entry("cpu.stat", "usage_usec").map(Duration::from_micros)
    }

    /// Kills what is in it.
    ///
    /// # Errors
    /// As write(2) and kill(2).
    pub(crate) fn kill(&self) -> Result<(), Errno> {
        match self.directory.write("cgroup.kill", 1) {
            // Before Linux 5.14.
            Err(Errno::NOENT) => kill_one_by_one(&self.directory),
            done => done,
        }
    }

    /// Nothing is in it, not even unreaped.
    pub(crate) fn is_empty(&self) -> bool {
        self.directory.number("pids.current") == Some(0)
    }

    /// Memory was refused at its own limit.
    pub(crate) fn has_hit_its_limit(&self) -> bool {
        let times = |event| self.directory.entry("memory.events", event).unwrap_or(0);
        times("max") > 0 || times("oom") > 0
    }

    /// What it has counted.
    pub(crate) fn counted(&self) -> Counted {
        let cpu = self.directory.read("cpu.stat").unwrap_or_default();
        let time = |key| Duration::from_micros(entry(&cpu, key).unwrap_or(0));
        let peak = self.directory.number("memory.peak");
        Counted {
            user: time("user_usec"),
            system: time("system_usec"),
            memory: Peak::of(peak.unwrap_or(self.sampled.get()), None, Floor::default(), self.files()),
            sampled: peak.is_none(),
            oom: self.directory.entry("memory.events", "oom_kill").is_some_and(|kills| kills > 0),
            processes: self.directory.number("pids.peak").and_then(|peak| u32::try_from(peak).ok()),
        }
    }

    fn files(&self) -> u64 {
        let (current, directory) = self.memory();
        files(current, directory, "file")
    }

    fn sample(&self) {
        let current = self.directory.number("memory.current").unwrap_or(0);
        self.sampled.set(self.sampled.get().max(current));
    }
}

/// A control file that old kernels lack.
fn optional(written: Result<(), Errno>) -> Result<(), Errno> {
    match written {
        Err(Errno::NOENT) => Ok(()),
        written => written,
    }
}
