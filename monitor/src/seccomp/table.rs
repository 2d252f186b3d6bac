//! What the filter says to which call.

use libc::{c_long, sock_filter};

use super::bpf::{
    ALLOW, BPF_JEQ, NOTIFY, and, answer, argument_offset, beyond, by_bits, by_value, error, jump, load,
    only_with,
};

/// The error number of a call that does nothing.
pub(super) const SUCCESS: i32 = 0;

/// What is denied whatever its arguments are, and with which error; 0 = it succeeds, and nothing was done.
pub(super) const DENIED: &[(i32, &[c_long])] = &[
    // Engines that pass filters by, and whose limits are the whole host's.
    (
        libc::ENOSYS,
        &[
            libc::SYS_io_uring_setup,
            libc::SYS_io_uring_enter,
            libc::SYS_io_uring_register,
            libc::SYS_io_setup,
            libc::SYS_io_submit,
        ],
    ),
    // Filters take memory that the whole host has a limit for. Nobody adds to the one that is there.
    (libc::ENOSYS, &[libc::SYS_seccomp]),
    // Widens races in exploits.
    (libc::ENOSYS, &[libc::SYS_userfaultfd]),
    // Tracing and other processes' memory and descriptors.
    (
        libc::EPERM,
        &[
            libc::SYS_ptrace,
            libc::SYS_process_vm_readv,
            libc::SYS_process_vm_writev,
            libc::SYS_kcmp,
            libc::SYS_pidfd_getfd,
            libc::SYS_process_madvise,
            libc::SYS_perf_event_open,
        ],
    ),
    // Kernel programs and modules.
    (
        libc::EPERM,
        &[
            libc::SYS_bpf,
            libc::SYS_init_module,
            libc::SYS_finit_module,
            libc::SYS_delete_module,
            libc::SYS_kexec_load,
            libc::SYS_kexec_file_load,
        ],
    ),
    // Keys have no namespace.
    (libc::ENOSYS, &[libc::SYS_add_key, libc::SYS_request_key, libc::SYS_keyctl]),
    // Namespaces and mounts.
    (
        libc::EPERM,
        &[
            libc::SYS_unshare,
            libc::SYS_setns,
            libc::SYS_mount,
            libc::SYS_umount2,
            libc::SYS_pivot_root,
            libc::SYS_chroot,
            libc::SYS_fsopen,
            libc::SYS_fsconfig,
            libc::SYS_fsmount,
            libc::SYS_fspick,
            libc::SYS_open_tree,
            libc::SYS_move_mount,
            libc::SYS_mount_setattr,
        ],
    ),
    // Files by handle.
    (
        libc::EPERM,
        &[
            libc::SYS_open_by_handle_at,
            libc::SYS_name_to_handle_at,
            libc::SYS_fanotify_init,
            libc::SYS_fanotify_mark,
        ],
    ),
    // Page-cache plumbing, part of many exploits. EINVAL is the documented "use read and write instead".
    (libc::EINVAL, &[libc::SYS_splice, libc::SYS_tee, libc::SYS_vmsplice]),
    // System V IPC and message queues outlive their processes.
    (
        libc::ENOSYS,
        &[
            libc::SYS_shmget,
            libc::SYS_shmat,
            libc::SYS_shmdt,
            libc::SYS_shmctl,
            libc::SYS_semget,
            libc::SYS_semop,
            libc::SYS_semctl,
            libc::SYS_semtimedop,
            libc::SYS_msgget,
            libc::SYS_msgsnd,
            libc::SYS_msgrcv,
            libc::SYS_msgctl,
            libc::SYS_mq_open,
            libc::SYS_mq_unlink,
            libc::SYS_mq_timedsend,
            libc::SYS_mq_timedreceive,
            libc::SYS_mq_notify,
            libc::SYS_mq_getsetattr,
        ],
    ),
    // Memory policy.
    (
        libc::EPERM,
        &[
            libc::SYS_mbind,
            libc::SYS_set_mempolicy,
            libc::SYS_get_mempolicy,
            libc::SYS_migrate_pages,
            libc::SYS_move_pages,
            SYS_SET_MEMPOLICY_HOME_NODE,
        ],
    ),
    // The host and its clock.
    (
        libc::EPERM,
        &[
            libc::SYS_settimeofday,
            libc::SYS_clock_settime,
            libc::SYS_clock_adjtime,
            libc::SYS_adjtimex,
            libc::SYS_sethostname,
            libc::SYS_setdomainname,
            libc::SYS_reboot,
            libc::SYS_swapon,
            libc::SYS_swapoff,
            libc::SYS_acct,
            libc::SYS_quotactl,
            libc::SYS_quotactl_fd,
            libc::SYS_syslog,
            libc::SYS_vhangup,
        ],
    ),
    (libc::EPERM, OF_THE_ARCHITECTURE),
    // Long dead.
    (libc::ENOSYS, &[libc::SYS_nfsservctl, libc::SYS_lookup_dcookie]),
    (libc::ENOSYS, DEAD_HERE),
    // Memory that leaves no trace in /proc.
    (libc::ENOSYS, &[SYS_MEMFD_SECRET]),
    // Watches of files. Some files are the same for several sandboxes (a large input, the monitor, namespaces of the host), and
    // who has them open could be seen by who watches.
    (libc::ENOSYS, INOTIFY),
    // Which pages of a file are in memory, those that others have read among them.
    (libc::ENOSYS, &[SYS_CACHESTAT]),
    // Locks: as if granted. The kernel charges nobody for them, shows them to everybody, and two sandboxes that have the same file
    // open (as above; all eventfds of the host are one file to it) could tell each other something by them.
    (SUCCESS, &[libc::SYS_flock]),
    // The host's disks are nobody's business: programs write memory only.
    (
        SUCCESS,
        &[libc::SYS_sync, libc::SYS_syncfs, libc::SYS_fsync, libc::SYS_fdatasync, libc::SYS_sync_file_range],
    ),
    // Advice about files. What is thrown out of the page cache the next program would have to read, and be charged for.
    (SUCCESS, &[libc::SYS_fadvise64]),
    // Extended attributes. Those of a box itself would outlive the run: the next program could read them, and they take
    // the room of its files. An access list may lock the monitor's user out of a directory. ENOTSUP is what a file
    // system without attributes answers, upon which copying programs go without.
    (libc::ENOTSUP, &[libc::SYS_setxattr, libc::SYS_lsetxattr, libc::SYS_fsetxattr, SYS_SETXATTRAT]),
];

