//! The cgroup of one run: its limits, its figures, and its end.
//!
//! Each run has a leaf to itself below the container's cgroup, made or made ready ahead while the monitor is idle. So a
//! run's figures are its own, and include processes that nobody waited for.

mod directory;
mod own;
mod peak;
mod v1;
mod v1_cpus;
mod v2;

use std::cell::Cell;
use std::os::fd::BorrowedFd;
use std::path::Path;
use std::time::{Duration, Instant};

use gavel_protocol::{Bytes, CgroupTier, Limits, Step};
use rustix::io::Errno;
use rustix::process::{Pid, Signal};

use self::directory::Directory;
pub(crate) use self::peak::{Peak, Touched, page};
use self::peak::{ahead_of_others, unsure};
use crate::crowd;
use crate::held_up::{Ready, Seen};
use crate::request::Refusal;

/// What a leaf has counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counted {
    /// User time.
    pub(crate) user: Duration,
    /// System time.
    pub(crate) system: Duration,
    /// Peak memory.
    pub(crate) memory: Peak,
    /// It was only looked at now and then, so that a higher peak may have been missed.
    pub(crate) sampled: bool,
    /// The kernel killed something in it for want of memory.
    pub(crate) oom: bool,
    /// Most processes and threads at one time.
    pub(crate) processes: Option<u32>,
}

/// What may be left in a leaf after a run: the kernel charges ahead for each CPU, frees its own objects a moment later, and charges a program
/// for what it is the first to read of a file.
const LEFT_OVER: Bytes = Bytes::mib(1);

/// Where runs get their leaves from.
#[derive(Debug)]
pub(crate) struct Leaves {
    base: Base,
    made: u64,
    /// One that has served, and serves again.
    spare: Option<Leaf>,
    oom_kills: u64,
}

#[derive(Debug)]
enum Base {
    V2(v2::Base),
    V1(v1::Base),
    None,
}

impl Leaves {
    /// Settles below `root`. Where there is nothing to write, runs go without leaves.
    ///
    /// # Errors
    /// A sentence about what is there but cannot be used, beside the leaves to go on with.
    pub(crate) fn settle(root: &Path) -> (Self, Option<String>) {
        let settled = if root.join("cgroup.controllers").exists() {
            v2::Base::settle(root).map(Base::V2)
        } else if root.join("memory").is_dir() {
            v1::Base::settle(root).map(Base::V1)
        } else {
            Ok(Base::None)
        };
        let (base, problem) = match settled {
            Ok(base) => (base, None),
            Err(errno) => {
                (Base::None, Some(format!("no cgroup can be made below {}: {errno}", root.display())))
            }
        };
        let mut leaves = Self { base, made: 0, spare: None, oom_kills: 0 };
        leaves.oom_kills = leaves.count_oom_kills();
        (leaves, problem)
    }

    /// How limits are enforced here.
    pub(crate) fn tier(&self) -> CgroupTier {
        match self.base {
            Base::V2(_) => CgroupTier::V2,
            Base::V1(_) => CgroupTier::V1,
            Base::None => CgroupTier::None,
        }
    }

    /// Makes a leaf for a program of this uid.
    ///
    /// # Errors
    /// As mkdir(2).
    pub(crate) fn make(&mut self, uid: u32) -> Result<Leaf, Errno> {
        if let Some(spare) = self.spare.take_if(|spare| spare.uid == uid) {
            return Ok(spare);
        }
        // The pid keeps a monitor that is run by hand apart from the one that serves.
        let name = format!("run-{}-{}", std::process::id(), self.made);
        self.made += 1;
        let kind = match &self.base {
            Base::V2(base) => base.make(name).map(Kind::V2),
            Base::V1(base) => base.make(name).map(Kind::V1),
            Base::None => Ok(Kind::None { oom_kills: container_oom_kills() }),
        };
        Ok(Leaf { kind: kind?, uid, limited: Cell::new(None) })
    }

