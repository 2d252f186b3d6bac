//! The seccomp filter as a program meets it: every system call number is tried.

use std::collections::BTreeMap;
use std::os::fd::AsFd;
use std::process::Command;
use std::time::Duration;

use gavel_protocol::Limits;

use crate::common::{Server, limits, program, stdio_to};
use crate::hostile::compiled;

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
    // clone with all flags, clone3, and sockets of family -1.
    (libc::EPERM, &[56, 135]),
    (libc::ENOSYS, &[435]),
    (libc::EAFNOSUPPORT, &[41, 53]),
];

/// The newest number that was reviewed.
const NEWEST: u32 = 466;

#[test]
fn each_call_is_denied_as_written_down_and_no_other_is() {
    let filtered = probed_under_the_monitor();
    let bare = probed_bare();
    let denied: BTreeMap<u32, i32> =
        DENIED.iter().flat_map(|(errno, calls)| calls.iter().map(|call| (*call, *errno))).collect();
    for number in 0..1024 {
        let answer = filtered.get(&number).copied();
        match denied.get(&number) {
            // personality(-1) only asks, and is allowed.
            _ if number == 135 => assert_eq!(answer, None),
            Some(errno) => assert_eq!(answer, Some(*errno), "call {number}"),
            None if number > NEWEST => assert_eq!(answer, Some(libc::ENOSYS), "call {number}"),
            None => assert_eq!(answer, bare.get(&number).copied(), "call {number} is not for the filter"),
        }
    }
}

fn probed_under_the_monitor() -> BTreeMap<u32, i32> {
    let mut server = Server::start();
    let (reader, writer) = std::io::pipe().unwrap();
    let patient =
        Limits { cpu_time: Duration::from_secs(60), wall_time: Duration::from_secs(90), ..limits() };
    let mut run = program(&[compiled("probe").to_str().unwrap()], "/", patient);
    run.stdio = stdio_to(0);
    let id = server.begin(run, &[writer.as_fd()]);
    drop(writer);
    let output = std::io::read_to_string(reader).unwrap();
    server.finish(id);
    answers(&output)
}

/// The same program with the same uid and no_new_privs, but without the filter.
fn probed_bare() -> BTreeMap<u32, i32> {
    let script =
        "ulimit -l 0; ulimit -c 0; exec setpriv --reuid 19999 --regid 19999 --clear-groups --no-new-privs $0";
    let mut command = Command::new("/bin/sh");
    let output = command.args(["-c", script]).arg(compiled("probe")).current_dir("/").output().unwrap();
    answers(&String::from_utf8(output.stdout).unwrap())
}

fn answers(output: &str) -> BTreeMap<u32, i32> {
    let answer = |line: &str| {
        let (number, errno) = line.split_once(' ').unwrap();
        (number.parse().unwrap(), errno.parse().unwrap())
    };
    output.lines().map(answer).collect()
}