/// Calls whose arguments decide.
pub(super) fn by_argument() -> [(c_long, Vec<sock_filter>); 12] {
    let allow = answer(ALLOW);
    let family = [libc::AF_UNIX.unsigned_abs()];
    let unix_only = by_value(0, &[(&family, allow)], error(libc::EAFNOSUPPORT));
    [
        (libc::SYS_clone, clone()),
        (libc::SYS_socket, unix_only.clone()),
        (libc::SYS_socketpair, unix_only),
        (libc::SYS_setsockopt, by_value(2, &[(SOCKET_OPTIONS, allow)], error(libc::ENOPROTOOPT))),
        (libc::SYS_ioctl, by_value(1, &[(&[TIOCSTI, TIOCLINUX, TIOCSETD], error(libc::EPERM))], allow)),
        (libc::SYS_personality, by_value(0, &[(&[0, u32::MAX], allow)], error(libc::EPERM))),
        (libc::SYS_fcntl, fcntl()),
        (libc::SYS_prctl, prctl()),
        (
            libc::SYS_madvise,
            by_value(2, &[(IDLE_ADVICE, error(SUCCESS)), (&[MADV_COLLAPSE], error(libc::EINVAL))], allow),
        ),
        (libc::SYS_msync, by_bits(2, libc::MS_SYNC.unsigned_abs(), error(SUCCESS))),
        // Large pages that the host has put aside are charged to nobody. So it answers where there are none.
        (libc::SYS_memfd_create, by_bits(1, libc::MFD_HUGETLB, error(libc::EINVAL))),
        (libc::SYS_mmap, by_bits(3, libc::MAP_HUGETLB.unsigned_abs(), error(libc::ENOMEM))),
    ]
}

fn clone() -> Vec<sock_filter> {
    by_bits(0, NEW_NAMESPACES, error(libc::EPERM))
}

fn fcntl() -> Vec<sock_filter> {
    by_value(1, &[(FCNTL, answer(ALLOW)), (LOCKING, error(SUCCESS))], error(libc::EINVAL))
}

