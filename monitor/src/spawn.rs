//! The step from a plan to a running program: fork, the child's steps to exec, and reaping. The only `unsafe` here.
//!
//! The child shares nothing but must not allocate, lock or panic between fork and exec; whatever it needs is made
//! before. Calls through rustix and libc are plain system calls.

use std::ffi::{CStr, CString, c_char};
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::time::Duration;

use gavel_protocol::Step;
use rustix::io::{Errno, FdFlags};
use rustix::process::{Pid, Resource, Rlimit};
use rustix::thread::{Gid, Uid};

/// A program and everything its start needs.
#[derive(Debug)]
pub(crate) struct Plan<'a> {
    /// What to execute.
    pub(crate) image: Image<'a>,
    /// The argument vector.
    pub(crate) argv: Strings,
    /// The environment.
    pub(crate) env: Strings,
    /// The working directory.
    pub(crate) cwd: CString,
    /// The program's descriptors.
    pub(crate) stdio: Vec<Placed<'a>>,
    /// Which of them is the controlling terminal.
    pub(crate) terminal: Option<RawFd>,
    /// The cgroup to be born into, where the kernel can.
    pub(crate) birthplace: Option<BorrowedFd<'a>>,
    /// Else `cgroup.procs` of each leaf to join.
    pub(crate) joins: Vec<BorrowedFd<'a>>,
    /// What to set, in order.
    pub(crate) rlimits: Vec<(Resource, Rlimit)>,
    /// The program's user.
    pub(crate) uid: u32,
    /// The program's group.
    pub(crate) gid: u32,
    /// The Landlock rules, where the kernel has them.
    pub(crate) landlock: Option<BorrowedFd<'a>>,
    /// The seccomp filter.
    pub(crate) filter: &'a [libc::sock_filter],
}

/// What is executed.
#[derive(Debug)]
pub(crate) enum Image<'a> {
    /// A descriptor.
    Descriptor(BorrowedFd<'a>),
    /// The first of these paths that can be executed.
    Paths(Vec<CString>),
}

/// A descriptor and its number in the program.
#[derive(Debug)]
pub(crate) struct Placed<'a> {
    /// What it is here.
    pub(crate) source: BorrowedFd<'a>,
    /// Its number there.
    pub(crate) target: RawFd,
}

/// A null-terminated array of strings, as exec wants it.
#[derive(Debug)]
pub(crate) struct Strings {
    pointers: Vec<*const c_char>,
    _strings: Vec<CString>,
}

impl Strings {
    /// From strings without NUL.
    pub(crate) fn new(strings: Vec<CString>) -> Self {
        let pointers = strings.iter().map(|s| s.as_ptr()).chain([std::ptr::null()]).collect();
        Self { pointers, _strings: strings }
    }
}

/// A started program.
#[derive(Debug)]
pub(crate) struct Child {
    /// Its main process.
    pub(crate) pid: Pid,
    status: OwnedFd,
}

/// How far the child came.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Progress {
    /// When it was about to exec, on the monotonic clock.
    pub(crate) started: Option<Duration>,
    /// The step that failed, and why.
    pub(crate) failed: Option<(Step, i32)>,
}

/// Starts the program. Its later failures are told by [`Child::progress`] once it is dead.
///
/// # Errors
/// The step that failed on this side, with the kernel's error number.
pub(crate) fn spawn(plan: &Plan<'_>) -> Result<Child, (Step, i32)> {
    let stdio = |error: io::Error| (Step::Stdio, error.raw_os_error().unwrap_or(libc::EIO));
    let (reader, writer) = rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC)
        .map_err(|errno| (Step::Fork, errno.raw_os_error()))?;
    rustix::fs::fcntl_setfl(&reader, rustix::fs::OFlags::NONBLOCK).map_err(|errno| stdio(errno.into()))?;
    let mut scratch = Scratch::new(plan);
    let (pid, born_there) = fork(plan.birthplace);
    match pid {
        0 => enter(plan, &mut scratch, writer.as_raw_fd(), born_there),
        pid if pid > 0 => match Pid::from_raw(pid) {
            Some(pid) => Ok(Child { pid, status: reader }),
            None => Err((Step::Fork, libc::EIO)),
        },
        _ => Err((Step::Fork, last_errno())),
    }
}

