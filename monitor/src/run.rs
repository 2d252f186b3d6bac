//! One run as a whole: files in, the program, and the box wiped and proven clean afterwards.

use std::os::fd::{AsFd, OwnedFd};
use std::rc::Rc;
use std::time::{Duration, Instant};

use gavel_protocol::{BoxFile, Bytes, Clean, Collect, CollectedFile, Descriptor, Limits, Outcome, Run, Step};
use rustix::io::Errno;
use rustix::process::{Signal, WaitOptions, kill_process, waitpid};

use crate::cgroup::Leaf;
use crate::channel::ChannelError;
use crate::equipment::Equipment;
use crate::identity::act_as;
use crate::proof::Proof;
use crate::recruit::{Recruit, Terms};
use crate::request::{Refusal, Resolved, resolve};
use crate::spawn::{install_filter, reap};
use crate::supervise::{Interrupts, supervise};
use crate::{collect, reset, seccomp};

/// How long the last of a run may take to be reaped.
const LAST_DEATHS: Duration = Duration::from_millis(500);

/// More than a waiting child has, with what the kernel charges ahead for each CPU.
const ENOUGH_TO_WAIT: Bytes = Bytes::mib(8);

/// Runs programs of one user, one at a time.
#[derive(Debug)]
pub(crate) struct Runner {
    uid: u32,
    gid: u32,
    equipment: Equipment,
    proof: Proof,
    /// The next run's leaf and child, or this run's until it is cleaned away.
    current: Option<Current>,
    /// Those of the last run; the next one's are probably the same.
    limits: Option<Limits>,
    /// What would not die.
    survivors: Option<String>,
    /// Files put into the box so far.
    placed: u32,
    unput: Option<u32>,
    /// What the program writes through a descriptor, by path.
    written: Vec<(String, Rc<OwnedFd>)>,
}

#[derive(Debug)]
struct Current {
    leaf: Leaf,
    child: Recruit,
    /// What the leaf is limited to, where it is.
    limits: Option<Limits>,
    /// It has been seen through to its end.
    over: bool,
}

impl Runner {
    /// Ready for the first run. Puts this process under the filter of its programs, for good.
    ///
    /// # Errors
    /// As [`Proof::new`] and seccomp(2).
    pub(crate) fn new(uid: u32, gid: u32, equipment: Equipment) -> Result<Self, Errno> {
        rustix::thread::set_no_new_privs(true)?;
        install_filter(&seccomp::filter())?;
        let proof = Proof::new(uid)?;
        let mut runner = Self {
            uid,
            gid,
            equipment,
            proof,
            current: None,
            limits: None,
            survivors: None,
            placed: 0,
            unput: None,
            written: Vec::new(),
        };
        runner.prepare();
        Ok(runner)
    }