/// clone(2) flags that make namespaces. CLONE_NEWTIME (0x80) is not among them: in clone it is part of the signal.
const NEW_NAMESPACES: u32 = 0x7e02_0000;

/// Input as if typed, into whoever reads the terminal next.
pub(super) const TIOCSTI: u32 = 0x5412;
/// The console's.
pub(super) const TIOCLINUX: u32 = 0x541c;
/// Another line discipline: network protocols and modem multiplexers of the kernel, which it loads when asked.
pub(super) const TIOCSETD: u32 = 0x5423;

/// Options of sockets, by their numbers in the kernel's `asm-generic/socket.h`: REUSEADDR, BROADCAST, SNDBUF, RCVBUF, KEEPALIVE,
/// OOBINLINE, PRIORITY, LINGER, REUSEPORT, PASSCRED, RCVLOWAT, RCVTIMEO and SNDTIMEO (old and new), TIMESTAMP, PASSSEC, PEEK_OFF,
/// PASSPIDFD. Not those that attach a filter, which takes memory that nobody is charged for.
pub(super) const SOCKET_OPTIONS: &[u32] =
    &[2, 6, 7, 8, 9, 10, 12, 13, 15, 16, 18, 20, 21, 29, 34, 42, 66, 67, 76];

/// What fcntl(2) does with descriptors, pipes and sealed memory, and asking for a lock. Not leases, watches of directories
/// (F_NOTIFY) and hints about a file that another sandbox could read.
pub(super) const FCNTL: &[u32] = &[
    0, // F_DUPFD
    1, // F_GETFD
    2, // F_SETFD
    3, // F_GETFL
    4, // F_SETFL
    5, // F_GETLK: there are none
    8, // F_SETOWN
    9, // F_GETOWN
    F_SETSIG, 11,   // F_GETSIG
    15,   // F_SETOWN_EX
    16,   // F_GETOWN_EX
    36,   // F_OFD_GETLK
    1025, // F_GETLEASE
    1027, // F_DUPFD_QUERY
    1030, // F_DUPFD_CLOEXEC
    1031, // F_SETPIPE_SZ
    1032, // F_GETPIPE_SZ
    1033, // F_ADD_SEALS
    1034, // F_GET_SEALS
];

/// Which signal tells of a descriptor.
const F_SETSIG: u32 = 10;

/// F_SETLK, F_SETLKW, F_OFD_SETLK and F_OFD_SETLKW.
pub(super) const LOCKING: &[u32] = &[6, 7, 37, 38];

/// MADV_MERGEABLE (whoever has a page like another's could see that from its time), MADV_COLD and MADV_PAGEOUT.
pub(super) const IDLE_ADVICE: &[u32] = &[12, 20, 21];
/// Has all CPUs of the host stop for a moment.
pub(super) const MADV_COLLAPSE: u32 = 25;

/// The newest option of prctl(2) that was reviewed (PR_LOCK_SHADOW_STACK_STATUS, Linux 6.13).
pub(super) const NEWEST_PRCTL: u32 = 76;
/// PR_SET_SECCOMP, PR_SCHED_CORE (idles a sibling CPU that is another sandbox's), PR_SET_MEMORY_MERGE.
pub(super) const PRCTL_DENIED: &[u32] = &[22, 62, 67];

/// Beyond the newest it answers as an older kernel.
fn prctl() -> Vec<sock_filter> {
    let mut program = by_value(0, &[(PRCTL_DENIED, error(libc::EINVAL))], answer(ALLOW));
    program.splice(1..1, beyond(NEWEST_PRCTL + 1, program.len() - 1));
    program.push(error(libc::EINVAL));
    program
}

/// Calls that send a signal at once, and which argument says which signal.
pub(super) const SENDERS: [(c_long, u32); 6] = [
    (libc::SYS_kill, 1),
    (libc::SYS_tkill, 1),
    (libc::SYS_tgkill, 2),
    (libc::SYS_rt_sigqueueinfo, 1),
    (libc::SYS_rt_tgsigqueueinfo, 2),
    (libc::SYS_pidfd_send_signal, 1),
];

