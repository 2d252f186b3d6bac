//! The seccomp filter as a program meets it: every system call number is tried.

use std::collections::BTreeMap;
use std::os::fd::AsFd;
use std::process::Command;
use std::time::Duration;

use gavel_protocol::Limits;

use crate::common::{Server, limits, program, stdio_to};
use crate::hostile::compiled;

/// What a call that does nothing answers.
const SUCCESS: i32 = 0;

/// What the filter answers on x86_64, by number; written down apart from the code that makes the filter.
const DENIED: &[(i32, &[u32])] = &[
    (libc::ENOSYS, &[425, 426, 427, 206, 209, 323]),
    (libc::EPERM, &[101, 310, 311, 312, 438, 440, 298]),
    (libc::EPERM, &[321, 175, 313, 176, 246, 320]),
    (libc::ENOSYS, &[248, 249, 250]),
    (libc::EPERM, &[272, 308, 165, 166, 155, 161, 430, 431, 432, 433, 428, 429, 442]),
    (libc::EPERM, &[304, 303, 300, 301]),
    (libc::EINVAL, &[275, 276, 278]),
    (libc::ENOSYS, &[29, 30, 31, 64, 65, 66, 67, 68, 69, 70, 71, 220, 240, 241, 242, 243, 244, 245]),
    (libc::EPERM, &[237, 238, 239, 256, 279, 450]),
    (libc::EPERM, &[164, 227, 305, 159, 170, 171, 169, 167, 168, 163, 179, 443, 103, 153]),
    (libc::EPERM, &[172, 173, 154]),
    (libc::ENOSYS, &[134, 136, 139, 156, 180, 212, 447]),
    (libc::ENOTSUP, &[188, 189, 190, 463]),
    // clone3, seccomp, inotify, cachestat.
    (libc::ENOSYS, &[435, 317, 253, 254, 255, 294, 451]),
    // sync and its kin, flock, fadvise64.
    (SUCCESS, &[162, 306, 74, 75, 277, 73, 221]),
];

/// What no kernel had a call for at the review; newer ones have.
const OF_NONE: [std::ops::Range<u32>; 2] = [335..424, 467..1024];

/// uretprobe and uprobe, which kernels from 6.14 and 6.18 on ask no filter about: they end whoever calls them but from a page that
/// the kernel has made for tracing.
const OF_THE_KERNEL: [u32; 2] = [335, 336];

/// Calls whose arguments decide, and what they answer where all arguments are -1, 0 and 1; None = as without the filter.
const BY_ARGUMENT: &[(u32, [Option<i32>; 3])] = &[
    // clone, socket, socketpair, setsockopt.
    (56, [Some(libc::EPERM), None, None]),
    (41, [Some(libc::EAFNOSUPPORT), Some(libc::EAFNOSUPPORT), None]),
    (53, [Some(libc::EAFNOSUPPORT), Some(libc::EAFNOSUPPORT), None]),
    (54, [Some(libc::ENOPROTOOPT); 3]),
    // personality, fcntl, prctl, msync, mmap, memfd_create.
    (135, [None, None, Some(libc::EPERM)]),
    (72, [Some(libc::EINVAL), None, None]),
    (157, [Some(libc::EINVAL), Some(libc::EINVAL), None]),
    (26, [Some(SUCCESS), None, None]),
    (9, [Some(libc::ENOMEM), None, None]),
    (319, [Some(libc::EINVAL), None, None]),
];

