//! The seccomp filter of every program: denies what a container lets through and a program has no use for.
//!
//! A list of denied calls under a ceiling: numbers newer than the reviewed ones look like an older kernel, so that the
//! list ages safely. Runtimes probe, so denied calls fail with an error; only foreign ABIs kill. The kernel keeps the
//! strictest answer of this filter and the container's own.
//!
//! Besides, whoever sends a signal that the kernel sends at a limit is noticed: afterwards nothing tells one from the other.
//!
//! All but one call is denied to the monitor as well, which has no more use for them: it puts itself under the filter,
//! and children inherit it, so that the kernel need not translate it for every run.

use std::collections::BTreeMap;

use libc::{c_long, sock_filter};

/// The newest system call number that the list was reviewed for (`removexattrat`, Linux 6.13).
const NEWEST: u32 = 466;

/// AUDIT_ARCH_* of the only ABI that may call.
#[cfg(target_arch = "x86_64")]
const ARCH: u32 = 0xc000_003e;
#[cfg(target_arch = "aarch64")]
const ARCH: u32 = 0xc000_00b7;

/// x32 calls carry this bit and would otherwise pass by their other number.
const X32: u32 = 0x4000_0000;

/// clone(2) flags that make namespaces. CLONE_NEWTIME (0x80) is not among them: in clone it is part of the signal.
const NEW_NAMESPACES: u32 = 0x7e02_0000;

/// The monitor's filter and its programs': a binary search over the numbers. The kernel walks it for every number when it
/// is installed. With `noticing`, sending [`NOTICED`] waits for whoever listens to let it pass; without a listener there
/// may be no such answer.
pub(crate) fn filter(noticing: bool) -> Vec<sock_filter> {
    let mut filter = vec![load(ARCH_OFFSET), jump(BPF_JEQ, ARCH, 1, 0), answer(KILL), load(NUMBER_OFFSET)];
    filter.extend(search(&segments(noticing)));
    filter
}

/// The signal that the kernel sends at a limit, and whoever likes to: a file was to grow beyond RLIMIT_FSIZE.
pub(crate) const NOTICED: i32 = libc::SIGXFSZ;

/// What is denied to programs alone: clone3, whose flags a filter cannot see. The monitor forks into cgroups with it.
pub(crate) fn for_programs() -> [sock_filter; 4] {
    let clone3 = number(libc::SYS_clone3);
    [load(NUMBER_OFFSET), jump(BPF_JEQ, clone3, 0, 1), error(libc::ENOSYS), answer(ALLOW)]
}

/// From a first number on: what is to be done, up to the next segment.
type Segment = (u32, Vec<sock_filter>);

fn segments(noticing: bool) -> Vec<Segment> {
    let mut special: BTreeMap<u32, Vec<sock_filter>> = BTreeMap::new();
    for (errno, calls) in DENIED {
        special.extend(calls.iter().map(|call| (number(*call), vec![error(*errno)])));
    }
    special.extend(by_argument().map(|(call, checks)| (number(call), checks)));
    if noticing {
        special.extend(SENDERS.map(|(call, argument)| (number(call), noticed(argument))));
    }
    let mut segments: Vec<Segment> = vec![(0, vec![answer(ALLOW)])];
    for (number, action) in special {
        // What follows a special call is allowed, unless it is special itself.
        segments.retain(|(first, _)| *first != number);
        segments.push((number, action));
        segments.push((number + 1, vec![answer(ALLOW)]));
    }
    segments.retain(|(first, _)| *first <= NEWEST);
    segments.push((NEWEST + 1, vec![error(libc::ENOSYS)]));
    segments.push((X32, vec![answer(KILL)]));
    segments.dedup_by(|later, earlier| later.1 == earlier.1);
    segments
}

/// Calls whose arguments decide.
fn by_argument() -> [(c_long, Vec<sock_filter>); 5] {
    let family = libc::AF_UNIX.unsigned_abs();
    [
        (libc::SYS_clone, checked(0, BPF_JSET, NEW_NAMESPACES, libc::EPERM)),
        (libc::SYS_socket, required(0, &[family], libc::EAFNOSUPPORT)),
        (libc::SYS_socketpair, required(0, &[family], libc::EAFNOSUPPORT)),
        // The kernel looks at the low half of the request only, and so does a 32-bit comparison.
        (libc::SYS_ioctl, forbidden(1, &[TIOCSTI, TIOCLINUX, TIOCSETD], libc::EPERM)),
        (libc::SYS_personality, required(0, &[0, u32::MAX], libc::EPERM)),
    ]
}