    /// Puts files into the box. What everybody may write is the program's own, so that it may change its mode, too.
    ///
    /// # Errors
    /// The first that could not be put there.
    pub(crate) fn put(&mut self, files: &[BoxFile], descriptors: &[OwnedFd]) -> Result<(), Refusal> {
        for file in files {
            let put = || self.equipment.boxes.put(file, descriptors);
            let done = if file.mode & 0o002 == 0 { put() } else { act_as(self.uid, put) };
            if let Err(errno) = done {
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
        let current = match self.start(run, descriptors) {
            Ok(current) => current,
            Err((step, errno)) => return Ok(Outcome::NotStarted { step, errno }),
        };
        let done = supervise(&current.child, &current.leaf, &run.limits, &self.equipment.deaths, interrupts);
        self.current = Some(Current { over: true, ..current });
        let done = done?;
        self.survivors = done.survivors;
        Ok(done.outcome)
    }

    /// The leaf and the child that is becoming the program.
    fn start(&mut self, run: &Run, descriptors: Vec<OwnedFd>) -> Result<Current, Refusal> {
        self.put(&run.files, &descriptors)?;
        let Resolved { run: resolved, descriptors, written } =
            resolve(run, descriptors, &self.equipment.boxes)?;
        let mut current = self.ready(&run.limits)?;
        self.limits = Some(run.limits.clone());
        let process = current.child.pid;
        let confined = self.equipment.leaves.confine_cpus(&mut current.leaf, process, &run.limits);
        let started = confined.and_then(|()| current.child.start(resolved, &descriptors));
        self.written = picked(written, descriptors);
        match started {
            Ok(()) => Ok(current),
            // It is dead, for want of memory under this very limit: a run that has ended, as the supervision will find.
            Err((Step::Fork, libc::EPIPE)) if current.leaf.is_out_of_memory() => Ok(current),
            Err(refusal) => {
                let told = current.child.progress().failed;
                self.current = Some(current);
                Err(told.unwrap_or(refusal))
            }
        }
    }

    /// A leaf with these limits, and the child that waits in it.
    fn ready(&mut self, limits: &Limits) -> Result<Current, Refusal> {
        let current = match self.current.take() {
            Some(current) if current.child.is_waiting() => current,
            dead => {
                self.current = dead;
                // Whatever is left of it is told when the new one fails as well.
                let _ = self.dismiss();
                self.enlist(None)?
            }
        };
        if current.limits.as_ref() == Some(limits) {
            return Ok(current);
        }
        let Err(errno) = current.leaf.limit(limits) else { return Ok(current) };
        self.current = Some(current);
        if errno != Errno::BUSY {
            return Err(at_leaf(errno));
        }
        // On cgroup v1 memory cannot be limited to less than the waiting child has. One that joins a leaf with such a
        // limit is killed there, as its program would be.
        let _ = self.dismiss();
        self.enlist(Some(limits))
    }

    /// A new leaf and a child in it; limits that are given are set before it joins.
    fn enlist(&mut self, limits: Option<&Limits>) -> Result<Current, Refusal> {
        let leaf = self.equipment.leaves.make(self.uid).map_err(at_leaf)?;
        let terms = Terms {
            uid: self.uid,
            gid: self.gid,
            rules: self.equipment.rules.as_ref().map(AsFd::as_fd),
            ignored: &self.equipment.ignored,
        };
        let limited = limits.map_or(Ok(()), |limits| leaf.limit(limits).map_err(at_leaf));
        match limited.and_then(|()| Recruit::enlist(&leaf, terms)) {
            Ok(child) => Ok(Current { leaf, child, limits: limits.cloned(), over: false }),
            Err(refusal) => {
                self.equipment.leaves.take_back(leaf).map_err(at_leaf)?;
                Err(refusal)
            }
        }
    }

    /// Makes ready for the next run, while nobody waits. What fails here fails again, and is told, with that run.
    pub(crate) fn prepare(&mut self) {
        if self.current.is_none() {
            self.current = self.enlist(None).ok();
        }
        // A leaf that has been confined to some CPUs is so for good, and under a small memory limit the child would be
        // killed while it waits, perhaps for a run that is allowed more.
        if let (Some(current), Some(limits)) = (&mut self.current, &self.limits)
            && !limits.confines_cpus()
            && limits.memory >= ENOUGH_TO_WAIT
            && current.leaf.limit(limits).is_ok()
        {
            current.limits = Some(limits.clone());
        }
    }

    /// Opens what a run left at a path of the box.
    pub(crate) fn collect(&self, wanted: &Collect) -> (CollectedFile, Option<Rc<OwnedFd>>) {
        let written = self.written.iter().find(|(path, _)| *path == wanted.path);
        collect::collect(wanted, written.map(|(_, file)| file), &self.equipment.boxes, self.uid)
    }

    /// The names of what is in the box itself, where they are UTF-8; no more than this.
    pub(crate) fn names(&self, most: usize) -> Vec<String> {
        self.equipment.boxes.names(most)
    }

    /// Removes all of the run and proves that nothing is left.
    pub(crate) fn clean(&mut self) -> Clean {
        (self.placed, self.unput) = (0, None);
        self.written.clear();
        let doubt =
            self.survivors.take().or_else(|| self.dismiss()).or_else(|| self.bury()).or_else(|| self.wipe());
        let remains = || self.proof.remains(self.equipment.leaves.descriptors());
        match doubt.or_else(remains).or_else(|| self.starved()) {
            None => Clean::Proven,
            Some(doubt) => Clean::Doubtful(doubt),
        }
    }

    /// Waits a moment for the last of the dead: one whose parent has died at the same time is ours to reap only when the
    /// kernel has done with that parent, which its leaf does not tell.
    fn bury(&self) -> Option<String> {
        let patience = Instant::now() + LAST_DEATHS;
        loop {
            while reap().is_some() {}
            let survivors = self.proof.survivors()?;
            if Instant::now() >= patience {
                return Some(survivors);
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    fn starved(&mut self) -> Option<String> {
        let starved = self.equipment.leaves.own_oom_kill();
        starved.then(|| "the kernel killed a process of the monitor's own cgroup for want of memory".into())
    }

    /// Ends the child, should it still wait, and removes the leaf; what went wrong, if anything did.
    pub(crate) fn dismiss(&mut self) -> Option<String> {
        let Current { leaf, child, over, limits: _ } = self.current.take()?;
        if !over && kill_process(child.pid, Signal::KILL).is_ok() {
            // Reaped elsewhere is as good.
            let _ = waitpid(Some(child.pid), WaitOptions::empty());
        }
        let removed = self.equipment.leaves.take_back(leaf);
        removed.err().map(|errno| format!("the leaf cgroup could not be removed: {errno}"))
    }

    fn wipe(&self) -> Option<String> {
        let wiped = reset::wipe(&self.equipment.boxes, self.uid);
        wiped.err().map(|(path, errno)| format!("{path} could not be emptied: {errno}"))
    }
}

fn at_leaf(errno: Errno) -> Refusal {
    (Step::MakeLeaf, errno.raw_os_error())
}

/// Keeps the descriptors that are named and closes the others.
fn picked(names: Vec<(String, Descriptor)>, descriptors: Vec<OwnedFd>) -> Vec<(String, Rc<OwnedFd>)> {
    let mut written: Vec<(String, Rc<OwnedFd>)> = Vec::with_capacity(names.len());
    for (position, descriptor) in descriptors.into_iter().enumerate() {
        if let Some((path, _)) = names.iter().find(|(_, at)| usize::from(at.0) == position) {
            written.push((path.clone(), Rc::new(descriptor)));
        }
    }
    written
}