/// Single calls.
const SINGLE: &[(&str, i32)] = &[
    // ioctl: TIOCSTI, TIOCLINUX, TIOCSETD, also with bits that the kernel does not look at; TCGETS of what is no terminal.
    ("16:1,0x5412", libc::EPERM),
    ("16:1,0x541c", libc::EPERM),
    ("16:1,0x100005423", libc::EPERM),
    ("16:1,0x5401", libc::ENOTTY),
    // clone with CLONE_NEWUSER; clone3 with all that a program can guess of a pass.
    ("56:0x10000011", libc::EPERM),
    ("435:0,88,0,0,0,0", libc::ENOSYS),
    ("435:0,88,88,88,88,88", libc::ENOSYS),
    // A socket of the network, and one of the kernel's own.
    ("41:2,1,0", libc::EAFNOSUPPORT),
    ("41:0x100000002,1,0", libc::EAFNOSUPPORT),
    ("41:16,3,0", libc::EAFNOSUPPORT),
    ("41:1,1,0", SUCCESS),
    // Filters: PR_SET_SECCOMP, SO_ATTACH_FILTER, SO_ATTACH_BPF, both for groups; on a descriptor that is no socket.
    ("157:22,2", libc::EINVAL),
    ("157:0x100000016,2", libc::EINVAL),
    ("317:1", libc::ENOSYS),
    ("54:1,1,26", libc::ENOPROTOOPT),
    ("54:1,1,50", libc::ENOPROTOOPT),
    ("54:1,1,51", libc::ENOPROTOOPT),
    ("54:1,0x100000001,0x100000034", libc::ENOPROTOOPT),
    ("54:1,1,7", libc::ENOTSOCK),
    // prctl: PR_SCHED_CORE, one that is newer than the review, PR_SET_NAME with a bad address.
    ("157:62,1", libc::EINVAL),
    ("157:77,1", libc::EINVAL),
    ("157:15,1", libc::EFAULT),
    // Locks of any descriptor, a lease, a watch of a directory, a hint; F_GETFD of a descriptor that is not open.
    ("72:1,6,0", SUCCESS),
    ("72:1,7,0", SUCCESS),
    ("72:1,37,0", SUCCESS),
    ("72:1,0x100000026,0", SUCCESS),
    ("73:1,2", SUCCESS),
    ("72:1,1024,0", libc::EINVAL),
    ("72:1,1026,2", libc::EINVAL),
    ("72:1,1036,0", libc::EINVAL),
    ("72:999,1", libc::EBADF),
    // madvise: MADV_MERGEABLE, MADV_COLD, MADV_PAGEOUT at a bad address, MADV_COLLAPSE; MADV_DONTNEED at a bad address.
    ("28:4096,4096,12", SUCCESS),
    ("28:4096,4096,20", SUCCESS),
    ("28:4096,4096,0x100000015", SUCCESS),
    ("28:4096,4096,25", libc::EINVAL),
    ("28:4096,4096,4", libc::ENOMEM),
    // msync: MS_SYNC does nothing, MS_ASYNC tells what is mapped.
    ("26:4096,4096,4", SUCCESS),
    ("26:4096,4096,1", libc::ENOMEM),
    // mmap: MAP_HUGETLB; the same without.
    ("9:0,0x200000,3,0x40022", libc::ENOMEM),
    ("9:0,0x200000,3,0x22", SUCCESS),
    // personality: without randomized addresses.
    ("135:0x40000", libc::EPERM),
];

#[test]
fn each_call_is_denied_as_written_down_and_no_other_is() {
    let mut server = Server::start();
    let denied: BTreeMap<u32, i32> =
        DENIED.iter().flat_map(|(errno, calls)| calls.iter().map(|call| (*call, *errno))).collect();
    for (pattern, value) in ["-1", "0", "1"].into_iter().enumerate() {
        let filtered = answers(&probed_under_the_monitor(&mut server, &[value]));
        let bare = answers(&probed_bare(value));
        let of_argument = |number| BY_ARGUMENT.iter().find(|(call, _)| *call == number)?.1[pattern];
        for number in 0..1024 {
            let written_down = denied.get(&number).copied().or_else(|| of_argument(number));
            let is_of_none = OF_NONE.iter().any(|numbers| numbers.contains(&number));
            if OF_THE_KERNEL.contains(&number) && filtered.get(&number) == bare.get(&number) {
                continue;
            }
            let expected = match written_down {
                Some(errno) => Some(errno).filter(|errno| *errno != SUCCESS),
                None if is_of_none => Some(libc::ENOSYS),
                None => bare.get(&number).copied(),
            };
            assert_eq!(filtered.get(&number).copied(), expected, "call {number} with {value}");
        }
    }
}

#[test]
fn arguments_decide_as_written_down() {
    let calls: Vec<&str> = SINGLE.iter().map(|(call, _)| *call).collect();
    let output = probed_under_the_monitor(&mut Server::start(), &calls);
    let expected: Vec<String> = SINGLE.iter().map(|(call, errno)| format!("{call} {errno}")).collect();
    assert_eq!(output.lines().collect::<Vec<_>>(), expected);
}

fn probed_under_the_monitor(server: &mut Server, arguments: &[&str]) -> String {
    let (reader, writer) = std::io::pipe().unwrap();
    let patient =
        Limits { cpu_time: Duration::from_secs(60), wall_time: Duration::from_secs(90), ..limits() };
    let path = compiled("probe");
    let argv: Vec<&str> = [path.to_str().unwrap()].into_iter().chain(arguments.iter().copied()).collect();
    let mut run = program(&argv, "/", patient);
    run.stdio = stdio_to(0);
    let id = server.begin(run, &[writer.as_fd()]);
    drop(writer);
    let output = std::io::read_to_string(reader).unwrap();
    server.finish(id);
    output
}

/// The same program with the same uid and no_new_privs, but without the filter.
fn probed_bare(value: &str) -> String {
    let script = "ulimit -l 0; ulimit -c 0; exec setpriv --reuid 19999 --regid 19999 --clear-groups --no-new-privs \"$@\"";
    let mut command = Command::new("/bin/sh");
    command.args(["-c", script, "sh"]).arg(compiled("probe")).arg(value).current_dir("/");
    // As under the monitor, all three can be written, and the output is a pipe.
    let nothing = std::fs::File::options().read(true).write(true).open("/dev/null").unwrap();
    command.stdin(nothing).stderr(std::process::Stdio::piped());
    String::from_utf8(command.output().unwrap().stdout).unwrap()
}

fn answers(output: &str) -> BTreeMap<u32, i32> {
    let answer = |line: &str| {
        let (number, errno) = line.split_once(' ').unwrap();
        (number.parse().unwrap(), errno.parse().unwrap())
    };
    output.lines().map(answer).collect()
}
