//! What every run needs and is made once, at the start.

use std::os::fd::OwnedFd;
use std::path::Path;

use crate::boxes::Boxes;
use crate::cgroup::Leaves;
use crate::supervise::Deaths;
use crate::{landlock, seccomp};

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
    /// The seccomp filter.
    pub(crate) filter: Vec<libc::sock_filter>,
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
        Ok((Self { boxes, leaves, deaths, rules, filter: seccomp::filter() }, problems))
    }
}
