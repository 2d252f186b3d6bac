//! Leaves in the memory, pids and cpuacct hierarchies.
//!
//! Making and removing cgroups is the dearest part of what surrounds a run. Processes leave nothing behind in theirs, and
//! CPU time can be set to zero, so those leaves stand for all runs. Charges for memory outlive processes; a leaf for
//! memory serves the next run only where next to nothing is left in it.

use std::cell::Cell;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use gavel_protocol::{Bytes, CpuRate, Limits};
use rustix::event::EventfdFlags;
use rustix::io::Errno;

use super::directory::{ControlFile, Directory, JOIN};
use super::own::Own;
use super::peak::{Floor, Peak, charged_ahead};
use super::v1_cpus::{Hierarchies, Leaves};
use super::{Counted, LEFT_OVER, files, kill_one_by_one, killed_beyond};

/// A leaf with more than this part of its limit in it after a run is not used again, nor one with more than [`LEFT_OVER`]: so much less the
/// next run may have, until it is gone.
const PART: u64 = 128;

/// Nor is one with a limit below this, of which too little is left for what the kernel charges ahead.
const ROOMY: Bytes = Bytes::mib(64);

/// The container's own cgroups, ready to hold leaves.
#[derive(Debug)]
pub(crate) struct Base {
    memory: Own,
    standing: Rc<Standing>,
    cpus: Hierarchies,
}

/// The leaves that all runs of this monitor are in, one after another.
#[derive(Debug)]
struct Standing {
    name: String,
    own: Vec<Own>,
    pids: Directory,
    pids_current: ControlFile,
    cpu_usage: ControlFile,
    cpu_user: ControlFile,
    cpu_system: ControlFile,
    joins: Vec<OwnedFd>,
}

impl Standing {
    fn make(root: &Path) -> Result<Self, Errno> {
        // The pid keeps a monitor that is run by hand apart from the one that serves.
        let name = format!("runs-{}", std::process::id());
        let [pids, times] = ["pids", "cpuacct"].map(|hierarchy| root.join(hierarchy));
        let mut own = vec![Own::settle(&pids)?, Own::settle(&times)?];
        let shares = root.join("cpu");
        if is_another(&shares, &times) {
            // Without it all limits are kept, if with less precision.
            own.extend(Own::settle(&shares).ok());
        }
        let leaves = own.iter().map(|own| own.base.make(&name)).collect::<Result<Vec<_>, _>>()?;
        let joins = leaves.iter().map(|leaf| leaf.writer(JOIN)).collect::<Result<_, _>>()?;
        let mut leaves = leaves.into_iter();
        let (pids, times) = leaves.next().zip(leaves.next()).ok_or(Errno::NOENT)?;
        Ok(Self {
            name,
            pids_current: pids.open_file("pids.current")?,
            cpu_usage: times.open_file("cpuacct.usage")?,
            cpu_user: times.open_file("cpuacct.usage_user")?,
            cpu_system: times.open_file("cpuacct.usage_sys")?,
            joins,
            own,
            pids,
        })
    }
}

/// The hierarchy that gives out CPU time is there and is not the one that counts it. In a leaf of that, too, hundreds of processes
/// have no larger a share than the monitor alone: else each time that it lost its core to them they would run far beyond their limit.
fn is_another(shares: &Path, times: &Path) -> bool {
    let found = |path| rustix::fs::stat(path).map(|about| (about.st_dev, about.st_ino));
    found(shares).is_ok_and(|shares| found(times) != Ok(shares))
}

impl Drop for Standing {
    fn drop(&mut self) {
        for own in &self.own {
            // Where it cannot be removed, it goes with the container.
            let _ = own.base.remove(&self.name);
        }
    }
}

impl Base {
    /// Settles in below `memory`, `pids` and `cpuacct`.
    ///
    /// # Errors
    /// As [`Own::settle`].
    pub(crate) fn settle(root: &Path) -> Result<Self, Errno> {
        let memory = Own::settle(&root.join("memory"))?;
        let standing = Rc::new(Standing::make(root)?);
        let cpus = Hierarchies::below(root, standing.name.clone());
        Ok(Self { memory, standing, cpus })
    }

    /// Makes a leaf for memory and readies the others.
    ///
    /// # Errors
    /// As mkdir(2), and as write(2).
    pub(crate) fn make(&self, name: String) -> Result<Leaf, Errno> {
        let memory = Memory::make(&self.memory.base, &name)?;
        self.standing.cpu_usage.write(0)?;
        Ok(Leaf { name, memory, standing: Rc::clone(&self.standing), of_cpus: Leaves::default() })
    }

