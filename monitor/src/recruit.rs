//! A child that waits in its leaf to become the program.
//!
//! Moving a process into a cgroup can make the kernel wait for all CPUs, for milliseconds. So the child is forked and
//! moved ahead, while the monitor is idle; a run then costs one message to it. It is a copy of a process with one
//! thread, so it may allocate.

use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::time::Duration;

use gavel_protocol::{
    Descriptor, Envelope, MAX_FRAME, Run, RunId, StdioSource, Step, VERSION, decode, encode, socket,
};
use rustix::fs::{Mode, OFlags};
use rustix::io::{Errno, FdFlags};
use rustix::net::{AddressFamily, RecvFlags, SocketFlags, SocketType, recv, socketpair};
use rustix::process::Pid;
use rustix::thread::{Gid, Uid};

use crate::cgroup::Leaf;
use crate::request::{Refusal, candidates, strings};
use crate::spawn::{
    Strings, close_at_exec, close_inherited, default_signals, duplicate, execute_descriptor, execute_path,
    fork, fork_into, install_filter, is_user, landlock_restrict, place, take_terminal,
};
use crate::{rlimits, seccomp};

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

/// A child in its leaf: waiting, then the program.
#[derive(Debug)]
pub(crate) struct Recruit {
    /// The process.
    pub(crate) pid: Pid,
    socket: OwnedFd,
}

/// How far the child has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Progress {
    /// When it was about to exec, on the monotonic clock.
    pub(crate) started: Option<Duration>,
    /// The step that failed, and why.
    pub(crate) failed: Option<Refusal>,
}

impl Recruit {
    /// Forks a child that comes into a leaf and waits there.
    ///
    /// # Errors
    /// Step [`Step::Fork`]. What goes wrong in the child is told by [`Recruit::progress`] once it is dead.
    pub(crate) fn enlist(leaf: &Leaf, terms: Terms<'_>) -> Result<Self, Refusal> {
        let at = |errno: Errno| (Step::Fork, errno.raw_os_error());
        let kind = (AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC);
        let (ours, theirs) = socketpair(kind.0, kind.1, kind.2, None).map_err(at)?;
        let theirs = theirs.as_fd();
        let born = leaf.cradle().map(|cradle| fork_into(cradle, || wait_and_become(theirs, &[], terms)));
        let pid = match born {
            Some(Ok(pid)) => pid,
            // Where it cannot be born in the leaf it joins it; what forbids that is told by its own step.
            Some(Err(_)) | None => fork(|| wait_and_become(theirs, &leaf.joins(), terms)).map_err(at)?,
        };
        Ok(Self { pid, socket: ours })
    }

    /// Has the child become this program, on these descriptors.
    ///
    /// # Errors
    /// Step [`Step::Fork`] when the child is dead.
    pub(crate) fn start(&self, run: Run, descriptors: &[OwnedFd]) -> Result<(), Refusal> {
        let envelope = Envelope { version: VERSION, run: RunId::NONE, sequence: 0, message: run };
        let frame = encode(&envelope).map_err(|_| (Step::Request, libc::E2BIG))?;
        let descriptors: Vec<_> = descriptors.iter().map(AsFd::as_fd).collect();
        socket::send(&self.socket, &frame, &descriptors)
            .map_err(|error| (Step::Fork, error.raw_os_error().unwrap_or(libc::EINVAL)))
    }

    /// It waits; otherwise it has died or failed, and another one is needed.
    pub(crate) fn is_waiting(&self) -> bool {
        let flags = RecvFlags::DONTWAIT | RecvFlags::PEEK;
        matches!(recv(&self.socket, &mut [0; RECORD], flags), Err(Errno::AGAIN))
    }

    /// What the child has told since this was asked last.
    pub(crate) fn progress(&self) -> Progress {
        let mut progress = Progress::default();
        let mut told = [0; RECORD];
        while let Ok((RECORD, _)) = recv(&self.socket, &mut told, RecvFlags::DONTWAIT) {
            let value = u64::from_ne_bytes(told[1..].try_into().unwrap_or_default());
            match told[0] {
                STARTED => progress.started = Some(Duration::from_nanos(value)),
                step => progress.failed = Some((step_of(step), i32::try_from(value).unwrap_or(libc::EIO))),
            }
        }
        progress
    }
}

/// What the child tells: a tag and a number.
const RECORD: usize = 9;
const STARTED: u8 = 0xff;

