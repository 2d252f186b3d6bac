//! The child that becomes the program.
//!
//! Until it execs it works in the monitor's own memory while the monitor waits, as vfork(2) has it: to copy the memory
//! and to fault it in again took more than all else that surrounds a short run. So whatever it needs is made ready
//! before, and it allocates nothing.

use std::ffi::CString;
use std::os::fd::{AsRawFd, BorrowedFd, RawFd};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use gavel_protocol::{Bytes, Run, Step};
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use rustix::process::{Pid, Resource, Rlimit, WaitOptions, waitpid};
use rustix::thread::{Gid, Uid};

use crate::cgroup::Leaf;
use crate::request::{Refusal, Resolved, candidates, string, strings};
use crate::rlimits;
use crate::seccomp::Pass;
use crate::spawn::{
    Memory, Stack, Strings, close_at_exec, common_numbers, default_signals, duplicate, execute_descriptor,
    execute_path, is_user, landlock_restrict, place, start, start_in, take_terminal,
};

/// What every program of this monitor is subject to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms<'a> {
    /// The program's user.
    pub(crate) uid: u32,
    /// The program's group.
    pub(crate) gid: u32,
    /// The Landlock rules, where the kernel has them.
    pub(crate) rules: Option<BorrowedFd<'a>>,
    /// The signals that the monitor ignores.
    pub(crate) ignored: &'a [i32],
}

/// A child that has become the program, or has died on the way there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Child {
    /// The process.
    pub(crate) pid: Pid,
    /// When it was about to exec, on the monotonic clock.
    pub(crate) started: Option<Duration>,
}

/// Starts children, one at a time.
#[derive(Debug)]
pub(crate) struct Starter {
    pass: Pass,
    stack: Stack,
    told: Told,
}

impl Starter {
    /// Makes it, once for all runs, for a process under a filter with this pass.
    ///
    /// # Errors
    /// As mmap(2).
    pub(crate) fn new(pass: Pass) -> Result<Self, Errno> {
        Ok(Self { pass, stack: Stack::new(), told: Told(common_numbers()?) })
    }

    /// Has a child become a program in a leaf.
    ///
    /// # Errors
    /// The step at fault. The child is gone then.
    pub(crate) fn start(&mut self, mut plan: Plan<'_>, leaf: &Leaf) -> Result<Child, Refusal> {
        let (told, memory, pass) = (self.told, plan.memory, self.pass);
        told.forget();
        let directory = leaf.directory();
        let born = directory.map(|directory| {
            start_in(directory, pass, memory, &mut self.stack, || plan.carry_out(&[], told))
        });
        let pid = match born {
            Some(Ok(pid)) => pid,
            // Where it cannot be born in the leaf it joins it; what forbids that is told by its own step.
            Some(Err(_)) | None => {
                let joins = leaf.joins();
                start(memory, &mut self.stack, || plan.carry_out(&joins, told)).map_err(at(Step::Fork))?
            }
        };
        match told.failed() {
            None => Ok(Child { pid, started: told.started() }),
            Some(refusal) => {
                // Reaped elsewhere is as good.
                let _ = waitpid(Some(pid), WaitOptions::empty());
                Err(refusal)
            }
        }
    }
}