    /// Takes a leaf back after its run.
    ///
    /// # Errors
    /// As rmdir(2).
    pub(crate) fn take_back(&mut self, leaf: Leaf) -> Result<(), Errno> {
        match &leaf.kind {
            Kind::V1(of_run) if self.spare.is_none() && of_run.renew(leaf.limited.get()) => {
                self.spare = Some(leaf);
                Ok(())
            }
            _ => self.remove(leaf),
        }
    }

    /// Those of the leaf that is kept.
    pub(crate) fn descriptors(&self) -> u64 {
        match self.spare.as_ref().map(|spare| &spare.kind) {
            Some(Kind::V1(leaf)) => leaf.descriptors(),
            Some(Kind::V2(_) | Kind::None { .. }) | None => 0,
        }
    }

    /// Removes a leaf.
    ///
    /// # Errors
    /// As rmdir(2).
    pub(crate) fn remove(&self, leaf: Leaf) -> Result<(), Errno> {
        let patience = Instant::now() + Duration::from_millis(500);
        loop {
            let removed = match (&self.base, &leaf.kind) {
                (Base::V2(base), Kind::V2(leaf)) => base.remove(leaf),
                (Base::V1(base), Kind::V1(leaf)) => base.remove(leaf),
                (_, Kind::None { .. }) => Ok(()),
                _ => Err(Errno::INVAL),
            };
            match removed {
                // The last process is dead, but the kernel has not let go of it everywhere.
                Err(Errno::BUSY) if Instant::now() < patience => std::thread::sleep(Duration::from_millis(1)),
                removed => return removed,
            }
        }
    }

    /// Bounds the rate and chooses the CPUs of a leaf, where its limits ask for that. Once for each leaf, before anybody
    /// comes in.
    ///
    /// # Errors
    /// The step at fault; ENOTSUP without cgroups.
    pub(crate) fn confine_cpus(&self, leaf: &mut Leaf, limits: &Limits) -> Result<(), Refusal> {
        if let Some(rate) = limits.cpu_rate {
            let bound = match (&self.base, &mut leaf.kind) {
                (Base::V2(_), Kind::V2(leaf)) => leaf.bound(rate),
                (Base::V1(base), Kind::V1(leaf)) => base.bound(leaf, rate),
                _ => Err(Errno::NOTSUP),
            };
            bound.map_err(|errno| (Step::CpuRate, errno.raw_os_error()))?;
        }
        if let Some(cpus) = &limits.cpus {
            let kept = match (&self.base, &mut leaf.kind) {
                _ if names_none(cpus) => Err(Errno::INVAL),
                (Base::V2(base), Kind::V2(leaf)) => base.keep(leaf, cpus),
                (Base::V1(base), Kind::V1(leaf)) => base.keep(leaf, cpus),
                _ => Err(Errno::NOTSUP),
            };
            kept.map_err(|errno| (Step::CpuSet, errno.raw_os_error()))?;
        }
        Ok(())
    }

    /// The kernel killed one of the container's own processes for want of memory since this was asked last.
    pub(crate) fn own_oom_kill(&mut self) -> bool {
        let now = self.count_oom_kills();
        std::mem::replace(&mut self.oom_kills, now) < now
    }

    fn count_oom_kills(&self) -> u64 {
        match &self.base {
            Base::V2(base) => base.oom_kills(),
            Base::V1(base) => base.oom_kills(),
            Base::None => 0,
        }
    }
}

impl Drop for Leaves {
    fn drop(&mut self) {
        if let Some(spare) = self.spare.take() {
            // Where it cannot be removed, it goes with the container.
            let _ = self.remove(spare);
        }
    }
}

/// The leaf of one run.
#[derive(Debug)]
pub(crate) struct Leaf {
    kind: Kind,
    uid: u32,
    /// What it is limited to, which need not be written again: memory and processes.
    limited: Cell<Option<(Bytes, u32)>>,
}

#[derive(Debug)]
enum Kind {
    V2(v2::Leaf),
    V1(v1::Leaf),
    None {
        /// OOM kills in the container before this run.
        oom_kills: u64,
    },
}