/// Every step a child can fail at.
const STEPS: [Step; 17] = [
    Step::Request,
    Step::JoinLeaf,
    Step::Session,
    Step::Terminal,
    Step::Stdio,
    Step::CloseDescriptors,
    Step::OomScore,
    Step::Rlimits,
    Step::WorkingDirectory,
    Step::Groups,
    Step::Gid,
    Step::Uid,
    Step::VerifyIdentity,
    Step::NoNewPrivileges,
    Step::Landlock,
    Step::Seccomp,
    Step::Exec,
];

fn step_of(tag: u8) -> Step {
    STEPS.into_iter().find(|step| *step as u8 == tag).unwrap_or(Step::Fork)
}

/// The child's whole life.
fn wait_and_become(socket: BorrowedFd<'_>, joins: &[BorrowedFd<'_>], terms: Terms<'_>) {
    if let Err((step, errno)) = live(socket, joins, terms) {
        tell(socket, step as u8, errno.unsigned_abs().into());
    }
}

fn live(socket: BorrowedFd<'_>, joins: &[BorrowedFd<'_>], terms: Terms<'_>) -> Result<(), Refusal> {
    for leaf in joins {
        rustix::io::write(leaf, b"0").map_err(at(Step::JoinLeaf))?;
    }
    rustix::process::setsid().map_err(at(Step::Session))?;
    volunteer_for_oom().map_err(at(Step::OomScore))?;
    confine(terms)?;
    keep_only(socket);
    let mut buffer = vec![0; MAX_FRAME];
    let packet = socket::receive(socket, &mut buffer).map_err(|_| (Step::Request, libc::EIO))?;
    if packet.length == 0 {
        // There is no monitor any more, so there is nobody to tell either.
        return Ok(());
    }
    let envelope: Envelope<Run> =
        decode(&buffer[..packet.length]).map_err(|_| (Step::Request, libc::EBADMSG))?;
    let run = envelope.message;
    // What is placed must not overwrite what is still needed, so that moves out of the way first.
    let above = run.stdio.iter().map(|stdio| RawFd::from(stdio.fd) + 1).max().unwrap_or(0);
    let socket = Moved::above(socket, above)?;
    if let Err((step, errno)) = become_program(socket.as_fd(), &run, above, &packet.descriptors, terms) {
        tell(socket.as_fd(), step as u8, errno.unsigned_abs().into());
    }
    Ok(())
}

fn at(step: Step) -> impl Fn(Errno) -> Refusal {
    move |errno| (step, errno.raw_os_error())
}

/// What is left to do needs nothing that this takes away. Most of the filter is the monitor's own and inherited.
fn confine(terms: Terms<'_>) -> Result<(), Refusal> {
    rustix::thread::set_no_new_privs(true).map_err(at(Step::NoNewPrivileges))?;
    if let Some(rules) = terms.rules {
        landlock_restrict(rules).map_err(at(Step::Landlock))?;
    }
    install_filter(&seccomp::for_programs()).map_err(at(Step::Seccomp))
}

/// Lets go of the parent's descriptors: as long as one is open, the server would not see the monitor's end.
fn keep_only(kept: BorrowedFd<'_>) {
    close_inherited(0, kept.as_raw_fd() - 1);
    close_inherited(kept.as_raw_fd() + 1, RawFd::MAX);
}

fn volunteer_for_oom() -> Result<(), Errno> {
    let file = rustix::fs::open("/proc/self/oom_score_adj", OFlags::WRONLY | OFlags::CLOEXEC, Mode::empty())?;
    rustix::io::write(file, b"1000").map(drop)
}