/// Calls by which the main process may be sent [`NOTICED`], now or later, and what to do about each: such a call is noticed. Not by
/// the death of its parent, which is the monitor.
pub(super) fn noticed() -> Vec<(c_long, Vec<sock_filter>)> {
    let sends = |argument| [&when_it_is_the_signal(argument)[..], &[answer(ALLOW)]].concat();
    let mut calls: Vec<_> = SENDERS.iter().map(|(call, argument)| (*call, sends(*argument))).collect();
    calls.extend([
        (libc::SYS_clone, clone_noticed()),
        (libc::SYS_fcntl, fcntl_noticed()),
        (libc::SYS_timer_create, timer_noticed()),
    ]);
    calls
}

/// Noticed when the argument is the signal; else what follows.
fn when_it_is_the_signal(argument: u32) -> [sock_filter; 3] {
    [load(argument_offset(argument)), jump(BPF_JEQ, NOTICED.unsigned_abs(), 0, 1), answer(NOTIFY)]
}

/// What tells of a descriptor may be any signal.
fn fcntl_noticed() -> Vec<sock_filter> {
    let sets = [load(argument_offset(1)), jump(BPF_JEQ, F_SETSIG, 0, 3)];
    [&sets[..], &when_it_is_the_signal(2), &fcntl()].concat()
}

/// The parent is sent what the low byte of the flags names when the child ends. What is denied comes first: a noticed call passes.
fn clone_noticed() -> Vec<sock_filter> {
    let mut program = clone();
    program.pop();
    program.extend([and(0xff), jump(BPF_JEQ, NOTICED.unsigned_abs(), 0, 1), answer(NOTIFY), answer(ALLOW)]);
    program
}

/// A timer may send any signal, which stands where a filter cannot look; without a second argument it is SIGALRM.
fn timer_noticed() -> Vec<sock_filter> {
    [&only_with(1, 0, 1)[..], &[answer(ALLOW), answer(NOTIFY)]].concat()
}

/// What is sent to process 1 comes to nothing; else what follows.
pub(super) fn nothing_for_init() -> [sock_filter; 3] {
    [load(argument_offset(0)), jump(BPF_JEQ, 1, 0, 1), error(SUCCESS)]
}

/// The signal that the kernel sends at a limit, and whoever likes to: a file was to grow beyond RLIMIT_FSIZE.
pub(crate) const NOTICED: i32 = libc::SIGXFSZ;

/// The same number on every architecture (since Linux 5.17), but not named by the libc crate everywhere.
const SYS_SET_MEMPOLICY_HOME_NODE: c_long = 450;
/// As above (since Linux 5.14).
const SYS_MEMFD_SECRET: c_long = 447;
/// As above (since Linux 6.13).
const SYS_SETXATTRAT: c_long = 463;

/// As above (since Linux 6.5).
const SYS_CACHESTAT: c_long = 451;

#[cfg(target_arch = "x86_64")]
const INOTIFY: &[c_long] = &[
    libc::SYS_inotify_init,
    libc::SYS_inotify_init1,
    libc::SYS_inotify_add_watch,
    libc::SYS_inotify_rm_watch,
];
#[cfg(target_arch = "aarch64")]
const INOTIFY: &[c_long] =
    &[libc::SYS_inotify_init1, libc::SYS_inotify_add_watch, libc::SYS_inotify_rm_watch];

/// Numbers between the first and the newest call that none has (Linux 6.13): newer kernels put calls there, too. The first two of them,
/// uretprobe and uprobe, pass by all filters there, and end whoever calls them but for a tracer.
#[cfg(target_arch = "x86_64")]
pub(super) const NUMBERS_OF_NONE: &[std::ops::RangeInclusive<u32>] = &[335..=423];
/// As above: those of other architectures and of 32-bit programs.
#[cfg(target_arch = "aarch64")]
pub(super) const NUMBERS_OF_NONE: &[std::ops::RangeInclusive<u32>] = &[244..=259, 295..=423];

#[cfg(target_arch = "x86_64")]
const OF_THE_ARCHITECTURE: &[c_long] = &[libc::SYS_iopl, libc::SYS_ioperm, libc::SYS_modify_ldt];
#[cfg(target_arch = "aarch64")]
const OF_THE_ARCHITECTURE: &[c_long] = &[];

#[cfg(target_arch = "x86_64")]
const DEAD_HERE: &[c_long] = &[libc::SYS_uselib, libc::SYS_ustat, libc::SYS_sysfs, libc::SYS__sysctl];
#[cfg(target_arch = "aarch64")]
const DEAD_HERE: &[c_long] = &[];