impl Leaf {
    /// Sets its limits.
    ///
    /// # Errors
    /// As write(2).
    pub(crate) fn limit(&self, limits: &Limits) -> Result<(), Errno> {
        let wanted = Some((limits.memory, limits.processes));
        if self.limited.get() == wanted {
            return Ok(());
        }
        self.limited.set(None);
        match &self.kind {
            Kind::V2(leaf) => leaf.limit(limits),
            Kind::V1(leaf) => leaf.limit(limits),
            Kind::None { .. } => Ok(()),
        }?;
        self.limited.set(wanted);
        Ok(())
    }

    /// Remembers what is in it before a run.
    pub(crate) fn mark(&self) {
        match &self.kind {
            Kind::V1(leaf) => leaf.mark(),
            // A new one for each run.
            Kind::V2(_) | Kind::None { .. } => {}
        }
    }

    /// The directory of a leaf that a child can be born in.
    pub(crate) fn directory(&self) -> Option<BorrowedFd<'_>> {
        match &self.kind {
            Kind::V2(leaf) => Some(leaf.directory()),
            Kind::V1(_) | Kind::None { .. } => None,
        }
    }

    /// The file of each hierarchy by which a child comes in, for it to write `0` to.
    pub(crate) fn joins(&self) -> Vec<BorrowedFd<'_>> {
        match &self.kind {
            Kind::V2(leaf) => leaf.joins(),
            Kind::V1(leaf) => leaf.joins(),
            Kind::None { .. } => Vec::new(),
        }
    }

    /// Readable once the kernel has killed for want of memory, where it does not kill the whole run by itself.
    pub(crate) fn alarm(&self) -> Option<BorrowedFd<'_>> {
        match &self.kind {
            Kind::V1(leaf) => leaf.alarm(),
            Kind::V2(_) | Kind::None { .. } => None,
        }
    }

    /// CPU time so far; `main` is the program's main process.
    pub(crate) fn cpu_time(&self, main: Pid) -> Duration {
        let counted = match &self.kind {
            Kind::V2(leaf) => leaf.cpu_time(),
            Kind::V1(leaf) => leaf.cpu_time(),
            Kind::None { .. } => crowd::cpu_time(self.uid),
        };
        // A leaf lags behind by up to a tick; the clock of a process does not.
        counted.unwrap_or_default().max(crowd::cpu_time_of(main))
    }

    /// What the run has had so far, and how long its threads have waited for more; `main` is the program's main process. None as
    /// soon as it has had this much CPU time: then how long it has waited is of no interest any more.
    pub(crate) fn seen(&self, elapsed: Duration, main: Pid, most_cpu: Duration) -> Option<Seen> {
        let waits = crowd::waits(&self.threads(), || self.cpu_time(main) < most_cpu)?;
        Some(Seen { elapsed, cpu: self.cpu_time(main), waits })
    }

    /// Its threads that run or would; nobody as soon as it has had this much CPU time.
    pub(crate) fn ready(&self, main: Pid, most_cpu: Duration) -> Ready {
        crowd::ready(&self.threads(), || self.cpu_time(main) < most_cpu).unwrap_or_default()
    }

    /// Those that are alive; where they cannot be found, nobody waits.
    fn threads(&self) -> Vec<Pid> {
        let found = match &self.kind {
            Kind::V2(leaf) => leaf.threads(),
            Kind::V1(leaf) => leaf.threads(),
            Kind::None { .. } => return crowd::threads(self.uid),
        };
        found.unwrap_or_default().into_iter().filter_map(Pid::from_raw).collect()
    }

    /// Kills everything in it, once.
    ///
    /// # Errors
    /// As kill(2).
    pub(crate) fn kill(&self) -> Result<(), Errno> {
        // Killing may take away the right to make processes.
        self.limited.set(None);
        match &self.kind {
            Kind::V2(leaf) => leaf.kill(),
            Kind::V1(leaf) => leaf.kill(),
            Kind::None { .. } => crowd::kill(self.uid),
        }
    }

    /// Nothing is left in it, not even unreaped.
    pub(crate) fn is_empty(&self) -> bool {
        match &self.kind {
            Kind::V2(leaf) => leaf.is_empty(),
            Kind::V1(leaf) => leaf.is_empty(),
            // Who cannot be looked for may still be there.
            Kind::None { .. } => crowd::of(self.uid).is_ok_and(|left| left.is_empty()),
        }
    }

    /// Its own limit was what memory ran out at; an OOM kill counts in a leaf also where an ancestor's did.
    pub(crate) fn has_hit_its_limit(&self) -> bool {
        match &self.kind {
            Kind::V2(leaf) => leaf.has_hit_its_limit(),
            Kind::V1(leaf) => leaf.has_hit_its_limit(),
            // Not to be told from the container's.
            Kind::None { .. } => true,
        }
    }

    /// Memory of files that are in memory only, when nothing of the run is alive; 0 where there is too little in it to tell from what the
    /// kernel charges ahead.
    pub(crate) fn held(&self) -> u64 {
        let (current, directory) = match &self.kind {
            Kind::V2(leaf) => leaf.memory(),
            Kind::V1(leaf) => leaf.memory(),
            Kind::None { .. } => return 0,
        };
        if current <= LEFT_OVER.get() {
            return 0;
        }
        let held = directory.entry("memory.stat", "shmem").unwrap_or(0).min(current);
        held.saturating_sub(unsure().max(LEFT_OVER.get()))
    }

    /// Without a leaf: the kernel killed something in the container for want of memory.
    pub(crate) fn container_oom(&self) -> bool {
        matches!(&self.kind, Kind::None { oom_kills } if container_oom_kills() > *oom_kills)
    }

    /// What it has counted; None without cgroups.
    pub(crate) fn counted(&self) -> Option<Counted> {
        match &self.kind {
            Kind::V2(leaf) => Some(leaf.counted()),
            Kind::V1(leaf) => Some(leaf.counted()),
            Kind::None { .. } => None,
        }
    }
}