/// As fork(2), beside whether the child is in its cgroup already. Moving a process makes the kernel wait for all its
/// CPUs on many versions; being born there does not.
fn fork(birthplace: Option<BorrowedFd<'_>>) -> (i32, bool) {
    if let Some(cgroup) = birthplace {
        // SAFETY: all zeroes are valid arguments: a plain fork.
        let mut arguments: libc::clone_args = unsafe { std::mem::zeroed() };
        arguments.flags = CLONE_INTO_CGROUP;
        arguments.exit_signal = libc::SIGCHLD.unsigned_abs().into();
        arguments.cgroup = cgroup.as_raw_fd().unsigned_abs().into();
        // SAFETY: as below; without a stack of its own the child goes on here like one of fork.
        let pid =
            unsafe { libc::syscall(libc::SYS_clone3, &raw const arguments, size_of::<libc::clone_args>()) };
        if let Ok(pid @ 0..) = i32::try_from(pid) {
            return (pid, true);
        }
        // Before Linux 5.7, or filtered away: then the child moves itself.
    }
    // SAFETY: the process has one thread, so no lock can be held by another one; the child only runs `enter`, which
    // neither allocates nor returns.
    (unsafe { libc::fork() }, false)
}

/// Not in the libc crate for every target.
const CLONE_INTO_CGROUP: u64 = 0x2_0000_0000;

impl Child {
    /// What the child has told so far.
    pub(crate) fn progress(&self) -> Progress {
        let mut bytes = [0; 2 * RECORD];
        let length = rustix::io::read(&self.status, &mut bytes).unwrap_or(0);
        let mut progress = Progress::default();
        for record in bytes[..length].chunks_exact(RECORD) {
            let value = u64::from_ne_bytes(record[1..].try_into().unwrap_or_default());
            match record[0] {
                STARTED => progress.started = Some(Duration::from_nanos(value)),
                step => progress.failed = Some((step_of(step), i32::try_from(value).unwrap_or(libc::EIO))),
            }
        }
        progress
    }
}

/// A dead child.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reaped {
    /// Which.
    pub(crate) pid: Pid,
    /// Its wait status.
    pub(crate) status: i32,
    /// Its user time and that of the children it had waited for.
    pub(crate) user: Duration,
    /// The same for system time.
    pub(crate) system: Duration,
    /// Its largest resident set in KiB.
    pub(crate) max_rss_kib: u64,
}

/// Takes one dead child off the process table, of whatever kind it is. None when none is dead now.
pub(crate) fn reap() -> Option<Reaped> {
    let mut status = 0;
    // SAFETY: all zeroes is a valid rusage.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: both pointers are to live values of the right type.
    let pid = unsafe { libc::wait4(-1, &raw mut status, libc::WNOHANG | libc::__WALL, &raw mut usage) };
    let pid = (pid > 0).then(|| Pid::from_raw(pid)).flatten()?;
    Some(Reaped {
        pid,
        status,
        user: duration(usage.ru_utime),
        system: duration(usage.ru_stime),
        max_rss_kib: u64::try_from(usage.ru_maxrss).unwrap_or(0),
    })
}

fn duration(time: libc::timeval) -> Duration {
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    let micros = u32::try_from(time.tv_usec).unwrap_or(0);
    Duration::new(seconds, micros.saturating_mul(1000))
}

/// One record in the status pipe: a tag and a number.
const RECORD: usize = 9;
const STARTED: u8 = 0xff;

fn record(tag: u8, value: u64) -> [u8; RECORD] {
    let mut bytes = [tag; RECORD];
    bytes[1..].copy_from_slice(&value.to_ne_bytes());
    bytes
}

/// Every step a child can fail at.
const CHILD_STEPS: [Step; 16] = [
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
    CHILD_STEPS.into_iter().find(|step| *step as u8 == tag).unwrap_or(Step::Fork)
}

/// Memory for the child, taken before fork.
struct Scratch {
    moved: Vec<RawFd>,
    gaps: Vec<(u32, u32)>,
    above: RawFd,
}

