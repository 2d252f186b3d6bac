//! Leaves in the `cpu` and `cpuset` hierarchies, for the runs that ask for a CPU rate or for certain CPUs. Joining a
//! hierarchy costs every run milliseconds, so the others stay where their container is.

use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use gavel_protocol::CpuRate;
use rustix::io::Errno;

use super::directory::{Directory, JOIN};
use super::own;

/// The two hierarchies.
#[derive(Debug)]
pub(super) struct Hierarchies {
    root: PathBuf,
    /// The leaf that every run is in where these are one hierarchy with cpuacct, as on many hosts.
    standing: String,
}

/// The leaves of one run, as many as it needs.
#[derive(Debug, Default)]
pub(super) struct Leaves {
    /// Each one's parent.
    bases: Vec<Directory>,
    joins: Vec<OwnedFd>,
}

impl Hierarchies {
    /// Those below this directory, which may be missing: what needs them then fails with ENOENT.
    pub(super) fn below(root: &Path, standing: String) -> Self {
        Self { root: root.to_owned(), standing }
    }

    /// Bounds the rate of who joins.
    ///
    /// # Errors
    /// As mkdir(2) and write(2).
    pub(super) fn bound(&self, rate: CpuRate, name: &str, leaves: &mut Leaves) -> Result<(), Errno> {
        let (_, leaf) = leaves.make(self.base("cpu")?, name)?;
        let (quota, period) = rate.quota_and_period();
        leaf.write("cpu.cfs_period_us", period)?;
        leaf.write("cpu.cfs_quota_us", quota)?;
        leaves.joins.push(leaf.writer(JOIN)?);
        Ok(())
    }

    /// Keeps who joins on certain CPUs.
    ///
    /// # Errors
    /// As mkdir(2) and write(2): ERANGE for a CPU that no machine has, EINVAL for what is no list.
    pub(super) fn keep(&self, cpus: &str, name: &str, leaves: &mut Leaves) -> Result<(), Errno> {
        let (base, leaf) = leaves.make(self.base("cpuset")?, name)?;
        // A new one has no memory to use, and nobody can join it before it has.
        leaf.write("cpuset.mems", base.read("cpuset.mems")?.trim_end())?;
        leaf.write("cpuset.cpus", cpus)?;
        leaves.joins.push(leaf.writer(JOIN)?);
        Ok(())
    }

    /// Where a run's leaf goes: below the standing leaf where there is one, so that its CPU time counts there still.
    fn base(&self, hierarchy: &str) -> Result<Directory, Errno> {
        let own = own::base(&self.root.join(hierarchy))?;
        match own.below(&self.standing) {
            Err(Errno::NOENT) => Ok(own),
            standing => standing,
        }
    }
}

impl Leaves {
    /// Makes one; it is there to be removed whatever comes of it.
    fn make(&mut self, base: Directory, name: &str) -> Result<(&Directory, Directory), Errno> {
        let leaf = base.make(name)?;
        self.bases.push(base);
        Ok((self.bases.last().ok_or(Errno::NOENT)?, leaf))
    }

    /// What a child writes `0` to, after it has joined the leaves that all runs have.
    pub(super) fn joins(&self) -> &[OwnedFd] {
        &self.joins
    }

    /// There is none.
    pub(super) fn is_empty(&self) -> bool {
        self.bases.is_empty()
    }

    /// Removes those of this name, which are empty.
    ///
    /// # Errors
    /// As rmdir(2).
    pub(super) fn remove(&self, name: &str) -> Result<(), Errno> {
        self.bases.iter().try_for_each(|base| base.remove_if_there(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leaf_goes_below_the_standing_one_where_cpu_and_cpuacct_are_one_hierarchy() {
        let root = tempfile::tempdir().unwrap();
        let (alone, shared) = (root.path().join("cpuset/c"), root.path().join("cpu/c"));
        for own in [&alone, &shared] {
            std::fs::create_dir_all(own).unwrap();
            std::fs::write(own.parent().unwrap().join("cgroup.procs"), "").unwrap();
            std::fs::write(own.join("cgroup.procs"), format!("{}\n", std::process::id())).unwrap();
        }
        std::fs::create_dir(shared.join("runs-1")).unwrap();
        let hierarchies = Hierarchies::below(root.path(), "runs-1".into());
        for (hierarchy, made) in [("cpuset", alone.join("run-7")), ("cpu", shared.join("runs-1/run-7"))] {
            Leaves::default().make(hierarchies.base(hierarchy).unwrap(), "run-7").unwrap();
            assert!(made.is_dir());
        }
    }
}