/// What a child tells: when it was about to exec, in nanoseconds; the step that failed and the error's number.
#[derive(Debug, Clone, Copy)]
struct Told(&'static [AtomicU64; 2]);

impl Told {
    fn forget(self) {
        for number in self.0 {
            number.store(0, Ordering::Relaxed);
        }
    }

    fn tell_start(self) {
        let nanos = now().as_nanos();
        self.0[0].store(u64::try_from(nanos).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    fn tell_failure(self, (step, errno): Refusal) {
        self.0[1].store((step as u64) << 32 | u64::from(errno.unsigned_abs()), Ordering::Relaxed);
    }

    fn started(self) -> Option<Duration> {
        Some(self.0[0].load(Ordering::Relaxed)).filter(|nanos| *nanos > 0).map(Duration::from_nanos)
    }

    fn failed(self) -> Option<Refusal> {
        let number = self.0[1].load(Ordering::Relaxed);
        let errno = i32::try_from(number & 0xffff_ffff).unwrap_or(libc::EIO);
        let step = STEPS.into_iter().find(|step| *step as u64 == number >> 32).unwrap_or(Step::Fork);
        (number != 0).then_some((step, errno))
    }
}

/// The monotonic clock.
pub(crate) fn now() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    Duration::new(now.tv_sec.cast_unsigned(), u32::try_from(now.tv_nsec).unwrap_or(0))
}

/// Every step a child can fail at.
const STEPS: [Step; 15] = [
    Step::JoinLeaf,
    Step::Session,
    Step::OomScore,
    Step::NoNewPrivileges,
    Step::Landlock,
    Step::Stdio,
    Step::Terminal,
    Step::CloseDescriptors,
    Step::Rlimits,
    Step::WorkingDirectory,
    Step::Groups,
    Step::Gid,
    Step::Uid,
    Step::VerifyIdentity,
    Step::Exec,
];

/// All that a child needs.
#[derive(Debug)]
pub(crate) struct Plan<'a> {
    memory: Memory,
    terms: Terms<'a>,
    placings: Vec<Placing>,
    image: Image,
    terminal: Option<RawFd>,
    /// Ranges of descriptors that exec is to close.
    gaps: Vec<(u32, u32)>,
    rlimits: Vec<(Resource, Rlimit)>,
    cwd: CString,
    argv: Strings,
    env: Strings,
}

/// A descriptor that the program gets.
#[derive(Debug)]
struct Placing {
    from: RawFd,
    number: RawFd,
}

/// What is executed.
#[derive(Debug)]
enum Image {
    Open(RawFd),
    /// The first of these that can be.
    Paths(Vec<CString>),
}

impl<'a> Plan<'a> {
    /// Makes everything ready.
    ///
    /// # Errors
    /// The step at fault.
    pub(crate) fn new(run: &Run, resolved: &'a Resolved, terms: Terms<'a>) -> Result<Self, Refusal> {
        let open = |position| resolved.pick(position).map(|descriptor| descriptor.as_raw_fd());
        let place = |(number, position): &(u16, _)| {
            Ok(Placing { from: open(*position)?, number: RawFd::from(*number) })
        };
        Ok(Self {
            memory: memory_for(run),
            terms,
            placings: resolved.stdio.iter().map(place).collect::<Result<_, Refusal>>()?,
            image: match resolved.executable {
                Some(position) => Image::Open(open(position)?),
                None => Image::Paths(candidates(run)?),
            },
            terminal: resolved.terminal.map(open).transpose()?,
            gaps: gaps(resolved.stdio.iter().map(|(number, _)| u32::from(*number)).collect()),
            rlimits: rlimits::of(&run.limits),
            cwd: string(run.cwd.as_bytes())?,
            argv: Strings::new(strings(&run.argv)?),
            env: Strings::new(strings(&run.env)?),
        })
    }

    /// The child's whole life. From here to its end nothing is allocated.
    fn carry_out(&mut self, joins: &[BorrowedFd<'_>], told: Told) {
        if let Err(refusal) = self.become_program(joins, told) {
            told.tell_failure(refusal);
        }
    }

    fn become_program(&mut self, joins: &[BorrowedFd<'_>], told: Told) -> Result<(), Refusal> {
        for leaf in joins {
            rustix::io::write(leaf, b"0").map_err(at(Step::JoinLeaf))?;
        }
        rustix::process::setsid().map_err(at(Step::Session))?;
        volunteer_for_oom().map_err(at(Step::OomScore))?;
        self.confine()?;
        self.place()?;
        for (first, last) in &self.gaps {
            close_at_exec(*first, *last).map_err(at(Step::CloseDescriptors))?;
        }
        for (resource, limit) in &self.rlimits {
            rustix::process::setrlimit(*resource, *limit).map_err(at(Step::Rlimits))?;
        }
        rustix::process::umask(Mode::from_raw_mode(0o022));
        rustix::process::chdir(self.cwd.as_c_str()).map_err(at(Step::WorkingDirectory))?;
        become_user(self.terms.uid, self.terms.gid)?;
        default_signals(self.terms.ignored).map_err(at(Step::Exec))?;
        told.tell_start();
        Err((Step::Exec, self.execute().raw_os_error()))
    }

    /// What is left to do needs nothing that this takes away. The filter is the monitor's own and inherited.
    fn confine(&self) -> Result<(), Refusal> {
        rustix::thread::set_no_new_privs(true).map_err(at(Step::NoNewPrivileges))?;
        if let Some(rules) = self.terms.rules {
            landlock_restrict(rules).map_err(at(Step::Landlock))?;
        }
        Ok(())
    }

    fn place(&mut self) -> Result<(), Refusal> {
        // What is placed must not overwrite what is still needed, so that moves out of the way first.
        let above = self.placings.iter().map(|placing| placing.number + 1).max().unwrap_or(0);
        for Placing { from, number } in &mut self.placings {
            if from != number {
                move_above(from, above)?;
            }
        }
        if let Image::Open(image) = &mut self.image {
            move_above(image, above)?;
        }
        if let Some(terminal) = &mut self.terminal {
            take_terminal(*terminal).map_err(at(Step::Terminal))?;
        }
        for Placing { from, number } in &self.placings {
            place(*from, *number).map_err(at(Step::Stdio))?;
        }
        Ok(())
    }

    fn execute(&self) -> Errno {
        match &self.image {
            Image::Open(image) => execute_descriptor(*image, &self.argv, &self.env),
            Image::Paths(paths) => execute_first(paths, &self.argv, &self.env),
        }
    }
}

/// The kernel may find no memory within a small limit for what a child does before it execs, and it kills whoever shares
/// memory with the one that it kills.
fn memory_for(run: &Run) -> Memory {
    const AMPLE: Bytes = Bytes::mib(16);
    let strings: usize = run.argv.iter().chain(&run.env).map(Vec::len).sum();
    let needed = AMPLE.get().saturating_add(u64::try_from(strings).unwrap_or(u64::MAX));
    if run.limits.memory.get() >= needed { Memory::Ours } else { Memory::Copied }
}

fn at(step: Step) -> impl Fn(Errno) -> Refusal {
    move |errno| (step, errno.raw_os_error())
}

fn volunteer_for_oom() -> Result<(), Errno> {
    let path = c"/proc/self/oom_score_adj";
    let file = rustix::fs::open(path, OFlags::WRONLY | OFlags::CLOEXEC, Mode::empty())?;
    rustix::io::write(file, b"1000").map(drop)
}

fn move_above(descriptor: &mut RawFd, above: RawFd) -> Result<(), Refusal> {
    if *descriptor < above {
        *descriptor = duplicate(*descriptor, above).map_err(at(Step::Stdio))?;
    }
    Ok(())
}

/// Everything but the program's own descriptors.
fn gaps(mut numbers: Vec<u32>) -> Vec<(u32, u32)> {
    numbers.sort_unstable();
    let mut next = 0;
    let mut gaps = Vec::with_capacity(numbers.len() + 1);
    for number in numbers {
        if number > next {
            gaps.push((next, number - 1));
        }
        next = number + 1;
    }
    gaps.push((next, u32::MAX));
    gaps
}

fn become_user(uid: u32, gid: u32) -> Result<(), Refusal> {
    let (user, group) = (Uid::from_raw(uid), Gid::from_raw(gid));
    rustix::thread::set_thread_groups(&[]).map_err(at(Step::Groups))?;
    rustix::thread::set_thread_res_gid(group, group, group).map_err(at(Step::Gid))?;
    rustix::thread::set_thread_res_uid(user, user, user).map_err(at(Step::Uid))?;
    if is_user(uid, gid) { Ok(()) } else { Err((Step::VerifyIdentity, libc::EPERM)) }
}

/// As execvp(3): a path that may not be executed is remembered while the search goes on.
fn execute_first(paths: &[CString], argv: &Strings, env: &Strings) -> Errno {
    let mut refused = Errno::NOENT;
    for path in paths {
        match execute_path(path, argv, env) {
            Errno::NOENT | Errno::NOTDIR => {}
            Errno::ACCESS => refused = Errno::ACCESS,
            errno => return errno,
        }
    }
    refused
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_but_the_programs_own_descriptors_are_closed() {
        assert_eq!(gaps(vec![0, 2, 1]), [(3, u32::MAX)]);
        assert_eq!(gaps(vec![7, 1]), [(0, 0), (2, 6), (8, u32::MAX)]);
        assert_eq!(gaps(vec![]), [(0, u32::MAX)]);
    }

    #[test]
    fn what_a_child_tells_is_understood() {
        let told = Told(common_numbers().unwrap());
        assert_eq!((told.started(), told.failed()), (None, None));
        told.tell_start();
        assert!(told.started().is_some_and(|started| started <= now()));
        for step in STEPS {
            told.tell_failure((step, libc::EACCES));
            assert_eq!(told.failed(), Some((step, libc::EACCES)));
        }
        told.forget();
        assert_eq!((told.started(), told.failed()), (None, None));
    }
}
