//! Leaves in the memory, pids and cpuacct hierarchies.
//!
//! Making and removing cgroups is the dearest part of what surrounds a run, so only memory, whose charges outlive
//! processes, gets a new one each time. Processes leave nothing behind in theirs, and CPU time can be set to zero.

use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use gavel_protocol::{Bytes, CpuRate, Limits};
use rustix::event::EventfdFlags;
use rustix::io::Errno;
use rustix::process::Pid;

use super::directory::{Directory, NumberFile};
use super::own::Own;
use super::v1_cpus::{Hierarchies, Leaves};
use super::{Counted, HEADROOM, kill_one_by_one};

/// Where a child of one thread moves itself. By `cgroup.procs` the kernel would hold up every fork and exec of the host
/// meanwhile, and wait for all CPUs, up to 10 ms, unless it has just done so (cgroup_procs_write_start, since Linux 5.5).
const JOIN: &str = "tasks";

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
    own: [Own; 2],
    pids: Directory,
    pids_current: NumberFile,
    cpu_usage: NumberFile,
    cpu_user: NumberFile,
    cpu_system: NumberFile,
    joins: [OwnedFd; 2],
}

impl Standing {
    fn make(root: &Path) -> Result<Self, Errno> {
        // The pid keeps a monitor that is run by hand apart from the one that serves.
        let name = format!("runs-{}", std::process::id());
        let own = [Own::settle(&root.join("pids"))?, Own::settle(&root.join("cpuacct"))?];
        let [pids, cpu] = [own[0].base.make(&name)?, own[1].base.make(&name)?];
        Ok(Self {
            name,
            own,
            pids_current: pids.open_number("pids.current")?,
            cpu_usage: cpu.open_number("cpuacct.usage")?,
            cpu_user: cpu.open_number("cpuacct.usage_user")?,
            cpu_system: cpu.open_number("cpuacct.usage_sys")?,
            joins: [pids.writer(JOIN)?, cpu.writer(JOIN)?],
            pids,
        })
    }
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
        let memory = self.memory.base.make(&name)?;
        let join = memory.writer(JOIN)?;
        self.standing.cpu_usage.write(0)?;
        let alarm = alarm_of(&memory).ok();
        let standing = Rc::clone(&self.standing);
        Ok(Leaf { name, memory, join, standing, of_cpus: Leaves::default(), alarm })
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

    /// Gives out CPU time to a process of a leaf, and to what it will start, at this rate only.
    ///
    /// # Errors
    /// As mkdir(2) and write(2).
    pub(crate) fn bound(&self, leaf: &mut Leaf, process: Pid, rate: CpuRate) -> Result<(), Errno> {
        self.cpus.bound(process, rate, &leaf.name, &mut leaf.of_cpus)
    }

    /// Keeps a process of a leaf, and what it will start, on these CPUs.
    ///
    /// # Errors
    /// As mkdir(2) and write(2).
    pub(crate) fn keep(&self, leaf: &mut Leaf, process: Pid, cpus: &str) -> Result<(), Errno> {
        self.cpus.keep(process, cpus, &leaf.name, &mut leaf.of_cpus)
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
    memory: Directory,
    join: OwnedFd,
    standing: Rc<Standing>,
    of_cpus: Leaves,
    /// Readable when the kernel has run out of memory to give; old-style hierarchies kill one process only, which
    /// need not be the main one.
    alarm: Option<OwnedFd>,
}

impl Leaf {
    /// What the child writes `0` to.
    pub(crate) fn joins(&self) -> Vec<BorrowedFd<'_>> {
        std::iter::once(&self.join).chain(&self.standing.joins).map(AsFd::as_fd).collect()
    }

    /// Readable once the kernel has found no more memory for the run.
    pub(crate) fn alarm(&self) -> Option<BorrowedFd<'_>> {
        self.alarm.as_ref().map(AsFd::as_fd)
    }

    /// Sets its limits.
    ///
    /// # Errors
    /// As write(2).
    pub(crate) fn limit(&self, limits: &Limits) -> Result<(), Errno> {
        let memory = limits.memory.get().saturating_add(HEADROOM);
        // It may never be above the limit with swap, so a leaf that had a lower one needs that raised first.
        match self.memory.write("memory.limit_in_bytes", memory) {
            Err(Errno::INVAL) => {
                self.memory.write("memory.memsw.limit_in_bytes", memory)?;
                self.memory.write("memory.limit_in_bytes", memory)?;
            }
            written => written?,
        }
        match self.memory.write("memory.memsw.limit_in_bytes", memory) {
            // Without swap accounting the kernel can only be asked to prefer not to swap.
            Err(Errno::NOENT) => self.memory.write("memory.swappiness", 0)?,
            written => written?,
        }
        self.standing.pids.write("pids.max", limits.processes)
    }

    /// CPU time so far.
    pub(crate) fn cpu_time(&self) -> Option<Duration> {
        self.standing.cpu_usage.read().map(Duration::from_nanos)
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
        self.standing.pids_current.read() == Some(0)
    }

    /// Memory was refused at its own limit. `memory.failcnt` would tell, but stays 0 on new kernels; its usage has been at
    /// the limit then, up to what the kernel charges ahead for a CPU (MEMCG_CHARGE_BATCH).
    pub(crate) fn has_hit_its_limit(&self) -> bool {
        const AHEAD: u64 = 64 * 4096;
        let limit = self.memory.number("memory.limit_in_bytes");
        let peak = self.memory.number("memory.max_usage_in_bytes");
        limit.zip(peak).is_none_or(|(limit, peak)| peak.saturating_add(AHEAD) >= limit)
    }

    /// What it has counted.
    pub(crate) fn counted(&self) -> Counted {
        let all = self.cpu_time().unwrap_or_default();
        let system = system_share(
            all,
            self.standing.cpu_user.read().unwrap_or(0),
            self.standing.cpu_system.read().unwrap_or(0),
        );
        Counted {
            user: all.saturating_sub(system),
            system,
            memory: Bytes(self.memory.number("memory.max_usage_in_bytes").unwrap_or(0)),
            sampled: false,
            oom: self.memory.entry("memory.oom_control", "oom_kill").is_some_and(|kills| kills > 0),
            // Where there is a `pids.peak` it is that of all runs.
            processes: None,
        }
    }
}

/// See "OOM Control" in the kernel's Documentation/admin-guide/cgroup-v1/memory.rst.
fn alarm_of(memory: &Directory) -> Result<OwnedFd, Errno> {
    let alarm = rustix::event::eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
    let control = memory.reader("memory.oom_control")?;
    memory.write("cgroup.event_control", format_args!("{} {}", alarm.as_raw_fd(), control.as_raw_fd()))?;
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
