//! That the same program has the same memory figure, and the same verdict near its limit, whatever ran before.

use std::io::Write;
use std::path::Path;

use nix::sys::resource::{UsageWho, getrusage};

use gavel_protocol::{Bytes, Clean, Ending, Limit, Limits};

use crate::common::{Server, ending, forget, limits, program, usage, wait_until};
use crate::hostile::compiled;
use crate::limits::{alone, unhurried};

/// How far the figures of one program may be from each other.
const APART: u64 = 64 * 1024;

/// Runs a program that touches so many KiB, and gives how it ended and what it had.
fn touch(server: &mut Server, kib: u64, limits: Limits) -> (Ending, Bytes) {
    let path = compiled("memory");
    let ran = server.run(program(&[path.to_str().unwrap(), &kib.to_string()], "/", limits), &[]);
    assert_eq!(ran.clean, Clean::Proven, "{kib} KiB");
    (ending(&ran), usage(&ran).memory)
}

/// Figures of one program, each after another one's run.
fn figures(kib: u64, limits: &Limits) -> Vec<u64> {
    let mut server = Server::start_with_cgroups();
    let figure = |round: u64| {
        // Itself, too, whose page tables may still be there.
        touch(&mut server, if round.is_multiple_of(3) { kib } else { round % 5 * 700 }, limits.clone());
        let (ended, memory) = touch(&mut server, kib, limits.clone());
        assert_eq!(ended, Ending::Exited { code: 0 });
        memory.get()
    };
    (0..30).map(figure).collect()
}

#[test]
fn one_program_has_one_figure() {
    let _alone = alone();
    for (kib, memory) in [(0, 256), (0, 16), (300, 256), (700, 16), (5000, 256), (130_000, 256)] {
        let figures = figures(kib, &Limits { memory: Bytes::mib(memory), ..unhurried() });
        let (least, most) = (figures.iter().min().unwrap(), figures.iter().max().unwrap());
        assert!(most - least <= APART, "{kib} KiB in {memory} MiB: {figures:?}");
        let touched = kib * 1024;
        assert!((touched..touched + 512 * 1024).contains(most), "{kib} KiB: {most}");
    }
}

/// Else a host's setting, and how addresses happen to lie, would decide what a program is charged for.
#[test]
fn programs_get_memory_in_pages_of_one_size() {
    let mut server = Server::start();
    let (_, output) = server.shell("grep THP_enabled: /proc/self/status", limits());
    // Missing where the kernel has no large pages to give.
    assert!(["THP_enabled:\t0\n", ""].contains(&output.as_str()), "{output}");
}

#[test]
fn a_program_somewhat_below_its_limit_is_never_over_it() {
    let _alone = alone();
    let mut server = Server::start_with_cgroups();
    for round in 0..30 {
        let (ended, memory) = touch(&mut server, 700, Limits { memory: Bytes::mib(1), ..unhurried() });
        assert_eq!(ended, Ending::Exited { code: 0 }, "round {round}: {} bytes", memory.get());
        assert!(memory <= Bytes::mib(1), "round {round}: {memory}");
    }
}

#[test]
fn a_program_over_its_limit_is_always_killed_and_its_figure_is_over_it() {
    let _alone = alone();
    let mut server = Server::start_with_cgroups();
    for size in [1, 64] {
        let limits = Limits { memory: Bytes::mib(size), ..unhurried() };
        for round in 0..10 {
            let (ended, memory) = touch(&mut server, size * 1024, limits.clone());
            assert_eq!(ended, Ending::Killed { over: Limit::Memory }, "{size} MiB, round {round}");
            assert!(memory > limits.memory, "{size} MiB, round {round}: {memory}");
        }
    }
}

/// A file of an image's kind: of so many MiB, and of others.
fn file_of(mib: usize) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    for mib in 0..mib {
        file.write_all(&vec![u8::try_from(mib).unwrap(); 1 << 20]).unwrap();
    }
    std::fs::set_permissions(file.path(), std::os::unix::fs::PermissionsExt::from_mode(0o444)).unwrap();
    file
}

#[test]
fn a_file_that_is_not_in_memory_yet_changes_neither_figure_nor_verdict() {
    let _alone = alone();
    let file = file_of(32);
    let mut server = Server::start_with_cgroups();
    let path = compiled("memory");
    let mut run = |memory: u64| {
        let argv = [path.to_str().unwrap(), "6000", file.path().to_str().unwrap()];
        let limits = Limits { memory: Bytes::mib(memory), ..unhurried() };
        let ran = server.run(program(&argv, "/", limits), &[]);
        (ending(&ran), usage(&ran).memory)
    };
    for (memory, apart) in [(256, 1), (64, 1), (24, 4), (12, 6)] {
        // The second time it is there.
        forget(file.as_file());
        let (cold, warm) = (run(memory), run(memory));
        for (ended, figure) in [&cold, &warm] {
            assert_eq!(*ended, Ending::Exited { code: 0 }, "in {memory} MiB");
            assert!(*figure >= Bytes::kib(5500), "in {memory} MiB: {figure}");
        }
        // Near its limit a program's files have been given up before the end, and nobody knows how much of them there was.
        let between = cold.1.get().abs_diff(warm.1.get());
        assert!(between <= Bytes::mib(apart).get(), "in {memory} MiB: {cold:?} and {warm:?}");
    }
}

#[test]
fn the_files_of_the_image_are_read_into_memory_while_there_is_nothing_to_do() {
    let paths = ["bin/program", "lib/deep/down/library", "lib/small"].map(Path::new);
    let content = vec![7; 5 << 20];
    let files = [(paths[0], &content[..]), (paths[1], &content), (paths[2], b"small")];
    let mut server = Server::start_with_image(&files);
    // Who comes meanwhile is served, and what is open for it is nobody's trace.
    for _ in 0..5 {
        assert_eq!(server.shell("echo here", limits()).0.clean, Clean::Proven);
    }
    let io = format!("/proc/{}/io", server.monitor_pid());
    let fetched = || {
        let figures = std::fs::read_to_string(&io).unwrap();
        let line = figures.lines().find_map(|line| line.strip_prefix("read_bytes: ")).unwrap();
        line.parse::<usize>().unwrap()
    };
    wait_until(|| fetched() >= 2 * content.len());
    let of_this_thread = || getrusage(UsageWho::RUSAGE_THREAD).unwrap().block_reads();
    let before = of_this_thread();
    for path in paths {
        std::fs::read(server.directory.path().join("image").join(path)).unwrap();
    }
    assert_eq!(of_this_thread(), before, "nobody waits for a disk any more");
}
