//! What every run needs and is made once, at the start.

use std::os::fd::OwnedFd;
use std::path::Path;

use crate::boxes::Boxes;
use crate::cgroup::Leaves;
use crate::landlock;
use crate::supervise::Deaths;

/// Everything that outlives a run.
#[derive(Debug)]
pub(crate) struct Equipment {
    /// The directories programs may write.
    pub(crate) boxes: Boxes,
    /// Where leaves come from.
    pub(crate) leaves: Leaves,
    /// Tells of dead children.
    pub(crate) deaths: Deaths,
    /// The Landlock rules, where the kernel has them.
    pub(crate) rules: Option<OwnedFd>,
    /// The signals that this process ignores: SIGPIPE, as Rust's runtime has it, and what whoever started it ignored
    /// (`nohup`, the background jobs of a shell).
    pub(crate) ignored: Vec<i32>,
}

impl Equipment {
    /// Makes it. What cannot be used as it should is told beside it.
    ///
    /// # Errors
    /// As signalfd(2) and prctl(2).
    pub(crate) fn new(
        boxes: Boxes,
        cgroups: &Path,
        writable: &[&str],
    ) -> std::io::Result<(Self, Vec<String>)> {
        let deaths = Deaths::new()?;
        // Orphans of a run come to the monitor, which reaps them; as PID 1 they do anyway.
        rustix::process::set_child_subreaper(Some(rustix::process::getpid()))?;
        let mut problems = Vec::new();
        let (leaves, problem) = Leaves::settle(cgroups);
        problems.extend(problem);
        let paths = boxes.directories().iter().map(|directory| directory.path.as_str());
        let rules = landlock::rules(paths.chain(writable.iter().copied())).unwrap_or_else(|error| {
            problems.push(format!("the Landlock rules cannot be made: {error}"));
            None
        });
        let ignored = ignored_signals(&std::fs::read_to_string("/proc/self/status")?);
        Ok((Self { boxes, leaves, deaths, rules, ignored }, problems))
    }
}

/// Those of a `/proc/PID/status`, proc(5): a mask in hexadecimal, whose lowest bit is signal 1.
fn ignored_signals(status: &str) -> Vec<i32> {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    (1..=64).filter(|signal| mask & (1 << (signal - 1)) != 0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ignored_signals_are_the_bits_of_the_mask() {
        let status = "SigBlk:\tffffffffffffffff\nSigIgn:\t8000000180001003\nSigCgt:\t0000000000000001\n";
        assert_eq!(ignored_signals(status), [libc::SIGHUP, libc::SIGINT, libc::SIGPIPE, 32, 33, 64]);
    }
}
