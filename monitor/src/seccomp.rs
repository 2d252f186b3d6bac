//! The seccomp filter of every program: denies what a container lets through and a program has no use for.
//!
//! A list of denied calls under a ceiling: numbers newer than the reviewed ones look like an older kernel, so that the
//! list ages safely. Runtimes probe, so denied calls fail with an error; only foreign ABIs kill. The kernel keeps the
//! strictest answer of this filter and the container's own.
//!
//! Besides, whoever sends a signal that the kernel sends at a limit, or has it sent, is noticed: afterwards nothing tells one from
//! the other.
//!
//! The monitor puts itself under the filter once, and children inherit it, so that none need be installed for a run, which takes
//! time and may fail. All that it denies the monitor has no more use for, but for one call: clone3, whose flags a filter cannot
//! see, and with which the monitor forks into cgroups. The monitor shows a [`Pass`].

mod bpf;
mod table;

use std::collections::BTreeMap;
use std::fmt;

use libc::{c_long, sock_filter};
use rustix::io::Errno;
use rustix::rand::{GetRandomFlags, getrandom};

use bpf::{ALLOW, ARCH_OFFSET, BPF_JEQ, KILL, NUMBER_OFFSET, answer, beyond, error, jump, load, only_with};
pub(crate) use table::NOTICED;
use table::{DENIED, NUMBERS_OF_NONE, by_argument, nothing_for_init, noticed};

/// The newest system call number that the list was reviewed for (`removexattrat`, Linux 6.13).
const NEWEST: u32 = 466;

/// AUDIT_ARCH_* of the only ABI that may call.
#[cfg(target_arch = "x86_64")]
const ARCH: u32 = 0xc000_003e;
#[cfg(target_arch = "aarch64")]
const ARCH: u32 = 0xc000_00b7;

/// x32 calls carry this bit and would otherwise pass by their other number.
const X32: u32 = 0x4000_0000;

/// What the monitor shows to be let through with clone3: two words that only it knows, in registers that the call does not
/// use, the fourth and the fifth argument's. Programs have no way to read them: they get neither the monitor's memory nor its
/// registers.
#[derive(Clone, Copy)]
pub(crate) struct Pass(pub(crate) [u64; 2]);

impl Pass {
    /// Makes one up.
    ///
    /// # Errors
    /// As getrandom(2).
    pub(crate) fn new() -> Result<Self, Errno> {
        Ok(Self([random()?, random()?]))
    }
}

fn random() -> Result<u64, Errno> {
    let mut word = [0; size_of::<u64>()];
    let filled = getrandom(&mut word[..], GetRandomFlags::empty())?;
    if filled == word.len() { Ok(u64::from_ne_bytes(word)) } else { Err(Errno::IO) }
}

impl fmt::Debug for Pass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pass")
    }
}

/// What becomes of a signal that a program sends to process 1, its container's init.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Init {
    /// The kernel decides, and refuses: it is another user's.
    Guarded,
    /// It is as if sent, and nothing comes of it. That is what root of a PID namespace sees, whose init the kernel keeps from
    /// signals that it has no handler for.
    Deaf,
}

/// The monitor's filter and its programs': a binary search over the numbers. The kernel walks it for every number when it
/// is installed. With `noticing`, sending [`NOTICED`] waits for whoever listens to let it pass; without a listener there
/// may be no such answer.
pub(crate) fn filter(noticing: bool, pass: Pass, init: Init) -> Vec<sock_filter> {
    let mut filter = vec![load(ARCH_OFFSET), jump(BPF_JEQ, ARCH, 1, 0), answer(KILL), load(NUMBER_OFFSET)];
    filter.extend(search(&segments(noticing, pass, init)));
    filter
}

/// From a first number on: what is to be done, up to the next segment.
type Segment = (u32, Vec<sock_filter>);

