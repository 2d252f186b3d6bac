//! One run as a whole: files in, the program, and the box wiped and proven clean afterwards.

use std::os::fd::{AsFd, OwnedFd};
use std::rc::Rc;
use std::time::{Duration, Instant};

use gavel_protocol::{BoxFile, Clean, Collect, CollectedFile, Limits, Outcome, Run, Step};
use rustix::io::Errno;

use crate::cgroup::{Leaf, Leaves};
use crate::channel::ChannelError;
use crate::child::{Child, Plan, Starter, Terms};
use crate::equipment::Equipment;
use crate::identity::act_as;
use crate::manner::Manner;
use crate::notices::Notices;
use crate::proof::{Proof, Taken};
use crate::request::{Refusal, resolve};
use crate::seccomp::Pass;
use crate::spawn::reap;
use crate::supervise::{Interrupts, supervise};
use crate::{collect, grown, reset};

/// How long the last of a run may take to be reaped.
const LAST_DEATHS: Duration = Duration::from_millis(500);

/// Runs programs of one user, one at a time.
#[derive(Debug)]
pub(crate) struct Runner {
    uid: u32,
    gid: u32,
    equipment: Equipment,
    manner: Manner,
    notices: Notices,
    proof: Proof,
    starter: Starter,
    /// The next run's leaf, or this run's until it is cleaned away.
    leaf: Option<Leaf>,
    /// Those of the last run; the next one's are probably the same.
    limits: Option<Limits>,
    /// What would not die.
    survivors: Option<String>,
    /// Files put into the box so far.
    placed: u32,
    unput: Option<u32>,
    /// What the program writes through a descriptor, by path.
    written: Vec<(String, Rc<OwnedFd>)>,
    /// Files of this run that were opened for the server, which may keep them.
    given: Taken,
}