    /// Removes an empty leaf.
    ///
    /// # Errors
    /// As rmdir(2).
    pub(crate) fn remove(&self, leaf: &Leaf) -> Result<(), Errno> {
        // Some may be gone since an earlier attempt.
        leaf.of_cpus.remove(&leaf.name)?;
        self.memory.base.remove_if_there(&leaf.name)
    }

    /// Gives out CPU time to a leaf at this rate only.
    ///
    /// # Errors
    /// As mkdir(2) and write(2).
    pub(crate) fn bound(&self, leaf: &mut Leaf, rate: CpuRate) -> Result<(), Errno> {
        self.cpus.bound(rate, &leaf.name, &mut leaf.of_cpus)
    }

    /// Keeps a leaf on these CPUs.
    ///
    /// # Errors
    /// As mkdir(2) and write(2).
    pub(crate) fn keep(&self, leaf: &mut Leaf, cpus: &str) -> Result<(), Errno> {
        self.cpus.keep(cpus, &leaf.name, &mut leaf.of_cpus)
    }

    /// OOM kills among the monitor's own processes.
    pub(crate) fn oom_kills(&self) -> u64 {
        self.memory.monitor.entry("memory.oom_control", "oom_kill").unwrap_or(0)
    }
}

/// The leaves of one run.
#[derive(Debug)]
pub(crate) struct Leaf {
    name: String,
    memory: Memory,
    standing: Rc<Standing>,
    of_cpus: Leaves,
}

/// The leaf for memory.
#[derive(Debug)]
struct Memory {
    leaf: Directory,
    join: OwnedFd,
    current: ControlFile,
    /// The most that was in it since it was made or this was set to 0.
    peak: ControlFile,
    /// The same of the kernel's own memory, where that is counted apart.
    kernel_peak: Option<ControlFile>,
    before: Cell<Floor>,
    oom_control: ControlFile,
    /// Readable when the kernel has run out of memory to give; old-style hierarchies kill one process only, which
    /// need not be the main one.
    alarm: Option<OwnedFd>,
}

impl Memory {
    fn make(base: &Directory, name: &str) -> Result<Self, Errno> {
        let leaf = base.make(name)?;
        let oom_control = leaf.open_file("memory.oom_control")?;
        Ok(Self {
            join: leaf.writer(JOIN)?,
            current: leaf.open_file("memory.usage_in_bytes")?,
            peak: leaf.open_file("memory.max_usage_in_bytes")?,
            kernel_peak: leaf.open_file("memory.kmem.max_usage_in_bytes").ok(),
            before: Cell::default(),
            alarm: alarm_of(&leaf, &oom_control).ok(),
            oom_control,
            leaf,
        })
    }

    fn limit(&self, bytes: u64) -> Result<(), Errno> {
        // It may never be above the limit with swap, so a leaf that had a lower one needs that raised first.
        match self.leaf.write("memory.limit_in_bytes", bytes) {
            Err(Errno::INVAL) => {
                self.leaf.write("memory.memsw.limit_in_bytes", bytes)?;
                self.leaf.write("memory.limit_in_bytes", bytes)?;
            }
            written => written?,
        }
        match self.leaf.write("memory.memsw.limit_in_bytes", bytes) {
            // Without swap accounting the kernel can only be asked to prefer not to swap.
            Err(Errno::NOENT) => self.leaf.write("memory.swappiness", 0),
            written => written,
        }
    }

    /// Remembers what is in it now, from which the peaks are counted.
    fn mark(&self) {
        let now = |peak: &ControlFile| peak.write(0).ok().and_then(|()| peak.number()).unwrap_or(0);
        let kernel = self.kernel_peak.as_ref().map_or(0, now);
        self.before.set(Floor { all: now(&self.peak), kernel });
    }

    fn peak(&self) -> Peak {
        let kernel = self.kernel_peak.as_ref().and_then(ControlFile::number);
        let current = self.current.number().unwrap_or(0);
        Peak::of(
            self.peak.number().unwrap_or(0),
            kernel,
            self.before.get(),
            files(current, &self.leaf, "cache"),
        )
    }

    fn has_killed(&self) -> bool {
        self.oom_control.entry("oom_kill").is_some_and(|kills| kills > 0)
    }

    /// The kernel has found no memory here, whether it killed for that or not.
    fn has_rung(&self) -> bool {
        let rung = |alarm| !matches!(rustix::io::read(alarm, &mut [0; 8]), Err(Errno::AGAIN));
        self.alarm.as_ref().is_none_or(rung)
    }

    /// Readies it for another run, where it is as good as a new one.
    fn renew(&self, limit: Bytes) -> bool {
        let is_fit = limit >= ROOMY && !self.has_killed() && !self.has_rung();
        // The peak is what is in it now.
        let left = if is_fit && self.peak.write(0).is_ok() { self.peak.number() } else { None };
        left.is_some_and(|left| left <= LEFT_OVER.get().min(limit.get() / PART))
    }
}