fn search(segments: &[Segment]) -> Vec<sock_filter> {
    match segments {
        [] => Vec::new(),
        [(_, action)] => action.clone(),
        _ => {
            let (below, from) = segments.split_at(segments.len() / 2);
            let (first, below) = (from[0].0, search(below));
            let mut filter = beyond(first, below.len());
            filter.extend(below);
            filter.extend(search(from));
            filter
        }
    }
}

/// From number `first` on, goes past the next `length` instructions. A conditional jump reaches 255 of them only.
fn beyond(first: u32, length: usize) -> Vec<sock_filter> {
    if let Ok(near) = u8::try_from(length) {
        return vec![jump(BPF_JGE, first, near, 0)];
    }
    let far = u32::try_from(length).unwrap_or(u32::MAX);
    vec![jump(BPF_JGE, first, 0, 1), sock_filter { code: BPF_JA, jt: 0, jf: 0, k: far }]
}

/// Calls that send a signal, and which argument says which signal.
const SENDERS: [(c_long, u32); 6] = [
    (libc::SYS_kill, 1),
    (libc::SYS_tkill, 1),
    (libc::SYS_tgkill, 2),
    (libc::SYS_rt_sigqueueinfo, 1),
    (libc::SYS_rt_tgsigqueueinfo, 2),
    (libc::SYS_pidfd_send_signal, 1),
];

/// Input as if typed, into whoever reads the terminal next.
const TIOCSTI: u32 = 0x5412;
/// The console's.
const TIOCLINUX: u32 = 0x541c;
/// Another line discipline: network protocols and modem multiplexers of the kernel, which it loads when asked.
const TIOCSETD: u32 = 0x5423;

/// What is denied whatever its arguments are, and with which error.
const DENIED: &[(i32, &[c_long])] = &[
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
    // Extended attributes. Those of a box itself would outlive the run: the next program could read them, and they take
    // the room of its files. An access list may lock the monitor's user out of a directory. ENOTSUP is what a file
    // system without attributes answers, upon which copying programs go without.
    (libc::ENOTSUP, &[libc::SYS_setxattr, libc::SYS_lsetxattr, libc::SYS_fsetxattr, SYS_SETXATTRAT]),
];

/// The same number on every architecture (since Linux 5.17), but not named by the libc crate everywhere.
const SYS_SET_MEMPOLICY_HOME_NODE: c_long = 450;
/// As above (since Linux 5.14).
const SYS_MEMFD_SECRET: c_long = 447;
/// As above (since Linux 6.13).
const SYS_SETXATTRAT: c_long = 463;

#[cfg(target_arch = "x86_64")]
const OF_THE_ARCHITECTURE: &[c_long] = &[libc::SYS_iopl, libc::SYS_ioperm, libc::SYS_modify_ldt];
#[cfg(target_arch = "aarch64")]
const OF_THE_ARCHITECTURE: &[c_long] = &[];

#[cfg(target_arch = "x86_64")]
const DEAD_HERE: &[c_long] = &[libc::SYS_uselib, libc::SYS_ustat, libc::SYS_sysfs, libc::SYS__sysctl];
#[cfg(target_arch = "aarch64")]
const DEAD_HERE: &[c_long] = &[];

/// Offsets in `struct seccomp_data`.
const NUMBER_OFFSET: u32 = 0;
const ARCH_OFFSET: u32 = 4;

/// The low half of an argument; both supported architectures are little-endian.
fn argument_offset(argument: u32) -> u32 {
    16 + 8 * argument
}

const BPF_LD_ABS: u16 = 0x20;
const BPF_JA: u16 = 0x05;
const BPF_JEQ: u16 = 0x15;
const BPF_JGE: u16 = 0x35;
const BPF_JSET: u16 = 0x45;
const BPF_RET: u16 = 0x06;

