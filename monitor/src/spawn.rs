//! The system calls that the standard library and rustix do not offer safely. The only `unsafe` of the monitor.

use std::ffi::{CStr, CString, c_char};
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use rustix::io::{Errno, FdFlags};
use rustix::process::{Pid, Resource};

/// Forks. The child does `life` and never comes back from here, whatever happens.
///
/// # Errors
/// As fork(2).
pub(crate) fn fork(life: impl FnOnce()) -> Result<Pid, Errno> {
    // SAFETY: the process has one thread, so no lock is held by another one and the child may go on as it is.
    match unsafe { libc::fork() } {
        0 => live(life),
        pid if pid > 0 => Pid::from_raw(pid).ok_or(Errno::IO),
        _ => Err(last_errno()),
    }
}

/// Forks as [`fork`] does, with the child born in a cgroup: it need not be moved, for which the kernel would have to wait
/// for all CPUs.
///
/// # Errors
/// As clone3(2): ENOSYS and EINVAL before Linux 5.7.
pub(crate) fn fork_into(cgroup: BorrowedFd<'_>, life: impl FnOnce()) -> Result<Pid, Errno> {
    // SAFETY: all zeroes is valid: no stack, no descriptors, no ids to be stored.
    let mut arguments: libc::clone_args = unsafe { std::mem::zeroed() };
    arguments.flags = CLONE_INTO_CGROUP;
    arguments.exit_signal = u64::from(libc::SIGCHLD.unsigned_abs());
    arguments.cgroup = u64::from(cgroup.as_raw_fd().unsigned_abs());
    // SAFETY: without CLONE_VM this is a fork, and holds for the same reason: the process has one thread. What the C
    // library's own fork does beside is for programs that have several, or handlers.
    match unsafe { libc::syscall(libc::SYS_clone3, &raw const arguments, size_of::<libc::clone_args>()) } {
        0 => live(life),
        pid if pid > 0 => i32::try_from(pid).ok().and_then(Pid::from_raw).ok_or(Errno::IO),
        _ => Err(last_errno()),
    }
}

/// clone3(2); the libc crate has it as a number that does not fit.
const CLONE_INTO_CGROUP: u64 = 0x2_0000_0000;

