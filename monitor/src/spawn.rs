//! The system calls that the standard library and rustix do not offer safely. The only `unsafe` of the monitor.

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use rustix::io::{Errno, FdFlags};
use rustix::process::{Pid, Resource};

use crate::seccomp::Pass;

/// Whose memory a child works in until it execs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Memory {
    /// This process's own. Nothing need be copied, but whoever kills the child for want of memory kills both.
    Ours,
    /// A copy of it.
    Copied,
}

/// What children stand on until they exec, one at a time.
#[derive(Debug)]
pub(crate) struct Stack(Vec<u128>);

impl Stack {
    /// Ample for a child that only makes system calls.
    pub(crate) fn new() -> Self {
        Self(vec![0; 8192])
    }

    /// The lowest address and the size; both ends are aligned as calls need it.
    fn range(&mut self) -> (*mut u128, usize) {
        (self.0.as_mut_ptr(), size_of_val(self.0.as_slice()))
    }
}

/// Starts a child and waits until it has exec'd or is dead, as vfork(2) does. It does `life` and never comes back from
/// here, whatever happens. In our memory it must allocate nothing, since nobody would free that.
///
/// # Errors
/// As clone(2).
pub(crate) fn start<F: FnOnce()>(memory: Memory, stack: &mut Stack, life: F) -> Result<Pid, Errno> {
    let mut life = Some(life);
    let (bottom, size) = stack.range();
    // SAFETY: the end of an allocation is a valid place to point to.
    let top = unsafe { bottom.byte_add(size) };
    let flags = flags(memory) | libc::SIGCHLD;
    // SAFETY: this process has one thread, and it does not run before the child has let go of its memory: so it is as if
    // `live` were called here, on a stack of its own. `life` lives until then.
    let pid = unsafe { libc::clone(live::<F>, top.cast(), flags, (&raw mut life).cast()) };
    if pid < 0 { Err(last_errno()) } else { Pid::from_raw(pid).ok_or(Errno::IO) }
}

/// As [`start`], with the child born in a cgroup: it need not be moved, for which the kernel would have to wait for all
/// CPUs. The filter lets this process do so by its pass.
///
/// # Errors
/// As clone3(2): ENOSYS and EINVAL before Linux 5.7.
pub(crate) fn start_in<F: FnOnce()>(
    cgroup: BorrowedFd<'_>,
    pass: Pass,
    memory: Memory,
    stack: &mut Stack,
    life: F,
) -> Result<Pid, Errno> {
    let mut life = Some(life);
    let (bottom, size) = stack.range();
    // SAFETY: all zeroes is valid: no descriptors, no ids to be stored.
    let mut arguments: libc::clone_args = unsafe { std::mem::zeroed() };
    arguments.flags = CLONE_INTO_CGROUP | u64::from(flags(memory).unsigned_abs());
    arguments.exit_signal = u64::from(libc::SIGCHLD.unsigned_abs());
    arguments.cgroup = u64::from(cgroup.as_raw_fd().unsigned_abs());
    (arguments.stack, arguments.stack_size) = (bottom.addr() as u64, size as u64);
    // SAFETY: as in `start`; what the C library's function does beside is for programs that have several threads.
    let returned = unsafe { clone3(&arguments, pass, live::<F>, (&raw mut life).cast()) };
    match i32::try_from(returned) {
        Ok(pid) if pid > 0 => Pid::from_raw(pid).ok_or(Errno::IO),
        Ok(error) if error < 0 => Err(Errno::from_raw_os_error(-error)),
        _ => Err(Errno::IO),
    }
}

/// clone3(2); the libc crate has it as a number that does not fit.
const CLONE_INTO_CGROUP: u64 = 0x2_0000_0000;

fn flags(memory: Memory) -> i32 {
    match memory {
        Memory::Ours => libc::CLONE_VFORK | libc::CLONE_VM,
        Memory::Copied => libc::CLONE_VFORK,
    }
}

/// The child's whole life.
extern "C" fn live<F: FnOnce()>(life: *mut c_void) -> c_int {
    // SAFETY: points to what `start` has there, which nobody else uses meanwhile.
    let life = unsafe { (*life.cast::<Option<F>>()).take() };
    if let Some(life) = life {
        // A panic must not go beyond this stack.
        let _ = catch_unwind(AssertUnwindSafe(life));
    }
    // SAFETY: ends the child without running what belongs to the parent.
    unsafe { libc::_exit(127) }
}