impl Leaf {
    /// What the child writes `0` to.
    pub(crate) fn joins(&self) -> Vec<BorrowedFd<'_>> {
        let joins =
            std::iter::once(&self.memory.join).chain(&self.standing.joins).chain(self.of_cpus.joins());
        joins.map(AsFd::as_fd).collect()
    }

    /// Remembers what is in it before a run.
    pub(crate) fn mark(&self) {
        self.memory.mark();
    }

    /// Readable once the kernel has found no more memory for the run.
    pub(crate) fn alarm(&self) -> Option<BorrowedFd<'_>> {
        self.memory.alarm.as_ref().map(AsFd::as_fd)
    }

    /// Readies it for another run after its own, with these limits. False where a new one is to be made.
    pub(crate) fn renew(&self, limited: Option<(Bytes, u32)>) -> bool {
        let Some((memory, _)) = limited else { return false };
        let is_vacant = self.is_empty() && self.of_cpus.is_empty();
        is_vacant && self.memory.renew(memory) && self.standing.cpu_usage.write(0).is_ok()
    }

    /// What is in it now, in bytes, and where more is told.
    pub(crate) fn memory(&self) -> (u64, &Directory) {
        (self.memory.current.number().unwrap_or(u64::MAX), &self.memory.leaf)
    }

    /// How many are its own.
    pub(crate) fn descriptors(&self) -> u64 {
        5 + u64::from(self.memory.alarm.is_some()) + u64::from(self.memory.kernel_peak.is_some())
    }

    /// Sets its limits.
    ///
    /// # Errors
    /// As write(2).
    pub(crate) fn limit(&self, limits: &Limits) -> Result<(), Errno> {
        self.memory.limit(killed_beyond(limits))?;
        self.standing.pids.write("pids.max", limits.processes)
    }

    /// All threads in it.
    ///
    /// # Errors
    /// As read(2).
    pub(crate) fn threads(&self) -> Result<Vec<i32>, Errno> {
        self.standing.pids.numbers("tasks")
    }

    /// CPU time so far.
    pub(crate) fn cpu_time(&self) -> Option<Duration> {
        self.standing.cpu_usage.number().map(Duration::from_nanos)
    }

    /// Kills what is in it.
    ///
    /// # Errors
    /// As kill(2).
    pub(crate) fn kill(&self) -> Result<(), Errno> {
        kill_one_by_one(&self.standing.pids)
    }

    /// Nothing is in it, not even unreaped.
    pub(crate) fn is_empty(&self) -> bool {
        self.standing.pids_current.number() == Some(0)
    }

    /// Memory was refused at its own limit. `memory.failcnt` would tell, but stays 0 on new kernels; its usage has been at
    /// the limit then, up to what the kernel charges ahead for a CPU (MEMCG_CHARGE_BATCH).
    pub(crate) fn has_hit_its_limit(&self) -> bool {
        let limit = self.memory.leaf.number("memory.limit_in_bytes");
        let peak = self.memory.peak.number();
        limit.zip(peak).is_none_or(|(limit, peak)| peak.saturating_add(charged_ahead()) >= limit)
    }

    /// What it has counted.
    pub(crate) fn counted(&self) -> Counted {
        let all = self.cpu_time().unwrap_or_default();
        let system = system_share(
            all,
            self.standing.cpu_user.number().unwrap_or(0),
            self.standing.cpu_system.number().unwrap_or(0),
        );
        Counted {
            user: all.saturating_sub(system),
            system,
            memory: self.memory.peak(),
            sampled: false,
            oom: self.memory.has_killed(),
            // Where there is a `pids.peak` it is that of all runs.
            processes: None,
        }
    }
}

/// See "OOM Control" in the kernel's Documentation/admin-guide/cgroup-v1/memory.rst.
fn alarm_of(memory: &Directory, oom_control: &ControlFile) -> Result<OwnedFd, Errno> {
    let alarm = rustix::event::eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
    let (rings, of) = (alarm.as_raw_fd(), oom_control.as_fd().as_raw_fd());
    memory.write("cgroup.event_control", format_args!("{rings} {of}"))?;
    Ok(alarm)
}

/// The whole is exact, the parts are sampled at ticks: their proportion is all they are good for.
fn system_share(all: Duration, user: u64, system: u64) -> Duration {
    let both = u128::from(user) + u128::from(system);
    let share = (all.as_nanos() * u128::from(system)).checked_div(both).unwrap_or(0);
    Duration::from_nanos(u64::try_from(share).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_and_system_time_add_up_to_the_exact_whole() {
        assert_eq!(system_share(Duration::from_millis(100), 30, 10), Duration::from_millis(25));
        assert_eq!(system_share(Duration::from_millis(100), 0, 0), Duration::ZERO);
    }
}