impl Scratch {
    fn new(plan: &Plan<'_>) -> Self {
        let mut targets: Vec<RawFd> = plan.stdio.iter().map(|placed| placed.target).collect();
        targets.sort_unstable();
        let mut gaps = Vec::new();
        let mut next = 0u32;
        for target in targets.iter().filter_map(|target| u32::try_from(*target).ok()) {
            if target > next {
                gaps.push((next, target - 1));
            }
            next = target + 1;
        }
        gaps.push((next, u32::MAX));
        Self { moved: vec![-1; plan.stdio.len()], gaps, above: targets.last().map_or(0, |last| last + 1) }
    }
}

/// The child's whole life before exec.
fn enter(plan: &Plan<'_>, scratch: &mut Scratch, status: RawFd, born_there: bool) -> ! {
    // What is placed must not overwrite what is still needed, so both move out of the way first.
    let (status, image) = match move_away(plan, scratch, status) {
        Ok(moved) => moved,
        Err(errno) => fail(status, Step::Stdio, errno),
    };
    match prepare(plan, scratch, born_there) {
        Ok(()) => {}
        Err((step, errno)) => fail(status, step, errno),
    }
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    let nanos =
        now.tv_sec.cast_unsigned().wrapping_mul(1_000_000_000).wrapping_add(now.tv_nsec.cast_unsigned());
    tell(status, &record(STARTED, nanos));
    let errno = execute(plan, image);
    fail(status, Step::Exec, errno)
}

fn move_away(plan: &Plan<'_>, scratch: &mut Scratch, status: RawFd) -> Result<(RawFd, RawFd), Errno> {
    let status = duplicate(status, scratch.above)?;
    for (moved, placed) in scratch.moved.iter_mut().zip(&plan.stdio) {
        *moved = duplicate(placed.source.as_raw_fd(), scratch.above)?;
    }
    let image = match &plan.image {
        Image::Descriptor(descriptor) => duplicate(descriptor.as_raw_fd(), scratch.above)?,
        Image::Paths(_) => -1,
    };
    Ok((status, image))
}

fn prepare(plan: &Plan<'_>, scratch: &Scratch, born_there: bool) -> Result<(), (Step, Errno)> {
    let at = |step: Step| move |errno: Errno| (step, errno);
    for leaf in plan.joins.iter().filter(|_| !born_there) {
        rustix::io::write(leaf, b"0").map_err(at(Step::JoinLeaf))?;
    }
    rustix::process::setsid().map_err(at(Step::Session))?;
    // Landlock's descriptor may sit where a stdio descriptor goes.
    let landlock = match plan.landlock {
        Some(rules) => Some(duplicate(rules.as_raw_fd(), scratch.above).map_err(at(Step::Stdio))?),
        None => None,
    };
    for (moved, placed) in scratch.moved.iter().zip(&plan.stdio) {
        place(*moved, placed.target).map_err(at(Step::Stdio))?;
    }
    if let Some(terminal) = plan.terminal {
        take_terminal(terminal).map_err(at(Step::Terminal))?;
    }
    close_others(scratch).map_err(at(Step::CloseDescriptors))?;
    volunteer_for_oom().map_err(at(Step::OomScore))?;
    for (resource, limit) in &plan.rlimits {
        rustix::process::setrlimit(*resource, *limit).map_err(at(Step::Rlimits))?;
    }
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o022));
    rustix::process::chdir(plan.cwd.as_c_str()).map_err(at(Step::WorkingDirectory))?;
    become_user(plan.uid, plan.gid)?;
    rustix::thread::set_no_new_privs(true).map_err(at(Step::NoNewPrivileges))?;
    if let Some(rules) = landlock {
        landlock_restrict(rules).map_err(at(Step::Landlock))?;
    }
    default_signals().map_err(at(Step::Exec))?;
    install_filter(plan.filter).map_err(at(Step::Seccomp))
}

fn become_user(uid: u32, gid: u32) -> Result<(), (Step, Errno)> {
    let (user, group) = (Uid::from_raw(uid), Gid::from_raw(gid));
    rustix::thread::set_thread_groups(&[]).map_err(|errno| (Step::Groups, errno))?;
    rustix::thread::set_thread_res_gid(group, group, group).map_err(|errno| (Step::Gid, errno))?;
    rustix::thread::set_thread_res_uid(user, user, user).map_err(|errno| (Step::Uid, errno))?;
    match is_user(uid, gid) {
        true => Ok(()),
        false => Err((Step::VerifyIdentity, Errno::PERM)),
    }
}