const KILL: u32 = 0x8000_0000;
const ERRNO: u32 = 0x0005_0000;
const NOTIFY: u32 = libc::SECCOMP_RET_USER_NOTIF;
const ALLOW: u32 = 0x7fff_0000;

/// Denied when the argument compares so.
fn checked(argument: u32, comparison: u16, with: u32, errno: i32) -> Vec<sock_filter> {
    vec![load(argument_offset(argument)), jump(comparison, with, 0, 1), error(errno), answer(ALLOW)]
}

/// Denied when the argument is one of these.
fn forbidden(argument: u32, values: &[u32], errno: i32) -> Vec<sock_filter> {
    one_of(argument, values, error(errno), answer(ALLOW))
}

/// Noticed when the argument is the signal.
fn noticed(argument: u32) -> Vec<sock_filter> {
    one_of(argument, &[NOTICED.unsigned_abs()], answer(NOTIFY), answer(ALLOW))
}

/// Denied when the argument is none of these.
fn required(argument: u32, values: &[u32], errno: i32) -> Vec<sock_filter> {
    one_of(argument, values, answer(ALLOW), error(errno))
}

fn one_of(argument: u32, values: &[u32], found: sock_filter, other: sock_filter) -> Vec<sock_filter> {
    let mut program = vec![load(argument_offset(argument))];
    for value in values {
        program.extend([jump(BPF_JEQ, *value, 0, 1), found]);
    }
    program.push(other);
    program
}

fn load(offset: u32) -> sock_filter {
    sock_filter { code: BPF_LD_ABS, jt: 0, jf: 0, k: offset }
}

fn jump(comparison: u16, with: u32, jt: u8, jf: u8) -> sock_filter {
    sock_filter { code: comparison, jt, jf, k: with }
}

fn answer(value: u32) -> sock_filter {
    sock_filter { code: BPF_RET, jt: 0, jf: 0, k: value }
}

fn error(errno: i32) -> sock_filter {
    answer(ERRNO | errno.unsigned_abs())
}