/// The kernel would take it for an empty set, which is no bound at all: it reads up to a NUL and leaves out what is blank.
fn names_none(cpus: &str) -> bool {
    cpus.contains('\0') || cpus.trim_ascii().is_empty()
}

/// What the container sees of its own cgroup, which may be read where it may not be written.
fn container_oom_kills() -> u64 {
    let counters = ["/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control"];
    let count = |file: &&str| directory::entry(&std::fs::read_to_string(file).ok()?, "oom_kill");
    counters.iter().find_map(count).unwrap_or(0)
}

/// What is in a leaf of files on disks, when nothing of its run is alive; 0 where there is too little in it altogether. Hierarchies of
/// both kinds count files in memory among the others.
fn files(current: u64, leaf: &Directory, all: &str) -> u64 {
    if current <= LEFT_OVER.get() {
        return 0;
    }
    let figures = leaf.read("memory.stat").unwrap_or_default();
    let [all, in_memory] = [all, "shmem"].map(|key| directory::entry(&figures, key).unwrap_or(0));
    all.saturating_sub(in_memory)
}

/// What the kernel kills a run beyond, in bytes: its limit, and what may not be its own. Of a small limit no more than a quarter, so
/// that who has less than a new process needs does nothing.
fn killed_beyond(limits: &Limits) -> u64 {
    let limit = limits.memory.get();
    limit.saturating_add(ahead_of_others().min(limit / 4))
}

/// Kills the processes of a leaf with the pids controller where the kernel cannot do it at one stroke. With `pids.max` at 0 none is born any
/// more, so that a few rounds end even a fork bomb; and nothing is started for it.
fn kill_one_by_one(leaf: &Directory) -> Result<(), Errno> {
    leaf.write("pids.max", 0)?;
    for process in leaf.processes()? {
        let Some(process) = Pid::from_raw(process) else { continue };
        match rustix::process::kill_process(process, Signal::KILL) {
            Ok(()) | Err(Errno::SRCH) => {}
            Err(errno) => return Err(errno),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_that_the_kernel_would_take_for_none_is_refused() {
        for cpus in ["\0", "0\0", "\x000", " ", "\n", ""] {
            assert!(names_none(cpus), "{cpus:?}");
        }
        assert!(!names_none("0") && !names_none("0-1,3\n"));
    }
}
