//! Finds the container's own cgroup below `/cg` and makes room there: every process into the leaf `monitor`.

use std::path::{Path, PathBuf};

use rustix::io::Errno;

use super::directory::Directory;

/// The leaf that the container's own processes live in.
const MONITOR: &str = "monitor";

/// Levels below `/cg` that are searched: the container's scope or id, and what is made below it.
const DEPTH: u32 = 4;

/// The container's own cgroup in one hierarchy.
#[derive(Debug)]
pub(crate) struct Own {
    /// Where run leaves are made.
    pub(crate) base: Directory,
    /// Where the monitor itself is.
    pub(crate) monitor: Directory,
}

impl Own {
    /// Finds it and moves whatever is in it into its leaf `monitor`. The runs of another monitor of the same container
    /// are in leaves of their own and stay there.
    ///
    /// # Errors
    /// ENOENT when this process is nowhere below `root`, else as mkdir(2) and write(2).
    pub(crate) fn settle(root: &Path) -> Result<Self, Errno> {
        let base = base(root)?;
        let monitor = base.make(MONITOR)?;
        let own = Self { base, monitor };
        for _ in 0..ROUNDS {
            let left = own.base.processes()?;
            if left.is_empty() {
                return Ok(own);
            }
            for process in left {
                match own.monitor.write("cgroup.procs", process) {
                    // It has ended meanwhile.
                    Ok(()) | Err(Errno::SRCH) => {}
                    Err(errno) => return Err(errno),
                }
            }
        }
        Err(Errno::BUSY)
    }
}

/// The container's own cgroup in a hierarchy where its processes may stay as they are.
///
/// # Errors
/// ENOENT when this process is nowhere below `root`, else as open(2).
pub(crate) fn base(root: &Path) -> Result<Directory, Errno> {
    let found = find(root, &std::process::id().to_string(), DEPTH).ok_or(Errno::NOENT)?;
    Directory::open(&base_of(found))
}

/// A process may be born while others are moved.
const ROUNDS: u32 = 16;

/// A monitor that starts beside another one finds itself in that one's leaf.
fn base_of(found: PathBuf) -> PathBuf {
    match found.parent() {
        Some(parent) if found.file_name().is_some_and(|name| name == MONITOR) => parent.to_owned(),
        _ => found,
    }
}

fn find(directory: &Path, pid: &str, depth: u32) -> Option<PathBuf> {
    let processes = std::fs::read_to_string(directory.join("cgroup.procs")).ok()?;
    if processes.lines().any(|line| line == pid) {
        return Some(directory.to_owned());
    }
    if depth == 0 {
        return None;
    }
    let entries = std::fs::read_dir(directory).ok()?;
    let below = entries.flatten().filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    below.into_iter().find_map(|entry| find(&entry.path(), pid, depth - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cgroup(path: &Path, processes: &str) {
        std::fs::create_dir_all(path).unwrap();
        std::fs::write(path.join("cgroup.procs"), processes).unwrap();
    }

    #[test]
    fn the_own_directory_is_the_one_that_lists_the_own_pid() {
        let root = tempfile::tempdir().unwrap();
        cgroup(root.path(), "");
        cgroup(&root.path().join("docker-old.scope"), "10\n");
        cgroup(&root.path().join("docker-new.scope"), "1\n7\n");
        assert_eq!(find(root.path(), "7", DEPTH), Some(root.path().join("docker-new.scope")));
        assert_eq!(find(root.path(), "0", DEPTH), None);
    }

    #[test]
    fn beside_another_monitor_the_base_is_the_same() {
        assert_eq!(base_of("/cg/c/monitor".into()), Path::new("/cg/c"));
        assert_eq!(base_of("/cg/c".into()), Path::new("/cg/c"));
    }
}