impl Runner {
    /// Ready for the first run. Puts this process under the filter of its programs, for good.
    ///
    /// # Errors
    /// As [`Proof::new`], [`Starter::new`] and seccomp(2).
    pub(crate) fn new(uid: u32, gid: u32, equipment: Equipment, manner: Manner) -> Result<Self, Errno> {
        rustix::thread::set_no_new_privs(true)?;
        touch_page_by_page()?;
        let pass = Pass::new()?;
        let notices = Notices::install(pass, manner.init)?;
        let proof = Proof::new(uid, &equipment.boxes)?;
        let mut runner = Self {
            uid,
            gid,
            equipment,
            manner,
            notices,
            proof,
            starter: Starter::new(pass)?,
            leaf: None,
            limits: None,
            survivors: None,
            placed: 0,
            unput: None,
            written: Vec::new(),
            given: Taken::default(),
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
        let (leaf, child) = match self.start(run, descriptors) {
            Ok(started) => started,
            Err((step, errno)) => return Ok(Outcome::NotStarted { step, errno }),
        };
        let done = supervise(
            child,
            &leaf,
            (&run.limits, self.manner.no_core),
            (&self.equipment.deaths, &self.notices),
            interrupts,
        );
        self.leaf = Some(leaf);
        let mut done = done?;
        self.survivors = done.survivors;
        if let Outcome::Finished { usage, .. } = &mut done.outcome
            && done.is_file_size_doubtful
        {
            usage.file_size_reached = grown::has(&self.equipment.boxes, self.uid, run.limits.file_size);
        }
        Ok(done.outcome)
    }

    /// Has a child become the program in a leaf of its own.
    fn start(&mut self, run: &Run, descriptors: Vec<OwnedFd>) -> Result<(Leaf, Child), Refusal> {
        self.put(&run.files, &descriptors)?;
        let resolved = resolve(run, descriptors, &self.equipment.boxes)?;
        let mut leaf = self.limited(&run.limits)?;
        self.limits = Some(run.limits.clone());
        let confined = self.equipment.leaves.confine_cpus(&mut leaf, &run.limits);
        let terms = Terms {
            uid: self.uid,
            gid: self.gid,
            rules: self.equipment.rules.as_ref().map(AsFd::as_fd),
            ignored: &self.equipment.ignored,
        };
        let plan = confined.and_then(|()| Plan::new(run, &resolved, terms));
        leaf.mark();
        let started = plan.and_then(|plan| self.starter.start(plan, &leaf));
        self.written = resolved.written();
        match started {
            Ok(child) => Ok((leaf, child)),
            Err(refusal) => {
                self.leaf = Some(leaf);
                Err(refusal)
            }
        }
    }

    /// A leaf with these limits.
    fn limited(&mut self, limits: &Limits) -> Result<Leaf, Refusal> {
        let make = |leaves: &mut Leaves| leaves.make(self.uid).map_err(at_leaf);
        let leaves = &mut self.equipment.leaves;
        let mut leaf = self.leaf.take().map_or_else(|| make(leaves), Ok)?;
        let mut limited = leaf.limit(limits);
        if limited == Err(Errno::BUSY) {
            // What an earlier run has left in it is more than this one may have.
            leaves.remove(leaf).map_err(at_leaf)?;
            leaf = make(leaves)?;
            limited = leaf.limit(limits);
        }
        match limited {
            Ok(()) => Ok(leaf),
            Err(errno) => {
                self.leaf = Some(leaf);
                Err(at_leaf(errno))
            }
        }
    }

    /// Makes ready for the next run, while nobody waits. What fails here fails again, and is told, with that run.
    pub(crate) fn prepare(&mut self) {
        if self.leaf.is_none() {
            self.leaf = self.equipment.leaves.make(self.uid).ok();
        }
        if let (Some(leaf), Some(limits)) = (&self.leaf, &self.limits) {
            let _ = leaf.limit(limits);
        }
    }

    /// Opens what a run left at a path of the box.
    pub(crate) fn collect(&mut self, wanted: &Collect) -> (CollectedFile, Option<Rc<OwnedFd>>) {
        let written = self.written.iter().find(|(path, _)| *path == wanted.path);
        let collected =
            collect::collect(wanted, written.map(|(_, file)| file), &self.equipment.boxes, self.uid);
        if let (_, Some(file)) = &collected {
            // What is not known of it counts as left by the run.
            self.given = self.given.and(Taken::by(file).unwrap_or_default());
        }
        collected
    }

    /// The names of the regular files in the box itself, where they are UTF-8; no more than this.
    pub(crate) fn file_names(&self, most: usize) -> Vec<String> {
        self.equipment.boxes.file_names(most)
    }

    /// Removes all of the run and proves that nothing is left. What it held of memory is gone before its leaf is.
    pub(crate) fn clean(&mut self) -> Clean {
        (self.placed, self.unput) = (0, None);
        self.written.clear();
        let given = std::mem::take(&mut self.given);
        let doubt = self.survivors.take().or_else(|| self.bury()).or_else(|| self.wipe());
        let leaf = self.leaf.as_ref();
        let held = || leaf.map_or(0, Leaf::held).saturating_sub(given.bytes);
        let doubt = doubt.or_else(|| self.proof.in_flight(&self.equipment.boxes, given, held));
        // The leaf goes whatever speaks against the run.
        let dismissed = self.dismiss();
        let remains = || self.proof.remains(self.equipment.leaves.descriptors());
        match doubt.or(dismissed).or_else(remains).or_else(|| self.starved()) {
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

    /// Gives the leaf back; what went wrong, if anything did.
    pub(crate) fn dismiss(&mut self) -> Option<String> {
        let taken = self.equipment.leaves.take_back(self.leaf.take()?);
        taken.err().map(|errno| format!("the leaf cgroup could not be removed: {errno}"))
    }

    fn wipe(&self) -> Option<String> {
        let wiped = reset::wipe(&self.equipment.boxes, self.uid);
        wiped.err().map(|(path, errno)| format!("{path} could not be emptied: {errno}"))
    }
}

/// Has this process and all programs get memory in pages of one size. Where the host gives out large ones unasked, a program is
/// charged for 2 MiB of which it has touched 4 KiB, or not, by how its addresses happen to lie: its figure and its verdict would
/// differ from host to host and from run to run.
///
/// # Errors
/// As `PR_SET_THP_DISABLE` of prctl(2), but for kernels that know no such thing.
fn touch_page_by_page() -> Result<(), Errno> {
    match rustix::thread::disable_transparent_huge_pages(true) {
        Err(Errno::INVAL | Errno::NOSYS) => Ok(()),
        done => done,
    }
}

fn at_leaf(errno: Errno) -> Refusal {
    (Step::MakeLeaf, errno.raw_os_error())
}