/// All six ids are as asked for and there are no groups beside them.
fn is_user(uid: u32, gid: u32) -> bool {
    let (mut users, mut groups) = ([0u32; 3], [0u32; 3]);
    let [real, effective, saved] = &mut users;
    // SAFETY: three pointers to live integers.
    let users_known = unsafe { libc::getresuid(real, effective, saved) } == 0;
    let [real, effective, saved] = &mut groups;
    // SAFETY: as above.
    let groups_known = unsafe { libc::getresgid(real, effective, saved) } == 0;
    // SAFETY: with a size of 0 nothing is written.
    let beside = unsafe { libc::getgroups(0, std::ptr::null_mut()) };
    users_known && groups_known && beside == 0 && users == [uid; 3] && groups == [gid; 3]
}

fn duplicate(fd: RawFd, above: RawFd) -> Result<RawFd, Errno> {
    // SAFETY: makes a new descriptor; nothing here owns it but exec, which closes it.
    check(unsafe { libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, above) })
}

fn place(fd: RawFd, target: RawFd) -> Result<(), Errno> {
    // SAFETY: what stood at `target` is of no more use to the child.
    check(unsafe { libc::dup2(fd, target) }).map(drop)
}

/// Marks all but the program's descriptors to be closed by exec; the status pipe is needed until then.
fn close_others(scratch: &Scratch) -> Result<(), Errno> {
    for &(first, last) in &scratch.gaps {
        // SAFETY: only sets a flag on descriptors.
        match check_long(unsafe {
            libc::syscall(libc::SYS_close_range, first, last, libc::CLOSE_RANGE_CLOEXEC)
        }) {
            Ok(()) => {}
            // Before Linux 5.9 or 5.11, or filtered away.
            Err(Errno::NOSYS | Errno::INVAL | Errno::PERM) => mark_each(first, last)?,
            Err(errno) => return Err(errno),
        }
    }
    Ok(())
}

fn mark_each(first: u32, last: u32) -> Result<(), Errno> {
    let end = rustix::process::getrlimit(Resource::Nofile).maximum.unwrap_or(1 << 20);
    let end = u32::try_from(end).unwrap_or(u32::MAX);
    for fd in first..=last.min(end) {
        let Ok(fd) = RawFd::try_from(fd) else { break };
        // SAFETY: used for one fcntl that only sets a flag, and only if it is open.
        let borrowed = unsafe { BorrowedFd::borrow_raw(fd) };
        match rustix::io::fcntl_setfd(borrowed, FdFlags::CLOEXEC) {
            Ok(()) | Err(Errno::BADF) => {}
            Err(errno) => return Err(errno),
        }
    }
    Ok(())
}

fn volunteer_for_oom() -> Result<(), Errno> {
    let flags = rustix::fs::OFlags::WRONLY | rustix::fs::OFlags::CLOEXEC;
    let file = rustix::fs::open(c"/proc/self/oom_score_adj", flags, rustix::fs::Mode::empty())?;
    rustix::io::write(file.as_fd(), b"1000").map(drop)
}

fn take_terminal(fd: RawFd) -> Result<(), Errno> {
    // SAFETY: takes no pointer.
    check(unsafe { libc::ioctl(fd, libc::TIOCSCTTY, 0) }).map(drop)
}

/// The kernel's Landlock ABI; 0 = none.
pub(crate) fn landlock_abi() -> u8 {
    const LANDLOCK_CREATE_RULESET_VERSION: u32 = 1;
    let nothing = std::ptr::null::<libc::c_void>();
    // SAFETY: with this flag nothing is read and the version is returned.
    let abi = unsafe {
        libc::syscall(libc::SYS_landlock_create_ruleset, nothing, 0usize, LANDLOCK_CREATE_RULESET_VERSION)
    };
    u8::try_from(abi).unwrap_or(0)
}

fn landlock_restrict(rules: RawFd) -> Result<(), Errno> {
    // SAFETY: takes a descriptor and flags.
    check_long(unsafe { libc::syscall(libc::SYS_landlock_restrict_self, rules, 0) })
}

