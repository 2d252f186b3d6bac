//! Leaves in the `cpu` and `cpuset` hierarchies, for the runs that ask for a CPU rate or for certain CPUs. Joining a
//! hierarchy costs every run milliseconds, so the others stay where their container is.

use std::path::{Path, PathBuf};

use gavel_protocol::CpuRate;
use rustix::io::Errno;
use rustix::process::Pid;

use super::directory::Directory;
use super::own;

/// The two hierarchies.
#[derive(Debug)]
pub(super) struct Hierarchies {
    root: PathBuf,
}

/// The leaves of one run, as many as it needs.
#[derive(Debug, Default)]
pub(super) struct Leaves {
    /// Each one's parent.
    bases: Vec<Directory>,
}

impl Hierarchies {
    /// Those below this directory, which may be missing: what needs them then fails with ENOENT.
    pub(super) fn below(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    /// Bounds the rate of a process and of what it will start.
    ///
    /// # Errors
    /// As mkdir(2) and write(2).
    pub(super) fn bound(
        &self,
        process: Pid,
        rate: CpuRate,
        name: &str,
        leaves: &mut Leaves,
    ) -> Result<(), Errno> {
        let (_, leaf) = leaves.make(&self.root.join("cpu"), name)?;
        let (quota, period) = rate.quota_and_period();
        leaf.write("cpu.cfs_period_us", period)?;
        leaf.write("cpu.cfs_quota_us", quota)?;
        leaf.write("cgroup.procs", process.as_raw_nonzero())
    }

    /// Keeps a process and what it will start on certain CPUs.
    ///
    /// # Errors
    /// As mkdir(2) and write(2): ERANGE for a CPU that no machine has, EINVAL for what is no list.
    pub(super) fn keep(
        &self,
        process: Pid,
        cpus: &str,
        name: &str,
        leaves: &mut Leaves,
    ) -> Result<(), Errno> {
        let (base, leaf) = leaves.make(&self.root.join("cpuset"), name)?;
        // A new one has no memory to use, and nobody can join it before it has.
        leaf.write("cpuset.mems", base.read("cpuset.mems")?.trim_end())?;
        leaf.write("cpuset.cpus", cpus)?;
        leaf.write("cgroup.procs", process.as_raw_nonzero())
    }
}

impl Leaves {
    /// Makes one below the container's own cgroup of a hierarchy; it is there to be removed whatever comes of it.
    fn make(&mut self, hierarchy: &Path, name: &str) -> Result<(&Directory, Directory), Errno> {
        let base = own::base(hierarchy)?;
        let leaf = base.make(name)?;
        self.bases.push(base);
        Ok((self.bases.last().ok_or(Errno::NOENT)?, leaf))
    }

    /// Removes those of this name, which are empty.
    ///
    /// # Errors
    /// As rmdir(2).
    pub(super) fn remove(&self, name: &str) -> Result<(), Errno> {
        self.bases.iter().try_for_each(|base| base.remove_if_there(name))
    }
}