/// The steps that need to know the program.
fn become_program(
    socket: BorrowedFd<'_>,
    run: &Run,
    above: RawFd,
    descriptors: &[OwnedFd],
    terms: Terms<'_>,
) -> Result<(), Refusal> {
    let (argv, env) = (Strings::new(strings(&run.argv)?), Strings::new(strings(&run.env)?));
    let paths = if run.executable.is_none() { candidates(run)? } else { Vec::new() };
    let image =
        run.executable.map(|position| Moved::above(pick(descriptors, position)?, above)).transpose()?;
    place_stdio(run, descriptors, above)?;
    close_gaps(run).map_err(at(Step::CloseDescriptors))?;
    for (resource, limit) in rlimits::of(&run.limits) {
        rustix::process::setrlimit(resource, limit).map_err(at(Step::Rlimits))?;
    }
    rustix::process::umask(Mode::from_raw_mode(0o022));
    rustix::process::chdir(run.cwd.as_str()).map_err(at(Step::WorkingDirectory))?;
    become_user(terms.uid, terms.gid)?;
    default_signals(terms.ignored).map_err(at(Step::Exec))?;
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    let nanos =
        now.tv_sec.cast_unsigned().wrapping_mul(1_000_000_000).wrapping_add(now.tv_nsec.cast_unsigned());
    tell(socket, STARTED, nanos);
    let errno = match image {
        Some(image) => execute_descriptor(image.as_fd(), &argv, &env),
        None => execute_first(&paths, &argv, &env),
    };
    Err((Step::Exec, errno.raw_os_error()))
}

fn pick(descriptors: &[OwnedFd], position: Descriptor) -> Result<BorrowedFd<'_>, Refusal> {
    descriptors.get(usize::from(position.0)).map(AsFd::as_fd).ok_or((Step::Request, libc::EBADF))
}

fn place_stdio(run: &Run, descriptors: &[OwnedFd], above: RawFd) -> Result<(), Refusal> {
    let mut placed = Vec::with_capacity(run.stdio.len());
    for stdio in &run.stdio {
        let StdioSource::Descriptor(position) = stdio.source else {
            return Err((Step::Request, libc::EINVAL));
        };
        let (descriptor, number) = (pick(descriptors, position)?, RawFd::from(stdio.fd));
        if descriptor.as_raw_fd() == number {
            // The usual case: they come in the order of their numbers, to a process that has no others.
            rustix::io::fcntl_setfd(descriptor, FdFlags::empty()).map_err(at(Step::Stdio))?;
        } else {
            placed.push((Moved::above(descriptor, above)?, number));
        }
    }
    // While it is still where it came.
    if let Some(terminal) = run.terminal {
        take_terminal(pick(descriptors, terminal)?).map_err(at(Step::Terminal))?;
    }
    for (descriptor, number) in &placed {
        place(descriptor.as_fd(), *number).map_err(at(Step::Stdio))?;
    }
    Ok(())
}

/// A descriptor that nothing is placed over.
enum Moved<'a> {
    Where(BorrowedFd<'a>),
    To(OwnedFd),
}

impl<'a> Moved<'a> {
    fn above(descriptor: BorrowedFd<'a>, above: RawFd) -> Result<Self, Refusal> {
        match descriptor.as_raw_fd() >= above {
            true => Ok(Self::Where(descriptor)),
            false => duplicate(descriptor, above).map(Self::To).map_err(at(Step::Stdio)),
        }
    }

    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::Where(descriptor) => *descriptor,
            Self::To(descriptor) => descriptor.as_fd(),
        }
    }
}

/// Everything but the program's own descriptors is closed by exec.
fn close_gaps(run: &Run) -> Result<(), Errno> {
    let mut numbers: Vec<u32> = run.stdio.iter().map(|stdio| stdio.fd.into()).collect();
    numbers.sort_unstable();
    let mut next = 0;
    for number in numbers {
        if number > next {
            close_at_exec(next, number - 1)?;
        }
        next = number + 1;
    }
    close_at_exec(next, u32::MAX)
}

fn become_user(uid: u32, gid: u32) -> Result<(), Refusal> {
    let (user, group) = (Uid::from_raw(uid), Gid::from_raw(gid));
    rustix::thread::set_thread_groups(&[]).map_err(at(Step::Groups))?;
    rustix::thread::set_thread_res_gid(group, group, group).map_err(at(Step::Gid))?;
    rustix::thread::set_thread_res_uid(user, user, user).map_err(at(Step::Uid))?;
    if is_user(uid, gid) { Ok(()) } else { Err((Step::VerifyIdentity, libc::EPERM)) }
}

/// As execvp(3): a path that may not be executed is remembered while the search goes on.
fn execute_first(paths: &[std::ffi::CString], argv: &Strings, env: &Strings) -> Errno {
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

/// If the monitor is gone nobody wants to know.
fn tell(socket: BorrowedFd<'_>, tag: u8, value: u64) {
    let mut record = [tag; RECORD];
    record[1..].copy_from_slice(&value.to_ne_bytes());
    let _ = rustix::net::send(socket, &record, rustix::net::SendFlags::NOSIGNAL);
}
