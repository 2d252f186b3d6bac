//! One run as a whole: files in, the program, and the box wiped afterwards.

use std::os::fd::OwnedFd;

use gavel_protocol::{BoxFile, Clean, Collect, CollectedFile, Outcome, Run, Step};

use crate::boxes::Boxes;
use crate::cgroup::Leaves;
use crate::channel::ChannelError;
use crate::collect::collect;
use crate::request::{Refusal, Request};
use crate::rlimits;
use crate::spawn::{Plan, spawn};
use crate::supervise::{Deaths, Interrupts, supervise};
use crate::{crowd, reset};

/// Runs programs, one at a time.
#[derive(Debug)]
pub(crate) struct Runner {
    uid: u32,
    gid: u32,
    boxes: Boxes,
    leaves: Leaves,
    deaths: Deaths,
}

/// What came of a run.
#[derive(Debug)]
pub(crate) struct Ran {
    /// For the report.
    pub(crate) outcome: Outcome,
    /// What would not die.
    pub(crate) survivors: Option<String>,
}

impl Ran {
    /// A program that never started.
    pub(crate) fn never(step: Step, errno: i32) -> Self {
        Self { outcome: Outcome::NotStarted { step, errno }, survivors: None }
    }
}

impl Runner {
    /// For programs of this user.
    pub(crate) fn new(uid: u32, gid: u32, boxes: Boxes, deaths: Deaths) -> Self {
        Self { uid, gid, boxes, leaves: Leaves::new(uid), deaths }
    }

    /// Puts files into the box.
    ///
    /// # Errors
    /// The first that could not be put there.
    pub(crate) fn put(&self, files: &[BoxFile], descriptors: &[OwnedFd]) -> Result<(), Refusal> {
        files.iter().try_for_each(|file| {
            self.boxes.put(file, descriptors).map_err(|errno| (Step::PutFile, errno.raw_os_error()))
        })
    }

    /// Runs a program to the death of its last process.
    ///
    /// # Errors
    /// When the conversation with the server cannot go on.
    pub(crate) fn run(
        &mut self,
        run: &Run,
        descriptors: Vec<OwnedFd>,
        interrupts: &mut impl Interrupts,
    ) -> Result<Ran, ChannelError> {
        match self.start(run, descriptors) {
            Err((step, errno)) => Ok(Ran::never(step, errno)),
            Ok((child, leaf)) => {
                let done = supervise(&child, &leaf, &run.limits, &self.deaths, interrupts)?;
                Ok(Ran { outcome: done.outcome, survivors: done.survivors })
            }
        }
    }

    fn start(
        &mut self,
        run: &Run,
        descriptors: Vec<OwnedFd>,
    ) -> Result<(crate::spawn::Child, crate::cgroup::Leaf), Refusal> {
        self.put(&run.files, &descriptors)?;
        let request = Request::new(run, descriptors, None, &self.boxes)?;
        let leaf = self.leaves.take(&run.limits).map_err(|errno| (Step::MakeLeaf, errno.raw_os_error()))?;
        let child = spawn(&Plan {
            image: request.image(),
            argv: request.argv(),
            env: request.env(),
            cwd: request.cwd(),
            stdio: request.stdio(),
            terminal: None,
            joins: leaf.joins(),
            rlimits: rlimits::of(&run.limits),
            uid: self.uid,
            gid: self.gid,
            landlock: None,
            filter: &[],
        })?;
        Ok((child, leaf))
    }

    /// Opens what a run left at a path of the box.
    pub(crate) fn collect(&self, wanted: &Collect) -> (CollectedFile, Option<OwnedFd>) {
        collect(wanted, &self.boxes, self.uid)
    }

    /// Wipes the box and proves that nothing is left of the run.
    pub(crate) fn clean(&self, survivors: Option<String>) -> Clean {
        let doubt = survivors.or_else(|| {
            let wiped = reset::wipe(&self.boxes, self.uid);
            wiped.err().map(|(path, errno)| format!("{path} could not be emptied: {errno}"))
        });
        match doubt.or_else(|| self.doubt()) {
            None => Clean::Proven,
            Some(doubt) => Clean::Doubtful(doubt),
        }
    }

    fn doubt(&self) -> Option<String> {
        let full = reset::first_not_empty(&self.boxes).map(|path| format!("{path} is not empty"));
        full.or_else(|| {
            let left = crowd::of(self.uid);
            (!left.is_empty()).then(|| format!("{} processes of the program are left", left.len()))
        })
    }
}