/// Rust's runtime ignores SIGPIPE and the monitor blocks SIGCHLD; both would be inherited over exec.
fn default_signals() -> Result<(), Errno> {
    // SAFETY: no handler of ours is involved.
    if unsafe { libc::signal(libc::SIGPIPE, libc::SIG_DFL) } == libc::SIG_ERR {
        return Err(Errno::INVAL);
    }
    // SAFETY: all zeroes is the empty set on Linux.
    let none: libc::sigset_t = unsafe { std::mem::zeroed() };
    // SAFETY: reads one live set.
    check(unsafe { libc::sigprocmask(libc::SIG_SETMASK, &raw const none, std::ptr::null_mut()) }).map(drop)
}

fn install_filter(filter: &[libc::sock_filter]) -> Result<(), Errno> {
    let Ok(length) = u16::try_from(filter.len()) else { return Err(Errno::INVAL) };
    if length == 0 {
        return Ok(());
    }
    let program = libc::sock_fprog { len: length, filter: filter.as_ptr().cast_mut() };
    for flags in [libc::SECCOMP_FILTER_FLAG_SPEC_ALLOW, 0] {
        // SAFETY: the kernel reads `len` instructions, which live as long as `filter`.
        let done = unsafe {
            libc::syscall(libc::SYS_seccomp, libc::SECCOMP_SET_MODE_FILTER, flags, &raw const program)
        };
        match check_long(done) {
            // Before Linux 4.17 there is no such flag.
            Err(Errno::INVAL) if flags != 0 => {}
            result => return result,
        }
    }
    Err(Errno::INVAL)
}

/// Returns only when nothing could be executed.
fn execute(plan: &Plan<'_>, image: RawFd) -> Errno {
    match &plan.image {
        Image::Descriptor(_) => execute_descriptor(plan, image),
        Image::Paths(paths) => {
            // As execvp(3): a path that may not be executed is remembered while the search goes on.
            let mut refused = Errno::NOENT;
            for path in paths {
                match execute_path(plan, path) {
                    Errno::NOENT | Errno::NOTDIR => {}
                    Errno::ACCESS => refused = Errno::ACCESS,
                    errno => return errno,
                }
            }
            refused
        }
    }
}

fn execute_descriptor(plan: &Plan<'_>, image: RawFd) -> Errno {
    let (argv, env) = (plan.argv.pointers.as_ptr(), plan.env.pointers.as_ptr());
    // SAFETY: both arrays end with null and their strings live in `plan`.
    unsafe { libc::syscall(libc::SYS_execveat, image, c"".as_ptr(), argv, env, libc::AT_EMPTY_PATH) };
    Errno::from_raw_os_error(last_errno())
}

fn execute_path(plan: &Plan<'_>, path: &CStr) -> Errno {
    let (argv, env) = (plan.argv.pointers.as_ptr(), plan.env.pointers.as_ptr());
    // SAFETY: as above; `path` ends with NUL.
    unsafe { libc::execve(path.as_ptr(), argv, env) };
    Errno::from_raw_os_error(last_errno())
}

fn fail(status: RawFd, step: Step, errno: Errno) -> ! {
    tell(status, &record(step as u8, errno.raw_os_error().unsigned_abs().into()));
    // SAFETY: ends the child without running what belongs to the parent.
    unsafe { libc::_exit(127) }
}

fn tell(status: RawFd, record: &[u8; RECORD]) {
    // SAFETY: reads from a live array. A pipe takes 9 bytes whole; if the reader is gone nobody wants to know.
    unsafe { libc::write(status, record.as_ptr().cast(), record.len()) };
}

fn check(returned: i32) -> Result<RawFd, Errno> {
    if returned < 0 { Err(Errno::from_raw_os_error(last_errno())) } else { Ok(returned) }
}

fn check_long(returned: libc::c_long) -> Result<(), Errno> {
    if returned < 0 { Err(Errno::from_raw_os_error(last_errno())) } else { Ok(()) }
}

fn last_errno() -> i32 {
    io::Error::last_os_error().raw_os_error().unwrap_or(libc::EIO)
}