/// The child's whole life; a panic must not reach what belongs to the parent.
fn live(life: impl FnOnce()) -> ! {
    let _ = catch_unwind(AssertUnwindSafe(life));
    // SAFETY: ends the child without running what belongs to the parent.
    unsafe { libc::_exit(127) }
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

/// Duplicates a descriptor to a number of at least `above`, closed by exec.
///
/// # Errors
/// As fcntl(2).
pub(crate) fn duplicate(fd: BorrowedFd<'_>, above: RawFd) -> Result<OwnedFd, Errno> {
    // SAFETY: takes no pointer.
    let made = check(unsafe { libc::fcntl(fd.as_raw_fd(), libc::F_DUPFD_CLOEXEC, above) })?;
    // SAFETY: just made, so nobody else owns it.
    Ok(unsafe { OwnedFd::from_raw_fd(made) })
}

/// Gives a descriptor a certain number, kept over exec. Only for a child on its way there: whatever had the number is
/// gone.
///
/// # Errors
/// As dup2(2).
pub(crate) fn place(fd: BorrowedFd<'_>, number: RawFd) -> Result<(), Errno> {
    // SAFETY: takes no pointer; the child owns nothing at this number any more.
    check(unsafe { libc::dup2(fd.as_raw_fd(), number) }).map(drop)
}

/// Has exec close the descriptors of a range.
///
/// # Errors
/// As close_range(2) and fcntl(2).
pub(crate) fn close_at_exec(first: u32, last: u32) -> Result<(), Errno> {
    // SAFETY: only sets a flag on descriptors.
    match check_long(unsafe { libc::syscall(libc::SYS_close_range, first, last, libc::CLOSE_RANGE_CLOEXEC) })
    {
        // Before Linux 5.9 or 5.11, or filtered away.
        Err(Errno::NOSYS | Errno::INVAL | Errno::PERM) => close_each_at_exec(first, last),
        done => done,
    }
}

fn close_each_at_exec(first: u32, last: u32) -> Result<(), Errno> {
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

/// Closes a range of descriptors now. Only for a new child: what it closes here is the parent's.
pub(crate) fn close_inherited(first: RawFd, last: RawFd) {
    if first > last {
        return;
    }
    // SAFETY: the child never uses or drops the parent's values that own these.
    if check_long(unsafe { libc::syscall(libc::SYS_close_range, first, last, 0) }).is_err() {
        let end = rustix::process::getrlimit(Resource::Nofile).maximum.unwrap_or(1 << 20);
        for fd in first..=last.min(RawFd::try_from(end).unwrap_or(RawFd::MAX)) {
            // SAFETY: as above.
            unsafe { libc::close(fd) };
        }
    }
}

/// All six ids are as asked for and there are no groups beside them.
pub(crate) fn is_user(uid: u32, gid: u32) -> bool {
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

/// Makes a terminal the controlling one of this session.
///
/// # Errors
/// As ioctl(2).
pub(crate) fn take_terminal(fd: BorrowedFd<'_>) -> Result<(), Errno> {
    // SAFETY: takes no pointer.
    check(unsafe { libc::ioctl(fd.as_raw_fd(), libc::TIOCSCTTY, 0) }).map(drop)
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

/// Puts this process under Landlock rules.
///
/// # Errors
/// As landlock_restrict_self(2).
pub(crate) fn landlock_restrict(rules: BorrowedFd<'_>) -> Result<(), Errno> {
    // SAFETY: takes a descriptor and flags.
    check_long(unsafe { libc::syscall(libc::SYS_landlock_restrict_self, rules.as_raw_fd(), 0) })
}

/// Gives signals that the monitor ignores their default effect and blocks none: both would be inherited over exec.
///
/// # Errors
/// As sigaction(2) and sigprocmask(2).
pub(crate) fn default_signals(ignored: &[i32]) -> Result<(), Errno> {
    // The kernel's struct sigaction, all zeroes: the default effect. Not by the C library, which refuses the signals of its
    // threads.
    const DEFAULT: [u64; 4] = [0; 4];
    for signal in ignored {
        let (none, set) = (std::ptr::null_mut::<libc::c_void>(), size_of::<u64>());
        // SAFETY: reads one live struct; no handler of ours is involved.
        check_long(unsafe { libc::syscall(libc::SYS_rt_sigaction, *signal, DEFAULT.as_ptr(), none, set) })?;
    }
    // SAFETY: all zeroes is the empty set on Linux.
    let none: libc::sigset_t = unsafe { std::mem::zeroed() };
    // SAFETY: reads one live set.
    check(unsafe { libc::sigprocmask(libc::SIG_SETMASK, &raw const none, std::ptr::null_mut()) }).map(drop)
}

/// Puts this process under a seccomp filter.
///
/// # Errors
/// As seccomp(2).
pub(crate) fn install_filter(filter: &[libc::sock_filter]) -> Result<(), Errno> {
    let length = u16::try_from(filter.len()).map_err(|_| Errno::INVAL)?;
    let program = libc::sock_fprog { len: length, filter: filter.as_ptr().cast_mut() };
    let install = |flags: libc::c_ulong| {
        // SAFETY: the kernel reads `len` instructions, which live as long as `filter`.
        let done = unsafe {
            libc::syscall(libc::SYS_seccomp, libc::SECCOMP_SET_MODE_FILTER, flags, &raw const program)
        };
        check_long(done)
    };
    match install(libc::SECCOMP_FILTER_FLAG_SPEC_ALLOW) {
        // Before Linux 4.17 there is no such flag.
        Err(Errno::INVAL) => install(0),
        done => done,
    }
}

/// A null-terminated array of strings, as exec wants it.
#[derive(Debug)]
pub(crate) struct Strings {
    pointers: Vec<*const c_char>,
    _strings: Vec<CString>,
}

impl Strings {
    /// Of these.
    pub(crate) fn new(strings: Vec<CString>) -> Self {
        let pointers = strings.iter().map(|s| s.as_ptr()).chain([std::ptr::null()]).collect();
        Self { pointers, _strings: strings }
    }
}

/// Executes a descriptor. Returns only when it cannot.
pub(crate) fn execute_descriptor(image: BorrowedFd<'_>, argv: &Strings, env: &Strings) -> Errno {
    let (argv, env, nothing) = (argv.pointers.as_ptr(), env.pointers.as_ptr(), c"".as_ptr());
    // SAFETY: both arrays end with null and their strings live as long.
    unsafe { libc::syscall(libc::SYS_execveat, image.as_raw_fd(), nothing, argv, env, libc::AT_EMPTY_PATH) };
    last_errno()
}

/// Executes a path. Returns only when it cannot.
pub(crate) fn execute_path(path: &CStr, argv: &Strings, env: &Strings) -> Errno {
    let (argv, env) = (argv.pointers.as_ptr(), env.pointers.as_ptr());
    // SAFETY: as above; `path` ends with NUL.
    unsafe { libc::execve(path.as_ptr(), argv, env) };
    last_errno()
}

fn check(returned: i32) -> Result<RawFd, Errno> {
    if returned < 0 { Err(last_errno()) } else { Ok(returned) }
}

fn check_long(returned: libc::c_long) -> Result<(), Errno> {
    if returned < 0 { Err(last_errno()) } else { Ok(()) }
}

fn last_errno() -> Errno {
    Errno::from_io_error(&io::Error::last_os_error()).unwrap_or(Errno::IO)
}