fn segments(noticing: bool, pass: Pass, init: Init) -> Vec<Segment> {
    let mut special = special(pass);
    if noticing {
        special.extend(noticed().into_iter().map(|(call, checks)| (number(call), checks)));
    }
    if init == Init::Deaf {
        let checks = special.entry(number(libc::SYS_kill)).or_insert_with(|| vec![answer(ALLOW)]);
        checks.splice(..0, nothing_for_init());
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

/// What is done with all that is not simply allowed, by number.
fn special(pass: Pass) -> BTreeMap<u32, Vec<sock_filter>> {
    let mut special = BTreeMap::new();
    for (errno, calls) in DENIED {
        special.extend(calls.iter().map(|call| (number(*call), vec![error(*errno)])));
    }
    for numbers in NUMBERS_OF_NONE {
        special.extend(numbers.clone().map(|number| (number, vec![error(libc::ENOSYS)])));
    }
    special.extend(by_argument().map(|(call, checks)| (number(call), checks)));
    special.insert(number(libc::SYS_clone3), with_pass(pass));
    special
}

/// Lets pass who shows it.
fn with_pass(Pass([first, second]): Pass) -> Vec<sock_filter> {
    let [first, second] = [only_with(3, first, 5), only_with(4, second, 1)];
    [&first[..], &second, &[answer(ALLOW), error(libc::ENOSYS)]].concat()
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

fn number(call: c_long) -> u32 {
    u32::try_from(call).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::bpf::{BPF_AND, BPF_JA, BPF_JGE, BPF_JSET, BPF_LD_ABS, BPF_RET, ERRNO, NOTIFY};
    use super::table::{FCNTL, SENDERS, SOCKET_OPTIONS, SUCCESS, TIOCLINUX, TIOCSETD, TIOCSTI};
    use super::*;

    const PASS: Pass = Pass([0x1234_5678_9abc_def0, 0x0fed_cba9_8765_4321]);

    /// What a program gets.
    fn judge(arch: u32, nr: u32, arguments: [u64; 6]) -> u32 {
        run(&filter(true, PASS, Init::Guarded), arch, nr, arguments)
    }

    /// Runs a filter as the kernel would.
    fn run(filter: &[sock_filter], arch: u32, nr: u32, arguments: [u64; 6]) -> u32 {
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
                        16..64 => {
                            let word = arguments[usize::try_from((k - 16) / 8).unwrap()];
                            u32::try_from(word >> (k % 8 * 8) & 0xffff_ffff).unwrap()
                        }
                        other => panic!("offset {other}"),
                    };
                    continue;
                }
                BPF_AND => {
                    accumulator &= k;
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
        with(call, &arguments)
    }

    fn with(call: c_long, arguments: &[u32]) -> u32 {
        let mut all = [0; 6];
        for (to, from) in all.iter_mut().zip(arguments) {
            *to = u64::from(*from);
        }
        judge(ARCH, number(call), all)
    }

    fn denied(errno: i32) -> u32 {
        ERRNO | errno.unsigned_abs()
    }

    #[test]
    fn foreign_abis_are_killed() {
        assert_eq!(judge(0x4000_0003, 1, [0; 6]), KILL);
        assert_eq!(judge(ARCH, X32 | 1, [0; 6]), KILL);
        assert_eq!(judge(ARCH, u32::MAX, [0; 6]), KILL);
    }

    #[test]
    fn calls_newer_than_the_review_do_not_exist() {
        assert_eq!(judge(ARCH, NEWEST, [0; 6]), ALLOW);
        assert_eq!(judge(ARCH, NEWEST + 1, [0; 6]), denied(libc::ENOSYS));
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
    fn who_shows_the_pass_may_fork_into_a_cgroup_and_nobody_else() {
        let clone3 = |pass: [u64; 2]| judge(ARCH, number(libc::SYS_clone3), [0, 88, 0, pass[0], pass[1], 0]);
        assert_eq!(clone3(PASS.0), ALLOW);
        let [first, second] = PASS.0;
        for wrong in [first ^ 1, first ^ 1 << 63, second, 0] {
            assert_eq!(clone3([wrong, second]), denied(libc::ENOSYS), "{wrong}");
            assert_eq!(clone3([first, wrong ^ 1 << 32]), denied(libc::ENOSYS), "{wrong}");
        }
        assert_ne!(Pass::new().unwrap().0, Pass::new().unwrap().0);
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
    fn nobody_attaches_a_filter() {
        assert_eq!(here(libc::SYS_seccomp, [1, 0]), denied(libc::ENOSYS));
        assert_eq!(here(libc::SYS_prctl, [22, 2]), denied(libc::EINVAL));
        for option in [26, 50, 51, 52, 1000] {
            assert_eq!(with(libc::SYS_setsockopt, &[3, 1, option]), denied(libc::ENOPROTOOPT), "{option}");
        }
    }

    #[test]
    fn options_of_sockets_and_processes_that_programs_use_pass() {
        for option in SOCKET_OPTIONS {
            assert_eq!(with(libc::SYS_setsockopt, &[3, 1, *option]), ALLOW, "{option}");
        }
        for option in [libc::PR_SET_NAME, libc::PR_SET_PDEATHSIG, libc::PR_SET_NO_NEW_PRIVS, 76] {
            assert_eq!(here(libc::SYS_prctl, [option.unsigned_abs(), 0]), ALLOW, "{option}");
        }
        for option in [77, 0x5356_4d41, u32::MAX] {
            assert_eq!(here(libc::SYS_prctl, [option, 0]), denied(libc::EINVAL), "{option}");
        }
    }

    #[test]
    fn a_lock_is_as_if_granted_and_a_lease_is_refused() {
        for command in [libc::F_SETLK, libc::F_SETLKW, libc::F_OFD_SETLK, libc::F_OFD_SETLKW] {
            assert_eq!(here(libc::SYS_fcntl, [3, command.unsigned_abs()]), denied(SUCCESS), "{command}");
        }
        assert_eq!(here(libc::SYS_flock, [3, 2]), denied(SUCCESS));
        for command in [libc::F_SETLEASE, libc::F_NOTIFY, 1029, 1036, 1038, 1040, u32::MAX.cast_signed()] {
            assert_eq!(
                here(libc::SYS_fcntl, [3, command.cast_unsigned()]),
                denied(libc::EINVAL),
                "{command}"
            );
        }
        for command in FCNTL {
            assert_eq!(here(libc::SYS_fcntl, [3, *command]), ALLOW, "{command}");
        }
    }

    #[test]
    fn what_would_reach_the_hosts_disks_or_page_cache_does_nothing() {
        assert_eq!(with(libc::SYS_msync, &[0, 4096, 4]), denied(SUCCESS));
        assert_eq!(with(libc::SYS_msync, &[0, 4096, 1]), ALLOW, "asks whether it is mapped");
        for advice in [libc::MADV_MERGEABLE, libc::MADV_COLD, libc::MADV_PAGEOUT] {
            assert_eq!(with(libc::SYS_madvise, &[0, 4096, advice.unsigned_abs()]), denied(SUCCESS));
        }
        for advice in [libc::MADV_DONTNEED, libc::MADV_FREE, libc::MADV_HUGEPAGE] {
            assert_eq!(with(libc::SYS_madvise, &[0, 4096, advice.unsigned_abs()]), ALLOW);
        }
    }

    #[test]
    fn large_pages_that_the_host_has_put_aside_are_not_for_programs() {
        let [plain, huge] = [0x22, 0x4_0022].map(|flags| with(libc::SYS_mmap, &[0, 4096, 3, flags]));
        assert_eq!((plain, huge), (ALLOW, denied(libc::ENOMEM)));
        assert_eq!(with(libc::SYS_memfd_create, &[0, 5]), denied(libc::EINVAL));
    }

    #[test]
    fn numbers_that_no_call_had_at_the_review_do_not_exist() {
        for number in NUMBERS_OF_NONE.iter().cloned().flatten() {
            assert_eq!(judge(ARCH, number, [0; 6]), denied(libc::ENOSYS), "{number}");
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
    fn a_signal_to_a_deaf_init_is_as_if_sent_and_any_other_is_sent() {
        for noticing in [true, false] {
            let sent = |init, to: i32, signal: i32| {
                let [to, signal] = [to, signal].map(|word| u64::from(word.cast_unsigned()));
                let filter = filter(noticing, PASS, init);
                run(&filter, ARCH, number(libc::SYS_kill), [to, signal, 0, 0, 0, 0])
            };
            for signal in [0, libc::SIGINT, libc::SIGKILL, NOTICED] {
                assert_eq!(sent(Init::Deaf, 1, signal), denied(SUCCESS), "{signal}");
            }
            for to in [-1, 0, 2, i32::MIN + 1] {
                assert_eq!(sent(Init::Deaf, to, libc::SIGINT), ALLOW, "{to}");
            }
            let noticed = if noticing { NOTIFY } else { ALLOW };
            assert_eq!(sent(Init::Deaf, 2, NOTICED), noticed);
            assert_eq!(sent(Init::Guarded, 1, libc::SIGINT), ALLOW, "the kernel refuses it");
        }
    }

    #[test]
    fn the_signal_of_a_limit_is_noticed_however_it_is_sent_and_no_other() {
        for (call, argument) in SENDERS {
            let sent = |filter: &[sock_filter], signal: i32| {
                let mut arguments = [7; 6];
                arguments[usize::try_from(argument).unwrap()] = u64::from(signal.unsigned_abs());
                run(filter, ARCH, number(call), arguments)
            };
            let [noticing, plain] = [true, false].map(|noticing| filter(noticing, PASS, Init::Guarded));
            assert_eq!(sent(&noticing, NOTICED), NOTIFY, "{call}");
            assert_eq!(sent(&noticing, libc::SIGKILL), ALLOW, "{call}");
            assert_eq!(sent(&plain, NOTICED), ALLOW, "{call}");
        }
    }

    #[test]
    fn the_signal_of_a_limit_is_noticed_when_the_kernel_is_to_send_it() {
        let signal = NOTICED.unsigned_abs();
        for (call, later, never) in [
            (libc::SYS_clone, [signal, 0, 0], [17, signal, signal]),
            (libc::SYS_clone, [0x003d_0f00 | signal, 0, 0], [0x003d_0f00, 0, 0]),
            (libc::SYS_fcntl, [3, 10, signal], [3, 10, 29]),
            (libc::SYS_fcntl, [3, 10, signal], [3, 8, signal]),
            (libc::SYS_timer_create, [0, 1, 0], [1, 0, 1]),
        ] {
            assert_eq!(with(call, &later), NOTIFY, "{call} {later:?}");
            assert_eq!(with(call, &never), ALLOW, "{call} {never:?}");
        }
        let high = judge(ARCH, number(libc::SYS_timer_create), [0, 1 << 32, 0, 0, 0, 0]);
        assert_eq!(high, NOTIFY, "an address of which only the high half is not 0");
        let signal = u64::from(signal);
        for denied_too in [0x1000_0000, 0x7e02_0000, 0x0200_0000] {
            let clone = judge(ARCH, number(libc::SYS_clone), [denied_too | signal, 0, 0, 0, 0, 0]);
            assert_eq!(clone, denied(libc::EPERM), "what is noticed would pass");
        }
    }

    #[test]
    fn a_search_over_more_than_a_short_jump_reaches_finds_every_call() {
        let segments: Vec<Segment> =
            (0..1000u32).map(|number| (number, vec![error(number.cast_signed())])).collect();
        let mut filter = vec![load(NUMBER_OFFSET)];
        filter.extend(search(&segments));
        for number in [0, 1, 254, 255, 256, 499, 500, 501, 998, 999] {
            assert_eq!(run(&filter, ARCH, number, [0; 6]), denied(number.cast_signed()), "{number}");
        }
    }
}
