//! One run as a whole: files in, the program, and the box wiped and proven clean afterwards.

use std::os::fd::{AsFd, OwnedFd};

use gavel_protocol::{BoxFile, Clean, Collect, CollectedFile, Outcome, Run, Step};

use crate::cgroup::Leaf;
use crate::channel::ChannelError;
use crate::equipment::Equipment;
use crate::proof::KnownDescriptors;
use crate::request::{Refusal, Request};
use crate::spawn::{Child, Plan, reap, spawn};
use crate::supervise::{Interrupts, supervise};
use crate::{collect, proof, reset, rlimits};

/// Runs programs of one user, one at a time.
#[derive(Debug)]
pub(crate) struct Runner {
    uid: u32,
    gid: u32,
    equipment: Equipment,
    known: KnownDescriptors,
    /// The leaf of the run that is not yet cleaned away.
    leaf: Option<Leaf>,
    /// What would not die.
    survivors: Option<String>,
    /// Files put into the box so far.
    placed: u32,
    unput: Option<u32>,
    /// What the program writes through a descriptor, by path.
    written: Vec<(String, OwnedFd)>,
}

impl Runner {
    /// Ready for the first run.
    pub(crate) fn new(uid: u32, gid: u32, equipment: Equipment) -> Self {
        let mut runner = Self {
            uid,
            gid,
            equipment,
            known: KnownDescriptors::count(),
            leaf: None,
            survivors: None,
            placed: 0,
            unput: None,
            written: Vec::new(),
        };
        runner.prepare();
        runner
    }

    /// Puts files into the box.
    ///
    /// # Errors
    /// The first that could not be put there.
    pub(crate) fn put(&mut self, files: &[BoxFile], descriptors: &[OwnedFd]) -> Result<(), Refusal> {
        for file in files {
            if let Err(errno) = self.equipment.boxes.put(file, descriptors) {
                self.unput.get_or_insert(self.placed);
                return Err((Step::PutFile, errno.raw_os_error()));
            }
            self.placed += 1;
        }
        Ok(())
    }

    /// Which file could not be put, counted over all of the run's.
    pub(crate) fn unput(&self) -> Option<u32> {
        self.unput
    }

    /// Runs a program to the death of its last process. [`Runner::clean`] is to follow.
    ///
    /// # Errors
    /// When the conversation with the server cannot go on.
    pub(crate) fn run(
        &mut self,
        run: &Run,
        descriptors: Vec<OwnedFd>,
        interrupts: &mut impl Interrupts,
    ) -> Result<Outcome, ChannelError> {
        let child = match self.start(run, descriptors) {
            Ok(child) => child,
            Err((step, errno)) => return Ok(Outcome::NotStarted { step, errno }),
        };
        let Some(leaf) = &self.leaf else {
            return Ok(Outcome::NotStarted { step: Step::MakeLeaf, errno: libc::EIO });
        };
        let done = supervise(&child, leaf, &run.limits, &self.equipment.deaths, interrupts)?;
        self.survivors = done.survivors;
        Ok(done.outcome)
    }

    fn start(&mut self, run: &Run, descriptors: Vec<OwnedFd>) -> Result<Child, Refusal> {
        self.put(&run.files, &descriptors)?;
        let request = Request::new(run, descriptors, None, &self.equipment.boxes)?;
        self.written = request.written().map_err(|errno| (Step::Stdio, errno.raw_os_error()))?;
        let leaf = self.equipment.leaves.take(&run.limits, self.uid);
        let leaf = self.leaf.insert(leaf.map_err(|errno| (Step::MakeLeaf, errno.raw_os_error()))?);
        spawn(&Plan {
            image: request.image(),
            argv: request.argv(),
            env: request.env(),
            cwd: request.cwd(),
            stdio: request.stdio(),
            terminal: None,
            birthplace: leaf.birthplace(),
            joins: leaf.joins(),
            rlimits: rlimits::of(&run.limits),
            uid: self.uid,
            gid: self.gid,
            landlock: self.equipment.rules.as_ref().map(AsFd::as_fd),
            filter: &self.equipment.filter,
        })
    }

    /// Opens what a run left at a path of the box.
    pub(crate) fn collect(&self, wanted: &Collect) -> (CollectedFile, Option<OwnedFd>) {
        match self.written.iter().find(|(path, _)| *path == wanted.path) {
            Some((_, file)) => collect::again(wanted, file),
            None => collect::collect(wanted, &self.equipment.boxes, self.uid),
        }
    }

    /// Removes all of the run and proves that nothing is left.
    pub(crate) fn clean(&mut self) -> Clean {
        while reap().is_some() {}
        (self.placed, self.unput) = (0, None);
        self.written.clear();
        let doubt =
            self.survivors.take().or_else(|| self.remove_leaf()).or_else(|| self.wipe()).or_else(|| {
                let oom = self.equipment.leaves.own_oom_kill();
                oom.then(|| {
                    "the kernel killed a process of the monitor's own cgroup for want of memory".into()
                })
            });
        match doubt.or_else(|| proof::doubt(&self.equipment.boxes, self.uid, self.known)) {
            None => Clean::Proven,
            Some(doubt) => Clean::Doubtful(doubt),
        }
    }

    /// Removes the leaf of the last run; what went wrong, if anything did.
    pub(crate) fn remove_leaf(&mut self) -> Option<String> {
        let leaf = self.leaf.take()?;
        let removed = self.equipment.leaves.remove(&leaf);
        removed.err().map(|errno| format!("the leaf cgroup could not be removed: {errno}"))
    }

    fn wipe(&self) -> Option<String> {
        let wiped = reset::wipe(&self.equipment.boxes, self.uid);
        wiped.err().map(|(path, errno)| format!("{path} could not be emptied: {errno}"))
    }

    /// Makes ready for the next run, while nobody waits.
    pub(crate) fn prepare(&mut self) {
        self.equipment.leaves.prepare();
    }
}