/// clone3(2) with a stack, for which the C library has no function: whoever comes back on another stack cannot return from
/// the one that made the call. Returns the pid or a negative error number.
///
/// # Safety
/// The stack and `data` are good for `entry`, which does not return.
#[cfg(target_arch = "x86_64")]
unsafe fn clone3(arguments: &libc::clone_args, pass: Pass, entry: Entry, data: *mut c_void) -> i64 {
    let returned;
    // SAFETY: the parent goes on behind the label with all registers but those named as they were. The child has nothing of
    // the stack it came from: it calls `entry` with an aligned stack and no frame above.
    unsafe {
        std::arch::asm!(
            "syscall",
            "test rax, rax",
            "jnz 2f",
            "xor ebp, ebp",
            "mov rdi, {data}",
            "call {entry}",
            "ud2",
            "2:",
            entry = in(reg) entry,
            data = in(reg) data,
            inout("rax") libc::SYS_clone3 => returned,
            in("rdi") arguments,
            in("rsi") size_of::<libc::clone_args>(),
            in("r10") pass.0[0],
            in("r8") pass.0[1],
            out("rcx") _,
            out("r11") _,
        );
    }
    returned
}

/// As on x86-64.
///
/// # Safety
/// As on x86-64.
#[cfg(target_arch = "aarch64")]
unsafe fn clone3(arguments: &libc::clone_args, pass: Pass, entry: Entry, data: *mut c_void) -> i64 {
    let returned;
    // SAFETY: as on x86-64.
    unsafe {
        std::arch::asm!(
            "svc 0",
            "cbnz x0, 2f",
            "mov x29, xzr",
            "mov x0, {data}",
            "blr {entry}",
            "brk 1",
            "2:",
            entry = in(reg) entry,
            data = in(reg) data,
            in("x8") libc::SYS_clone3,
            inout("x0") arguments => returned,
            in("x1") size_of::<libc::clone_args>(),
            in("x3") pass.0[0],
            in("x4") pass.0[1],
        );
    }
    returned
}

type Entry = extern "C" fn(*mut c_void) -> c_int;

/// Numbers that this process and its children see alike, whosever memory those work in. All are 0 at first.
///
/// # Errors
/// As mmap(2).
pub(crate) fn common_numbers() -> Result<&'static [AtomicU64; 2], Errno> {
    let (access, kind) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_SHARED | libc::MAP_ANONYMOUS);
    // SAFETY: a new mapping wherever there is room.
    let page = unsafe { libc::mmap(std::ptr::null_mut(), size_of::<[AtomicU64; 2]>(), access, kind, -1, 0) };
    if page == libc::MAP_FAILED {
        return Err(last_errno());
    }
    // SAFETY: a page of zeroes, aligned, that is never unmapped.
    Ok(unsafe { &*page.cast() })
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
    /// Its page faults and those of the children it had waited for, but for those that waited for a disk: these were on files.
    pub(crate) faults: u64,
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
        faults: u64::try_from(usage.ru_minflt).unwrap_or(0),
    })
}

fn duration(time: libc::timeval) -> Duration {
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    let micros = u32::try_from(time.tv_usec).unwrap_or(0);
    Duration::new(seconds, micros.saturating_mul(1000))
}

/// Duplicates a descriptor to a number of at least `above`, closed by exec. Only for a child on its way there, where
/// descriptors belong to nobody.
///
/// # Errors
/// As fcntl(2).
pub(crate) fn duplicate(fd: RawFd, above: RawFd) -> Result<RawFd, Errno> {
    // SAFETY: takes no pointer.
    check(unsafe { libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, above) })
}