fn number(call: c_long) -> u32 {
    u32::try_from(call).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a program gets: the strictest answer of both filters, as seccomp(2) ranks them.
    fn judge(arch: u32, nr: u32, arguments: [u32; 3]) -> u32 {
        let answers = [run(&filter(true), arch, nr, arguments), run(&for_programs(), arch, nr, arguments)];
        let [first, second] = answers.map(u32::cast_signed);
        first.min(second).cast_unsigned()
    }

    /// Runs a filter as the kernel would.
    fn run(filter: &[sock_filter], arch: u32, nr: u32, arguments: [u32; 3]) -> u32 {
        let (mut at, mut accumulator) = (0, 0);
        loop {
            let sock_filter { code, jt, jf, k } = filter[at];
            at += 1;
            let holds = match code {
                BPF_RET => return k,
                BPF_LD_ABS => {
                    accumulator = match k {
                        NUMBER_OFFSET => nr,
                        ARCH_OFFSET => arch,
                        16 => arguments[0],
                        24 => arguments[1],
                        32 => arguments[2],
                        other => panic!("offset {other}"),
                    };
                    continue;
                }
                BPF_JA => {
                    at += usize::try_from(k).unwrap();
                    continue;
                }
                BPF_JEQ => accumulator == k,
                BPF_JGE => accumulator >= k,
                BPF_JSET => accumulator & k != 0,
                other => panic!("code {other:#x}"),
            };
            at += usize::from(if holds { jt } else { jf });
        }
    }

    fn here(call: c_long, arguments: [u32; 2]) -> u32 {
        judge(ARCH, number(call), [arguments[0], arguments[1], 0])
    }

    fn denied(errno: i32) -> u32 {
        ERRNO | errno.unsigned_abs()
    }

    #[test]
    fn foreign_abis_are_killed() {
        assert_eq!(judge(0x4000_0003, 1, [0; 3]), KILL);
        assert_eq!(judge(ARCH, X32 | 1, [0; 3]), KILL);
        assert_eq!(judge(ARCH, u32::MAX, [0; 3]), KILL);
    }

    #[test]
    fn calls_newer_than_the_review_do_not_exist() {
        assert_eq!(judge(ARCH, NEWEST, [0; 3]), ALLOW);
        assert_eq!(judge(ARCH, NEWEST + 1, [0; 3]), denied(libc::ENOSYS));
    }

    #[test]
    fn every_listed_call_has_its_own_answer() {
        for (errno, calls) in DENIED {
            for call in *calls {
                assert_eq!(here(*call, [0, 0]), denied(*errno), "{call}");
            }
        }
    }

    #[test]
    fn ordinary_calls_pass() {
        let calls =
            [libc::SYS_read, libc::SYS_execve, libc::SYS_futex, libc::SYS_memfd_create, libc::SYS_sendfile];
        assert!(calls.into_iter().all(|call| here(call, [0, 0]) == ALLOW));
    }

    #[test]
    fn threads_may_be_made_and_namespaces_not() {
        assert_eq!(here(libc::SYS_clone, [0x003d_0f00, 0]), ALLOW);
        assert_eq!(here(libc::SYS_clone, [0x1000_0011, 0]), denied(libc::EPERM));
        assert_eq!(here(libc::SYS_clone, [0x91, 0]), ALLOW);
        assert_eq!(here(libc::SYS_clone3, [0, 0]), denied(libc::ENOSYS));
    }

    #[test]
    fn the_monitor_itself_may_fork_into_a_cgroup() {
        assert_eq!(run(&filter(true), ARCH, number(libc::SYS_clone3), [0; 3]), ALLOW);
    }

    #[test]
    fn only_unix_sockets_are_made() {
        assert_eq!(here(libc::SYS_socket, [1, 0]), ALLOW);
        assert_eq!(here(libc::SYS_socketpair, [1, 0]), ALLOW);
        for family in [0, 2, 10, 16, 17, 38, 40, 44] {
            assert_eq!(here(libc::SYS_socket, [family, 0]), denied(libc::EAFNOSUPPORT));
        }
    }

    #[test]
    fn a_terminal_takes_no_faked_input_and_no_other_discipline() {
        assert_eq!(here(libc::SYS_ioctl, [0, TIOCSTI]), denied(libc::EPERM));
        assert_eq!(here(libc::SYS_ioctl, [0, TIOCLINUX]), denied(libc::EPERM));
        assert_eq!(here(libc::SYS_ioctl, [0, TIOCSETD]), denied(libc::EPERM));
        assert_eq!(here(libc::SYS_ioctl, [0, 0x5401]), ALLOW);
    }

    #[test]
    fn a_personality_may_be_asked_for_but_not_changed() {
        assert_eq!(here(libc::SYS_personality, [u32::MAX, 0]), ALLOW);
        assert_eq!(here(libc::SYS_personality, [0, 0]), ALLOW);
        assert_eq!(here(libc::SYS_personality, [0x0004_0000, 0]), denied(libc::EPERM));
    }
    #[test]
    fn the_signal_of_a_limit_is_noticed_however_it_is_sent_and_no_other() {
        for (call, argument) in SENDERS {
            let sent = |filter: &[sock_filter], signal: i32| {
                let mut arguments = [7; 3];
                arguments[usize::try_from(argument).unwrap()] = signal.unsigned_abs();
                run(filter, ARCH, number(call), arguments)
            };
            let (noticing, plain) = (filter(true), filter(false));
            assert_eq!(sent(&noticing, NOTICED), NOTIFY, "{call}");
            assert_eq!(sent(&noticing, libc::SIGKILL), ALLOW, "{call}");
            assert_eq!(sent(&plain, NOTICED), ALLOW, "{call}");
        }
    }

    #[test]
    fn a_search_over_more_than_a_short_jump_reaches_finds_every_call() {
        let segments: Vec<Segment> =
            (0..1000u32).map(|number| (number, vec![error(number.cast_signed())])).collect();
        let mut filter = vec![load(NUMBER_OFFSET)];
        filter.extend(search(&segments));
        for number in [0, 1, 254, 255, 256, 499, 500, 501, 998, 999] {
            assert_eq!(run(&filter, ARCH, number, [0; 3]), denied(number.cast_signed()), "{number}");
        }
    }
}