/// Gives a descriptor a certain number, kept over exec. Only for a child on its way there: whatever had the number is
/// gone.
///
/// # Errors
/// As dup2(2) and fcntl(2).
pub(crate) fn place(fd: RawFd, number: RawFd) -> Result<(), Errno> {
    if fd == number {
        // SAFETY: takes no pointer.
        return check(unsafe { libc::fcntl(fd, libc::F_SETFD, 0) }).map(drop);
    }
    // SAFETY: takes no pointer; the child owns nothing at this number any more.
    check(unsafe { libc::dup2(fd, number) }).map(drop)
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
pub(crate) fn take_terminal(fd: RawFd) -> Result<(), Errno> {
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
    match set_filter(filter, libc::SECCOMP_FILTER_FLAG_SPEC_ALLOW) {
        // Before Linux 4.17 there is no such flag.
        Err(Errno::INVAL) => set_filter(filter, 0).map(drop),
        done => done.map(drop),
    }
}

/// As [`install_filter`]; calls that the filter has noticed wait for whoever reads the descriptor.
///
/// # Errors
/// As seccomp(2): EINVAL before Linux 5.0, EBUSY where somebody listens for this process already.
pub(crate) fn install_noticing_filter(filter: &[libc::sock_filter]) -> Result<OwnedFd, Errno> {
    let flags = libc::SECCOMP_FILTER_FLAG_SPEC_ALLOW | libc::SECCOMP_FILTER_FLAG_NEW_LISTENER;
    let listener = RawFd::try_from(set_filter(filter, flags)?).map_err(|_| Errno::BADF)?;
    // SAFETY: the kernel has just made it, for us.
    Ok(unsafe { OwnedFd::from_raw_fd(listener) })
}

fn set_filter(filter: &[libc::sock_filter], flags: libc::c_ulong) -> Result<libc::c_long, Errno> {
    let length = u16::try_from(filter.len()).map_err(|_| Errno::INVAL)?;
    let program = libc::sock_fprog { len: length, filter: filter.as_ptr().cast_mut() };
    // SAFETY: the kernel reads `len` instructions, which live as long as `filter`.
    let done =
        unsafe { libc::syscall(libc::SYS_seccomp, libc::SECCOMP_SET_MODE_FILTER, flags, &raw const program) };
    if done < 0 { Err(last_errno()) } else { Ok(done) }
}

/// Lets one noticed call pass. The listener must be readable.
///
/// # Errors
/// As ioctl(2): ENOENT where the caller has died meanwhile.
pub(crate) fn let_pass(listener: BorrowedFd<'_>) -> Result<(), Errno> {
    // SAFETY: all zeroes is valid, and what the kernel asks for.
    let mut notice: libc::seccomp_notif = unsafe { std::mem::zeroed() };
    // SAFETY: the kernel writes one such struct.
    let received =
        unsafe { libc::ioctl(listener.as_raw_fd(), libc::SECCOMP_IOCTL_NOTIF_RECV, &raw mut notice) };
    check(received)?;
    let flags = u32::try_from(libc::SECCOMP_USER_NOTIF_FLAG_CONTINUE).unwrap_or(1);
    let mut answer = libc::seccomp_notif_resp { id: notice.id, val: 0, error: 0, flags };
    // SAFETY: the kernel reads one such struct.
    let sent = unsafe { libc::ioctl(listener.as_raw_fd(), libc::SECCOMP_IOCTL_NOTIF_SEND, &raw mut answer) };
    check(sent).map(drop)
}

/// A null-terminated array of strings, as exec wants it.
#[derive(Debug)]
pub(crate) struct Strings {
    pointers: Vec<*const c_char>,
    _strings: Vec<CString>,
}

impl Strings {
    /// Keeps them alive as long as the pointers to them.
    pub(crate) fn new(strings: Vec<CString>) -> Self {
        let pointers = strings.iter().map(|s| s.as_ptr()).chain([std::ptr::null()]).collect();
        Self { pointers, _strings: strings }
    }
}

/// Executes a descriptor. Returns only when it cannot.
pub(crate) fn execute_descriptor(image: RawFd, argv: &Strings, env: &Strings) -> Errno {
    let (argv, env, nothing) = (argv.pointers.as_ptr(), env.pointers.as_ptr(), c"".as_ptr());
    // SAFETY: both arrays end with null and their strings live as long.
    unsafe { libc::syscall(libc::SYS_execveat, image, nothing, argv, env, libc::AT_EMPTY_PATH) };
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
#[cfg(test)]
mod tests {
    use std::os::fd::AsFd;
    use std::sync::atomic::Ordering;

    use rustix::process::{WaitOptions, waitpid};

    use super::*;
    use crate::seccomp::{Init, filter};

    #[test]
    fn the_filter_lets_who_shows_the_pass_fork_into_a_cgroup_and_nobody_else() {
        let (pass, other) = (Pass::new().unwrap(), Pass::new().unwrap());
        let forking = move || {
            rustix::thread::set_no_new_privs(true).unwrap();
            install_filter(&filter(false, pass, Init::Guarded)).unwrap();
            let (nothing, mut stack) = (std::fs::File::open("/dev/null").unwrap(), Stack::new());
            // The kernel finds no cgroup there, if it is asked.
            [pass, other].map(|shown| start_in(nothing.as_fd(), shown, Memory::Copied, &mut stack, || ()))
        };
        // A filter is its thread's.
        let answers = std::thread::spawn(forking).join().unwrap();
        assert_eq!(answers, [Err(Errno::BADF), Err(Errno::NOSYS)]);
    }

    #[test]
    fn a_child_is_waited_for_until_it_execs_or_is_dead_whosever_memory_it_works_in() {
        let (told, mut stack) = (common_numbers().unwrap(), Stack::new());
        let argv = Strings::new(vec![c"sh".into(), c"-c".into(), c"exit 3".into()]);
        let env = Strings::new(vec![]);
        for (memory, path, number, code) in [
            (Memory::Ours, c"/bin/sh", 1, 3),
            (Memory::Ours, c"/nowhere", 2, 127),
            (Memory::Copied, c"/bin/sh", 3, 3),
            (Memory::Copied, c"/nowhere", 4, 127),
        ] {
            let mut mine = 0;
            let life = || {
                mine = number;
                told[0].store(number, Ordering::Relaxed);
                execute_path(path, &argv, &env);
            };
            let pid = start(memory, &mut stack, life).unwrap();
            assert_eq!(told[0].load(Ordering::Relaxed), number);
            assert_eq!(mine == number, memory == Memory::Ours);
            let (_, status) = waitpid(Some(pid), WaitOptions::empty()).unwrap().unwrap();
            assert_eq!(status.exit_status(), Some(code), "{memory:?} {path:?}");
        }
    }
}
